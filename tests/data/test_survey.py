"""The worked example's survey equals what the report prints."""

import csv
import re
from pathlib import Path

import pandas as pd
import pytest

from coee_nb.files import read_file
from coee_nb.survey.codebook import read_codebook
from coee_nb.survey.frame import check_frame, read_frame
from coee_nb.survey.published import check_published, read_published
from coee_nb.survey.reader import read_responses
from coee_nb.survey.review import COLUMNS, draft_review

FOLDER = Path(__file__).resolve().parents[2] / "data" / "oig_22_34" / "survey"
FACTS = Path(__file__).resolve().parents[3] / "shared" / "facts" / "oig_22_34.yaml"


@pytest.fixture(scope="module")
def make(maker):
    return maker("survey")


@pytest.fixture(scope="module")
def codebook():
    return read_codebook(FOLDER / "codebook.yaml")


@pytest.fixture(scope="module")
def responses(codebook):
    return read_responses(FOLDER / "responses_generated.csv", codebook)


@pytest.fixture(scope="module")
def frame():
    return read_frame(FOLDER / "frame_generated.csv")


def test_another_seed_gives_other_rows_with_the_same_margins(make, tmp_path, codebook, responses):
    make.write(tmp_path, seed=7)
    other = read_responses(tmp_path / "responses_generated.csv", codebook)
    assert other.input.sha256 != responses.input.sha256
    printed = read_published(FOLDER / "published.yaml")
    check = check_published(printed, other.rows, codebook, frame_total=1052, origin="generated")
    assert (check.table["verdict"] == "match").all()


def test_rows_that_must_not_count_are_set_aside(responses):
    assert responses.input.rows == 549
    assert responses.input.excluded == {
        "duplicate response id": 1,
        "spam": 1,
        "survey preview": 3,
    }


def test_participation_as_published(responses, frame):
    assert len(responses.rows) == 544
    assert responses.rows["finished"].sum() == 409
    assert frame.total == 1052
    assert responses.rows["center"].nunique() == 10
    assert responses.rows["title"].nunique() == 3
    check_frame(frame, responses.rows)


@pytest.mark.parametrize(
    ("item", "answer", "numerator", "denominator"),
    [
        ("no_review_policy", "No", 303, 444),
        ("never_in_review", "Never", 372, 415),
        ("no_own_procedures", "No", 314, 444),
        ("unaware_role_policies", "Not aware of any", 248, 444),
        ("understands_roles", "Yes", 149, 444),
        ("no_seacats_input", "I do not", 276, 414),
        ("no_case_initiation", "Not involved", 178, 414),
    ],
)
def test_items_as_published(responses, item, answer, numerator, denominator):
    answers = responses.rows[item]
    assert (answers == answer).sum() == numerator
    assert answers.notna().sum() == denominator


def test_every_printed_figure_matches(responses, codebook, frame):
    printed = read_published(FOLDER / "published.yaml")
    check = check_published(
        printed, responses.rows, codebook, frame_total=frame.total, origin="generated"
    )
    assert check.text.startswith("11 of 11 printed figures match the rows. The check is not indep")


def test_the_printed_figures_are_those_of_the_report():
    if not FACTS.exists():
        pytest.skip("the shared figures are not here")
    import yaml

    facts = yaml.safe_load(FACTS.read_text())["survey"]
    figures = read_published(FOLDER / "published.yaml").figures
    assert [(i.id, i.numerator, i.denominator, i.percent) for i in figures.items] == [
        (i["id"], i["n"], i["of"], i["pct"]) for i in facts["items"]
    ]
    counts = figures.counts
    assert (counts.personnel, counts.distributed) == (facts["personnel_total"], 1052)
    assert (counts.completed, counts.partial) == (facts["completed"], facts["partial"])
    assert counts.response_rate_percent == facts["response_rate_pct"]
    assert counts.coverage_percent == facts["coverage_pct"]


def test_the_survey_was_in_the_field_on_the_published_days(responses):
    rows = responses.rows
    assert str(rows["started_on"].min().date()) == "2021-01-28"
    assert str(rows["ended_on"].max().date()) == "2021-02-19"
    waited = (rows["recorded_on"] - rows["ended_on"])[~rows["finished"]]
    assert (waited == pd.Timedelta(days=7)).all()


def test_it_holds_every_kind_of_question(codebook):
    kinds = {item.kind for item in codebook.items}
    assert kinds == {"single", "multi", "matrix", "likert", "numeric", "text"}
    assert codebook["guidance_clear"].dont_know == {"Don't know"}
    assert codebook["seacats_help"].not_applicable == {"Not part of my work"}


def test_skip_logic_is_kept(responses, codebook):
    rows = responses.rows
    asked_if = codebook["review_result_told"].asked_if
    answered = rows["review_result_told"].notna()
    assert rows.loc[answered, asked_if.item].isin(asked_if.labels).all()
    assert answered.sum() == 415 - 372


def test_some_groups_are_smaller_than_the_floor(responses, frame):
    sizes = responses.rows.groupby(["center", "title"]).size()
    assert (sizes < 10).any()
    assert (frame.counts["count"] < 10).any()


def test_every_comment_is_coded_and_some_hold_planted_clues(responses):
    with (FOLDER / "themes_generated.csv").open() as stream:
        coded = {line["response_id"] for line in csv.DictReader(stream)}
    comments = responses.rows.set_index("response_id")["comment"].dropna()
    assert set(comments.index) == coded
    assert 100 <= len(comments) <= 120
    for identifier in ("Mrs. Dana Whitlock", "@example.gov", "badge 40718", "www.example.org"):
        assert comments.str.contains(identifier, regex=False).any(), identifier
    assert comments.is_unique


def test_no_comment_can_be_taken_for_a_respondents_words(responses):
    comments = responses.rows["comment"].dropna()
    assert comments.str.match(r"Generated comment \d+, nobody's words, on ").all()


def test_no_file_of_the_example_holds_bait():
    for path in filter(Path.is_file, FOLDER.iterdir()):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<\s*(script|img)|onerror|=HYPERLINK|javascript:", text), path.name


def test_the_review_marks_every_comment_without_a_planted_clue(responses, codebook):
    """It is what ``coee survey comments`` drafts, marked."""
    review = read_file(FOLDER / "review_generated.csv").table()[list(COLUMNS)]
    draft = draft_review(responses.rows, codebook)
    pd.testing.assert_frame_equal(review.drop(columns="quote"), draft.drop(columns="quote"))
    clue = draft["comment"].str.contains("It holds")
    assert review["quote"].tolist() == clue.map({True: "no", False: "yes"}).tolist()
    assert clue.sum() == 8


def test_the_printed_comments_are_the_seven_of_the_report(make):
    comments = read_published(FOLDER / "published.yaml").figures.comments
    assert len(comments) == 7
    assert {one.where for one in comments} == {"Table 1"}
    assert {one.group for one in comments} <= set(make.PEOPLE)


def test_the_files_say_that_they_are_generated(make, codebook):
    assert "responses are generated" in codebook.note
    assert "generated" in (FOLDER / "README.md").read_text()
    assert any("generated" in name for name in make.generate())
