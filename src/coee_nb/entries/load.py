"""Files of transactions to Parquet by fiscal year, every line of them accounted for."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from coee_nb.arguments import known
from coee_nb.entries.engine import without_progress
from coee_nb.entries.layout import (
    COLUMNS,
    DATES,
    FIELDS,
    FISCAL_YEAR,
    MONEY,
    ROWS,
    UNKNOWN_YEAR,
    row_files,
    sql_text,
)
from coee_nb.entries.load_writing import RejectedLines, appearing, write_account
from coee_nb.entries.read_delimited import ENCODINGS, DelimitedFile, Dialect
from coee_nb.entries.read_pieces import LineCount, Piece
from coee_nb.entries.read_sheet import SheetFile, is_sheet
from coee_nb.entries.read_values import (
    ISO,
    DateFormat,
    MoneyFormat,
    Values,
    proven_format,
    unproven,
)
from coee_nb.errors import InputError, ParameterError
from coee_nb.paths import as_named, resolve, shown

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_ENCODED = ("center", *DATES)  # fields with few texts
_ITEMS = "items"


@dataclass(frozen=True)
class Loading:
    """How files are read.

    ``columns``: for a field the column it is read from, "" where the files have none; what is not
    given is found by its name. ``date_formats``: tried in turn; none: ISO dates, or the one
    format that the first rows prove. ``one_row_per`` "item": rows are the items of transactions,
    and are summed. ``fiscal_year_starts`` is a month; ``memory_limit`` as DuckDB takes it.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    date_formats: tuple[str, ...] = ()
    money: MoneyFormat = field(default_factory=MoneyFormat)
    delimiter: str = ","
    encoding: str = "utf-8"
    sheet: str | None = None
    one_row_per: Literal["transaction", "item"] = "transaction"
    fiscal_year_starts: int = 10
    memory_limit: str = "1GB"
    threads: int | None = None

    def __post_init__(self) -> None:
        for name in self.columns:
            known(name, FIELDS, "field")
        known(self.encoding, ENCODINGS, "encoding")
        known(self.one_row_per, ("transaction", "item"), "row")
        if len(self.delimiter) != 1 or self.delimiter in '"\r\n' or not self.delimiter.isascii():
            raise ParameterError(
                f"the delimiter {self.delimiter!r} is no single character",
                expected="such as , or ;",
            )
        if self.money.decimal_mark not in (".", ","):
            raise ParameterError(
                f"the decimal mark {self.money.decimal_mark!r}", expected="a point or a comma"
            )
        if not 1 <= self.fiscal_year_starts <= 12:
            raise ParameterError(f"month {self.fiscal_year_starts}", expected="1 to 12")


@dataclass(frozen=True)
class Loaded:
    """What a load made of its files: the ``account`` as it is written to ``account.json``."""

    folder: Path
    account: dict[str, Any]

    @property
    def text(self) -> str:
        """Return the account of lines in a few lines."""
        all_ = self.account
        told = [_line_account("all files" if len(all_["files"]) > 1 else "", all_)]
        if len(all_["files"]) > 1:
            told += [_line_account(one["file"], one) for one in all_["files"]]
        told[0] += f"; {all_['rows']:,} rows"
        if "summed" in all_:
            told[0] += f", summed from {all_['summed']:,} items"
        for one in all_["files"]:
            if one["unused_columns"]:
                names = ", ".join(name or "(no name)" for name in one["unused_columns"])
                told.append(f"{one['file']}: columns that no field is read from: {names}")
            if not one["last_line_ended"]:
                told.append(f"{one['file']}: its last line has no end; the file may be cut off")
        return "\n".join([*told, *_rejected(all_), *_unparsed(all_)])


def _rejected(account: Mapping[str, Any]) -> list[str]:
    """Return why lines were rejected, where they are, and what to do about an encoding."""
    reasons = account["reasons"]
    told = [f"rejected {count:,}: {reason}" for reason, count in reasons.items()]
    if f"not {ENCODINGS['utf-8']}" in reasons:
        told.append(
            "To do: if letters with accents are written in Latin-1 or in that of Windows, load "
            "again with --encoding latin-1 or --encoding cp1252."
        )
    if told:
        told.append("The rejected lines, each with its reason, are in rejected.csv.")
    return told


def _unparsed(account: Mapping[str, Any]) -> list[str]:
    """Return how many values of each field were not read, and what to do if there is a cause."""
    unparsed = account["unparsed"]
    told = [
        f"{name}: {one['rows']:,} values not read, such as {one['such_as']!r}"
        for name, one in unparsed.items()
    ]
    if told:
        ways = ["--date-format"] if set(DATES) & set(unparsed) else []
        ways += ["--decimal-mark or --currency"] if set(MONEY) & set(unparsed) else []
        told.append(
            "Their rows are loaded, keep the text, and fail the check unparsed_value. To do: if "
            f"all are written in a way of their own, load again with {', '.join(ways)}."
        )
    return told


def _line_account(name: str, counts: Mapping[str, int]) -> str:
    parts = " + ".join(
        f"{key} {counts[key]:,}" for key in ("header", "blank", "rejected", "loaded")
    )
    return f"{name + ': ' if name else ''}lines {counts['lines']:,} = {parts}"


def load(
    files: Sequence[str | Path],
    into: str | Path,
    loading: Loading | None = None,
    *,
    progress: Callable[[int], Any] = lambda _: None,
) -> Loaded:
    """Load ``files`` into the folder ``into``, laid out as `coee_nb.entries.layout` says.

    The folder appears whole, in place of an earlier load, or stays as it was. ``progress`` hears
    of bytes as they are read. Raises InputError for a file that is missing, empty, cut off, in
    another encoding or without a field's column, and when the lines of a file do not add up.
    """
    loading = loading or Loading()
    sources = [_Source(path, name, loading) for path, name in _named(files)]
    folder = resolve(into)
    with appearing(folder) as aside:
        rejects = RejectedLines(aside)
        try:
            with _database(aside, loading) as database:
                _write_rows(database, aside, _batches(sources, loading, rejects, progress), loading)
                rejects.close()
                account = _account(database, aside, sources, loading) | {
                    "reasons": dict(rejects.reasons.most_common())
                }
        finally:
            rejects.close()
        write_account(aside, account)
    return Loaded(folder, account)


def total_size(files: Sequence[str | Path]) -> int:
    """Return how many bytes the files have on disk; a file that is missing has none."""
    return sum(path.stat().st_size for path in map(resolve, files) if path.is_file())


def _named(files: Sequence[str | Path]) -> list[tuple[Path, str]]:
    """Return each file with its short name, which no two share."""
    if not files:
        raise ParameterError("no file to load")
    paths = [resolve(file) for file in files]
    for k, path in enumerate(paths):
        if path.resolve() in [other.resolve() for other in paths[:k]]:
            raise InputError("is named twice", where=as_named(path), do="load it once")
    names = [path.name for path in paths]
    if len(set(names)) < len(names):
        names = [f"{path.parent.name}/{path.name}" for path in paths]
    if len(set(names)) < len(names):
        names = [shown(path) for path in paths]
    return list(zip(paths, names, strict=True))


class _Source:
    """A file to load: opened, its header mapped to fields; the formats of its dates known."""

    def __init__(self, path: Path, name: str, loading: Loading) -> None:
        self.path, self.name, self.loading = path, name, loading
        self.heard: Callable[[int], Any] = lambda _: None
        self.is_sheet = is_sheet(path)
        self.file: DelimitedFile | SheetFile = (
            SheetFile(path, loading.sheet, self._hear)
            if self.is_sheet
            else DelimitedFile(path, Dialect(loading.delimiter, loading.encoding), self._hear)
        )
        self.places = columns_of(self.file.header, loading.columns, as_named(path))
        self.formats: list[str] = list(loading.date_formats)
        for words in self.formats:
            DateFormat(words)
        if self.is_sheet and self.formats and ISO not in self.formats:
            self.formats.append(ISO)  # how a sheet's own dates are told

    def _hear(self, size: int) -> None:
        self.heard(size)

    def texts(self) -> Iterator[tuple[Piece, dict[str, Any]]]:
        """Yield pieces with the texts of each field."""
        encoded = [self.places[name] for name in _ENCODED if name in self.places]
        for piece in self.file.pieces(sorted(set(self.places.values())), encoded):
            yield (
                piece,
                {name: _whole(piece.texts.column(f"c{k}")) for name, k in self.places.items()},
            )

    def values(self, texts: Mapping[str, Any]) -> Values:
        """Return the reader of values, its date formats proven by the first rows if need be."""
        if not self.formats:
            told = {
                text
                for name in DATES
                if name in texts
                for text in texts[name].dictionary.to_pylist()
                if text.strip()
            }
            proven = proven_format(told)
            if proven is None:
                found, do = unproven(told)
                raise InputError(found, where=as_named(self.path), do=do)
            self.formats = list(dict.fromkeys([proven, ISO]))
        return Values([DateFormat(words) for words in self.formats], self.loading.money)


def _whole(column: pa.ChunkedArray) -> Any:
    import pyarrow as pa

    if column.num_chunks == 1:
        return column.chunk(0)
    return column.combine_chunks() if column.num_chunks else pa.array([], column.type)


def columns_of(header: Sequence[str], given: Mapping[str, str], where: str) -> dict[str, int]:
    """Return the place in ``header`` of each field's column, as ``given`` or found by its name.

    Names are the same whatever their case and what stands between their words. Raises InputError
    that tells all fields without a column, and a column that is there twice.

    >>> columns_of(["Fees", "Entry No"], {"entry_number": "Entry No"} | dict.fromkeys(
    ...     ["center", *DATES, "duties", "taxes"], ""), "a.csv")
    {'entry_number': 1, 'fees': 0}
    """
    alike = [_alike(name) for name in header]
    places, missing = {}, []
    for name in FIELDS:
        wanted = given.get(name, name)
        if not wanted:
            continue
        found = [k for k, one in enumerate(header) if one == wanted] or [
            k for k, one in enumerate(alike) if one == _alike(wanted)
        ]
        if len(found) > 1:
            raise InputError(
                f"the column {wanted!r} is there {len(found)} times",
                where=where,
                expected=f"one column for the field {name}",
                do="give the columns names of their own",
            )
        if found:
            places[name] = found[0]
        else:
            missing.append(f"{name} ({wanted!r})" if name in given else name)
    if missing:
        raise InputError(
            f"no column for {', '.join(missing)}",
            where=where,
            expected=f"a column for each field; the file has {', '.join(map(repr, header))}",
            do=_how_to_find(header, any_found=bool(places)),
        )
    return places


def _how_to_find(header: Sequence[str], *, any_found: bool) -> str:
    """Return what to do about columns that are not found, by what the header looks like."""
    marks = {";": '";"', "\t": "tab", "|": '"|"', ",": ","}
    other = max(marks, key=header[0].count)
    if len(header) == 1 and other in header[0]:
        return f"say what stands between the fields: --delimiter {marks[other]}"
    do = "name it with --map FIELD=COLUMN, or say --map FIELD= where there is none"
    if any_found:
        return do
    return f"take out what stands above the line of the column names, or {do}"


def _alike(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


def _batches(
    sources: Sequence[_Source],
    loading: Loading,
    rejects: RejectedLines,
    progress: Callable[[int], Any],
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of all files as they will be written, and write the rejected lines."""
    import pyarrow as pa

    schema = _schema()
    for source in sources:
        source.heard = progress
        values = None
        for piece, texts in source.texts():
            source.file.count.add(piece)
            rejects.add(source.name, piece.rejected)
            if not len(piece.lines):
                continue
            values = values or source.values(texts)
            made = values.columns(texts)
            made["line"] = pa.array(piece.lines, pa.int64())
            made["file"] = pa.DictionaryArray.from_arrays(
                pa.nulls(len(piece.lines), pa.int32()).fill_null(0), [source.name]
            ).cast(pa.string())
            yield pa.RecordBatch.from_arrays([made[name] for name in COLUMNS], schema=schema)
        _check_account(source)


def _schema() -> pa.Schema:
    import pyarrow as pa

    kinds = dict.fromkeys(DATES, pa.date32()) | dict.fromkeys(MONEY, pa.decimal128(18, 2))
    kinds["line"] = pa.int64()
    return pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])


def _check_account(source: _Source) -> None:
    count = source.file.count
    if not count.adds_up:
        raise InputError(
            f"{count.lines:,} lines, of which {_line_account('', asdict(count))}",
            where=as_named(source.path),
            expected="an account that adds up",
            do="report this: nothing was loaded",
        )


@contextmanager
def _database(aside: Path, loading: Loading) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give an engine that spills into the folder that is being made, and no further."""
    import duckdb

    spill = aside / "spill"
    settings: dict[str, Any] = {"memory_limit": loading.memory_limit, "temp_directory": str(spill)}
    if loading.threads:
        settings["threads"] = loading.threads
    try:
        database = duckdb.connect(":memory:", config=settings)
        without_progress(database)
    except duckdb.Error as error:
        raise ParameterError(
            f"the database refuses its settings ({error})", expected="a memory limit such as 1GB"
        ) from error
    try:
        yield database
    except duckdb.Error as error:
        raise InputError(
            f"the database stopped ({str(error).splitlines()[0]})",
            where=str(aside.parent),
            do="give it more with --memory-limit, or make room on the disk; nothing was loaded",
        ) from error
    finally:
        database.close()
        shutil.rmtree(spill, ignore_errors=True)


def _write_rows(
    database: duckdb.DuckDBPyConnection,
    aside: Path,
    batches: Iterator[pa.RecordBatch],
    loading: Loading,
) -> None:
    import pyarrow as pa

    failed: list[BaseException] = []
    reader = pa.RecordBatchReader.from_batches(_schema(), _remembering(batches, failed))
    database.register("batches", reader)
    try:
        if loading.one_row_per == "item":
            items = aside / _ITEMS
            database.execute(f"COPY (FROM batches) TO {sql_text(items)} (FORMAT parquet)")
            _copy(database, aside, _summed(items), loading.fiscal_year_starts)
            items.unlink()
        else:
            _copy(database, aside, "FROM batches", loading.fiscal_year_starts)
    except Exception:
        if failed:  # the engine tells of it in words of its own
            raise failed[0] from None
        raise


def _remembering(
    batches: Iterator[pa.RecordBatch], failed: list[BaseException]
) -> Iterator[pa.RecordBatch]:
    try:
        yield from batches
    except BaseException as error:
        failed.append(error)
        raise


def _summed(items: Path) -> str:
    """Return the query that sums the items of a transaction.

    Items are of one transaction when they have its number, file, unit and dates alike; what has
    no number or a value that was not read stays a row of its own.
    """
    alone = "CASE WHEN entry_number IS NULL OR unparsed IS NOT NULL THEN line END"
    kept = ", ".join(["file", "entry_number", "center", *DATES])
    sums = ", ".join(f"CAST(sum({name}) AS DECIMAL(18,2)) AS {name}" for name in MONEY)
    return (
        f"SELECT {', '.join(COLUMNS)} FROM (SELECT min(line) AS line, {kept}, {sums}, unparsed "
        f"FROM read_parquet({sql_text(items)}) GROUP BY {kept}, unparsed, {alone})"
    )


def _copy(database: duckdb.DuckDBPyConnection, aside: Path, rows: str, starts: int) -> None:
    month = f"(month(entry_date) >= {starts})::INTEGER" if starts > 1 else "0"
    year = f"coalesce(year(entry_date)::INTEGER + {month}, {UNKNOWN_YEAR})"
    target = aside / ROWS
    database.execute(
        f"COPY (SELECT *, {year} AS {FISCAL_YEAR} FROM ({rows})) TO {sql_text(target)} "
        f"(FORMAT parquet, PARTITION_BY ({FISCAL_YEAR}))"
    )
    if not list(target.glob("*/*.parquet")):
        import pyarrow.parquet as pq

        empty = target / f"{FISCAL_YEAR}={UNKNOWN_YEAR}"
        empty.mkdir(parents=True, exist_ok=True)
        pq.write_table(_schema().empty_table(), empty / "data_0.parquet")


def _account(
    database: duckdb.DuckDBPyConnection, aside: Path, sources: Sequence[_Source], loading: Loading
) -> dict[str, Any]:
    """Return the account of all lines, held against the rows as they are read back."""
    import duckdb

    files = ", ".join(map(sql_text, row_files(aside)))
    written = f"read_parquet([{files}], hive_partitioning = false)"
    rows, with_text, hashed = database.execute(
        "SELECT count(*), count(unparsed), "
        f"sum(hash({', '.join(COLUMNS)})::HUGEINT) % 18446744073709551616 FROM {written}"
    ).fetchall()[0]
    counts = {
        name: sum(getattr(source.file.count, name) for source in sources)
        for name in asdict(LineCount())
    }
    if loading.one_row_per == "item":
        counts["summed"] = counts["rows"]
    elif rows != counts["rows"]:
        raise InputError(f"{counts['rows']:,} rows were read and {rows:,} written",
                         where=str(aside), expected="as many")  # fmt: skip
    counts["rows"] = rows
    return {
        **counts,
        "unparsed": _unread(database, written) if with_text else {},
        "files": [_file_account(source) for source in sources],
        "one_row_per": loading.one_row_per,
        "fiscal_year_starts": loading.fiscal_year_starts,
        "delimiter": loading.delimiter,
        "encoding": loading.encoding,
        "money": asdict(loading.money),
        "content_hash": f"{int(hashed or 0):016x}",
        "content_hash_is": f"sum of duckdb {duckdb.__version__} hash(row), modulo 2^64",
    }


def _unread(database: duckdb.DuckDBPyConnection, written: str) -> dict[str, Any]:
    """Return how many values of each field were not read, and the least of their texts."""
    fields = (*DATES, *MONEY)
    holds = [f"""FILTER (WHERE unparsed LIKE '%"{name}":%')""" for name in fields]
    told = ", ".join(f"count(*) {those}, min(unparsed) {those}" for those in holds)
    asked = f"SELECT {told} FROM {written} WHERE unparsed IS NOT NULL"
    found = database.execute(asked).fetchall()[0]
    return {
        name: {"rows": count, "such_as": json.loads(one)[name]}
        for name, count, one in zip(fields, found[::2], found[1::2], strict=True)
        if count
    }


def _file_account(source: _Source) -> dict[str, Any]:
    file = source.file
    used = set(source.places.values())
    return {
        "file": source.name,
        "sha256": file.sha256,
        **asdict(file.count),
        "columns": {name: file.header[k] for name, k in source.places.items()},
        "unused_columns": [name for k, name in enumerate(file.header) if k not in used],
        "date_formats": source.formats,
        "last_line_ended": file.ended,
    }
