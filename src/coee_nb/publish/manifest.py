"""The record of a run: hashes of what went in and came out, versions, times, states."""

import contextlib
import hashlib
import json
import re
import subprocess
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any

from coee_nb.errors import InputError
from coee_nb.files import Content, writing
from coee_nb.paths import shown
from coee_nb.plain import HIDDEN

_ACTS = re.compile(f"[{HIDDEN}\ud800-\udfff]")


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def described(path: Path, base: Path) -> dict[str, Any]:
    """Return path (relative to ``base``), hash and size of a file."""
    return {
        "path": path.relative_to(base).as_posix(),
        "sha256": sha256(path),
        "bytes": path.stat().st_size,
    }


def read(content: Content) -> dict[str, Any]:
    """Return name, hash and size of a file as it was when it was read."""
    return {
        "path": shown(content.path),
        "sha256": content.sha256,
        "bytes": len(content.data),
    }


def kernels(folder: Path) -> dict[str, Any]:
    """Return what the kernels of a run told of themselves: Python, platform, packages, code.

    They are of one interpreter, so that one record stands for all; None and nothing where no
    kernel came to start.
    """
    told = sorted(folder.glob("*.json"))
    nothing: dict[str, Any] = {
        "python": None,
        "platform": None,
        "packages": {},
        "package_sha256": None,
    }
    return json.loads(told[0].read_text("utf-8")) if told else nothing


def code(root: Path) -> dict[str, Any]:
    """Return the commit of the project, and whether it has uncommitted changes."""

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, text=True, timeout=30
        )
        return done.stdout.strip() if done.returncode == 0 else ""

    try:
        commit = git("rev-parse", "HEAD")
        changed = bool(git("status", "--porcelain", "--untracked-files=no"))
    except (OSError, subprocess.TimeoutExpired):
        commit, changed = "", False
    return {"commit": commit or None, "uncommitted_changes": changed if commit else None}


def manifests_in(engagement: Path, *, of: Collection[str] = ()) -> list[Path]:
    """Return the manifests of an engagement's published runs, the oldest first.

    ``of`` leaves those of readable runs that have none of these notebooks out.
    """
    found = engagement.glob("[!.]*/manifest.json")
    runs = sorted(path for path in found if not path.parent.is_symlink())
    return [path for path in runs if not of or _has_any(path, of)]


def _has_any(path: Path, names: Collection[str]) -> bool:
    try:
        entries = read_record(path.parent, path.name)["notebooks"]
        return any(entry["name"] in names for entry in entries)
    except (InputError, LookupError, TypeError):
        return True


def usual_seconds(engagement: Path) -> dict[str, float]:
    """Return how long each notebook took when an engagement's runs last ran it, in seconds."""
    found: dict[str, float] = {}
    for path in manifests_in(engagement)[-3:]:
        with contextlib.suppress(InputError, LookupError, TypeError, ValueError):
            for entry in read_record(path.parent, path.name)["notebooks"]:
                began, ended = (datetime.fromisoformat(entry[k]) for k in ("started", "ended"))
                found[entry["name"]] = (ended - began).total_seconds()
    return found


def write_json(path: Path, content: Any) -> None:
    """Write ``content`` to ``path``, whole or not at all, no character of it as one that acts."""
    text = json.dumps(content, indent=1, ensure_ascii=False, default=str)
    with writing(path) as stream:
        stream.write(_ACTS.sub(_escaped, text) + "\n")


def _escaped(found: re.Match) -> str:
    return f"\\u{ord(found[0]):04x}"


def read_record(run: Path, name: str) -> dict[str, Any]:
    """Return ``manifest.json`` or ``findings.json`` of a run; InputError when it cannot be read."""
    try:
        record = json.loads((run / name).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise unreadable(run, name, error) from error
    if not isinstance(record, dict):
        raise unreadable(run, name, "not a record")
    return record


def unreadable(run: Path, name: str, why: object) -> InputError:
    """Return the error for a record of a run that is not what a run writes."""
    return InputError(
        f"cannot be read ({why})", where=f"{run.name}/{name}", do="run the notebooks again"
    )
