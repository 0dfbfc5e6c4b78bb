"""The commands of transactions: ``coee entries load``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from coee_nb.once import FILE, Commands


@click.group(cls=Commands)
def entries() -> None:
    """Transactions: files of any size to Parquet, every line accounted for."""


def _columns(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """Return FIELD=COLUMN as pairs."""
    pairs = [text.partition("=") for text in given]
    for name, sign, _column in pairs:
        if not sign:
            raise click.BadParameter(f"{name!r} is not FIELD=COLUMN")
    return {name.strip(): column.strip() for name, _sign, column in pairs}


@entries.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--into", required=True, metavar="DIR",
              type=click.Path(path_type=Path, resolve_path=True),
              help="Folder to make, or to replace if it is one of an earlier load.")  # fmt: skip
@click.option("--map", "columns", multiple=True, metavar="FIELD=COLUMN", callback=_columns,
              help="The column a field is read from; FIELD= where there is none.")  # fmt: skip
@click.option("--date-format", "date_formats", multiple=True, metavar="F",
              help="How dates are written, such as MM/DD/YYYY; several are tried in turn. Without "
              "it ISO dates are read, or the one format that the first rows prove.")  # fmt: skip
@click.option("--decimal-mark", type=click.Choice([".", ","]), default=".", show_default=True,
              help="What stands before the cents; the other may part the thousands.")  # fmt: skip
@click.option("--currency", default="$", show_default=True, help="Sign that amounts may bear.")
@click.option("--delimiter", default=",", show_default=True,
              help=r"What stands between fields; \t or tab for a tab.")  # fmt: skip
@click.option("--encoding", type=click.Choice(["utf-8", "latin-1", "cp1252"]), default="utf-8",
              show_default=True, help="How letters are encoded.")  # fmt: skip
@click.option("--sheet", help="The sheet of a workbook with several.")
@click.option("--one-row-per", type=click.Choice(["transaction", "item"]), default="transaction",
              show_default=True,
              help="item: a transaction has several rows, which are summed.")  # fmt: skip
@click.option("--fiscal-year-starts", type=click.IntRange(1, 12), default=10, show_default=True,
              help="First month of a fiscal year.")  # fmt: skip
@click.option("--memory-limit", default="1GB", show_default=True,
              help="Memory of the database; what needs more goes to disk beside DIR.")  # fmt: skip
@click.option("--threads", type=click.IntRange(min=1), help="Threads (default: one a core).")
def load(files: tuple[Path, ...], into: Path, **given: Any) -> None:
    """Load FILES of transactions (delimited text, gzip, .xlsx) into the folder --into.

    Every line is loaded, blank, or rejected with its number, text and reason. The account of
    lines is printed and written to DIR/account.json, the rejected lines to DIR/rejected.csv. A
    value that cannot be read keeps its text and its row. DIR appears whole or not at all.

    Fields: entry_number, center (the unit that handles the transaction), entry_date,
    summary_date, release_date, liquidation_date, duties, taxes, fees. Columns are found by these
    names in any order and case, or are mapped:

    \b
      coee entries load fy2017.csv fy2018.csv.gz --into work/entries
        --map entry_number="Entry No" --map fees= --date-format MM/DD/YYYY

    Amounts are such as 1234.5, $1,234.50, -55.25 and (55.25).
    """  # noqa: D301
    from tqdm import tqdm

    from coee_nb.entries import load as loads
    from coee_nb.entries.read_values import MoneyFormat

    money = MoneyFormat(given.pop("decimal_mark"), given.pop("currency"))
    given["delimiter"] = {r"\t": "\t", "tab": "\t"}.get(given["delimiter"], given["delimiter"])
    loading = loads.Loading(money=money, **given)
    size = loads.total_size(files)
    bar: tqdm[Any] = tqdm(total=size, unit="B", unit_scale=True, disable=None, desc="reading")
    with bar:
        loaded = loads.load(files, into, loading, progress=bar.update)
    click.echo(loaded.text)
