"""The index over runs, whatever lies in the outputs folder."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from coee_nb.publish.index import write_index


@pytest.fixture
def add_run(tmp_path):
    """Put a run of a status into the outputs folder."""

    def add(engagement, run_id, status="complete", value=5):
        folder = tmp_path / engagement / run_id
        folder.mkdir(parents=True)
        page = {"name": "toy", "status": "done"}
        record = {"status": status, "started": "now", "ended": "then", "notebooks": [page]}
        (folder / "manifest.json").write_text(json.dumps(record))
        found = {"id": "toy.n", "value": value, "notebook": "toy"}
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
    assert "Latest complete run: run-1" in page
    assert "run-2</th><td>its record cannot be read" in page


def test_a_run_whose_findings_are_lost_is_not_the_latest(tmp_path, add_run):
    add_run("audit", "run-1")
    (add_run("audit", "run-2") / "findings.json").unlink()
    page = write_index(tmp_path).read_text()
    assert "Latest complete run: run-1" in page
    assert "run-2</th><td>its record cannot be read" in page


def test_names_are_text_and_their_links_lead_there(tmp_path, add_run):
    add_run('<b>"x&', "run #1?")
    page = write_index(tmp_path).read_text()
    assert "<b>" not in page
    assert "&lt;5&gt;" in page
    assert 'href="%3Cb%3E%22x%26/run%20%231%3F/toy.html"' in page


def test_a_question_stands_with_its_answer_and_what_changed(tmp_path, add_run):
    add_run("audit", "run-1")
    add_run("audit", "run-2", value=6)
    add_run("audit", "run-3", status="failed", value=6)
    (tmp_path / "audit" / "latest").symlink_to("run-2")
    page = write_index(tmp_path).read_text()
    assert page.count('<th scope="row">') == 3
    assert '<p class="answer">The number is &lt;6&gt;.</p>' in page
    assert '<p class="note">Fines &lt;b&gt;</p>' in page
    assert "Since the run before: no finding changed" in page
    (tmp_path / "audit" / "run-3" / "manifest.json").unlink()
    page = write_index(tmp_path).read_text()
    assert "1 finding changed" in page
    assert "before: The number is &lt;5&gt;.<br>now: The number is &lt;6&gt;." in page


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
