"""Many fits at once: many series on one design, or many designs, without a loop over searches."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coee_nb.engines.ar1 import inference, likelihood, process
from coee_nb.engines.ar1.basis import Basis, frame, orthonormal
from coee_nb.engines.ar1.design_matrix import DesignMatrix
from coee_nb.engines.ar1.estimators import reml_of_stack
from coee_nb.engines.ar1.inference import Contrast, TermEstimates
from coee_nb.engines.ar1.process import Array
from coee_nb.errors import InputError

CHUNK = 200  # series worked on together: their matrices stay in the processor's cache


@dataclass(frozen=True)
class Fits:
    """The same model fitted to m series by REML with AR(1) errors, c combinations of terms each.

    ``estimate``, ``se``, ``df`` (m, c); ``rho``, ``sigma`` (m,); ``boundary``, ``interior`` and
    ``converged`` (m,) as in ``TermEstimates``.
    """

    estimate: Array
    se: Array
    df: Array
    rho: Array
    sigma: Array
    boundary: NDArray[np.bool_]
    interior: NDArray[np.bool_]
    converged: NDArray[np.bool_]

    def inference(self, *, confidence: float = 0.95) -> Contrast:
        """Return intervals and p-values (m, c), on each combination's own t distribution."""
        return inference.between(self.estimate, self.se, self.df, confidence=confidence)


def fit_many(
    Y: Array,
    X: Array,
    *,
    gaps: NDArray[np.int64] | None = None,
    contrasts: Array | None = None,
) -> Fits:
    """Fit the m series ``Y`` (n, m) on one design ``X`` (n, k) by REML with AR(1) errors.

    ``gaps`` (n,) as from ``gaps_of``; by default every period is there. ``contrasts`` (c, k)
    combinations of the coefficients; by default each coefficient. The numbers are those of
    ``estimators.reml``, series by series. Raises EstimationError for collinear terms, InputError
    for a value that is not finite.
    """
    if not np.isfinite(Y).all():
        raise InputError("a value that is not finite", where="Y", expected="numbers throughout")
    basis = orthonormal(X)
    gaps = np.minimum(np.arange(len(X)), 1) if gaps is None else gaps
    weights = (np.eye(X.shape[1]) if contrasts is None else contrasts) @ basis.inverse_correlation
    shared = _Shared.of(basis, gaps)
    chunks = [_fit(shared, part, weights) for part in _parts(Y)]
    return Fits(*(np.concatenate(parts) for parts in zip(*chunks, strict=True)))


def fit_designs(designs: Sequence[DesignMatrix]) -> list[TermEstimates]:
    """Fit every design's own series by REML with AR(1) errors, alike ones as one stack.

    The estimates stand in the order of ``designs`` and equal those of ``estimators.reml``.
    Raises EstimationError for collinear terms.
    """
    frames = [frame(design.observed.to_numpy(), design.matrix, design.names) for design in designs]
    estimates: dict[int, TermEstimates] = {}
    for places, gaps in _alike(designs):
        found = reml_of_stack([frames[place] for place in places], gaps)
        estimates.update(zip(places, found, strict=True))
    return [estimates[place] for place in range(len(designs))]


def _alike(designs: Sequence[DesignMatrix]) -> Iterator[tuple[list[int], NDArray[np.int64]]]:
    """Group the places of designs with as many terms and the same periods between observations."""
    groups: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for place, design in enumerate(designs):
        groups[design.matrix.shape[1], design.gaps.tobytes()].append(place)
    for places in groups.values():
        yield places, designs[places[0]].gaps


def _parts(Y: Array) -> Iterator[Array]:
    for start in range(0, max(Y.shape[1], 1), CHUNK):
        yield Y[:, start : start + CHUNK]


@dataclass(frozen=True)
class _Shared:
    """What every series on one design shares: moments of the basis and its grid over rho."""

    basis: Basis
    gaps: NDArray[np.int64]
    products: Array  # (K, k, k)
    weights: Array  # (g, K)
    roots: Array  # (g, k, k) inverse Cholesky factors of the basis's information
    offset: Array  # (g,) the part of the likelihood without the series

    @classmethod
    def of(cls, basis: Basis, gaps: NDArray[np.int64]) -> "_Shared":
        Q = basis.columns
        products = np.stack(process.combined(lambda a, b: Q[a].T @ Q[b], gaps))
        distinct, pairs = np.unique(gaps[gaps > 0], return_counts=True)
        w = process.weights(np.tanh(likelihood.GRID), distinct, pairs)
        roots = np.linalg.cholesky(np.tensordot(w.moments[0], products, 1))
        diagonal = np.diagonal(roots, axis1=1, axis2=2)
        offset = -w.log_determinant[0] / 2 - np.log(diagonal).sum(axis=1)
        return cls(basis, gaps, products, w.moments[0], np.linalg.inv(roots), offset)

    def moments(self, rest: Array) -> process.CrossProducts:
        """Return the moments (r, K, k + 1, k + 1) of each column of ``rest`` (n, r)."""
        Q, gaps = self.basis.columns, self.gaps
        crosses = np.stack(process.combined(lambda a, b: Q[a].T @ rest[b], gaps))
        squares = np.stack(process.combined(lambda a, b: (rest[a] * rest[b]).sum(axis=0), gaps))
        k, size, series = crosses.shape
        products = np.empty((series, k, size + 1, size + 1))
        products[..., :size, :size] = self.products
        products[..., size, :size] = products[..., :size, size] = np.moveaxis(crosses, 2, 0)
        products[..., size, size] = squares.T
        distinct, pairs = np.unique(gaps[gaps > 0], return_counts=True)
        return process.CrossProducts(products, distinct, pairs, len(rest))

    def profile(self, moments: process.CrossProducts) -> Array:
        """Return the restricted likelihood (r, g) of each series over the grid."""
        size = moments.terms
        crosses = np.moveaxis(moments.products[..., :size, size], 0, 2)
        explained = np.square(self.roots @ np.tensordot(self.weights, crosses, 1)).sum(axis=1)
        squares = self.weights @ moments.products[..., size, size].T - explained
        freedom = moments.observations - size
        return (self.offset[:, None] - freedom * np.log(squares) / 2).T


def _fit(shared: _Shared, Y: Array, weights: Array) -> tuple[np.ndarray, ...]:
    """Fit one chunk of series; the arrays are those of ``Fits`` in order."""
    Q = shared.basis.columns
    start = Q.T @ Y
    stack = shared.moments(Y - Q @ start)
    maximum = likelihood.maximise(stack, shared.profile(stack))
    solution = maximum.solution
    freedom = stack.observations - stack.terms
    estimate = (start.T + solution.coefficients) @ weights.T
    halves = weights @ solution.inverse_information
    spread = (halves * weights).sum(axis=-1)
    spread_1 = -((halves @ solution.information_1) * halves).sum(axis=-1)
    squares, squares_1, _ = solution.squares
    slope = spread_1 / spread + (squares_1 / squares)[:, None]
    df = inference.satterthwaite(freedom, slope, maximum.curvature[:, None])
    se = np.sqrt(spread * (squares / freedom)[:, None])
    sigma = np.sqrt(squares / freedom)
    flags = (maximum.boundary, maximum.interior, maximum.converged)
    return (estimate, se, df, solution.rho, sigma, *flags)
