"""The sentences about recommendations that a report may print, each with its number.

Each says what the log holds, of which day its last source is and for which day it is told, so that
it stands when it is quoted alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePath

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb.findings import Finding, Findings, InputFile, Inputs, input_file, rows_of
from coee_nb.recommendations import portfolio
from coee_nb.recommendations.aging import (
    AGE_UNKNOWN,
    LOWER_BOUND,
    MILESTONE,
    NO_ECD,
    WITHDRAWN,
    Aging,
    not_closed,
)
from coee_nb.recommendations.clocks import CANNOT_TELL, LISTED, OVERDUE, ClockList
from coee_nb.recommendations.columns import AMOUNTS, CONTRADICTS
from coee_nb.recommendations.log import (
    EVENTS_FILE,
    RECOMMENDATIONS_FILE,
    SOURCES_FILE,
    Log,
)
from coee_nb.recommendations.names import called
from coee_nb.recommendations.register import (
    ASSERTED,
    GONE,
    UNREAD,
    Register,
    in_force,
    standings,
)
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.recommendations")

COUNTS = "counts"  # the table whose lines hold the counted findings
# The events that say when it is due, how it stands, or that this was not read.
_EVENTS = ["ecd_event", "milestone_event", "status_event", "unread_event"]


def sources(folder: Path, whole: Log, part: Log, current: Register) -> Inputs:
    """Return the log's files with the account of their rows.

    ``whole`` is the log as read from ``folder``, ``part`` the agencies reported on, ``current``
    the register made of it. Excluded: rows of other agencies, recorded after the as-of date, and
    events that a correction known by then replaced.
    """
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
        files.append(input_file(folder / name, rows=len(table), used=used, excluded=reasons))
    if (folder / SOURCES_FILE).is_file():
        rows, used = len(whole.sources), len(current.sources)
        later = {"recorded after the as-of date": rows - used} if rows > used else {}
        files.append(input_file(folder / SOURCES_FILE, rows=rows, used=used, excluded=later))
    return Inputs(files)


def counts(aged: Aging) -> pd.DataFrame:
    """Return what is counted of the register, one row a finding.

    Columns: ``count``, its name; ``what``, in words; ``recommendations`` (or dates), the number;
    ``of``, of how many; ``oldest_source`` and ``newest_source``, the days of the last sources on
    those counted, missing where there are none or dates are counted.
    """
    lines = []
    untold = (aged.not_closed["standing"] == UNREAD).any()
    for name, where in _counted(aged).items():
        kind = f"{name}_where_read" if untold and name in _IF_READ else name
        words = WORDS.sentence(f"counted_{kind}")
        table = aged.table if name in _OF_ALL else aged.not_closed
        seen = table["last_seen_on"][where] if name != "unconfirmed" else pd.Series([pd.NaT])
        lines.append((name, words, int(where.sum()), len(where), seen.min(), seen.max()))
    parts = not_held(aged.register)
    missing, total = (int(parts[column].sum()) for column in ("missing", "total"))
    lines.append(("not_held", WORDS.sentence("counted_not_held"), missing, total, pd.NaT, pd.NaT))
    columns = ["count", "what", "recommendations", "of", "oldest_source", "newest_source"]
    return pd.DataFrame(lines, columns=columns)


def _counted(aged: Aging) -> dict[str, pd.Series]:
    """Return where each thing counted holds, by its name."""
    rows, everything = aged.not_closed, aged.table
    group, standing = rows["due_group"].astype("str"), rows["standing"]
    unread = standing == UNREAD
    return {
        "open": not_closed(everything),
        "no_longer_listed": everything["standing"] == GONE,
        "past_due": rows["past_due"],
        "not_confirmed": unread,
        "contradictions": unread & rows["unread_note"].str.startswith(CONTRADICTS),
        "asserted_complete": standing == ASSERTED,
        "stale_ecd": rows["stale"],
        "no_ecd": group == NO_ECD,
        "withdrawn": group == WITHDRAWN,
        "milestone_only": group == MILESTONE,
        "lower_bound_only": group == LOWER_BOUND,
        "age_unknown": rows["age_group"].astype("str") == AGE_UNKNOWN,
        "unseen": rows["unseen"],
        "unconfirmed": aged.register.ecds["review"] == "automatic",
    }


_OF_ALL = ("open", "no_longer_listed")
_IF_ANY = ("no_longer_listed", "contradictions", "asserted_complete", "withdrawn")
# Said in other words where a last row was not read.
_IF_READ = ("open", "no_ecd")
# What follows for the other counts is said where there are any.
_SO = ("no_longer_listed", "not_confirmed", "contradictions", "asserted_complete")


def lateness(aged: Aging, *, inputs: tuple[InputFile, ...] = ()) -> Findings:
    """Return how many open recommendations are past due, without a date, stale, of unknown age.

    Ids: ``recommendations.`` and the names of `counts` but ``unconfirmed`` and ``not_held``, and
    ``.longest_past_due``; those of `_IF_ANY` only where there are any.
    """
    aside, counted = aged.register.aside, _counted(aged)
    listed = counts(aged).set_index("count")
    found = []
    for name, line in listed.drop(index=["unconfirmed", "not_held"]).iterrows():
        n, of = int(line["recommendations"]), int(line["of"])
        if not n and name in _IF_ANY:
            continue
        held = "recommendations in the log" if name in _OF_ALL else aged.opens
        share = f"all {fmt.count(of)}" if n == of > 1 else f"{fmt.count(n)} of {fmt.count(of)}"
        so = f": {WORDS.sentence(f'so_{name}')}" if n and name in _SO else ""
        told = f"{share} {held} {_agreeing(line['what'], n)}{so}"
        if not of:
            told = f"No recommendation was {'recorded' if name in _OF_ALL else 'open'}"
        if name == "open" and of:
            where = standings(aged.table) if n < of else ""  # else the sentence says it
            told += f"{': ' if where else ''}{where}{_parts(aged.register)}"
        table = aged.table if name in _OF_ALL else aged.not_closed
        rows = _behind(table[counted[name]], inputs)
        told = f"{fmt.begun(told)} ({aside}{_seen(line)})."
        found.append(_share(name, told, n, of, inputs, rows))
    if aged.table["past_due"].any():
        found.append(_longest(aged.not_closed, aside, inputs))
    return Findings(found)


_OF_ONE = {"are": "is", "have": "has", "appear": "appears"}


def _agreeing(what: str, n: int) -> str:
    """Return what is said of several as it is said of ``n``."""
    verb, _, rest = what.partition(" ")
    return f"{_OF_ONE.get(verb, verb)} {rest}" if n == 1 else what


def _seen(line: pd.Series) -> str:
    """Say of which days the last sources on those counted are; nothing where there are none."""
    oldest, newest = line["oldest_source"], line["newest_source"]
    if pd.isna(newest):
        return ""
    days = f"of {fmt.day(newest)}"
    if oldest != newest:
        days = f"of {fmt.day(oldest)} to {fmt.day(newest)}"
    return f"; last sources on these {days}"


def not_held(current: Register) -> pd.DataFrame:
    """Return the last import of each file that announces more than was read of it.

    Columns of ``sources.csv`` and ``missing``, the recommendations it announces beyond those read.
    """
    last = current.sources.drop_duplicates("source_file", keep="last")
    told = last.assign(missing=last["total"] - last["read"])
    return told[(told["missing"] > 0).fillna(False)].reset_index(drop=True)


def _parts(current: Register) -> str:
    """Say that the sources announce more than the log holds; nothing where none does."""
    missing = int(not_held(current)["missing"].sum())
    return WORDS.sentence("announce_more", n=fmt.count(missing)) if missing else ""


def held_in_part(current: Register, *, inputs: tuple[InputFile, ...] = ()) -> Findings:
    """Return how many recommendations sources announce and the log does not hold.

    Id: ``recommendations.not_held``; none where no source announces more than was read of it.
    """
    found = not_held(current)
    if found.empty:
        return Findings()
    each = [
        WORDS.sentence(
            "not_held_of", n=fmt.count(row.missing), of=fmt.count(row.total), file=row.source_file
        )
        for row in found.itertuples()
    ]
    n, of = int(found["missing"].sum()), int(found["total"].sum())
    statement = WORDS.sentence("not_held", aside=current.aside, each="; ".join(each))
    rows = _in_files({SOURCES_FILE: found["source_file"]}, inputs)
    return Findings([_share("not_held", statement, n, of, inputs, rows)])


def _dated_by_import(current: Register) -> set[str]:
    """Return the files whose day was given at their last import."""
    last = current.sources.drop_duplicates("source_file", keep="last")
    return set(last["source_file"][last["dated_by"] == "import"])


def _of_day(row: dict, by_import: set[str]) -> str:
    """Say of which day the last source on a recommendation is, and whether it says so itself."""
    name = f" ({row['last_source']})" if row["last_source"] else ""
    given = ", the day given at its import" if row["last_source"] in by_import else ""
    return f"of {fmt.day(row['last_seen_on'])}{given}{name}"


def days_past_due(aged: Aging, *, inputs: tuple[InputFile, ...] = ()) -> Findings:
    """Return, for each open recommendation past due, by how many days.

    Ids: ``recommendations.<recommendation_id>.days_past_due``.
    """
    late = aged.table[aged.table["past_due"]]
    by_import = _dated_by_import(aged.register)
    found = [_one_late(row, aged, by_import, inputs) for row in late.to_dict("records")]
    return Findings(found, name="late", where=WORDS.sentence("single_findings"))


def unconfirmed(current: Register, *, inputs: tuple[InputFile, ...] = ()) -> Findings:
    """Return how many extracted dates no analyst has confirmed: ``recommendations.unconfirmed``."""
    waiting = current.ecds[current.ecds["review"] == "automatic"]
    n, of = len(waiting), len(current.ecds)
    dates = "estimated completion date" + ("" if of == 1 else "s")
    if not of:
        told = WORDS.sentence("no_dates")
    elif not n:
        every = f"all {fmt.count(of)} {dates} are" if of > 1 else f"the one {dates} is"
        told = WORDS.sentence("confirmed", every=every)
    else:
        told = WORDS.sentence("unconfirmed", n=fmt.count(n), of=fmt.count(of), dates=dates)
    statement = f"{fmt.begun(told)} ({current.aside})."
    rows = _in_files({EVENTS_FILE: waiting["event_id"]}, inputs)
    return Findings([_share("unconfirmed", statement, n, of, inputs, rows)])


def due_soon(aged: Aging, *, inputs: tuple[InputFile, ...] = ()) -> Findings:
    """Return how many recommendations come due within 30, 60 and 90 days.

    Ids: ``recommendations.due_within_30``, ``_60`` and ``_90``; each counts those before it.
    """
    found, soon = [], portfolio.due_soon(aged)
    for days, n, of in portfolio.due_counts(aged).itertuples(index=False):
        if of:
            about = {"aside": aged.register.aside, "opens": aged.opens, "days": days}
            about |= {"come": "comes" if n == 1 else "come"}
            told = WORDS.sentence("due_within", n=fmt.count(n), of=fmt.count(of), **about)
            ids = soon.loc[soon["days_left"] <= days, "recommendation_id"]
            rows = _behind(aged.table[aged.table["recommendation_id"].isin(ids)], inputs)
            one = _share(f"due_within_{days}", told, int(n), int(of), inputs, rows)
            found.append(replace(one, evidence=f"due_within.{days}"))
    return Findings(found)


def money(aged: Aging, *, inputs: tuple[InputFile, ...] = ()) -> Findings:
    """Return the dollars that stand in what is not closed, where any are given.

    Ids: ``recommendations.questioned_costs_usd`` and ``recommendations.funds_for_better_use_usd``.
    """
    found = []
    for amount in AMOUNTS:
        given = aged.not_closed[amount].dropna()
        if given.empty:
            continue
        said = {"aside": aged.register.aside, "what": WORDS.sentence(amount), "opens": aged.opens}
        total, n = float(given.sum()), fmt.count(len(given))
        statement = WORDS.sentence("money_open", amount=fmt.dollars(total), n=n, **said)
        found.append(
            Finding(
                id=f"recommendations.{amount}",
                statement=statement,
                value=total,
                unit="USD",
                inputs=inputs,
                evidence="money",
                source_rows=_behind(aged.not_closed.loc[given.index], inputs),
            )
        )
    return Findings(found)


def clock_counts(lists: tuple[ClockList, ...], *, inputs: tuple[InputFile, ...] = ()) -> Findings:
    """Return for each clock that applies how many are overdue, listed, and untold.

    Ids: ``recommendations.clock.<name>``.
    """
    return Findings([_clock(one, inputs) for one in lists if len(one.table)])


def _clock(one: ClockList, inputs: tuple[InputFile, ...]) -> Finding:
    state, of = one.table["state"], len(one.table)
    overdue, listed, unknown = (
        int((state == name).sum()) for name in (OVERDUE, LISTED, CANNOT_TELL)
    )
    n = overdue + listed
    told = [
        f"{fmt.count(k)} of {fmt.count(of)} {WORDS.sentence(f'clock_{name}')}"
        for name, k in (("overdue", overdue), ("listed", listed))
        if k or (name == "overdue" and not listed)
    ]
    statement = WORDS.sentence(
        "clock_count",
        heading=one.clock.heading,
        aside=one.aside,
        told=", ".join(told),
        untold=WORDS.sentence("clock_untold", n=fmt.count(unknown)) if unknown else "",
    )
    counted = one.table.loc[state.isin((OVERDUE, LISTED)), "recommendation_id"]
    table = one.register.table
    rows = _behind(table[table["recommendation_id"].isin(counted)], inputs)
    found = _share(f"clock.{one.clock.name}", statement, n, of, inputs, rows)
    return replace(found, evidence=f"clocks.{one.clock.name}")


def _longest(rows: pd.DataFrame, aside: str, inputs: tuple[InputFile, ...]) -> Finding:
    days = int(rows["days_past_due"].max())
    longest = rows[rows["days_past_due"] == days]
    names = list(longest["recommendation_id"])
    seen = longest["last_seen_on"].agg({"oldest_source": "min", "newest_source": "max"})
    first = longest.iloc[0].to_dict()
    which = called(first) if len(names) == 1 else f"{fmt.count(len(names))} recommendations"
    return Finding(
        id="recommendations.longest_past_due",
        statement=WORDS.sentence(
            "longest_past_due", aside=aside, days=fmt.count(days), which=which, seen=_seen(seen)
        ),
        value=days,
        unit="days",
        inputs=inputs,
        evidence=f"worklist.{names[0]}",
        source_rows=_behind(longest, inputs),
    )


def _one_late(
    row: dict, aged: Aging, by_import: set[str], inputs: tuple[InputFile, ...]
) -> Finding:
    days = int(row["days_past_due"])
    first = "" if not row["revisions"] else f", {fmt.count(row['days_past_first'])} past its first"
    return Finding(
        id=f"recommendations.{row['recommendation_id']}.days_past_due",
        statement=WORDS.sentence(
            "days_past_due",
            recommendation=called(row),
            source=_of_day(row, by_import),
            days=fmt.count(days),
            due=fmt.day(row["due_on"]),
            first=first,
            as_of=fmt.day(aged.as_of),
        ),
        value=days,
        unit="days",
        inputs=inputs,
        evidence=f"worklist.{row['recommendation_id']}",
        source_rows=_behind(pd.DataFrame([row]), inputs),
    )


def _behind(rows: pd.DataFrame, inputs: tuple[InputFile, ...]) -> str:
    """Return the log's rows on recommendations: their own, and the events that tell of them."""
    events = sorted({event for event in rows[_EVENTS].to_numpy().ravel() if event})
    ids = {RECOMMENDATIONS_FILE: rows["recommendation_id"], EVENTS_FILE: events}
    return _in_files(ids, inputs)


def _in_files(ids: dict[str, Iterable[str]], inputs: tuple[InputFile, ...]) -> str:
    """Return which ids of the files of a log a finding counts."""
    files = {PurePath(file.path).name: file for file in inputs}
    return "; ".join(rows_of(files[name], told) for name, told in ids.items() if name in files)


def _share(
    name: str, statement: str, n: int, of: int, inputs: tuple[InputFile, ...], rows: str
) -> Finding:
    return Finding(
        id=f"recommendations.{name}",
        statement=statement,
        value=n,
        unit="recommendations",
        numerator=n,
        denominator=of,
        inputs=inputs,
        evidence=f"{COUNTS}.{name}",
        source_rows=rows,
    )
