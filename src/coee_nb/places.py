"""Where the project stands on this disk, and how its files are named to readers."""

from pathlib import Path

from coee_nb.errors import ParameterError


def project_root(start: Path | None = None) -> Path:
    """Return the project folder: the nearest one above ``start`` (default: the current folder)
    with ``notebooks/`` and ``params/``, else the one this package was installed from.

    Raises ParameterError when there is neither.
    """
    here = (start or Path.cwd()).resolve()
    source = Path(__file__).resolve().parents[2]
    for folder in (here, *here.parents, source):
        if (folder / "notebooks").is_dir() and (folder / "params").is_dir():
            return folder
    raise ParameterError(
        "no project folder here",
        where=str(here),
        expected="a folder with notebooks/ and params/",
        do="change into the project folder",
    )


def resolve(path: str | Path) -> Path:
    """Return ``path`` as it is when absolute, else below the project folder."""
    path = Path(path).expanduser()
    return path if path.is_absolute() else project_root() / path


def shown(path: str | Path) -> str:
    """Return a path as readers see it: relative to the project, or the bare name outside it."""
    path = Path(path).resolve()
    try:
        return path.relative_to(project_root()).as_posix()
    except ValueError:
        return path.name
