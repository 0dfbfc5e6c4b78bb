"""A table pasted from a page or a PDF with each cell on a line of its own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from coee_nb.errors import InputError
from coee_nb.recommendations.sources.cells import Row, Sheet
from coee_nb.recommendations.sources.lines import Line, lines_of
from coee_nb.recommendations.sources.source import Source
from coee_nb.recommendations.sources.words import normalised

ENOUGH = 3  # names of columns on lines of their own, that a text is such a table
MOST = 30  # columns
MORE = 4  # columns that may follow the last one named


def sheet(source: Source, names: set[str], first: int | None = None) -> Sheet | None:
    """Return the rows of a text that has each cell on a line of its own; None for another.

    ``names`` are names of its columns in lower case, ``first`` the line of the first column's name,
    counted from 1, where a column that nobody named comes before. A blank line between rows parts
    them; without one, every row has as many lines as there are columns. Raises InputError where
    the lines do not come out even.
    """
    if source.is_spreadsheet:
        return None
    blocks = _blocks(source)
    for place, block in enumerate(blocks):
        held = [line for line in block if _plain(line) in names]
        below = blocks[place + 1 :]
        if len(held) < min(ENOUGH, len(names)) or not below or max(map(len, below)) < len(held):
            continue
        even = sum(len(each) == len(block) for each in below)
        if 2 * even >= len(below) and len(block) <= MOST:
            return Sheet("", [_row(source, each) for each in (block, *below)], [])
    return _without_blanks(source, names, first)


def _plain(line: Line) -> str:
    return normalised(line.text).casefold()


def _blocks(source: Source) -> list[list[Line]]:
    """The lines between blank ones."""
    parts = groupby(lines_of(source.text), key=_Counted(source.text))
    return [list(lines) for _, lines in parts]


class _Counted:
    """How many blank lines stand before each line, asked in their order."""

    def __init__(self, text: str) -> None:
        self.text, self.end, self.blanks = text, 0, 0

    def __call__(self, line: Line) -> int:
        self.blanks += self.text.count("\n", self.end, line.start) > 1
        self.end = line.end
        return self.blanks


def _without_blanks(source: Source, names: set[str], first: int | None) -> Sheet | None:
    lines = lines_of(source.text)
    plain = [_plain(line) for line in lines]
    where = [place for place, words in enumerate(plain) if words in names]
    if len(names) < ENOUGH or len(set(plain) & names) < min(len(names), MOST):
        return None
    begin = next((p for p in where if names <= set(plain[p : p + MOST])), None)
    if begin is None:
        return None
    last = max(plain.index(name, begin) for name in names)
    if first is not None:
        begin = next((p for p, line in enumerate(lines) if _number(source, line) == first), begin)
    for end in range(last + 1, last + 1 + MORE):
        width, rest = end - begin, len(lines) - end
        if rest > 0 and rest % width == 0:
            rows = [lines[at : at + width] for at in range(begin, len(lines), width)]
            return Sheet("", [_row(source, row) for row in rows], [])
    raise InputError(
        f"{len(lines) - last - 1} lines follow the {last + 1 - begin} names of columns",
        where=source.where(lines[begin].start),
        expected="as many lines for each row as there are columns",
        do="leave a blank line between rows, and write - for an empty cell",
    )


def _number(source: Source, line: Line) -> int:
    return source.text.count("\n", 0, line.start) + 1


def _row(source: Source, lines: Sequence[Line]) -> Row:
    return Row(tuple(line.text for line in lines), _number(source, lines[0]), lines[0].start)
