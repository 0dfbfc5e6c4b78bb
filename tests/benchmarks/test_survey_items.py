"""Item tables of a large survey against pandas' own reading of its file."""

import time
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from coee_nb.survey.questions.items import item_tables

ROWS, QUESTIONS, CENTERS = 100_000, 200, 10
CHOICES = ("Strongly disagree", "Disagree", "Agree", "Strongly agree", "Do not know")


@dataclass(frozen=True)
class Question:
    name: str
    kind: str = "likert"
    wording: str = ""
    choices: tuple = CHOICES
    missing: frozenset = frozenset()
    not_applicable: frozenset = frozenset()
    dont_know: frozenset = frozenset({"Do not know"})
    asked_if: None = None

    @property
    def columns(self):
        return (self.name,)

    labels = columns

    @property
    def aside(self):
        return self.missing | self.not_applicable | self.dont_know

    @property
    def substantive(self):
        return tuple(choice for choice in self.choices if choice not in self.aside)


def best(action, repeats=2):
    """The shortest time of a few runs, in seconds, and what the last returned."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        result = action()
        times.append(time.process_time() - start)
    return min(times), result


@pytest.fixture
def survey_file(tmp_path):
    """A generated file: a sixth of the cells are blank, a quarter of the people did not finish."""
    import pyarrow as pa
    from pyarrow import csv

    random = np.random.default_rng(1)
    columns = {
        "finished": pa.array(random.random(ROWS) < 0.75),
        "center": pa.array([f"Center {k:02d}" for k in range(CENTERS)]).take(
            pa.array(random.integers(0, CENTERS, ROWS))
        ),
    }
    for question in range(QUESTIONS):
        code = random.integers(0, len(CHOICES) + 1, ROWS)
        answers = pa.array(code, mask=code == len(CHOICES))
        columns[f"q{question}"] = pa.array(CHOICES).take(answers)
    csv.write_csv(pa.table(columns), tmp_path / "survey.csv")
    return tmp_path / "survey.csv"


@pytest.mark.benchmark
def test_item_tables_by_center_take_at_most_three_times_the_reading(survey_file, speed):
    reading, responses = best(lambda: pd.read_csv(survey_file))
    questions = [Question(f"q{k}") for k in range(QUESTIONS)]
    frame = {f"Center {k:02d}": ROWS for k in range(CENTERS)}
    tabulating, found = best(lambda: item_tables(responses, questions, frame=frame, by="center"))
    assert len(found.distribution) == QUESTIONS * CENTERS * 4
    assert found.distribution["wilson_low"].notna().all()
    speed("item tables of 100,000 x 200 / reading their CSV", tabulating / reading, aim=3)
