"""What the cells of penalty records say: dates of one form a column, amounts in whole cents."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coee_nb.engines.datewords.styles import DAY_FIRST, MONTH_FIRST
from coee_nb.errors import InputError, ParameterError
from coee_nb.files import LINE, Content, read_file
from coee_nb.formats import count
from coee_nb.paths import shown

NOTHING = ("", "-", "–", "n/a", "na", "none", "null", "unknown", "tbd")
# How a date may be written: its form, and how pandas reads it.
_FORMS = {
    "2024-04-30": (r"\d{4}-\d{2}-\d{2}", "%Y-%m-%d"),
    "2024/04/30": (r"\d{4}/\d{1,2}/\d{1,2}", "%Y/%m/%d"),
    "30.04.2024": (r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    "04/30/2024": (r"\d{1,2}/\d{1,2}/\d{4}", ""),
    "30-Apr-2024": (r"\d{1,2}-[A-Za-z]{3}-\d{4}", "%d-%b-%Y"),
    "April 30, 2024": (r"[A-Za-z]{3,9} \d{1,2}, \d{4}", "mixed"),
}
# A time of day after a date, with or without its zone: the day on the spot is the day.
_TIME = r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?(Z|[+-]\d{2}:?\d{2})?$"
FIRST_YEAR, LAST_YEAR = 1900, 2199  # of days that anything of an audit can have happened on
_MONEY = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d{1,2})?")


def read_rows(
    path: str | Path, fields: Sequence[str], needed: Sequence[str], columns: Mapping[str, str],
    amounts: Sequence[str] = (),
) -> pd.DataFrame:  # fmt: skip
    """Return the rows of a CSV file or an Excel sheet as text, with the columns ``fields``.

    ``columns`` names the file's column of a field whose name is another; a file without that
    column may have it under the field's own name. A field that the file has not is blank
    throughout; columns that are no field, such as who is charged, are not kept.
    With ``line``. Fields of ``amounts`` have points before decimals. Raises InputError for a field
    of ``needed`` that is not there.
    """
    content = read_file(path)
    frame = table_of(content)
    kept = {}
    for field in fields:
        asked = columns.get(field, field)
        named = asked if asked in frame else field
        if named not in frame and field in needed:
            raise _not_there(asked, field, frame, path)
        blank = pd.Series([""] * len(frame), dtype="str")
        kept[field] = frame[named].str.strip() if named in frame else blank
        if field in amounts and not _is_workbook(content):
            kept[field] = pd.Series(content.pointed(kept[field], named), dtype="str")
    return pd.DataFrame(kept | {LINE: frame[LINE]})


def known_fields(columns: Mapping[str, str], fields: Iterable[str]) -> None:
    """Raise ParameterError where ``columns`` names the column of what is no field."""
    known = sorted(set(fields))
    for field in columns:
        if field not in known:
            raise ParameterError(
                f"{field!r} is no field",
                where="columns",
                expected=f"one of {', '.join(known)}",
                do="write {FIELD: the file's own name of it}",
            )


def _is_workbook(content: Content) -> bool:
    return content.data[:2] == b"PK"


def table_of(content: Content) -> pd.DataFrame:
    """Return the rows of a CSV file, or of the one filled sheet of a workbook, as text.

    With ``line``. Raises InputError for a workbook with several filled sheets or none.
    """
    return _sheet(content.data, content.path) if _is_workbook(content) else content.table()


def _not_there(named: str, field: str, frame: pd.DataFrame, path: str | Path) -> InputError:
    there = ", ".join(str(name) for name in frame.columns if name != LINE)
    return InputError(
        f"no column {named!r}",
        where=shown(path),
        expected=f"one of its columns ({there})",
        do=f"name it: columns: {{{field}: COLUMN}}",
    )


def _sheet(data: bytes, path: str | Path) -> pd.DataFrame:
    """Return the one filled sheet of a workbook, cells as a CSV file would say them.

    A formula is its stored value, or as written where the file has none: it is then read as
    neither blank nor an amount.
    """
    from openpyxl import load_workbook

    try:
        books = [
            load_workbook(io.BytesIO(data), read_only=True, data_only=it) for it in (True, False)
        ]
    except Exception as error:
        raise InputError("is no readable workbook", where=shown(path)) from error
    filled = []
    for both in zip(*(book.worksheets for book in books), strict=True):
        lines = zip(*(sheet.iter_rows(values_only=True) for sheet in both), strict=True)
        rows = [[_cell(*cell) for cell in zip(*line, strict=True)] for line in lines]
        if any(any(row) for row in rows):
            filled.append((both[0].title, rows))
    if len(filled) != 1:
        raise InputError(
            f"{len(filled)} filled sheets", where=shown(path), expected="one", do="keep one sheet"
        )
    numbered = [(k, row) for k, row in enumerate(filled[0][1], start=1) if any(row)]
    header = [name.strip() for name in numbered[0][1]]
    width = max((k + 1 for k, name in enumerate(header) if name), default=0)
    named = header[:width]
    if len(set(named)) < width or "" in named:
        raise InputError("two columns have one name, or one has none", where=shown(path))
    body = [(line, (row + [""] * width)[:width]) for line, row in numbered[1:]]
    frame = pd.DataFrame([row for _, row in body], columns=named, dtype="str")
    return frame.assign(**{LINE: [line for line, _ in body]})


def _cell(stored: Any, written: Any) -> str:
    value = written if stored is None else stored
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def dates(
    values: pd.Series, where: str, order: str | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the days of a column as datetime64[D], which cells are no date, and which no words.

    A word such as "unknown" is a blank; a text of no known form, or of no day (February 30), or of
    a year before `FIRST_YEAR` or after `LAST_YEAR`, is blank and marked. Times of day are left out.
    Raises InputError where a column has dates of two forms, and where nothing tells day and month
    apart and ``order`` does not either.
    """
    codes, found = pd.factorize(values)
    texts = pd.Series(found, dtype="str").map(without_time)
    blank = texts.str.lower().isin(NOTHING).to_numpy()
    forms = {name: texts.str.fullmatch(form).to_numpy(bool) for name, (form, _) in _FORMS.items()}
    there = [name for name, own in forms.items() if own.any()]
    if len(there) > 1:
        lines = [_example(values, codes, texts, forms[name]) for name in there[:2]]
        raise InputError(
            f"dates in two forms: {' and '.join(lines)}",
            where=where,
            expected="dates of one form in a column",
            do="write them one way, year first: 2024-04-30",
        )
    read = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[s]")
    for name in there:
        own = forms[name]
        how = _FORMS[name][1] or _slashes(texts[own], where, order)
        read[own] = pd.to_datetime(texts[own], format=how, errors="coerce").astype("datetime64[s]")
    read = read.where(read.dt.year.between(FIRST_YEAR, LAST_YEAR))
    days = read.to_numpy().astype("datetime64[D]")
    wrong = np.isnat(days) & ~blank
    return days[codes], wrong[codes], blank[codes]


def without_time(text: str) -> str:
    """Return a date without the time of day behind it.

    >>> without_time("2016-02-29T13:45:00Z"), without_time("2/29/2016 1:45 PM")
    ('2016-02-29', '2/29/2016')
    """
    return re.sub(_TIME, "", text)


def _example(values: pd.Series, codes: np.ndarray, texts: pd.Series, own: np.ndarray) -> str:
    place = int(np.argmax(own))
    row = int(np.argmax(codes == place))
    return f"{texts.iloc[place]!r} (row {row + 1} of {len(values)})"


def _slashes(texts: pd.Series, where: str, order: str | None) -> str:
    """Return how dates such as 04/30/2024 are read: as they prove, or as ``order`` says."""
    parts = texts.str.extract(r"(\d+)/(\d+)/").astype(int)
    month_first, day_first = (parts[1] > 12).any(), (parts[0] > 12).any()
    if month_first and day_first:
        raise InputError(
            "dates in two forms: day first and month first",
            where=where,
            expected="dates of one form in a column",
            do="write them one way, year first: 2024-04-30",
        )
    proved = MONTH_FIRST if month_first else DAY_FIRST if day_first else order
    if proved is None:
        raise InputError(
            f"{texts.iloc[0]!r} may have the day or the month first",
            where=where,
            do="say date_order: month-first or day-first",
        )
    return "%m/%d/%Y" if proved == MONTH_FIRST else "%d/%m/%Y"


def cents(values: pd.Series, lines: pd.Series, where: str, money: str = "dollars") -> pd.Series:
    """Return amounts of money as whole cents, missing where blank.

    "$1,234.50", "-5" and "(5.00)" are read, and so is an amount with the word ``money``. Raises
    InputError naming the lines of what is no amount, or has fractions of a cent: no total would be
    right without it.
    """
    sign = rf"\$|{re.escape(money)}"
    texts = values.str.replace(sign, "", regex=True, case=False)
    texts = texts.str.replace(r"\s", "", regex=True)
    texts = texts.str.replace(r"^\((.*)\)$", r"-\1", regex=True)
    blank = texts.str.lower().isin(NOTHING)
    codes, found = pd.factorize(texts)
    good = [bool(_MONEY.fullmatch(one)) for one in found]
    wrong = ~np.array(good, bool)[codes] & ~blank.to_numpy()
    if wrong.any():
        told = ", ".join(
            f"line {line}: {value!r}"
            for line, value in zip(lines[wrong][:5], values[wrong][:5], strict=True)
        )
        raise InputError(
            f"cells that are no amount: {count(wrong.sum())} ({told})",
            where=where,
            expected="an amount such as 1,234.50",
            do="correct them; leave a cell blank where the amount is not known",
        )
    whole = [_whole(one) if ok else 0 for one, ok in zip(found, good, strict=True)]
    read = pd.Series(np.array(whole, "int64")[codes], index=values.index, dtype="Int64")
    return read.mask(blank)


def _whole(text: str) -> int:
    units, _, part = text.replace(",", "").partition(".")
    amount = int(units.lstrip("-") or 0) * 100 + int(part.ljust(2, "0") or 0)
    return -amount if text.startswith("-") else amount
