"""A text as lines that remember where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE = re.compile(r"[^\r\n]+")


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

    >>> [(line.text, line.start) for line in lines_of("a\r\n\r\n  b ")]
    [('a', 0), ('b', 7)]
    """
    lines = []
    for match in _LINE.finditer(text):
        stripped = match.group().strip()
        if stripped:
            lines.append(Line(stripped, match.start() + match.group().index(stripped)))
    return lines
