"""Interrupted time series of counts and rates: quasi-Poisson regression with an exposure."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from coee_nb.engines.ar1 import inference
from coee_nb.engines.ar1.basis import orthonormal
from coee_nb.engines.ar1.design_matrix import Interruption, build
from coee_nb.engines.ar1.periods import checked
from coee_nb.errors import InputError, StatisticalWarning
from coee_nb.formats import number, p_value


@dataclass(frozen=True)
class CountFit:
    """A fitted series of counts.

    ``coefficients``: one row a term, columns estimate, se, ci_low, ci_high, p (log scale, normal
    distribution) and rate_ratio, ratio_low, ratio_high; ``fitted`` counts by period; ``dispersion``
    Pearson's chi-squared per residual degree of freedom (1 is Poisson); ``warnings`` the cautions
    also given as StatisticalWarning; ``text`` a sentence.
    """

    coefficients: pd.DataFrame
    fitted: pd.Series
    dispersion: float
    warnings: tuple[str, ...]

    @cached_property
    def text(self) -> str:
        """What the fit says of each interruption, in one sentence."""
        changes = [
            f"{row.Index} rate ratio {number(row.rate_ratio, 3)} (95 % CI "
            f"{number(row.ratio_low, 3)} to {number(row.ratio_high, 3)}, p {p_value(row.p)})"
            for row in self.coefficients.itertuples()
            if str(row.Index).startswith(("level[", "slope["))
        ]
        return (
            f"{'; '.join(changes) or 'No interruption'} (quasi-Poisson, {len(self.fitted)} points, "
            f"dispersion {number(self.dispersion, 2)})."
        )


def fit_counts(
    series: pd.Series,
    interruptions: Sequence[str | Interruption],
    *,
    exposure: pd.Series | None = None,
    season: str | int | None = None,
    pulses: Sequence[str] = (),
    exog: pd.DataFrame | pd.Series | None = None,
    washout: Sequence[str] = (),
) -> CountFit:
    """Fit log E(count) = log(exposure) + the terms of ``its.fit``, variance = dispersion x mean.

    ``exposure``, positive and over the same periods, turns counts into rates (the population at
    risk, the entries filed). Intervals are estimate -+ 1.96 se, as in Lopez Bernal, Cummins and
    Gasparrini (2017); they take the months as independent once season and trend are out.

    Raises InputError for counts that are negative or an exposure that is not positive, and the
    errors of ``its.fit``.
    """
    design = build(series, interruptions, season=season, pulses=pulses, exog=exog, washout=washout)
    counts = design.observed
    if (counts < 0).any() or not counts.any():
        raise InputError("counts that are negative or all zero", expected="counts of zero or more")
    basis = orthonormal(design.matrix, design.names)
    result = _regress(counts, basis.columns, _offset(exposure, counts.index, washout))
    coefficients = basis.inverse_correlation @ result.params
    covariance = basis.inverse_correlation @ result.cov_params() @ basis.inverse_correlation.T
    cautions = design.warnings if result.converged else (*design.warnings, "did not converge")
    for caution in cautions:
        warnings.warn(caution, StatisticalWarning, stacklevel=2)
    return CountFit(
        coefficients=_table(coefficients, np.sqrt(np.diag(covariance)), design.names),
        fitted=pd.Series(result.fittedvalues, index=counts.index, name="fitted"),
        dispersion=float(result.scale),
        warnings=cautions,
    )


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


def _table(coefficients: np.ndarray, se: np.ndarray, names: Sequence[str]) -> pd.DataFrame:
    result = inference.between(coefficients, se, float("inf"))
    columns: Mapping[str, np.ndarray] = {
        "estimate": coefficients,
        "se": se,
        "ci_low": result.ci_low,
        "ci_high": result.ci_high,
        "p": result.p,
        "rate_ratio": np.exp(coefficients),
        "ratio_low": np.exp(result.ci_low),
        "ratio_high": np.exp(result.ci_high),
    }
    return pd.DataFrame(columns, index=pd.Index(names, name="term"))
