"""A text as lines that remember where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

_LINE = re.compile(r"[^\n]+")


@dataclass(frozen=True)
class Line:
    """One line without its end: its stripped ``text`` begins at offset ``start`` of the source."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset after the last character of the stripped text."""
        return self.start + len(self.text)


def lines_of(text: str) -> list[Line]:
    r"""Return the lines of ``text`` that are not blank, no-break spaces counting as blank.

    >>> [(line.text, line.start) for line in lines_of("a \n\n  b ")]
    [('a', 0), ('b', 6)]
    """
    lines = []
    for match in _LINE.finditer(text):
        stripped = match.group().strip()
        if stripped:
            lines.append(Line(stripped, match.start() + match.group().index(stripped)))
    return lines


def stretches(starts: Iterable[int], end: int) -> list[tuple[int, int]]:
    """Return the stretch from each start to the next, the last one to ``end``.

    >>> stretches([2, 5], 9), stretches([], 9)
    ([(2, 5), (5, 9)], [])
    """
    return list(pairwise([*starts, end]))
