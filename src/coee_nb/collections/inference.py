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
    log-likelihood at each rho of ``tanh(ar1.GRID)``.
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
    """A linear combination of coefficients: estimate, se, df, confidence interval and p-value."""

    estimate: float
    se: float
    df: float
    ci_low: float
    ci_high: float
    p: float


def contrast(estimate: Estimate, weights: Array, *, confidence: float = 0.95) -> Contrast:
    """Return c'b for ``weights`` c (k,), on the t distribution with the contrast's own df."""
    value = float(weights @ estimate.coefficients)
    se = float(np.sqrt(weights @ estimate.covariance @ weights))
    df = degrees_of_freedom(estimate, weights)
    reach = float(quantile(df, confidence)) * se
    return Contrast(value, se, df, value - reach, value + reach, float(p_value(value, se, df)))


def degrees_of_freedom(estimate: Estimate, weights: Array) -> float:
    """Return the degrees of freedom of c'b.

    Satterthwaite's for REML: 2 V^2 / (g' W g), where V = c' Cov(b) c, g its gradient by
    (sigma^2, rho) and W the covariance of those two; the residual ones for the other estimators.
    (Satterthwaite 1946; Giesbrecht and Burns 1985.)
    """
    if estimate.variance is None or not np.any(weights):
        return estimate.freedom
    gradient = np.einsum("i,qij,j->q", weights, estimate.variance.gradient, weights)
    spread = gradient @ estimate.variance.covariance @ gradient
    return float(2 * (weights @ estimate.covariance @ weights) ** 2 / spread)


def quantile(df: Array | float, confidence: float = 0.95) -> Array:
    """Return the two-sided quantile of the t distribution (normal where ``df`` is infinite)."""
    return -stdtrit(df, (1 - confidence) / 2)


def p_value(value: Array | float, se: Array | float, df: Array | float) -> Array:
    """Return the two-sided p-value of value / se on the t distribution."""
    return 2 * stdtr(df, -np.abs(np.divide(value, se)))
