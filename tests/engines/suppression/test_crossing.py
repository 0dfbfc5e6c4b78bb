"""Two questions crossed: no sensitive count follows from the table and those of both questions."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from coee_nb.engines.suppression.cells import Publication, measure_from_rows, multiple_from_rows
from coee_nb.engines.suppression.crossing import crossed
from coee_nb.engines.suppression.lattice import ALL, Placement
from coee_nb.engines.suppression.planner import plan
from coee_nb.errors import InputError

BY_OFFICE = ((), ("office",))


def survey(seed, people=150, floor=10, blank=0.2):
    draw = np.random.default_rng(seed)
    offices = pd.DataFrame({"office": draw.choice(["A", "B", "C"], people)})
    answers = {}
    for name, labels in (("a", ["yes", "no"]), ("b", ["low", "middle", "high"])):
        share = draw.dirichlet(np.full(len(labels), 0.8))
        given = pd.Series(draw.choice(labels, people, p=share)).astype(object)
        answers[name] = given.where(draw.random(people) > blank)
    placement = Placement(offices)
    measures = [
        measure_from_rows(name, answers[name], placement, choices=labels, breakdowns=BY_OFFICE)
        for name, labels in (("a", ["yes", "no"]), ("b", ["low", "middle", "high"]))
    ]
    groups = offices.value_counts(sort=False).rename("respondents").reset_index()
    publication = Publication(groups, tuple(measures))
    both = pd.DataFrame(answers).fillna("left blank")
    made = plan(publication, floor=floor)
    place = publication.lattice(measures[0]).places(placement.index)[placement.codes]
    return made, both, place, crossed(made, "a", "b", both, place)


def attacked(made, both, cells, target):
    """The range of a pair, from the pairs, the totals and the tables of both questions."""
    rows = ["yes", "no", "left blank"]
    columns = ["low", "middle", "high", "left blank"]
    names = [(r, c) for r in rows for c in columns]
    equal, to = [], []

    def rule(inside, count):
        equal.append([float(inside(r, c)) for r, c in names])
        to.append(float(count))

    for row, column, count in cells.itertuples(index=False):
        if not pd.isna(count):
            rule(
                lambda r, c, row=row, column=column: (
                    (r == row if row != ALL else r != "left blank")
                    and (c == column if column != ALL else c != "left blank")
                ),
                count,
            )
    for place, name in enumerate("ab"):
        for answer, count in made.apply(name)[["answer", "count"]].itertuples(index=False):
            if not pd.isna(count):
                rule(
                    lambda r, c, place=place, answer=answer: (
                        (r, c)[place] == answer
                        if answer != "answered"
                        else (r, c)[place] != "left blank"
                    ),
                    count,
                )
    rule(lambda r, c: True, len(both))
    cost = np.array([float(pair == target) for pair in names])
    ends = [linprog(sign * cost, A_eq=equal, b_eq=to).fun * sign for sign in (1, -1)]
    return ends


@pytest.mark.parametrize(
    "seed", [0, 1, 2, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(3, 12))]
)
def test_no_pair_that_tells_of_a_few_is_found_from_what_is_printed(seed):
    made, both, _, found = survey(seed)
    true = pd.crosstab(both["a"], both["b"])
    for row, column, count in found.cells.itertuples(index=False):
        if ALL in (row, column):
            continue
        truth = int(true.get(column, pd.Series(dtype=int)).get(row, 0))
        assert pd.isna(count) or count == truth
        low, high = attacked(made, both, found.cells, (row, column))
        assert low - 1e-6 <= truth <= high + 1e-6
        if 0 < truth < 10:
            assert pd.isna(count)
            of = true.drop(index="left blank", errors="ignore")
            of = of.drop(columns="left blank", errors="ignore")
            assert high - low >= min(10, of.loc[row].sum(), of[column].sum()) - 1e-6


@pytest.mark.parametrize(
    ("floor", "truth"),
    [
        pytest.param(4, [[1, 1, 4, 4], [4, 4, 4, 4]], id="two that are few together"),
        pytest.param(4, [[2, 1, 5, 4], [4, 4, 4, 4]], id="two that are one short of the floor"),
        pytest.param(4, [[0, 3, 4, 4], [4, 4, 4, 4]], id="one that nobody gave"),
        pytest.param(4, [[3, 4, 4], [0, 0, 4]], id="two that nobody gave"),
        pytest.param(3, [[2, 1, 3], [2, 1, 1]], id="all but a few"),
    ],
)
def test_every_pair_that_tells_of_a_few_may_be_as_many_as_the_floor_asks(floor, truth):
    """Of two rows with known sums the first is the world: all that agree with the cells shown."""
    truth = np.array(truth)
    labels = [["yes", "no"], list("lmhx")[: truth.shape[1]]]
    pairs = [(a, b) for a, own in zip(labels[0], truth, strict=True)
             for b, many in zip(labels[1], own, strict=True) for _ in range(many)]  # fmt: skip
    both = pd.DataFrame(pairs, columns=["a", "b"])
    everyone = Placement(pd.DataFrame({"office": ["A"] * len(both)}))
    measures = [
        measure_from_rows(name, both[name], everyone, choices=own, statuses=())
        for name, own in zip("ab", labels, strict=True)
    ]
    groups = pd.DataFrame({"office": ["A"], "respondents": [len(both)]})
    made = plan(Publication(groups, tuple(measures)), floor=floor)
    assert all(made.apply(name)["count"].notna().all() for name in "ab") or truth.shape[1] < 4
    cells = crossed(made, "a", "b", both, everyone.codes).cells
    shown = cells.pivot(index="row", columns="column", values="count").reindex(labels[0])[labels[1]]
    first = np.indices(truth.sum(axis=0) + 1).reshape(truth.shape[1], -1).T
    worlds = np.stack([first, truth.sum(axis=0) - first], axis=1)
    worlds = worlds[first.sum(axis=1) == truth[0].sum()]
    fixed = shown.notna().to_numpy()
    worlds = worlds[(worlds[:, fixed] == truth[fixed]).all(axis=1)]
    of = (truth.sum(axis=1, keepdims=True), truth.sum(axis=0, keepdims=True))
    tells = [(truth < floor) | (all_of - truth < floor) for all_of in of]
    wanted = np.minimum(floor, np.minimum(*of)) * (tells[0] | tells[1])
    assert (np.ptp(worlds, axis=0) >= wanted).all()


def test_counts_large_enough_are_all_shown_with_their_totals():
    made, both, place, _ = survey(3, people=4000, blank=0.3)
    found = crossed(made, "a", "b", both, place)
    true = pd.crosstab(both["a"], both["b"]).loc[["yes", "no"], ["low", "middle", "high"]]
    shown = found.cells.pivot(index="row", columns="column", values="count")
    if true.to_numpy().min() >= 10:
        assert found.suppressed == 0
        assert shown.loc["yes", "low"] == true.loc["yes", "low"]
        assert shown.loc["yes", ALL] == true.loc["yes"].sum()
        assert shown.loc[ALL, ALL] == true.to_numpy().sum()


def test_without_a_floor_every_pair_is_shown():
    assert survey(1, floor=0)[3].suppressed == 0


def test_questions_of_several_answers_are_not_crossed():
    people = pd.DataFrame({"office": ["A"] * 60})
    chosen = pd.DataFrame({"x": [True, False] * 30, "y": [True] * 60})
    several = multiple_from_rows("m", chosen, people)
    one = measure_from_rows("q", pd.Series(["yes", "no"] * 30), people)
    made = plan(Publication(pd.DataFrame({"office": ["A"], "respondents": [60]}), (several, one)))
    with pytest.raises(InputError, match="'m' cannot be crossed"):
        crossed(made, "m", "q", pd.DataFrame({"m": [], "q": []}), np.zeros(0, int))
