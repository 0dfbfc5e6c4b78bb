"""The register's tables as a report shows them, what needs attention first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from coee_nb import formats as fmt
from coee_nb.exhibits import Notice, Table
from coee_nb.recommendations.aging import LOWER_BOUND, MILESTONE, NO_ECD, Aging
from coee_nb.recommendations.changes import Changes
from coee_nb.recommendations.clocks import OTHER, ClockList, summary
from coee_nb.recommendations.closure import Closure
from coee_nb.recommendations.register import Register, evidence

if TYPE_CHECKING:
    from coee_nb.recommendations.log import Log

SHOWN = 100  # lines a page shows of a long table; its file has them all
HASH_LENGTH = 12  # characters of a SHA-256 that tell files apart for a reader
_SOURCE = ("source_span", "source_file", "source_sha256", "review", "note")


def attention(aged: Aging, log: Log) -> Table | Notice:
    """Return every open recommendation with what is late, why, and the words it rests on.

    Where there is none, a notice says from when on the log holds any.
    """
    rows = aged.table[~aged.table["closed"]].reset_index(drop=True)
    if rows.empty:
        return Notice(_none_open(aged, log))
    quoted = _quoted(rows, log)
    plain = ["recommendation_id", "due_on", "days_past_due", "days_past_first"]
    frame = rows[plain].assign(
        why=[why(row) for _, row in rows.iterrows()],
        evidence=[cite(row) for _, row in quoted.iterrows()],
        **{column: quoted[column] for column in _SOURCE},
        status=rows["status"],
        due_group=rows["due_group"].astype("str"),
        priority=rows["priority"],
    )
    return Table(
        frame,
        name="attention",
        caption=f"Open recommendations on {fmt.day(aged.as_of)}, what needs attention first",
        labels={"recommendation_id": "recommendation", "due_on": "due"},
        show=(*plain, "why", "evidence"),
        rows=SHOWN,
        anchor="recommendation_id",
        note="Days are negative while the date is to come. Evidence: the source's words, its file, "
        "the start of the file's SHA-256, and whether an analyst has reviewed the date or a "
        "program found it and nobody confirmed it yet (automatic).",
    )


def _none_open(aged: Aging, log: Log) -> str:
    first = log.recommendations["recorded_on"].min()
    if len(aged.table) or pd.isna(first):
        return f"No recommendation in the log was open on {fmt.day(aged.as_of)}."
    return (
        f"Nothing was in the log by {fmt.day(aged.as_of)}: its first recommendation was recorded "
        f"on {fmt.day(first)}. Choose an as-of date from then on."
    )


def cite(quoted: pd.Series) -> str:
    """Return words and source in one line: the quotation, the file, its hash, the review.

    >>> cite(pd.Series({"source_span": "by May 2024", "note": "", "source_file": "page.txt",
    ...                 "source_sha256": "ab" * 32, "review": "reviewed"}))
    '“by May 2024”, page.txt (abababababab, reviewed)'
    """
    # Nothing can be quoted for a date that was not given: the reader's note stands in brackets.
    words = f"“{quoted['source_span']}”" if quoted["source_span"] else f"[{quoted['note']}]"
    if not quoted["source_file"]:
        return "no source in the log"
    known = [quoted["source_sha256"][:HASH_LENGTH], quoted["review"]]
    return f"{words}, {quoted['source_file']} ({', '.join(word for word in known if word)})"


def asked(aged: Aging) -> Table:
    """Return what each open recommendation asks for, its status and age, in the same order."""
    rows = aged.table[~aged.table["closed"]].reset_index(drop=True)
    columns = [
        "recommendation_id", "text", "status", "concurrence", "issued_on", "age_group",
        "priority", "issuer", "agency", "title",
    ]  # fmt: skip
    return Table(
        rows[columns],
        name="asked",
        caption="What each open recommendation asks for",
        labels={"recommendation_id": "recommendation", "text": "what is to be done",
                "age_group": "age"},
        show=tuple(columns[:6]),
        rows=SHOWN,
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
    """Return the words behind each row's date or, where nothing was said of one, its status."""
    event = rows["ecd_event"].where(rows["ecd_event"] != "", rows["milestone_event"])
    only_step = (rows["due_group"].astype("str") == MILESTONE).to_numpy()
    event = event.mask(only_step, rows["milestone_event"])
    event = event.where(event != "", rows["status_event"])
    events = log.events.set_index("event_id")[list(_SOURCE)]
    return events.reindex(event).fillna("").reset_index(drop=True)


def quotations(log: Log, current: Register) -> Table:
    """Return every fact of the register with the exact words it rests on."""
    found = evidence(log, current)
    source = found["source_file"] + " (" + found["source_sha256"].str[:HASH_LENGTH] + ")"
    found["source"] = source.where(found["source_file"] != "", "")
    return Table(
        found,
        name="evidence",
        caption="What each fact rests on",
        labels={
            "recommendation_id": "recommendation",
            "source_span": "the source says",
            "event_id": "event",
        },
        show=("recommendation_id", "fact", "says", "source_span", "source", "review", "event_id"),
        rows=3 * SHOWN,
        fold="Every fact with the words and the file it rests on",
    )


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
        show=(
            "recommendation_id", "due_on", "days_past_due", "first_due_on", "days_past_first",
            "revisions", "slip_days", "milestone_to", "last_update_on", "days_since_update",
            "stale",
        ),
        rows=SHOWN,
    )  # fmt: skip


def age_groups(aged: Aging) -> Table:
    """Return how many open recommendations are how old."""
    return Table(aged.ages, name="age_groups", caption="Open recommendations by age since issue")


def clock_summary(lists: tuple[ClockList, ...]) -> Table:
    """Return what each clock says in all, one row a clock."""
    frame = summary(lists)
    states = frame.drop(columns=["clock", "authority", "applies_to", OTHER])
    said = [
        ", ".join(f"{fmt.count(n)} {state}" for state, n in row.items() if n) or "nothing to run on"
        for _, row in states.iterrows()
    ]
    frame.insert(3, "what_it_says", said)
    return Table(
        frame,
        name="clocks",
        caption="The clocks set by laws, circulars and auditors",
        show=("clock", "authority", "applies_to", "what_it_says", OTHER),
    )


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


def agencies(closed: Closure, *, name: str = "agencies", label: str = "") -> Table | Notice:
    """Return closure by agency: counts, median time, and the shares closed within four years."""
    if closed.agencies.empty:
        return Notice(closed.text)
    return Table(
        closed.agencies,
        name=name,
        caption=f"Closure by agency{f' ({label})' if label else ''}",
        formats={
            **dict.fromkeys(("implemented_4y", "not_implemented_4y"), fmt.percent),
            "median_days": fmt.count,
        },
        labels={
            "median_days": "median days to closure",
            "implemented_4y": "implemented within 4 years",
            "not_implemented_4y": "dropped within 4 years",
        },
    )


def cohorts(closed: Closure, *, name: str = "cohorts", label: str = "") -> Table | Notice:
    """Return the implementation rate of each fiscal year's recommendations four years later."""
    if closed.cohorts.empty:
        return Notice(closed.text)
    return Table(
        closed.cohorts,
        name=name,
        caption=f"Implemented four years on, by year of issue{f' ({label})' if label else ''}",
        formats={"fiscal_year": str, "rate": fmt.percent},
        note="As GAO reports it: implemented by the end of the fiscal year four years after the "
        "year of issue.",
    )
