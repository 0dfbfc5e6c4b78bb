"""The frame: how many people of each Center and title were asked; counts only, no persons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from coee_nb.arguments import known
from coee_nb.checks import Fault, Rule, refuse
from coee_nb.errors import InputError
from coee_nb.files import read_file
from coee_nb.findings import InputFile, input_file
from coee_nb.paths import shown
from coee_nb.survey.codebook import GROUPS
from coee_nb.unseen import Unseen

COUNT = Rule(
    "count",
    "Is every count a whole number of people?",
    "a count that is not a whole number",
    expected="a whole number of people",
)
NAMED = Rule(
    "named",
    "Has every line a Center and a title?",
    "a line without a Center or a title",
    expected="a Center and a title on every line",
)
ONCE = Rule(
    "once",
    "Is every Center and title there once?",
    "a Center and title given twice",
    do="give each Center and title one line",
)
KNOWN = Rule(
    "known",
    "Does the frame know every Center and title that respondents gave?",
    "a Center or title that the frame does not know",
    expected="every Center and title of the responses",
    do="complete the frame or correct the codebook's choices",
)
ENOUGH = Rule(
    "enough",
    "Are there at least as many people as respondents?",
    "more respondents than people",
    expected="at least as many people as respondents, in all and in every Center and title",
    do="look for repeated responses, a wrong Center or title, or an incomplete frame",
)


@dataclass(frozen=True, repr=False)
class Frame(Unseen):
    """``counts``: one row a Center and title, with ``count`` people; ``total`` of them.

    ``unplaced``: people found not eligible who are still counted, their group not being known.
    """

    counts: pd.DataFrame
    total: int
    input: InputFile
    unplaced: int = 0

    def by(self, *groups: str) -> pd.Series:
        """Return the people in each value of ``groups`` ("center", "title" or both).

        Raises ParameterError for another name.
        """
        for name in groups:
            known(name, GROUPS, "group")
        return self.counts.groupby(list(groups))["count"].sum()

    def eligible(self, screened: pd.DataFrame, groups: Sequence[str]) -> Frame:
        """Return the frame without the people ``screened`` out (a row each, with their groups).

        Whoever is not eligible is in no denominator (AAPOR, Standard Definitions, 2023). They are
        taken out of their ``groups``; those without are left in, and are ``unplaced``.
        """
        counts, unplaced = self.counts.copy(), 0
        for person in screened[list(groups)].itertuples(index=False):
            own = counts["count"] > 0
            for name, value in zip(groups, person, strict=True):
                own &= counts[name] == value
            if own.any():
                counts.loc[counts.loc[own, "count"].idxmax(), "count"] -= 1
            else:
                unplaced += 1
        return replace(self, counts=counts, total=int(counts["count"].sum()), unplaced=unplaced)


def read_frame(path: str | Path) -> Frame:
    """Return the frame at ``path``, a CSV with the columns center, title and count.

    Raises InputError on any other column (a frame holds no persons), and one that tells every
    line whose count is no whole number, that has no Center or title, or gives them again.
    """
    where = shown(path)
    counts = read_file(path).table([*GROUPS, "count"])
    names = list(counts.columns[:-1])
    if len(names) > 3:
        raise InputError(
            f"columns {', '.join(names)}",
            where=where,
            expected="center, title, count and nothing else: a frame holds counts, no persons",
        )
    counts[names] = counts[names].apply(lambda column: column.str.strip())
    refuse([*_faults(counts, where)])
    counts = counts[[*GROUPS, "count"]].astype({"count": int})
    total = int(counts["count"].sum())
    if total == 0:
        raise InputError("nobody in the frame", where=where, expected="one person or more")
    return Frame(counts, total, input_file(path, rows=len(counts)))


def _faults(counts: pd.DataFrame, file: str) -> Iterator[Fault]:
    """Yield every fault in the lines of a frame."""
    whole = counts["count"].str.fullmatch(r"\d{1,9}")
    yield from COUNT.faults(counts, ~whole, "count {count!r}", file=file)
    for name in GROUPS:
        yield from NAMED.faults(counts, counts[name] == "", f"no {name}", file=file)
    again = counts.duplicated(list(GROUPS))
    yield from ONCE.faults(counts, again, "{center} / {title} is given twice", file=file)


def check_frame(frame: Frame, rows: pd.DataFrame) -> None:
    """Raise InputError when ``rows`` (``Responses.rows``) cannot have come from ``frame``.

    It tells every Center or title the frame does not know, and where there are more respondents
    than people, in all or in one Center and title. Respondents without a Center or title are not
    held against it.
    """
    refuse([*_disagreements(frame, rows)])


def _disagreements(frame: Frame, rows: pd.DataFrame) -> Iterator[Fault]:
    where = frame.input.path
    for name in GROUPS:
        for unknown in sorted(set(rows[name].dropna()) - set(frame.counts[name])):
            yield KNOWN.fault(where, f"no {name} {unknown!r}, which respondents gave")
    if len(rows) > frame.total:
        yield ENOUGH.fault(where, f"{frame.total:,} people but {len(rows):,} respondents")
    placed = [rows[name].isin(frame.counts[name]) for name in GROUPS]
    people = frame.by(*GROUPS)
    for group, number in rows[placed[0] & placed[1]].groupby(list(GROUPS)).size().items():
        if number > (most := people.get(group, 0)):
            said = f"{most} people but {number} respondents in {' / '.join(group)}"
            yield ENOUGH.fault(where, said)
