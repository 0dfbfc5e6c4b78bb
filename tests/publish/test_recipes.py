"""What docs/schedulers.md says of each scheduler, done as that scheduler does it."""

import ast
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml

from coee_nb.cli import run
from coee_nb.publish.manifest import manifests_in

ROOT = Path(__file__).resolve().parents[2]
RECIPES = (ROOT / "docs" / "schedulers.md").read_text()
AIRFLOW = os.environ.get("COEE_AIRFLOW", "")  # a Python with Airflow; the project's has none


def blocks(language):
    """Return the recipes in a language."""
    return re.findall(rf"```{language}\n(.*?)```", RECIPES, re.S)


@pytest.fixture
def here(project, write_params):
    """Turn a recipe's text into one for the toy project and the Python of the tests."""
    write_params("toy")

    def turned(text, notebook="toy"):
        text = text.replace("/srv/audit/.venv/bin/coee", ".venv/bin/coee")
        text = text.replace(".venv/bin/coee", f"{sys.executable} -m coee_nb.cli")
        text = text.replace("/srv/audit", str(project)).replace("my_engagement", "toy")
        return text.replace("recommendation_aging", notebook)

    return turned


def runs(project):
    return manifests_in(project / "outputs" / "toy")


def test_the_recipes_name_options_that_there_are():
    known = {option for parameter in run.params for option in parameter.opts}
    named = set(re.findall(r"--[a-z][a-z-]+", RECIPES)) - {"--user", "--name"}
    assert named <= known
    assert {option for option in known if option.startswith("--")} - named <= {
        "--outputs", "--check", "--replace",
    }  # fmt: skip


@pytest.mark.long
@pytest.mark.fault("a mail without trouble")
def test_the_line_for_cron_runs_silently(project, here):
    (line,) = re.findall(r"^0 6 \* \* \* (.*)$", RECIPES, re.M)
    done = subprocess.run(["sh", "-c", here(line)], cwd="/", capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(runs(project)) == 1


@pytest.mark.long
def test_what_is_given_to_airflow_is_python_and_its_command_runs_in_its_folder(project, here):
    words = {}
    for file in blocks("python"):
        tree = ast.parse(here(file))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            given = {one.arg: one.value for one in call.keywords}
            if isinstance(call.func, ast.Name):
                words[call.func.id] = given
    bash = {name: ast.literal_eval(value) for name, value in words["BashOperator"].items()}
    done = subprocess.run(["bash", "-c", bash["bash_command"]], cwd=bash["cwd"])
    assert done.returncode == 0
    assert len(runs(project)) == 1
    notebook = ast.literal_eval(words["PapermillOperator"]["input_nb"])
    assert Path(notebook).is_file()
    made = ast.literal_eval(words["PapermillOperator"]["output_nb"])
    assert Path(made).parent.is_dir()  # papermill makes no folder


@pytest.fixture
def kernel(project, monkeypatch):
    """Install the project's kernel as the recipe says, but where only this test finds it."""
    monkeypatch.setenv("JUPYTER_PATH", str(project / "share" / "jupyter"))
    (words,) = re.findall(r"python -m (ipykernel install .*)", RECIPES)
    words = words.replace("--user", f"--prefix {project}").split()
    subprocess.run([sys.executable, "-m", *words], check=True, capture_output=True)
    return words[-1]


@pytest.mark.skipif(not AIRFLOW, reason="needs Airflow: make recipes")
@pytest.mark.parametrize("number", [0, 1], ids=["coee run", "papermill"])
def test_airflow_does_what_its_files_say(project, here, kernel, write_params, number):
    write_params("sheet")
    text = here(blocks("python")[number], notebook="sheet")
    (name,) = re.findall(r"with DAG\(\"(\w+)\"", text)
    (project / "air" / "dags").mkdir(parents=True)
    (project / "air" / "dags" / f"{name}.py").write_text(text)
    env = os.environ | {
        "AIRFLOW_HOME": str(project / "air"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }  # fmt: skip
    # A kernel finds a project from where its package was installed; here, from where it stands.
    folder = "/" if number == 0 else project
    for words in (["db", "migrate"], ["dags", "test", name]):
        command = [AIRFLOW, "-m", "airflow", *words]
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "state=success" in done.stdout + done.stderr
    if number == 0:
        assert len(runs(project)) == 1
    else:
        assert "5 rows.csv" in (project / "data" / "sheet_executed.ipynb").read_text()


OPERATOR = """
import sys, papermill, yaml
values = yaml.safe_load(open(sys.argv[2]))
papermill.execute_notebook(
    sys.argv[1], sys.argv[3], parameters=values, progress_bar=False, report_mode=True,
    kernel_name=sys.argv[4], language="python",
)
"""  # what Airflow's PapermillOperator.execute does


@pytest.mark.long
def test_papermill_alone_and_the_call_of_airflows_operator_run_in_the_kernel_of_the_recipe(
    project, write_params, here, kernel
):
    sheet, notebook = write_params("sheet"), project / "notebooks" / "sheet.ipynb"
    (line,) = re.findall(r"^papermill (.*)$", here(RECIPES, notebook="sheet"), re.M)
    recipes = {
        "out.ipynb": ["-m", "papermill", *line.split(), "-k", kernel, "--no-progress-bar"],
        "air.ipynb": ["-c", OPERATOR, *map(str, (notebook, sheet)), "air.ipynb", kernel],
    }
    for name, recipe in recipes.items():
        command = [sys.executable, *recipe]
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        assert "5 rows.csv" in (project / name).read_text()


JOB = """
import json, sys, time
from jupyter_scheduler.environments import StaticEnvironmentManager
from jupyter_scheduler.models import CreateJob
from jupyter_scheduler.orm import create_tables
from jupyter_scheduler.scheduler import Scheduler

if __name__ == "__main__":
    folder, staging, values = sys.argv[1:]
    url = f"sqlite:///{staging}/jobs.sqlite"
    create_tables(url)
    scheduler = Scheduler(
        root_dir=folder, environments_manager=StaticEnvironmentManager(), db_url=url
    )
    scheduler.staging_path = staging
    asked = CreateJob(
        name="sheet", input_uri="notebooks/sheet.ipynb", input_filename="sheet.ipynb",
        runtime_environment_name="python3", parameters=json.loads(values), output_formats=["ipynb"],
    )
    job = scheduler.create_job(asked)
    while scheduler.get_job(job, False).status in ("CREATED", "QUEUED", "IN_PROGRESS"):
        time.sleep(0.1)
    told = scheduler.get_job(job, False)
    print(scheduler.get_staging_paths(told)["ipynb"])
    sys.exit(told.status_message)
"""


@pytest.mark.long
def test_jupyter_scheduler_does_a_job(project, tmp_path_factory):
    pytest.importorskip("jupyter_scheduler", reason="needs jupyter-scheduler")
    staging = tmp_path_factory.mktemp("staging")
    (staging / "job.py").write_text(JOB)
    values = {"number": "5", "source": json.dumps(str(project / "data" / "rows.csv"))}
    command = [sys.executable, str(staging / "job.py"), str(project), str(staging)]
    done = subprocess.run(
        [*command, json.dumps(values)], cwd="/", capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    executed = Path(done.stdout.strip())
    assert executed.is_relative_to(staging)
    assert "5 rows.csv none" in executed.read_text()


@pytest.mark.long
def test_the_workflow_is_yaml_and_its_steps_run(project, here):
    (text,) = blocks("yaml")
    lines = [
        step["run"] for step in yaml.safe_load(text)["jobs"]["pages"]["steps"] if "run" in step
    ]
    assert lines[0] == "make .venv/.ready"
    assert "READY := $(VENV)/.ready" in (ROOT / "Makefile").read_text()
    for line in lines[1:]:
        done = subprocess.run(
            ["bash", "-e", "-c", here(line)], cwd=project, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["state"] == "complete"


@pytest.fixture
def unit(here):
    """The part of the unit that says what is run, and how."""
    parser = ConfigParser()
    parser.optionxform = str
    parser.read_string(here(blocks("ini")[0], notebook="slow"))
    return parser["Service"]


@pytest.mark.long
def test_the_unit_runs_in_an_empty_environment_and_a_stop_is_no_failure(
    project, write_params, unit
):
    env = {"PYTHONPATH": os.environ["PYTHONPATH"]}
    command, folder = shlex.split(unit["ExecStart"]), unit["WorkingDirectory"]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    write_params("slow")
    process = subprocess.Popen(command, cwd=folder, env=env, stderr=subprocess.PIPE)
    end = time.monotonic() + 60
    while not list((project / "outputs/toy").glob(".building-*/.work/*.connection")):
        assert time.monotonic() < end
        time.sleep(0.05)
    busy = subprocess.run(command, cwd=folder, env=env, capture_output=True)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert {busy.returncode, process.returncode} == set(map(int, unit["SuccessExitStatus"].split()))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd to check a unit")
def test_the_unit_is_one_that_systemd_reads(tmp_path):
    (text,) = blocks("ini")
    (tmp_path / "audit.service").write_text(text.replace("/srv/audit/.venv/bin/coee", "/bin/true"))
    command = ["systemd-analyze", "verify", str(tmp_path / "audit.service")]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "Unknown" not in told.stderr
