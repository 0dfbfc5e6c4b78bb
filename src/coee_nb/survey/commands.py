"""The commands of the survey: ``coee survey codebook``."""

from pathlib import Path

import click


@click.group()
def survey() -> None:
    """Survey responses: draft a codebook."""


@survey.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path),
              help="Where to write it (default: the screen), a new file.")  # fmt: skip
@click.option("--encoding", default=None, help="Text encoding, if it is not UTF-8 or UTF-16.")
def codebook(file: Path, out: Path | None, encoding: str | None) -> None:
    """Draft a codebook from the export FILE, for you to correct."""
    from coee_nb.errors import InputError
    from coee_nb.files import writing
    from coee_nb.paths import shown
    from coee_nb.survey.read.drafting import draft_codebook

    draft = draft_codebook(file.absolute(), encoding=encoding)
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
