"""Where the project stands on this disk, and how its files are named to readers."""

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from coee_nb.errors import ParameterError

OUTSIDE = "outside"  # begins the name of a file that stands neither in the project nor beside it
_ROOT: ContextVar[Path | None] = ContextVar("project root", default=None)


def project_root(start: Path | None = None) -> Path:
    """Return the project folder: the nearest one above ``start`` (default: the current folder)
    with ``notebooks/`` and ``params/``, else the one this package was installed from.

    Within ``working_in`` it is the folder named there. Raises ParameterError when there is none.
    """
    chosen = _ROOT.get()
    if start is None and chosen is not None:
        return chosen
    here = (start or Path.cwd()).resolve()
    found = enclosing_project(here) or enclosing_project(Path(__file__).resolve().parents[2])
    if found is None:
        raise ParameterError(
            "no project folder here",
            where=str(here),
            expected="a folder with notebooks/ and params/",
            do="change into the project folder",
        )
    return found


def enclosing_project(path: str | Path) -> Path | None:
    """Return the nearest folder at or above ``path`` with ``notebooks/`` and ``params/``."""
    here = Path(path).resolve()
    for folder in (here, *here.parents):
        if (folder / "notebooks").is_dir() and (folder / "params").is_dir():
            return folder
    return None


def is_own_code(root: Path, file: Path) -> bool:
    """Tell whether a module's file is the project's own; its environment may lie in its folder."""
    besides = (Path(__file__).parent, Path(sys.prefix))
    return file.is_relative_to(root) and not any(file.is_relative_to(one) for one in besides)


@contextmanager
def working_in(root: Path) -> Iterator[None]:
    """Let relative paths mean places in the project at ``root``, wherever one stands."""
    before = _ROOT.set(root.resolve())
    try:
        yield
    finally:
        _ROOT.reset(before)


def resolve(path: str | Path) -> Path:
    """Return ``path`` as it is when absolute, else below the project folder.

    A relative path means the same in a parameter, in a notebook and in every function that reads.
    Raises ParameterError for what is no path.
    """
    if not isinstance(path, str | os.PathLike):
        raise ParameterError(f"{path!r} names no file", expected="a path such as data/list.csv")
    path = Path(path).expanduser()
    return path if path.is_absolute() else project_root() / path


def shown(path: str | Path) -> str:
    """Return a path as readers see it: relative to the project, without this machine's folders.

    A file beside the project is named by its way from there (``../x/events.csv``); one further
    away by its folder, a mark of the folder's full name, and its own name
    (``outside/x-1f0a9b/events.csv``), so that no two files bear one name.
    """
    path, root = resolve(path).resolve(), project_root()
    if path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    if path.is_relative_to(root.parent) and root.parent != Path(root.anchor):
        return f"../{path.relative_to(root.parent).as_posix()}"
    mark = hashlib.sha256(os.fsencode(path.parent)).hexdigest()[:6]
    return f"{OUTSIDE}/{path.parent.name}-{mark}/{path.name}"


def as_named(path: str | Path) -> str:
    """Return a path as the person knows it who named it: in full where it is not in the project.

    For messages on a terminal; what is published names files as `shown` does.
    """
    return shown(path) if resolve(path).resolve().is_relative_to(project_root()) else str(path)
