"""Intervals and bounds for a proportion, on single counts or on whole columns of them."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special

from coee_nb.errors import EstimationError

MINIMUM_SIZE = 30
NARROW_WIDTH = 0.05
WIDE_WIDTH = 0.30
RELATIVE_WIDTH = 1.30
MINIMUM_DEGREES_OF_FREEDOM = 8


class Interval(NamedTuple):
    """The two ends of an interval, each a number or an array in the shape of the input."""

    low: Any
    high: Any


def wilson(count: ArrayLike, nobs: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Return the Wilson score interval of ``count / nobs``; NaN where ``nobs`` is 0.

    Equals ``proportion_confint(method="wilson")`` of statsmodels and
    ``prop.test(correct = FALSE)`` of R. An effective sample size need not be whole.
    Source: Wilson (1927), Journal of the American Statistical Association 22.

    >>> low, high = wilson(303, 444)
    >>> f"{low:.6f} {high:.6f}"
    '0.637724 0.724012'
    """
    count, nobs = _counts(count, nobs)
    z = -special.ndtri((1 - confidence) / 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = count / nobs
        middle = (share + z**2 / (2 * nobs)) / (1 + z**2 / nobs)
        half = z * np.sqrt(share * (1 - share) / nobs + z**2 / (4 * nobs**2)) / (1 + z**2 / nobs)
    return _clipped(middle - half, middle + half, share)


def clopper_pearson(count: ArrayLike, nobs: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Return the exact (Clopper-Pearson) interval; NaN where ``nobs`` is 0.

    Equals ``proportion_confint(method="beta")`` of statsmodels and ``binom.test`` of R.
    Source: Clopper and Pearson (1934), Biometrika 26.

    >>> low, high = clopper_pearson(0, 10)
    >>> f"{low:.4f} {high:.4f}"
    '0.0000 0.3085'
    """
    count, nobs = _counts(count, nobs)
    tail = (1 - confidence) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        share = count / nobs
        low = special.betaincinv(count, nobs - count + 1, tail)
        high = special.betaincinv(count + 1, nobs - count, 1 - tail)
    return _clipped(low, high, share)


def korn_graubard(
    estimate: ArrayLike,
    standard_error: ArrayLike,
    *,
    rows: ArrayLike,
    degrees_of_freedom: ArrayLike,
    confidence: float = 0.95,
) -> Interval:
    """Return the Korn-Graubard interval: Clopper-Pearson on the effective sample size.

    ``rows`` are the rows of the design the estimate rests on. The effective size is not capped
    at the nominal one, as in R's ``svyciprop(method = "beta")``. R has no interval at 0 or 1,
    where the standard error is 0; there the nominal ``rows`` take the place of the effective size.
    A complete census (standard error 0 at another share) has an interval of no width.
    Source: Korn and Graubard (1998), Survey Methodology 24.

    >>> low, high = korn_graubard(303 / 444, 0.0168147322840111, rows=444, degrees_of_freedom=443)
    >>> f"{low:.6f} {high:.6f}"
    '0.648169 0.715285'
    """
    size = effective_size(
        estimate,
        standard_error,
        rows=rows,
        degrees_of_freedom=degrees_of_freedom,
        confidence=confidence,
    )
    share = np.broadcast_to(np.asarray(estimate, float), size.shape)
    census = np.isinf(size)
    finite = np.where(census, 1.0, size)
    low, high = clopper_pearson(finite * share, finite, confidence=confidence)
    return Interval(np.where(census, share, low)[()], np.where(census, share, high)[()])


def effective_size(
    estimate: ArrayLike,
    standard_error: ArrayLike,
    *,
    rows: ArrayLike,
    degrees_of_freedom: ArrayLike,
    confidence: float = 0.95,
) -> NDArray[np.float64]:
    """Return p(1-p)/SE^2, adjusted for degrees of freedom (Korn and Graubard 1998).

    Where the standard error is 0, because all or none say yes, the nominal ``rows`` are returned.
    """
    share, error = np.asarray(estimate, float), np.asarray(standard_error, float)
    rows, freedom = np.asarray(rows, float), np.asarray(degrees_of_freedom, float)
    tail = (1 - confidence) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        adjustment = (special.stdtrit(rows - 1, tail) / special.stdtrit(freedom, tail)) ** 2
        size = share * (1 - share) / error**2 * adjustment
    extreme = ((share == 0) | (share == 1)) & (rows > 0)
    return np.where(extreme, rows, size)


def no_assumption_bounds(count: ArrayLike, answered: ArrayLike, frame: ArrayLike) -> Interval:
    """Return the shares of the frame if all who did not answer said no, and if all said yes.

    They hold whatever the reason for not answering (Manski 1989, Journal of Human Resources 24).
    Raises EstimationError when more people answered than the frame holds.

    >>> low, high = no_assumption_bounds(303, 444, 1052)
    >>> f"{low:.3f} {high:.3f}"
    '0.288 0.866'
    """
    count, answered = _counts(count, answered)
    frame = np.asarray(frame, float)
    if np.any(answered > frame):
        raise EstimationError(
            "more answers than people in the frame",
            expected="a frame that holds every respondent",
            do="correct the frame counts",
        )
    with np.errstate(invalid="ignore", divide="ignore"):
        return Interval((count / frame)[()], ((count + frame - answered) / frame)[()])


def precision(
    estimate: ArrayLike,
    *,
    rows: ArrayLike,
    effective_rows: ArrayLike,
    degrees_of_freedom: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
) -> pd.DataFrame:
    """Judge proportions by the presentation standards of the National Center for Health Statistics.

    ``low`` and ``high`` are Korn-Graubard limits. Columns: ``verdict`` ("show" or "suppress"),
    ``reason`` (the first rule that decided, empty when none objects), ``footnote`` (the
    complement is imprecise: width / (1 - p) over 130%), ``review`` (fewer than 8 degrees of
    freedom, or 0 or 100%: a statistician decides). Rules in order: n or effective n under 30,
    suppress; width at most 0.05, show; width at least 0.30, suppress; width / p over 130%,
    suppress. Source: Parker et al. (2017), Vital and Health Statistics 2(175).
    """
    share, rows, effective, freedom, low, high = (
        np.atleast_1d(np.asarray(value, float))
        for value in (estimate, rows, effective_rows, degrees_of_freedom, low, high)
    )
    width = high - low
    with np.errstate(invalid="ignore", divide="ignore"):
        relative, complement = width / share, width / (1 - share)
    extreme = (share == 0) | (share == 1)
    rules = [
        ((rows < MINIMUM_SIZE) | (effective < MINIMUM_SIZE), "fewer than 30 respondents"),
        (~np.isfinite(width), "no interval"),
        (width <= NARROW_WIDTH, ""),
        (width >= WIDE_WIDTH, "interval at least 30 points wide"),
        (~extreme & (relative > RELATIVE_WIDTH), "interval wider than 130% of the share"),
    ]
    reason = np.select([when for when, _ in rules], [why for _, why in rules], default="")
    shown = reason == ""
    wide_complement = (width > NARROW_WIDTH) & ~extreme & (complement > RELATIVE_WIDTH)
    return pd.DataFrame(
        {
            "verdict": np.where(shown, "show", "suppress"),
            "reason": reason,
            "footnote": shown & wide_complement,
            "review": shown & (extreme | (freedom < MINIMUM_DEGREES_OF_FREEDOM)),
        }
    )


def _counts(count: ArrayLike, nobs: ArrayLike) -> tuple[NDArray, NDArray]:
    """Return both as floats of one shape; EstimationError unless 0 <= count <= nobs."""
    count, nobs = np.broadcast_arrays(np.asarray(count, float), np.asarray(nobs, float))
    if np.any((count < 0) | (count > nobs)):
        raise EstimationError(
            "a count below 0 or above its denominator", expected="0 <= count <= denominator"
        )
    return count, nobs


def _clipped(low: NDArray, high: NDArray, share: NDArray) -> Interval:
    """Return ends within 0 and 1, exactly 0 and 1 at those shares."""
    low = np.where(share == 0, 0.0, np.clip(low, 0, 1))
    high = np.where(share == 1, 1.0, np.clip(high, 0, 1))
    return Interval(low[()], high[()])
