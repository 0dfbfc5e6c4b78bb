"""The reader's room: a file of receipts becomes a monthly or yearly series, checked at the door."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pandas as pd

from coee_nb import fiscal
from coee_nb.errors import InputError
from coee_nb.findings import InputFile, input_file
from coee_nb.places import shown

FREQUENCIES = {"month": "M", "fiscal year": "Y-SEP"}
MILLIONS = {
    "dollars": Decimal("1e-6"),
    "thousands": Decimal("1e-3"),
    "millions": Decimal(1),
    "billions": Decimal("1e3"),
}
# A first or last month under half of its neighbours' median is taken for a month cut short.
PARTIAL_SHARE = 0.5
# A step by 1,000 within a factor of about 3 either way is a change of unit, not of receipts.
UNIT_STEP = (300.0, 3000.0)
NOTHING = frozenset({"", "null", "na", "n/a", "none", "nan", "-"})
_MONTH_FORMS = (
    "%Y-%m", "%Y-%m-%d", "%Y/%m", "%Y/%m/%d", "%m/%Y", "%m/%d/%Y", "%b %Y", "%B %Y", "%Y%m",
)  # fmt: skip
_YEAR_FORM = re.compile(r"(?:FY\s*)?(\d{4})", re.IGNORECASE)
_PROBLEM_COLUMNS = ["check", "where", "found", "stops"]


@dataclass(frozen=True)
class Columns:
    """Which column of the file holds what: ``period`` and ``value``, and, if there, ``center``
    and ``fiscal_year`` (checked against the period, never used in its place).
    """

    period: str = "month"
    value: str = "net_customs_duties_musd"
    center: str | None = None
    fiscal_year: str | None = None


@dataclass(frozen=True)
class Receipts:
    """Receipts by period, with what the checks at the door found.

    ``values``: millions of dollars, one row a period, one column a Center (one column named
    ``all`` when the file has no Centers); ``problems``: check, where, found, stops (True when no
    estimate may rest on the series as it is); ``set_aside``: line, period, reason; ``source``: the
    file with its account of rows; ``text``: the sentence a report may print.
    """

    values: pd.DataFrame
    problems: pd.DataFrame
    set_aside: pd.DataFrame
    source: InputFile
    text: str

    def series(self, center: str | None = None) -> pd.Series:
        """Return the receipts of one Center, or of all together, in millions of dollars.

        Raises InputError when a check at the door stops the series, or there is no such Center.
        """
        stops = self.problems[self.problems["stops"]]
        if len(stops):
            first = stops.iloc[0]
            raise InputError(
                f"{first['check']}: {first['found']}",
                where=f"{self.source.path}, {first['where']}",
                expected="every period once, in one unit",
                do="correct the file or narrow the period, then run again",
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
    ``end`` (inclusive) choose the periods used, the others are counted as set aside. Amounts are
    read exactly, in the forms 1234.50, $1,234.50 and (55.25). Nothing is filled in or corrected: a
    missing or repeated period, a change of unit and a fiscal-year column that contradicts the
    month are problems that stop the series; a partial first or last period and negative receipts
    are reported. Raises InputError when the file cannot be read as receipts at all.
    """
    columns = columns or Columns()
    lines = list(_lines(Path(path), columns))
    window = _window(frequency, start, end)
    rows, aside = _read_rows(lines, columns, frequency, MILLIONS[unit], window)
    if not rows:
        raise InputError("no usable row", where=shown(path), expected="one row a period")
    frame = pd.DataFrame(rows)
    problems, repeated = _repeats(frame)
    aside += repeated
    used = frame[~frame["line"].isin([row["line"] for row in repeated])]
    values = _table(used, frame, FREQUENCIES[frequency], window)
    problems += _door_checks(values, used)
    set_aside = pd.DataFrame(aside, columns=["line", "period", "reason"])
    counts = {str(k): int(v) for k, v in set_aside["reason"].value_counts(sort=False).items()}
    source = input_file(path, rows=len(lines), used=len(used), set_aside=counts)
    found = pd.DataFrame(problems, columns=_PROBLEM_COLUMNS).astype({"stops": bool})
    return Receipts(values, found, set_aside, source, _sentence(values, found, source))


def _lines(path: Path, columns: Columns) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each data line with its number; refuse a file without the mapped columns."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            _require(reader.fieldnames or [], columns, shown(path))
            for row in reader:
                if any((text or "").strip() for key, text in row.items() if key is not None):
                    yield reader.line_num, row
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=shown(path)) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"not a UTF-8 CSV file ({error})", where=shown(path)) from error


def _require(names: list[str], columns: Columns, where: str) -> None:
    wanted = [columns.period, columns.value, columns.center, columns.fiscal_year]
    for name in wanted:
        if name is not None and name not in names:
            raise InputError(
                f"no column {name!r}",
                where=where,
                expected=", ".join(names) or "a line of column names",
                do="map the columns in the parameters",
            )
        if name is not None and names.count(name) > 1:
            raise InputError(f"column {name!r} stands twice", where=where)


def _read_rows(
    lines: list[tuple[int, dict[str, str]]],
    columns: Columns,
    frequency: str,
    scale: Decimal,
    window: tuple[pd.Period | None, pd.Period | None],
) -> tuple[list[dict], list[dict]]:
    """Return the rows that can be used and, with their reasons, those set aside."""
    rows, aside = [], []
    first, last = window
    for line, row in lines:
        written = (row[columns.period] or "").strip()
        period, day = parse_period(written, frequency)
        amount = parse_amount(row[columns.value])
        center = (row[columns.center] or "").strip() if columns.center else "all"
        reason = (
            "period not understood" if period is None
            else "outside the period asked for"
            if (first is not None and period < first) or (last is not None and period > last)
            else amount if isinstance(amount, str)
            else "no Center" if not center
            else None
        )  # fmt: skip
        if reason:
            aside.append({"line": line, "period": written, "reason": reason})
            continue
        label = row[columns.fiscal_year] if columns.fiscal_year else None
        rows.append(
            {"line": line, "period": period, "day": day, "center": center,
             "amount": amount * scale, "label": label}
        )  # fmt: skip
    return rows, aside


def parse_period(text: str, frequency: str = "month") -> tuple[pd.Period | None, date | None]:
    """Return the period a text names, and the day where it names one; (None, None) if neither.

    >>> parse_period("2016-10"), parse_period("FY2017", "fiscal year")[0].year
    ((Period('2016-10', 'M'), None), 2017)
    """
    text = text.strip()
    if frequency == "fiscal year":
        year = _YEAR_FORM.fullmatch(text)
        known = year is not None and 1789 <= int(year[1]) <= 2200
        return (pd.Period(year[1], "Y-SEP") if known else None), None
    for form in _MONTH_FORMS:
        try:
            day = datetime.strptime(text, form).date()
        except ValueError:
            continue
        if 1789 <= day.year <= 2200:
            return pd.Period(day, "M"), day if "%d" in form else None
    return None, None


def parse_amount(text: str | None) -> Decimal | str:
    """Return an amount exactly, or the reason why there is none.

    >>> parse_amount("$1,234.50"), parse_amount("(55.25)"), parse_amount("null")
    (Decimal('1234.50'), Decimal('-55.25'), 'no amount')
    """
    cleaned = (text or "").strip()
    if cleaned.lower() in NOTHING:
        return "no amount"
    match = re.fullmatch(
        r"(?P<open>\()?(?P<sign>[+-])?\$?(?P<sign2>-)?(?P<digits>\d{1,3}(?:,\d{3})+|\d+|(?=\.\d))"
        r"(?P<rest>\.\d*)?(?P<exponent>[eE][+-]?\d{1,2})?(?P<close>\))?",
        cleaned.replace(" ", ""),
        re.ASCII,
    )
    if match is None or bool(match["open"]) != bool(match["close"]):
        return "amount not understood"
    number = match["digits"].replace(",", "") + (match["rest"] or "") + (match["exponent"] or "")
    try:
        amount = Decimal(number)
    except InvalidOperation:
        return "amount not understood"
    negative = bool(match["open"]) or "-" in ((match["sign"] or "") + (match["sign2"] or ""))
    return -amount if negative else amount


def _window(frequency: str, start: str | None, end: str | None) -> tuple:
    if frequency not in FREQUENCIES:
        raise InputError(f"frequency {frequency!r}", expected=", ".join(FREQUENCIES))
    bounds = []
    for text in (start, end):
        period = parse_period(str(text), frequency)[0] if text is not None else None
        if text is not None and period is None:
            raise InputError(f"{text!r} is not a {frequency}", expected="such as 2016-10 or 2017")
        bounds.append(period)
    return tuple(bounds)


def _repeats(frame: pd.DataFrame) -> tuple[list[dict], list[dict]]:
    """Return repeated periods as problems, and all their rows set aside: none is preferred."""
    twice = frame[frame.duplicated(["period", "center"], keep=False)]
    problems = [
        _problem(
            "repeated period",
            f"{period}{_of(center)}",
            f"{len(group)} rows, lines {', '.join(map(str, group['line']))}",
            stops=True,
        )
        for (period, center), group in twice.groupby(["period", "center"])
    ]
    aside = [
        {"line": row.line, "period": str(row.period), "reason": "period repeated"}
        for row in twice.itertuples()
    ]
    return problems, aside


def _table(used: pd.DataFrame, frame: pd.DataFrame, code: str, window: tuple) -> pd.DataFrame:
    """Return periods in order by Centers, with a gap (NaN) where the file has none."""
    first = window[0] if window[0] is not None else frame["period"].min()
    last = window[1] if window[1] is not None else frame["period"].max()
    index = pd.period_range(first, last, freq=code, name="period")
    wide = used.assign(amount=used["amount"].astype(float)).pivot(
        index="period", columns="center", values="amount"
    )
    wide = wide.reindex(pd.PeriodIndex(index))
    return wide.rename_axis(columns=None)


def _door_checks(values: pd.DataFrame, used: pd.DataFrame) -> list[dict]:
    return [
        *_missing(values),
        *_partial_ends(values, used),
        *_negative(values),
        *_unit_jumps(values),
        *_wrong_labels(used),
    ]


def _problem(check: str, where: str, found: str, *, stops: bool) -> dict:
    return {"check": check, "where": where, "found": found, "stops": stops}


def _of(center: str) -> str:
    return "" if center == "all" else f", {center}"


def _missing(values: pd.DataFrame) -> list[dict]:
    return [
        _problem("missing period", f"{period}{_of(center)}", "no amount in the file", stops=True)
        for center in values
        for period in values.index[values[center].isna()]
    ]


def _partial_ends(values: pd.DataFrame, used: pd.DataFrame) -> list[dict]:
    """Report a first or last month dated inside the month, or far below its neighbours."""
    total = values.sum(axis=1, min_count=1).dropna()
    found = []
    for end, neighbours in ((0, slice(1, 13)), (-1, slice(-13, -1))):
        if len(total) < 7:
            break
        period, usual = total.index[end], total.iloc[neighbours].median()
        days = [d for d in used.loc[used["period"] == period, "day"] if d is not None]
        inside = [d for d in days if d.day != 1 and d != fiscal.month_end(d.year, d.month)]
        if inside:
            found.append(_partial(period, f"dated {inside[-1]:%Y-%m-%d}, inside the month"))
        elif usual > 0 and total.iloc[end] < PARTIAL_SHARE * usual:
            share = f"{100 * total.iloc[end] / usual:.0f} %"
            found.append(_partial(period, f"{share} of the median of the months next to it"))
    return found


def _partial(period: pd.Period, found: str) -> dict:
    return _problem("partial period", str(period), found, stops=False)


def _negative(values: pd.DataFrame) -> list[dict]:
    return [
        _problem(
            "negative receipts",
            f"{period}{_of(center)}",
            f"{values.at[period, center]:,.2f} million dollars",
            stops=False,
        )
        for center in values
        for period in values.index[values[center] < 0]
    ]


def _unit_jumps(values: pd.DataFrame) -> list[dict]:
    """Report a step of about a thousandfold between one period and the next."""
    problems = []
    for center in values:
        series = values[center].dropna()
        positive = series[series > 0]
        ratio = (positive / positive.shift()).dropna()
        up = ratio.where(ratio >= 1, 1 / ratio)
        for period in up.index[(up >= UNIT_STEP[0]) & (up <= UNIT_STEP[1])]:
            where, factor = f"{period}{_of(center)}", f"{ratio[period]:,.4g}"
            found = f"{factor} times the period before: thousands, millions or dollars mixed"
            problems.append(_problem("change of unit", where, found, stops=True))
    return problems


def _wrong_labels(used: pd.DataFrame) -> list[dict]:
    """Report months whose fiscal-year column says another year than October to September."""
    problems = []
    for row in used[used["label"].notna()].itertuples():
        year = _YEAR_FORM.fullmatch(str(row.label).strip())
        expected = row.period.year if row.period.freqstr.startswith("Y") else fiscal.fiscal_year(
            row.period.start_time.date()
        )  # fmt: skip
        if year is None or int(year[1]) != expected:
            found = f"the file says {row.label!r}, the month lies in {expected}"
            problems.append(_problem("fiscal year", f"line {row.line}", found, stops=True))
    return problems


def _sentence(values: pd.DataFrame, problems: pd.DataFrame, source: InputFile) -> str:
    """Return what was read and what the checks found, in one sentence."""
    span = f"{values.index[0]} to {values.index[-1]}"
    read = f"{source.rows} rows read, {source.used} used, {span}"
    if problems.empty:
        return f"{read}; no problem found at the door."
    kinds = problems["check"].value_counts(sort=False)
    return f"{read}; " + ", ".join(f"{check}: {n}" for check, n in kinds.items()) + "."
