"""Two questions crossed: which counts of their table may be printed beside the tables of each.

The attacker holds what the plan publishes of both questions, over all and by every group, and
knows how many responded in every finest group. Unknown is how many of a finest group gave each
pair of answers (or none). The counts of either question are sums of these and stay as they were
decided; the crossing suppresses pairs and totals of its own until no attack finds a sensitive
count, in the table or in those of the two questions.

A pair is sensitive where fewer than the floor of those who gave either answer gave the other too,
zero included, or all but fewer than the floor did; a total where it is of a few people, or leaves a
few of those who gave the answer. Crossings are attacked one at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, kron, vstack

from coee_nb.engines.suppression.cells import Measure, Publication
from coee_nb.engines.suppression.drafts import Draft, Relation, solve
from coee_nb.engines.suppression.lattice import ALL
from coee_nb.engines.suppression.masking import DisclosurePlan
from coee_nb.engines.suppression.planner import DROPPED, LINKED, draft_of
from coee_nb.engines.suppression.systems import System
from coee_nb.errors import InputError
from coee_nb.unseen import Unseen


@dataclass(frozen=True, repr=False)
class Crossing(Unseen):
    """What may be printed of two questions crossed.

    ``cells`` has one row a pair and total: ``row`` and ``column`` (answers, ``(all)`` for a total)
    and ``count``, missing where suppressed.
    """

    cells: pd.DataFrame

    @property
    def suppressed(self) -> int:
        """How many cells are suppressed."""
        return int(self.cells["count"].isna().sum())


def crossed(
    plan: DisclosurePlan, first: str, second: str, answers: pd.DataFrame, placed: np.ndarray
) -> Crossing:
    """Decide what may be printed of the measure ``first`` (rows) by ``second`` (columns).

    ``answers`` has two columns, the labels that each respondent gave (statuses too); ``placed`` the
    place of each respondent's finest group among those of the publication. Raises InputError for a
    measure of several answers, or one that is not planned.
    """
    publication = plan.publication
    measures = [_one_answer(publication, name) for name in (first, second)]
    table = _Table(publication, measures, _pair_counts(publication, measures, answers, placed))
    draft = _draft(plan, table)
    telling = _of_participation(plan, measures)
    solved = draft.everything if telling else solve(draft).suppressed
    own = slice(0, len(table.names))
    cells = pd.DataFrame(table.names, columns=["row", "column"])
    shown = pd.Series(draft.truth[own].astype(int)).where(~solved[own])
    return Crossing(cells.assign(count=shown.astype("Int64")))


class _Table(Unseen):
    """The counts of pairs by finest group, and how cells are sums of them."""

    def __init__(
        self, publication: Publication, measures: Sequence[Measure], counts: np.ndarray
    ) -> None:
        self.publication, self.measures, self.counts = publication, measures, counts
        self.labels = [[*one.answers, *one.statuses] for one in measures]
        rows, columns = (list(one.answers) for one in measures)
        self.names = [(row, column) for row in [*rows, ALL] for column in [*columns, ALL]]
        self.shape = (len(rows) + 1, len(columns) + 1)

    @property
    def own(self) -> csr_array:
        """The pairs and totals as sums of the unknowns."""
        sides = [
            np.vstack([unit[:many], unit[:many].sum(axis=0)])
            for labels, one in zip(self.labels, self.measures, strict=True)
            for unit, many in [(np.eye(len(labels)), len(one.answers))]
        ]
        return csr_array(kron(kron(*sides), np.ones((1, self.counts.shape[2]))))

    def margins(self, draft: Draft, side: int) -> csr_array:
        """The cells of one question's tables as sums of the unknowns."""
        (grid,) = draft.system.grids
        other = np.ones((1, len(self.labels[1 - side])))
        pairs = kron(grid.blocks, other) if side == 0 else kron(other, grid.blocks)
        sums = csr_array(kron(pairs, grid.lattice.members))
        rows, groups = grid.blocks.shape[0], len(grid.lattice.by)
        by_group = np.arange(rows * groups).reshape(rows, groups).T.ravel()
        return csr_array(sums)[by_group]

    @property
    def balance(self) -> csr_array:
        """That the pairs of a finest group add up to its respondents."""
        pairs = self.counts.shape[0] * self.counts.shape[1]
        return csr_array(kron(np.ones((1, pairs)), np.eye(self.counts.shape[2])))

    @property
    def relations(self) -> list[Relation]:
        """The sums along rows and columns, with their totals."""
        place = np.arange(len(self.names)).reshape(self.shape)
        lines = [*place, *place.T]
        return [(line, np.r_[np.ones(len(line) - 1), -1.0]) for line in lines]


def _one_answer(publication: Publication, name: str) -> Measure:
    measure = next((one for one in publication.measures if one.name == name), None)
    if measure is None or measure.multiple or measure.universe != "respondents":
        raise InputError(f"'{name}' cannot be crossed", expected="a question of one answer")
    return measure


def _pair_counts(
    publication: Publication, measures: Sequence[Measure], answers: pd.DataFrame, placed: np.ndarray
) -> np.ndarray:
    """Respondents by first answer, second answer (statuses too) and finest group."""
    labels = [[*one.answers, *one.statuses] for one in measures]
    codes = [
        pd.Index(own, dtype=object).get_indexer(answers[column].astype(object))
        for own, column in zip(labels, answers, strict=True)
    ]
    counts = np.zeros((len(labels[0]), len(labels[1]), len(publication.groups)))
    np.add.at(counts, (*codes, placed), 1)
    return counts


def _of_participation(plan: DisclosurePlan, measures: Sequence[Measure]) -> bool:
    """Whether cells of either question are suppressed so that nobody learns who took part."""
    cells = plan.cells[plan.cells["measure"].isin([one.name for one in measures])]
    return bool(cells["why"].isin([LINKED, DROPPED]).any())


def _draft(plan: DisclosurePlan, table: _Table) -> Draft:
    publication, floor = plan.publication, plan.floor
    drafts = [draft_of(publication, (one,), floor) for one in table.measures]
    known = [_to_keep(draft) for draft in drafts]
    margins = [table.margins(draft, side)[own] for side, (draft, own) in _both(drafts, known)]
    matrix = csr_array(vstack([table.own, *margins]))
    truth = matrix @ table.counts.ravel()
    count = truth[: len(table.names)]
    most = [_largest(plan, one, table.counts.sum()) for one in table.measures]
    sensitive, demand, size = _rules(table, count, floor, most)
    decided = [
        _held_back(plan, one, draft)[own]
        for one, draft, own in zip(table.measures, drafts, known, strict=True)
    ]
    of_margins = [
        (draft.sensitive[own] & gone, _kept(draft, own, gone), draft.size[own], gone)
        for (draft, own), gone in zip(zip(drafts, known, strict=True), decided, strict=True)
    ]
    parts = [(sensitive, demand, size, sensitive), *of_margins]
    joined = [np.concatenate(part) for part in zip(*parts, strict=True)]
    nothing = np.zeros(len(truth), bool)
    return Draft(
        System(
            grids=(),
            dimensions=publication.dimensions,
            matrix=matrix,
            equal=table.balance,
            equal_to=publication.groups["respondents"].to_numpy(float),
            at_most=csr_array((0, matrix.shape[1])),
            whole=np.ones(matrix.shape[1], bool),
        ),
        table.relations,
        printed=~nothing,
        truth=truth,
        size=joined[2],
        denominator=joined[2],
        demand=joined[1],
        sensitive=joined[0],
        suppressed=joined[3],
        linked=nothing,
        sizes_only=nothing,
        fixed=np.arange(len(truth)) >= len(table.names),
    )


def _both(drafts: Sequence[Draft], known: Sequence[np.ndarray]):
    return enumerate(zip(drafts, known, strict=True))


def _to_keep(draft: Draft) -> np.ndarray:
    """The cells of a question that its tables print, and those that they must not tell."""
    return draft.printed | (draft.sensitive & draft.system.across("of_printed_groups"))


def _held_back(plan: DisclosurePlan, measure: Measure, draft: Draft) -> np.ndarray:
    """Whether each cell of a question's tables is suppressed, or printed by none."""
    gone = ~draft.printed
    own = plan.cells["measure"] == measure.name
    gone[draft.printed] = plan.cells.loc[own, "suppressed"].to_numpy()
    return gone


def _kept(draft: Draft, own: np.ndarray, gone: np.ndarray) -> np.ndarray:
    """The range that must be left of the margins' suppressed cells, as without the crossing."""
    return np.where(gone, np.maximum(draft.demand[own], draft.size[own] > 0), 0.0)


def _largest(plan: DisclosurePlan, measure: Measure, everyone: float) -> np.ndarray:
    """The most that may have given each answer: as many as are printed, or everyone."""
    if measure.name not in plan.tables:
        return np.full(len(measure.answers), everyone)
    printed = plan.apply(measure.name).set_index("answer")["count"]
    return printed.reindex(list(measure.answers)).astype(float).fillna(everyone).to_numpy()


def _rules(
    table: _Table, count: np.ndarray, floor: int, known: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which pairs and totals are sensitive, the range they need and their largest count.

    ``known`` is the most that may have given each answer to either question.
    """
    pairs = count.reshape(table.shape)
    of_row, of_column, both = pairs[:-1, -1], pairs[-1, :-1], pairs[-1, -1]
    by_label = table.counts.sum(axis=2)
    gave = [by_label.sum(axis=1)[: len(of_row)], by_label.sum(axis=0)[: len(of_column)]]
    sensitive, size = np.zeros(table.shape, bool), np.zeros(table.shape)
    within = pairs[:-1, :-1]
    sensitive[:-1, :-1] = _tells(within, of_row[:, None], floor)
    sensitive[:-1, :-1] |= _tells(within, of_column, floor)
    sensitive[:-1, -1] = _tells(of_row, both, floor) | _few(gave[0] - of_row, floor)
    sensitive[-1, :-1] = _tells(of_column, both, floor) | _few(gave[1] - of_column, floor)
    sensitive[-1, -1] = _few(both, floor) or _few(by_label.sum() - both, floor)
    size[:-1, :-1] = np.minimum(known[0][:, None], known[1])
    size[:-1, -1], size[-1, :-1], size[-1, -1] = *known, by_label.sum()
    demand = np.where(sensitive, np.minimum(floor, size), 0.0)
    return sensitive.ravel(), demand.ravel(), size.ravel()


def _tells(count: np.ndarray, of: np.ndarray, floor: int) -> np.ndarray:
    """Whether few of a group gave an answer, zero included, or all but a few did."""
    return (of > 0) & ((count < floor) | (of - count < floor))


def _few(count: np.ndarray, floor: int) -> np.ndarray:
    return (count > 0) & (count < floor)
