"""Recommendations held twice: found, shown as probable, merged and parted again."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.errors import CoeeError
from coee_nb.recommendations import log
from coee_nb.recommendations.merges import ALIKE, merge, probable
from coee_nb.recommendations.register import register

WORDS = "Review the contracts of each office every year and report errors to the board in writing"
ON = date(2024, 6, 1)
MARCH, JUNE = pd.Timestamp("2024-03-31"), pd.Timestamp("2024-06-30")


def row(name: str, **given: object) -> dict:
    plain = {"issuer": "City Auditor", "agency": "Parks", "report": "22-1", "number": "1",
             "title": "Contracts", "text": WORDS}  # fmt: skip
    days = {"recorded_on": MARCH, "last_seen_on": JUNE, "vanished_on": pd.NaT}
    return {"recommendation_id": name} | plain | days | given


def found(*rows: dict) -> list[tuple[str, str, str]]:
    listed = probable(pd.DataFrame(rows))
    return list(listed[["recommendation_id", "may_be", "why"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"text": WORDS.replace("each", "each regional")}, "reworded"),
        ({"number": "3", "report": ""}, "same words, another report or page, renumbered"),
        ({"title": "Contracts of 2022", "report": ""}, "same words, another report or page"),
        ({"text": f"({WORDS.upper()}.)"}, "same words"),
    ],
)
def test_a_word_added_a_new_number_and_another_page_are_seen(changed, why):
    assert found(row("A"), row("B", **changed)) == [("A", "B", why)]


@pytest.mark.parametrize("gone", [{"last_seen_on": MARCH}, {"vanished_on": JUNE}])
def test_another_number_of_its_report_is_seen_where_the_first_had_left_the_list(gone):
    renumbered = row("B", number="2", recorded_on=JUNE)
    assert found(row("A", **gone), renumbered) == [("A", "B", "same words, renumbered")]
    assert found(row("A"), renumbered) == []  # both were on the list of June


@pytest.mark.parametrize(
    "changed",
    [
        {"number": "2"},  # two numbers of one report
        {"issuer": "State Auditor", "report": ""},
        {"agency": "Harbor", "report": ""},
        {"text": "Train the inspectors of the harbor and keep a list of their certificates"},
        {"text": ""},
    ],
)
def test_what_is_another_is_not_listed(changed):
    assert found(row("A"), row("B", **changed)) == []


@given(st.integers(0, 15), st.text("abcdefg", min_size=8, max_size=12))
def test_one_word_changed_anywhere_is_always_found(place, word):
    words = WORDS.split()
    words[place] = word
    listed = probable(pd.DataFrame([row("A"), row("B", text=" ".join(words), report="")]))
    assert list(listed["may_be"]) == ["B"]
    assert listed["alike"].iloc[0] >= ALIKE


@pytest.fixture
def folder(tmp_path):
    both = [row(name, recorded_on="2024-01-31") for name in ("A", "B")]
    both[1] |= {"number": "2"}
    of_register = ["last_seen_on", "vanished_on"]
    events = [
        {"recommendation_id": name, "kind": "status", "status": status, "effective_to": on,
         "effective_from": on, "recorded_on": on, "review": "automatic"}
        for name, status, on in (("A", "open", "2024-01-31"), ("B", "open", "2024-02-29"),
                                 ("B", "closed - implemented", "2024-03-31"))
    ]  # fmt: skip
    log.append(tmp_path, pd.DataFrame(both).drop(columns=of_register), pd.DataFrame(events))
    return tmp_path


def test_what_is_merged_is_one_with_the_events_of_both_and_can_be_parted(folder):
    merge(folder, "B", into="A", by="J. Doe", on=ON)
    table = register(log.read(folder), as_of=ON).table
    assert list(table["recommendation_id"]) == ["A"]
    assert table["standing"].iloc[0] == "closed"
    assert len(register(log.read(folder), as_of="2024-05-31").table) == 2
    merge(folder, "B", into="", by="J. Doe", on=ON)
    again = register(log.read(folder), as_of=ON).table.set_index("recommendation_id")
    assert dict(again["standing"]) == {"A": "open", "B": "closed"}


@pytest.mark.parametrize(
    ("name", "into", "by", "told"),
    [
        ("A", "A", "J. Doe", "into itself"),
        ("A", "C", "J. Doe", "no recommendation 'C'"),
        ("C", "A", "J. Doe", "no recommendation 'C'"),
        ("A", "B", "", "nobody is named"),
        ("A", "", "J. Doe", "merged into nothing"),
    ],
)
def test_a_merge_that_says_nothing_is_refused(folder, name, into, by, told):
    with pytest.raises(CoeeError, match=told):
        merge(folder, name, into=into, by=by, on=ON)


def test_a_circle_is_refused(folder):
    merge(folder, "B", into="A", by="J. Doe", on=ON)
    with pytest.raises(CoeeError, match="into itself"):
        merge(folder, "A", into="B", by="J. Doe", on=ON)
