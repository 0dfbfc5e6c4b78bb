"""The commands of the survey: ``coee survey codebook`` and ``comments``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from coee_nb.once import FILE, Commands

if TYPE_CHECKING:
    from coee_nb.survey.read.dates import DateOrder


@click.group(cls=Commands)
def survey() -> None:
    """Survey responses: draft a codebook, and the review of comments."""


@survey.command()
@click.argument("file", type=FILE)
@click.option("--out", type=FILE,
              help="Where to write it (default: the screen), a new file.")  # fmt: skip
@click.option("--qsf", type=FILE,
              help="The survey's own definition from Qualtrics: choices, logic.")  # fmt: skip
@click.option("--encoding", default=None, help="Text encoding, if it is not UTF-8 or UTF-16.")
def codebook(file: Path, out: Path | None, qsf: Path | None, encoding: str | None) -> None:
    """Draft a codebook from the export FILE, for you to correct."""
    from coee_nb.errors import InputError
    from coee_nb.files import writing
    from coee_nb.paths import shown
    from coee_nb.survey.read.defined import draft_defined_codebook
    from coee_nb.survey.read.drafting import draft_codebook, left_out
    from coee_nb.survey.read.exports import open_export

    if qsf is None:
        draft = draft_codebook(file, encoding=encoding)
    else:
        draft = draft_defined_codebook(file, qsf, encoding=encoding)
    if out is None:
        click.echo(draft, nl=False)
        return
    if out.exists():
        raise InputError(
            "exists already", where=shown(out), do="give another name: corrections are not undone"
        )
    with writing(out) as stream:
        stream.write(draft)
    click.echo(f"Drafted {shown(out)}. Correct it before you use it: see its first lines.")
    if aside := left_out(open_export(file, encoding=encoding)):
        click.echo("\n  ".join(["Columns left out, and why:", *aside]))


@survey.command()
@click.argument("file", type=FILE)
@click.option("--codebook", required=True, type=FILE,
              help="The codebook that says which questions are of type text.")  # fmt: skip
@click.option("--out", required=True, type=FILE,
              help="The review file to write; one with marks is never replaced.")  # fmt: skip
@click.option("--encoding", default=None, help="Text encoding, if it is not UTF-8 or UTF-16.")
@click.option("--date-order", type=click.Choice(["month first", "day first"]), default=None,
              help="How to read dates such as 2/1/2021, in a file saved again.")  # fmt: skip
def comments(
    file: Path, codebook: Path, out: Path, encoding: str | None, date_order: DateOrder | None
) -> None:
    """Draft the review of every comment in the export FILE, for you to read and mark.

    Write yes into the column quote of a comment that may be quoted, and other words for it, if
    need be, into the column edited. The column identifiers shows what a search found; it cannot
    find everything.
    """
    from coee_nb.paths import shown
    from coee_nb.survey.codebook import read_codebook
    from coee_nb.survey.reader import read_responses
    from coee_nb.survey.review import draft_review, write_review

    book = read_codebook(codebook)
    responses = read_responses(
        file,
        book,
        date_order=date_order,
        unknown_answers="blank",
        encoding=encoding,
    )
    draft = draft_review(responses.rows, book)
    write_review(draft, out)
    found = int((draft["identifiers"] != "").sum())
    click.echo(
        f"Drafted {shown(out)}: {len(draft):,} comments, in {found:,} of them something that may "
        "identify somebody. Read every one: nothing is quoted until you mark it."
    )
