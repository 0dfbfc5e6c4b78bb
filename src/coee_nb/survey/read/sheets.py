"""Excel exports: the one sheet of responses as delimited text, which is then read as any other."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import zip_longest
from pathlib import Path
from typing import Any

from coee_nb.errors import InputError
from coee_nb.files import read_file
from coee_nb.paths import shown

OLD_EXCEL = b"\xd0\xcf\x11\xe0"  # how .xls files and workbooks under a password begin
ZIPPED = b"PK\x03\x04"


def sheet_as_csv(path: Path) -> bytes:
    """Return the sheet of responses of an ``.xlsx`` workbook as UTF-8 text between commas.

    Cells are what a CSV export would say: no decimals on whole numbers, ISO dates; a formula is
    its stored value, or its text where none is stored. Row numbers stay as Excel shows them.
    Raises InputError for a file that is no workbook, an older ``.xls``, or several filled sheets.
    """
    found = {name: rows for name, rows in _sheets(path) if rows}
    if len(found) > 1:
        raise InputError(
            f"{len(found)} sheets with text ({', '.join(list(found)[:4])})",
            where=shown(path),
            expected="one sheet of responses",
            do="delete the other sheets, or save the sheet of responses as CSV",
        )
    out = io.StringIO()
    for rows in found.values():
        width = max(map(len, rows))
        csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(
            row + [""] * (width - len(row)) for row in rows
        )
    return out.getvalue().encode()


def _sheets(path: Path) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield the name and the rows of each sheet, without the blank ends that Excel keeps."""
    books = [_open(path, stored=False)]
    try:
        for number, sheet in enumerate(books[0].worksheets):
            rows = [list(row) for row in _rows(sheet)]
            if any(_is_formula(cell) for row in rows for cell in row):
                books.append(_open(path, stored=True))
                stored = _rows(books[-1].worksheets[number])
                rows = [_computed(*both) for both in zip_longest(rows, stored, fillvalue=())]
            yield sheet.title, _trimmed([[_text(cell) for cell in row] for row in rows])
    finally:
        for book in books:
            book.close()


def _open(path: Path, *, stored: bool) -> Any:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        return load_workbook(read_file(path).stream(), read_only=True, data_only=stored)
    except (BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
        raise InputError(
            "the spreadsheet cannot be opened",
            where=shown(path),
            expected="an .xlsx file",
            do="save it as .xlsx or CSV again",
        ) from error


def _rows(sheet: Any) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()  # some tools write a wrong one, which would cut rows off
    yield from sheet.iter_rows(values_only=True)


def _is_formula(cell: Any) -> bool:
    return isinstance(cell, str) and cell.startswith("=")


def _computed(written: Any, stored: Any) -> list[Any]:
    """Return a row with what Excel computed in place of the formulas, where the file has it."""
    return [
        value if _is_formula(cell) and value is not None else cell
        for cell, value in zip_longest(written, stored)
    ]


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _trimmed(rows: list[list[str]]) -> list[list[str]]:
    while rows and not any(map(str.strip, rows[-1])):
        rows.pop()
    width = max((n for row in rows for n, cell in enumerate(row, 1) if cell.strip()), default=0)
    return [row[:width] for row in rows]
