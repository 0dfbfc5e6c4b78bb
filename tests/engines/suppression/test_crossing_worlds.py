"""Small worlds whose crossing is attacked by someone who holds all tables of both questions.

What is private is told here once more, by people and counts alone. An attack is a linear programme
over how many of each office gave each pair of answers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from coee_nb.engines.suppression.cells import Publication, measure_from_rows, participation
from coee_nb.engines.suppression.crossing import crossed
from coee_nb.engines.suppression.lattice import ALL, Placement
from coee_nb.engines.suppression.planner import DROPPED, LINKED, plan
from coee_nb.engines.suppression.solver import linear_programme
from coee_nb.errors import InputError

FLOOR = 3
OFFICES = "ABC"
LABELS = {"a": ["yes", "no"], "b": ["low", "high"]}
BLANK, ANSWERED = "left blank", "answered"
PLACES = {"yes": 0, "no": 1, "low": 0, "high": 1, BLANK: 2, ANSWERED: slice(2), ALL: slice(2)}
EVERYBODY = slice(None)


@dataclass
class Count:
    """A count of a world: who is in it, how many are shown (else None), the range that it needs."""

    name: tuple[str, ...]
    inside: np.ndarray
    shown: float | None
    needed: float


def planned(world, by_group=None):
    """Return the plan of both questions, the answers and the place of each respondent."""
    given = [[*labels, None] for labels in LABELS.values()]
    rows = pd.DataFrame(
        [
            (OFFICES[office], given[0][row], given[1][column])
            for (office, row, column), many in np.ndenumerate(world)
            for _ in range(many)
        ],
        columns=["office", "a", "b"],
    )
    placement = Placement(rows[["office"]])
    measures = [
        measure_from_rows(
            name, rows[name], placement, choices=labels, breakdowns=((), ("office",)),
            by_group=by_group if name == "a" else None,
        )
        for name, labels in LABELS.items()
    ]  # fmt: skip
    groups = rows[["office"]].value_counts(sort=False).rename("respondents").reset_index()
    publication = Publication(groups, tuple(measures))
    places = publication.lattice(measures[0]).places(placement.index)[placement.codes]
    return plan(publication, floor=FLOOR), rows[["a", "b"]].fillna(BLANK), places


def who(world, office=EVERYBODY, row=EVERYBODY, column=EVERYBODY):
    inside = np.zeros(world.shape)
    inside[office, row, column] = 1
    return inside.ravel()


def tells(count, of):
    return of > 0 and (count < FLOOR or of - count < FLOOR)


def few(count):
    return 0 < count < FLOOR


def of_questions(world, made) -> Iterator[Count]:
    """Yield each count of the tables of both questions."""
    held = made.cells.set_index(["measure", "office", "answer"])["suppressed"].to_dict()
    for (name, labels), office in product(LABELS.items(), [ALL, *OFFICES[: len(world)]]):
        of = EVERYBODY if office == ALL else OFFICES.index(office)
        side = "row" if name == "a" else "column"
        inside = {one: who(world, of, **{side: PLACES[one]}) for one in [*labels, BLANK, ANSWERED]}
        count = {one: float(own @ world.ravel()) for one, own in inside.items()}
        people, silent = count[ANSWERED], count[BLANK]
        for answer, own in inside.items():
            needed = min(FLOOR, people) * tells(count[answer], people)
            if answer not in labels:
                of_few = few(silent) or (answer == ANSWERED and few(people))
                needed = min(FLOOR, people + silent) * of_few
            hidden = held.get((name, office, answer), True)
            if (name, office, answer) in held and people + silent:
                needed = max(needed, 1)  # whatever is suppressed is not to be known
            yield Count((name, office, answer), own, None if hidden else count[answer],
                        needed * hidden)  # fmt: skip


def of_crossing(world, made, cells) -> Iterator[Count]:
    """Yield each pair and total."""
    pairs = world.sum(axis=0)
    gave = {"a": pairs.sum(axis=1), "b": pairs.sum(axis=0)}
    most = {ALL: world.sum()}
    for name, labels in LABELS.items():
        most |= made.apply(name).set_index("answer")["count"].fillna(world.sum()).loc[labels]
    both = pairs[:2, :2].sum()
    for row, column, shown in cells.itertuples(index=False):
        at, under = PLACES[row], PLACES[column]
        count, of_row, of_column = (
            pairs[at, under].sum(),
            pairs[at, :2].sum(),
            pairs[:2, under].sum(),
        )
        if row == ALL and column == ALL:
            private = few(both) or few(world.sum() - both)
        elif column == ALL:
            private = tells(count, both) or few(gave["a"][at] - count)
        elif row == ALL:
            private = tells(count, both) or few(gave["b"][under] - count)
        else:
            private = tells(count, of_row) or tells(count, of_column)
        assert pd.isna(shown) or shown == count
        needed = min(FLOOR, most[row], most[column]) * private
        inside = who(world, row=at, column=under)
        yield Count((row, column), inside, None if pd.isna(shown) else float(shown), needed)


def told(world, counts) -> Iterator[tuple[str, ...]]:
    """Yield the counts that an attacker places more closely than may be."""
    sizes = np.array([who(world, office) for office in range(len(world))])
    seen = [one for one in counts if one.shown is not None]
    equal = np.vstack([sizes, *(one.inside for one in seen)])
    to = np.r_[sizes @ world.ravel(), [one.shown for one in seen]]
    solver = linear_programme(csr_array(equal), to, csr_array((0, world.size)))

    def least(cost):
        solver.changeColsCost(world.size, np.arange(world.size, dtype=np.int32), cost)
        solver.run()
        return solver.getInfo().objective_function_value

    for one in counts:
        if one.needed and -least(-one.inside) - least(one.inside) < one.needed - 1e-6:
            yield one.name


WORLDS = {
    "as many as the floor asks": ([[[3, 9, 0], [9, 9, 0], [0, 0, 0]]], None),
    "nobody answered both": ([[[0, 0, 4], [0, 0, 5], [4, 4, 0]]], None),
    "one office": ([[[0, 2, 1], [6, 3, 0], [0, 1, 0]]], None),
    "a few left blank": ([[[2, 2, 1], [4, 1, 1], [0, 3, 3]]], None),
    "exactly as many as the floor": ([[[0, 1, 1], [0, 2, 1], [0, 1, 0]]], ("yes",)),
    "what an office hides": (
        [[[2, 1, 0], [1, 0, 0], [0, 0, 0]], [[0, 0, 0], [0, 2, 0], [0, 0, 0]]], ("yes",)),
    "an answer nobody gave": (
        [[[1, 0, 0], [2, 2, 1], [1, 1, 2]], [[2, 0, 1], [2, 1, 0], [0, 0, 0]]], ("yes",)),
    "three offices": (
        [[[0, 0, 0], [1, 2, 1], [1, 1, 0]], [[0, 2, 2], [0, 1, 1], [0, 1, 1]],
         [[0, 2, 2], [0, 2, 0], [1, 2, 0]]], ("yes",)),
}  # fmt: skip


@pytest.mark.parametrize("name", WORLDS)
def test_nothing_private_follows_and_nothing_is_hidden_without_need(name):
    world, by_group = np.array(WORLDS[name][0]), WORLDS[name][1]
    made, both, places = planned(world, by_group)
    crossing = [*of_crossing(world, made, crossed(made, "a", "b", both, places).cells)]
    known = [*crossing, *of_questions(world, made)]
    assert list(told(world, known)) == []
    for hidden in crossing:
        if hidden.shown is None and not hidden.needed:
            seen = replace(hidden, shown=float(hidden.inside @ world.ravel()))
            others = [one for one in known if one is not hidden]
            assert next(told(world, [seen, *others]), None), f"{hidden.name} could be shown"


@pytest.fixture(scope="module")
def large():
    """Return two questions, and who took part, of which everything may be shown."""
    made, both, places = planned(np.full((2, 3, 3), 20))
    groups, measures = made.publication.groups, made.publication.measures
    frame = groups.rename(columns={"respondents": "frame"})
    asked = Publication(groups, (*measures, participation(groups, frame)), frame=frame)
    return plan(asked, floor=FLOOR), both, places


@pytest.mark.parametrize("why", [LINKED, DROPPED])
@pytest.mark.parametrize(("measure", "withheld"), [("a", 9), ("b", 9), ("participation", 0)])
def test_nothing_is_crossed_of_a_question_that_would_tell_who_took_part(
    large, why, measure, withheld
):
    made, both, places = large
    first = made.cells.index[made.cells["measure"] == measure][0]
    cells = made.cells.assign(why=made.cells["why"].mask(made.cells.index == first, why))
    assert crossed(replace(made, cells=cells), "a", "b", both, places).suppressed == withheld


def test_who_took_part_is_no_question_to_cross(large):
    made, both, places = large
    with pytest.raises(InputError, match="'participation' cannot be crossed"):
        crossed(made, "participation", "b", both, places)
