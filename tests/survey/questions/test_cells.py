import numpy as np
import pytest

from coee_nb.survey.codebook import build_codebook
from coee_nb.survey.questions.cells import Problem
from coee_nb.survey.questions.kinds import kind_of
from coee_nb.survey.read.exports import Coded


def item(**changes):
    whole = {"name": "a", "source": "Q1", "wording": "w", "type": "single"} | changes
    return build_codebook([{k: v for k, v in whole.items() if v is not None}])["a"]


def coded(*cells):
    texts = tuple(dict.fromkeys(cells))
    return Coded(texts, np.array([texts.index(cell) for cell in cells]))


def answers(of, *cells, form="labels"):
    reading = kind_of(of).read(of, [coded(*cells)], form)
    return {
        name: [None if cell != cell else cell for cell in column]
        for name, column in reading.columns.items()
    }, reading.problems


def test_closed_answers_are_categoricals_in_the_questionnaire_s_order():
    scale = item(type="likert", choices=["Low", "High"])
    column = kind_of(scale).read(scale, [coded("High", "", "High")], "labels").columns["a"]
    assert list(column.categories) == ["Low", "High"]
    assert column.isna().tolist() == [False, True, False]


def test_labels_are_matched_whatever_their_white_space():
    single = item(choices=["Not at all"])
    assert answers(single, "Not  at\n all ")[0] == {"a": ["Not at all"]}


def test_joined_choices_come_apart_even_with_commas_in_a_label():
    multi = item(type="multi", choices={"1": "Yes", "2": "Yes, often", "3": "Other"})
    found, problems = answers(multi, "Yes, often,Other", "Yes,Other", "", "Other")
    assert found["a__yes"] == [None, "Yes", None, None]
    assert found["a__yes_often"] == ["Yes, often", None, None, None]
    assert found["a__other"] == ["Other", "Other", None, "Other"]
    assert problems == ()
    assert answers(multi, "1,3", form="codes")[0]["a__yes"] == ["Yes"]


def test_a_joined_cell_with_a_piece_nobody_listed_is_a_problem():
    multi = item(type="multi", choices=["Yes", "No"])
    found, problems = answers(multi, "Yes,Perhaps")
    assert found["a__yes"] == [None]
    assert problems == (Problem("outside", "a", "Yes,Perhaps", 1),)


def test_a_joined_cell_seen_and_left_blank_says_so_once():
    multi = item(type="multi", choices={"1": "Yes", "2": "No", "-99": "Blank"}, missing=["-99"])
    found, _ = answers(multi, "-99")
    assert found == {"a__yes": ["Blank"], "a__no": [None]}


def test_a_ticked_box_is_one_or_its_label_and_zero_is_unticked():
    multi = item(type="multi", source=None, sources={"Q1": "Course"}, missing=["-99"])
    found, problems = answers(multi, "1", "Course", "0", "", "-99", "1.0")
    assert found["a__course"] == ["Course", "Course", None, None, "-99", "Course"]
    assert problems == ()
    assert answers(multi, "2")[1] == (Problem("outside", "a", "2", 1),)


def test_numbers_are_numbers():
    found, problems = answers(item(type="numeric"), "3", " 2.5", "-1", "1,200", "")
    assert found["a"] == [3.0, 2.5, -1.0, 1200.0, None]
    assert problems == ()


def test_special_codes_of_a_number_keep_their_label():
    years = item(type="numeric", missing=["-99"], dont_know=["Don't know"])
    assert answers(years, "3", "-99", "Don't know")[0]["a"] == [3.0, "-99", "Don't know"]


@pytest.mark.parametrize("text", ["about 3", "inf", "nan", "1e3", "--", "."])
def test_what_is_no_number_is_a_problem(text):
    assert answers(item(type="numeric"), text)[1] == (Problem("outside", "a", text, 1),)


def test_comments_keep_every_character():
    text = "  =SUM(A1)\n<b>ü</b> "
    assert answers(item(type="text"), text, "   ")[0]["a"] == [text, None]


def test_problems_of_a_matrix_are_counted_together():
    matrix = item(type="matrix", source=None, sources={"Q1": "x", "Q2": "y"}, choices=["A"])
    reading = kind_of(matrix).read(matrix, [coded("B", "A"), coded("B", "B")], "labels")
    assert reading.problems == (Problem("outside", "a", "B", 3),)


@pytest.mark.parametrize(
    ("text", "expected"), [("", True), (" \n", True), ("-99", True), ("Blank", True), ("1", False)]
)
def test_what_counts_as_unanswered(text, expected):
    single = item(choices={"1": "Yes", "-99": "Blank"}, missing=["-99"])
    assert kind_of(single).unanswered(text, single) is expected
