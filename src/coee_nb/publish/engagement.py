"""A new engagement: a sheet of parameters a notebook to fill in, and what is still missing."""

import json
import re
import shutil
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import yaml
from pydantic.fields import FieldInfo

from coee_nb.arguments import known
from coee_nb.errors import InputError, ParameterError
from coee_nb.files import read_file
from coee_nb.parameters import RUN_PREFIX, Parameters, read_values
from coee_nb.paths import resolve, shown, working_in
from coee_nb.publish.about import FILE, read_about
from coee_nb.publish.plan import (
    notebooks_in,
    plan,
    references,
    schema_of,
    sheets_in,
    split_reference,
)

WIDTH = 96
HEAD = """\
# {question}
# Read by notebooks/{notebook}.ipynb. Fill in the lines that are no comments; `coee check
# {engagement}` says what is still missing. The others show what applies while they are left out.
"""
ABOUT = """\
# What the front page and the head of every page say of the engagement.
title: {title}

# The office that answers for it.
# office: ''

# What is covered: the program, the place.
# scope: ''

# The months or years that are covered.
# period: ''

# What the figures cannot tell.
# limits: ''

# The notebooks in the order in which the front page has their answers; the others follow.
# questions: []

# What each notebook is asked, as the title of its page: recommendation_aging: 'Which ... are late?'
# asked: {{}}
"""


def new_engagement(name: str, *, root: Path, notebooks: Sequence[str] = ()) -> tuple[Path, ...]:
    """Make ``params/<name>`` and ``data/<name>``; return the files of parameters made.

    Beside ``_engagement.yaml``, which says what the engagement is, there is one a notebook (of
    ``notebooks``; none named: of all): its required parameters to fill in, the others as comments
    with their defaults. Raises ParameterError when the name is unfit or taken, or there is no such
    notebook.
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
    there = {path.stem: path for path in sorted((root / "notebooks").glob("*.ipynb"))}
    chosen = [there[known(one, there, "notebook")] for one in notebooks] or list(there.values())
    aside = params.with_name(f".{name}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    for notebook in chosen:
        text = _sheet(notebook, engagement=name)
        (aside / f"{notebook.stem}.yaml").write_text(text, "utf-8")
    title = yaml.safe_dump(name.replace("_", " ").capitalize()).removesuffix("...\n").strip()
    (aside / FILE).write_text(ABOUT.format(title=title), "utf-8")
    data.mkdir(parents=True)
    aside.rename(params)
    return tuple(sheets_in(params))


def _sheet(notebook: Path, *, engagement: str) -> str:
    """Return the parameter file of a notebook to begin with."""
    content = read_file(notebook)
    fields = schema_of(content).model_fields
    head = HEAD.format(
        question=_question(content.data), notebook=notebook.stem, engagement=engagement
    )
    first = [_line(one, field, engagement) for one, field in fields.items() if field.is_required()]
    optional = [one for one, field in fields.items() if not field.is_required()]
    optional.sort(key=lambda one: one in Parameters.model_fields)  # those of every notebook last
    rest = [_line(one, fields[one], engagement) for one in optional]
    return "\n".join([head, *first, *rest])


def _question(notebook: bytes) -> str:
    """Return the first heading of a notebook."""
    for cell in json.loads(notebook)["cells"]:
        if cell["cell_type"] == "markdown":
            return "".join(cell["source"]).splitlines()[0].lstrip("# ")
    return ""


def _line(name: str, field: FieldInfo, engagement: str) -> str:
    """Return a parameter with its explanation: to fill in, or as a comment with its default."""
    said = textwrap.wrap(field.description or "", WIDTH)
    file = _file(field)
    if file:
        value = f"data/{engagement}/{file}"
    elif field.is_required():
        value = ""
    else:
        default = field.get_default(call_default_factory=True)
        value = yaml.safe_dump(default, default_flow_style=True).removesuffix("...\n").strip()
    line = f"{name}: {value}".rstrip()
    told = "".join(f"# {part}\n" for part in said)
    return f"{told}{line if field.is_required() else f'# {line}'}\n"


def _file(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    return str(extra.get("file", "")) if isinstance(extra, dict) else ""


@dataclass(frozen=True)
class Step:
    """What is still to be done for a notebook."""

    notebook: str
    do: str


def missing(name: str, *, root: Path) -> list[Step]:
    """Return what is still missing of an engagement, in the order to do it; empty: it can run.

    Raises ParameterError where there is no such engagement.
    """
    folder = root / "params" / name
    there = [path.name for path in (root / "params").glob("*") if path.is_dir()]
    known(name, there, "engagement")
    with working_in(root):
        try:
            read_about(folder, notebooks_in(root))
            first = []
        except ParameterError as error:
            first = [Step(FILE, str(error))]
        sheets = {sheet.stem: sheet for sheet in sheets_in(folder)}
        waits = {name: _waits_for(sheet) & set(sheets) for name, sheet in sheets.items()}
        found: dict[str, list[Step]] = {}
        for one in _in_turn(waits, _built_on_others(root)):
            along = [sheets[other] for other in sheets if other in _all_of(one, waits)]
            ready = not first and not any(found[path.stem] for path in along)
            found[one] = [*_steps(sheets[one], along if ready else None, root)]
        return [*first, *(step for steps in found.values() for step in steps)]


def _waits_for(sheet: Path) -> set[str]:
    """Return the notebooks whose output a sheet names; none of a sheet that cannot be read."""
    try:
        return {split_reference(one)[0] for one in references(read_values(read_file(sheet)))}
    except (ParameterError, InputError):
        return set()


def _built_on_others(root: Path) -> set[str]:
    """Return the notebooks that people fill in after the others."""
    there = (root / "notebooks").glob("*.ipynb")
    return {path.stem for path in there if schema_of(read_file(path)).BUILT_ON_OTHERS}


def _in_turn(waits: Mapping[str, set[str]], late: set[str]) -> list[str]:
    """Return the notebooks, each after those it waits for; in their order where these go round.

    Those of ``late`` come after all the others.
    """
    first = {*waits} - late
    turns = {name: sorted(waits[name] | (first if name in late else set())) for name in waits}
    try:
        return [*TopologicalSorter(turns).static_order()]
    except CycleError:
        return [*waits]


def _all_of(name: str, waits: Mapping[str, set[str]]) -> set[str]:
    """Return every notebook that one waits for, those included that these wait for."""
    found: set[str] = set()
    todo = waits[name] - {name}
    while todo:
        found |= todo
        todo = set().union(*(waits[one] for one in todo)) - found - {name}
    return found


def _steps(sheet: Path, along: list[Path] | None, root: Path) -> Iterator[Step]:
    """Yield what a sheet lacks; it is planned with those it needs once these lack nothing."""
    try:
        schema = schema_of(read_file(root / "notebooks" / f"{sheet.stem}.ipynb"))
        steps = [*_unfilled(schema, read_values(read_file(sheet)), shown(sheet))]
        if not steps and along is not None:
            plan([*along, sheet])
    except (ParameterError, InputError) as error:
        steps = [str(error)]
    yield from (Step(sheet.stem, do) for do in steps)


def _unfilled(schema: type[Parameters], values: dict, sheet: str) -> Iterator[str]:
    """Yield a line for each required value left open, and for each file that is not there."""
    for name, field in schema.model_fields.items():
        value = values.get(name)
        told = field.description or name
        if value is None and field.is_required():
            yield f"fill in {name} in {sheet}: {told}"
        elif name in schema.data_fields() and isinstance(value, str) and not _there(value):
            yield f"put the file or folder at {value} ({name}): {told}"


def _there(path: str) -> bool:
    return path.startswith(RUN_PREFIX) or resolve(path).exists()
