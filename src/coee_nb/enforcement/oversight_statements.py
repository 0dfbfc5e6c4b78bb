"""The sentences on oversight that a report may print, each with its number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb.enforcement.inspections import Inspections
from coee_nb.enforcement.meetings import NO_MINUTES, ON_FILE, Meetings
from coee_nb.enforcement.oversight_activity import Oversight
from coee_nb.enforcement.oversight_disputes import LATE, NOT_REFERRED
from coee_nb.enforcement.oversight_records import OversightRecords
from coee_nb.enforcement.responsibilities import JOINT, NO_WORKSHEET
from coee_nb.files import LINE
from coee_nb.findings import Finding, Findings, InputFile, rows_of
from coee_nb.outputs import Callout
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.enforcement")
TOLD = 8  # activities that a sentence names


def year_word(starts: int) -> str:
    """Return what a year is called that begins in month ``starts``."""
    return "year" if starts == 1 else "fiscal year"


def counted(
    name: str, sentence: str, count: int, of: int | None, unit: str, inputs: tuple[InputFile, ...],
    evidence: str, rows: str, **said: Any,
) -> Finding:  # fmt: skip
    """Return a finding ``oversight.<name>`` that is a count, of a number where there is one."""
    words = {"count": fmt.count(count), "total": fmt.count(of or 0)} | said
    return Finding(
        id=f"oversight.{name}",
        statement=_ended(WORDS.sentence(sentence, **words)),
        value=count,
        unit=unit,
        numerator=None if of is None else count,
        denominator=of,
        inputs=inputs,
        evidence=evidence,
        source_rows=rows,
    )


def _ended(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def meetings(told: Oversight) -> Findings | Callout:
    """Return ``oversight.meetings.missed``, ``.held_without``, ``.on_time``, ``.longest_gap``."""
    if told.meetings is None:
        return Callout(WORDS.sentence("no_meetings"))
    return Findings(_meetings(told.meetings, told))


def _meetings(met: Meetings, told: Oversight) -> Iterator[Finding]:
    files, stamp = told.of_meetings, told.stamp
    share = fmt.percent(met.missed, met.required)
    row = met.by_year.iloc[-1]
    evidence = f"meeting_counts.{row['unit']}, {row['year']}"
    yield counted("meetings.missed", "meetings_missed", met.missed, met.required, "periods", files,
                  evidence, _records(met, met.periods["state"] != ON_FILE),
                  missed=fmt.count(met.missed), required=fmt.count(met.required), share=share,
                  stamp=stamp)  # fmt: skip
    without = met.periods["state"] == NO_MINUTES
    yield counted("meetings.held_without", "meetings_held_without", int(without.sum()), met.missed,
                  "periods", files, evidence, _records(met, without), missed=fmt.count(met.missed),
                  stamp=stamp)  # fmt: skip
    words = {
        "required": fmt.count(met.required),
        "share": fmt.percent(row["on_time"], row["required"]),
        "confidence": fmt.percent(met.confidence),
        "low": fmt.percent(row["ci_low"]),
        "high": fmt.percent(row["ci_high"]),
        "stamp": stamp,
    }
    yield counted("meetings.on_time", "meetings_on_time", int(row["on_time"]), met.required,
                  "periods", files, evidence, _records(met, met.periods["on_time"]),
                  **words)  # fmt: skip
    longest = met.streaks.sort_values("longest_gap", ascending=False, kind="stable").iloc[0]
    length = int(longest["longest_gap"])
    gap = met.periods[met.periods["unit"] == longest["unit"]].sort_values("last_day")["period"]
    spans = gap[gap.eq(longest["gap_from"]).cumsum().gt(0)][:length].index
    yield counted("meetings.longest_gap", "longest_gap" if length else "no_gap", length, None,
                  "periods", files, f"meeting_streaks.{longest['unit']}" if length
                  else "meeting_streaks", _records(met, met.periods.index.isin(spans)),
                  who=longest["unit"], first=longest["gap_from"], last=longest["gap_to"],
                  stamp=stamp)  # fmt: skip


def _records(met: Meetings, which: pd.Series | np.ndarray) -> str:
    """Return the lines of the records of some periods, and how many of these have no record."""
    periods = met.periods[which]
    lines = [int(line) for told in periods["lines"] if told for line in told.split(", ")]
    bare = int((periods["lines"] == "").sum())
    left = f"; {fmt.count(bare)} of the periods have no line" if bare else ""
    return rows_of(met.source, lines) + left


def disputes(told: Oversight) -> Findings | Callout:
    """Return ``oversight.disputes.reached``, ``.not_referred`` and ``.late``."""
    part = told.disputes
    if part is None:
        return Callout(WORDS.sentence("no_disputes"))
    files, reached, lines = (part.records.source,), part.reached, _lines(part.records, "dispute")
    open_ones = part.of(NOT_REFERRED)
    common = {"days": part.referral_days, "stamp": told.stamp}
    longest = ""
    if len(open_ones):
        late = fmt.count(open_ones["days_late"].max())
        longest = WORDS.sentence("disputes_longest", days=late)
    which = len(reached)
    found = [
        counted("disputes.reached", "disputes_reached", which, len(part.table), "disputes", files,
                f"dispute_states.{reached_line(told)}", lines(reached), **common),
        counted("disputes.not_referred", "disputes_not_referred", len(open_ones), which,
                "disputes", files, f"dispute_states.{NOT_REFERRED}", lines(open_ones),
                longest=longest, **common),
        counted("disputes.late", "disputes_late", len(part.of(LATE)), which, "disputes", files,
                f"dispute_states.{LATE}", lines(part.of(LATE)), **common),
    ]  # fmt: skip
    return Findings(found)


def _lines(records: OversightRecords, key: str) -> Callable[[pd.DataFrame], str]:
    """Return what tells the lines of a file that are of what a table names under ``key``."""
    rows = records.rows
    return lambda of: rows_of(records.source, rows.loc[rows[key].isin(of[key]), LINE])


def reached_line(told: Oversight) -> str:
    """Return what the table calls the disputes that have been open for the days of a referral."""
    return WORDS.sentence("reached", days=told.disputes.referral_days if told.disputes else 0)


def inspections(told: Oversight) -> Findings | Callout:
    """Return ``oversight.inspections`` and what worksheets leave out, and how few file them."""
    part = told.inspections
    if part is None:
        return Callout(WORDS.sentence("no_inspections"))
    return Findings(_inspections(part, told))


def _inspections(part: Inspections, told: Oversight) -> Iterator[Finding]:
    files, stamp = told.of_inspections, told.stamp
    units = fmt.count(len(part.units))
    year = year_word(told.fiscal_year_starts)
    first, last = part.years[0], part.years[-1]
    years = f"{year} {first}" if first == last else f"{year}s {first} to {last}"
    filing = int((part.units["worksheets"] > 0).sum())
    sheets = part.worksheets
    filed = rows_of(sheets.source, sheets.rows[LINE])
    yield counted("inspections", "inspections", part.count, None, "worksheets", files,
                  f"inspection_units.{part.whole}", filed, filing=filing, units=units, years=years,
                  stamp=stamp)  # fmt: skip
    missing, total = part.not_covered, len(part.activities)
    names = ", ".join(missing[:TOLD]) + (f" and {len(missing) - TOLD} more"
                                         if len(missing) > TOLD else "")  # fmt: skip
    yield counted("inspections.not_covered", "not_covered" if missing else "all_covered",
                  len(missing), total, "activities", files, "inspection_activities",
                  _lines(part.catalogue, "activity")(pd.DataFrame({"activity": missing})),
                  names=names, stamp=stamp)  # fmt: skip
    cells = part.coverage["worksheets"]
    covered = int((cells > 0).sum())
    yield counted("inspections.cells_covered", "cells_covered", covered, len(cells),
                  "combinations", files, "coverage_matrix", filed, year=year,
                  share=fmt.percent(covered, len(cells)), stamp=stamp)  # fmt: skip
    yield counted("inspections.concentration", "concentration", part.half, len(part.units),
                  "units", files, "inspection_units", filed, units=units,
                  few=int(part.units["files_few"].sum()), stamp=stamp)  # fmt: skip


def responsibilities(told: Oversight) -> Findings | Callout:
    """Return ``oversight.responsibilities.unclear``, ``.joint`` and what covers none."""
    part = told.responsibilities
    if part is None:
        return Callout(WORDS.sentence("no_responsibilities"))
    files, total, stamp = (part.records.source,), len(part.table), told.stamp
    joint = part.table[part.table["ownership"] == JOINT]
    lines = _lines(part.records, "responsibility")
    found = [
        counted("responsibilities.unclear", "ownership_unclear", len(part.unclear), total,
                "responsibilities", files, "ownership", lines(part.unclear), stamp=stamp),
        counted("responsibilities.joint", "ownership_joint", len(joint), total, "responsibilities",
                files, "ownership", lines(joint), stamp=stamp),
    ]  # fmt: skip
    if part.inspections_known:
        every = (*files, *told.of_inspections)
        missing = part.not_inspected
        without = int((missing["inspection"] == NO_WORKSHEET).sum())
        found += [counted("responsibilities.not_inspected", "not_inspected", len(missing), total,
                          "responsibilities", every, "not_inspected" if len(missing) else "",
                          lines(missing), without=without, unnamed=len(missing) - without,
                          stamp=stamp)]  # fmt: skip
        if part.procedures_known:
            found += [counted("responsibilities.uncovered", "uncovered", len(part.uncovered),
                              total, "responsibilities", every, "ownership",
                              lines(part.uncovered), stamp=stamp)]  # fmt: skip
    return Findings(found)
