"""What a report prints: the counts of each question, by the groups of those who answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from coee_nb.engines.suppression.lattice import ALL, Lattice, Placement, groups_index
from coee_nb.errors import InputError
from coee_nb.unseen import Unseen

ANSWERED = "answered"
RESPONDED = "responded"
NO_RESPONSE = "no response"
LEFT_BLANK = "left blank"

Universe = Literal["respondents", "frame"]


@dataclass(frozen=True, repr=False)
class Measure(Unseen):
    """One question (or the participation itself) and the breakdowns in which it is printed.

    ``counts`` has one row per finest group (its index: one level a dimension) and one column an
    answer; a group that is absent counts zero. ``statuses`` are the answers outside the
    denominator (left blank, skipped, no response). ``not_private`` names the answers
    whose small counts the analyst declares harmless. ``breakdowns`` lists tuples of dimensions;
    the empty tuple is the overall table. The others print the answers ``by_group`` with their
    denominator, or all there is where it is None. In a ``multiple`` measure the answers are options
    of which a respondent may choose several. ``universe`` says whether the answers and statuses of
    a group add up to its respondents or to its frame.
    """

    name: str
    counts: pd.DataFrame
    breakdowns: tuple[tuple[str, ...], ...] = ((),)
    statuses: tuple[str, ...] = ()
    not_private: tuple[str, ...] = ()
    multiple: bool = False
    universe: Universe = "respondents"
    by_group: tuple[str, ...] | None = None

    @property
    def answers(self) -> tuple[str, ...]:
        """The answers inside the denominator, in the order of the counts."""
        return tuple(label for label in self.counts.columns if label not in self.statuses)

    @property
    def total(self) -> str:
        """The name of the row that holds the denominator."""
        return RESPONDED if self.universe == "frame" else ANSWERED


@dataclass(frozen=True, repr=False)
class Publication(Unseen):
    """Everything one run prints: the group sizes, the frame and the measures.

    ``groups`` has one row per finest group: the dimension columns and ``respondents``. ``frame``
    (needed by measures on the frame) has some or all of these dimensions and ``frame``, the number
    of people asked. Raises :class:`InputError` where counts and sizes do not add up.
    """

    groups: pd.DataFrame
    measures: tuple[Measure, ...]
    frame: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        _check_sizes(self.groups, "respondents", where="groups")
        if self.frame is not None:
            _check_sizes(self.frame, "frame", where="frame")
        _check_names([measure.name for measure in self.measures])
        for measure in self.measures:
            _check_measure(self, measure)
        _check_participation(self)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The columns that define the groups."""
        return tuple(column for column in self.groups.columns if column != "respondents")

    def lattice(self, measure: Measure) -> Lattice:
        """The groups of a measure, the finest with their known sizes."""
        return self._responded if measure.universe == "respondents" else self._asked

    @cached_property
    def _responded(self) -> Lattice:
        return Lattice(self.groups.rename(columns={"respondents": "size"}))

    @cached_property
    def _asked(self) -> Lattice:
        assert self.frame is not None
        return Lattice(self.frame.rename(columns={"frame": "size"}))

    @cached_property
    def _aligned(self) -> dict[int, np.ndarray]:
        return {}

    def counts(self, measure: Measure) -> np.ndarray:
        """Counts by answer (answers, then statuses) and finest group."""
        if id(measure) not in self._aligned:
            self._aligned[id(measure)] = _count_matrix(measure, self.lattice(measure))
        return self._aligned[id(measure)]


def measure_from_counts(
    name: str, counts: pd.DataFrame, breakdowns: Iterable[Sequence[str]] = ((),), **options: Any
) -> Measure:
    """Return a measure of counts in one row per group and answer.

    ``counts``: the dimension columns, ``answer`` and ``count``; ``options`` as of :class:`Measure`.
    Raises InputError where a group and answer is counted twice.

    >>> long = pd.DataFrame({"region": ["A", "A", "B"], "answer": ["yes", "no", "no"],
    ...                      "count": [3, 4, 5]})
    >>> measure_from_counts("q1", long).counts.to_numpy().tolist()
    [[3.0, 4.0], [0.0, 5.0]]
    """
    dimensions = [column for column in counts.columns if column not in ("answer", "count")]
    if counts.duplicated([*dimensions, "answer"]).any():
        raise InputError("a group and answer counted twice", where=name)
    keys = counts[dimensions].astype(object)
    groups = keys.drop_duplicates()
    labels = list(pd.unique(counts["answer"]))
    matrix = np.zeros((len(groups), len(labels)))
    row = keys.groupby(dimensions, sort=False).ngroup().to_numpy()
    matrix[row, pd.Index(labels).get_indexer(counts["answer"])] = counts["count"]
    wide = pd.DataFrame(matrix, index=groups_index(groups), columns=labels)
    return Measure(name, wide, tuple(tuple(by) for by in breakdowns), **options)


def measure_from_rows(
    name: str,
    answers: pd.Series,
    groups: pd.DataFrame | Placement,
    *,
    breakdowns: Iterable[Sequence[str]] = ((),),
    choices: Sequence[str] | None = None,
    statuses: Sequence[str] = (LEFT_BLANK,),
    not_private: Sequence[str] = (),
    by_group: Sequence[str] | None = None,
) -> Measure:
    """Count a single-choice question from one row a respondent.

    ``answers`` holds one label per respondent (missing: the first of ``statuses``); ``groups`` the
    dimension columns of the same rows, or where they belong. ``choices`` lists all answers, also
    those nobody gave; without it a categorical's categories, or the labels found, are used.

    >>> rows = pd.DataFrame({"region": ["A", "A", "B"]})
    >>> measure_from_rows("q1", pd.Series(["yes", None, "no"]), rows).counts.to_numpy().tolist()
    [[0.0, 1.0, 1.0], [1.0, 0.0, 0.0]]
    """
    placed = _placement(groups, len(answers), name)
    labels = list(choices) if choices is not None else _found_choices(answers)
    labels += [status for status in statuses if status not in labels]
    codes, found = pd.factorize(answers)
    places = pd.Index(labels, dtype=object).get_indexer(pd.Index(found, dtype=object))
    if (places < 0).any():
        unknown = sorted(map(str, np.asarray(found, object)[places < 0]))
        raise InputError(f"answers not among the choices: {unknown[:5]}", where=name)
    code = np.where(
        codes < 0, labels.index(statuses[0]) if statuses else -1, np.r_[places, -1][codes]
    )
    counts = placed.count(code[:, None] == np.arange(len(labels)))
    return Measure(
        name=name,
        counts=pd.DataFrame(counts, index=placed.index, columns=labels),
        breakdowns=tuple(tuple(by) for by in breakdowns),
        statuses=tuple(statuses),
        not_private=tuple(not_private),
        by_group=None if by_group is None else tuple(by_group),
    )


def multiple_from_rows(
    name: str,
    chosen: pd.DataFrame,
    groups: pd.DataFrame | Placement,
    *,
    breakdowns: Iterable[Sequence[str]] = ((),),
    status: str = LEFT_BLANK,
    not_private: Sequence[str] = (),
) -> Measure:
    """Count a choose-all-that-apply question from one row a respondent.

    ``chosen`` has one true-or-false column an option; a respondent without any option is counted
    under ``status``.
    """
    placed = _placement(groups, len(chosen), name)
    marks = chosen.fillna(False).to_numpy(bool)
    counts = placed.count(np.column_stack([marks, ~marks.any(axis=1)]))
    return Measure(
        name=name,
        counts=pd.DataFrame(counts, index=placed.index, columns=[*chosen.columns, status]),
        breakdowns=tuple(tuple(by) for by in breakdowns),
        statuses=(status,),
        not_private=tuple(not_private),
        multiple=True,
    )


def _placement(groups: pd.DataFrame | Placement, rows: int, name: str) -> Placement:
    placed = groups if isinstance(groups, Placement) else Placement(groups)
    if len(placed.codes) != rows:
        raise InputError(
            f"{rows} rows of answers for {len(placed.codes)} rows of groups",
            where=name,
            expected="one answer a respondent",
        )
    return placed


def participation(
    groups: pd.DataFrame,
    frame: pd.DataFrame,
    *,
    name: str = "participation",
    breakdowns: Iterable[Sequence[str]] = ((),),
    not_private: Sequence[str] = (),
) -> Measure:
    """The measure of who took part: ``responded`` and ``no response`` of every group's frame."""
    dimensions = [column for column in frame.columns if column != "frame"]
    responded = groups.groupby(dimensions, observed=True, as_index=False)["respondents"].sum()
    both = frame.merge(responded, on=dimensions, how="left").fillna({"respondents": 0})
    both["count"] = both["respondents"].astype(int)
    missing = both.assign(count=both["frame"] - both["count"], answer=NO_RESPONSE)
    counts = pd.concat([both.assign(answer="took part"), missing], ignore_index=True)
    return measure_from_counts(
        name,
        counts[[*dimensions, "answer", "count"]],
        breakdowns,
        statuses=(NO_RESPONSE,),
        not_private=tuple(not_private),
        universe="frame",
    )


def _count_matrix(measure: Measure, lattice: Lattice) -> np.ndarray:
    """Counts by answer (answers, then statuses) and finest group."""
    index = measure.counts.index
    if list(index.names) != list(lattice.dimensions):
        index = groups_index(index.to_frame(index=False)[list(lattice.dimensions)])
    found = lattice.places(index)
    counts = measure.counts[[*measure.answers, *measure.statuses]].to_numpy(float)
    stray = (found < 0) & (counts != 0).any(axis=1)
    if stray.any():
        group = dict(zip(index.names, index[stray][0], strict=True))
        raise InputError(
            f"counts for the group {group}, which has no size",
            where=measure.name,
            expected="only groups listed in the group sizes",
        )
    if len(np.unique(found)) < len(found):
        raise InputError("a group counted twice", where=measure.name)
    matrix = np.zeros((counts.shape[1], len(lattice.size)))
    matrix[:, found[found >= 0]] = counts[found >= 0].T
    return matrix


def _found_choices(answers: pd.Series) -> list:
    if hasattr(answers, "cat"):
        return list(answers.cat.categories)
    return sorted(answers.dropna().unique(), key=str)


def _check_sizes(sizes: pd.DataFrame, column: str, *, where: str) -> None:
    if column not in sizes:
        raise InputError(f"no column '{column}'", where=where, expected=f"columns ..., '{column}'")
    dimensions = [name for name in sizes.columns if name != column]
    if sizes.empty or not dimensions:
        raise InputError("no group", where=where, expected="a row a group and a dimension column")
    reserved = {"answer", "count", "by", "kind", "measure", "table", "printed", "size"}
    if reserved & set(dimensions):
        raise InputError(f"reserved column names {sorted(reserved & set(dimensions))}", where=where)
    if sizes[dimensions].isna().any(axis=None) or (sizes[dimensions] == ALL).any(axis=None):
        raise InputError(f"a group without a name or named '{ALL}'", where=where)
    if sizes.duplicated(dimensions).any():
        twice = sizes.loc[sizes.duplicated(dimensions), dimensions].iloc[0].to_dict()
        raise InputError(f"the group {twice} is listed twice", where=where)
    _check_whole(sizes[column], where=f"{where}, column '{column}'")


def _check_whole(counts: pd.Series, *, where: str) -> None:
    values = pd.to_numeric(counts, errors="coerce").to_numpy(float)
    if not (np.isfinite(values) & (values >= 0) & (values == np.round(values))).all():
        raise InputError("a count that is not a whole number >= 0", where=where)


def _check_names(names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"measures of the same name: {twice}", expected="one name a measure")


def _check_measure(publication: Publication, measure: Measure) -> None:
    _check_columns(publication, measure)
    _check_labels(measure)
    lattice = publication.lattice(measure)
    options, statuses = np.split(publication.counts(measure), [len(measure.answers)])
    outside = statuses.sum(axis=0)
    off = outside + (0 if measure.multiple else options.sum(axis=0)) != lattice.size
    if measure.multiple:
        off = (outside > lattice.size) | (options > lattice.size - outside).any(axis=0)
    if off.any():
        group = lattice.strata[off].iloc[0].to_dict()
        raise InputError(
            f"answers and statuses do not add up to the {measure.universe} of {group}",
            where=measure.name,
            expected="every respondent counted once",
            do="count the rest under a status such as 'left blank' or 'skipped'",
        )


def _check_columns(publication: Publication, measure: Measure) -> None:
    if measure.universe == "frame" and publication.frame is None:
        raise InputError("a measure on the frame", where=measure.name, expected="frame counts")
    dimensions = publication.lattice(measure).dimensions
    missing = {*dimensions} - set(measure.counts.index.names)
    if missing:
        raise InputError(f"no columns {sorted(missing)}", where=measure.name)
    stray = {name for by in measure.breakdowns for name in by} - set(dimensions)
    if stray:
        raise InputError(
            f"a breakdown by {sorted(stray)}",
            where=measure.name,
            expected=f"dimensions among {list(dimensions)}",
        )
    counts = measure.counts.to_numpy(float)
    if not (np.isfinite(counts) & (counts >= 0) & (counts == np.round(counts))).all():
        raise InputError("a count that is not a whole number >= 0", where=measure.name)


def _check_labels(measure: Measure) -> None:
    answers = measure.answers
    used = [*answers, *measure.statuses]
    if not answers or measure.total in used or len(set(used)) < len(used):
        raise InputError(
            f"answers {used}", where=measure.name, expected=f"distinct, none named {measure.total}"
        )
    if measure.multiple and len(answers) < 2:
        raise InputError("a multiple choice of one option", where=measure.name)
    if set(measure.not_private) - set(used):
        raise InputError(f"unknown answers {measure.not_private}", where=measure.name)


def _check_participation(publication: Publication) -> None:
    """The respondents of the frame measures are those of the groups."""
    groups = publication.groups
    for measure in publication.measures:
        if measure.universe != "frame":
            continue
        lattice = publication.lattice(measure)
        dimensions = list(lattice.dimensions)
        if set(dimensions) - set(publication.dimensions):
            raise InputError(f"frame by {dimensions}", expected=f"{publication.dimensions}")
        answered = publication.counts(measure)[: len(measure.answers)].sum(axis=0)
        counted = lattice.strata[dimensions].assign(counted=answered)
        known = groups.groupby(dimensions, observed=True, as_index=False)["respondents"].sum()
        both = known.merge(counted, on=dimensions, how="outer").fillna(
            {"counted": -1, "respondents": 0}
        )
        off = both[both["counted"] != both["respondents"]]
        if len(off):
            raise InputError(
                f"respondents differ from the group sizes in {off.iloc[0].to_dict()}",
                where=measure.name,
                expected="the same respondents, in groups of the frame",
            )
