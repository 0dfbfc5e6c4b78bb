"""The commands on the event log: import a list, confirm or correct an extracted date."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from coee_nb.errors import InputError
from coee_nb.recommendations.columns import BOUNDS, ECD_KINDS, PRECISIONS

LOG = Path("data/oig_22_34/recommendations")


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


_LOG = click.option(
    "--log",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=LOG,
    show_default=True,
    help="Folder of the event log.",
)
_ON = click.option(
    "--on", type=Day(), default=date.today, help="Day of the review (default: today)."
)


@click.group()
def recommendations() -> None:
    """Import lists of recommendations into the event log, and review its dates."""


@recommendations.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as-of", type=Day(), required=True, help="Day on which FILE was current.")
@_LOG
@click.option("--dry-run", is_flag=True, help="Show what would change and leave the log as it is.")
@click.option(
    "--map",
    "columns",
    multiple=True,
    metavar="FIELD=COLUMN",
    help='A column of a CSV or Excel list; FIELD="=VALUE" gives all rows one value.',
)
def import_file(
    file: Path, as_of: date, folder: Path, dry_run: bool, columns: tuple[str, ...]
) -> None:
    """Append what FILE says to the event log and show what was added, changed or has vanished.

    FILE is the text of a DHS OIG report, of GAO's page of an agency, of an Oversight.gov report
    page or of the California State Auditor's responses, GAO's CSV download, or any CSV or Excel
    list with --map.
    """
    from coee_nb.recommendations import imports, log
    from coee_nb.recommendations.readers.recognise import read_file

    reading = read_file(file, as_of=as_of, columns=_mapping(columns))
    if dry_run:
        held = log.read(folder) if any(folder.glob("*.csv")) else log.empty()
        changes = imports.changes(held, reading)
    else:
        changes = imports.append_reading(folder, reading)
    click.echo(changes.text)
    for row in changes.table.itertuples():
        before = f"{row.before} -> " if row.before else ""
        click.echo(f"  {row.change:<20} {row.recommendation_id}: {before}{row.after}")
    for row in reading.set_aside.itertuples():
        click.echo(f"  {'set aside':<20} {row.where}: {row.reason} ({row.begins})")
    if dry_run:
        click.echo("Dry run: the log is as it was.")


def _mapping(columns: tuple[str, ...]) -> dict[str, str]:
    mapping = {}
    for pair in columns:
        field, sign, column = pair.partition("=")
        if not sign or not column:
            raise InputError(
                f"--map {pair!r} names no column", expected="--map FIELD=COLUMN, once a field"
            )
        mapping[field.strip()] = column
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
@click.option("--ecd", required=True, help="The due date (last day of its period), or 'none'.")
@click.option("--precision", type=click.Choice(PRECISIONS), default="day", show_default=True)
@click.option("--bound", type=click.Choice(BOUNDS), default="due", show_default=True)
@click.option("--kind", type=click.Choice(ECD_KINDS), help="Default: as extracted.")
@_ON
@_LOG
@click.pass_context
def correct(
    ctx: click.Context,
    event_id: str,
    ecd: str,
    precision: str,
    bound: str,
    kind: str | None,
    on: date,
    folder: Path,
) -> None:
    """Put another estimated completion date in the place of the one EVENT_ID extracted."""
    from coee_nb.recommendations import reviews

    due = None if ecd.lower() == "none" else Day().convert(ecd, None, ctx)
    new = reviews.correct(
        folder, event_id, ecd=due, on=on, precision=precision, bound=bound, kind=kind or ""
    )
    click.echo(f"{new} corrects {event_id}.")
