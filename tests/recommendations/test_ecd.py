"""The ECD of narratives of our own, of the real ones where they are, and of noise."""

import json
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coee_nb.recommendations.ecd import find_ecd

OWN = json.loads((Path(__file__).parent / "files/ecd_narratives.json").read_text("utf-8"))
ALL_OWN = [
    *(case["narrative"] for case in OWN["given"]),
    *OWN["not_given"],
    *OWN["at_the_earliest"],
]
CORPUS = Path(__file__).resolve().parents[3] / "shared/corpus/ecd_dev.jsonl"
PRECISIONS = {"day", "month", "quarter", "season", "fiscal_year", "calendar_year"}


@pytest.mark.parametrize("case", OWN["given"], ids=lambda case: case["narrative"][:60])
def test_given(case):
    ecd = find_ecd(case["narrative"])
    assert ecd is not None
    assert ecd.due.isoformat() == case["due"]
    assert ecd.bound == "due"


@pytest.mark.parametrize("narrative", OWN["not_given"], ids=lambda text: text[:60] or "empty")
def test_not_given(narrative):
    assert find_ecd(narrative) is None


@pytest.mark.parametrize("narrative", OWN["at_the_earliest"], ids=lambda text: text[:60])
def test_the_earliest_date_is_a_lower_bound(narrative):
    ecd = find_ecd(narrative)
    assert ecd is not None
    assert ecd.bound == "not_before"


def test_a_due_date_comes_before_a_lower_bound():
    ecd = find_ecd(
        "The Office will finish the module by May 2024; use of it begins no earlier than June 2024."
    )
    assert (ecd.due, ecd.bound) == (date(2024, 5, 31), "due")


@pytest.mark.parametrize(
    ("status", "ended"),
    [
        ("Closed - No Longer Valid", True),
        ("Closed", True),
        ("Superseded", True),
        ("Verified by Internal Audit", True),
        ("Closed \u2013 Overtaken by Events", True),
        ("Completed", True),
        ("Risk accepted", True),
        ("Legislation Enacted", True),
        ("No Longer Necessary", True),
        ("Will Not Implement", True),
        ("Open", False),
        ("Pending", False),
        ("Implemented in part", False),
        ("Open - Resolved", False),
        ("Resolved and Open", False),
        ("Unresolved", False),
        ("Not Fully Implemented", False),
        ("Partially completed", False),
        ("Green", False),
    ],
)
def test_a_labelled_status_ends_the_date_where_the_vocabulary_of_statuses_says_so(status, ended):
    ecd = find_ecd(f"Status: {status}. The Department will issue the manual by June 30, 2025.")
    assert (ecd is None) == ended


@pytest.mark.parametrize(
    ("narrative", "former"),
    [
        ("They extended the ECD from June 30, 2023, to March 31, 2024.", ["2023-06-30"]),
        (
            "It originally planned to end by June 2022 but now plans to by May 2023.",
            ["2022-06-30"],
        ),
        ("Original ECD: 09/30/2021. Revised ECD: 06/30/2022.", ["2021-09-30"]),
        (
            "In May 2020, the Bureau said it would finish by May 2021. In June 2021, it said it "
            "would finish by May 2022. As of July 2022, it expects to finish by May 2023.",
            ["2021-05-31", "2022-05-31"],
        ),
        (
            "As of June 2024, completion is expected in May 2025. As of June 2023, completion was "
            "expected in May 2024.",
            ["2024-05-31"],
        ),
        ("In May 2022 the Bureau said a draft is due by June 2022 and the rule by May 2023.", []),
        ("ECD: May 31, 2023.", []),
    ],
)
def test_earlier_dates_are_those_given_up(narrative, former):
    ecd = find_ecd(narrative)
    assert [each.due.isoformat() for each in ecd.earlier] == former
    assert all(each.span in narrative and each.precision in PRECISIONS for each in ecd.earlier)


@pytest.mark.parametrize(
    ("narrative", "kind"),
    [
        ("The agency expects to issue the directive by May 2024.", "action"),
        ("The agency expects to finish a draft of the directive by May 2024.", "milestone"),
        ("The agency expects to begin the inventory in May 2024.", "milestone"),
    ],
)
def test_kind(narrative, kind):
    assert find_ecd(narrative).kind == kind


def test_span_is_the_narrative_s_own_words_over_a_line_break():
    narrative = (
        "Concur.  Estimated Completion Date (ECD): October \r\n31,\u00a02022. OIG Analysis: fine."
    )
    ecd = find_ecd(narrative)
    assert ecd.span == "October \r\n31,\u00a02022"
    assert narrative[ecd.start : ecd.start + len(ecd.span)] == ecd.span


def _rows() -> list[dict]:
    if not CORPUS.exists():
        pytest.skip("the labelled narratives are not here")
    return [json.loads(line) for line in CORPUS.read_text("utf-8").splitlines()]


def test_labelled_real_narratives(capsys):
    counts = Counter()
    for row in _rows():
        ecd, labels = find_ecd(row["narrative"]), {row["ecd_date"], row["alt_ecd"]}
        found = ecd.due.isoformat() if ecd else None
        right = found in labels
        counts["given"] += row["ecd_date"] is not None
        counts["found"] += found is not None
        counts["right"] += found is not None and right
        counts["recalled"] += row["ecd_date"] is not None and right
        counts["false alarms"] += not right and row["ecd_date"] is None
        counts["hints of kind"] += found is not None and ecd.kind == row["ecd_kind"]
    precision, recall = counts["right"] / counts["found"], counts["recalled"] / counts["given"]
    with capsys.disabled():
        print(
            f"\nECDs in {len(_rows())} narratives: precision {precision:.3f}, recall {recall:.3f}, "
            f"false alarms {counts['false alarms']} of {len(_rows()) - counts['given']}, "
            f"kind as labelled {counts['hints of kind']} of {counts['found']}"
        )
    assert precision >= 0.95
    assert recall >= 0.90
    assert counts["false alarms"] <= 1


def test_spans_and_earlier_dates_of_the_real_narratives():
    for row in _rows():
        ecd = find_ecd(row["narrative"])
        if row["ecd_date"] is None or ecd is None:
            continue
        assert row["ecd_span"] in ecd.span or ecd.span in row["ecd_span"], row["id"]
        assert [each.due.isoformat() for each in ecd.earlier] == row["earlier_ecds"], row["id"]


@given(st.sampled_from(ALL_OWN), st.sampled_from(["\n", "\r\n", "  ", "\t", "\u00a0", " \n   "]))
def test_line_wraps_change_nothing(narrative, gap):
    plain, wrapped = find_ecd(narrative), find_ecd(narrative.replace(" ", gap))
    assert (plain is None) == (wrapped is None)
    if plain:
        assert (plain.due, plain.bound, plain.kind) == (wrapped.due, wrapped.bound, wrapped.kind)
        assert plain.span.split() == wrapped.span.split()
        assert [each.due for each in plain.earlier] == [each.due for each in wrapped.earlier]


WORDS = st.sampled_from(
    [*" ".join(ALL_OWN).split(), "\n\n", "\u2028", "\u0130", "ECD:", "from", "(", "\u201c", "2024"]
)


@settings(max_examples=300)
@given(st.lists(WORDS, max_size=40).map(" ".join) | st.text(max_size=80))
def test_any_text_gives_a_well_formed_ecd_or_none(text):
    ecd = find_ecd(text)
    if ecd is None:
        return
    assert ecd.starts <= ecd.due
    assert text[ecd.start : ecd.start + len(ecd.span)] == ecd.span != ""
    assert ecd.precision in PRECISIONS
    assert ecd.bound in {"due", "not_before"}
    assert ecd.kind in {"action", "milestone"}
    assert all(each.span in text and each.due != ecd.due for each in ecd.earlier)


@given(st.integers(0, 4000))
def test_a_narrative_cut_anywhere_is_read(length):
    text = " ".join(ALL_OWN)[length : length + 1500]
    ecd = find_ecd(text)
    assert ecd is None or text[ecd.start :].startswith(ecd.span)


# Each is a date to read, so that fewer take as long as many of the others.
OF_DATES = ("by June 2024 and ", "between June 2022 and ")


@pytest.mark.parametrize(
    "piece",
    [
        " ",
        "\n",
        "a",
        "1",
        "1/",
        "(",
        "may ",
        "June - ",
        "the end of ",
        "plans to ",
        "be revised and ",
        ", which ",
        "first quarter or ",
        "provide a b c ",
        *OF_DATES,
        "ECD: TBD. ",
        "as the a b ",
        "do not a have an a b ",
        "Evaluation of Management's Comments: ",
        "Agency Response From June 2022 ",
        "As of June 2022, it will end by May 2023. ",
    ],
)
@pytest.mark.long
def test_time_grows_with_the_length_of_any_text_and_not_with_its_square(piece):
    shortest = 5_000 if piece in OF_DATES else 25_000
    for _ in range(2):  # a busy machine may disturb one measurement
        short, long = (_seconds(piece * (n * shortest // len(piece))) for n in (1, 4))
        if long < 10 * short + 0.1:  # 4 times as long; its square would be 16
            return
    pytest.fail(f"{short:.2f} seconds, and {long:.2f} of four times as many words")


def _seconds(text):
    started = time.process_time()
    find_ecd(text)
    return time.process_time() - started
