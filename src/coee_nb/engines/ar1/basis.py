"""A design made orthonormal, which keeps terms of very different size exact."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coee_nb.engines.ar1.process import Array
from coee_nb.errors import EstimationError

RANK_TOLERANCE = 1e-8
VARIATION_TOLERANCE = 1e-13


@dataclass(frozen=True)
class Basis:
    """``columns`` (n, k) orthonormal, equal to X ``inverse_correlation`` (k, k)."""

    columns: Array
    inverse_correlation: Array


def orthonormal(X: Array, names: Sequence[str] = ()) -> Basis:
    """Orthonormalise ``X`` (n, k), its terms brought to one size first.

    Raises EstimationError for too few observations or collinear terms (named by ``names``).
    """
    observations, terms = X.shape
    if observations <= terms:
        raise EstimationError(
            f"{observations} observations for {terms} terms leave no residual degrees of freedom",
            expected=f"at least {terms + 1} observations",
            do="drop terms (season, slope) or use a longer series",
        )
    size = np.linalg.norm(X, axis=0)
    columns, root = np.linalg.qr(X / np.where(size > 0, size, 1))
    _refuse_collinear(root, names or [f"column {j}" for j in range(terms)])
    return Basis(columns, np.linalg.inv(root) / size[:, None])


def _refuse_collinear(root: Array, names: Sequence[str]) -> None:
    distance = np.abs(np.diagonal(root))
    if distance.min() > RANK_TOLERANCE:
        return
    j = int(np.argmax(distance <= RANK_TOLERANCE))
    parts = np.linalg.lstsq(root[:j, :j], root[:j, j], rcond=None)[0] if j else np.zeros(0)
    others = [names[i] for i in range(j) if abs(parts[i]) > RANK_TOLERANCE]
    raise EstimationError(
        f"term {names[j]} is a combination of {', '.join(others)}"
        if others
        else f"term {names[j]} is zero in every period used",
        expected="terms that each add something",
        do="drop one of them",
    )


@dataclass(frozen=True)
class WhitenedFrame:
    """A series in its basis.

    ``start`` (k,) are the least-squares coefficients of y in the ``basis``, ``rest`` (n,) its
    residuals.
    """

    basis: Basis
    start: Array
    rest: Array

    @property
    def freedom(self) -> int:
        """Observations less terms."""
        return self.basis.columns.shape[0] - self.basis.columns.shape[1]

    @property
    def sigma(self) -> float:
        """Residual standard deviation of the least-squares fit."""
        return float(np.sqrt(self.rest @ self.rest / self.freedom))

    def coefficients(self, change: Array | float = 0.0) -> Array:
        """Return the coefficients of X for those of least squares plus ``change``."""
        return self.basis.inverse_correlation @ (self.start + change)

    def spread(self, covariance: Array) -> Array:
        """Return in the terms of X a ``covariance`` (k, k) given in those of the basis."""
        return self.basis.inverse_correlation @ covariance @ self.basis.inverse_correlation.T


def frame(y: Array, X: Array, names: Sequence[str] = ()) -> WhitenedFrame:
    """Take the least-squares fit on ``X`` (n, k) out of ``y`` (n,).

    Raises EstimationError as ``orthonormal`` does, and for a series without any variation about
    its line.
    """
    basis = orthonormal(X, names)
    start = basis.columns.T @ y
    rest = y - basis.columns @ start
    if np.linalg.norm(rest) <= VARIATION_TOLERANCE * np.linalg.norm(y):
        raise EstimationError(
            "the series lies exactly on the fitted line, so its error cannot be estimated"
        )
    return WhitenedFrame(basis, start, rest)
