"""A notebook lists every file it reads, and a sheet of one's own never meets the example's."""

import json
import os
import sys
from functools import cache
from pathlib import Path

import pytest
from whole_path import shown

from coee_nb.files import read_file
from coee_nb.findings import Inputs
from coee_nb.publish.plan import plan, split_reference

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "params" / "oig_22_34"
_HEARD: list[set[Path]] = []  # who listens: a hook cannot be taken away again


def _tell(event, arguments):
    if event == "open" and _HEARD and isinstance(arguments[0], str | bytes):
        _HEARD[-1].add(Path(os.path.realpath(os.fsdecode(arguments[0]))))


sys.addaudithook(_tell)


@pytest.fixture
def watched_run(monkeypatch):
    """Run a notebook with values; return what it opened of data, and what it lists."""
    monkeypatch.chdir(ROOT)

    def run(name: str, values: dict, *folders: Path):
        opened: set[Path] = set()
        _HEARD.append(opened)
        try:
            found = shown(values, ROOT / "notebooks" / f"{name}.ipynb")
            inputs = [one for each in found if isinstance(each, Inputs) for one in each]
        finally:
            _HEARD.pop()
        watched = [folder.resolve() for folder in (ROOT / "data", *folders)]
        return {path for path in opened if any(map(path.is_relative_to, watched))}, inputs

    return run


def unlisted(opened, inputs):
    known = {(Path(one.path).name, one.sha256) for one in inputs}
    return {
        path.name
        for path in opened
        if path.is_file()
        and path.name != "origins.yaml"  # says of the others where they come from
        and (path.name, read_file(path).sha256) not in known
    }


SLOW = ("survey_responses", "collections_its", "entry_reliability", "recommendation_aging")


def named(names):
    """Return names to try, the slow ones among the long tests."""
    return [pytest.param(x, marks=pytest.mark.long if x in SLOW else ()) for x in names]


@pytest.mark.parametrize("name", named(path.stem for path in sorted(EXAMPLE.glob("[!_]*.yaml"))))
def test_every_file_a_notebook_opens_is_among_its_inputs(watched_run, name):
    opened, inputs = watched_run(name, of_the_example()[name])
    assert opened
    assert unlisted(opened, inputs) == set()


@cache
def of_the_example():
    """The example's values of each notebook, which may ask for files of the others in its run."""
    return {job.name: job.values for job in plan([EXAMPLE]).jobs}


def findings_of(notebooks, folder):
    """Write a file with one finding of each notebook."""
    told = {"id": "told", "statement": "One was told.", "value": 1, "unit": "cases"}
    file = folder / "findings.json"
    file.write_text(json.dumps({"findings": [told | {"notebook": one} for one in notebooks]}))
    return file


@pytest.fixture
def sheet_of_ones_own(tmp_path):
    """Write a sheet that leaves out whatever may be left out, over copies of the example's data."""

    def write(name, keep):
        values = of_the_example()[name]
        own = tmp_path / "own"
        lines = {}
        for key in keep:
            value = values[key]
            if isinstance(value, str) and value.startswith("data/"):
                source, target = ROOT / value, own / Path(value).name
                files = source.rglob("*") if source.is_dir() else [source]
                for file in filter(Path.is_file, files):
                    copy = target / file.relative_to(source) if source.is_dir() else target
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    copy.write_bytes(file.read_bytes())
                value = str(target)
            elif key == "findings":
                value = [str(findings_of({split_reference(one)[0] for one in value}, own))]
            lines[key] = value
        sheet = tmp_path / f"{name}.yaml"
        sheet.write_text(json.dumps(lines))
        return sheet, own

    return write


LEAST = {
    "entry_reliability": ("entries",),
    "center_scorecard": ("frame", "findings"),
    "collections_its": (
        "series", "value_column", "measure", "change", "cut",
    ),
    "oversight_activity": ("as_of", "meetings"),
    "penalty_limitations": ("as_of", "cases", "columns", "statuses"),
    "recommendation_aging": ("as_of", "log"),
    "survey_responses": ("responses", "codebook", "frame"),
}  # fmt: skip


@pytest.mark.parametrize("name", named(LEAST))
def test_a_sheet_of_ones_own_reads_nothing_of_the_example(watched_run, sheet_of_ones_own, name):
    sheet, own = sheet_of_ones_own(name, LEAST[name])
    (job,) = plan([sheet], root=ROOT).jobs  # what the check admits runs
    opened, inputs = watched_run(name, job.values, own)
    assert unlisted(opened, inputs) == set()
    assert {path for path in opened if not path.is_relative_to(own)} <= {
        path for path in opened if path.name == "origins.yaml"
    }
    example = of_the_example()[name]
    for key in set(job.values) - set(LEAST[name]):
        if isinstance(example[key], str) and example[key].startswith("data/"):
            assert job.values[key] is None
