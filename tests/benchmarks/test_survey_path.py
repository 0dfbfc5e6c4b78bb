"""How the time of a survey, from its export to its plan, grows with the questions."""

from time import process_time

import numpy as np
import pytest
from exports import parameters

from coee_nb.survey.data import read_survey
from coee_nb.survey.params import SurveyResponses
from coee_nb.survey.release import release

CHOICES = ["Never", "Rarely", "Often", "Always"]


def seconds(folder, items, people=156):
    """The time that a survey of closed questions takes, a tenth of the cells blank."""
    draw = np.random.default_rng(1)
    names = [f"Q{number}" for number in range(items)]
    book = [
        {"name": name.lower(), "source": name, "wording": f"{name}?", "type": "single",
         "choices": CHOICES}
        for name in names
    ]  # fmt: skip
    answers = draw.choice([*CHOICES, ""], (people, items), p=[0.3, 0.3, 0.2, 0.1, 0.1])
    rows = [dict(zip(names, own, strict=True)) for own in answers.tolist()]
    params = SurveyResponses(**parameters(folder, book, rows, {}, frame=None, asked=300))
    start = process_time()
    release(read_survey(params))
    return process_time() - start


@pytest.mark.benchmark
def test_the_whole_path_grows_with_the_questions_and_no_faster(tmp_path, speed):
    seconds(tmp_path, 5)  # imports are no part of it
    few, many = seconds(tmp_path, 35), seconds(tmp_path, 140)
    speed("reading and planning 140 questions / 35", many / few, aim=6)
