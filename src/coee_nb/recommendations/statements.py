"""The sentences about recommendations that a report may print, each with its number.

Each says what the log holds, of which day its last source is and for which day it is told, so that
it stands when it is quoted alone.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb.findings import Finding, Findings, InputFile, Inputs, input_file
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
from coee_nb.recommendations.columns import CONTRADICTS
from coee_nb.recommendations.log import (
    EVENTS_FILE,
    RECOMMENDATIONS_FILE,
    SOURCES_FILE,
    Log,
)
from coee_nb.recommendations.register import (
    ASSERTED,
    GONE,
    UNREAD,
    Register,
    in_force,
    standings,
)

COUNTS = "counts"  # the table whose lines hold the counted findings


def sources(folder: Path | None, whole: Log, part: Log, current: Register) -> Inputs:
    """Return the log's files with the account of their rows; none without a folder.

    ``whole`` is the log as read from ``folder``, ``part`` the agencies reported on, ``current``
    the register made of it. Excluded: rows of other agencies, recorded after the as-of date, and
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
    for name, where, words in _counted(aged):
        table = aged.table if name in _OF_ALL else aged.not_closed
        seen = table["last_seen_on"][where] if name != "unconfirmed" else pd.Series([pd.NaT])
        lines.append((name, words, int(where.sum()), len(where), seen.min(), seen.max()))
    parts = not_held(aged.register)
    announced = "are announced by the log's sources and were not read from them"
    missing, total = (int(parts[column].sum()) for column in ("missing", "total"))
    lines.append(("not_held", announced, missing, total, pd.NaT, pd.NaT))
    columns = ["count", "what", "recommendations", "of", "oldest_source", "newest_source"]
    return pd.DataFrame(lines, columns=columns)


def _counted(aged: Aging) -> tuple[tuple[str, pd.Series, str], ...]:
    """Return what is counted: its name, where it holds, and in words."""
    rows, everything = aged.not_closed, aged.table
    group, standing = rows["due_group"].astype("str"), everything["standing"]
    conflict = rows["unread_note"].str.startswith(CONTRADICTS) & (rows["standing"] == UNREAD)
    ecds = aged.register.ecds["review"] == "automatic"
    untold = (rows["standing"] == UNREAD).any()
    return (
        ("open", not_closed(everything), "were still listed and not read as closed" if untold
         else "were not closed and still listed"),
        ("no_longer_listed", standing == GONE, "were no longer on the complete list they were on"),
        ("past_due", rows["past_due"],
         "were past the agency's estimated completion date by what the log confirms"),
        ("not_confirmed", rows["standing"] == UNREAD,
         "are in their last source in a row that was seen and not read"),
        ("contradictions", conflict, "are in a source that contradicts itself"),
        ("asserted_complete", rows["standing"] == ASSERTED,
         "were complete by the agency's word, not verified by the auditor"),
        ("stale_ecd", rows["stale"],
         "were past due with no dated update in the log since the date"),
        ("no_ecd", group == NO_ECD, "had no estimated completion date from the agency in the log"
         + (", where their last source was read" if untold else "")),
        ("withdrawn", group == WITHDRAWN,
         "had a date that the agency withdrew without giving another"),
        ("milestone_only", group == MILESTONE, "had a date for an interim step only"),
        ("lower_bound_only", group == LOWER_BOUND, "had an earliest date only, no due date"),
        ("age_unknown", rows["age_group"].astype("str") == AGE_UNKNOWN,
         "were of unknown age: the sources do not give the issue date"),
        ("unseen", rows["unseen"],
         "appear in no source of the year before: a closure since would not be in the log"),
        ("unconfirmed", ecds,
         "(dates) were extracted automatically and not confirmed by an analyst"),
    )  # fmt: skip


# What follows for the other counts, said where there are any.
_SO = {
    "no_longer_listed": "closed or not, the log does not tell, and they are counted neither as "
    "open nor as late",
    "not_confirmed": "what the log held of them before, if anything, is not confirmed, and they "
    "are not counted as past due",
    "contradictions": "neither word is taken, and they are not counted as past due",
    "asserted_complete": "they are not counted as past due",
}


def lateness(aged: Aging, *, inputs: tuple[InputFile, ...] = ()) -> Findings:
    """Return how many open recommendations are past due, without a date, stale, of unknown age.

    Ids: ``recommendations.`` and the names of `counts` but ``unconfirmed`` and ``not_held``, and
    ``.longest_past_due``; those of `_IF_ANY` only where there are any.
    """
    on = _on(aged.register)
    listed = counts(aged).set_index("count")
    found = []
    for name, line in listed.drop(index=["unconfirmed", "not_held"]).iterrows():
        n, of = int(line["recommendations"]), int(line["of"])
        if not n and name in _IF_ANY:
            continue
        held = "recommendations it holds" if name in _OF_ALL else aged.opens
        share = f"all {fmt.count(of)}" if n == of > 1 else f"{fmt.count(n)} of {fmt.count(of)}"
        so = f": {_SO[name]}" if n and name in _SO else ""
        statement = f"{on}, {share} {held} {line['what']}{so}."
        if not of:
            statement = f"{on}, no recommendation was {'recorded' if name in _OF_ALL else 'open'}."
        if name == "open" and of:
            parts = _parts(aged.register)
            statement = f"{statement[:-1]} ({standings(aged.table)}){parts}."
        statement = f"{statement[:-1]}{_seen(line)}."
        found.append(_share(name, statement, n, of, inputs, f"{COUNTS}.{name}"))
    if aged.table["past_due"].any():
        found.append(_longest(aged.not_closed, on, inputs))
    return Findings(found)


_OF_ALL = ("open", "no_longer_listed")


_IF_ANY = ("no_longer_listed", "contradictions", "asserted_complete", "withdrawn")


def _seen(line: pd.Series) -> str:
    """Say of which days the last sources on those counted are; nothing where there are none."""
    oldest, newest = line["oldest_source"], line["newest_source"]
    if pd.isna(newest):
        return ""
    days = f"of {fmt.day(newest)}"
    if oldest != newest:
        days = f"of {fmt.day(oldest)} to {fmt.day(newest)}"
    return f" (last sources on these: {days})"


def _on(current: Register) -> str:
    return f"As of {fmt.day(current.as_of)}, {current.basis}"


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
    return (
        f"; its sources announce {fmt.count(missing)} more, which it does not hold"
        if missing
        else ""
    )


def held_in_part(current: Register, *, inputs: tuple[InputFile, ...] = ()) -> Findings:
    """Return how many recommendations sources announce and the log does not hold.

    Id: ``recommendations.not_held``; none where no source announces more than was read of it.
    """
    found = not_held(current)
    if found.empty:
        return Findings()
    each = [
        f"{fmt.count(row.missing)} of the {fmt.count(row.total)} that {row.source_file} announces"
        for row in found.itertuples()
    ]
    n, of = int(found["missing"].sum()), int(found["total"].sum())
    statement = f"{_on(current)}, recommendations that are not in the log: {'; '.join(each)}."
    return Findings([_share("not_held", statement, n, of, inputs, f"{COUNTS}.not_held")])


def _of_day(row: pd.Series, current: Register) -> str:
    """Say of which day the last source on a recommendation is, and whether it says so itself."""
    known = current.sources[current.sources["source_file"] == row["last_source"]]
    assumed = len(known) and known["dated_by"].iat[-1] == "import"
    name = f" ({row['last_source']})" if row["last_source"] else ""
    given = ", the day given at its import" if assumed else ""
    return f"of {fmt.day(row['last_seen_on'])}{given}{name}"


def days_past_due(aged: Aging, *, inputs: tuple[InputFile, ...] = ()) -> Findings:
    """Return, for each open recommendation past due, by how many days.

    Ids: ``recommendations.<recommendation_id>.days_past_due``.
    """
    late = aged.table[aged.table["past_due"]]
    return Findings([_one_late(row, aged, inputs) for _, row in late.iterrows()])


def unconfirmed(current: Register, *, inputs: tuple[InputFile, ...] = ()) -> Findings:
    """Return how many extracted dates no analyst has confirmed: ``recommendations.unconfirmed``."""
    n, of = int((current.ecds["review"] == "automatic").sum()), len(current.ecds)
    dates = "estimated completion date" + ("" if of == 1 else "s")
    if not of:
        told = "no estimated completion date was extracted"
    elif not n:
        every = f"all {fmt.count(of)} {dates} are" if of > 1 else f"the one {dates} is"
        told = f"{every} confirmed or corrected by an analyst"
    else:
        told = (
            f"{fmt.count(n)} of {fmt.count(of)} {dates} were extracted automatically and are not "
            f"yet confirmed by an analyst"
        )
    statement = f"{_on(current)}, {told}."
    return Findings([_share("unconfirmed", statement, n, of, inputs, f"{COUNTS}.unconfirmed")])


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
        f"{one.clock.title} ({one.clock.authority}): {one.stamp}, "
        f"{fmt.count(n)} of {fmt.count(of)} overdue or on the list{untold}."
    )
    return _share(f"clock.{one.clock.name}", statement, n, of, inputs, f"clocks.{one.clock.name}")


def _longest(rows: pd.DataFrame, on: str, inputs: tuple[InputFile, ...]) -> Finding:
    days = int(rows["days_past_due"].max())
    longest = rows[rows["days_past_due"] == days]
    names = list(longest["recommendation_id"])
    seen = {"oldest_source": longest["last_seen_on"].min()}
    seen["newest_source"] = longest["last_seen_on"].max()
    which = names[0] if len(names) == 1 else f"{fmt.count(len(names))} recommendations"
    return Finding(
        id="recommendations.longest_past_due",
        statement=f"{on}, the longest past due was {fmt.count(days)} days late ({which})"
        f"{_seen(pd.Series(seen))}.",
        value=days,
        unit="days",
        inputs=inputs,
        evidence=f"worklist.{names[0]}",
    )


def _one_late(row: pd.Series, aged: Aging, inputs: tuple[InputFile, ...]) -> Finding:
    days = int(row["days_past_due"])
    first = "" if not row["revisions"] else f", {fmt.count(row['days_past_first'])} past its first"
    return Finding(
        id=f"recommendations.{row['recommendation_id']}.days_past_due",
        statement=(
            f"{row['recommendation_id']}, by the log's last source on it "
            f"{_of_day(row, aged.register)}, was {fmt.count(days)} days past its estimated "
            f"completion date of {fmt.day(row['due_on'])}{first} as of {fmt.day(aged.as_of)}."
        ),
        value=days,
        unit="days",
        inputs=inputs,
        evidence=f"worklist.{row['recommendation_id']}",
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
