import pandas as pd
import pytest

from coee_nb.errors import InputError
from coee_nb.recommendations.identity import KnownRecommendations, recommendation_id

ROW = {
    "issuer": "GAO",
    "report": "GAO-23-900001",
    "number": "1",
    "agency": "U.S. Lighthouse Service",
    "title": "Lamps at Sea: Know What Burns",
    "text_sha256": "a" * 64,
}
EVENTS = pd.DataFrame(columns=["recommendation_id", "kind", "note"])


def known(*rows: dict, events: pd.DataFrame = EVENTS) -> KnownRecommendations:
    table = pd.DataFrame(
        [{"recommendation_id": recommendation_id(row), **row} for row in rows],
        columns=["recommendation_id", *ROW],
    )
    return KnownRecommendations(table, events)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "GAO-23-900001.1.LS"),
        ({"issuer": "DHS OIG", "report": "OIG-22-34"}, "OIG-22-34.1"),
        ({"number": ""}, "GAO-23-900001.taaaaaa.LS"),
        ({"report": ""}, "GAO.lamps-at-sea-7279.1.LS"),
        ({"agency": ""}, "GAO-23-900001.1.unnamed"),
    ],
)
def test_an_id_can_be_read(changes, name):
    assert recommendation_id(ROW | changes) == name


@pytest.mark.parametrize(
    "changes",
    [{}, {"report": ""}, {"text_sha256": "b" * 64}, {"title": "Another"}],
    ids=["the same", "a page without report number", "reworded", "another title"],
)
def test_a_known_recommendation_is_found(changes):
    assert known(ROW).find(ROW | changes) == "GAO-23-900001.1.LS"


@pytest.mark.parametrize(
    "changes",
    [
        {"number": "2"},
        {"agency": "Harbor Board"},
        {"report": "GAO-24-900002"},
        {"issuer": "DHS OIG"},
        {"report": "", "title": "Another"},
    ],
)
def test_another_recommendation_is_not_taken_for_it(changes):
    assert known(ROW).find(ROW | changes) is None


def test_a_recommendation_without_number_is_known_by_any_of_its_texts():
    row = ROW | {"number": ""}
    name = recommendation_id(row)
    note = "text sha256 " + "c" * 64
    events = pd.DataFrame([{"recommendation_id": name, "kind": "reworded", "note": note}])
    register = known(row, events=events)
    assert register.find(row) == name
    assert register.find(row | {"text_sha256": "c" * 64}) == name
    assert register.find(row | {"text_sha256": "d" * 64}) is None


def test_an_inspector_generals_number_is_of_one_recommendation_whatever_the_agencys_name():
    row = ROW | {"issuer": "DHS OIG", "report": "OIG-22-34"}
    assert known(row).find(row | {"agency": "Lighthouse Service"}) == "OIG-22-34.1"


def test_two_agencies_of_the_same_initials_get_two_ids():
    register = known(ROW)
    other = ROW | {"agency": "Lantern Service"}
    assert register.find(other) is None
    name = register.add(other)
    assert name.startswith("GAO-23-900001.1.LS-")
    assert register.find(other) == name


TWINS = ROW | {"text_sha256": "b" * 64, "report": "GAO-24-900002"}


def test_of_two_reports_of_one_title_the_exact_text_decides():
    """A page without report numbers has the second report's row, word for word."""
    register = known(ROW, TWINS)
    page = {"report": "", "where": "page.txt, line 9"}
    assert register.find(ROW | page) == "GAO-23-900001.1.LS"
    assert register.find(TWINS | page) == "GAO-24-900002.1.LS"


def test_what_may_be_either_of_two_is_refused_and_both_are_named():
    register = known(ROW, TWINS)
    told = ROW | {"report": "", "text_sha256": "c" * 64, "where": "page.txt, line 9"}
    with pytest.raises(InputError, match=r"page\.txt, line 9 may be any of GAO-23.*, GAO-24"):
        register.find(told)


def test_a_row_that_names_one_word_for_word_keeps_it_from_another_row_of_the_file():
    first = ROW | {"report": ""}
    register = known(first)
    second = first | {"text_sha256": "b" * 64}
    assert register.find(second) == register.find(first)  # alone, it is a rewording
    register.claim([first, second])
    assert register.find(first) is not None
    assert register.find(second) is None


def test_one_text_without_a_number_in_two_reports_is_two_recommendations():
    first = ROW | {"number": "", "issuer": "City Auditor"}
    register = known(first)
    assert register.find(first | {"report": "A-24-02"}) is None
    assert register.find(first | {"report": "", "title": "Another report"}) is None


CITY = ROW | {"issuer": "City Auditor", "report": "22-1", "agency": "Public Works"}


@pytest.mark.parametrize("left_out", [{}, {"report": ""}, {"number": ""}], ids=str)
def test_a_number_that_a_file_addresses_to_several_agencies_is_one_recommendation_of_each(left_out):
    works, parks = CITY | left_out, CITY | left_out | {"agency": "Parks"}
    register = known()
    register.claim([works, parks])
    names = [register.add(row) for row in (works, parks)]
    assert [name.rpartition(".")[2] for name in names] == ["Public-Works", "Parks"]
    assert [register.find(row) for row in (works, parks)] == names
    later = KnownRecommendations(
        pd.DataFrame([works, parks]).assign(recommendation_id=names), EVENTS
    )
    assert [later.find(row) for row in (works, parks)] == names  # each alone in its file
    assert later.find(works | {"agency": "Harbor"}) is None


def test_an_agency_that_joins_a_number_is_another_recommendation_and_the_first_stays():
    register, parks = known(CITY), CITY | {"agency": "Parks"}
    assert register.find(parks) == "22-1.1"  # alone, it is the agency by another name
    register.claim([CITY, parks])
    assert register.find(CITY) == "22-1.1"
    assert register.find(parks) is None
    assert register.add(parks) == "22-1.1.Parks"
