"""Estimates under a model of the errors, its unknown parameters integrated out over their grid."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from coee_nb.engines.ar1.basis import orthonormal
from coee_nb.engines.errormodels.models import Array, whitening

HALVINGS = 60


@dataclass(frozen=True)
class IntegratedEstimates:
    """Combinations of terms under one model of the errors, of m series and c combinations.

    Each is a mixture over the g points of the model's grid of t distributions on ``freedom``
    degrees, about ``centre`` with ``scale`` (g, m, c) and weighed by ``share`` (g, m);
    ``log_likelihood`` (m,) is the highest restricted one on the grid, without its constant.
    """

    centre: Array
    scale: Array
    share: Array
    freedom: int
    log_likelihood: Array

    def below(self, value: Array | float) -> Array:
        """Return the probability (m, c) under ``value``."""
        parts = stdtr(self.freedom, (value - self.centre) / self.scale)
        return np.einsum("gm,gmc->mc", self.share, parts)

    def quantile(self, probability: float) -> Array:
        """Return the value (m, c) with ``probability`` under it, by halving."""
        used = self.share[..., None] > 1e-12
        reach = 1e4 * self.scale
        low = np.where(used, self.centre - reach, np.inf).min(axis=0)
        high = np.where(used, self.centre + reach, -np.inf).max(axis=0)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            under = self.below(middle) < probability
            low, high = np.where(under, middle, low), np.where(under, high, middle)
        return (low + high) / 2

    @cached_property
    def estimate(self) -> Array:
        """Return the median (m, c)."""
        return self.quantile(0.5)

    @cached_property
    def p(self) -> Array:
        """Return twice the smaller tail beyond zero (m, c)."""
        under = self.below(0.0)
        return 2 * np.minimum(under, 1 - under)

    @property
    def positive(self) -> NDArray[np.bool_]:
        """Say where the median is above zero (m, c)."""
        return self.below(0.0) < 0.5


def fit_integrated(
    model: str,
    Y: Array,
    X: Array,
    time: NDArray[np.int64],
    *,
    contrasts: Array,
    names: Sequence[str] = (),
) -> IntegratedEstimates:
    """Fit the m series ``Y`` (n, m) on ``X`` (n, k) with the errors of ``model`` at ``time`` (n,).

    At each point of the model's grid generalised least squares gives a t distribution of each
    combination, on n - k degrees of freedom; these are mixed by the exact restricted likelihood of
    the points, which integrates the parameters out under a uniform prior on the grid. Unlike an
    interval at the likeliest point it does not take what is estimated as known. (Harville 1974;
    Berger, Liseo and Wolpert 1999, "Integrated likelihood methods", Statistical Science 14.)
    Raises EstimationError for collinear terms.
    """
    basis = orthonormal(X, names)
    weights = contrasts @ basis.inverse_correlation
    estimate, se, log_likelihood = _at_each_point(model, Y, basis.columns, time, weights)
    share = np.exp(log_likelihood - log_likelihood.max(axis=0))
    share = share / share.sum(axis=0)
    freedom = len(X) - X.shape[1]
    return IntegratedEstimates(estimate, se, share, freedom, log_likelihood.max(axis=0))


def _at_each_point(
    model: str, Y: Array, columns: Array, time: NDArray[np.int64], weights: Array
) -> tuple[Array, Array, Array]:
    """Return estimates and standard errors (g, m, c) and restricted log-likelihoods (g, m)."""
    terms = columns.shape[1]
    inverse_root, half = whitening(model, tuple((time - time[0]).tolist()))
    white = inverse_root @ np.column_stack([columns, Y])
    X, y = white[..., :terms], white[..., terms:]
    root = np.linalg.cholesky(np.swapaxes(X, 1, 2) @ X)
    inverse = np.linalg.inv(root)
    explained = inverse @ (np.swapaxes(X, 1, 2) @ y)
    squares = np.square(y).sum(axis=1) - np.square(explained).sum(axis=1)
    freedom = len(Y) - terms
    scaled = weights @ np.swapaxes(inverse, 1, 2)
    estimate = np.swapaxes(scaled @ explained, 1, 2)
    length = np.linalg.norm(scaled, axis=2)
    se = np.sqrt(squares / freedom)[..., None] * length[:, None]
    determinant = half + np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
    return estimate, se, -determinant[:, None] - freedom / 2 * np.log(squares)
