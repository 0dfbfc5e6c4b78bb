"""The attack: how narrowly an attacker can bound the cells that a publication suppresses.

The attacker knows every printed cell, every margin, how the tables add up, how many people were
asked and how many answered in each finest group, that counts are whole numbers and not negative.
It never sees a suppressed count. Each bound is a linear programme, confirmed in whole numbers where
the linear programme's solution is not whole (for participation, the answers to questions may stay
fractions).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coee_nb.engines.suppression.solver import in_whole_numbers, linear_programme
from coee_nb.engines.suppression.systems import System
from coee_nb.errors import EstimationError
from coee_nb.unseen import Unseen

if TYPE_CHECKING:
    from highspy import Highs, HighsModelStatus, HighsSolution

TOLERANCE = 1e-6
PATIENCE = 2


@dataclass(frozen=True, repr=False)
class PublishedCells(Unseen):
    """What the attacker has: systems of equations with the values of the released cells.

    ``views`` pairs each system with its values (NaN where the attacker sees nothing) and the places
    of the cells to bound.
    """

    views: tuple[tuple[System, np.ndarray, np.ndarray], ...]


def attack(published: PublishedCells) -> pd.DataFrame:
    """Bound every suppressed cell from what is published.

    Returns one row per suppressed cell: ``table``, the dimensions, ``answer``, ``low`` and ``high``
    (the smallest and largest whole number that agrees with everything published) and ``pinned``
    (low equals high: the cell is known). Source: the attacker problems of Fischetti and Salazar
    (Management Science 47(7), 2001).
    """
    rows = []
    for system, values, targets in published.views:
        attacker = Attacker(system, values)
        bounds = [attacker.bounds(target) for target in targets]
        found = system.describe(targets).drop(columns=["measure", "by", "kind", "printed"])
        low, high = np.array(bounds).reshape(-1, 2).T
        rows.append(found.assign(low=low.astype(int), high=high.astype(int)))
    if not rows:
        return pd.DataFrame(columns=["table", "answer", "low", "high", "pinned"])
    result = pd.concat(rows, ignore_index=True)
    return result.assign(pinned=result["low"] == result["high"])


@dataclass(frozen=True, repr=False)
class Breach(Unseen):
    """A cell that can be bounded too tightly, and the cut that every safe plan satisfies.

    ``weights @ suppressed >= needed``, where ``weights`` are not negative and zero on cells that
    are suppressed now: some of the cells that carry the attacker's argument must be suppressed too.
    """

    cell: int
    weights: np.ndarray
    needed: float


@dataclass(repr=False)
class Attacker(Unseen):
    """An attacker of one system: solves the programmes, remembers how far each cell can range."""

    system: System
    values: np.ndarray
    low: np.ndarray = field(init=False)
    high: np.ndarray = field(init=False)
    tables: list[np.ndarray] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        from scipy.sparse import csr_array, vstack

        self.released = np.flatnonzero(~np.isnan(self.values))
        system = self.system
        self.equal = csr_array(vstack([system.equal, system.matrix[self.released]]))
        self.equal_to = np.concatenate([system.equal_to, self.values[self.released]])
        self.low = np.full(len(self.values), np.inf)
        self.high = np.full(len(self.values), -np.inf)

    def witness(self, solution: np.ndarray) -> None:
        """Note the cells of a table that agrees with everything published."""
        rounded = np.where(self.system.whole, np.round(solution), solution)
        if np.abs(solution - rounded).max(initial=0) <= TOLERANCE:
            self.note(self.system.matrix @ rounded)

    def note(self, cells: np.ndarray) -> None:
        """Widen the ranges by the cells of one table that agrees with everything published."""
        self.tables.append(cells)
        self.low, self.high = np.minimum(self.low, cells), np.maximum(self.high, cells)

    def recall(self, tables: list[np.ndarray]) -> None:
        """Note those among earlier tables that agree with what is published now."""
        for cells in tables:
            if np.array_equal(cells[self.released], self.values[self.released]):
                self.note(cells)

    def bound(self, target: int, *, sign: int) -> tuple[float, np.ndarray]:
        """The largest (``sign=1``) or smallest (``-1``) value of a cell, and the dual prices.

        A price says how far the bound moves when a released cell moves by one.
        """
        objective = self.system.matrix[[target]].toarray()[0]
        value, prices = self._solve(-sign * objective)
        return -sign * value, -sign * prices

    def whole_bound(self, target: int, *, sign: int) -> float:
        """As :meth:`bound`, in whole numbers."""
        from scipy.optimize import LinearConstraint, milp

        rules = [LinearConstraint(self.equal, self.equal_to, self.equal_to)]
        if self.system.at_most.shape[0]:
            rules.append(LinearConstraint(self.system.at_most, -np.inf, 0))
        objective = self.system.matrix[[target]].toarray()[0]
        answer = milp(-sign * objective, constraints=rules, integrality=1.0 * self.system.whole)
        if answer.x is None:
            raise EstimationError("the published counts contradict each other", do="report this")
        self.witness(np.where(self.system.whole, np.round(answer.x), answer.x))
        return -sign * answer.fun

    def bounds(self, target: int) -> tuple[float, float]:
        """The exact whole-number interval of a cell."""
        return self._bound(target, sign=-1), self._bound(target, sign=1)

    def _bound(self, target: int, *, sign: int) -> float:
        value, _ = self.bound(target, sign=sign)
        seen = self.high[target] if sign > 0 else self.low[target]
        if seen != _inward(value, sign):
            value = self.whole_bound(target, sign=sign)
        return _inward(value, sign)

    def roam(self, targets: np.ndarray, rng: np.random.Generator) -> None:
        """Look for a table in which many of the cells lie far from where they were seen."""
        pull = rng.uniform(0.5, 1.5, len(targets)) * rng.choice([-1, 1], len(targets))
        self._solve(self.system.matrix[targets].T @ pull)

    def spans(self, target: int, width: float) -> bool:
        """Whether a cell can range so far, in fractions."""
        high, _ = self.bound(target, sign=1)
        if high - self.low[target] >= width:
            return True
        low, _ = self.bound(target, sign=-1)
        return bool(high - low >= width - TOLERANCE)

    def spans_whole(self, target: int, width: float) -> bool:
        """As :meth:`spans`, in whole numbers: looks no further than so far."""
        self._push(target, self.low[target] + width, sign=1)
        if self.high[target] - self.low[target] < width:
            self._push(target, self.high[target] - width, sign=-1)
        return bool(self.high[target] - self.low[target] >= width - TOLERANCE)

    def _push(self, target: int, until: float, *, sign: int) -> None:
        """Note a table where a cell lies at ``until`` or beyond; if there is none, at its end."""
        from highspy import HighsModelStatus

        solver = self._whole_programme
        solver.setOptionValue("objective_target", -sign * until + TOLERANCE)
        reached = (HighsModelStatus.kOptimal, HighsModelStatus.kObjectiveTarget)
        solution = _least(solver, -sign * self.system.matrix[[target]].toarray()[0], reached)
        found = np.array(solution.col_value)
        self.witness(np.where(self.system.whole, np.round(found), found))

    @cached_property
    def _whole_programme(self) -> Highs:
        rules = (self.equal, self.equal_to, self.system.at_most)
        return in_whole_numbers(linear_programme(*rules), self.system.whole)

    @cached_property
    def _programme(self) -> Highs:
        """The linear programme of this attacker; only its objective changes between questions."""
        return linear_programme(self.equal, self.equal_to, self.system.at_most)

    def _solve(self, objective: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the least value of an objective, and the price of each cell that is shown."""
        from highspy import HighsModelStatus

        solver = self._programme
        solution = _least(solver, objective, (HighsModelStatus.kOptimal,))
        self.witness(np.array(solution.col_value))
        prices = np.zeros(len(self.values))
        own = slice(self.system.equal.shape[0], self.equal.shape[0])
        prices[self.released] = np.array(solution.row_dual)[own]
        return float(solver.getInfo().objective_function_value), prices


def _least(
    solver: Highs, objective: np.ndarray, reached: tuple[HighsModelStatus, ...]
) -> HighsSolution:
    """Solve a programme for the least value of an objective; it must end as ``reached`` says."""
    columns = np.arange(len(objective), dtype=np.int32)
    solver.changeColsCost(len(columns), columns, np.asarray(objective, float))
    solver.run()
    if (status := solver.getModelStatus()) not in reached:
        raise EstimationError(f"the attack could not be solved: {status}")
    return solver.getSolution()


def _inward(value: float, sign: int) -> float:
    """The last whole number before a bound."""
    return np.floor(value + TOLERANCE) if sign > 0 else np.ceil(value - TOLERANCE)


def breaches(
    attacker: Attacker, demand: np.ndarray, *, truth: np.ndarray, ceiling: np.ndarray
) -> Iterator[Breach]:
    """The cells that an attacker places in an interval narrower than ``demand``, each with its cut.

    ``truth`` and ``ceiling`` are the true cells and their largest conceivable values (the sizes of
    their groups): they weigh how much hiding a released cell would loosen the bound. Only the
    planner, which knows the truth, can call this.
    """
    _explore(attacker, demand)
    for target in unmet(attacker, demand):
        if attacker.high[target] - attacker.low[target] < demand[target]:
            yield from _breach(attacker, int(target), demand[target], truth, ceiling)


def safe(attacker: Attacker, demand: np.ndarray) -> bool:
    """Whether each cell keeps the range of its ``demand``, the sizes of all groups being known.

    The verdict of :func:`breaches` without its cuts: what fractions tell of any cell is asked
    before whole numbers, which take far longer.
    """
    _explore(attacker, demand)
    return all(
        spans(int(target), demand[target])
        for spans in (attacker.spans, attacker.spans_whole)
        for target in unmet(attacker, demand)
        if attacker.high[target] - attacker.low[target] < demand[target]
    )


def unmet(attacker: Attacker, demand: np.ndarray) -> np.ndarray:
    """The cells whose range, as far as seen, is still narrower than the demand."""
    with np.errstate(invalid="ignore"):
        return np.flatnonzero((demand > 0) & ~(attacker.high - attacker.low >= demand))


def _explore(attacker: Attacker, demand: np.ndarray) -> None:
    """Meet most demands at once by tables far apart, as long as each new table helps."""
    rng = np.random.default_rng(20161001)
    left, idle = unmet(attacker, demand), 0
    while len(left) and idle < PATIENCE:
        attacker.roam(left, rng)
        before, left = len(left), unmet(attacker, demand)
        idle = 0 if len(left) < before else idle + 1


def _breach(
    attacker: Attacker, target: int, width: float, truth: np.ndarray, ceiling: np.ndarray
) -> Iterator[Breach]:
    """Compare a cell's exact interval with the demand; the cuts follow from the dual prices."""
    high, up = attacker.bound(target, sign=1)
    low, down = attacker.bound(target, sign=-1)
    rise = np.maximum(up * (ceiling - truth), -up * truth)
    fall = np.maximum(-down * (ceiling - truth), down * truth)
    # the interval lies within 0 and the size of the group, so each end has a duty of its own
    duties = [
        (rise, width - high),
        (fall, low - (ceiling[target] - width)),
        (rise + fall, width - (high - low)),
    ]
    broken = [(weights, short) for weights, short in duties if short > TOLERANCE]
    for weights, short in broken:
        yield Breach(target, np.clip(weights, 0, short), short)
    if not broken and not _wide_in_whole_numbers(attacker, target, width, (low, high)):
        # only whole numbers narrow it, and any shown cell may carry that argument
        shown = np.zeros(len(truth))
        shown[attacker.released] = 1
        yield Breach(target, shown, 1)


def _wide_in_whole_numbers(
    attacker: Attacker, target: int, width: float, ends: tuple[float, float]
) -> bool:
    """Whether a cell ranges so far; ``ends``, in fractions, tell what it is worth asking for."""
    low, high = ends
    for sign in (1, -1):
        seen_low, seen_high = attacker.low[target], attacker.high[target]
        if seen_high - seen_low >= width:
            return True
        if (high - seen_high if sign > 0 else seen_low - low) > TOLERANCE:
            attacker.whole_bound(target, sign=sign)
    return bool(attacker.high[target] - attacker.low[target] >= width - TOLERANCE)
