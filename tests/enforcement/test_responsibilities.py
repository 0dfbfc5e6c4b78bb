"""Each responsibility has one owner or a stated joint one, or it is told of."""

import pytest

from coee_nb.enforcement import responsibilities as owned
from coee_nb.enforcement.inspections import inspections, read_catalogue, read_worksheets
from coee_nb.enforcement.responsibilities import read_responsibilities, responsibilities
from coee_nb.errors import InputError

HEADER = "responsibility,owner,joint,procedure,activity"


@pytest.fixture
def told(write):
    def held(*lines, header=HEADER, inspected=None):
        records = read_responsibilities(write("owners", header, *lines))
        return responsibilities(records, inspected)

    return held


@pytest.fixture
def inspected(write):
    """One worksheet on kitchens, none on fire exits."""
    catalogue = read_catalogue(write("catalogue", "activity", "Kitchens", "Fire exits"))
    sheets = write("sheets", "worksheet,unit,activity,year", "1,North,Kitchens,2022")
    return inspections(catalogue, read_worksheets(sheets, catalogue))


@pytest.mark.parametrize(
    ("lines", "ownership"),
    [
        (["Kitchens,Health,no,,"], owned.ONE),
        (["Kitchens,Health; Fire,yes,,"], owned.JOINT),
        (["Kitchens,Health; Fire,no,,"], owned.SEVERAL),
        (["Kitchens,Health,,,", "Kitchens,Fire,,,"], owned.SEVERAL),
        (["Kitchens,Health,yes,,", "Kitchens,Fire,yes,,"], owned.JOINT),
        (["Kitchens,,no,,"], owned.NONE),
        (["Kitchens,Health,yes,,"], owned.ALONE),
    ],
)
def test_ownership_is_told(told, lines, ownership):
    found = told(*lines)
    assert found.table["ownership"].tolist() == [ownership]
    assert len(found.unclear) == (ownership not in owned.CLEAR)


def test_what_nothing_covers(told, inspected):
    found = told(
        "Kitchens,Health,,,Kitchens", "Exits,Fire,,,Fire exits", "Alarms,Fire,,Manual 3,",
        "Grease,Health,,,", inspected=inspected,
    )  # fmt: skip
    assert found.table["inspection"].tolist() == [
        owned.COVERED, owned.NO_WORKSHEET, owned.NONE_NAMED, owned.NONE_NAMED,
    ]  # fmt: skip
    assert found.uncovered["responsibility"].tolist() == ["Exits", "Grease"]
    assert len(found.not_inspected) == 3


def test_without_procedures_or_inspections_nothing_is_called_uncovered(told, inspected):
    assert told("Grease,Health", header="responsibility,owner", inspected=inspected).uncovered.empty
    found = told("Grease,Health,,,", "Exits,Fire,,Manual 3,")
    assert found.uncovered.empty
    assert set(found.table["inspection"]) == {owned.NOT_KNOWN}


def test_another_word_than_yes_or_no_and_an_empty_list_stop(told):
    with pytest.raises(InputError, match="joint is 'perhaps'"):
        told("Kitchens,Health,perhaps,,")
    with pytest.raises(InputError, match="holds no responsibility"):
        told()
