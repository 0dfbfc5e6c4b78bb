"""The commands of collections: ``coee collections fetch``."""

from pathlib import Path

import click

from coee_nb.once import FILE, Commands


@click.group(cls=Commands)
def collections() -> None:
    """Receipts by month: fetch them from their published source."""


@collections.command()
@click.option("--out", required=True, type=FILE,
              help="Monthly file to write, once everything agrees.")  # fmt: skip
@click.option("--classification", default="Customs Duties", show_default=True,
              help="Line of the Monthly Treasury Statement's table 4, as printed.")  # fmt: skip
@click.option("--published", type=FILE,
              help="Annual figures that complete fiscal years must tie out to.")  # fmt: skip
@click.option("--earlier", type=FILE,
              help="Monthly file to compare, and to carry early months over from.")  # fmt: skip
@click.option("--base-url", default=None, help="Address of the service, for a mirror.")
@click.option("--timeout", default=30.0, show_default=True, help="Seconds of silence.",
              type=click.FloatRange(min=0, min_open=True))  # fmt: skip
@click.option("--attempts", default=5, show_default=True, help="Tries before it gives up.",
              type=click.IntRange(min=1))  # fmt: skip
def fetch(
    out: Path,
    classification: str,
    published: Path | None,
    earlier: Path | None,
    base_url: str | None,
    timeout: float,
    attempts: int,
) -> None:
    """Fetch receipts by month from the U.S. Treasury, tie them out, then write them to --out."""
    from coee_nb.collections import fetch as service

    fetched = service.fetch(
        out,
        classification=classification,
        base_url=base_url or service.BASE_URL,
        published=published,
        earlier=earlier,
        timeout=timeout,
        attempts=attempts,
    )
    click.echo(fetched.text)
    for row in fetched.changed.itertuples():
        click.echo(f"{row.month}: {row.before:,.2f} before, {row.after:,.2f} now")
    for row in fetched.excluded.itertuples():
        click.echo(f"{row.month}: excluded, {row.reason}")
