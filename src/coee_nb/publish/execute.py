"""One notebook through papermill, in a process of its own."""

import errno
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coee_nb import handover
from coee_nb.publish.kernel import RECORD
from coee_nb.publish.signals import STOPS
from coee_nb.respondents import ASKED_BY_RUN

# Importing jsonschema compiles the grammar of this module, for seconds and to no use here.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None blocks it

ENGINE = "coee"
WORK = ".work"  # what a run needs while it is built, in its folder
SAVED_EVERY = 30.0  # seconds: a notebook of many cells is not written after each
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)


@dataclass(frozen=True)
class Outcome:
    """How one notebook ended: done, failed (with the error) or not run (with the reason)."""

    name: str
    status: str
    started: str | None = None
    ended: str | None = None
    error: str | None = None


def now() -> str:
    """Return the time in UTC to the second, as 2024-04-30T12:00:00Z."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Work:
    """What a process is given to run a notebook.

    ``source`` are the bytes of the notebook, kept as ``target`` once run; ``aside`` is a folder
    for what is needed meanwhile; ``values`` are injected; the kernel stands in ``root``. A cell
    may take ``cell_timeout`` seconds (None: as long as it takes).
    """

    name: str
    source: bytes
    target: Path
    aside: Path
    values: dict[str, Any]
    root: Path
    cell_timeout: int | None = None


def execute(work: Work) -> Outcome:
    """Run a notebook; its kernel tells what it runs under to ``<aside>/<name>.json``.

    A cell that raises, or that ends the notebook before its last cell, makes the outcome
    "failed"; the notebook is kept as far as it came. Raises OSError where the disk is full.
    """
    from papermill.exceptions import PapermillException

    started = now()
    status, error = "done", None
    try:
        error = _cut_short(_papermill(work))
    except PapermillException as raised:
        error = f"{getattr(raised, 'ename', type(raised).__name__)}: {_last_words(raised)}"
    except Exception as raised:  # a dead kernel or a broken file ends this notebook, not the run
        if isinstance(raised, OSError) and raised.errno in DISK:
            raise
        error = f"{type(raised).__name__}: {raised}"
    status = "failed" if error else "done"
    return Outcome(work.name, status, started, now(), error)


def _papermill(work: Work) -> Any:
    """Return the notebook as papermill ran it, written to ``work.target``."""
    import papermill

    work.aside.mkdir(exist_ok=True)
    source = work.aside / f"{work.name}.ipynb"
    source.write_bytes(work.source)
    os.environ[RECORD] = str(work.aside / f"{work.name}.json")
    os.environ[ASKED_BY_RUN] = str(respondents_file(work.aside, work.name))
    os.environ[handover.ASKED_BY_RUN] = str(handed_over(work.aside, work.name))
    return papermill.execute_notebook(
        _unfilled(source),
        _unfilled(work.target),
        parameters=work.values,
        engine_name=ENGINE,
        kernel_name="python3",
        cwd=str(work.root),
        progress_bar=False,
        start_timeout=120,
        execution_timeout=work.cell_timeout,
        iopub_timeout=60,  # a busy machine is late, not silent
        config=kernel_config(work.aside / f"{work.name}.connection"),
    )


def _unfilled(path: Path) -> str:
    """Return a path as papermill must be given it, which fills in what stands in braces."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _cut_short(book: Any) -> str | None:
    """Return what ended a notebook before its last cell, as ``sys.exit(0)`` does; else None."""
    for cell in book.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                return (
                    f"{output.ename}: {output.evalue or 0} ended the notebook before its last cell"
                )
    return None


def respondents_file(aside: Path, name: str) -> Path:
    """Return the file in which a notebook tells the run whom it rests on."""
    return aside / f"{name}.respondents"


def handed_over(aside: Path, name: str) -> Path:
    """Return the folder in which a notebook leaves what it hands over beside its cells."""
    return aside / f"{name}.handover"


def _last_words(error: Exception) -> str:
    return str(getattr(error, "evalue", "") or error)


def kernel_config(connection: Path | None = None):
    """Return settings under which nobody else on this machine can read what a kernel says.

    ``connection`` is where the kernel's address and keys are written (None: a temporary file).
    """
    from traitlets.config import Config

    where = {"connection_file": str(connection)} if connection else {}
    return Config(KernelManager={"transport_encryption": "auto"} | where)


def prepare(cell_done: Callable[[], None], kernels: type) -> None:
    """Make this process ready to run notebooks, in what the manager ``kernels`` starts.

    ``cell_done`` is called after every cell.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    # papermill warns of every parameter that the notebook's own cell leaves to its default; the
    # other, of nbclient, tells of what fails a notebook, which is told with the notebook's name
    for name, level in {"papermill": logging.ERROR, "traitlets": logging.CRITICAL + 1}.items():
        logging.getLogger(name).setLevel(level)
    for number in STOPS:
        signal.signal(number, signal.SIG_DFL)
    from papermill.engines import NBClientEngine, papermill_engines

    class CountingEngine(NBClientEngine):
        """papermill's engine, telling after each cell."""

        @classmethod
        def execute_managed_notebook(cls, nb_man, kernel_name, **options):
            complete, save = nb_man.cell_complete, nb_man.save

            def told(cell, *args, **kwargs):
                if cell.cell_type == "code":
                    cell_done()
                return complete(cell, *args, **kwargs)

            nb_man.cell_complete, nb_man.save = told, _seldom(save)
            options |= {"kernel_manager_class": kernels}
            try:
                return super().execute_managed_notebook(nb_man, kernel_name, **options)
            finally:
                nb_man.save = save

    papermill_engines.register(ENGINE, CountingEngine)


def _seldom(save: Callable[..., None]) -> Callable[..., None]:
    """Return ``save``, done at most every few seconds; papermill saves once more at the end."""
    last = time.monotonic()

    def saved(**options: Any) -> None:
        nonlocal last
        if time.monotonic() - last >= SAVED_EVERY:
            save(**options)
            last = time.monotonic()

    return saved
