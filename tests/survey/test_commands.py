from pathlib import Path

import pytest
from click.testing import CliRunner

from coee_nb.errors import InputError
from coee_nb.survey.codebook import read_codebook
from coee_nb.survey.commands import survey

FOLDER = Path(__file__).resolve().parents[2] / "data" / "oig_22_34" / "survey"
EXPORT = str(FOLDER / "responses_generated.csv")


def coee(*arguments):
    return CliRunner().invoke(survey, list(map(str, arguments)), catch_exceptions=True)


def test_a_codebook_is_drafted_to_the_screen():
    result = coee("codebook", EXPORT)
    assert result.exit_code == 0
    assert result.stdout.startswith("# A draft")
    assert "QID15_TEXT" in result.stdout


def test_a_codebook_is_drafted_to_a_file_but_never_over_one(tmp_path):
    out = tmp_path / "book.yaml"
    assert "Correct it" in coee("codebook", EXPORT, "--out", out).stdout
    assert read_codebook(out)["q4"].kind == "single"
    assert list(tmp_path.iterdir()) == [out]
    with pytest.raises(InputError, match="exists already"):
        raise coee("codebook", EXPORT, "--out", out).exception


def test_what_the_draft_leaves_out_is_told_on_the_screen_too(tmp_path):
    told = coee("codebook", EXPORT, "--out", tmp_path / "book.yaml").stdout
    head = (tmp_path / "book.yaml").read_text(encoding="utf-8").partition("\ndraft: true\n")[0]
    aside = told.partition("Columns left out, and why:\n")[2].splitlines()
    assert aside
    assert all(f"#   {line.strip()}\n" in f"{head}\n" for line in aside)


def test_a_file_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        raise coee("codebook", tmp_path / "none.csv").exception


def test_the_review_of_comments_is_drafted_and_marks_are_never_lost(tmp_path):
    out = tmp_path / "review.csv"
    call = ["comments", EXPORT, "--codebook", FOLDER / "codebook.yaml", "--out", out]
    told = coee(*call).stdout
    assert "112 comments, in 8 of them something that may identify somebody" in told
    assert coee(*call).exit_code == 0  # a draft that nobody marked is drafted anew
    text = out.read_text(encoding="utf-8")
    assert text.count('",,,\n') > 90
    marked = text.replace('",,,\n', '",,yes,\n', 1)
    out.write_text(marked, encoding="utf-8")
    with pytest.raises(InputError, match=r"marks on 1 of 112 comments.*another name"):
        raise coee(*call).exception
    assert out.read_text(encoding="utf-8") == marked
    assert list(tmp_path.iterdir()) == [out]


def test_a_review_is_not_written_over_something_else(tmp_path):
    out = tmp_path / "notes.csv"
    out.write_text("mine\n1\n")
    with pytest.raises(InputError, match="is no review file"):
        raise coee(
            "comments", EXPORT, "--codebook", FOLDER / "codebook.yaml", "--out", out
        ).exception
    assert out.read_text() == "mine\n1\n"
