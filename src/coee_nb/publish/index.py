"""The page over all runs: the latest complete one first, failed ones marked."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

from coee_nb.errors import InputError
from coee_nb.files import writing
from coee_nb.publish.extract import read_notebook, title_of
from coee_nb.publish.manifest import read_record
from coee_nb.publish.page import TEMPLATES

UNREADABLE = "its record cannot be read"
_BROKEN = (InputError, LookupError, TypeError, AttributeError, ValueError, OSError)


def write_index(outputs: Path) -> Path:
    """Write ``outputs/index.html`` over every published run and return its path.

    A run whose record cannot be read is listed as such. The page is made under a lock, so that
    of two runs that end at once neither is left out.
    """
    from filelock import FileLock

    index = outputs / "index.html"
    with FileLock(outputs / ".index.lock"), writing(index) as stream:
        stream.write(render_index(outputs))
    return index


def render_index(outputs: Path) -> str:
    """Return the page over the runs in ``outputs``, which is the same as long as they are."""
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    style = (TEMPLATES / "page.css").read_text("utf-8")
    folders = sorted(p for p in outputs.iterdir() if p.is_dir() and p.name[0] != ".")
    engagements = [made for made in map(_engagement, folders) if made["runs"]]
    return environment.get_template("index.html.j2").render(engagements=engagements, style=style)


def _engagement(folder: Path) -> dict[str, Any]:
    manifests = sorted(folder.glob("[!.]*/manifest.json"), reverse=True)
    runs = [_run(path.parent) for path in manifests]
    complete = (run for run in runs if run["status"] == "complete")
    latest = next((run for run in complete if _add_findings(run, folder / run["run_id"])), None)
    return {"name": folder.name, "runs": runs, "latest": latest}


def _run(folder: Path) -> dict[str, Any]:
    """Return what the index says of a run; of one with a broken record, that it is broken."""
    try:
        record = read_record(folder, "manifest.json")
        pages = [_page(entry, folder) for entry in record["notebooks"]]
        kept = {name: str(record[name]) for name in ("status", "started", "ended")}
    except _BROKEN:
        kept, pages = {"status": UNREADABLE, "started": "", "ended": ""}, []
    return kept | {"run_id": folder.name, "href": _href(folder), "pages": pages}


def _page(entry: dict[str, Any], folder: Path) -> dict[str, Any]:
    page = folder / f"{entry['name']}.html"
    href = f"{_href(folder)}/{quote(page.name)}" if page.exists() else None
    return {"name": entry["name"], "status": entry["status"], "href": href}


def _href(folder: Path) -> str:
    return f"{quote(folder.parent.name)}/{quote(folder.name)}"


def _add_findings(run: dict[str, Any], folder: Path) -> bool:
    """Add findings and titles to a run's pages; tell whether they could be read."""
    try:
        findings = read_record(folder, "findings.json")["findings"]
        for page in run["pages"]:
            page["findings"] = [f for f in findings if f["notebook"] == page["name"]]
            notebook = read_notebook(folder / f"{page['name']}.ipynb")
            page["title"] = title_of(notebook) or page["name"]
    except _BROKEN:
        run["status"] = UNREADABLE
        return False
    return True
