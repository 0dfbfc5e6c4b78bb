"""The checks that receipts pass before an estimate may rest on them."""

from collections.abc import Iterable, Iterator

import pandas as pd

from coee_nb import fiscal
from coee_nb.collections.parsing import NOT_UNDERSTOOD, parse_year

COLUMNS = ["check", "where", "found", "stops"]
NO_PERIOD = "period not understood"
OUTSIDE = "outside the period asked for"
NO_CENTER = "no Center"
TOO_MANY_CELLS = "more cells than columns"
REPEATED = "period repeated"
# A first or last month under half of its neighbours' median is taken for a month cut short.
PARTIAL_SHARE = 0.5
# A step by 1,000 within a factor of about 3 either way is a change of unit, not of receipts; so is
# any step near a million and beyond.
UNIT_STEP = (300.0, 3000.0)
ANY_STEP = 3e5
TO_DO = {
    NOT_UNDERSTOOD: "write it as 1234.50, 1,234.50 in quotes, or (55.25)",
    TOO_MANY_CELLS: "put amounts with a comma in quotes",
    NO_CENTER: "name the Center, if only as one that is not known",
    "repeated period": "keep one row a period, or name the column of the Centers (center_column)",
    "missing period": "supply it, narrow the period (start, end), or write each Center one way",
    "change of unit": "write every amount in one unit",
    "fiscal year": "correct the month or the fiscal year, or leave fiscal_year_column out",
}


def problem(check: str, where: str, found: str, *, stops: bool) -> dict:
    """Return one line of the problems found."""
    return {"check": check, "where": where, "found": found, "stops": stops}


def excluded_rows(aside: pd.DataFrame) -> Iterator[dict]:
    """Report rows whose amount is lost to the series, and, once, those that name no period."""
    for check in (NOT_UNDERSTOOD, TOO_MANY_CELLS, NO_CENTER):
        for row in aside[aside["reason"] == check].itertuples():
            yield problem(check, f"line {row.line}, {row.period}", row.found, stops=True)
    nameless = aside[aside["reason"] == NO_PERIOD]
    if len(nameless):
        first, more = nameless.iloc[0], len(nameless) - 1
        rest = f" and {more} more" if more else ""
        yield problem(NO_PERIOD, f"line {first['line']}{rest}", repr(first["period"]), stops=False)


def repeats(rows: pd.DataFrame) -> Iterator[dict]:
    """Report every period that stands more than once, with its lines."""
    twice = rows[rows.duplicated(["period", "center"], keep=False)]
    for (period, center), group in twice.groupby(["period", "center"]):
        lines = ", ".join(map(str, group["line"]))
        found = f"{len(group)} rows, lines {lines}"
        yield problem("repeated period", f"{period}{_of(center)}", found, stops=True)


def checks(values: pd.DataFrame, used: pd.DataFrame) -> list[dict]:
    """Return what is wrong with the table of ``values`` made of the rows ``used``."""
    return [
        *_missing(values),
        *_partial_ends(values, used),
        *_negative(values),
        *_unit_jumps(values),
        *_wrong_labels(used),
    ]


def _of(center: str) -> str:
    return "" if center == "all" else f", {center}"


def _missing(values: pd.DataFrame) -> Iterable[dict]:
    return [
        problem("missing period", f"{period}{_of(center)}", "no usable amount", stops=True)
        for center in values
        for period in values.index[values[center].isna()]
    ]


def _partial_ends(values: pd.DataFrame, used: pd.DataFrame) -> Iterator[dict]:
    """Report a first or last month dated inside the month, or far below its neighbours."""
    total = values.sum(axis=1, min_count=1).dropna()
    if len(total) < 7:
        return
    for end, neighbours in ((0, slice(1, 13)), (-1, slice(-13, -1))):
        period, usual = total.index[end], total.iloc[neighbours].median()
        days = [d for d in used.loc[used["period"] == period, "day"] if d is not None]
        inside = [d for d in days if d.day != 1 and d != fiscal.month_end(d.year, d.month)]
        found = ""
        if inside:
            found = f"dated {inside[-1]:%Y-%m-%d}, inside the month"
        elif usual > 0 and total.iloc[end] < PARTIAL_SHARE * usual:
            share = f"{100 * total.iloc[end] / usual:.0f} %"
            found = f"{share} of the median of the periods next to it"
        if found:
            yield problem("partial period", str(period), found, stops=False)


def _negative(values: pd.DataFrame) -> Iterable[dict]:
    return [
        problem(
            "negative receipts",
            f"{period}{_of(center)}",
            f"{values.at[period, center]:,.2f} million dollars",
            stops=False,
        )
        for center in values
        for period in values.index[values[center] < 0]
    ]


def _unit_jumps(values: pd.DataFrame) -> Iterator[dict]:
    """Report a step of about a thousandfold, or beyond, between one period and the next."""
    low, high = UNIT_STEP
    for center in values:
        series = values[center].dropna()
        positive = series[series > 0]
        ratio = (positive / positive.shift()).dropna()
        up = ratio.where(ratio >= 1, 1 / ratio)
        for period in up.index[up.between(low, high) | (up >= ANY_STEP)]:
            where, factor = f"{period}{_of(center)}", f"{ratio[period]:,.4g}"
            found = f"{factor} times the period before: thousands, millions or dollars mixed"
            yield problem("change of unit", where, found, stops=True)


def _wrong_labels(used: pd.DataFrame) -> Iterator[dict]:
    """Report months whose fiscal-year column says another year than October to September."""
    for row in used[used["label"].notna()].itertuples():
        yearly = row.period.freqstr.startswith("Y")
        first = row.period.start_time.date()
        expected = row.period.year if yearly else fiscal.fiscal_year(first)
        if parse_year(str(row.label)) != expected:
            found = f"the file says {row.label!r}, the month lies in {expected}"
            yield problem("fiscal year", f"line {row.line}", found, stops=True)
