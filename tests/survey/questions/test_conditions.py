"""Whom a question was asked: one condition, several, numbers, and conditions that mean nothing."""

import pandas as pd
import pytest
from pydantic import ValidationError

from coee_nb.errors import InputError
from coee_nb.survey.questions.conditions import Condition

ROWS = pd.DataFrame(
    {
        "ever": ["Yes", "No", None, "Yes"],
        "years": pd.Series([2, "9", "Do not know", None], dtype=object),
        "tools__a": ["A", None, None, None],
        "tools__b": [None, "B", None, None],
        "arm": ["t", "c", "t", "c"],
    }
)


@pytest.mark.parametrize(
    ("told", "holds", "words"),
    [
        ({"item": "ever", "labels": ["Yes"]}, [1, 0, 0, 1], "ever is Yes"),
        ({"item": "ever", "labels": [" No ", "Yes"]}, [1, 1, 0, 1], "ever is No or Yes"),
        ({"item": "years", "at_least": "2"}, [1, 1, 0, 0], "years is at least 2"),
        ({"item": "years", "above": 2, "at_most": 9}, [0, 1, 0, 0],
         "years is above 2 and at most 9"),
        ({"item": "years", "below": 9}, [1, 0, 0, 0], "years is below 9"),
        ({"item": "tools", "labels": ["B"]}, [0, 1, 0, 0], "tools is B"),
        ({"not": {"item": "ever", "labels": ["Yes"]}}, [0, 1, 1, 0], "not (ever is Yes)"),
        ({"all": [{"item": "ever", "labels": ["Yes"]}, {"item": "arm", "labels": ["t"]}]},
         [1, 0, 0, 0], "ever is Yes and arm is t"),
        ({"any": [{"item": "ever", "labels": ["No"]}, {"not": {"item": "arm", "labels": ["c"]}}]},
         [1, 1, 1, 0], "ever is No or (not (arm is c))"),
    ],
)  # fmt: skip
def test_whom_a_condition_leads_to_the_question(told, holds, words):
    condition = Condition.model_validate(told)
    assert condition.holds(ROWS).tolist() == [bool(one) for one in holds]
    assert condition.words() == words


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"item": "ever"},
        {"labels": ["Yes"]},
        {"item": "ever", "labels": ["Yes"], "all": [{"item": "arm", "labels": ["t"]}]},
        {"item": "years", "at_least": "many"},
        {"item": "ever", "label": ["Yes"]},
    ],
)
def test_a_condition_that_says_nothing_or_two_things_is_refused(told):
    with pytest.raises(ValidationError):
        Condition.model_validate(told)


def test_a_condition_on_what_is_not_there_names_it():
    with pytest.raises(InputError, match="asked if 'gate'"):
        Condition(item="gate", labels=("Yes",)).holds(ROWS)
