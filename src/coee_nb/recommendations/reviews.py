"""An analyst's word on a date or status that was extracted: confirmed or corrected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from coee_nb.arguments import as_day
from coee_nb.errors import InputError
from coee_nb.fiscal import add_months, fiscal_quarter_end, month_end
from coee_nb.recommendations import log as event_log
from coee_nb.recommendations.columns import BOUNDS, ECD_FAMILY, ECD_KINDS, PRECISIONS, STATUSES
from coee_nb.recommendations.log import Log

_MONTHS = {"month": 1, "quarter": 3, "season": 3, "fiscal_year": 12, "calendar_year": 12}
_NO_ECD = dict.fromkeys(("ecd_precision", "ecd_bound", "ecd_kind"), "") | {
    "ecd_from": pd.NaT,
    "ecd_to": pd.NaT,
}


def confirm(folder: str | Path, event_id: str, *, on: date | str) -> str:
    """Mark an automatic event as reviewed and return the id of the event that says so.

    The event itself stays; one with the same words, ``reviewed``, supersedes it from ``on``.
    Raises InputError when there is no such event or it is superseded or reviewed already.
    """

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

    return _supersede(folder, event_id, on, change)


def correct(
    folder: str | Path,
    event_id: str,
    *,
    ecd: date | str | None,
    on: date | str,
    precision: str = "day",
    bound: str = "due",
    kind: str = "",
) -> str:
    """Put another ECD, or none, in the place of an extracted one; return the new event's id.

    ``ecd`` is the due date, the last day of its ``precision`` (None: the narrative gives none);
    ``kind`` is action or milestone, by default what was extracted. The source's words stay.
    Raises InputError as ``confirm`` does, and for a date that does not end a period of that
    precision.
    """
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

    return _supersede(folder, event_id, on, change)


def correct_status(folder: str | Path, event_id: str, *, status: str, on: date | str) -> str:
    """Put another status in the place of an extracted one; return the new event's id.

    An event that was seen and not read becomes that status. The source's words stay. Raises
    InputError as ``confirm`` does, and for a word that is no status.
    """
    if status not in STATUSES:
        raise InputError(f"unknown status {status!r}", expected=", ".join(STATUSES))

    def change(event: dict) -> dict:
        _refuse_kind(event_id, event, ("status", "unread"))
        return {"kind": "status", "status": status, "note": ""}

    return _supersede(folder, event_id, on, change)


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
    folder: str | Path, event_id: str, on: date | str, change: Callable[[dict], dict]
) -> str:
    """Append the event anew with what ``change`` makes of it, in the place of the old one."""
    on = as_day(on, "on")

    def compose(log: Log) -> tuple[pd.DataFrame, pd.DataFrame]:
        event = _standing(log, event_id)
        event |= change(event)
        event |= {"review": "reviewed", "recorded_on": on, "supersedes": event_id}
        return log.recommendations.iloc[:0], pd.DataFrame([event])

    return event_log.update(folder, compose).events["event_id"].iat[-1]


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
