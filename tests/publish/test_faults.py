"""What goes wrong under a scheduler, and what is left of it."""

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from command_line import coee
from filelock import FileLock

from coee_nb.errors import ParameterError
from coee_nb.publish import index, run, status, workers
from coee_nb.publish.building import BusyError, alone, begin, holder
from coee_nb.publish.execute import Outcome
from coee_nb.publish.manifest import manifests_in, read_record
from coee_nb.publish.plan import plan
from coee_nb.publish.schedule import Limits, execute_all
from coee_nb.publish.status import in_words, statuses, write_log


def newest(project):
    return manifests_in(project / "outputs" / "toy")[-1].parent


@pytest.mark.fault("a process that dies")
@pytest.mark.fault("sys.exit(0) in a cell")
@pytest.mark.fault("a cell that takes too long")
def test_each_notebook_fails_by_itself_and_its_cause_is_named(project, write_params):
    for name in ("toy", "kills", "quits", "waits"):
        write_params(name)
    done = coee(project, "run", "params/toy", "--cell-timeout", "4s", "--jobs", "4")
    assert done.returncode == 1
    entries = read_record(newest(project), "manifest.json")["notebooks"]
    states = {one["name"]: (one["status"], one["error"]) for one in entries}
    assert states["toy"] == ("done", None)
    assert states["kills"][0] == "failed"
    assert "ended by SIGKILL" in states["kills"][1]
    assert states["quits"] == ("failed", "SystemExit: 0 ended the notebook before its last cell")
    assert states["waits"][0] == "failed"
    assert "4 seconds" in states["waits"][1]
    log = (newest(project) / "run.log").read_text()
    assert "quits failed\n    SystemExit: 0" in log
    assert coee(project, "verify", newest(project).name).returncode == 0
    assert not done.stdout.count("\r")
    assert "it/s" not in done.stderr


def until(true, seconds=30.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.fault("coee killed (SIGKILL)")
@pytest.mark.fault("a second run of an engagement at once")
def test_a_killed_run_leaves_no_process_and_the_next_one_sweeps(project, write_params):
    write_params("slow")
    temporary = project / "tmp"
    temporary.mkdir()
    said = subprocess.PIPE
    process = subprocess.Popen(
        [sys.executable, "-m", "coee_nb.cli", "run", "params/toy"],
        cwd=project, stdout=said, stderr=said,
        env=os.environ | {"TMPDIR": str(temporary)},
    )  # fmt: skip
    outputs = project / "outputs" / "toy"
    assert until(lambda: list(outputs.glob(".building-*/.work/*.connection")))
    (building,) = outputs.glob(".building-*")
    begun = psutil.Process(process.pid).children(recursive=True)
    assert len(begun) == 2  # the notebook's and its kernel
    busy = coee(project, "run", "params/toy")
    assert busy.returncode == 3
    assert f"process {process.pid} on " in busy.stderr
    assert in_words(*statuses(project / "outputs")).startswith("toy: running")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=20)  # the pipe ends: no worker holds it
    assert psutil.wait_procs(begun, timeout=20)[1] == []
    assert list(temporary.glob("*.json")) == []
    assert in_words(*statuses(project / "outputs")).startswith("toy: killed")
    assert holder(outputs) is None
    told = []
    with alone(outputs, tell=told.append):
        pass
    run_id = building.name.removeprefix(".building-")
    assert told == [
        f"Run {run_id} was killed: nothing of it was published, and what it left is removed."
    ]
    assert not building.exists()


def as_they_are(name, outcome):
    return outcome


def fake(monkeypatch, behave):
    """Let every worker do ``behave`` in the place of papermill."""
    monkeypatch.setattr(workers, "execute", behave)
    monkeypatch.setattr(workers, "prepare", lambda *_: None)


def full(*_, **__):
    raise OSError(28, "No space left on device")


STOPPED_WHILE_STARTING = """
import sys, time
from pathlib import Path
from coee_nb.publish import workers
from coee_nb.publish.execute import Work

def stopped(*_):
    raise KeyboardInterrupt

workers.execute, workers.prepare = lambda _: time.sleep(600), lambda *_: None
workers.Worker = stopped
here = Path.cwd()
workers.Workers(print, print).start(Work("toy", b"", here, here, {}, here))
"""


@pytest.mark.fault("an interrupt (Ctrl-C, SIGTERM, SIGHUP)")
def test_a_stop_while_a_process_is_started_waits_for_none(tmp_path):
    command = [sys.executable, "-c", STOPPED_WHILE_STARTING]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert "KeyboardInterrupt" in done.stderr


@pytest.mark.fault("a full disk")
def test_a_full_disk_ends_the_run_and_says_so(project, write_params, monkeypatch):
    fake(monkeypatch, full)
    write_params("toy")
    with pytest.raises(ParameterError, match=r"No space left on device.*no run was published"):
        run.run(plan(["params/toy"], root=project), outputs=project / "outputs")
    assert manifests_in(project / "outputs" / "toy") == []
    told = json.loads((project / "outputs/toy/status.json").read_text())
    assert (told["state"], told["error"]) == ("stopped", "No space left on device")


@pytest.mark.fault("a half-written notebook")
@pytest.mark.parametrize("left", ['{"cells": [', "[]", '{"cells": 5, "metadata": {}}'])
def test_a_notebook_written_half_way_is_failed_and_the_run_is_published(
    project, write_params, monkeypatch, left
):
    def half(work):
        if work.name == "toy":
            work.target.write_text(left)
        return Outcome(work.name, "done", "2024-01-01T00:00:00Z", "2024-01-01T00:00:01Z")

    fake(monkeypatch, half)
    write_params("toy")
    result = run.run(plan(["params/toy"], root=project), outputs=project / "outputs")
    assert [one.status for one in result.outcomes] == ["failed"]
    assert read_record(result.folder, "manifest.json")["status"] == "failed"


@pytest.mark.fault("a run that takes too long")
def test_a_run_out_of_time_stops_what_still_runs(project, write_params, monkeypatch):
    def sleep(work):
        time.sleep(60 if work.name == "slow" else 0)
        return Outcome(work.name, "failed", error="nothing was run")

    fake(monkeypatch, sleep)
    for name in ("slow", "toy"):
        write_params(name)
    planned = plan(["params/toy"], root=project)
    outcomes = execute_all(planned, project, Limits(jobs=2, timeout=1), as_they_are)
    assert {one.name: one.error for one in outcomes} == {
        "slow": "stopped: the run's time (--timeout) was over",
        "toy": "nothing was run",
    }


def test_the_longest_notebook_is_started_first(project, write_params, monkeypatch):
    order = project / "order"

    def noted(work):
        with order.open("a") as stream:
            stream.write(f"{work.name}\n")
        return Outcome(work.name, "failed", error="nothing was run")

    fake(monkeypatch, noted)
    for name in ("breaks", "other", "toy"):
        write_params(name)
    usual = {"breaks": 1.0, "other": 9.0, "toy": 5.0}
    execute_all(
        plan(["params/toy"], root=project), project, Limits(jobs=1, usual=usual), as_they_are
    )
    assert order.read_text().split() == ["other", "toy", "breaks"]
    order.unlink()
    execute_all(plan(["params/toy"], root=project), project, Limits(jobs=1), as_they_are)
    counts = {name: cells_of(project / "notebooks" / f"{name}.ipynb") for name in usual}
    assert order.read_text().split() == sorted(usual, key=lambda name: (-counts[name], name))
    assert len({*counts.values()}) > 1


def cells_of(notebook):
    cells = json.loads(notebook.read_text())["cells"]
    return sum(cell["cell_type"] == "code" for cell in cells)


@pytest.mark.fault("a link that leads nowhere")
def test_a_link_that_leads_nowhere_is_stepped_over(tmp_path):
    building, folder = begin(tmp_path / "toy")
    building.rmdir()
    folder.symlink_to(tmp_path / "nowhere")
    again, other = begin(tmp_path / "toy")
    assert other != folder
    assert again.is_dir()


@pytest.mark.long
@pytest.mark.fault("nobody reads what is printed")
@pytest.mark.parametrize(
    "streams",
    ["| true", *(pytest.param(x, marks=pytest.mark.long) for x in (">&-", "<&- >&- 2>&-"))],
)
def test_where_nobody_reads_what_is_printed_a_run_ends_as_it_went(project, write_params, streams):
    write_params("toy")
    words = f"{sys.executable} -m coee_nb.cli run params/toy --on-change 'touch told'"
    line = f"{{ {words}; echo $? > code; }} {streams}"
    subprocess.run(["bash", "-c", line], cwd=project, capture_output=True, timeout=120)
    assert (project / "code").read_text() == "0\n"
    assert (project / "told").exists()
    assert read_record(newest(project), "manifest.json")["status"] == "complete"


@pytest.mark.fault("the current folder is gone")
def test_from_a_folder_that_was_removed_nothing_is_started(project):
    (project / "gone").mkdir()
    line = f"rmdir {project}/gone; {sys.executable} -m coee_nb.cli run ../params/toy"
    done = subprocess.run(
        ["bash", "-c", line], cwd=project / "gone", capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 2
    assert "the current folder is gone" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def taken(project, write_params, monkeypatch):
    """Publish a notebook that is taken as it is, not executed."""

    def as_it_is(work):
        work.target.write_bytes(work.source)
        return Outcome(work.name, "done", "2024-01-01T00:00:00Z", "2024-01-01T00:00:01Z")

    fake(monkeypatch, as_it_is)
    write_params("toy")
    planned = plan(["params/toy"], root=project)
    return lambda **more: run.run(planned, outputs=project / "outputs", **more)


@pytest.mark.fault("a full disk")
@pytest.mark.parametrize(
    ("place", "step", "failed"),
    [
        (run, "point_latest", "latest does not lead to it"),
        (run.changed, "remember", "what --if-changed asks was not kept"),
        (run, "write_index", "the index was not refreshed"),
        (run, "keep_newest", "older runs were not all removed"),
    ],
)
def test_what_fails_once_a_run_stands_undoes_nothing_and_is_told(
    project, taken, monkeypatch, place, step, failed
):
    monkeypatch.setattr(place, step, full)
    result = taken(keep=1)
    assert result.troubles == (f"Published, but {failed} (No space left on device).",)
    assert manifests_in(project / "outputs" / "toy") == [result.folder / "manifest.json"]
    assert json.loads((project / "outputs/toy/status.json").read_text())["state"] == "complete"


@pytest.mark.fault("a full disk")
def test_a_run_that_cannot_be_entered_beside_those_of_the_same_people_is_not_published(
    project, taken, monkeypatch
):
    monkeypatch.setattr(run.ledger.Ledger, "enter", full)
    with pytest.raises(ParameterError, match="no run was published"):
        taken()
    assert [path.name for path in (project / "outputs" / "toy").iterdir()] == ["status.json"]


@pytest.mark.fault("an index that another process holds")
def test_an_index_that_another_process_holds_is_not_waited_for_without_end(
    project, taken, monkeypatch
):
    monkeypatch.setattr(index, "PATIENCE", 0.1)
    (project / "outputs").mkdir()
    with FileLock(project / "outputs" / ".index.lock"):
        (trouble,) = taken().troubles
    assert trouble.startswith("Published, but the index was not refreshed (The file lock")


@pytest.mark.fault("a second run of an engagement at once")
def test_a_second_run_waits_as_long_as_it_is_told_to(tmp_path):
    with alone(tmp_path / "toy", tell=print):
        with pytest.raises(BusyError, match="--wait"), alone(tmp_path / "toy", tell=print):
            pass
        began = time.monotonic()
        with pytest.raises(BusyError), alone(tmp_path / "toy", patience=0.3, tell=print):
            pass
        assert time.monotonic() - began >= 0.3


@pytest.mark.long
@pytest.mark.fault("braces in paths")
def test_braces_in_names_are_kept_as_they_are(project, write_params):
    place = project / "{{7*7}} o{label}x"
    place.mkdir()
    for folder in ("notebooks", "params", "data", "lib"):
        (project / folder).rename(place / folder)
    sheets = place / "params" / "{label}"
    (place / "params" / "toy").rename(sheets)
    (sheets / "toy.yaml").write_text("number: 5\nsource: data/rows.csv\nnote: 'run: fast {x}'\n")
    env = os.environ | {"PYTHONPATH": f"{place / 'lib'}:{os.environ['PYTHONPATH']}"}
    done = coee(place, "run", "params/{label}", env=env)
    assert done.returncode == 0, done.stderr
    (made,) = manifests_in(place / "outputs" / "{label}")
    (entry,) = read_record(made.parent, "manifest.json")["notebooks"]
    assert entry["parameters"]["values"]["note"] == "run: fast {x}"


@pytest.mark.fault("a name that hides runs")
@pytest.mark.parametrize("name", [".hidden", "latest", "index.html", "x" * 201])
def test_a_name_that_would_hide_runs_is_refused(project, write_params, name):
    write_params("toy")
    (project / "params" / "toy").rename(project / "params" / name)
    with pytest.raises(ParameterError, match="no name for an engagement"):
        plan([f"params/{name}"], root=project)


@pytest.mark.fault("a full disk")
def test_of_a_full_disk_the_state_is_told_once_there_is_room(project, taken, monkeypatch):
    outputs = project / "outputs" / "toy"
    write = status.write_json

    def if_room(path, told):
        if list(outputs.glob(".building-*/*.ipynb")):
            full()
        write(path, told)

    monkeypatch.setattr(status, "write_json", if_room)
    monkeypatch.setattr(run, "_publish", full)
    with pytest.raises(ParameterError, match="no run was published"):
        taken()
    assert in_words(*statuses(project / "outputs")).startswith("toy: stopped")


@pytest.mark.fault("a file where latest should be")
def test_where_latest_is_something_else_it_is_told(project, taken):
    (project / "outputs" / "toy" / "latest").mkdir(parents=True)
    (trouble,) = taken().troubles
    assert trouble.startswith("Published, but latest does not lead to it (")


@pytest.mark.fault("a clock set back")
def test_a_run_that_would_stand_before_another_is_refused(tmp_path):
    (tmp_path / "toy" / "2999-01-01T00-00-00Z").mkdir(parents=True)
    (tmp_path / "toy" / "2999-01-01T00-00-00Z" / "manifest.json").write_text("{}")
    with pytest.raises(ParameterError, match=r"clock says .* a run of 2999.* To do: set the clock"):
        begin(tmp_path / "toy")


@pytest.mark.fault("a broken state")
@pytest.mark.parametrize("text", ["{}", "[]", "", '{"state": 5, "notebooks": []}'])
def test_a_state_of_another_form_is_told_as_unreadable(tmp_path, text):
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "status.json").write_text(text)
    assert in_words(*statuses(tmp_path)) == "toy: unreadable"


def test_nothing_in_the_log_of_a_run_acts_on_a_terminal(tmp_path):
    record = {"started": "then", "run_id": "a\x1b[31m", "engagement": "b", "status": "failed"}
    outcomes = [Outcome("c\x07", "failed", error="d\re")]
    write_log(tmp_path / "log", record | {"ended": "now"}, outcomes)
    text = (tmp_path / "log").read_text()
    assert "now c failed\n    d\n    e\n" in text
    assert "\x1b" not in text


@pytest.mark.long
def test_what_fails_a_notebook_is_told_once(capfd):
    """The libraries below write it to their own log too, of no notebook by name."""
    code = (
        "import logging; from coee_nb.publish.execute import prepare; prepare(print, type);"
        "from traitlets.log import get_logger; get_logger().error('A cell timed out')"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert capfd.readouterr().err == ""
