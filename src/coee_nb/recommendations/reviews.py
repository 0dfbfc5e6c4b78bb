"""An analyst's word on a date or status that was extracted: confirmed or corrected.

One by one, or many in a sheet: `review_sheet` lists what nobody has reviewed, with a
place for a verdict, and `take_review` enters the verdicts of a sheet that was filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from coee_nb.arguments import as_day
from coee_nb.errors import CoeeError, InputError
from coee_nb.files import read_file
from coee_nb.fiscal import add_months, fiscal_quarter_end, month_end
from coee_nb.recommendations import log as event_log
from coee_nb.recommendations.columns import BOUNDS, ECD_FAMILY, ECD_KINDS, PRECISIONS, STATUSES
from coee_nb.recommendations.log import Log

_MONTHS = {"month": 1, "quarter": 3, "season": 3, "fiscal_year": 12, "calendar_year": 12}
_NO_ECD = dict.fromkeys(("ecd_precision", "ecd_bound", "ecd_kind"), "") | {
    "ecd_from": pd.NaT,
    "ecd_to": pd.NaT,
}


Change = Callable[[dict], dict]  # what takes the place of columns of an event


def confirm(folder: str | Path, *event_ids: str, on: date | str, by: str = "") -> list[str]:
    """Mark automatic events as reviewed and return the ids of the events that say so.

    An event itself stays; one with the same words, ``reviewed`` and ``by`` whom, supersedes it from
    ``on``. All are confirmed or none. Raises InputError that tells of every event that is not
    there, is superseded or is reviewed already.
    """
    return _supersede(folder, {name: _confirmed(name) for name in event_ids}, on, by)


def _confirmed(event_id: str) -> Change:
    def change(event: dict) -> dict:
        if event["kind"] == "unread":
            raise InputError(
                f"event {event_id} was not read, so there is nothing to confirm",
                do="read the words, then correct it with --ecd or --status",
            )
        if event["review"] == "reviewed":
            raise InputError(
                f"event {event_id} is reviewed already", do="correct it if it is wrong"
            )
        return {}

    return change


def correct(
    folder: str | Path,
    event_id: str,
    *,
    ecd: date | str | None,
    on: date | str,
    precision: str = "day",
    bound: str = "due",
    kind: str = "",
    by: str = "",
) -> str:
    """Put another ECD, or none, in the place of an extracted one; return the new event's id.

    ``ecd`` is the due date, the last day of its ``precision`` (None: the narrative gives none);
    ``kind`` is action or milestone, by default what was extracted. The source's words stay.
    Raises InputError as ``confirm`` does, and for a date that does not end a period of that
    precision.
    """
    change = _dated(event_id, ecd, precision=precision, bound=bound, kind=kind)
    return _supersede(folder, {event_id: change}, on, by)[0]


def _dated(
    event_id: str, ecd: date | str | None, *, precision: str, bound: str, kind: str = ""
) -> Change:
    for word, words in ((precision, PRECISIONS), (bound, BOUNDS), (kind or "action", ECD_KINDS)):
        if word not in words:
            raise InputError(f"unknown word {word!r}", expected=", ".join(words))
    ecd = None if ecd is None else as_day(ecd, "ecd")

    def change(event: dict) -> dict:
        _refuse_kind(event_id, event, (*ECD_FAMILY, "unread"))
        if ecd is None:
            return _NO_ECD | {"kind": "no_ecd", "note": "no date given"}
        return {
            "kind": "ecd",
            "ecd_from": period_start(ecd, precision),
            "ecd_to": ecd,
            "ecd_precision": precision,
            "ecd_bound": bound,
            "ecd_kind": kind or event["ecd_kind"] or "action",
            "note": "",
        }

    return change


def correct_status(
    folder: str | Path, event_id: str, *, status: str, on: date | str, by: str = ""
) -> str:
    """Put another status in the place of an extracted one; return the new event's id.

    An event that was seen and not read becomes that status. The source's words stay. Raises
    InputError as ``confirm`` does, and for a word that is no status.
    """
    return _supersede(folder, {event_id: _of_status(event_id, status)}, on, by)[0]


def _of_status(event_id: str, status: str) -> Change:
    if status not in STATUSES:
        raise InputError(f"unknown status {status!r}", expected=", ".join(STATUSES))

    def change(event: dict) -> dict:
        _refuse_kind(event_id, event, ("status", "unread"))
        return {"kind": "status", "status": status, "note": ""}

    return change


def _refuse_kind(event_id: str, event: dict, kinds: tuple[str, ...]) -> None:
    if event["kind"] not in kinds:
        raise InputError(
            f"event {event_id} is of kind {event['kind']}", expected=f"one of {', '.join(kinds)}"
        )


def period_start(due: date, precision: str) -> date:
    """Return the first day of the period of ``precision`` that ends on ``due``.

    A part of a month or year (the middle of June, late 2024) starts with the whole of it. Raises
    InputError when ``due`` is not the last day of a month, where a longer precision needs one.

    >>> period_start(date(2024, 9, 30), "fiscal_year")
    datetime.date(2023, 10, 1)
    """
    if precision not in PRECISIONS:
        raise InputError(f"unknown precision {precision!r}", expected=", ".join(PRECISIONS))
    if precision == "day":
        return due
    if precision == "month" and due.day in (10, 15):  # early or middle of the month
        return due.replace(day=1)
    last = month_end(due.year, due.month)
    if due != last or (precision == "fiscal_year" and due != fiscal_quarter_end(due.year, 4)):
        raise InputError(
            f"{due} does not end a {precision.replace('_', ' ')}",
            expected=str(fiscal_quarter_end(due.year, 4) if precision == "fiscal_year" else last),
            do="give the last day of the period, or --precision day",
        )
    if precision == "calendar_year":
        return date(due.year, 1, 1)
    return add_months(due + timedelta(days=1), -_MONTHS[precision])


def _supersede(
    folder: str | Path,
    changes: Mapping[str, Change],
    on: date | str,
    by: str | Mapping[str, str],
) -> list[str]:
    """Append events anew with what their changes make of them, each in the place of the old one."""
    on = as_day(on, "on")

    def compose(log: Log) -> tuple[pd.DataFrame, pd.DataFrame]:
        made, faults = [], []
        for event_id, change in changes.items():
            try:
                event = _standing(log, event_id)
                event |= change(event)
            except CoeeError as fault:
                faults.append(fault)
                continue
            whom = by if isinstance(by, str) else by[event_id]
            reviewed = {"review": "reviewed", "by": whom, "recorded_on": on}
            made.append(event | reviewed | {"supersedes": event_id})
        refuse_all(faults)
        return log.recommendations.iloc[:0], pd.DataFrame(made)

    return list(event_log.update(folder, compose).events["event_id"].iloc[-len(changes) :])


def refuse_all(faults: Sequence[CoeeError]) -> None:
    """Raise one InputError that tells of all faults; nothing where there are none."""
    if len(faults) == 1:
        raise faults[0]
    if faults:
        told = "; ".join(": ".join(filter(None, (one.where, one.found))) for one in faults)
        raise InputError(f"{len(faults)} faults: {told}", do=faults[0].do)


def _standing(log: Log, event_id: str) -> dict:
    """The event, provided nothing has taken its place yet."""
    found = log.events[log.events["event_id"] == event_id]
    if found.empty:
        raise InputError(f"the log has no event {event_id!r}", do="see events.csv for the ids")
    successor = log.events[log.events["supersedes"] == event_id]
    if len(successor):
        raise InputError(
            f"event {event_id} is superseded by {successor['event_id'].iat[0]}",
            do=f"name {successor['event_id'].iat[0]} instead",
        )
    return found.iloc[0].drop("event_id").to_dict()


VERDICTS = ("confirm", "correct", "")
_TOLD = ("event_id", "recommendation_id", "title", "kind", "says", "source_span", "source_file")
_ASKED = ("verdict", "ecd", "precision", "bound", "status", "by")


def review_sheet(log: Log) -> pd.DataFrame:
    """Return what a program read and nobody has reviewed, with a place for a verdict on each.

    One row an event in force that says a date, that there is none, a status or words not read.
    Columns: event_id, recommendation_id, title, kind, says, source_span, source_file; then, blank,
    verdict (confirm or correct), ecd (a day, or none), precision, bound, status and by.
    """
    events = log.events
    events = events[~events["event_id"].isin(events["supersedes"])]
    kinds = (*ECD_FAMILY, "status", "unread")
    rows = events[(events["review"] == "automatic") & events["kind"].isin(kinds)]
    titles = log.recommendations.set_index("recommendation_id")["title"]
    dated = rows["ecd_to"].dt.strftime("%Y-%m-%d").fillna("")
    says = rows["status"].where(rows["status"] != "", dated.where(dated != "", rows["note"]))
    sheet = rows.assign(title=rows["recommendation_id"].map(titles).fillna(""), says=says)
    sheet = sheet.assign(**dict.fromkeys(_ASKED, ""))
    return sheet[[*_TOLD, *_ASKED]].reset_index(drop=True)


def take_review(folder: str | Path, sheet: str | Path, *, on: date | str, by: str = "") -> list:
    """Enter the verdicts of a filled-in sheet, all or none; return the new events' ids.

    A row without a verdict is passed over; its own ``by`` goes before the one given. Raises
    InputError that tells of every line that cannot be entered.
    """
    rows = read_file(sheet).table(needed=("event_id", "verdict"))
    changes: dict[str, Change] = {}
    whom: dict[str, str] = {}
    faults = []
    for row in rows.assign(**{c: "" for c in _ASKED if c not in rows}).to_dict("records"):
        try:
            change = _verdict(row)
            if change is not None and row["event_id"] in changes:
                raise InputError(f"event {row['event_id']} is there twice", do="keep one line")
        except CoeeError as fault:
            where = f"{sheet}, line {row['line']}"
            faults.append(InputError(fault.found, where=where, expected=fault.expected))
            continue
        if change is not None:
            changes[row["event_id"]] = change
            whom[row["event_id"]] = row["by"].strip() or by
    refuse_all(faults)
    return _supersede(folder, changes, on, whom) if changes else []


def _verdict(row: Mapping[str, str]) -> Change | None:
    """Return what a line of a sheet makes of its event; None where it says nothing."""
    name, verdict = row["event_id"].strip(), row["verdict"].strip().lower()
    if verdict not in VERDICTS:
        raise InputError(f"the verdict is {row['verdict']!r}", expected="confirm, correct or blank")
    if verdict == "confirm":
        return _confirmed(name)
    given = {c: row[c].strip() for c in ("ecd", "precision", "bound", "status")}
    if not verdict:
        if any(given.values()):
            raise InputError(f"event {name} has a correction and no verdict", expected="correct")
        return None
    if bool(given["ecd"]) == bool(given["status"]):
        raise InputError(f"event {name} is to be corrected", expected="either ecd or status")
    if given["status"]:
        return _of_status(name, given["status"])
    ecd = None if given["ecd"].lower() == "none" else given["ecd"]
    precision, bound = given["precision"] or "day", given["bound"] or "due"
    return _dated(name, ecd, precision=precision, bound=bound)
