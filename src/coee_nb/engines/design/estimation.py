"""Design-based estimates: how far a proportion among respondents may be from the frame's.

Respondents are taken as a random sample of the frame, as a whole or within strata; that is an
assumption about non-response, not a fact of the survey. Variances are linearised (Binder 1983),
with finite population correction, and reproduce R's survey package (Lumley 2004, Journal of
Statistical Software 9).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special

from coee_nb.engines.design.intervals import Interval, korn_graubard
from coee_nb.errors import EstimationError, InputError
from coee_nb.unseen import Unseen

Method = Literal["logit", "likelihood", "arcsine", "korn_graubard", "wald", "normal"]
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
    """Respondents as a sample: one entry a respondent, in the order of the response table.

    ``weights`` are people of the frame one respondent stands for, ``strata`` the stratum's
    number, ``population`` the people in the frame of that stratum (infinite: no correction).
    """

    weights: NDArray[np.float64]
    strata: NDArray[np.intp]
    population: NDArray[np.float64]
    calibration: Calibration | None = None
    label: str = "simple random sample"

    @property
    def rows(self) -> int:
        """The number of respondents."""
        return len(self.weights)


@dataclass(frozen=True, repr=False)
class Estimate(Unseen):
    """A mean or proportion of a design.

    ``degrees_of_freedom`` and ``rows`` are those of the domain with its item non-respondents, as
    in R's ``degf``; ``answered`` are the values used; ``design_effect`` compares with a simple
    random sample drawn with replacement.
    """

    estimate: float
    standard_error: float
    degrees_of_freedom: int
    rows: int
    answered: int
    design_effect: float

    def interval(self, *, method: Method = "logit", confidence: float = 0.95) -> Interval:
        """Return the confidence interval; see ``proportion_interval``."""
        return proportion_interval(self, method=method, confidence=confidence)


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
    return Design(np.full(rows, weight), np.zeros(rows, np.intp), np.full(rows, float(frame)))


def stratified(strata: pd.Series, frame: Mapping[str, int]) -> Design:
    """Return respondents as simple random samples within ``strata``, one label a respondent.

    ``frame`` counts the people of each stratum. A stratum of the frame without respondents
    cannot be represented and raises EstimationError.
    """
    codes, labels = _groups(strata, frame)
    population = np.array([frame[label] for label in labels], float)
    sampled = np.bincount(codes, minlength=len(labels)).astype(float)
    if np.any(sampled > population):
        raise EstimationError(
            f"more respondents than people in {labels[int(np.argmax(sampled > population))]!r}",
            do="correct the frame counts",
        )
    return Design(
        weights=(population / sampled)[codes],
        strata=codes,
        population=population[codes],
        label=f"simple random samples by {strata.name or 'stratum'}",
    )


def post_stratified(design: Design, groups: pd.Series, frame: Mapping[str, int]) -> Design:
    """Return ``design`` with weights that add up to ``frame`` in every group (R's postStratify).

    Holt and Smith (1979), Journal of the Royal Statistical Society A 142.
    """
    codes, labels = _groups(groups, frame)
    totals = np.array([frame[label] for label in labels], float)
    weights = design.weights * (totals / np.bincount(codes, design.weights))[codes]
    calibration = Calibration(_indicators(codes), design.weights, weights)
    label = f"{design.label}, post-stratified by {groups.name or 'group'}"
    return replace(design, weights=weights, calibration=calibration, label=label)


def raked(design: Design, margins: Mapping[str, tuple[pd.Series, Mapping[str, int]]]) -> Design:
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
    label = f"{design.label}, raked to {' and '.join(margins)}"
    return replace(design, weights=weights, calibration=calibration, label=label)


def mean(design: Design, values: ArrayLike, *, domain: ArrayLike | None = None) -> Estimate:
    """Return the weighted mean of ``values`` (0/1 for a proportion) among those who answered.

    NaN is no answer. ``domain`` is a mask of respondents; the others stay in the design, so the
    standard error allows for a domain of random size (R: svymean on a subset).
    Raises EstimationError when nobody answered or one row is all there is.

    >>> f"{mean(simple_random(444, frame=1052), np.r_[np.ones(303), np.zeros(141)]).estimate:.4f}"
    '0.6824'
    """
    values, inside = _values(design, values, domain)
    used = inside & np.isfinite(values)
    if not used.any():
        raise EstimationError("nobody answered", do="leave the item out")
    share, influence = _linearised(design, values, used)
    variance = float(_covariance(design, influence)[0, 0])
    freedom = int(inside.sum()) - len(np.unique(design.strata[inside]))
    answered = int(used.sum())
    return Estimate(
        estimate=share,
        standard_error=float(np.sqrt(variance)),
        degrees_of_freedom=freedom,
        rows=int(inside.sum()),
        answered=answered,
        design_effect=_design_effect(variance, values[used], design.weights[used], share),
    )


def proportion_interval(
    estimate: Estimate, *, method: Method = "logit", confidence: float = 0.95
) -> Interval:
    """Return the interval of a proportion, as R's ``svyciprop`` with the design's own df.

    ``logit`` (R: logit, xlogit), ``likelihood``, ``arcsine`` (asin), ``korn_graubard`` (beta),
    ``wald`` (mean, t quantile) and ``normal`` (confint of svymean, z quantile). NaN where the
    method does not exist: logit, likelihood and arcsine at 0 or 1, and any without degrees of
    freedom. ``likelihood`` solves the scaled likelihood ratio (Rao and Scott 1984) exactly. R's
    survey 4.1-1 differs there by convention: it interpolates on a grid (up to 3e-6), and with
    blanks under unequal or calibrated weights it scales the deviance by the answering share of the
    weights (up to 0.005); this one does not.
    """
    p, error, freedom = estimate.estimate, estimate.standard_error, estimate.degrees_of_freedom
    if method == "korn_graubard":
        return korn_graubard(
            p, error, rows=estimate.rows, degrees_of_freedom=freedom, confidence=confidence
        )
    if method == "normal":
        z = -special.ndtri((1 - confidence) / 2)
        return Interval(p - z * error, p + z * error)
    if freedom < 1:
        return Interval(np.nan, np.nan)
    t = -special.stdtrit(freedom, (1 - confidence) / 2)
    if method == "wald":
        return Interval(p - t * error, p + t * error)
    if not 0 < p < 1:
        return Interval(np.nan, np.nan)
    if method == "logit":
        half = t * error / (p * (1 - p))
        return Interval(
            special.expit(special.logit(p) - half), special.expit(special.logit(p) + half)
        )
    if method == "arcsine":
        half = t * error / (2 * np.sqrt(p * (1 - p)))
        middle = np.arcsin(np.sqrt(p))
        return Interval(np.sin(middle - half) ** 2, np.sin(middle + half) ** 2)
    if method == "likelihood":
        return _likelihood_interval(p, error, estimate.answered, t)
    raise EstimationError(f"no interval method {method!r}", expected="one named in Method")


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


def means_by(
    design: Design,
    values: ArrayLike,
    groups: pd.Series,
    *,
    method: Method = "logit",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return one row a group: group, estimate, standard_error, low, high, df, rows, answered.

    Groups are domains of one design (R: svyby). A group nobody of which answered has NaN.
    """
    rows = []
    for group in pd.unique(groups.dropna()):
        try:
            found = mean(design, values, domain=(groups == group).to_numpy())
        except EstimationError:
            rows.append({"group": group, "answered": 0})
            continue
        low, high = found.interval(method=method, confidence=confidence)
        rows.append(
            {
                "group": group,
                "estimate": found.estimate,
                "standard_error": found.standard_error,
                "low": float(low),
                "high": float(high),
                "df": found.degrees_of_freedom,
                "rows": found.rows,
                "answered": found.answered,
            }
        )
    columns = ["group", "estimate", "standard_error", "low", "high", "df", "rows", "answered"]
    return pd.DataFrame(rows, columns=columns)


def difference(
    design: Design, values: ArrayLike, group: ArrayLike, *, confidence: float = 0.95
) -> Difference:
    """Return mean in ``group`` (a mask) minus mean of the rest, with a design-based t test.

    Equals R's ``svyttest``: degrees of freedom are those of the item's respondents, less one.
    Raises EstimationError when a side is empty or the standard error is 0.
    """
    values, inside = _values(design, values, group)
    answered = np.isfinite(values)
    if not (answered & inside).any() or not (answered & ~inside).any():
        raise EstimationError("one side has no answers")
    here, influence_here = _linearised(design, values, answered & inside)
    there, influence_there = _linearised(design, values, answered & ~inside)
    error = float(np.sqrt(_covariance(design, influence_here - influence_there)[0, 0]))
    freedom = int(answered.sum()) - len(np.unique(design.strata[answered])) - 1
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
    denominator = numerator * (int(both.sum()) - len(np.unique(design.strata[both])))
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
    """Return the covariance of totals of ``influence``: stratified, with finite correction."""
    influence = influence.reshape(design.rows, -1)
    if design.calibration is not None:
        influence = _residuals(design.calibration, influence)
    strata, codes = np.unique(design.strata, return_inverse=True)
    sampled = np.bincount(codes)
    population = np.array([design.population[codes == k][0] for k in range(len(strata))])
    fraction = np.where(np.isinf(population), 1.0, 1 - sampled / population)
    if np.any((sampled == 1) & (fraction > 0)):
        raise EstimationError("a stratum with one respondent", do="merge strata")
    scale = fraction * sampled / np.maximum(sampled - 1, 1)
    sums = _indicators(codes).T @ influence
    centred = influence - (sums / sampled[:, None])[codes]
    return (centred * scale[codes][:, None]).T @ centred


def _residuals(calibration: Calibration, influence: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``influence`` less what the calibrated margins explain of it."""
    root = np.sqrt(calibration.influence)[:, None]
    outcome = influence / calibration.weights[:, None]
    slopes = np.linalg.lstsq(root * calibration.regressors, root * outcome, rcond=None)[0]
    return (outcome - calibration.regressors @ slopes) * calibration.weights[:, None]


def _likelihood_interval(share: float, error: float, answered: int, quantile: float) -> Interval:
    """Return where 2 (log L(share) - log L(x)), scaled to the design's variance, is quantile^2.

    The quasi-binomial dispersion answered / (answered - 1) enters as in R's svyglm.
    """
    from scipy.optimize import brentq

    limit = quantile**2 * error**2 / (share * (1 - share)) * answered / (answered - 1)

    def excess(logit: float) -> float:
        other = special.expit(logit)
        return 2 * (special.rel_entr(share, other) + special.rel_entr(1 - share, 1 - other)) - limit

    middle = special.logit(share)
    if limit == 0:
        return Interval(share, share)
    low = brentq(excess, middle - 700, middle, xtol=1e-14, rtol=1e-14)
    high = brentq(excess, middle, middle + 30, xtol=1e-14, rtol=1e-14)
    return Interval(special.expit(low), special.expit(high))


def _design_effect(
    variance: float, values: NDArray[np.float64], weights: NDArray[np.float64], share: float
) -> float:
    """Return ``variance`` over that of as many answers drawn at random with replacement."""
    n = len(values)
    if n < 2:
        return float("nan")
    spread = float(weights @ (values - share) ** 2 / weights.sum()) * n / (n - 1)
    return variance / (spread / n) if spread > 0 else float("nan")


def _values(
    design: Design, values: ArrayLike, domain: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return values and mask as arrays with one entry a respondent, or raise InputError."""
    values = np.asarray(values, dtype=float)
    inside = np.ones(design.rows, bool) if domain is None else np.asarray(domain, dtype=bool)
    if values.shape != (design.rows,) or inside.shape != (design.rows,):
        raise InputError(
            f"{values.shape[0]} values and {inside.shape[0]} domain marks",
            expected=f"{design.rows}, one a respondent",
            do="pass columns of the response table the design was made of",
        )
    return values, inside


def _groups(groups: pd.Series, frame: Mapping[str, int]) -> tuple[NDArray[np.intp], list[str]]:
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
