"""The estimators of a segmented regression, one function each, on plain arrays (y, X)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from coee_nb.collections import ar1, likelihood
from coee_nb.collections.ar1 import Array
from coee_nb.collections.inference import Estimate, VarianceModel
from coee_nb.errors import EstimationError, ParameterError

RANK_TOLERANCE = 1e-8
PRAIS_WINSTEN_TOLERANCE = 1e-6  # Stata's prais: change of rho between two rounds
PRAIS_WINSTEN_ROUNDS = 100


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


def frame(y: Array, X: Array, names: Sequence[str] = ()) -> Frame:
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


def ols(y: Array, X: Array, gaps: NDArray[np.int64], *, names: Sequence[str] = ()) -> Estimate:
    """Ordinary least squares with its classical standard errors, as R's ``lm``."""
    f = frame(y, X, names)
    freedom = len(y) - X.shape[1]
    sigma = float(np.sqrt(f.rest @ f.rest / freedom))
    return Estimate(f.turn @ f.start, sigma**2 * f.turn @ f.turn.T, freedom, sigma)


def newey_west(
    y: Array,
    X: Array,
    gaps: NDArray[np.int64],
    *,
    names: Sequence[str] = (),
    lags: int | None = None,
) -> Estimate:
    """Least squares with Newey and West's (1987) standard errors, as Stata's ``newey``.

    Bartlett weights over ``lags`` periods (by default the whole part of 4 (n/100)^(2/9)), the
    factor n / (n - k), and the t distribution. Months left out count as periods without a score.
    """
    f = frame(y, X, names)
    freedom = len(y) - X.shape[1]
    lags = int(4 * (len(y) / 100) ** (2 / 9)) if lags is None else lags
    if lags < 0:
        raise ParameterError(f"{lags} lags", where="lags", expected="zero or more")
    place = np.cumsum(np.where(gaps > 0, gaps, lags + 1))  # series further apart than any lag
    scores = np.zeros((place[-1] + 1, X.shape[1]))
    scores[place] = f.basis * f.rest[:, None]
    meat = scores.T @ scores
    for lag in range(1, lags + 1):
        product = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / (lags + 1)) * (product + product.T)
    covariance = len(y) / freedom * f.turn @ meat @ f.turn.T
    sigma = float(np.sqrt(f.rest @ f.rest / freedom))
    return Estimate(f.turn @ f.start, covariance, freedom, sigma, lags=lags)


def gls(
    y: Array, X: Array, gaps: NDArray[np.int64], *, rho: float, names: Sequence[str] = ()
) -> Estimate:
    """Generalised least squares at a known ``rho``, on the t distribution with n - k."""
    f = frame(y, X, names)
    solution = ar1.solve(_moments(f, gaps), np.array([float(rho)]))
    freedom = len(y) - X.shape[1]
    variance = float(solution.squares[0, 0] / freedom)
    return Estimate(
        coefficients=f.turn @ (f.start + solution.coefficients[0]),
        covariance=variance * f.turn @ solution.bread[0] @ f.turn.T,
        freedom=freedom,
        sigma=float(np.sqrt(variance)),
        rho=float(rho),
    )


def prais_winsten(
    y: Array, X: Array, gaps: NDArray[np.int64], *, names: Sequence[str] = ()
) -> Estimate:
    """Prais and Winsten's (1954) iterated estimator, as Stata's ``prais`` with rhotype(regress).

    rho is the regression of each residual on its predecessor; rounds end when it moves by less
    than 1e-6. The first observation is kept. n - k degrees of freedom.
    """
    pairs = np.flatnonzero(gaps == 1)
    estimate = ols(y, X, gaps, names=names)
    rho = 0.0
    for _ in range(PRAIS_WINSTEN_ROUNDS):
        residuals = y - X @ estimate.coefficients
        last, rho = rho, _regressed(residuals[pairs], residuals[pairs - 1])
        estimate = gls(y, X, gaps, rho=rho, names=names)
        if abs(rho - last) < PRAIS_WINSTEN_TOLERANCE:
            return estimate
    return replace(estimate, converged=False)


def _regressed(now: Array, before: Array) -> float:
    rho = float(now @ before / (before @ before))
    if abs(rho) >= 1:
        raise EstimationError(
            f"Prais-Winsten finds an autocorrelation of {rho:.3f}: the errors do not settle",
            do="use REML, and read its boundary flag",
        )
    return rho


def reml(y: Array, X: Array, gaps: NDArray[np.int64], *, names: Sequence[str] = ()) -> Estimate:
    """Restricted maximum likelihood with AR(1) errors, as R's ``nlme::gls(corAR1, "REML")``.

    rho maximises the profile likelihood (a grid, then Newton with analytic derivatives); the
    highest maximum inside the range is taken, and ``boundary`` says that an end is higher still.
    Where there is none inside, rho is the end of the range and is treated as known.
    """
    f = frame(y, X, names)
    maximum = likelihood.maximise(_moments(f, gaps))
    solution = maximum.solution
    freedom = len(y) - X.shape[1]
    variance = float(solution.squares[0, 0] / freedom)
    bread = f.turn @ solution.bread[0] @ f.turn.T
    bent = f.turn @ ar1.bread_1(solution)[0] @ f.turn.T
    precision = likelihood.variance_covariance(solution, freedom, maximum.interior)[0]
    return Estimate(
        coefficients=f.turn @ (f.start + solution.coefficients[0]),
        covariance=variance * bread,
        freedom=freedom,
        sigma=float(np.sqrt(variance)),
        variance=VarianceModel(np.stack([bread, variance * bent]), precision),
        **_search(maximum, _restricted_constant(f)),
    )


def reml_profile(y: Array, X: Array, gaps: NDArray[np.int64], rho: Array) -> Array:
    """Return the restricted log-likelihood, by nlme's convention, at each ``rho`` (g,)."""
    f = frame(y, X)
    heights = likelihood.profile(_moments(f, gaps), np.asarray(rho, dtype=float))[0]
    return heights + _restricted_constant(f)


def arima(y: Array, X: Array, gaps: NDArray[np.int64], *, names: Sequence[str] = ()) -> Estimate:
    """Regression with ARIMA(1,0,0) errors by exact maximum likelihood, as R's ``arima(xreg)``.

    The likelihood is profiled over the whole range of rho, so no starting value can mislead it.
    Standard errors come from the observed information of coefficients and rho together; p-values
    and intervals from the normal distribution.
    """
    f = frame(y, X, names)
    maximum = likelihood.maximise(_moments(f, gaps), restricted=False)
    solution = maximum.solution
    variance = float(solution.squares[0, 0] / len(y))
    covariance = variance * solution.bread[0]
    curvature = float(solution.objective[2, 0])
    if curvature < 0:
        drift = ar1.coefficients_1(solution)[0]
        covariance = covariance - np.outer(drift, drift) / curvature
    return Estimate(
        coefficients=f.turn @ (f.start + solution.coefficients[0]),
        covariance=f.turn @ covariance @ f.turn.T,
        freedom=float("inf"),
        sigma=float(np.sqrt(variance)),
        **_search(maximum, _constant(len(y))),
    )


def _moments(f: Frame, gaps: NDArray[np.int64]) -> ar1.Moments:
    return ar1.Moments.of(np.column_stack([f.basis, f.rest])[None], gaps)


def _search(maximum: likelihood.Maximum, constant: float) -> dict[str, object]:
    """What the search for rho found, as fields of an Estimate."""
    return {
        "rho": float(maximum.solution.rho[0]),
        "log_likelihood": float(maximum.solution.objective[0, 0]) + constant,
        "profile": maximum.heights[0] + constant,
        "boundary": bool(maximum.boundary[0]),
        "interior": bool(maximum.interior[0]),
        "converged": bool(maximum.converged[0]),
    }


def _restricted_constant(f: Frame) -> float:
    freedom = f.basis.shape[0] - f.basis.shape[1]
    return _constant(freedom) + float(np.linalg.slogdet(f.turn)[1])


def _constant(freedom: int) -> float:
    """What a profile objective leaves out of a log-likelihood with ``freedom`` free residuals."""
    return -freedom * (np.log(2 * np.pi / freedom) + 1) / 2


ESTIMATORS: Mapping[str, Callable[..., Estimate]] = {
    "reml": reml,
    "ols": ols,
    "newey-west": newey_west,
    "prais-winsten": prais_winsten,
    "arima": arima,
}
