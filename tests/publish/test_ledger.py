"""Two runs that stand side by side differ by nobody or by people enough."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.errors import InputError
from coee_nb.publish.ledger import FILE, Ledger

FLOOR = 10


def told(people, terms="t", floor=FLOOR):
    respondents = {
        f"R{one}": {"answers": answers, "groups": [group]} for one, answers, group in people
    }
    return {"floor": floor, "terms": terms, "respondents": respondents}


def crowd(numbers, answers="a", group="g"):
    return [(one, answers, group) for one in numbers]


@pytest.fixture
def conflicts(tmp_path):
    """Enter one account as published, and tell what stands against the next."""

    def against(first, second):
        Ledger(tmp_path).enter("run-1", {"survey": first})
        return [one.why for one in Ledger(tmp_path).conflicts("survey", second)]

    return against


def test_the_same_answers_under_the_same_terms_may_be_published_again(conflicts):
    assert conflicts(told(crowd(range(50))), told(crowd(range(50)))) == []


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (told(crowd(range(51))), "differ by fewer than 10"),
        (told(crowd(range(1, 50))), "differ by fewer than 10"),
        (told([*crowd(range(49)), *crowd([49], answers="b")]), "differ by fewer than 10"),
        (told(crowd(range(50)), terms="other"), "under other parameters"),
        (told([*crowd(range(61)), *crowd([99], group="h")]), "in a group that is printed"),
    ],
)
def test_what_differs_by_a_few_may_not(conflicts, second, why):
    (found,) = conflicts(told(crowd(range(50))), second)
    assert why in found


@pytest.mark.parametrize("terms", ["t", "other"])
@pytest.mark.parametrize("second", [range(51), range(1, 50), range(50)])
def test_other_answers_of_everybody_hide_nobody_who_joined_or_left(conflicts, second, terms):
    asked_more = told(crowd(second, answers="a and when"), terms=terms)
    found = conflicts(told(crowd(range(50))), asked_more)
    assert bool(found) == (terms == "other" or len(second) != 50)


def test_other_answers_of_everybody_hide_nobody_who_went_to_another_group(conflicts):
    first = told([*crowd(range(50)), *crowd(range(100, 150), group="h")])
    went = told([*crowd(range(49), "b"), *crowd([49, *range(100, 150)], "b", group="h")])
    (found,) = conflicts(first, went)
    assert "differ by fewer than 10" in found


def test_under_other_terms_people_enough_join_every_group(conflicts):
    first = told([*crowd(range(50)), *crowd(range(100, 150), group="h")])
    joined = [*crowd(range(60), "b"), *crowd(range(100, 150), "b", group="h")]
    (found,) = conflicts(first, told(joined, terms="other"))
    assert "in a group that is printed" in found
    joined += crowd(range(150, 160), "b", group="h")
    assert conflicts(first, told(joined, terms="other")) == []


def test_what_differs_by_people_enough_may(conflicts):
    assert conflicts(told(crowd(range(50))), told(crowd(range(60)))) == []


def test_the_larger_floor_counts(conflicts):
    (found,) = conflicts(told(crowd(range(50)), floor=20), told(crowd(range(65))))
    assert "fewer than 20" in found


def test_another_notebook_is_another_publication(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.enter("run-1", {"survey": told(crowd(range(50)))})
    assert Ledger(tmp_path).conflicts("staff_survey", told(crowd(range(51)))) == []


def test_what_is_replaced_stands_against_nothing(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.enter("run-1", {"survey": told(crowd(range(50)))})
    ledger.enter("run-2", {"survey": told(crowd(range(51)))}, [("run-1", "survey")])
    assert Ledger(tmp_path).conflicts("survey", told(crowd(range(51)))) == []


def test_the_ledger_holds_no_id(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.enter("run-1", {"survey": told(crowd(range(50)))})
    assert '"R1"' not in (tmp_path / FILE).read_text()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"salt": 1}'])
def test_a_damaged_ledger_stops_the_run(tmp_path, text):
    (tmp_path / FILE).write_text(text)
    with pytest.raises(InputError, match="no readable ledger"):
        Ledger(tmp_path)


@given(
    st.sets(st.integers(0, 60), min_size=1),
    st.sets(st.integers(0, 60), min_size=1),
    st.integers(1, 4),
)
def test_no_two_standing_runs_differ_by_a_few_in_any_group(tmp_path_factory, one, other, groups):
    folder = tmp_path_factory.mktemp("ledger")

    def placed(people):
        return told([(each, "a", str(each % groups)) for each in people])

    ledger = Ledger(folder)
    ledger.enter("run-1", {"survey": placed(one)})
    stands = not ledger.conflicts("survey", placed(other))
    for group in range(groups):
        few = len({each for each in one ^ other if each % groups == group})
        assert not stands or few == 0 or few >= FLOOR


def test_the_ledger_is_plain_and_says_which_run(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.enter("run-1", {"survey": told(crowd(range(3)))})
    (run,) = json.loads((tmp_path / FILE).read_text())["runs"]
    assert (run["run_id"], run["notebook"], run["floor"]) == ("run-1", "survey", FLOOR)
