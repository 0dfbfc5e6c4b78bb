"""The checks that amounts pass before an estimate may rest on them."""

from collections.abc import Iterable, Iterator
from functools import partial

import pandas as pd

from coee_nb import fiscal
from coee_nb.checks import Fault, Rule
from coee_nb.collections.parsing import NOT_UNDERSTOOD, parse_year

NO_PERIOD = "period not understood"
OUTSIDE = "outside the period asked for"
NO_GROUP = "no group"
TOO_MANY_CELLS = "more cells than columns"
REPEATED = "period repeated"
# A first or last period under half of its neighbours' median is taken for one cut short.
PARTIAL_SHARE = 0.5
# A step by 1,000 within a factor of about 3 either way is a change of unit, not of amounts; so is
# any step near a million and beyond.
UNIT_STEP = (300.0, 3000.0)
ANY_STEP = 3e5
WEEKEND = 4  # days between two of business, a holiday beside the weekend

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
GROUP = _stops(
    "collections.group",
    "Does every amount belong to a group?",
    NO_GROUP,
    do="name the group, if only as one that is not known",
)
ONCE = _stops(
    "collections.once",
    "Does every period stand once?",
    "repeated period",
    do="keep one row a period, name the column of the groups (group_column), or sum days or "
    "weeks (sum_to: month)",
)
MISSING = _stops(
    "collections.missing",
    "Is every period there?",
    "missing period",
    do="supply it, narrow the period (start, end), or write each group one way",
)
UNIT = _stops(
    "collections.unit",
    "Are all amounts in one unit?",
    "change of unit",
    do="write every amount in one unit",
)
FISCAL_YEAR = _stops(
    "collections.fiscal_year",
    "Does the fiscal year fit the period?",
    "fiscal year",
    do="correct the period or the fiscal year, say in which month one starts (fiscal_year_starts), "
    "or leave fiscal_year_column out",
)
PERIOD = Rule("collections.period", "Does every row name its period?", NO_PERIOD, effect="excludes")
WHOLE = _stops(
    "collections.whole",
    "Are the first and last period whole where days or weeks are summed?",
    "period cut short",
    do="begin with the next period (start), or end with the one before (end)",
)
DATED = _stops(
    "collections.dated",
    "Has every row a day where days or weeks are summed?",
    "no day",
    do="write days such as 2016-10-07 into the column of the periods, or leave sum_to out",
)
WEEKS = Rule(
    "collections.weeks",
    "Has every period as many weeks where weeks are summed?",
    "periods of unequal weeks",
    effect="reports",
)
PARTIAL = Rule(
    "collections.partial",
    "Are the first and last period whole?",
    "partial period",
    effect="reports",
)
NEGATIVE = Rule(
    "collections.negative",
    "Is every amount zero or more?",
    "negative amount",
    effect="reports",
)
LOST_ROWS = (AMOUNT, CELLS, GROUP)  # a row that breaks one of them is an amount lost to the series


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


def repeats(rows: pd.DataFrame, key: list[str]) -> Iterator[Fault]:
    """Report every period that stands more than once, with its lines."""
    twice = rows[rows.duplicated(key, keep=False)]
    for _, same in twice.groupby(key, dropna=False):
        lines = _listed(same["line"])
        first = same.iloc[0]
        yield ONCE.fault(
            f"{first[key[0]]}{_of(first['group'])}", f"{len(same)} rows, lines {lines}"
        )


def checks(
    values: pd.DataFrame, used: pd.DataFrame, starts: int = 10, *, summed: bool = False
) -> list[Fault]:
    """Return what is wrong with the table of ``values`` made of the rows ``used``.

    ``starts``: the first month of a fiscal year; ``summed``: the rows are days or weeks.
    """
    return [
        *_missing(values),
        *([*_uneven(used), *_unequal_weeks(used)] if summed else _partial_ends(values, used)),
        *_negative(values),
        *_unit_jumps(values),
        *_wrong_labels(used, starts),
    ]


def _of(group: str) -> str:
    return "" if group == "all" else f", {group}"


def _missing(values: pd.DataFrame) -> Iterable[Fault]:
    return [
        MISSING.fault(f"{period}{_of(group)}", "no usable amount")
        for group in values
        for period in values.index[values[group].isna()]
    ]


def _partial_ends(values: pd.DataFrame, used: pd.DataFrame) -> Iterator[Fault]:
    """Report a first or last period dated inside it, or far below its neighbours."""
    total = values.sum(axis=1, min_count=1).dropna()
    if len(total) < 7:
        return
    for end, neighbours in ((0, slice(1, 13)), (-1, slice(-13, -1))):
        period, usual = total.index[end], total.iloc[neighbours].median()
        days = [d for d in used.loc[used["period"] == period, "day"] if d is not None]
        inside = [d for d in days if d.day != 1 and d != fiscal.month_end(d.year, d.month)]
        found = ""
        if inside:
            found = f"dated {inside[-1]:%Y-%m-%d}, inside the period"
        elif usual > 0 and total.iloc[end] < PARTIAL_SHARE * usual:
            share = f"{100 * total.iloc[end] / usual:.0f}%"
            found = f"{share} of the median of the periods next to it"
        if found:
            yield PARTIAL.fault(str(period), found)


def _uneven(used: pd.DataFrame) -> Iterator[Fault]:
    """Report rows without a day, days left out, and a first or last period cut short."""
    undated = used[used["day"].isna()]
    if len(undated):
        yield DATED.fault(f"lines {_listed(undated['line'])}", str(undated["period"].iloc[0]))
        return
    for group, rows in used.groupby("group"):
        days = pd.DatetimeIndex(sorted(rows["day"]))
        steps = days.to_series().diff().dt.days
        usual = int(steps.mode().iloc[0]) if len(days) > 1 else 1
        most = WEEKEND if usual == 1 else usual + 1
        for day in steps.index[steps > most]:
            before = day - pd.Timedelta(days=int(steps[day]))
            yield MISSING.fault(
                f"{before:%Y-%m-%d} to {day:%Y-%m-%d}{_of(group)}", "no row between"
            )
        periods = rows["period"]
        gaps = {
            periods.min(): (days[0] - periods.min().start_time).days,
            periods.max(): (periods.max().end_time.normalize() - days[-1]).days,
        }
        for period, gap in gaps.items():
            if gap >= max(most, usual):
                yield WHOLE.fault(f"{period}{_of(group)}", f"{gap} days of it have no row")


def _unequal_weeks(used: pd.DataFrame) -> Iterator[Fault]:
    """Report once that weeks, counted whole where their date lies, make periods of unequal length.

    A month holds 4 or 5 of them; business days make no such steps.
    """
    dated = used[used["day"].notna()]
    steps = pd.Series(pd.DatetimeIndex(sorted(set(dated["day"])))).diff().dt.days
    weeks = dated.groupby(["group", "period"])["day"].nunique()
    if len(steps) < 2 or steps.mode().iloc[0] == 1 or weeks.nunique() == 1:
        return
    few, most = weeks.min(), weeks.max()
    periods = weeks.index.get_level_values("period")
    yield WEEKS.fault(
        f"{periods.min()} to {periods.max()}",
        f"{few} to {most} rows a period, each counted whole where its date lies: periods differ by "
        f"up to {100 * (most - few) / few:.0f}% by the calendar alone, least over longer ones "
        f"(sum_to)",
    )


def _listed(lines: pd.Series, most: int = 6) -> str:
    """Return the first lines and how many more there are."""
    rest = f" and {len(lines) - most} more" if len(lines) > most else ""
    return ", ".join(map(str, lines.iloc[:most])) + rest


def _negative(values: pd.DataFrame) -> Iterable[Fault]:
    return [
        NEGATIVE.fault(f"{period}{_of(group)}", f"{values.at[period, group]:,.2f}")
        for group in values
        for period in values.index[values[group] < 0]
    ]


def _unit_jumps(values: pd.DataFrame) -> Iterator[Fault]:
    """Report a step of about a thousandfold, or beyond, between one period and the next."""
    low, high = UNIT_STEP
    for group in values:
        series = values[group].dropna()
        positive = series[series > 0]
        ratio = (positive / positive.shift()).dropna()
        up = ratio.where(ratio >= 1, 1 / ratio)
        for period in up.index[up.between(low, high) | (up >= ANY_STEP)]:
            where, factor = f"{period}{_of(group)}", f"{ratio[period]:,.4g}"
            found = f"{factor} times the period before: thousands, millions or dollars mixed"
            yield UNIT.fault(where, found)


def _wrong_labels(used: pd.DataFrame, starts: int) -> Iterator[Fault]:
    """Report periods whose fiscal-year column says another year than the one they lie in."""
    for row in used[used["label"].notna()].itertuples():
        yearly = row.period.freqstr.startswith("Y")
        first = row.period.start_time.date()
        expected = row.period.year if yearly else fiscal.fiscal_year(first, starts)
        if parse_year(str(row.label)) != expected:
            found = f"the file says {row.label!r}, the period lies in {expected}"
            yield FISCAL_YEAR.fault(f"line {row.line}", found)
