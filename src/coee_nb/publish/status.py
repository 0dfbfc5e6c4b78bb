"""What schedulers ask of an engagement: is it running, how did its last run end, where is it."""

import contextlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coee_nb.files import writing
from coee_nb.plain import plain_text
from coee_nb.publish.building import holder
from coee_nb.publish.execute import Outcome, now
from coee_nb.publish.manifest import write_json
from coee_nb.publish.signals import Terminated

FILE = "status.json"
RUNNING = "running"


@dataclass(frozen=True)
class Status:
    """The state of an engagement's newest run, kept in ``status.json`` beside its runs."""

    engagement: Path
    run_id: str
    started: str = field(default_factory=now)

    def __post_init__(self) -> None:
        self._write(RUNNING)

    def ended(self, outcomes: tuple[Outcome, ...], *, seal: str) -> None:
        """Say how the run ended: "complete", or "failed" when a notebook did not finish."""
        done = all(outcome.status == "done" for outcome in outcomes)
        notebooks = {outcome.name: outcome.status for outcome in outcomes}
        self._write("complete" if done else "failed", notebooks=notebooks, seal=seal)

    def stopped(self, error: BaseException) -> None:
        """Say that nothing was published: "stopped" by a signal, or by the error that is named."""
        told = str(error) if isinstance(error, ValueError | Terminated) else type(error).__name__
        self._write("stopped", error=getattr(error, "strerror", None) or told)

    def _write(self, state: str, **more: Any) -> None:
        ended = None if state == RUNNING else now()
        told = {"engagement": self.engagement.name, "run_id": self.run_id, "state": state}
        try:
            write_json(
                self.engagement / FILE, told | {"started": self.started, "ended": ended} | more
            )
        except OSError:
            if state == RUNNING:  # nothing could be published here; later ones must not hide why
                raise


def statuses(outputs: Path) -> list[dict[str, Any]]:
    """Return the state of each engagement's newest run, by name.

    One that says it is running though nobody holds its folder was killed.
    """
    found = []
    for path in sorted(outputs.glob(f"[!.]*/{FILE}")):
        told = _told(path)
        if told.get("state") == RUNNING and holder(path.parent) is None:
            told["state"] = "killed"
        found.append(told)
    return found


def _told(path: Path) -> dict[str, Any]:
    """Return what a file of a state says; one of another form says that it cannot be read."""
    engagement = path.parent.name
    with contextlib.suppress(OSError, ValueError):
        told = json.loads(path.read_text("utf-8"))
        if isinstance(told, dict) and isinstance(told.get("notebooks", {}), dict):
            return {"state": "unreadable"} | told | {"engagement": engagement}
    return {"engagement": engagement, "state": "unreadable"}


def in_words(told: dict[str, Any]) -> str:
    """Return an engagement's state as a line."""
    failed = [name for name, state in told.get("notebooks", {}).items() if state != "done"]
    parts = [f"{told['engagement']}: {told['state']}"]
    parts += [f"run {told['run_id']}"] if told.get("run_id") else []
    parts += [f"since {told.get('started')}"] if told["state"] == RUNNING else []
    parts += [f"ended {told['ended']}"] if told.get("ended") else []
    parts += [f"not done: {', '.join(failed)}"] if failed else []
    parts += [str(told["error"])] if told.get("error") else []
    return ", ".join(parts)


def write_log(path: Path, record: dict[str, Any], outcomes: Iterable[Outcome]) -> None:
    """Write when a run and its notebooks began and ended, and what went wrong, a line each."""
    lines = [f"{record['started']} run {record['run_id']} of {record['engagement']} began"]
    for one in sorted(outcomes, key=lambda outcome: outcome.ended or ""):
        lines += [f"{one.started} {one.name} began"] if one.started else []
        lines.append(f"{one.ended or record['ended']} {one.name} {one.status}")
        lines += [f"    {line}" for line in (one.error or "").splitlines()]
    lines.append(f"{record['ended']} run {record['status']}")
    with writing(path) as stream:
        stream.write(plain_text("\n".join(lines)) + "\n")
