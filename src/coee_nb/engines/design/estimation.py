"""Design-based estimates: how far a proportion of a sample may be from the population's.

Whoever responded is taken as a simple random sample of the frame; that is an assumption about
non-response, not a fact. Variances are linearised (Binder 1983), with finite population
correction, and reproduce R's survey package (Lumley 2004, Journal of Statistical Software 9).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special

from coee_nb.engines.design.intervals import Interval
from coee_nb.errors import EstimationError, InputError
from coee_nb.unseen import Unseen

RAKING_TOLERANCE = 1e-11
RAKING_SWEEPS = 1000


@dataclass(frozen=True, repr=False)
class Calibration(Unseen):
    """What calibrating took out of the variance: weighted regressors and the weights before.

    ``regressors`` has one row a respondent and one column a margin's group; ``influence`` are the
    weights of the regression, ``weights`` the calibrated ones.
    """

    regressors: NDArray[np.float64]
    influence: NDArray[np.float64]
    weights: NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class Design(Unseen):
    """A sample: ``weights`` has one entry a respondent, the people of the frame it stands for.

    ``population`` are the people of the frame (infinite: no correction).
    """

    weights: NDArray[np.float64]
    population: float
    calibration: Calibration | None = None

    @property
    def rows(self) -> int:
        """The number of respondents."""
        return len(self.weights)


@dataclass(frozen=True, repr=False)
class Estimate(Unseen):
    """A mean or proportion of a design.

    ``degrees_of_freedom`` are those of the design with its item non-respondents, as in R's
    ``degf``; ``answered`` are the values used.
    """

    estimate: float
    standard_error: float
    degrees_of_freedom: int
    answered: int

    def interval(self, *, confidence: float = 0.95) -> Interval:
        """Return the interval of a proportion on the logit scale, with the design's own df.

        Equals R's ``svyciprop(method = "logit")``. NaN where there is none: at 0 or 1, and without
        degrees of freedom.
        """
        p, freedom = self.estimate, self.degrees_of_freedom
        if not 0 < p < 1 or freedom < 1:
            return Interval(np.array(np.nan), np.array(np.nan))
        half = -special.stdtrit(freedom, (1 - confidence) / 2) * self.standard_error / (p * (1 - p))
        middle = special.logit(p)
        return Interval(special.expit(middle - half), special.expit(middle + half))


@dataclass(frozen=True, repr=False)
class Difference(Unseen):
    """A design-based comparison of two means: R's ``svyttest``."""

    estimate: float
    standard_error: float
    degrees_of_freedom: int
    statistic: float
    p: float
    low: float
    high: float


class ProportionErrors(NamedTuple):
    """Three standard errors of a proportion; each says what the answers are a sample of."""

    without_correction: NDArray[np.float64]
    answered_as_sample: NDArray[np.float64]
    domain: NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class Association(Unseen):
    """A design-based test of independence: R's ``svychisq(statistic = "F")``."""

    statistic: float
    numerator_df: float
    denominator_df: float
    p: float


def simple_random(rows: int, *, frame: float = np.inf) -> Design:
    """Return ``rows`` respondents as a simple random sample of ``frame`` people.

    Without ``frame`` there is no finite population correction and each weighs 1.

    >>> design = simple_random(544, frame=1052)
    >>> answers = np.r_[np.ones(303), np.zeros(141), np.full(100, np.nan)]
    >>> f"{mean(design, answers).standard_error:.4f}"
    '0.0154'
    """
    if rows < 1:
        raise EstimationError("no respondents", do="check what was excluded")
    if frame < rows:
        raise EstimationError(f"{rows} respondents in a frame of {frame}", do="correct the frame")
    weight = 1.0 if np.isinf(frame) else frame / rows
    return Design(np.full(rows, weight), float(frame))


def post_stratified(design: Design, groups: pd.Series, frame: Mapping[str, float]) -> Design:
    """Return ``design`` with weights that add up to ``frame`` in every group (R's postStratify).

    Holt and Smith (1979), Journal of the Royal Statistical Society A 142.
    """
    codes, labels = _groups(groups, frame)
    totals = np.array([frame[label] for label in labels], float)
    weights = design.weights * (totals / np.bincount(codes, design.weights))[codes]
    calibration = Calibration(_indicators(codes), design.weights, weights)
    return replace(design, weights=weights, calibration=calibration)


def raked(design: Design, margins: Mapping[str, tuple[pd.Series, Mapping[str, float]]]) -> Design:
    """Return ``design`` with weights raked to several margins at once (R's rake).

    ``margins``: name -> (one label a respondent, frame count of each label). Weights are scaled
    margin by margin until all agree (Deming and Stephan 1940). Standard errors use residuals from
    an unweighted regression on all margins, the limit of R's alternating sweeps. Raises
    EstimationError when margins disagree or do not converge.
    """
    coded = [(*_groups(groups, frame), frame) for groups, frame in margins.values()]
    totals = [np.array([frame[k] for k in labels], float) for _, labels, frame in coded]
    if any(not np.isclose(a.sum(), b.sum()) for a, b in pairwise(totals)):
        raise EstimationError("margins of different totals", do="count every margin on one frame")
    weights = design.weights
    for _ in range(RAKING_SWEEPS):
        for (codes, _, _), total in zip(coded, totals, strict=True):
            weights = weights * (total / np.bincount(codes, weights))[codes]
        gaps = [
            np.max(np.abs(np.bincount(codes, weights) / total - 1))
            for (codes, _, _), total in zip(coded, totals, strict=True)
        ]
        if max(gaps) < RAKING_TOLERANCE:
            break
    else:
        raise EstimationError("raking does not converge", do="merge groups with few respondents")
    regressors = np.hstack([_indicators(codes) for codes, _, _ in coded])
    calibration = Calibration(regressors, np.ones(design.rows), weights)
    return replace(design, weights=weights, calibration=calibration)


def mean(design: Design, values: ArrayLike) -> Estimate:
    """Return the weighted mean of ``values`` (0/1 for a proportion) among those who answered.

    ``values`` has one entry a respondent; NaN is no answer. Those without one stay in the design,
    so the standard error allows for a random number of answers (R: svymean on a subset).
    Raises EstimationError when nobody answered or one row is all there is.

    >>> f"{mean(simple_random(444, frame=1052), np.r_[np.ones(303), np.zeros(141)]).estimate:.4f}"
    '0.6824'
    """
    values = _values(design, values)
    used = np.isfinite(values)
    if not used.any():
        raise EstimationError("nobody answered", do="leave the item out")
    share, influence = _linearised(design, values, used)
    error = float(np.sqrt(_covariance(design, influence)[0, 0]))
    return Estimate(share, error, degrees_of_freedom=design.rows - 1, answered=int(used.sum()))


def proportion_errors(
    share: ArrayLike, *, answered: ArrayLike, responded: ArrayLike, frame: ArrayLike
) -> ProportionErrors:
    """Return standard errors of proportions, in closed form for whole columns.

    ``without_correction``: the binomial one. ``answered_as_sample``: those who answered are a
    simple random sample of the frame. ``domain``: respondents are the sample and those who
    answered a domain of it, as ``mean(simple_random(...))`` gives. All take non-response as
    random.

    >>> [f"{x:.4f}" for x in proportion_errors(303/444, answered=444, responded=544, frame=1052)]
    ['0.0221', '0.0168', '0.0154']
    """
    share, answered, responded, frame = (
        np.asarray(value, float) for value in (share, answered, responded, frame)
    )
    spread = share * (1 - share)
    with np.errstate(invalid="ignore", divide="ignore"):
        plain = np.sqrt(spread / answered)
        sample = np.sqrt((1 - answered / frame) * spread / (answered - 1))
        scale = (1 - responded / frame) * responded / (responded - 1)
        domain = np.sqrt(scale * spread / answered)
    return ProportionErrors(plain[()], sample[()], domain[()])


def difference(
    design: Design, values: ArrayLike, group: ArrayLike, *, confidence: float = 0.95
) -> Difference:
    """Return mean in ``group`` (a mask) minus mean of the rest, with a design-based t test.

    Both have one entry a respondent; a value that is NaN is no answer. Equals R's ``svyttest``:
    degrees of freedom are those of the item's respondents, less one.
    Raises EstimationError when a side is empty or the standard error is 0.
    """
    values, inside = _values(design, values), np.asarray(group, bool)
    answered = np.isfinite(values)
    if not (answered & inside).any() or not (answered & ~inside).any():
        raise EstimationError("one side has no answers")
    here, influence_here = _linearised(design, values, answered & inside)
    there, influence_there = _linearised(design, values, answered & ~inside)
    error = float(np.sqrt(_covariance(design, influence_here - influence_there)[0, 0]))
    freedom = int(answered.sum()) - 2
    if error == 0 or freedom < 1:
        raise EstimationError("no variation to test against")
    statistic = (here - there) / error
    half = -special.stdtrit(freedom, (1 - confidence) / 2) * error
    return Difference(
        estimate=here - there,
        standard_error=error,
        degrees_of_freedom=freedom,
        statistic=statistic,
        p=float(2 * special.stdtr(freedom, -abs(statistic))),
        low=here - there - half,
        high=here - there + half,
    )


def between_samples(now: Estimate, then: Estimate, *, confidence: float = 0.95) -> Difference:
    """Return one estimate minus that of another, independent sample, with a t test.

    Degrees of freedom are those of both. Raises EstimationError when both standard errors are 0.
    Source: Cochran, Sampling Techniques, 3rd ed. (1977), section 2.12.
    """
    error = float(np.hypot(now.standard_error, then.standard_error))
    freedom = now.degrees_of_freedom + then.degrees_of_freedom
    if error == 0 or freedom < 1:
        raise EstimationError("no variation to test against")
    change = now.estimate - then.estimate
    half = -special.stdtrit(freedom, (1 - confidence) / 2) * error
    return Difference(
        estimate=change,
        standard_error=error,
        degrees_of_freedom=freedom,
        statistic=change / error,
        p=float(2 * special.stdtr(freedom, -abs(change / error))),
        low=change - half,
        high=change + half,
    )


def rao_scott(design: Design, rows: pd.Series, columns: pd.Series) -> Association:
    """Return the second-order Rao-Scott test of independence of two classifications, as F.

    Respondents who lack either are outside the domain. Equals R's ``svychisq``. Raises
    EstimationError when either has fewer than two classes or the table is too sparse.
    Source: Rao and Scott (1984), Annals of Statistics 12.
    """
    both = (rows.notna() & columns.notna()).to_numpy()
    row_codes, row_labels = pd.factorize(rows.where(both))
    column_codes, column_labels = pd.factorize(columns.where(both))
    if min(len(row_labels), len(column_labels)) < 2:
        raise EstimationError("fewer than two classes to compare")
    shape = (len(row_labels), len(column_labels))
    cells = np.zeros((design.rows, shape[0] * shape[1]))
    cells[both, (row_codes * shape[1] + column_codes)[both]] = 1
    mass = np.where(both, design.weights, 0.0)
    shares = mass @ cells / mass.sum()
    variance = _covariance(design, mass[:, None] * (cells - shares) * both[:, None] / mass.sum())
    effects = _generalised_effects(shares, variance, shape)
    expected = np.outer(*(shares.reshape(shape).sum(axis=k) for k in (1, 0))).ravel()
    pearson = float(np.sum((shares - expected) ** 2 / expected))
    trace = float(np.trace(effects))
    numerator = trace**2 / float(np.trace(effects @ effects))
    denominator = numerator * (int(both.sum()) - 1)
    statistic = pearson / trace
    p = float(special.fdtrc(numerator, denominator, statistic))
    return Association(statistic, numerator, denominator, p)


def _generalised_effects(
    shares: NDArray[np.float64], variance: NDArray[np.float64], shape: tuple[int, int]
) -> NDArray[np.float64]:
    """Return the design effects matrix of the interaction contrasts (variance times 1, not n)."""
    inverse = np.where(shares > 0, 1 / np.where(shares > 0, shares, 1), 0.0)
    row, column = np.divmod(np.arange(len(shares)), shape[1])
    main = np.hstack([_indicators(row), _indicators(column)[:, 1:]])
    products = np.einsum("ij,ik->ijk", _indicators(row)[:, 1:], _indicators(column)[:, 1:])
    products = products.reshape(len(shares), -1)
    contrasts = products - main @ np.linalg.lstsq(main, products, rcond=None)[0]
    expected = contrasts.T @ (inverse[:, None] * contrasts)
    observed = contrasts.T @ (inverse[:, None] * variance * inverse) @ contrasts
    try:
        effects = np.linalg.solve(expected, observed)
    except np.linalg.LinAlgError as error:
        raise EstimationError("too many empty cells to test", do="merge classes") from error
    if not np.isfinite(effects).all() or np.trace(effects) <= 0:
        raise EstimationError("no variation to test against")
    return effects


def _linearised(
    design: Design, values: NDArray[np.float64], used: NDArray[np.bool_]
) -> tuple[float, NDArray[np.float64]]:
    """Return the weighted mean over ``used`` and every respondent's influence on it."""
    mass = np.where(used, design.weights, 0.0)
    filled = np.where(used, values, 0.0)
    share = float(mass @ filled / mass.sum())
    return share, mass * (filled - share) / mass.sum()


def _covariance(design: Design, influence: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the covariance of totals of ``influence``, with finite population correction."""
    influence = influence.reshape(design.rows, -1)
    if design.calibration is not None:
        influence = _residuals(design.calibration, influence)
    fraction = 1 - design.rows / design.population
    if design.rows == 1 and fraction > 0:
        raise EstimationError("one respondent alone", do="leave the estimate out")
    centred = influence - influence.mean(axis=0)
    return fraction * design.rows / max(design.rows - 1, 1) * (centred.T @ centred)


def _residuals(calibration: Calibration, influence: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``influence`` less what the calibrated margins explain of it."""
    root = np.sqrt(calibration.influence)[:, None]
    outcome = influence / calibration.weights[:, None]
    slopes = np.linalg.lstsq(root * calibration.regressors, root * outcome, rcond=None)[0]
    return (outcome - calibration.regressors @ slopes) * calibration.weights[:, None]


def _values(design: Design, values: ArrayLike) -> NDArray[np.float64]:
    """Return values as an array with one entry a respondent, or raise InputError."""
    values = np.asarray(values, dtype=float)
    if values.shape != (design.rows,):
        raise InputError(
            f"{len(values)} values",
            expected=f"{design.rows}, one a respondent",
            do="pass columns of the table the design was made of",
        )
    return values


def _groups(groups: pd.Series, frame: Mapping[str, float]) -> tuple[NDArray[np.intp], list[str]]:
    """Return each respondent's group number and the groups; every group must be in both."""
    if groups.isna().any():
        raise InputError(
            f"{int(groups.isna().sum())} respondents without {groups.name or 'a group'}",
            do="exclude them with a reason, or give them a group of the frame",
        )
    labels = [label for label, people in dict(frame).items() if people > 0]
    codes = pd.Index(labels).get_indexer(pd.Index(groups))
    if (codes < 0).any():
        unknown = groups[codes < 0].iloc[0]
        raise InputError(
            f"{unknown!r} is not in the frame",
            expected=", ".join(map(str, labels)),
            do="correct the label or add it to the frame",
        )
    empty = np.flatnonzero(np.bincount(codes, minlength=len(labels)) == 0)
    if len(empty):
        raise EstimationError(
            f"no respondent stands for {labels[empty[0]]!r}", do="merge it with another group"
        )
    return codes, labels


def _indicators(codes: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return one 0/1 column a group."""
    return (codes[:, None] == np.arange(codes.max() + 1)).astype(float)
