"""Every page that the stored notebooks make, as a run has them, without running anything."""

import json
import shutil
from pathlib import Path

from coee_nb.files import Content
from coee_nb.publish import methods, since, summary
from coee_nb.publish.about import About
from coee_nb.publish.compare import Held, TwoRuns
from coee_nb.publish.evidence import Ticks
from coee_nb.publish.execute import Outcome
from coee_nb.publish.extract import extract, read_notebook
from coee_nb.publish.fanout import Case
from coee_nb.publish.index import write_index
from coee_nb.publish.page import PageMaker
from coee_nb.publish.plan import Job
from coee_nb.publish.run_files import BESIDE
from coee_nb.publish.word import Answered

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
OF_RUNS = [f"example/run/{BESIDE[name]}" for name in ("changes", "methods", "summary")]
PAGES = ["index.html", *OF_RUNS]
PAGES += [f"example/run/{notebook.stem}.html" for notebook in NOTEBOOKS]


def write_pages(outputs):
    """Write every stored notebook as a page, the pages of a run beside them and the index."""
    folder = outputs / "example" / "run"
    folder.mkdir(parents=True)
    held = {notebook.stem: extract(read_notebook(notebook)) for notebook in NOTEBOOKS}
    seen = {one["id"]: ticked(one) for one in held["recommendation_aging"].findings[:4]}
    maker = PageMaker(
        engagement="example", run_id="run", ticks=Ticks(seen), method_of=lambda _: BESIDE["methods"]
    )
    for notebook in NOTEBOOKS:
        page = maker.render(notebook, held[notebook.stem], status="done", error=None)
        (folder / f"{notebook.stem}.html").write_text(page)
        shutil.copy(notebook, folder)
    before, now = run_of("before", held, "2024-03-31"), run_of("run", held, "2024-04-30")
    before.findings[:9] = [one | {"value": 1, "unit": "cases"} for one in before.findings[:9]]
    before.findings[9:12] = [
        one | {"statement": "In other words."} for one in before.findings[9:12]
    ]
    for run in (before, now):
        there = outputs / "example" / run.record["run_id"]
        there.mkdir(exist_ok=True)
        (there / "manifest.json").write_text(json.dumps(run.record))
        (there / "findings.json").write_text(json.dumps({"findings": run.findings}))
    write_run_pages(folder, before, now, held)
    write_index(outputs)


def ticked(finding):
    """What a reviewer saw of a finding; of every second one, something else than there is now."""
    value = finding["value"] if finding["cell"] % 2 else "another"
    seen = {"value": str(value), "statement": finding["statement"]}
    return seen | {"checked_by": "A. Reader", "checked_on": "2024-05-02"}


def run_of(run_id, held, day):
    """A run of the stored notebooks, as it is compared and listed."""
    entries = [
        {
            "name": name,
            "status": "done",
            "notebook": {"path": f"notebooks/{name}.ipynb", "sha256": "ab" * 32},
            "parameters": {"values": {"as_of": day}},
            "inputs": one.inputs,
            "outputs": [{"path": f"tables/{name}/a.csv", "sha256": run_id}],
        }
        for name, one in held.items()
    ]
    record = {"engagement": "example", "run_id": run_id, "status": "complete", "python": run_id}
    record |= {"started": f"{day}T06:00:00Z", "ended": f"{day}T06:05:00Z", "notebooks": entries}
    findings = [
        finding | {"notebook": name} for name, one in held.items() for finding in one.findings
    ]
    return Held(record, findings)


def write_run_pages(folder, before, now, held):
    """Write the pages of a run that are no notebook's: what changed, methods, summary."""
    named = {"engagement": "example", "run_id": "run", "about": About(title="The example")}
    page = since.comparison_page(TwoRuns(before, now), since=True)
    (folder / BESIDE["changes"]).write_text(page)
    text = methods.methods_page(methods.read_methods(ROOT), run=named)
    (folder / BESIDE["methods"]).write_text(text)
    name = "collections_its"
    book = read_notebook(ROOT / "notebooks" / f"{name}.ipynb")
    content = Content(folder / f"{name}.ipynb", b"{}")
    told = [
        Answered(
            Job(name, content, content, {}, case=Case("group", group)),
            Outcome(name, status, error=None if status == "done" else "ValueError: no rows"),
            book,
            held[name],
        )
        for group, status in (("North", "done"), ("South", "done"), ("West", "failed"))
    ]
    (folder / BESIDE["summary"]).write_text(summary.summary_page(told, run=named))
