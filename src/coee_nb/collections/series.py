"""A file of receipts becomes a monthly or yearly series, checked as it is read."""

import csv
import difflib
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pandas as pd

from coee_nb.checks import Fault, refuse
from coee_nb.collections import checks
from coee_nb.collections.parsing import parse_amount, parse_period
from coee_nb.errors import InputError, ParameterError
from coee_nb.files import read_file
from coee_nb.findings import InputFile, input_file
from coee_nb.paths import shown

FREQUENCIES = {"month": "M", "fiscal year": "Y-SEP"}
EXAMPLES = {"month": "2016-10", "fiscal year": "2017"}
MILLIONS = {
    "dollars": Decimal("1e-6"),
    "thousands": Decimal("1e-3"),
    "millions": Decimal(1),
    "billions": Decimal("1e3"),
}


@dataclass(frozen=True)
class Columns:
    """Which column of the file holds what: ``period`` and ``value``, and, if there, ``center``
    and ``fiscal_year`` (checked against the period, never used in its place), which begins with
    the month ``fiscal_year_starts``.
    """

    period: str = "month"
    value: str = "net_customs_duties_musd"
    center: str | None = None
    fiscal_year: str | None = None
    fiscal_year_starts: int = 10


@dataclass(frozen=True)
class Receipts:
    """Receipts by period, with what the checks found.

    ``values``: millions of dollars, one row a period, one column a Center (one column named
    ``all`` when the file has no Centers); ``faults`` of the rules in ``checks``; ``excluded``:
    line, period, reason, found; ``source``: the file with its account of rows.
    """

    values: pd.DataFrame
    faults: tuple[Fault, ...]
    excluded: pd.DataFrame
    source: InputFile

    @property
    def problems(self) -> pd.DataFrame:
        """Return check, where, found, stops (True when no estimate may rest on the series)."""
        rows = [
            (one.rule.wrong, one.where, one.found, one.rule.effect == "stops")
            for one in self.faults
        ]
        return pd.DataFrame(rows, columns=["check", "where", "found", "stops"]).astype(
            {"stops": bool}
        )

    def series(self, center: str | None = None) -> pd.Series:
        """Return the receipts of one Center, or of all together, in millions of dollars.

        Raises InputError that tells all that stops the series, or that there is no such Center.
        """
        refuse(
            [
                replace(
                    one,
                    where=f"{self.source.path}, {one.where}",
                    found=f"{one.rule.wrong}: {one.found}",
                )
                for one in self.faults
            ]
        )
        if center is None:
            return self.values.sum(axis=1).rename("receipts")
        if center not in self.values:
            raise InputError(
                f"no Center {center!r}",
                where=self.source.path,
                expected=", ".join(self.values.columns),
            )
        return self.values[center].rename("receipts")


def read_receipts(
    path: str | Path,
    *,
    columns: Columns | None = None,
    frequency: str = "month",
    unit: str = "millions",
    start: str | None = None,
    end: str | None = None,
) -> Receipts:
    """Read receipts by period from a CSV file and report what is wrong with them.

    ``columns`` maps the file's columns; ``frequency`` is "month" or "fiscal year"; ``unit`` is the
    unit of the file's amounts ("dollars", "thousands", "millions", "billions"); ``start`` and
    ``end`` (inclusive) choose the periods used, the others are counted as excluded. Amounts are
    read exactly, in the forms 1234.50, $1,234.50 and (55.25). Nothing is filled in or corrected: a
    missing or repeated period, an amount that cannot be read, a change of unit and a fiscal-year
    column that contradicts the month are problems that stop the series; a partial first or last
    period and negative receipts are reported. Raises InputError when the file cannot be read as
    receipts at all, ParameterError for an unknown unit or frequency.
    """
    columns = columns or Columns()
    for name, given, known in (("frequency", frequency, FREQUENCIES), ("unit", unit, MILLIONS)):
        if given not in known:
            raise ParameterError(f"{name} {given!r}", where=name, expected=", ".join(known))
    lines = list(_lines(Path(path), columns))
    window = _window(frequency, start, end)
    rows, aside = _read_rows(lines, columns, frequency, MILLIONS[unit], window)
    if rows.empty:
        raise _nothing_usable(aside, shown(path), frequency)
    twice = rows.duplicated(["period", "center"], keep=False)
    used = rows[~twice]
    values = _table(used, rows, FREQUENCIES[frequency], window)
    found = checks.checks(values, used, columns.fiscal_year_starts)
    faults = (*checks.excluded_rows(aside), *checks.repeats(rows), *found)
    aside = pd.concat([aside, _repeated(rows[twice])], ignore_index=True)
    counts = {str(k): int(v) for k, v in aside["reason"].value_counts(sort=False).items()}
    source = input_file(path, rows=len(lines), used=len(used), excluded=counts)
    return Receipts(values, faults, aside, source)


def _lines(path: Path, columns: Columns) -> Iterator[tuple[int, dict]]:
    """Yield each data line with its number; refuse a file without the mapped columns.

    Lines of another length than the first are read: a note under the figures is no month, and an
    amount with a comma is told as such. Cells beyond the last column stand under None.
    """
    text = read_file(path).text()
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        names = [name.strip() for name in reader.fieldnames or []]
        _require(names, columns, shown(path))
        reader.fieldnames = names
        for row in reader:
            beyond = row.get(None) or []
            if any((cell or "").strip() for cell in [*beyond, *(row[k] for k in row if k)]):
                yield reader.line_num, row
    except csv.Error as error:
        raise InputError(
            f"is not readable CSV ({error})",
            where=shown(path),
            do="close every quotation mark",
        ) from error


def _require(names: list[str], columns: Columns, where: str) -> None:
    """Refuse a first line without the mapped columns, or with one of them twice."""
    for role in ("period", "value", "center", "fiscal_year"):
        name = getattr(columns, role)
        if name is None or names.count(name) == 1:
            continue
        if name in names:
            raise InputError(
                f"column {name!r} stands twice", where=f"{where}, line 1", do="rename one of them"
            )
        raise InputError(
            f"no column {name!r} among {', '.join(map(repr, names)) or 'none'}",
            where=f"{where}, line 1",
            expected="a first line of column names, separated by commas",
            do=_mapping(names, name, role),
        )


def _mapping(names: list[str], name: str, role: str) -> str:
    """Return what to do about a column that is not there."""
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        return "save the file with commas between the cells"
    folded = {known.casefold(): known for known in names}
    near = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.5)
    guess = f", such as {folded[near[0]]!r}" if near else ""
    return f"set {role}_column to one of the file's columns{guess}"


def _read_rows(
    lines: list[tuple[int, dict]],
    columns: Columns,
    frequency: str,
    scale: Decimal,
    window: tuple[pd.Period | None, pd.Period | None],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows that can be used and, with their reasons, those excluded."""
    rows, aside = [], []
    for line, cells in lines:
        written = (cells[columns.period] or "").strip()
        period, day = parse_period(written, frequency)
        amount = parse_amount(cells[columns.value])
        center = (cells[columns.center] or "").strip() if columns.center else "all"
        reason = _reason(cells, period, amount, center, window)
        if reason:
            found = repr(cells[columns.value])
            aside.append({"line": line, "period": written, "reason": reason, "found": found})
        else:
            label = cells[columns.fiscal_year] if columns.fiscal_year else None
            rows.append(
                {"line": line, "period": period, "day": day, "center": center,
                 "amount": Decimal(amount) * scale, "label": label}
            )  # fmt: skip
    return pd.DataFrame(rows), pd.DataFrame(aside, columns=["line", "period", "reason", "found"])


def _reason(
    cells: dict, period: pd.Period | None, amount: Decimal | str, center: str, window: tuple
) -> str | None:
    """Return why a row cannot be used, or None."""
    first, last = window
    if period is None:
        return checks.NO_PERIOD
    if (first is not None and period < first) or (last is not None and period > last):
        return checks.OUTSIDE
    if any(cell.strip() for cell in cells.get(None) or []):
        return checks.TOO_MANY_CELLS
    if isinstance(amount, str):
        return amount
    return None if center else checks.NO_CENTER


def _nothing_usable(aside: pd.DataFrame, where: str, frequency: str) -> InputError:
    """Return the refusal of a file without a single usable row."""
    reasons = aside.groupby("reason", sort=False).first()
    advice = {rule.wrong: rule.do for rule in checks.LOST_ROWS}
    found = "; ".join(
        f"{reason}, line {row.line}: {row.period or 'blank'!r}"
        for reason, row in reasons.iterrows()
    )
    return InputError(
        f"no usable row ({found or 'no row at all'})",
        where=where,
        expected=f"one row a {frequency}, such as {EXAMPLES[frequency]}",
        do=next(
            (advice[reason] for reason in reasons.index if reason in advice),
            "check period_column and the months asked for (start, end)",
        ),
    )


def _repeated(rows: pd.DataFrame) -> pd.DataFrame:
    """Return repeated rows as excluded, all of them: none is preferred."""
    return pd.DataFrame(
        {
            "line": rows["line"],
            "period": rows["period"].map(str),
            "reason": checks.REPEATED,
            "found": rows["amount"].map(str),
        }
    )


def _window(frequency: str, start: str | None, end: str | None) -> tuple:
    bounds = []
    for name, text in (("start", start), ("end", end)):
        period = parse_period(str(text), frequency)[0] if text is not None else None
        if text is not None and period is None:
            raise ParameterError(
                f"{text!r} is not a {frequency}",
                where=name,
                expected=f"a {frequency} such as {EXAMPLES[frequency]}",
            )
        bounds.append(period)
    return tuple(bounds)


def _table(used: pd.DataFrame, rows: pd.DataFrame, code: str, window: tuple) -> pd.DataFrame:
    """Return periods in order by Centers, with a gap (NaN) where the file has none."""
    first = window[0] if window[0] is not None else rows["period"].min()
    last = window[1] if window[1] is not None else rows["period"].max()
    index = pd.period_range(first, last, freq=code, name="period")
    wide = used.assign(amount=used["amount"].astype(float)).pivot(
        index="period", columns="center", values="amount"
    )
    wide = wide.reindex(pd.PeriodIndex(index))
    return wide.rename_axis(columns=None)
