"""A file of amounts becomes a monthly, quarterly or yearly series, checked as it is read."""

import csv
import difflib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from coee_nb.arguments import known
from coee_nb.checks import Fault, refuse
from coee_nb.collections import checks
from coee_nb.collections.parsing import (
    date_order,
    found_frequency,
    parse_amount,
    parse_period,
    yearly_frequency,
)
from coee_nb.engines.datewords.styles import MONTH_FIRST
from coee_nb.errors import InputError, ParameterError
from coee_nb.files import Content, read_file
from coee_nb.findings import InputFile, input_file
from coee_nb.lazily import offered
from coee_nb.paths import shown
from coee_nb.results import Result

EXAMPLES = {"month": "2016-10", "quarter": "2016Q4", "year": "2017"}
Window = tuple[pd.Period | None, pd.Period | None]


@dataclass(frozen=True)
class Columns:
    """Which column of the file holds what: ``period`` and ``value``, and, if there, ``group``
    (an office, a region) and ``fiscal_year`` (checked against the period, never used in its place),
    which begins with the month ``fiscal_year_starts``. ``date_order`` ("month-first", "day-first")
    is that of dates such as 05/01/2014, where the file does not prove it.
    """

    value: str
    period: str = "month"
    group: str | None = None
    fiscal_year: str | None = None
    fiscal_year_starts: int = 10
    date_order: str | None = None


@dataclass(frozen=True, repr=False)
class Amounts(Result):
    """Amounts by period, with what the checks found.

    ``values``: in the unit asked for, one row a period, one column a group (one column named
    ``all`` when the file has no groups); ``faults`` of the rules in ``checks``; ``excluded``:
    line, period, reason, found; ``source``: the file with its account of rows; ``lines``: by
    group, those of the file that were used.
    """

    SHOWS: ClassVar[Mapping[str, Sequence[str]]] = {"values": (), "problems": ()}

    values: pd.DataFrame
    faults: tuple[Fault, ...]
    excluded: pd.DataFrame
    source: InputFile
    lines: Mapping[str, Sequence[int]]

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

    def series(self, group: str | None = None) -> pd.Series:
        """Return the amounts of one group, or of all together.

        Raises InputError that tells all that stops the series, or that there is no such group.
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
        if group is None:
            return self.values.sum(axis=1).rename("amount")
        if group not in self.values:
            raise InputError(
                f"no group {group!r}",
                where=self.source.path,
                expected=", ".join(self.values.columns),
            )
        return self.values[group].rename("amount")


def read_amounts(
    path: str | Path,
    *,
    columns: Columns,
    factor: float | Decimal = 1,
    sum_to: str | None = None,
    start: str | None = None,
    end: str | None = None,
) -> Amounts:
    r"""Read amounts by month, quarter or year, as found, and report what is wrong with them.

    ``columns`` maps the file's columns; an amount of the file times ``factor`` is one in the unit
    asked for; ``sum_to`` ("month", "quarter", "year") sums days or weeks, each counted where its
    date lies; ``start`` and ``end`` (inclusive) choose the periods used, the others are counted as
    excluded. Amounts are read exactly, in the forms 1234.50, $1,234.50 and (55.25); where other
    marks than commas stand between the cells, 1.234,50 is read as well, if the column proves it.
    Nothing is filled in or corrected: a missing or repeated period, an amount that is not read, a
    change of unit and a fiscal year that contradicts the period stop the series; a partial first
    or last period and negative amounts are reported.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "fees.csv"
    ...     written = path.write_text('month,fees\n2016-10,"$1,234.50"\n2016-11,(55.25)\n')
    ...     read_amounts(path, columns=Columns("fees")).series().tolist()
    [1234.5, -55.25]

    Raises InputError when the file cannot be read as amounts at all, ParameterError for an unknown
    ``sum_to``, or a start or end that is no period.
    """
    file = read_file(path)
    lines = list(_lines(file, columns))
    amounts = file.pointed([cells[columns.value] or "" for _, cells in lines], columns.value)
    columns = _in_order(columns, lines, summed=sum_to is not None, where=shown(path))
    frequency = _frequency(lines, columns, sum_to)
    code = {"month": "M", "quarter": "Q-DEC", "year": yearly_frequency(columns.fiscal_year_starts)}
    window = _window(frequency, code[frequency], start, end)
    rows, aside = _read_rows(lines, amounts, columns, code[frequency], Decimal(str(factor)), window)
    if rows.empty:
        raise _nothing_usable(aside, shown(path), frequency)
    key = ["day", "period", "group"] if sum_to else ["period", "group"]
    used = rows[~(twice := rows.duplicated(key, keep=False))]
    values = _table(used, rows, code[frequency], window)
    found = checks.checks(values, used, columns.fiscal_year_starts, summed=sum_to is not None)
    faults = (*checks.excluded_rows(aside), *checks.repeats(rows, key), *found)
    aside = pd.concat([aside, _repeated(rows[twice])], ignore_index=True)
    counts = {str(k): int(v) for k, v in aside["reason"].value_counts(sort=False).items()}
    source = input_file(path, rows=len(lines), used=len(used), excluded=counts)
    by_group = {str(group): own.tolist() for group, own in used.groupby("group")["line"]}
    return Amounts(values, faults, aside, source, by_group)


def _lines(file: Content, columns: Columns) -> Iterator[tuple[int, dict]]:
    """Yield each data line with its number; refuse a file without the mapped columns.

    Lines of another length than the first are read: a note under the figures is no month, and an
    amount with a comma is told as such. Cells beyond the last column stand under None.
    """
    stream = io.StringIO(file.text(), newline="")
    reader = csv.DictReader(stream, strict=True, delimiter=file.delimiter)
    try:
        names = [name.strip() for name in reader.fieldnames or []]
        _require(names, columns, shown(file.path))
        reader.fieldnames = names
        for row in reader:
            beyond = row.get(None) or []
            if any((cell or "").strip() for cell in [*beyond, *(row[k] for k in row if k)]):
                yield reader.line_num, row
    except csv.Error as error:
        raise InputError(
            f"is not readable CSV ({error})",
            where=shown(file.path),
            do="close every quotation mark",
        ) from error


def _require(names: list[str], columns: Columns, where: str) -> None:
    """Refuse a first line without the mapped columns, or with one of them twice."""
    for role in ("period", "value", "group", "fiscal_year"):
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
            expected="a first line of column names",
            do=_mapping(names, name, role),
        )


def _mapping(names: list[str], name: str, role: str) -> str:
    """Return what to do about a column that is not there."""
    folded = {one.casefold(): one for one in names}
    near = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.5)
    guess = f", such as {folded[near[0]]!r}" if near else ""
    return f"set {role}_column to one of the file's columns{guess}"


def _frequency(lines: list[tuple[int, dict]], columns: Columns, sum_to: str | None) -> str:
    """Return the period asked for, else how often the file has one."""
    if sum_to:
        return known(sum_to, EXAMPLES, "period to sum to")
    periods = (cells[columns.period] or "" for _, cells in lines)
    return found_frequency(periods, columns.date_order or MONTH_FIRST)


def _in_order(
    columns: Columns, lines: list[tuple[int, dict]], *, summed: bool, where: str
) -> Columns:
    """Return the mapping with the order of dates such as 05/01/2014: as declared, or as proved."""
    if columns.date_order:
        return columns
    groups = (row[columns.group] or "" if columns.group else "" for _, row in lines)
    periods = [row[columns.period] or "" for _, row in lines]
    if order := date_order(list(zip(groups, periods, strict=True)), summed=summed):
        return replace(columns, date_order=order)
    raise InputError(
        "dates such as 05/01/2014 may have the day or the month first",
        where=f"{where}, column {columns.period!r}",
        expected="dates of one form, of which one at least can be read in one way alone",
        do="set date_order to month-first or day-first, or write dates as 2014-01-05",
    )


def _read_rows(
    lines: list[tuple[int, dict]],
    amounts: list[str],
    columns: Columns,
    code: str,
    scale: Decimal,
    window: Window,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows that can be used and, with their reasons, those excluded."""
    rows, aside = [], []
    for (line, cells), amount_written in zip(lines, amounts, strict=True):
        written = (cells[columns.period] or "").strip()
        period, day = parse_period(written, code, columns.date_order or MONTH_FIRST)
        amount = parse_amount(amount_written)
        group = (cells[columns.group] or "").strip() if columns.group else "all"
        reason = _reason(cells, period, amount, group, window)
        if reason:
            found = repr(cells[columns.value])
            aside.append({"line": line, "period": written, "reason": reason, "found": found})
        else:
            label = cells[columns.fiscal_year] if columns.fiscal_year else None
            rows.append(
                {"line": line, "period": period, "day": day, "group": group,
                 "amount": Decimal(amount) * scale, "label": label}
            )  # fmt: skip
    return pd.DataFrame(rows), pd.DataFrame(aside, columns=["line", "period", "reason", "found"])


def _reason(
    cells: dict, period: pd.Period | None, amount: Decimal | str, group: str, window: Window
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
    return None if group else checks.NO_GROUP


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
            "check period_column and the periods asked for (start, end)",
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


def _window(frequency: str, code: str, start: Any, end: Any) -> Window:
    """Return the first and last period asked for; a finer date stands for the one it lies in."""
    bounds = []
    for name, text in (("start", start), ("end", end)):
        period = parse_period(str(text), code)[0] if text is not None else None
        if text is not None and period is None:
            raise ParameterError(
                f"{text!r} is not a {frequency}",
                where=name,
                expected=f"a {frequency} such as {EXAMPLES[frequency]}",
            )
        bounds.append(period)
    return bounds[0], bounds[1]


def _table(used: pd.DataFrame, rows: pd.DataFrame, code: str, window: Window) -> pd.DataFrame:
    """Return periods in order by groups, with a gap (NaN) where the file has none."""
    first = window[0] if window[0] is not None else rows["period"].min()
    last = window[1] if window[1] is not None else rows["period"].max()
    index = pd.period_range(first, last, freq=code, name="period")
    wide = used.assign(amount=used["amount"].astype(float)).pivot_table(
        index="period", columns="group", values="amount", aggfunc="sum"
    )
    wide = wide.reindex(pd.PeriodIndex(index))
    return wide.rename_axis(columns=None)


__all__ = ["Amounts", "Columns", "read_amounts"]
__dir__ = offered(__all__)
