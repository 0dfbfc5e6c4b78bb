"""The checks that receipts pass before an estimate may rest on them."""

from collections.abc import Iterable, Iterator
from functools import partial

import pandas as pd

from coee_nb import fiscal
from coee_nb.checks import Fault, Rule
from coee_nb.collections.parsing import NOT_UNDERSTOOD, parse_year

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

_stops = partial(Rule, expected="every period once, in one unit", effect="stops")
AMOUNT = _stops(
    "collections.amount",
    "Can every amount be read?",
    NOT_UNDERSTOOD,
    do="write it as 1234.50, 1,234.50 in quotes, or (55.25)",
)
CELLS = _stops(
    "collections.cells",
    "Has every row a cell a column?",
    TOO_MANY_CELLS,
    do="put amounts with a comma in quotes",
)
CENTER = _stops(
    "collections.center",
    "Does every amount belong to a Center?",
    NO_CENTER,
    do="name the Center, if only as one that is not known",
)
ONCE = _stops(
    "collections.once",
    "Does every period stand once?",
    "repeated period",
    do="keep one row a period, or name the column of the Centers (center_column)",
)
MISSING = _stops(
    "collections.missing",
    "Is every period there?",
    "missing period",
    do="supply it, narrow the period (start, end), or write each Center one way",
)
UNIT = _stops(
    "collections.unit",
    "Are all amounts in one unit?",
    "change of unit",
    do="write every amount in one unit",
)
FISCAL_YEAR = _stops(
    "collections.fiscal_year",
    "Does the fiscal year fit the month?",
    "fiscal year",
    do="correct the month or the fiscal year, say in which month one starts (fiscal_year_starts), "
    "or leave fiscal_year_column out",
)
PERIOD = Rule("collections.period", "Does every row name its period?", NO_PERIOD, effect="excludes")
PARTIAL = Rule(
    "collections.partial",
    "Are the first and last month whole?",
    "partial period",
    effect="reports",
)
NEGATIVE = Rule(
    "collections.negative",
    "Is every amount zero or more?",
    "negative receipts",
    effect="reports",
)
LOST_ROWS = (AMOUNT, CELLS, CENTER)  # a row that breaks one of them is an amount lost to the series


def excluded_rows(aside: pd.DataFrame) -> Iterator[Fault]:
    """Report rows whose amount is lost to the series, and, once, those that name no period."""
    for rule in LOST_ROWS:
        for row in aside[aside["reason"] == rule.wrong].itertuples():
            yield rule.fault(f"line {row.line}, {row.period}", row.found)
    nameless = aside[aside["reason"] == NO_PERIOD]
    if len(nameless):
        first, more = nameless.iloc[0], len(nameless) - 1
        rest = f" and {more} more" if more else ""
        yield PERIOD.fault(f"line {first['line']}{rest}", repr(first["period"]))


def repeats(rows: pd.DataFrame) -> Iterator[Fault]:
    """Report every period that stands more than once, with its lines."""
    twice = rows[rows.duplicated(["period", "center"], keep=False)]
    for (period, center), group in twice.groupby(["period", "center"]):
        lines = ", ".join(map(str, group["line"]))
        found = f"{len(group)} rows, lines {lines}"
        yield ONCE.fault(f"{period}{_of(center)}", found)


def checks(values: pd.DataFrame, used: pd.DataFrame, starts: int = 10) -> list[Fault]:
    """Return what is wrong with the table of ``values`` made of the rows ``used``.

    ``starts``: the first month of a fiscal year.
    """
    return [
        *_missing(values),
        *_partial_ends(values, used),
        *_negative(values),
        *_unit_jumps(values),
        *_wrong_labels(used, starts),
    ]


def _of(center: str) -> str:
    return "" if center == "all" else f", {center}"


def _missing(values: pd.DataFrame) -> Iterable[Fault]:
    return [
        MISSING.fault(f"{period}{_of(center)}", "no usable amount")
        for center in values
        for period in values.index[values[center].isna()]
    ]


def _partial_ends(values: pd.DataFrame, used: pd.DataFrame) -> Iterator[Fault]:
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
            yield PARTIAL.fault(str(period), found)


def _negative(values: pd.DataFrame) -> Iterable[Fault]:
    return [
        NEGATIVE.fault(
            f"{period}{_of(center)}", f"{values.at[period, center]:,.2f} million dollars"
        )
        for center in values
        for period in values.index[values[center] < 0]
    ]


def _unit_jumps(values: pd.DataFrame) -> Iterator[Fault]:
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
            yield UNIT.fault(where, found)


def _wrong_labels(used: pd.DataFrame, starts: int) -> Iterator[Fault]:
    """Report months whose fiscal-year column says another year than the one they lie in."""
    for row in used[used["label"].notna()].itertuples():
        yearly = row.period.freqstr.startswith("Y")
        first = row.period.start_time.date()
        expected = row.period.year if yearly else fiscal.fiscal_year(first, starts)
        if parse_year(str(row.label)) != expected:
            found = f"the file says {row.label!r}, the month lies in {expected}"
            yield FISCAL_YEAR.fault(f"line {row.line}", found)
