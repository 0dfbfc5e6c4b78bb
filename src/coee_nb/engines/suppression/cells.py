"""Published cells: which counts a report prints and how they add up to each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from coee_nb.errors import InputError
from coee_nb.unseen import Unseen

if TYPE_CHECKING:
    from scipy.sparse import csr_array

ALL = "(all)"
ANSWERED = "answered"
RESPONDED = "responded"
NO_RESPONSE = "no response"
LEFT_BLANK = "left blank"

Universe = Literal["respondents", "frame"]


@dataclass(frozen=True, repr=False)
class Measure(Unseen):
    """One question (or the participation itself) and the breakdowns in which it is printed.

    ``counts`` has one row per finest group and answer: the dimension columns, ``answer`` and
    ``count``; a combination that is absent counts zero. ``statuses`` are the answers outside the
    denominator (left blank, skipped, no response). ``not_private`` names the answers
    whose small counts the analyst declares harmless. ``breakdowns`` lists tuples of dimensions;
    the empty tuple is the overall table. In a ``multiple`` measure the answers are options of which
    a respondent may choose several. ``universe`` says whether the answers and statuses of a group
    add up to its respondents or to its frame.
    """

    name: str
    counts: pd.DataFrame
    breakdowns: tuple[tuple[str, ...], ...] = ((),)
    statuses: tuple[str, ...] = ()
    not_private: tuple[str, ...] = ()
    multiple: bool = False
    universe: Universe = "respondents"

    @property
    def answers(self) -> tuple[str, ...]:
        """The answers inside the denominator, in the order of the counts (or their categories)."""
        labels = self.counts["answer"]
        ordered = labels.cat.categories if hasattr(labels, "cat") else pd.unique(labels)
        return tuple(label for label in ordered if label not in self.statuses)

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

    def strata(self, measure: Measure) -> pd.DataFrame:
        """The finest groups of a measure with their known ``size``."""
        if measure.universe == "respondents":
            source, size = self.groups, "respondents"
        else:
            source, size = self.frame, "frame"
        return source.rename(columns={size: "size"}).reset_index(drop=True)


@dataclass(frozen=True, repr=False)
class System(Unseen):
    """The equations an attacker can write down, without any count that the attacker may not see.

    ``cells`` has one row per cell (``measure, table, by, <dimensions>, answer, kind, printed``);
    ``matrix @ unknowns`` are the cells; the unknowns are not negative, whole numbers where
    ``whole`` is true, with ``equal @ unknowns == equal_to`` and ``at_most @ unknowns <= 0``.
    """

    cells: pd.DataFrame
    matrix: csr_array
    equal: csr_array
    equal_to: np.ndarray
    at_most: csr_array
    whole: np.ndarray


def table_name(measure: str, by: Sequence[str]) -> str:
    """The name of a printed table: the measure and its breakdown.

    >>> table_name("q1", ("region", "trade"))
    'q1 by region x trade'
    """
    return f"{measure} by {' x '.join(by)}" if by else measure


def measure_from_rows(
    name: str,
    answers: pd.Series,
    groups: pd.DataFrame,
    *,
    breakdowns: Iterable[Sequence[str]] = ((),),
    choices: Sequence[str] | None = None,
    statuses: Sequence[str] = (LEFT_BLANK,),
    not_private: Sequence[str] = (),
) -> Measure:
    """Count a single-choice question from one row a respondent.

    ``answers`` holds one label per respondent (missing: the first of ``statuses``); ``groups`` the
    dimension columns of the same rows. ``choices`` lists all answers, also those nobody gave;
    without it a categorical's categories, or the labels found, are used.

    >>> rows = pd.DataFrame({"region": ["A", "A", "B"]})
    >>> measure_from_rows("q1", pd.Series(["yes", None, "no"]), rows).counts["count"].tolist()
    [0, 1, 1, 1, 0, 0]
    """
    if len(answers) != len(groups):
        raise InputError(
            f"{len(answers)} answers for {len(groups)} rows of groups",
            where=name,
            expected="one answer a respondent",
        )
    labels = list(choices) if choices is not None else _found_choices(answers)
    labels += [status for status in statuses if status not in labels]
    filled = answers.astype(object).where(answers.notna().to_numpy(), statuses[0]).to_numpy()
    unknown = sorted(set(map(str, filled)) - set(map(str, labels)))
    if unknown:
        raise InputError(f"answers not among the choices: {unknown[:5]}", where=name)
    rows = groups.reset_index(drop=True).assign(answer=pd.Categorical(filled, labels))
    dimensions = list(groups.columns)
    counts = (
        rows.groupby([*dimensions, "answer"], observed=False).size().rename("count").reset_index()
    )
    return Measure(
        name=name,
        counts=counts,
        breakdowns=tuple(tuple(by) for by in breakdowns),
        statuses=tuple(statuses),
        not_private=tuple(not_private),
    )


def multiple_from_rows(
    name: str,
    chosen: pd.DataFrame,
    groups: pd.DataFrame,
    *,
    breakdowns: Iterable[Sequence[str]] = ((),),
    status: str = LEFT_BLANK,
    not_private: Sequence[str] = (),
) -> Measure:
    """Count a choose-all-that-apply question from one row a respondent.

    ``chosen`` has one true-or-false column an option; a respondent without any option is counted
    under ``status``.
    """
    if len(chosen) != len(groups):
        raise InputError(
            f"{len(chosen)} rows of options for {len(groups)} rows of groups", where=name
        )
    marks = chosen.reset_index(drop=True).fillna(False).astype(bool)
    marks[status] = ~marks.any(axis=1)
    dimensions = list(groups.columns)
    rows = pd.concat([groups.reset_index(drop=True), marks], axis=1)
    wide = rows.groupby(dimensions, observed=True)[list(marks.columns)].sum().reset_index()
    counts = wide.melt(id_vars=dimensions, var_name="answer", value_name="count")
    return Measure(
        name=name,
        counts=counts,
        breakdowns=tuple(tuple(by) for by in breakdowns),
        statuses=(status,),
        not_private=tuple(not_private),
        multiple=True,
    )


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
    return Measure(
        name=name,
        counts=counts[[*dimensions, "answer", "count"]],
        breakdowns=tuple(tuple(by) for by in breakdowns),
        statuses=(NO_RESPONSE,),
        not_private=tuple(not_private),
        universe="frame",
    )


def unknowns(publication: Publication, measure: Measure) -> np.ndarray:
    """The true values of a measure's unknowns, in the order of :func:`measure_system`."""
    strata = publication.strata(measure)
    by_answer = _count_matrix(measure, strata)
    if not measure.multiple:
        return by_answer.ravel()
    options, statuses = np.split(by_answer, [len(measure.answers)])
    answered = strata["size"].to_numpy() - statuses.sum(axis=0)
    return np.concatenate([options, answered - options, statuses]).ravel()


def measure_system(publication: Publication, measure: Measure) -> System:
    """The equations of one measure when the sizes of all its finest groups are known."""
    from scipy.sparse import csr_array

    cells, matrix, balance, at_most = _measure_parts(publication, measure)
    size = publication.strata(measure)["size"].to_numpy(float)
    repeats = balance.shape[0] // len(size)
    whole = np.ones(matrix.shape[1], bool)
    return System(cells, matrix, csr_array(balance), np.tile(size, repeats), at_most, whole)


def cell_sizes(publication: Publication, measure: Measure) -> tuple[np.ndarray, np.ndarray]:
    """For every cell of a measure, the size of its group and the denominator of its answers."""
    strata = publication.strata(measure)
    dimensions = [column for column in strata.columns if column != "size"]
    _, members = group_lattice(strata, dimensions)
    size = strata["size"].to_numpy(float)
    outside = _count_matrix(measure, strata)[len(measure.answers) :].sum(axis=0)
    repeats = len(_answer_rows(measure))
    return np.repeat(members @ size, repeats), np.repeat(members @ (size - outside), repeats)


def printed_relations(measure: Measure, cells: pd.DataFrame) -> list[tuple[np.ndarray, np.ndarray]]:
    """The sums an attacker checks first, as places of cells and their signs, each with a known
    total.

    Answers and statuses add up to the group, answers to the denominator, and the groups of a
    breakdown to the group they divide.
    """
    rows = _answer_rows(measure)
    place = cells.index.to_numpy().reshape(-1, len(rows))
    printed = cells.loc[place[:, 0], "printed"].to_numpy()
    found = [
        (place[group][within != 0], within[within != 0])
        for within in _sums_within(measure, rows)
        for group in np.flatnonzero(printed)
    ]
    for parent, children in _divisions(measure, cells.loc[place[printed, 0]]):
        of_parent, *of_children = (np.array([parent, *children]) - place[0, 0]) // len(rows)
        for row in range(len(rows)):
            signs = np.r_[1.0, -np.ones(len(children))]
            found.append((np.r_[place[of_parent, row], place[of_children, row]], signs))
    return found


def _sums_within(measure: Measure, rows: pd.DataFrame) -> list[np.ndarray]:
    """Signs over a group's rows whose signed sum the attacker knows (the group's size, or zero)."""
    kind = rows["kind"].to_numpy()
    answers, statuses, total = (kind == "answer") * 1.0, kind == "status", kind == "total"
    sums = [total * 1.0 + statuses] if total.any() else []
    if not measure.multiple:
        sums += [answers + statuses]
        sums += [answers - total] if total.any() else []
    return sums


def _divisions(measure: Measure, groups: pd.DataFrame) -> Iterator[tuple[int, list[int]]]:
    """Each printed group with the printed groups that one further dimension divides it into."""
    printed = {frozenset(by): by for by in measure.breakdowns}
    for coarse in printed:
        for fine in printed:
            if len(fine) != len(coarse) + 1 or not coarse < fine:
                continue
            keys = sorted(coarse)
            parents = groups[[frozenset(by) == coarse for by in groups["by"]]]
            children = groups[[frozenset(by) == fine for by in groups["by"]]]
            for parent, row in parents.iterrows():
                inside = (children[keys] == row[keys]).all(axis=1)
                yield parent, children.index[inside].tolist()


def joint_system(publication: Publication, measures: Sequence[Measure]) -> System:
    """The equations of several measures when only the frame is known.

    Questions are linked to the participation through the respondents of every finest group, which
    are unknowns here. Participation is in whole numbers; answers may be fractions, which keeps
    forty questions at once within seconds.
    """
    from scipy.sparse import block_diag, coo_array, csr_array, vstack

    parts = [_measure_parts(publication, measure) for measure in measures]
    spare = len(publication.groups)
    width = sum(part[1].shape[1] for part in parts)
    equal, equal_to, start = [], [], 0
    for measure, (_, matrix, balance, _) in zip(measures, parts, strict=True):
        shifted = _shift(balance, start, width + spare)
        if measure.universe == "frame":
            equal.append(shifted)
            equal_to.append(np.tile(publication.strata(measure)["size"].to_numpy(float), 1))
            equal.append(_responded_link(publication, measure, start, width))
            equal_to.append(np.zeros(equal[-1].shape[0]))
        else:
            rows = np.arange(balance.shape[0])
            link = coo_array((-np.ones(len(rows)), (rows, width + rows % spare)), shifted.shape)
            equal.append(csr_array(shifted + link))
            equal_to.append(np.zeros(len(rows)))
        start += matrix.shape[1]
    cells = pd.concat([part[0] for part in parts], ignore_index=True)
    on_frame = [measure.universe == "frame" for measure in measures]
    lengths = [part[1].shape[1] for part in parts]
    whole = np.r_[np.repeat(on_frame, lengths), np.ones(spare, bool)]
    matrix = csr_array(block_diag([part[1] for part in parts] + [np.zeros((0, spare))]))
    at_most = csr_array(block_diag([part[3] for part in parts] + [np.zeros((0, spare))]))
    return System(cells, matrix, csr_array(vstack(equal)), np.concatenate(equal_to), at_most, whole)


def _shift(matrix, start: int, width: int):
    from scipy.sparse import coo_array

    entries = coo_array(matrix)
    row, column = entries.coords
    return coo_array((entries.data, (row, column + start)), shape=(matrix.shape[0], width))


def _responded_link(publication: Publication, measure: Measure, start: int, width: int):
    """Rows saying that the answers of a frame group are the respondents of its finer groups."""
    from scipy.sparse import csr_array

    strata, groups = publication.strata(measure), publication.groups
    dimensions = [column for column in strata.columns if column != "size"]
    place = pd.MultiIndex.from_frame(strata[dimensions].astype(object))
    finer = place.get_indexer(pd.MultiIndex.from_frame(groups[dimensions].astype(object)))
    link = np.zeros((len(strata), width + len(groups)))
    for block in range(len(measure.answers)):
        link[np.arange(len(strata)), start + block * len(strata) + np.arange(len(strata))] = 1
    link[finer, width + np.arange(len(groups))] = -1
    return csr_array(link)


def _measure_parts(publication: Publication, measure: Measure):
    """The cells of a measure, their matrix, the balance of each finest group, and inequalities."""
    from scipy.sparse import csr_array, kron

    strata = publication.strata(measure)
    dimensions = [column for column in strata.columns if column != "size"]
    groups, members = group_lattice(strata, dimensions)
    rows = _answer_rows(measure)
    printed_by = {tuple(sorted(by)) for by in measure.breakdowns}
    cells = groups.merge(rows[["answer", "kind"]], how="cross")
    cells.insert(0, "measure", measure.name)
    ordered = {tuple(sorted(by)): tuple(by) for by in measure.breakdowns}
    by = [ordered.get(tuple(sorted(names)), names) for names in cells["by"]]
    cells["by"] = pd.Series(by, dtype=object)
    cells.insert(1, "table", [table_name(measure.name, names) for names in by])
    cells["printed"] = [tuple(sorted(names)) in printed_by for names in by]
    for dimension in publication.dimensions:
        if dimension not in cells:
            cells[dimension] = ALL
    matrix = csr_array(kron(csr_array(members), np.vstack(rows["blocks"])))
    # kron orders unknowns stratum first; the rest of the package orders them block first
    blocks, size = len(rows["blocks"].iloc[0]), len(strata)
    matrix = matrix[:, np.arange(size * blocks).reshape(size, blocks).T.ravel()]
    balance = kron(np.vstack(_balance_rows(measure)), np.eye(size))
    return cells, csr_array(matrix), balance, _choice_rows(publication, measure)


def group_lattice(
    strata: pd.DataFrame, dimensions: Sequence[str]
) -> tuple[pd.DataFrame, np.ndarray]:
    """Every group that some of the dimensions define, and which finest groups belong to it.

    The frame has the dimensions (``(all)`` where a dimension does not matter) and ``by``; the
    array has one row a group, one column a finest group, and holds 0 or 1.
    """
    frames, members = [], []
    for depth in range(len(dimensions) + 1):
        for by in combinations(dimensions, depth):
            keys = strata[list(by)].astype(object)
            unique = keys.drop_duplicates() if by else pd.DataFrame(index=[0])
            codes = np.zeros(len(strata), int)
            if by:
                codes = keys.groupby(list(by), sort=False).ngroup().to_numpy()
            frame = pd.DataFrame({name: [ALL] * len(unique) for name in dimensions}, dtype=object)
            frame[list(by)] = unique.to_numpy(object)
            frame["by"] = pd.Series([by] * len(unique), dtype=object)
            frames.append(frame)
            members.append(codes[None, :] == np.arange(len(unique))[:, None])
    return pd.concat(frames, ignore_index=True), np.vstack(members).astype(float)


def _answer_rows(measure: Measure) -> pd.DataFrame:
    """Every printed row of a group: its label, kind, and the blocks of unknowns it adds up."""
    answers, statuses = measure.answers, measure.statuses
    blocks = [*answers, *(("not", name) for name in answers if measure.multiple), *statuses]
    unit = dict(zip(blocks, np.eye(len(blocks)), strict=True))
    rows = [(name, "answer", unit[name]) for name in answers]
    rows += [(name, "status", unit[name]) for name in statuses]
    if measure.multiple:
        rows.append((measure.total, "total", unit[answers[0]] + unit[("not", answers[0])]))
    elif len(answers) > 1:
        rows.append((measure.total, "total", np.sum([unit[name] for name in answers], axis=0)))
    return pd.DataFrame(rows, columns=["answer", "kind", "blocks"])


def _balance_rows(measure: Measure) -> list[np.ndarray]:
    """Which blocks add up to the size of a finest group (once for every option of a multiple)."""
    options, statuses = len(measure.answers), len(measure.statuses)
    if not measure.multiple:
        return [np.ones(options + statuses)]
    one = np.eye(options)
    return [np.concatenate([one[i], one[i], np.ones(statuses)]) for i in range(options)]


def _choice_rows(publication: Publication, measure: Measure) -> csr_array:
    """Who answered a multiple chose at least one option, where the counts bear that out."""
    from scipy.sparse import csr_array, kron

    strata = publication.strata(measure)
    options, statuses = len(measure.answers), len(measure.statuses)
    blocks = (2 if measure.multiple else 1) * options + statuses
    if not measure.multiple:
        return csr_array((0, blocks * len(strata)))
    answered_less_chosen = np.zeros(blocks)
    answered_less_chosen[[0, options]] = 1
    answered_less_chosen[:options] -= 1
    rows = csr_array(kron(answered_less_chosen[None, :], np.eye(len(strata))))
    holds = (rows @ unknowns(publication, measure) <= 0).all()
    return rows if holds else csr_array((0, rows.shape[1]))


def _count_matrix(measure: Measure, strata: pd.DataFrame) -> np.ndarray:
    """Counts by answer (answers, then statuses) and finest group."""
    dimensions = [column for column in strata.columns if column != "size"]
    labels = [*measure.answers, *measure.statuses]
    place = pd.MultiIndex.from_frame(strata[dimensions].astype(object))
    found = place.get_indexer(pd.MultiIndex.from_frame(measure.counts[dimensions].astype(object)))
    counts = measure.counts["count"].to_numpy(float)
    if (found[counts != 0] < 0).any():
        stray = measure.counts.loc[(found < 0) & (counts != 0), dimensions].iloc[0].to_dict()
        raise InputError(
            f"counts for the group {stray}, which has no size",
            where=measure.name,
            expected="only groups listed in the group sizes",
        )
    matrix = np.zeros((len(labels), len(strata)))
    code = pd.Index(labels).get_indexer(measure.counts["answer"].astype(object))
    kept = found >= 0
    np.add.at(matrix, (code[kept], found[kept]), counts[kept])
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
    strata = publication.strata(measure)
    counts = _count_matrix(measure, strata)
    size = strata["size"].to_numpy(float)
    options, statuses = np.split(counts, [len(measure.answers)])
    off = statuses.sum(axis=0) + (0 if measure.multiple else options.sum(axis=0)) != size
    if measure.multiple:
        off = (statuses.sum(axis=0) > size) | (options > size - statuses.sum(axis=0)).any(axis=0)
    if off.any():
        group = strata[off].iloc[0].to_dict()
        raise InputError(
            f"answers and statuses do not add up to the {measure.universe} of {group}",
            where=measure.name,
            expected="every respondent counted once",
            do="count the rest under a status such as 'left blank' or 'skipped'",
        )


def _check_columns(publication: Publication, measure: Measure) -> None:
    if measure.universe == "frame" and publication.frame is None:
        raise InputError("a measure on the frame", where=measure.name, expected="frame counts")
    dimensions = [name for name in publication.strata(measure).columns if name != "size"]
    missing = {*dimensions, "answer", "count"} - set(measure.counts.columns)
    if missing:
        raise InputError(f"no columns {sorted(missing)}", where=measure.name)
    stray = {name for by in measure.breakdowns for name in by} - set(dimensions)
    if stray:
        raise InputError(
            f"a breakdown by {sorted(stray)}",
            where=measure.name,
            expected=f"dimensions among {dimensions}",
        )
    if measure.counts.duplicated([*dimensions, "answer"]).any():
        raise InputError("a group and answer counted twice", where=measure.name)
    _check_whole(measure.counts["count"], where=f"{measure.name}, column 'count'")


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
        strata = publication.strata(measure)
        dimensions = [name for name in strata.columns if name != "size"]
        if set(dimensions) - set(publication.dimensions):
            raise InputError(f"frame by {dimensions}", expected=f"{publication.dimensions}")
        answered = _count_matrix(measure, strata)[: len(measure.answers)].sum(axis=0)
        counted = strata[dimensions].assign(counted=answered)
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
