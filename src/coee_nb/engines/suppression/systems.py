"""The cells of a publication as an attacker sees them: how they add up to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coee_nb.engines.suppression.cells import Measure, Publication
from coee_nb.engines.suppression.lattice import ALL, Lattice, groups_index
from coee_nb.unseen import Unseen

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True, repr=False, eq=False)
class Grid(Unseen):
    """The cells of one measure: every group of its lattice by every row of answers, group by group.

    ``labels`` and ``kinds`` (answer, status or total) name the rows; ``blocks`` holds, for each
    row, 1 for the blocks of unknowns that it adds up.
    """

    measure: Measure
    lattice: Lattice
    labels: tuple[str, ...]
    kinds: tuple[str, ...]
    blocks: np.ndarray

    def __len__(self) -> int:
        return len(self.lattice.by) * len(self.labels)

    @cached_property
    def label(self) -> np.ndarray:
        """The label of each cell."""
        return np.tile(np.array(self.labels, object), len(self.lattice.by))

    @cached_property
    def kind(self) -> np.ndarray:
        """The kind of each cell."""
        return np.tile(np.array(self.kinds, object), len(self.lattice.by))

    @cached_property
    def of_printed_groups(self) -> np.ndarray:
        """Whether each cell is of a group that a table prints something of."""
        return np.repeat(self.lattice.printed(self.measure.breakdowns), len(self.labels))

    @cached_property
    def printed(self) -> np.ndarray:
        """Whether each cell belongs to a printed table."""
        if self.measure.by_group is None:
            return self.of_printed_groups
        named = np.isin(self.label, np.array(self.measure.by_group, object))
        return self.of_printed_groups & (~self.divided | named | (self.kind == "total"))

    @cached_property
    def divided(self) -> np.ndarray:
        """Whether each cell belongs to a group, not to all."""
        return np.repeat([len(names) > 0 for names in self.lattice.by], len(self.labels))

    @property
    def about_answers(self) -> np.ndarray:
        """Whether a cell is about what people answered, rather than about who answered."""
        measure = self.measure
        opinions = measure.universe != "frame" and (measure.multiple or len(measure.answers) > 1)
        return (self.kind == "answer") & opinions

    def describe(self, places: np.ndarray, dimensions: Sequence[str]) -> dict[str, np.ndarray]:
        """Return columns that name some cells: measure, table, the dimensions, by, answer, kind."""
        group, row = np.divmod(places, len(self.labels))
        ordered = {frozenset(by): tuple(by) for by in self.measure.breakdowns}
        by = np.empty(len(self.lattice.by), object)
        by[:] = [ordered.get(frozenset(names), names) for names in self.lattice.by]
        tables = np.array([table_name(self.measure.name, names) for names in by], object)
        groups = self.lattice.groups
        return {
            "measure": np.full(len(places), self.measure.name, object),
            "table": tables[group],
            **{
                name: groups[name].to_numpy()[group]
                if name in groups
                else np.full(len(places), ALL, object)
                for name in dimensions
            },
            "by": by[group],
            "answer": np.array(self.labels, object)[row],
            "kind": np.array(self.kinds, object)[row],
            "printed": self.printed[places],
        }


@dataclass(frozen=True, repr=False, eq=False)
class System(Unseen):
    """The equations an attacker can write down, without any count that the attacker may not see.

    The cells are those of the ``grids``, one after the other;
    ``matrix @ unknowns`` are the cells; the unknowns are not negative, whole numbers where
    ``whole`` is true, with ``equal @ unknowns == equal_to`` and ``at_most @ unknowns <= 0``.
    """

    grids: tuple[Grid, ...]
    dimensions: tuple[str, ...]
    matrix: csr_array
    equal: csr_array
    equal_to: np.ndarray
    at_most: csr_array
    whole: np.ndarray

    def across(self, name: str) -> np.ndarray:
        """Return what the grids know of every cell: ``label``, ``kind``, ``printed`` ..."""
        return np.concatenate([getattr(grid, name) for grid in self.grids])

    def describe(self, places: np.ndarray) -> pd.DataFrame:
        """Return one row per chosen cell: ``measure, table``, dimensions, ``by, answer, kind``."""
        ends = np.cumsum([len(grid) for grid in self.grids])
        parts, start = [], 0
        for grid, end in zip(self.grids, ends, strict=True):
            own = places[(places >= start) & (places < end)] - start
            parts.append(grid.describe(own, self.dimensions))
            start = end
        return described(parts)

    @property
    def cells(self) -> pd.DataFrame:
        """All cells, one row each."""
        return self.describe(np.arange(self.matrix.shape[0]))


def described(parts: Sequence[dict[str, np.ndarray]]) -> pd.DataFrame:
    """Return the cells of several grids as one table."""
    return pd.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})


def table_name(measure: str, by: Sequence[str]) -> str:
    """The name of a printed table: the measure and its breakdown.

    >>> table_name("q1", ("region", "trade"))
    'q1 by region x trade'
    """
    return f"{measure} by {' x '.join(by)}" if by else measure


def unknowns(publication: Publication, measure: Measure) -> np.ndarray:
    """The true values of a measure's unknowns, in the order of :func:`measure_system`."""
    by_answer = publication.counts(measure)
    if not measure.multiple:
        return by_answer.ravel()
    options, statuses = np.split(by_answer, [len(measure.answers)])
    answered = publication.lattice(measure).size - statuses.sum(axis=0)
    return np.concatenate([options, answered - options, statuses]).ravel()


def measure_system(publication: Publication, measure: Measure) -> System:
    """The equations of one measure when the sizes of all its finest groups are known."""
    grid, matrix, balance, at_most = _measure_parts(publication, measure)
    size = grid.lattice.size
    repeats = balance.shape[0] // len(size)
    whole = np.ones(matrix.shape[1], bool)
    dimensions = publication.dimensions
    return System((grid,), dimensions, matrix, balance, np.tile(size, repeats), at_most, whole)


def cell_sizes(publication: Publication, measure: Measure) -> tuple[np.ndarray, np.ndarray]:
    """For every cell of a measure, the size of its group and the denominator of its answers."""
    lattice = publication.lattice(measure)
    outside = publication.counts(measure)[len(measure.answers) :].sum(axis=0)
    repeats = len(measure.counts.columns) + _totalled(measure)
    sizes = (lattice.group_sizes, lattice.members @ (lattice.size - outside))
    return np.repeat(sizes[0], repeats), np.repeat(sizes[1], repeats)


def printed_relations(grid: Grid) -> list[tuple[np.ndarray, np.ndarray]]:
    """The sums an attacker checks first, as places of cells and their signs, each with a known
    total.

    Answers and statuses add up to the group, answers to the denominator, and the groups of a
    breakdown to the group they divide.
    """
    rows = len(grid.labels)
    place = np.arange(len(grid)).reshape(-1, rows)
    found = [
        (place[group][within != 0], within[within != 0])
        for within in _sums_within(grid)
        for group in np.flatnonzero(grid.lattice.printed(grid.measure.breakdowns))
    ]
    for parent, children in grid.lattice.divisions(grid.measure.breakdowns):
        signs = np.r_[1.0, -np.ones(len(children))]
        found += [(np.r_[place[parent, row], place[children, row]], signs) for row in range(rows)]
    return found


def _sums_within(grid: Grid) -> list[np.ndarray]:
    """Signs over a group's rows whose signed sum the attacker knows (the group's size, or zero)."""
    kind = np.array(grid.kinds)
    answers, statuses, total = (kind == "answer") * 1.0, kind == "status", kind == "total"
    sums = [total * 1.0 + statuses] if total.any() else []
    if not grid.measure.multiple:
        sums += [answers + statuses]
        sums += [answers - total] if total.any() else []
    return sums


def joint_system(publication: Publication, measures: Sequence[Measure]) -> System:
    """The equations of several measures when only the frame is known.

    Questions are linked to the participation through the respondents of every finest group, which
    are unknowns here. Participation is in whole numbers; answers may be fractions, which keeps
    forty questions at once within seconds.
    """
    from scipy.sparse import block_diag, coo_array, csr_array, vstack

    parts = [_measure_parts(publication, measure) for measure in measures]
    spare = len(publication.groups)
    lengths = [matrix.shape[1] for _, matrix, _, _ in parts]
    width = sum(lengths)
    equal, equal_to, start = [], [], 0
    for measure, (grid, matrix, balance, _) in zip(measures, parts, strict=True):
        shifted = _shift(balance, start, width + spare)
        if measure.universe == "frame":
            equal.append(shifted)
            equal_to.append(grid.lattice.size)
            equal.append(_responded_link(publication, measure, start, width))
            equal_to.append(np.zeros(equal[-1].shape[0]))
        else:
            rows = np.arange(balance.shape[0])
            link = coo_array((-np.ones(len(rows)), (rows, width + rows % spare)), shifted.shape)
            equal.append(csr_array(shifted + link))
            equal_to.append(np.zeros(len(rows)))
        start += matrix.shape[1]
    on_frame = [measure.universe == "frame" for measure in measures]
    return System(
        tuple(grid for grid, *_ in parts),
        publication.dimensions,
        matrix=csr_array(block_diag([matrix for _, matrix, _, _ in parts] + [_nothing_of(spare)])),
        equal=csr_array(vstack(equal)),
        equal_to=np.concatenate(equal_to),
        at_most=csr_array(block_diag([rules for *_, rules in parts] + [_nothing_of(spare)])),
        whole=np.r_[np.repeat(on_frame, lengths), np.ones(spare, bool)],
    )


def _nothing_of(width: int) -> np.ndarray:
    return np.zeros((0, width))


def _shift(matrix, start: int, width: int):
    from scipy.sparse import coo_array

    entries = coo_array(matrix)
    row, column = entries.coords
    return coo_array((entries.data, (row, column + start)), shape=(matrix.shape[0], width))


def _responded_link(publication: Publication, measure: Measure, start: int, width: int):
    """Rows saying that the answers of a frame group are the respondents of its finer groups."""
    from scipy.sparse import csr_array

    lattice, groups = publication.lattice(measure), publication.groups
    finer = lattice.index.get_indexer(groups_index(groups[list(lattice.dimensions)]))
    strata = np.arange(len(lattice.size))
    blocks = np.arange(len(measure.answers))
    row = np.r_[np.tile(strata, len(blocks)), finer]
    answers = start + (blocks[:, None] * len(strata) + strata).ravel()
    column = np.r_[answers, width + np.arange(len(groups))]
    signs = np.r_[np.ones(len(answers)), -np.ones(len(groups))]
    return csr_array((signs, (row, column)), shape=(len(strata), width + len(groups)))


def _measure_parts(publication: Publication, measure: Measure):
    """The cells of a measure, their matrix, the balance of each finest group, and inequalities."""
    lattice = publication.lattice(measure)
    shape = (len(measure.answers), len(measure.statuses), measure.multiple)
    blocks, matrix, balance, choice = _equations(lattice, *shape)
    kinds = ["answer"] * shape[0] + ["status"] * shape[1]
    total = [measure.total] if _totalled(measure) else []
    labels = (*measure.answers, *measure.statuses, *total)
    grid = Grid(measure, lattice, labels, (*kinds, *("total" for _ in total)), blocks)
    bears_out = (choice @ unknowns(publication, measure) <= 0).all()
    return grid, matrix, balance, choice if bears_out else choice[:0]


def _totalled(measure: Measure) -> bool:
    """Whether the denominator is a row of its own."""
    return measure.multiple or len(measure.answers) > 1


@lru_cache(maxsize=64)
def _equations(lattice: Lattice, options: int, statuses: int, multiple: bool):
    """Return the blocks of every row, the matrix of the cells, the balance and the choice rows.

    They are the same for all questions of as many answers and statuses.
    """
    from scipy.sparse import csr_array, kron

    blocks = _row_blocks(options, statuses, multiple)
    size, many = len(lattice.size), blocks.shape[1]
    matrix = csr_array(kron(csr_array(lattice.members), blocks))
    # kron orders unknowns stratum first; the rest of the package orders them block first
    matrix = matrix[:, np.arange(size * many).reshape(size, many).T.ravel()]
    balance = csr_array(kron(_balance_rows(options, statuses, multiple), np.eye(size)))
    choice = csr_array(kron(_choice_rows(options, statuses, multiple), np.eye(size)))
    return blocks, csr_array(matrix), balance, choice


def _row_blocks(options: int, statuses: int, multiple: bool) -> np.ndarray:
    """Which blocks of unknowns each row of a group adds up: answers, statuses, the total.

    The blocks of a multiple are the chosen, the not chosen of each option, and the statuses.
    """
    beside = options * multiple
    unit = np.eye(options + beside + statuses)
    rows = [*unit[:options], *unit[options + beside :]]
    if multiple:
        rows.append(unit[0] + unit[options])
    elif options > 1:
        rows.append(unit[:options].sum(axis=0))
    return np.array(rows)


def _balance_rows(options: int, statuses: int, multiple: bool) -> np.ndarray:
    """Which blocks add up to the size of a finest group (once for every option of a multiple)."""
    if not multiple:
        return np.ones((1, options + statuses))
    one = np.eye(options)
    return np.hstack([one, one, np.ones((options, statuses))])


def _choice_rows(options: int, statuses: int, multiple: bool) -> np.ndarray:
    """Who answered a multiple chose at least one option (where the counts bear that out)."""
    if not multiple:
        return np.zeros((0, options + statuses))
    answered_less_chosen = np.zeros((1, 2 * options + statuses))
    answered_less_chosen[0, [0, options]] = 1
    answered_less_chosen[0, :options] -= 1
    return answered_less_chosen
