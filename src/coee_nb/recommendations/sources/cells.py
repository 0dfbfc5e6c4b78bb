"""CSV text and spreadsheets as rows of cells that remember where they stand in the file."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from coee_nb.errors import InputError
from coee_nb.recommendations.sources.reading import Excluded
from coee_nb.recommendations.sources.source import Source

LONGEST_ROW = 200  # lines; a comment has some, the rest of a file after a lost quote has more


@dataclass(frozen=True)
class Row:
    """One row: its cells, its line, and its offset in the text (None in a spreadsheet)."""

    cells: tuple[str, ...]
    line: int
    start: int | None

    def offset(self, source: Source, column: int) -> int | None:
        """Return where a cell's content begins in the file's text; None if it is not found.

        A cell with doubled quotes is found by the part before the first of them.
        """
        if self.start is None:
            return None
        cursor = self.start
        for cell in self.cells[:column]:
            cursor = max(cursor, source.text.find(_beginning(cell), cursor)) + len(_beginning(cell))
        found = source.text.find(_beginning(self.cells[column]), cursor)
        return found if found >= 0 else None


@dataclass(frozen=True)
class Sheet:
    """The rows of one sheet of a spreadsheet, or of a text, and the lines that are none."""

    name: str
    rows: list[Row]
    aside: list[Excluded]


def sheets_of(source: Source) -> list[Sheet]:
    """Return the sheets of a file; a text is one without a name.

    Raises InputError for a spreadsheet that cannot be opened.
    """
    if source.is_spreadsheet:
        return [Sheet(name, rows, []) for name, rows in _sheets(source).items()]
    return [Sheet("", *rows_of(source, delimiter=delimiter_of(source)))]


def _sheets(source: Source) -> dict[str, list[Row]]:
    """The rows of every sheet, cells as text; formulas by their stored value, else as written."""
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
        return {
            values.title: [
                Row(tuple(map(_text, cells, formulas)), line, None)
                for line, (cells, formulas) in enumerate(
                    zip(
                        values.iter_rows(values_only=True),
                        written.iter_rows(values_only=True),
                        strict=True,
                    ),
                    start=1,
                )
            ]
            for values, written in zip(*(book.worksheets for book in books), strict=True)
        }
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


def _beginning(cell: str) -> str:
    return cell.split('"')[0]


def delimiter_of(source: Source) -> str:
    """Return tab, semicolon or comma: by which most lines have as many cells, else the commonest.

    Commas of prose are more than semicolons between cells.
    """
    head = source.text[:4000]

    def alike(mark: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in csv.reader(io.StringIO(head), delimiter=mark))
        return max((n for width, n in widths.items() if width > 1), default=0), head.count(mark)

    return max(",;\t", key=alike)


def rows_of(source: Source, *, delimiter: str = ",") -> tuple[list[Row], list[Excluded]]:
    """Return the rows of the text; a line whose quote is never closed is excluded alone."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", source.text)
    rows: list[Row] = []
    aside: list[Excluded] = []
    line, start = 0, 0
    while line < len(lines):
        taken = _row_lines(lines, line) or 1
        text = "".join(lines[line : line + taken])
        try:
            read = _cells(text, delimiter)
            rows.append(Row(read, line + 1, start))
        except csv.Error as error:
            where = f"{source.name}, line {line + 1}"
            aside.append(Excluded(where, text[:60].strip(), str(error)))
        start += len(text)
        line += taken
    return rows, aside


def _cells(text: str, delimiter: str) -> tuple[str, ...]:
    if text.count('"') % 2:
        raise csv.Error("a quote is never closed")
    return tuple(next(csv.reader([text], delimiter=delimiter), ()))


def _row_lines(lines: list[str], first: int) -> int | None:
    """How many lines a row takes: until its quotes pair up; None if they never do."""
    quotes = 0
    for taken, line in enumerate(lines[first : first + LONGEST_ROW], start=1):
        quotes += line.count('"')
        if quotes % 2 == 0:
            return taken
    return None
