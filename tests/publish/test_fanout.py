"""One notebook run for many values: a page each, and one over them all."""

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Literal

import pytest
from markupsafe import escape
from valid_html import faults_of

from coee_nb.cli import coee as command
from coee_nb.collections.params import CollectionsIts
from coee_nb.errors import EstimationError, ParameterError
from coee_nb.files import Content
from coee_nb.parameters import Parameters
from coee_nb.publish.changed import unchanged
from coee_nb.publish.execute import WORK, Outcome, respondents_file
from coee_nb.publish.extract import Extract
from coee_nb.publish.fanout import Case, FanOut, names_for, refuse_confidential
from coee_nb.publish.plan import Job, plan
from coee_nb.publish.rerun import rerun
from coee_nb.publish.run import run
from coee_nb.publish.schedule import Limits
from coee_nb.publish.settle import in_order
from coee_nb.publish.summary import summary_page
from coee_nb.publish.verify import is_broken, verify
from coee_nb.publish.word import Answered


class Rows(HTMLParser):
    """The texts of a page's table, line by line, and its links."""

    def __init__(self, page):
        super().__init__()
        self.lines, self.links = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.lines.append([])
        if tag in ("td", "th"):
            self.lines[-1].append("")
        self.links += [value for name, value in attrs if tag == "a" and name == "href"]

    def handle_data(self, data):
        if self.lines and self.lines[-1] and data.strip():
            self.lines[-1][-1] += data


@pytest.fixture
def executed(project, write_params):
    """Run a sheet for many values in this process."""

    def execute(told, name="toy", **more):
        sheet = write_params(name, **more)
        planned = plan([sheet], over=FanOut.of(told))
        outputs = project / "outputs"
        return run(planned, outputs=outputs, limits=Limits(quiet=True), tell=lambda _: None)

    return execute


@pytest.mark.long
def test_each_value_has_a_page_and_a_line_and_one_run_holds_all(project, executed):
    result = executed("note='a<b>',50")
    assert [(one.name, one.status) for one in result.outcomes] == [
        ("toy-a_b", "done"),
        ("toy-50", "done"),
    ]
    record = json.loads((result.folder / "manifest.json").read_text())
    assert [one["for"] for one in record["notebooks"]] == [
        {"parameter": "note", "value": value} for value in ("'a<b>'", "50")
    ]
    assert [one["parameters"]["values"]["note"] for one in record["notebooks"]][1] == "50"
    rows = Rows((result.folder / "summary.html").read_text().split("<footer>")[0])
    assert rows.lines[0] == ["note", "Answer", "number (count)"]
    assert rows.lines[1:] == [[value, "The number is 5.", "5"] for value in ("'a<b>'", "50")]
    assert all((result.folder / link).exists() for link in rows.links if "/" not in link)
    page, case = (result.folder / "toy-a_b.html").read_text(), Case("note", "'a<b>'")
    assert f"For {escape(case)}" in page
    found = json.loads((result.folder / "findings.json").read_text())["findings"]
    assert [one["id"] for one in found] == ["toy.number[note='a<b>']", "toy.number[note=50]"]
    assert not any(map(is_broken, verify(result.folder, root=project)))
    index = result.index.read_text()
    assert "asked of 2 values, 2 of them done" in index
    assert "summary.html" in index
    assert rerun(result.folder, root=project) == ()
    sheet = project / "params" / "toy" / "toy.yaml"
    told = FanOut.of("note='a<b>',50")
    assert unchanged(result.folder.parent, [sheet], told) == result.folder.name
    assert unchanged(result.folder.parent, [sheet]) is None


def answered(value, status, error=None):
    job = Job(f"toy-{value}", Content(Path("toy.ipynb"), b"{}"), None, {}, case=Case("x", value))
    found = {"id": f"toy.n[x={value}]", "statement": f"It is {value}.", "value": value, "unit": ""}
    held = Extract([found], [], [], [])
    return Answered(
        job, Outcome(job.name, status, error=error), {"cells": [], "metadata": {}}, held
    )


def test_a_value_that_fails_is_marked_and_the_others_stand():
    run = {"engagement": "toy", "run_id": "r", "about": {"title": "Toy"}}
    told = [answered(7, "done"), answered(8, "failed", "RuntimeError: no <i>luck</i>")]
    page = summary_page(told, run=run)
    rows = Rows(page.split("<footer>")[0])
    assert rows.lines[1:] == [
        ["7", "It is 7.", "7"],
        ["8", "failed. RuntimeError: no <i>luck</i>", "–"],
    ]
    assert "1 of them not done" in page
    assert faults_of(page) == []


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ("number=3,many,1.5", "(?s)number: many: .*number: 1.5: "),
        ("numbers=3", "no notebook has this parameter.*did you mean number"),
        ("number=3,3", "names '3' twice"),
        ("number=", "cannot be read"),
        ("number", "cannot be read"),
        ("=3", "cannot be read"),
        ("number=all", "nothing says which values there are"),
        ("source=data/rows.csv,data/bad.csv", "data/bad.csv"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_before_any_notebook(
    project, write_params, told, message
):
    sheet = write_params("toy")
    with pytest.raises(ParameterError, match=message):
        plan([sheet], over=FanOut.of(told))
    assert not (project / "outputs").exists()


def test_a_notebook_that_others_read_or_that_two_sheets_share_is_not_run_for_many(write_params):
    sheets = [write_params("toy"), write_params("other")]
    with pytest.raises(ParameterError, match="other, toy have this parameter"):
        plan(sheets, over=FanOut.of("number=1,2"))


def test_a_notebook_under_a_disclosure_plan_is_refused_with_the_reason(project, write_params):
    sheet, path = write_params("toy"), project / "notebooks" / "toy.ipynb"
    book = json.loads(path.read_text())
    book["metadata"]["coee"]["disclosure"] = True
    path.write_text(json.dumps(book))
    with pytest.raises(ParameterError, match="had from the others by subtraction"):
        plan([sheet], over=FanOut.of("number=1,2"))
    with pytest.raises(ParameterError, match="--for group: toy rests on people's answers"):
        plan([sheet], over=FanOut.of("group=all"))
    refuse_confidential(FanOut.of("number=1,2"), notebook="toy", disclosure=False)


def test_what_tells_of_respondents_only_as_it_runs_is_not_published(project, write_params):
    (job,) = plan([write_params("people")], over=FanOut.of("number=1")).jobs
    building = project / "building"
    (building / WORK).mkdir(parents=True)
    for folder in ("tables", "files"):
        (building / folder / job.name).mkdir(parents=True)
    (building / f"{job.name}.ipynb").write_bytes(job.notebook.data)
    respondents_file(building / WORK, job.name).write_text("{}")
    outcome = in_order(Outcome(job.name, "done"), job, building, project)
    assert outcome.status == "failed"
    assert "by subtraction" in outcome.error
    assert not list(building.glob("people*"))
    assert not list(building.glob("[!.]*/people*"))


class Closed(Parameters):
    season: Literal["month", "quarter"] | None = None
    fast: bool = False
    office: str = "North"
    days: list[int] | None = None
    offices: list[str] | None = None

    def check_inputs(self):
        if self.office.startswith("?"):
            raise EstimationError(f"nothing can be said of {self.office}")


def test_all_is_every_value_of_a_closed_list():
    found = Closed()
    assert [found.values_of(name) for name in ("season", "fast", "office")] == [
        ["month", "quarter"],
        [False, True],
        [],
    ]


@pytest.mark.parametrize(
    ("told", "values"),
    [
        ("fast=no,yes", [False, True]),
        ("office=NO,10,2024-01-31", ["NO", "10", "2024-01-31"]),
        ("days=30,90", [[30], [90]]),
        ('offices="Ports, north",10', [["Ports, north"], ["10"]]),
    ],
)
def test_a_value_is_read_as_the_parameter_takes_it(told, values):
    cases = [case for case, _ in FanOut.of(told).checked(Closed, {}, where="x")]
    assert [case.value for case in cases] == values


def test_a_value_that_the_data_cannot_answer_is_named_with_its_reason():
    with pytest.raises(ParameterError, match=r"office: \?A: nothing.*\noffice: \?B: nothing"):
        list(FanOut.of("office=?A,North,?B").checked(Closed, {}, where="x"))


def test_a_list_of_one_is_called_by_what_it_holds():
    assert Case("offices", ["Ports, north"]).label == "Ports, north"


def test_the_groups_of_a_series_are_those_of_its_column(tmp_path):
    months = [f"20{year}-{month:02}" for year in range(10, 20) for month in range(1, 13)]
    rows = [f"{m},{g},{100 + n}" for n, m in enumerate(months) for g in ("Port, A", "Port B")]
    rows = [row.replace("Port, A", '"Port, A"') for row in rows]
    (tmp_path / "s.csv").write_text("\n".join(["month,port,usd", *rows]))
    sheet = {"series": str(tmp_path / "s.csv"), "value_column": "usd", "measure": "Fees"}
    sheet |= {"change": "The rule", "cut": "2015-01", "unit": "dollars"}
    with_groups = CollectionsIts.check(sheet | {"group_column": "port"})
    assert sorted(with_groups.values_of("group")) == ["Port B", "Port, A"]
    cuts = {"group_cuts": {"Port B": None}}
    some = CollectionsIts.check(sheet | {"group_column": "port"} | cuts)
    assert some.values_of("group") == ["Port, A"]
    with pytest.raises(ParameterError, match="the groups are not known"):
        CollectionsIts.check(sheet).values_of("group")


def test_files_of_values_that_look_alike_have_names_of_their_own():
    names = list(names_for("its", [Case("g", "../x"), Case("g", "x"), Case("g", None)]))
    assert names == ["its-x", "its-x_2", "its-null"]


def test_the_option_is_taught():
    assert "group=all" in next(
        one.help for one in command.commands["run"].params if "--for" in one.opts
    )
