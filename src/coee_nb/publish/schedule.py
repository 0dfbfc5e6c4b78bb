"""The notebooks of a run in their order, as many at once as asked."""

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from tqdm import tqdm

from coee_nb.files import Content
from coee_nb.publish.execute import WORK, Outcome, Work
from coee_nb.publish.extract import titled
from coee_nb.publish.forked import preload
from coee_nb.publish.plan import Job, Plan, references
from coee_nb.publish.scrub import made_file
from coee_nb.publish.workers import Settle, Workers

NOT_RUN = "not run"


@dataclass(frozen=True)
class Limits:
    """How a run is done: notebooks at once, seconds for all and for a cell, and whether it shows.

    ``printed`` pages are made as PDF files too. ``usual`` are the seconds that notebooks took
    before: the longest are started first, or of those not known the one of most cells. ``forked``
    kernels begin without importing: for a process that has no other thread and has done nothing
    but plan.
    """

    jobs: int = 0
    timeout: int | None = None
    cell_timeout: int | None = None
    quiet: bool = False
    printed: bool = False
    usual: Mapping[str, float] = field(default_factory=dict)
    forked: bool = False


def execute_all(plan: Plan, building: Path, limits: Limits, settle: Settle) -> tuple[Outcome, ...]:
    """Run every notebook of a plan into the folder ``building``; return the outcomes in order.

    Each is settled by its own process when it ends (``settle.Settler``). A notebook starts when
    those it needs are done; what needs one that failed is not run.
    Raises OSError where the disk is full.
    """
    cells = sum(_code_cells(job.notebook) + 1 for job in plan.jobs)  # and the injected parameters
    hidden = limits.quiet or not sys.stderr.isatty()
    forked = limits.forked and preload((job.notebook.data for job in plan.jobs), plan.root)
    tqdm.monitor_interval = 0  # no thread of its own in a process that forks
    with tqdm(total=cells, unit="cell", desc=plan.engagement, disable=hidden) as bar:
        deadline = time.monotonic() + limits.timeout if limits.timeout else None
        workers = Workers(lambda: bar.update(), settle, deadline=deadline, forked=forked)
        schedule = _Schedule(plan, building, limits, workers)
        try:
            for outcome in schedule.outcomes():
                if not hidden:
                    bar.write(f"{outcome.name}: {outcome.status}", file=sys.stderr)
        finally:
            schedule.workers.end()
        bar.update(cells - bar.n)
    return tuple(schedule.done[job.name] for job in plan.jobs)


def _code_cells(notebook: Content) -> int:
    cells = json.loads(notebook.data)["cells"]
    return sum(cell["cell_type"] == "code" for cell in cells)


def _length(job: Job, usual: Mapping[str, float]) -> tuple[float, int]:
    """Return how long a notebook takes: in seconds, if known, and in cells."""
    return usual.get(job.name, float("inf")), _code_cells(job.notebook)


class _Schedule:
    """Which notebooks wait, run and are done."""

    def __init__(self, plan: Plan, building: Path, limits: Limits, workers: Workers) -> None:
        self.plan, self.building, self.workers = plan, building, workers
        self.done: dict[str, Outcome] = {}
        self._limits = limits
        self._jobs = {job.name: job for job in plan.jobs}
        self._order = TopologicalSorter({job.name: job.needs for job in plan.jobs})
        self._length = {job.name: _length(job, limits.usual) for job in plan.jobs}
        self._ready: list[str] = []

    def outcomes(self) -> Iterator[Outcome]:
        """Yield how each notebook ended, as they end."""
        self._order.prepare()
        while self._order.is_active():
            self._ready += self._order.get_ready()
            self._ready.sort(key=self._length.__getitem__, reverse=True)
            yield from self._start_ready()
            for outcome in self.workers.finished() if self.workers.running else ():
                yield self._ended(outcome)

    def _start_ready(self) -> Iterator[Outcome]:
        """Start what is ready, as many at once as asked; not what needs a failed notebook."""
        at_once = self._limits.jobs or (os.cpu_count() or 1) + 1  # the last runs not long alone
        while self._ready and len(self.workers.running) < at_once:
            name = self._ready.pop(0)
            missing = [n for n in self._jobs[name].needs if self.done[n].status != "done"]
            if missing:
                reason = f"it needs {', '.join(sorted(missing))}, which did not finish"
                yield self._ended(Outcome(name, NOT_RUN, error=reason))
            else:
                self.workers.start(self._work(self._jobs[name]))

    def _ended(self, outcome: Outcome) -> Outcome:
        self.done[outcome.name] = outcome
        self._order.done(outcome.name)
        return outcome

    def _work(self, job: Job) -> Work:
        return Work(
            name=job.name,
            source=titled(job.notebook.data, self.plan.about.asked.get(job.stem, "")),
            target=self.building / f"{job.name}.ipynb",
            aside=self.building / WORK,
            values=_with_outputs(job.values, self.building, self.plan.root),
            root=self.plan.root,
            cell_timeout=self._limits.cell_timeout,
        )


def _with_outputs(value: Any, building: Path, root: Path) -> Any:
    """Replace ``run:`` references by the files that this run has made."""
    if isinstance(value, dict):
        return {name: _with_outputs(part, building, root) for name, part in value.items()}
    if isinstance(value, list):
        return [_with_outputs(part, building, root) for part in value]
    for reference in references(value):
        return os.path.relpath(made_file(reference, building), root)
    return value
