"""The effect: what an interruption changed, up to the next concurrent event, in its unit."""

import warnings as python_warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from coee_nb.arguments import known
from coee_nb.collections.events import Calendar
from coee_nb.collections.its import Fit
from coee_nb.collections.units import Unit
from coee_nb.engines.ar1.periods import Date, as_period, listed, period_name
from coee_nb.errors import CoeeError, EstimationError, ParameterError, StatisticalWarning
from coee_nb.lazily import offered
from coee_nb.results import Result
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.collections")
POWER = 0.80
LEVEL = 0.05
_COLUMNS = [
    "measure", "from", "through", "periods", "estimate", "se", "df", "ci_low",
    "ci_high", "p", "detectable", "base",
]  # fmt: skip


@dataclass(frozen=True, repr=False)
class Effect(Result):
    """What followed an interruption, month ``interruption`` included, up to month ``through``.

    ``table``: one row a measure ("level": step at the interruption, a month; "slope": change of the
    step from month to month; "cumulative": sum over the window; "average": that sum a month) with
    from, through, periods, estimate, se, df, 95% interval and p, the detectable effect (power
    80%), and the base that percentages refer to (the counterfactual of the same months); amounts
    are in ``unit``, and the columns ending in ``_percent`` repeat them as percentages of
    the base, taken as given. ``counterfactual``: period, observed, fitted, counterfactual and
    difference by month from the interruption on. ``passed_over``: concurrent events in the
    window that have no term of their own. ``cautions`` and ``text``: sentences a report may print.
    """

    interruption: pd.Period
    through: pd.Period
    table: pd.DataFrame
    counterfactual: pd.DataFrame
    passed_over: pd.DataFrame
    cautions: tuple[str, ...]
    text: str
    unit: Unit = field(default_factory=Unit)

    @property
    def period(self) -> str:
        """Return what one period is called: month, quarter or year."""
        return period_name(pd.PeriodIndex([self.interruption]))

    @property
    def caution(self) -> str:
        """Return the cautions as one sentence."""
        listed = "; ".join(self.cautions) or WORDS.sentence("no_cautions")
        return WORDS.sentence("cautions", cautions=listed)

    def row(self, measure: str) -> pd.Series:
        """Return the line of one measure; ParameterError for one that is not there."""
        return self.table.set_index("measure").loc[known(measure, self.table["measure"], "measure")]


def detectable(se: float, df: float, *, power: float = POWER, level: float = LEVEL) -> float:
    """Return the effect that a two-sided test at ``level`` finds with probability ``power``.

    (t[1 - level/2, df] + t[power, df]) x se: Bloom (1995), "Minimum Detectable Effects", Evaluation
    Review 19(5).

    >>> round(detectable(300.0628157677923, 55), 4)
    855.8542
    """
    return float((stdtrit(df, 1 - level / 2) + stdtrit(df, power)) * se)


def effect(
    fit: Fit,
    interruption: Date,
    *,
    through: Date | None = None,
    calendar: Calendar | None = None,
    unit: Unit | None = None,
) -> Effect:
    """Return level, slope and cumulative effect of ``interruption``.

    ``through`` is the last month counted: by default the month before the model's next
    interruption, or else the series' last. With a ``calendar``, a concurrent event between the
    interruption and ``through`` must have a term in the model. Where the model has no later
    interruption at all, the effect would be that of both, and EstimationError is raised; where it
    has one, the events passed over before it are listed and warned of (StatisticalWarning). A
    phase-in before the interruption is a caution too: what counts as "pre" was then already
    part-treated. The fit's own warnings stand among the cautions. ``unit``: of the series, for the
    sentences; none for logarithms. Periods of a wash-out are in no sum: ``text`` names them.
    """
    unit = unit or Unit()
    start, last = _window(fit, interruption, through)
    passed_over, cautions = _competition(fit, start, last, calendar)
    window = fit.design.terms.loc[start:last]
    own = own_terms(fit, start)
    base = float(
        (fit.fitted[window.index] - window[own] @ fit.coefficients.loc[own, "estimate"]).sum()
    )
    sums = window[own].sum()
    measures = {
        **{name.partition("[")[0]: ({name: 1.0}, base / len(window)) for name in own},
        "cumulative": (sums.to_dict(), base),
        "average": ((sums / len(window)).to_dict(), base / len(window)),
    }
    rows = [
        _measure(fit, measure, weights, start, last, len(window), base)
        for measure, (weights, base) in measures.items()
    ]
    table = _with_percent(pd.DataFrame(rows, columns=_COLUMNS))
    left_out = pd.period_range(start, last, freq=start.freq).difference(window.index)
    for caution in cautions:
        python_warnings.warn(caution, StatisticalWarning, stacklevel=2)
    said = _sentence(table, _steps(fit), unit, left_out)
    lines, cautions = counterfactual(fit, start), (*cautions, *fit.warnings)
    return Effect(start, last, table, lines, passed_over, cautions, said, unit)


def counterfactual(fit: Fit, interruption: Date) -> pd.DataFrame:
    """Return period, observed, fitted, counterfactual and difference from the interruption on.

    The counterfactual is the fit without the terms of ``interruption``; every other term (trend,
    season, other interruptions) stays.
    """
    start = as_period(interruption, fit.design.terms.index, what="the interruption")
    own = own_terms(fit, start)
    terms = fit.design.terms.loc[start:]
    difference = terms[own] @ fit.coefficients.loc[own, "estimate"]
    fitted = fit.fitted.loc[start:]
    columns = {
        "period": terms.index,
        "observed": fit.design.observed.loc[start:].to_numpy(),
        "fitted": fitted.to_numpy(),
        "counterfactual": (fitted - difference).to_numpy(),
        "difference": difference.to_numpy(),
    }
    return pd.DataFrame(columns)


def cumulative_path(fit: Fit, interruption: Date, *, through: Date) -> pd.DataFrame:
    """Return period, cumulative, ci_low and ci_high: the effect as it adds up."""
    start, last = _window(fit, interruption, through)
    own = own_terms(fit, start)
    sums = fit.design.terms.loc[start:last, own].cumsum()
    found = [fit.contrast(row) for row in sums.to_dict("records")]
    columns = {
        "period": sums.index,
        "cumulative": [c.estimate for c in found],
        "ci_low": [c.ci_low for c in found],
        "ci_high": [c.ci_high for c in found],
    }
    return pd.DataFrame(columns)


def own_terms(fit: Fit, start: pd.Period) -> list[str]:
    """Return the terms of the interruption at ``start``; ParameterError where there is none."""
    own = [f"{kind}[{start}]" for kind in ("level", "slope")]
    own = [name for name in own if name in fit.coefficients.index]
    if not own:
        known = [name for name in fit.coefficients.index if name.startswith("level[")]
        raise ParameterError(f"the model has no interruption at {start}", expected=", ".join(known))
    return own


def _interruptions(fit: Fit) -> list[pd.Period]:
    """Return the periods at which the model lets level or slope change, or a spell begins."""
    return sorted({*_steps(fit), *(spell.first for spell in fit.design.pulses)})


def _window(fit: Fit, interruption: Date, through: Date | None) -> tuple[pd.Period, pd.Period]:
    index = fit.design.terms.index
    start = as_period(interruption, index, what="the interruption")
    later = [period for period in _steps(fit) if period > start]
    last = later[0] - 1 if later else index[-1]
    if through is not None:
        last = as_period(through, index, what="the last month")
    if not (start <= last <= index[-1]):
        raise ParameterError(
            f"no month from {start} through {last}", expected=f"a month up to {index[-1]}"
        )
    if later and last >= later[0]:
        raise EstimationError(
            f"the window through {last} runs past the interruption at {later[0]}",
            expected=f"a month before {later[0]}",
            do="state the effect up to the concurrent event",
        )
    return start, last


def _steps(fit: Fit) -> list[pd.Period]:
    frequency = fit.design.terms.index.freq
    names = [n for n in fit.coefficients.index if n.startswith(("level[", "slope["))]
    return sorted({pd.Period(name.partition("[")[2].rstrip("]"), frequency) for name in names})


def _competition(
    fit: Fit, start: pd.Period, last: pd.Period, calendar: Calendar | None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the concurrent events passed over, and the cautions; refuse where they decide all."""
    if calendar is None:
        return pd.DataFrame(columns=["date", "month", "event", "kind"]), ()
    first, end = start.asfreq("M", "start"), last.asfreq("M", "end")
    terms = [period.asfreq("M", "start") for period in _interruptions(fit)]
    passed_over = calendar.without_a_term(first, end, terms)
    early = calendar.phase_in_before(first)
    cautions = [
        f"{event} ({date:%Y-%m-%d}): the periods before {start} are already part-treated"
        for date, event in zip(early["date"], early["event"], strict=True)
    ]
    if len(passed_over) and not any(period > start for period in _steps(fit)):
        named = passed_over.iloc[0]
        raise EstimationError(
            f"{len(passed_over)} concurrent events from {first} through {end} have no term in the "
            f"model, the first {named['event']} ({named['date']:%Y-%m-%d})",
            expected="an interruption for the concurrent event, or a window that ends before it",
            do=f'add the interruption, or state the effect through "{named["month"] - 1}"',
        )
    if len(passed_over):
        names = "; ".join(
            f"{event} ({date:%Y-%m-%d})"
            for date, event in zip(passed_over["date"], passed_over["event"], strict=True)
        )
        cautions.append(f"inside the window without a term of their own: {names}")
    return passed_over, tuple(cautions)


def _measure(
    fit: Fit,
    measure: str,
    weights: Mapping[str, float],
    start: pd.Period,
    last: pd.Period,
    months: int,
    base: float,
) -> tuple:
    c = fit.contrast(weights)
    return (
        measure, start, last, months, c.estimate, c.se, c.df, c.ci_low, c.ci_high, c.p,
        detectable(c.se, c.df), base,
    )  # fmt: skip


def _with_percent(table: pd.DataFrame) -> pd.DataFrame:
    """Repeat estimate, interval and detectable effect as percentages of the base."""
    for name in ("estimate", "ci_low", "ci_high", "detectable"):
        table[f"{name}_percent"] = percent_of(table[f"{name}"], table["base"])
    return table


def percent_of(amount: Any, base: Any) -> Any:
    """Return an amount in percent of its base; NaN where the base is not above zero.

    On a base under zero a percentage would turn its sign.

    >>> float(percent_of(5, 50)), float(percent_of(5, -50))
    (10.0, nan)
    """
    return 100 * amount / np.where(np.asarray(base) > 0, base, np.nan)[()]


def cumulative_weights(fit: Fit, found: "Effect") -> dict[str, float]:
    """Return the terms of the cumulative effect, each with how often it counts."""
    own = own_terms(fit, found.interruption)
    return fit.design.terms.loc[found.interruption : found.through, own].sum().to_dict()


def _sentence(
    table: pd.DataFrame, steps: list[pd.Period], unit: Unit, left_out: pd.PeriodIndex
) -> str:
    """Return the cumulative effect, its interval and the detectable effect as a sentence."""
    row = table.set_index("measure").loc["cumulative"]
    model = f"with changes at {' and '.join(map(str, steps))} expects without that of {row['from']}"
    if len(steps) < 2:
        model = f"whose only change is at {row['from']} expects without it"
    without = WORDS.sentence("left_out", periods=listed(left_out)) if len(left_out) else ""
    return (
        f"From {row['from']} through {row['through']}{without} the amounts differed by "
        f"{unit.say(row['estimate'])} in all from what the model {model} (95% "
        f"interval {unit.say(row['ci_low'])} to "
        f"{unit.say(row['ci_high'])}{_of_base(row, unit)})."
    )


def _of_base(row: pd.Series, unit: Unit) -> str:
    """Return the percentage of what was expected, where that is above zero."""
    if not np.isfinite(row["estimate_percent"]):
        return ""
    return f"; {row['estimate_percent']:.1f}% of {unit.say(row['base'])}"


def answer(method: Callable[..., Any], *args: Any, **options: Any) -> str:
    """Return the sentence of what ``method`` finds, or why it refuses to answer.

    For a report that shows either: ``answer(its.fit, yearly, ["2017"])``.
    """
    try:
        with python_warnings.catch_warnings():
            python_warnings.simplefilter("ignore", StatisticalWarning)
            return method(*args, **options).text
    except CoeeError as refusal:
        return WORDS.sentence("no_answer", refusal=refusal)


__all__ = ["Effect", "counterfactual", "cumulative_path", "detectable", "effect"]
__dir__ = offered(__all__)
