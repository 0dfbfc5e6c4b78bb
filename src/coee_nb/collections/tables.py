"""Collections in tables: a result goes in, a table with its caption and formats comes out."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from coee_nb import formats as fmt
from coee_nb.collections.effects import Effect
from coee_nb.collections.its import Fit
from coee_nb.collections.robustness.diagnostics import Residuals
from coee_nb.collections.robustness.safeguards import Safeguards
from coee_nb.collections.robustness.specifications import SpecificationCurve
from coee_nb.collections.series import Receipts
from coee_nb.collections.tie_out import TieOut
from coee_nb.collections.verdict import ANSWERS, RULES, Conclusion
from coee_nb.outputs import Callout, Table
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.collections")
SEASON = ("month[", "quarter[", "sin[", "cos[")  # how the terms of a season begin


def _share(value: float) -> str:
    return fmt.percent(value, 1, 1)


def _usual(frame: pd.DataFrame, name: str, **options: Any) -> Table:
    """Return a table of the wording's, its periods as text."""
    periods = {name: frame[name].map(str) for name in frame if _periods(frame[name])}
    return Table(frame.assign(**periods), **WORDS.table(name), **options)


def _periods(values: pd.Series) -> bool:
    return len(values) > 0 and isinstance(values.iloc[0], pd.Period)


def problems(receipts: Receipts) -> Table:
    """Return what the checks of the file found; an empty table says that they found nothing."""
    note = "" if receipts.faults else WORDS.sentence("no_problem")
    return Table(receipts.problems, **WORDS.table("input_checks"), note=note)


def naive(fit: Fit) -> Table:
    """Return the terms of the model with one interruption and no other event."""
    return _coefficients(fit, "naive")


def primary_model(fit: Fit) -> Table:
    """Return the terms of the primary model."""
    return _coefficients(fit, "primary_model")


def _coefficients(fit: Fit, name: str) -> Table:
    """Return level, slope and pulse terms of a fit (the season's are in the table's file)."""
    frame = fit.coefficients.reset_index()
    season = frame["term"].str.startswith(SEASON)
    frame = pd.concat([frame[~season], frame[season]], ignore_index=True)
    return _usual(frame, name, rows=int((~season).sum()), note=fit.text)


def effect(found: Effect) -> Table:
    """Return level, slope, cumulative and average effect with intervals."""
    return _usual(found.table, "effect", anchor="measure")


def specification_summary(curve: SpecificationCurve) -> Table:
    """Return how many specifications give each answer."""
    return Table(curve.summary, **WORDS.table("specification_summary"), anchor="group")


def estimators(found: pd.DataFrame) -> Table:
    """Return the primary model by every estimator."""
    return _usual(found, "estimators")


def coverage(found: pd.DataFrame) -> Table:
    """Return how often intervals hold the truth, by autocorrelation and estimator."""
    formats = {"coverage": _share, "monte_carlo_se": _share}
    return _usual(found, "coverage", formats=formats)


def residual_tests(left: Residuals) -> Table:
    """Return Ljung-Box and Durbin-Watson."""
    formats = {"df": fmt.count}
    return Table(left.tests, **WORDS.table("residual_tests"), formats=formats, note=left.text)


def rules(negligible_percent: float) -> Table:
    """Return the verdict's rules, in the order in which they are tried."""
    return Table(RULES, **WORDS.table("verdict_rules", negligible=f"{negligible_percent:g}"))


def error_rates(rates: pd.DataFrame) -> Table:
    """Return how often the rules give each answer when the truth is known."""
    formats: dict[str, Callable[[float], str]] = dict.fromkeys(
        [*ANSWERS, "wrong", "monte_carlo_se"], _share
    )
    formats["size"] = lambda size: fmt.millions(size, 1)
    return Table(rates, **WORDS.table("verdict_error_rates"), formats=formats)


def family_rates(rates: pd.DataFrame) -> Table:
    """Return how often the verdict shows a change, by what is true of the series."""
    return _usual(rates.assign(changed=rates["changed"].map({True: "yes", False: "no"})),
                  "verdict_rates")  # fmt: skip


def checks(found: Conclusion) -> Table:
    """Return every check of the verdict with what it found."""
    passed = found.checks["passed"].map({True: "yes", False: "no"})
    return Table(found.checks.assign(passed=passed), **WORDS.table("verdict_checks"))


def richer_models(found: Safeguards) -> Table:
    """Return step and sum under the richer models of the errors."""
    return _usual(found.richer, "richer_models")


def verdict(found: Conclusion) -> Table:
    """Return the verdict with the numbers it rests on."""
    formats = {"agreement": _share}
    return Table(found.table, **WORDS.table("verdict"), formats=formats, note=found.text)


def totals(tied: TieOut | None) -> Table | Callout:
    """Return printed totals over years beside the sums of the printed annual figures."""
    if tied is None or tied.totals.empty:
        return Callout(WORDS.sentence("no_totals"))
    return _usual(tied.totals, "tie_out_totals")
