"""What `coee run` takes for three notebooks, against papermill and nbconvert and against the least.

papermill and then nbconvert are run one notebook after the other, as an office without the
workbench would. The least is what cells and imports take: these once, then a fork a notebook and
no kernel (`tests/helpers/floor.py`); it renders no page and publishes nothing. Two at once take a
fifth more processor time than one after the other, as cores share caches and memory: so the least
is held against a run that has as many at once. All in one test, of the same notebooks with the
same findings. Each is run `ROUNDS` times, in turn, and its smallest
counts: what a machine does beside only adds to a time, and not to all parts alike. All are printed.
"""

import json
import os
import resource
import subprocess
import sys
import threading
import time
from dataclasses import astuple, dataclass
from pathlib import Path

import psutil
import pytest

from coee_nb.outputs import FINDINGS_MIME

ROOT = Path(__file__).parents[2]
NAMES = ("collections_its", "recommendation_aging", "survey_responses")
SHEETS = [f"params/oig_22_34/{name}.yaml" for name in NAMES]
MODULE = [sys.executable, "-m"]
ROUNDS = 3


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


def least(rounds):
    """Return the smallest wall, processor time and memory of several runs of one thing."""
    return Took(*map(min, zip(*map(astuple, rounds), strict=True)))


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
    floor = [sys.executable, str(ROOT / "tests" / "helpers" / "floor.py")]
    rounds = {}
    for outputs in (str(tmp_path / f"outputs {number}") for number in range(ROUNDS)):
        run = [*MODULE, "coee_nb.cli", "run", *SHEETS, "--outputs", outputs]
        for what, commands in {
            "coee run": [run],
            "papermill, nbconvert": by_hand,
            "the least": [[*floor, str(len(SHEETS)), str(tmp_path), *SHEETS]],
            "coee run, nothing changed": [[*run, "--if-changed"]],
            "coee run, one by one": [[*run, "--jobs", "1"]],
            "the least, one by one": [[*floor, "1", str(tmp_path), *SHEETS]],
        }.items():
            rounds.setdefault(what, []).append(took(*commands))
    print(f"\nload {os.getloadavg()}, processors {os.cpu_count()}", *rounds.items(), sep="\n")

    published = next(tmp_path.glob("outputs 0/*/20*/findings.json"))
    findings = by_id(json.loads(published.read_text())["findings"])
    assert len(findings) > 20
    assert findings == by_id(one for n in NAMES for one in found_in(tmp_path / f"{n}.ipynb"))
    cells = (json.loads((tmp_path / f"{name}.json").read_text()) for name in NAMES)
    assert findings == by_id(one for found in cells for one in found)

    ours, plain, alone, unchanged, in_turn, alone_in_turn = map(least, rounds.values())
    speed("coee run / papermill then nbconvert, wall time", ours.wall / plain.wall, aim=1 / 3)
    speed("coee run / papermill then nbconvert, processor", ours.cpu / plain.cpu, aim=0.5)
    speed("coee run / imports and cells alone, processor", ours.cpu / alone.cpu, aim=1.3)
    ratio = in_turn.cpu / alone_in_turn.cpu
    speed("coee run / imports and cells alone, one by one, processor", ratio, aim=1.3)
    speed("coee run / papermill then nbconvert, memory", ours.memory / plain.memory, aim=2)
    speed("processor seconds of a run with nothing changed", unchanged.cpu, aim=2)
