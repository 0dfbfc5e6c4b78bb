"""The specification curve: the effect under every combination of declared choices."""

import itertools
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from coee_nb.collections import verdict
from coee_nb.collections.effects import detectable, percent_of
from coee_nb.engines.ar1 import inference
from coee_nb.engines.ar1.basis import orthonormal
from coee_nb.engines.ar1.batch import fit_designs
from coee_nb.engines.ar1.design_matrix import DesignMatrix, build
from coee_nb.engines.ar1.periods import as_period
from coee_nb.errors import EstimationError, ParameterError

NO_TERM = "no term"
STOP_BEFORE = "stop before "
LEVEL, LOG, LOG_RATE = "level", "log", "log rate"
NOT_ESTIMABLE = "not estimable"


@dataclass(frozen=True)
class Choices:
    """Every choice declared; the specifications are all their combinations.

    ``interruptions``: first month counted as post; ``washouts``: months left out, as tuples;
    ``concurrent``: "no term", a month such as "2018-03" at which level and slope may change, or
    "stop before 2018-03", which ends the series (with "no term" alone, no such event is known);
    ``further``: later concurrent events, each with a term wherever the series reaches it;
    ``pulses``: months with an effect of their own, as tuples; ``seasons``: as in ``its.fit``;
    ``scales``: "level", "log", "log rate" (logarithm of amounts per unit of the companion).
    """

    interruptions: tuple[str, ...]
    washouts: tuple[tuple[str, ...], ...] = ((),)
    concurrent: tuple[str, ...] = (NO_TERM,)
    further: tuple[str, ...] = ()
    pulses: tuple[tuple[str, ...], ...] = ((),)
    seasons: tuple[str | int | None, ...] = ("month",)
    scales: tuple[str, ...] = (LEVEL,)


@dataclass(frozen=True)
class Specification:
    """One combination of choices with its design, or the reason why it cannot be estimated.

    It is not admissible when it leaves a known concurrent event without a term.
    """

    interruption: str
    washout: tuple[str, ...]
    concurrent: str
    pulses: tuple[str, ...]
    season: str | int | None
    scale: str
    design: DesignMatrix | None = field(repr=False)
    reason: str = ""
    admissible: bool = True


@dataclass(frozen=True)
class SpecificationCurve:
    """The effect under every combination of choices.

    ``table``: one row a specification: scale, interruption, washout, concurrent, pulses, season,
    points, rho, boundary; level and slope with se, df and p, in the scale's own unit; then the
    average monthly effect from the interruption through the last month counted, as a percentage of
    what was expected, with its interval, p and detectable size; admissible, answer (by the
    verdict's rules) and reason where not estimable. ``summary``: one row for all, admissible and
    inadmissible specifications: specifications, estimable, significant (5%), negative, positive
    and each answer, as counts. ``text``: the sentence a report may print.
    """

    table: pd.DataFrame
    summary: pd.DataFrame
    text: str

    @property
    def admissible_answers(self) -> pd.Series:
        """Return the answers of the admissible specifications, each under its scale."""
        return self.table[self.table["admissible"]].set_index("scale")["answer"]


def specifications(
    series: pd.Series, choices: Choices, *, companion: pd.Series | None = None
) -> list[Specification]:
    """Return every combination of ``choices`` with its design.

    ``companion``: the series that "log rate" divides by. Raises ParameterError when it is missing;
    a combination that cannot be estimated keeps its place, with the reason.
    """
    outcomes = {scale: _scaled(series, scale, companion) for scale in choices.scales}
    found = []
    for interruption, washout, concurrent, pulses, season in itertools.product(
        choices.interruptions, choices.washouts, choices.concurrent, choices.pulses, choices.seasons
    ):
        used, modelled = _used(series, interruption, concurrent, choices.further)
        reason, designs = "", dict[str, DesignMatrix | None].fromkeys(outcomes)
        try:
            design = _estimable(
                build(used, modelled, season=season, pulses=pulses, washout=washout)
            )
            places = series.index.get_indexer(design.observed.index)
            designs = {
                scale: replace(design, observed=outcome.iloc[places])
                for scale, outcome in outcomes.items()
            }
        except EstimationError as error:
            reason = str(error)
        for scale, own in designs.items():
            admissible = concurrent != NO_TERM or choices.concurrent == (NO_TERM,)
            found.append(
                Specification(
                    interruption,
                    washout,
                    concurrent,
                    pulses,
                    season,
                    scale,
                    own,
                    reason,
                    admissible,
                )
            )
    return found


def _estimable(design: DesignMatrix) -> DesignMatrix:
    """Return the design; EstimationError where its terms are collinear."""
    orthonormal(design.matrix, design.names)
    return design


def _scaled(series: pd.Series, scale: str, companion: pd.Series | None) -> pd.Series:
    if scale == LEVEL:
        return series
    if scale not in (LOG, LOG_RATE):
        raise ParameterError(f"scale {scale!r}", expected=f"{LEVEL}, {LOG} or {LOG_RATE}")
    base = series
    if scale == LOG_RATE:
        if companion is None:
            raise ParameterError(
                "scale 'log rate' without a companion series", expected="companion"
            )
        base = series / companion.reindex(series.index)
    if not (base > 0).all():
        worst = base.index[~(base > 0)][0]
        raise EstimationError(f"no logarithm in {worst}", do=f"leave out the scale {scale!r}")
    return np.log(base)


def _used(
    series: pd.Series, interruption: str, concurrent: str, further: tuple[str, ...]
) -> tuple[pd.Series, list[str]]:
    """Return the part of the series a specification uses, and its interruptions."""
    if concurrent == NO_TERM:
        return series, [interruption, *further]
    if concurrent.startswith(STOP_BEFORE):
        event = concurrent.removeprefix(STOP_BEFORE)
        end = as_period(event, series.index, what="the concurrent event") - 1
        return series[:end], [interruption]
    return series, [interruption, concurrent, *further]


def specification_curve(
    series: pd.Series,
    choices: Choices,
    *,
    through: str,
    negligible_percent: float,
    companion: pd.Series | None = None,
) -> SpecificationCurve:
    """Fit every combination of ``choices`` by REML with AR(1) errors and compare the answers.

    ``through``: last month counted in the average effect; ``negligible_percent``: as in
    ``verdict.verdict``. All fits are done together, designs of one shape at a time. (Simonsohn,
    Simmons and Nelson 2020, "Specification curve analysis", Nature Human Behaviour 4.)
    """
    specs = specifications(series, choices, companion=companion)
    designs = {place: spec.design for place, spec in enumerate(specs) if spec.design is not None}
    estimates = fit_designs(list(designs.values()))
    rows: list[dict] = [{} for _ in specs]
    for (place, design), estimate in zip(designs.items(), estimates, strict=True):
        rows[place] = _row(specs[place], design, estimate, through, negligible_percent)
    table = pd.DataFrame([_described(spec) | row for spec, row in zip(specs, rows, strict=True)])
    table["answer"] = _answers(table)
    summary = _summary(table)
    return SpecificationCurve(table, summary, _curve_sentence(summary))


def _weights(design: DesignMatrix, interruption: str, through: str) -> np.ndarray:
    """Return the weights of level, slope, average effect and what was expected, (4, terms)."""
    index = design.observed.index
    start = as_period(interruption, index, what="the interruption")
    last = as_period(through, index, what="the last month")
    inside = (index.asi8 >= start.ordinal) & (index.asi8 <= last.ordinal)
    if not inside.any():
        raise ParameterError(f"no month from {start} through {last}")
    mean = design.matrix[inside].mean(axis=0)
    names = list(design.names)
    weights = np.zeros((4, len(names)))
    own = [names.index(f"level[{start}]"), names.index(f"slope[{start}]")]
    weights[0, own[0]] = weights[1, own[1]] = 1.0
    weights[2, own] = mean[own]
    weights[3] = mean
    weights[3, own] = 0.0
    return weights


def _row(
    spec: Specification,
    design: DesignMatrix,
    estimate: inference.TermEstimates,
    through: str,
    negligible_percent: float,
) -> dict:
    """Return the numbers of one specification."""
    c = inference.contrast(estimate, _weights(design, spec.interruption, through))
    expected = c.estimate[3]
    smallest = detectable(c.se[2], c.df[2])
    return {
        "points": len(design.observed),
        "rho": estimate.rho,
        "boundary": estimate.boundary or not estimate.interior,
        **of_term(c, 0, "level"),
        **of_term(c, 1, "slope"),
        "effect_percent": _percent(c.estimate[2], spec.scale, expected),
        "ci_low_percent": _percent(c.ci_low[2], spec.scale, expected),
        "ci_high_percent": _percent(c.ci_high[2], spec.scale, expected),
        "detectable_percent": _percent(smallest, spec.scale, expected),
        "p": c.p[2],
        "answer": _answer(c, spec.scale, expected, negligible_percent),
    }


def _answer(c: inference.Contrast, scale: str, expected: float, negligible_percent: float) -> str:
    """Return what the interval alone answers; where there is no percentage, by its side of zero."""
    low, high = (_percent(end, scale, expected) for end in (c.ci_low[2], c.ci_high[2]))
    if np.isnan(low):
        return str(verdict.decide(c.ci_low[2], c.ci_high[2], float("nan")))
    return str(verdict.decide(low, high, negligible_percent))


def of_term(c: inference.Contrast, place: int, name: str) -> dict[str, float]:
    """Return estimate, se, df and p of one combination under the name of its term."""
    return {
        name: c.estimate[place],
        f"{name}_se": c.se[place],
        f"{name}_df": c.df[place],
        f"{name}_p": c.p[place],
    }


def _percent(value: float, scale: str, expected: float) -> float:
    """Return an effect in percent; NaN where the amount expected is not above zero."""
    return float(percent_of(value, expected) if scale == LEVEL else 100 * np.expm1(value))


def _described(spec: Specification) -> dict:
    return {
        "scale": spec.scale,
        "interruption": spec.interruption,
        "washout": f"{spec.washout[0]} to {spec.washout[-1]}" if spec.washout else "none",
        "concurrent": spec.concurrent,
        "pulses": ", ".join(spec.pulses) or "none",
        "season": _season(spec.season),
        "admissible": spec.admissible,
        "reason": spec.reason,
    }


def _season(season: str | int | None) -> str:
    if season is None:
        return "none"
    return f"by {season}" if isinstance(season, str) else f"{season} harmonics"


def _answers(table: pd.DataFrame) -> pd.Series:
    """Return the answers, "not estimable" where there is none."""
    if "answer" not in table:
        return pd.Series(NOT_ESTIMABLE, table.index)
    return table["answer"].fillna(NOT_ESTIMABLE)


def _summary(table: pd.DataFrame) -> pd.DataFrame:
    admissible = table["admissible"]
    groups = {
        "all": table,
        "admissible": table[admissible],
        "without a term for the concurrent event": table[~admissible],
        **{
            f"admissible, scale {scale}": part
            for scale, part in table[admissible].groupby("scale", sort=False)
        },
    }
    rows = []
    for label, part in groups.items():
        estimable = part[part["answer"] != NOT_ESTIMABLE]
        effects = estimable["effect_percent"] if len(estimable) else pd.Series(dtype=float)
        counts = {answer: int((part["answer"] == answer).sum()) for answer in verdict.ANSWERS}
        rows.append(
            {
                "group": label,
                "specifications": len(part),
                "estimable": len(estimable),
                "significant": int((estimable["p"] < 0.05).sum()) if len(estimable) else 0,
                "negative": int((effects < 0).sum()),
                "positive": int((effects > 0).sum()),
                **counts,
            }
        )
    return pd.DataFrame(rows)


def _curve_sentence(summary: pd.DataFrame) -> str:
    row = summary.set_index("group").loc["admissible"]
    left_out = int(summary["specifications"].iloc[2])
    declared = f"Of {summary['specifications'].iloc[0]} declared specifications"
    if left_out:
        declared += (
            f", {left_out} leave the concurrent event without a term and are excluded; of the "
            f"other {row['specifications']}"
        )
    return (
        f"{declared}, {row[verdict.INCREASE]} show an increase, {row[verdict.DECREASE]} a decrease "
        f"and {row[verdict.CANNOT_TELL]} cannot tell; {row['negative']} estimates lie under zero "
        f"and {row['positive']} above it."
    )
