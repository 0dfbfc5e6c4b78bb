"""Several series together: treated against control."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coee_nb.collections.its import NAMES, refuse_unknown, table
from coee_nb.engines.ar1 import inference
from coee_nb.engines.ar1.design_matrix import DesignMatrix, Interruption, build
from coee_nb.engines.ar1.estimators import ESTIMATORS
from coee_nb.engines.ar1.process import gaps_of
from coee_nb.errors import InputError, StatisticalWarning
from coee_nb.formats import number, p_value

UNEQUAL_NOISE = 3  # largest residual standard deviation over the smallest
PERIOD = "period"


@dataclass(frozen=True)
class SeriesComparison:
    """A model of several series.

    ``effects``: one row a change of interest, columns estimate, se, df, ci_low, ci_high, p (95 %);
    ``coefficients``: every term, the same columns; ``rho`` the AR(1) coefficient that the series
    share; ``noise`` residual standard deviation by series; ``warnings`` the cautions also given as
    StatisticalWarning; ``text`` a sentence.
    """

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
) -> SeriesComparison:
    """Return how much more level and slope changed in the treated series than in the control ones.

    ``frame`` one column a series on a PeriodIndex; ``treated`` names some of them, the others are
    the control group. Every series has its own intercept and trend; the control group's changes of
    level and slope are shared by all, and the treated differ from them by ``effects``. ``season``
    is shared, or "period": an effect of every single period, which takes out what moved all series
    at once. Errors are AR(1) within a series with one rho and one variance (take logarithms of
    series of different size) and independent between series.

    Raises InputError for unknown names or an empty group, and the errors of ``its.fit``.
    (Linden 2015, multiple-group interrupted time series.)
    """
    refuse_unknown(estimator)
    _refuse_groups(frame, treated)
    designs = {
        name: build(column, interruptions, season=_own(season)) for name, column in frame.items()
    }
    changes = [name for name in next(iter(designs.values())).names if _is_change(name)]
    blocks = []
    for name, design in designs.items():
        block = _starting(name, design) | _shared(season, design)
        for change in changes:
            column = design.matrix[:, design.names.index(change)]
            if season != PERIOD:
                block[change] = column
            if name in treated:
                block[f"treated:{change}"] = column
        blocks.append(block)
    effects = {change: {f"treated:{change}": 1.0} for change in changes}
    return _fit(designs, blocks, effects, estimator)


def _refuse_groups(frame: pd.DataFrame, treated: Sequence[str]) -> None:
    unknown = [str(name) for name in treated if name not in frame.columns]
    if unknown:
        raise InputError(f"no series {', '.join(unknown)}", where="treated")
    if not treated or len(set(treated)) == len(frame.columns):
        raise InputError("a group is empty", where="treated", expected="treated and control series")


def _own(season: str | int | None) -> str | int | None:
    return None if season == PERIOD else season


def _is_change(term: str) -> bool:
    return term.startswith(("level[", "slope["))


def _starting(name: str, design: DesignMatrix) -> dict[str, np.ndarray]:
    return {
        f"{name}:{term}": design.matrix[:, place] for place, term in enumerate(design.names[:2])
    }


def _shared(season: str | int | None, design: DesignMatrix) -> dict[str, np.ndarray]:
    """Return the terms that all series share: the season, or an effect of every period.

    The first and last period need none: the series' own intercepts and trends pass through them.
    """
    if season == PERIOD:
        inner = range(1, int(design.time[-1]))
        return {f"period[{k}]": (design.time == k).astype(float) for k in inner}
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
) -> SeriesComparison:
    rows = [pd.DataFrame(block) for block in blocks]
    X = pd.concat(rows, keys=list(designs), names=["series"]).fillna(0.0)
    panel = X.index.get_level_values("series").to_numpy()
    y = np.concatenate([design.observed.to_numpy() for design in designs.values()])
    time = np.concatenate([design.time for design in designs.values()])
    estimate = ESTIMATORS[estimator](y, X.to_numpy(), gaps_of(time, panel), names=list(X.columns))
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
        f"{row.Index} {number(row.estimate, 3)} (95 % CI {number(row.ci_low, 3)} to "
        f"{number(row.ci_high, 3)}, p {p_value(row.p)})"
        for row in effects.itertuples()
    ]
    return f"Treated less control: {'; '.join(changes)} ({NAMES[estimator]}, {series} series)."
