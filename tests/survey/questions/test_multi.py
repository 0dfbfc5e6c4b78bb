"""A question of several answers, with a choice that goes with no other."""

import pytest
from questions import question, table

from coee_nb.survey.questions.items import item_tables
from coee_nb.survey.questions.multi import MULTI, exclusive_with_others


def tools(*labels, **parts):
    columns = tuple(f"tools__{number}" for number in range(len(labels)))
    return question("tools", "multi", choices=labels, labels=labels, columns=columns, **parts)


@pytest.mark.parametrize(
    ("label", "alone"),
    [
        ("None of these", True),
        ("none of the above.", True),
        ("None", True),
        ("Nothing", True),
        ("None of these apply", True),
        ("Nonessential training", False),
        ("No tools from the list of 2019", False),
    ],
)
def test_which_choice_goes_with_no_other(label, alone):
    assert (label in MULTI.exclusive(["Course", label])) == alone


def test_none_of_these_ticked_with_others_is_shown_both_ways():
    item = tools("Course", "Web", "None", exclusive=frozenset({"None"}))
    rows = table(
        [True] * 4,
        tools__0=["Course", "Course", None, None],
        tools__1=[None] * 3 + ["Web"],
        tools__2=["None", None, "None", None],
    )
    assert exclusive_with_others(rows, item).tolist() == [True, False, False, False]
    counts = item_tables(rows, [item], frame=9).distribution.set_index("choice")["count"]
    assert counts.to_dict() == {"Course": 2, "Web": 1, "None": 1, "None (ticked with others)": 1}
    [(_, measured)] = MULTI.measured(item, rows, floor=10)
    assert measured.sum().to_dict() == counts.to_dict()


def test_without_such_answers_nothing_is_added():
    item = tools("Course", "None", exclusive=frozenset({"None"}))
    rows = table([True] * 2, tools__0=["Course", None], tools__1=[None, "None"])
    assert not exclusive_with_others(rows, item).any()
    assert item_tables(rows, [item], frame=2).distribution["choice"].tolist() == ["Course", "None"]
