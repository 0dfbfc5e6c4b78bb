"""The estimators of a segmented regression, one function each, on plain arrays (y, X)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from coee_nb.collections import ar1
from coee_nb.collections.ar1 import Array
from coee_nb.errors import EstimationError

RANK_TOLERANCE = 1e-8
PRAIS_WINSTEN_TOLERANCE = 1e-6  # Stata's prais: change of rho between two rounds
PRAIS_WINSTEN_ROUNDS = 100


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
    no maximum inside the range at all; ``converged`` the search for rho ended.
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


@dataclass(frozen=True)
class Frame:
    """A design made orthonormal, which keeps terms of very different size exact.

    ``basis`` (n, k) = X ``turn``, so coefficients are ``turn`` times those of the basis; ``start``
    (k,) and ``rest`` (n,) are the least-squares coefficients of y in the basis and its residuals.
    """

    basis: Array
    turn: Array
    start: Array
    rest: Array


def frame(y: Array, X: Array, names: Sequence[str] | None = None) -> Frame:
    """Orthonormalise ``X`` (n, k) and take y's least-squares fit out of it.

    Raises EstimationError for too few observations, collinear terms (named by ``names``), or a
    series without any variation about its line.
    """
    observations, terms = X.shape
    if observations <= terms:
        raise EstimationError(
            f"{observations} observations for {terms} terms leave no residual degrees of freedom",
            expected=f"at least {terms + 1} observations",
            do="drop terms (season, slope) or use a longer series",
        )
    size = np.linalg.norm(X, axis=0)
    basis, root = np.linalg.qr(X / np.where(size > 0, size, 1))
    _refuse_collinear(root, names or [f"column {j}" for j in range(terms)])
    start = basis.T @ y
    rest = y - basis @ start
    if np.linalg.norm(rest) <= 1e-10 * max(np.linalg.norm(y), np.finfo(float).tiny):
        raise EstimationError(
            "the series lies exactly on the fitted line, so its error cannot be estimated"
        )
    return Frame(basis, np.linalg.inv(root) / size[:, None], start, rest)


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


def ols(y: Array, X: Array, gaps: NDArray[np.int64], **_: object) -> Estimate:
    """Ordinary least squares, with its classical standard errors."""
    f = frame(y, X)
    freedom = len(y) - X.shape[1]
    sigma = float(np.sqrt(f.rest @ f.rest / freedom))
    covariance = sigma**2 * f.turn @ f.turn.T
    return Estimate(f.turn @ f.start, covariance, freedom, sigma)


def reml(y: Array, X: Array, gaps: NDArray[np.int64], **_: object) -> Estimate:
    """Restricted maximum likelihood with AR(1) errors, as R's ``nlme::gls(corAR1, "REML")``.

    rho maximises the profile likelihood (a grid, then Newton with analytic derivatives); the
    highest maximum inside the range is taken, and ``boundary`` says that an end is higher still.
    Where there is none inside, rho is the end of the range and is treated as known.
    """
    f = frame(y, X)
    maximum = ar1.maximise(ar1.Moments.of(f.basis[None], f.rest[None, :, None], gaps))
    solution = maximum.solution
    freedom = len(y) - X.shape[1]
    variance = float(solution.squares[0, 0, 0] / freedom)
    bread = f.turn @ solution.bread[0, 0] @ f.turn.T
    bent = f.turn @ ar1.bread_1(solution)[0, 0] @ f.turn.T
    precision = ar1.variance_covariance(solution, freedom, maximum.interior)[0, 0]
    return Estimate(
        coefficients=f.turn @ (f.start + solution.coefficients[0, 0]),
        covariance=variance * bread,
        freedom=freedom,
        sigma=float(np.sqrt(variance)),
        rho=float(solution.rho[0, 0]),
        log_likelihood=float(solution.objective[0, 0, 0]) + _constant(freedom, f, restricted=True),
        variance=VarianceModel(np.stack([bread, variance * bent]), precision),
        boundary=bool(maximum.boundary[0, 0]),
        interior=bool(maximum.interior[0, 0]),
        converged=bool(maximum.converged[0, 0]),
    )


def reml_profile(y: Array, X: Array, gaps: NDArray[np.int64], rho: Array | None = None) -> Array:
    """Return the restricted log-likelihood (R's nlme convention) at each ``rho`` (g,)."""
    f = frame(y, X)
    moments = ar1.Moments.of(f.basis[None], f.rest[None, :, None], gaps)
    grid = np.tanh(ar1.GRID) if rho is None else np.asarray(rho, dtype=float)
    constant = _constant(len(y) - X.shape[1], f, restricted=True)
    return ar1.profile(moments, grid)[0, :, 0] + constant


def _constant(freedom: int, f: Frame, *, restricted: bool) -> float:
    """What the profile objective leaves out of the log-likelihood."""
    scale = freedom * (np.log(2 * np.pi / freedom) + 1) / 2
    return -float(scale) + restricted * float(np.linalg.slogdet(f.turn)[1])


ESTIMATORS: Mapping[str, Callable[..., Estimate]] = {
    "reml": reml,
    "ols": ols,
}
