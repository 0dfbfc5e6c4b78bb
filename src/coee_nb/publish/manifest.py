"""The record of a run: hashes of what went in and came out, versions, times, states."""

import hashlib
import json
import os
import platform
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path
from typing import Any


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


def surroundings(root: Path) -> dict[str, Any]:
    """Return the Python, platform, package versions and state of the code a run was made with."""
    packages = {dist.name.lower(): dist.version for dist in distributions() if dist.name}
    return {
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "packages": dict(sorted(packages.items())),
        "code": _code(root),
    }


def _code(root: Path) -> dict[str, Any]:
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


def write_json(path: Path, content: Any) -> None:
    """Write ``content`` beside ``path``, then rename: a reader never sees half a file."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(json.dumps(content, indent=1, ensure_ascii=False, default=str) + "\n", "utf-8")
    aside.replace(path)
