"""A forked kernel shows what a new one shows."""

import json
import os
import re
import subprocess
import sys
from collections import defaultdict

import pytest

from coee_nb.publish.forked import POSSIBLE
from coee_nb.publish.manifest import manifests_in
from coee_nb.publish.plan import plan
from coee_nb.publish.run import run

pytestmark = pytest.mark.skipif(not POSSIBLE, reason="kernels are forked on Linux only")

SEEN = {
    "where it stands": (
        "import os, sys\n"
        "print(__name__, os.getcwd(), sys.path, sys.executable, len(sys.argv), sys.argv[:2])"
    ),
    "variables": (
        "ours = ('COEE_', 'JPY_', 'PYTEST_')\n"
        "for name in sorted(os.environ):\n"
        "    print(name if name.startswith(ours) else (name, os.environ[name]))"
    ),
    "signals": (
        "import signal\n"
        "print([signal.getsignal(one) for one in (1, 2, 3, 13, 15)], os.getpgrp() == os.getpid())"
    ),
    "garbage": "import gc\nprint(gc.isenabled(), gc.get_threshold())",
    "processes": "import multiprocessing as m\nprint(m.current_process(), m.parent_process())",
    "project": "from coee_nb.paths import project_root\nos.chdir('/')\nprint(project_root())",
    "a warning": "import warnings\nwarnings.warn('said', stacklevel=1)",
    "an old way": "warnings.warn('said', DeprecationWarning, stacklevel=1)",
    "a library's old way": (
        "said = 'import warnings; warnings.warn(\"x\", DeprecationWarning)'\n"
        "exec(said, {'__name__': 'library'})"
    ),
    "a library's warning": "import numpy as np\nnp.float64(1) / 0;",
    "a module that speaks": "import spoken",
    "one that the plan has imported": "from coee_toy import Toy",
    "a plot": "import matplotlib\nfrom matplotlib import pyplot\npyplot.plot([1, 2]);",
    "its backend": "print(matplotlib.get_backend())",
    "a log": "import logging\nlogging.getLogger('x').warning('said')",
    "said below Python": "os.write(1, b'out')\nos.write(2, b'err')",
    "a question": "try:\n    input()\nexcept Exception as error:\n    print(type(error))",
    "a table": "import pandas as pd\npd.DataFrame({'a': [1.5]})",
    "an error": "1 / 0",
}


@pytest.fixture
def write_cells(project, write_params):
    """Write a notebook of these cells, and its sheet."""

    def write(name, cells):
        book = json.loads((project / "notebooks" / "toy.ipynb").read_text())
        first = next(cell for cell in book["cells"] if cell["cell_type"] == "code")
        more = [
            first | {"id": f"more-{n}", "metadata": {}, "source": source}
            for n, source in enumerate(cells)
        ]
        book["cells"] = [first, *more]
        (project / "notebooks" / f"{name}.ipynb").write_text(json.dumps(book))
        write_params(name)

    return write


def forked(project):
    """Return the folder of a run by the command line, which forks its kernels."""
    command = [sys.executable, "-m", "coee_nb.cli", "run", "params/toy"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=300)
    assert done.returncode in (0, 1), done.stderr
    return manifests_in(project / "outputs" / "toy")[-1].parent


def shown_in(folder, name):
    """Return what each cell shows, its outputs' streams each in one."""
    text = re.sub(r"/ipykernel_\d+/", "/ipykernel/", (folder / f"{name}.ipynb").read_text())
    cells = json.loads(text)["cells"]
    return [whole(cell) for cell in cells if cell.get("id", "").startswith(("cell-", "more-"))]


def whole(cell):
    said, others = defaultdict(str), []
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            said[output["name"]] += "".join(output["text"])
        else:
            others.append(output)
    return dict(said), others


@pytest.mark.long
def test_a_cell_shows_what_it_shows_in_a_new_interpreter(project, write_cells, monkeypatch):
    for name in ("COLUMNS", "LINES"):  # what starts a command may tell it so
        monkeypatch.setenv(name, "80")
    (project / "lib" / "spoken.py").write_text("import warnings\nprint('hear')\nwarnings.warn('!')")
    with (project / "lib" / "coee_toy.py").open("a") as known_to_the_plan:
        known_to_the_plan.write("print('the toy')")
    write_cells("seen", list(SEEN.values()))
    new = run(plan(["params/toy"], root=project), outputs=project / "new").folder
    of_new, of_forked = (shown_in(folder, "seen")[1:] for folder in (new, forked(project)))
    assert dict(zip(SEEN, of_forked, strict=True)) == dict(zip(SEEN, of_new, strict=True))
    silent = [what for what, outputs in zip(SEEN, of_new, strict=True) if outputs == ({}, [])]
    assert silent == ["a library's old way"]


@pytest.mark.long
def test_kernels_of_one_run_draw_other_numbers_and_hold_what_was_imported_for_all(
    project, write_cells
):
    drawn = (
        "import random, uuid, numpy as np\nprint(random.random(), np.random.rand(), uuid.uuid4())"
    )
    for name in ("one", "two"):
        write_cells(name, ["import sys\nprint('statsmodels.api' in sys.modules)", drawn])
    write_cells("three", ["import statsmodels.api"])
    folder = forked(project)
    said = [[cell["stdout"] for cell, _ in shown_in(folder, n)[1:]] for n in ("one", "two")]
    (there, one), (also, two) = said
    assert there == also == "True\n"
    numbers = zip(one.split(), two.split(), strict=True)
    assert all(a != b for a, b in numbers)


@pytest.mark.long
def test_a_kernel_ends_as_an_interpreter_does_and_may_start_processes(project, write_cells):
    cells = [
        "import atexit, multiprocessing, pathlib",
        "atexit.register(pathlib.Path('ended').write_text, 'at its end');",
        "print(multiprocessing.get_context('fork').Pool(2).map(abs, [-1, -2]))",
    ]
    write_cells("ends", cells)
    folder = forked(project)
    assert shown_in(folder, "ends")[-1][0] == {"stdout": "[1, 2]\n"}
    assert (project / "ended").read_text() == "at its end"


PRELOAD = """
import json, sys
from pathlib import Path
from coee_nb.publish.forked import preload
book = {"cells": [{"cell_type": "code", "source": one} for one in json.loads(sys.argv[1])]}
print(preload([json.dumps(book).encode()], Path("project").resolve()))
print(sorted({"own", "threads", "leaves", "plistlib", "wave"} & set(sys.modules)))
"""


@pytest.mark.long
@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["import plistlib\nimport own", "%pip\nimport wave", "import gone"], "True\n['plistlib']"),
        (
            ["import leaves\n", "from wave import open\nif True:\n    import threads"],
            "True\n['wave']",
        ),
        (["import threads"], "False\n['threads']"),
    ],
)
def test_what_is_imported_for_all_leads_out_of_the_project_and_begins_no_thread(
    tmp_path, monkeypatch, cells, said
):
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "own.py").touch()
    (tmp_path / "leaves.py").write_text("print('x')\nraise SystemExit(3)")
    begin = "Thread(target=time.sleep, args=(9,), daemon=True).start()"
    (tmp_path / "threads.py").write_text(f"import time\nfrom threading import Thread\n{begin}")
    for folder in (tmp_path, tmp_path / "project"):
        monkeypatch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
    command = [sys.executable, "-c", PRELOAD, json.dumps(cells)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.strip() == said, done.stderr
