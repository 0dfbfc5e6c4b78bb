"""What worksheets cover is counted as planted; what the catalogue does not know is told."""

import re

import pytest

from coee_nb.enforcement.inspections import inspections, read_catalogue, read_worksheets
from coee_nb.errors import InputError

CATALOGUE = ("activity,group", "Kitchens,food", "Cold storage,food", "Fire exits,safety")
HEADER = "worksheet,unit,activity,year"
UNITS = ["North", "South", "West"]


@pytest.fixture
def told(write):
    def held(*lines, units=UNITS, **options):
        catalogue = read_catalogue(write("catalogue", *CATALOGUE))
        path = write("sheets", HEADER, *lines)
        sheets = read_worksheets(path, catalogue, units=units, **options)
        return inspections(catalogue, sheets, units=units)

    return held


def test_coverage_has_every_unit_activity_and_year(told):
    found = told("1,North,Kitchens,2022", "2,North,Kitchens,FY2024", "3,South,Cold storage,2024")
    assert len(found.coverage) == 3 * 3 * 3  # 2023 too, in which nobody filed any
    assert found.coverage["worksheets"].sum() == 3
    assert found.not_covered == ["Fire exits"]
    assert (found.count, found.years) == (3, (2022, 2023, 2024))
    assert found.text == "Worksheets: 3; units: 3; years: 3; activities without a worksheet: 1."


def test_a_worksheet_of_two_activities_counts_once_for_its_unit(told):
    found = told("1,North,Kitchens,2022", "1,North,Fire exits,2022", "2,South,Kitchens,2022")
    assert found.count == 2
    assert found.units.set_index("unit")["worksheets"].to_dict() == {
        "North": 1, "South": 1, "West": 0,
    }  # fmt: skip


def test_units_that_file_few_and_how_many_file_half(told):
    lines = [f"{k},North,Kitchens,2022" for k in range(8)]
    found = told(*lines, "8,South,Kitchens,2022", "9,South,Kitchens,2022")
    few = found.units.set_index("unit")["files_few"].to_dict()
    assert few == {"North": False, "South": False, "West": True}
    assert found.half == 1


def test_unknown_units_and_activities_are_set_aside_and_listed(told):
    found = told(
        "1,North,Kitchens,2022", "2,Nort,Kitchens,2022", "3,North,Kitchen,2022",
        "4,North,Kitchens,last", "1,North,Kitchens,2022",
    )  # fmt: skip
    reasons = found.worksheets.exceptions["reason"].tolist()
    assert reasons == [
        "unit 'Nort' is not in the list of units (nearest: 'North')",
        "activity 'Kitchen' is not in the catalogue (nearest: 'Kitchens')",
        "its year cannot be read",
        "repeats an earlier row",
    ]
    assert found.worksheets.source.used == 1


def test_a_worksheet_of_a_year_to_come_adds_no_years_to_the_count(told):
    found = told("1,North,Kitchens,2022", "2,North,Kitchens,2071", last_year=2023)
    assert found.years == (2022,)
    assert found.worksheets.exceptions["reason"].tolist() == ["its year is after 2023"]


@pytest.mark.parametrize(
    ("lines", "told_of"),
    [
        (("1,North,Kitchens,2022", "1,South,Kitchens,2022"), "worksheet '1' stands there twice"),
        (("1,North,,2022",), "the cell of activity is blank"),
        (("1,East,Kitchens,2022",), "no worksheet can be used"),
    ],
)
def test_what_cannot_be_counted_stops(told, lines, told_of):
    with pytest.raises(InputError, match=re.escape(told_of)):
        told(*lines)


def test_an_activity_twice_in_the_catalogue_stops(write):
    with pytest.raises(InputError, match="activity 'Kitchens' stands there twice"):
        read_catalogue(write("c", "activity", "Kitchens", "Kitchens"))
