"""Is a published run still what it was, and do its inputs still stand as it read them?"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coee_nb.errors import InputError
from coee_nb.publish.manifest import sha256


@dataclass(frozen=True)
class Check:
    """One file of a run held against its recorded hash: same, changed or gone."""

    role: str
    path: str
    state: str


def find_run(given: str | Path, *, outputs: Path) -> Path:
    """Return the folder of a run named by its path or, within ``outputs``, by its run id.

    Raises InputError when there is none, or more than one of that id.
    """
    path = Path(given)
    found = [path] if (path / "manifest.json").is_file() else []
    found = found or [p.parent for p in sorted(outputs.glob(f"*/{path.name}/manifest.json"))]
    if len(found) == 1:
        return found[0]
    raise InputError(
        "no such run" if not found else f"{len(found)} runs of that id",
        where=str(given),
        expected="a run's folder, or its run id",
        do=f"see {outputs.name}/index.html for the runs there are",
    )


def read_record(run: Path, name: str) -> dict[str, Any]:
    """Return ``manifest.json`` or ``findings.json`` of a run; InputError when it cannot be read."""
    try:
        record = json.loads((run / name).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _unreadable(run, name, error) from error
    if not isinstance(record, dict):
        raise _unreadable(run, name, "not a record")
    return record


def _unreadable(run: Path, name: str, why: object) -> InputError:
    return InputError(
        f"cannot be read ({why})", where=f"{run.name}/{name}", do="run the notebooks again"
    )


def verify(run: Path, *, root: Path) -> tuple[Check, ...]:
    """Hold every output, input, notebook and parameter file of a run against its manifest."""
    record = read_record(run, "manifest.json")
    try:
        return tuple(_checks(record, run, root))
    except (LookupError, TypeError) as error:
        raise _unreadable(run, "manifest.json", f"{type(error).__name__}: {error}") from error


def _checks(record: dict[str, Any], run: Path, root: Path) -> Iterator[Check]:
    yield _check("output", record["findings"], run)
    seen = set()
    for entry in record["notebooks"]:
        for output in entry["outputs"]:
            yield _check("output", output, run)
        sources = [("notebook", entry["notebook"]), ("parameters", entry["parameters"])]
        for role, described in (*sources, *(("input", i) for i in entry["inputs"])):
            if described["path"] not in seen:
                seen.add(described["path"])
                yield _check(role, described, root)


def _check(role: str, described: dict[str, Any], base: Path) -> Check:
    path = base / described["path"]
    if not path.is_file():
        return Check(role, described["path"], "gone")
    same = sha256(path) == described["sha256"]
    return Check(role, described["path"], "same" if same else "changed")
