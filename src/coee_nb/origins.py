"""Where rows come from: published by somebody, an office's own records, or generated."""

from collections.abc import Iterable
from pathlib import Path

from coee_nb.errors import InputError
from coee_nb.files import read_file
from coee_nb.paths import project_root, resolve, shown

PUBLISHED, OWN, GENERATED = "published", "own records", "generated"
ORIGINS = (PUBLISHED, OWN, GENERATED)
DECLARATION = "origins.yaml"
MARK = " (generated data)"


def origin_of(path: str | Path) -> str:
    """Return the origin of a file or folder: "published", "own records" or "generated".

    The nearest ``origins.yaml`` in its folder or one above it, within the project, says so: a line
    ``NAME: {origin: published, source: ...}`` a file or folder. A path that nobody declared is
    generated when its name says generated, else the office's own records; so is one whose name
    says generated in a folder declared as something else. Raises InputError for a
    declaration that cannot be read, an origin that is none, or a published file without a source.
    """
    path = resolve(path).resolve()
    for file in declarations_of(path):
        if file.is_file():
            declared = _declared(file)
            parts = path.relative_to(file.parent).parts
            for length in range(len(parts), 0, -1):
                if (name := "/".join(parts[:length])) in declared:
                    inside = any("generated" in part.lower() for part in parts[length:])
                    return GENERATED if inside else declared[name]
    return GENERATED if any("generated" in part.lower() for part in _named(path)) else OWN


def declarations_of(path: str | Path) -> list[Path]:
    """Return the places of the declarations that may speak of a file or folder, nearest first."""
    return [folder / DECLARATION for folder in _folders(resolve(path).resolve())]


def combined(origins: Iterable[str]) -> str:
    """Return the origin of what rests on several: generated if any is, published if all are.

    >>> combined(["published", "generated"]), combined(["published"]), combined([])
    ('generated', 'published', '')
    """
    found = {origin for origin in origins if origin}
    if GENERATED in found:
        return GENERATED
    return found.pop() if len(found) == 1 else OWN if found else ""


def marked(text: str, origin: str) -> str:
    """Return a caption or sentence that says where generated rows are all it rests on.

    >>> marked("Late, by agency", "generated"), marked("Late, by agency", "published")
    ('Late, by agency (generated data)', 'Late, by agency')
    """
    said = origin != GENERATED or says_generated(text)
    return text if said else f"{text}{MARK}"


def says_generated(text: str) -> bool:
    """Return whether a text says that it rests on generated rows."""
    return "generated data" in text.lower()


def _folders(path: Path) -> list[Path]:
    """Return the folders above a path, nearest first, up to the project's; outside it, its own."""
    root = project_root()
    above = list(path.parents)
    return above[: above.index(root) + 1] if root in above else above[:1]


def _named(path: Path) -> tuple[str, ...]:
    root = project_root()
    return path.relative_to(root).parts if path.is_relative_to(root) else path.parts[-2:]


def _declared(file: Path) -> dict[str, str]:
    origins = {}
    declared = read_file(file).yaml() or {}
    if not isinstance(declared, dict):
        raise InputError("is not a list of NAME: {origin: ...} lines", where=shown(file))
    for name, line in declared.items():
        origin = line.get("origin") if isinstance(line, dict) else None
        if origin not in ORIGINS:
            raise InputError(
                f"{name}: {line!r} names no origin",
                where=shown(file),
                expected=f"origin: one of {', '.join(ORIGINS)}",
            )
        if origin == PUBLISHED and not line.get("source"):
            raise InputError(
                f"{name} is published, by a source that is not named",
                where=shown(file),
                do="add source: the publication, with its date or address",
            )
        origins[str(name).rstrip("/")] = origin
    return origins
