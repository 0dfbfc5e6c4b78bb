"""Every world that agrees with what a plan shows is made: what is sensitive ranges over them.

The rules are told here once more, by people and counts alone, printed or not.
"""

import numpy as np
import pandas as pd
import pytest

from coee_nb.engines.suppression.cells import Publication, measure_from_counts
from coee_nb.engines.suppression.lattice import ALL
from coee_nb.engines.suppression.planner import plan

ANSWERS = ["a", "b", "c"]


def parted(people: int, parts: int) -> np.ndarray:
    """Return every way in which people can be parted, one a row."""
    if parts == 1:
        return np.array([[people]])
    return np.vstack(
        [
            np.insert(rest, 0, first, axis=1)
            for first in range(people + 1)
            for rest in [parted(people - first, parts - 1)]
        ]
    )


def answered(counts: np.ndarray) -> np.ndarray:
    """Add how many gave one of the answers, behind the answers and statuses."""
    return np.concatenate([counts, counts[..., :3].sum(axis=-1, keepdims=True)], axis=-1)


def planned(truth: np.ndarray, names: list[str], **how):
    counts = pd.DataFrame(truth, columns=names).rename_axis("center").stack()
    counts.index = counts.index.set_names("answer", level=1)
    counts = counts.rename("count").reset_index().astype({"center": str})
    groups = counts.groupby("center")["count"].sum().rename("respondents").reset_index()
    floor = how.pop("floor")
    measure = measure_from_counts("q", counts, ((), ("center",)), statuses=tuple(names[3:]), **how)
    return plan(Publication(groups, (measure,)), floor=floor)


def worlds(truth: np.ndarray, *, floor: int, by_group: tuple[str, ...]) -> np.ndarray:
    """Return all that may be true: (worlds, the Centers and all, answers, status and answered)."""
    names = [*ANSWERS, "left blank"][: truth.shape[1]]
    cells = planned(truth, names, floor=floor, by_group=by_group).cells
    shown = cells[~cells["suppressed"]]
    places = [*names, "answered"]

    def agreeing(found: np.ndarray, center: str) -> np.ndarray:
        for cell in shown[shown["center"] == center].itertuples():
            found = found[found[:, places.index(cell.answer)] == cell.count]
        return found

    each = [
        agreeing(answered(parted(own.sum(), len(own))), str(center))
        for center, own in enumerate(truth)
    ]
    chosen = np.indices([len(own) for own in each]).reshape(len(each), -1)
    of_centers = np.stack([own[at] for own, at in zip(each, chosen, strict=True)], axis=1)
    both = np.concatenate([of_centers, of_centers.sum(axis=1, keepdims=True)], axis=1)
    kept = agreeing(np.column_stack([both[:, -1], np.arange(len(both))]), ALL)[:, -1]
    return both[kept]


def needed(truth: np.ndarray, floor: int) -> np.ndarray:
    """Return the range that each count of a world must have: none where it tells of nobody."""
    of = answered(np.vstack([truth, truth.sum(axis=0)]))
    count, people = of[:, :3], of[:, -1:]
    size = of[:, :-1].sum(axis=1, keepdims=True)
    silent = size - people
    tells = (people > 0) & ((count < floor) | (people - count < floor))
    few = (silent > 0) & (silent < floor)
    few_answered = few | ((people > 0) & (people < floor))
    asked = [np.minimum(floor, people) * tells]
    if of.shape[1] == 5:
        asked += [np.minimum(floor, size) * few, np.minimum(floor, size) * few_answered]
    return np.hstack(asked)


def short_of(truth: list[list[int]], **how) -> int:
    """Return how many counts an attacker can place more closely than may be."""
    found = worlds(np.array(truth), **how)
    wanted = needed(np.array(truth), how["floor"])
    ranges = (found.max(axis=0) - found.min(axis=0))[:, : wanted.shape[1]]
    return int((ranges < wanted).sum())


TOLD_BY_SUBTRACTION = [
    [[4, 4, 0], [3, 4, 0], [5, 5, 2]],
    [[3, 4, 3], [3, 4, 1], [3, 5, 1]],
    [[3, 3, 3], [5, 4, 0], [3, 3, 2]],
]


@pytest.mark.parametrize("truth", TOLD_BY_SUBTRACTION)
def test_what_is_not_printed_of_a_group_is_protected_as_if_it_were(truth):
    """What two shown answers leave of those who answered is known as well as if it were shown."""
    assert short_of(truth, floor=3, by_group=("a", "b")) == 0


@pytest.mark.parametrize(
    ("truth", "by_group"),
    [
        pytest.param([[2, 0, 0], [3, 2, 2], [0, 3, 0]], ("a", "b", "c"), id="fewer than the floor"),
        pytest.param([[2, 0, 0], [1, 3, 0]], ("a", "b"), id="fewer, and one not printed"),
        pytest.param([[3, 0, 2], [1, 0, 1]], ("a",), id="all but one fewer than the floor"),
        pytest.param([[4, 2, 0, 1], [3, 1, 1, 1]], ("a", "b", "c"), id="the same, with blanks"),
    ],
)
def test_a_group_of_a_few_and_all_but_a_few_are_protected_to_the_full(truth, by_group):
    assert short_of(truth, floor=3, by_group=by_group) == 0


@pytest.mark.parametrize("by_group", [("a",), ("a", "b"), ("a", "b", "c")])
@pytest.mark.parametrize("statuses", [0, 1])
def test_no_answer_of_a_printed_group_can_be_placed_though_it_is_not_printed(by_group, statuses):
    draw = np.random.default_rng(7)
    often = draw.integers(2, 5, (3 - statuses, 2))
    truth = np.hstack([often, draw.integers(0, 3, (3 - statuses, 1 + statuses))])
    assert short_of(truth.tolist(), floor=3, by_group=by_group) == 0
