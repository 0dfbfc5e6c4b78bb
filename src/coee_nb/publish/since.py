"""What changed since the runs before, as a page, and the same of any two runs in short."""

import contextlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from coee_nb import formats as fmt
from coee_nb.errors import InputError
from coee_nb.publish.compare import (
    Changed,
    Held,
    RunDifference,
    TwoRuns,
    numbers_changed,
    told,
)
from coee_nb.publish.manifest import manifests_in, read_record
from coee_nb.publish.run_files import BESIDE
from coee_nb.publish.templates import rendered

WIDE = 200  # characters of such a line
SHOWN = 7  # changes, and differences of what went in, that a terminal is told
_GIVEN = ("engagement", "state", "parameter", "input", "account of rows", "notebook")
_REST = ("file", "surroundings:", "package")


def since_before(engagement: Path, new: Held) -> TwoRuns | None:
    """Compare a run with the newest earlier one that has each of its notebooks done.

    None where there is none. Manifests are read from the newest back until every notebook is
    found, and findings of those runs alone.
    """
    wanted = {entry["name"] for entry in new.record["notebooks"]}
    parts: list[Held] = []
    for path in reversed(manifests_in(engagement)):
        if not wanted:
            break
        with contextlib.suppress(InputError, LookupError, TypeError, AttributeError):
            record = read_record(path.parent, path.name)
            if found := wanted & Held(record, []).done:
                parts.append(Held.of(path.parent, record).only(found))
                wanted -= found
    return TwoRuns(Held.joined(parts), new) if parts else None


def comparison_page(found: TwoRuns, *, left_out: Collection[str] = (), since: bool = False) -> str:
    """Return a page that tells what differs between two runs.

    Of the notebooks ``left_out`` it tells how many numbers changed, and quotes none. ``since`` is
    for a page that stands in the folder of the later run.
    """
    shown = TwoRuns(found.before.without(left_out), found.after.without(left_out))
    before, after = found.before.record, found.after.record
    about = after.get("about") or {"title": after["engagement"]}
    there = found.numbers
    return rendered(
        "compare.html.j2",
        head=f"What changed: {about['title']}",
        foot=f"Run {' and '.join(found.before.runs)} to run {after['run_id']}",
        filters={"told": told, "in_words": _in_words},
        before=before,
        after=after,
        lead=in_one_line(found),
        about=about,
        since=since,
        compared=sorted(shown.days),
        days=shown.days,
        numbers=shown.numbers,
        reworded=shown.reworded,
        given=_by_kind(shown.rest, _GIVEN),
        rest=_by_kind(shown.rest, _REST),
        alone=[_not_in(shown.after, shown.before), _not_in(shown.before, shown.after)],
        left_out={name: len(there.get(name, ())) for name in sorted(left_out)},
        other=before["engagement"] != after["engagement"],
    )


def in_one_line(found: TwoRuns) -> str:
    """Return how many numbers changed between two runs, and how many sentences alone."""
    runs, now = found.before.runs, found.after.record["run_id"]
    said = numbers_changed(found.number)
    said = f"{fmt.begun(said)} from run{'s' if len(runs) > 1 else ''} "
    said += f"{' and '.join(runs)} to run {now}"
    if more := len(found.reworded):
        said += f"; {more} finding{'' if more == 1 else 's'} say{'s' if more == 1 else ''} "
        said += "the same number in other words"
    return f"{said}."


def summary_of(found: TwoRuns) -> Iterator[str]:
    """Yield what differs between two runs in few lines: numbers first, then what went in."""
    yield in_one_line(found)
    yield from _first([one for own in found.numbers.values() for one in own], "numbers")
    given = [one for one in found.rest if one.what in _GIVEN]
    yield from _first(given, "differences of what went in")
    rest = {what: len(own) for what, own in _by_kind(found.rest, _REST)}
    if rest:
        yield f"Also different: {', '.join(f'{what} ({n})' for what, n in rest.items())}."
    if found.same:
        yield "Nothing that manifests and findings hold differs."


def written_page(found: TwoRuns, run: Path) -> Path | None:
    """Return the page in a run's folder that tells of the same two runs; None where none does."""
    told = found.after.record.get("changed") or {}
    page = run / BESIDE["changes"]
    return page if told.get("since") == found.before.runs and page.exists() else None


def _first(found: Sequence[Changed | RunDifference], what: str) -> Iterator[str]:
    for one in found[:SHOWN]:
        yield f"  {_shortened(one.text)}"
    if len(found) > SHOWN:
        yield f"  and {len(found) - SHOWN} more {what}"


def _shortened(line: str) -> str:
    """Return a line as a terminal is told it, the end of a long one left out."""
    return line if len(line) <= WIDE else f"{line[: WIDE - 1]}…"


def _by_kind(
    found: Iterable[RunDifference], kinds: Iterable[str]
) -> list[tuple[str, list[RunDifference]]]:
    kept = [(what, [one for one in found if one.what == what]) for what in kinds]
    return [(what.rstrip(":"), own) for what, own in kept if own]


def _not_in(one: Held, other: Held) -> list[str]:
    """Return the notebooks that one run has and the other not."""
    there = {entry["name"] for entry in other.record["notebooks"]}
    return [e["name"] for e in one.record["notebooks"] if e["name"] not in there]


def _in_words(name: str) -> str:
    return name.replace("_", " ").capitalize()
