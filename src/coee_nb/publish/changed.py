"""Has anything changed that went into the last run of a notebook?

Kept in ``.last.json`` beside the runs, for the office alone: it names folders of this machine. Each
sheet has a record of its own, so that lines of a crontab which run an engagement's notebooks apart
do not undo each other's.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from coee_nb.origins import declarations_of
from coee_nb.parameters import RUN_PREFIX
from coee_nb.paths import OUTSIDE, resolve
from coee_nb.publish import about, evidence, methods
from coee_nb.publish.fanout import FanOut
from coee_nb.publish.kernel import surroundings
from coee_nb.publish.manifest import sha256, write_json
from coee_nb.publish.plan import Job, Plan

FILE = ".last.json"
Known = dict[str, str | None]  # files and folders by their place, with their hashes


def resting_on(plan: Plan) -> dict[str, Known]:
    """Return for each job what it rests on: sheet, notebook, data, what is said of either.

    What a job takes from another of its run rests on what that one does. Ask before the notebooks
    run: what changes under a run is a change.
    """
    found: dict[str, Known] = {}
    for job in plan.jobs:  # each after those it needs
        own = {str(path.resolve()): digest(path) for path in _beside(job, plan.root)}
        own |= {str(read.path.resolve()): read.sha256 for read in (job.params, job.notebook)}
        found[job.name] = own
        for name in job.needs:
            found[job.name] |= found[name]
    return found


def _beside(job: Job, root: Path) -> Iterator[Path]:
    """Yield what a sheet names, the code of its parameters, and what pages take words from."""
    yield root / methods.SOURCE
    yield from job.code
    yield from (job.params.path.with_name(name) for name in (about.FILE, evidence.CHECKED))
    for text in _texts([job.values.get(name) for name in sorted(job.data)]):
        if not text.startswith(RUN_PREFIX):
            yield resolve(text)
            yield from declarations_of(text)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def remember(
    plan: Plan, known: dict[str, Known], record: dict[str, Any], folder: Path, *, printed: bool
) -> None:
    """Keep for each sheet of a published run what it rested on: ``known``, and what it read.

    ``printed`` pages are PDF files too.
    """
    under, new = _under(), dict[str, Any]()
    for job, entry in zip(plan.jobs, record["notebooks"], strict=True):
        begun = {"run_id": folder.name, "done": True, "printed": printed, "under": under}
        key = _key(job.params.path, plan.over if job.case else None)
        one = new.setdefault(key, begun | {"rests_on": {}})
        one["done"] &= entry["status"] == "done"
        one["rests_on"] |= _read(entry, plan.root) | known[job.name]
    write_json(folder.parent / FILE, _kept(folder.parent) | new)


def _read(entry: dict[str, Any], root: Path) -> Known:
    """Return the inputs that a notebook read, by the places that their published names lead to."""
    return {
        str((root / one["path"]).resolve()): one["sha256"]
        for one in entry["inputs"]
        if not one["path"].startswith((RUN_PREFIX, f"{OUTSIDE}/"))
    }


def unchanged(
    engagement: Path, sheets: Sequence[Path], over: FanOut | None = None, *, printed: bool = False
) -> str | None:
    """Return the newest run after which running ``sheets`` now would change nothing; else None.

    ``over`` is for which values a notebook is run; ``printed`` asks for PDF files of the pages.
    """
    kept = _kept(engagement)
    asked = [[_key(path, over), _key(path, None)] for path in sheets]
    found = [next((kept[key] for key in keys if key in kept), None) for keys in asked]
    if over and not any(keys[0] in kept for keys in asked):
        return None
    under = _under()
    try:
        same = all(_stands(one, engagement, under, printed=printed) for one in found)
        return max(one["run_id"] for one in found if one) if same else None
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _stands(one: dict[str, Any] | None, engagement: Path, under: str, *, printed: bool) -> bool:
    """Tell whether a sheet's last run is there and rests on what there is now."""
    return (
        one is not None
        and one["done"]
        and (engagement / one["run_id"]).is_dir()
        and one["under"] == under
        and one["printed"] >= printed
        and all(digest(Path(path)) == known for path, known in one["rests_on"].items())
    )


def digest(path: Path) -> str | None:
    """Return one hash over a file, or over the names and bytes of all files in a folder."""
    if path.is_file():
        return sha256(path)
    if not path.is_dir():
        return None
    whole = hashlib.sha256()
    for file in sorted(one for one in path.rglob("*") if one.is_file()):
        whole.update(f"{file.relative_to(path).as_posix()}\0{sha256(file)}\n".encode())
    return whole.hexdigest()


def _kept(engagement: Path) -> dict[str, Any]:
    """Return the records of an engagement by sheet; none where they cannot be read."""
    try:
        kept = json.loads((engagement / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _key(sheet: Path, over: FanOut | None) -> str:
    """Return what a sheet's record is kept under: its place, and for which values it was run."""
    told = [over.parameter, over.values and list(over.values)] if over else None
    return json.dumps([str(sheet.resolve()), told])


def _under() -> str:
    """Return one hash over Python, packages and code."""
    told = surroundings()
    kept = {name: told[name] for name in ("python", "packages", "package_sha256")}
    return hashlib.sha256(json.dumps(kept).encode()).hexdigest()
