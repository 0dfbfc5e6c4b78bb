"""The command line: ``coee run`` and the commands of each domain."""

import contextlib
import json
import os
import re
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from coee_nb import garbage
from coee_nb.errors import CoeeError, ParameterError
from coee_nb.once import Commands
from coee_nb.plain import plain_text

# Commands of the domains, loaded when they are called: name -> (module, one line for --help).
DOMAINS = {
    "recommendations": ("coee_nb.recommendations.commands", "Import and correct recommendations."),
    "survey": ("coee_nb.survey.commands", "Draft a codebook from an export."),
    "collections": (
        "coee_nb.collections.commands",
        "Fetch monthly receipts from their source.",
    ),
    "entries": ("coee_nb.entries.commands", "Load transactions, every line accounted for."),
}


class LazyGroup(Commands):
    """A group that imports a domain's commands only when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every command's name."""
        return sorted([*super().list_commands(ctx), *DOMAINS])

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return the command, importing its domain at need."""
        if name not in DOMAINS:
            return super().get_command(ctx, name)
        return getattr(import_module(DOMAINS[name][0]), name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any domain."""
        own = {
            name: command.get_short_help_str(limit=100) for name, command in self.commands.items()
        }
        lines = sorted((own | {name: help_ for name, (_, help_) in DOMAINS.items()}).items())
        with formatter.section("Commands"):
            formatter.write_dl(lines)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="coee-nb")
def coee() -> None:
    """Run the workbench: check parameters, execute notebooks, publish their pages.

    Start with `coee run`, which runs the worked example and prints where its index.html is.
    """


class Duration(click.ParamType):
    """A length of time: 90 (seconds), 90s, 30m, 2h; read as seconds."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None):
        """Return whole seconds."""
        found = re.fullmatch(r"(\d+)\s*([smh]?)", str(value))
        if not found:
            self.fail(f"{value!r} is no time; expected such as 90s, 30m or 2h", param, ctx)
        return int(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]]


@coee.command()
@click.argument("params", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=0),
    default=0,
    help="Notebooks at once (0, the default: one more than there are cores).",
)
@click.option(
    "--outputs", type=click.Path(path_type=Path), help="Where runs go (default: outputs/)."
)
@click.option(
    "--for",
    "over",
    metavar="NAME=VALUES",
    help="Run the notebook once for each value of a parameter: group=A,B,C, or group=all.",
)
@click.option("--check", is_flag=True, help="Check parameters and inputs, then stop.")
@click.option(
    "--replace",
    is_flag=True,
    help="Withdraw earlier runs that this one may not stand beside (a few respondents differ).",
)
@click.option("--timeout", type=Duration(), help="Stop notebooks that still run after this time.")
@click.option("--cell-timeout", type=Duration(), help="Fail a notebook whose cell takes longer.")
@click.option(
    "--wait", type=Duration(), default=0, help="Wait so long for another run of the engagement."
)
@click.option("--if-changed", is_flag=True, help="Do nothing if the last run would be repeated.")
@click.option(
    "--keep", type=click.IntRange(min=1), help="Remove older runs than the newest KEEP complete."
)
@click.option("--on-failure", metavar="CMD", help="A command for a run that is not complete.")
@click.option("--on-change", metavar="CMD", help="A command for a run whose numbers changed.")
@click.option("--pdf", is_flag=True, help="Print the pages as PDF files too (needs Chromium).")
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but what went wrong.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON instead of words.")
def run(params: tuple[Path, ...], check: bool, **options: Any) -> int:
    """Run notebooks with the parameter files PARAMS (files or a folder; default: the example).

    \b
    coee run                                                the worked example
    coee run params/oig_22_34/recommendation_aging.yaml     one notebook
    coee run params/my_engagement                           every notebook of an engagement
    coee run params/my_engagement --quiet --if-changed      for cron: silent unless in trouble
    coee run params/my_engagement/collections_its.yaml --for group=all    a page a group

    With --for, a summary page has a line a value; a value that cannot be used is refused before
    any notebook starts, and so is a notebook under a disclosure plan.

    Exit codes: 0 all done; 1 a notebook failed (it is kept and marked, the others still run), or
    the workbench met what it did not foresee (`coee status` says what stands);
    2 a parameter or an input is wrong, or the disk is full (nothing was published); 3 another run
    of the engagement is being made; 129, 130, 131 or 143 interrupted (nothing was published,
    earlier runs are untouched). Commands are given COEE_ENGAGEMENT, COEE_RUN (its folder),
    COEE_STATE and COEE_ERROR.
    """  # noqa: D301
    from coee_nb.publish.scheduled import Wanted, checked, scheduled

    if check:
        click.echo(f"All in order: {', '.join(checked(params, options['over']))}.")
        return 0
    return scheduled(params, Wanted(**options))


@coee.command()
@click.argument("engagement", required=False)
@click.option("--outputs", type=click.Path(path_type=Path), help="Where runs are kept.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a line an engagement.")
def status(engagement: str | None, outputs: Path | None, as_json: bool) -> int:
    """Say how the newest run of each engagement (or of ENGAGEMENT) stands.

    Exit code 0: running or complete. 1: failed, stopped or killed, or there was no run.
    """
    from coee_nb.paths import project_root
    from coee_nb.publish.status import in_words, statuses

    found = statuses(outputs or project_root() / "outputs")
    found = [one for one in found if engagement in (None, one["engagement"])]
    for one in found:
        click.echo(json.dumps(one) if as_json else in_words(one))
    if not found and not as_json:
        click.echo(f"There is no run{f' of {engagement}' if engagement else ''}.")
    return int(not found or any(one["state"] not in ("running", "complete") for one in found))


@coee.command()
@click.argument("name")
@click.argument("wanted", metavar="[NOTEBOOK]...", nargs=-1)
@click.option(
    "--notebooks",
    multiple=True,
    help="The same with commas between them (none named: all).",
)
def new(name: str, wanted: tuple[str, ...], notebooks: tuple[str, ...]) -> None:
    """Begin the engagement NAME: a folder of data and a parameter file for each NOTEBOOK wanted.

    \b
    coee new city_parks                                 every notebook
    coee new city_parks --notebooks survey_responses    one of them
    coee new city_parks survey_responses collections_its
    """  # noqa: D301
    from coee_nb.paths import project_root
    from coee_nb.publish.engagement import missing, new_engagement

    root = project_root()
    inside = Path.cwd().resolve().is_relative_to(root)  # else the folder is to be named
    chosen = [one.strip() for one in ",".join((*notebooks, *wanted)).split(",") if one.strip()]
    for path in new_engagement(name, root=root, notebooks=chosen):
        click.echo(path.relative_to(root) if inside else path)
    _tell(name, missing(name, root=root))


@coee.command()
@click.argument("name")
def check(name: str) -> int:
    """Say what the engagement NAME still needs before it can run, in the order to do it.

    NAME may be its folder too, or a parameter file in it: coee check params/my_engagement

    Exit code 0: nothing is missing. 1: something is.
    """
    from coee_nb.paths import project_root
    from coee_nb.publish.engagement import missing

    given = Path(name).resolve()
    if given.is_dir() or given.is_file():
        name = given.name if given.is_dir() else given.parent.name
    steps = missing(name, root=project_root())
    _tell(name, steps)
    return int(bool(steps))


def _tell(name: str, steps: list) -> None:
    """Print what is still to be done for an engagement, by notebook."""
    notebook = ""
    for number, step in enumerate(steps, 1):
        if step.notebook != notebook:
            notebook = step.notebook
            click.echo(f"\n{notebook}")
        click.echo(f"  {number}. {step.do}")
    then = f"`coee check {name}` again" if steps else f"coee run params/{name}"
    click.echo(f"\nThen: {then}" if steps else f"Nothing is missing. Now: {then}")


@coee.command()
@click.argument("run")
@click.option("--seal", help="The seal that the run printed: its record must still have it.")
@click.option("--rerun", is_flag=True, help="Execute it again and compare the findings.")
def verify(run: str, seal: str | None, rerun: bool) -> int:
    """Hold every file of RUN (folder, run id, or ENGAGEMENT/latest) against its manifest's hashes.

    Exit code 0: all the same. 1: an output has changed, is gone or was added, the folder was
    renamed, the index says other than the runs do, or the seal is another. A changed input,
    notebook or parameter file is told, but the run itself still is what it was.
    """
    from coee_nb.paths import enclosing_project, project_root
    from coee_nb.publish.manifest import sha256
    from coee_nb.publish.verify import NOT_COVERED, find_run, is_broken
    from coee_nb.publish.verify import verify as verify_run

    folder = find_run(run, outputs=project_root() / "outputs")
    checks = verify_run(folder, root=enclosing_project(folder) or project_root(), seal=seal)
    for check in checks:
        if check.state != "same":
            click.echo(f"{check.state}: {check.role} {check.path}")
    same = sum(check.state == "same" for check in checks)
    click.echo(f"{same} of {len(checks)} files are as recorded.")
    click.echo(f"Seal: {sha256(folder / 'manifest.json')} (SHA-256 of manifest.json)")
    click.echo(NOT_COVERED)
    broken = any(map(is_broken, checks))
    return int(broken or (rerun and _differs_again(folder)))


def _differs_again(folder: Path) -> bool:
    """Execute a run again and tell how its findings differ."""
    from coee_nb.paths import enclosing_project, project_root
    from coee_nb.publish.rerun import rerun

    found = rerun(folder, root=enclosing_project(folder) or project_root())
    for each in found:
        click.echo(each.text)
    click.echo(f"Executed again: {len(found)} finding{'' if len(found) == 1 else 's'} differ.")
    return bool(found)


@coee.command()
@click.argument("run_a")
@click.argument("run_b")
@click.option("--page", type=click.Path(path_type=Path), help="Write all of it as a page.")
@click.option("--json", "as_json", is_flag=True, help="Print all of it as JSON instead of words.")
def compare(run_a: str, run_b: str, page: Path | None, as_json: bool) -> int:
    """Say what differs from RUN_A to RUN_B (run ids, folders, or ENGAGEMENT/latest).

    Printed are numbers that changed, then what went into the runs, the first of each; a page or
    JSON has all: findings, states, parameters, accounts of rows, inputs, tables, notebooks,
    commit, Python and packages. Exit code 0: nothing differs. 1: something does. 2: a run
    cannot be read.
    """
    from coee_nb.files import writing
    from coee_nb.paths import project_root
    from coee_nb.publish.compare import TwoRuns
    from coee_nb.publish.since import comparison_page, summary_of, written_page
    from coee_nb.publish.verify import find_run

    outputs = project_root() / "outputs"
    first, second = (find_run(name, outputs=outputs) for name in (run_a, run_b))
    found = TwoRuns.of(first, second)
    if page:
        with writing(page) as stream:
            stream.write(comparison_page(found))
    if as_json:
        click.echo(json.dumps(found.to_record(), default=str))
        return int(not found.same)
    for line in summary_of(found):
        click.echo(line)
    if there := page or written_page(found, second):
        click.echo(f"Page: {there}")
    elif not found.same:
        click.echo("All of it: as a page with --page FILE, as JSON with --json.")
    return int(not found.same)


@coee.command()
@click.argument("notebooks", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def store(notebooks: tuple[Path, ...]) -> None:
    """Run NOTEBOOKS with their own values and keep their outputs in them.

    Do this after a wanted change: the stored outputs are what the regression tests compare with.
    """
    from coee_nb.publish.store import store as store_one

    for notebook in notebooks:
        click.echo(f"{notebook} ...")
        store_one(notebook)


class _Printable:
    """A stream to a person or a log: nothing that is printed acts on a terminal."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write a text without control characters, escape sequences and forced directions."""
        self._try(lambda: self._stream.write(plain_text(text)))
        return len(text)

    def flush(self) -> None:
        """Pass on what was written."""
        self._try(self._stream.flush)

    def _try(self, do: Callable[[], object]) -> None:
        """Print no more where nobody reads: what is done stays done, and its exit code."""
        try:
            do()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())


def _open_streams() -> None:
    """Put nothing in the place of a stream that is closed, lest a file of ours should get it."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
            setattr(sys, name, os.fdopen(number, "w" if number else "r", closefd=False))


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; wrong parameters and inputs end with code 2 and their message."""
    _open_streams()
    garbage.look_seldom()
    with contextlib.redirect_stdout(_Printable(sys.stdout)):  # type: ignore[type-var]
        code = _code(arguments)
    sys.exit(code if isinstance(code, int) else 0)


def _refuse_no_folder() -> None:
    """Refuse to work from a folder that was removed: relative names lead nowhere from there."""
    try:
        os.getcwd()
    except OSError as error:
        raise ParameterError(
            "the current folder is gone", do="change into the project's folder"
        ) from error


def _code(arguments: list[str] | None) -> Any:
    """Run the command line; return its exit code, after telling of an error.

    Told to stop, every command ends as after an error: what it was making is taken away.
    """
    from coee_nb.publish.signals import stoppable

    try:
        with stoppable():
            _refuse_no_folder()
            return coee.main(args=arguments, prog_name="coee", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except CoeeError as error:
        click.echo(f"Error: {plain_text(str(error))}", err=True)
        return 3 if type(error).__name__ == "BusyError" else 2
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted: nothing was published or replaced.", err=True)
        return 130
    except Exception as error:
        if isinstance(error, OSError) and error.filename is not None:
            click.echo(plain_text(_unusable(error)), err=True)
            return 2
        click.echo(plain_text(_unforeseen(error)), err=True)
        return 1
    except BaseException as error:
        if type(error).__name__ != "Terminated":
            raise
        click.echo("Stopped: nothing was published or replaced.", err=True)
        return 128 + error.args[0]


def _unusable(error: OSError) -> str:
    """Return what to do about a file that cannot be read or written."""
    return (
        f"Error: {error.filename}: cannot be read or written ({error.strerror}). To do: look "
        "whether its folder is there and may be used, and whether the disk has space."
    )


def _unforeseen(error: Exception) -> str:
    """Return what to do about an error that nobody foresaw, then where it arose."""
    return (
        f"Error: the workbench did not foresee this ({type(error).__name__}: {error}). To do: "
        "`coee status` says what was published; try again, and if it comes back, give all that "
        "follows to whoever maintains the workbench.\n\n"
        + "".join(traceback.format_exception(error))
    )


if __name__ == "__main__":
    main()
