"""Is a published run still what it was, and do its inputs still stand as it read them?"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coee_nb.errors import InputError
from coee_nb.parameters import RUN_PREFIX
from coee_nb.paths import OUTSIDE
from coee_nb.publish.index import render_index
from coee_nb.publish.manifest import read_record, sha256, unreadable
from coee_nb.publish.run_files import BESIDE
from coee_nb.publish.scrub import made_file
from coee_nb.publish.status import FILE as STATUS

NOT_COVERED = (
    "Not covered: manifest.json itself (its seal must be the one that the run printed), files of "
    "inputs outside the project and not beside it, and whether the code and the inputs were right."
)


@dataclass(frozen=True)
class FileCheck:
    """One file of a run held against its record.

    ``state``: same, changed, gone, added, renamed, or not checked.
    """

    role: str
    path: str
    state: str


def is_broken(check: FileCheck) -> bool:
    """Tell whether a check says that the run is no longer what was published."""
    return check.role in ("output", "run", "index", "seal") and check.state != "same"


def find_run(given: str | Path, *, outputs: Path) -> Path:
    """Return the folder of a run named by its path or, within ``outputs``, by its run id.

    ``latest`` names the newest complete run of the only engagement, ``<engagement>/latest`` of one.

    Raises InputError when there is none, or more than one of that id.
    """
    path = Path(given)
    within = [place for place in (path, outputs / path) if (place / "manifest.json").is_file()]
    there = [manifest.parent for manifest in sorted(outputs.glob("*/*/manifest.json"))]
    named = [run for run in there if run.parts[-len(path.parts) :] == path.parts]
    found = [place.resolve() for place in within[:1] or named]
    if len(found) == 1:
        return found[0]
    raise InputError(
        "no such run" if not found else f"{len(found)} runs of that id",
        where=str(given),
        expected="a run's folder, or its run id",
        do=f"name one of {', '.join(f'{run.parent.name}/{given}' for run in found)}"
        if found
        else f"see {outputs.name}/index.html for the runs there are",
    )


def verify(run: Path, *, root: Path, seal: str | None = None) -> tuple[FileCheck, ...]:
    """Hold a run against its manifest: outputs, inputs, notebooks, parameter files, and its place.

    A file that the manifest does not know is "added"; a folder of another name than the run's id
    or engagement is "renamed"; the index must be what the runs beside it give; ``seal``, when
    given, must be the manifest's SHA-256. Without one the newest run is held against the seal that
    ``status.json`` beside it keeps.
    """
    seal = seal or _kept_seal(run)
    record = read_record(run, "manifest.json")
    try:
        found = tuple(_checks(record, run, root))
    except (LookupError, TypeError) as error:
        raise unreadable(run, "manifest.json", f"{type(error).__name__}: {error}") from error
    if seal is not None:
        same = sha256(run / "manifest.json") == seal.strip().lower()
        found = (FileCheck("seal", "manifest.json", "same" if same else "changed"), *found)
    return found


def _kept_seal(run: Path) -> str | None:
    """Return the seal with which a run ended, where it is the newest of its engagement."""
    try:
        told = json.loads((run.resolve().parent / STATUS).read_text("utf-8"))
        return str(told["seal"]) if told["run_id"] == run.resolve().name else None
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _checks(record: dict[str, Any], run: Path, root: Path) -> Iterator[FileCheck]:
    yield from _place(record, run.resolve())
    beside = [record[name] for name in BESIDE if name in record]
    outputs = [*beside, *(o for entry in record["notebooks"] for o in entry["outputs"])]
    for output in outputs:
        yield _hold("output", output, run)
    known = {"manifest.json", *(output["path"] for output in outputs)}
    there = (p.relative_to(run).as_posix() for p in sorted(run.rglob("*")) if _is_file(p))
    yield from (FileCheck("output", path, "added") for path in there if path not in known)
    seen = set()
    for entry in record["notebooks"]:
        sources = [("notebook", entry["notebook"]), ("parameters", entry["parameters"])]
        for role, described in (*sources, *(("input", i) for i in entry["inputs"])):
            if (described["path"], described["sha256"]) not in seen:
                seen.add((described["path"], described["sha256"]))
                yield _source(role, described, run, root)


def _is_file(path: Path) -> bool:
    """Tell whether a path is a file, or a link to anything."""
    return path.is_symlink() or not path.is_dir()


def _place(record: dict[str, Any], run: Path) -> Iterator[FileCheck]:
    """Hold the run's folder against its id, and the index against the runs it lists."""
    named = (record["engagement"], record["run_id"])
    same = named == (run.parent.name, run.name)
    yield FileCheck("run", "/".join(named), "same" if same else "renamed")
    index = run.parents[1] / "index.html"
    if not index.is_file():
        yield FileCheck("index", index.name, "gone")
        return
    same = index.read_text("utf-8") == render_index(run.parents[1])
    yield FileCheck("index", index.name, "same" if same else "changed")


def _source(role: str, described: dict[str, Any], run: Path, root: Path) -> FileCheck:
    """Hold what went into a run against the file it came from."""
    path = described["path"]
    if path.startswith(f"{OUTSIDE}/"):
        return FileCheck(role, path, "not checked")
    if path.startswith(RUN_PREFIX):
        return _hold(role, described, run, made_file(path, run))
    return _hold(role, described, root)


def _hold(role: str, described: dict[str, Any], base: Path, file: Path | None = None) -> FileCheck:
    path = file or base / described["path"]
    if not path.is_file():
        return FileCheck(role, described["path"], "gone")
    # a run has no links: what one leads to may change without its folder
    linked = role == "output" and path.is_symlink()
    same = sha256(path) == described["sha256"] and not linked
    return FileCheck(role, described["path"], "same" if same else "changed")
