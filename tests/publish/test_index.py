"""The index over runs, whatever lies in the outputs folder."""

import base64
import io
import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from coee_nb.outputs import CHART_MIME, INPUTS_MIME
from coee_nb.publish import index
from coee_nb.publish.index import write_index


@pytest.fixture
def add_run(tmp_path):
    """Put a run of a status into the outputs folder."""

    def add(engagement, run_id, status="complete", value=5, changed=None):
        folder = tmp_path / engagement / run_id
        folder.mkdir(parents=True)
        page = {"name": "toy", "status": "done"}
        record = {"status": status, "started": "now", "ended": "then", "notebooks": [page]}
        record |= {} if changed is None else {"changed": {"numbers": changed}}
        (folder / "manifest.json").write_text(json.dumps(record))
        found = {"id": "toy.n", "value": value, "unit": "permits", "notebook": "toy"}
        found |= {"statement": f"The number is <{value}>. More of it. [a.csv]"}
        (folder / "findings.json").write_text(json.dumps({"findings": [found]}))
        (folder / "toy.html").write_text("")
        title = {"cell_type": "markdown", "source": ["# Which <number>?"], "metadata": {}}
        asked = {"papermill": {"parameters": {"measure": "Fines <b>", "unit": None}}}
        said = asked | {"coee": {"subject": ["measure", "unit", "gone"]}}
        (folder / "toy.ipynb").write_text(json.dumps({"cells": [title], "metadata": said}))
        return folder

    return add


@pytest.mark.parametrize("broken", ["{", "[]", "{}", '{"notebooks": [1]}', "\x00"])
def test_a_broken_record_is_listed_and_the_others_stay(tmp_path, add_run, broken):
    add_run("audit", "run-1")
    (add_run("audit", "run-2") / "manifest.json").write_text(broken)
    page = write_index(tmp_path).read_text()
    assert "<strong>Run complete</strong> · run-1" in page
    assert "Run run-2: its record cannot be read" in page
    assert "run-2</th><td>its record cannot be read" in page


def test_a_run_whose_findings_are_lost_is_not_the_latest(tmp_path, add_run):
    add_run("audit", "run-1")
    (add_run("audit", "run-2") / "findings.json").unlink()
    page = write_index(tmp_path).read_text()
    assert "<strong>Run complete</strong> · run-1" in page
    assert "Run run-2: its record cannot be read" in page
    assert "run-2</th><td>its record cannot be read" in page


def test_names_are_text_and_their_links_lead_there(tmp_path, add_run):
    add_run('<b>"x&', "run #1?")
    page = write_index(tmp_path).read_text()
    assert "<b>" not in page
    assert "&lt;5&gt;" in page
    assert 'href="%3Cb%3E%22x%26/run%20%231%3F/toy.html"' in page


def test_a_question_stands_with_its_answer_and_what_changed(tmp_path, add_run):
    add_run("audit", "run-1")
    add_run("audit", "run-2", value=6, changed=1)
    add_run("audit", "run-3", status="failed", value=6, changed=0)
    (tmp_path / "audit" / "latest").symlink_to("run-2")
    page = write_index(tmp_path).read_text()
    assert page.count('<th scope="row">') == 3
    assert '<p class="answer">The number is &lt;6&gt;.</p>' in page
    assert '<p class="note">Fines &lt;b&gt;</p>' in page
    assert "since run run-2 no number changed" in page
    assert "<strong>Since the run before</strong>: no number changed" in page
    assert "The newest run is not complete." in page
    (tmp_path / "audit" / "run-3" / "manifest.json").unlink()
    page = write_index(tmp_path).read_text()
    assert "<strong>Since the run before</strong>: 1 number changed" in page
    assert "Since run run-1: 1 number changed" in page
    told = 'The number is &lt;6&gt;. <span class="note">Before: 5 permits; now: 6 permits.</span>'
    assert page.count(told) == 2
    assert "The newest run is not complete." not in page


def test_every_question_says_of_what_time_its_answer_is(tmp_path, add_run):
    """The as-of day of its subject, the period of its inputs, or that of the engagement."""
    run = add_run("audit", "run-1")
    record = json.loads((run / "manifest.json").read_text())
    record["about"] = {"title": "Parks", "period": "Fiscal <year> 2024"}
    book = json.loads((run / "toy.ipynb").read_text())
    shown = [{"data": {INPUTS_MIME: {"inputs": [], "period": "2013-10 to 2019-09"}}}]
    own = {"cell_type": "code", "source": "", "metadata": {}, "outputs": shown}
    (run / "own.ipynb").write_text(json.dumps(book | {"cells": [own]}))
    asked = {"papermill": {"parameters": {"as_of": "2024-04-30"}}, "coee": {"subject": ["as_of"]}}
    (run / "day.ipynb").write_text(json.dumps(book | {"metadata": asked}))
    record["notebooks"] += [{"name": name, "status": "done"} for name in ("own", "day")]
    (run / "manifest.json").write_text(json.dumps(record))
    cards = write_index(tmp_path).read_text().split("<section")[1:]
    assert [re.findall('<p class="note">(.*?)</p>', card)[0] for card in cards] == [
        "Fines &lt;b&gt; · Fiscal &lt;year&gt; 2024",
        "Fines &lt;b&gt; · 2013-10 to 2019-09",
        "as of 2024-04-30",
    ]


def test_the_head_tells_what_changed_with_the_newest_run_alone(tmp_path, add_run):
    add_run("audit", "run-1")
    add_run("audit", "run-2", value=6)
    record = {"status": "complete", "started": "now", "ended": "then"}
    newest = add_run("audit", "run-3")
    record["notebooks"] = [{"name": "other", "status": "done"}]
    (newest / "manifest.json").write_text(json.dumps(record))
    shutil.copy(newest / "toy.ipynb", newest / "other.ipynb")
    page = write_index(tmp_path).read_text()
    assert "2 questions answered (1 by earlier runs)" in page
    assert "Since the run before" not in page
    assert "Since run run-1: 1 number changed" in page


def test_the_head_leads_to_the_files_that_the_run_has(tmp_path, add_run):
    run = add_run("audit", "run-1")
    for name in ("evidence.csv", "answers.docx", "toy.pdf"):
        (run / name).write_text("")
    page = write_index(tmp_path).read_text()
    head = page.partition("<section")[0]
    assert re.findall('href="([^"]*)"', head) == [
        *("audit/run-1/evidence.csv", "audit/run-1/answers.docx", "audit/run-1/manifest.json"),
        "#runs-1",
    ]
    assert '<a href="audit/run-1/toy.pdf" aria-label="PDF of: Which &lt;number&gt;?">' in page
    assert "<title>audit: answers and runs</title>" in page


def test_questions_stand_in_the_order_of_the_engagement(tmp_path, add_run):
    run = add_run("audit", "run-1")
    record = json.loads((run / "manifest.json").read_text())
    for name in ("last", "first"):
        shutil.copy(run / "toy.ipynb", run / f"{name}.ipynb")
        record["notebooks"].append({"name": name, "status": "done"})
    record["about"] = {"title": "Parks", "questions": ["first", "toy"]}
    (run / "manifest.json").write_text(json.dumps(record))
    page = write_index(tmp_path).read_text()
    assert re.findall(r'<h2><a href="audit/run-1/(\w+).html', page) == ["first", "toy", "last"]


def test_pictures_end_where_the_page_would_be_too_large(tmp_path, add_run, monkeypatch):
    buffer = io.BytesIO()
    Image.new("RGB", (40, 40)).save(buffer, "PNG")
    chart = {"name": "bars", "title": "Bars", "description": "Two bars.", "origin": ""}
    png = base64.b64encode(buffer.getvalue()).decode()
    cell = {"cell_type": "code", "source": "", "metadata": {}}
    cell["outputs"] = [{"data": {CHART_MIME: chart, "image/png": png}}]
    for name in ("one", "two"):
        path = add_run(name, "run-1") / "toy.ipynb"
        book = json.loads(path.read_text())
        book["cells"].append(cell)
        book["metadata"]["coee"]["picture"] = "bars"
        path.write_text(json.dumps(book))
    assert write_index(tmp_path).read_text().count("<img") == 2
    monkeypatch.setattr(index, "PICTURES", 200)
    assert write_index(tmp_path).read_text().count("<img") == 1


def test_what_is_no_run_is_left_out(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / ".hidden" / "run").mkdir(parents=True)
    assert "No runs yet" in write_index(tmp_path).read_text()


def test_of_many_that_write_at_once_none_is_left_out(tmp_path, add_run):
    def publish(number):
        add_run("audit", f"run-{number}")
        write_index(tmp_path)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(publish, range(16)))
    page = (tmp_path / "index.html").read_text()
    assert all(f'"row">run-{number}<' in page for number in range(16))
