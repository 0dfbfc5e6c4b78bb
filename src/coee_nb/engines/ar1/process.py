"""The linear algebra of regression with AR(1) errors: exact, gap-aware, for many fits at once.

Errors i and j periods apart correlate rho^|i-j|, so the inverse of their correlation matrix R has
only neighbours in it. With r = rho^d for two neighbours d periods apart and u = 1 / (1 - r^2),

    M' R^-1 M = K + sum over gaps d of [u_d N_d - r_d u_d C_d],    M = [X y],

where K, N_d and C_d hold plain cross-products of rows with themselves and their predecessors. They
are formed once; every likelihood, score and curvature afterwards costs the same however long the
series is. A leading axis s stacks fits with the same number of observations and terms.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_banded

Array = NDArray[np.floating]


def gaps_of(time: NDArray[np.int64], panel: NDArray | None = None) -> NDArray[np.int64]:
    """Return the periods since the previous observation of the same series; 0 marks a first one.

    ``time`` (n,) counts periods and rises within each series; ``panel`` (n,) names the series of
    each row (rows of a series stand together), None for a single one.
    """
    gaps = np.diff(time, prepend=time[0])
    if panel is not None:
        gaps[1:][panel[1:] != panel[:-1]] = 0
    return gaps


def whiten(values: Array, rho: float, gaps: NDArray[np.int64]) -> Array:
    """Return ``values`` (n, columns) transformed so that AR(1) errors become independent.

    The first row of a series stays; the others become (v_i - r v_(i-1)) / sqrt(1 - r^2) with
    r = rho^gap: the Prais-Winsten transformation divided by sqrt(1 - rho^2).
    """
    correlation = np.where(gaps > 0, float(rho) ** gaps, 0.0)
    shape = (-1,) + (1,) * (values.ndim - 1)
    previous = np.roll(values, 1, axis=0)
    scale = np.sqrt(1 - correlation**2)
    return (values - correlation.reshape(shape) * previous) / scale.reshape(shape)


def recursive(coefficients: Sequence[float], shocks: Array) -> Array:
    """Return series (r, n) whose values are a shock and ``coefficients`` of the values before.

    Of the latest value first; before the first one stand zeros.

    >>> recursive([0.5, 0.25], np.array([[1.0, 0.0, 2.0]])).tolist()
    [[1.0, 0.5, 2.5]]
    """
    # What scipy.signal filters as well, whose import takes longer than all that is drawn here.
    bands = np.repeat([[1.0], *([-one] for one in coefficients)], shocks.shape[1], axis=1)
    return solve_banded((len(coefficients), 0), bands, shocks.T).T


def combined(product: Callable[[NDArray, NDArray], Array], gaps: NDArray[np.int64]) -> list[Array]:
    """Return K, then N_d and C_d for every distinct gap d.

    ``product`` gives the cross-product of some rows with others, both as places (rows,).
    """
    starts = np.flatnonzero(gaps == 0)
    products = [product(starts, starts)]
    for gap in np.unique(gaps[gaps > 0]):
        now = np.flatnonzero(gaps == gap)
        squares = product(now - 1, now - 1)
        products[0] = products[0] - squares
        products.append(product(now, now) + squares)
        products.append(product(now, now - 1) + product(now - 1, now))
    return products


@dataclass(frozen=True)
class CrossProducts:
    """Cross-products from which every quadratic form in R^-1 follows.

    ``products`` (s, K, q, q) of the columns of M, K = 1 + 2 x distinct gaps; ``gaps`` (D,) the
    distinct gaps and ``pairs`` (D,) how many neighbours stand so far apart; ``observations`` n.
    """

    products: Array
    gaps: NDArray[np.int64]
    pairs: NDArray[np.int64]
    observations: int

    @classmethod
    def of(cls, columns: Array, gaps: NDArray[np.int64]) -> "CrossProducts":
        """Form the moments of ``columns`` M (s, n, q), observed ``gaps`` (n,) periods apart."""
        distinct, pairs = np.unique(gaps[gaps > 0], return_counts=True)
        products = combined(
            lambda rows, others: np.swapaxes(columns[:, rows], 1, 2) @ columns[:, others], gaps
        )
        return cls(np.stack(products, 1), distinct, pairs, columns.shape[1])

    def at_places(self, places: NDArray[np.int64]) -> "CrossProducts":
        """Return those of the fits at ``places`` of the stack."""
        return replace(self, products=self.products[places])

    @property
    def terms(self) -> int:
        """Columns of X."""
        return self.products.shape[-1] - 1

    def at(self, weights: Array) -> Array:
        """Return M' R^-1 M, or a derivative of it, for ``weights`` (..., s, K): (..., s, q, q)."""
        s, k, q, _ = self.products.shape
        forms = weights[..., None, :] @ self.products.reshape(s, k, q * q)
        return forms.reshape(*forms.shape[:-2], q, q)


@dataclass(frozen=True)
class Weights:
    """Weights of the K moments at rho, and log |R|, each with two derivatives (first axis)."""

    moments: Array  # (3, ..., K)
    log_determinant: Array  # (3, ...)


def weights(rho: Array, gaps: NDArray[np.int64], pairs: NDArray[np.int64]) -> Weights:
    """Return the weights at every ``rho``: value, first and second derivative by rho."""
    moments = np.zeros((3, *rho.shape, 1 + 2 * len(gaps)))
    moments[0, ..., 0] = 1
    log_determinant = np.zeros((3, *rho.shape))
    for place, (gap, count) in enumerate(zip(gaps.tolist(), pairs.tolist(), strict=True)):
        own, crossed, determinant = _of_gap(rho, gap)
        moments[..., 2 * place + 1] = own
        moments[..., 2 * place + 2] = crossed
        log_determinant += count * determinant
    return Weights(moments, log_determinant)


def _of_gap(rho: Array, gap: int) -> Array:
    """Return u, -r u and log(1 - r^2) for r = rho^gap, each with two derivatives by rho."""
    r = rho**gap
    r_1 = gap * rho ** (gap - 1)
    r_2 = gap * (gap - 1) * rho ** max(gap - 2, 0)
    u = 1 / (1 - r**2)
    u_1 = 2 * r * u**2
    u_2 = 2 * u**2 + 8 * r**2 * u**3
    by_r = np.array(
        [
            [u, u_1, u_2],
            [-r * u, -u - r * u_1, -2 * u_1 - r * u_2],
            [-np.log(u), -2 * r * u, -2 * u - 4 * r**2 * u**2],
        ]
    )
    by_r[:, 2] = by_r[:, 2] * r_1**2 + by_r[:, 1] * r_2
    by_r[:, 1] = by_r[:, 1] * r_1
    return by_r


@dataclass(frozen=True)
class Solution:
    """The generalised least-squares solution of s fits, each at its own rho.

    ``rho`` (s,); ``inverse_information`` (s, p, p) = (X' R^-1 X)^-1 and ``information_1`` (s, p, p)
    the derivative of its inverse by rho; ``coefficients`` (s, p); ``score_derivative`` (s, p) the
    derivative of the estimating equations X' R^-1 (y - X b); ``squares`` (3, s) the weighted sum of
    squared residuals, ``log_determinant`` (3, s) of R (and of X' R^-1 X where restricted) and
    ``objective`` (3, s) the profile log-likelihood without its constant, all with two derivatives.
    """

    rho: Array
    inverse_information: Array
    information_1: Array
    coefficients: Array
    score_derivative: Array
    squares: Array
    log_determinant: Array
    objective: Array

    def put(self, places: NDArray[np.int64], other: "Solution") -> None:
        """Put the fits of ``other``, each at another rho, in the place of those at ``places``."""
        for name in ("squares", "log_determinant", "objective"):  # with two derivatives
            getattr(self, name)[:, places] = getattr(other, name)
        for name in (
            "rho", "inverse_information", "information_1", "coefficients", "score_derivative",
        ):  # fmt: skip
            getattr(self, name)[places] = getattr(other, name)


def solve(moments: CrossProducts, rho: Array, *, restricted: bool = True) -> Solution:
    """Solve at ``rho`` (s,), with the derivatives of the (restricted) profile likelihood."""
    w = weights(rho, moments.gaps, moments.pairs)
    forms = moments.at(w.moments)
    p = moments.terms
    inverse_information = np.linalg.inv(forms[0, :, :p, :p])
    coefficients = _times(inverse_information, forms[0, :, :p, p])
    residual = np.concatenate([-coefficients, np.ones((len(rho), 1))], axis=1)
    moved = _times(forms, residual)
    score_derivative = moved[1, :, :p]
    squares = (moved * residual).sum(axis=-1)
    squares[2] -= 2 * (score_derivative * _times(inverse_information, score_derivative)).sum(
        axis=-1
    )
    determinant = w.log_determinant
    if restricted:
        determinant = determinant + _log_determinant(inverse_information, forms[:, :, :p, :p])
    freedom = moments.observations - p * restricted
    objective = -(freedom * _logarithm(squares) + determinant) / 2
    information_1 = forms[1, :, :p, :p]
    return Solution(
        rho,
        inverse_information,
        information_1,
        coefficients,
        score_derivative,
        squares,
        determinant,
        objective,
    )


def _logarithm(values: Array) -> Array:
    """Return log f and its two derivatives from f and its two (first axis)."""
    share = values[1] / values[0]
    return np.stack([np.log(values[0]), share, values[2] / values[0] - share**2])


def _log_determinant(inverse_information: Array, information: Array) -> Array:
    """Return log |A| and its two derivatives from A's inverse and A's derivatives (3, s, p, p)."""
    turn = inverse_information @ information[1]
    traces = (inverse_information * information[1:]).sum(axis=(-2, -1))
    swaps = (turn * np.swapaxes(turn, -2, -1)).sum(axis=(-2, -1))
    return np.stack([-np.linalg.slogdet(inverse_information)[1], traces[0], traces[1] - swaps])


def _times(matrices: Array, vectors: Array) -> Array:
    return (matrices @ vectors[..., None])[..., 0]


def inverse_information_1(solution: Solution, place: int) -> Array:
    """Return the derivative (p, p) of (X' R^-1 X)^-1 by rho, of the fit at ``place``."""
    inverse_information = solution.inverse_information[place]
    return -inverse_information @ solution.information_1[place] @ inverse_information


def coefficients_1(solution: Solution) -> Array:
    """Return the derivative of the coefficients by rho, (s, p)."""
    return _times(solution.inverse_information, solution.score_derivative)
