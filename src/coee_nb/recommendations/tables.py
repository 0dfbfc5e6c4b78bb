"""The register's tables as a report shows them, what needs attention first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from coee_nb import formats as fmt
from coee_nb.exhibits import Notice, Table
from coee_nb.recommendations.aging import LOWER_BOUND, MILESTONE, NO_ECD, Aging
from coee_nb.recommendations.changes import Changes
from coee_nb.recommendations.clocks import ClockList, summary
from coee_nb.recommendations.closure import Closure
from coee_nb.recommendations.register import Register, evidence

if TYPE_CHECKING:
    from coee_nb.recommendations.log import Log

SHOWN = 100  # lines a page shows of a long table; its file has them all
HASH_LENGTH = 12  # characters of a SHA-256 that tell files apart for a reader
_NAMES = {"recommendation_id": "recommendation", "source_span": "the source says"}


def attention(aged: Aging, log: Log) -> Table:
    """Return every open recommendation with what is late, why, and the words it rests on."""
    rows = aged.table[~aged.table["closed"]].reset_index(drop=True)
    quoted = _quoted(rows, log)
    frame = pd.DataFrame(
        {
            "recommendation_id": rows["recommendation_id"],
            "text": rows["text"],
            "due_on": rows["due_on"],
            "days_past_due": rows["days_past_due"],
            "days_past_first": rows["days_past_first"],
            "why": [why(row) for _, row in rows.iterrows()],
            **{
                column: quoted[column]
                for column in ("source_span", "source_file", "hash", "review")
            },
            "status": rows["status"],
            "due_group": rows["due_group"].astype("str"),
            "priority": rows["priority"],
        }
    )
    return Table(
        frame,
        name="attention",
        caption=f"Open recommendations on {fmt.day(aged.as_of)}, what needs attention first",
        labels={**_NAMES, "text": "what is to be done", "due_on": "due", "review": "the date is"},
        show=(
            "recommendation_id", "text", "due_on", "days_past_due", "days_past_first", "why",
            "source_span", "source_file", "hash", "review",
        ),
        rows=SHOWN,
        note="Days are negative while the date is to come. The hash is the start of the source "
        "file's SHA-256. An automatic date was found by a program and confirmed by nobody yet.",
    )  # fmt: skip


def why(row: pd.Series) -> str:
    """Say in a sentence or two why a recommendation stands where it does.

    ``row`` is a row of `Aging.table`.
    """
    told = [_where_it_stands(row)]
    if row["revisions"]:
        times = f"{row['revisions']} time{'s' if row['revisions'] != 1 else ''}"
        told.append(f"The date moved {times}, by {fmt.count(row['slip_days'])} days in all.")
    if pd.isna(row["last_update_on"]):
        told.append("No dated word about it is in the log.")
    elif row["stale"] and not row["unseen"]:
        told.append(f"Nothing dated was said since {fmt.day(row['last_update_on'])}.")
    if row["status"] == "asserted complete":
        told.append("The agency says it is done; the auditor has not verified it.")
    if row["unseen"] and pd.notna(row["last_seen_on"]):
        told.append(
            f"The last source on it is of {fmt.day(row['last_seen_on'])}: a later closure would "
            f"not be known."
        )
    if pd.notna(row["vanished_on"]):
        told.append(f"It is absent from its list since {fmt.day(row['vanished_on'])}.")
    return " ".join(told)


def _where_it_stands(row: pd.Series) -> str:
    if row["due_group"] == NO_ECD:
        withdrawn = pd.notna(row["first_due_on"])
        return "The agency withdrew its date." if withdrawn else "The agency gave no date."
    if row["due_group"] == LOWER_BOUND:
        return f"The agency said not before {fmt.day(row['not_before'])}: no due date."
    if row["due_group"] == MILESTONE:
        passed = row["days_past_milestone"] > 0
        step = f"a step on the way, {'due' if passed else 'to come'} {fmt.day(row['milestone_to'])}"
        return f"Only {step}, is dated{': it has passed' if passed else ''}."
    if row["past_due"]:
        return f"The agency's date, {fmt.day(row['due_on'])}, has passed."
    return f"The agency's date, {fmt.day(row['due_on'])}, is to come."


def _quoted(rows: pd.DataFrame, log: Log) -> pd.DataFrame:
    """Return the words behind each row's date or, where no date was given, behind its status."""
    event = rows["ecd_event"].where(rows["ecd_event"] != "", rows["milestone_event"])
    event = event.where(event != "", rows["status_event"])
    columns = ["source_span", "source_file", "source_sha256", "review", "note"]
    events = log.events.set_index("event_id")[columns]
    quoted = events.reindex(event).fillna("").reset_index(drop=True)
    # Nothing can be quoted for a date that was not given: the reader's note stands in brackets.
    noted = ("[" + quoted["note"] + "]").where(quoted["note"] != "", "")
    quoted["source_span"] = quoted["source_span"].where(quoted["source_span"] != "", noted)
    return quoted.assign(hash=quoted["source_sha256"].str.slice(stop=HASH_LENGTH))


def quotations(log: Log, current: Register) -> Table:
    """Return every fact of the register with the exact words it rests on."""
    found = evidence(log, current)
    found["hash"] = found["source_sha256"].str.slice(stop=HASH_LENGTH)
    return Table(
        found,
        name="evidence",
        caption="What each fact rests on",
        labels=_NAMES,
        show=(
            "recommendation_id", "fact", "says", "source_span", "source_file", "hash", "review",
            "event_id",
        ),
        rows=3 * SHOWN,
    )  # fmt: skip


def aging_columns(aged: Aging) -> Table:
    """Return every clock of the open recommendations: dates, slip, silence and age."""
    rows = aged.table[~aged.table["closed"]]
    columns = [
        "recommendation_id", "status", "due_on", "days_past_due", "first_due_on", "days_past_first",
        "revisions", "slip_days", "milestone_to", "not_before", "last_update_on",
        "days_since_update", "stale", "issued_on", "age_days", "due_group", "age_group",
    ]  # fmt: skip
    return Table(
        rows[columns].reset_index(drop=True),
        name="aging_clocks",
        caption=f"Every clock of the open recommendations on {fmt.day(aged.as_of)}",
        labels={
            **{"recommendation_id": "recommendation", "due_on": "due", "first_due_on": "first due"},
            "milestone_to": "milestone",
            "last_update_on": "last dated word",
        },
        rows=SHOWN,
    )


def age_groups(aged: Aging) -> Table:
    """Return how many open recommendations are how old."""
    return Table(aged.ages, name="age_groups", caption="Open recommendations by age since issue")


def clock_summary(lists: tuple[ClockList, ...]) -> Table:
    """Return what each clock says in all, one row a clock."""
    caption = "The clocks set by laws, circulars and auditors"
    return Table(summary(lists), name="clocks", caption=caption)


def clock_list(one: ClockList) -> Table | Notice:
    """Return a clock's list, or a notice that it applies to none of the recommendations."""
    title = f"{one.clock.title} ({one.clock.authority})"
    if one.table.empty:
        return Notice(f"{title}: none of the recommendations is under this clock.")
    amounts = ("questioned_costs_usd", "funds_for_better_use_usd")
    given = tuple(amount for amount in amounts if one.table[amount].notna().any())
    plain = ("recommendation_id", "status", "issued_on", "due_on", "state", "days_over", "reason")
    return Table(
        one.table,
        name=f"clock_{one.clock.name}",
        caption=title,
        formats=dict.fromkeys(amounts, fmt.dollars),
        labels={"recommendation_id": "recommendation", "due_on": "clock runs out"},
        show=(*plain, *given),
        rows=SHOWN,
        note=f"Applies to recommendations of: {one.clock.applies_to}. {fmt.count(one.set_aside)} "
        "others are not under it.",
    )


def changed(found: Changes) -> Table | Notice:
    """Return what changed between the two dates, or a notice that nothing did."""
    if found.table.empty:
        return Notice(found.text)
    between = f"{fmt.day(found.earlier)} and {fmt.day(found.later)}"
    return Table(
        found.table,
        name="changes",
        caption=f"What changed between {between}",
        labels={"recommendation_id": "recommendation"},
        show=("recommendation_id", "change", "before", "after", "title"),
        rows=SHOWN,
    )


def cohorts(closed: Closure, *, name: str = "cohorts", label: str = "") -> Table | Notice:
    """Return the implementation rate of each fiscal year's recommendations four years later."""
    if closed.cohorts.empty:
        return Notice(closed.text)
    return Table(
        closed.cohorts,
        name=name,
        caption=f"Implemented four years on, by year of issue{f' ({label})' if label else ''}",
        formats={"fiscal_year": str, "rate": _rate},
        note="As GAO reports it: implemented by the end of the fiscal year four years after the "
        "year of issue.",
    )


def _rate(value: float) -> str:
    return fmt.percent(value)
