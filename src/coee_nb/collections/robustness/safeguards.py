"""What an interval must pass before it may be called a change shown."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coee_nb import formats
from coee_nb.collections.effects import Effect, own_terms
from coee_nb.collections.its import Fit
from coee_nb.collections.robustness.diagnostics import Residuals
from coee_nb.collections.robustness.sensitivity import Scan
from coee_nb.engines.errormodels.integrated import fit_integrated
from coee_nb.engines.errormodels.models import MODELS
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.collections")
NEAR = 2  # dates so close before the real one show its own change, and are no placebos
FEWEST_DATES = 8
MOST_SIGNIFICANT = 1 / 3
LEVEL = 0.05
RESIDUAL_LEVEL = (
    0.001  # Ljung-Box rejects 1 in 200 true models there, with a season among 72 months
)
OUTLIER = 5.0  # standard deviations: under one normal month in a million lies beyond
RESIDUAL, ERROR, LIKELIHOOD = (
    "autocorrelation left over", "largest error of a single period",
    "likelihood highest inside its range",
)  # fmt: skip
OF_THE_MODEL = (RESIDUAL, ERROR, LIKELIHOOD)
RICHER_COLUMNS = [
    "model", "measure", "estimate", "ci_low", "ci_high", "p", "log_likelihood",
]  # fmt: skip


@dataclass(frozen=True)
class Safeguards:
    """The checks behind a verdict, each with what it found.

    ``table``: check, value (as text), passed; ``failures``: a clause for each check that failed,
    by check; ``richer``: one row a model of the errors and measure ("level", "cumulative"): model,
    measure, estimate, ci_low, ci_high, p, log_likelihood.
    """

    table: pd.DataFrame
    failures: Mapping[str, str]
    richer: pd.DataFrame

    @property
    def of_the_model(self) -> dict[str, str]:
        """Return the failures that question the model itself, and not the step alone."""
        return {check: said for check, said in self.failures.items() if check in OF_THE_MODEL}

    @property
    def widest(self) -> pd.Series:
        """Return the line of the widest interval of the cumulative effect."""
        lines = self.richer[self.richer["measure"] == "cumulative"]
        return lines.loc[(lines["ci_high"] - lines["ci_low"]).idxmax()]


def richer_models(fit: Fit, effect: Effect) -> pd.DataFrame:
    """Return step and cumulative effect of ``effect`` under every richer model of the errors.

    The terms are those of ``fit``; the errors follow AR(2), or a random walk or a smooth curve
    beside AR(1), so that what a straight line cannot follow is not taken for a change. Columns are
    ``RICHER_COLUMNS``.
    """
    design, terms = fit.design, fit.design.terms
    own = own_terms(fit, effect.interruption)
    window = terms.loc[effect.interruption : effect.through, own].sum()
    combinations = {"level": {own[0]: 1.0}, "cumulative": window.to_dict()}
    contrasts = np.array(
        [[weights.get(name, 0.0) for name in terms] for weights in combinations.values()]
    )
    rows = []
    for model in MODELS:
        found = fit_integrated(
            model, design.observed.to_numpy()[:, None], design.matrix, design.time,
            contrasts=contrasts, names=design.names,
        )  # fmt: skip
        columns = (found.estimate, found.quantile(0.025), found.quantile(0.975), found.p)
        rows += [
            (model, measure, *(float(column[0, place]) for column in columns),
             float(found.log_likelihood[0]))
            for place, measure in enumerate(combinations)
        ]  # fmt: skip
    return pd.DataFrame(rows, columns=RICHER_COLUMNS)


def safeguards(
    fit: Fit, effect: Effect, *, placebo: Scan, residuals: Residuals, richer: pd.DataFrame
) -> Safeguards:
    """Hold ``effect`` of the primary model ``fit`` to every check.

    ``placebo``: the same model with its interruption at every admissible earlier date;
    ``residuals`` of the fit; ``richer``: as ``richer_models`` gives them. The thresholds are those
    under which series without an effect are called changed in at most 5% of any of the families of
    ``tests/benchmarks/test_verdict.py``.
    """
    checks = [
        *placebo_checks(placebo),
        _residual(residuals),
        _outlier(residuals),
        _likelihood(fit),
        *_richer(effect, richer),
    ]
    table = pd.DataFrame(
        [(check, value, failure == "") for check, value, failure in checks],
        columns=["check", "value", "passed"],
    )
    failures = {check: failure for check, _, failure in checks if failure}
    return Safeguards(table, failures, richer)


Check = tuple[str, str, str]  # name, value, and a clause where it failed


def placebo_checks(scan: Scan) -> list[Check]:
    """Say how the step of the real date stands among those of earlier dates."""
    table = scan.table.set_index("interruption")
    step = (table["level"] / table["level_se"]).abs()
    earlier = table.index[(table.index < scan.real - NEAR)]
    enough = len(earlier) >= FEWEST_DATES
    number = "" if enough else WORDS.sentence("few_dates", dates=len(earlier), fewest=FEWEST_DATES)
    chance = WORDS.sentence("first_by_chance", dates=len(earlier), among=len(earlier) + 1)
    checks = [("earlier dates", chance, number)]
    if not len(earlier):
        return checks
    above = step[earlier][step[earlier] > step[scan.real]]
    rank = len(above) + 1
    outranked = (
        WORDS.sentence("outranked", rank=rank, dates=len(earlier) + 1, date=above.idxmax())
        if len(above)
        else ""
    )
    significant = int((table.loc[earlier, "level_p"] < LEVEL).sum())
    share = formats.percent(significant, len(earlier))
    often = (
        WORDS.sentence("often", significant=significant, dates=len(earlier), share=share)
        if significant > MOST_SIGNIFICANT * len(earlier)
        else ""
    )
    return [
        *checks,
        ("rank of the step among earlier dates", f"{rank} of {len(earlier) + 1}", outranked),
        ("earlier dates with a step", f"{significant} of {len(earlier)} ({share})", often),
    ]


def _residual(residuals: Residuals) -> Check:
    p = float(residuals.tests["p"].iloc[0])
    said = formats.p_value(p)
    failed = WORDS.sentence("autocorrelated", p=said) if p < RESIDUAL_LEVEL else ""
    return RESIDUAL, f"p {said}", failed


def _outlier(residuals: Residuals) -> Check:
    """The largest one-step error in standard deviations."""
    sizes = (residuals.innovations / residuals.innovations.std()).abs()
    period, size = sizes.idxmax(), formats.number(sizes.max(), 1)
    failed = ""
    if sizes.max() > OUTLIER:
        failed = WORDS.sentence("outlier", period=period, size=size)
    return ERROR, f"{size} sd in {period}", failed


def _likelihood(fit: Fit) -> Check:
    inside = fit.estimate.interior and not fit.estimate.boundary and fit.estimate.converged
    failed = "" if inside else WORDS.sentence("boundary")
    return LIKELIHOOD, f"rho {formats.number(fit.rho, 2)}", failed


def _richer(effect: Effect, richer: pd.DataFrame) -> list[Check]:
    """The step under each richer model: it must stay on the side of the cumulative effect."""
    side = np.sign(effect.row("cumulative")["estimate"])
    checks = []
    for row in richer[richer["measure"] == "level"].itertuples():
        stays = row.p < LEVEL and np.sign(row.estimate) == side
        p = formats.p_value(row.p)
        failed = "" if stays else WORDS.sentence("richer", model=row.model, p=p)
        checks.append((f"step under {row.model}", f"p {p}", failed))
    return checks
