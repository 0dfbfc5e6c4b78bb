"""Collections in tables: a result goes in, a table with its caption and formats comes out."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb.collections.comparison import SeriesComparison
from coee_nb.collections.counts import CountFit
from coee_nb.collections.effects import Effect
from coee_nb.collections.its import NAMES, Fit, term_words
from coee_nb.collections.robustness.diagnostics import Residuals
from coee_nb.collections.robustness.safeguards import Safeguards
from coee_nb.collections.robustness.specifications import SpecificationCurve
from coee_nb.collections.series import Amounts
from coee_nb.collections.staggered import StaggeredStarts
from coee_nb.collections.tie_out import TieOut
from coee_nb.collections.units import Unit
from coee_nb.collections.verdict import ANSWERS, RULES, Conclusion
from coee_nb.lazily import showing
from coee_nb.outputs import Callout, Table
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.collections")
MEASURES = {
    "level": "step", "slope": "change of slope", "cumulative": "sum", "average": "average",
}  # fmt: skip
SEASON = ("month[", "quarter[", "sin[", "cos[")  # how the terms of a season begin


def _share(value: float) -> str:
    return fmt.percent(value, 1, 1)


def _usual(frame: pd.DataFrame, name: str, unit: Unit | None = None, **options: Any) -> Table:
    """Return a table of the wording's, its periods as text, its amounts in ``unit``."""
    periods = {name: frame[name].map(str) for name in frame if _periods(frame[name])}
    unit = unit or Unit()
    called = {"measure": MEASURES.__getitem__} if "measure" in frame else {}
    formats = unit.formats(frame) | called | options.pop("formats", {})
    words = WORDS.table(name, unit=unit.words)
    return Table(frame.assign(**periods), **words, formats=formats, **options)


def _periods(values: pd.Series) -> bool:
    return len(values) > 0 and isinstance(values.iloc[0], pd.Period)


def problems(amounts: Amounts) -> Table:
    """Return what the checks of the file found; an empty table says that they found nothing."""
    note = "" if amounts.faults else WORDS.sentence("no_problem")
    return Table(amounts.problems, **WORDS.table("input_checks"), note=note)


def naive(fit: Fit, *, unit: Unit) -> Table:
    """Return the terms of the model with one interruption and no other event."""
    return _coefficients(fit, "naive", unit)


def primary_model(fit: Fit, *, unit: Unit) -> Table:
    """Return the terms of the primary model."""
    return _coefficients(fit, "primary_model", unit)


def _coefficients(fit: Fit, name: str, unit: Unit) -> Table:
    """Return level, slope and pulse terms of a fit (the season's are in the table's file)."""
    frame = fit.coefficients.reset_index()
    season = frame["term"].str.startswith(SEASON)
    frame = pd.concat([frame[~season], frame[season]], ignore_index=True)
    formats = {"term": term_words}
    return _usual(frame, name, unit, rows=int((~season).sum()), note=fit.text, formats=formats)


def effect(found: Effect) -> Table:
    """Return level, slope, cumulative and average effect with intervals."""
    return _usual(found.table, "effect", found.unit, anchor="measure")


def specification_summary(curve: SpecificationCurve) -> Table:
    """Return how many specifications give each answer."""
    return Table(curve.summary, **WORDS.table("specification_summary"), anchor="group")


def estimators(found: pd.DataFrame) -> Table:
    """Return the primary model by every estimator."""
    return _usual(found, "estimators")


def coverage(found: pd.DataFrame, *, unit: Unit) -> Table:
    """Return how often intervals hold the truth, by autocorrelation and estimator."""
    formats = {"coverage": _share, "monte_carlo_se": _share}
    sums = found[(found["measure"] == "cumulative") & (found["estimator"] == NAMES["reml"])]
    least, most = sums["detectable"].min(), sums["detectable"].max()
    note = WORDS.sentence(
        "detectable_range", low=unit.say(least), high=unit.say(most),
        first=fmt.number(sums["rho"].min(), 1), last=fmt.number(sums["rho"].max(), 1),
    )  # fmt: skip
    return _usual(found, "coverage", unit, formats=formats, note=note)


def residual_tests(left: Residuals) -> Table:
    """Return Ljung-Box and Durbin-Watson."""
    formats = {"df": fmt.count}
    return Table(left.tests, **WORDS.table("residual_tests"), formats=formats, note=left.text)


def rules(negligible_percent: float) -> Table:
    """Return the verdict's rules, in the order in which they are tried."""
    return Table(RULES, **WORDS.table("verdict_rules", negligible=f"{negligible_percent:g}"))


def error_rates(rates: pd.DataFrame, *, unit: Unit) -> Table:
    """Return how often the rules give each answer when the truth is known."""
    formats: dict[str, Callable[[float], str]] = dict.fromkeys(
        [*ANSWERS, "wrong", "monte_carlo_se"], _share
    )
    formats["size"] = unit.say
    return Table(rates, **WORDS.table("verdict_error_rates"), formats=formats)


def family_rates(rates: pd.DataFrame) -> Table:
    """Return how often the verdict shows a change, by what is true of the series."""
    return _usual(rates.assign(changed=rates["changed"].map({True: "yes", False: "no"})),
                  "verdict_rates")  # fmt: skip


def checks(found: Conclusion) -> Table:
    """Return every check of the verdict with what it found."""
    passed = found.checks["passed"].map({True: "yes", False: "no"})
    return Table(found.checks.assign(passed=passed), **WORDS.table("verdict_checks"))


def richer_models(found: Safeguards, *, unit: Unit) -> Table:
    """Return step and sum under the richer models of the errors."""
    return _usual(found.richer, "richer_models", unit)


def verdict(found: Conclusion) -> Table:
    """Return the verdict with the numbers it rests on."""
    formats = {"agreement": _share}
    return _usual(found.table, "verdict", found.unit, formats=formats, note=found.text)


def groups(found: pd.DataFrame, *, unit: Unit) -> Table:
    """Return the answer of every group from its own start, and of all together."""
    return _usual(found, "groups", unit, anchor="group")


def staggered(found: StaggeredStarts | str | None) -> Table | Callout:
    """Return what the change did where groups began at different times, with its checks."""
    if found is None:
        return Callout(WORDS.sentence("no_starts"))
    if isinstance(found, str):
        return Callout(found)
    frame = _with_percent(found.effects.rename_axis("measure").reset_index(), found.logs)
    checks = "; ".join(f"{one.check}: {one.value}" for one in found.checks.itertuples())
    note = WORDS.sentence("staggered_checked", text=found.text, checks=checks)
    note = " ".join([note, *(f"{caution}." for caution in found.cautions)])
    scale = WORDS.sentence("on_logs" if found.logs else "on_amounts")
    return Table(frame, **WORDS.table("staggered", scale=scale), note=note, anchor="measure")


def _with_percent(frame: pd.DataFrame, logs: bool) -> pd.DataFrame:
    """Repeat estimates of logarithms and their intervals in percent."""
    names = ("estimate", "ci_low", "ci_high") if logs else ()
    return frame.assign(**{f"{name}_percent": 100 * np.expm1(frame[name]) for name in names})


def comparison(
    found: SeriesComparison | str | None,
    washed: SeriesComparison | str | None = None,
    *,
    logs: bool,
) -> Table | Callout:
    """Return how much more the series changed than the comparison series.

    ``washed``: the same without the periods of the wash-out.
    """
    if found is None:
        return Callout(WORDS.sentence("no_controls"))
    if isinstance(found, str):
        return Callout(found)
    frame = _with_percent(found.effects.reset_index(), logs)
    notes = [found.text, *(f"{caution}." for caution in found.warnings)]
    if isinstance(washed, SeriesComparison):
        also = _with_percent(washed.effects.reset_index(), logs)
        frame = pd.concat([frame, also.assign(term=also["term"] + WORDS.sentence("washed_out"))],
                          ignore_index=True)  # fmt: skip
    elif washed is not None:
        notes.append(washed)
    scale = WORDS.sentence("on_logs" if logs else "on_amounts")
    words = WORDS.table("comparison", scale=scale)
    return Table(frame, **words, note=" ".join(notes), formats={"term": term_words})


def counts(found: CountFit | str) -> Table | Callout:
    """Return rate ratios where the amounts are counts, with the tests of their errors."""
    if isinstance(found, str):
        return Callout(found)
    frame = found.coefficients.reset_index()
    season = frame["term"].str.startswith(SEASON)
    frame = pd.concat([frame[~season], frame[season]], ignore_index=True)
    tests = "; ".join(f"{row.test}: p {fmt.p_value(row.p)}" for row in found.tests.itertuples())
    note = WORDS.sentence("counts_tested", text=found.text, tests=tests)
    words, shown = WORDS.table("counts"), int((~season).sum())
    return Table(frame, **words, rows=shown, note=note, formats={"term": term_words})


def declared(found: pd.DataFrame) -> Table:
    """Return every choice that was declared, and their stamp."""
    return Table(found, **WORDS.table("declared"), anchor="choice")


def checklist(found: pd.DataFrame) -> Table:
    """Return the items of the usual checklists, filled in."""
    return Table(found, **WORDS.table("checklist"))


def totals(tied: TieOut | None, *, unit: Unit) -> Table | Callout:
    """Return printed totals over years beside the sums of the printed annual figures."""
    if tied is None or tied.totals.empty:
        return Callout(WORDS.sentence("no_totals"))
    return _usual(tied.totals, "tie_out_totals", unit)


__dir__ = showing(globals())
