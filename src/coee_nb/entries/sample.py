"""A sample for tracing to source documents: drawn, handed out, read back and summarised."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coee_nb.checks import Fault, Rule, refuse
from coee_nb.engines.design.intervals import clopper_pearson
from coee_nb.entries.checks import NAMES, of_fields
from coee_nb.entries.layout import DATES, FIELDS, MONEY, UNKNOWN_YEAR
from coee_nb.entries.read_values import DateFormat, MoneyFormat
from coee_nb.errors import InputError
from coee_nb.files import read_file
from coee_nb.outputs import safe_frame
from coee_nb.paths import shown

if TYPE_CHECKING:
    import ibis

PRIME = 2_147_483_647  # 2 ** 31 - 1: products of two numbers below it fit into 64 bits
KEYS = ["stratum_year", "stratum_unit"]
NONE: Mapping[str, Sequence[str]] = {}
ISO = "YYYY-MM-DD"
SAME = "ok"  # what the tracer writes where the document says the same
FOUND, ANY = "{} found", "any field"
OWN = ("sample", "file", "line", "fiscal year")  # the columns of a worksheet beside the fields
NOTES = ("source document", "traced by", "traced on", "remark")
STRATUM = {"stratum_year": "int64", "stratum_unit": "string", "at_most": "int64"}


@dataclass(frozen=True)
class Drawn:
    """A sample: ``rows`` with sample (its number), stratum and fields; ``strata``: fiscal_year,
    center, rows (there), drawn; ``seed``; ``fields`` of the rows, each with the sheet's word.
    """

    rows: pd.DataFrame
    strata: pd.DataFrame
    seed: int
    fields: Mapping[str, str] = field(default_factory=lambda: of_fields(NAMES))

    def worksheet(self) -> pd.DataFrame:
        """Return the rows under the words of the sheet, exact, with a blank column for each field
        to fill in.
        """
        money = [name for name in MONEY if name in self.rows]
        exact = {name: self.rows[name].map(str, na_action="ignore") for name in money}
        words = {**self.fields, "fiscal_year": OWN[-1]}
        blank = dict.fromkeys([*map(FOUND.format, self.fields.values()), *NOTES], "")
        return safe_frame(self.rows.assign(**exact).rename(columns=words).assign(**blank))

    def csv(self) -> bytes:
        """Return the worksheet as CSV, in which no text can be taken for a formula."""
        return self.worksheet().to_csv(index=False, lineterminator="\n").encode()

    def xlsx(self) -> bytes:
        """Return the worksheet as an Excel workbook, in which no text is a formula."""
        stream = io.BytesIO()
        self.worksheet().to_excel(stream, index=False, sheet_name="sample")
        return stream.getvalue()


def allocation(counts: pd.DataFrame, size: int) -> pd.Series:
    """Return how many of ``size`` are drawn from each stratum: in proportion, largest remainders.

    ``counts`` has ``rows`` a stratum; a sample of all or more takes all.

    >>> allocation(pd.DataFrame({"rows": [70, 25, 5]}), 10).tolist()
    [7, 3, 0]
    """
    rows = counts["rows"].to_numpy()
    if size >= rows.sum():
        return pd.Series(rows, counts.index)
    exact = size * rows / rows.sum()
    whole = np.floor(exact).astype(int)
    order = np.lexsort((-rows, -(exact - whole)))
    whole[order[: size - whole.sum()]] += 1
    return pd.Series(whole, counts.index)


def draw(
    rows: ibis.Table,
    counts: pd.DataFrame,
    *,
    size: int,
    seed: int,
    offsets: Mapping[str, int],
    strata_of: Mapping[str, Any],
) -> Drawn:
    """Draw ``size`` rows by fiscal year and unit, the same on every engine and in every run.

    ``counts``: fiscal_year, center, rows of each stratum; ``strata_of``: those of
    `stratum`; ``offsets``: for each file a number that sets its lines apart from
    those of other files. Each row has a number that looks random and follows from the seed, its
    file and its line; the rows with the smallest numbers of a stratum are its sample.
    """
    strata = counts.assign(drawn=allocation(counts, size))
    wanted = strata[strata["drawn"] > 0].rename(
        columns={"fiscal_year": "stratum_year", "center": "stratum_unit"}
    )
    numbered = rows.mutate(random=_random(offsets, seed), **strata_of)
    more, found = 1, _smallest(numbered, wanted, 1)
    while _short(found, wanted):  # so few under the bound is rare: it then takes more
        more *= 16
        found = _smallest(numbered, wanted, more)
    found = found.sort_values([*KEYS, "random"], ignore_index=True)
    found = found.assign(at=found.groupby(KEYS).cumcount()).merge(wanted[[*KEYS, "drawn"]], on=KEYS)
    found = found[found["at"] < found["drawn"]].sort_values([*KEYS, "file", "line"])
    columns = ["file", "line", "stratum_year", *FIELDS]
    picked = found[columns].rename(columns={"stratum_year": "fiscal_year"}).reset_index(drop=True)
    picked.insert(0, "sample", range(1, len(picked) + 1))
    return Drawn(picked, strata.reset_index(drop=True), seed)


def stratum(centers: Sequence[str], starts: int, *, unknown: str, missing: str) -> dict[str, Any]:
    """Return a row's fiscal year and unit as expressions, named as `reliability.labelled` does."""
    import ibis
    from ibis import _

    year = _.entry_date.year().cast("int64")
    later = ibis.ifelse(_.entry_date.month() >= starts, 1, 0) if starts > 1 else 0
    unit = _.center
    if centers:
        unit = ibis.ifelse(unit.isin(centers), unit, unknown)
    unit = ibis.ifelse(_.center.isnull(), missing, unit)
    return {
        "stratum_year": (year + later).fill_null(UNKNOWN_YEAR).cast("int64"),
        "stratum_unit": unit,
    }


def _random(offsets: Mapping[str, int], seed: int) -> Any:
    """Return a row's number: a cubic polynomial of its place, modulo a prime (Carter, Wegman).

    Four coefficients drawn from the seed make any four rows' numbers independent (Wegman and
    Carter 1981), in whole numbers that all engines calculate alike.
    """
    import ibis
    from ibis import _

    coefficients = [int(x) for x in np.random.default_rng(seed).integers(1, PRIME, size=4)]
    zero = ibis.literal(0, "int64")
    branches = [(_.file == name, ibis.literal(at, "int64")) for name, at in offsets.items()]
    offset = ibis.cases(*branches, else_=zero) if branches else zero
    place = (_.line.cast("int64") + offset) % PRIME
    number: Any = (place * coefficients[0] + coefficients[1]) % PRIME
    for one in coefficients[2:]:
        number = (number * place + one) % PRIME
    return number


def _short(found: pd.DataFrame, wanted: pd.DataFrame) -> bool:
    there = found.groupby(KEYS).size()
    needed = wanted.set_index(KEYS)["drawn"]
    return bool((there.reindex(needed.index).fillna(0) < needed).any())


def _smallest(numbered: ibis.Table, wanted: pd.DataFrame, more: int) -> pd.DataFrame:
    """Return the rows whose number is under a bound that leaves somewhat more than is wanted."""
    import ibis
    from ibis import _

    n, of = wanted["drawn"].to_numpy(float), wanted["rows"].to_numpy(float)
    share = np.minimum(1, more * (n + 6 * np.sqrt(n) + 10) / of)
    bounds = wanted[KEYS].assign(at_most=np.ceil(share * PRIME).astype("int64"))
    few = ibis.memtable(bounds.reset_index(drop=True), schema=ibis.schema(STRATUM))
    under = numbered.join(few, KEYS).filter(_.random <= _.at_most)
    table = under.select("file", "line", "random", *FIELDS, *KEYS).to_pyarrow()
    return pd.DataFrame({name: table[name].to_pylist() for name in table.column_names})


_KNOWN = Rule("sample", "Is the row one of the sample?", "a row that is not in the sample",
              "the rows of the worksheet that was drawn", "trace the worksheet of this seed and "
              "sample_size, or give those it was drawn with")  # fmt: skip
_READ = Rule("found", "Can what was found be read?", "a value that cannot be read",
             f"{SAME!r}, a day such as 2016-10-03 or as its file has it, or an amount such as "
             "1234.50", "correct the cell")  # fmt: skip


@dataclass(frozen=True)
class Traced:
    """What tracing found.

    ``by_field``: field, traced, wrong, share, low, high (exact 95% interval); its first line,
    "any field", counts rows. ``wrong``: file, line, field, recorded, found. ``rows`` traced of
    ``of`` drawn.
    """

    by_field: pd.DataFrame
    wrong: pd.DataFrame
    rows: int
    of: int

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return the interval of the share of wrong rows in percent; None where none is traced."""
        first = self.by_field.iloc[0]
        return (100 * float(first["low"]), 100 * float(first["high"])) if self.rows else None


def read_traced(
    path: str | Path, drawn: Drawn, date_formats: Mapping[str, Sequence[str]] = NONE
) -> Traced:
    """Hold a worksheet that was filled in against the sample (see `read_worksheet`).

    Values recorded are those of the sample, not those of the worksheet. Raises InputError for what
    `read_worksheet` does not take, for a row that is not of the sample and one that stands twice.
    """
    recorded = {(str(row["file"]), int(row["line"])): row for row in drawn.rows.to_dict("records")}
    faults: list[Fault] = []
    results: list[dict] = []
    seen: set[tuple[str, int]] = set()
    for one in read_worksheet(path, drawn.fields, date_formats):
        key = (one.file, one.line)
        if key not in recorded or key in seen:
            again = ", again" * (key in seen)
            faults.append(_KNOWN.fault(one.where, f"{one.file}, line {one.line}{again}"))
            continue
        seen.add(key)
        results += _compared(one, recorded[key])
    refuse(faults)
    return _summary(pd.DataFrame(results, columns=RESULT), drawn)


RESULT = ["file", "line", "field", "recorded", "found", "wrong"]


@dataclass(frozen=True)
class TracedRow:
    """A row of a worksheet: what was ``found`` by field, as text and as the value it says."""

    where: str
    file: str
    line: int
    found: Mapping[str, tuple[str, Any]]


def read_worksheet(
    path: str | Path, fields: Mapping[str, str], date_formats: Mapping[str, Sequence[str]] = NONE
) -> list[TracedRow]:
    """Read a worksheet that was filled in (CSV or Excel), of rows with these ``fields``.

    A cell ``... found`` holds "ok" where the document says the same, else what it says; blank: not
    traced. Days are written as in the worksheet, or as in their file, by its ``date_formats``.
    Raises InputError for a column that is not there and a value that cannot be read.
    """
    iso = DateFormat(ISO)
    formats = {file: (iso, *map(DateFormat, words)) for file, words in date_formats.items()}
    rows, faults = [], list[Fault]()
    for number, cells in _cells(Path(path), fields):
        file, line = _key(cells)
        where, found = f"{shown(path)}, row {number}", {}
        for name, word in fields.items():
            text = cells.get(FOUND.format(word), "").removeprefix("'")
            value = _value(name, text, formats.get(file, (iso,)))
            if text and value is None:
                faults.append(_READ.fault(where, f"{FOUND.format(word)} is {text!r}"))
            elif text:
                found[name] = (text, value)
        rows.append(TracedRow(where, file, line, found))
    refuse(faults)
    return rows


def _cells(path: Path, fields: Mapping[str, str]) -> list[tuple[int, dict[str, str]]]:
    """Return each row of a worksheet with its number, cells as text."""
    content = read_file(path)
    if content.path.suffix.lower() == ".xlsx":
        from openpyxl import load_workbook

        sheet = load_workbook(content.stream(), read_only=True).worksheets[0]
        rows = [[_text(cell) for cell in row] for row in sheet.values]
    else:
        rows = list(csv.reader(io.StringIO(content.text(), newline="")))
    header = [name.strip() for name in rows[0]] if rows else []
    needed = ["file", "line", *map(FOUND.format, fields.values())]
    if lacking := [name for name in needed if name not in header]:
        raise InputError(
            f"no column {', '.join(lacking)}",
            where=f"{shown(path)}, row 1",
            expected="the columns of the worksheet that was handed out",
            do="fill in the worksheet and keep its columns",
        )
    return [
        (number, dict(zip(header, (cell.strip() for cell in row), strict=False)))
        for number, row in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in row)
    ]


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value)


def _key(cells: Mapping[str, str]) -> tuple[str, int]:
    line = cells.get("line", "").removesuffix(".0")
    return cells.get("file", "").removeprefix("'"), int(line) if line.isdecimal() else 0


def _compared(found: TracedRow, recorded: Mapping[str, Any]) -> list[dict]:
    results = []
    for name, (text, value) in found.found.items():
        before = None if recorded[name] != recorded[name] else recorded[name]
        wrong = value != SAME and value != before
        results.append(
            {"file": found.file, "line": found.line, "field": name,
             "recorded": before, "found": text, "wrong": wrong}
        )  # fmt: skip
    return results


def _value(field: str, text: str, formats: Sequence[DateFormat]) -> Any:
    """Return what a tracer wrote as a value of a field; None where it cannot be read."""
    if text.casefold() == SAME:
        return SAME
    if field in DATES:
        return next((day for one in formats if (day := one.read(text)) is not None), None)
    return MoneyFormat().read(text) if field in MONEY else text


def _summary(results: pd.DataFrame, drawn: Drawn) -> Traced:
    rows = results.groupby(["file", "line"])["wrong"].any()
    counts = [(ANY, len(rows), int(rows.sum()))]
    for name in drawn.fields:
        own = results[results["field"] == name]
        counts.append((name, len(own), int(own["wrong"].sum())))
    frame = pd.DataFrame(counts, columns=["field", "traced", "wrong"])
    low, high = clopper_pearson(frame["wrong"].to_numpy(), frame["traced"].to_numpy())
    with np.errstate(invalid="ignore"):
        part = frame["wrong"] / frame["traced"].where(frame["traced"] > 0)
    wrong = results[results["wrong"].astype(bool)].drop(columns="wrong")
    wrong = wrong.assign(recorded=wrong["recorded"].map(lambda v: None if v is None else str(v)))
    return Traced(frame.assign(share=part, low=low, high=high), wrong.reset_index(drop=True),
                  len(rows), len(drawn.rows))  # fmt: skip
