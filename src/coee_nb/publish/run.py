"""A run from plan to published folder: built aside, published by one rename."""

import contextlib
import json
import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from coee_nb.errors import CoeeError, InputError
from coee_nb.handover import FILES
from coee_nb.origins import DECLARATION
from coee_nb.paths import working_in
from coee_nb.publish import (
    changed,
    evidence,
    ledger,
    manifest,
    methods,
    since,
    status,
)
from coee_nb.publish.about import place
from coee_nb.publish.building import alone, begin, keep_newest, point_latest
from coee_nb.publish.compare import Held
from coee_nb.publish.execute import WORK, Outcome, now, respondents_file
from coee_nb.publish.extract import findings_of, read_notebook
from coee_nb.publish.index import write_index
from coee_nb.publish.plan import LATEST, Job, Plan
from coee_nb.publish.run_files import BESIDE
from coee_nb.publish.schedule import Limits, execute_all
from coee_nb.publish.scrub import Scrubber
from coee_nb.publish.settle import PAGES, Settler, extracted, take_away
from coee_nb.publish.signals import stoppable, unstoppable
from coee_nb.publish.summary import summary_page
from coee_nb.publish.word import Answered, answers
from coee_nb.workbooks import workbook


@dataclass(frozen=True)
class RunResult:
    """Where a run was published, how each notebook ended, and the hash that seals its record.

    ``troubles`` are sentences on what could not be done once the run stood, which undoes nothing.
    """

    folder: Path
    index: Path
    outcomes: tuple[Outcome, ...]
    seal: str
    troubles: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Tell whether every notebook is done."""
        return all(outcome.status == "done" for outcome in self.outcomes)


def run(
    plan: Plan,
    *,
    outputs: Path,
    limits: Limits | None = None,
    replacing: bool = False,
    patience: float = 0,
    keep: int | None = None,
    tell: Callable[[str], None] = print,
    warn: Callable[[str], None] = print,
) -> RunResult:
    """Execute and publish a plan.

    A notebook that may not stand beside what the engagement has published of the same people
    (``ledger``) fails, or, with ``replacing``, takes the place of those earlier runs.
    What is executed and recorded is what was read when the run was planned. Everything is built in
    a hidden folder and appears under its run id by one rename. An interrupt leaves nothing behind
    and touches no earlier run. Another run of the engagement is waited for ``patience`` seconds,
    then refused (BusyError). With ``keep``, older runs are removed (``building.keep_newest``).
    What ``tell`` is given is for whoever started the run; ``warn``, for whoever is to know of an
    earlier run that was killed.
    """
    engagement = outputs / plan.engagement
    with stoppable(), alone(engagement, patience=patience, tell=warn):
        building, folder = begin(engagement)
        state = status.Status(engagement, folder.name)
        try:
            with working_in(plan.root):
                result = _made(plan, building, folder, limits or Limits(), replacing=replacing)
        except BaseException as error:
            with unstoppable():
                shutil.rmtree(building, ignore_errors=True)  # a full disk has then room to say so
                state.stopped(error)
            raise
        with unstoppable():
            state.ended(result.outcomes, seal=result.seal)
            more = _sweep_runs(engagement, keep, tell) if keep else ()
    return replace(result, troubles=tuple(dict.fromkeys((*result.troubles, *more))))


def _sweep_runs(engagement: Path, keep: int, tell: Callable[[str], None]) -> Iterator[str]:
    """Remove older runs and what the index says of them; yield what could not be done."""

    def sweep() -> None:
        if gone := keep_newest(engagement, keep):
            tell(f"Removed older runs: {', '.join(gone)}")

    yield from _afterwards("older runs were not all removed", sweep)
    yield from _afterwards("the index was not refreshed", lambda: write_index(engagement.parent))


def _afterwards(failed: str, do: Callable[[], object]) -> Iterator[str]:
    """Do what follows a publication; yield that it ``failed`` and why, if the disk said so."""
    try:
        do()
    except OSError as error:
        yield f"Published, but {failed} ({error.strerror or error})."


def _made(
    plan: Plan, building: Path, folder: Path, limits: Limits, *, replacing: bool
) -> RunResult:
    """Execute a plan in ``building``; publish it as ``folder``."""
    named = {"engagement": plan.engagement, "run_id": folder.name}
    record: dict[str, Any] = named | {"about": plan.about.model_dump()}
    record |= {"started": now(), "code": manifest.code(plan.root)}
    limits = replace(limits, usual=manifest.usual_seconds(folder.parent))
    known = changed.resting_on(plan)
    settler = Settler(plan, building, folder.name, printed=limits.printed)
    settler.pages.prepare()
    outcomes = execute_all(plan, building, limits, settler.settle)
    series = _Series.of(outcomes, building, ledger.Ledger(folder.parent))
    outcomes = outcomes if replacing else series.refused(outcomes, building)
    record = _publish(plan, building, outcomes, record, series.told)
    seal = manifest.sha256(building / "manifest.json")
    with unstoppable():
        building.rename(folder)
        try:
            series.enter(folder, outcomes)
        except OSError:  # what stands unentered could be held against nothing
            folder.rename(building)
            raise
        result = RunResult(folder, folder.parents[1] / "index.html", outcomes, seal)
        steps: list[tuple[str, Callable[[], object]]] = [
            (f"{LATEST} does not lead to it", partial(_point, result)),
            ("an earlier run was not wholly withdrawn", partial(series.withdraw, folder, outcomes)),
            (
                "what --if-changed asks was not kept",
                partial(changed.remember, plan, known, record, folder, printed=limits.printed),
            ),
            ("the index was not refreshed", partial(write_index, folder.parents[1])),
        ]
        troubles = tuple(one for failed, do in steps for one in _afterwards(failed, do))
        return replace(result, troubles=troubles)


def _point(result: RunResult) -> None:
    if result.complete:
        point_latest(result.folder)


@dataclass(frozen=True)
class _Series:
    """What a run's notebooks rest on, and the earlier runs that they may not stand beside."""

    published: ledger.Ledger
    told: dict[str, dict[str, Any]]
    conflicts: dict[str, list[ledger.Conflict]]

    @classmethod
    def of(
        cls, outcomes: tuple[Outcome, ...], building: Path, published: ledger.Ledger
    ) -> "_Series":
        files = {o.name: respondents_file(building / WORK, o.name) for o in outcomes}
        told = {
            outcome.name: json.loads(files[outcome.name].read_text("utf-8"))
            for outcome in outcomes
            if outcome.status == "done" and files[outcome.name].exists()
        }
        found = {name: published.conflicts(name, one) for name, one in told.items()}
        return cls(published, told, {name: runs for name, runs in found.items() if runs})

    def refused(self, outcomes: tuple[Outcome, ...], building: Path) -> tuple[Outcome, ...]:
        """Return the outcomes, failed where a notebook conflicts; its numbers are not kept."""
        for name in self.conflicts:
            take_away(name, building)
        return tuple(
            replace(outcome, status="failed", error=_beside(self.conflicts[outcome.name]))
            if outcome.name in self.conflicts
            else outcome
            for outcome in outcomes
        )

    def enter(self, folder: Path, outcomes: tuple[Outcome, ...]) -> None:
        """Enter a published run in the ledger, in the place of those that it replaces."""
        told = {name: one for name, one in self.told.items() if name in _done(outcomes)}
        self.published.enter(folder.name, told, self._replaced(outcomes))

    def withdraw(self, folder: Path, outcomes: tuple[Outcome, ...]) -> None:
        """Withdraw the runs that a published one replaces."""
        for run_id, name in sorted(self._replaced(outcomes)):
            if (folder.parent / run_id).exists():
                ledger.withdraw(folder.parent / run_id, name, by=folder.name)

    def _replaced(self, outcomes: tuple[Outcome, ...]) -> set[tuple[str, str]]:
        """Return run and notebook of what a run replaces."""
        done = _done(outcomes)
        return {(c.run_id, n) for n, runs in self.conflicts.items() for c in runs if n in done}


def _done(outcomes: tuple[Outcome, ...]) -> set[str]:
    return {outcome.name for outcome in outcomes if outcome.status == "done"}


def _beside(conflicts: list[ledger.Conflict]) -> str:
    runs = "; ".join(f"run {one.run_id}: {one.why}" for one in conflicts)
    return str(
        InputError(
            f"may not be published beside an earlier run of the same people ({runs})",
            expected="no difference of a few people between two runs that both stand",
            do="wait for more responses, or run with --replace, which withdraws the earlier run",
        )
    )


def _publish(
    plan: Plan,
    building: Path,
    outcomes: tuple[Outcome, ...],
    record: dict[str, Any],
    about_people: Collection[str] = (),
) -> dict[str, Any]:
    """Write what is of the whole run into the building folder; return the manifest.

    ``about_people`` are the notebooks whose earlier runs may be withdrawn: no later run quotes
    them.
    """
    told = [
        Answered(job, one, _read(building / f"{job.name}.ipynb"), extracted(job, building))
        for job, one in zip(plan.jobs, outcomes, strict=True)
    ]
    entries = [_entry(one, building, plan.root) for one in told]
    record |= {"notebooks": entries} | manifest.kernels(building / WORK)
    shutil.rmtree(building / WORK, ignore_errors=True)
    complete = all(one.status == "done" for one in outcomes)
    record |= {"ended": now(), "status": "complete" if complete else "failed"}
    _write_beside(plan, building, record, told)
    findings = manifest.read_record(building, BESIDE["findings"])["findings"]
    record |= _tell_changes(building, Held(record, findings), about_people)
    listed = {output["path"] for entry in entries for output in entry["outputs"]}
    _sweep(building, listed | set(BESIDE.values()))
    there = {name: building / file for name, file in BESIDE.items()}
    record |= {n: manifest.described(file, building) for n, file in there.items() if file.exists()}
    manifest.write_json(building / "manifest.json", record)
    return record


def _read(notebook: Path) -> dict[str, Any]:
    """Return an executed notebook; an empty one where none is kept."""
    return read_notebook(notebook) if notebook.exists() else {"cells": [], "metadata": {}}


def _write_beside(plan: Plan, building: Path, record: dict[str, Any], told: list[Answered]) -> None:
    """Write the files of the whole run: findings, evidence, tables, answers, methods, the log."""
    beside = {name: building / file for name, file in BESIDE.items()}
    named = {name: record[name] for name in ("engagement", "run_id")}
    done = {one.job.name: one.held for one in told if one.outcome.status == "done"}
    findings = [one for name, held in done.items() for one in findings_of(held.findings, name)]
    manifest.write_json(beside["findings"], named | {"findings": findings})
    evidence.write_evidence(beside["evidence"], done, plan.ticks)
    book = workbook(
        evidence.sheets_of(done, {job.name: job.case for job in plan.jobs if job.case}),
        made_on=datetime.fromisoformat(record["started"]).date(),
        about="contents",
        titles=("notebook", "what it shows", "note", "origin"),
    )
    beside["workbook"].write_bytes(book)
    status.write_log(beside["log"], record, [one.outcome for one in told])
    told = sorted(told, key=lambda one: place(plan.about.questions, one.job.stem))
    document = answers(told, about=plan.about, made=record["started"], **named)
    beside["answers"].write_bytes(document)
    rules = methods.read_methods(plan.root)
    pages = {
        "summary": summary_page(told, run=record),
        "methods": methods.methods_page(rules, run=named | {"about": plan.about}),
    }
    for name, page in pages.items():
        if page:
            beside[name].write_text(page, "utf-8")


def _tell_changes(building: Path, new: Held, about_people: Collection[str]) -> dict[str, Any]:
    """Write the page of what changed since the runs before; return what the manifest keeps of it.

    Nothing where there is none before.
    """
    with contextlib.suppress(CoeeError, LookupError, TypeError, AttributeError):
        if found := since.since_before(building.parent, new):
            page = since.comparison_page(found, left_out=about_people, since=True)
            (building / BESIDE["changes"]).write_text(page, "utf-8")
            return {"changed": found.summary}
    return {}


def _sweep(building: Path, listed: set[str]) -> None:
    """Remove what the manifest does not list: a cell that wrote into the run's folder made it."""
    for path in building.rglob("*"):
        name = path.relative_to(building).as_posix()
        if name not in listed and (path.is_symlink() or not path.is_dir()):
            path.unlink()


def _case_of(job: Job) -> dict[str, Any]:
    """Return for which value a job was run, as its part of the manifest says it."""
    if job.case is None:
        return {}
    return {"for": {"parameter": job.case.parameter, "value": job.case.published}}


def _entry(one: Answered, building: Path, root: Path) -> dict:
    """Return one notebook's part of the manifest."""
    job, outcome = one.job, one.outcome
    files = [building / f"{job.name}{end}" for end in (".ipynb", *PAGES)]
    made = sorted((building / "tables" / job.name).glob("*"))
    files += [path for path in made if path.name != DECLARATION]
    files += sorted(p for p in (building / FILES / job.name).rglob("*") if p.is_file())
    values = json.loads(Scrubber.of(job, building, root)(json.dumps(job.values)))
    return {
        "name": job.name,
        **_case_of(job),
        "status": outcome.status,
        "error": outcome.error,
        "started": outcome.started,
        "ended": outcome.ended,
        "notebook": manifest.read(job.notebook),
        "parameters": manifest.read(job.params) | {"values": values},
        "inputs": one.held.inputs,
        "outputs": [manifest.described(path, building) for path in files if path.exists()],
    }
