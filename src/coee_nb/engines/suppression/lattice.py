"""Groups of people: the finest ones, and every group that some of their dimensions define."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coee_nb.unseen import Unseen

if TYPE_CHECKING:
    from scipy.sparse import csr_array

ALL = "(all)"


class Placement(Unseen):
    """Where each respondent belongs: the finest group of every row, found once for all questions.

    ``index`` names the groups found, in order, by their dimensions; ``codes`` gives the place in it
    of each row. Raises nothing; a row without a group is a fault of the caller.

    >>> placed = Placement(pd.DataFrame({"region": ["B", "A", "B"]}))
    >>> placed.index.tolist(), placed.codes.tolist()
    ([('A',), ('B',)], [1, 0, 1])
    """

    def __init__(self, groups: pd.DataFrame) -> None:
        names = list(groups.columns)
        grouped = groups.reset_index(drop=True).groupby(names, observed=True)
        self.codes = grouped.ngroup().to_numpy()
        self.index = groups_index(grouped.size().index.to_frame(index=False))

    def count(self, marks: np.ndarray) -> np.ndarray:
        """Return how many rows of each group are marked: (groups, columns of ``marks``)."""
        return self._members @ np.asarray(marks, float)

    @cached_property
    def _members(self) -> csr_array:
        """1 where a row (column) belongs to a group (row)."""
        from scipy.sparse import csr_array

        rows = np.arange(len(self.codes))
        ones = np.ones(len(rows))
        return csr_array((ones, (self.codes, rows)), shape=(len(self.index), len(rows)))


def groups_index(groups: pd.DataFrame) -> pd.MultiIndex:
    """Return the groups as an index of objects, one level a dimension."""
    return pd.MultiIndex.from_frame(groups.astype(object))


class Lattice(Unseen):
    """Every group that some of the dimensions define, from the finest groups with their sizes.

    ``strata`` has one row per finest group: the dimension columns and ``size``. ``groups`` has one
    row a group: the dimensions (``(all)`` where one does not matter); ``by`` the dimensions that
    define each; ``members`` holds 1 where a finest group (column) belongs to a group (row).
    """

    def __init__(self, strata: pd.DataFrame) -> None:
        self.strata = strata
        self.size = strata["size"].to_numpy(float)
        self.dimensions = tuple(name for name in strata.columns if name != "size")
        frames, members, by = [], [], []
        for depth in range(len(self.dimensions) + 1):
            for names in combinations(self.dimensions, depth):
                keys, codes = self._divided(names)
                frames.append(keys)
                members.append(codes[None, :] == np.arange(len(keys))[:, None])
                by += [names] * len(keys)
        self.groups = pd.concat(frames, ignore_index=True)
        self.members = np.vstack(members).astype(float)
        self.by = by
        self._divisions: dict[tuple, list[tuple[int, np.ndarray]]] = {}
        self._placed: tuple[pd.MultiIndex, np.ndarray] | None = None

    def _divided(self, names: Sequence[str]) -> tuple[pd.DataFrame, np.ndarray]:
        """Return the groups by some dimensions, and the place among them of each finest group."""
        if not names:
            return self._filled(pd.DataFrame(index=[0])), np.zeros(len(self.strata), int)
        keys = self.strata[list(names)].astype(object)
        codes = keys.groupby(list(names), sort=False).ngroup().to_numpy()
        return self._filled(keys.drop_duplicates()), codes

    def _filled(self, keys: pd.DataFrame) -> pd.DataFrame:
        found = {
            name: keys[name].to_numpy(object) if name in keys else [ALL] * len(keys)
            for name in self.dimensions
        }
        return pd.DataFrame(found, dtype=object)

    @cached_property
    def index(self) -> pd.MultiIndex:
        """The finest groups."""
        return groups_index(self.strata[list(self.dimensions)])

    def places(self, groups: pd.MultiIndex) -> np.ndarray:
        """Return the place of each of some groups among the finest ones; -1 for no such group."""
        if self._placed is None or not self._placed[0].is_(groups):  # all questions share an index
            self._placed = (groups, self.index.get_indexer(groups))
        return self._placed[1]

    @cached_property
    def group_sizes(self) -> np.ndarray:
        """The size of every group."""
        return self.members @ self.size

    def printed(self, breakdowns: Sequence[Sequence[str]]) -> np.ndarray:
        """Return which groups belong to one of the breakdowns."""
        wanted = {frozenset(by) for by in breakdowns}
        return np.array([frozenset(names) in wanted for names in self.by], bool)

    def divisions(self, breakdowns: Sequence[Sequence[str]]) -> list[tuple[int, np.ndarray]]:
        """Return each group of a breakdown with those into which one further dimension divides it.

        Only groups of ``breakdowns``: places in ``groups``.
        """
        wanted = sorted({frozenset(by) for by in breakdowns}, key=sorted)
        return [
            division
            for coarse in wanted
            for fine in wanted
            if len(fine) == len(coarse) + 1 and coarse < fine
            for division in self._division(coarse, fine)
        ]

    def _division(self, coarse: frozenset, fine: frozenset) -> list[tuple[int, np.ndarray]]:
        if (coarse, fine) not in self._divisions:
            parents, children = (
                np.flatnonzero([frozenset(names) == by for names in self.by])
                for by in (coarse, fine)
            )
            inside = self.members[children] @ self.members[parents].T > 0
            self._divisions[coarse, fine] = [
                (int(parent), children[inside[:, k]]) for k, parent in enumerate(parents)
            ]
        return self._divisions[coarse, fine]
