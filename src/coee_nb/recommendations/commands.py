"""The commands on the event log: import a list, confirm or correct an extracted date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coee_nb.errors import InputError
from coee_nb.recommendations.columns import BOUNDS, ECD_KINDS, PRECISIONS, STATUSES

if TYPE_CHECKING:
    from coee_nb.recommendations.imports import ImportChanges

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


@click.group()
def recommendations() -> None:
    """Import lists of recommendations into the event log, and review its dates."""


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
    date_order: str | None,
    fiscal_year_end: str,
) -> None:
    """Append what FILE says to the event log and show what was added, changed or has vanished.

    FILE is the text of a DHS OIG report, of GAO's page of an agency, of an Oversight.gov report
    page or of the California State Auditor's responses, GAO's CSV download, or any CSV or Excel
    list with --map.
    """
    from coee_nb.recommendations import imports, log, sightings
    from coee_nb.recommendations.sources.recognise import read_file
    from coee_nb.recommendations.sources.words import read_statuses

    _refuse_future(as_of)
    style = {"date_order": date_order or "", "fiscal_year_end": fiscal_year_end}
    words = read_statuses(statuses) if statuses else None
    reading = read_file(file, as_of=as_of, columns=_mapping(columns), statuses=words, **style)
    reading = sightings.complete(reading) if complete else reading
    is_new = not any(folder.glob("*.csv"))
    nothing = not any(row["is_read"] for row in reading.rows)
    if dry_run or (nothing and is_new):
        held = log.empty() if is_new else log.read(folder)
        changes = imports.changes(held, reading)
    else:
        changes = imports.append_reading(folder, reading)
    click.echo(changes.text)
    for row in changes.table.itertuples():
        before = f"{row.before} -> " if row.before else ""
        click.echo(f"  {row.change:<20} {row.recommendation_id}: {before}{row.after}")
    for row in reading.excluded.itertuples():
        click.echo(f"  {'excluded':<20} {row.where}: {row.reason} ({row.begins})")
    if nothing:
        kept = "no log was begun" if is_new else "what the log holds is not confirmed by it"
        click.echo(f"Nothing of {reading.file} was read: {kept}.", err=True)
        raise click.exceptions.Exit(1)
    for line in _what_next(changes, folder, is_new=is_new, dry_run=dry_run):
        click.echo(line)


def _refuse_future(as_of: date) -> None:
    """An event of a day to come would stand in the way of every later import."""
    if as_of > date.today():
        raise InputError(
            f"{as_of} is to come", where="--as-of", expected="the day on which the file was current"
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
@click.argument("event_id")
@_ON
@_LOG
def confirm(event_id: str, on: date, folder: Path) -> None:
    """Mark the automatic event EVENT_ID as reviewed: it says what the source says."""
    from coee_nb.recommendations import reviews

    new = reviews.confirm(folder, event_id, on=on)
    click.echo(f"{new} confirms {event_id}.")


@recommendations.command()
@click.argument("event_id")
@click.option("--ecd", help="The due date (last day of its period), or 'none'.")
@click.option("--status", type=click.Choice(STATUSES), help="The status the source means.")
@click.option(
    "--precision",
    type=click.Choice(PRECISIONS),
    default="day",
    show_default=True,
    help="What the source named; the date is the last day of it.",
)
@click.option(
    "--bound",
    type=click.Choice(BOUNDS),
    default="due",
    show_default=True,
    help="Whether the date is when it is due, or only the earliest it may be done.",
)
@click.option("--kind", type=click.Choice(ECD_KINDS), help="Default: as extracted.")
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
        new = reviews.correct_status(folder, event_id, status=status, on=on)
        click.echo(f"{new} corrects {event_id}.")
        return
    due = None if str(ecd).lower() == "none" else Day().convert(ecd, None, ctx)
    new = reviews.correct(
        folder, event_id, ecd=due, on=on, precision=precision, bound=bound, kind=kind or ""
    )
    click.echo(f"{new} corrects {event_id}.")
