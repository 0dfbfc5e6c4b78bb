from pathlib import Path

import pandas as pd
import pytest
import yaml
from exports import write_export
from hypothesis import HealthCheck, given, settings
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
        "qid1": "numeric", "qid2": "multi", "qid3": "single", "qid4": "single", "qid5": "single",
        "qid6": "single", "qid7": "single", "qid8": "matrix", "qid9": "single",
        "qid10": "single", "qid11": "single", "qid12": "single", "qid13": "single",
        "qid14": "single", "qid15": "text",
    }  # fmt: skip
    assert book["qid2"].labels[0] == "Classroom course"
    assert book["qid2"].wording.startswith("Which training")
    assert set(book["qid4"].choices) == {"Yes", "No"}
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
    for secret in ("example.org", "I saw it", "RecipientEmail"):
        assert secret not in draft
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


def test_columns_that_only_look_like_a_matrix_are_texts_of_their_own(tmp_path):
    path = tmp_path / "in.csv"
    lines = [f"{n},{n + 100}" for n in range(30)]
    path.write_text("Q1_1,Q1_2\n" + "\n".join(lines) + "\n")
    items = yaml.safe_load(draft_codebook(path))["items"]
    found = [(item["source"], item["type"]) for item in items]
    assert found == [("Q1_1", "text"), ("Q1_2", "text")]


@pytest.mark.parametrize(
    "name", ["Username", "What is your full name?", "Email", "Name", "ipaddr. IP address"]
)
def test_personal_columns_of_any_tool_are_no_questions(tmp_path, name):
    path = tmp_path / "in.csv"
    path.write_text(f"{name},Satisfied?\n" + "somebody,Yes\nanother,No\n" * 6)
    items = yaml.safe_load(draft_codebook(path))["items"]
    assert [item["wording"] for item in items] == ["Satisfied?"]


WORDS = st.sampled_from(
    ["Yes", "No", "yes", "1", "2", "1.0", "-99", "0", "Don't know", "None of these", "A, B", "A",
     "B", "Other", "é", "1,200", "3.5", " padded ", "two  spaces", "=1+1", "TRUE", "12 years", "",
     "", "x" * 130]
)  # fmt: skip
SOURCES = ["QID1", "QID2_1", "QID2_2", "QID2_3", "QID2_3_TEXT", "QID3", "QID4-1-1", "QID4-1-2",
           "Q5. How?", "arm"]  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(WORDS, min_size=10, max_size=10), min_size=1, max_size=25))
def test_a_draft_explains_every_answer_of_the_export_it_was_made_from(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("draft")
    given_rows = [dict(zip(SOURCES, row, strict=True)) for row in rows]
    export = write_export(folder / "in.csv", SOURCES, given_rows)
    (folder / "draft.yaml").write_text(draft_codebook(export), encoding="utf-8")
    found = read_responses(export, read_codebook(folder / "draft.yaml"))
    checks = found.checks.set_index("check")["count"]
    assert checks["answer outside the choices"] == 0
    assert checks["recode clash"] == 0
    assert checks["column not in the codebook"] == 0
    written = sum(bool(text.strip()) for row in rows for text in row)
    read = int(found.rows.iloc[:, 6:].notna().sum().sum())
    assert read <= written
    if not found.excluded.size:
        assert read == written
