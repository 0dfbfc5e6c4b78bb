"""A run on a portfolio of 2,000 or 5,000 recommendations: what is shown, kept, found elsewhere."""

import json
import re
import shutil

import pandas as pd
import pytest
import yaml
from portfolio import AS_OF, write_portfolio

from coee_nb.paths import project_root
from coee_nb.publish.plan import plan
from coee_nb.publish.run import run
from coee_nb.recommendations.aging import aging
from coee_nb.recommendations.log import read
from coee_nb.recommendations.register import register

MOST = 1_500_000  # bytes of a page, and of a notebook


MANY = pytest.param(1000, marks=pytest.mark.long)  # reports, of five recommendations each


@pytest.fixture(scope="module", params=[MANY])
def log_folder(request, tmp_path_factory):
    return write_portfolio(tmp_path_factory.mktemp("log") / "log", reports=request.param)


@pytest.fixture(scope="module")
def aged(log_folder):
    return aging(register(read(log_folder), as_of=str(AS_OF)))


@pytest.fixture(scope="module")
def folder(log_folder, tmp_path_factory):
    """The folder of a run on the portfolio."""
    project = tmp_path_factory.mktemp("project")
    (project / "notebooks").mkdir()
    shutil.copy(project_root() / "notebooks" / "recommendation_aging.ipynb", project / "notebooks")
    shutil.copy(project_root() / "pyproject.toml", project)
    shutil.copytree(log_folder, project / "data" / "log")
    params = project / "params" / "portfolio"
    params.mkdir(parents=True)
    given = {"as_of": str(AS_OF), "earlier_as_of": "2023-12-31", "log": "data/log"}
    (params / "recommendation_aging.yaml").write_text(yaml.safe_dump(given))
    done = run(plan([params], root=project), outputs=project / "outputs")
    assert done.complete, done.outcomes
    return done.folder


@pytest.mark.parametrize("log_folder", [MANY], indirect=True)
def test_page_and_notebook_are_light(folder):
    sizes = {ending: (folder / f"recommendation_aging.{ending}").stat().st_size
             for ending in ("html", "ipynb")}  # fmt: skip
    assert max(sizes.values()) < MOST, sizes


def test_every_late_recommendation_is_a_finding_and_the_page_lists_none(folder, aged):
    found = json.loads((folder / "findings.json").read_text(encoding="utf-8"))["findings"]
    late = set(aged.table["recommendation_id"][aged.table["past_due"]])
    single = {
        name.group(1)
        for one in found
        if (name := re.fullmatch(r"recommendations\.(.+)\.days_past_due", one["id"]))
    }
    assert len(late) > len(aged.table) / 5
    assert single == late
    page = (folder / "recommendation_aging.html").read_text(encoding="utf-8")
    assert f"{len(late):,} findings, one a case, are in findings.json" in page
    assert page.count(".days_past_due</code>") == 0
    listed = page.split('id="findings"')[1].split("</section>")[0]
    assert listed.count('<th scope="row"') == len(found) - len(late)


def test_every_recommendation_is_in_the_tables_and_the_first_are_on_the_page(folder, aged):
    worklist = pd.read_csv(folder / "tables" / "recommendation_aging" / "worklist.csv")
    assert list(worklist["recommendation_id"]) == list(aged.not_closed["recommendation_id"])
    page = (folder / "recommendation_aging.html").read_text(encoding="utf-8")
    first = worklist["recommendation_id"].iloc[0]
    assert f'id="line-worklist.{first}"' in page
    shown = f"50 of {len(worklist):,} lines shown; all are in worklist.csv of the run"
    assert shown in page


def test_everything_to_hand_out_is_among_the_files_of_the_run(folder, aged):
    given = folder / "files" / "recommendation_aging"
    assert (given / "register.xlsx").stat().st_size > 100_000
    sheets = list((given / "sheets").iterdir())
    assert len(sheets) == aged.table["report"].nunique()
    marks = sum(sheet.read_text("utf-8").count("<section id=") for sheet in sheets)
    assert marks == len(aged.table)
    assert {path.suffix for path in (given / "letters").iterdir()} == {".txt"}
    page = (folder / "recommendation_aging.html").read_text(encoding="utf-8")
    links = set(re.findall(r'href="(files/[^"]+)"', page))
    assert len(links) > 50
    assert all((folder / link.partition("#")[0]).exists() for link in links)
    listed = (folder / "manifest.json").read_text(encoding="utf-8")
    assert "files/recommendation_aging/register.xlsx" in listed
    machine = str(folder.parents[2])
    assert all(machine not in path.read_text("utf-8") for path in given.glob("letters/*"))
