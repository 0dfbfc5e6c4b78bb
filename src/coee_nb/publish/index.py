"""The front page: each question with its answer and what changed, then every run."""

import base64
import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from coee_nb.errors import InputError
from coee_nb.files import writing
from coee_nb.publish.about import place
from coee_nb.publish.compare import Changed, changed_findings
from coee_nb.publish.extract import picture_of, read_notebook, subject_and_period, title_of
from coee_nb.publish.key import as_of_in, in_brief, key_findings, said_once
from coee_nb.publish.layout import quietly
from coee_nb.publish.manifest import manifests_in, read_record
from coee_nb.publish.run_files import BESIDE, FOR_READERS
from coee_nb.publish.templates import rendered

PATIENCE = 20  # seconds for another run to write the index
PICTURES = 600_000  # characters of all pictures: a page stays under 1 MB
TOP = 3  # changes that the head of the page tells in full
UNREADABLE = "its record cannot be read"
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_BROKEN = (InputError, LookupError, TypeError, AttributeError, ValueError, OSError)


def write_index(outputs: Path) -> Path:
    """Write ``outputs/index.html`` over every published run and return its path.

    A run whose record cannot be read is listed as such. The page is made under a lock, so that
    of two runs that end at once neither is left out. Raises OSError where it cannot be
    written, and when another process holds that lock for too long.
    """
    from filelock import FileLock

    index = outputs / "index.html"
    with FileLock(outputs / ".index.lock", timeout=PATIENCE), writing(index) as stream:
        stream.write(render_index(outputs))
    return index


def render_index(outputs: Path) -> str:
    """Return the page over the runs in ``outputs``, which is the same as long as they are."""
    folders = sorted(p for p in outputs.iterdir() if p.is_dir() and p.name[0] != ".")
    engagements = [made for made in map(_engagement, folders) if made["runs"]]
    _limit_pictures(answer for made in engagements for answer in made["answers"])
    titles = "; ".join(made["about"]["title"] for made in engagements)
    newest = ", ".join(made["runs"][0]["run_id"] for made in engagements)
    return rendered(
        "index.html.j2",
        head=titles,
        foot=f"Newest run: {newest}",
        filters={"minute": minute, "quietly": quietly},
        engagements=engagements,
    )


def minute(stamp: str) -> str:
    """Return a time of a record as people write it.

    >>> minute("2024-05-01T06:00:31Z"), minute("then")
    ('2024-05-01 06:00', 'then')
    """
    return stamp[:16].replace("T", " ") if _STAMP.match(stamp) else stamp


def _limit_pictures(answers: Iterable[dict[str, Any]]) -> None:
    """Take away the pictures beyond what the page may hold."""
    held = 0
    for answer in answers:
        held += len(answer["picture"]["png"]) if answer["picture"] else 0
        if held > PICTURES:
            answer["picture"] = None


def _engagement(folder: Path) -> dict[str, Any]:
    runs = [_run(path.parent) for path in reversed(manifests_in(folder))]
    latest = next((run for run in runs if run["status"] == "complete"), None)
    about = next((run["about"] for run in runs if run["about"]), {"title": folder.name})
    in_turn = about.get("questions") or ()
    found = _answers(folder, runs, about.get("period") or "")
    answers = sorted(found, key=lambda answer: place(in_turn, answer["name"]))
    return {
        "name": folder.name,
        "about": about,
        "runs": runs,
        "latest": latest,
        "overviews": _overviews(folder, runs),
        "answers": answers,
        "origins": sorted({origin for one in answers for origin in one["origins"]}),
        "since": _since(runs[0], answers) if runs else None,
    }


def _since(newest: Mapping[str, Any], answers: Iterable[Mapping[str, Any]]) -> Any:
    """Return what a run's record has of the numbers that changed, those first that answer.

    None where there was no run before. Of an earlier run that was removed nothing is quoted.
    """
    if newest["changed"] is None:
        return None
    mine = [one for one in answers if one["run_id"] == newest["run_id"]]
    changed = [change for one in mine for change in one["changes"] or () if change.in_number]
    answering = {found for one in mine for found in one["ids"]}
    changed.sort(key=lambda change: change.finding["id"] not in answering)
    return {"number": newest["changed"], "top": changed[:TOP]}


def _run(folder: Path) -> dict[str, Any]:
    """Return what the index says of a run; of one with a broken record, that it is broken."""
    try:
        record = read_record(folder, "manifest.json")
        pages = [_page(entry, folder) for entry in record["notebooks"]]
        kept: dict[str, Any] = {k: str(record[k]) for k in ("status", "started", "ended")}
        findings = read_record(folder, "findings.json")["findings"]
        about, changed = record.get("about", {}), (record.get("changed") or {}).get("numbers")
    except _BROKEN:
        kept, pages = {"status": UNREADABLE, "started": "", "ended": ""}, []
        findings, about, changed = [], {}, None
    kept |= {"run_id": folder.name, "href": _href(folder), "about": about, "changed": changed}
    files = [BESIDE[name] for name in FOR_READERS]
    kept |= {"files": [name for name in files if (folder / name).exists()]}
    return kept | {"pages": pages, "findings": findings}


def _page(entry: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return a notebook's name and state in a run, and where its page and its PDF file are."""
    page, pdf = (folder / f"{entry['name']}.{ending}" for ending in ("html", "pdf"))
    links = {
        name: f"{_href(folder)}/{quote(file.name)}" if file.exists() else None
        for name, file in (("href", page), ("pdf", pdf))
    }
    return {"name": entry["name"], "status": entry["status"], "for": entry.get("for")} | links


def _href(folder: Path) -> str:
    return f"{quote(folder.parent.name)}/{quote(folder.name)}"


def _overviews(folder: Path, runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return, for each notebook and parameter it was run over, the newest page over its values."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for run in runs:
        cases = [page for page in run["pages"] if page["for"]]
        if cases and BESIDE["summary"] in run["files"]:
            notebook = cases[0]["name"].partition("-")[0]
            parameter = cases[0]["for"]["parameter"]
            done = sum(page["status"] == "done" for page in cases)
            told = {"parameter": parameter, "number": len(cases)}
            told |= {"title": _title(folder / run["run_id"], cases) or notebook}
            told |= {"done": done, "href": f"{run['href']}/{BESIDE['summary']}"}
            told |= {"run_id": run["run_id"]}
            found.setdefault((notebook, parameter), told)
    return list(found.values())


def _title(run: Path, cases: list[dict[str, Any]]) -> str:
    """Return the question that cases of one notebook were asked, nothing where none is kept."""
    kept = [run / f"{case['name']}.ipynb" for case in cases]
    with contextlib.suppress(*_BROKEN):
        return next((title_of(read_notebook(path)) for path in kept if path.exists()), "")
    return ""


def _answers(folder: Path, runs: list[dict[str, Any]], period: str) -> Iterator[dict[str, Any]]:
    """Yield, for each notebook, the question and answer of the newest run in which it is done."""
    names = dict.fromkeys(page["name"] for run in runs for page in run["pages"] if not page["for"])
    for name in names:
        done = [run for run in runs if _is_done(run, name)]
        if done:
            with contextlib.suppress(*_BROKEN):
                yield _answer(folder / done[0]["run_id"], name, done, period)


def _is_done(run: dict[str, Any], name: str) -> bool:
    return any(page["name"] == name and page["status"] == "done" for page in run["pages"])


def _answer(folder: Path, name: str, done: list[dict[str, Any]], period: str) -> dict[str, Any]:
    """Return what the front page says of a notebook whose runs are ``done``, the newest first.

    ``period`` is the engagement's, for a notebook that says neither day nor period itself.
    """
    notebook = read_notebook(folder / f"{name}.ipynb")
    findings = [one for one in done[0]["findings"] if one["notebook"] == name]
    metadata = notebook.get("metadata", {})
    key, as_of = key_findings(metadata, findings), as_of_in(metadata)
    return {
        "name": name,
        "title": title_of(notebook) or name,
        "subject": subject_and_period(notebook, period),
        "href": f"{_href(folder)}/{quote(name)}.html",
        "pdf": next(page["pdf"] for page in done[0]["pages"] if page["name"] == name),
        "run_id": folder.name,
        "ids": [one["id"] for one in key],
        "origins": sorted({one.get("origin", "") for one in key} - {""}),
        "key": [in_brief(one["statement"], as_of=as_of) for one in said_once(key, as_of=as_of)],
        "findings": len(findings),
        "picture": _picture(notebook),
        "changes": _changes(name, done[0], done[1], as_of) if len(done) > 1 else None,
        "before": done[1]["run_id"] if len(done) > 1 else None,
    }


def _changes(name: str, new: dict[str, Any], old: dict[str, Any], as_of: str) -> list[Changed]:
    """Return the findings of a notebook that are not as in the run before."""
    mine = [[one for one in run["findings"] if one["notebook"] == name] for run in (old, new)]
    return changed_findings(*mine, as_of=as_of)


def _picture(notebook: dict[str, Any]) -> dict[str, str] | None:
    """Return the picture that a notebook's metadata names, in base64, with its description."""
    found = picture_of(notebook)
    if found is None:
        return None
    png = base64.b64encode(found.png).decode()
    return {"png": png, "alt": found.description, "title": found.title}
