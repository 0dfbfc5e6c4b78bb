"""The linear algebra of regression with AR(1) errors: exact, gap-aware, for many fits at once.

Errors i and j periods apart correlate rho^|i-j|, so the inverse of their correlation matrix R has
only neighbours in it. With r = rho^d for two neighbours d periods apart and u = 1 / (1 - r^2),

    X' R^-1 X = K + sum over gaps d of [u_d N_d - r_d u_d C_d]

where K, N_d and C_d hold plain cross-products of rows with themselves and their predecessors. They
are formed once; every likelihood, score and curvature afterwards costs the same however long the
series is. Arrays are stacked as (designs s, series a design r): one design with 10,000 series, or
200 designs with one series each, are the same calculation.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


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


@dataclass(frozen=True)
class Moments:
    """Cross-products from which every quadratic form in R^-1 follows.

    ``xx`` (s, K, p, p), ``xy`` (s, K, p, r), ``yy`` (s, K, r), with K = 1 + 2 x distinct gaps;
    ``gaps`` (D,) the distinct gaps and ``pairs`` (D,) how many neighbours stand so far apart.
    """

    xx: Array
    xy: Array
    yy: Array
    gaps: NDArray[np.int64]
    pairs: NDArray[np.int64]
    observations: int

    @classmethod
    def of(cls, x: Array, y: Array, gaps: NDArray[np.int64]) -> "Moments":
        """Form the moments of designs ``x`` (s, n, p) and series ``y`` (s, n, r)."""
        distinct, pairs = np.unique(gaps[gaps > 0], return_counts=True)
        first = np.flatnonzero(gaps == 0)
        xx = [_products(x, x, first, first)]
        xy = [_products(x, y, first, first)]
        yy = [_squares(y, first, first)]
        for gap in distinct:
            now = np.flatnonzero(gaps == gap)
            for moments, product in (
                (xx, _products(x, x, now - 1, now - 1)),
                (xy, _products(x, y, now - 1, now - 1)),
                (yy, _squares(y, now - 1, now - 1)),
            ):
                moments[0] = moments[0] - product
                moments.append(product)
            xx[-1] = xx[-1] + _products(x, x, now, now)
            xy[-1] = xy[-1] + _products(x, y, now, now)
            yy[-1] = yy[-1] + _squares(y, now, now)
            xx.append(_products(x, x, now, now - 1) + _products(x, x, now - 1, now))
            xy.append(_products(x, y, now, now - 1) + _products(x, y, now - 1, now))
            yy.append(2 * _squares(y, now, now - 1))
        return cls(np.stack(xx, 1), np.stack(xy, 1), np.stack(yy, 1), distinct, pairs, x.shape[1])


def _products(a: Array, b: Array, rows_a: NDArray, rows_b: NDArray) -> Array:
    return np.swapaxes(a[:, rows_a], 1, 2) @ b[:, rows_b]


def _squares(y: Array, rows_a: NDArray, rows_b: NDArray) -> Array:
    return np.einsum("snr,snr->sr", y[:, rows_a], y[:, rows_b])


@dataclass(frozen=True)
class Weights:
    """Weights of the K moments at rho, and log |R|, each with two derivatives (first axis)."""

    moments: Array  # (3, ..., K)
    log_determinant: Array  # (3, ...)


def weights(rho: Array, gaps: NDArray[np.int64], pairs: NDArray[np.int64]) -> Weights:
    """Return the weights at every ``rho``: value, first and second derivative by rho."""
    columns = [np.stack([np.ones_like(rho), np.zeros_like(rho), np.zeros_like(rho)])]
    log_determinant = np.zeros((3, *rho.shape))
    for gap, count in zip(gaps, pairs, strict=True):
        r = rho**gap
        r_1 = gap * rho ** (gap - 1)
        r_2 = gap * (gap - 1) * rho ** max(gap - 2, 0)
        u = 1 / (1 - r**2)
        u_1, u_2 = 2 * r * u**2, 2 * u**2 + 8 * r**2 * u**3
        columns.append(_chain(u, u_1, u_2, r_1, r_2))
        columns.append(_chain(-r * u, -u - r * u_1, -2 * u_1 - r * u_2, r_1, r_2))
        log_determinant += count * _chain(
            -np.log(u), -2 * r * u, -2 * u - 4 * r**2 * u**2, r_1, r_2
        )
    return Weights(np.stack(columns, -1), log_determinant)


def _chain(f: Array, f_1: Array, f_2: Array, r_1: Array, r_2: Array) -> Array:
    """Derivatives of f(r(rho)) with respect to rho, from those of f in r and of r in rho."""
    return np.stack([f, f_1 * r_1, f_2 * r_1**2 + f_1 * r_2])


@dataclass(frozen=True)
class Solution:
    """The generalised least-squares solution of every (design, series) at its own rho.

    ``rho`` (s, r); ``bread`` (s, r, p, p) = (X' R^-1 X)^-1; ``information_1`` the derivative of
    X' R^-1 X by rho; ``coefficients`` (s, r, p); ``tilt`` (s, r, p) that of the
    estimating equations; ``squares`` (3, s, r) the weighted residual sum of
    squares and ``objective`` (3, s, r) the profile log-likelihood without its constant, both with
    two derivatives by rho; ``log_determinant`` (3, s, r) that of R times that of X' R^-1 X.
    """

    rho: Array
    bread: Array
    information_1: Array
    coefficients: Array
    tilt: Array
    squares: Array
    objective: Array
    log_determinant: Array


def solve(moments: Moments, rho: Array, *, restricted: bool = True) -> Solution:
    """Solve at ``rho`` (s, r), with the derivatives of the (restricted) profile likelihood."""
    w = weights(rho, moments.gaps, moments.pairs)
    designs, _, size, _ = moments.xx.shape
    flat = moments.xx.reshape(designs, -1, size * size)
    information = (w.moments[0] @ flat).reshape(*rho.shape, size, size)
    information_1 = (w.moments[1] @ flat).reshape(*rho.shape, size, size)
    crosses = np.einsum("qsrk,skpr->qsrp", w.moments, moments.xy)
    bread = np.linalg.inv(information)
    beta = _times(bread, crosses[0])
    squares = np.einsum("qsrk,skr->qsr", w.moments, moments.yy)
    squares = squares - 2 * np.einsum("qsrp,srp->qsr", crosses, beta)
    outer = (beta[..., :, None] * beta[..., None, :]).reshape(*rho.shape, size * size)
    squares = squares + np.einsum("qsrk,srk->qsr", w.moments, outer @ np.swapaxes(flat, 1, 2))
    tilt = crosses[1] - _times(information_1, beta)
    squares[2] -= 2 * np.einsum("srp,srp->sr", tilt, _times(bread, tilt))
    determinant = w.log_determinant.copy()
    if restricted:
        determinant += _log_determinant(bread, information_1, w.moments, flat)
    freedom = moments.observations - size * restricted
    log_squares = np.stack(
        [
            np.log(squares[0]),
            squares[1] / squares[0],
            squares[2] / squares[0] - (squares[1] / squares[0]) ** 2,
        ]
    )
    objective = -(freedom * log_squares + determinant) / 2
    return Solution(rho, bread, information_1, beta, tilt, squares, objective, determinant)


def _log_determinant(bread: Array, information_1: Array, w: Array, flat: Array) -> Array:
    """Return log |X' R^-1 X| and its two derivatives by rho."""
    turn = bread @ information_1
    traces = bread.reshape(*bread.shape[:2], -1) @ np.swapaxes(flat, 1, 2)
    return np.stack(
        [
            -np.linalg.slogdet(bread)[1],
            np.einsum("srk,srk->sr", w[1], traces),
            np.einsum("srk,srk->sr", w[2], traces) - np.einsum("srij,srji->sr", turn, turn),
        ]
    )


def _times(matrices: Array, vectors: Array) -> Array:
    return (matrices @ vectors[..., None])[..., 0]


def bread_1(solution: Solution) -> Array:
    """Return the derivative of (X' R^-1 X)^-1 by rho, (s, r, p, p)."""
    return -solution.bread @ solution.information_1 @ solution.bread


def coefficients_1(solution: Solution) -> Array:
    """Return the derivative of the coefficients by rho, (s, r, p)."""
    return _times(solution.bread, solution.tilt)
