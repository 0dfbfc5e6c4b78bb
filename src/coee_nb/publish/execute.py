"""One notebook through papermill, in a process of its own."""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coee_nb.publish.kernel import RECORD, same_interpreter
from coee_nb.respondents import ASKED_BY_RUN

# Importing jsonschema compiles the grammar of this module, for seconds and to no use here.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None blocks it

ENGINE = "coee"


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
    for what is needed meanwhile; ``values`` are injected; the kernel stands in ``root``.
    """

    name: str
    source: bytes
    target: Path
    aside: Path
    values: dict[str, Any]
    root: Path


def execute(work: Work) -> Outcome:
    """Run a notebook; its kernel tells what it runs under to ``<aside>/<name>.json``.

    A cell that raises makes the outcome "failed"; the notebook is kept as far as it came.
    """
    import papermill
    from papermill.exceptions import PapermillException

    started = now()
    status, error = "done", None
    work.aside.mkdir(exist_ok=True)
    source = work.aside / f"{work.name}.ipynb"
    source.write_bytes(work.source)
    os.environ[RECORD] = str(work.aside / f"{work.name}.json")
    os.environ[ASKED_BY_RUN] = str(respondents_file(work.aside, work.name))
    try:
        papermill.execute_notebook(
            str(source),
            str(work.target),
            parameters=work.values,
            engine_name=ENGINE,
            kernel_name="python3",
            cwd=str(work.root),
            progress_bar=False,
            start_timeout=120,
        )
    except PapermillException as raised:
        status = "failed"
        error = f"{getattr(raised, 'ename', type(raised).__name__)}: {_last_words(raised)}"
    except Exception as raised:  # a dead kernel or a broken file ends this notebook, not the run
        status, error = "failed", f"{type(raised).__name__}: {raised}"
    return Outcome(work.name, status, started, now(), error)


def respondents_file(aside: Path, name: str) -> Path:
    """Return the file in which a notebook tells the run whom it rests on."""
    return aside / f"{name}.respondents"


def _last_words(error: Exception) -> str:
    return str(getattr(error, "evalue", "") or error)


def kernel_config():
    """Return settings under which nobody else on this machine can read what a kernel says."""
    from traitlets.config import Config

    return Config(KernelManager={"transport_encryption": "auto"})


def prepare(cell_done: Callable[[], None]) -> None:
    """Make this process ready to run notebooks; ``cell_done`` is called after every cell."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    from papermill.engines import NBClientEngine, papermill_engines

    class CountingEngine(NBClientEngine):
        """papermill's engine, telling after each cell."""

        @classmethod
        def execute_managed_notebook(cls, nb_man, kernel_name, **options):
            complete = nb_man.cell_complete

            def told(cell, *args, **kwargs):
                cell_done()
                return complete(cell, *args, **kwargs)

            nb_man.cell_complete = told
            options |= {"config": kernel_config(), "kernel_manager_class": same_interpreter()}
            return super().execute_managed_notebook(nb_man, kernel_name, **options)

    papermill_engines.register(ENGINE, CountingEngine)
