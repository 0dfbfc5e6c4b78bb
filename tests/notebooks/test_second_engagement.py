"""Run on another office's data, no page has a word that is true of the worked example alone."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
import second_engagement
from command_line import coee
from published_files import naming_a_folder, too_large

from coee_nb.files import read_file
from coee_nb.publish.plan import schema_of

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = {path.stem: path for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}
EXAMPLES = re.compile(
    r"\b(Centers?|tariffs?|customs|duties|SEACATS|OIG-\d\d\S*|DHS|CBP|CBPOs?|Border Protection|importers?"
    r"|brokers?|ports?|trade|FY20(?:14|15|16|17|18|19)|fiscal year 201[4-9]|Federal Register|GSP"
    r"|oig_22_34|musd|rule published|Figure \d)\b",
    re.IGNORECASE,
)
# Of the sources, where the field's words stand too: imports, duties, ports.
NEVER = re.compile(
    r"\bCenters?\b(?! for)|[Tt]ariff|[Cc]ustoms|SEACATS|OIG-22|\bCBP|FY201[4-9]|\bGSP\b"
)


FEW = ("penalty_limitations", "survey_responses")


@pytest.fixture(
    scope="module",
    params=[FEW, pytest.param(tuple(second_engagement.MAKERS), marks=pytest.mark.long)],
    ids=["two", "all"],
)
def run_of_the_second(request, tmp_path_factory):
    """The run of notebooks on the second engagement, by the command; its folder."""
    root = tmp_path_factory.mktemp("second")
    (root / "notebooks").mkdir()
    for name in request.param:
        shutil.copy(NOTEBOOKS[name], root / "notebooks")
    sections = {name: schema_of(read_file(NOTEBOOKS[name])).SECTIONS[0] for name in request.param}
    with pytest.MonkeyPatch.context() as patch:
        makers = {name: second_engagement.MAKERS[name] for name in request.param}
        patch.setattr(second_engagement, "MAKERS", makers)
        sheets = second_engagement.write(root, sections)
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = coee(root, "run", sheets, "--jobs", "2", env=environment, timeout=900)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert EXAMPLES.search(done.stdout) is None
    [folder] = {path.parent for path in (root / "outputs").glob("lakeside/2*/manifest.json")}
    return folder


def test_every_notebook_has_its_second_engagement():
    assert set(second_engagement.MAKERS) == set(NOTEBOOKS)


def page_words(html):
    """Return what a page tells, texts for those who cannot see it included, less code and links."""
    code = r"<details class=\"aside\"><summary>Code of.*?</details>"
    html = re.sub(rf"<style.*?</style>|{code}", " ", html, flags=re.S)
    html = re.sub(r">Figure \d+\.|<code>entries\.[\w.]+</code>", " ", html)
    html = re.sub(r"data:image/png;base64,[^\"]*|href=\"[^\"]*\"|class=\"[^\"]*\"", " ", html)
    return unescape(html)


def told(text, words=EXAMPLES):
    return [text[max(0, m.start() - 50) : m.end() + 30] for m in words.finditer(text)]


# Names of fields and of a parameter that transactions have in every engagement.
FIELDS = {"entry_reliability": {"center", "centers", "duties"}}


def told_of(name, text):
    words = [match[0] for match in EXAMPLES.finditer(text)]
    return told(text) if set(words) - FIELDS.get(name, set()) else []


def names_in(run):
    return [path.stem for path in sorted(run.glob("*.ipynb"))]


def test_a_page_of_another_office_tells_nothing_of_the_example(run_of_the_second):
    assert len(names_in(run_of_the_second)) >= len(FEW)
    for name in names_in(run_of_the_second):
        html = (run_of_the_second / f"{name}.html").read_text("utf-8")
        assert told_of(name, page_words(html)) == [], name
        assert "The loan desk was closed in <em>March</em>." in html, name


def test_nor_do_its_files(run_of_the_second):
    for name in names_in(run_of_the_second):
        files = [*(run_of_the_second / "tables" / name).glob("*.csv")]
        files += [path for path in (run_of_the_second / "files" / name).rglob("*.*")
                  if path.suffix in (".html", ".txt")]  # fmt: skip
        assert files, name
        texts = {path.name: path.read_text("utf-8") for path in files}
        found = {one: told_of(name, text) for one, text in texts.items()}
        assert {one: words for one, words in found.items() if words} == {}, name


def test_no_file_names_a_folder_of_this_machine_and_no_page_is_large(run_of_the_second):
    assert naming_a_folder(run_of_the_second) == []
    assert too_large(run_of_the_second) == []


def test_every_file_behind_a_page_is_listed(run_of_the_second):
    record = json.loads((run_of_the_second / "manifest.json").read_text())
    listed = {Path(i["path"]).name for entry in record["notebooks"] for i in entry["inputs"]}
    named = {
        Path(value).name
        for entry in record["notebooks"]
        for value in entry["parameters"]["values"].values()
        if isinstance(value, str) and value.startswith("data/") and "." in Path(value).name
    }
    assert named <= listed


SOURCE = ROOT / "src" / "coee_nb"
OWN_WORDS = {  # what these modules look for in the texts of one auditor, or of the Treasury
    "collections/fetch.py", "collections/commands.py", "recommendations/sources/dhs_oig.py",
    "recommendations/sources/oversight.py", "survey/identifiers.py",
}  # fmt: skip
ALIGNED = {"center"}  # in pictures


def texts_of(path):
    """Yield the texts that a module shows: its strings, but for docstrings and pictures' settings."""
    tree = ast.parse(path.read_text("utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            if node.value not in ALIGNED:
                yield node.value


def shown_by(path):
    return "\n".join(texts_of(path)) if path.suffix == ".py" else path.read_text("utf-8")


def test_no_module_or_template_has_words_of_the_example():
    files = [path for path in SOURCE.rglob("*") if path.suffix in (".py", ".yaml", ".j2")]
    found = {
        name: told(shown_by(path), NEVER)
        for path in files
        if (name := path.relative_to(SOURCE).as_posix()) not in OWN_WORDS
    }
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_cell_but_that_of_the_parameters_has_words_of_the_example(name):
    cells = json.loads(NOTEBOOKS[name].read_text("utf-8"))["cells"]
    sources = [
        "".join(cell["source"])
        for cell in cells
        if "parameters" not in cell["metadata"].get("tags", [])
    ]
    assert told("\n".join(sources), NEVER) == []
