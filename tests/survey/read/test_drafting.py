from pathlib import Path

import pandas as pd
import pytest
import yaml
from exports import write_export
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from coee_nb.errors import InputError
from coee_nb.survey.codebook import read_codebook
from coee_nb.survey.read.drafting import draft_codebook
from coee_nb.survey.reader import read_responses

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "data" / "oig_22_34" / "survey" / "responses_generated.csv"
QUALTRICS = ROOT.parent / "shared" / "formats" / "qualtrics"


@pytest.fixture
def drafted(tmp_path):
    def _drafted(path):
        book = tmp_path / "draft.yaml"
        book.write_text(draft_codebook(path), encoding="utf-8")
        return read_codebook(book)

    return _drafted


def test_a_draft_of_the_example_knows_its_questions(drafted):
    book = drafted(EXAMPLE)
    kinds = {item.name: item.kind for item in book.items}
    assert kinds == {
        "center": "single", "title": "single",
        "q1": "numeric", "q2": "multi", "q3": "likert", "q4": "single", "q5": "single",
        "q6": "single", "q7": "single", "q8": "matrix", "q9": "single",
        "q10": "single", "q11": "single", "q12": "single", "q13": "likert",
        "q14": "likert", "q15": "text",
    }  # fmt: skip
    assert book["q2"].labels[0] == "Classroom course"
    assert book["q2"].wording.startswith("Which training")
    assert set(book["q4"].choices) == {"Yes", "No"}
    assert book.groups == ()  # which items place a respondent is for the analyst to say


def test_a_draft_reads_its_own_export(drafted):
    found = read_responses(EXAMPLE, drafted(EXAMPLE))
    assert len(found.rows) == 544
    assert found.checks.set_index("check").loc["answer outside the choices", "count"] == 0


@pytest.mark.parametrize(
    "name", ["partials_spam_choicetext.csv", "matrix_multiselect_negative_recodes_legacy.csv"]
)
def test_a_draft_of_each_real_export_reads_it(drafted, name):
    path = QUALTRICS / name
    if not path.exists():
        pytest.skip("the shared exports are not here")
    found = read_responses(path, drafted(path), trial_responses="keep")
    assert found.input.rows == {"partials": 104, "matrix_m": 15}[name[:8]]


def test_comments_and_personal_columns_are_never_listed(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text(
        "ResponseId,RecipientEmail,Q1,Q2\n"
        "R_1,a@example.org,I saw it,Yes\nR_2,b@example.org,Nothing,No\nR_3,,More,Yes\n"
        "R_4,,Again,No\n"
    )
    draft = draft_codebook(path)
    for secret in ("example.org", "I saw it"):
        assert secret not in draft
    head, _, items = draft.partition("items:")
    assert "#   points at a person (e-mail): RecipientEmail\n" in head
    assert "RecipientEmail" not in items
    assert "type: text" in draft


def test_value_labels_of_spss_become_choices(drafted, tmp_path):
    import pyreadstat

    path = tmp_path / "in.sav"
    pyreadstat.write_sav(
        pd.DataFrame({"ResponseId": ["a", "b"], "Q1": [1.0, 2.0]}),
        str(path),
        variable_value_labels={"Q1": {1.0: "Yes", 2.0: "No", -99.0: "Seen"}},
        column_labels={"Q1": "Aware?"},
    )
    item = drafted(path)["q1"]
    assert dict(item.codes) == {"1": "Yes", "2": "No", "-99": "Seen"}
    assert item.wording == "Aware?"


def test_a_file_without_questions_is_an_error(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("ResponseId,IPAddress\nR_1,192.0.2.1\n")
    with pytest.raises(InputError, match="no question columns"):
        draft_codebook(path)


def test_columns_that_only_look_like_a_matrix_are_items_of_their_own(tmp_path):
    path = tmp_path / "in.csv"
    lines = [f"{n},answer {n + 100}" for n in range(30)]
    path.write_text("Q1_1,Q1_2\n" + "\n".join(lines) + "\n")
    items = yaml.safe_load(draft_codebook(path))["items"]
    found = [(item["source"], item["type"]) for item in items]
    assert found == [("Q1_1", "numeric"), ("Q1_2", "text")]


@pytest.mark.parametrize(
    "name", ["Username", "What is your full name?", "Email", "Name", "ipaddr. IP address"]
)
def test_personal_columns_of_any_tool_are_no_questions(tmp_path, name):
    path = tmp_path / "in.csv"
    path.write_text(f"{name},Satisfied?\n" + "somebody,Yes\nanother,No\n" * 6)
    items = yaml.safe_load(draft_codebook(path))["items"]
    assert [item["wording"] for item in items] == ["Satisfied?"]


@pytest.mark.parametrize(
    "asked",
    [
        "Which district do you live in?", "Is your training complete?", "A new version",
        "What operating system", "preferred_os", "What_to_do", "Which browser",
    ],
)  # fmt: skip
def test_a_question_that_ends_like_a_tools_own_column_is_a_question(tmp_path, asked):
    path = tmp_path / "in.csv"
    path.write_text(f'Record ID,"{asked}",Satisfied?\n' + "1,Yes,No\n2,No,Yes\n" * 6)
    items = yaml.safe_load(draft_codebook(path))["items"]
    assert [item["source"] for item in items] == [asked, "Satisfied?"]


def test_what_a_tool_notes_of_a_page_is_left_out_and_listed(tmp_path):
    noted = ["Q3_Browser", "Q3_Operating System", "Q4_First Click", "Q4_Page Submit", "Q5_DO_1"]
    path = tmp_path / "in.csv"
    path.write_text(",".join([*noted, "Q6"]) + "\n" + "a,b,1,2,1,Yes\nb,a,2,1,2,No\n" * 6)
    draft = draft_codebook(path)
    assert [item["source"] for item in yaml.safe_load(draft)["items"]] == ["Q6"]
    assert all(name in draft for name in noted)


def test_choices_joined_by_semicolons_may_hold_commas(tmp_path):
    path = tmp_path / "in.csv"
    cells = ["Trails", "Pool, indoor", "Trails;Pool, indoor", "Courts", "Courts;Pool, indoor"]
    path.write_text("What did you use?\n" + "".join(f'"{cell}"\n' for cell in cells * 4))
    (item,) = yaml.safe_load(draft_codebook(path))["items"]
    assert (item["type"], item["choices"]) == ("multi", ["Trails", "Pool, indoor", "Courts"])


@pytest.mark.parametrize("asked", ["How many visits?", "Number of children", "Years of service"])
def test_a_question_of_how_many_is_a_number_though_few_numbers_are_given(tmp_path, asked):
    path = tmp_path / "in.csv"
    path.write_text(f"{asked},Satisfied?\n" + "0,Yes\n1,No\n2,Yes\n" * 9)
    assert yaml.safe_load(draft_codebook(path))["items"][0]["type"] == "numeric"


@pytest.mark.parametrize(
    ("asked", "kind"),
    [("Anything else?", "text"), ("Any other comments", "text"), ("Comments:", "text"),
     ("Other (please specify)", "text"), ("Did you comment on the draft?", "single")],
)  # fmt: skip
def test_a_question_for_words_is_text_though_few_wrote_any(tmp_path, asked, kind):
    path = tmp_path / "in.csv"
    path.write_text(f"{asked},Satisfied?\n" + "More lights,Yes\nFix the bench,No\n" * 9)
    assert yaml.safe_load(draft_codebook(path))["items"][0]["type"] == kind


WORDS = st.sampled_from(
    ["Yes", "No", "yes", "1", "2", "1.0", "-99", "0", "Don't know", "None of these", "A, B", "A",
     "B", "Other", "é", "1,200", "3.5", " padded ", "two  spaces", "=1+1", "TRUE", "12 years", "",
     "", "x" * 130]
)  # fmt: skip
SOURCES = ["QID1", "QID2_1", "QID2_2", "QID2_3", "QID2_3_TEXT", "QID3", "QID4-1-1", "QID4-1-2",
           "Q5. How?", "arm"]  # fmt: skip
JOINED_NUMBERS = ["Yes", "Yes", "1.0", "A, B", "A", "B, 2.0", "2", "2, 1.0, A"]


@pytest.mark.long
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(WORDS, min_size=10, max_size=10), min_size=1, max_size=25))
@example([["Yes"] * 5 + [joined] + ["Yes"] * 4 for joined in JOINED_NUMBERS])
@example([["Yes"] * 6 + ["2", "", "Yes", "Yes"]])  # a box ticked with its neighbour's name
def test_a_draft_explains_every_answer_of_the_export_it_was_made_from(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("draft")
    given_rows = [dict(zip(SOURCES, row, strict=True)) for row in rows]
    export = write_export(folder / "in.csv", SOURCES, given_rows)
    (folder / "draft.yaml").write_text(draft_codebook(export), encoding="utf-8")
    codebook = read_codebook(folder / "draft.yaml")
    found = read_responses(export, codebook)
    checks = found.checks.set_index("check")["count"]
    assert checks["answer outside the choices"] == 0
    assert checks["recode clash"] == 0
    assert checks["column not in the codebook"] == 0
    written = sum(bool(text.strip()) for row in rows for text in row)
    # A cell that joins several choices is one answer in the columns of all of them.
    answers = found.rows.iloc[:, 6:].notna()
    joined = [list(item.columns) for item in codebook.items if getattr(item, "joined", False)]
    several = [int((answers[columns].sum(axis=1) - 1).clip(lower=0).sum()) for columns in joined]
    read = int(answers.sum().sum()) - sum(several)
    assert read <= written
    if not found.excluded.size:
        assert read == written


def test_the_head_names_the_questions_whose_choices_have_no_known_order(tmp_path):
    medals = ["Gold", "Bronze", "Silver"]
    rows = [
        {"Q1": medals[k % 3], "Q2": ["Often", "Never", "Always"][k % 3], "Q3": str(1 + k % 3),
         "Q4": ["Yes", "No", "Don't know"][k % 3]}
        for k in range(60)
    ]  # fmt: skip
    path = write_export(tmp_path / "r.csv", ["Q1", "Q2", "Q3", "Q4"], rows)
    head, _, items = draft_codebook(path).partition("\ndraft: true")
    assert head.splitlines()[-2:] == [
        "# The order of their choices is not known; they stand as they came:",
        "#   q1",
    ]
    choices = {one["name"]: one["choices"] for one in yaml.safe_load(items)["items"]}
    assert sorted(choices["q1"]) == sorted(medals)
    assert choices["q2"] == ["Never", "Often", "Always"]
    assert list(choices["q3"]) == ["1", "2", "3"]
