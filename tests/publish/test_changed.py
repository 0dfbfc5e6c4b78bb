"""What a run with ``--if-changed`` takes for a change."""

import json
import sys
from types import ModuleType

import pytest

from coee_nb.publish import workers
from coee_nb.publish.changed import unchanged
from coee_nb.publish.execute import Outcome
from coee_nb.publish.fanout import FanOut
from coee_nb.publish.plan import plan
from coee_nb.publish.run import run
from coee_nb.publish.schedule import Limits

SCHEMA = """
from pydantic import BaseModel
from coee_nb.parameters import InputPath, Parameters


class Earlier(BaseModel):
    responses: InputPath


class Toy(Parameters):
    number: int = 1
    source: InputPath
    earlier: Earlier | None = None
"""


@pytest.fixture
def engagement(project, write_params, monkeypatch):
    """The folder of runs of notebooks that are taken as they are, none being executed."""

    def taken(work):
        book = json.loads(work.source)
        if work.name == "breaks":
            return Outcome(work.name, "failed", error="RuntimeError")
        work.target.write_text(json.dumps(book))
        return Outcome(work.name, "done", "2024-01-01T00:00:00Z", "2024-01-01T00:00:01Z")

    monkeypatch.setattr(workers, "execute", taken)
    monkeypatch.setattr(workers, "prepare", lambda *_: None)
    (project / "lib" / "coee_toy.py").write_text(SCHEMA)
    return project / "outputs" / "toy"


def ran(engagement, *sheets, over=None, **limits):
    """Run sheets; return the id of the run."""
    planned = plan(sheets, over=over)
    limits = Limits(quiet=True, **limits)
    result = run(planned, outputs=engagement.parent, limits=limits, tell=lambda _: None)
    return result.folder.name


@pytest.mark.fault("a change that --if-changed must see")
def test_two_lines_of_a_crontab_that_take_turns_do_not_undo_each_other(engagement, write_params):
    sheets = [write_params(name) for name in ("toy", "other")]
    runs = [ran(engagement, sheet) for sheet in sheets]
    assert [unchanged(engagement, [sheet]) for sheet in sheets] == runs
    assert unchanged(engagement, sheets) == runs[1]
    write_params("other", "number: 6\nsource: data/rows.csv\n")
    assert [unchanged(engagement, [sheet]) for sheet in sheets] == [runs[0], None]
    assert unchanged(engagement, sheets) is None


@pytest.mark.fault("a change that --if-changed must see")
def test_the_code_of_a_set_of_parameters_of_the_projects_own_is_looked_at(engagement, write_params):
    sheet = write_params("toy")
    last = ran(engagement, sheet)
    code = engagement.parents[1] / "lib" / "coee_toy.py"
    code.write_text(SCHEMA.replace("number: int = 1", "number: int = 2"))
    assert unchanged(engagement, [sheet]) is None
    code.write_text(SCHEMA)
    assert unchanged(engagement, [sheet]) == last


@pytest.mark.fault("a change that --if-changed must see")
def test_what_a_set_of_parameters_of_the_projects_own_imports_is_looked_at(
    engagement, write_params, monkeypatch
):
    beside = engagement.parents[1] / "lib" / "coee_toy_bounds.py"
    beside.write_text("LARGEST = 9\n")
    monkeypatch.setitem(sys.modules, "coee_toy_bounds", ModuleType("coee_toy_bounds"))
    monkeypatch.setattr(sys.modules["coee_toy_bounds"], "__file__", str(beside), raising=False)
    sheet = write_params("toy")
    last = ran(engagement, sheet)
    assert unchanged(engagement, [sheet]) == last
    beside.write_text("LARGEST = 8\n")
    assert unchanged(engagement, [sheet]) is None


@pytest.mark.fault("a change that --if-changed must see")
def test_a_sheet_taken_back_after_a_later_run_of_another_is_a_change(engagement, write_params):
    sheet = write_params("toy")
    before = sheet.read_text()
    ran(engagement, sheet)
    write_params("toy", "number: 6\nsource: data/rows.csv\n")
    ran(engagement, sheet, write_params("other"))
    sheet.write_text(before)
    assert unchanged(engagement, [sheet]) is None


def test_a_failed_notebook_is_run_again_and_the_others_are_not(engagement, write_params):
    sheets = [write_params(name) for name in ("toy", "breaks")]
    made = ran(engagement, *sheets)
    assert [unchanged(engagement, [sheet]) for sheet in sheets] == [made, None]


@pytest.mark.fault("a change that --if-changed must see")
def test_what_takes_from_another_notebook_changes_with_it(engagement, write_params):
    first = write_params("toy")
    second = write_params("other", "source: run:toy/findings.json\n")
    ran(engagement, first, second)
    write_params("toy", "number: 6\nsource: data/rows.csv\n")
    ran(engagement, first)
    assert unchanged(engagement, [first])
    assert unchanged(engagement, [first, second]) is None


def test_pages_for_many_values_and_the_one_for_all_stand_side_by_side(engagement, write_params):
    sheet, over = write_params("toy"), FanOut.of("number=1,2")
    runs = [ran(engagement, sheet), ran(engagement, sheet, over=over)]
    assert [unchanged(engagement, [sheet], one) for one in (None, over)] == runs
    assert unchanged(engagement, [sheet], FanOut.of("number=1,3")) is None


@pytest.mark.fault("a change that --if-changed must see")
@pytest.mark.parametrize(
    "changed",
    ["data/rows.csv", "data/far/old.csv", "notebooks/toy.ipynb", "params/toy/_engagement.yaml",
     "params/toy/_checked.csv", "data/origins.yaml", "docs/methods.md"],
)  # fmt: skip
def test_whatever_a_page_shows_is_a_change(engagement, write_params, project, changed):
    (project / "data" / "far").mkdir()
    (project / "data" / "far" / "old.csv").write_text("a\n")
    sheet = write_params(
        "toy", f"source: data/rows.csv\nearlier: {{responses: {project}/data/far/old.csv}}\n"
    )
    assert ran(engagement, sheet) == unchanged(engagement, [sheet])
    place = project / changed
    place.parent.mkdir(exist_ok=True)
    place.write_text(place.read_text() + " " if place.exists() else "new")
    assert unchanged(engagement, [sheet]) is None


@pytest.mark.fault("a change that --if-changed must see")
def test_pdf_files_that_were_not_made_are(engagement, write_params):
    sheet = write_params("toy")
    made = ran(engagement, sheet)
    assert unchanged(engagement, [sheet]) == made
    assert unchanged(engagement, [sheet], printed=True) is None


@pytest.mark.fault("a change that --if-changed must see")
@pytest.mark.parametrize("left", ["", "[]", '{"x": 5}', "5"])
def test_a_record_that_cannot_be_read_is_a_change(engagement, write_params, left):
    sheet = write_params("toy")
    ran(engagement, sheet)
    kept = json.loads((engagement / ".last.json").read_text())
    (engagement / ".last.json").write_text(left)
    assert unchanged(engagement, [sheet]) is None
    (engagement / ".last.json").write_text(json.dumps({key: {} for key in kept}))
    assert unchanged(engagement, [sheet]) is None
