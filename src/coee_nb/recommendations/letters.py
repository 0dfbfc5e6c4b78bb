"""Facts that an analyst enters by hand: what a letter, a call or a decision says.

Each becomes an event with the day on which it took effect, who says so and the words it rests on,
reviewed from the start. Nothing is overwritten: an import that says otherwise later is news.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from coee_nb.arguments import as_day, known
from coee_nb.errors import InputError, ParameterError
from coee_nb.recommendations import log as event_log
from coee_nb.recommendations.columns import BOUNDS, OFFICE, OFFICIAL, PRECISIONS, RATING, STATUSES
from coee_nb.recommendations.log import Log
from coee_nb.recommendations.reviews import period_start

LETTER = "entered by hand"  # the source, where none is named
NO_DATE, WITHDRAWN = "none", "withdrawn"


@dataclass(frozen=True)
class Letter:
    """What was said of one recommendation, by whom, and the day from which it holds.

    ``status`` is a word of the log, a closure or withdrawal of the recommendation included;
    ``ecd`` a day (the last of its ``precision``), "none" or "withdrawn"; ``issued`` the day of the
    report; ``office`` and ``official`` who is responsible; ``rating`` its risk. Blank: not said.
    ``words`` is what the ``source`` says word for word.
    """

    recommendation_id: str
    effective: date | str
    by: str
    status: str = ""
    ecd: date | str = ""
    precision: str = "day"
    bound: str = "due"
    issued: date | str = ""
    office: str = ""
    official: str = ""
    rating: str = ""
    words: str = ""
    source: str = LETTER


def record(folder: str | Path, letter: Letter, *, on: date | str) -> list[str]:
    """Append what a letter says to the log and return the ids of its events.

    Raises InputError or ParameterError for a recommendation that the log does not hold, a letter
    that says nothing, nobody who says it, an unknown word, a day that is none or after ``on``, and
    what contradicts the log, which is then as it was.
    """
    on, effective = as_day(on, "on"), as_day(letter.effective, "effective")
    if not letter.by.strip():
        raise InputError("nobody is named who says so", do="give --by NAME")
    if effective > on:
        raise InputError(f"{effective} is after {on}, the day it is recorded", where="effective")
    said = list(_said(letter, effective))
    if not said:
        raise InputError(
            "the letter says nothing",
            expected="a status, ecd, issue day, office, official or rating",
        )
    about = {
        "recommendation_id": letter.recommendation_id,
        "effective_from": effective,
        "effective_to": effective,
        "recorded_on": on,
        "source_file": letter.source,
        "source_span": letter.words,
        "review": "reviewed",
        "by": letter.by.strip(),
    }
    events = pd.DataFrame([about | event for event in said])

    def compose(log: Log) -> tuple[pd.DataFrame, pd.DataFrame]:
        event_log.refuse_unknown(log, letter.recommendation_id)
        return log.recommendations.iloc[:0], events

    added = event_log.update(_there(folder), compose).events
    return list(added["event_id"].iloc[-len(events) :])


def _there(folder: str | Path) -> Path:
    """Return the folder of a log; InputError where there is none, which a letter does not begin."""
    event_log.read(folder)
    return Path(folder)


def _said(letter: Letter, effective: date) -> Iterator[dict[str, Any]]:
    """Yield what each fact of a letter adds to an event."""
    if letter.status:
        yield {"kind": "status", "status": known(letter.status, STATUSES, "status")}
    if letter.ecd:
        yield _of_date(letter)
    if letter.issued:
        day = as_day(letter.issued, "issued")
        if day > effective:
            raise InputError(f"issued on {day}, after {effective}, the day of the letter")
        yield {"kind": "issued", "effective_from": day, "effective_to": day}
    for label, said in _noted_by(letter):
        if said:
            yield {"kind": "noted", "note": label, "source_span": said}


def _noted_by(letter: Letter) -> tuple[tuple[str, str], ...]:
    return (OFFICE, letter.office), (OFFICIAL, letter.official), (RATING, letter.rating)


def _of_date(letter: Letter) -> dict[str, Any]:
    """Return the event of a date that was given, taken back, or given no longer."""
    word = str(letter.ecd).lower()
    if word in (NO_DATE, WITHDRAWN):
        kind = "withdrawn" if word == WITHDRAWN else "no_ecd"
        return {"kind": kind, "note": "no date given" if kind == "no_ecd" else ""}
    for given, words in ((letter.precision, PRECISIONS), (letter.bound, BOUNDS)):
        if given not in words:
            raise ParameterError(f"unknown word {given!r}", expected=", ".join(words))
    due = as_day(letter.ecd, "ecd")
    return {
        "kind": "ecd",
        "ecd_from": period_start(due, letter.precision),
        "ecd_to": due,
        "ecd_precision": letter.precision,
        "ecd_bound": letter.bound,
        "ecd_kind": "action",
    }
