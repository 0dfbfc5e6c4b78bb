"""Does a published run come out the same when it is executed again?"""

import tempfile
from pathlib import Path

from coee_nb.errors import InputError
from coee_nb.publish.compare import Changed, Held, RunDifference, TwoRuns
from coee_nb.publish.fanout import Case, FanOut
from coee_nb.publish.manifest import read_record, sha256
from coee_nb.publish.plan import plan
from coee_nb.publish.run import run
from coee_nb.publish.schedule import Limits


def rerun(published: Path, *, root: Path) -> tuple[Changed | RunDifference, ...]:
    """Execute the notebooks of a run again, elsewhere; return what comes out otherwise.

    These are findings, and the state of a notebook that is done no more.

    Raises InputError where the parameter files are no longer those that the manifest records.
    """
    record = read_record(published, "manifest.json")
    done = [entry for entry in record["notebooks"] if entry["status"] == "done"]
    sheets = list({one["path"]: one for one in (entry["parameters"] for entry in done)}.values())
    cases = [Case(**entry["for"]) for entry in done if "for" in entry]
    over = FanOut(cases[0].parameter, tuple(case.value for case in cases)) if cases else None
    gone = [s["path"] for s in sheets if not _is_same(root / s["path"], s["sha256"])]
    if gone or not sheets:
        raise InputError(
            f"cannot be executed again: {', '.join(gone) or 'no notebook'} is not as recorded",
            where=published.name,
            do="take back the parameter files of that run, from the project's history",
        )
    with tempfile.TemporaryDirectory() as aside:
        again = plan([root / sheet["path"] for sheet in sheets], root=root, over=over)
        result = run(again, outputs=Path(aside), limits=Limits(quiet=True), tell=lambda _: None)
        found = TwoRuns(Held.of(published), Held.of(result.folder))
    names = {entry["name"] for entry in done}
    changed = (one for own in found.changed.values() for one in own)
    return (*changed, *(one for one in found.rest if one.what == "state" and one.name in names))


def _is_same(path: Path, recorded: str) -> bool:
    return path.is_file() and sha256(path) == recorded
