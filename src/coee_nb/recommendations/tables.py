"""The register's tables as a report shows them, what needs attention first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb.arguments import known
from coee_nb.lazily import showing
from coee_nb.outputs import Callout, Several, Table
from coee_nb.recommendations import merges, portfolio, statements
from coee_nb.recommendations.aging import LOWER_BOUND, MILESTONE, Aging
from coee_nb.recommendations.changes import Changes
from coee_nb.recommendations.clocks import LISTED, OTHER, OVERDUE, ClockList, summary
from coee_nb.recommendations.closure import FEW, Closure
from coee_nb.recommendations.columns import AMOUNTS
from coee_nb.recommendations.file_names import sheet_path
from coee_nb.recommendations.names import named
from coee_nb.recommendations.register import (
    ASSERTED,
    GONE,
    UNREAD,
    Register,
    evidence,
    register,
)
from coee_nb.wording import read_wording

if TYPE_CHECKING:
    from coee_nb.recommendations.log import Log

WORDS = read_wording("coee_nb.recommendations")

SHOWN = 50  # lines a page shows of a long table; its file has them all
_TITLE = {"title": fmt.beginning}  # beside every id; the whole of it is in the table's file
HASH_LENGTH = 12  # characters of a SHA-256 that tell files apart for a reader
_SOURCE = ("source_span", "source_file", "source_sha256", "review", "note")


def counted(aged: Aging) -> Table:
    """Return what is counted of the register, a line a finding."""
    return Table(
        statements.counts(aged),
        **WORDS.table(statements.COUNTS, stamp=aged.register.stamp),
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
        named(rows[columns], rows),
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
    names = rows["recommendation_id"].tolist()
    sheets = dict(zip(names, map(sheet_path, rows["report"], names), strict=True))
    about = [] if (rows["title"] != "").any() else ["text"]  # what no title tells
    plain = ["recommendation_id", "title", "text", "due_on", "days_past_due", "days_past_first"]
    frame = rows[plain].assign(
        why=[why(row) for row in rows.to_dict("records")],
        words=[_quotation(row) for row in quoted.to_dict("records")],
        evidence=[cite(row) for row in quoted.to_dict("records")],
        **{column: quoted[column] for column in _SOURCE},
        status=rows["status"],
        due_group=rows["due_group"].astype("str"),
        priority=rows["priority"],
        issuer=rows["issuer"],
        agency=rows["agency"],
        office=rows["office"],
        official=rows["official"],
        rating=rows["rating"],
    )
    return Table(
        named(frame, rows),
        formats={"text": fmt.beginning},
        links={"recommendation_id": sheets.__getitem__},
        **WORDS.table("worklist", which=aged.opens.capitalize(), stamp=aged.register.stamp),
        show=(
            "recommendation",
            *about,
            "due_on",
            "days_past_due",
            "why",
            "words",
            "review",
            "recommendation_id",
        ),
        rows=SHOWN,
        origin=aged.register.origin,
        anchor="recommendation_id",
    )


def _none_open(aged: Aging, log: Log) -> str:
    first = log.recommendations["recorded_on"].min()
    if len(aged.table) or pd.isna(first):
        return WORDS.sentence("none_open", stamp=aged.register.stamp)
    return WORDS.sentence("none_yet", as_of=fmt.day(aged.as_of), first=fmt.day(first))


def cite(quoted: Mapping) -> str:
    """Return words and source in one line: the quotation, the file, its hash, the review.

    >>> cite({"source_span": "by May 2024", "note": "", "source_file": "page.txt",
    ...       "source_sha256": "ab" * 32, "review": "reviewed"})
    '“by May 2024”, page.txt (abababababab, reviewed)'
    """
    words = _quotation(quoted)
    if not quoted["source_file"]:
        return "no source in the log"
    known = [quoted["source_sha256"][:HASH_LENGTH], quoted["review"]]
    return f"{words}, {quoted['source_file']} ({', '.join(word for word in known if word)})"


def _quotation(quoted: Mapping) -> str:
    """Return the words that a date rests on.

    Nothing can be quoted for a date that was not given: the reader's note stands in brackets.
    """
    return f"“{quoted['source_span']}”" if quoted["source_span"] else f"[{quoted['note']}]"


def asked(aged: Aging) -> Table:
    """Return what each open recommendation asks for, its status and age, in the same order."""
    rows = aged.not_closed
    doubt = np.where(rows["status_confirmed"], "", f" ({UNREAD})")
    rows["status"] = [f"{said}{but}" for said, but in zip(rows["status"], doubt, strict=True)]
    columns = [
        "recommendation_id", "title", "text", "status", "concurrence", "issued_on", "age_group",
        "office", "rating", "priority", "issuer", "agency",
    ]  # fmt: skip
    grouped = columns[2 : 9 if (rows["office"] + rows["rating"]).any() else 7]
    return Table(
        named(rows[columns], rows),
        formats=_TITLE,
        **WORDS.table("asked", stamp=aged.register.stamp),
        origin=aged.register.origin,
        show=("recommendation", *grouped, "recommendation_id"),
        rows=SHOWN,
    )


_DAYS = (
    "due_on", "former_due_on", "last_read_due_on", "last_seen_on", "last_update_on", "milestone_to",
    "not_before", "unread_on", "vanished_on",
)  # fmt: skip


def why(row: Mapping) -> str:
    """Say in a sentence or two why a recommendation stands where it does.

    ``row`` is a row of `Aging.table`. Every sentence is of the log.
    """
    told = _not_simply_open(row) or [_of_its_date(row)]
    if row["revisions"]:
        times = f"{row['revisions']} time{'s' if row['revisions'] != 1 else ''}"
        told.append(_said("moved", row, times=times, days=fmt.count(row["slip_days"])))
    if pd.isna(row["last_update_on"]):
        told.append(_said("no_dated_word", row))
    elif row["stale"] and not row["unseen"]:
        told.append(_said("no_word_since", row))
    if row["unseen"] and pd.notna(row["last_seen_on"]):
        told.append(_said("unseen", row))
    return " ".join(told)


def _said(name: str, row: Mapping, **more: str) -> str:
    """Return a sentence about a recommendation, its days filled in."""
    words = WORDS.sentences[f"why_{name}"]
    days = {column: fmt.day(row[column]) for column in _DAYS if f"{{{column}}}" in words}
    return WORDS.sentence(f"why_{name}", **days, **more)


def _not_simply_open(row: Mapping) -> list[str]:
    """Say why the date of one that is not simply open tells nothing; nothing if it is."""
    due = row["due_on"] if pd.notna(row["due_on"]) else row["last_read_due_on"]
    date = [_said("date_last_read", row, due=fmt.day(due))] if pd.notna(due) else []
    note, status = row["unread_note"], row["status"]
    if row["standing"] == UNREAD and not (date or status):
        return [_said("not_read_ever", row, note=note)]
    if row["standing"] == UNREAD:
        status = _said("status_last_read", row, status=status or "none")
        return [_said("not_read", row, note=note), *date, status]
    if row["standing"] == ASSERTED:
        return [_said("asserted", row), *date]
    return [_said("no_longer_listed", row), *date] if row["standing"] == GONE else []


def _of_its_date(row: Mapping) -> str:
    """Say what the date of one that is simply open tells, or why it has none."""
    former = pd.notna(row["former_due_on"])
    if row["ecd_statement"] == "withdrawn":
        return _said("date_withdrawn" if former else "withdrawn", row)
    if row["ecd_statement"] == "no_ecd" and former and row["due_group"] != MILESTONE:
        return _said("no_date_now", row)
    if row["due_group"] == LOWER_BOUND:
        return _said("lower_bound", row)
    if row["due_group"] == MILESTONE:
        return _said("step_passed" if row["days_past_milestone"] > 0 else "step_to_come", row)
    if pd.isna(row["due_on"]):
        return _said("no_date", row)
    return _said("past_due" if row["past_due"] else "to_come", row)


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
        named(found, current.table),
        formats=_TITLE,
        **WORDS.table("evidence", stamp=current.stamp),
        origin=current.origin,
        rows=2 * SHOWN,
    )


def aging_columns(aged: Aging) -> Table:
    """Return every clock of the open recommendations: dates, slip, silence and age."""
    rows = aged.not_closed
    columns = [
        "recommendation_id", "title", "standing", "status", "due_on", "days_past_due",
        "first_due_on", "days_past_first",
        "revisions", "slip_days", "milestone_to", "not_before", "last_update_on",
        "days_since_update", "stale", "issued_on", "age_days", "age_at_least_days",
        "withdrawals", "last_read_due_on", "last_seen_on", "due_group", "age_group",
    ]  # fmt: skip
    return Table(
        named(rows[columns].reset_index(drop=True), rows),
        formats=_TITLE,
        **WORDS.table("aging_clocks", opens=aged.opens, stamp=aged.register.stamp),
        origin=aged.register.origin,
        rows=SHOWN,
    )


def age_groups(aged: Aging) -> Table:
    """Return how many open recommendations are how old."""
    unknown = aged.not_closed[aged.not_closed["issued_on"].isna()]
    least = unknown["age_at_least_days"].dropna()
    told = WORDS.sentence("age_at_least", days=fmt.count(least.max())) if len(least) else ""
    return Table(
        aged.ages,
        **WORDS.table("age_groups", which=aged.opens.capitalize(), stamp=aged.register.stamp),
        note=told,
        origin=aged.register.origin,
    )


def clock_summary(lists: tuple[ClockList, ...]) -> Table | Callout:
    """Return what each clock says in all, one row a clock; a sentence where none applies."""
    if _none_applies(lists):
        return Callout(WORDS.sentence("no_clock", stamp=lists[0].register.stamp))
    frame = summary(lists)
    states = frame.drop(columns=["clock", "authority", "applies_to", OTHER])
    said = [
        ", ".join(f"{fmt.count(n)} {state}" for state, n in row.items() if n) or "nothing to run on"
        for _, row in states.iterrows()
    ]
    frame.insert(3, "what_it_says", said)
    frame.insert(0, "name", [one.clock.name for one in lists])
    current = lists[0].register
    return Table(
        frame,
        **WORDS.table("clocks", stamp=current.stamp),
        show=("clock", "authority", "applies_to", OVERDUE, LISTED, "what_it_says", OTHER),
        anchor="name",
        origin=current.origin,
    )


def _none_applies(lists: tuple[ClockList, ...]) -> bool:
    """Whether every clock has nothing to run on."""
    return all(one.table.empty for one in lists)


def clock_list(lists: tuple[ClockList, ...], clock: str) -> Table | Callout | Several:
    """Return the list of the clock of a name, or a callout that it applies to none.

    Where no clock applies the summary says so for all of them, and nothing is shown.

    Raises ParameterError for a name that no clock has.
    """
    by_name = {one.clock.name: one for one in lists}
    one = by_name[known(clock, by_name, "clock")]
    about = {"title": one.clock.heading, "stamp": one.stamp, "applies_to": one.clock.applies_to}
    if _none_applies(lists):
        return Several(())
    if one.table.empty:
        return Callout(WORDS.sentence("no_clock_list", **about))
    amounts = ("questioned_costs_usd", "funds_for_better_use_usd")
    given = tuple(amount for amount in amounts if one.table[amount].notna().any())
    plain = (
        *("recommendation", "status", "issued_on", "due_on"),
        *("state", "days_over", "reason"),
    )
    return Table(
        named(one.table, one.register.table),
        **WORDS.table("clock_list", **about, excluded=fmt.count(one.excluded))
        | {"name": f"clock_{one.clock.name}"},
        origin=one.register.origin,
        formats={**dict.fromkeys(amounts, fmt.dollars), **_TITLE},
        show=(*plain, *given, "recommendation_id"),
        rows=SHOWN,
    )


def changed(found: Changes) -> Table | Callout:
    """Return what changed between the two dates, or a callout that nothing did."""
    if found.table.empty:
        return Callout(found.text)
    return Table(
        named(found.table, found.table),
        formats=_TITLE,
        **WORDS.table("changes", stamp=found.stamp),
        origin=found.origin,
        rows=SHOWN,
    )


_MONEY = dict.fromkeys(AMOUNTS, fmt.dollars)


def by_group(aged: Aging) -> Table | Callout:
    """Return each auditor, agency, office and rating with what is open, late and worth."""
    found = portfolio.by_group(aged)
    if found.empty:
        return Callout(aged.register.nothing)
    return Table(
        found,
        **WORDS.table("by_group", stamp=aged.register.stamp),
        formats=_MONEY,
        rows=SHOWN,
        origin=aged.register.origin,
    )


def money(aged: Aging) -> Table | Callout:
    """Return questioned costs and funds for better use by due group, where any are given."""
    found = portfolio.money_by_group(aged)
    if not found["with_amount"].any():
        return Callout(WORDS.sentence("no_money", stamp=aged.register.stamp))
    return Table(
        found,
        **WORDS.table("money", which=aged.opens.capitalize(), stamp=aged.register.stamp),
        formats=_MONEY,
        origin=aged.register.origin,
    )


def due_counts(aged: Aging) -> Table:
    """Return how many come due within 30, 60 and 90 days."""
    return Table(
        portfolio.due_counts(aged),
        **WORDS.table("due_within", stamp=aged.register.stamp),
        anchor="within",
        origin=aged.register.origin,
    )


def over_time(log: Log, *, as_of: Sequence[date | str]) -> Table:
    """Return how a log's recommendations stood on each of several days."""
    found = portfolio.over_time(log, as_of=as_of)
    last = register(log, as_of=found["as_of"].max().date())
    return Table(
        found,
        **WORDS.table("over_time", basis=last.basis),
        origin=log.origin,
    )


_LEFT = ("due_on", "days_left", "within", "agency")


def due_soon(aged: Aging) -> Table | Callout:
    """Return what comes due in the next 90 days, the soonest first."""
    found = portfolio.due_soon(aged)
    if found.empty:
        return Callout(WORDS.sentence("no_due_soon", stamp=aged.register.stamp))
    grouped = tuple(c for c in ("office", "rating") if (found[c] != "").any())
    return Table(
        named(found, aged.table),
        **WORDS.table("due_soon", stamp=aged.register.stamp),
        formats={**_TITLE, "within": lambda days: f"{days} days"},
        show=("recommendation", "title", *_LEFT, *grouped, "recommendation_id"),
        rows=SHOWN,
        origin=aged.register.origin,
    )


def half_year(current: Register) -> Table | Callout:
    """Return recommendations and dollars without a decision over the last reporting period.

    The note says which recommendations of the register are not among them, and why.
    """
    found = portfolio.half_year(current)
    if current.table.empty:
        return Callout(current.nothing)
    if found.table.empty:
        words = {"others": _by_issuer(found.others), "stamp": current.stamp}
        return Callout(WORDS.sentence("no_half_year", **words))
    days = {"first": fmt.day(found.first), "last": fmt.day(found.last)}
    lines = {line: WORDS.sentence(f"line_{line.replace(' ', '_')}", **days)
             for line in portfolio.LINES}  # fmt: skip
    about = WORDS.table("half_year", **days, stamp=current.stamp)
    return Table(
        found.table.assign(line=found.table["line"].map(lines)),
        **about | {"note": " ".join([about["note"], *_left_out(found, days)])},
        formats=_MONEY,
        origin=current.origin,
    )


def _left_out(found: portfolio.HalfYear, days: Mapping[str, str]) -> Iterator[str]:
    """Yield which recommendations of a register are not in its half-year, and why."""
    if not found.table["with_amount"].any():
        yield WORDS.sentence("half_year_no_amount")
    if found.elsewhen:
        yield WORDS.sentence("half_year_elsewhen", n=fmt.count(found.elsewhen), **days)
    if found.others:
        yield WORDS.sentence("half_year_others", others=_by_issuer(found.others))


def _by_issuer(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{fmt.count(n)} of {issuer or 'no named auditor'}"
                     for issuer, n in numbers.items())  # fmt: skip


def probable(current: Register) -> Table | Callout:
    """Return which recommendations may be one and the same, or a callout that none look it."""
    found = merges.probable(current.table)
    if found.empty:
        return Callout(WORDS.sentence("no_probable", stamp=current.stamp))
    return Table(
        found,
        **WORDS.table("probable", stamp=current.stamp),
        formats={**_TITLE, "alike": fmt.percent},
        rows=SHOWN,
        origin=current.origin,
    )


def agencies(closed: Closure, *, name: str = "agencies", label: str = "") -> Table | Callout:
    """Return closure by agency: counts, median time, and the shares closed within four years."""
    if closed.agencies.empty:
        return Callout(closed.text)
    return Table(
        closed.agencies,
        **_labelled("agencies", closed, name, label),
        origin=closed.origin,
        formats={
            **dict.fromkeys(("implemented_4y", "not_implemented_4y"), fmt.percent),
            **dict.fromkeys(("median_days", "observed_days"), fmt.count),
        },
    )


def cohorts(closed: Closure, *, name: str = "cohorts", label: str = "") -> Table | Callout:
    """Return the implementation rate of each fiscal year's recommendations four years later."""
    if closed.cohorts.empty:
        return Callout(closed.text)
    return Table(
        closed.cohorts,
        **_labelled("cohorts", closed, name, label),
        origin=closed.origin,
        formats={"fiscal_year": str, "rate": fmt.percent},
    )


def _labelled(table: str, closed: Closure, name: str, label: str) -> dict[str, Any]:
    """Return what a table of closures says, under the name and label of its register."""
    register = f" ({label})" if label else ""
    return WORDS.table(table, register=register, stamp=closed.stamp, few=FEW) | {"name": name}


__dir__ = showing(globals())
