"""The attacker: it finds what subtraction finds, and its intervals are exact."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from coee_nb.engines.suppression.attack import (
    Attacker,
    PublishedCells,
    attack,
    breaches,
    safe,
)
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
    attacker = Attacker(system, np.array([np.nan]))
    attacker.note(np.array([float(truth)]))
    assert safe(attacker, np.array([float(width)])) is not broken


def weighted_system(rng):
    """Three answers of four groups, with a weighted share told as coarsely as at random."""
    groups, answers = 4, 3
    truth = rng.integers(0, 7, (answers, groups)).astype(float)
    weight = rng.uniform(0.5, 3, groups)
    share = truth[0] @ weight / (truth.sum(axis=0) @ weight)
    step = rng.choice([0.002, 0.02, 0.1])
    low, high = (np.round(share / step) + np.array([-0.5, 0.5])) * step
    inside = np.array([1.0, 0, 0])
    rules = [np.outer(low - inside, weight).ravel(), np.outer(inside - high, weight).ravel()]
    of_all = np.kron(np.eye(answers), np.ones(groups))
    of_groups = np.kron(np.ones(answers), np.eye(groups))
    system = System(
        (),
        (),
        csr_array(np.vstack([np.eye(answers * groups), of_all])),
        csr_array(of_groups),
        truth.sum(axis=0),
        csr_array(np.array(rules)),
        np.ones(answers * groups, bool),
    )
    return system, system.matrix @ truth.ravel()


@pytest.mark.parametrize("seed", [0, 6, 10])
def test_an_attack_is_safe_up_to_the_exact_interval_and_no_further(seed):
    rng = np.random.default_rng(seed)
    system, truth = weighted_system(rng)
    hidden = rng.random(len(truth)) < 0.8
    values, cell = np.where(hidden, np.nan, truth), rng.choice(np.flatnonzero(hidden))
    low, high = Attacker(system, values).bounds(cell)
    for width in (high - low, high - low + 1):
        attacker = Attacker(system, values)
        attacker.note(truth)
        verdict = safe(attacker, np.where(np.arange(len(truth)) == cell, width, 0.0))
        assert verdict is bool(high - low >= width)


def test_whole_numbers_are_asked_for_no_table_that_fractions_rule_out(monkeypatch):
    system, truth = weighted_system(np.random.default_rng(0))
    attacker = Attacker(system, np.full(len(truth), np.nan))
    attacker.note(truth)
    monkeypatch.setattr(Attacker, "spans_whole", None)
    assert not safe(attacker, np.full(len(truth), 1000.0))
