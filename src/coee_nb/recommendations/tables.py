"""The register's tables as a report shows them, what needs attention first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb.outputs import Callout, Table
from coee_nb.recommendations import statements
from coee_nb.recommendations.aging import LOWER_BOUND, MILESTONE, Aging
from coee_nb.recommendations.changes import Changes
from coee_nb.recommendations.clocks import LISTED, OTHER, OVERDUE, ClockList, summary
from coee_nb.recommendations.closure import FEW, Closure
from coee_nb.recommendations.register import (
    ASSERTED,
    GONE,
    UNREAD,
    Register,
    evidence,
)
from coee_nb.wording import read_wording

if TYPE_CHECKING:
    from coee_nb.recommendations.log import Log

WORDS = read_wording("coee_nb.recommendations")

SHOWN = 100  # lines a page shows of a long table; its file has them all
HASH_LENGTH = 12  # characters of a SHA-256 that tell files apart for a reader
_SOURCE = ("source_span", "source_file", "source_sha256", "review", "note")


def counted(aged: Aging) -> Table:
    """Return what is counted of the register, a line a finding."""
    return Table(
        statements.counts(aged),
        name=statements.COUNTS,
        caption=f"What is counted, {aged.register.stamp}",
        labels={
            "what": "recommendations that",
            "oldest_source": "last sources on these from",
            "newest_source": "to",
        },
        show=("what", "recommendations", "of", "oldest_source", "newest_source"),
        anchor="count",
        origin=aged.register.origin,
    )


def sources(current: Register) -> Table | Callout:
    """Return what each imported file says there is, shows, and had read of it."""
    if current.sources.empty:
        return Callout(WORDS.sentence("no_sources", stamp=current.stamp))
    words = {"source": "the source itself", "import": "given at import, an assumption"}
    frame = current.sources.assign(dated_by=current.sources["dated_by"].map(words))
    return Table(
        frame,
        **WORDS.table("sources", stamp=current.stamp),
        formats={"source_sha256": lambda digest: digest[:HASH_LENGTH]},
        origin=current.origin,
    )


def no_longer_listed(aged: Aging) -> Table | Callout:
    """Return what has left the complete list it was on, or a callout that nothing has."""
    rows = aged.table[aged.table["standing"] == GONE].reset_index(drop=True)
    if rows.empty:
        return Callout(WORDS.sentence("no_no_longer_listed", stamp=aged.register.stamp))
    columns = ["recommendation_id", "vanished_on", "status", "last_read_due_on", "agency", "title"]
    rows["last_read_due_on"] = rows["last_read_due_on"].fillna(rows["due_on"])
    return Table(
        rows[columns],
        **WORDS.table("no_longer_listed", stamp=aged.register.stamp),
        rows=SHOWN,
        origin=aged.register.origin,
    )


def worklist(aged: Aging, log: Log) -> Table | Callout:
    """Return every open recommendation with what is late, why, and the words it rests on.

    Where there is none, a callout says from when on the log holds any.
    """
    rows = aged.not_closed
    if rows.empty:
        return Callout(_none_open(aged, log))
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
        **WORDS.table("worklist", which=aged.opens.capitalize(), stamp=aged.register.stamp),
        show=(*plain, "why", "evidence"),
        rows=max(SHOWN, int(rows["past_due"].sum())),
        origin=aged.register.origin,
        anchor="recommendation_id",
    )


def _none_open(aged: Aging, log: Log) -> str:
    first = log.recommendations["recorded_on"].min()
    if len(aged.table) or pd.isna(first):
        return f"No recommendation was open {aged.register.stamp}."
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
    rows = aged.not_closed
    doubt = np.where(rows["status_confirmed"], "", f" ({UNREAD})")
    rows["status"] = [f"{said}{but}" for said, but in zip(rows["status"], doubt, strict=True)]
    columns = [
        "recommendation_id", "text", "status", "concurrence", "issued_on", "age_group",
        "priority", "issuer", "agency", "title",
    ]  # fmt: skip
    return Table(
        rows[columns],
        **WORDS.table("asked", stamp=aged.register.stamp),
        origin=aged.register.origin,
        show=tuple(columns[:6]),
        rows=SHOWN,
    )


def why(row: pd.Series) -> str:
    """Say in a sentence or two why a recommendation stands where it does.

    ``row`` is a row of `Aging.table`. Every sentence is of the log.
    """
    told = [_where_it_stands(row)]
    if row["revisions"]:
        times = f"{row['revisions']} time{'s' if row['revisions'] != 1 else ''}"
        told.append(f"The date moved {times}, by {fmt.count(row['slip_days'])} days in all.")
    if pd.isna(row["last_update_on"]):
        told.append("No dated word about it is in the log.")
    elif row["stale"] and not row["unseen"]:
        told.append(f"No dated update in the log since {fmt.day(row['last_update_on'])}.")
    if row["unseen"] and pd.notna(row["last_seen_on"]):
        told.append(
            f"The last source on it is of {fmt.day(row['last_seen_on'])}: a later closure would "
            f"not be in the log."
        )
    return " ".join(told)


def _not_simply_open(row: pd.Series) -> str:
    """Say why the date of one that is not simply open tells nothing; blank if it is."""
    due = row["due_on"] if pd.notna(row["due_on"]) else row["last_read_due_on"]
    date = f" The date last read is {fmt.day(due)}." if pd.notna(due) else ""
    if row["standing"] == UNREAD:
        seen = f"Seen, not read, in the source of {fmt.day(row['unread_on'])}"
        if not (date or row["status"]):
            return f"{seen} ({row['unread_note']}): nothing of it was read before."
        return (
            f"{seen} ({row['unread_note']}): that source does not confirm what was read "
            f"before.{date} Status last read: {row['status'] or 'none'}."
        )
    if row["standing"] == ASSERTED:
        return f"The agency says it is done; the auditor has not verified it.{date}"
    if row["standing"] == GONE:
        return f"No longer listed since {fmt.day(row['vanished_on'])}.{date}"
    return ""


def _where_it_stands(row: pd.Series) -> str:
    special = _not_simply_open(row)
    if special:
        return special
    former = fmt.day(row["former_due_on"]) if pd.notna(row["former_due_on"]) else ""
    if row["ecd_statement"] == "withdrawn":
        return f"The agency withdrew its date{f' of {former}' if former else ''}."
    if row["ecd_statement"] == "no_ecd" and former and row["due_group"] != MILESTONE:
        return f"The last source gives no date; the one before was {former}."
    if pd.isna(row["due_on"]) and row["due_group"] not in (LOWER_BOUND, MILESTONE):
        return "The sources in the log give no date."
    if row["due_group"] == LOWER_BOUND:
        return f"The agency said not before {fmt.day(row['not_before'])}: no due date."
    if row["due_group"] == MILESTONE:
        passed = row["days_past_milestone"] > 0
        step = f"an interim step, {'due' if passed else 'to come'} {fmt.day(row['milestone_to'])}"
        return f"Only {step}, is dated{': it has passed' if passed else ''}."
    if row["past_due"]:
        return f"The agency's date, {fmt.day(row['due_on'])}, has passed."
    return f"The agency's date, {fmt.day(row['due_on'])}, is to come."


def _quoted(rows: pd.DataFrame, log: Log) -> pd.DataFrame:
    """Return the words behind each row's date or, where nothing was said of one, its status; of a
    row that was not read, those words.
    """
    event = rows["ecd_event"].where(rows["ecd_event"] != "", rows["milestone_event"])
    only_step = (rows["due_group"].astype("str") == MILESTONE).to_numpy()
    event = event.mask(only_step, rows["milestone_event"])
    event = event.where(event != "", rows["status_event"])
    event = event.mask(rows["standing"] == UNREAD, rows["unread_event"])
    events = log.events.set_index("event_id")[list(_SOURCE)]
    return events.reindex(event).fillna("").reset_index(drop=True)


def quotations(log: Log, current: Register) -> Table:
    """Return every fact of the register with the exact words it rests on."""
    found = evidence(log, current)
    source = found["source_file"] + " (" + found["source_sha256"].str[:HASH_LENGTH] + ")"
    found["source"] = source.where(found["source_file"] != "", "")
    return Table(
        found,
        **WORDS.table("evidence", stamp=current.stamp),
        origin=current.origin,
        rows=3 * SHOWN,
        fold="Every fact with the words and the file it rests on",
    )


def aging_columns(aged: Aging) -> Table:
    """Return every clock of the open recommendations: dates, slip, silence and age."""
    rows = aged.not_closed
    columns = [
        "recommendation_id", "standing", "status", "due_on", "days_past_due", "first_due_on",
        "days_past_first",
        "revisions", "slip_days", "milestone_to", "not_before", "last_update_on",
        "days_since_update", "stale", "issued_on", "age_days", "age_at_least_days",
        "withdrawals", "last_read_due_on", "last_seen_on", "due_group", "age_group",
    ]  # fmt: skip
    return Table(
        rows[columns].reset_index(drop=True),
        **WORDS.table("aging_clocks", opens=aged.opens, stamp=aged.register.stamp),
        origin=aged.register.origin,
        labels={
            **{"recommendation_id": "recommendation", "due_on": "due", "first_due_on": "first due"},
            "milestone_to": "milestone",
            "last_update_on": "last dated word",
        },
        rows=SHOWN,
    )


def age_groups(aged: Aging) -> Table:
    """Return how many open recommendations are how old."""
    unknown = aged.not_closed[aged.not_closed["issued_on"].isna()]
    least = unknown["age_at_least_days"].dropna()
    told = (
        f"Of those of unknown age, the longest known is at least {fmt.count(least.max())} days old."
        if len(least)
        else ""
    )
    return Table(
        aged.ages,
        **WORDS.table("age_groups", which=aged.opens.capitalize(), stamp=aged.register.stamp),
        note=told,
        origin=aged.register.origin,
    )


def clock_summary(lists: tuple[ClockList, ...]) -> Table:
    """Return what each clock says in all, one row a clock."""
    frame = summary(lists)
    states = frame.drop(columns=["clock", "authority", "applies_to", OTHER])
    said = [
        ", ".join(f"{fmt.count(n)} {state}" for state, n in row.items() if n) or "nothing to run on"
        for _, row in states.iterrows()
    ]
    frame.insert(3, "what_it_says", said)
    frame.insert(0, "name", [one.clock.name for one in lists])
    frame["overdue_or_listed"] = frame[OVERDUE] + frame[LISTED]
    current = lists[0].register
    return Table(
        frame,
        **WORDS.table("clocks", stamp=current.stamp),
        show=("clock", "authority", "applies_to", "overdue_or_listed", "what_it_says", OTHER),
        anchor="name",
        origin=current.origin,
    )


def clock_list(one: ClockList) -> Table | Callout:
    """Return a clock's list, or a callout that it applies to none of the recommendations."""
    title = f"{one.clock.title} ({one.clock.authority})"
    if one.table.empty:
        return Callout(WORDS.sentence("no_clock_list", title=title, stamp=one.stamp))
    amounts = ("questioned_costs_usd", "funds_for_better_use_usd")
    given = tuple(amount for amount in amounts if one.table[amount].notna().any())
    plain = ("recommendation_id", "status", "issued_on", "due_on", "state", "days_over", "reason")
    return Table(
        one.table,
        name=f"clock_{one.clock.name}",
        caption=f"{title}, {one.stamp}",
        origin=one.register.origin,
        formats=dict.fromkeys(amounts, fmt.dollars),
        labels={"recommendation_id": "recommendation", "due_on": "clock runs out"},
        show=(*plain, *given),
        rows=SHOWN,
        note=f"Applies to recommendations of: {one.clock.applies_to}. {fmt.count(one.excluded)} "
        "others are not under it.",
    )


def changed(found: Changes) -> Table | Callout:
    """Return what changed between the two dates, or a callout that nothing did."""
    if found.table.empty:
        return Callout(found.text)
    return Table(
        found.table, **WORDS.table("changes", stamp=found.stamp), origin=found.origin, rows=SHOWN
    )


def agencies(closed: Closure, *, name: str = "agencies", label: str = "") -> Table | Callout:
    """Return closure by agency: counts, median time, and the shares closed within four years."""
    if closed.agencies.empty:
        return Callout(closed.text)
    return Table(
        closed.agencies,
        name=name,
        caption=f"Closure by agency{f' ({label})' if label else ''}, {closed.stamp}",
        origin=closed.origin,
        note=f"A median or share is given only for times until which at least {FEW} "
        "recommendations of the agency were under observation, as the curves are drawn.",
        formats={
            **dict.fromkeys(("implemented_4y", "not_implemented_4y"), fmt.percent),
            "median_days": fmt.count,
            "observed_days": fmt.count,
        },
        labels={
            "observed_days": f"days until which {FEW} were observed",
            "median_days": "median days to closure",
            "implemented_4y": "implemented within 4 years",
            "not_implemented_4y": "dropped within 4 years",
        },
    )


def cohorts(closed: Closure, *, name: str = "cohorts", label: str = "") -> Table | Callout:
    """Return the implementation rate of each fiscal year's recommendations four years later."""
    if closed.cohorts.empty:
        return Callout(closed.text)
    return Table(
        closed.cohorts,
        name=name,
        caption=f"Implemented four years on, by year of issue{f' ({label})' if label else ''}, "
        f"{closed.stamp}",
        origin=closed.origin,
        formats={"fiscal_year": str, "rate": fmt.percent},
        note="As GAO reports it: implemented by the end of the fiscal year four years after the "
        "year of issue.",
    )
