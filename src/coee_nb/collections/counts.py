"""Interrupted time series of counts and rates: quasi-Poisson regression with an exposure."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from coee_nb.collections.effects import LEVEL
from coee_nb.collections.its import term_words
from coee_nb.collections.robustness.diagnostics import usual_lags
from coee_nb.engines.ar1 import inference
from coee_nb.engines.ar1.basis import orthonormal
from coee_nb.engines.ar1.design_matrix import DesignMatrix, Interruption, build
from coee_nb.engines.ar1.estimators import reml
from coee_nb.engines.ar1.periods import checked
from coee_nb.errors import InputError, ParameterError, StatisticalWarning
from coee_nb.formats import number, p_value
from coee_nb.lazily import offered
from coee_nb.results import Result

INDEPENDENT, AR1 = "independent", "ar1"
ROUNDS = 100
SETTLED = 1e-8


@dataclass(frozen=True, repr=False)
class CountFit(Result):
    """A fitted series of counts.

    ``coefficients``: one row a term, columns estimate, se, ci_low, ci_high, p (log scale) and
    rate_ratio, ratio_low, ratio_high; ``fitted`` counts by period; ``dispersion`` Pearson's
    chi-squared per residual degree of freedom (1 is Poisson); ``errors``: "independent" or "ar1",
    with ``rho`` (NaN where independent); ``tests``: test, statistic, df, p of overdispersion and of
    autocorrelation in the independent fit; ``warnings`` the cautions also given as
    StatisticalWarning; ``text`` a sentence.
    """

    SHOWS: ClassVar[Mapping[str, Sequence[str]]] = {"coefficients": (), "tests": ()}

    coefficients: pd.DataFrame
    fitted: pd.Series
    dispersion: float
    errors: str
    rho: float
    tests: pd.DataFrame
    warnings: tuple[str, ...]

    @cached_property
    def text(self) -> str:
        """What the fit says of each interruption, in one sentence."""
        changes = [
            f"{term_words(row.Index)} rate ratio {number(row.rate_ratio, 3)} (95% CI "
            f"{number(row.ratio_low, 3)} to {number(row.ratio_high, 3)}, p {p_value(row.p)})"
            for row in self.coefficients.itertuples()
            if str(row.Index).startswith(("level[", "slope["))
        ]
        how = f"quasi-Poisson, {len(self.fitted)} points, dispersion {number(self.dispersion, 2)}"
        if self.errors == AR1:
            how += f", AR(1) errors with rho = {number(self.rho, 2)}"
        return f"{'; '.join(changes) or 'No interruption'} ({how})."


def fit_counts(
    series: pd.Series,
    interruptions: Sequence[str | Interruption],
    *,
    exposure: pd.Series | None = None,
    season: str | int | None = None,
    pulses: Sequence[str] = (),
    exog: pd.DataFrame | pd.Series | None = None,
    washout: Sequence[str] = (),
    errors: str | None = None,
) -> CountFit:
    """Fit log E(count) = log(exposure) + the terms of ``its.fit``, variance = dispersion x mean.

    ``exposure``, positive and over the same periods, turns counts into rates (the population at
    risk, the entries filed). With ``errors`` "independent" intervals are estimate -+ 1.96 se, as in
    Lopez Bernal, Cummins and Gasparrini (2017). With "ar1" the errors of neighbouring periods
    correlate: the working response of each round is fitted by REML with AR(1) errors, with
    Satterthwaite's degrees of freedom (Breslow and Clayton 1993, penalised quasi-likelihood). By
    default "ar1" where Ljung-Box finds autocorrelation at 5% in the independent fit.

    >>> index = pd.period_range("2014-01", periods=48, freq="M")
    >>> deaths = pd.Series(np.random.default_rng(1).poisson([200] * 24 + [400] * 24), index)
    >>> fit_counts(deaths, ["2016-01"]).coefficients["rate_ratio"].round(2).iloc[2].item()
    2.08

    Raises InputError for counts that are negative, for a segment without a single count, or an
    exposure that is not positive, and the errors of ``its.fit``.
    """
    _refuse_unknown(errors)
    design = build(series, interruptions, season=season, pulses=pulses, exog=exog, washout=washout)
    counts = design.observed
    if (counts < 0).any() or not counts.any():
        raise InputError("counts that are negative or all zero", expected="counts of zero or more")
    _refuse_empty(design)
    offset = _offset(exposure, counts.index, washout)
    result, table = _independent(design, offset)
    tests = _tests(result, len(counts))
    if errors is None:
        errors = AR1 if tests["p"].iloc[1] < LEVEL else INDEPENDENT
    fitted, rho, converged = result.fittedvalues, float("nan"), result.converged
    if errors == AR1:
        start = np.log(result.fittedvalues) - (0.0 if offset is None else offset)
        estimate, fitted, converged = _correlated(design, start, 0.0 if offset is None else offset)
        found = inference.contrast(estimate, np.eye(len(design.names)))
        table, rho = _table(found.estimate, found.se, found.df, design.names), estimate.rho
    cautions = design.warnings if converged else (*design.warnings, "did not converge")
    for caution in cautions:
        warnings.warn(caution, StatisticalWarning, stacklevel=2)
    fitted = pd.Series(fitted, index=counts.index, name="fitted")
    return CountFit(table, fitted, float(result.scale), errors, rho, tests, cautions)


def _refuse_unknown(errors: str | None) -> None:
    if errors not in (None, INDEPENDENT, AR1):
        raise ParameterError(
            f"errors {errors!r}", where="errors", expected=f"{INDEPENDENT}, {AR1} or none named"
        )


def _independent(design: DesignMatrix, offset: np.ndarray | None) -> tuple[Any, pd.DataFrame]:
    """Return statsmodels' fit in an orthonormal basis, and its table in the model's terms."""
    basis = orthonormal(design.matrix, design.names)
    result = _regress(design.observed, basis.columns, offset)
    coefficients = basis.inverse_correlation @ result.params
    covariance = basis.inverse_correlation @ result.cov_params() @ basis.inverse_correlation.T
    errors = np.sqrt(np.diag(covariance))
    return result, _table(coefficients, errors, float("inf"), design.names)


def _refuse_empty(design: DesignMatrix) -> None:
    """Refuse a stretch between interruptions without a single count: its level has no end."""
    index = design.observed.index
    starts = sorted({one.at.ordinal for one in design.interruptions})
    places = np.searchsorted(starts, index.asi8, "right")
    for place in np.unique(places):
        part = design.observed[places == place]
        if not part.any():
            raise InputError(
                f"not a single count from {part.index[0]} through {part.index[-1]}",
                where="series",
                expected="a count in every stretch between interruptions",
                do="leave that interruption out, use coarser periods, or report the counts plainly",
            )


def _tests(result: Any, points: int) -> pd.DataFrame:
    """Return overdispersion (Pearson) and autocorrelation (Ljung-Box) of the independent fit."""
    from statsmodels.stats.diagnostic import acorr_ljungbox

    lags = usual_lags(points)
    pearson = result.resid_pearson
    box = acorr_ljungbox(pearson, lags=[lags]).iloc[0]
    squares = float(np.square(pearson).sum())
    rows = [
        ("Pearson, overdispersion", squares, result.df_resid,
         float(chdtrc(result.df_resid, squares))),
        (f"Ljung-Box, {lags} lags", float(box["lb_stat"]), lags, float(box["lb_pvalue"])),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["test", "statistic", "df", "p"])


def _correlated(
    design: DesignMatrix, linear: np.ndarray, offset: np.ndarray | float
) -> tuple[inference.TermEstimates, np.ndarray, bool]:
    """Return the estimate with AR(1) errors, the counts fitted, and whether the rounds settled."""
    counts = design.observed.to_numpy()
    for _ in range(ROUNDS):
        mean = np.exp(linear + offset)
        root = np.sqrt(mean)
        working = root * (linear + counts / mean - 1)
        estimate = reml(working, root[:, None] * design.matrix, design.gaps, names=design.names)
        last, linear = linear, design.matrix @ estimate.coefficients
        if np.abs(linear - last).max() < SETTLED:
            return estimate, np.exp(linear + offset), True
    return estimate, np.exp(linear + offset), False


def _offset(
    exposure: pd.Series | None, periods: pd.PeriodIndex, washout: Sequence[str]
) -> np.ndarray | None:
    if exposure is None:
        return None
    at_risk = checked(exposure, washout)
    if not at_risk.index.equals(periods):
        raise InputError("the exposure covers other periods than the counts", where="exposure")
    if (at_risk <= 0).any():
        raise InputError("an exposure of zero or less", where="exposure", expected="above zero")
    return np.log(at_risk.to_numpy())


def _regress(counts: pd.Series, columns: np.ndarray, offset: np.ndarray | None):
    """Fit statsmodels' GLM until no coefficient moves, with Pearson's dispersion."""
    import statsmodels.api as sm

    model = sm.GLM(counts.to_numpy(), columns, family=sm.families.Poisson(), offset=offset)
    return model.fit(scale="X2", tol_criterion="params", tol=1e-10, maxiter=100)


def _table(
    coefficients: np.ndarray, se: np.ndarray, df: np.ndarray | float, names: Sequence[str]
) -> pd.DataFrame:
    result = inference.between(coefficients, se, df)
    with np.errstate(over="ignore"):  # the ratio of a month that hardly has a count has no end
        ratios = [np.exp(part) for part in (coefficients, result.ci_low, result.ci_high)]
    columns: Mapping[str, np.ndarray] = {
        "estimate": coefficients,
        "se": se,
        "ci_low": result.ci_low,
        "ci_high": result.ci_high,
        "p": result.p,
        "rate_ratio": ratios[0],
        "ratio_low": ratios[1],
        "ratio_high": ratios[2],
    }
    return pd.DataFrame(columns, index=pd.Index(names, name="term"))


__all__ = ["CountFit", "fit_counts"]
__dir__ = offered(__all__)
