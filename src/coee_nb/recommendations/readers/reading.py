"""What a reader hands on: the recommendations a file shows, and the rows it had to set aside."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from coee_nb.errors import InputError
from coee_nb.formats import count
from coee_nb.recommendations.ecd import Ecd, find_ecd
from coee_nb.recommendations.readers import words
from coee_nb.recommendations.readers.source import Source

_CUT = re.compile(r"(?:\.\.\.|\u2026|\[?(?:read|show|see) more\]?)\s*$", re.IGNORECASE)
_ENDED = re.compile(r"[.!?:)\]\"'\u201d\u2019]\s*$")


@dataclass(frozen=True)
class Record:
    """One recommendation as a source states it at one time.

    ``narrative`` is the source's own text from offset ``narrative_start`` (None: no offsets).
    ``stated_from`` and ``stated_to`` are the days the source gives for its statement; where it is
    undated ``stated_from`` is None and ``stated_to`` the day the list was current.
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
    concurrence: words.Said | None = None
    narrative: str = ""
    narrative_start: int | None = None
    ecd: Ecd | None = None
    note: str = ""


@dataclass(frozen=True)
class Aside:
    """A row that could not be used: where it is, how it begins and why not."""

    where: str
    begins: str
    reason: str


@dataclass(frozen=True)
class Reading:
    """What a file says about recommendations on ``as_of``.

    ``records``: one row a recommendation and statement, in the order of the file, columns
    ``RECORD_COLUMNS``. ``set_aside``: columns ``where``, ``begins``, ``reason``. ``shown`` counts
    both; ``total`` is what the source says there are (None: it does not say). ``scope`` holds the
    columns, and their values, that every recommendation of the list shares; ``file`` and
    ``sha256`` name the source. ``account`` is the sentence that adds it up.
    """

    format: str
    as_of: date
    shown: int
    total: int | None
    records: pd.DataFrame
    set_aside: pd.DataFrame
    account: str
    file: str
    sha256: str
    scope: dict[str, str] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether absence from this list means that a recommendation has left it."""
        return self.total == self.shown and self.set_aside.empty


IDENTITY_COLUMNS = ("issuer", "report", "number", "agency", "title", "text", "text_sha256")
IDENTITY_COLUMNS += ("issued_on", "auditor_deadline_on", "priority")
IDENTITY_COLUMNS += ("questioned_costs_usd", "funds_for_better_use_usd")
RECORD_COLUMNS = (
    *IDENTITY_COLUMNS,
    "stated_from",  # when the source says it was so; from: blank where the source is undated
    "stated_to",
    "told_from",  # of the narrative's latest dated statement, else as stated
    "told_to",
    "told_span",
    "told_start",
    "narrative",
    "narrative_sha256",
    "says_nothing",  # no more than concurrence and what the auditor will do
    "cut",  # the list shows the beginning of the narrative only
    "status",
    "status_span",
    "status_start",
    "concurrence",
    "concurrence_span",
    "concurrence_start",
    "ecd_from",
    "ecd_to",
    "ecd_precision",
    "ecd_bound",
    "ecd_kind",
    "ecd_span",
    "ecd_start",
    "where",
    "note",
)


def reading(
    format: str,
    source: Source,
    *,
    as_of: date,
    records: list[Record],
    aside: list[Aside],
    total: int | None = None,
    scope: dict[str, str] | None = None,
    remark: str = "",
) -> Reading:
    """Return the reading of ``source``: repeated rows are set aside, what is said is found.

    Raises InputError when the file holds no recommendation at all, or is later than ``as_of``.
    """
    if not records and not aside:
        raise InputError(
            f"there is no recommendation in this {format}",
            where=source.name,
            do="check that the whole page or report was saved",
        )
    _refuse_later_than(as_of, records, source)
    rows, repeated = _observed(records, as_of)
    aside = [*aside, *repeated]
    recommendations = rows.drop_duplicates(["report", "title", "number", "agency", "text_sha256"])
    shown = len(recommendations) + len(aside)
    return Reading(
        format=format,
        as_of=as_of,
        shown=shown,
        total=total,
        records=rows,
        set_aside=pd.DataFrame([vars(row) for row in aside], columns=["where", "begins", "reason"]),
        account=_account(source, rows, len(recommendations), len(aside), total, remark),
        file=source.name,
        sha256=source.sha256,
        scope=scope or {},
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


def _observed(records: list[Record], as_of: date) -> tuple[pd.DataFrame, list[Aside]]:
    rows, seen, repeated = [], {}, []
    for record in records:
        row = _row(record, as_of)
        key = (record.report, record.title, record.number, record.agency, record.stated_to)
        key += () if record.number else (row["text_sha256"],)
        if key in seen:
            reason = f"repeats {seen[key]}"
            repeated.append(Aside(record.where, record.text[:60], reason))
            continue
        seen[key] = record.where
        rows.append(row)
    return pd.DataFrame(rows, columns=list(RECORD_COLUMNS)), repeated


def _row(record: Record, as_of: date) -> dict:
    ecd = record.ecd or find_ecd(record.narrative)
    identity = {name: getattr(record, name) for name in IDENTITY_COLUMNS if name != "text_sha256"}
    return {
        **identity,
        "text": words.normalised(record.text),
        "text_sha256": words.fingerprint(record.text),
        "stated_from": record.stated_from,
        "stated_to": record.stated_to,
        **_told(record, ecd, as_of),
        "narrative": words.normalised(record.narrative),
        "narrative_sha256": words.fingerprint(record.narrative),
        "says_nothing": words.says_nothing(record.narrative),
        "cut": bool(_CUT.search(record.narrative)),
        **_quoted("status", record.status),
        **_quoted("concurrence", record.concurrence or _concurrence(record)),
        **_promised(ecd, record.narrative_start),
        "where": record.where,
        "note": record.note,
    }


def _concurrence(record: Record) -> words.Said | None:
    said = words.find_concurrence(record.narrative)
    if said is None or record.narrative_start is None:
        return said and words.Said(said.word, said.span, -1)
    return words.Said(said.word, said.span, record.narrative_start + said.start)


def _told(record: Record, ecd: Ecd | None, as_of: date) -> dict:
    beside = (ecd.start, ecd.start + len(ecd.span)) if ecd else (0, 0)
    last = words.last_statement(record.narrative, by=min(record.stated_to, as_of), beside=beside)
    if last is None or record.stated_from is not None:
        return {
            "told_from": record.stated_from,
            "told_to": record.stated_to,
            "told_span": "",
            "told_start": None,
        }
    return {
        "told_from": last.starts,
        "told_to": last.due,
        "told_span": record.narrative[last.start : last.end],
        "told_start": _offset(record.narrative_start, last.start),
    }


def _quoted(column: str, said: words.Said | None) -> dict:
    if said is None:
        return {column: "", f"{column}_span": "", f"{column}_start": None}
    start = said.start if said.start >= 0 else None
    return {column: said.word, f"{column}_span": said.span, f"{column}_start": start}


def _promised(ecd: Ecd | None, narrative_start: int | None) -> dict:
    if ecd is None:
        return dict.fromkeys(("ecd_from", "ecd_to", "ecd_start")) | dict.fromkeys(
            ("ecd_precision", "ecd_bound", "ecd_kind", "ecd_span"), ""
        )
    return {
        "ecd_from": ecd.starts,
        "ecd_to": ecd.due,
        "ecd_precision": ecd.precision,
        "ecd_bound": ecd.bound,
        "ecd_kind": ecd.kind,
        "ecd_span": ecd.span,
        "ecd_start": _offset(narrative_start, ecd.start),
    }


def _offset(narrative_start: int | None, start: int) -> int | None:
    return None if narrative_start is None else narrative_start + start


def _account(
    source: Source, rows: pd.DataFrame, read: int, aside: int, total: int | None, remark: str
) -> str:
    shown = read + aside
    said = f"{count(shown)} of {count(total)}" if total is not None else count(shown)
    noun = "recommendation" if shown == 1 else "recommendations"
    parts = [
        f"{source.name} ({source.encoding}) shows {said} {noun}",
        f"{count(read)} read, {count(aside)} set aside",
    ]
    if len(rows) > read:
        parts.append(f"{count(len(rows))} statements about them")
    if rows["cut"].any():
        parts.append(f"{count(int(rows['cut'].sum()))} with the comment cut short")
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
