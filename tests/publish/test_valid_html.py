"""Pages as a validator reads them: no parse error, no id twice, no empty heading, tables headed."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from example_pages import NOTEBOOKS, PAGES, write_pages
from published_files import MOST
from valid_html import faults_of

from coee_nb.publish.extract import extract, read_notebook
from coee_nb.publish.page import PageMaker

VALIDATOR = shutil.which("html-validate")
# An area that scrolls sideways is a <div role="region">: a <section> would need a heading.
RULES = {
    "root": True,
    "extends": ["html-validate:standard", "html-validate:a11y"],
    "rules": {"prefer-native-element": ["error", {"exclude": ["region"]}]},
}


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_page_of_each_notebook_is_valid_and_light(notebook):
    held = extract(read_notebook(notebook))
    maker = PageMaker(engagement="example", run_id="run")
    page = maker.render(notebook, held, status="done", error=None)
    assert faults_of(page) == []
    assert len(page.encode()) <= MOST


@pytest.mark.long
@pytest.mark.skipif(VALIDATOR is None, reason="html-validate is not installed (npm)")
def test_html_validate_finds_no_fault_in_any_page_of_a_run(tmp_path):
    write_pages(tmp_path)
    (tmp_path / "bad.html").write_text(BAD)
    told = rules_broken(tmp_path, [*PAGES, "bad.html"])
    assert told.keys() == {"bad.html"}, told
    assert {"no-dup-id", "unique-landmark", "close-order"} <= told["bad.html"]


def rules_broken(folder, pages):
    """Return which of html-validate's rules each page breaks, where it breaks any."""
    (folder / "rules.json").write_text(json.dumps(RULES))
    told = folder / "told.json"
    command = [VALIDATOR, "--config", "rules.json", "--formatter", f"json={told}", *pages]
    subprocess.run(command, cwd=folder, check=False, timeout=300)
    return {
        Path(one["filePath"]).name: {message["ruleId"] for message in one["messages"]}
        for one in json.loads(told.read_text())
    }


BAD = """<!DOCTYPE html><title>a</title><h1></h1><h3 id=a>b</h3><p id=a></i><img src=x>
<div role=region aria-label=c></div><div role=region aria-label=c></div><section></section>
<table><tr><th></th></tr></table>"""


def test_a_fault_is_found():
    found = " ".join(faults_of(BAD))
    for told in ("end-tag", "id a 2", "empty h1", "level", "caption", "empty head", "scope", "alt"):
        assert told in found
    for told in ("2 regions named c", "a section without heading"):
        assert told in found
