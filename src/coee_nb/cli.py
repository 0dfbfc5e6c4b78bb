"""The command line: ``coee run`` and the commands of each domain."""

import sys
from importlib import import_module
from pathlib import Path

import click

from coee_nb.errors import CoeeError

# Commands of the domains, loaded when they are called: name -> (module, one line for --help).
DOMAINS = {
    "recommendations": ("coee_nb.recommendations.commands", "Import and correct recommendations."),
    "survey": ("coee_nb.survey.commands", "Draft a codebook from an export."),
    "collections": ("coee_nb.collections.commands", "Refresh the monthly collections."),
}


class LazyGroup(click.Group):
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


@coee.command()
@click.argument("params", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=0),
    default=0,
    help="Notebooks at once (0, the default: one a core).",
)
@click.option(
    "--outputs", type=click.Path(path_type=Path), help="Where runs go (default: outputs/)."
)
@click.option("--check", is_flag=True, help="Check parameters and inputs, then stop.")
@click.option(
    "--replace",
    is_flag=True,
    help="Withdraw earlier runs that this one may not stand beside (a few respondents differ).",
)
def run(
    params: tuple[Path, ...], jobs: int, outputs: Path | None, check: bool, replace: bool
) -> int:
    """Run notebooks with the parameter files PARAMS (files or a folder; default: the example).

    \b
    coee run                                                the worked example
    coee run params/oig_22_34/recommendation_aging.yaml     one notebook
    coee run params/my_engagement                           every notebook of an engagement

    Exit codes: 0 all done; 1 a notebook failed (it is kept and marked, the others still run);
    2 a parameter or an input is wrong (nothing was started); 130 or 143 interrupted (nothing was
    published, earlier runs are untouched).
    """  # noqa: D301
    from coee_nb.publish.plan import plan

    planned = plan(params)
    if check:
        click.echo(f"All in order: {', '.join(job.name for job in planned.jobs)}.")
        return 0
    from coee_nb.publish.run import run as run_plan

    place = (outputs or planned.root / "outputs").resolve()
    result = run_plan(planned, outputs=place, jobs=jobs, replacing=replace)
    for outcome in result.outcomes:
        if outcome.status != "done":
            click.echo(f"{outcome.name}: {outcome.status}. {outcome.error}", err=True)
    click.echo(f"Run: {result.folder}\nOpen: {result.index}")
    click.echo(f"Seal: {result.seal} (SHA-256 of manifest.json; note it with what you quote)")
    return 0 if result.complete else 1


@coee.command()
@click.argument("name")
@click.option(
    "--notebooks",
    default="",
    help="The notebooks wanted, with commas between them (default: all).",
)
def new(name: str, notebooks: str) -> None:
    """Begin the engagement NAME: a parameter file a notebook to fill in, and a folder of data.

    \b
    coee new city_parks                                 every notebook
    coee new city_parks --notebooks survey_responses    one of them
    """  # noqa: D301
    from coee_nb.paths import project_root
    from coee_nb.publish.engagement import missing, new_engagement

    root = project_root()
    chosen = [one.strip() for one in notebooks.split(",") if one.strip()]
    for path in new_engagement(name, root=root, notebooks=chosen):
        click.echo(path.relative_to(root))
    _tell(name, missing(name, root=root))


@coee.command()
@click.argument("name")
def check(name: str) -> int:
    """Say what the engagement NAME still needs before it can run, in the order to do it.

    Exit code 0: nothing is missing. 1: something is.
    """
    from coee_nb.paths import project_root
    from coee_nb.publish.engagement import missing

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
def verify(run: str, seal: str | None) -> int:
    """Hold every file of RUN (its folder or run id) against the hashes of its manifest.

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
    return int(any(map(is_broken, checks)))


@coee.command()
@click.argument("run_a")
@click.argument("run_b")
def compare(run_a: str, run_b: str) -> None:
    """Tell what differs from RUN_A to RUN_B: findings, parameters, inputs, package versions."""
    from coee_nb.paths import project_root
    from coee_nb.publish.compare import compare as compare_runs
    from coee_nb.publish.verify import find_run

    outputs = project_root() / "outputs"
    differences = compare_runs(find_run(run_a, outputs=outputs), find_run(run_b, outputs=outputs))
    for each in differences:
        click.echo(f"{each.what} {each.name}\n  - {each.before}\n  + {each.after}")
    click.echo(f"{len(differences)} differences.")


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


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; wrong parameters and inputs end with code 2 and their message."""
    try:
        code = coee.main(args=arguments, prog_name="coee", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except CoeeError as error:
        click.echo(f"Error: {error}", err=True)
        code = 2
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted: nothing was published, earlier runs are untouched.", err=True)
        code = 130
    except BaseException as error:
        if type(error).__name__ != "Terminated":
            raise
        click.echo("Stopped: nothing was published, earlier runs are untouched.", err=True)
        code = 143
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
