"""Whether errors that should be independent are: their autocorrelations and what tests these."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

Array = NDArray[np.floating]


def autocorrelations(errors: Array, lags: int) -> Array:
    """Return the correlations (lags, ...) of ``errors`` (n, ...) with those 1 to ``lags`` before.

    >>> autocorrelations(np.array([1.0, -1.0, 1.0, -1.0]), 2).tolist()
    [-0.75, 0.5]
    """
    centred = errors - errors.mean(axis=0)
    products = [(centred[lag:] * centred[:-lag]).sum(axis=0) for lag in range(1, lags + 1)]
    return np.stack(products) / np.square(centred).sum(axis=0)


def ljung_box(correlations: Array, points: int, *, estimated: int = 0) -> tuple[Array, Array]:
    """Return the statistic of ``correlations`` (lags, ...) of ``points`` errors, and its p-value.

    ``estimated``: how many parameters of the autocorrelation were, one degree of freedom less
    each; p is missing where none is left. Ljung and Box 1978.
    """
    lags = len(correlations)
    shares = np.square(correlations).T / (points - np.arange(1, lags + 1))
    statistic = points * (points + 2) * shares.sum(axis=-1)
    freedom = lags - estimated
    return statistic, chdtrc(freedom if freedom > 0 else np.nan, statistic)


def durbin_watson(errors: Array) -> float:
    """Return the squared steps of ``errors`` (n,) over their squares (Durbin and Watson 1950)."""
    return float(np.square(np.diff(errors)).sum() / np.square(errors).sum())
