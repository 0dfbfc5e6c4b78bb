"""What a run will do: which notebooks, with which checked parameters, in which order."""

import difflib
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from pathlib import Path
from typing import Any

from coee_nb.errors import CoeeError, ParameterError
from coee_nb.files import Content, read_file
from coee_nb.parameters import RUN_PREFIX, Parameters, read_values
from coee_nb.paths import enclosing_project, is_own_code, project_root, resolve, shown, working_in
from coee_nb.publish.about import About, read_about
from coee_nb.publish.evidence import Ticks
from coee_nb.publish.fanout import Case, FanOut, names_for, refuse_confidential
from coee_nb.publish.gate import under_disclosure

EXAMPLE = "params/oig_22_34"
LATEST = "latest"  # leads, beside an engagement's runs, to the newest complete one
LONGEST = 200  # bytes of a name; file systems take 255


@dataclass(frozen=True)
class Job:
    """One notebook to run: its file, its parameter file, and the jobs it waits for.

    ``notebook`` and ``params`` are what was read when the run was planned: what is executed and
    recorded. ``values`` are the effective ones: every parameter, as the file gives it or by its
    default; ``data`` names those of them that are files or folders; ``case`` is the value that
    this run of the notebook is for, where it is run for many; ``code`` are the files outside this
    package that its set of parameters is written in.
    """

    name: str
    notebook: Content
    params: Content
    values: dict[str, Any]
    data: frozenset[str] = field(default=frozenset())
    needs: frozenset[str] = field(default=frozenset())
    case: Case | None = None
    code: tuple[Path, ...] = ()

    @property
    def stem(self) -> str:
        """The name of the notebook, which several jobs of a run may share."""
        return self.notebook.path.stem


@dataclass(frozen=True)
class Plan:
    """The jobs of one run, each after those it needs, their engagement, and their project.

    ``about`` is what the engagement says of itself, ``ticks`` what its reviewers checked, ``over``
    the values that a notebook is run for, one job each.
    """

    engagement: str
    jobs: tuple[Job, ...]
    root: Path
    about: About
    ticks: Ticks
    over: FanOut | None = None


def plan(
    given: Sequence[str | Path], *, root: Path | None = None, over: FanOut | None = None
) -> Plan:
    """Return the checked plan for parameter files or folders of them (default: the example).

    Notebooks and relative paths are those of the project the parameter files stand in; ``root``
    is the project of files that stand in none (default: that of the current folder). The notebook
    that has the parameter of ``over`` is run once for each of its values. Every
    parameter and every input is checked; all faults are told in one ParameterError, one alone as
    the CoeeError that it is, and nothing has been started.
    """
    here = root or enclosing_project(Path.cwd())
    files = list(parameter_files(given or [(here or project_root()) / EXAMPLE]))
    project = _project_of(files, here)
    with working_in(project):
        return _planned(files, project, over)


def _project_of(files: Sequence[Path], here: Path | None) -> Path:
    """Return the one project of the parameter files, else ``here``."""
    found = {file: enclosing_project(file.parent) or here for file in files}
    roots = {root for root in found.values() if root}
    if None in found.values():
        lost = next(file for file, root in found.items() if root is None)
        raise ParameterError(
            "stands in no project",
            where=str(lost.resolve()),
            expected="a folder with notebooks/ and params/ above the parameter file",
            do="move the file into a project's params/, or run it from a project's folder",
        )
    if len(roots) > 1:
        raise ParameterError(
            f"parameter files of {len(roots)} projects: {', '.join(sorted(map(str, roots)))}",
            do="run each project by itself",
        )
    return roots.pop()


def _planned(files: Sequence[Path], root: Path, over: FanOut | None) -> Plan:
    engagements = sorted({file.resolve().parent.name for file in files})
    if len(engagements) > 1:
        raise ParameterError(
            f"files of {len(engagements)} engagements: {', '.join(engagements)}",
            expected="parameter files of one engagement",
            do="run each engagement by itself",
        )
    check_engagement(engagements[0])
    for file in files:
        check_name(file.stem, "a notebook", where=shown(file.parent))
    sheets = files[0].resolve().parent
    jobs: list[Job] = []
    faults: list[CoeeError] = []
    with _kept_in(faults):
        about = read_about(sheets, notebooks_in(root))
    for file in files:
        with _kept_in(faults):
            jobs += _jobs(file, root=root, over=over)
    if faults:
        raise faults[0] if len(faults) == 1 else ParameterError("\n".join(map(str, faults)))
    if over is not None:
        _refuse_unasked(over, jobs)
    return Plan(engagements[0], _ordered(jobs), root, about, Ticks.of(sheets), over)


@contextmanager
def _kept_in(faults: list[CoeeError]) -> Iterator[None]:
    """Keep what is refused within, to be told with the others."""
    try:
        yield
    except CoeeError as error:
        faults.append(error)


def notebooks_in(root: Path) -> list[str]:
    """Return the names of a project's notebooks."""
    return sorted(path.stem for path in (root / "notebooks").glob("*.ipynb"))


def check_engagement(name: str) -> None:
    """Raise ParameterError for a name under which runs would be hidden or taken for another's."""
    check_name(name, "an engagement", where="params", taken=(LATEST, "index.html"))


def check_name(name: str, what: str, *, where: str, taken: Sequence[str] = ()) -> None:
    """Raise ParameterError for a name whose files would be hidden, or act where they are listed.

    Names of ``taken`` mean something else there; a longer one than `LONGEST` leaves no place for
    the ends of files that are called after it.
    """
    if name[0] == "." or name in taken or not name.isprintable() or len(name.encode()) > LONGEST:
        other = f", is not {' or '.join(map(repr, taken))}" if taken else ""
        raise ParameterError(
            f"{name!r} is no name for {what}",
            where=where,
            expected=f"a name that does not begin with a dot{other}, can be printed and has at "
            f"most {LONGEST} bytes",
            do="rename it",
        )


def sheets_in(folder: Path) -> list[Path]:
    """Return the parameter files of a folder, by name; those of editors and systems are hidden."""
    return sorted(folder.glob("[!_.]*.yaml"))


def parameter_files(given: Sequence[str | Path]) -> Iterator[Path]:
    """Yield the parameter files that are named, or lie in the folders that are."""
    for item in given:
        path = resolve(item) if not Path(item).exists() else Path(item)
        if path.is_dir():
            found = sheets_in(path)
            if not found:
                raise ParameterError("no parameter files", where=str(item), expected="*.yaml")
            yield from found
        elif path.is_file():
            yield path
        else:
            raise ParameterError(
                "there is no such file or folder",
                where=str(item),
                do=f"name a file such as {EXAMPLE}/recommendation_aging.yaml, or its folder",
            )


def _jobs(file: Path, *, root: Path, over: FanOut | None) -> list[Job]:
    """Return the job of a parameter file, or one for each value it is to be run for."""
    notebook = read_file(_notebook_of(file, root=root))
    params = read_file(file.resolve())
    values, schema, where = read_values(params), schema_of(notebook), str(params.path)

    def job(name: str, given: dict[str, Any], parameters: Parameters, case: Case | None) -> Job:
        effective = parameters.effective(given)
        data, needs = frozenset(parameters.data_fields()), frozenset(_needed(given))
        return Job(name, notebook, params, effective, data, needs, case, _written_in(schema, root))

    if over is None or over.parameter not in schema.model_fields:
        parameters = schema.check(values, where=where, before_run=True)
        parameters.check_inputs()
        return [job(file.stem, values, parameters, None)]
    refuse_confidential(
        over, notebook=file.stem, disclosure=under_disclosure(json.loads(notebook.data))
    )
    found = list(over.checked(schema, values, where=where))
    names = names_for(file.stem, (case for case, _ in found))
    return [
        job(name, values | {case.parameter: case.value}, parameters, case)
        for name, (case, parameters) in zip(names, found, strict=True)
    ]


def _refuse_unasked(over: FanOut, jobs: Sequence[Job]) -> None:
    """Refuse values of a parameter that none of the notebooks has, or more than one."""
    has = sorted({job.stem for job in jobs if job.case})
    if len(has) == 1:
        return
    if not has and all(under_disclosure(json.loads(job.notebook.data)) for job in jobs):
        refuse_confidential(over, notebook=jobs[0].stem, disclosure=True)
    names = sorted({name for job in jobs for name in job.values})
    near = difflib.get_close_matches(over.parameter, names, n=1)
    raise ParameterError(
        f"--for {over.parameter}: "
        + (f"{', '.join(has)} have this parameter" if has else "no notebook has this parameter"),
        expected="one notebook with the parameter",
        do="name the parameter file of one"
        if has
        else (f"did you mean {near[0]}?" if near else f"the parameters are: {', '.join(names)}"),
    )


def _notebook_of(file: Path, *, root: Path) -> Path:
    notebook = root / "notebooks" / f"{file.stem}.ipynb"
    if notebook.is_file():
        return notebook
    names = notebooks_in(root)
    near = difflib.get_close_matches(file.stem, names, n=1)
    raise ParameterError(
        f"there is no notebook {file.stem!r}",
        where=shown(file),
        expected=f"a parameter file named after a notebook: {', '.join(names) or 'none here'}",
        do=f"rename it to {near[0]}.yaml" if near else "rename the file",
    )


def schema_of(notebook: Content) -> type[Parameters]:
    """Return the set of parameters that the notebook's metadata names as ``module:Class``."""
    named = _schema_named_in(notebook)
    module, _, name = named.partition(":")
    try:
        parameters = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ParameterError(
            f"its set of parameters {named!r} cannot be loaded ({error})",
            where=shown(notebook.path),
            expected=_METADATA,
        ) from error
    if not (isinstance(parameters, type) and issubclass(parameters, Parameters)):
        raise ParameterError(
            f"{named!r} is no set of parameters",
            where=shown(notebook.path),
            expected="a class derived from coee_nb.parameters.Parameters",
        )
    return parameters


def _written_in(schema: type[Parameters], root: Path) -> tuple[Path, ...]:
    """Return the files outside this package that a set of parameters is written in.

    With them, those of the project that are loaded too: it may rest on them.
    """
    package = Parameters.__module__.partition(".")[0]
    modules = {one.__module__ for one in schema.__mro__ if issubclass(one, Parameters)}
    own = {name for name in modules if name.partition(".")[0] != package}
    if not own:
        return ()
    file_of = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
    files = {name: Path(file) for name, file in file_of.items() if file}
    return tuple(
        sorted({file for name, file in files.items() if name in own or is_own_code(root, file)})
    )


_METADATA = 'metadata "coee": {"parameters": "module:Class"}'


def _schema_named_in(notebook: Content) -> str:
    """Return the ``module:Class`` a notebook names; refuse one that could not take parameters."""
    where, book = shown(notebook.path), _book(notebook)
    tags = [tag for cell in book["cells"] for tag in cell["metadata"].get("tags", [])]
    coee = book["metadata"].get("coee")
    named = coee.get("parameters") if isinstance(coee, dict) else None
    if not isinstance(named, str) or not named:
        raise ParameterError("names no set of parameters", where=where, expected=_METADATA)
    if tags.count("parameters") != 1:  # elsewhere its own values would win over the given ones
        raise ParameterError(
            f"{tags.count('parameters')} cells are tagged parameters",
            where=where,
            expected="one cell tagged parameters, with the example's values",
        )
    return named


def _book(notebook: Content) -> dict[str, Any]:
    """Return a notebook as its format has it; refuse what is none, or of another format."""
    try:
        book = json.loads(notebook.data)
        number = book.get("nbformat")
        wrong = "" if isinstance(number, int) and number != 4 else _malformed(book)
    except (ValueError, AttributeError) as error:
        wrong = f"{type(error).__name__}: {error}"
    if wrong:
        raise ParameterError(
            f"is no readable notebook ({wrong})",
            where=shown(notebook.path),
            do="save it again from JupyterLab, or take back its last good version",
        )
    if number != 4:
        raise ParameterError(
            f"is of notebook format {number}", where=shown(notebook.path), expected="format 4"
        )
    return book


def _malformed(book: dict[str, Any]) -> str:
    """Return in a line what of a notebook is not as its format has it; blank where all is."""
    from nbformat.validator import iter_validate

    minor = book.get("nbformat_minor")
    if not isinstance(minor, int):
        return f"nbformat_minor is {minor!r}"
    fault = next(iter_validate(book, version=4, version_minor=minor, relax_add_props=True), None)
    return str(fault).partition("\n")[0] if fault else ""


def references(value: Any) -> Iterator[str]:
    """Yield every ``run:<notebook>/<file>`` in a parameter value, however deep.

    Words that begin so ("run: fast") are words.
    """
    if isinstance(value, str) and value.startswith(RUN_PREFIX):
        if not value.removeprefix(RUN_PREFIX)[:1].isspace():
            yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from references(part)


def split_reference(reference: str) -> tuple[str, str]:
    """Return notebook and file of a reference.

    >>> split_reference("run:entry_reliability/monthly_series.csv")
    ('entry_reliability', 'monthly_series.csv')
    """
    notebook, _, file = reference.removeprefix(RUN_PREFIX).partition("/")
    if not notebook or not file or ".." in file.split("/"):
        raise ParameterError(
            f"{reference!r} names no output", expected="run:<notebook>/<file>, such as run:a/b.csv"
        )
    return notebook, file


def _needed(values: dict[str, Any]) -> set[str]:
    return {split_reference(reference)[0] for reference in references(values)}


def _ordered(jobs: list[Job]) -> tuple[Job, ...]:
    by_name = {job.name: job for job in jobs}
    if len(by_name) < len(jobs):
        raise ParameterError("the same notebook twice in one run", do="run one of them")
    for job in jobs:
        for name in sorted(job.needs - set(by_name)):
            if any(other.case and other.stem == name for other in jobs):
                raise ParameterError(
                    f"refers to the output of {name!r}, which is run for many values",
                    where=shown(job.params.path),
                    expected="a notebook that is run once",
                    do=f"run {name} by itself with --for",
                )
            near = difflib.get_close_matches(name, by_name, n=1)
            raise ParameterError(
                f"refers to the output of {name!r}, which is not in this run",
                where=shown(job.params.path),
                expected=f"one of {', '.join(sorted(by_name))}",
                do=f"write run:{near[0]}/..." if near else f"run {name} along with it",
            )
    try:
        order = TopologicalSorter({job.name: job.needs for job in jobs}).static_order()
        return tuple(by_name[name] for name in order)
    except CycleError as error:
        raise ParameterError(
            f"these notebooks wait for each other: {' -> '.join(error.args[1])}",
            do="take one of the run: references out",
        ) from error
