"""What readers of any format hand on: rows as text, and what became of every line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


class Reject(NamedTuple):
    """A line that is no row: its number, its text as far as it can be shown, and the reason."""

    line: int
    text: str
    reason: str

    @property
    def kind(self) -> str:
        """Return the reason without what is true of this line alone."""
        return self.reason.partition(" (byte")[0]


@dataclass
class Piece:
    """Some rows of a file in its order: ``texts`` by column, ``lines`` where each begins.

    ``loaded`` and ``blank`` count physical lines; a row may run over several.
    """

    texts: pa.Table
    lines: np.ndarray
    loaded: int
    blank: int = 0
    rejected: list[Reject] = field(default_factory=list)


@dataclass
class LineCount:
    """The account of a file's physical lines: ``lines = header + blank + rejected + loaded``.

    ``lines`` is counted where the file is read, the others where its rows are made.
    """

    lines: int = 0
    header: int = 0
    blank: int = 0
    rejected: int = 0
    loaded: int = 0
    rows: int = 0

    def add(self, piece: Piece) -> None:
        """Count a piece."""
        self.blank += piece.blank
        self.rejected += len(piece.rejected)
        self.loaded += piece.loaded
        self.rows += len(piece.lines)

    @property
    def adds_up(self) -> bool:
        """Tell whether every line is header, blank, rejected or loaded."""
        return self.lines == self.header + self.blank + self.rejected + self.loaded
