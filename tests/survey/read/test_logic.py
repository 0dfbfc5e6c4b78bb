import pandas as pd
import pytest
from definitions import logic, question, selected, write_definition

from coee_nb.survey.questions.conditions import Condition
from coee_nb.survey.read.logic import NotTakenOverError, asked_if
from coee_nb.survey.read.qsf import read_definition

ITEMS = {
    "QID1": {"name": "q1", "type": "single", "choices": {"1": "Yes", "2": "No", "3": "Maybe"}},
    "QID2": {"name": "q2", "type": "numeric"},
    "QID3": {"name": "q3", "type": "multi", "sources": {"QID3_1": "Mail", "QID3_2": "Phone"}},
    "arm": {"name": "arm", "type": "embedded"},
}


@pytest.fixture
def condition(tmp_path):
    def _condition(*display):
        questions = [
            question("QID1", "?", "Yes", "No", "Maybe"),
            question("QID2", "?"),
            question("QID3", "?", "Mail", "Phone", Selector="MAVR"),
            question("QID4", "?", **dict(zip(("DisplayLogic", "InPageDisplayLogic"), display, strict=False))),  # noqa: E501
        ]  # fmt: skip
        definition = read_definition(write_definition(tmp_path / "in.qsf", questions))
        return asked_if(definition.by_id["QID4"], ITEMS, definition)

    return _condition


def entry(qid, operator, value, kind="ChoiceTextEntryValue"):
    return {"LogicType": "Question", "LeftOperand": f"q://{qid}/{kind}", "Operator": operator,
            "RightOperand": value}  # fmt: skip


YES = {"item": "q1", "labels": ["Yes"]}
MAIL = {"item": "q3", "labels": ["Mail"]}


@pytest.mark.parametrize(
    ("display", "wanted"),
    [
        ([], None),
        ([logic(selected("QID1", 1))], YES),
        ([logic(selected("QID1", 1, operator="NotSelected"))], {"not": YES}),
        (
            [logic(selected("QID1", 1), selected("QID1", 3, joined="Or"))],
            {"item": "q1", "labels": ["Yes", "Maybe"]},
        ),
        ([logic(selected("QID1", 1), selected("QID3", 1, joined="And"))], {"all": [YES, MAIL]}),
        ([logic(selected("QID1", 1)), logic(selected("QID3", 1))], {"all": [YES, MAIL]}),
        (
            [logic(selected("QID3", 2), selected("QID1", 1, joined="Or"),
                   selected("QID3", 1, joined="And"))],
            {"any": [{"item": "q3", "labels": ["Phone"]}, {"all": [YES, MAIL]}]},
        ),
        ([logic(entry("QID2", "GreaterThanOrEqual", "3"))], {"item": "q2", "at_least": 3.0}),
        (
            [logic(entry("QID2", "NotEqualTo", "3"))],
            {"not": {"item": "q2", "at_least": 3.0, "at_most": 3.0}},
        ),
        (
            [logic({"LogicType": "EmbeddedField", "LeftOperand": "arm", "Operator": "EqualTo",
                    "RightOperand": "B"})],
            {"item": "arm", "labels": ["B"]},
        ),
    ],
)  # fmt: skip
def test_logic_becomes_a_condition_of_the_codebook(condition, display, wanted):
    found = condition(*display)
    assert found == wanted
    if found:
        Condition.model_validate(found)


def test_groups_of_logic_are_joined_as_they_say(condition):
    both = logic(selected("QID1", 1)) | {"1": {"0": selected("QID3", 1), "Type": "OrIf"}}
    rows = pd.DataFrame({"q1": ["Yes", "No", None], "q3__mail": [None, "Mail", None]})
    found = Condition.model_validate(condition(both))
    assert found.holds(rows).tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("display", "why"),
    [
        (logic(selected("QID9", 1)), "QID9 is no earlier item"),
        (logic(selected("QID1", 9)), "a choice that q1 has not"),
        (logic(selected("QID1", 1, operator="Displayed")), "uses Displayed"),
        (logic(entry("QID1", "Contains", "x")), "asks q1 for ChoiceTextEntryValue"),
        (logic({"LogicType": "Quota", "LeftOperand": "<b>QO_1"}), "depends on QO_1"),
        ({"Type": "BooleanExpression"}, "not known"),
    ],
)
def test_logic_that_no_condition_says_is_refused_with_its_reason(condition, display, why):
    if set(display) == {"Type"}:
        display = display | {"0": {"Type": "If"}}
    with pytest.raises(NotTakenOverError, match=why):
        condition(display)
