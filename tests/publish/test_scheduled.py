"""Runs as a scheduler asks for them."""

import json
import os
import subprocess
import sys

import pytest
from command_line import coee

from coee_nb.publish.building import keep_newest
from coee_nb.publish.manifest import manifests_in


@pytest.mark.long
def test_a_run_is_repeated_only_if_something_changed_and_tells_whom_it_was_asked_to(
    project, write_params
):
    sheet = write_params("toy")
    told_of = ("--on-change", "env > told")
    first = coee(project, "run", "params/toy", "--if-changed", "--json", *told_of)
    assert first.returncode == 0, first.stderr
    summary = json.loads(first.stdout)
    assert (summary["state"], summary["changed"]) == ("complete", None)
    assert f"COEE_RUN={summary['folder']}" in (project / "told").read_text()
    latest = project / "outputs" / "toy" / "latest"
    assert os.readlink(latest) == summary["run_id"]
    (project / "told").unlink()
    again = coee(project, "run", "params/toy", "--if-changed", *told_of)
    assert (again.returncode, again.stdout) == (
        0,
        f"Nothing has changed since run {summary['run_id']}: not run again.\n",
    )
    told = coee(project, "run", "params/toy", "--if-changed", "--json").stdout
    same = {
        "engagement": "toy",
        "state": "unchanged",
        "run_id": summary["run_id"],
        "changed": 0,
        "reworded": 0,
    }
    assert json.loads(told) == same
    (project / "data" / "rows.csv").write_text("a\n1\n2\n3\n")
    words = ("--if-changed", "--quiet", "--keep", "1")
    changed = coee(project, "run", "params/toy", *words, *told_of)
    assert (changed.returncode, changed.stdout, changed.stderr) == (0, "", "")
    assert not (project / "told").exists()  # another input, the same findings
    (kept,) = manifests_in(project / "outputs" / "toy")
    assert kept.parent.name != summary["run_id"]
    told = coee(project, "status")
    assert (told.returncode, told.stdout.startswith(f"toy: complete, run {kept.parent.name}")) == (
        0,
        True,
    )
    assert coee(project, "verify", "toy/latest", "--rerun").returncode == 0
    sheet.write_text("number: none\nsource: data/rows.csv\n")
    wrong = coee(project, "run", "params/toy", "--if-changed", "--on-failure", "env > told")
    assert wrong.returncode == 2
    assert "COEE_STATE=stopped" in (project / "told").read_text()


@pytest.mark.long
def test_one_number_of_changes_is_told_everywhere(project, write_params):
    """Two notebooks, each run before by itself; of one the number changes, of one the words."""
    sheet, _ = write_params("toy"), write_params("other")
    coee(project, "run", str(sheet))
    coee(project, "run", "params/toy/other.yaml")
    sheet.write_text("number: 6\nsource: data/rows.csv\n")
    book = project / "notebooks" / "other.ipynb"
    book.write_text(book.read_text().replace("The number is", "It is"))
    words = ("--json", "--on-change", "env > told", "--keep", "1")
    told = json.loads(coee(project, "run", "params/toy", *words).stdout)
    assert (told["changed"], told["reworded"]) == (1, 1)
    assert (project / "told").exists()
    lead = "1 number changed from runs "
    page = (project / "outputs" / "toy" / told["run_id"] / "changes.html").read_text()
    assert lead in page
    assert "1 finding says the same number in other words" in page
    assert "1 number changed" in (project / "outputs" / "index.html").read_text()
    (project / "told").unlink()
    book.write_text(book.read_text().replace("It is", "The number is"))
    again = coee(project, "run", "params/toy", "--on-change", "env > told")
    assert "(complete; no number changed since the run before)" in again.stdout
    assert not (project / "told").exists()
    latest = f"toy/{told['run_id']}"
    compared = coee(project, "compare", latest, "toy/latest")
    assert compared.returncode == 1
    assert compared.stdout.startswith("No number changed from run ")
    assert compared.stdout.rstrip().endswith("changes.html")
    everything = json.loads(coee(project, "compare", latest, "toy/latest", "--json").stdout)
    assert (everything["numbers"], everything["reworded"]) == (0, 1)
    same = coee(project, "compare", latest, latest)
    assert (same.returncode, len(same.stdout.splitlines())) == (0, 2)


@pytest.mark.long
@pytest.mark.fault("a run that is not complete, told to its scheduler")
def test_a_run_that_is_not_complete_is_told_with_engagement_and_reason(project, write_params):
    sheet, command = write_params("breaks"), ("--json", "--on-failure", "env > told")
    failed = coee(project, "run", "params/toy", *command)
    assert json.loads(failed.stdout)["error"] == "breaks: failed. RuntimeError: no <i>luck</i>"
    told = (project / "told").read_text()
    assert "COEE_ERROR=breaks: failed. RuntimeError" in told
    sheet.write_text("number: none\n")
    for given in ("params/toy", "params/toy/breaks.yaml"):
        stopped = coee(project, "run", given, *command)
        said = json.loads(stopped.stdout)
        assert (stopped.returncode, said["engagement"], said["state"]) == (2, "toy", "stopped")
        assert "source" in said["error"]
        assert "COEE_ENGAGEMENT=toy\n" in (project / "told").read_text()


@pytest.mark.fault("a link that leads nowhere")
@pytest.mark.parametrize("words", [(), ("--if-changed",), ("--outputs", "outputs/here")])
def test_outputs_that_are_a_link_to_nowhere_are_refused(project, write_params, words):
    write_params("toy")
    (project / "outputs").symlink_to(project / "unmounted")
    refused = coee(project, "run", "params/toy", *words)
    assert refused.returncode == 2
    assert f"outputs: is a link to {project / 'unmounted'}, which is not there." in refused.stderr
    assert "To do: mount or make" in refused.stderr
    assert not (project / "unmounted").exists()


def test_where_there_was_no_run_the_status_says_so(project):
    told = coee(project, "status", "toy")
    assert (told.returncode, told.stdout) == (1, "There is no run of toy.\n")


@pytest.mark.parametrize("words", [("--timeout", "soon"), ("--keep", "0"), ("--wait", "-1")])
def test_what_is_no_time_or_number_is_refused(project, write_params, words):
    write_params("toy")
    assert coee(project, "run", "params/toy", *words).returncode == 2


def run_folder(engagement, run_id, status, **notebooks):
    (engagement / run_id).mkdir(parents=True)
    entries = [{"name": name, "status": state} for name, state in notebooks.items()]
    record = {"status": status, "notebooks": entries}
    (engagement / run_id / "manifest.json").write_text(json.dumps(record))


@pytest.mark.fault("older runs removed")
def test_the_newest_complete_runs_stay_and_every_notebooks_last_good_one(tmp_path):
    run_folder(tmp_path, "2024-01-01", "complete", survey="done")
    run_folder(tmp_path, "2024-01-02", "complete", aging="done")
    run_folder(tmp_path, "2024-01-03", "failed", aging="failed")
    run_folder(tmp_path, "2024-01-04", "complete", aging="done")
    run_folder(tmp_path, "2024-01-05", "failed", aging="failed")
    assert keep_newest(tmp_path, 1) == ["2024-01-02", "2024-01-03"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "2024-01-01", "2024-01-04", "2024-01-05",
    ]  # fmt: skip


def test_what_an_unchanged_run_needs_is_loaded_without_the_tables_library():
    words = "import sys, coee_nb.publish.scheduled; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", words], timeout=60).returncode == 0
