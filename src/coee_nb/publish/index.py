"""The front page: each question with its answer and what changed, then every run."""

import base64
import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from coee_nb.errors import InputError
from coee_nb.files import writing
from coee_nb.plain import without_hidden
from coee_nb.publish.extract import picture_of, read_notebook, title_of
from coee_nb.publish.key import as_of_in, in_brief, in_short, key_findings, subject_of
from coee_nb.publish.manifest import manifests_in, read_record
from coee_nb.publish.page import TEMPLATES

PATIENCE = 20  # seconds for another run to write the index
PICTURE = 520  # pixels: the width of a picture on the front page
UNREADABLE = "its record cannot be read"
_BROKEN = (InputError, LookupError, TypeError, AttributeError, ValueError, OSError)


def refresh_index(outputs: Path) -> bool:
    """Write the index; return False where another process holds it for too long."""
    from filelock import Timeout

    try:
        write_index(outputs)
    except Timeout:
        return False
    return True


def write_index(outputs: Path) -> Path:
    """Write ``outputs/index.html`` over every published run and return its path.

    A run whose record cannot be read is listed as such. The page is made under a lock, so that
    of two runs that end at once neither is left out. Raises filelock's Timeout when another process
    holds that lock.
    """
    from filelock import FileLock

    index = outputs / "index.html"
    with FileLock(outputs / ".index.lock", timeout=PATIENCE), writing(index) as stream:
        stream.write(render_index(outputs))
    return index


def render_index(outputs: Path) -> str:
    """Return the page over the runs in ``outputs``, which is the same as long as they are."""
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    style = (TEMPLATES / "page.css").read_text("utf-8")
    folders = sorted(p for p in outputs.iterdir() if p.is_dir() and p.name[0] != ".")
    engagements = [made for made in map(_engagement, folders) if made["runs"]]
    template = environment.get_template("index.html.j2")
    return without_hidden(template.render(engagements=engagements, style=style))


def _engagement(folder: Path) -> dict[str, Any]:
    runs = [_run(path.parent) for path in reversed(manifests_in(folder))]
    latest = next((run["run_id"] for run in runs if run["status"] == "complete"), None)
    return {
        "name": folder.name,
        "about": next((run["about"] for run in runs if run["about"]), {"title": folder.name}),
        "runs": runs,
        "latest": latest,
        "overviews": _overviews(folder, runs),
        "answers": list(_answers(folder, runs)),
    }


def _run(folder: Path) -> dict[str, Any]:
    """Return what the index says of a run; of one with a broken record, that it is broken."""
    try:
        record = read_record(folder, "manifest.json")
        pages = [_page(entry, folder) for entry in record["notebooks"]]
        kept: dict[str, Any] = {k: str(record[k]) for k in ("status", "started", "ended")}
        findings = read_record(folder, "findings.json")["findings"]
        values = {one["id"]: (one["value"], one["statement"]) for one in findings}
        about = record.get("about", {})
    except _BROKEN:
        kept, pages = {"status": UNREADABLE, "started": "", "ended": ""}, []
        findings, values, about = [], {}, {}
    kept |= {"run_id": folder.name, "href": _href(folder), "about": about}
    kept |= {"changes": (folder / "changes.html").exists()}
    kept |= {"evidence": (folder / "evidence.csv").exists()}
    kept |= {"answers": (folder / "answers.docx").exists()}
    kept |= {"summary": (folder / "summary.html").exists()}
    return kept | {"pages": pages, "findings": findings, "values": values}


def _page(entry: dict[str, Any], folder: Path) -> dict[str, Any]:
    page = folder / f"{entry['name']}.html"
    href = f"{_href(folder)}/{quote(page.name)}" if page.exists() else None
    return {"name": entry["name"], "status": entry["status"], "href": href, "for": entry.get("for")}


def _href(folder: Path) -> str:
    return f"{quote(folder.parent.name)}/{quote(folder.name)}"


def _overviews(folder: Path, runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return, for each notebook and parameter it was run over, the newest page over its values."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for run in runs:
        cases = [page for page in run["pages"] if page["for"]]
        if cases and run["summary"]:
            notebook = cases[0]["name"].partition("-")[0]
            parameter = cases[0]["for"]["parameter"]
            done = sum(page["status"] == "done" for page in cases)
            told = {"parameter": parameter, "number": len(cases)}
            told |= {"title": _title(folder / run["run_id"], cases) or notebook}
            told |= {"done": done, "href": f"{run['href']}/summary.html", "run_id": run["run_id"]}
            found.setdefault((notebook, parameter), told)
    return list(found.values())


def _title(run: Path, cases: list[dict[str, Any]]) -> str:
    """Return the question that cases of one notebook were asked, nothing where none is kept."""
    kept = [run / f"{case['name']}.ipynb" for case in cases]
    with contextlib.suppress(*_BROKEN):
        return next((title_of(read_notebook(path)) for path in kept if path.exists()), "")
    return ""


def _answers(folder: Path, runs: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield, for each notebook, the question and answer of the newest run in which it is done."""
    names = dict.fromkeys(page["name"] for run in runs for page in run["pages"] if not page["for"])
    for name in names:
        done = [run for run in runs if _is_done(run, name)]
        if done:
            with contextlib.suppress(*_BROKEN):
                yield _answer(folder / done[0]["run_id"], name, done)


def _is_done(run: dict[str, Any], name: str) -> bool:
    return any(page["name"] == name and page["status"] == "done" for page in run["pages"])


def _answer(folder: Path, name: str, done: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the front page says of a notebook whose runs are ``done``, the newest first."""
    notebook = read_notebook(folder / f"{name}.ipynb")
    findings = [one for one in done[0]["findings"] if one["notebook"] == name]
    metadata = notebook.get("metadata", {})
    key = key_findings(metadata, findings)
    return {
        "name": name,
        "title": title_of(notebook) or name,
        "subject": subject_of(metadata),
        "href": f"{_href(folder)}/{quote(name)}.html",
        "run_id": folder.name,
        "origins": sorted({one.get("origin", "") for one in key} - {""}),
        "key": [in_brief(one["statement"], as_of=as_of_in(metadata)) for one in key],
        "findings": len(findings),
        "picture": _picture(notebook),
        "changes": _changes(name, *done[:2]) if len(done) > 1 else None,
    }


def _changes(name: str, new: dict[str, Any], old: dict[str, Any]) -> list[dict[str, str]]:
    """Return the findings of a notebook that are not as in the run before, as sentences."""
    mine = {one["id"] for run in (new, old) for one in run["findings"] if one["notebook"] == name}
    return [
        {"id": found, "before": _said(old, found), "now": _said(new, found)}
        for found in sorted(mine)
        if old["values"].get(found) != new["values"].get(found)
    ]


def _said(run: dict[str, Any], found: str) -> str:
    return in_short(run["values"][found][1]) if found in run["values"] else "not there"


def _picture(notebook: dict[str, Any]) -> dict[str, str] | None:
    """Return the picture that a notebook's metadata names, made small, with its description."""
    found = picture_of(notebook)
    return {"png": _small(found.png), "alt": found.description} if found else None


def _small(png: bytes) -> str:
    """Return a PNG at the width of a front page's picture, in base64."""
    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.thumbnail((PICTURE, PICTURE))
    stream = io.BytesIO()
    picture.quantize(32).save(stream, "PNG", optimize=True)
    return base64.b64encode(stream.getvalue()).decode()
