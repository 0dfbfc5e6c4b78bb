"""The estimators of a segmented regression, one function each, on plain arrays (y, X)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coee_nb.engines.ar1 import likelihood, process
from coee_nb.engines.ar1.basis import WhitenedFrame, frame
from coee_nb.engines.ar1.inference import TermEstimates
from coee_nb.engines.ar1.process import Array
from coee_nb.errors import EstimationError, ParameterError

PRAIS_WINSTEN_TOLERANCE = 1e-6  # Stata's prais: change of rho between two rounds
PRAIS_WINSTEN_ROUNDS = 100


def ols(y: Array, X: Array, gaps: NDArray[np.int64], *, names: Sequence[str] = ()) -> TermEstimates:
    """Ordinary least squares with its classical standard errors, as R's ``lm``."""
    f = frame(y, X, names)
    covariance = f.spread(f.sigma**2 * np.eye(X.shape[1]))
    return TermEstimates(f.coefficients(), covariance, f.freedom, f.sigma)


def newey_west(
    y: Array,
    X: Array,
    gaps: NDArray[np.int64],
    *,
    names: Sequence[str] = (),
    lags: int | None = None,
) -> TermEstimates:
    """Least squares with Newey and West's (1987) standard errors, as Stata's ``newey``.

    Bartlett weights over ``lags`` periods (by default the whole part of 4 (n/100)^(2/9)), the
    factor n / (n - k), and the t distribution. Months left out count as periods without a score.
    """
    f = frame(y, X, names)
    lags = int(4 * (len(y) / 100) ** (2 / 9)) if lags is None else lags
    if isinstance(lags, bool) or not isinstance(lags, Integral) or not 0 <= lags < len(y):
        raise ParameterError(
            f"{lags!r} lags", where="lags", expected=f"a whole number from 0 to {len(y) - 1}"
        )
    place = np.cumsum(np.where(gaps > 0, gaps, lags + 1))  # series further apart than any lag
    scores = np.zeros((place[-1] + 1, X.shape[1]))
    scores[place] = f.basis.columns * f.rest[:, None]
    meat = scores.T @ scores
    for lag in range(1, lags + 1):
        product = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / (lags + 1)) * (product + product.T)
    covariance = f.spread(len(y) / f.freedom * meat)
    return TermEstimates(f.coefficients(), covariance, f.freedom, f.sigma, lags=lags)


def gls(
    y: Array, X: Array, gaps: NDArray[np.int64], *, rho: float, names: Sequence[str] = ()
) -> TermEstimates:
    """Generalised least squares at a known ``rho``, on the t distribution with n - k."""
    f = frame(y, X, names)
    solution = process.solve(moments([f], gaps), np.array([float(rho)]))
    variance = float(solution.squares[0, 0] / f.freedom)
    return TermEstimates(
        coefficients=f.coefficients(solution.coefficients[0]),
        covariance=f.spread(variance * solution.inverse_information[0]),
        freedom=f.freedom,
        sigma=float(np.sqrt(variance)),
        rho=float(rho),
    )


def prais_winsten(
    y: Array, X: Array, gaps: NDArray[np.int64], *, names: Sequence[str] = ()
) -> TermEstimates:
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


def reml(
    y: Array, X: Array, gaps: NDArray[np.int64], *, names: Sequence[str] = ()
) -> TermEstimates:
    """Restricted maximum likelihood with AR(1) errors, as R's ``nlme::gls(corAR1, "REML")``.

    rho maximises the profile likelihood (a grid, then Newton with analytic derivatives); the
    highest maximum inside the range is taken, and ``boundary`` says that an end is higher still.
    Where there is none inside, rho is the end of the range and is treated as known.
    """
    return reml_of_stack([frame(y, X, names)], gaps)[0]


def reml_of_stack(frames: Sequence[WhitenedFrame], gaps: NDArray[np.int64]) -> list[TermEstimates]:
    """Return the REML estimates of series of one length and number of terms, searched together."""
    maximum = likelihood.maximise(moments(frames, gaps))
    return [_restricted(f, maximum, place) for place, f in enumerate(frames)]


def _restricted(f: WhitenedFrame, maximum: likelihood.Maximum, place: int) -> TermEstimates:
    """Return the REML estimate of the fit that stands at ``place`` of a stack."""
    solution = maximum.solution
    squares, squares_1, _ = solution.squares[:, place]
    inverse_information, inverse_information_1 = (
        solution.inverse_information[place],
        process.inverse_information_1(solution, place),
    )
    return TermEstimates(
        coefficients=f.coefficients(solution.coefficients[place]),
        covariance=f.spread(squares * inverse_information / f.freedom),
        covariance_1=f.spread(
            (squares_1 * inverse_information + squares * inverse_information_1) / f.freedom
        ),
        freedom=f.freedom,
        sigma=float(np.sqrt(squares / f.freedom)),
        **_search(maximum, place, _restricted_constant(f)),
    )


def reml_profile(y: Array, X: Array, gaps: NDArray[np.int64], rho: Array) -> Array:
    """Return the restricted log-likelihood, by nlme's convention, at each ``rho`` (g,)."""
    f = frame(y, X)
    heights = likelihood.profile(moments([f], gaps), np.asarray(rho, dtype=float))[0]
    return heights + _restricted_constant(f)


def arima(
    y: Array, X: Array, gaps: NDArray[np.int64], *, names: Sequence[str] = ()
) -> TermEstimates:
    """Regression with ARIMA(1,0,0) errors by exact maximum likelihood, as R's ``arima(xreg)``.

    The likelihood is profiled over the whole range of rho, so no starting value can mislead it.
    Standard errors come from the observed information of coefficients and rho together; p-values
    and intervals from the normal distribution.
    """
    f = frame(y, X, names)
    maximum = likelihood.maximise(moments([f], gaps), restricted=False)
    solution = maximum.solution
    variance = float(solution.squares[0, 0] / len(y))
    drift = process.coefficients_1(solution)[0]
    covariance = variance * solution.inverse_information[0]
    covariance = covariance + np.outer(drift, drift) / maximum.curvature[0]
    return TermEstimates(
        coefficients=f.coefficients(solution.coefficients[0]),
        covariance=f.spread(covariance),
        freedom=float("inf"),
        sigma=float(np.sqrt(variance)),
        **_search(maximum, 0, _constant(len(y))),
    )


def moments(frames: Sequence[WhitenedFrame], gaps: NDArray[np.int64]) -> process.CrossProducts:
    """Return the moments of series of one length, each in its own basis, as a stack."""
    columns = [np.column_stack([f.basis.columns, f.rest]) for f in frames]
    return process.CrossProducts.of(np.stack(columns), gaps)


def _search(maximum: likelihood.Maximum, place: int, constant: float) -> dict[str, Any]:
    """What the search for rho found, as fields of an TermEstimates."""
    return {
        "rho": float(maximum.solution.rho[place]),
        "log_likelihood": float(maximum.solution.objective[0, place]) + constant,
        "curvature": float(maximum.curvature[place]),
        "profile": maximum.heights[place] + constant,
        "boundary": bool(maximum.boundary[place]),
        "interior": bool(maximum.interior[place]),
        "converged": bool(maximum.converged[place]),
    }


def _restricted_constant(f: WhitenedFrame) -> float:
    return _constant(f.freedom) + float(np.linalg.slogdet(f.basis.inverse_correlation)[1])


def _constant(freedom: int) -> float:
    """What a profile objective leaves out of a log-likelihood with ``freedom`` free residuals."""
    return -freedom * (np.log(2 * np.pi / freedom) + 1) / 2


ESTIMATORS: Mapping[str, Callable[..., TermEstimates]] = {
    "reml": reml,
    "ols": ols,
    "newey-west": newey_west,
    "prais-winsten": prais_winsten,
    "arima": arima,
}
