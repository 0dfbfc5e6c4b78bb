"""Models of the errors: each a grid of covariance matrices that nests, or is near, AR(1)."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]

AR2_FIRST = np.tanh(np.linspace(np.arctanh(-0.6), np.arctanh(0.98), 16))
AR2_SECOND = np.tanh(np.linspace(np.arctanh(-0.7), np.arctanh(0.8), 11))
WALK_RHO = (0.0, 0.2, 0.4, 0.6, 0.8)
WALK_SIZE = (0.0, *np.logspace(-1.1, 3.3, 13))
CURVE_RHO = (-0.2, 0.0, 0.2, 0.4, 0.6, 0.8)
CURVE_SIZE = (0.0, *np.logspace(-0.5, 5.5, 13))


def ar2_correlations(first: float, second: float, lags: int) -> Array:
    """Return the autocorrelations (lags + 1,) of an AR(2) with these partial autocorrelations.

    Any pair inside (-1, 1) is stationary (Barndorff-Nielsen and Schou 1973).
    """
    one, two = first * (1 - second), second
    found = np.ones(lags + 1)
    found[1:2] = first
    for lag in range(2, lags + 1):
        found[lag] = one * found[lag - 1] + two * found[lag - 2]
    return found


def _ar2(time: NDArray[np.int64]) -> Iterator[Array]:
    """AR(2) errors, uniform in Fisher's z of both partial autocorrelations."""
    apart = np.abs(np.subtract.outer(time, time))
    for first, second in product(AR2_FIRST, AR2_SECOND):
        yield ar2_correlations(first, second, int(time[-1]))[apart]


def _walk(time: NDArray[np.int64]) -> Iterator[Array]:
    """A random walk beside AR(1) errors of variance 1; its variance at the end is a size."""
    apart = np.abs(np.subtract.outer(time, time))
    shared = np.minimum.outer(time, time) / time[-1]
    for rho, size in product(WALK_RHO, WALK_SIZE):
        yield np.power(rho, apart) + size * shared


def _curve(time: NDArray[np.int64]) -> Iterator[Array]:
    """A trend whose slope walks at random beside AR(1) errors of variance 1: a smooth curve.

    The covariance of an integrated random walk, at times s <= t, is sum over u <= s of
    (s - u + 1)(t - u + 1). (Harvey 1989, local linear trend; Wahba 1978, smoothing splines.)
    """
    apart = np.abs(np.subtract.outer(time, time))
    sums = np.tril(np.ones((time[-1] + 1,) * 2))
    twice = sums @ sums
    shared = (twice @ twice.T)[np.ix_(time, time)]
    shared = shared / shared[-1, -1]
    for rho, size in product(CURVE_RHO, CURVE_SIZE):
        yield np.power(rho, apart) + size * shared


MODELS: Mapping[str, Callable[[NDArray[np.int64]], Iterator[Array]]] = {
    "AR(2) errors": _ar2,
    "a random walk beside AR(1) errors": _walk,
    "a curving trend beside AR(1) errors": _curve,
}


def covariances(model: str, time: NDArray[np.int64]) -> Array:
    """Return the covariances (g, n, n) of errors at ``time`` (n,), at each point of the grid."""
    return np.stack(list(MODELS[model](time - time[0])))


@lru_cache(maxsize=12)
def whitening(model: str, time: tuple[int, ...]) -> tuple[Array, Array]:
    """Return the inverse Cholesky factors (g, n, n) of the covariances, and log |V| / 2 (g,)."""
    root = np.linalg.cholesky(covariances(model, np.array(time)))
    half = np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
    return np.linalg.inv(root), half
