"""Does the answer hang on the date, the estimator, or where data end?"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from coee_nb import formats
from coee_nb.collections import its
from coee_nb.engines.ar1.design_matrix import ADEQUATE_SEGMENT, MINIMUM_SIDE, build
from coee_nb.engines.ar1.periods import PERIODS_A_YEAR, Date, as_period, frequency
from coee_nb.errors import EstimationError, ParameterError, StatisticalWarning


@dataclass(frozen=True)
class Scan:
    """The same model with its interruption at every date.

    ``table``: interruption, level, level_se, level_p, slope, slope_se, slope_p,
    ``statistic``, the larger of the two |t|, and ``rank`` of the date by it (1 is the most
    extreme); ``real`` the real date and ``rank`` its own; ``text``: a sentence that a report may
    print.
    """

    table: pd.DataFrame
    real: pd.Period
    rank: int
    text: str


def a_year(index: pd.PeriodIndex) -> int:
    """Return how many periods a date that is tried leaves on a side: a year, eight at least."""
    return max(PERIODS_A_YEAR[frequency(index)], ADEQUATE_SEGMENT)


def dates_to_try(series: pd.Series, real: str) -> pd.PeriodIndex:
    """Return every date that leaves a year on each side, and the real one in any case."""
    start = as_period(real, series.index, what="the real date")
    year = a_year(series.index)
    return series.index[year:-year].union(pd.PeriodIndex([start])).sort_values()


def earlier_dates(series: pd.Series, real: Date, concurrent: Sequence[Date] = ()) -> pd.PeriodIndex:
    """Return every date up to the real one that leaves a year before it, the real one in any case.

    Eight periods where a year has fewer; a date too close to a ``concurrent`` interruption to be
    told from it is not admissible.
    """
    index = series.index
    start = as_period(real, index, what="the real date")
    tried = index[a_year(index) :]
    tried = tried[tried <= start]
    for event in concurrent:
        at = as_period(event, index, what="the concurrent event")
        tried = tried[np.abs(tried.asi8 - at.ordinal) >= MINIMUM_SIDE]
    return tried.union(pd.PeriodIndex([start])).sort_values()


def placebo(
    series: pd.Series,
    real: Date,
    *,
    concurrent: Sequence[Date] = (),
    season: str | int | None = None,
) -> Scan:
    """Return the primary model with its interruption at every admissible earlier date."""
    dates = earlier_dates(series, real, concurrent)
    return scan(series, dates, real=real, concurrent=concurrent, season=season)


def scan(
    series: pd.Series,
    dates: Sequence[str | pd.Period],
    *,
    real: Date,
    concurrent: Sequence[Date] = (),
    estimator: str = "reml",
    season: str | int | None = None,
    pulses: Sequence[str] = (),
    lags: int | None = None,
) -> Scan:
    """Fit the same model with the interruption at each of ``dates`` and rank the real one among
    them.

    ``concurrent`` interruptions stay where they are. "Effects" as large as the real one's at dates
    without an event are what the model finds in noise. Raises EstimationError when a date leaves
    too few points on a side.
    """
    tried = [as_period(date, series.index, what="the date tried") for date in dates]
    start = as_period(real, series.index, what="the real date")
    if start not in tried:
        raise ParameterError(f"the real date {start} is not among the dates scanned")
    its.refuse_unknown(estimator)
    designs = [build(series, [date, *concurrent], season=season, pulses=pulses) for date in tried]
    found = its.estimates(designs, estimator, lags=lags)
    table = pd.DataFrame(
        [
            {"interruption": date, **_changes(its.table(estimate, design.names), date)}
            for date, design, estimate in zip(tried, designs, found, strict=True)
        ]
    )
    t = np.maximum(
        (table["level"] / table["level_se"]).abs(), (table["slope"] / table["slope_se"]).abs()
    )
    table = table.assign(statistic=t, rank=t.rank(ascending=False, method="min").astype(int))
    rank = int(table.loc[table["interruption"] == start, "rank"].iloc[0])
    return Scan(table, start, rank, _scan_sentence(table, start, rank, concurrent))


def _changes(terms: pd.DataFrame, at: Date) -> dict[str, float]:
    """Return level and slope at the interruption, with se and p, of a table of ``its.table``."""
    return {
        f"{kind}{suffix}": terms.at[f"{kind}[{at}]", name]
        for kind in ("level", "slope")
        for suffix, name in (("", "estimate"), ("_se", "se"), ("_p", "p"))
    }


def _quiet_fit(series: pd.Series, interruptions: Sequence[str], **options: Any) -> its.Fit:
    """Fit without repeating, once a date, the cautions that hold for the model as a whole."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StatisticalWarning)
        return its.fit(series, interruptions, **options)


def _scan_sentence(
    table: pd.DataFrame, start: pd.Period, rank: int, concurrent: Sequence[Date]
) -> str:
    kept = (
        f"a change kept at {', '.join(map(str, concurrent))}" if concurrent else "no other change"
    )
    significant = int(((table["level_p"] < 0.05) | (table["slope_p"] < 0.05)).sum())
    return (
        f"{significant} of {len(table)} dates show a change of level or slope, each tested at "
        f"5%, in a model with {kept}; the date in question, {start}, is number {rank} of "
        f"{len(table)} by the size of its test statistic."
    )


@dataclass(frozen=True)
class BreakScan:
    """The F statistic of a break in intercept and trend after every admissible month.

    ``table``: last_old_month, f; ``last_old_month`` and ``f`` where it is highest; ``text``.
    """

    table: pd.DataFrame
    last_old_month: pd.Period
    f: float
    text: str


def supremum_f(series: pd.Series, *, trim: float = 0.15) -> BreakScan:
    """Scan for one unknown break of y = intercept + trend t, leaving out ``trim`` at each end.

    F is (RSS0 - RSS1) / (RSS1 / (n - 2k)), as R's ``strucchange::Fstats`` gives it. The date is
    what it is for; no p-value is given, because the usual ones assume errors without
    autocorrelation. (Andrews 1993, Econometrica 61.)
    """
    n, k = len(series), 2
    first = int(np.floor(trim * n))
    if first < k + 1:
        raise EstimationError(f"{n} points are too few for a break scan", expected="20 or more")
    y, t = series.to_numpy(dtype=float), np.arange(n, dtype=float)
    whole = _squares(t, y)
    breaks = range(first, n - first + 1)
    parts = np.array([_squares(t[:b], y[:b]) + _squares(t[b:], y[b:]) for b in breaks])
    f = (whole - parts) / (parts / (n - 2 * k))
    months = series.index[[b - 1 for b in breaks]]
    best = int(np.argmax(f))
    text = (
        f"If a single break is sought at an unknown date, the series breaks after "
        f"{months[best]} (F = {formats.number(f[best], 1)})."
    )
    return BreakScan(
        pd.DataFrame({"last_old_month": months, "f": f}), months[best], float(f[best]), text
    )


def _squares(t: np.ndarray, y: np.ndarray) -> float:
    """Return the residual sum of squares of y on an intercept and t."""
    t, y = t - t.mean(), y - y.mean()
    return float(y @ y - (t @ y) ** 2 / (t @ t))


def by_end(
    series: pd.Series,
    interruption: str,
    ends: Sequence[str | pd.Period] | None = None,
    **options: Any,
) -> pd.DataFrame:
    """Return level and slope of one interruption as the series is allowed to run further.

    One row an end: end, points, level, level_se, level_p, slope, slope_se, slope_p, slope_ci_low,
    slope_ci_high. ``ends``: by default every month from a year after the interruption on;
    ``options`` go to ``its.fit``. An effect of the interruption does not wait for later events to
    appear. An end that leaves too little for the model has no row; EstimationError where none has
    one.
    """
    start = as_period(interruption, series.index, what="the interruption")
    rows, refusal = (
        [],
        EstimationError("no last month to try", expected="a year after the interruption"),
    )
    for end in (
        series.index[series.index >= start + a_year(series.index) - 1] if ends is None else ends
    ):
        used = series[: as_period(end, series.index, what="the last month")]
        try:
            fit = _quiet_fit(used, [str(start)], **options)
        except EstimationError as error:
            refusal = error
            continue
        slope = fit.coefficients.loc[f"slope[{start}]"]
        limits = {"slope_ci_low": slope["ci_low"], "slope_ci_high": slope["ci_high"]}
        rows.append(
            {
                "end": used.index[-1],
                "points": len(used),
                **_changes(fit.coefficients, start),
                **limits,
            }
        )
    if not rows:
        raise refusal
    return pd.DataFrame(rows)


def estimators(
    series: pd.Series,
    interruptions: Sequence[str],
    *,
    interruption: str,
    lags: int | None = None,
    **options: Any,
) -> pd.DataFrame:
    """Return the same model by every estimator: estimator, rho, level and slope with se, p.

    ``reason``: why an estimator has no answer where it has none; blank else.
    """
    rows = []
    for name in its.NAMES:
        row: dict[str, Any] = {"estimator": its.NAMES[name], "rho": np.nan, "reason": ""}
        try:
            fit = _quiet_fit(
                series, interruptions,
                estimator=name, lags=lags if name == "newey-west" else None, **options,
            )  # fmt: skip
            row |= {"rho": fit.rho, **_changes(fit.coefficients, interruption)}
        except EstimationError as refusal:
            row["reason"] = str(refusal)
        rows.append(row)
    table = pd.DataFrame(rows)
    return table[[*(name for name in table if name != "reason"), "reason"]]
