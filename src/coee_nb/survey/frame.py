"""The frame: how many people were asked, in all and by group; counts only, no persons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from coee_nb.arguments import known
from coee_nb.checks import Fault, Rule, refuse
from coee_nb.errors import InputError
from coee_nb.files import LINE, read_file
from coee_nb.findings import InputFile, input_file
from coee_nb.paths import shown
from coee_nb.survey.read.exports import is_personal
from coee_nb.unseen import Unseen

COUNT = Rule(
    "count",
    "Is every count a whole number of people?",
    "a count that is not a whole number",
    expected="a whole number of people",
)
NAMED = Rule(
    "named",
    "Has every line its groups?",
    "a line without a group",
    expected="a value of every group on every line",
)
ONCE = Rule(
    "once",
    "Is every group there once?",
    "a group given twice",
    do="give each group one line",
)
GROUPED = Rule(
    "grouped",
    "Are the columns groups of the codebook?",
    "a column that is no group",
    expected="the groups of the codebook and count: a frame holds counts, no persons",
    do="take the column out and add the counts up, or make it an item of the codebook",
)
KNOWN = Rule(
    "known",
    "Does the frame know every group that respondents gave?",
    "a group that the frame does not know",
    expected="every group of the responses",
    do="complete the frame or correct the codebook's choices",
)
ENOUGH = Rule(
    "enough",
    "Are there at least as many people as respondents?",
    "more respondents than people",
    expected="at least as many people as respondents, in all and in every group",
    do="look for repeated responses, a wrong group, or an incomplete frame",
)


@dataclass(frozen=True, repr=False)
class Frame(Unseen):
    """``counts``: one row a group, with ``count`` people; ``total`` of them.

    ``input`` is the file, if any. ``unplaced``: people found not eligible who are still counted,
    their group not being known.
    """

    counts: pd.DataFrame
    total: int
    input: InputFile | None = None
    unplaced: int = 0

    @property
    def groups(self) -> tuple[str, ...]:
        """What people are counted by."""
        return tuple(name for name in self.counts.columns if name != "count")

    @property
    def where(self) -> str:
        """The file, or the parameter, as errors name it."""
        return self.input.path if self.input else "asked"

    def by(self, *groups: str) -> pd.Series:
        """Return the people in each value of ``groups``. Raises ParameterError for another name."""
        for name in groups:
            known(name, self.groups, "group")
        return self.counts.groupby(list(groups))["count"].sum()

    def without(self, *groups: str) -> Frame:
        """Return the frame not counted by ``groups``."""
        return replace(self, counts=self.counts.drop(columns=list(groups)))

    def eligible(self, screened: pd.DataFrame) -> Frame:
        """Return the frame without the people ``screened`` out (a row each, with their groups).

        Whoever is not eligible is in no denominator (AAPOR, Standard Definitions, 2023). They are
        taken out of their groups; those without are left in, and are ``unplaced``.
        """
        counts, unplaced = self.counts.copy(), 0
        for person in screened.to_dict("records"):
            own = counts["count"] > 0
            for name in self.groups:
                own &= counts[name] == person.get(name)
            if own.any():
                counts.loc[counts.loc[own, "count"].idxmax(), "count"] -= 1
            else:
                unplaced += 1
        return replace(self, counts=counts, total=int(counts["count"].sum()), unplaced=unplaced)


def read_frame(path: str | Path) -> Frame:
    """Return the frame at ``path``, a CSV with the column count and, as known, one a group.

    Raises InputError that tells every line whose count is no whole number, or that has no value of
    a group or gives it again.
    """
    where = shown(path)
    counts = read_file(path).table(["count"])
    groups = [name for name in counts.columns if name not in ("count", LINE)]
    counts[[*groups, "count"]] = counts[[*groups, "count"]].apply(lambda cells: cells.str.strip())
    refuse([*_faults(counts, groups, where)])
    counts = counts[[*groups, "count"]].astype({"count": int})
    total = int(counts["count"].sum())
    if total == 0:
        raise InputError("nobody in the frame", where=where, expected="one person or more")
    return Frame(counts, total, input_file(path, rows=len(counts)))


def frame_of(asked: int) -> Frame:
    """Return the frame of so many people, of whom no groups are known."""
    return Frame(pd.DataFrame({"count": [asked]}), asked)


def _faults(counts: pd.DataFrame, groups: list[str], file: str) -> Iterator[Fault]:
    """Yield every fault in the lines of a frame."""
    personal = [name for name in groups if is_personal(name)]
    yield from (GROUPED.fault(file, f"the column {name!r} names persons") for name in personal)
    whole = counts["count"].str.fullmatch(r"\d{1,9}")
    yield from COUNT.faults(counts, ~whole, "count {count!r}", file=file)
    for name in groups:
        yield from NAMED.faults(counts, counts[name] == "", f"no {name}", file=file)
    again = counts.duplicated(groups) if groups else pd.Series(range(len(counts))) > 0
    told = " / ".join(f"{{{name}}}" for name in groups) or "the number of people"
    yield from ONCE.faults(counts, again, f"{told} is given twice", file=file)


def for_codebook(frame: Frame, names: Sequence[str]) -> Frame:
    """Return the frame by the groups ``names`` alone.

    A column that is none of them and says the same on every line is left out. Raises InputError
    for any other: it may name persons.
    """
    others = [name for name in frame.groups if name not in names]
    told = [name for name in others if frame.counts[name].nunique() > 1]
    refuse([GROUPED.fault(frame.where, f"the column {name!r}") for name in told])
    return frame.without(*others)


def check_frame(frame: Frame, rows: pd.DataFrame) -> None:
    """Raise InputError when ``rows`` (``Responses.rows``) cannot have come from ``frame``.

    It tells every group the frame does not know, and where there are more respondents than people,
    in all or in one group. Respondents who gave no group are not held against it.
    """
    refuse([*_disagreements(frame, rows)])


def _disagreements(frame: Frame, rows: pd.DataFrame) -> Iterator[Fault]:
    groups = list(frame.groups)
    for name in groups:
        for unknown in sorted(set(rows[name].dropna()) - set(frame.counts[name])):
            yield KNOWN.fault(frame.where, f"no {name} {unknown!r}, which respondents gave")
    if len(rows) > frame.total:
        yield ENOUGH.fault(frame.where, f"{frame.total:,} people but {len(rows):,} respondents")
    if not groups:
        return
    people = frame.by(*groups)
    there = [rows[name].isin(frame.counts[name]).to_numpy() for name in groups]
    placed = rows[np.logical_and.reduce(there)]
    for group, number in placed.groupby(groups).size().items():
        if number > (most := people.get(group, 0)):
            named = " / ".join(map(str, group)) if len(groups) > 1 else group
            yield ENOUGH.fault(frame.where, f"{most} people but {number} respondents in {named}")
