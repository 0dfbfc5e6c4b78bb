"""Spreadsheets in, rows as text out: a row of the sheet is a line of the file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coee_nb.entries.read_pieces import LineCount, Piece, Reject
from coee_nb.errors import InputError
from coee_nb.paths import as_named

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 20_000  # of a piece
OLD, ZIPPED = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"


class SheetFile:
    """The one filled sheet of an ``.xlsx`` workbook, or the one named ``sheet``.

    Dates are ISO text, numbers are exact to the 15 digits that a spreadsheet keeps, a formula is
    the value that was stored with it. Attributes as of ``read_delimited.DelimitedFile``. Raises
    InputError for what is no workbook, for several filled sheets, and for an empty one.
    """

    def __init__(self, path: Path, sheet: str | None, read: Callable[[int], Any]) -> None:
        self.path, self.count, self.ended = path, LineCount(), True
        self._told = read
        self.sha256 = _sha256(path)
        self._book = _open(path)
        self._sheet = self._chosen(sheet)
        self._sheet.reset_dimensions()  # some tools write a wrong one, which would cut rows off
        self._rows = enumerate(self._sheet.iter_rows(values_only=True), 1)
        self.header = self._read_header()

    def pieces(self, used: Sequence[int], encoded: Sequence[int]) -> Iterator[Piece]:
        """Yield the sheet's rows: the columns at the places ``used``, as ``c0``, ``c1`` ..."""
        import numpy as np

        more = True
        while more:
            rows: list[list[str]] = []
            lines: list[int] = []
            rejected: list[Reject] = []
            blank, more = 0, False
            for line, cells in self._rows:
                self.count.lines += 1
                row = [_text(cell) for cell in cells]
                if any(text.strip() for text in row[len(self.header) :]):
                    reason = f"{len(row)} fields, the header has {len(self.header)}"
                    rejected.append(Reject(line, ",".join(row), reason))
                elif any(text.strip() for text in row):
                    rows.append(row + [""] * (len(self.header) - len(row)))
                    lines.append(line)
                else:
                    blank += 1
                if len(rows) + blank + len(rejected) == ROWS:
                    more = True
                    break
            texts = _table(rows, used, encoded)
            yield Piece(texts, np.array(lines, np.int64), len(rows), blank, rejected)
        self._book.close()
        self._told(self.path.stat().st_size)

    def _chosen(self, sheet: str | None) -> Any:
        names = self._book.sheetnames
        if sheet is not None and sheet not in names:
            raise InputError(
                f"no sheet {sheet!r}",
                where=as_named(self.path),
                expected=f"one of {', '.join(names)}",
            )
        filled = [sheet] if sheet else [name for name in names if _is_filled(self._book[name])]
        if len(filled) > 1:
            raise InputError(
                f"{len(filled)} sheets with text ({', '.join(filled[:4])})",
                where=as_named(self.path),
                expected="one",
                do="name it with --sheet",
            )
        return self._book[filled[0] if filled else names[0]]

    def _read_header(self) -> list[str]:
        for _, cells in self._rows:
            self.count.lines += 1
            row = [_text(cell).strip() for cell in cells]
            if any(row):
                self.count.header = 1
                return row
            self.count.blank += 1
        raise InputError(
            "is empty", where=as_named(self.path), expected="a header and a row a line"
        )


def is_sheet(path: Path) -> bool:
    """Tell a workbook by its first bytes. Raises InputError for one of the old format ``.xls``."""
    try:
        with open(path, "rb") as stream:
            start = stream.read(4)
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror or error})", where=as_named(path), do="check the path"
        ) from error
    if start == OLD:
        raise InputError(
            "is an old or protected workbook", where=as_named(path), do="save it as .xlsx or as CSV"
        )
    return start == ZIPPED


def _open(path: Path) -> Any:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        return load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
        raise InputError(
            "the spreadsheet cannot be opened",
            where=as_named(path),
            expected="an .xlsx file",
            do="save it as .xlsx or CSV again",
        ) from error


def _is_filled(sheet: Any) -> bool:
    rows = getattr(sheet, "iter_rows", None)  # a sheet of charts has none
    return rows is not None and any(
        cell is not None for row in rows(values_only=True) for cell in row
    )


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return f"{cell:.15g}"
    return str(cell)


def _table(rows: list[list[str]], used: Sequence[int], encoded: Sequence[int]) -> pa.Table:
    import pyarrow as pa

    columns = {}
    for k in used:
        texts = pa.array([row[k] for row in rows], pa.string())
        columns[f"c{k}"] = texts.dictionary_encode() if k in encoded else texts
    return pa.table(columns)


def _sha256(path: Path) -> str:
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
