"""The notebooks of a run in their order, as many at once as asked; each settled when it ends."""

import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from tqdm import tqdm

from coee_nb.errors import CoeeError
from coee_nb.files import Content
from coee_nb.handover import FILES
from coee_nb.paths import shown
from coee_nb.publish.execute import DISK, Outcome, Work, handed_over, respondents_file
from coee_nb.publish.extract import (
    extract,
    findings_of,
    read_notebook,
    titled,
    write_origins,
    write_tables,
)
from coee_nb.publish.fanout import refuse_confidential
from coee_nb.publish.forked import preload
from coee_nb.publish.gate import screened, under_disclosure
from coee_nb.publish.manifest import write_json
from coee_nb.publish.plan import Job, Plan, references, split_reference
from coee_nb.publish.scrub import Scrubber, made_file
from coee_nb.publish.workers import Workers

WORK = ".work"  # what a run needs while it is built, in its folder
NOT_RUN = "not run"
FINDINGS = "findings.json"  # of one notebook, where another asks for it


@dataclass(frozen=True)
class Limits:
    """How a run is done: notebooks at once, seconds for all and for a cell, and whether it shows.

    ``printed`` pages are made as PDF files too. ``usual`` are the seconds that notebooks took
    before: the longest are started first. ``forked`` kernels begin without importing: for a
    process that has no other thread and has done nothing but plan.
    """

    jobs: int = 0
    timeout: int | None = None
    cell_timeout: int | None = None
    quiet: bool = False
    printed: bool = False
    usual: Mapping[str, float] = field(default_factory=dict)
    forked: bool = False


def execute_all(plan: Plan, building: Path, limits: Limits) -> tuple[Outcome, ...]:
    """Run every notebook of a plan into the folder ``building``; return the outcomes in order.

    A notebook starts when those it needs are done; what needs one that failed is not run.
    Raises OSError where the disk is full.
    """
    cells = sum(_code_cells(job.notebook) + 1 for job in plan.jobs)  # and the injected parameters
    hidden = limits.quiet or not sys.stderr.isatty()
    forked = limits.forked and preload((job.notebook.data for job in plan.jobs), plan.root)
    tqdm.monitor_interval = 0  # no thread of its own in a process that forks
    with tqdm(total=cells, unit="cell", desc=plan.engagement, disable=hidden) as bar:
        deadline = time.monotonic() + limits.timeout if limits.timeout else None
        workers = Workers(lambda: bar.update(), deadline=deadline, forked=forked)
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


class _Schedule:
    """Which notebooks wait, run and are done."""

    def __init__(self, plan: Plan, building: Path, limits: Limits, workers: Workers) -> None:
        self.plan, self.building, self.workers = plan, building, workers
        self.done: dict[str, Outcome] = {}
        self._limits = limits
        self._jobs = {job.name: job for job in plan.jobs}
        self._order = TopologicalSorter({job.name: job.needs for job in plan.jobs})
        self._ready: list[str] = []
        asked = [split_reference(one) for job in plan.jobs for one in references(job.values)]
        self._asked_for_findings = {notebook for notebook, file in asked if file == FINDINGS}

    def outcomes(self) -> Iterator[Outcome]:
        """Yield how each notebook ended, as they end."""
        self._order.prepare()
        while self._order.is_active():
            usual = self._limits.usual
            self._ready += self._order.get_ready()
            self._ready.sort(key=lambda name: -usual.get(name, float("inf")))
            yield from self._start_ready()
            for work, outcome in self.workers.finished() if self.workers.running else ():
                job = self._jobs[work.name]
                outcome = _settled(outcome, job, self.building, self.plan.root)
                if outcome.status == "done" and job.name in self._asked_for_findings:
                    _hand_on(job.name, self.building)
                yield self._settle(outcome)

    def _start_ready(self) -> Iterator[Outcome]:
        """Start what is ready, as many at once as asked; not what needs a failed notebook."""
        at_once = self._limits.jobs or os.cpu_count() or 1
        while self._ready and len(self.workers.running) < at_once:
            name = self._ready.pop(0)
            missing = [n for n in self._jobs[name].needs if self.done[n].status != "done"]
            if missing:
                reason = f"it needs {', '.join(sorted(missing))}, which did not finish"
                yield self._settle(Outcome(name, NOT_RUN, error=reason))
            else:
                self.workers.start(self._work(self._jobs[name]))

    def _settle(self, outcome: Outcome) -> Outcome:
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


def _hand_on(name: str, building: Path) -> None:
    """Write a notebook's findings beside its tables, for a notebook that asks for them."""
    held = extract(read_notebook(building / f"{name}.ipynb"), handed_over(building / WORK, name))
    folder = building / "tables" / name
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / FINDINGS, {"findings": findings_of(held.findings, name)})


def _settled(outcome: Outcome, job: Job, building: Path, root: Path) -> Outcome:
    """Return how a notebook ended once what it left is in order, its tables written.

    One that cannot be read (its process died while it was written) fails and is not kept.
    """
    said = Scrubber.of(job, building, root)
    outcome = replace(outcome, error=outcome.error and said(outcome.error))
    target = building / f"{job.name}.ipynb"
    try:
        if target.exists():
            outcome = _kept(target, outcome, job, said)
        if job.case and respondents_file(building / WORK, job.name).exists():
            target.unlink(missing_ok=True)
            shutil.rmtree(building / FILES / job.name, ignore_errors=True)
            refuse_confidential(job.case, notebook=job.stem, disclosure=True)
        if outcome.status == "done":
            held = extract(read_notebook(target), handed_over(building / WORK, job.name))
            write_tables(held.tables, building / "tables" / job.name)
            write_origins(held.tables, building / "tables" / job.name)
    except (CoeeError, ValueError, LookupError, TypeError, AttributeError, OSError) as error:
        if isinstance(error, OSError) and error.errno in DISK:
            raise
        shutil.rmtree(building / "tables" / job.name, ignore_errors=True)
        if not isinstance(error, CoeeError):
            target.unlink(missing_ok=True)
        why = f"{outcome.error + '; ' if outcome.error else ''}{_in_words(error)}"
        return replace(outcome, status="failed", error=said(why))
    return outcome


def _in_words(error: Exception) -> str:
    if isinstance(error, CoeeError):
        return str(error)
    return f"what it left cannot be read ({type(error).__name__})"  # its text may quote an answer


def _kept(target: Path, outcome: Outcome, job: Job, said: Scrubber) -> Outcome:
    """Put an executed notebook in order: through the gate, and free of this machine's folders."""
    outcome = screened(target, outcome)
    if target.exists():
        book = json.loads(said(target.read_text("utf-8")))
        book["metadata"].get("papermill", {}).update(
            input_path=shown(job.notebook.path), output_path=target.name
        )
        text = json.dumps(book, indent=1, ensure_ascii=False)
        target.write_text(text + "\n", "utf-8")
        _take_over(job.name, target.parent, said, refused=under_disclosure(book))
    return outcome


def _take_over(name: str, building: Path, said: Scrubber, *, refused: bool) -> None:
    """Free what a notebook handed over of this machine's folders, and move its files to the run.

    Nothing of a notebook under a disclosure plan is taken: what it hands over passed no gate.
    """
    handed = handed_over(building / WORK, name)
    if refused:
        shutil.rmtree(handed, ignore_errors=True)
    for record in handed.glob("*.json"):
        record.write_text(said(record.read_text("utf-8")), "utf-8")
    if (handed / FILES).is_dir():
        (building / FILES).mkdir(exist_ok=True)
        (handed / FILES).rename(building / FILES / name)


def _with_outputs(value: Any, building: Path, root: Path) -> Any:
    """Replace ``run:`` references by the files that this run has made."""
    if isinstance(value, dict):
        return {name: _with_outputs(part, building, root) for name, part in value.items()}
    if isinstance(value, list):
        return [_with_outputs(part, building, root) for part in value]
    for reference in references(value):
        return os.path.relpath(made_file(reference, building), root)
    return value
