"""Nothing of the survey gets its mark but through the gate, which looks once more."""

import ast
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import coee_nb.survey
from coee_nb.errors import InputError, ParameterError
from coee_nb.outputs import CHART_MIME, FINDINGS_MIME, INPUTS_MIME, TABLE_MIME
from coee_nb.survey import charts, groups, statements, tables

PACKAGE = Path(coee_nb.survey.__file__).parent
NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "survey_responses.ipynb"
BASIS = "responses_generated.csv, floor 10, generated data"


def test_exhibits_are_made_in_one_place():
    made = {"Table", "Chart", "Callout", "Finding", "Findings", "Inputs"}
    elsewhere = [
        (path.name, node.lineno)
        for path in PACKAGE.rglob("*.py")
        if path.name != "gate.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in made
    ]
    assert elsewhere == []


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"group": ["a", "b"], "count": [12, 9]}),
        pd.DataFrame({"count": pd.array([1, None], dtype="Int64")}),
    ],
)
def test_a_count_of_a_few_people_does_not_pass(plain, frame):
    with pytest.raises(InputError, match="count of fewer than 10 people") as caught:
        plain.table(frame, name="few", caption="Few")
    assert "9" not in str(caught.value)
    assert plain.table(frame, name="few", caption="Few", of_files=["count"]).gate


def test_an_id_or_a_comment_does_not_pass(plain):
    rows = plain.survey.rows
    for held in (rows[["response_id"]], rows[["comment"]], rows.head(8)):
        with pytest.raises(InputError, match="an id or words of a respondent") as caught:
            plain.table(held, name="rows", caption="Rows")
        assert rows["response_id"].iloc[0] not in str(caught.value)


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        (["center", "guidance_clear"], "answers to a question"),
        (["center", "recorded_on"], "times of responses"),
    ],
)
def test_rows_of_answers_or_times_do_not_pass(plain, columns, what):
    with pytest.raises(InputError, match=what):
        plain.table(plain.survey.rows[columns].head(20), name="rows", caption="Rows")


def test_small_counts_among_other_things_do_not_pass(plain):
    mixed = pd.DataFrame({"what": ["yes", 9]}, dtype=object)
    with pytest.raises(InputError, match="count of fewer than 10 people"):
        plain.table(mixed, name="few", caption="Few")


@pytest.mark.parametrize("column", ["response_id", "comment"])
def test_no_sentence_caption_or_cell_quotes_a_respondent(plain, column):
    analyst = plain.comments.analyst
    rows = plain.survey.rows
    suppressed = set(analyst.loc[analyst["decision"] == "suppressed", "comment"])
    words = rows[column][rows["comment"].isin(suppressed)].iloc[0]
    said = f"One of them is {words}, as can be seen"
    fine = pd.DataFrame({"count": [40]})
    table = plain.table(fine, name="fine", caption="Fine")
    for show in (
        lambda: plain.callout(said),
        lambda: plain.finding("x", said, 1, "people"),
        lambda: plain.table(fine, name="t", caption=said),
        lambda: plain.table(fine, name="t", caption="c", note=said),
        lambda: plain.table(pd.DataFrame({"told": [said]}), name="t", caption="c"),
        lambda: plain.chart(None, "c", said, "five words of a picture", table),
        lambda: plain.chart(None, "c", "Title", said, table),
    ):
        with pytest.raises(InputError, match="id or words of a respondent") as caught:
            show()
        assert words not in str(caught.value)


def test_none_and_more_than_the_floor_pass_with_the_mark_and_the_basis(plain):
    table = plain.table(pd.DataFrame({"count": [0, 10, 400]}), name="fine", caption="Fine")
    assert table.caption == f"Fine ({BASIS})"
    assert table.gate == plain.mark != ""
    assert table.origin == "generated"


def test_another_floor_cannot_pass_for_this_one(plain):
    other = replace(plain, plan=replace(plain.plan, floor=30))
    assert "floor 30" in tables.dispositions(other).caption
    assert "floor 30" in statements.participation(other)[0].statement
    assert "floor 30" in charts.findings(other).description


def test_a_picture_carries_its_basis(plain):
    figure = charts.findings(plain).figure
    assert BASIS in figure.get_supxlabel()


@pytest.fixture(scope="module")
def bundles():
    cells = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    return [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]


def test_the_notebook_is_under_disclosure_control():
    meta = json.loads(NOTEBOOK.read_text("utf-8"))["metadata"]["coee"]
    assert meta["disclosure"] is True


def test_every_stored_caption_and_sentence_names_file_and_floor(bundles):
    captions = [bundle[TABLE_MIME]["caption"] for bundle in bundles if TABLE_MIME in bundle]
    pictures = [bundle[CHART_MIME]["description"] for bundle in bundles if CHART_MIME in bundle]
    sentences = [
        one["statement"]
        for bundle in bundles
        for one in bundle.get(FINDINGS_MIME, {}).get("findings", [])
    ]
    assert captions
    assert pictures
    assert sentences
    bare = [text for text in (*captions, *pictures, *sentences) if BASIS not in text]
    assert [text for text in bare if "(published.yaml)" not in text] == []
    assert any(INPUTS_MIME in bundle for bundle in bundles)


@pytest.mark.parametrize(
    "call",
    [
        lambda released, name: groups.by_group(released, name),
        lambda released, name: groups.differences(released, name),
        lambda released, name: groups.group_shares(released, name),
        lambda released, name: charts.by_group(released, name),
        lambda released, name: charts.response(released, name),
        lambda released, name: tables.response_by(released, name),
        lambda released, name: released.survey.margins(name),
        lambda released, name: released.may_print(released.survey.key_results[0], **{name: "x"}),
    ],
)
@pytest.mark.parametrize(("name", "near"), [("centre", "did you mean 'center'"), ("q", "title")])
def test_a_group_that_is_none_is_an_error_with_the_near_name(by_center, call, name, near):
    with pytest.raises(ParameterError, match=f"no group '{name}'.*{near}"):
        call(by_center, name)


def test_a_group_of_that_name_and_another_value_is_an_error_too(by_center):
    key_result = by_center.survey.key_results[0]
    with pytest.raises(ParameterError, match=r"no group of center 'Base Metal'.*'Base Metals'"):
        by_center.may_print(key_result, center="Base Metal")


def test_another_kind_of_respondent_is_an_error(plain):
    from coee_nb.survey import nonrespondents

    with pytest.raises(ParameterError, match="did you mean 'completion'"):
        nonrespondents.kinds(plain, "complete")


def test_a_comment_that_is_a_word_of_the_codebook_or_part_of_a_quoted_one_is_no_secret(plain):
    rows = plain.survey.rows.copy()
    places = rows.index[rows["comment"].isna()][:3]
    told = plain.comments.quotable["comment"].iloc[0]
    rows.loc[places, "comment"] = ["Never", "Machinery", told[:40]]
    files = plain.survey.files
    responses = replace(files.responses, rows=rows)
    survey = replace(plain.survey, files=replace(files, responses=responses))
    made = replace(plain, survey=survey)
    words = pd.DataFrame({"choice": ["Never", "Machinery", told]})
    assert len(made.table(words, name="words", caption="Words").frame) == 3
    rows.loc[places[:1], "comment"] = "Fiji"
    with pytest.raises(InputError, match="words of a respondent"):
        replace(plain, survey=survey).table(
            pd.DataFrame({"choice": ["Fiji"]}), name="words", caption="Words"
        )


def test_an_id_is_no_secret_where_it_is_a_word_of_the_tables_and_is_one_elsewhere(plain):
    """Tools count their records 1, 2, 3: so are choices coded."""
    rows = plain.survey.rows.copy()
    rows["response_id"] = [*map(str, range(1, len(rows))), "Never"]
    responses = replace(plain.survey.files.responses, rows=rows)
    files = replace(plain.survey.files, responses=responses)
    made = replace(plain, survey=replace(plain.survey, files=files))
    told = pd.DataFrame({"choice": ["Never", "Always"]})
    assert len(made.table(told, name="words", caption="Words").frame) == 2
    with pytest.raises(InputError, match="an id or words of a respondent"):
        made.table(pd.DataFrame({"choice": ["57"]}), name="words", caption="Words")
