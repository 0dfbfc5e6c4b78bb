"""What the residuals still hold, and which single months carry the answer."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coee_nb import formats
from coee_nb.collections.its import Fit
from coee_nb.engines.ar1 import inference, process
from coee_nb.engines.ar1.batch import fit_designs
from coee_nb.engines.ar1.design_matrix import DesignMatrix
from coee_nb.engines.ar1.periods import period_name
from coee_nb.errors import ParameterError


@dataclass(frozen=True)
class Residuals:
    """What is left in the residuals once the autocorrelation of the model is taken out.

    ``innovations``: the one-step-ahead errors by period, which are independent if the model is
    right; ``correlations``: lag, autocorrelation and 95% limit; ``tests``: test, statistic, df, p;
    ``text``: the sentence a report may print.
    """

    innovations: pd.Series
    correlations: pd.DataFrame
    tests: pd.DataFrame
    text: str


def usual_lags(points: int) -> int:
    """Return over how many lags a verdict's check takes Ljung-Box: six, or a quarter of the points.

    Over more lags the test rejects true models too often where a season takes many terms.

    >>> usual_lags(72), usual_lags(20)
    (6, 5)
    """
    return max(2, min(6, points // 4))


def residuals(fit: Fit, *, lags: int | None = None) -> Residuals:
    """Return autocorrelations, Ljung-Box and Durbin-Watson of the fit's one-step-ahead errors.

    Ljung-Box (1978) over ``lags`` (by default 12, or a third of the points), one degree of freedom
    less where rho is estimated. Durbin-Watson is shown for the plain residuals and for the
    innovations, without a p-value: it is unreliable except in long series (Turner et al. 2021).
    """
    from statsmodels.stats.diagnostic import acorr_ljungbox
    from statsmodels.stats.stattools import durbin_watson
    from statsmodels.tsa.stattools import acf

    points = len(fit.residuals)
    lags = max(2, min(12, points // 3)) if lags is None else lags
    if not 0 < lags < points - 1:
        raise ParameterError(f"{lags} lags for {points} points", expected=f"1 to {points - 2}")
    innovations = _innovations(fit)
    correlation = acf(innovations, nlags=lags, fft=False)[1:]
    estimated = int(np.isfinite(fit.rho))
    box = acorr_ljungbox(innovations, lags=[lags], model_df=estimated).iloc[0]
    tests = pd.DataFrame(
        [
            (f"Ljung-Box, {lags} lags", float(box["lb_stat"]), lags - estimated,
             float(box["lb_pvalue"])),
            ("Durbin-Watson, residuals", float(durbin_watson(fit.residuals)), np.nan, np.nan),
            ("Durbin-Watson, innovations", float(durbin_watson(innovations)), np.nan, np.nan),
        ],
        columns=["test", "statistic", "df", "p"],
    )  # fmt: skip
    correlations = pd.DataFrame(
        {"lag": range(1, lags + 1), "autocorrelation": correlation, "limit": 1.96 / points**0.5}
    )
    return Residuals(innovations, correlations, tests, _sentence(correlations, tests, lags))


def _innovations(fit: Fit) -> pd.Series:
    if not np.isfinite(fit.rho):
        return fit.residuals.rename("innovation")
    gaps = fit.design.gaps
    white = process.whiten(fit.residuals.to_numpy()[:, None], fit.rho, gaps)[:, 0]
    return pd.Series(white, index=fit.residuals.index, name="innovation")


def _sentence(correlations: pd.DataFrame, tests: pd.DataFrame, lags: int) -> str:
    outside = correlations["autocorrelation"].abs() > correlations["limit"]
    p = tests["p"].iloc[0]
    finding = "no autocorrelation is shown to remain" if p >= 0.05 else "autocorrelation remains"
    return (
        f"After the model, {finding} (Ljung-Box over {lags} lags, p {formats.p_value(p)}); "
        f"of {lags} autocorrelations, {int(outside.sum())} outside the 95% limits."
    )


@dataclass(frozen=True)
class Influence:
    """How the answer moves when one month is left out.

    ``table``: period, estimate (of the chosen combination of terms without that month), se, rho,
    change, and change_in_se (in standard errors of the full fit), largest change first; ``full``
    the estimate with every month; ``text``: the sentence a report may print.
    """

    table: pd.DataFrame
    full: float
    text: str


def influence(fit: Fit, weights: dict[str, float]) -> Influence:
    """Refit by REML without each month in turn and compare sum(weight x coefficient).

    A term for the month alone removes it and keeps the distance in time between its neighbours.
    Months that have such a term already are left out of the table. Raises ParameterError for a
    term that the fit does not have.
    """
    full = fit.contrast(weights)
    design = fit.design
    X = design.matrix
    # A month that a term of its own singles out has no say already.
    taken = {int(np.flatnonzero(column)[0]) for column in X.T if np.count_nonzero(column) == 1}
    months = [place for place in range(len(X)) if place not in taken]
    vector = np.array([weights.get(term, 0.0) for term in design.names] + [0.0])
    without = fit_designs([_without(design, place) for place in months])
    found = [inference.contrast(estimate, vector) for estimate in without]
    estimates = np.array([c.estimate for c in found])
    table = pd.DataFrame(
        {
            "period": design.observed.index[months],
            "estimate": estimates,
            "se": [c.se for c in found],
            "rho": [estimate.rho for estimate in without],
            "change": estimates - full.estimate,
            "change_in_se": (estimates - full.estimate) / full.se,
        }
    )
    order = table["change"].abs().sort_values(ascending=False, kind="stable").index
    table = table.loc[order].reset_index(drop=True)
    first = table.iloc[0]
    period = period_name(design.observed.index)
    text = (
        f"The {period} that carries most is {first['period']}: without it the estimate moves by "
        f"{first['change_in_se']:+.2f} standard errors."
    )
    return Influence(table, full.estimate, text)


def _without(design: DesignMatrix, place: int) -> DesignMatrix:
    """Return the design with a term for the period at ``place`` alone."""
    own = (np.arange(len(design.matrix)) == place).astype(float)
    name = f"pulse[{design.observed.index[place]}]"
    return replace(
        design, names=(*design.names, name), matrix=np.column_stack([design.matrix, own])
    )
