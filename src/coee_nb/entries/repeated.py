"""Which whole numbers stand more than once among many, by sorting in place of grouping.

A database groups them in a table of all that are different, which is nearly as many as there are.
Sorted they need eight bytes each, and equal ones stand side by side. They are put by their upper
bits into files of a part each, so that one part at a time is in memory, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import numpy as np

A_PART = 1 << 24  # numbers sorted at a time: 128 MB
MOST_BITS = 8  # no more files are open at once than 256; of 4 billion numbers and more, parts grow


def repeated(batches: Iterable[np.ndarray], many: int, folder: Path) -> np.ndarray:
    """Return the numbers that stand more than once, each once and in order.

    ``batches`` hold int64; ``many`` is about how many they are in all; ``folder`` takes eight
    bytes of each meanwhile.
    """
    bits = min(MOST_BITS, (many // A_PART).bit_length())
    files = [folder / f"part_{k}" for k in range(1 << bits)]
    with ExitStack() as stack:
        parts = [stack.enter_context(file.open("wb")) for file in files]
        for batch in batches:
            for part, numbers in zip(parts, _apart(batch, bits), strict=True):
                part.write(numbers.data)
    return np.concatenate([_repeated_in(file) for file in files])


def _apart(batch: np.ndarray, bits: int) -> list[np.ndarray]:
    """Return the numbers of a batch by their upper bits."""
    if not bits:
        return [np.ascontiguousarray(batch)]
    upper = (batch >> (64 - bits)).astype(np.int16)
    in_turn = batch[np.argsort(upper, kind="stable")]  # by counting, for numbers so small
    ends = np.cumsum(np.bincount(upper + (1 << bits - 1), minlength=1 << bits))
    return np.split(in_turn, ends[:-1])


def _repeated_in(file: Path) -> np.ndarray:
    numbers = np.fromfile(file, dtype=np.int64)
    file.unlink()
    numbers.sort()
    return np.unique(numbers[1:][numbers[1:] == numbers[:-1]])
