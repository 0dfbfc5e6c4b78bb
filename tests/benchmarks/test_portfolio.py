"""All the recommendation notebook shows of 5,000 recommendations, against reading their log."""

from time import process_time

import pytest
from portfolio import AS_OF, write_portfolio
from whole_path import NOTEBOOK, shown

from coee_nb.outputs import Chart, Table
from coee_nb.recommendations.log import read


def weight(one) -> int:
    """Make what a notebook keeps of an output; return its length."""
    if isinstance(one, Chart):
        return len(one.png()) + len(str(one.table._repr_mimebundle_()))
    return len(str(one._repr_mimebundle_())) if isinstance(one, Table) else 0


@pytest.mark.benchmark
def test_a_portfolio_is_shown_in_at_most_sixty_readings_of_its_log(tmp_path, speed):
    folder = write_portfolio(tmp_path / "log")
    values = {"as_of": str(AS_OF), "earlier_as_of": "2023-12-31", "log": str(folder)}
    notebook = NOTEBOOK.with_name("recommendation_aging.ipynb")

    def seconds(work) -> float:
        started = process_time()
        work()
        return process_time() - started

    seconds(lambda: sum(map(weight, shown(values, notebook))))  # imports
    reading = min(seconds(lambda: read(folder)) for _ in range(3))
    all_of_it = seconds(lambda: sum(map(weight, shown(values, notebook))))
    speed("the notebook over 5,000 recommendations / reading them", all_of_it / reading, aim=60)
