"""Delimited text as rows of cells that remember where they stand in the file."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

from coee_nb.recommendations.sources.reading import Excluded
from coee_nb.recommendations.sources.source import Source

LONGEST_ROW = 200  # lines; a comment has some, the rest of a file after a lost quote has more


@dataclass(frozen=True)
class Row:
    """One row: its cells, the first of its physical lines, and its offset in the text."""

    cells: tuple[str, ...]
    line: int
    start: int

    def offset(self, source: Source, column: int) -> int | None:
        """Return where a cell's content begins in the file's text; None if it is not found.

        A cell with doubled quotes is found by the part before the first of them.
        """
        cursor = self.start
        for cell in self.cells[:column]:
            cursor = max(cursor, source.text.find(_beginning(cell), cursor)) + len(_beginning(cell))
        found = source.text.find(_beginning(self.cells[column]), cursor)
        return found if found >= 0 else None


def _beginning(cell: str) -> str:
    return cell.split('"')[0]


def delimiter_of(source: Source) -> str:
    """Return the delimiter of the text: tab, semicolon or comma, whichever its lines hold most."""
    head = source.text[:4000]
    return max(",;\t", key=head.count)


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
