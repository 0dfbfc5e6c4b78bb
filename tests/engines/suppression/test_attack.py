"""The attacker: it finds what subtraction finds, and its intervals are exact."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from coee_nb.engines.suppression.attack import Attacker, PublishedCells, attack, breaches
from coee_nb.engines.suppression.cells import Publication, measure_from_counts
from coee_nb.engines.suppression.systems import System, measure_system, unknowns


def published(table: dict[str, tuple[int, int]], suppress: set[tuple[str, str]]) -> PublishedCells:
    rows = [
        (c, a, n) for c, pair in table.items() for a, n in zip(("yes", "no"), pair, strict=True)
    ]
    counts = pd.DataFrame(rows, columns=["center", "answer", "count"])
    groups = counts.groupby("center", sort=False)["count"].sum().rename("respondents").reset_index()
    measure = measure_from_counts("q", counts, ((), ("center",)))
    publication = Publication(groups, (measure,))
    system = measure_system(publication, measure)
    values = system.matrix @ unknowns(publication, measure)
    pairs = zip(system.cells["center"], system.cells["answer"], strict=True)
    suppressed = np.array([pair in suppress for pair in pairs])
    return PublishedCells(
        ((system, np.where(suppressed, np.nan, values), np.flatnonzero(suppressed)),)
    )


def test_a_cell_hidden_alone_is_pinned_by_subtraction():
    found = attack(published({"A": (30, 3), "B": (20, 20)}, {("A", "no")}))
    assert found[["low", "high"]].to_numpy().tolist() == [[3, 3]]
    assert found["pinned"].all()


def test_a_row_hidden_alone_is_pinned_by_the_margins():
    found = attack(published({"A": (30, 3), "B": (20, 20)}, {("A", "yes"), ("A", "no")}))
    assert found["pinned"].all()


def test_two_hidden_rows_leave_the_interval_that_enumeration_finds():
    table = {"A": (6, 1), "B": (2, 5), "C": (4, 4)}
    suppress = {(c, a) for c in "AB" for a in ("yes", "no")}
    found = attack(published(table, suppress)).set_index(["center", "answer"])
    worlds = [(a, b) for a, b in product(range(8), range(8)) if a + b == 8]
    for place, center in enumerate("AB"):
        seen = [world[place] for world in worlds]
        assert found.loc[(center, "yes"), "low"] == min(seen)
        assert found.loc[(center, "yes"), "high"] == max(seen)
    assert not found["pinned"].any()


def test_nothing_hidden_leaves_nothing_to_find():
    assert attack(PublishedCells(())).empty


@pytest.mark.parametrize(
    ("total", "truth", "width", "broken"),
    [(5, 1, 1, True), (12, 3, 6, False), (12, 3, 4, False), (11, 1, 3, False), (11, 1, 4, True)],
)
def test_a_cell_that_only_whole_numbers_narrow_is_a_breach(total, truth, width, broken):
    # 2 x + 3 y = total: x may be anything from 0 to total / 2, in whole numbers every third one
    both, none = csr_array([[2.0, 3.0]]), csr_array((0, 2))
    first = csr_array([[1.0, 0.0]])
    system = System((), (), first, both, np.array([total]), none, np.ones(2, bool))
    attacker = Attacker(system, np.array([np.nan]))
    attacker.note(np.array([float(truth)]))
    known = {"truth": np.array([truth]), "ceiling": np.array([total])}
    found = list(breaches(attacker, np.array([float(width)]), **known))
    assert [breach.needed for breach in found] == [1] * broken
