"""A draft of what to suppress, and its solution: the cells of least loss that no attack undoes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from coee_nb.engines.suppression.attack import Attacker, Breach, breaches
from coee_nb.engines.suppression.systems import System
from coee_nb.unseen import Unseen

ROUNDS = 200
Relation = tuple[np.ndarray, np.ndarray]  # places of cells, and their signs, whose sum is known


@dataclass(frozen=True, repr=False)
class Draft(Unseen):
    """One system with its truth (for the planner only) and what is suppressed of it so far.

    One value a cell: ``size`` is the largest conceivable count, ``demand`` the range that an
    attacker must be left, ``linked`` what is suppressed for others' sake, ``sizes_only`` what only
    repeats a group size, ``fixed`` what is decided elsewhere. ``relations`` are the sums that an
    attacker checks first.
    """

    system: System
    relations: Sequence[Relation]
    printed: np.ndarray
    truth: np.ndarray
    size: np.ndarray
    denominator: np.ndarray
    demand: np.ndarray
    sensitive: np.ndarray
    suppressed: np.ndarray
    linked: np.ndarray
    sizes_only: np.ndarray
    fixed: np.ndarray
    note: str = ""

    @property
    def values(self) -> np.ndarray:
        """What is published: missing where suppressed."""
        return np.where(self.printed & ~self.suppressed, self.truth, np.nan)

    @property
    def everything(self) -> np.ndarray:
        """All printed cells but those that repeat a group size, which participation tables rule."""
        free = self.printed & (self.linked | ~self.sizes_only) & ~self.fixed
        return free | (self.fixed & self.suppressed)

    @property
    def own(self) -> np.ndarray:
        """The suppressed cells that the draft must protect by itself, group sizes being known."""
        own = self.sensitive | ~(self.linked | self.sizes_only)
        return self.suppressed & (self.size > 0) & own

    @property
    def width(self) -> np.ndarray:
        """The demands: those on sensitive cells, and one on any other suppressed cell."""
        return np.where(self.own, np.maximum(self.demand, 1), self.demand)


def solve(draft: Draft) -> Draft:
    """Suppress the cells of least loss: propose, attack, constrain, until no attack succeeds."""
    if not (draft.sensitive.any() or draft.linked.any()):
        return draft
    cuts, tables = _first_cuts(draft), [draft.truth]
    for _ in range(ROUNDS):
        suppressed = _least_loss(draft, cuts)
        if suppressed is None:
            break
        draft = replace(draft, suppressed=suppressed)
        attacker = Attacker(draft.system, draft.values)
        attacker.recall(tables)
        found = _attack_draft(draft, attacker)
        if not found:
            return draft
        tables = list({cells.tobytes(): cells for cells in [*tables, *attacker.tables]}.values())
        cuts += [_conditional(draft, breach) for breach in found]
    note = "withdrawn: no safe table with fewer cells suppressed was found"
    return replace(draft, suppressed=draft.everything, note=note)


def _attack_draft(draft: Draft, attacker: Attacker) -> list[Breach]:
    """What an attacker of the draft can bound too tightly."""
    return list(breaches(attacker, draft.width, truth=draft.truth, ceiling=draft.size))


def _conditional(draft: Draft, breach: Breach) -> tuple[np.ndarray, float]:
    """The cut of a breach; a cell suppressed only for others' sake may be shown instead."""
    weights, needed = breach.weights.copy(), breach.needed
    own = breach.cell
    if draft.suppressed[own] and not (draft.sensitive[own] or draft.linked[own]):
        weights = np.minimum(weights, needed)
        weights[own] = -needed
        needed = 0.0
    return weights, needed


def _first_cuts(draft: Draft) -> list[tuple[np.ndarray, float]]:
    """What every printed sum asks of the cells beside a sensitive one, before any attack."""
    cuts = []
    for places, signs in draft.relations:
        for position in np.flatnonzero(draft.sensitive[places]).tolist():
            cuts += _relation_cuts(draft, places, signs, position)
    return cuts


def _relation_cuts(
    draft: Draft, places: np.ndarray, signs: np.ndarray, position: int
) -> list[tuple[np.ndarray, float]]:
    """Within one sum, the other suppressed cells must let the sensitive one rise and fall."""
    own, others = places[position], np.delete(places, position)
    same = np.delete(signs, position) == signs[position]
    count, spare = draft.truth[others], draft.size[others] - draft.truth[others]
    rise, fall = np.where(same, count, spare), np.where(same, spare, count)
    width, value, size = draft.demand[own], draft.truth[own], draft.size[own]
    cuts = []
    for slack, needed in [
        (rise, width - value),
        (fall, value - (size - width)),
        (rise + fall, width),
    ]:
        if needed > 0:
            weights = np.zeros(len(draft.truth))
            weights[others] = np.minimum(slack, needed)
            cuts.append((weights, needed))
    return cuts


def _least_loss(draft: Draft, cuts: list[tuple[np.ndarray, float]]) -> np.ndarray | None:
    """The suppressed cells of least loss under the cuts, or None when the solver finds none."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    places = np.flatnonzero(draft.printed)
    must = np.where(draft.fixed, draft.suppressed, draft.sensitive | draft.linked)[places]
    most = np.where(draft.fixed[places], must, True)
    rules = []
    if cuts:
        matrix = np.array([weights[places] for weights, _ in cuts])
        # a cell that no table prints is held back already
        needed = np.array([short - weights[~draft.printed].sum() for weights, short in cuts])
        rules = [LinearConstraint(matrix, needed - 1e-7)]
    answer = milp(
        draft.truth[places] + 1,
        integrality=np.ones(len(places)),
        bounds=Bounds(must.astype(float), most.astype(float)),
        constraints=rules,
        options={"node_limit": 20_000, "mip_rel_gap": 1e-6},
    )
    if answer.x is None:
        return None
    suppressed = np.zeros(len(draft.truth), bool)
    suppressed[places] = answer.x > 0.5
    return suppressed
