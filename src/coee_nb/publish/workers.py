"""Notebooks as processes: one each, heard over a pipe, ending when this process ends.

A process settles its notebook too, while others still run; one that died is settled here.
"""

import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from coee_nb.publish.execute import Outcome, Work, execute, now, prepare
from coee_nb.publish.forked import Waiting, provisioner
from coee_nb.publish.kernel import same_interpreter

Settle = Callable[[str, Outcome], Outcome]  # a notebook's name and how it ended: once in order
POLL = 0.2  # seconds between two looks at the clock
GRACE = 5.0  # seconds a process has to end by itself once told to


@dataclass(frozen=True)
class Worker:
    """A process that runs one notebook: what it does, the pipe it tells on, when it must end."""

    work: Work
    process: BaseProcess
    heard: Connection
    started: str = field(default_factory=now)


class Workers:
    """The processes of a run; ``cell_done`` is called for every cell that any of them finishes.

    ``deadline`` is the time (``time.monotonic``) at which those still running are ended.
    With ``forked``, kernels are forks of this process too (``forked.preload``).
    """

    def __init__(
        self,
        cell_done: Callable[[], object],
        settle: Settle,
        *,
        deadline: float | None = None,
        forked: bool = False,
    ) -> None:
        import papermill  # noqa: F401  loaded once here, inherited by every process

        self._context = multiprocessing.get_context("fork")
        self._cell_done = cell_done
        self._settle = settle
        self._deadline = deadline
        self._forked = forked
        self.running: dict[str, Worker] = {}

    def start(self, work: Work) -> None:
        """Start a notebook's process."""
        heard, told = self._context.Pipe(duplex=False)
        process = self._context.Process(
            target=_main,
            args=(work, told, self._settle, self._forked),
            name=work.name,
            daemon=True,  # one that a stop left out of ``running`` is ended, and not waited for
        )
        process.start()
        told.close()  # so that the pipe ends when the process does
        self.running[work.name] = Worker(work, process, heard)

    def finished(self) -> Iterator[Outcome]:
        """Wait a moment; yield how every notebook ended that has, settled.

        Raises what a process could not settle, such as OSError where the disk is full: nothing of
        the run could be published.
        """
        wait([worker.heard for worker in self.running.values()], timeout=POLL)
        late = self._deadline is not None and time.monotonic() > self._deadline
        for worker in list(self.running.values()):
            outcome = self._listen(worker)
            if outcome is None and late:
                _end([worker.process])
                outcome = self._died(worker, "stopped: the run's time (--timeout) was over")
            if outcome is not None:
                del self.running[worker.work.name]
                worker.process.join()
                worker.heard.close()
                yield outcome

    def _listen(self, worker: Worker) -> Outcome | None:
        """Take what a process has told so far; return how its notebook ended, once it did."""
        try:
            while worker.heard.poll():
                told = worker.heard.recv()
                if isinstance(told, Outcome):
                    return told
                if isinstance(told, Exception):
                    raise told
                self._cell_done()
        except EOFError:
            worker.process.join()
            return self._died(worker, _last_sign(worker.process.exitcode or 0))
        return None

    def _died(self, worker: Worker, why: str) -> Outcome:
        """Settle what a process left that did not live to do so; return how its notebook ended."""
        outcome = Outcome(worker.work.name, "failed", worker.started, now(), why)
        return self._settle(worker.work.name, outcome)

    def end(self) -> None:
        """End every process that still runs."""
        _end([worker.process for worker in self.running.values()])
        self.running.clear()


def _end(processes: list[BaseProcess]) -> None:
    for process in processes:
        process.terminate()
    until = time.monotonic() + GRACE
    for process in processes:
        process.join(max(0.0, until - time.monotonic()))
        if process.exitcode is None:
            process.kill()
            process.join()


def _last_sign(code: int) -> str:
    """Return in words how a process ended that did not say how its notebook went.

    >>> _last_sign(-9)
    'its process was ended by SIGKILL (often: out of memory)'
    >>> _last_sign(3)
    'its process ended with exit code 3'
    """
    if code >= 0:
        return f"its process ended with exit code {code}"
    name = signal.Signals(-code).name
    often = " (often: out of memory)" if -code == signal.SIGKILL else ""
    return f"its process was ended by {name}{often}"


def _main(work: Work, told: Connection, settle: Settle, forked: bool) -> None:
    """Run and settle a notebook in this process, telling of each cell and then of the end."""
    kernels = same_interpreter(partial(provisioner, Waiting(work.root, told)) if forked else None)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    prepare(lambda: told.send("cell"), kernels)
    try:
        told.send(settle(work.name, execute(work)))
    except Exception as error:  # of the disk or of the page, not of the notebook
        error.add_note(traceback.format_exc())
        told.send(error)


def _end_with_parent() -> None:
    """End this process when the one that started it has ended, however that happened."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGKILL)
