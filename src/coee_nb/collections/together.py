"""Many designs of one shape, fitted by REML with AR(1) errors in one calculation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coee_nb.collections import ar1, inference, likelihood
from coee_nb.collections.ar1 import Array
from coee_nb.errors import EstimationError

COLLINEAR = 1e-8


@dataclass(frozen=True)
class Together:
    """Fits of s designs.

    ``contrast``: its arrays are (s, combinations); ``rho`` (s,); ``boundary`` (s,) True where the
    likelihood is highest at an end of rho's range; ``converged`` (s,).
    """

    contrast: inference.Contrast
    rho: Array
    boundary: NDArray[np.bool_]
    converged: NDArray[np.bool_]


def fit_together(X: Array, y: Array, gaps: NDArray[np.int64], weights: Array) -> Together:
    """Fit designs ``X`` (s, n, p) to series ``y`` (s, n), as ``its.fit`` fits one.

    ``weights`` (s, combinations, p) are the combinations of terms wanted. Raises EstimationError
    where the terms of a design are collinear.
    """
    size = np.linalg.norm(X, axis=1)
    basis, root = np.linalg.qr(X / np.where(size > 0, size, 1)[:, None, :])
    if np.abs(np.diagonal(root, axis1=1, axis2=2)).min() < COLLINEAR:
        raise EstimationError("the terms of a model are combinations of each other")
    start = np.einsum("snp,sn->sp", basis, y)
    rest = y - np.einsum("snp,sp->sn", basis, start)
    maximum = likelihood.maximise(
        ar1.Moments.of(np.concatenate([basis, rest[:, :, None]], axis=2), gaps)
    )
    scaled = np.swapaxes(weights / size[:, None, :], 1, 2)
    turned = np.swapaxes(np.linalg.solve(np.swapaxes(root, 1, 2), scaled), 1, 2)
    value = np.einsum("scp,sp->sc", turned, start + maximum.solution.coefficients)
    se, df = _precision(maximum, turned, X.shape[1] - X.shape[2])
    return Together(
        inference.between(value, se, df),
        maximum.solution.rho,
        maximum.boundary | ~maximum.interior,
        maximum.converged,
    )


def _precision(maximum: likelihood.Maximum, turned: Array, freedom: int) -> tuple[Array, Array]:
    """Return standard errors and Satterthwaite's degrees of freedom, (s, combinations) each."""
    solution = maximum.solution
    sigma_2 = solution.squares[0][:, None] / freedom
    by_sigma = ((turned @ solution.bread) * turned).sum(axis=-1)
    by_rho = sigma_2 * ((turned @ ar1.bread_1(solution)) * turned).sum(axis=-1)
    W = likelihood.variance_covariance(solution, freedom, maximum.interior)[:, None]
    spread = (
        by_sigma**2 * W[..., 0, 0] + 2 * by_sigma * by_rho * W[..., 0, 1] + by_rho**2 * W[..., 1, 1]
    )
    variance = sigma_2 * by_sigma
    return np.sqrt(variance), 2 * variance**2 / spread
