"""A new engagement: the example's parameter files with empty inputs, and a folder for them."""

import re
import shutil
from pathlib import Path

from coee_nb.errors import ParameterError
from coee_nb.publish.plan import EXAMPLE

EXAMPLE_ONLY = "leave out in a real engagement"  # marks a line that only the example needs


def new_engagement(name: str, *, root: Path) -> tuple[Path, ...]:
    """Make ``params/<name>`` and ``data/<name>``; return the parameter files made.

    Each file is the example's with the paths of its inputs turned to the new data folder, which
    is empty: until the inputs are put there, a run says which one is missing. Lines that only the
    example needs become comments. Raises
    ParameterError when the name is unfit or taken.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9_]*", name):
        raise ParameterError(
            f"{name!r} cannot name an engagement",
            expected="lower-case letters, digits and underscores",
        )
    params, data = root / "params" / name, root / "data" / name
    taken = next((folder for folder in (params, data) if folder.exists()), None)
    if taken:
        raise ParameterError(
            f"{taken.relative_to(root)} is there already", do="choose another name, or use it"
        )
    aside = params.with_name(f".{name}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    example = Path(EXAMPLE).name
    for source in sorted((root / EXAMPLE).glob("*.yaml")):
        text = source.read_text("utf-8").replace(f"data/{example}/", f"data/{name}/")
        lines = text.splitlines(keepends=True)
        kept = (f"# {line}" if EXAMPLE_ONLY in line else line for line in lines)
        (aside / source.name).write_text("".join(kept), "utf-8")
    data.mkdir(parents=True)
    aside.rename(params)
    return tuple(sorted(params.glob("*.yaml")))
