import json

import pytest
from definitions import logic, question, selected, write_definition
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coee_nb.errors import InputError
from coee_nb.survey.read.qsf import NOT_ALL, plain_text, read_definition


def test_a_question_keeps_its_choices_in_order_with_their_codes(tmp_path):
    one = question(
        "QID1",
        "<b>Is&nbsp;it clear?</b><br/>Say so.",
        "Yes",
        "No",
        "None",
        ChoiceOrder=["2", 1],
        RecodeValues={"1": "10"},
        Selector="MAVR",
    )
    one["Choices"]["3"]["ExclusiveAnswer"] = True
    [found] = read_definition(write_definition(tmp_path / "in.qsf", [one])).questions
    assert found.text == "Is it clear? Say so."
    assert list(found.choices.values()) == ["No", "Yes", "None"]
    assert (found.codes, found.exclusive, found.several) == ({"1": "10"}, ("3",), True)


def test_choices_in_a_list_and_questions_in_the_trash(tmp_path):
    scale = question("QID1", "Likely?", Choices=[{"Display": "0"}, {"Display": "1"}])
    path = write_definition(tmp_path / "in.qsf", [scale, question("QID2", "Old", "Yes")])
    document = json.loads(path.read_text())
    blocks = document["SurveyElements"][0]["Payload"]
    trash = {"ID": "BL_2", "Type": "Trash", "BlockElements": [blocks[0]["BlockElements"].pop()]}
    document["SurveyElements"][0]["Payload"] = {"0": blocks[0], "1": trash}
    path.write_text(json.dumps(document))
    [found] = read_definition(path).questions
    assert found.choices == {"0": "0", "1": "1"}


def test_the_flow_gives_order_and_conditions(tmp_path):
    asked = [question(f"QID{n}", "?", "Yes", "No") for n in range(1, 5)]
    branch = {"Type": "Branch", "BranchLogic": logic(selected("QID1", 1))}
    flow = [
        {"Type": "Standard", "ID": "BL_QID1"},
        branch | {"Flow": [{"Type": "Standard", "ID": "BL_QID3"}]},
        branch | {"Flow": [{"Type": "EndSurvey"}]},
        {"Type": "BlockRandomizer", "SubSet": 1, "Flow": [{"ID": "BL_QID2"}, {"ID": "BL_QID4"}]},
        {"Type": "EmbeddedData", "EmbeddedData": [{"Field": "Office"}]},
    ]
    found = read_definition(write_definition(tmp_path / "in.qsf", asked, flow=flow))
    assert [one.qid for one in found.questions] == ["QID1", "QID3", "QID2", "QID4"]
    assert [len(one.shown) for one in found.questions] == [0, 1, 1, 1]
    assert [[one.negated for one in q.shown] for q in found.questions[1:3]] == [[False], [True]]
    assert [one.note for one in found.questions] == ["", "", NOT_ALL, NOT_ALL]
    assert found.embedded == {"Office"}


@pytest.mark.parametrize(("to", "skipped"), [("QID3", 1), ("ENDOFBLOCK", 2), ("ENDOFSURVEY", 2)])
def test_a_skip_rules_out_what_lies_between(tmp_path, to, skipped):
    asked = [question(f"QID{n}", "?", "Yes", "No") for n in range(1, 4)]
    skip = {"ChoiceLocator": "q://QID1/SelectableChoice/2", "Condition": "Selected"}
    path = write_definition(
        tmp_path / "in.qsf", asked, skips={"QID1": [skip | {"SkipToDestination": to}]}
    )
    shown = [len(one.shown) for one in read_definition(path).questions]
    assert shown == [0, 1, skipped - 1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "no question"),
        ('{"SurveyElements": [1, {}]}', "no question"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_a_file_that_is_no_definition_is_an_error(tmp_path, text, message):
    (tmp_path / "in.qsf").write_text(text)
    with pytest.raises(InputError, match=message):
        read_definition(tmp_path / "in.qsf")


@given(st.text())
def test_no_markup_and_no_control_character_is_left(text):
    found = plain_text(f"<p onclick='x'>{text}</p><script>alert(1)</script>")
    assert "onclick" not in found.replace(text, "")
    assert "alert(1)" not in found.replace(text, "") or "<" in text
    assert all(one.isprintable() for one in found)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["0", "1", "Type", "Flow", "ID", "Display", "SkipLogic", "QuestionID"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(JSON, JSON, JSON)
def test_whatever_stands_in_a_definition_is_read_or_passed_over(tmp_path, blocks, flow, choices):
    elements = [
        {"Element": "BL", "Payload": blocks},
        {"Element": "FL", "Payload": flow},
        {"Element": "SQ", "PrimaryAttribute": "QID1", "Payload": {"Choices": choices}},
    ]
    (tmp_path / "in.qsf").write_text(json.dumps({"SurveyElements": elements}))
    assert read_definition(tmp_path / "in.qsf")
