"""One sentence from fixed rules, and how often those rules are wrong."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from coee_nb import formats
from coee_nb.collections import effects, its
from coee_nb.collections.effects import LEVEL, Effect, percent_of
from coee_nb.collections.effects import detectable as detectable_size
from coee_nb.collections.events import Calendar
from coee_nb.collections.robustness import diagnostics, power, sensitivity
from coee_nb.collections.robustness.power import Detectable
from coee_nb.collections.robustness.safeguards import Safeguards, richer_models, safeguards
from coee_nb.collections.units import Unit
from coee_nb.engines.ar1.periods import Date, as_period
from coee_nb.engines.design.comparisons import adjust_p_values
from coee_nb.errors import EstimationError, ParameterError, StatisticalWarning
from coee_nb.lazily import offered
from coee_nb.results import Result
from coee_nb.wording import read_wording

INCREASE = "increase shown"
DECREASE = "decrease shown"
NEGLIGIBLE = "no change larger than"
CANNOT_TELL = "cannot tell"
ANSWERS = (INCREASE, DECREASE, NEGLIGIBLE, CANNOT_TELL)
WORDS = read_wording("coee_nb.collections")
_SENTENCES = {
    INCREASE: "verdict_increase",
    DECREASE: "verdict_decrease",
    NEGLIGIBLE: "verdict_negligible",
    CANNOT_TELL: "verdict_cannot_tell",
}

RULES = pd.DataFrame(
    [
        (1, "the 95% interval lies above zero, and every check is passed", INCREASE),
        (2, "the 95% interval lies below zero, and every check is passed", DECREASE),
        (3, "the widest interval lies within the size declared negligible, and the checks of the "
            "model are passed", NEGLIGIBLE),
        (4, "anything else", CANNOT_TELL),
    ],
    columns=["rule", "when", "answer"],
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class Conclusion(Result):
    """What may be said of the effect.

    ``answer``: one of ``ANSWERS``, by the first of ``RULES`` that holds; ``table``: one row:
    answer, estimate, ci_low, ci_high, widest_low, widest_high (over the
    richer models of the errors), negligible, detectable, detectable_percent, even
    (the size shown half of the time), agreeing, specifications, agreement; ``checks``: check,
    value, passed; ``measures``: measure, estimate, ci_low, ci_high, p (of step and
    slope adjusted for the two; the answer rests on the sum alone) and shown; ``text``: the sentence
    a report may print; ``unit``: of the amounts.
    """

    SHOWS: ClassVar[Mapping[str, Sequence[str]]] = {"table": (), "checks": ()}

    answer: str
    table: pd.DataFrame
    checks: pd.DataFrame
    measures: pd.DataFrame
    text: str
    unit: Unit = field(default_factory=Unit)


def decide(ci_low: object, ci_high: object, negligible: object) -> np.ndarray:
    """Return what each interval alone answers, before any check.

    ``negligible`` is the size, declared, under which a change does not matter, in
    the unit of the interval; NaN where none can be. Works on single numbers and on arrays.

    >>> decide([1, -3, -1, -3], [3, -1, 1, 3], 2).tolist()
    ['increase shown', 'decrease shown', 'no change larger than', 'cannot tell']
    """
    low, high, size = np.broadcast_arrays(
        *(np.asarray(value, dtype=float) for value in (ci_low, ci_high, negligible))
    )
    if (size < 0).any():
        raise ParameterError("a negligible size under zero", expected="zero or more")
    return np.select(
        [low > 0, high < 0, (low >= -size) & (high <= size)],
        [INCREASE, DECREASE, NEGLIGIBLE],
        CANNOT_TELL,
    )


def conclude(
    series: pd.Series,
    cut: Date,
    *,
    competing: Sequence[Date | Mapping[str, Any]] = (),
    season: str | int | None = None,
    seed: int = 0,
    simulations: int = 0,
    negligible_percent: float = 5.0,
    calendar: Calendar | None = None,
    unit: str = "",
) -> Conclusion:
    """Return the verdict on ``series``: the whole path from its numbers to the sentence.

    ``cut``: the interruption; ``competing``: concurrent events with level and slope of their own,
    dates or mappings with ``from``; ``season`` as in ``its.fit``; ``simulations``: series drawn
    with ``seed`` for the detectable effect, which is taken from the formula where there are none;
    ``negligible_percent``: as in ``verdict``; ``unit``: of the series, in words. Raises
    the errors of ``its.fit``, and EstimationError for an event in the period of the cut.

    >>> index = pd.period_range("2014-01", periods=72, freq="M")
    >>> amounts = pd.Series(100 + np.random.default_rng(1).normal(size=72), index)
    >>> amounts["2017-01":] += 10
    >>> found = conclude(amounts, "2017-01", competing=["2018-06"], unit="dollars")
    >>> found.answer, found.text[:60]
    ('increase shown', 'Higher than expected without the change from 2017-01 through')
    """
    others = [one["from"] if isinstance(one, Mapping) else one for one in competing]
    _refuse_together(series, cut, others)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StatisticalWarning)
        fit = its.fit(series, [cut, *others], season=season)
        found = effects.effect(fit, cut, calendar=calendar, unit=Unit(unit))
    checks = safeguards(
        fit,
        found,
        placebo=sensitivity.placebo(series, cut, concurrent=others, season=season),
        residuals=diagnostics.residuals(fit, lags=diagnostics.usual_lags(len(series))),
        richer=richer_models(fit, found),
    )
    largest = _simulated(fit, found, seed, simulations) if simulations else None
    return verdict(
        found, safeguards=checks, negligible_percent=negligible_percent, detectable=largest
    )


def _refuse_together(series: pd.Series, cut: Date, others: Sequence[Date]) -> None:
    """Raise EstimationError for an event that nothing could tell from the change."""
    if not isinstance(series.index, pd.PeriodIndex):
        return  # said when the model is fitted
    begins = as_period(cut, series.index, what="cut")
    if begins in [as_period(one, series.index, what="competing") for one in others]:
        raise EstimationError(
            f"a concurrent event begins in {begins}, the period of the cut: what each did cannot "
            "be told apart",
            do="use a finer series, or state the effect of both together without the event",
        )


def _simulated(fit: its.Fit, effect: Effect, seed: int, simulations: int) -> Detectable:
    weights = effects.cumulative_weights(fit, effect)
    simulation = power.simulate(fit, weights, seed=seed, replications=simulations)
    base = effect.row("cumulative")["base"]
    return power.detectable_effect(fit.contrast(weights), simulation, base=base, unit=effect.unit)


def verdict(
    effect: Effect,
    *,
    safeguards: Safeguards,
    negligible_percent: float,
    answers: pd.Series | None = None,
    detectable: Detectable | None = None,
) -> Conclusion:
    """Return the verdict on the cumulative effect.

    ``safeguards``: the checks that a change shown must pass; ``negligible_percent``: the change, as
    a percentage of what was expected, declared too small to matter; ``answers``: what the interval
    of every admissible specification answers, under the scale it was found on; a change that is
    shown is said with the effect's cautions; ``detectable``: the detectable effect by simulation,
    used where it is larger than that by formula, with the size that is shown half of the time.
    """
    row = effect.row("cumulative").copy()
    row["even"] = detectable_size(row["se"], row["df"], power=0.5)
    if detectable is not None and detectable.largest > row["detectable"]:
        row["detectable"], row["even"] = detectable.largest, detectable.even
    row["detectable_percent"] = percent_of(row["detectable"], row["base"])
    base = row["base"] if row["base"] > 0 else float("nan")
    row["negligible"] = negligible_percent / 100 * base
    answer = _answer(row, safeguards)
    measures = _measures(effect, safeguards, answer)
    answers = pd.Series(dtype=object) if answers is None else answers
    sentences = [
        f"{_said(answer, row, safeguards, effect.unit)}.",
        *_apart(measures, effect.unit),
        _widest(safeguards, answer, effect.unit),
        *([f"{_agreed(answer, answers)}."] if len(answers) else []),
    ]
    if answer != CANNOT_TELL and effect.cautions:
        sentences.append(effect.caution)
    table = _table(answer, row, safeguards, answers)
    checks = pd.concat([_interval_check(row, effect.unit), safeguards.table], ignore_index=True)
    return Conclusion(answer, table, checks, measures, " ".join(sentences), effect.unit)


def _answer(row: pd.Series, safeguards: Safeguards) -> str:
    """Return the first of ``RULES`` that holds."""
    alone = str(decide(row["ci_low"], row["ci_high"], row["negligible"]))
    if alone in (INCREASE, DECREASE):
        return CANNOT_TELL if safeguards.failures else alone
    low, high = _outer(row, safeguards)
    within = str(decide(low, high, row["negligible"])) == NEGLIGIBLE
    return NEGLIGIBLE if within and not safeguards.of_the_model else CANNOT_TELL


def _outer(row: pd.Series, safeguards: Safeguards) -> tuple[float, float]:
    """Return the ends of the primary and of every richer interval of the sum, taken together."""
    sums = safeguards.richer[safeguards.richer["measure"] == "cumulative"]
    return (
        min(row["ci_low"], sums["ci_low"].min()),
        max(row["ci_high"], sums["ci_high"].max()),
    )


def _interval_check(row: pd.Series, unit: Unit) -> pd.DataFrame:
    excludes = row["ci_low"] > 0 or row["ci_high"] < 0
    value = f"{unit.say(row['ci_low'])} to {unit.say(row['ci_high'])}"
    return pd.DataFrame(
        {"check": ["95% interval excludes zero"], "value": [value], "passed": [bool(excludes)]}
    )


def _measures(effect: Effect, safeguards: Safeguards, answer: str) -> pd.DataFrame:
    """Return step, slope and sum apart; a slope has no checks that could show it.

    Nor is a sum shown that the widest interval leaves at zero.
    """
    columns = ["measure", "estimate", "ci_low", "ci_high", "p"]
    table = effect.table.loc[effect.table["measure"] != "average", columns]
    table = table.reset_index(drop=True)
    second = table["measure"] != "cumulative"
    table.loc[second, "p"] = adjust_p_values(table.loc[second, "p"].to_numpy())
    step = (table["measure"] == "level") & (table["p"] < LEVEL) & (not safeguards.failures)
    widest = safeguards.widest
    sure = answer in (INCREASE, DECREASE) and not widest["ci_low"] <= 0 <= widest["ci_high"]
    table["shown"] = step | (~second & sure)
    return table


def _table(answer: str, row: pd.Series, safeguards: Safeguards, answers: pd.Series) -> pd.DataFrame:
    agreeing, specifications = int((answers == answer).sum()), len(answers)
    low, high = _outer(row, safeguards)
    return pd.DataFrame(
        [
            {
                "answer": answer,
                **row[["estimate", "ci_low", "ci_high"]],
                "widest_low": low,
                "widest_high": high,
                **row[["negligible", "detectable", "detectable_percent", "even"]],
                "agreeing": agreeing,
                "specifications": specifications,
                "agreement": agreeing / specifications if specifications else float("nan"),
            }
        ]
    )


def _said(answer: str, row: pd.Series, safeguards: Safeguards, unit: Unit) -> str:
    """Return the answer as a sentence, the checks that failed named."""
    failed = "; ".join(safeguards.failures.values())
    excludes = row["ci_low"] > 0 or row["ci_high"] < 0
    name = _SENTENCES[answer]
    if answer == CANNOT_TELL and excludes:
        name = "verdict_checks_failed"
    of = ""
    if np.isfinite(row["detectable_percent"]):
        of = WORDS.sentence("verdict_of_expected", percent=f"{row['detectable_percent']:.0f}")
    said = WORDS.sentence(
        name,
        first=row["from"],
        last=row["through"],
        estimate=unit.say(row["estimate"]),
        low=unit.say(row["ci_low"]),
        high=unit.say(row["ci_high"]),
        negligible=unit.say(row["negligible"]),
        detectable=unit.say(row["detectable"]),
        of=of,
        even=unit.say(row["even"]),
        failed=failed,
    )
    besides = "; ".join(safeguards.of_the_model.values())
    if answer == CANNOT_TELL and not excludes and besides:
        said += WORDS.sentence("verdict_also_failed", failed=besides)
    return said


def _apart(measures: pd.DataFrame, unit: Unit) -> list[str]:
    """Say step, slope and sum apart."""
    parts = [
        WORDS.sentence(
            f"apart_{row.measure}",
            estimate=unit.say(row.estimate),
            low=unit.say(row.ci_low),
            high=unit.say(row.ci_high),
            p=formats.p_value(row.p),
            shown=WORDS.sentence("apart_shown") if row.shown else "",
        )
        for row in measures.itertuples()
    ]
    return [WORDS.sentence("apart", parts="; ".join(parts))]


def _widest(safeguards: Safeguards, answer: str, unit: Unit) -> str:
    row = safeguards.widest
    unsure = answer in (INCREASE, DECREASE) and row["ci_low"] <= 0 <= row["ci_high"]
    return WORDS.sentence(
        "verdict_widest",
        model=row["model"],
        low=unit.say(row["ci_low"]),
        high=unit.say(row["ci_high"]),
        holds=WORDS.sentence("verdict_widest_holds_zero") if unsure else "",
    )


def _agreed(answer: str, answers: pd.Series) -> str:
    """Say how many specifications' intervals answer so, and what the others answer."""
    agreeing = int((answers == answer).sum())
    told = (
        f"{agreeing} of {len(answers)} admissible specifications "
        f"({formats.percent(agreeing, len(answers))}) agree"
    )
    others = answers[answers != answer]
    parts = [
        f"{len(part)} answer “{other}”{_on_one_scale(part)}"
        for other, part in sorted(others.groupby(others), key=lambda found: -len(found[1]))
    ]
    return "; ".join([told, *parts])


def _on_one_scale(answers: pd.Series) -> str:
    """Say so where the answers all stand under one scale."""
    scales = sorted({str(scale) for scale in answers.index})
    return f", all on the scale {scales[0]}" if len(scales) == 1 and len(answers) > 1 else ""


def error_rates(
    estimates: np.ndarray,
    half_width: np.ndarray,
    *,
    negligible: float,
    true_effects: dict[str, float],
) -> pd.DataFrame:
    """Return how often the rules give each answer when the truth is known.

    ``estimates`` (r,) and ``half_width`` (r,) of simulated series without an effect: the estimate
    and half the width of its interval. A true effect moves the estimate by as much and leaves the
    interval's width, because the effect lies in the span of the model. ``true_effects`` by label.
    Returns true_effect, size, one column an answer (share of the series), wrong (share of answers
    that the truth contradicts), series and monte_carlo_se of ``wrong``.
    """
    rows = []
    for label, size in true_effects.items():
        moved = np.asarray(estimates, dtype=float) + size
        found = decide(moved - half_width, moved + half_width, negligible)
        shares = {answer: float((found == answer).mean()) for answer in ANSWERS}
        wrong = float(np.isin(found, _contradicted(size, negligible)).mean())
        error = float(np.sqrt(wrong * (1 - wrong) / len(moved)))
        rows.append(
            {"true_effect": label, "size": size, **shares, "wrong": wrong,
             "series": len(moved), "monte_carlo_se": error}
        )  # fmt: skip
    return pd.DataFrame(rows)


def _contradicted(size: float, negligible: float) -> list[str]:
    """Return the answers that are false when the true effect is ``size``."""
    false = [answer for answer, true in ((INCREASE, size > 0), (DECREASE, size < 0)) if not true]
    return false + ([NEGLIGIBLE] if abs(size) > negligible else [])


__all__ = ["Conclusion", "conclude", "decide", "verdict"]
__dir__ = offered(__all__)
