"""Whom a publication rests on is told only where it is asked for, and only as hashes."""

import datetime
import json

import pandas as pd

from coee_nb.respondents import ASKED_BY_RUN, digest, each_hashed, each_of, tell_respondents

ROWS = pd.DataFrame({"response_id": ["R_a", "R_b"], "q1": ["yes", None], "q2": [1.0, 2.0]})
GROUPS = pd.DataFrame({"center": ["North", "South"]})


def test_nothing_is_written_unless_a_run_asks(tmp_path, monkeypatch):
    monkeypatch.delenv(ASKED_BY_RUN, raising=False)
    tell_respondents(ROWS, GROUPS, floor=10, terms={})
    assert list(tmp_path.iterdir()) == []


def told(tmp_path, monkeypatch, rows, groups=GROUPS, **terms):
    monkeypatch.setenv(ASKED_BY_RUN, str(tmp_path / "told"))
    tell_respondents(rows, groups, floor=10, terms=terms)
    return json.loads((tmp_path / "told").read_text())


def test_no_id_answer_or_group_stands_in_it(tmp_path, monkeypatch):
    said = json.dumps(told(tmp_path, monkeypatch, ROWS, title="Burnout"))
    assert not [word for word in ("R_a", "R_b", "yes", "North", "Burnout") if word in said]


def test_another_answer_is_another_hash_of_the_same_respondent(tmp_path, monkeypatch):
    before = told(tmp_path, monkeypatch, ROWS)["respondents"]
    after = told(tmp_path, monkeypatch, ROWS.assign(q1=["yes", "no"]))["respondents"]
    assert before.keys() == after.keys()
    assert sum(before[one] != after[one] for one in before) == 1


WHEN = pd.DataFrame(
    {
        "response_id": ["1", "2"],
        "q1": pd.Categorical(["yes", "yes"]),
        "why": pd.array(["so", None], "str"),
        "recorded_on": pd.to_datetime(["2026-01-05 10:00", "2026-01-06 11:00"]),
    }
)


def each(told, number):
    """Return the hash of each thing told of a respondent, by its name."""
    given = [*told["respondents"].values()][number]["each"]
    return dict(zip(told["questions"], each_of(given), strict=True))


def test_whether_words_were_given_and_on_which_day_is_told_apart_from_them(tmp_path, monkeypatch):
    later = WHEN.assign(why=["else", "too"], recorded_on=WHEN["recorded_on"] + pd.Timedelta("1h"))
    before, after = (told(tmp_path, monkeypatch, rows) for rows in (WHEN, later))
    changed = [
        {name for name, own in each(before, k).items() if own != each(after, k)[name]}
        for k in (0, 1)
    ]
    assert changed == [{"why", "recorded_on"}, {"why", "why, whether given", "recorded_on"}]


def test_another_day_is_told_apart_from_another_hour(tmp_path, monkeypatch):
    later = WHEN.assign(recorded_on=WHEN["recorded_on"] + pd.Timedelta("1D"))
    before, after = (each(told(tmp_path, monkeypatch, rows), 0) for rows in (WHEN, later))
    changed = {name for name, own in before.items() if own != after[name]}
    assert changed == {"recorded_on", "recorded_on, by day"}


def test_each_answer_is_told_and_the_id_is_none(tmp_path, monkeypatch):
    assert told(tmp_path, monkeypatch, WHEN)["questions"] == [
        "q1", "why", "recorded_on", "why, whether given", "recorded_on, by day",
    ]  # fmt: skip


def test_all_answers_have_the_hash_that_earlier_ledgers_hold(tmp_path, monkeypatch):
    said = told(tmp_path, monkeypatch, ROWS)
    hashes = [one["answers"] for one in said["respondents"].values()]
    assert hashes == [digest("yes\x001.0"), digest("\x002.0")]


def test_the_same_answer_to_two_questions_has_two_hashes(tmp_path, monkeypatch):
    alike = each(told(tmp_path, monkeypatch, ROWS.assign(q2=ROWS["q1"])), 0)
    assert alike["q1"] != alike["q2"]


def test_hashes_of_a_thousand_answers_differ():
    assert len({each_hashed("R_a", [("q1", str(number))]) for number in range(1000)}) == 1000
    assert each_hashed("R_a", [("q1", "")]) != each_hashed("R_aq", [("1", "")])


def test_groups_are_told_by_column_and_value(tmp_path, monkeypatch):
    groups = pd.DataFrame({"center": ["North", "North"], "region": ["North", "South"]})
    said = told(tmp_path, monkeypatch, ROWS, groups)
    first, second = (one["groups"] for one in said["respondents"].values())
    assert first[0] == second[0]
    assert len({*first, *second}) == 3


def test_results_of_no_groups_rest_on_people_too(tmp_path, monkeypatch):
    said = told(tmp_path, monkeypatch, ROWS, GROUPS[[]])
    assert [one["groups"] for one in said["respondents"].values()] == [[], []]


def test_the_floor_is_told(tmp_path, monkeypatch):
    assert told(tmp_path, monkeypatch, ROWS)["floor"] == 10


def test_the_same_answer_of_two_people_has_two_hashes(tmp_path, monkeypatch):
    said = told(tmp_path, monkeypatch, WHEN)
    assert each(said, 0)["q1"] != each(said, 1)["q1"]


def test_other_terms_are_told(tmp_path, monkeypatch):
    one, other = (told(tmp_path, monkeypatch, ROWS, breakdowns=by)["terms"] for by in ("a", "b"))
    assert one != other


def test_the_same_terms_in_another_order_are_no_other_terms(tmp_path, monkeypatch):
    day = datetime.date(2026, 1, 5)
    orders = {"title": "Q", "day": day}, {"day": day, "title": "Q"}
    one, other = (told(tmp_path, monkeypatch, ROWS, **terms)["terms"] for terms in orders)
    assert one == other
