"""The commands on the event log: import a list, review what was read, enter what a letter says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coee_nb.errors import InputError
from coee_nb.once import FILE, Commands
from coee_nb.recommendations.columns import BOUNDS, ECD_KINDS, PRECISIONS, STATUSES

if TYPE_CHECKING:
    from coee_nb.recommendations.imports import ImportChanges
    from coee_nb.recommendations.sources.listing import ListLayout
    from coee_nb.recommendations.sources.reading import Reading

LOG = Path("data/oig_22_34/recommendations")  # in the project, wherever the command is called


class Day(click.ParamType):
    """A day such as 2024-04-30."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Return the day, or fail with what was expected."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(str(value), "%Y-%m-%d").date()
        except ValueError:
            self.fail(f"{value!r} is not a day such as 2024-04-30", param, ctx)


def _example_log() -> Path:
    from coee_nb.paths import resolve

    return resolve(LOG)


_LOG = click.option(
    "--log",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, resolve_path=True),
    default=_example_log,
    show_default=str(LOG),
    help="Folder of the event log.",
)
_ON = click.option(
    "--on", type=Day(), default=date.today, help="Day of the review (default: today)."
)

_BY = click.option("--by", default="", metavar="WHO", help="Who reviewed it.")
_PRECISION = click.option(
    "--precision",
    type=click.Choice(PRECISIONS),
    default="day",
    show_default=True,
    help="What the source named; the date is the last day of it.",
)
_BOUND = click.option(
    "--bound",
    type=click.Choice(BOUNDS),
    default="due",
    show_default=True,
    help="Whether the date is when it is due, or only the earliest it may be done.",
)


@click.group(cls=Commands)
def recommendations() -> None:
    """Import lists of recommendations into the event log, review it, add what letters say."""


@recommendations.command("import")
@click.argument("file", type=click.Path(path_type=Path, resolve_path=True))
@click.option("--as-of", type=Day(), required=True, help="Day on which FILE was current.")
@_LOG
@click.option(
    "--complete",
    is_flag=True,
    help="The list holds every open recommendation of its issuer: what is absent has left it.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change and leave the log as it is.")
@click.option(
    "--map",
    "columns",
    multiple=True,
    metavar="FIELD=COLUMN",
    help='A column of a CSV or Excel list; FIELD="=VALUE" gives all rows one value.',
)
@click.option(
    "--statuses",
    type=click.Path(path_type=Path, resolve_path=True),
    help="CSV word,status: what the list's own words for a status mean in the log.",
)
@click.option("--sheet", metavar="NAME", default="", help="Sheet of a workbook; else it is found.")
@click.option(
    "--header-row",
    type=click.IntRange(1),
    metavar="N",
    help="Line of the column names; without it the line that has most of them.",
)
@click.option(
    "--date-order",
    type=click.Choice(("day-first", "month-first")),
    help="How the list writes 05/06/2024; without it only what its columns prove is read.",
)
@click.option(
    "--fiscal-year-end",
    metavar="MM-DD",
    default="",
    help="Last day of the list's fiscal years; without it FY2025 is the U.S. government's and "
    "2024-25 is not read.",
)
def import_file(
    file: Path,
    as_of: date,
    folder: Path,
    complete: bool,
    dry_run: bool,
    columns: tuple[str, ...],
    statuses: Path | None,
    sheet: str,
    header_row: int | None,
    date_order: str | None,
    fiscal_year_end: str,
) -> None:
    """Append what FILE says to the event log and show what was added, changed or has vanished.

    FILE is the text of a DHS OIG report, of GAO's page of an agency or topic or of its database, of
    an Oversight.gov report page or of the California State Auditor's responses, GAO's CSV download,
    or any CSV or Excel list or pasted table with --map. How a list is written is kept in
    sources.yaml beside the log: the next list with the same columns needs FILE and --as-of alone.
    """
    from coee_nb.recommendations import imports, log, sightings

    _refuse_future(as_of)
    style = (date_order or "", fiscal_year_end)
    asked = _layout(_mapping(columns), style, statuses, sheet, header_row)
    reading, layout = _read(file, as_of, asked, folder)
    reading = sightings.complete(reading) if complete else reading
    is_new = not any(folder.glob("*.csv"))
    nothing = not any(row["is_read"] for row in reading.rows)
    if dry_run or (nothing and is_new):
        held = log.empty() if is_new else log.read(folder)
        changes = imports.changes(held, reading)
    else:
        changes = imports.append_reading(folder, reading)
    _tell(changes, reading)
    if nothing:
        kept = "no log was begun" if is_new else "what the log holds is not confirmed by it"
        click.echo(f"Nothing of {reading.file} was read: {kept}.", err=True)
        raise click.exceptions.Exit(1)
    if layout.columns and not dry_run:
        _keep(folder, file.name, layout)
    for line in _what_next(changes, folder, is_new=is_new, dry_run=dry_run):
        click.echo(line)
    for line in _words_to_map(reading):
        click.echo(line)


def _layout(
    columns: dict[str, str],
    style: tuple[str, str],
    statuses: Path | None,
    sheet: str,
    header_row: int | None,
) -> ListLayout:
    from coee_nb.engines.datewords.styles import DateStyle
    from coee_nb.recommendations.sources.listing import ListLayout
    from coee_nb.recommendations.sources.words import read_statuses

    words = read_statuses(statuses) if statuses else {}
    return ListLayout(columns, DateStyle(*style), words, sheet, header_row)


def _read(file: Path, as_of: date, asked: ListLayout, folder: Path) -> tuple[Reading, ListLayout]:
    """Read a file as asked and, where it is a list, as one of the same columns was read before."""
    from coee_nb.recommendations.early import refuse_early
    from coee_nb.recommendations.sources import layouts
    from coee_nb.recommendations.sources.recognise import read_source
    from coee_nb.recommendations.sources.source import open_source

    source = open_source(file)
    known = layouts.fitting(source, layouts.kept(folder), asked)
    if known:
        name, before = known
        asked = layouts.completed(asked, before)
        click.echo(f"Read as {name} was ({layouts.FILE} beside the log).")
    reading = read_source(source, as_of=as_of, layout=asked)
    refuse_early(reading)
    return reading, asked


def _keep(folder: Path, name: str, layout: ListLayout) -> None:
    from coee_nb.recommendations.sources import layouts

    if layouts.keep(folder, name, layout):
        click.echo(f"How {name} is written is kept in {folder / layouts.FILE}.")


def _tell(changes: ImportChanges, reading: Reading) -> None:
    click.echo(changes.text)
    for row in changes.table.itertuples():
        before = f"{row.before} -> " if row.before else ""
        click.echo(f"  {row.change:<20} {row.recommendation_id}: {before}{row.after}")
    for row in reading.excluded.itertuples():
        click.echo(f"  {'excluded':<20} {row.where}: {row.reason} ({row.begins})")


def _words_to_map(reading: Reading) -> Iterator[str]:
    """Name the words for a status that have no meaning here, as lines of a file to edit."""
    import csv
    import io
    from collections import Counter

    asked = Counter(row["status_asked"] for row in reading.rows if row["status_asked"])
    if not asked:
        return
    yield (
        f"{sum(asked.values())} rows have a word for a status that is not understood. Put these "
        f"lines into a file, say what each word means ({', '.join(STATUSES)}), and import again "
        "with --statuses and that file:"
    )
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(("word", "status"))
    for word, _ in asked.most_common():
        closed = "clos" in word.casefold()  # whether implemented, only the list's owner knows
        lines.writerow((word, "" if closed else "open"))
    yield text.getvalue().rstrip("\n")


def _refuse_future(as_of: date) -> None:
    """An event of a day to come would stand in the way of every later import."""
    if as_of > date.today():
        raise InputError(
            f"{as_of} lies in the future",
            where="--as-of",
            expected="the day on which the file was current",
        )


def _what_next(
    changes: ImportChanges, folder: Path, *, is_new: bool, dry_run: bool
) -> Iterator[str]:
    """Say where the changes went and what an analyst does with the dates found."""
    if dry_run:
        yield "Dry run: the log is as it was."
        return
    if is_new:
        yield f"A new log was begun in {folder}."
    if changes.events["kind"].eq("unread").any():
        yield (
            "Rows seen and not read leave what the log held of them unconfirmed: read each, then "
            "coee recommendations correct EVENT_ID with --ecd or --status (the notebook's table of "
            "evidence has the ids)."
        )
    if changes.events["kind"].eq("ecd").any():
        yield (
            "Dates found by the program are marked automatic: read each, then coee recommendations "
            "confirm or correct EVENT_ID (the notebook's table of evidence has the ids)."
        )


def _mapping(columns: tuple[str, ...]) -> dict[str, str]:
    mapping: dict[str, str] = {}
    for pair in columns:
        field, sign, column = pair.partition("=")
        if not sign or not column:
            raise InputError(
                f"--map {pair!r} names no column", expected="--map FIELD=COLUMN, once a field"
            )
        field = field.strip()
        if field in mapping:
            raise InputError(
                f"--map gives {field} two columns: {mapping[field]!r} and {column!r}",
                expected="--map FIELD=COLUMN, once a field",
            )
        mapping[field] = column
    return mapping


@recommendations.command()
@click.argument("event_ids", nargs=-1, required=True, metavar="EVENT_ID...")
@_BY
@_ON
@_LOG
def confirm(event_ids: tuple[str, ...], by: str, on: date, folder: Path) -> None:
    """Mark the automatic events EVENT_ID as reviewed: each says what its source says."""
    from coee_nb.recommendations import reviews

    new = reviews.confirm(folder, *event_ids, on=on, by=by)
    for event_id, name in zip(event_ids, new, strict=True):
        click.echo(f"{name} confirms {event_id}.")


@recommendations.command()
@click.option("--out", type=FILE, help="Write what nobody has reviewed to this CSV, to fill in.")
@click.option("--in", "sheet", type=FILE, help="Enter the verdicts of this CSV.")
@_BY
@_ON
@_LOG
def review(out: Path | None, sheet: Path | None, by: str, on: date, folder: Path) -> None:
    """Review many events in a spreadsheet: --out FILE, fill in, --in FILE.

    In the column verdict, confirm says that an event is right, and correct that it is what ecd
    (with precision and bound) or status says; blank leaves it as it is.
    """
    from coee_nb.files import writing
    from coee_nb.outputs import safe_frame
    from coee_nb.recommendations import log, reviews

    if (out is None) == (sheet is None):
        raise click.UsageError("give either --out or --in")
    if sheet is not None:
        new = reviews.take_review(folder, sheet, on=on, by=by)
        click.echo(f"{len(new)} events reviewed{f': {new[0]} to {new[-1]}' if new else ''}.")
    elif out is not None:
        rows = reviews.review_sheet(log.read(folder))
        with writing(out) as stream:
            safe_frame(rows).to_csv(stream, index=False, lineterminator="\n")
        click.echo(f"{len(rows)} events to review are in {out}.")


@recommendations.command()
@click.argument("recommendation_id")
@click.option("--effective", type=Day(), required=True, help="Day from which it holds.")
@click.option("--by", required=True, metavar="WHO", help="Who says so.")
@click.option(
    "--status",
    type=click.Choice(STATUSES),
    help="Its status; closed - not implemented where the auditor withdrew it.",
)
@click.option("--ecd", default="", help="The due date (last day of its period), none or withdrawn.")
@_PRECISION
@_BOUND
@click.option("--issued", default="", metavar="DATE", help="Day on which its report was issued.")
@click.option("--office", default="", help="The office responsible.")
@click.option("--official", default="", help="The official responsible.")
@click.option("--rating", default="", help="How its risk is rated.")
@click.option("--words", default="", help="What the letter says, word for word.")
@click.option("--source", default="", help="The letter, as its file or reference names it.")
@_ON
@_LOG
def record(recommendation_id: str, status: str | None, on: date, folder: Path, **said: str) -> None:
    """Enter what a letter or decision says of RECOMMENDATION_ID, with who says so and from when."""
    from coee_nb.recommendations.letters import LETTER, Letter
    from coee_nb.recommendations.letters import record as enter

    source = said.pop("source") or LETTER
    letter = Letter(recommendation_id, status=status or "", source=source, **said)
    new = enter(folder, letter, on=on)
    click.echo(f"{', '.join(new)} recorded of {recommendation_id}.")


@recommendations.command()
@click.argument("file", type=FILE)
@click.option("--dated", type=Day(), help="Day of the letter; else the one in a line at its head.")
@click.option("--report", default="", help="The report it answers, where it does not name it.")
@click.option(
    "--recommendation", "recommendation_id", default="", help="The one that all of it is of."
)
@click.option("--dry-run", is_flag=True, help="Show what was found and leave the log as it is.")
@_ON
@_LOG
def reply(
    file: Path,
    dated: date | None,
    report: str,
    recommendation_id: str,
    dry_run: bool,
    on: date,
    folder: Path,
) -> None:
    """Propose what the agency's letter FILE, a text or Word file, promises, for confirmation.

    In the agency's own words "we will implement this by March 31, 2025" is a promise; what stands
    before "Response:" or after "OIG Analysis:" is read as the auditor's. Each part begins with a
    heading such as "Recommendation 1:". What is found enters the log marked automatic, until
    somebody confirms or corrects it.
    """
    from coee_nb.recommendations import imports, log
    from coee_nb.recommendations.replies import quotations, read_reply

    held = log.read(folder)
    reading = read_reply(
        file, held, on=on, dated=dated, report=report, recommendation_id=recommendation_id
    )
    changes = imports.changes(held, reading) if dry_run else imports.append_reading(folder, reading)
    _tell(changes, reading)
    for line in quotations(reading):
        click.echo(line)
    if dry_run:
        click.echo("Dry run: the log is as it was.")
        return
    new = log.read(folder).events["event_id"].iloc[len(held.events) :]
    if len(new):
        click.echo(
            f"Proposed, not confirmed: {', '.join(new)}. Read the words, then coee recommendations "
            "confirm or correct, or review all with coee recommendations review --out FILE."
        )


@recommendations.command()
@click.argument("recommendation_id")
@click.option("--into", default="", help="The recommendation that stays.")
@click.option("--undo", is_flag=True, help="Take the merge back.")
@click.option("--by", required=True, metavar="WHO", help="Who says so.")
@_ON
@_LOG
def merge(recommendation_id: str, into: str, undo: bool, by: str, on: date, folder: Path) -> None:
    """Tell that RECOMMENDATION_ID is the recommendation --into, which the log holds as well.

    The notebook lists which may be one. From the day on, the register shows the one that stays,
    with the events of both.
    """
    from coee_nb.recommendations import merges

    if bool(into) == undo:
        raise click.UsageError("give either --into or --undo")
    new = merges.merge(folder, recommendation_id, into=into, by=by, on=on)
    told = f"merges {recommendation_id} into {into}" if into else f"parts {recommendation_id} again"
    click.echo(f"{new} {told}.")


@recommendations.command()
@click.argument("event_id")
@click.option("--ecd", help="The due date (last day of its period), or 'none'.")
@click.option("--status", type=click.Choice(STATUSES), help="The status the source means.")
@_PRECISION
@_BOUND
@click.option("--kind", type=click.Choice(ECD_KINDS), help="Default: as extracted.")
@_BY
@_ON
@_LOG
@click.pass_context
def correct(
    ctx: click.Context,
    event_id: str,
    ecd: str | None,
    status: str | None,
    precision: str,
    bound: str,
    kind: str | None,
    by: str,
    on: date,
    folder: Path,
) -> None:
    """Put another date, or another status, in the place of what EVENT_ID extracted.

    For a row that was seen and not read, or that contradicted itself, it says what the row means.
    """
    from coee_nb.recommendations import reviews

    if (ecd is None) == (status is None):
        raise click.UsageError("give either --ecd or --status")
    if status is not None:
        new = reviews.correct_status(folder, event_id, status=status, on=on, by=by)
        click.echo(_corrected(new, event_id, on))
        return
    due = None if str(ecd).lower() == "none" else Day().convert(ecd, None, ctx)
    dated = {"precision": precision, "bound": bound, "kind": kind or ""}
    new = reviews.correct(folder, event_id, ecd=due, on=on, by=by, **dated)
    click.echo(_corrected(new, event_id, on))


def _corrected(new: str, old: str, on: date) -> str:
    return f"{new} corrects {old}, from {on} on: a register as of an earlier day stays as it was."
