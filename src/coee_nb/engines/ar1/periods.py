"""Series by month, quarter or year, checked, and dates read as their periods."""

import datetime as dates
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress

import numpy as np
import pandas as pd

from coee_nb.errors import InputError, ParameterError

PERIODS_A_YEAR = {"M": 12, "Q": 4, "Y": 1}
WRITTEN = re.compile(r"\d{4}(-\d{1,2}(-\d{1,2}([ T][\d:.]+)?)?|-?[Qq][1-4])?")
Date = str | dates.date | pd.Period  # a Timestamp and a datetime are dates


def checked(series: pd.Series, washout: Sequence[str] = ()) -> pd.Series:
    """Return the series as floats without its washed-out periods, or say why it cannot be used."""
    if not isinstance(series, pd.Series):
        raise InputError(
            f"a {type(series).__name__}", where="series", expected="one pandas Series of numbers"
        )
    where = f"series {series.name}" if series.name is not None else "series"
    index = series.index
    if not isinstance(index, pd.PeriodIndex) or frequency(index) not in PERIODS_A_YEAR:
        raise InputError(
            f"the index is {_described(index)}",
            where=where,
            expected="a monthly, quarterly or yearly PeriodIndex",
            do='use series.to_period("M"), "Q" or "Y"',
        )
    if not len(index):
        raise InputError("no observations", where=where)
    left_out = [as_period(period, index, what="wash-out period") for period in several(washout)]
    _refuse_irregular(index, left_out, where)
    observed = _numbers(series, where)
    if left_out:
        observed = observed[~index.isin(left_out)]
    refuse_not_finite(observed.to_numpy(), observed.index, where)
    return observed


def _described(index: pd.Index) -> str:
    kind = type(index).__name__
    return f"a {kind} of {index.freqstr}" if isinstance(index, pd.PeriodIndex) else f"a {kind}"


def _numbers(series: pd.Series, where: str) -> pd.Series:
    try:
        return series.astype(float)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"values that are not numbers ({error})", where=where, expected="a number a period"
        ) from error


def _refuse_irregular(index: pd.PeriodIndex, left_out: Sequence[pd.Period], where: str) -> None:
    ordinals = index.asi8
    steps = np.diff(ordinals)
    if (steps == 1).all():
        return
    if index.has_duplicates:
        repeated = listed(index[index.duplicated()].unique())
        raise InputError(f"repeated periods {repeated}", where=where, expected="one row a period")
    if (steps < 0).any():
        raise InputError("periods out of order", where=where, do="use series.sort_index()")
    missing = pd.period_range(index[0], index[-1]).difference(index)
    missing = missing[~missing.isin(left_out)]
    if len(missing):
        raise InputError(
            f"missing periods {listed(missing)}",
            where=where,
            expected="every period once",
            do="supply them, or declare them as wash-out",
        )


def refuse_not_finite(values: np.ndarray, index: pd.PeriodIndex, where: str) -> None:
    """Raise InputError that names the periods without a finite number in ``values``."""
    finite = np.isfinite(values)
    if not finite.all():
        raise InputError(
            f"no finite value in {listed(index[~finite])}",
            where=where,
            expected="a number in every period",
            do="supply them, or declare them as wash-out",
        )


def several(given: object) -> list:
    """Return what was given as a list: a single date or text stands for a list of one."""
    return list(given) if isinstance(given, Iterable) and not isinstance(given, str) else [given]


def as_period(date: object, index: pd.PeriodIndex, *, what: str) -> pd.Period:
    """Return ``date`` (a text such as 2016-10, a date or a period) as the period that holds it."""
    found = pd.NaT
    if isinstance(date, np.datetime64):
        date = pd.Timestamp(date)
    if isinstance(date, pd.Period):
        found = date.asfreq(index.freq, how="start")
    elif isinstance(date, dates.date) or WRITTEN.fullmatch(str(date)):
        with suppress(ValueError):
            found = pd.Period(str(date), freq=index.freq)
    if pd.isna(found):
        raise ParameterError(f"{what} {date!r} is not a date", expected="a date such as 2016-10")
    return found


def frequency(index: pd.PeriodIndex) -> str:
    """Return M, Q or Y, whatever month a quarter or year ends in."""
    return index.freqstr.partition("-")[0]


def period_name(index: pd.PeriodIndex) -> str:
    """Return what one period of ``index`` is called: month, quarter or year."""
    return {"M": "month", "Q": "quarter", "Y": "year"}[frequency(index)]


def listed(periods: Iterable[pd.Period], most: int = 6) -> str:
    """Return the first periods by name and how many more there are."""
    names = [str(period) for period in periods]
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")
