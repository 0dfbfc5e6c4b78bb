"""Findings by the answer to another question, scores of scales, and parts of a whole."""

import numpy as np
import pandas as pd
import pytest
from exports import parameters

from coee_nb.errors import InputError, ParameterError
from coee_nb.survey import by_answer, crossed, results, tables
from coee_nb.survey.codebook import build_codebook
from coee_nb.survey.data import read_survey
from coee_nb.survey.params import SurveyResponses
from coee_nb.survey.release import release

SCALE = ["Poor", "Fair", "Good", "Very good"]
HELPED = {"name": "helped", "source": "Q1", "wording": "Did it help?", "type": "single",
          "choices": ["Yes", "No"]}  # fmt: skip
RATED = {"name": "rated", "source": "Q2", "wording": "How good?", "type": "likert",
         "choices": SCALE, "scored": "rising"}  # fmt: skip
SPENT = {"name": "spent", "wording": "Of your time?", "type": "constant_sum",
         "sources": {"S1": "Desk", "S2": "Field"}}  # fmt: skip
COUNTS = [40, 60, 80, 100]


def staff(counts=COUNTS, field=lambda k: 20 + k % 60):
    rated = [step for step, number in zip(SCALE, counts, strict=True) for _ in range(number)]
    for k, step in enumerate(rated):
        yes = k % 4 != 0 if step in SCALE[2:] else k % 4 == 0
        yield {"Q1": "Yes" if yes else "No", "Q2": step, "S1": 100 - field(k), "S2": field(k)}


def released_of(folder, rows, items=(HELPED, RATED, SPENT), **given):
    how = {"frame": None, "breakdowns": ["rated"]} | given
    params = SurveyResponses(**parameters(folder, list(items), rows, {}, **how))
    return release(read_survey(params))


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    return released_of(tmp_path_factory.mktemp("by_answer"), staff())


def test_findings_by_an_answer_are_the_counts_of_both(released):
    true = pd.DataFrame(staff())
    found = by_answer.answer_shares(released, "rated").set_index("answer")
    yes = true[true["Q1"] == "Yes"]["Q2"].value_counts()
    for step, number in zip(SCALE, COUNTS, strict=True):
        assert (found.loc[step, "count"], found.loc[step, "n"]) == (yes[step], number)
    [table] = by_answer.by_each_answer(released)
    assert "the answer to “How good?”" in table.caption
    assert "1 differ: helped" in table.note


def test_a_few_with_an_answer_are_suppressed_as_where_both_are_crossed(tmp_path):
    made = released_of(tmp_path, staff([40, 7, 80, 100]), crosstabs=[["rated", "helped"]])
    found = by_answer.answer_shares(made, "rated").set_index("answer")
    assert found.loc["Fair", ["count", "n", "share"]].isna().all()
    crosstab = crossed.crossing_of(made, "rated", "helped").cells.set_index(["row", "column"])
    for step in SCALE:
        one = crosstab.loc[(step, "Yes"), "count"]
        assert pd.isna(one) or pd.isna(found.loc[step, "count"]) or one == found.loc[step, "count"]
        assert pd.isna(one) <= pd.isna(found.loc[step, "count"])  # one decision for both


def test_an_answer_of_a_few_withdraws_its_row_and_one_more_and_not_all(tmp_path):
    made = released_of(tmp_path, staff([8, 55, 101, 76]))
    found = by_answer.answer_shares(made, "rated").set_index("answer")
    assert found.loc[["Poor", "Fair"], "n"].isna().all()
    assert found.loc[["Good", "Very good"], "n"].tolist() == [101, 76]


def test_a_breakdown_by_what_is_no_question_is_an_error(tmp_path):
    with pytest.raises(ParameterError, match=r"no group or question .* 'rate' .*'rated'"):
        released_of(tmp_path, staff(), breakdowns=["rate"])


def test_the_mean_and_the_top_two_steps_of_a_scale_are_those_of_its_counts(released):
    [table] = [one for one in results.rankings_and_scores(released) if one.name == "scale_scores"]
    line = table.frame.iloc[0]
    steps = np.repeat([1, 2, 3, 4], COUNTS)
    assert abs(line["mean"] - steps.mean()) < 1e-9
    assert abs(line["top_two"] - 180 / 280) < 1e-9
    half = 1.9684 * steps.std(ddof=1) / np.sqrt(280)  # t of 279 degrees of freedom
    assert abs(line["high"] - line["mean"] - half) < 1e-3


def test_of_a_falling_scale_the_first_choices_are_the_top(tmp_path, released):
    made = released_of(tmp_path, staff(), items=[HELPED, RATED | {"scored": "falling"}, SPENT])
    [up], [down] = (
        [
            one.frame.iloc[0]
            for one in results.rankings_and_scores(each)
            if one.name == "scale_scores"
        ]
        for each in (released, made)
    )
    assert down["steps"] == "Very good < Good < Fair < Poor"
    assert abs(up["mean"] + down["mean"] - 5) < 1e-9
    assert abs(down["top_two"] - 100 / 280) < 1e-9


def test_scores_are_suppressed_with_a_count_of_the_scale(tmp_path):
    made = released_of(tmp_path, staff([40, 7, 80, 100]))
    [table] = [one for one in results.rankings_and_scores(made) if one.name == "scale_scores"]
    line = table.frame.iloc[0]  # Poor and Fair are suppressed, the two highest steps are not
    assert pd.isna(line["mean"])
    assert (line["n"], round(line["top_two"], 3)) == (227, 0.793)
    made = released_of(tmp_path, staff([40, 80, 100, 7]))
    [table] = [one for one in results.rankings_and_scores(made) if one.name == "scale_scores"]
    assert table.frame[["n", "mean", "top_two"]].isna().all(axis=None)


def test_parts_of_a_whole_are_averaged_and_those_that_do_not_add_up_counted(tmp_path, released):
    lines = results.numbers(released).frame.set_index("item")
    true = pd.DataFrame(staff())
    assert abs(lines.loc["spent: Field", "mean"] - true["S2"].mean()) <= 0.5
    assert abs(lines["mean"].sum() - 100) <= 1
    rows = [row | {"S2": 3 * row["S2"]} if k < 30 else row for k, row in enumerate(staff())]
    found = tables.checks(released_of(tmp_path, rows)).frame.set_index("check")
    assert found.loc["parts that do not add up to 100", "count"] == 30


def test_blank_parts_are_zero_and_who_makes_no_whole_gave_no_answer(tmp_path):
    rows = list(staff())
    for k, row in enumerate(rows):
        if k < 15:
            row |= {"S1": "", "S2": 100}
        elif k < 40:
            row |= {"S1": 0, "S2": 0} if k % 2 else {"S1": "", "S2": ""}
    made = released_of(tmp_path, rows)
    [field] = [f for f in results.numbers(made).frame.to_dict("records") if "Field" in f["item"]]
    account = tables.accounting(made).frame.set_index("item")
    assert field["n"] == account.loc["spent: Field", "answered it"] == 255
    found = tables.checks(made).frame.set_index("check")
    assert found.loc["parts that do not add up to 100", "count"] == 13


def test_one_part_is_not_told_by_the_others(tmp_path):
    made = released_of(tmp_path, staff(field=lambda k: 50 if k < 275 else 10 + k % 5))
    lines = results.numbers(made).frame
    assert lines[["n", "mean", "sd"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (SPENT | {"scored": "rising"}, "scored is for a scale"),
        (RATED | {"scored": "up"}, "scored: Input should be"),
        (SPENT | {"sources": {"S1": "Desk"}}, "a constant sum has sources"),
    ],
)
def test_what_is_no_scale_and_no_whole_is_refused(entry, message):
    with pytest.raises(InputError, match=message):
        build_codebook([entry])
