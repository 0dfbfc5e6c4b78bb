"""A run from plan to published folder: built aside, published by one rename."""

import contextlib
import json
import multiprocessing
import os
import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from graphlib import TopologicalSorter
from itertools import count
from pathlib import Path
from typing import Any

from tqdm import tqdm

from coee_nb.errors import CoeeError, InputError, ParameterError
from coee_nb.files import Content
from coee_nb.paths import shown, working_in
from coee_nb.publish import ledger, manifest
from coee_nb.publish.execute import Outcome, Work, execute, now, prepare, respondents_file
from coee_nb.publish.extract import Extract, extract, read_notebook, write_tables
from coee_nb.publish.gate import screened
from coee_nb.publish.index import write_index
from coee_nb.publish.page import PageMaker
from coee_nb.publish.plan import Job, Plan, references
from coee_nb.publish.scrub import Scrubber, made_file

WORK = ".work"  # what a run needs while it is built, in its folder


@dataclass(frozen=True)
class RunResult:
    """Where a run was published, how each notebook ended, and the hash that seals its record."""

    folder: Path
    index: Path
    outcomes: tuple[Outcome, ...]
    seal: str

    @property
    def complete(self) -> bool:
        """Tell whether every notebook is done."""
        return all(outcome.status == "done" for outcome in self.outcomes)


def run(plan: Plan, *, outputs: Path, jobs: int = 0, replacing: bool = False) -> RunResult:
    """Execute and publish a plan; ``jobs`` notebooks at once (0: as many as there are cores).

    A notebook that may not stand beside what the engagement has published of the same people
    (``ledger``) fails, or, with ``replacing``, takes the place of those earlier runs.
    What is executed and recorded is what was read when the run was planned. Everything is built in
    a hidden folder and appears under its run id by one rename. An interrupt leaves nothing behind
    and touches no earlier run.
    """
    building, folder = _begin(outputs / plan.engagement)
    named = {"engagement": plan.engagement, "run_id": folder.name}
    record = named | {"started": now(), "code": manifest.code(plan.root)}
    try:
        with _stoppable(), working_in(plan.root):
            outcomes = _execute_all(plan, building, jobs=jobs or os.cpu_count() or 1)
            with ledger.opened(folder.parent) as published:
                series = _Series.of(outcomes, building, published)
                outcomes = outcomes if replacing else series.refused(outcomes, building)
                _publish(plan, building, outcomes, record)
                seal = manifest.sha256(building / "manifest.json")
                with _unstoppable():
                    building.rename(folder)
                    series.enter(folder, outcomes)
                    index = write_index(outputs)
    except OSError as error:
        raise _unwritable(outputs, error) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return RunResult(folder, index, outcomes, seal)


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
            (building / f"{name}.ipynb").unlink()
            shutil.rmtree(building / "tables" / name, ignore_errors=True)
        return tuple(
            replace(outcome, status="failed", error=_beside(self.conflicts[outcome.name]))
            if outcome.name in self.conflicts
            else outcome
            for outcome in outcomes
        )

    def enter(self, folder: Path, outcomes: tuple[Outcome, ...]) -> None:
        """Enter a published run in the ledger; withdraw the runs that it replaces."""
        done = {outcome.name for outcome in outcomes if outcome.status == "done"}
        replaced = {
            (one.run_id, name)
            for name, runs in self.conflicts.items()
            for one in runs
            if name in done
        }
        for run_id, name in sorted(replaced):
            if (folder.parent / run_id).exists():
                ledger.withdraw(folder.parent / run_id, name, by=folder.name)
        told = {name: one for name, one in self.told.items() if name in done}
        self.published.enter(folder.name, told, replaced)


def _beside(conflicts: list[ledger.Conflict]) -> str:
    runs = "; ".join(f"run {one.run_id}: {one.why}" for one in conflicts)
    return str(
        InputError(
            f"may not be published beside an earlier run of the same people ({runs})",
            expected="no difference of a few people between two runs that both stand",
            do="wait for more responses, or run with --replace, which withdraws the earlier run",
        )
    )


def _begin(engagement: Path) -> tuple[Path, Path]:
    """Make the hidden folder of a new run; return it and the folder it will become."""
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    for number in count(1):
        folder = engagement / (stamp if number == 1 else f"{stamp}-{number}")
        building = folder.with_name(f".building-{folder.name}")
        try:
            building.mkdir(parents=True)
        except FileExistsError:
            continue  # another run of this second has it
        except OSError as error:
            raise _unwritable(engagement, error) from error
        if not folder.exists():
            return building, folder
        building.rmdir()
    raise AssertionError("there is always a next number")


def _unwritable(folder: Path, error: OSError) -> ParameterError:
    return ParameterError(
        f"a run cannot be written there ({error.strerror or error})",
        where=str(folder),
        expected="a folder that may be written, on a disk with space",
        do="make space or name another with --outputs; no run was published",
    )


class Terminated(BaseException):
    """The process was told to stop (SIGTERM)."""


def _stoppable() -> contextlib.AbstractContextManager[None]:
    """Let SIGTERM end the work as an interrupt does, so that nothing is left half-made."""

    def stop(*_: Any) -> None:
        raise Terminated

    return _handled({signal.SIGTERM: stop, signal.SIGINT: signal.default_int_handler})


def _unstoppable() -> contextlib.AbstractContextManager[None]:
    """Let nothing come between a run's appearance and its line in the index."""
    return _handled({signal.SIGTERM: signal.SIG_IGN, signal.SIGINT: signal.SIG_IGN})


@contextlib.contextmanager
def _handled(handlers: dict[signal.Signals, Any]) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _execute_all(plan: Plan, building: Path, *, jobs: int) -> tuple[Outcome, ...]:
    context = multiprocessing.get_context("fork")
    counter = context.Value("i", 0)

    def cell_done() -> None:
        with counter.get_lock():
            counter.value += 1

    import papermill  # noqa: F401  loaded once here, inherited by every worker

    cells = sum(_code_cells(job.notebook) + 1 for job in plan.jobs)
    pool = ProcessPoolExecutor(
        max_workers=min(jobs, len(plan.jobs)),
        mp_context=context,
        initializer=prepare,
        initargs=(cell_done,),
    )
    try:
        with tqdm(total=cells, unit="cell", desc=plan.engagement) as bar:
            outcomes = _schedule(plan, building, pool=pool, bar=bar, counter=counter)
            bar.update(cells - bar.n)
    except BaseException:
        for process in list((pool._processes or {}).values()):
            process.terminate()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    return outcomes


def _code_cells(notebook: Content) -> int:
    cells = json.loads(notebook.data)["cells"]
    return sum(cell["cell_type"] == "code" for cell in cells)


def _schedule(plan: Plan, building: Path, *, pool, bar, counter) -> tuple[Outcome, ...]:
    """Start each notebook when those it needs are done; return the outcomes in plan order."""
    by_name = {job.name: job for job in plan.jobs}
    order = TopologicalSorter({job.name: job.needs for job in plan.jobs})
    order.prepare()
    running: dict[Future, Job] = {}
    outcomes: dict[str, Outcome] = {}
    while order.is_active():
        for name in order.get_ready():
            job = by_name[name]
            missing = sorted(n for n in job.needs if outcomes[n].status != "done")
            if missing:
                reason = f"it needs {', '.join(missing)}, which did not finish"
                outcomes[name] = Outcome(name, "not run", error=reason)
                order.done(name)
                continue
            values = _with_outputs(job.values, building, plan.root)
            target = building / f"{name}.ipynb"
            work = Work(name, job.notebook.data, target, building / WORK, values, plan.root)
            running[pool.submit(execute, work)] = job
        finished, _ = wait(running, timeout=0.2, return_when=FIRST_COMPLETED)
        bar.update(min(counter.value, bar.total) - bar.n)
        for future in finished:
            job = running.pop(future)
            outcome = _settled(future, job, building, plan.root)
            outcomes[job.name] = outcome
            bar.write(f"{outcome.name}: {outcome.status}")
            order.done(job.name)
    return tuple(outcomes[job.name] for job in plan.jobs)


def _settled(future: Future, job: Job, building: Path, root: Path) -> Outcome:
    """Return the outcome of a finished notebook; its tables are written for those that wait."""
    try:
        outcome = future.result()
    except BrokenProcessPool:
        outcome = Outcome(job.name, "failed", error="its process died (out of memory?)")
    said = Scrubber.of(job, building, root)
    outcome = replace(outcome, error=outcome.error and said(outcome.error))
    target = building / f"{job.name}.ipynb"
    if target.exists():
        outcome = screened(target, outcome)
    if target.exists():
        book = json.loads(said(target.read_text("utf-8")))
        book["metadata"].get("papermill", {}).update(
            input_path=shown(job.notebook.path), output_path=target.name
        )
        text = json.dumps(book, indent=1, ensure_ascii=False)
        target.write_text(text + "\n", "utf-8")
    if outcome.status == "done":
        try:
            write_tables(extract(read_notebook(target)).tables, building / "tables" / job.name)
        except CoeeError as error:
            return Outcome(job.name, "failed", outcome.started, outcome.ended, str(error))
    return outcome


def _with_outputs(value: Any, building: Path, root: Path) -> Any:
    """Replace ``run:`` references by the files that this run has made."""
    if isinstance(value, dict):
        return {name: _with_outputs(part, building, root) for name, part in value.items()}
    if isinstance(value, list):
        return [_with_outputs(part, building, root) for part in value]
    for reference in references(value):
        return os.path.relpath(made_file(reference, building), root)
    return value


def _publish(
    plan: Plan, building: Path, outcomes: tuple[Outcome, ...], record: dict[str, Any]
) -> None:
    """Render pages, findings and manifest into the building folder."""
    pages = PageMaker(engagement=plan.engagement, run_id=record["run_id"])
    findings, entries = [], []
    for job, outcome in zip(plan.jobs, outcomes, strict=True):
        executed = building / f"{job.name}.ipynb"
        held = Extract([], [], [], [])
        if executed.exists():
            with contextlib.suppress(CoeeError):
                held = extract(read_notebook(executed))
            page = pages.render(executed, held, status=outcome.status, error=outcome.error)
            (building / f"{job.name}.html").write_text(page, "utf-8")
        if outcome.status == "done":
            findings += [_finding(found, job.name) for found in held.findings]
        entries.append(_entry(job, outcome, held, building, plan.root))
    kernels = manifest.kernels(building / WORK)
    shutil.rmtree(building / WORK, ignore_errors=True)
    named = {"engagement": plan.engagement, "run_id": record["run_id"]}
    manifest.write_json(building / "findings.json", named | {"findings": findings})
    listed = {output["path"] for entry in entries for output in entry["outputs"]}
    _sweep(building, listed | {"findings.json"})
    done = all(outcome.status == "done" for outcome in outcomes)
    record |= {"ended": now(), "status": "complete" if done else "failed"}
    record |= {
        "notebooks": entries,
        "findings": manifest.described(building / "findings.json", building),
    }
    manifest.write_json(building / "manifest.json", record | kernels)


def _sweep(building: Path, listed: set[str]) -> None:
    """Remove what the manifest does not list: a cell that wrote into the run's folder made it."""
    for path in building.rglob("*"):
        name = path.relative_to(building).as_posix()
        if name not in listed and (path.is_symlink() or not path.is_dir()):
            path.unlink()


def _finding(found: dict[str, Any], notebook: str) -> dict[str, Any]:
    kept = ("id", "statement", "value", "unit", "numerator", "denominator", "origin")
    plain = {name: found[name] for name in kept}
    return plain | {"notebook": notebook, "inputs": found["inputs"], "evidence": found["evidence"]}


def _entry(job: Job, outcome: Outcome, held: Extract, building: Path, root: Path) -> dict:
    """Return one notebook's part of the manifest."""
    files = [building / f"{job.name}{ending}" for ending in (".ipynb", ".html")]
    files += sorted((building / "tables" / job.name).glob("*"))
    values = json.loads(Scrubber.of(job, building, root)(json.dumps(job.values)))
    return {
        "name": job.name,
        "status": outcome.status,
        "error": outcome.error,
        "started": outcome.started,
        "ended": outcome.ended,
        "notebook": manifest.read(job.notebook),
        "parameters": manifest.read(job.params) | {"values": values},
        "inputs": held.inputs,
        "outputs": [manifest.described(path, building) for path in files if path.exists()],
    }
