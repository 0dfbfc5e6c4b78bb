"""Runs from the command line, as a scheduler sees them."""

import json
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from command_line import Begun, coee

from coee_nb.errors import ParameterError
from coee_nb.publish import run
from coee_nb.publish.building import begin
from coee_nb.publish.execute import Outcome
from coee_nb.publish.manifest import manifests_in, sha256
from coee_nb.publish.plan import plan


def runs(project):
    return [path.parent for path in manifests_in(project / "outputs" / "toy")]


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.hrefs, self.ids, self.tags, self.images = [], [], [], []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append(tag)
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.hrefs += [attrs["href"]] if "href" in attrs else []
        self.images += [attrs] if tag == "img" else []


def test_a_complete_run_is_published_whole(published):
    project = published.parents[2]
    findings = json.loads((published / "findings.json").read_text())
    assert findings["engagement"] == "toy"
    assert findings["run_id"] == published.name
    (found,) = findings["findings"]
    assert found["value"] == 5
    assert found["notebook"] == "toy"
    assert found["inputs"] == [
        {"path": "data/rows.csv", "sha256": sha256(project / "data" / "rows.csv")}
    ]
    record = json.loads((published / "manifest.json").read_text())
    assert record["status"] == "complete"
    assert record["packages"]["papermill"]
    (entry,) = record["notebooks"]
    assert entry["parameters"]["values"] == {
        "number": 5,
        "source": "data/rows.csv",
        "note": "none",
        "remarks": None,
    }
    for output in entry["outputs"]:
        assert sha256(published / output["path"]) == output["sha256"]
    for name in ("findings", "evidence", "workbook", "log"):
        assert sha256(published / record[name]["path"]) == record[name]["sha256"]
    names = {output["path"] for output in entry["outputs"]}
    assert {"toy.ipynb", "toy.html", "tables/toy/counts.csv", "tables/toy/bars.parquet"} <= names


def test_the_tables_are_files_and_safe_in_a_spreadsheet(published):
    frame = pd.read_csv(published / "tables/toy/counts.csv")
    assert frame["name"].tolist() == ["<b>x</b>", "'=2+3"]
    whole = pd.read_parquet(published / "tables/toy/counts.parquet")
    assert whole["name"].tolist() == ["<b>x</b>", "=2+3"]
    assert whole["count"].tolist() == [5, 4]


def test_the_page_is_self_contained_and_every_finding_leads_to_its_cell(published):
    page = (published / "toy.html").read_text()
    seen = Links()
    seen.feed(page)
    assert "script" not in seen.tags
    assert "alert(1)" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert not re.search(r"(src|href)=\"(https?:)?//", page)
    inside = [href[1:] for href in seen.hrefs if href.startswith("#")]
    assert {"line-counts.5", "cell-7"} <= set(inside)
    assert set(inside) <= set(seen.ids)
    assert len(seen.ids) == len(set(seen.ids))
    beside = [h for h in seen.hrefs if not h.startswith("#")]
    assert all((published / href).exists() for href in beside)
    (image,) = seen.images
    assert image["alt"] == "Two bars of the counts in the table."
    assert "Content-Security-Policy" in page
    assert page.index("The number is 5") < page.index("Code of cell")


def test_nothing_published_names_this_machine(published):
    project = published.parents[2]
    folders = (str(project).encode(), str(Path(sys.prefix)).encode(), str(Path.home()).encode())
    for path in published.rglob("*"):
        for part in contents(path) if path.is_file() else ():
            assert not [folder for folder in folders if folder in part], path.name


def contents(path):
    """The bytes of a file, or of each part of one that is an archive."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as parts:
            return [parts.read(one) for one in parts.namelist()]
    return [path.read_bytes()]


def test_a_failed_notebook_is_marked_and_the_others_still_run(project, write_params):
    write_params("toy")
    good = coee(project, "run", "params/toy")
    assert good.returncode == 0
    (first,) = runs(project)
    write_params("breaks")
    bad = coee(project, "run", "params/toy")
    assert bad.returncode == 1
    assert "no <i>luck</i>" in bad.stderr
    second = next(p for p in runs(project) if p != first)
    record = json.loads((second / "manifest.json").read_text())
    assert {e["name"]: e["status"] for e in record["notebooks"]} == {
        "breaks": "failed",
        "toy": "done",
    }
    page = (second / "breaks.html").read_text()
    assert "did not finish" in page
    assert "no &lt;i&gt;luck&lt;/i&gt;" in page
    cell = re.search(r'href="#(cell-\d+)"', page).group(1)
    assert 'id="finding-toy.number"' in page.split(f'id="{cell}"')[1].split('class="cell"')[0]
    findings = json.loads((second / "findings.json").read_text())["findings"]
    assert {f["notebook"] for f in findings} == {"toy"}
    index = (project / "outputs" / "index.html").read_text()
    assert f"<strong>Run complete</strong> · {first.name}" in index
    assert "(failed)" in index


@pytest.mark.long
@pytest.mark.fault("a process that dies")
def test_a_dead_kernel_and_a_doubled_table_fail_their_notebook_only(project, write_params):
    for name in ("dies", "twice", "toy"):
        write_params(name)
    assert coee(project, "run", "params/toy").returncode == 1
    (folder,) = runs(project)
    states = {
        e["name"]: (e["status"], e["error"])
        for e in json.loads((folder / "manifest.json").read_text())["notebooks"]
    }
    assert states["toy"] == ("done", None)
    assert states["dies"][0] == "failed"
    assert "DeadKernel" in states["dies"][1]
    assert states["twice"][0] == "failed"
    assert "recorded twice" in states["twice"][1]


@pytest.mark.fault("wrong parameters")
def test_wrong_parameters_start_nothing(project, write_params):
    write_params("toy", "number: 5\nsourse: data/rows.csv\n")
    done = coee(project, "run", "params/toy")
    assert done.returncode == 2
    assert "did you mean 'source'?" in done.stderr
    assert not (project / "outputs").exists()


@pytest.mark.fault("an interrupt (Ctrl-C, SIGTERM, SIGHUP)")
@pytest.mark.parametrize(
    ("stop", "code"),
    [
        pytest.param(signal.SIGINT, 130, marks=pytest.mark.long),
        (signal.SIGTERM, 143),
        pytest.param(signal.SIGHUP, 129, marks=pytest.mark.long),
    ],
    ids=["Ctrl-C", "SIGTERM", "SIGHUP"],
)
def test_an_interrupted_run_leaves_the_last_good_one(project, write_params, stop, code):
    write_params("slow")
    process = Begun(project, "run", "params/toy")
    outputs = project / "outputs" / "toy"
    for _ in range(600):
        if list(outputs.glob(".building-*/slow.ipynb")):
            break
        time.sleep(0.05)
    os.kill(process.pid, stop)
    done = process.ended()
    assert done.returncode == code, done.stderr
    assert "nothing was published" in done.stderr
    assert [path.name for path in outputs.iterdir()] == ["status.json"]
    told = json.loads((outputs / "status.json").read_text())
    assert told["state"] == "stopped"
    assert told["error"] in ("KeyboardInterrupt", f"told to stop by {stop.name}")


def test_a_notebook_reads_what_another_has_made(project, write_params):
    write_params("toy")
    write_params("other", "number: 7\nsource: run:toy/counts.csv\n")
    done = coee(project, "run", "params/toy")
    assert done.returncode == 0, done.stderr
    (folder,) = runs(project)
    findings = json.loads((folder / "findings.json").read_text())["findings"]
    (other,) = [f for f in findings if f["notebook"] == "other"]
    assert other["inputs"][0]["sha256"] == sha256(folder / "tables/toy/counts.csv")
    assert other["inputs"][0]["path"] == "run:toy/counts.csv"
    assert ".building" not in (folder / "other.ipynb").read_text()


@pytest.mark.long
def test_a_notebook_reads_the_findings_of_another(project, write_params):
    write_params("toy")
    write_params("other", "number: 7\nsource: run:toy/findings.json\n")
    done = coee(project, "run", "params/toy")
    assert done.returncode == 0, done.stderr
    (folder,) = runs(project)
    handed = json.loads((folder / "tables/toy/findings.json").read_text())["findings"]
    whole = json.loads((folder / "findings.json").read_text())["findings"]
    assert handed == [one for one in whole if one["notebook"] == "toy"]
    (other,) = [one for one in whole if one["notebook"] == "other"]
    assert other["inputs"][0]["path"] == "run:toy/findings.json"
    assert coee(project, "verify", folder.name).returncode == 0


@pytest.mark.long
def test_what_is_recorded_is_what_ran_under_this_interpreter(project, write_params, monkeypatch):
    kernel = project / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    spec = {"argv": ["/bin/false"], "display_name": "Another", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(project / "jupyter"))
    params, notebook = write_params("edits"), project / "notebooks" / "edits.ipynb"
    before = sha256(params), sha256(notebook)
    command = [sys.executable, "-m", "coee_nb.cli", "run", "params/toy"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "without encryption" not in done.stderr
    (folder,) = runs(project)
    record = json.loads((folder / "manifest.json").read_text())
    (entry,) = record["notebooks"]
    assert (entry["parameters"]["sha256"], entry["notebook"]["sha256"]) == before
    assert (sha256(params), sha256(notebook)) != before
    assert (project / "interpreter").read_text() == sys.executable
    assert record["python"] == platform.python_version()
    assert len(record["package_sha256"]) == 64
    seal = sha256(folder / "manifest.json")
    assert f"Seal: {seal}" in done.stdout
    told = coee(project, "verify", folder.name, "--seal", seal)
    assert told.returncode == 0, told.stdout
    assert f"Seal: {seal}" in told.stdout
    assert "changed: parameters params/toy/edits.yaml" in told.stdout
    assert "changed: notebook notebooks/edits.ipynb" in told.stdout
    assert "Not covered:" in told.stdout
    (folder / "more.txt").touch()
    told = coee(project, "verify", folder.name)
    assert (told.returncode, "added: output more.txt" in told.stdout) == (1, True)


def test_a_project_is_run_with_its_own_notebooks_and_data_from_anywhere(project, write_params):
    write_params("toy")
    (project / "elsewhere").mkdir()
    for folder in ("notebooks", "params"):
        (project / "elsewhere" / folder).mkdir()
    done = coee(project / "elsewhere", "run", "../params/toy/toy.yaml")
    assert done.returncode == 0, done.stderr
    (folder,) = runs(project)
    findings = json.loads((folder / "findings.json").read_text())["findings"]
    assert findings[0]["inputs"][0]["path"] == "data/rows.csv"


@pytest.mark.long
def test_inputs_outside_the_project_are_told_apart_and_name_no_machine(project, write_params):
    with tempfile.TemporaryDirectory() as away:
        places = {"toy": Path(away) / "x", "other": Path(away) / "y"}
        for n, (name, place) in enumerate(places.items()):
            place.mkdir()
            (place / "events.csv").write_text(f"{n}\n")
            write_params(name, f"number: 5\nsource: {place}/events.csv\n")
        assert coee(project, "run", "params/toy").returncode == 0
        (folder,) = runs(project)
        for path in folder.rglob("*"):
            assert path.is_dir() or away.encode() not in path.read_bytes(), path.name
    entries = json.loads((folder / "manifest.json").read_text())["notebooks"]
    named = [entry["inputs"][0]["path"] for entry in entries]
    assert len(set(named)) == 2
    assert {name.split("/")[-1] for name in named} == {"events.csv"}
    assert named == [entry["parameters"]["values"]["source"] for entry in entries]


@pytest.mark.long
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("-p", "number", "5", "-p", "source", "data/own.csv"), "5 own.csv none"),
        pytest.param(("-p", "number", "5"), "5 rows.csv of the example", marks=pytest.mark.long),
        pytest.param(("-f", "params/toy/sheet.yaml"), "9 own.csv none", marks=pytest.mark.long),
    ],
    ids=["own data", "one value", "file"],
)
def test_papermill_alone_keeps_the_examples_values_to_the_examples_data(
    project, write_params, given, said
):
    write_params("sheet", "number: 9\nsource: data/own.csv\n")
    (project / "data" / "own.csv").touch()
    command = [sys.executable, "-m", "papermill", "notebooks/sheet.ipynb", "out.ipynb", *given]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    outputs = json.loads((project / "out.ipynb").read_text())["cells"][-1]["outputs"]
    assert "".join(outputs[0]["text"]).strip() == said


@pytest.mark.long
def test_what_waits_for_a_failed_notebook_is_not_run(project, write_params):
    write_params("breaks")
    write_params("other", "number: 7\nsource: run:breaks/counts.csv\n")
    done = coee(project, "run", "params/toy")
    assert done.returncode == 1
    assert "other: not run. it needs breaks" in done.stderr


@pytest.mark.fault("outputs that cannot be written")
def test_a_folder_that_cannot_be_written_starts_nothing(project, write_params):
    write_params("toy")
    (project / "outputs").write_text("a file")
    done = coee(project, "run", "params/toy")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_fewer_notebooks_at_once_than_none_is_refused(project, write_params):
    write_params("toy")
    done = coee(project, "run", "params/toy", "--jobs", "-1")
    assert done.returncode == 2
    assert "-1" in done.stderr


@pytest.mark.fault("a full disk")
def test_what_fails_while_publishing_leaves_nothing_half(project, write_params, monkeypatch):
    write_params("toy")
    planned = plan(["params/toy"], root=project)
    outcome = Outcome("toy", "done")
    monkeypatch.setattr(run, "execute_all", lambda *_, **__: (outcome,))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run.manifest, "write_json", full)
    with pytest.raises(ParameterError, match=r"No space left on device.*no run was published"):
        run.run(planned, outputs=project / "outputs")
    assert [p.name for p in (project / "outputs" / "toy").iterdir()] == ["status.json"]


@pytest.mark.fault("a second run of an engagement at once")
def test_runs_that_begin_in_one_second_have_folders_of_their_own(tmp_path):
    with ThreadPoolExecutor(4) as pool:
        begun = list(pool.map(lambda _: begin(tmp_path / "toy"), range(12)))
    assert len({folder for _, folder in begun}) == 12
    assert all(building.is_dir() for building, _ in begun)


@pytest.fixture
def survey(project, write_params):
    """Run a notebook about so many people, and return what the command said."""
    write_params("people")

    def run_of(people, *words):
        rows = "".join(f"R_{one},yes\n" for one in range(people))
        (project / "data" / "rows.csv").write_text("response_id,a\n" + rows)
        return coee(project, "run", "params/toy", *words)

    return run_of


@pytest.mark.long
def test_a_run_that_differs_from_an_earlier_one_by_a_few_people_is_not_published(project, survey):
    assert survey(40).returncode == 0
    assert survey(40).returncode == 0
    refused = survey(41)
    assert refused.returncode == 1
    assert "differ by fewer than 10 people" in refused.stderr
    assert "run with --replace" in refused.stderr
    last = runs(project)[-1]
    kept = sorted(path.name for path in last.rglob("*") if path.is_file())
    assert kept == [
        "answers.docx",
        "changes.html", "evidence.csv", "findings.json", "manifest.json", "run.log", "tables.xlsx",
    ]  # fmt: skip
    assert "Not shown here: People, whose" in (last / "changes.html").read_text()
    assert json.loads((last / "findings.json").read_text())["findings"] == []
    assert survey(50).returncode == 0


@pytest.mark.long
def test_a_run_that_replaces_withdraws_what_it_may_not_stand_beside(project, survey):
    assert survey(40).returncode == 0
    assert survey(41, "--replace").returncode == 0
    first, second = runs(project)
    assert sorted(path.name for path in first.rglob("*")) == [
        "findings.json", "manifest.json", "run.log", "tables",
    ]  # fmt: skip
    (entry,) = json.loads((first / "manifest.json").read_text())["notebooks"]
    assert (entry["status"], entry["error"]) == ("withdrawn", f"replaced by run {second.name}")
    index = (project / "outputs" / "index.html").read_text()
    assert "withdrawn" in index
    assert f"{first.name}/people.html" not in index
    assert coee(project, "verify", second.name).returncode == 0
    assert survey(40).returncode == 1


def test_what_a_notebook_was_asked_is_the_title_of_its_page_and_of_the_front_page(
    project, write_params
):
    write_params("toy")
    asked = "title: Parks\nasked: {toy: 'Which parks were swept late?'}\n"
    (project / "params" / "toy" / "_engagement.yaml").write_text(asked, "utf-8")
    assert coee(project, "run", "params/toy").returncode == 0
    (folder,) = runs(project)
    page = (folder / "toy.html").read_text("utf-8")
    assert "<title>Which parks were swept late? – Parks</title>" in page
    assert re.search(r"<h1[^>]*>Which parks were swept late\?", page)
    index = (project / "outputs" / "index.html").read_text("utf-8")
    assert "Which parks were swept late?" in index
