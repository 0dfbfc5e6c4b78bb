"""Where each respondent stands at each item, told from a few rows."""

import pandas as pd
import pytest
from questions import asked_if, question, table

from coee_nb.errors import InputError
from coee_nb.survey.questions import states as room
from coee_nb.survey.questions.kind import STATES, factorized


def states_of(responses, questions):
    """The names of the states of the last question's first part."""
    *_, parts = room.read_parts(responses, questions)
    return [STATES[state] for state in parts[0].state]


def test_reach_and_answer_counts():
    responses = table(
        [True, False, False, False],
        gate=["No", "Yes", None, "Yes"],
        inner=[None, "Do not know", None, None],
    )
    questions = [question("gate"), question("inner", asked_if=asked_if("gate", "Yes"))]
    assert room.last_reached(responses, questions).tolist() == [3, 2, 0, 1]
    counts = room.answer_counts(room.read_parts(responses, questions), responses.index)
    assert counts["answered"].tolist() == [1, 2, 0, 1]
    assert counts["applicable"].tolist() == [1, 2, 2, 2]


def test_a_blank_is_left_blank_only_if_the_respondent_went_on():
    responses = table([False, False, True], a=["Yes", None, None], b=[None, "Yes", None])
    assert states_of(responses, [question("b"), question("a")]) == [
        "answered",
        "not_reached",
        "seen_blank",
    ]
    assert states_of(responses, [question("a"), question("b")]) == [
        "not_reached",
        "answered",
        "seen_blank",
    ]


def test_a_blank_row_of_the_matrix_a_respondent_stopped_in_was_seen():
    matrix = question("m", "matrix", columns=("mx", "my"), labels=("X", "Y"))
    [parts] = room.read_parts(table([False], mx=["Yes"], my=[None]), [matrix])
    assert [STATES[part.state[0]] for part in parts] == ["answered", "seen_blank"]


def test_a_condition_on_a_multi_select_holds_if_any_choice_does():
    tools = question(
        "tools", "multi", choices=("A", "B"), columns=("tools__a", "tools__b"), labels=("A", "B")
    )
    inner = question("inner", asked_if=asked_if("tools", "B"))
    responses = table(
        [True] * 3, tools__a=["A", "A", None], tools__b=["B", None, "B"], inner=[None] * 3
    )
    assert states_of(responses, [tools, inner]) == ["seen_blank", "skipped_by_logic", "seen_blank"]


def test_a_substantive_choice_outweighs_a_marked_dont_know_in_a_multi_select():
    tools = question(
        "tools",
        "multi",
        choices=("A", "Do not know"),
        columns=("ta", "tk"),
        labels=("A", "Do not know"),
    )
    responses = table([True] * 2, ta=["A", None], tk=["Do not know", "Do not know"])
    assert states_of(responses, [tools]) == ["answered", "dont_know"]


def test_indicator_is_missing_without_an_answer_in_substance():
    responses = table([True] * 4, q1=["Yes", "No", "Do not know", None])
    found = room.indicator(responses, question("q1"), ["Yes"])
    assert found.tolist()[:2] == [1.0, 0.0]
    assert found.isna().tolist() == [False, False, True, True]


def test_factorized_drops_unused_categories_and_keeps_blanks_apart():
    wide = pd.Series(pd.Categorical(["b", None, "b"], ["a", "b", "c"]))
    codes, labels = factorized(wide)
    assert (list(codes), labels) == ([0, -1, 0], ["b"])


@pytest.mark.parametrize(
    ("message", "question", "choices"),
    [
        ("choices", question("q1"), ["Do not know"]),
        ("choices", question("q1"), []),
        ("multi question", question("q1", "multi"), ["Yes"]),
        ("no column", question("q2"), ["Yes"]),
    ],
)
def test_an_indicator_needs_choices_in_substance_of_one_column(message, question, choices):
    with pytest.raises(InputError, match=message):
        room.indicator(table([True], q1=["Yes"]), question, choices)


def test_an_answer_to_what_was_not_asked_is_taken_out_and_counted_along_the_path():
    responses = table(
        [True] * 3,
        gate=["Yes", "No", None],
        inner=["Yes", "Yes", "Yes"],
        last=["Yes", "Yes", None],
    )
    questions = [
        question("gate"),
        question("inner", asked_if=asked_if("gate", "Yes")),
        question("last", asked_if=asked_if("inner", "Yes")),
    ]
    kept, found = room.without_unasked(responses, questions)
    assert found == {"inner": 2, "last": 1}
    assert kept["inner"].tolist()[:1] == ["Yes"]
    assert kept["inner"].isna().tolist() == [False, True, True]
    assert kept["last"].isna().tolist() == [False, True, True]
    assert responses["inner"].notna().all()
