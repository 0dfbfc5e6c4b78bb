"""The folder of an engagement's runs: who builds in it now, and what stopped runs left there."""

import json
import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from coee_nb.errors import CoeeError, InputError, ParameterError
from coee_nb.publish.execute import now
from coee_nb.publish.manifest import manifests_in, read_record, write_json
from coee_nb.publish.plan import LATEST

BUILDING = ".building-"
LOOK = 1.0  # seconds between two looks at a lock that another run holds


class BusyError(CoeeError):
    """Another run of the same engagement is being made."""


@contextmanager
def alone(engagement: Path, *, patience: float = 0, tell: Callable[[str], None]) -> Iterator[None]:
    """Hold an engagement's folder for one run; sweep what runs that were killed left in it.

    ``patience`` are the seconds to wait for another run (0: none). Raises BusyError, which names
    the process that holds the folder. The lock ends with the process, however it ends.
    """
    from filelock import FileLock, Timeout

    try:
        engagement.mkdir(parents=True, exist_ok=True)
        lock = FileLock(_lock(engagement))
        until = time.monotonic() + patience
        while True:  # in short waits, so that a signal is heard
            try:
                lock.acquire(timeout=min(LOOK, max(0.0, until - time.monotonic())))
                break
            except Timeout:
                if time.monotonic() >= until:
                    raise _busy(engagement) from None
    except OSError as error:
        raise unwritable(engagement, error) from error
    try:
        mine = {"process": os.getpid(), "machine": socket.gethostname(), "since": now()}
        write_json(_held(engagement), mine)
        for left in sorted(engagement.glob(f"{BUILDING}*")):
            shutil.rmtree(left, ignore_errors=True)
            told = f"Run {left.name.removeprefix(BUILDING)} was killed: nothing of it was published"
            tell(f"{told}, and what it left is removed.")
        yield
    except OSError as error:
        raise unwritable(engagement, error) from error
    finally:
        _held(engagement).unlink(missing_ok=True)
        lock.release()


def holder(engagement: Path) -> dict | None:
    """Return process, machine and start of the run that is being made, None where there is none."""
    from filelock import FileLock, Timeout

    if not _held(engagement).exists():
        return None
    try:
        with FileLock(_lock(engagement), timeout=0):
            return None
    except Timeout:
        try:
            return json.loads(_held(engagement).read_text("utf-8"))
        except (OSError, ValueError):
            return {}


def _lock(engagement: Path) -> Path:
    return engagement.with_name(f".{engagement.name}.lock")


def _held(engagement: Path) -> Path:
    return engagement.with_name(f".{engagement.name}.holder.json")


def _busy(engagement: Path) -> BusyError:
    by = holder(engagement) or {}
    return BusyError(
        f"another run of {engagement.name} is being made (process {by.get('process', 'unknown')}"
        f" on {by.get('machine', 'an unknown machine')}, since {by.get('since', 'unknown')})",
        do="wait for it, or let this one wait with --wait SECONDS",
    )


def begin(engagement: Path) -> tuple[Path, Path]:
    """Make the hidden folder of a new run; return it and the folder it will become."""
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    _refuse_past(engagement, stamp)
    for number in count(1):
        folder = engagement / (stamp if number == 1 else f"{stamp}-{number}")
        building = folder.with_name(f"{BUILDING}{folder.name}")
        if os.path.lexists(folder) or os.path.lexists(building):
            continue  # another run of this second has it
        try:
            building.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise unwritable(engagement, error) from error
        return building, folder
    raise AssertionError("there is always a next number")


def _refuse_past(engagement: Path, stamp: str) -> None:
    """Refuse a run that its time would put before one that is there: runs are told by their time.

    Raises ParameterError.
    """
    later = max((path.parent.name for path in manifests_in(engagement)), default="")
    if later[: len(stamp)] > stamp:
        raise ParameterError(
            f"this machine's clock says {stamp}, and there is a run of {later}",
            where=engagement.name,
            expected="a time after that of every run that is there",
            do="set the clock; if that run's was wrong, move its folder away. No run was published",
        )


def unwritable(folder: Path, error: OSError) -> ParameterError:
    """Return the error for a place where no run can be written."""
    return ParameterError(
        f"a run cannot be written there ({error.strerror or error})",
        where=str(folder),
        expected="a folder that may be written, on a disk with space",
        do="make space or name another with --outputs; no run was published",
    )


def point_latest(folder: Path) -> None:
    """Let ``latest`` beside a run's folder lead to it; a file system without links goes without.

    Raises OSError where ``latest`` is something else, and would stay so.
    """
    link, made = folder.with_name(LATEST), folder.with_name(f".{LATEST}")
    try:
        made.unlink(missing_ok=True)
        made.symlink_to(folder.name, target_is_directory=True)
        made.replace(link)
    except OSError:
        made.unlink(missing_ok=True)
        if os.path.lexists(link):
            raise


def keep_newest(engagement: Path, number: int) -> list[str]:
    """Remove an engagement's older runs; return their ids.

    The newest ``number`` complete runs stay, what came after the oldest of them, and for every
    notebook the newest run in which it is done.
    """
    runs = [path.parent for path in reversed(manifests_in(engagement))]
    complete, held, seen = 0, [], set[str]()
    for run in runs:
        done, whole = _done(run)
        if complete < number or done - seen:
            held.append(run)
        complete += whole
        seen |= done
    gone = [run for run in runs if run not in held]
    for run in gone:
        shutil.rmtree(run)
    return sorted(run.name for run in gone)


def _done(run: Path) -> tuple[set[str], bool]:
    try:
        record = read_record(run, "manifest.json")
        done = {one["name"] for one in record["notebooks"] if one["status"] == "done"}
        return done, record["status"] == "complete"
    except (InputError, LookupError, TypeError):
        return set(), False
