"""Interrupted time series: one series, its interruptions, one estimator, and what they say."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd

from coee_nb.engines.ar1 import inference
from coee_nb.engines.ar1.batch import fit_designs
from coee_nb.engines.ar1.design_matrix import DesignMatrix, Interruption, build
from coee_nb.engines.ar1.estimators import ESTIMATORS
from coee_nb.engines.ar1.periods import Date, as_period, listed, several
from coee_nb.errors import ParameterError, StatisticalWarning
from coee_nb.formats import number, p_value
from coee_nb.lazily import offered
from coee_nb.results import Result

__all__ = ["Fit", "Interruption", "fit", "term_words"]

FEWEST_FOR_RHO = 12
COLUMNS = ("estimate", "se", "df", "ci_low", "ci_high", "p")
NAMES = {
    "reml": "REML with AR(1) errors",
    "ols": "ordinary least squares",
    "newey-west": "Newey-West",
    "prais-winsten": "Prais-Winsten",
    "arima": "ARIMA(1,0,0)",
}


@dataclass(frozen=True, repr=False)
class Fit(Result):
    """A fitted interrupted time series: its ``design``, its ``estimate``, and what they say.

    ``design`` holds the series used and its terms, ``estimate`` the arrays behind ``contrast``,
    ``warnings`` the cautions also given as StatisticalWarning. Everything else is read off them.
    """

    SHOWS: ClassVar[Mapping[str, Sequence[str]]] = {"coefficients": ()}

    estimator: str
    design: DesignMatrix = field(repr=False)
    estimate: inference.TermEstimates = field(repr=False)
    warnings: tuple[str, ...]

    @cached_property
    def coefficients(self) -> pd.DataFrame:
        """One row a term: estimate, se, df, ci_low, ci_high (95%), p."""
        return table(self.estimate, self.design.names)

    @cached_property
    def fitted(self) -> pd.Series:
        """The model's line in every period used."""
        values = self.design.matrix @ self.estimate.coefficients
        return pd.Series(values, index=self.design.observed.index, name="fitted")

    @cached_property
    def residuals(self) -> pd.Series:
        """Series less line in every period used."""
        return (self.design.observed - self.fitted).rename("residual")

    @property
    def rho(self) -> float:
        """The AR(1) coefficient; NaN where the estimator has none."""
        return self.estimate.rho

    @cached_property
    def text(self) -> str:
        """What the fit says of each interruption, in one sentence."""
        return _sentence(self)

    def contrast(
        self, weights: Mapping[str, float], *, confidence: float = 0.95
    ) -> inference.Contrast:
        """Return the combination of terms sum(weight x coefficient), with its interval.

        The slope after an interruption is ``fit.contrast({"trend": 1, "slope[2016-10]": 1})``.
        Raises ParameterError for a term that the fit does not have.
        """
        terms = self.design.names
        unknown = [term for term in weights if term not in terms]
        if unknown:
            raise ParameterError(
                f"no term {', '.join(map(str, unknown))}", expected=f"one of {', '.join(terms)}"
            )
        vector = np.array([float(weights.get(term, 0.0)) for term in terms])
        return inference.contrast(self.estimate, vector, confidence=confidence)


def fit(
    series: pd.Series,
    interruptions: Sequence[Date | Interruption],
    *,
    estimator: str | None = None,
    season: str | int | None = None,
    pulses: Sequence[Date] = (),
    exog: pd.DataFrame | pd.Series | None = None,
    lags: int | None = None,
    washout: Sequence[Date] = (),
) -> Fit:
    """Fit y = intercept + trend t + sum_k [level_k 1(t>=T_k) + slope_k (t-T_k) 1(t>=T_k)] + season.

    ``series`` on a monthly, quarterly or yearly PeriodIndex; ``interruptions`` dates such as
    "2016-10" or ``Interruption(at, level=True, slope=True)``. Time starts at 0; the boundary is
    inclusive: the interruption's own period is post, with slope 0. ``season``: None, "month"
    ("quarter") or a number of harmonics. ``pulses``: periods with an effect of
    their own, also "2016-10 to 2016-12", or "ramp 2016-10 to 2016-12" for one that rises and stays.
    ``washout``: periods left out, time running on through them. ``estimator``: by default reml,
    or ols under 12 points, where no estimator of autocorrelation can be relied on; reml (AR(1),
    Satterthwaite), ols, newey-west (``lags``, by default the whole part of 4 (n/100)^(2/9)),
    prais-winsten or arima (AR(1) by exact maximum likelihood). For a log scale pass ``np.log``
    of the series.

    >>> index = pd.period_range("2014-01", periods=48, freq="M")
    >>> amounts = pd.Series(100 + np.random.default_rng(1).normal(size=48), index)
    >>> amounts["2016-01":] += 10
    >>> terms = fit(amounts, ["2016-01"]).coefficients
    >>> bool(terms.at["level[2016-01]", "ci_low"] < 10 < terms.at["level[2016-01]", "ci_high"])
    True

    Raises InputError for an irregular series, EstimationError for fewer than 3 points on a side of
    an interruption, too few residual degrees of freedom or collinear terms, ParameterError for an
    unknown option, one without effect or one outside the series. Warns (StatisticalWarning) where
    the estimate needs a caution.
    (Wagner et al. 2002; Linden 2015; Turner et al. 2021.)
    """
    if estimator is not None:
        refuse_unknown(estimator)
    design = build(series, interruptions, season=season, pulses=pulses, exog=exog, washout=washout)
    estimator = estimator or usual_estimator(len(design.observed))
    refuse_idle(estimator, lags)
    _refuse_outside(series.index, washout)
    (estimate,) = estimates([design], estimator, lags=lags)
    cautions = design.warnings + _cautions(estimate, estimator)
    for caution in cautions:
        warnings.warn(caution, StatisticalWarning, stacklevel=2)
    return Fit(estimator, design, estimate, cautions)


def usual_estimator(points: int) -> str:
    """Return the estimator used unless one is named: ols under 12 points (Turner et al. 2021).

    >>> usual_estimator(11), usual_estimator(12)
    ('ols', 'reml')
    """
    return "reml" if points >= FEWEST_FOR_RHO else "ols"


def refuse_idle(estimator: str, lags: int | None) -> None:
    """Raise ParameterError for an option that the estimator does not use."""
    if lags is not None and estimator != "newey-west":
        raise ParameterError(
            f"lags {lags} with the estimator {estimator}, which has none",
            where="lags",
            expected="lags with newey-west alone",
            do="leave lags out, or name the estimator newey-west",
        )


def _refuse_outside(index: pd.PeriodIndex, washout: Sequence[Date]) -> None:
    """Refuse periods to leave out that the series does not have."""
    left_out = [as_period(one, index, what="wash-out period") for one in several(washout)]
    outside = [one for one in left_out if not index[0] <= one <= index[-1]]
    if outside:
        raise ParameterError(
            f"wash-out {listed(outside)} lies outside the series, {index[0]} to {index[-1]}",
            where="washout",
            expected="periods of the series",
            do="leave them out of the wash-out",
        )


def refuse_unknown(estimator: str) -> None:
    """Raise ParameterError for an estimator that there is not."""
    if estimator not in ESTIMATORS:
        raise ParameterError(f"estimator {estimator!r}", expected=f"one of {', '.join(ESTIMATORS)}")


def estimates(
    designs: Sequence[DesignMatrix], estimator: str, *, lags: int | None = None
) -> list[inference.TermEstimates]:
    """Return the estimate of every design by one estimator, in their order."""
    if estimator == "reml":
        return fit_designs(designs)
    options = {"lags": lags} if estimator == "newey-west" else {}
    return [
        ESTIMATORS[estimator](
            design.observed.to_numpy(), design.matrix, design.gaps, names=design.names, **options
        )
        for design in designs
    ]


def table(
    estimate: inference.TermEstimates, names: Sequence[str], weights: np.ndarray | None = None
) -> pd.DataFrame:
    """Return one row a term, or a row of ``weights`` (c, k): estimate, se, df, CI and p."""
    result = inference.contrast(estimate, np.eye(len(names)) if weights is None else weights)
    columns = {name: getattr(result, name) for name in COLUMNS}
    return pd.DataFrame(columns, index=pd.Index(names, name="term"))


def _cautions(estimate: inference.TermEstimates, estimator: str) -> tuple[str, ...]:
    cautions = []
    if not estimate.interior:
        cautions.append(
            f"the likelihood has no maximum inside the range of rho: {NAMES[estimator]} is shown "
            f"at its end, rho = {estimate.rho:.4f}, and its intervals take that value as known"
        )
    elif estimate.boundary:
        cautions.append(
            f"the likelihood is higher at the end of rho's range than at the maximum inside it, "
            f"rho = {estimate.rho:.3f}, which is the one shown"
        )
    if not estimate.converged:
        cautions.append(f"{NAMES[estimator]} did not converge")
    return tuple(cautions)


def _sentence(fit: Fit) -> str:
    changes = [
        f"{term_words(row.Index)} {_significant(row.estimate)} (95% CI "
        f"{_significant(row.ci_low)} to {_significant(row.ci_high)}, p {p_value(row.p)})"
        for row in fit.coefficients.itertuples()
        if str(row.Index).startswith(("level[", "slope["))
    ]
    how = f"{NAMES[fit.estimator]}, {len(fit.design.matrix)} points"
    if np.isfinite(fit.rho):
        how += f", rho = {number(fit.rho, 2)}"
    return f"{'; '.join(changes) or 'No interruption'} ({how})."


def term_words(term: str) -> str:
    """Return the term of a model as a reader's words.

    >>> term_words("level[2016-10]"), term_words("slope[2018Q1]"), term_words("trend")
    ('step at 2016-10', 'change of slope at 2018Q1', 'trend')
    >>> term_words("pulse[2015-08]"), term_words("month[2]")
    ('2015-08 apart', 'month 2')
    """
    name, _, at = str(term).removesuffix("]").partition("[")
    said = {"level": "step at {}", "slope": "change of slope at {}", "pulse": "{} apart"}
    return said.get(name, f"{name} {{}}").format(at).strip()


def _significant(value: float) -> str:
    """Return a number with about three significant digits and no exponent."""
    if not np.isfinite(value):
        return str(value)
    size = int(np.floor(np.log10(abs(value)))) if value else 0
    return number(value, max(0, 2 - size))


__all__ = ["Fit", "Interruption", "fit", "term_words"]
__dir__ = offered(__all__)
