"""Runs as a scheduler asks for them."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from coee_nb.cli import run
from coee_nb.publish.building import keep_newest
from coee_nb.publish.manifest import manifests_in


def coee(project, *words):
    command = [sys.executable, "-m", "coee_nb.cli", *words]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120)


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


ROOT = Path(__file__).resolve().parents[2]
RECIPES = (ROOT / "docs" / "schedulers.md").read_text()


def test_the_recipes_name_options_that_there_are():
    known = {option for parameter in run.params for option in parameter.opts}
    named = set(re.findall(r"--[a-z][a-z-]+", RECIPES)) - {"--user", "--name"}
    assert named <= known
    assert {option for option in known if option.startswith("--")} - named <= {
        "--outputs", "--check", "--replace",
    }  # fmt: skip


def test_the_line_for_cron_runs_silently(project, write_params):
    write_params("toy")
    (line,) = re.findall(r"^0 6 \* \* \* (.*)$", RECIPES, re.M)
    line = line.replace("/srv/audit", str(project)).replace("params/my_engagement", "params/toy")
    line = line.replace(".venv/bin/coee", f"{sys.executable} -m coee_nb.cli")
    done = subprocess.run(["sh", "-c", line], cwd="/", capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(manifests_in(project / "outputs" / "toy")) == 1


OPERATOR = """
import sys, papermill, yaml
values = yaml.safe_load(open(sys.argv[2]))
papermill.execute_notebook(
    sys.argv[1], sys.argv[3], parameters=values, progress_bar=False, report_mode=True,
    kernel_name=sys.argv[4], language="python",
)
"""  # what Airflow's PapermillOperator.execute does


def test_papermill_alone_and_the_call_of_airflows_operator_run_in_the_kernel_of_the_recipe(
    project, write_params, monkeypatch
):
    sheet, notebook = write_params("sheet"), project / "notebooks" / "sheet.ipynb"
    monkeypatch.setenv("JUPYTER_PATH", str(project / "share" / "jupyter"))
    (kernel,) = re.findall(r"python -m (ipykernel install .*)", RECIPES)
    words = kernel.replace("--user", f"--prefix {project}").split()
    (line,) = re.findall(r"^papermill (.*)$", RECIPES, re.M)
    line = line.replace("my_engagement", "toy").replace("recommendation_aging", "sheet")
    recipes = {
        "install": ["-m", *words],
        "out.ipynb": ["-m", "papermill", *line.split(), "-k", words[-1], "--no-progress-bar"],
        "air.ipynb": ["-c", OPERATOR, *map(str, (notebook, sheet)), "air.ipynb", words[-1]],
    }
    for name, recipe in recipes.items():
        command = [sys.executable, *recipe]
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        if name.endswith(".ipynb"):
            assert "5 rows.csv" in (project / name).read_text()


def test_the_workflow_is_yaml_and_its_targets_are_there():
    (text,) = re.findall(r"```yaml\n(.*?)```", RECIPES, re.S)
    steps = yaml.safe_load(text)["jobs"]["pages"]["steps"]
    made = [word for step in steps for word in re.findall(r"make (\S+)", step.get("run", ""))]
    assert made == [".venv/.ready"]
    assert "READY := $(VENV)/.ready" in (ROOT / "Makefile").read_text()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd to check a unit")
def test_the_unit_is_one_that_systemd_reads(tmp_path):
    (text,) = re.findall(r"```ini\n(.*?)```", RECIPES, re.S)
    (tmp_path / "audit.service").write_text(text.replace("/srv/audit/.venv/bin/coee", "/bin/true"))
    command = ["systemd-analyze", "verify", str(tmp_path / "audit.service")]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "Unknown" not in told.stderr


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
