import numpy as np
import pytest

from coee_nb.survey.read.exports import Coded
from coee_nb.survey.read.grouping import Column, grouped, head, is_ticked, shared


def column(source, text, *answers, boxes=False, labels=None):
    coded = Coded(tuple(answers), np.arange(len(answers)))
    return Column(source, source, text, coded, labels or {}, boxes=boxes)


@pytest.mark.parametrize(
    ("sources", "groups"),
    [
        (["Q1_1", "Q1_2", "Q2_1"], [2, 1]),
        (["G1[A]", "G1[B]", "G1[other]", "G1[Bcomment]"], [2, 1, 1]),
        (["a___1", "a___2", "b___1"], [2, 1]),
        (["Rate [Speed]", "Rate [Price]", "Why?"], [2, 1]),
        (["wave_1", "wave_2"], [1, 1]),
    ],
)
def test_columns_are_put_together_as_each_tool_names_them(sources, groups):
    found = grouped(column(source, source) for source in sources)
    assert [len(group) for group in found] == groups


def test_columns_of_a_question_belong_together_wherever_they_stand():
    sources = ["QID2_1", "QID3_2", "QID1", "QID2_2", "QID3_1"]
    found = grouped([column(source, source) for source in sources])
    assert [[one.source for one in group] for group in found] == [
        ["QID2_1", "QID2_2"], ["QID3_2", "QID3_1"], ["QID1"],
    ]  # fmt: skip


def test_names_without_a_number_need_a_text_in_common():
    both = [column("pay_1", "Pay? - Now", "1"), column("pay_2", "Pay? - Later", "1")]
    assert len(grouped(both)) == 1


@pytest.mark.parametrize(
    ("texts", "wording", "labels"),
    [
        (["Tools [Mail]", "Tools [Phone]"], "Tools", ["Mail", "Phone"]),
        (["Tools (choice=Mail)", "Tools (choice=Phone, desk)"], "Tools", ["Mail", "Phone, desk"]),
        (["Use? - Mail", "Use? - Phone"], "Use?", ["Mail", "Phone"]),
    ],
)
def test_the_wording_is_what_the_parts_share(texts, wording, labels):
    found, own = shared([column(f"s{n}", text) for n, text in enumerate(texts)])
    assert (found, list(own.values())) == (wording, labels)
    assert head(texts) == wording


def test_boxes_say_yes_and_no_only_where_the_tool_has_a_column_a_choice():
    assert is_ticked([column("a[1]", "", "Yes", "No", boxes=True)] * 2)
    assert not is_ticked([column("Q1_1", "", "Yes", "No"), column("Q1_2", "", "Yes", "No")])
    assert not is_ticked([column("a[1]", "", "Good", "Bad", boxes=True)] * 2)
    named = {"0": "Not mentioned", "1": "Mentioned"}
    assert is_ticked([column("q_1", "", "0", "1", labels=named)] * 2)
    assert not is_ticked([column("q_1", "", "1", "2", labels={"1": "Yes", "2": "No"})] * 2)
