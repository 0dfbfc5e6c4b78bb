"""A small project with toy notebooks, one a way to succeed or fail."""

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

SCHEMA = """
from coee_nb.errors import InputError
from coee_nb.parameters import InputPath, Parameters


class Toy(Parameters):
    number: int
    source: InputPath
    note: str = "none"

    def check_inputs(self):
        if self.source.name == "bad.csv":
            raise InputError("is bad", where="bad.csv")
"""
FIRST = """# Parameters: edit and run all
number = 3
source = "data/rows.csv"
note = "of the example"
"""
SECOND = """import sys
from coee_toy import Toy
import pandas as pd
from coee_nb.outputs import Chart, Callout, Table
from coee_nb.drawing import canvas
from coee_nb.findings import Finding, Findings, Inputs, input_file
params = Toy.from_notebook(globals())
"""
TABLE = """frame = pd.DataFrame({"name": ["<b>x</b>", "=2+3"], "count": [params.number, 4]})
table = Table(frame, name="counts", caption="Counts", anchor="count")
table"""
CHART = """with canvas(4, 3) as (figure, axes):
    axes.bar(["a", "b"], frame["count"])
Chart(figure, name="bars", title="Bars", description="Two bars of the counts in the table.",
      table=Table(frame, name="bars", caption="Behind the bars"))"""
FINDING = """source = input_file(params.source, rows=2)
Findings([Finding("toy.number", f"The number is {params.number}.", float(params.number), "count",
                  inputs=(source,), evidence=f"counts.{params.number}")])"""
INPUTS = "Inputs([source])"
EDIT = """from pathlib import Path
import sys
for name in ("params/toy/edits.yaml", "notebooks/edits.ipynb"):
    Path(name).write_text(Path(name).read_text().replace("number", "numbers"))
Path("interpreter").write_text(sys.executable)"""
PEOPLE = """from coee_nb.respondents import tell_respondents
people = pd.read_csv(params.source, dtype=str)
tell_respondents(people, people[["a"]], floor=10, terms={"number": params.number})"""
CELLS = {
    "toy": [FIRST, SECOND, TABLE, CHART, FINDING, INPUTS],
    "other": [FIRST, SECOND, TABLE, FINDING, INPUTS],
    "breaks": [FIRST, SECOND, TABLE, FINDING, "raise RuntimeError('no <i>luck</i>')"],
    "slow": [FIRST, SECOND, "import time\ntime.sleep(60)"],
    "sheet": [FIRST, SECOND, "print(params.number, params.source.name, params.note)"],
    "edits": [FIRST, SECOND, EDIT, TABLE, FINDING, INPUTS],
    "twice": [FIRST, SECOND, TABLE, TABLE],
    "people": [FIRST, SECOND, PEOPLE, TABLE, FINDING, INPUTS],
    "dies": [FIRST, "import os\nos._exit(1)"],
    "kills": [FIRST, "import os\nos.kill(os.getppid(), 9)"],
    "quits": [FIRST, SECOND, "sys.exit(0)", FINDING],
    "waits": [FIRST, "import time\ntime.sleep(60)"],
}


def write_notebook(path: Path, cells: list[str]) -> None:
    code = [
        {
            "cell_type": "code",
            "id": f"cell-{n}",
            "execution_count": None,
            "metadata": {"tags": ["parameters"]} if n == 0 else {},
            "outputs": [],
            "source": source,
        }
        for n, source in enumerate(cells)
    ]
    title = {
        "cell_type": "markdown",
        "id": "title",
        "metadata": {},
        "source": f"# The {path.stem} notebook\nWhat <script>alert(1)</script>is it?",
    }
    metadata = {
        "coee": {"parameters": "coee_toy:Toy"},
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    }
    book = {"cells": [title, *code], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(book), "utf-8")


def make_project(place: Path) -> Path:
    """Write a project folder with the toy notebooks."""
    for folder in ("notebooks", "params/toy", "data", "lib"):
        (place / folder).mkdir(parents=True)
    (place / "lib" / "coee_toy.py").write_text(SCHEMA)
    (place / "data" / "rows.csv").write_text("a\n1\n2\n")
    for name, cells in CELLS.items():
        write_notebook(place / "notebooks" / f"{name}.ipynb", cells)
    return place


def write_sheet(project: Path, name: str, text: str = "number: 5\nsource: data/rows.csv\n") -> Path:
    """Write params/toy/<name>.yaml and return its path."""
    path = project / "params" / "toy" / f"{name}.yaml"
    path.write_text(text)
    return path


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project folder with the toy notebooks; the current folder while the test runs."""
    make_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "lib"), prepend=os.pathsep)
    monkeypatch.syspath_prepend(str(tmp_path / "lib"))
    yield tmp_path
    sys.modules.pop("coee_toy", None)


@pytest.fixture
def write_params(project):
    """Write params/toy/<name>.yaml and return its path."""
    return partial(write_sheet, project)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The run of one notebook as the command line publishes it, to be read and not changed."""
    place = make_project(tmp_path_factory.mktemp("published"))
    write_sheet(place, "toy")
    paths = os.pathsep.join([str(place / "lib"), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "coee_nb.cli", "run", "params/toy"]
    done = subprocess.run(
        command, cwd=place, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "index.html" in done.stdout
    (manifest,) = (place / "outputs" / "toy").glob("20*/manifest.json")
    return manifest.parent
