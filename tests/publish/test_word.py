"""The answers as a Word document, read back with the library that others open it with."""

import base64
import io
import re
import zipfile

import pytest
from docx import Document
from docx.shared import RGBColor

from coee_nb.outputs import CHART_MIME
from coee_nb.publish.about import About
from coee_nb.publish.execute import Outcome
from coee_nb.publish.extract import Extract
from coee_nb.publish.fanout import Case
from coee_nb.publish.plan import Job
from coee_nb.publish.word import Answered, answers

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="


def finding(name, statement, **more):
    plain = {"id": name, "statement": statement, "value": 0.684, "unit": "share"}
    return plain | {"numerator": 13, "denominator": 19, "origin": "own records"} | more


def answered(*findings, status="done", error=None, case=None, title="Which are late?"):
    chart = {"name": "bars", "title": "Bars", "description": "Two bars, one longer."}
    output = {"data": {CHART_MIME: chart, "image/png": PNG}}
    cells = [
        {"cell_type": "markdown", "source": f"# {title}"},
        {"cell_type": "code", "source": "", "outputs": [output]},
    ]
    metadata = {"coee": {"key": ["late.*"], "picture": "bars"}}
    job = Job("aging", None, None, {"as_of": "2024-04-30"}, case=case)
    notebook = {"cells": cells, "metadata": metadata}
    return Answered(job, Outcome("aging", status, error=error), notebook, _held(findings))


def _held(findings):
    return Extract(list(findings), [], [], [])


def written(*told, **about):
    about = About(title="City parks", scope="Every park.", limits="Ask first.", **about)
    made = "2024-05-01T06:00:00Z"
    return answers(told, about=about, engagement="parks", run_id="r1", made=made)


def texts(document):
    return [one.text for one in document.paragraphs if one.text]


LATE = finding("late.count", "13 of 19 (68%) are late. The longest waits. [log.csv]")


def test_a_question_stands_with_answer_numbers_picture_limits_and_evidence():
    document = Document(io.BytesIO(written(answered(LATE, finding("other", "Not a key one.")))))
    assert texts(document) == [
        "City parks",
        "Run r1 of parks, made on 2024-05-01.",
        "Scope: Every park.",
        "Which are late?",
        "As of 2024-04-30",
        "13 of 19 (68%) are late.",
        "Bars",
        "Limits: Ask first.",
        "Evidence: aging.html and evidence.csv of run r1: late.count. Rests on data: own records.",
    ]
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Finding", "Value", "n of N"],
        ["13 of 19 (68%) are late.", "68.4%", "13 of 19"],
    ]
    (picture,) = document.inline_shapes
    assert picture._inline.docPr.get("descr") == "Two bars, one longer."
    assert document.part.package.image_parts  # the picture itself is in the file
    assert base64.b64decode(PNG) in [one.blob for one in document.part.package.image_parts]
    assert "w:tblHeader" in document.tables[0]._tbl.xml


def test_a_reader_of_word_finds_heads_captions_and_the_run_on_every_page():
    document = Document(io.BytesIO(written(answered(LATE))))
    styles = [(one.text, one.style.name) for one in document.paragraphs]
    assert ("Which are late?", "Heading 1") in styles
    assert [text for text, style in styles if style == "Caption"] == ["Bars"]
    assert [text[:9] for text, style in styles if style == "Evidence"] == ["Evidence:"]
    blank = [one for one in document.paragraphs if not one.text and "w:drawing" not in one._p.xml]
    assert blank == []
    (footer,) = document.sections[0].footer.paragraphs
    assert footer.text == "City parks – Run r1 of parks, made on 2024-05-01."
    assert document.styles["Caption"].font.color.rgb == RGBColor(0x33, 0x33, 0x33)
    assert 'w:lang w:val="en-US"' in document.styles.element.xml
    rows = [row._tr.xml for row in document.tables[0].rows]
    assert ["w:tblHeader" in row for row in rows] == [True, False]
    assert all("w:cantSplit" in row for row in rows)


def test_what_did_not_finish_and_what_found_nothing_say_so():
    failed = answered(LATE, status="failed", error="RuntimeError: no\x1b[31m luck")
    said = texts(Document(io.BytesIO(written(failed, answered()))))
    assert "This notebook did not finish (failed). RuntimeError: no luck" in said
    assert "No findings were recorded." in said
    assert not any("13 of 19" in one for one in said)


def test_a_value_that_a_notebook_was_run_for_stands_in_its_title():
    said = texts(Document(io.BytesIO(written(answered(LATE, case=Case("group", "North"))))))
    assert "Which are late? (group: North)" in said


def test_the_same_answers_are_the_same_bytes_and_name_nobody():
    told = answered(LATE)
    first, second = written(told), written(told)
    assert first == second
    core = zipfile.ZipFile(io.BytesIO(first)).read("docProps/core.xml").decode()
    assert re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core) == ["2024-05-01T00:00:00Z"] * 2
    assert "python-docx" not in core


@pytest.mark.parametrize(
    "hostile",
    [
        '{ HYPERLINK "http://evil.example" }',
        "<w:fldSimple w:instr='DDEAUTO c:\\\\calc'/>",
        "<script>alert(1)</script>]]>&x;",
        "a\x00b\u202e\ud800",
    ],
)
def test_text_of_others_is_text(hostile):
    made = written(answered(finding("late.x", hostile), title=hostile.replace("\n", " ")))
    parts = zipfile.ZipFile(io.BytesIO(made))
    document = parts.read("word/document.xml").decode()
    assert "<w:fld" not in document
    assert "<w:hyperlink" not in document
    assert "evil.example" not in parts.read("word/_rels/document.xml.rels").decode()
    assert not any(mark in document for mark in ("<script", "\x00", "\u202e"))
