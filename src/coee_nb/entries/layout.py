"""How loaded transactions lie on disk: what ``coee entries load`` writes and the checks read.

    DIR/rows/fiscal_year=2017/*.parquet   one row a transaction, by fiscal year of its entry date
    DIR/account.json                      what became of every line of every file
    DIR/rejected.parquet, rejected.csv    the lines that are no rows: file, line, text, reason

The columns of the rows, in this order:

``line``            BIGINT, the physical line of its file on which the row begins, the first being 1
``file``            VARCHAR, the short name of that file
``entry_number``    VARCHAR, what tells one transaction from another
``center``          VARCHAR, the unit that handles it
``entry_date``, ``summary_date``, ``release_date``, ``liquidation_date``   DATE
``duties``, ``taxes``, ``fees``   DECIMAL(18,2)
``unparsed``        VARCHAR, NULL where every value was read, else a JSON object of the fields whose
                    text is no date or amount and that text: ``{"entry_date": "00/00/0000"}``

A blank cell is NULL, and so is a value listed in ``unparsed``. ``fiscal_year`` is an integer
in the names of the folders, 0 where the entry date is not known.

``account.json`` holds, over all files, ``lines = header + blank + rejected + loaded`` (physical
lines) and ``rows``, the number of rows in ``rows/``; where rows are items that were summed to
transactions, ``summed`` is the number of items. ``reasons`` counts the rejected lines by reason,
``unparsed`` holds for each field of which values were not read how many ``rows`` these are and one
text, ``such_as``. ``files`` is a list of the same for each file, with
``file`` and ``sha256``. ``fiscal_year_starts`` is the first month of a fiscal year, ``columns`` the
column that each field was read from, ``content_hash`` the hash of all rows.
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coee_nb.errors import InputError
from coee_nb.paths import resolve

TEXTS = ("entry_number", "center")
DATES = ("entry_date", "summary_date", "release_date", "liquidation_date")
MONEY = ("duties", "taxes", "fees")
FIELDS = (*TEXTS, *DATES, *MONEY)
COLUMNS = ("line", "file", *FIELDS, "unparsed")
FISCAL_YEAR, UNKNOWN_YEAR = "fiscal_year", 0
ROWS, ACCOUNT = "rows", "account.json"
REJECTED, REJECTED_CSV = "rejected.parquet", "rejected.csv"


def row_files(folder: str | Path) -> list[Path]:
    """Return the Parquet files of a loaded folder, in order; none where it holds none.

    Read them with hive partitioning on and ``fiscal_year`` an integer.
    """
    return sorted((resolve(folder) / ROWS).glob(f"{FISCAL_YEAR}=*/*.parquet"))


def blank_cells(folder: str | Path) -> Counter[str]:
    """Return of how many rows each column is blank, by what the Parquet files tell of themselves.

    A file that does not tell it is read.
    """
    import pyarrow.parquet as parquet

    found: Counter[str] = Counter()
    for path in row_files(folder):
        with parquet.ParquetFile(path) as file:
            for group in range(file.num_row_groups):
                about = file.metadata.row_group(group)
                for place, name in enumerate(file.schema_arrow.names):
                    told = about.column(place).statistics
                    if told is not None and told.has_null_count:
                        found[name] += told.null_count
                    else:
                        found[name] += file.read_row_group(group, [name])[name].null_count
    return found


def sql_text(path: str | Path) -> str:
    """Return a path as a text of SQL.

    >>> sql_text("the year's rows")
    "'the year''s rows'"
    """
    return "'" + str(path).replace("'", "''") + "'"


def read_account(folder: str | Path) -> dict[str, Any]:
    """Return the account of lines of a loaded folder. Raises InputError where there is none."""
    path = resolve(folder) / ACCOUNT
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            "holds no loaded transactions",
            where=str(path.parent),
            expected=f"a folder with {ROWS}/ and {ACCOUNT}",
            do="load the files with coee entries load FILES --into DIR",
        ) from error


def date_formats(account: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the formats that the dates of each loaded file were read with."""
    return {one["file"]: tuple(one.get("date_formats", ())) for one in account.get("files", [])}


def absent_fields(account: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields that no loaded file has a column for."""
    columns = [one["columns"] for one in account.get("files", []) if "columns" in one]
    return tuple(name for name in FIELDS if columns and not any(name in one for one in columns))
