"""Inference from a fit: any contrast of its coefficients, with degrees of freedom of its own."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import stdtr, stdtrit

from coee_nb.engines.ar1.process import Array

FEWEST_DF = 2.0


@dataclass(frozen=True)
class TermEstimates:
    """One fit: ``coefficients`` (k,), their ``covariance`` (k, k), and what they rest on.

    ``freedom`` residual degrees of freedom (infinite where the normal distribution is used);
    ``rho`` the AR(1) coefficient (NaN where none is estimated); ``sigma`` the standard deviation of
    an error; ``log_likelihood`` NaN where the estimator maximises none; ``lags`` of Newey-West;
    ``boundary`` the likelihood is highest at an end of rho's range; ``interior`` False where it has
    no maximum inside the range at all; ``converged`` the search for rho ended; ``profile`` (g,) the
    log-likelihood at each rho of ``tanh(likelihood.GRID)``. For Satterthwaite's degrees of freedom:
    ``covariance_1`` (k, k) the derivative of ``covariance`` by rho along the profile and
    ``curvature`` the information on rho (minus the second derivative of the log-likelihood).
    """

    coefficients: Array
    covariance: Array
    freedom: float
    sigma: float
    rho: float = float("nan")
    log_likelihood: float = float("nan")
    lags: int | None = None
    covariance_1: Array | None = None
    curvature: float = float("inf")
    boundary: bool = False
    interior: bool = True
    converged: bool = True
    profile: Array | None = None


@dataclass(frozen=True)
class Contrast:
    """A linear combination of coefficients: estimate, se, df, confidence interval and p-value.

    Each a number, or an array (c,) when several combinations were asked for.
    """

    estimate: Any
    se: Any
    df: Any
    ci_low: Any
    ci_high: Any
    p: Any


def contrast(estimate: TermEstimates, weights: Array, *, confidence: float = 0.95) -> Contrast:
    """Return c'b for ``weights`` c, (k,) or (combinations, k), each on its own t distribution."""
    value = weights @ estimate.coefficients
    variance = _forms(weights, estimate.covariance)
    df = degrees_of_freedom(estimate, weights)
    return between(value, np.sqrt(variance), df, confidence=confidence)


def between(
    value: float | Array, se: float | Array, df: float | Array, *, confidence: float = 0.95
) -> Contrast:
    """Return the interval and p-value of an estimate with its standard error and df."""
    half_width = quantile(df, confidence) * se
    return Contrast(value, se, df, value - half_width, value + half_width, p_value(value, se, df))


def degrees_of_freedom(estimate: TermEstimates, weights: Array) -> Any:
    """Return the degrees of freedom of c'b for ``weights`` c, (k,) or (combinations, k).

    Satterthwaite's 2 V^2 / Var(V) for REML, where V = c' Cov(b) c. With sigma^2 profiled out, the
    inverse of the observed information makes that 1 / df = 1 / (n - k) + (V' / V)^2 / (2 h), V' the
    derivative of V by rho and h the information on rho. The residual ones for the other estimators.
    (Satterthwaite 1946; Giesbrecht and Burns 1985.)
    """
    if estimate.covariance_1 is None:
        return np.full(weights.shape[:-1], float(estimate.freedom))[()]
    variance = _forms(weights, estimate.covariance)
    variance_1 = _forms(weights, estimate.covariance_1)
    return satterthwaite(estimate.freedom, variance_1 / variance, estimate.curvature)


def satterthwaite(freedom: float, slope: Any, curvature: float | Array) -> Any:
    """Return Satterthwaite's degrees of freedom from (log V)' and the information on rho.

    At least 2: on fewer, a t distribution has no spread to speak of, and in short series intervals
    would be up to a thousand times too wide.
    """
    return np.maximum(FEWEST_DF, 1 / (1 / freedom + slope**2 / (2 * curvature)))


def _forms(weights: Array, matrix: Array) -> float | Array:
    """The quadratic form c' M c of each row c of ``weights``."""
    return ((weights @ matrix) * weights).sum(axis=-1)


def quantile(df: Array | float, confidence: float = 0.95) -> Array:
    """Return the two-sided quantile of the t distribution (normal where ``df`` is infinite)."""
    return -stdtrit(df, (1 - confidence) / 2)


def p_value(value: Array | float, se: Array | float, df: Array | float) -> Array:
    """Return the two-sided p-value of value / se on the t distribution."""
    return 2 * stdtr(df, -np.abs(np.divide(value, se)))
