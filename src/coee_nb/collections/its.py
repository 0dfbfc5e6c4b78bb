"""Interrupted time series: one series, its interruptions, one estimator, and what they say."""

import warnings as python_warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from coee_nb.collections import ar1, inference
from coee_nb.collections.design import Design, Interruption, build
from coee_nb.collections.estimators import ESTIMATORS
from coee_nb.errors import ParameterError, StatisticalWarning
from coee_nb.formats import number, p_value

__all__ = ["Fit", "Interruption", "fit"]

NAMES = {
    "reml": "REML with AR(1) errors",
    "ols": "ordinary least squares",
    "newey-west": "Newey-West",
    "prais-winsten": "Prais-Winsten",
    "arima": "ARIMA(1,0,0)",
}


@dataclass(frozen=True)
class Fit:
    """A fitted interrupted time series.

    ``coefficients``: one row a term, columns estimate, se, df, ci_low, ci_high, p (95 %);
    ``covariance`` of the coefficients; ``fitted`` and ``residuals`` by period; ``rho`` the AR(1)
    coefficient (NaN where none is estimated); ``sigma`` the standard deviation of an error;
    ``df_resid`` points less terms; ``profile`` rho and loglik (REML and ARIMA, empty otherwise);
    ``boundary`` the likelihood is highest at an end of rho's range; ``converged``; ``lags`` of
    Newey-West; ``warnings`` the cautions also given as StatisticalWarning; ``text`` a sentence;
    ``design`` the terms and the series used; ``estimate`` the numbers behind ``contrast``.
    """

    estimator: str
    coefficients: pd.DataFrame
    covariance: pd.DataFrame
    fitted: pd.Series
    residuals: pd.Series
    rho: float
    sigma: float
    log_likelihood: float
    df_resid: int
    lags: int | None
    boundary: bool
    converged: bool
    profile: pd.DataFrame = field(repr=False)
    warnings: tuple[str, ...]
    text: str
    design: Design = field(repr=False)
    estimate: inference.Estimate = field(repr=False)

    def contrast(
        self, weights: Mapping[str, float], *, confidence: float = 0.95
    ) -> inference.Contrast:
        """Return the combination of terms sum(weight x coefficient), with its interval.

        The slope after an interruption is ``fit.contrast({"trend": 1, "slope[2016-10]": 1})``.
        Raises ParameterError for a term that the fit does not have.
        """
        terms = self.coefficients.index
        unknown = [term for term in weights if term not in terms]
        if unknown:
            raise ParameterError(
                f"no term {', '.join(map(str, unknown))}", expected=f"one of {', '.join(terms)}"
            )
        vector = np.array([float(weights.get(term, 0.0)) for term in terms])
        return inference.contrast(self.estimate, vector, confidence=confidence)


def fit(
    series: pd.Series,
    interruptions: Sequence[str | Interruption],
    *,
    estimator: str = "reml",
    season: str | int | None = None,
    pulses: Sequence[str] = (),
    exog: pd.DataFrame | pd.Series | None = None,
    lags: int | None = None,
    washout: Sequence[str] = (),
) -> Fit:
    """Fit y = intercept + trend t + sum_k [level_k 1(t>=T_k) + slope_k (t-T_k) 1(t>=T_k)] + season.

    ``series`` on a monthly, quarterly or yearly PeriodIndex; ``interruptions`` dates such as
    "2016-10" or ``Interruption(at, level=True, slope=True)``. Time starts at 0; the boundary is
    inclusive: the interruption's own period is post, with slope 0. ``season``: None, "month"
    ("quarter") or a number of harmonics. ``pulses``: periods with an effect of their own.
    ``washout``: periods left out, time running on through them. ``estimator``: reml (AR(1),
    Satterthwaite), ols, newey-west (``lags``, by default the whole part of 4 (n/100)^(2/9)),
    prais-winsten or arima (AR(1) by exact maximum likelihood). For a log scale pass ``np.log``
    of the series.

    Raises InputError for an irregular series, EstimationError for fewer than 3 points on a side of
    an interruption, too few residual degrees of freedom or collinear terms, ParameterError for an
    unknown option. Warns (StatisticalWarning) where the estimate needs a caution.
    (Wagner et al. 2002; Linden 2015; Turner et al. 2021.)
    """
    if estimator not in ESTIMATORS:
        raise ParameterError(f"estimator {estimator!r}", expected=f"one of {', '.join(ESTIMATORS)}")
    design = build(series, interruptions, season=season, pulses=pulses, exog=exog, washout=washout)
    names = list(design.terms.columns)
    options = {"lags": lags} if estimator == "newey-west" else {}
    estimate = ESTIMATORS[estimator](*arrays(design), names=names, **options)
    cautions = design.warnings + _cautions(estimate, estimator)
    for caution in cautions:
        python_warnings.warn(caution, StatisticalWarning, stacklevel=2)
    return _result(design, estimate, estimator, cautions)


def arrays(design: Design) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return y (n,), X (n, k) and the periods since the previous observation (n,)."""
    return (
        design.observed.to_numpy(),
        design.terms.to_numpy(),
        ar1.gaps_of(design.time),
    )


def table(estimate: inference.Estimate, names: Sequence[str]) -> pd.DataFrame:
    """Return one row a term: estimate, se, df, ci_low, ci_high, p."""
    rows = [inference.contrast(estimate, unit) for unit in np.eye(len(names))]
    columns = ["estimate", "se", "df", "ci_low", "ci_high", "p"]
    values = [[getattr(row, column) for column in columns] for row in rows]
    return pd.DataFrame(values, index=pd.Index(names, name="term"), columns=columns)


def _result(
    design: Design, estimate: inference.Estimate, estimator: str, cautions: tuple[str, ...]
) -> Fit:
    names = list(design.terms.columns)
    fitted = (design.terms @ estimate.coefficients).rename("fitted")
    coefficients = table(estimate, names)
    return Fit(
        estimator=estimator,
        coefficients=coefficients,
        covariance=pd.DataFrame(estimate.covariance, index=names, columns=names),
        fitted=fitted,
        residuals=(design.observed - fitted).rename("residual"),
        rho=estimate.rho,
        sigma=estimate.sigma,
        log_likelihood=estimate.log_likelihood,
        df_resid=len(fitted) - len(names),
        lags=estimate.lags,
        boundary=estimate.boundary,
        converged=estimate.converged,
        profile=_profile(estimate),
        warnings=cautions,
        text=_sentence(coefficients, estimate, estimator, len(fitted)),
        design=design,
        estimate=estimate,
    )


def _profile(estimate: inference.Estimate) -> pd.DataFrame:
    if estimate.profile is None:
        return pd.DataFrame({"rho": [], "loglik": []}, dtype=float)
    return pd.DataFrame({"rho": np.tanh(ar1.GRID), "loglik": estimate.profile})


def _cautions(estimate: inference.Estimate, estimator: str) -> tuple[str, ...]:
    cautions = []
    if not estimate.interior:
        cautions.append(
            f"the likelihood has no maximum inside the range of rho: {NAMES[estimator]} is shown "
            f"at its end, rho = {estimate.rho:.4f}, and its intervals take that value as known"
        )
    elif estimate.boundary:
        cautions.append(
            f"the likelihood is higher at the end of rho's range than at the maximum inside it, "
            f"rho = {estimate.rho:.3f}, which is the one shown"
        )
    if not estimate.converged:
        cautions.append(f"{NAMES[estimator]} did not converge")
    return tuple(cautions)


def _sentence(
    coefficients: pd.DataFrame, estimate: inference.Estimate, estimator: str, points: int
) -> str:
    changes = [
        f"{term} {_significant(row.estimate)} (95 % CI {_significant(row.ci_low)} to "
        f"{_significant(row.ci_high)}, p {p_value(row.p)})"
        for term, row in coefficients.iterrows()
        if str(term).startswith(("level[", "slope["))
    ]
    how = f"{NAMES[estimator]}, {points} points"
    if np.isfinite(estimate.rho):
        how += f", rho = {number(estimate.rho, 2)}"
    return f"{'; '.join(changes) or 'No interruption'} ({how})."


def _significant(value: float) -> str:
    """Return a number with about three significant digits and no exponent."""
    if not np.isfinite(value):
        return str(value)
    size = int(np.floor(np.log10(abs(value)))) if value else 0
    return number(value, max(0, 2 - size))
