import pytest
from definitions import logic, question, selected, write_definition
from exports import write_export
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coee_nb.errors import InputError
from coee_nb.survey.codebook import read_codebook
from coee_nb.survey.read.defined import draft_defined_codebook
from coee_nb.survey.reader import read_responses

AGREE = ("Strongly agree", "Agree", "Disagree", "Strongly disagree", "Not applicable")
BOXES = {"Selector": "MAVR"}
MATRIX = {"QuestionType": "Matrix", "Selector": "Likert", "SubSelector": "SingleAnswer",
          "Answers": {"1": {"Display": "Good"}, "2": {"Display": "Bad"}, "3": {"Display": "N/A"}},
          "AnswerOrder": ["1", "2", "3"]}  # fmt: skip
SOURCES = ["QID5_1", "QID5_2", "QID1", "QID2", "QID3_1", "QID3_2", "QID3_3", "QID4", "Office"]


def survey(path):
    questions = [
        question("QID1", "Do you use <i>it</i>?", "Yes", "No"),
        question("QID2", "It is clear.", *AGREE, DisplayLogic=logic(selected("QID1", 1))),
        question("QID3", "Which?", "Mail", "Phone", "None of these", **BOXES),
        question("QID4", "Why?", DisplayLogic=logic(selected("QID9", 1))),
        question("QID5", "Rate", "Speed", "Price", **MATRIX),
    ]
    questions[2]["Choices"]["3"]["ExclusiveAnswer"] = True
    flow = [{"ID": f"BL_{one['QuestionID']}", "Type": "Standard"} for one in questions]
    flow.append({"Type": "EmbeddedData", "EmbeddedData": [{"Field": "Office"}]})
    return write_definition(path, questions, flow=flow)


@pytest.fixture
def drafted(tmp_path):
    def _drafted(rows, definition=None):
        export = write_export(tmp_path / "in.csv", SOURCES, rows)
        draft = draft_defined_codebook(export, definition or survey(tmp_path / "in.qsf"))
        (tmp_path / "book.yaml").write_text(draft, encoding="utf-8")
        book = read_codebook(tmp_path / "book.yaml")
        return draft, book, read_responses(export, book)

    return _drafted


def test_choices_order_and_logic_are_the_definitions(drafted):
    row = {"QID1": "Yes", "QID2": "Agree", "QID3_1": "Mail", "QID4": "So", "Office": "East"}
    draft, book, found = drafted([row, row | {"QID1": "No", "QID2": ""}] * 6)
    assert [item.name for item in book.items] == ["office", "qid1", "qid2", "qid3", "qid4", "qid5"]
    assert book["qid1"].wording == "Do you use it?"
    assert book["qid2"].kind == "likert"
    assert book["qid2"].substantive == ("Strongly disagree", "Disagree", "Agree", "Strongly agree")
    assert book["qid2"].not_applicable == {"Not applicable"}
    assert book["qid2"].asked_if.words() == "qid1 is Yes"
    assert book["qid3"].labels == ("Mail", "Phone", "None of these")
    assert book["qid3"].exclusive == {"None of these"}
    assert book["qid4"].kind == "text"
    assert book["qid5"].labels == ("Speed", "Price")
    assert book["qid5"].choices == ("Good", "Bad", "N/A")
    assert "# Logic not taken over into asked_if:\n#   qid4: QID9 is no earlier item" in draft
    assert len(found.rows) == 12


def test_a_definition_of_another_survey_is_an_error(drafted, tmp_path):
    other = write_definition(tmp_path / "other.qsf", [question("QID77", "?", "Yes")])
    with pytest.raises(InputError, match="none of the definition's questions"):
        drafted([{"QID1": "Yes"}], other)


def test_rankings_sliders_and_likelihoods_are_what_the_definition_calls_them(tmp_path):
    parts = ("Speed", "Price", "Staff")
    asked = [
        question("QID1", "Rank", *parts, QuestionType="RO", Selector="DND"),
        question("QID2", "How far?", "Today", QuestionType="Slider", Selector="HSLIDER"),
        question("QID3", "Recommend?", *map(str, range(11)), Selector="NPS"),
        question("QID4", "Rank", *parts, QuestionType="RO", Selector="DND"),
        question("QID5", "Divide", *parts, QuestionType="CS", Selector="VRTL"),
    ]
    ranks = [["1", "2", "3"], ["3", "1", "2"]]
    rows = [
        {f"QID1_{n}": rank for n, rank in enumerate(ranks[k % 2], 1)}
        | {"QID2_1": str(k), "QID3": str(k % 11), "QID4_1": "first", "QID4_2": str(k)}
        | {f"QID5_{n}": str(share) for n, share in enumerate((k, 40, 60 - k), 1)}
        for k in range(30)
    ]
    columns = ["QID1_1", "QID1_2", "QID1_3", "QID2_1", "QID3", "QID4_1", "QID4_2"]
    columns += ["QID5_1", "QID5_2", "QID5_3"]
    export = write_export(tmp_path / "in.csv", columns, rows)
    draft = draft_defined_codebook(export, write_definition(tmp_path / "in.qsf", asked))
    (tmp_path / "book.yaml").write_text(draft, encoding="utf-8")
    book = read_codebook(tmp_path / "book.yaml")
    kinds = {item.name: item.kind for item in book.items}
    assert [kinds[name] for name in ("qid1", "qid2", "qid3")] == ["ranking", "slider", "nps"]
    assert kinds["qid5"] == "constant_sum"
    assert "ranking" not in [kind for name, kind in kinds.items() if name.startswith("qid4")]
    assert (book["qid1"].labels, book["qid2"].labels) == (parts, ("Today",))
    assert len(read_responses(export, book).rows) == 30


WORDS = st.sampled_from(["", "Yes", "No", "1", "2", "Agree", "Mail", "Good", "N/A", "own words"])


@pytest.mark.long
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(WORDS, min_size=9, max_size=9), min_size=1, max_size=12))
def test_an_answer_that_the_definition_does_not_know_is_still_read(drafted, rows):
    _, _, found = drafted([dict(zip(SOURCES, row, strict=True)) for row in rows])
    checks = found.checks.set_index("check")["count"]
    assert checks["answer outside the choices"] == 0
    assert checks["recode clash"] == 0
