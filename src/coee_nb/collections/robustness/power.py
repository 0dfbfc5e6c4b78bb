"""What size of effect these data could have shown, and how honest intervals are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coee_nb import formats
from coee_nb.collections.effects import LEVEL, POWER, detectable, percent_of
from coee_nb.collections.its import NAMES, Fit
from coee_nb.collections.units import Unit
from coee_nb.engines.ar1 import inference, process
from coee_nb.engines.ar1.batch import fit_many
from coee_nb.engines.ar1.design_matrix import DesignMatrix
from coee_nb.engines.ar1.estimators import gls
from coee_nb.errors import EstimationError, ParameterError


@dataclass(frozen=True)
class Simulation:
    """What an estimator makes of series in which the interruption changed nothing.

    ``estimates`` (r,) of the chosen combination of terms, whose true value is zero, and
    ``half_width`` (r,) half the width of their 95% intervals; ``rho`` and ``sigma`` the errors
    were drawn with. A true effect of any size only adds to the estimates, because it lies in the
    span of the model; so one simulation answers for every size.
    """

    estimates: np.ndarray
    half_width: np.ndarray
    rho: float
    sigma: float

    @property
    def coverage(self) -> float:
        """Return the share of intervals that hold the true value."""
        return float((np.abs(self.estimates) <= self.half_width).mean())

    def power(self, size: float) -> float:
        """Return the share of series in which a true effect of ``size`` is found at 5%."""
        return float((np.abs(self.estimates + size) > self.half_width).mean())


def simulate(
    fit: Fit,
    weights: Mapping[str, float],
    *,
    seed: int,
    replications: int = 2000,
    rho: float | None = None,
    estimator: str = "reml",
) -> Simulation:
    """Simulate series like the fitted one without effect, and estimate each by the same model.

    ``weights``: the combination of terms looked at (as in ``Fit.contrast``); ``rho``: by default
    the fitted one, another with the standard deviation that the series has at it; ``estimator``:
    "reml" (with Satterthwaite's degrees of freedom) or "ols". All series are fitted together.
    Raises EstimationError when no autocorrelation inside (-1, 1) is given or fitted.
    """
    return _simulate_each(
        fit, [weights], seed=seed, replications=replications, rho=rho, estimator=estimator
    )[0]


def _simulate_each(
    fit: Fit,
    combinations: Sequence[Mapping[str, float]],
    *,
    seed: int,
    replications: int,
    rho: float | None,
    estimator: str,
) -> list[Simulation]:
    """Look at several combinations of terms in the same simulated series, as `simulate` at one."""
    own = 0.0 if np.isnan(fit.rho) else fit.rho  # an estimator without rho takes it as none
    rho = own if rho is None else rho
    if not -1 < rho < 1:
        raise EstimationError(f"no series can be drawn at rho = {rho}", do="give a rho")
    unknown = [term for one in combinations for term in one if term not in fit.design.names]
    if unknown:
        raise ParameterError(f"no term {unknown[0]}", expected=", ".join(fit.design.names))
    sigma = fit.estimate.sigma if rho == own else _sigma_at(fit, rho)
    series = draw(fit.design, rho, sigma, replications, np.random.default_rng(seed))
    vectors = [[one.get(term, 0.0) for term in fit.design.names] for one in combinations]
    estimate = {"reml": _by_reml, "ols": _by_ols}.get(estimator)
    if estimate is None:
        raise ParameterError(f"estimator {estimator!r}", expected="reml or ols")
    found = estimate(fit.design, series, np.array(vectors, float))
    half_width = found.ci_high - found.estimate
    return [
        Simulation(estimates, half, rho, sigma)
        for estimates, half in zip(found.estimate.T, half_width.T, strict=True)
    ]


def _sigma_at(fit: Fit, rho: float) -> float:
    """Return the standard deviation of the errors that the series has if ``rho`` is theirs.

    That of the fit goes with the fit's own rho: near 1 it is far wider than the amounts are.
    """
    design = fit.design
    amounts = design.observed.to_numpy(float)
    return gls(amounts, design.matrix, design.gaps, rho=rho).sigma


def draw(
    design: DesignMatrix,
    rho: float,
    sigma: float,
    replications: int,
    generator: np.random.Generator,
) -> np.ndarray:
    """Return stationary AR(1) errors (replications, points) with standard deviation ``sigma``."""
    shocks = generator.standard_normal((replications, int(design.time[-1]) + 1))
    shocks[:, 1:] *= np.sqrt(1 - rho**2)
    return sigma * process.recursive([rho], shocks)[:, design.time]


def _by_reml(design: DesignMatrix, series: np.ndarray, vectors: np.ndarray) -> inference.Contrast:
    fits = fit_many(series.T, design.matrix, gaps=design.gaps, contrasts=vectors)
    return fits.inference()


def _by_ols(design: DesignMatrix, series: np.ndarray, vectors: np.ndarray) -> inference.Contrast:
    X = design.matrix
    inverse = np.linalg.pinv(X)
    coefficients = series @ inverse.T
    freedom = X.shape[0] - X.shape[1]
    sigma = np.sqrt(((series - coefficients @ X.T) ** 2).sum(axis=1) / freedom)
    se = np.outer(sigma, np.linalg.norm(vectors @ inverse, axis=1))
    return inference.between(coefficients @ vectors.T, se, np.full(se.shape, float(freedom)))


@dataclass(frozen=True)
class Detectable:
    """The smallest effect found with the wanted probability, by formula and by simulation.

    ``table``: way ("formula", "simulation"), detectable, detectable_percent; ``curve``:
    size, size_percent, power (simulated); ``even``: the size that the simulated test shows
    half of the time; ``text``: the sentence a report may print.
    """

    table: pd.DataFrame
    curve: pd.DataFrame
    even: float
    text: str

    @property
    def largest(self) -> float:
        """The larger of the two sizes: the one a verdict rests on."""
        return float(self.table["detectable"].max())


def detectable_effect(
    contrast: inference.Contrast,
    simulation: Simulation,
    *,
    base: float,
    power: float = POWER,
    unit: Unit | None = None,
) -> Detectable:
    """Return the effect that would be found at 5% with probability ``power``.

    The formula (Bloom 1995) takes the estimated standard error as the truth; the simulation also
    knows that the standard error and rho are estimated. ``base``: the amount that percentages refer
    to.
    """
    unit = unit or Unit()
    formula = detectable(contrast.se, contrast.df, power=power)
    simulated = smallest(simulation, power=power)
    table = pd.DataFrame({"way": ["formula", "simulation"],
                          "detectable": [formula, simulated]})  # fmt: skip
    table["detectable_percent"] = percent_of(table["detectable"], base)
    sizes = np.linspace(0, 2 * max(formula, simulated), 41)
    curve = pd.DataFrame({"size": sizes, "size_percent": percent_of(sizes, base)})
    curve["power"] = [simulation.power(size) for size in sizes]
    even = smallest(simulation, power=0.5)
    percent = table["detectable_percent"].iloc[1]
    of = f" ({percent:.0f}% of what was expected)" if np.isfinite(percent) else ""
    text = (
        f"An effect of {unit.say(simulated)}{of} is shown in "
        f"{formats.percent(power)} of simulated series, one of {unit.say(even)} in half "
        f"of them. The formula, which takes the standard error as known, gives "
        f"{unit.say(formula)}."
    )
    return Detectable(table, curve, even, text)


def smallest(simulation: Simulation, *, power: float = POWER) -> float:
    """Return the smallest positive effect that the simulated test finds with ``power``.

    The test finds size d where estimate + d leaves the interval about zero; for positive d that is
    d above half_width - estimate (or below -half_width - estimate, which only matters near zero).
    """
    low, high = 0.0, float(np.max(simulation.half_width - simulation.estimates)) + 1e-9
    if simulation.power(low) >= power:
        return 0.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if simulation.power(middle) >= power else (middle, high)
    return high


def coverage(
    fit: Fit,
    measures: Mapping[str, Mapping[str, float]],
    *,
    seed: int,
    rhos: Sequence[float] | None = None,
    replications: int = 1000,
    estimators: Sequence[str] = ("reml", "ols"),
) -> pd.DataFrame:
    """Return how often nominal 95% intervals hold the truth, and what they show, by rho.

    ``measures``: combinations of terms by name, such as level and cumulative. One row a measure,
    rho and estimator: measure, rho, estimator, coverage, monte_carlo_se, detectable (the size that
    is shown four times in five) and series. ``rhos``: by default 0, .4, .8 and the fitted one.
    """
    rows = []
    own = {round(fit.rho, 2)} if np.isfinite(fit.rho) else set()
    for rho in rhos or sorted({0.0, 0.4, 0.8, *own} - {1.0, -1.0}):
        for estimator in estimators:
            simulations = _simulate_each(
                fit, list(measures.values()),
                seed=seed, replications=replications, rho=rho, estimator=estimator,
            )  # fmt: skip
            for measure, found in zip(measures, simulations, strict=True):
                share = found.coverage
                error = float(np.sqrt(share * (1 - share) / replications))
                rows.append(
                    (measure, rho, NAMES[estimator], share, error, smallest(found), replications)
                )
    columns = [
        "measure", "rho", "estimator", "coverage", "monte_carlo_se", "detectable", "series",
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(["measure", "rho"], kind="stable", ignore_index=True)


__all__ = [
    "LEVEL", "POWER", "Detectable", "Simulation", "coverage", "detectable_effect", "draw",
    "simulate", "smallest",
]  # fmt: skip
