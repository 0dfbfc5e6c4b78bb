"""Any CSV or Excel list of recommendations, by a mapping of its columns."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any

from coee_nb.engines.datewords.periods import Period, name_periods, number_order
from coee_nb.engines.datewords.styles import FEDERAL, ORDERS, DateStyle
from coee_nb.errors import InputError
from coee_nb.recommendations.columns import CONCURRENCES
from coee_nb.recommendations.ecd import Ecd
from coee_nb.recommendations.sources.cells import Row, delimiter_of, rows_of
from coee_nb.recommendations.sources.reading import Excluded, Reading, Record, reading
from coee_nb.recommendations.sources.source import Source
from coee_nb.recommendations.sources.words import Said, known_status, normalised

FORMAT = "CSV or Excel list"
TEXT_FIELDS = ("issuer", "report", "number", "agency", "title", "text")
DATE_FIELDS = ("issued_on", "auditor_deadline_on", "updated_on")
AMOUNT_FIELDS = ("questioned_costs_usd", "funds_for_better_use_usd")
OTHER_FIELDS = ("priority", "status", "concurrence", "ecd", "narrative")
FIELDS = (*TEXT_FIELDS, *DATE_FIELDS, *AMOUNT_FIELDS, *OTHER_FIELDS)
CONSTANT = "="  # --map issuer="=DHS OIG" gives every row the same value
# What may stand beside the date of a cell: its label, "by", a time of midnight; nothing else.
_HARMLESS = re.compile(
    r"(?:[ .:;,~()]|\b(?:by|due|on|in|target|expected|estimated|anticipated|planned|projected|ecd"
    r"|date|completion|implementation|no later than|before|on or before|the|est|approx|about"
    r"|circa|mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b"
    r"|t?00:00(?::00)?(?:\.0+)?z?)*"
)
# A cell that says no day; what it says of the status is for the column of the status.
_NO_DATE = re.compile(
    r"tb[dac]|to be (?:determined|decided|advised|confirmed)|ongoing|on-going|continuous|n/?a"
    r"|not applicable|-+|none|unknown|immediate(?:ly)?|pending(?: funding)?",
    re.IGNORECASE,
)
# Excel's own number of a day, from 1982 to 2064; day 0 is 1899-12-30.
_SERIAL = re.compile(r"([345]\d{4})(?:\.0+)?")
_MONEY = re.compile(r"\(?-?\$?\s*[\d,]*\.?\d+\)?$")


def recognises(source: Source) -> bool:
    """Tell whether the list names its columns as the log does: a status and what it is of."""
    try:
        header = _table(source)[0][0]
    except (InputError, IndexError):
        return False
    named = {cell.strip().lower() for cell in header.cells}
    return "status" in named and bool(named & {"text", "number"})


def read(
    source: Source,
    *,
    as_of: date,
    columns: Mapping[str, str] | None = None,
    style: DateStyle | None = None,
    statuses: Mapping[str, str] | None = None,
) -> Reading:
    """Return the rows of the list.

    ``columns`` maps a field (``FIELDS``) to the header of its column, or to "=VALUE" for all rows;
    a field left out is looked for under its own name. ``statuses`` is what the list's own words for
    a status mean (``read_statuses``). A row whose status, date or amount cannot be
    read is seen and not read; one without an issuer, a text or its cells is excluded. Raises
    InputError for an unknown field or a column the list does not have.

    Whether 05/06/2024 is of May or of June is decided for a column by its other dates (31/12/2024
    proves the day first) or by ``style.order``, and not at all where the two disagree.
    """
    rows, aside = _table(source)
    if not rows:
        raise InputError("the list is empty", where=source.name, do="check the file")
    at = _places(rows[0], columns or {}, source)
    styles = _styles(rows[1:], at, style or DateStyle())
    found = (
        _record(source, row, rows[0], at, as_of, styles, statuses or {})
        for row in rows[1:]
        if any(cell.strip() for cell in row.cells)
    )
    return reading(FORMAT, source, as_of=as_of, found=chain(aside, found))


def _table(source: Source) -> tuple[list[Row], list[Excluded]]:
    if source.is_spreadsheet:
        return _sheet(source), []
    return rows_of(source, delimiter=delimiter_of(source))


def _sheet(source: Source) -> list[Row]:
    """The first sheet's rows, cells as text; formulas by their stored value, else as written."""
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        books = [load_workbook(source.path, read_only=True, data_only=it) for it in (True, False)]
    except (BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
        raise InputError(
            f"the spreadsheet cannot be opened ({error})",
            where=source.name,
            expected="an .xlsx file",
            do="save it as .xlsx or CSV again",
        ) from error
    try:
        values, written = (book.worksheets[0].iter_rows(values_only=True) for book in books)
        return [
            Row(tuple(map(_text, cells, formulas)), i, 0)
            for i, (cells, formulas) in enumerate(zip(values, written, strict=True), start=1)
        ]
    finally:
        for book in books:
            book.close()


def _text(cell: object, formula: object) -> str:
    if cell is None:
        return "" if formula is None else str(formula)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _places(header: Row, columns: Mapping[str, str], source: Source) -> dict[str, int | str]:
    """Where each field is: the number of its column, or the value all rows share."""
    names = [cell.strip() for cell in header.cells]
    for field, column in columns.items():
        if field not in FIELDS:
            raise InputError(
                f"unknown field {field!r}", expected=", ".join(FIELDS), do=_nearest(field, FIELDS)
            )
        if not column.startswith(CONSTANT) and column not in names:
            raise InputError(
                f"no column {column!r}",
                where=f"{source.name}, line {header.line}",
                expected=", ".join(names),
                do=_nearest(column, names),
            )
    lower = [name.lower() for name in names]
    own = {field: lower.index(field) for field in FIELDS if field in lower}
    mapped = {
        field: column[1:] if column.startswith(CONSTANT) else names.index(column)
        for field, column in columns.items()
    }
    places = own | mapped
    for field in ("issuer", "status", "text"):
        if field not in places:
            raise InputError(
                f"no column for {field}",
                where=f"{source.name}, line {header.line}",
                do=f'add --map {field}=COLUMN, or --map {field}="=VALUE" for all rows',
            )
    return places


def _styles(rows: list[Row], at: dict[str, int | str], asked: DateStyle) -> dict[str, DateStyle]:
    """How each column writes its dates: as asked or as its own numbers prove, if they agree."""
    styles = {}
    for field, place in at.items():
        cells = (
            [place]
            if isinstance(place, str)
            else [r.cells[place] for r in rows if place < len(r.cells)]
        )
        orders = set().union(*map(number_order, cells)) | ({asked.order} - {""})
        styles[field] = replace(asked, order=orders.pop() if len(orders) == 1 else "")
    return styles


def _nearest(word: str, known: tuple[str, ...] | list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {near[0]!r}?" if near else ""


def _record(
    source: Source,
    row: Row,
    header: Row,
    at: dict[str, int | str],
    as_of: date,
    styles: dict[str, DateStyle],
    statuses: Mapping[str, str],
) -> Record | Excluded:
    where = f"{source.name}, line {row.line}"
    begins = next((cell for cell in row.cells if cell.strip()), "")[:60]
    if len(row.cells) != len(header.cells):
        return Excluded(
            where, begins, f"{len(row.cells)} cells, the header has {len(header.cells)}"
        )
    cell = {
        field: (place if isinstance(place, str) else row.cells[place]).strip()
        for field, place in at.items()
    }
    missing = [field for field in ("issuer", "text") if not cell[field]]
    if missing:
        return Excluded(where, begins, f"no {missing[0]}")
    return _read_row(cell, where, as_of, _place(source, row, at, "status"), styles, statuses)


def _read_row(
    cell: dict[str, str],
    where: str,
    as_of: date,
    status_at: int,
    styles: dict[str, DateStyle],
    statuses: Mapping[str, str],
) -> Record:
    """Read every cell of a row; where one cannot be read the row keeps no more than what it is."""
    facts: dict[str, Any] = {}
    unread: dict[str, str] = {}
    dated = {field: partial(reader, style=styles.get(field)) for field, reader in _DATED.items()}
    status_reader = {"status": partial(known_status, own=statuses)}
    for field, reader in (_READERS | status_reader | dated).items():
        try:
            facts[field] = reader(cell.get(field, ""))
        except InputError as error:
            facts[field], unread[field] = None, error.found
    said = {"status": facts["status"], "ecd": facts["ecd"]}
    updated, status = facts.pop("updated_on"), facts.pop("status")
    told: dict[str, Any] = {
        "status": status and Said(status, cell["status"], status_at),
        "concurrence": facts.pop("concurrence"),
        "ecd": facts.pop("ecd"),
        "narrative": cell.get("narrative", ""),
        "style": styles.get("narrative", FEDERAL),
    }
    if unread:
        span = "; ".join(cell.get(field, "") for field in unread)
        left = [f"{name} {cell[name]!r}" for name, fact in said.items() if fact]
        lost = [f"not taken without it: {', '.join(left)}"] if left else []
        told = {"unread": "; ".join([*unread.values(), *lost]), "unread_span": span}
    texts: dict[str, Any] = {name: normalised(cell.get(name, "")) for name in TEXT_FIELDS}
    return Record(
        where=where,
        stated_to=updated or as_of,
        stated_from=updated,
        **(texts | facts | told),
    )


def _place(source: Source, row: Row, at: dict, field: str) -> int:
    if source.is_spreadsheet or isinstance(at[field], str):
        return -1
    found = row.offset(source, at[field])
    return -1 if found is None else found


def _day(text: str, *, field: str, style: DateStyle) -> date | None:
    if not text:
        return None
    period = _period(text, style)
    if period is None or period.precision != "day":
        raise InputError(f"{field} {text!r} is not a day")
    return period.due


def _period(text: str, style: DateStyle) -> Period | None:
    """The one date or period that a cell names, with no words beside it that could deny it.

    Raises InputError where it names one that cannot be read, and says what would decide it.
    """
    plain = normalised(text)
    if serial := _SERIAL.fullmatch(plain):
        plain = (date(1899, 12, 30) + timedelta(days=int(serial[1]))).isoformat()
    named = name_periods(plain, style)
    refused = [period for period in named if period.refused]
    if refused:
        raise InputError(f"{text!r} is not read: {refused[0].refused}{_advice(refused[0].refused)}")
    if len(named) != 1:
        return None
    beside = f"{plain[: named[0].start]} {plain[named[0].end :]}".casefold()
    return named[0] if _HARMLESS.fullmatch(beside) else None


def _advice(reason: str) -> str:
    if "comes first" in reason:
        return f"; give --date-order {' or '.join(ORDERS)}"
    return "; give --fiscal-year-end MM-DD" if "fiscal year" in reason else ""


def _amount(text: str, *, field: str) -> float | None:
    if not text:
        return None
    if not _MONEY.match(text):
        raise InputError(f"{field} {text!r} is not an amount")
    amount = float(re.sub(r"[^\d.]", "", text))
    if amount and text.startswith(("(", "-")):
        raise InputError(f"{field} {text!r} is negative")
    return amount


def _priority(text: str) -> str:
    return {"y": "yes", "yes": "yes", "true": "yes", "n": "no", "no": "no", "false": "no"}.get(
        text.lower(), ""
    )


def _concurrence(text: str) -> Said | None:
    word = normalised(text).lower()
    if not word:
        return None
    if word not in CONCURRENCES:
        raise InputError(f"unknown concurrence {text!r}")
    return Said(word, text, -1)


def _ecd(text: str, *, style: DateStyle) -> Ecd | None:
    """The list's own completion date; a cell without one leaves the comments to be read for it."""
    if not text or _NO_DATE.fullmatch(normalised(text)):
        return None
    period = _period(text, style)
    if period is None:
        raise InputError(f"the ECD {text!r} is not one date or period")
    return Ecd(period.due, period.starts, period.precision, text, 0, "due", "action")


_READERS: dict[str, Callable[[str], Any]] = {
    **{field: partial(_amount, field=field) for field in AMOUNT_FIELDS},
    "priority": _priority,
    "concurrence": _concurrence,
}
_DATED: dict[str, Callable[..., Any]] = {
    **{field: partial(_day, field=field) for field in DATE_FIELDS},
    "ecd": _ecd,
}
