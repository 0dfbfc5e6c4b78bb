"""Every failing row, with the names of the checks it fails: Parquet, CSV, and a few to show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import pandas as pd

from coee_nb.entries.checks import DUPLICATE, any_of
from coee_nb.entries.layout import COLUMNS, MONEY
from coee_nb.entries.tally import Bits
from coee_nb.outputs import safe_frame

if TYPE_CHECKING:
    import ibis

    from coee_nb.entries.engine import Engine

PARQUET, CSV = "failing_rows.parquet", "failing_rows.csv"
SHOWN = 3  # rows of a check that a page shows


@dataclass(frozen=True)
class FailingRows:
    """Where all failing rows are (``parquet``, ``csv``), how many (``rows``), and ``examples``.

    ``examples``: id of the check, then the columns of the rows, the first few of each check by
    file and line.
    """

    parquet: Path
    csv: Path
    rows: int
    examples: pd.DataFrame


def failing_rows(
    rows: ibis.Table, twice: ibis.Table | None, bits: Bits, folder: Path, using: Engine
) -> FailingRows:
    """Write every failing row below ``folder``, by file and line, as it comes from the engine.

    ``twice`` are the duplicate rows. The columns are those of the rows and ``checks``, the ids of
    the checks that a row fails, with blanks between. In the CSV no text can be taken for a formula;
    the Parquet file has every value as it is.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = [one.id for one in bits.checks]
    parquet, csv = folder / PARQUET, folder / CSV
    count, kept, writer = 0, _Examples(names), None
    try:
        with csv.open("w", encoding="utf-8", newline="") as text:
            for table in _batches(using.batches(_failing(rows, twice, bits)), bits, names):
                writer = writer or pq.ParquetWriter(parquet, table.schema, compression="zstd")
                writer.write_table(table)
                frame = table.to_pandas(date_as_object=True)
                as_csv(frame, text, header=count == 0)
                kept.see(frame)
                count += len(frame)
            if writer is None:
                empty = pa.table({name: pa.array([], pa.string()) for name in (*COLUMNS, "checks")})
                pq.write_table(empty, parquet)
                empty.to_pandas().to_csv(text, index=False, lineterminator="\n")
    finally:
        if writer is not None:
            writer.close()
    return FailingRows(parquet, csv, count, kept.frame())


def as_csv(frame: pd.DataFrame, text: TextIO, *, header: bool = True) -> None:
    """Write rows as CSV in which no text can be taken for a formula; amounts are exact."""
    exact = {name: frame[name].map(str, na_action="ignore") for name in MONEY}
    safe_frame(frame.assign(**exact)).to_csv(text, index=False, header=header, lineterminator="\n")


def _failing(rows: ibis.Table, twice: ibis.Table | None, bits: Bits) -> ibis.Table:
    """Return the failing rows with their number, in the order of the files."""
    columns = [*COLUMNS, "bits"]
    fails = any_of([one.fails for one in bits.checks if one.fails is not None])
    found = rows.filter(fails)
    if twice is not None:
        found = found.anti_join(twice, ["file", "line"])
    found = found.mutate(bits=bits.expression()).select(columns)
    if twice is not None:
        mark = bits.of(DUPLICATE)
        more = twice.mutate(bits=_with(bits, mark))
        found = found.union(more.select(columns))
    return found.order_by(["file", "line"])


def _with(bits: Bits, mark: int) -> Any:
    """Return a row's number with one more bit, which it does not have yet."""
    import ibis

    return bits.expression() + ibis.literal(mark, "int64")


def _batches(found: Iterator[Any], bits: Bits, names: list[str]) -> Iterator[Any]:
    """Yield tables of some thousand rows, the names of their checks in place of their number."""
    import pyarrow as pa

    told: dict[int, str] = {}
    for batch in found:
        if not batch.num_rows:
            continue
        table = pa.Table.from_batches([batch])
        numbers = table["bits"].to_pylist()
        for number in set(numbers) - set(told):
            told[number] = " ".join(name for name in names if number & bits.of(name))
        table = table.select(list(COLUMNS))
        yield table.append_column("checks", pa.array([told[one] for one in numbers], pa.string()))


class _Examples:
    """Keeps the first few rows of each check."""

    def __init__(self, names: list[str]) -> None:
        self.rows: dict[str, list[dict]] = {name: [] for name in names}

    def see(self, frame: pd.DataFrame) -> None:
        """Take what is wanted yet from more rows."""
        for name, kept in self.rows.items():
            if len(kept) < SHOWN:
                fails = frame["checks"].str.contains(rf"(?:^| ){name}(?: |$)", regex=True)
                kept += frame[fails].head(SHOWN - len(kept)).to_dict("records")

    def frame(self) -> pd.DataFrame:
        """Return one line a row, under the check's id."""
        lines = [{"id": name} | row for name, rows in self.rows.items() for row in rows]
        return pd.DataFrame(lines, columns=["id", *COLUMNS, "checks"])
