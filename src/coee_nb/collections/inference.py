"""Inference from a fit: any contrast of its coefficients, with degrees of freedom of its own."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from coee_nb.collections.ar1 import Array


@dataclass(frozen=True)
class VarianceModel:
    """What Satterthwaite's degrees of freedom need: how the covariance moves, and how surely.

    ``gradient`` (2, k, k) the derivative of the coefficients' covariance by (sigma^2, rho);
    ``covariance`` (2, 2) that of the two estimates, the inverse of the observed REML information.
    """

    gradient: Array
    covariance: Array


@dataclass(frozen=True)
class Estimate:
    """One fit: ``coefficients`` (k,), their ``covariance`` (k, k), and what they rest on.

    ``freedom`` residual degrees of freedom (infinite where the normal distribution is used);
    ``rho`` the AR(1) coefficient (NaN where none is estimated); ``sigma`` the standard deviation of
    an error; ``log_likelihood`` NaN where the estimator maximises none; ``lags`` of Newey-West;
    ``boundary`` the likelihood is highest at an end of rho's range; ``interior`` False where it has
    no maximum inside the range at all; ``converged`` the search for rho ended; ``profile`` (g,) the
    log-likelihood at each rho of ``tanh(likelihood.GRID)``.
    """

    coefficients: Array
    covariance: Array
    freedom: float
    sigma: float
    rho: float = float("nan")
    log_likelihood: float = float("nan")
    lags: int | None = None
    variance: VarianceModel | None = None
    boundary: bool = False
    interior: bool = True
    converged: bool = True
    profile: Array | None = None


@dataclass(frozen=True)
class Contrast:
    """A linear combination of coefficients: estimate, se, df, confidence interval and p-value.

    Each a number, or an array (c,) when several combinations were asked for.
    """

    estimate: float | Array
    se: float | Array
    df: float | Array
    ci_low: float | Array
    ci_high: float | Array
    p: float | Array


def contrast(estimate: Estimate, weights: Array, *, confidence: float = 0.95) -> Contrast:
    """Return c'b for ``weights`` c, (k,) or (combinations, k), each on its own t distribution."""
    value = weights @ estimate.coefficients
    variance = _forms(weights, estimate.covariance)
    df = degrees_of_freedom(estimate, weights)
    return between(value, np.sqrt(variance), df, confidence=confidence)


def between(
    value: float | Array, se: float | Array, df: float | Array, *, confidence: float = 0.95
) -> Contrast:
    """Return the interval and p-value of an estimate with its standard error and df."""
    reach = quantile(df, confidence) * se
    return Contrast(value, se, df, value - reach, value + reach, p_value(value, se, df))


def degrees_of_freedom(estimate: Estimate, weights: Array) -> float | Array:
    """Return the degrees of freedom of c'b for ``weights`` c, (k,) or (combinations, k).

    Satterthwaite's for REML: 2 V^2 / (g' W g), where V = c' Cov(b) c, g its gradient by
    (sigma^2, rho) and W the covariance of those two; the residual ones for the other estimators.
    (Satterthwaite 1946; Giesbrecht and Burns 1985.)
    """
    residual = np.full(weights.shape[:-1], estimate.freedom)[()]
    if estimate.variance is None:
        return residual
    by_sigma, by_rho = (_forms(weights, gradient) for gradient in estimate.variance.gradient)
    W = estimate.variance.covariance
    spread = by_sigma**2 * W[0, 0] + 2 * by_sigma * by_rho * W[0, 1] + by_rho**2 * W[1, 1]
    variance = _forms(weights, estimate.covariance)
    return np.where(spread > 0, 2 * variance**2 / np.where(spread > 0, spread, 1), residual)[()]


def _forms(weights: Array, matrix: Array) -> float | Array:
    """The quadratic form c' M c of each row c of ``weights``."""
    return ((weights @ matrix) * weights).sum(axis=-1)


def quantile(df: Array | float, confidence: float = 0.95) -> Array:
    """Return the two-sided quantile of the t distribution (normal where ``df`` is infinite)."""
    return -stdtrit(df, (1 - confidence) / 2)


def p_value(value: Array | float, se: Array | float, df: Array | float) -> Array:
    """Return the two-sided p-value of value / se on the t distribution."""
    return 2 * stdtr(df, -np.abs(np.divide(value, se)))
