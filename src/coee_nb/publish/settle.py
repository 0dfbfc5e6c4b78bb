"""A notebook that ended, put in order where it ran: screened, its tables and its page written.

What needs the whole run (``run``) comes after: the ledger, the manifest, the evidence.
"""

import contextlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

from coee_nb.errors import CoeeError
from coee_nb.handover import FILES
from coee_nb.paths import shown
from coee_nb.publish.execute import DISK, WORK, Outcome, handed_over, respondents_file
from coee_nb.publish.extract import (
    Extract,
    extract,
    findings_of,
    read_notebook,
    write_origins,
    write_tables,
)
from coee_nb.publish.fanout import refuse_confidential, told_apart
from coee_nb.publish.gate import screened, under_disclosure
from coee_nb.publish.manifest import write_json
from coee_nb.publish.methods import method_link, read_methods, sources_of
from coee_nb.publish.page import PageMaker
from coee_nb.publish.pdf import print_page
from coee_nb.publish.plan import Job, Plan, references, split_reference
from coee_nb.publish.run_files import BESIDE
from coee_nb.publish.scrub import Scrubber

FINDINGS = BESIDE["findings"]  # of one notebook, where another asks for it
PAGES = (".html", ".pdf")


@dataclass(frozen=True)
class Settler:
    """Settles the notebooks of a plan in the folder where its run is built.

    ``printed`` pages are PDF files too. It may be asked twice of one notebook: where its process
    died on the way, what that left is put in order.
    """

    plan: Plan
    building: Path
    run_id: str
    printed: bool = False

    def settle(self, name: str, outcome: Outcome) -> Outcome:
        """Return how a notebook ended once what it left is in order, and its page is made.

        Raises OSError where the disk is full.
        """
        job = next(job for job in self.plan.jobs if job.name == name)
        outcome = in_order(outcome, job, self.building, self.plan.root)
        if outcome.status == "done" and job.name in self._asked_for_findings:
            _hand_on(job, self.building)
        self.write_page(job, outcome)
        return outcome

    def write_page(self, job: Job, outcome: Outcome) -> None:
        """Write the page of a notebook that was kept, and no page of another."""
        executed, page = (self.building / f"{job.name}{end}" for end in (".ipynb", ".html"))
        take_away_pages(job.name, self.building)
        if not executed.exists():
            return
        held = extracted(job, self.building)
        text = self.pages.render(
            executed, held, status=outcome.status, error=outcome.error, case=job.case
        )
        page.write_text(text, "utf-8")
        if self.printed:
            print_page(page, page.with_suffix(".pdf"))

    @cached_property
    def pages(self) -> PageMaker:
        """What makes the pages: built once, and inherited by every process."""
        methods = read_methods(self.plan.root)
        return PageMaker(
            engagement=self.plan.engagement,
            run_id=self.run_id,
            about=self.plan.about,
            ticks=self.plan.ticks,
            method_of=partial(method_link, methods),
            sources=sources_of(methods),
        )

    @cached_property
    def _asked_for_findings(self) -> set[str]:
        asked = (split_reference(one) for job in self.plan.jobs for one in references(job.values))
        return {notebook for notebook, file in asked if file == FINDINGS}


def take_away(name: str, building: Path) -> None:
    """Take a notebook with all that it left out of a run."""
    (building / f"{name}.ipynb").unlink(missing_ok=True)
    take_away_pages(name, building)
    for kept in ("tables", FILES):
        shutil.rmtree(building / kept / name, ignore_errors=True)


def take_away_pages(name: str, building: Path) -> None:
    """Take the pages of a notebook out of a run."""
    for end in PAGES:
        (building / f"{name}{end}").unlink(missing_ok=True)


def extracted(job: Job, building: Path) -> Extract:
    """Return what an executed notebook holds; nothing of one that cannot be read."""
    executed = building / f"{job.name}.ipynb"
    if executed.exists():
        with contextlib.suppress(CoeeError):
            held = extract(read_notebook(executed), handed_over(building / WORK, job.name))
            return told_apart(held, job.case)
    return Extract([], [], [], [])


def in_order(outcome: Outcome, job: Job, building: Path, root: Path) -> Outcome:
    """Return how a notebook ended once what it left is in order, its tables written.

    One that cannot be read (its process died while it was written) fails and is not kept.
    """
    said = Scrubber.of(job, building, root)
    outcome = replace(outcome, error=outcome.error and said(outcome.error))
    target, tables = building / f"{job.name}.ipynb", building / "tables" / job.name
    shutil.rmtree(tables, ignore_errors=True)  # a process that died may have written a part
    try:
        if target.exists():
            outcome = _kept(target, outcome, job, said)
        if job.case and respondents_file(building / WORK, job.name).exists():
            take_away(job.name, building)
            refuse_confidential(job.case, notebook=job.stem, disclosure=True)
        if outcome.status == "done":
            held = extract(read_notebook(target), handed_over(building / WORK, job.name))
            write_tables(held.tables, tables)
            write_origins(held.tables, tables)
    except (CoeeError, ValueError, LookupError, TypeError, AttributeError, OSError) as error:
        if isinstance(error, OSError) and error.errno in DISK:
            raise
        shutil.rmtree(tables, ignore_errors=True)
        if not isinstance(error, CoeeError):
            target.unlink(missing_ok=True)
        why = f"{outcome.error + '; ' if outcome.error else ''}{_in_words(error)}"
        return replace(outcome, status="failed", error=said(why))
    return outcome


def _in_words(error: Exception) -> str:
    if isinstance(error, CoeeError):
        return str(error)
    return f"what it left cannot be read ({type(error).__name__})"  # its text may quote an answer


def _kept(target: Path, outcome: Outcome, job: Job, said: Callable[[str], str]) -> Outcome:
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


def _take_over(name: str, building: Path, said: Callable[[str], str], *, refused: bool) -> None:
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


def _hand_on(job: Job, building: Path) -> None:
    """Write a notebook's findings beside its tables, for a notebook that asks for them."""
    held = extract(
        read_notebook(building / f"{job.name}.ipynb"), handed_over(building / WORK, job.name)
    )
    folder = building / "tables" / job.name
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / FINDINGS, {"findings": findings_of(held.findings, job.name)})
