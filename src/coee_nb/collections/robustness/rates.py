"""How often the verdict's rules call a change shown, on series whose truth is known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc

from coee_nb.collections.robustness import diagnostics, safeguards, sensitivity
from coee_nb.engines.ar1 import process
from coee_nb.engines.ar1.batch import Fits, fit_many
from coee_nb.engines.ar1.design_matrix import DesignMatrix, build
from coee_nb.engines.ar1.periods import PERIODS_A_YEAR, Date, as_period, frequency
from coee_nb.engines.errormodels.integrated import fit_integrated
from coee_nb.engines.errormodels.models import MODELS

Array = NDArray[np.floating]
BURN_IN = 200
SEASONAL = "seasonal AR, .4 and .5 a year apart"
NO_CHANGE = (
    "AR(1), rho .5", "AR(1), rho .9", "AR(2), .3 and .4", "random walk and noise",
    "smooth curve of 3 sd, AR(1) .4", SEASONAL,
    "sd threefold from the change on, AR(1) .4", "t errors of 3 df, AR(1) .4",
    "unlisted step of 4 sd six periods before, AR(1) .4",
)  # fmt: skip
STEPS = {"step of 3 sd, AR(1) .4": 3.0, "step of 4 sd, AR(1) .4": 4.0}
YEAR = 12


def draw_families(
    points: int, change: int, series: int, generator: np.random.Generator, *, year: int = YEAR
) -> dict[str, Array]:
    """Return ``series`` series (series, points) of each family, with sd 1 about what is true.

    ``change``: the place of the first point after the change; ``year``: points a year, of one a
    year none is seasonal. Nothing changes there in those of
    ``NO_CHANGE``; in those of ``STEPS`` the level does, by as many standard deviations.
    """
    after = np.arange(points) >= change
    turn = generator.uniform(0, 2 * np.pi, (series, 1))
    yearly = np.zeros(max(year, 2) + 1)
    yearly[[0, -2, -1]] = 0.4, 0.5, -0.2

    def errors(*coefficients: float, shocks: Array | None = None) -> Array:
        if shocks is None:
            shocks = generator.standard_normal((series, points + BURN_IN))
        found = process.recursive(coefficients, shocks)[:, BURN_IN:]
        return found / found.std()

    walk = np.cumsum(generator.standard_normal((series, points)), axis=1)
    found = {
        "AR(1), rho .5": errors(0.5),
        "AR(1), rho .9": errors(0.9),
        "AR(2), .3 and .4": errors(0.3, 0.4),
        "random walk and noise": walk + generator.standard_normal((series, points)),
        "smooth curve of 3 sd, AR(1) .4":
            3 * np.sin(2 * np.pi * np.arange(points) / points + turn) + errors(0.4),
        SEASONAL: errors(*yearly),
        "sd threefold from the change on, AR(1) .4": errors(0.4) * np.where(after, 3, 1),
        "t errors of 3 df, AR(1) .4":
            errors(0.4, shocks=generator.standard_t(3, (series, points + BURN_IN))),
        "unlisted step of 4 sd six periods before, AR(1) .4":
            errors(0.4) + 4 * (np.arange(points) >= change - 6),
    }  # fmt: skip
    if year == 1:
        del found[SEASONAL]
    return found | {name: errors(0.4) + size * after for name, size in STEPS.items()}


@dataclass(frozen=True)
class Rules:
    """The rules of the verdict for many series on one model: what ``safeguards`` does for one.

    ``designs``: the model with its interruption at each admissible earlier date and, last, at the
    real one; ``sums`` (k,): the weights of the cumulative effect; ``real`` the real date.
    """

    designs: tuple[DesignMatrix, ...]
    dates: tuple[pd.Period, ...]
    sums: Array

    @classmethod
    def of(
        cls,
        index: pd.PeriodIndex,
        cut: Date,
        *,
        concurrent: Sequence[Date] = (),
        season: str | int | None = None,
    ) -> "Rules":
        """Build every design over the periods of ``index``."""
        blank = pd.Series(np.arange(len(index), dtype=float), index)
        real = as_period(cut, index, what="the cut")
        dates = sensitivity.earlier_dates(blank, real, concurrent)
        designs = [build(blank, [date, *concurrent], season=season) for date in dates]
        later = [at for one in concurrent if (at := as_period(one, index, what="event")) > real]
        window = designs[-1].terms.loc[real : min(later) - 1 if later else index[-1]]
        own = window.columns.isin([f"level[{real}]", f"slope[{real}]"])
        sums = np.where(own, window.sum().to_numpy(), 0.0)
        return cls(tuple(designs), tuple(dates), sums)

    def shown(self, series: Array) -> NDArray[np.int64]:
        """Return for each of ``series`` (m, n): 1 an increase shown, -1 a decrease, 0 neither."""
        Y = series.T
        terms = self.designs[-1].names
        level = np.zeros(len(terms))
        level[terms.index(f"level[{self.dates[-1]}]")] = 1.0
        weights = np.vstack([level, self.sums, np.eye(len(terms))])
        real = fit_many(Y, self.designs[-1].matrix, contrasts=weights)
        sums = real.inference()
        side = np.sign(real.estimate[:, 1]).astype(int)
        passed = (sums.p[:, 1] < safeguards.LEVEL) & real.interior & ~real.boundary & real.converged
        size = np.abs(real.estimate[:, 0] / real.se[:, 0])
        left = np.flatnonzero(passed & self._clean(Y, real))  # what costs more is asked of few
        left = left[self._stands_out(Y[:, left], size[left])]
        for model in MODELS:
            left = left[self._agrees(model, Y[:, left], weights[:1], side[left])]
        found = np.zeros_like(side)
        found[left] = side[left]
        return found

    def _agrees(
        self, model: str, Y: Array, level: Array, side: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Whether the step is as clear, on its ``side`` of zero, with the errors of ``model``."""
        design = self.designs[-1]
        found = fit_integrated(model, Y, design.matrix, design.time, contrasts=level)
        return (found.p[:, 0] < safeguards.LEVEL) & (found.positive[:, 0] == (side > 0))

    def _stands_out(self, Y: Array, size: Array) -> NDArray[np.bool_]:
        """Rank and share of the step, ``size`` standard errors, among the earlier dates."""
        largest, significant, dates = np.zeros(len(size)), np.zeros(len(size)), 0
        for date, design in zip(self.dates[:-1], self.designs[:-1], strict=True):
            if date >= self.dates[-1] - safeguards.NEAR:
                continue
            level = np.array([[float(name == f"level[{date}]") for name in design.names]])
            found = fit_many(Y, design.matrix, contrasts=level)
            largest = np.maximum(largest, np.abs(found.estimate[:, 0] / found.se[:, 0]))
            significant += found.inference().p[:, 0] < safeguards.LEVEL
            dates += 1
        seldom = significant <= safeguards.MOST_SIGNIFICANT * dates
        return (dates >= safeguards.FEWEST_DATES) & (size >= largest) & seldom

    def _clean(self, Y: Array, real: Fits) -> NDArray[np.bool_]:
        """Neither autocorrelation left over nor a single period far from the model."""
        design = self.designs[-1]
        residuals = Y - design.matrix @ real.estimate[:, 2:].T
        white = np.empty_like(residuals)
        for place, rho in enumerate(real.rho):
            white[:, place] = process.whiten(residuals[:, place : place + 1], rho, design.gaps)[
                :, 0
            ]
        points, lags = len(Y), diagnostics.usual_lags(len(Y))
        centred = white - white.mean(axis=0)
        products = [(centred[k:] * centred[:-k]).sum(axis=0) for k in range(1, lags + 1)]
        correlation = np.stack(products) / np.square(centred).sum(axis=0)
        apart = points - np.arange(1, lags + 1)
        box = points * (points + 2) * (np.square(correlation) / apart[:, None]).sum(axis=0)
        largest = np.abs(white / white.std(axis=0, ddof=1)).max(axis=0)
        left_over = chdtrc(lags - 1, box) < safeguards.RESIDUAL_LEVEL
        return ~left_over & (largest <= safeguards.OUTLIER)


def rates(
    index: pd.PeriodIndex,
    cut: Date,
    *,
    concurrent: Sequence[Date] = (),
    season: str | int | None = None,
    series: int = 100,
    seed: int = 0,
) -> pd.DataFrame:
    """Return how often the rules show a change in series like this one in length and model.

    One row a family: family, changed (whether there is a change to be found), increase_share and
    decrease_share of the series, wrong_share (answers that the truth contradicts) and series.
    """
    rules = Rules.of(index, cut, concurrent=concurrent, season=season)
    change = int(np.flatnonzero(index == as_period(cut, index, what="the cut"))[0])
    rows = []
    year = PERIODS_A_YEAR[frequency(index)]
    families = draw_families(len(index), change, series, np.random.default_rng(seed), year=year)
    found = rules.shown(np.concatenate(list(families.values())))
    for family, sides in zip(families, np.split(found, len(families)), strict=True):
        up, down = float((sides > 0).mean()), float((sides < 0).mean())
        changed = family in STEPS
        rows.append((family, changed, up, down, down if changed else up + down, series))
    columns = ["family", "changed", "increase_share", "decrease_share", "wrong_share", "series"]
    return pd.DataFrame(rows, columns=columns)
