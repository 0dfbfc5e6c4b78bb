"""Two runs that stand side by side differ by nobody or by people enough."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.errors import InputError
from coee_nb.publish.ledger import FILE, Ledger
from coee_nb.respondents import OF_AN_ANSWER, digest, each_hashed, each_of

FLOOR = 10


QUESTIONS = ["q1", "why"]


def told(people, terms="t", floor=FLOOR, questions=QUESTIONS):
    """Say of whom an account tells; answers are a letter for q1 and any other words for why."""

    def each(one, answers):
        given = {"q1": answers[:1], "why": answers[1:]}
        return each_hashed(f"R{one}", [(name, given[name]) for name in questions])

    respondents = {
        f"R{one}": {
            "answers": digest(answers),
            "each": each(one, answers),
            "groups": [group] if group else [],
        }
        for one, answers, group in people
    }
    return {"floor": floor, "terms": terms, "questions": questions, "respondents": respondents}


def as_entered_before(account):
    """Return an account as the ledger kept it when it had one hash of all answers."""
    people = {
        one: {name: given[name] for name in ("answers", "groups")}
        for one, given in account["respondents"].items()
    }
    return {"floor": account["floor"], "terms": account["terms"], "respondents": people}


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


@pytest.mark.parametrize("changed", [[], [7], [107]])
def test_other_words_of_everybody_hide_nobody_whose_answer_changed(conflicts, changed):
    people = [*crowd(range(50)), *crowd(range(100, 150), group="h")]
    first = told((one, "a then", group) for one, _, group in people)
    now = [(one, "b now" if one in changed else "a now", group) for one, _, group in people]
    found = conflicts(first, told(now))
    assert ["differ by fewer than 10" in why for why in found] == [True] * len(changed)


def test_changes_of_few_to_each_of_several_questions_do_not_add_up_to_enough(conflicts):
    second = [*crowd(range(6), "b"), *crowd(range(6, 12), "a now"), *crowd(range(12, 50))]
    (found,) = conflicts(told(crowd(range(50))), told(second))
    assert "differ by fewer than 10" in found


def test_an_answer_that_changed_beside_people_enough_who_joined_may_stand(conflicts):
    second = [*crowd(range(49)), *crowd([49], "b"), *crowd(range(50, 60))]
    assert conflicts(told(crowd(range(50))), told(second)) == []


@pytest.mark.parametrize(
    ("second", "stands"),
    [
        (crowd(range(50)), True),
        (crowd(range(50), "b"), True),
        ([*crowd(range(49)), *crowd([49], "b")], False),
        (crowd(range(51)), False),
    ],
)
def test_a_run_entered_before_questions_were_told_apart_is_still_read(tmp_path, second, stands):
    salt = "of the ledger"
    earlier = as_entered_before(told(crowd(range(50))))
    earlier["respondents"] = {
        digest(salt + one): given for one, given in earlier["respondents"].items()
    }
    runs = [{"run_id": "run-1", "notebook": "survey"} | earlier]
    (tmp_path / FILE).write_text(json.dumps({"salt": salt, "runs": runs}))
    assert (Ledger(tmp_path).conflicts("survey", told(second)) == []) == stands


def test_no_answer_in_the_ledger_can_be_tried_out_without_its_salt_and_id(tmp_path):
    Ledger(tmp_path).enter("run-1", {"survey": told(crowd(range(50), "a"))})
    text = (tmp_path / FILE).read_text()
    guesses = [digest("a"), digest("q1\0a"), each_hashed("", [("q1", "a")])]
    guesses += [each_hashed(f"R{one}", [("q1", "a")]) for one in range(50)]
    assert not [one for one in guesses if one[:OF_AN_ANSWER] in text]
    (account,) = json.loads(text)["accounts"].values()
    answered = [each_of(one["each"])[0] for one in account["respondents"].values()]
    assert len(set(answered)) == 50  # nor who answered alike


def test_under_other_terms_people_enough_join_every_group(conflicts):
    first = told([*crowd(range(50)), *crowd(range(100, 150), group="h")])
    joined = [*crowd(range(60), "b"), *crowd(range(100, 150), "b", group="h")]
    (found,) = conflicts(first, told(joined, terms="other"))
    assert "in a group that is printed" in found
    assert "under other parameters" in found
    joined += crowd(range(150, 160), "b", group="h")
    assert conflicts(first, told(joined, terms="other")) == []


def test_what_differs_by_people_enough_may(conflicts):
    assert conflicts(told(crowd(range(50))), told(crowd(range(60)))) == []


@pytest.mark.parametrize("floors", [(20, FLOOR), (FLOOR, 20)])
def test_the_larger_floor_counts(conflicts, floors):
    before, after = floors
    (found,) = conflicts(told(crowd(range(50)), floor=before), told(crowd(range(65)), floor=after))
    assert "fewer than 20" in found


@pytest.mark.parametrize("terms", ["t", "other"])
@pytest.mark.parametrize("joined", [FLOOR - 1, FLOOR])
@pytest.mark.parametrize("group", ["g", None])
def test_as_many_as_the_floor_are_enough_and_one_fewer_is_not(conflicts, joined, group, terms):
    first, second = crowd(range(50), group=group), crowd(range(50 + joined), group=group)
    assert (conflicts(told(first), told(second, terms=terms)) == []) == (joined == FLOOR)


@pytest.mark.parametrize("joined", [FLOOR - 1, FLOOR])
def test_in_every_group_as_many_as_the_floor_are_enough(conflicts, joined):
    first = [*crowd(range(50)), *crowd(range(100, 150), group="h")]
    second = [*first, *crowd(range(50, 70)), *crowd(range(150, 150 + joined), group="h")]
    assert (conflicts(told(first), told(second)) == []) == (joined == FLOOR)


def test_who_went_to_another_group_is_counted_once_in_the_one_and_in_the_other(conflicts):
    people = [*crowd(range(50)), *crowd(range(100, 150), group="h")]
    went = [*crowd(range(10), group="h"), *people[10:]]
    assert conflicts(told(people), told(went)) == []
    assert conflicts(told([*crowd(range(5), group="i"), *people[5:]]), told(went)) != []


def test_a_few_whose_answers_changed_in_each_of_two_groups_are_a_few(conflicts):
    first = [*crowd(range(50)), *crowd(range(100, 150), group="h")]
    changed = [*crowd(range(5), "b"), *crowd(range(100, 105), "b", group="h")]
    (found,) = conflicts(told(first), told([*changed, *first[5:50], *first[55:]]))
    assert "in a group that is printed" in found


def test_under_other_terms_who_went_to_another_group_did_not_join(conflicts):
    people = [*crowd(range(50)), *crowd(range(100, 150), group="h")]
    went = [*crowd(range(20), group="h"), *people[20:], *crowd(range(150, 165), group="h")]
    (found,) = conflicts(told(people), told(went, terms="other"))
    assert "in a group that is printed" in found


def test_the_same_people_told_of_over_all_may_not_be_told_of_under_other_terms(conflicts):
    everyone = crowd(range(50), group=None)
    (found,) = conflicts(told(everyone), told(everyone, terms="other"))
    assert "the same people under other parameters" in found


def test_other_answers_of_everybody_to_all_questions_hide_nobody_who_joined(conflicts):
    (found,) = conflicts(told(crowd(range(50))), told(crowd(range(51), "b now")))
    assert "differ by fewer than 10" in found


@pytest.mark.parametrize("questions", [["q1", "why"], ["why", "q1"]])
@pytest.mark.parametrize("answer", ["a", "b", "a now"])
def test_questions_are_compared_by_their_names(conflicts, questions, answer):
    changed = [*crowd(range(49)), *crowd([49], answer)]
    found = conflicts(told(crowd(range(50))), told(changed, questions=questions))
    assert (found == []) == (answer == "a")


def test_a_question_that_is_asked_no_longer_is_not_compared(conflicts):
    changed = [*crowd(range(49)), *crowd([49], "b")]
    assert conflicts(told(crowd(range(50))), told(changed, questions=["why"])) == []


def test_every_run_that_stands_is_held_against_the_next(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.enter("run-1", {"survey": told(crowd(range(50)))})
    ledger.enter("run-2", {"survey": told(crowd(range(60)))})
    found = Ledger(tmp_path).conflicts("survey", told(crowd(range(51))))
    assert [one.run_id for one in found] == ["run-1", "run-2"]


def test_what_replaces_one_notebook_of_a_run_leaves_its_others_standing(tmp_path):
    ledger, people = Ledger(tmp_path), told(crowd(range(50)))
    ledger.enter("run-1", {"survey": people, "staff_survey": people})
    ledger.enter("run-2", {"survey": told(crowd(range(51)))}, [("run-1", "survey")])
    (found,) = Ledger(tmp_path).conflicts("staff_survey", told(crowd(range(51))))
    assert found.run_id == "run-1"


def test_a_run_about_nobody_begins_no_ledger(tmp_path):
    Ledger(tmp_path).enter("run-1", {})
    assert list(tmp_path.iterdir()) == []


def test_ledgers_of_two_engagements_have_no_hash_in_common(tmp_path):
    kept = []
    for name in "ab":
        (tmp_path / name).mkdir()
        Ledger(tmp_path / name).enter("run-1", {"survey": told(crowd(range(3)))})
        ((key, account),) = json.loads((tmp_path / name / FILE).read_text())["accounts"].items()
        people = account["respondents"]
        kept.append({key, *people, *(one["each"] for one in people.values())})
    assert not kept[0] & kept[1]


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
    kept = json.loads((tmp_path / FILE).read_text())
    (run,) = kept["runs"]
    assert (run["run_id"], run["notebook"]) == ("run-1", "survey")
    assert kept["accounts"][run["account"]]["floor"] == FLOOR


def test_runs_of_the_same_answers_share_an_account_that_goes_with_the_last_of_them(tmp_path):
    for run_id, size in (("run-1", 50), ("run-2", 50), ("run-3", 80)):
        Ledger(tmp_path).enter(run_id, {"survey": told(crowd(range(size)))})
    sizes = [len(one["respondents"]) for one in kept_in(tmp_path)["accounts"].values()]
    assert sizes == [50, 80]
    Ledger(tmp_path).enter("run-4", {}, replaced={("run-1", "survey")})
    found = Ledger(tmp_path).conflicts("survey", told(crowd(range(51))))
    assert [one.run_id for one in found] == ["run-1", "run-2"]  # nothing was entered
    replaced = {("run-1", "survey"), ("run-2", "survey")}
    Ledger(tmp_path).enter("run-4", {"survey": told(crowd(range(80)))}, replaced)
    assert [len(one["respondents"]) for one in kept_in(tmp_path)["accounts"].values()] == [80]
    assert [one["run_id"] for one in kept_in(tmp_path)["runs"]] == ["run-3", "run-4"]


def test_an_account_that_is_not_there_makes_no_readable_ledger(tmp_path):
    Ledger(tmp_path).enter("run-1", {"survey": told(crowd(range(50)))})
    (tmp_path / FILE).write_text(json.dumps(kept_in(tmp_path) | {"accounts": {}}))
    with pytest.raises(InputError, match="no readable ledger"):
        Ledger(tmp_path)


def test_a_ledger_of_an_account_a_run_is_still_read_and_then_shares_them(tmp_path):
    Ledger(tmp_path).enter("run-1", {"survey": told(crowd(range(50)))})
    now = kept_in(tmp_path)
    (account,) = now["accounts"].values()
    runs = [{"run_id": one, "notebook": "survey"} | account for one in ("run-1", "run-2")]
    (tmp_path / FILE).write_text(json.dumps({"salt": now["salt"], "runs": runs}))
    found = Ledger(tmp_path).conflicts("survey", told(crowd(range(51))))
    assert [one.run_id for one in found] == ["run-1", "run-2"]
    Ledger(tmp_path).enter("run-3", {"survey": told(crowd(range(50)))})
    assert kept_in(tmp_path)["accounts"] == now["accounts"]


def kept_in(folder):
    return json.loads((folder / FILE).read_text())
