"""What a reader hands on: the recommendations a file shows, and the rows it had to exclude."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pandas as pd

from coee_nb.engines.datewords.styles import FEDERAL, DateStyle
from coee_nb.errors import InputError
from coee_nb.formats import count
from coee_nb.recommendations.columns import CLOSED_STATUSES, OFFICE
from coee_nb.recommendations.ecd import Ecd, find_ecd, find_refused, find_withdrawal
from coee_nb.recommendations.narratives.standing import find_standing
from coee_nb.recommendations.narratives.updates import AUDITOR
from coee_nb.recommendations.sources import words
from coee_nb.recommendations.sources.cell_values import NO_DUE, Due
from coee_nb.recommendations.sources.source import Source

_CUT = re.compile(r"(?:\.\.\.|\u2026|\[?(?:read|show|see) more\]?)\s*$", re.IGNORECASE)
_ENDED = re.compile(r"[.!?:)\]\"'\u201d\u2019]\s*$")


@dataclass(frozen=True)
class Noted:
    """What a row says that the log keeps in its own words: of what, and why it was not read."""

    label: str
    words: str
    unread: str = ""


@dataclass(frozen=True)
class Record:
    """One recommendation as a source states it at one time.

    ``narrative`` is the source's own text from offset ``narrative_start`` (None: no offsets).
    ``stated_from`` and ``stated_to`` are the days the source gives for its statement; where it is
    undated ``stated_from`` is None and ``stated_to`` the day the list was current. ``unread`` says
    why a row that is there and known by its identity could not be read, with the source's words
    (``unread_span``): it then states nothing but that it was seen. ``status_doubt`` says why a
    status was taken as open, or is none; ``due`` what the row's own place for a date says.
    ``voice`` is whose the narrative is, auditor or agency, ``style`` how it writes its dates.
    """

    issuer: str
    where: str
    stated_to: date
    stated_from: date | None = None
    report: str = ""
    number: str = ""
    agency: str = ""
    title: str = ""
    text: str = ""
    issued_on: date | None = None
    auditor_deadline_on: date | None = None
    priority: str = ""
    questioned_costs_usd: float | None = None
    funds_for_better_use_usd: float | None = None
    status: words.Said | None = None
    status_doubt: str = ""
    closed_on: tuple[date, date] | None = None
    concurrence: words.Said | None = None
    narrative: str = ""
    narrative_start: int | None = None
    due: Due = NO_DUE
    noted: tuple[Noted, ...] = ()
    note: str = ""
    unread: str = ""
    unread_span: str = ""
    voice: str = AUDITOR
    style: DateStyle = FEDERAL


@dataclass(frozen=True)
class Excluded:
    """A row that could not be used: where it is, how it begins and why not.

    ``kind`` is "unidentified" (it may be any recommendation), "repeat" (of a row that is there) or
    "out of scope" (known, and none of the list's: a recommendation to the legislature).
    """

    where: str
    begins: str
    reason: str
    kind: str = "unidentified"


@dataclass(frozen=True)
class Reading:
    """What a file says about recommendations on ``as_of``.

    ``rows``: one a recommendation and statement, in the order of the file, with what it is of
    (``IDENTITY_COLUMNS``), when it was so, and ``NOTHING_SAID`` or what it says instead; those that
    were seen and not read come last and claim nothing. ``excluded``: columns ``where``, ``begins``,
    ``reason``, ``kind`` (of ``Excluded``). ``shown`` counts all three; ``total`` is what the source
    says there are (None: it does not say). ``scope`` holds the columns, and their values, that
    every recommendation of the list shares; ``file`` and ``sha256`` name the source. ``account`` is
    the sentence that adds it up.
    """

    format: str
    as_of: date
    shown: int
    total: int | None
    rows: list[dict]
    excluded: pd.DataFrame
    account: str
    file: str
    sha256: str
    scope: dict[str, str] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether absence from this list means that a recommendation has left it."""
        hidden = self.excluded["kind"].eq("unidentified").any()
        return self.total == self.shown and not hidden


IDENTITY_COLUMNS = (
    "issuer", "report", "number", "agency", "title", "text", "text_sha256", "issued_on",
    "auditor_deadline_on", "priority", "questioned_costs_usd", "funds_for_better_use_usd",
)  # fmt: skip
_KEY = ("report", "title", "number", "agency", "text_sha256")  # of one recommendation in a file
# What a row says that says nothing, and so what a row can say.
NOTHING_SAID: dict[str, Any] = {
    "is_read": False,
    "told_from": None,  # of the narrative's latest dated statement, else as stated
    "told_to": None,
    "told_span": "",
    "told_start": None,
    "narrative": "",
    "narrative_sha256": "",
    "says_nothing": True,  # no more than concurrence and what the auditor will do
    "cut": False,  # the list shows the beginning of the narrative only
    "status": "",
    "status_span": "",
    "status_start": None,
    "status_doubt": "",  # why the status was taken as open, or is none
    "status_asked": "",  # the word that has no meaning here
    "closed_from": None,  # the days or the month in which its own words say that it was closed
    "closed_to": None,
    "concurrence": "",
    "concurrence_span": "",
    "concurrence_start": None,
    "ecd_from": None,
    "ecd_to": None,
    "ecd_precision": "",
    "ecd_bound": "",
    "ecd_kind": "",
    "ecd_span": "",
    "ecd_start": None,
    "ecd_earlier": (),  # the dates the same words give up, oldest first, each an ecd.FormerEcd
    "ecd_unread": False,  # there may be a date in the words that were not read
    "ecd_note": "",  # what else the row says about its completion date, and contradicts it
    "withdrawn_span": "",  # the words that take the date back, blank where it stands
    "withdrawn_start": None,
    "unread": "",  # the words that were seen and not read, of the row or of a part of it
    "unread_why": "",
    "noted": (),  # what the log keeps in the row's own words, each a Noted
    "style": FEDERAL,  # how the narrative writes its dates
    "voice": AUDITOR,  # whose the narrative is
    "note": "",
}


def reading(
    format: str,
    source: Source,
    *,
    as_of: date,
    found: Iterable[Record | Excluded],
    total: int | None = None,
    scope: dict[str, str] | None = None,
    remark: str = "",
) -> Reading:
    """Return the reading of ``source`` from what was ``found`` in it, in the order of the file.

    Repeated rows are excluded; what each says of status and dates is found here, for all sources.

    Raises InputError when the file holds no recommendation at all, or is later than ``as_of``.
    """
    given = list(found)
    if not given:
        raise _nothing_in(source, format)
    told = [each for each in given if isinstance(each, Record)]
    _refuse_later_than(as_of, told, source)
    records, repeated = _without_repeats(told)
    aside = [*(each for each in given if isinstance(each, Excluded)), *repeated]
    read = [_row(record, as_of) for record in records if not record.unread]
    unread = [_unread_row(record) for record in records if record.unread]
    shown = len(_recommendations([*read, *unread])) + len(aside)
    return Reading(
        format=format,
        as_of=as_of,
        shown=shown,
        total=total,
        rows=[*read, *unread],
        excluded=pd.DataFrame(
            [vars(row) for row in aside], columns=["where", "begins", "reason", "kind"]
        ),
        account=_account(source, read, (shown, total), (len(unread), len(aside)), remark),
        file=source.name,
        sha256=source.sha256,
        scope=scope or {},
    )


def _recommendations(rows: list[dict]) -> set[tuple]:
    return {tuple(row[column] for column in _KEY) for row in rows}


def _nothing_in(source: Source, format: str) -> InputError:
    return InputError(
        f"there is no recommendation in this {format}",
        where=source.name,
        do="check that the whole page or report was saved",
    )


def _refuse_later_than(as_of: date, records: list[Record], source: Source) -> None:
    for record in records:
        first = record.stated_from or record.stated_to
        if max(first, record.issued_on or first) > as_of:
            raise InputError(
                f"{record.where} is of {max(first, record.issued_on or first)}",
                where=source.name,
                expected=f"nothing later than the as-of date {as_of}",
                do="give the day the file was current as --as-of",
            )


def _without_repeats(records: list[Record]) -> tuple[list[Record], list[Excluded]]:
    """Exclude the rows that repeat another; rows of one recommendation that differ are unread."""
    groups: dict[tuple, list[Record]] = {}
    for record in records:
        key = (record.report, record.title, record.number, record.agency, record.stated_to)
        text = "" if record.number else words.fingerprint(record.text)
        groups.setdefault((*key, text), []).append(record)
    kept, repeated = [], []
    for first, *others in groups.values():
        contradictions = []
        for other in others:
            differs = _difference(first, other)
            reason = (
                f"contradicts {first.where}: {differs}" if differs else f"repeats {first.where}"
            )
            reason += _other_offices(first, other)
            repeated.append(Excluded(other.where, other.text[:60], reason, "repeat"))
            contradictions += [f"contradicted by {other.where}: {differs}"] if differs else []
        kept.append(_refused(first, "; ".join(contradictions)) if contradictions else first)
    return kept, repeated


def _difference(first: Record, second: Record) -> str:
    """What two rows of one recommendation say differently, blank where they agree."""
    for name in ("status", "ecd"):
        one, other = (_claim(record, name) for record in (first, second))
        if one != other:
            return f"{name} {one or 'none'} and {other or 'none'}"
    for name in ("text", "narrative", "unread"):
        one, other = (words.fingerprint(getattr(record, name)) for record in (first, second))
        if one != other:
            return "one of them cannot be read" if name == "unread" else f"another {name}"
    return ""


def _other_offices(first: Record, second: Record) -> str:
    """Say that two rows of one recommendation are addressed to two offices, and what to do."""
    one, other = (
        next((noted.words for noted in record.noted if noted.label == OFFICE), "")
        for record in (first, second)
    )
    if one == other:
        return ""
    return f"; addressed to {other!r}, not {one!r}: --map agency=COLUMN keeps them apart"


def _claim(record: Record, name: str) -> str:
    if name == "status":
        return record.status.word if record.status else ""
    return str(record.due.ecd.due) if record.due.ecd else record.due.words


def _refused(record: Record, why: str) -> Record:
    """Return a record as seen and not read: it keeps what it is of and claims nothing of it."""
    told = record.status.span if record.status else ""
    span = record.unread_span or told
    return replace(
        record, status=None, concurrence=None, due=NO_DUE, narrative="", note="",
        narrative_start=None, unread=why, unread_span=span, status_doubt="", noted=(),
    )  # fmt: skip


def _row(record: Record, as_of: date) -> dict:
    ecd = record.due.ecd
    if ecd is None and not record.due.unread:
        ecd = find_ecd(
            record.narrative,
            date_order=record.style.order,
            fiscal_year_end=record.style.fiscal_year_end,
            voice=record.voice,
        )
    return {
        **_identity(record),
        **NOTHING_SAID,
        "is_read": True,
        **_told(record, ecd, as_of),
        "narrative": words.normalised(record.narrative),
        "narrative_sha256": words.fingerprint(record.narrative),
        "says_nothing": words.says_nothing(record.narrative),
        "cut": bool(_CUT.search(record.narrative)),
        **_quoted("status", record.status),
        **_closing(record, as_of),
        **_quoted("concurrence", record.concurrence or _concurrence(record)),
        **_committed(ecd, record),
        **_unread_parts(record),
        **_withdrawn(record),
        "noted": record.noted,
        "style": record.style,
        "voice": record.voice,
        "note": record.note,
    }


def _unread_row(record: Record) -> dict:
    said: dict[str, Any] = {"unread_why": record.unread, "ecd_unread": True}
    said["unread"] = record.unread_span or record.unread
    return _identity(record) | NOTHING_SAID | said


def _identity(record: Record) -> dict:
    """What the recommendation is, and when the source said so."""
    identity = {name: getattr(record, name) for name in IDENTITY_COLUMNS if name != "text_sha256"}
    return {
        **identity,
        "text": words.normalised(record.text),
        "text_sha256": words.fingerprint(record.text),
        "stated_from": record.stated_from,
        "stated_to": record.stated_to,
        "where": record.where,
    }


def _concurrence(record: Record) -> words.Said | None:
    said = words.find_concurrence(record.narrative)
    if said is None or record.narrative_start is None:
        return said and words.Said(said.word, said.span, -1)
    return words.Said(said.word, said.span, record.narrative_start + said.start)


def _told(record: Record, ecd: Ecd | None, as_of: date) -> dict:
    beside = (ecd.start, ecd.start + len(ecd.span)) if ecd else (0, 0)
    by = min(record.stated_to, as_of)
    last = words.last_statement(record.narrative, by=by, beside=beside, style=record.style)
    if last is None or record.stated_from is not None:
        return {"told_from": record.stated_from, "told_to": record.stated_to}
    return {
        "told_from": last.starts,
        "told_to": last.due,
        "told_span": record.narrative[last.start : last.end],
        "told_start": _offset(record.narrative_start, last.start),
    }


def _quoted(column: str, said: words.Said | None) -> dict:
    if said is None:
        return {}
    start = said.start if said.start >= 0 else None
    return {column: said.word, f"{column}_span": said.span, f"{column}_start": start}


def _committed(ecd: Ecd | None, record: Record) -> dict:
    if ecd is None:
        said = "" if record.due.unread else record.due.words
        return {"ecd_span": said, "ecd_earlier": record.due.earlier}
    return {
        "ecd_from": ecd.starts,
        "ecd_to": ecd.due,
        "ecd_precision": ecd.precision,
        "ecd_bound": ecd.bound,
        "ecd_kind": ecd.kind,
        "ecd_span": ecd.span,
        "ecd_start": _offset(record.narrative_start, ecd.start),
        "ecd_earlier": ecd.earlier,
    }


def _closing(record: Record, as_of: date) -> dict:
    """The days in which a closed row says that it was closed; blank where it does not."""
    status = record.status.word if record.status else ""
    if record.closed_on and status in CLOSED_STATUSES:
        first, last = record.closed_on
        return {"closed_from": first, "closed_to": min(last, record.stated_to, as_of)}
    said = find_standing(record.narrative, record.style) if status in CLOSED_STATUSES else None
    by = min(record.stated_to, as_of)
    if said is None or said.word != status or not said.on or not said.on_from or said.on_from > by:
        return {}
    return {"closed_from": said.on_from, "closed_to": min(said.on, by)}


def _unread_parts(record: Record) -> dict:
    """The words of a status or a date that cannot be read, beside what the row says else."""
    status, due = record.status or words.Said("", "", -1), record.due
    parts = [(due.words, due.unread)] if due.unread else []
    if not parts and not due.ecd and status.word not in CLOSED_STATUSES:
        found = find_refused(record.narrative, record.style, record.voice)
        why = f"the date {found.span!r} is not read: {found.reason}" if found else ""
        parts = [(found.span, why)] if found else []
    closed_somehow = [(status.span, record.status_doubt)] if not status.word else []
    told = [part for part in (*closed_somehow, *parts) if part[1]]
    return {
        "status_doubt": record.status_doubt,
        "status_asked": status.span if record.status_doubt else "",
        "ecd_unread": bool(parts),
        "unread": "; ".join(said for said, _ in told),
        "unread_why": "; ".join(why for _, why in told),
    }


def _withdrawn(record: Record) -> dict:
    """The words that take the agency's date back, where the row gives no date of its own.

    In a cell they stand for the date that is beside it, as "TBD" beside a first target.
    """
    due = record.due
    if due.ecd:
        return {}
    if due.earlier and find_withdrawal(f"The completion date is {due.words}."):
        return {"withdrawn_span": due.words, "withdrawn_start": None}
    found = find_withdrawal(record.narrative, record.style, record.voice)
    if found is None:
        return {}
    start = _offset(record.narrative_start, found.start)
    return {"withdrawn_span": found.span, "withdrawn_start": start}


def _offset(narrative_start: int | None, start: int) -> int | None:
    return None if narrative_start is None else narrative_start + start


def _account(
    source: Source,
    rows: list[dict],
    of: tuple[int, int | None],
    counts: tuple[int, int],
    remark: str,
) -> str:
    (shown, total), (unread, aside) = of, counts
    read, cut = len(_recommendations(rows)), sum(row["cut"] for row in rows)
    said = f"{count(shown)} of {count(total)}" if total is not None else count(shown)
    noun = "recommendation" if shown == 1 else "recommendations"
    seen = f"{count(unread)} seen and not read, " if unread else ""
    parts = [
        f"{source.name} ({source.encoding}) shows {said} {noun}",
        f"{count(read)} read, {seen}{count(aside)} excluded",
    ]
    if len(rows) > read:
        parts.append(f"{count(len(rows))} statements about them")
    taken = sum(bool(row["status_doubt"] and row["status"]) for row in rows)
    parts += [f"{count(taken)} taken as open, their status not understood"] if taken else []
    words = sum(bool(row["unread"]) for row in rows)
    parts += [f"{count(words)} with words kept and not read"] if words else []
    if cut:
        parts.append(f"{count(cut)} with the comment cut short")
    damaged = source.text.count("\ufffd")
    if damaged:
        parts.append(f"damaged characters: {count(damaged)}")
    return "; ".join([*parts, *([remark] if remark else [])]) + "."


def unfinished(narrative: str) -> bool:
    """Tell whether a text stops in the middle of a sentence, as a truncated file does.

    >>> unfinished("CBP expects to finish by Ma"), unfinished("It is done.")
    (True, False)
    """
    return bool(narrative.strip()) and not _ENDED.search(narrative)
