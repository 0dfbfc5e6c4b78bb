"""A status narrative laid on one line, sentence by sentence, with the way back to its own text."""

import re
from bisect import bisect_right
from functools import cached_property
from itertools import pairwise

_WORD = re.compile(r"[^\s\u200b\ufeff]+")
_SENTENCE_END = re.compile(
    r"""[.!?]["')\]]{0,3} (?=["'(\[]{0,2}[A-Z\u2022]|(?:\d+(?:\.\d+)*|-) [A-Z])| (?=\u2022)"""
)
_BLANK_LINE = re.compile(r"\n\s*\n")
# Longer "sentences" are lists, tables or noise: cut, so that no text takes long to read.
_LONGEST = 2000
_ABBREVIATION = re.compile(
    r"(?:\b[A-Z]|\b(?:Dr|Mr|Mrs|Ms|No|Nos|Sec|St|Inc|Corp|Co|Ltd|Gen|Lt|Col|vs|e\.g|i\.e|cf|al|est"
    r"|approx|Comp|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec))\.$"
)
_PLAIN = str.maketrans(
    "\u2010\u2011\u2012\u2013\u2014\u2212\u2018\u2019\u201c\u201d", "------''\"\""
)
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


class Narrative:
    r"""One line of text in place of a wrapped one.

    ``text`` has every run of white space as one space, and plain dashes and quotes; ``lower`` is
    the same in lower case, letter for letter. ``original`` leads back to offsets in ``source``.

    >>> told = Narrative("due October \n31, 2022")
    >>> told.text, told.source[slice(*told.original(4, 20))]
    ('due October 31, 2022', 'October \n31, 2022')
    """

    def __init__(self, source: str) -> None:
        words = list(_WORD.finditer(source))
        self.source = source
        self.text = " ".join(word.group() for word in words).translate(_PLAIN)
        self.lower = self.text.translate(_LOWER)
        self._words = words

    def reworded(self, text: str) -> "Narrative":
        """Return the narrative with other words of the same length in their places."""
        if len(text) != len(self.text):
            raise ValueError("the words are not of the same length")
        other = Narrative(self.source)
        other.text, other.lower = text, text.translate(_LOWER)
        return other

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return where ``text[start:end]``, which begins and ends in words, is in ``source``."""
        return self._original(start), self._original(end - 1) + 1

    def _original(self, offset: int) -> int:
        flat, original = self._offsets
        word = bisect_right(flat, offset) - 1
        return original[word] + offset - flat[word]

    @cached_property
    def _offsets(self) -> tuple[list[int], list[int]]:
        flat, length = [], 0
        for word in self._words:
            flat.append(length)
            length += len(word.group()) + 1
        return flat, [word.start() for word in self._words]

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """The (start, end) of each sentence in ``text``; an abbreviation's stop ends none."""
        starts = {0, *self._paragraphs}
        for stop in _SENTENCE_END.finditer(self.text):
            if not _ABBREVIATION.search(self.text, max(0, stop.start() - 8), stop.start() + 1):
                starts.add(stop.end())
        cut = []
        for start, end in pairwise(sorted({*starts, len(self.text)})):
            cut += [(at, min(at + _LONGEST, end)) for at in range(start, end, _LONGEST)]
        return tuple(cut)

    @property
    def _paragraphs(self) -> list[int]:
        """The offsets in ``text`` of the words that follow a blank line."""
        if not _BLANK_LINE.search(self.source):
            return []
        flat, _ = self._offsets
        gaps = zip(self._words, self._words[1:], flat[1:], strict=False)
        return [
            offset
            for before, after, offset in gaps
            if after.start() - before.end() > 1
            and self.source.count("\n", before.end(), after.start()) > 1
        ]
