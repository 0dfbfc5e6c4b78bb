"""What a notebook hands to the run that publishes it, beside what its cells show.

A notebook keeps what a person looks at. The lines of a table too long for it, findings too many
for a page's list, and files to give away go to the run's folder. Where no run asks for them, as in
JupyterLab, nothing is written.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path, PurePosixPath
from typing import Any

from coee_nb.errors import InputError

ASKED_BY_RUN = "COEE_HANDOVER"  # the variable that names the folder, <notebook>.handover
FILES = "files"  # the folder, in a run's and in what is handed over, of files to give away


def folder() -> Path | None:
    """Return the folder in which a run waits for what is handed over; None without a run."""
    given = os.environ.get(ASKED_BY_RUN, "")
    return Path(given) if given else None


def keep(name: str, record: dict[str, Any]) -> None:
    """Hand over all of a record of which the notebook keeps a part, under its name."""
    if (place := folder()) is not None:
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{name}.json").write_text(json.dumps(record, ensure_ascii=False), "utf-8")


def kept(place: Path | None, name: str) -> dict[str, Any] | None:
    """Return what was handed over under a name to the folder ``place``; None if nothing was."""
    file = place / f"{name}.json" if place and Path(name).name == name else None
    return json.loads(file.read_text("utf-8")) if file and file.is_file() else None


def give(path: str, content: bytes | Path) -> None:
    """Hand over a file to be given away: ``path`` within the run's files of this notebook.

    ``content`` may be a file, which is then copied without being held in memory. Raises
    InputError for a path that leads elsewhere.
    """
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\\" in path:
        raise InputError(f"{path!r} cannot name a file of a run", expected="a path below it")
    if (place := folder()) is not None:
        file = place / FILES / path
        write(file, content)


def write(file: Path, content: bytes | Path) -> None:
    """Write ``content``, bytes or another file's, to ``file``; make its folder if need be."""
    if not file.parent.is_dir():
        file.parent.mkdir(parents=True)
    if isinstance(content, Path):
        shutil.copyfile(content, file)
    else:
        file.write_bytes(content)


def address(path: str) -> str:
    """Return where a page finds a file that was given; blank without a run.

    >>> address("register.xlsx")
    ''
    """
    place = folder()
    return f"{FILES}/{place.name.removesuffix('.handover')}/{path}" if place else ""
