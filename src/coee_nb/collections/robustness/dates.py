"""The same effect from each day that could count as the first."""

import warnings
from collections.abc import Mapping, Sequence

import pandas as pd

from coee_nb.collections import its
from coee_nb.collections.effects import Effect, effect
from coee_nb.engines.ar1.periods import Date, as_period, period_name
from coee_nb.errors import StatisticalWarning


def compare_dates(effects: Mapping[str, Effect], measure: str = "cumulative") -> pd.DataFrame:
    """Return the chosen measure of each effect, one row an interruption date, by its label."""
    rows = [{"interruption_date": label, **found.row(measure)} for label, found in effects.items()]
    return pd.DataFrame(rows)


def from_each_day(
    series: pd.Series,
    days: Mapping[str, Date],
    concurrent: Sequence[str],
    *,
    washout: Sequence[str] = (),
    season: str | int | None = None,
) -> dict[str, Effect]:
    """Return the effect from each of several interruption dates, by label, each by its own REML
    fit.

    ``concurrent`` are the months of concurrent events with level and slope of their own. The
    month that holds a day is the first counted as post. Two more lines make that convention
    visible: the last day with the month after it as the first (its first full month), and the first
    day with the months of ``washout`` left out.
    """
    placed = {label: as_period(day, series.index, what=label) for label, day in days.items()}
    months = {f"{label} ({at} is after)": str(at) for label, at in placed.items()}
    last = str(max(placed.values()) + 1)
    months[f"First full {period_name(series.index)} ({last} is after)"] = last
    others = list(concurrent)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StatisticalWarning)
        found = {
            label: effect(its.fit(series, [month, *others], season=season), month)
            for label, month in months.items()
        }
        if washout:
            first = str(min(placed.values()))
            fit = its.fit(series, [first, *others], season=season, washout=washout)
            found[f"{washout[0]} to {washout[-1]} left out"] = effect(fit, first)
    return found
