"""A notebook lists every file it reads, and a sheet of one's own never meets the example's."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from coee_nb.outputs import INPUTS_MIME
from coee_nb.files import read_file
from coee_nb.publish.plan import plan

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "params" / "oig_22_34"
CODE = ("src", "tests", "notebooks", "outputs", "docs", "tools")  # of the project, not its data
WATCH = '''
import os, sys
def told(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        path = os.path.realpath(os.fsdecode(arguments[0]))
        if path.startswith(tuple(os.environ["WATCHED"].split(os.pathsep))):
            with_log = os.open(os.environ["WATCH_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.write(with_log, (path + "\\n").encode())
            os.close(with_log)
sys.addaudithook(told)
'''


@pytest.fixture
def watched_run(tmp_path):
    """Run a notebook with a parameter file; return what it opened of data, and its output."""

    def run(sheet: Path, *folders: Path):
        lib = tmp_path / "lib"
        lib.mkdir()
        (lib / "sitecustomize.py").write_text(WATCH)
        log, out = tmp_path / "opened", tmp_path / "out.ipynb"
        watched = [str(folder.resolve()) + os.sep for folder in (ROOT / "data", *folders)]
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join([str(lib), str(ROOT / "src")]),
            "WATCHED": os.pathsep.join(watched),
            "WATCH_LOG": str(log),
        }
        notebook = ROOT / "notebooks" / f"{sheet.stem}.ipynb"
        command = [sys.executable, "-m", "papermill", str(notebook), str(out), "-f", str(sheet)]
        done = subprocess.run(
            [*command, "--cwd", str(ROOT)], env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-2000:]
        opened = set(log.read_text().splitlines())
        return {Path(path) for path in opened}, json.loads(out.read_text())

    return run


def listed(book):
    """Return the files that a run notebook lists, by name and hash."""
    return {
        (Path(one["path"]).name, one["sha256"])
        for cell in book["cells"]
        for output in cell.get("outputs", [])
        for one in output.get("data", {}).get(INPUTS_MIME, {}).get("inputs", [])
    }


def unlisted(opened, book):
    known = listed(book)
    return {
        path.name
        for path in opened
        if path.is_file()
        and path.name != "origins.yaml"  # says of the others where they come from
        and (path.name, read_file(path).sha256) not in known
    }


@pytest.mark.parametrize("name", [path.stem for path in sorted(EXAMPLE.glob("[!_]*.yaml"))])
def test_every_file_a_notebook_opens_is_among_its_inputs(watched_run, name):
    opened, book = watched_run(EXAMPLE / f"{name}.yaml")
    assert opened
    assert unlisted(opened, book) == set()


@cache
def of_the_example():
    """The example's values of each notebook, which may ask for files of the others in its run."""
    return {job.name: job.values for job in plan([EXAMPLE]).jobs}


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
            lines[key] = value
        sheet = tmp_path / f"{name}.yaml"
        sheet.write_text(json.dumps(lines))
        return sheet, own

    return write


LEAST = {
    "entry_reliability": ("entries",),
    "center_scorecard": ("frame",),
    "collections_its": (
        "series", "value_column", "measure", "change", "cut",
    ),
    "oversight_activity": ("as_of", "meetings"),
    "penalty_limitations": ("as_of", "cases", "columns", "statuses"),
    "recommendation_aging": ("as_of", "log"),
    "survey_responses": ("responses", "codebook", "frame"),
}  # fmt: skip


@pytest.mark.parametrize("name", LEAST)
def test_a_sheet_of_ones_own_reads_nothing_of_the_example(watched_run, sheet_of_ones_own, name):
    sheet, own = sheet_of_ones_own(name, LEAST[name])
    (job,) = plan([sheet], root=ROOT).jobs  # what the check admits runs
    opened, book = watched_run(sheet, own)
    assert unlisted(opened, book) == set()
    assert {path for path in opened if not path.is_relative_to(own)} <= {
        path for path in opened if path.name == "origins.yaml"
    }
    example = of_the_example()[name]
    for key in set(job.values) - set(LEAST[name]):
        if isinstance(example[key], str) and example[key].startswith("data/"):
            assert job.values[key] is None
