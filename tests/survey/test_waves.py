"""An earlier survey: each shared answer then and now, and whether it changed."""

import numpy as np
import pandas as pd
import pytest
from exports import parameters
from whole_path import published, sentences

from coee_nb.engines.design.estimation import between_samples, mean, simple_random
from coee_nb.errors import InputError, ParameterError
from coee_nb.survey.params import SurveyResponses

ITEMS = [
    {"name": "helped", "source": "Q1", "wording": "Did it help?", "type": "single",
     "choices": ["Yes", "No"]},
    {"name": "again", "source": "Q2", "wording": "Come again?", "type": "single",
     "choices": ["Yes", "Perhaps", "No"]},
    {"name": "ways", "sources": {"Q3_1": "Mail", "Q3_2": "Phone"}, "wording": "How?",
     "type": "multi"},
    {"name": "rated", "sources": {"Q4_1": "Speed", "Q4_2": "Price"}, "wording": "Rate",
     "type": "matrix", "choices": ["Good", "Bad"]},
]  # fmt: skip
OTHER = [ITEMS[0], ITEMS[1] | {"choices": ["Yes", "No"]}, *ITEMS[2:]]


def rows(people, share, seed, again=("Yes", "Perhaps", "No")):
    draw = np.random.default_rng(seed)
    for _ in range(people):
        yield {
            "Q1": ("Yes" if draw.random() < share else "No") if draw.random() < 0.9 else "",
            "Q2": draw.choice(again),
            "Q3_1": "Mail" if draw.random() < 0.5 else "",
            "Q3_2": "Phone" if draw.random() < 0.5 else "",
            "Q4_1": "Good" if draw.random() < share else "Bad",
            "Q4_2": "Good" if draw.random() < 0.5 else "Bad",
        }


def waves(folder, *, then, now, items=ITEMS, asked=900):
    for name in ("then", "now"):
        (folder / name).mkdir()
    told = {"frame": None, "asked": asked}
    again = items[1]["choices"]
    before = parameters(folder / "then", items, list(rows(300, then, 1, again)), {}, **told)
    values = parameters(folder / "now", ITEMS, list(rows(320, now, 2)), {}, **told)
    return values | {"earlier": {k: before[k] for k in ("responses", "codebook", "asked")}}


def table(folder):
    return pd.read_csv(folder / "tables" / "since_earlier.csv")


def test_a_planted_change_is_found_and_nothing_else(tmp_path):
    shown = published(waves(tmp_path, then=0.4, now=0.65), tmp_path / "tables")
    found = table(tmp_path).set_index(["name", "answer"])
    assert found.loc[("helped", "Yes"), "verdict"] == "higher now"
    assert found.loc[("helped", "No"), "verdict"] == "lower now"
    row = found.loc["rated: Speed"]  # a row of a matrix is a question
    assert row["verdict"].to_dict() == {"Good": "higher now", "Bad": "lower now"}
    others = found.drop(index=["helped", "rated: Speed"], level="name")
    assert (others["verdict"] == "no difference shown").all()
    true = pd.DataFrame(rows(300, 0.4, 1))["Q1"].replace("", np.nan).dropna()
    line = found.loc[("helped", "Yes")]
    assert (line["then_count"], line["then_n"]) == ((true == "Yes").sum(), len(true))
    assert line["low"] < 25 < line["high"]
    assert any(text.startswith("4 of 11 answers tested differ") for text in sentences(shown))


def test_questions_with_other_answers_are_named_and_not_compared(tmp_path):
    shown = published(waves(tmp_path, then=0.5, now=0.5, items=OTHER), tmp_path / "tables")
    assert set(table(tmp_path)["name"]) == {"helped", "ways", "rated: Speed", "rated: Price"}
    assert any("answers to choose from differ: again" in text for text in sentences(shown))


@pytest.mark.long
def test_an_answer_of_a_few_in_either_survey_is_suppressed(tmp_path):
    published(waves(tmp_path, then=0.99, now=0.5), tmp_path / "tables")
    found = table(tmp_path).set_index(["name", "answer"])
    line = found.loc[("helped", "No")]
    assert line["verdict"] == "suppressed"
    assert line[["then_count", "then_share", "points"]].isna().all()


def test_the_files_of_the_earlier_survey_are_checked_before_a_run(tmp_path):
    values = waves(tmp_path, then=0.5, now=0.5)
    (tmp_path / "then" / "responses.csv").write_text("nothing\n")
    with pytest.raises(InputError, match=r"then(-\w+)?/responses\.csv"):
        SurveyResponses(**values).check_inputs()
    values["earlier"]["responses"] = "none.csv"
    with pytest.raises(ParameterError, match=r"earlier\.responses"):
        SurveyResponses.check(values)


def test_two_independent_samples_give_the_published_interval():
    """Agresti, Categorical Data Analysis, table 2.3: heart attacks, .0077 (.005 to .011)."""
    groups = [np.r_[np.ones(189), np.zeros(10845)], np.r_[np.ones(104), np.zeros(10933)]]
    placebo, aspirin = (mean(simple_random(len(one)), one) for one in groups)
    found = between_samples(placebo, aspirin)
    assert (round(found.estimate, 4), round(found.low, 3), round(found.high, 3)) == (
        0.0077, 0.005, 0.011,
    )  # fmt: skip
    assert round(found.standard_error, 5) == 0.00154
