"""Has anything changed that went into an engagement's last run?

Kept in ``.last.json`` beside the runs, for the office alone: it names folders of this machine.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from coee_nb.parameters import RUN_PREFIX
from coee_nb.paths import OUTSIDE, resolve
from coee_nb.publish.fanout import FanOut
from coee_nb.publish.kernel import surroundings
from coee_nb.publish.manifest import sha256, write_json
from coee_nb.publish.plan import Plan

FILE = ".last.json"


def resting_on(plan: Plan) -> dict[str, str | None]:
    """Return sheets, notebooks and the files and folders that the sheets name, with their hashes.

    Ask before the notebooks run: what changes under a run is a change.
    """
    read = [content for job in plan.jobs for content in (job.params, job.notebook)]
    known: dict[str, str | None] = {str(one.path.resolve()): one.sha256 for one in read}
    for job in plan.jobs:
        for name in sorted(job.data):
            value = job.values.get(name)
            if isinstance(value, str) and value and not value.startswith(RUN_PREFIX):
                known[str(resolve(value).resolve())] = digest(resolve(value))
    return known


def remember(
    plan: Plan, known: dict[str, str | None], record: dict[str, Any], folder: Path
) -> None:
    """Keep what a published run rested on: ``known``, what it read besides, code and packages."""
    read = {
        str((plan.root / one["path"]).resolve()): one["sha256"]
        for entry in record["notebooks"]
        for one in entry["inputs"]
        if not one["path"].startswith((RUN_PREFIX, f"{OUTSIDE}/"))
    }
    kept = {
        "run_id": folder.name,
        "status": record["status"],
        "sheets": sorted({str(job.params.path.resolve()) for job in plan.jobs}),
        "over": _told(plan.over),
        "rests_on": read | known,
        "under": _under(),
    }
    write_json(folder.parent / FILE, kept)


def unchanged(engagement: Path, sheets: Sequence[Path], over: FanOut | None = None) -> str | None:
    """Return the id of the complete run that running ``sheets`` now would repeat; else None.

    ``over`` is for which values a notebook is run.
    """
    try:
        kept = json.loads((engagement / FILE).read_text("utf-8"))
        same = (
            kept["status"] == "complete"
            and (engagement / kept["run_id"]).is_dir()
            and kept["sheets"] == sorted(str(path.resolve()) for path in sheets)
            and kept.get("over") == _told(over)
            and kept["under"] == _under()
            and all(digest(Path(path)) == known for path, known in kept["rests_on"].items())
        )
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return kept["run_id"] if same else None


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


def _told(over: FanOut | None) -> list[Any] | None:
    return [over.parameter, over.values and list(over.values)] if over else None


def _under() -> dict[str, Any]:
    told = surroundings()
    return {name: told[name] for name in ("python", "packages", "package_sha256")}
