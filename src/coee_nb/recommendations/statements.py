"""The sentences about recommendations that a report may print, each with its number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb.findings import Finding, Findings, InputFile, Inputs, input_file
from coee_nb.recommendations.aging import AGE_UNKNOWN, LOWER_BOUND, MILESTONE, NO_ECD, Aging
from coee_nb.recommendations.clocks import CANNOT_TELL, LISTED, OVERDUE, ClockList
from coee_nb.recommendations.log import EVENTS_FILE, RECOMMENDATIONS_FILE, Log
from coee_nb.recommendations.register import Register, in_force


def sources(folder: Path | None, whole: Log, part: Log, current: Register) -> Inputs:
    """Return the log's two files with the account of their rows; none without a folder.

    ``whole`` is the log as read from ``folder``, ``part`` the agencies reported on, ``current``
    the register made of it. Set aside: rows of other agencies, recorded after the as-of date, and
    events that a correction known by then replaced.
    """
    if folder is None:
        return Inputs()
    by = np.datetime64(current.as_of)
    files = []
    for name, table in (
        (RECOMMENDATIONS_FILE, whole.recommendations),
        (EVENTS_FILE, whole.events),
    ):
        chosen = table["recommendation_id"].isin(part.recommendations["recommendation_id"])
        later = chosen & (table["recorded_on"] > by)
        standing = in_force(table, current.as_of) if name == EVENTS_FILE else True
        replaced = chosen & ~later & ~pd.Series(standing, index=table.index)
        reasons = {
            "of another agency": int((~chosen).sum()),
            "recorded after the as-of date": int(later.sum()),
            "replaced by a correction": int(replaced.sum()),
        }
        reasons = {reason: n for reason, n in reasons.items() if n}
        used = len(table) - sum(reasons.values())
        files.append(input_file(folder / name, rows=len(table), used=used, set_aside=reasons))
    return Inputs(files)


def lateness(aged: Aging, *, inputs: tuple[InputFile, ...] = ()) -> Findings:
    """Return how many open recommendations are past due, without a date, stale, of unknown age.

    Ids: ``recommendations.open``, ``.past_due``, ``.longest_past_due``, ``.stale_ecd``,
    ``.no_ecd``, ``.milestone_only``, ``.lower_bound_only``, ``.age_unknown``, ``.unseen``.
    """
    rows = aged.table[~aged.table["closed"]]
    on, of = f"As of {fmt.day(aged.as_of)}", len(rows)
    group = rows["due_group"].astype("str")
    counted = (
        ("past_due", rows["past_due"], "were past the agency's estimated completion date"),
        ("stale_ecd", rows["stale"], "were past due with nothing dated said since the date"),
        ("no_ecd", group == NO_ECD, "had no estimated completion date from the agency"),
        ("milestone_only", group == MILESTONE, "had a date for a step on the way only"),
        ("lower_bound_only", group == LOWER_BOUND, "had an earliest date only, no due date"),
        ("age_unknown", rows["age_group"].astype("str") == AGE_UNKNOWN,
         "were of unknown age: the source does not give the issue date"),
        ("unseen", rows["unseen"],
         "appear in no source of the last year: a closure since would not be known"),
    )  # fmt: skip
    found = [_open(aged, inputs)]
    for name, where, words in counted:
        n = int(where.sum())
        statement = f"{on}, {fmt.count(n)} of {fmt.count(of)} open recommendations {words}."
        found.append(_share(name, statement, n, of, inputs, "attention"))
    if rows["past_due"].any():
        found.append(_longest(rows, on, inputs))
    return Findings(found)


def days_past_due(aged: Aging, *, inputs: tuple[InputFile, ...] = ()) -> Findings:
    """Return, for each open recommendation past due, by how many days.

    Ids: ``recommendations.<recommendation_id>.days_past_due``.
    """
    late = aged.table[aged.table["past_due"]]
    return Findings([_one_late(row, aged, inputs) for _, row in late.iterrows()])


def unconfirmed(current: Register, *, inputs: tuple[InputFile, ...] = ()) -> Findings:
    """Return how many extracted dates no analyst has confirmed: ``recommendations.unconfirmed``."""
    n, of = int((current.ecds["review"] == "automatic").sum()), len(current.ecds)
    statement = (
        f"{fmt.count(n)} of {fmt.count(of)} estimated completion dates in the register as of "
        f"{fmt.day(current.as_of)} were extracted automatically and are not yet confirmed by an "
        f"analyst."
    )
    return Findings([_share("unconfirmed", statement, n, of, inputs, "evidence")])


def clock_counts(lists: tuple[ClockList, ...], *, inputs: tuple[InputFile, ...] = ()) -> Findings:
    """Return for each clock that applies how many are overdue or listed, and how many untold.

    Ids: ``recommendations.clock.<name>``.
    """
    return Findings([_clock(one, inputs) for one in lists if len(one.table)])


def _clock(one: ClockList, inputs: tuple[InputFile, ...]) -> Finding:
    state, of = one.table["state"], len(one.table)
    n = int(state.isin((OVERDUE, LISTED)).sum())
    unknown = int((state == CANNOT_TELL).sum())
    untold = f"; for {fmt.count(unknown)} it cannot be told" if unknown else ""
    statement = (
        f"{one.clock.title} ({one.clock.authority}): {fmt.count(n)} of {fmt.count(of)} overdue or "
        f"on the list as of {fmt.day(one.as_of)}{untold}."
    )
    evidence = f"clock_{one.clock.name}"
    return _share(f"clock.{one.clock.name}", statement, n, of, inputs, evidence)


def _open(aged: Aging, inputs: tuple[InputFile, ...]) -> Finding:
    n, of = int((~aged.table["closed"]).sum()), len(aged.table)
    statement = (
        f"As of {fmt.day(aged.as_of)}, {fmt.count(n)} of the {fmt.count(of)} recommendations in "
        f"the log were not closed."
    )
    return _share("open", statement, n, of, inputs, "attention")


def _longest(rows: pd.DataFrame, on: str, inputs: tuple[InputFile, ...]) -> Finding:
    days = int(rows["days_past_due"].max())
    names = list(rows.loc[rows["days_past_due"] == days, "recommendation_id"])
    which = names[0] if len(names) == 1 else f"{fmt.count(len(names))} recommendations"
    return Finding(
        id="recommendations.longest_past_due",
        statement=f"{on}, the longest past due was {fmt.count(days)} days late ({which}).",
        value=days,
        unit="days",
        inputs=inputs,
        evidence="attention",
    )


def _one_late(row: pd.Series, aged: Aging, inputs: tuple[InputFile, ...]) -> Finding:
    days = int(row["days_past_due"])
    first = "" if not row["revisions"] else f", {fmt.count(row['days_past_first'])} past its first"
    return Finding(
        id=f"recommendations.{row['recommendation_id']}.days_past_due",
        statement=(
            f"{row['recommendation_id']} was {fmt.count(days)} days past its estimated completion "
            f"date of {fmt.day(row['due_on'])}{first} as of {fmt.day(aged.as_of)}."
        ),
        value=days,
        unit="days",
        inputs=inputs,
        evidence=f"attention.{row['recommendation_id']}",
    )


def _share(
    name: str, statement: str, n: int, of: int, inputs: tuple[InputFile, ...], evidence: str
) -> Finding:
    return Finding(
        id=f"recommendations.{name}",
        statement=statement,
        value=n,
        unit="recommendations",
        numerator=n,
        denominator=of,
        inputs=inputs,
        evidence=evidence,
    )
