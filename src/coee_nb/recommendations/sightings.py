"""What a file shows that cannot be taken as read: unread words, contradictions, and absence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import pandas as pd

from coee_nb.engines.datewords.periods import Period, find_periods
from coee_nb.engines.datewords.styles import FEDERAL, DateStyle
from coee_nb.errors import InputError
from coee_nb.formats import count, day
from coee_nb.recommendations.columns import CLOSED_STATUSES, CONTRADICTS, NOT_READ
from coee_nb.recommendations.ecd import find_ecd
from coee_nb.recommendations.log import sources_table
from coee_nb.recommendations.narratives.narrative import Narrative
from coee_nb.recommendations.sources.reading import NOTHING_SAID, Reading
from coee_nb.recommendations.sources.words import fingerprint, normalised

_AS_OF = re.compile(r"\bas (?:of|at)(?: (?:early|mid|late))?[ -]$", re.IGNORECASE)
_NO_DATE = {
    column: NOTHING_SAID[column]
    for column in (
        "ecd_from", "ecd_to", "ecd_start", "ecd_earlier",
        "ecd_precision", "ecd_bound", "ecd_kind", "ecd_span",
    )
}  # fmt: skip
_NO_STATUS = {column: NOTHING_SAID[column] for column in ("status", "status_span", "status_start")}


def settled(rows: list[dict], find: Callable[[Mapping], str | None]) -> list[dict]:
    """Return the rows of a file with what contradicts itself made unread.

    Two rows of one recommendation and day that say different things become one, of which neither
    status nor date is read; so does a date in a column that the row's own comments contradict.
    Rows of one recommendation that differ in their text are left: the import refuses them.
    """
    groups: dict[tuple, list[dict]] = {}
    for row in rows:
        key = (
            find(row) or _identity(row),
            row["stated_from"],
            row["stated_to"],
            row["text_sha256"],
        )
        groups.setdefault(key, []).append(row)
    return [_one(group) for group in groups.values()]


def why_unread(row: Mapping) -> str:
    """Return the note of an unread event: why it was not read, or what contradicts what."""
    why = row["unread_why"]
    return why if why.startswith(CONTRADICTS) else f"{NOT_READ}: {why}"


def _identity(row: Mapping) -> tuple:
    return tuple(row[c] for c in ("issuer", "report", "title", "number", "agency", "text_sha256"))


def _one(group: list[dict]) -> dict:
    said = {tuple(_facts(row)) for row in group}
    if len(said) > 1:
        told = "; ".join(f"{row['where']} says {_words(row)}" for row in group)
        spans = " | ".join(_words(row) for row in group)
        return group[0] | _NO_STATUS | _NO_DATE | _contradictory(spans, told)
    row = group[0]
    if row.get("ecd_note"):
        told, spans = row["ecd_note"], row["ecd_span"] or row["ecd_note"]
    else:
        narrated = _narrated(row)
        if narrated is None:
            return row
        told = f"{row['where']} gives {day(row['ecd_to'])}, its comments {day(narrated.due)}"
        spans = f"{row['ecd_span']} | {narrated.span}"
    return row | _NO_DATE | _contradictory(spans, told)


def _contradictory(spans: str, told: str) -> dict:
    return {"unread": spans, "unread_why": f"{CONTRADICTS}s itself, {told}", "ecd_unread": True}


def _facts(row: Mapping) -> tuple:
    due = pd.Timestamp(row["ecd_to"])
    return row["status"], None if pd.isna(due) else due, row["ecd_bound"], row["unread"]


def _words(row: Mapping) -> str:
    due = f", {row['ecd_span']}" if row["ecd_span"] else ""
    return f"{row['status_span'] or row['status'] or 'no status'}{due}"


def _narrated(row: Mapping):
    """The due date in the comments, where a column gives another one of an open row."""
    by_column = pd.notna(row["ecd_to"]) and row["ecd_span"] not in row["narrative"]
    if not by_column or row["status"] in CLOSED_STATUSES or row["unread"]:
        return None
    style = row["style"]
    found = find_ecd(
        row["narrative"],
        date_order=style.order,
        fiscal_year_end=style.fiscal_year_end,
        voice=row["voice"],
    )
    if found is None or (found.kind, found.bound) != ("action", "due"):
        return None
    return None if pd.Timestamp(found.due) == pd.Timestamp(row["ecd_to"]) else found


def complete(reading: Reading) -> Reading:
    """Return a list that the analyst knows to hold every open recommendation of its issuer.

    Its scope is the issuer, and the agency where all rows are of one. Raises InputError for a list
    of several issuers, and for one that counts its recommendations itself and shows fewer.
    """
    shared = {c: sorted({row[c] for row in reading.rows}) for c in ("issuer", "agency")}
    if len(shared["issuer"]) != 1:
        raise InputError(
            f"the list is of {count(len(shared['issuer']))} issuers",
            where=reading.file,
            expected="one issuer, of which it is complete",
        )
    if reading.total not in (None, reading.shown):
        raise InputError(
            f"the file shows {count(reading.shown)} of {count(reading.total)}",
            where=reading.file,
            do="leave --complete out",
        )
    scope = {column: values[0] for column, values in shared.items() if len(values) == 1}
    return replace(reading, total=reading.shown, scope=scope)


def first_told(narrative: str, *, by: date, style: DateStyle = FEDERAL) -> Period | None:
    """Return the earliest day or month, begun by ``by``, that a narrative tells a state "as of".

    The recommendation was known by its end. Offsets are in ``narrative``.

    >>> first_told("As of May 2021, open. As of June 2023, open.", by=date(2024, 1, 1)).due
    datetime.date(2021, 5, 31)
    """
    told = Narrative(narrative)
    stated = [
        period
        for period in find_periods(told.text, style)
        if period.precision in ("day", "month")
        and period.starts <= by
        and _AS_OF.search(told.text[max(0, period.start - 16) : period.start])
    ]
    return min(stated, key=lambda period: period.due, default=None)


def why_absence_tells_nothing(reading: Reading, known: Mapping) -> str:
    """Say why a recommendation the file does not show may still be on the list; blank if gone.

    The source must say how many there are, and show as many. A row that was excluded stands for
    a recommendation by the beginning of its text; one that does not begin as ``known`` does is
    another. Where either text is not at hand, it may be the missed one.
    """
    if reading.total is None:
        return "the file does not say how many recommendations there are"
    if reading.shown != reading.total:
        return f"page shows {count(reading.shown)} of {count(reading.total)}"
    aside = reading.excluded
    unclear = [row for row in aside.to_dict("records") if _may_be(row, known)]
    return f"rows of the file excluded: {count(len(unclear))}" if unclear else ""


def _may_be(aside: Mapping, known: Mapping) -> bool:
    if aside["kind"] == "out of scope" or aside["reason"].startswith("repeats "):
        return False
    begins = normalised(aside["begins"]).casefold()
    text = normalised(known["text"]).casefold()
    if not begins or fingerprint(known["text"]) != known["text_sha256"]:
        return True
    title = normalised(known["title"]).casefold()
    return text.startswith(begins[:40]) or title.startswith(begins[:40])


def source_row(reading: Reading) -> pd.DataFrame:
    """Return the row of ``sources.csv``: what the file shows of what it says there is."""
    dated = [row["stated_from"] is not None for row in reading.rows if row["is_read"]]
    unread = len({row["where"] for row in reading.rows if not row["is_read"]})
    return sources_table(
        pd.DataFrame(
            [
                {
                    "source_file": reading.file,
                    "source_sha256": reading.sha256,
                    "format": reading.format,
                    "as_of": reading.as_of,
                    "dated_by": "source" if dated and all(dated) else "import",
                    "total": reading.total,
                    "shown": reading.shown,
                    "read": reading.shown - len(reading.excluded) - unread,
                    "unread": unread,
                    "excluded": len(reading.excluded),
                }
            ]
        )
    )
