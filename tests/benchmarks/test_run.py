"""What `coee run` takes for three notebooks, against papermill and nbconvert and against the least.

papermill and then nbconvert are run one notebook after the other, as an office without the
workbench would. The least is what cells and imports take: these once, then a fork a notebook and
no kernel (`tests/helpers/floor.py`); it renders no page and publishes nothing. All in one test, of
the same notebooks with the same findings. Wall time counts other work on the machine, processor
time hardly; both, and the load, are printed.
"""

import json
import os
import resource
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from coee_nb.outputs import FINDINGS_MIME

ROOT = Path(__file__).parents[2]
NAMES = ("collections_its", "recommendation_aging", "survey_responses")
SHEETS = [f"params/oig_22_34/{name}.yaml" for name in NAMES]
MODULE = [sys.executable, "-m"]


@dataclass(frozen=True)
class Took:
    """What commands took: seconds, processor seconds, and the most memory at a time in MB."""

    wall: float
    cpu: float
    memory: float


def took(*commands):
    """Run commands one after the other, from the project's folder."""
    peak, ended = [0.0], threading.Event()
    watch = threading.Thread(target=note_memory, args=(peak, ended))
    watch.start()
    begun, before = time.perf_counter(), cpu_of_children()
    for command in commands:
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    wall, cpu = time.perf_counter() - begun, cpu_of_children() - before
    ended.set()
    watch.join()
    return Took(wall, cpu, peak[0])


def cpu_of_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def note_memory(peak, ended):
    """Keep the most memory that all processes begun from here had at a time, shared pages once."""
    while not ended.wait(0.5):
        total = 0
        for process in psutil.Process().children(recursive=True):
            try:
                total += process.memory_full_info().pss
            except psutil.Error:
                continue
        peak[0] = max(peak[0], total / 2**20)


def by_id(findings):
    return {one["id"]: (one["value"], one["statement"]) for one in findings}


def found_in(notebook):
    outputs = [
        o for cell in json.loads(notebook.read_text())["cells"] for o in cell.get("outputs", ())
    ]
    records = [o["data"][FINDINGS_MIME] for o in outputs if FINDINGS_MIME in o.get("data", {})]
    return [finding for record in records for finding in record["findings"]]


@pytest.mark.benchmark
def test_a_run_takes_a_third_of_papermill_and_nbconvert_and_little_more_than_its_cells(
    tmp_path, speed
):
    by_hand = []
    for name, sheet in zip(NAMES, SHEETS, strict=True):
        made = str(tmp_path / f"{name}.ipynb")
        execute = [*MODULE, "papermill", f"notebooks/{name}.ipynb", made, "-f", sheet]
        by_hand += [execute, [*MODULE, "nbconvert", "--to", "html", made]]
    run = [*MODULE, "coee_nb.cli", "run", *SHEETS, "--outputs", str(tmp_path / "outputs")]
    floor = [sys.executable, str(ROOT / "tests" / "helpers" / "floor.py"), str(tmp_path), *SHEETS]
    all_took = {
        "coee run": took(run),
        "papermill, nbconvert": took(*by_hand),
        "the least": took(floor),
        "coee run, nothing changed": took([*run, "--if-changed"]),
    }
    print(f"\nload {os.getloadavg()}, processors {os.cpu_count()}", *all_took.items(), sep="\n")

    (published,) = (tmp_path / "outputs").glob("*/20*/findings.json")
    findings = by_id(json.loads(published.read_text())["findings"])
    assert len(findings) > 20
    assert findings == by_id(one for n in NAMES for one in found_in(tmp_path / f"{n}.ipynb"))
    least = (json.loads((tmp_path / f"{name}.json").read_text()) for name in NAMES)
    assert findings == by_id(one for found in least for one in found)

    ours, plain, least, unchanged = all_took.values()
    speed("coee run / papermill then nbconvert, wall time", ours.wall / plain.wall, aim=1 / 3)
    speed("coee run / papermill then nbconvert, processor", ours.cpu / plain.cpu, aim=0.5)
    speed("coee run / imports and cells alone, processor", ours.cpu / least.cpu, aim=1.3)
    speed("coee run / papermill then nbconvert, memory", ours.memory / plain.memory, aim=2)
    speed("processor seconds of a run with nothing changed", unchanged.cpu, aim=2)
