"""A run as a scheduler asks for it: only if something changed, told in one line, older ones swept.

People at a terminal see progress; a pipe, a log or a mail gets one line.
"""

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click

from coee_nb.errors import ParameterError
from coee_nb.paths import enclosing_project, project_root
from coee_nb.plain import plain_text
from coee_nb.publish.changed import unchanged
from coee_nb.publish.fanout import FanOut
from coee_nb.publish.manifest import read_record
from coee_nb.publish.pdf import browser
from coee_nb.publish.plan import EXAMPLE, Plan, parameter_files, plan


@dataclass(frozen=True)
class Wanted:
    """What the options of ``coee run`` ask for; times in seconds."""

    jobs: int = 0
    outputs: Path | None = None
    replace: bool = False
    timeout: int | None = None
    cell_timeout: int | None = None
    wait: int = 0
    if_changed: bool = False
    keep: int | None = None
    on_failure: str | None = None
    on_change: str | None = None
    quiet: bool = False
    as_json: bool = False
    pdf: bool = False
    over: str | None = None

    @property
    def asked(self) -> FanOut | None:
        """For which values of a parameter a notebook is run; ParameterError if unreadable."""
        return FanOut.of(self.over) if self.over else None

    def outputs_of(self, root: Path) -> Path:
        """Return where runs of the project at ``root`` go.

        Raises ParameterError for a link that leads nowhere: a disk that is not there, say.
        """
        place = self.outputs or root / "outputs"
        lost = next((one for one in (place, *place.parents) if _leads_nowhere(one)), None)
        if lost is not None:
            raise ParameterError(
                f"is a link to {os.readlink(lost)}, which is not there",
                where=str(lost),
                expected="a folder, or a link to one, where runs are kept",
                do="mount or make what it leads to, or name another place with --outputs",
            )
        return place.resolve()

    def say(self, words: str) -> None:
        """Print words for people, unless they asked for none."""
        if not self.quiet and not self.as_json:
            click.echo(words)


def _leads_nowhere(path: Path) -> bool:
    return path.is_symlink() and not path.exists()


def checked(params: Sequence[Path], over: str | None = None) -> list[str]:
    """Return the names of the notebooks that PARAMS would run, all in order."""
    return [job.name for job in plan(params, over=FanOut.of(over) if over else None).jobs]


def scheduled(params: Sequence[Path], wanted: Wanted) -> int:
    """Run what PARAMS ask for, and tell how it went; return the exit code of the command."""
    if wanted.if_changed and (same := _same(params, wanted)):
        wanted.say(f"Nothing has changed since run {same}: not run again.")
        if wanted.as_json:
            told = {"engagement": _engagement_of(params), "state": "unchanged"}
            click.echo(json.dumps(told | {"run_id": same, "changed": 0, "reworded": 0}))
        return 0
    try:
        planned = plan(params, over=wanted.asked)
        result, summary = _run(planned, wanted)
    except BaseException as error:
        told = {"engagement": _engagement_of(params), "state": "stopped"}
        told |= {"error": str(error) or type(error).__name__}
        if wanted.as_json:
            click.echo(json.dumps(told))
        _call(wanted.on_failure, told)
        raise
    _tell(result, summary, wanted)
    if not result.complete:
        _call(wanted.on_failure, summary)
    elif summary["changed"] is None or summary["changed"]:
        _call(wanted.on_change, summary)
    return 0 if result.complete else 1


def _engagement_of(params: Sequence[Path]) -> str:
    """Return the engagement that PARAMS name, whether or not it can be run."""
    first = Path(os.path.abspath(params[0] if params else EXAMPLE))
    return first.parent.name if first.suffix == ".yaml" else first.name


def _same(params: Sequence[Path], wanted: Wanted) -> str | None:
    """Return the id of the run that this one would repeat, read before anything is imported."""
    here = enclosing_project(Path.cwd()) or project_root()
    sheets = list(parameter_files(params or [here / EXAMPLE]))
    root = enclosing_project(sheets[0].resolve()) or here
    engagement = wanted.outputs_of(root) / sheets[0].resolve().parent.name
    return unchanged(engagement, sheets, wanted.asked, printed=wanted.pdf)


def _run(planned: Plan, wanted: Wanted) -> tuple[Any, dict[str, Any]]:
    from coee_nb.publish.forked import POSSIBLE
    from coee_nb.publish.run import run
    from coee_nb.publish.schedule import Limits

    outputs = wanted.outputs_of(planned.root)
    quiet = wanted.quiet or wanted.as_json
    if wanted.pdf:
        browser()  # refused before any work where there is none
    limits = Limits(
        wanted.jobs,
        wanted.timeout,
        wanted.cell_timeout,
        quiet=quiet,
        printed=wanted.pdf,
        forked=POSSIBLE,
    )
    result = run(
        planned,
        outputs=outputs,
        limits=limits,
        replacing=wanted.replace,
        patience=wanted.wait,
        keep=wanted.keep,
        tell=wanted.say,
        warn=partial(click.echo, err=True),
    )
    changed = read_record(result.folder, "manifest.json").get("changed") or {}
    summary = {
        "engagement": planned.engagement,
        "run_id": result.folder.name,
        "state": "complete" if result.complete else "failed",
        "folder": str(result.folder),
        "index": str(result.index),
        "seal": result.seal,
        "notebooks": {one.name: one.status for one in result.outcomes},
        "error": "; ".join(_unfinished(result)) or None,
        "changed": changed.get("numbers"),
        "reworded": changed.get("reworded"),
    }
    return result, summary


def _unfinished(result: Any) -> list[str]:
    """Return the notebooks that are not done, with state and reason."""
    return [f"{o.name}: {o.status}. {o.error}" for o in result.outcomes if o.status != "done"]


def _tell(result: Any, summary: dict[str, Any], wanted: Wanted) -> None:
    for told in (*_unfinished(result), *result.troubles):
        click.echo(plain_text(told), err=True)
    if wanted.as_json:
        click.echo(json.dumps(summary))
    wanted.say(f"Run: {result.folder} ({summary['state']}{_since_before(summary['changed'])})")
    wanted.say(f"Open: {result.index}")
    wanted.say(f"Seal: {result.seal} (SHA-256 of manifest.json; note it with what you quote)")


def _since_before(changed: int | None) -> str:
    from coee_nb.publish.compare import numbers_changed

    return "" if changed is None else f"; {numbers_changed(changed)} since the run before"


def _call(command: str | None, summary: dict[str, Any]) -> None:
    """Run a command of the scheduler's own, told of the run by its environment."""
    if not command:
        return
    named = {"ENGAGEMENT": "engagement", "RUN": "folder", "STATE": "state", "ERROR": "error"}
    told = {f"COEE_{name}": str(summary.get(key) or "") for name, key in named.items()}
    done = subprocess.run(command, shell=True, env=os.environ | told, check=False)
    if done.returncode:
        click.echo(f"The command {command!r} ended with exit code {done.returncode}.", err=True)
