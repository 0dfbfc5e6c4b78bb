"""How the time of a disclosure plan grows with what is published."""

from dataclasses import replace
from time import process_time

import numpy as np
import pandas as pd
import pytest

from coee_nb.engines.suppression.cells import Publication, measure_from_rows, participation
from coee_nb.engines.suppression.planner import plan

BREAKDOWNS = ((), ("center",), ("title",))
ANSWERS = (2, 2, 3, 5)


def publication(items: int, *, centers: int = 10, titles: int = 3) -> Publication:
    """A survey of yes/no, three- and five-point questions, a fifth of the answers missing."""
    rng = np.random.default_rng(1)
    groups = pd.DataFrame(
        [(f"C{c}", f"T{t}") for c in range(centers) for t in range(titles)],
        columns=["center", "title"],
    )
    sizes = rng.integers(8, 40, len(groups))
    frame = groups.assign(frame=2 * sizes + rng.integers(0, 9, len(groups)))
    groups = groups.assign(respondents=sizes)
    people = groups.loc[groups.index.repeat(sizes), ["center", "title"]].reset_index(drop=True)
    measures = [participation(groups, frame, breakdowns=BREAKDOWNS)]
    for item in range(items):
        labels = [f"a{code}" for code in range(ANSWERS[item % len(ANSWERS)])]
        chance = rng.dirichlet(np.full(len(labels), 4.0))
        answers = pd.Series(rng.choice(labels, len(people), p=chance))
        answers = answers.where(rng.random(len(people)) > 0.2)
        measures.append(
            measure_from_rows(f"q{item}", answers, people, choices=labels, breakdowns=BREAKDOWNS)
        )
    return Publication(groups, tuple(measures), frame)


def seconds(made: Publication) -> float:
    start = process_time()
    plan(made)
    return process_time() - start


@pytest.mark.benchmark
def test_time_grows_with_the_items_and_no_faster(speed):
    plan(publication(1))  # the solver's import is not part of the plan
    whole = publication(40)
    told, questions = whole.measures[0], whole.measures[1:]
    parts = [
        replace(whole, measures=(told, *questions[first : first + 10]))
        for first in range(0, 40, 10)
    ]
    apart, together = sum(map(seconds, parts)), seconds(whole)
    speed("a plan of 40 items / four of 10 items", together / apart, aim=2)
