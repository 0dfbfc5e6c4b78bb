"""The page over all runs: the latest complete one first, failed ones marked."""

import json
import os
from pathlib import Path
from typing import Any

from coee_nb.publish.extract import read_notebook
from coee_nb.publish.page import TEMPLATES


def write_index(outputs: Path) -> Path:
    """Write ``outputs/index.html`` over every published run and return its path."""
    from jinja2 import Environment, FileSystemLoader

    folders = sorted(path for path in outputs.iterdir() if path.is_dir())
    engagements = [_engagement(folder) for folder in folders]
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    style = (TEMPLATES / "page.css").read_text("utf-8")
    page = environment.get_template("index.html.j2").render(engagements=engagements, style=style)
    aside, index = outputs / f".index.{os.getpid()}", outputs / "index.html"
    aside.write_text(page, "utf-8")
    aside.replace(index)
    return index


def _engagement(folder: Path) -> dict[str, Any]:
    manifests = sorted(folder.glob("[!.]*/manifest.json"), reverse=True)
    runs = [_run(json.loads(path.read_text("utf-8")), path.parent) for path in manifests]
    latest = next((run for run in runs if run["status"] == "complete"), None)
    if latest:
        _add_findings(latest, folder / latest["run_id"])
    return {"name": folder.name, "runs": runs, "latest": latest}


def _run(record: dict[str, Any], folder: Path) -> dict[str, Any]:
    pages = []
    for entry in record["notebooks"]:
        page = folder / f"{entry['name']}.html"
        href = f"{folder.parent.name}/{folder.name}/{page.name}" if page.exists() else None
        pages.append({"name": entry["name"], "status": entry["status"], "href": href})
    kept = {name: record[name] for name in ("run_id", "status", "started", "ended")}
    return kept | {"pages": pages}


def _add_findings(run: dict[str, Any], folder: Path) -> None:
    findings = json.loads((folder / "findings.json").read_text("utf-8"))["findings"]
    for page in run["pages"]:
        page["findings"] = [f for f in findings if f["notebook"] == page["name"]]
        page["title"] = _title(folder / f"{page['name']}.ipynb") or page["name"]


def _title(notebook: Path) -> str:
    sources = (
        c["source"] for c in read_notebook(notebook)["cells"] if c["cell_type"] == "markdown"
    )
    lines = (line for source in sources for line in source.splitlines())
    return next((line[2:].strip() for line in lines if line.startswith("# ")), "")
