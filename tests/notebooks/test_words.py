"""What the stored notebooks show is written for their readers, and carries what it rests on."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
from workshop import found_in

from coee_nb.outputs import CHART_MIME, FINDINGS_MIME, INPUTS_MIME, TABLE_MIME

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
BASIS = {
    "entry_reliability": r"loaded_generated, 2013-10-01 to 2019-09-30, as of 2021-03-09",
    "center_scorecard": r"measures of data/oig_22_34/scorecard/frame\.csv",
    "ad_hoc": r"cut 2017-02, 2013-10 to 2019-09|last source of 2024-04-30|floor 10, generated data",
    "collections_its": r"customs_duties_monthly\.csv, cut 2016-10-01, 2013-10 to 2019-09",
    "recommendation_aging": r"([Aa]s of 2024-04-30|between 2022-10-31 and 2024-04-30), in the log "
    r"data/oig_22_34/recommendations(_generated)?( \(|, )last source of 20\d\d-\d\d-\d\d\b",
    "oversight_activity": r"as of 2021-03-09",
    "penalty_limitations": r"as of 20(21-03-09|24-09-03), cases_generated\.csv",
    "survey_responses": r"responses_generated\.csv, floor 10, generated data",
}
FEWEST = {"ad_hoc": 2}
OTHER_BASIS = {"verdict_rules": r"declared negligible: 5%|loaded_generated", "printed_comments": r"published\.yaml"}


def _outputs(notebook):
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        yield from (output["data"] for output in cell.get("outputs", []) if "data" in output)


def _records(notebook, mime):
    return [data[mime] for data in _outputs(notebook) if mime in data]


def _shown(data):
    html = data.get("text/html", "")
    html = html if isinstance(html, str) else "".join(html)
    chart = data.get(CHART_MIME, {})
    html = re.sub(r"<code>.*?</code>", " ", html)  # ids of findings
    words = [re.sub(r"<[^>]*>", " ", html), chart.get("title", ""), chart.get("description", "")]
    return unescape(" ".join(words))


def _sentences(notebook):
    for record in _records(notebook, FINDINGS_MIME):
        yield from (finding["statement"] for finding in record["findings"])
    for record in _records(notebook, CHART_MIME):
        yield from (record["title"], record["description"])
    yield from (record["caption"] for record in _records(notebook, TABLE_MIME))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_word_of_the_workshop_is_shown(notebook):
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    texts += [_shown(data) for data in _outputs(notebook)]
    assert found_in(texts) == []


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_caption_and_picture_carries_what_it_rests_on(notebook):
    basis = BASIS[notebook.stem]
    tables = _records(notebook, TABLE_MIME)
    assert len(tables) >= FEWEST.get(notebook.stem, 5)
    for table in tables:
        assert re.search(OTHER_BASIS.get(table["name"], basis), table["caption"]), table["caption"]
    for chart in _records(notebook, CHART_MIME):
        assert re.search(basis, chart["description"]), chart["description"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_sentence_says_what_it_rests_on_once(notebook):
    for text in _sentences(notebook):
        assert text.lower().count("generated data") <= 1, text
        assert len(re.findall(BASIS[notebook.stem], text)) <= 1, text


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_headings_of_columns_are_words(notebook):
    html = " ".join("".join(data.get("text/html", "")) for data in _outputs(notebook))
    headings = re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', html)
    assert headings
    assert [text for text in headings if re.search(r"musd|busd|\b(ci|se|df)\b|_", text)] == []


# Tables that say what the names of questions, parameters, checks and notebooks stand for.
DICTIONARIES = {"questionnaire", "declared", "checks", "score_definitions", "score_sources"}
NAME_OF_CODE = re.compile(r"(?<![\w/.\-\[])[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?![\w./-]*[./-])")
FILES = {"loaded_generated"}  # what a page rests on is told by its name


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_questions_and_fields_are_named_in_words(notebook):
    found = {
        name
        for data in _outputs(notebook)
        if INPUTS_MIME not in data and data.get(TABLE_MIME, {}).get("name") not in DICTIONARIES
        for name in NAME_OF_CODE.findall(_shown(data))
    }
    assert found <= FILES


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_stored_output_is_a_stray_line_of_a_machine(notebook):
    kinds = {
        output["output_type"]
        for cell in json.loads(notebook.read_text("utf-8"))["cells"]
        for output in cell.get("outputs", [])
    }
    assert kinds <= {"execute_result", "display_data"}
