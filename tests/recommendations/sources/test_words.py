import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.errors import InputError
from coee_nb.recommendations.columns import STATUSES
from coee_nb.recommendations.ecd import find_ecd
from coee_nb.recommendations.sources.words import (
    find_concurrence,
    fingerprint,
    known_status,
    last_statement,
    normalised,
    read_statuses,
    says_nothing,
)


@given(st.text(max_size=80))
def test_normalising_twice_is_normalising_once(text):
    assert normalised(normalised(text)) == normalised(text)


@given(st.lists(st.text("abcdefg", min_size=1, max_size=6), min_size=1, max_size=8))
def test_a_fingerprint_sees_words_and_not_their_dress(words):
    plain = " ".join(words)
    dressed = "  ".join(words).upper().replace(" ", "\xa0") + ".\r\n (Recommendation 12)"
    assert fingerprint(dressed) == fingerprint(plain)
    assert fingerprint(f"{plain} z") != fingerprint(plain)


@pytest.mark.parametrize("status", STATUSES)
def test_the_logs_own_words_are_known(status):
    assert known_status(status.title()) == status


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("Open \u2013 Partially Addressed", "open - partially addressed"),
        ("Closed\u2014Implemented", "closed - implemented"),
        ("Open: Unresolved.", "unresolved"),
        ("OPEN AND RESOLVED", "resolved and open"),
        ("completed", "asserted complete"),
    ],
)
def test_auditors_words_are_translated(words, status):
    assert known_status(words) == status


@pytest.mark.parametrize("words", ["", "Closed", "Amber", "open-ish"])
def test_words_that_decide_nothing_are_refused(words):
    with pytest.raises(InputError, match="no status"):
        known_status(words)


@pytest.mark.parametrize(
    ("narrative", "word"),
    [
        ("CBP concurred with GAO's recommendation.", "concur"),
        ("The agency agreed with this.", "concur"),
        ("Comments: Non-concur. It sees no need.", "non-concur"),
        ("DHS did not agree with this recommendation.", "non-concur"),
        ("The Board disagreed with it.", "non-concur"),
        ("FDIC neither agreed nor disagreed with the recommendation.", "none stated"),
        ("It partially concurred and will study it.", "partially concur"),
    ],
)
def test_concurrence_is_the_first_word_on_it(narrative, word):
    said = find_concurrence(narrative)
    assert said.word == word
    assert narrative[said.start :].startswith(said.span)


def test_a_narrative_may_be_silent_on_concurrence():
    assert find_concurrence("In May 2023, officials said that work goes on.") is None


@pytest.mark.parametrize(
    "narrative",
    [
        "",
        "We will update the status of this when we hear more.",
        "When we confirm what actions the agency has taken, we will provide information.",
        "CBP agreed with this recommendation. We will continue to follow up.",
        "Once the agency is done, we will review it.",
    ],
)
def test_boilerplate_says_nothing(narrative):
    assert says_nothing(narrative)


@pytest.mark.parametrize(
    "narrative",
    [
        "The agency is drafting a plan.",
        "CBP agreed with this recommendation. In May 2023 it drafted a plan. We will follow up.",
    ],
)
def test_what_the_agency_does_is_said(narrative):
    assert not says_nothing(narrative)


def test_the_last_statement_is_not_the_ecd_nor_of_the_future():
    narrative = "In March 2023 it began. As of May 2023, it is to end in June 2023."
    start = narrative.index("in June")
    found = last_statement(narrative, by=date(2024, 1, 1), beside=(start, len(narrative)))
    assert (found.starts, found.due) == (date(2023, 5, 1), date(2023, 5, 31))
    assert narrative[found.start : found.end] == "May 2023"
    assert last_statement(narrative, by=date(2023, 2, 1)) is None


def test_last_statements_are_the_labelled_ones_in_nine_of_ten(shared):
    """Measured on the hand-labelled narratives whose date is in the narrative itself."""
    lines = (shared / "corpus" / "ecd_dev.jsonl").read_text().splitlines()
    rows = [row for row in map(json.loads, lines) if row["source"] != "seed-000"]
    right = 0
    for row in rows:
        ecd = find_ecd(row["narrative"])
        beside = (ecd.start, ecd.start + len(ecd.span)) if ecd else (0, 0)
        found = last_statement(row["narrative"], by=date(2026, 1, 1), beside=beside)
        right += (found.due.isoformat()[:7] if found else None) == (
            row["last_update"][:7] if row["last_update"] else None
        )
    print(f"last dated statement: {right} of {len(rows)} as labelled")
    assert right / len(rows) >= 0.9


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("In Process - Past Due", "open"),
        ("Incomplete/Ongoing", "open"),
        ("Substantially implemented", "open - partially addressed"),
        ("Will Not Implement", "unresolved"),
        ("Not Implemented \u2013 N/A", "closed - not implemented"),
        ("Closed - No Longer Valid", "closed - not implemented"),
        ("Closed Implemented", "closed - implemented"),
        ("Pending verification", "asserted complete"),
    ],
)
def test_the_words_of_cities_and_agencies_are_known(words, status):
    assert known_status(words) == status


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("In-Progress", "open"), ("On-going", "open"), ("Not-Started", "open"),
        ("Completed/Closed", "closed - implemented"), ("Awaiting Closure", "asserted complete"),
        ("Partly done", "open - partially addressed"), ("Done", "asserted complete"),
        ("Substantially Completed", "open - partially addressed"),
    ],
)  # fmt: skip
def test_a_hyphen_or_another_verb_hides_no_status(words, status):
    assert known_status(words) == status


@pytest.mark.parametrize("words", ["Resolved", "Closed", "Green", "Accepted"])
def test_a_word_that_offices_use_for_different_things_decides_nothing(words):
    with pytest.raises(InputError, match="no status"):
        known_status(words)
    assert known_status(words, own={words.lower(): "open"}) == "open"


def test_a_file_says_what_words_mean(tmp_path):
    path = tmp_path / "words.csv"
    path.write_text("word,status\nPhase II,open\nGreen-Done,Closed - Implemented\n")
    own = read_statuses(path)
    assert known_status("phase ii", own=own) == "open"
    assert known_status("Green \u2013 done", own=own) == "closed - implemented"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("Green,finished\n", "line 2"),
        (",open\n", "the word ''"),
        ("Green,open\nGREEN,unresolved\n", "given twice"),
        ("Green,finished\n,open\n", "2 faults: .*line 2.*line 3"),
    ],
)
def test_a_file_of_words_with_faults_is_refused(rows, message, tmp_path):
    path = tmp_path / "words.csv"
    path.write_text("word,status\n" + rows)
    with pytest.raises(InputError, match=message):
        read_statuses(path)
