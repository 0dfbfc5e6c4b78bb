"""Several series together: treated against control."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from coee_nb.collections.its import NAMES, refuse_idle, refuse_unknown, table, term_words
from coee_nb.engines.ar1 import inference
from coee_nb.engines.ar1.design_matrix import DesignMatrix, Interruption, build
from coee_nb.engines.ar1.estimators import ESTIMATORS
from coee_nb.engines.ar1.periods import Date, as_period, several
from coee_nb.engines.ar1.process import gaps_of
from coee_nb.errors import InputError, ParameterError, StatisticalWarning
from coee_nb.formats import number, p_value
from coee_nb.lazily import offered
from coee_nb.results import Result

UNEQUAL_NOISE = 3  # largest residual standard deviation over the smallest
PERIOD = "period"


@dataclass(frozen=True, repr=False)
class SeriesComparison(Result):
    """A model of several series.

    ``effects``: one row a change of interest, columns estimate, se, df, ci_low, ci_high, p (95%);
    ``coefficients``: every term, the same columns; ``rho`` the AR(1) coefficient that the series
    share; ``noise`` residual standard deviation by series; ``warnings`` the cautions also given as
    StatisticalWarning; ``text`` a sentence.
    """

    SHOWS: ClassVar[Mapping[str, Sequence[str]]] = {"effects": (), "coefficients": ()}

    effects: pd.DataFrame
    coefficients: pd.DataFrame
    rho: float
    noise: pd.Series
    warnings: tuple[str, ...]
    text: str


def compare(
    frame: pd.DataFrame,
    interruptions: Sequence[str | Interruption],
    *,
    treated: Sequence[str],
    season: str | int | None = None,
    estimator: str = "reml",
    lags: int | None = None,
    washout: Sequence[Date] = (),
    exog: pd.DataFrame | pd.Series | None = None,
) -> SeriesComparison:
    """Return how much more level and slope changed in the treated series than in the control ones.

    ``frame`` one column a series on a PeriodIndex, blank before a series begins and after it ends;
    ``treated`` names some of them, the others are the control group. Every series has its own
    intercept and trend; the control group's changes of level and slope are shared by all, and the
    treated differ from them by ``effects``. ``season`` is shared, or "period": an effect of every
    single period, which takes out what moved all series at once (without it a shock common to all
    passes for a difference). ``lags``: of newey-west; ``washout``: periods left out; ``exog``:
    further terms by period, shared by all. Errors are AR(1) within a series with one rho and one
    variance (take logarithms of series of different size) and independent between series.

    >>> index, draws = pd.period_range("2015-01", periods=60, freq="M"), np.random.default_rng(1)
    >>> frame = pd.DataFrame(draws.normal(100, 2, (60, 3)), index, ["North", "South", "West"])
    >>> frame.loc["2017-01":, "North"] += 20
    >>> compare(frame, ["2017-01"], treated=["North"], season="period").text[:44]
    'Treated less control: step at 2017-01 20.488'

    Raises InputError for unknown names or an empty group, ParameterError for further terms beside
    effects of periods, and the errors of ``its.fit``. (Linden 2015, multiple groups.)
    """
    refuse_unknown(estimator)
    refuse_idle(estimator, lags)
    _refuse_groups(frame, treated)
    _refuse_shared(season, exog)
    options = {"season": _own(season), "washout": washout, "exog": exog}
    designs = {
        str(name): _design(column, interruptions, frame.index, options)
        for name, column in frame.items()
    }
    shared = _periods(designs) if season == PERIOD else ()
    changes = list(filter(_is_change, next(iter(designs.values())).names))
    blocks = [
        _starting(name, design)
        | _shared(shared, design)
        | _changes(design, changes, treated=name in treated, common=season != PERIOD)
        for name, design in designs.items()
    ]
    effects = {change: {f"treated:{change}": 1.0} for change in changes}
    return _fit(designs, blocks, effects, estimator, lags)


def _design(
    column: pd.Series,
    interruptions: Sequence[str | Interruption],
    index: pd.Index,
    options: Mapping[str, Any],
) -> DesignMatrix:
    """Return the design of one series over its own periods, time counted from the first of all."""
    own = column.loc[column.first_valid_index() : column.last_valid_index()]
    left_out = [as_period(one, own.index, what="wash-out") for one in several(options["washout"])]
    inside = [one for one in left_out if own.index[0] <= one <= own.index[-1]]
    design = build(own, interruptions, **(dict(options) | {"washout": inside}))
    return replace(design, time=design.observed.index.asi8 - index[0].ordinal)


def _periods(designs: Mapping[str, DesignMatrix]) -> tuple[int, ...]:
    """Return the periods that have an effect of their own, as they are counted.

    The first and last period need none: the series' own intercepts and trends pass through them.
    """
    return tuple(np.unique(np.concatenate([one.time for one in designs.values()]))[1:-1])


def _refuse_groups(frame: pd.DataFrame, treated: Sequence[str]) -> None:
    unknown = [str(name) for name in treated if name not in frame.columns]
    if unknown:
        raise InputError(f"no series {', '.join(unknown)}", where="treated")
    if not treated or len(set(treated)) == len(frame.columns):
        raise InputError("a group is empty", where="treated", expected="treated and control series")


def _changes(
    design: DesignMatrix, changes: Sequence[str], *, treated: bool, common: bool
) -> dict[str, np.ndarray]:
    """Return the changes that all series share and those of the treated alone."""
    columns = {change: design.matrix[:, design.names.index(change)] for change in changes}
    own = {f"treated:{change}": column for change, column in columns.items() if treated}
    return (columns if common else {}) | own


def _refuse_shared(season: str | int | None, exog: Any) -> None:
    """Refuse further terms that effects of periods would leave without any."""
    if season == PERIOD and exog is not None:
        raise ParameterError(
            "further terms beside an effect of every period, which takes out all that is shared",
            where="exog",
            do="leave exog out, or name another season",
        )


def _own(season: str | int | None) -> str | int | None:
    return None if season == PERIOD else season


def _is_change(term: str) -> bool:
    return term.startswith(("level[", "slope["))


def _starting(name: str, design: DesignMatrix) -> dict[str, np.ndarray]:
    return {
        f"{name}:{term}": design.matrix[:, place] for place, term in enumerate(design.names[:2])
    }


def _shared(periods: Sequence[int], design: DesignMatrix) -> dict[str, np.ndarray]:
    """Return the terms that all series share: effects of periods, else season and further terms."""
    if len(periods):
        return {f"period[{k}]": (design.time == k).astype(float) for k in periods}
    return {
        term: design.matrix[:, place]
        for place, term in enumerate(design.names)
        if place > 1 and not _is_change(term)
    }


def _fit(
    designs: Mapping[str, DesignMatrix],
    blocks: Sequence[Mapping[str, np.ndarray]],
    effects: Mapping[str, Mapping[str, float]],
    estimator: str,
    lags: int | None,
) -> SeriesComparison:
    rows = [pd.DataFrame(block) for block in blocks]
    X = pd.concat(rows, keys=list(designs), names=["series"]).fillna(0.0)
    panel = X.index.get_level_values("series").to_numpy()
    y = np.concatenate([design.observed.to_numpy() for design in designs.values()])
    time = np.concatenate([design.time for design in designs.values()])
    options = {"lags": lags} if estimator == "newey-west" else {}
    estimate = ESTIMATORS[estimator](
        y, X.to_numpy(), gaps_of(time, panel), names=list(X.columns), **options
    )
    weights = np.array(
        [[combination.get(term, 0.0) for term in X.columns] for combination in effects.values()]
    )
    result = table(estimate, list(effects), weights)
    residuals = pd.Series(y - X.to_numpy() @ estimate.coefficients, index=panel)
    noise = residuals.groupby(level=0, sort=False).std().rename("residual_sd")
    cautions = _cautions(designs, noise, estimate)
    for caution in cautions:
        warnings.warn(caution, StatisticalWarning, stacklevel=3)
    return SeriesComparison(
        effects=result,
        coefficients=table(estimate, list(X.columns)),
        rho=estimate.rho,
        noise=noise,
        warnings=cautions,
        text=_sentence(result, estimator, len(designs)),
    )


def _cautions(
    designs: Mapping[str, DesignMatrix], noise: pd.Series, estimate: inference.TermEstimates
) -> tuple[str, ...]:
    cautions = [f"{name}: {text}" for name, design in designs.items() for text in design.warnings]
    spans = {name: (d.observed.index[0], d.observed.index[-1]) for name, d in designs.items()}
    whole = min(one for one, _ in spans.values()), max(one for _, one in spans.values())
    cautions += [f"{name} is there from {first} to {last} alone"
                 for name, (first, last) in spans.items() if (first, last) != whole]  # fmt: skip
    if noise.max() > UNEQUAL_NOISE * noise.min():
        cautions.append(
            f"{noise.idxmax()} is {number(noise.max() / noise.min(), 1)} times as noisy as "
            f"{noise.idxmin()}, but the model gives them one variance: take logarithms or rates"
        )
    if estimate.boundary:
        cautions.append("the likelihood is highest at the end of rho's range")
    if not estimate.converged:
        cautions.append("the search for rho did not converge")
    return tuple(cautions)


def _sentence(effects: pd.DataFrame, estimator: str, series: int) -> str:
    changes = [
        f"{term_words(row.Index)} {number(row.estimate, 3)} (95% CI {number(row.ci_low, 3)} to "
        f"{number(row.ci_high, 3)}, p {p_value(row.p)})"
        for row in effects.itertuples()
    ]
    return f"Treated less control: {'; '.join(changes)} ({NAMES[estimator]}, {series} series)."


__all__ = ["SeriesComparison", "compare"]
__dir__ = offered(__all__)
