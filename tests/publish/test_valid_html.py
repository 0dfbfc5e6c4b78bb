"""Pages as a validator reads them: no parse error, no id twice, no empty heading, tables headed."""

from pathlib import Path

import pytest
from published_files import MOST
from valid_html import faults_of

from coee_nb.publish.extract import extract, read_notebook
from coee_nb.publish.page import PageMaker

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_page_of_each_notebook_is_valid_and_light(notebook):
    held = extract(read_notebook(notebook))
    maker = PageMaker(engagement="example", run_id="run")
    page = maker.render(notebook, held, status="done", error=None)
    assert faults_of(page) == []
    assert len(page.encode()) <= MOST


def test_a_fault_is_found():
    page = "<!DOCTYPE html><title>a</title><h1></h1><h3 id=a>b</h3><p id=a></i><img src=x><table>"
    page += "<tr><th></th></tr></table>"
    found = " ".join(faults_of(page))
    for told in ("end-tag", "id a 2", "empty h1", "level", "caption", "empty head", "scope", "alt"):
        assert told in found
