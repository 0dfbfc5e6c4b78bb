"""What a report may quote of penalty cases: each number with its sentence, ids that stay."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from coee_nb import formats as fmt
from coee_nb.enforcement import penalties
from coee_nb.enforcement.case_values import read_rows
from coee_nb.enforcement.limitation import CLOSED_EXPIRED, EXPIRED
from coee_nb.enforcement.params import PenaltyLimitations
from coee_nb.enforcement.penalties import ON_FILE, SIMPLE, FollowUp, Penalties, follow_up, verdict
from coee_nb.enforcement.terms import TERMS, Term, read_terms
from coee_nb.files import LINE
from coee_nb.findings import Finding, Findings, InputFile, input_file, rows_of
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.enforcement")


def inputs(params: PenaltyLimitations, found: Penalties) -> list[InputFile]:
    """Return every file that the notebook read, with the account of its rows."""
    files = list(found.records.inputs)
    if params.statutes is not None:
        rows = len(read_rows(params.statutes, ["violation"], ["violation"], {}))
        files.append(input_file(params.statutes, rows=rows))
    return files


def terms(params: PenaltyLimitations) -> tuple[Term, ...]:
    """Return the terms of the engagement, or the default ones."""
    return read_terms(params.statutes) if params.statutes else TERMS


def money(cents: int) -> float:
    """Return whole cents as units of money."""
    return cents / 100 if cents % 100 else cents // 100


def lateness(found: Penalties, counted_by: str, files: Sequence[InputFile]) -> Findings:
    """Return the verdict, then the counts by the rule that is counted by, and what is at risk."""
    simple = counted_by == "initiation" and found.simple is not None
    table = found.table
    past = table[table["in_scope"] & (table["state"] == EXPIRED)]
    rows = found.counted("simple") if simple else past
    line = SIMPLE if simple else ON_FILE
    told = penalties.sums(rows)
    by = WORDS.sentence("by_simple" if simple else "by_statute", years=fmt.count(found.years))
    parts = {"n": fmt.count(told["cases"]), "by": by, "stamp": found.stamp, "scope": _scope(found)}
    parts |= {name: found.said(told[name]) for name in penalties.SUMS}
    low, high = found.counted("low"), found.counted("high")
    held, at_most = tuple(files), _lines(found, high)
    results = [
        Finding("penalties.verdict", verdict(found), penalties.span(found), "cases",
                inputs=held, evidence="penalty_readings", source_rows=at_most),
        *(
            Finding(
                f"penalties.expired.{name}", WORDS.sentence(f"expired_{name}", **parts),
                told["cases"] if name == "count" else money(told[name]),
                "cases" if name == "count" else found.records.money,
                inputs=held, evidence=f"penalty_readings.{line}", source_rows=_lines(found, rows),
            )
            for name in ("count", *penalties.SUMS)
        ),
        _at_risk(past, found, held),
        Finding("penalties.range.low", WORDS.sentence("range_low", n=fmt.count(len(low)),
                stamp=found.stamp), len(low), "cases", inputs=held,
                evidence=f"penalty_readings.{penalties.LOWEST}", source_rows=_lines(found, low)),
        Finding("penalties.range.high", WORDS.sentence("range_high", n=fmt.count(len(high)),
                stamp=found.stamp), len(high), "cases", inputs=held,
                evidence=f"penalty_readings.{penalties.HIGHEST}", source_rows=at_most),
    ]  # fmt: skip
    return Findings(results)


def _scope(found: Penalties) -> str:
    if found.initiated_before is None:
        return ""
    return WORDS.sentence("scope", day=fmt.day(found.initiated_before))


def _at_risk(past: pd.DataFrame, found: Penalties, files: tuple[InputFile, ...]) -> Finding:
    owed = int(past["uncollected"].sum())
    words = WORDS.sentence(
        "at_risk", n=fmt.count(len(past)), sum=found.said(owed), stamp=found.stamp
    )
    return Finding("penalties.at_risk.count", words, len(past), "cases", inputs=files,
                   evidence=f"penalty_readings.{ON_FILE}",
                   source_rows=_lines(found, past))  # fmt: skip


def _lines(found: Penalties, rows: pd.DataFrame) -> str:
    """Return which lines of the file of cases are of the cases in ``rows``."""
    cases = found.records.cases
    return rows_of(found.records.inputs[0], cases[cases["case_id"].isin(rows["case_id"])][LINE])


def followed(found: Penalties, later: Penalties | None, counted_by: str) -> FollowUp | None:
    """Return what became of the cases counted; None without a later day."""
    if later is None:
        return None
    simple = counted_by == "initiation" and found.simple is not None
    return follow_up(found, later, column="simple" if simple else "high")


def outcomes(told: FollowUp | None, found: Penalties, files: Sequence[InputFile]) -> Findings:
    """Return what became of the cases counted; nothing where no later day is named."""
    if told is None:
        return Findings()
    ended, whole = int(told.expired["uncollected"].sum()), told.uncollected
    places = {
        "n": fmt.count(len(told.no_longer)),
        "ended": fmt.count(len(told.expired)),
        "counted": fmt.count(told.counted),
        "share": fmt.percent(len(told.no_longer), told.counted),
        "sum": found.said(ended),
        "of": fmt.percent(ended, whole, 1),
        "times": WORDS.sentence("times", n=fmt.count(whole / ended))
        if ended > 0
        else WORDS.sentence("no_times"),
        "first": fmt.day(found.as_of),
        "stamp": told.later.stamp,
    }
    held, ended_line = tuple(files), f"penalty_outcomes.{CLOSED_EXPIRED}"
    gone, no_longer = (_lines(told.later, rows) for rows in (told.expired, told.no_longer))
    return Findings(
        [
            Finding("penalties.follow_up.no_longer_limited",
                    WORDS.sentence("followed_no_longer", **places), len(told.no_longer), "cases",
                    numerator=len(told.no_longer), denominator=told.counted, inputs=held,
                    evidence=f"penalty_outcomes.{penalties.NO_LONGER}", source_rows=no_longer),
            Finding("penalties.follow_up.expired", WORDS.sentence("followed_expired", **places),
                    len(told.expired), "cases", numerator=len(told.expired),
                    denominator=told.counted, inputs=held, evidence=ended_line, source_rows=gone),
            Finding("penalties.follow_up.expired_uncollected",
                    WORDS.sentence("followed_sum", **places), money(ended), found.records.money,
                    numerator=money(ended), denominator=money(whole), inputs=held,
                    evidence=ended_line, source_rows=gone),
        ]
    )  # fmt: skip


def due(found: Penalties, within: Sequence[int], files: Sequence[InputFile]) -> Findings:
    """Return how many open cases pass their date within so many days, with what is owed."""
    rows = penalties.deadlines(found, within).to_dict("records")
    left = found.table[penalties.running(found.table)]
    return Findings(
        Finding(
            f"penalties.due_within.{row['days']}",
            WORDS.sentence("due_within", n=fmt.count(row["cases"]), days=fmt.count(row["days"]),
                           sum=found.said(row["uncollected"]), stamp=found.stamp),
            row["cases"], "cases", inputs=tuple(files), evidence=f"penalty_deadlines.{row['days']}",
            source_rows=_lines(found, left[left["days_left"] <= row["days"]]),
        )
        for row in rows
    )  # fmt: skip
