"""The findings by the survey weights that the export brings, beside their unweighted counts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb.engines.design.estimation import Design, Estimate, mean
from coee_nb.errors import EstimationError
from coee_nb.findings import Finding, Findings
from coee_nb.outputs import Several, Table
from coee_nb.survey.key_results import KeyResult
from coee_nb.survey.nonrespondents import STEPS, told_by
from coee_nb.survey.release import Release, placed_by, safe_with
from coee_nb.survey.results import finding_lines, span
from coee_nb.survey.tables import SUPPRESSED, WORDS, count, percent

COARSE = [step for step in STEPS if step >= 0.01]  # weights are persons': whole percentages at best


def effective_number(weights: np.ndarray) -> float:
    """Return how many answers of equal weight these are worth (Kish, Survey Sampling, 1965).

    >>> effective_number(np.array([1.0, 1.0, 2.0])), effective_number(np.array([3.0, 3.0]))
    (2.6666666666666665, 2.0)
    """
    return float(weights.sum() ** 2 / (weights**2).sum())


def weighted_lines(released: Release, estimates: pd.DataFrame) -> pd.DataFrame:
    """Return one row a finding: unweighted ``count``, ``n``, ``share``, and weighted what may be.

    Weighted: ``estimate``, ``standard_error``, ``low``, ``high`` (the logit interval of the two as
    they are rounded) and ``effective`` answers (Kish); all missing where the counts are suppressed
    or where no rounding is safe beside ``estimates``, what ``weighted_estimates`` gave.
    """
    lines = finding_lines(released)[["id", "finding", "count", "n", "share"]]
    told = told_by(released, estimates)
    found = [_line(released, one, told.get(one.id, [])) for one in released.survey.key_results]
    made = pd.DataFrame(found, columns=["estimate", "standard_error", "low", "high", "effective"])
    return pd.concat([lines, made.astype({"effective": "Int64"})], axis=1)


def _line(released: Release, one: KeyResult, told: list[tuple]) -> dict[str, float | None]:
    survey, weights = released.survey, released.survey.weights
    if weights is None or not released.may_print(one):
        return {}
    values = one.values.to_numpy(float)
    try:
        exact = mean(Design(weights, survey.population), values)
    except (EstimationError, ZeroDivisionError):
        return {}
    if not np.isfinite(exact.estimate):
        return {}
    step = next((s for s in COARSE if _is_safe(released, one, told, exact.estimate, s)), None)
    if step is None:
        return {}
    shown = _rounded(exact, step)
    low, high = map(float, shown.interval(confidence=survey.params.confidence))
    answered = weights[np.isfinite(values)]
    return {
        "estimate": shown.estimate,
        "standard_error": shown.standard_error,
        "low": low,
        "high": high,
        "effective": _effective(answered, released.floor),
    }


def _rounded(exact: Estimate, step: float) -> Estimate:
    """Return an estimate as it is printed: the error ten times as finely as the share."""
    share = round(round(exact.estimate / step) * step, 6)
    error = round(np.ceil(round(exact.standard_error / (step / 10), 6)) * step / 10, 6)
    return Estimate(share, error, exact.degrees_of_freedom, exact.answered)


def _effective(weights: np.ndarray, floor: int) -> int | None:
    """Return the effective number, in tens where the survey is confidential."""
    number = effective_number(weights)
    if not floor:
        return round(number)
    tens = 10 * int(number // 10)
    return tens if tens >= floor else None


def _is_safe(
    released: Release, one: KeyResult, told: list[tuple], estimate: float, step: float
) -> bool:
    """Whether the estimate, rounded to ``step``, and its error leave the suppressed counts open.

    The attacker is taken to know the mean weight of each finest group, and the mean of its square,
    on which the error rests: no less than what the weights of single persons leave to be known.
    """
    if not released.floor:
        return True
    weights = np.asarray(released.survey.weights)
    placed = placed_by(released.survey)
    groups = placed.groupby(list(placed.columns)).ngroup().to_numpy()
    also = []
    for power in (1, 2):
        own = weights**power
        means = (np.bincount(groups, own) / np.bincount(groups))[groups]
        given = one.values.notna().to_numpy()
        middle = float(means[given] @ one.values.to_numpy(float)[given] / means[given].sum())
        if power == 1 and np.allclose(means, own):
            middle = round(estimate / step) * step
        also.append((means, middle - step / 2, middle + step / 2))
    return safe_with(released, one, [*told, *also])


def weighted_by_column(released: Release, estimates: pd.DataFrame) -> Several:
    """Return the table of the findings by the survey weights; nothing without weights."""
    survey = released.survey
    if survey.weights is None or not survey.key_results:
        return Several(())
    return Several((_table(released, weighted_lines(released, estimates)),))


def _table(released: Release, frame: pd.DataFrame) -> Table:
    survey = released.survey
    frame["interval"] = _intervals(frame)
    frame["weighted"] = [
        SUPPRESSED if fmt.is_missing(share) else fmt.percent(share) for share in frame["estimate"]
    ]
    known = np.isfinite(survey.population)
    everyone = _effective(np.asarray(survey.weights), released.floor)
    return released.table(
        frame,
        **WORDS.table(
            "survey_weights",
            column=survey.params.weight,
            level=fmt.percent(survey.params.confidence),
            effective=count(everyone),
            correction=WORDS.sentence("weights_corrected") if known else "",
            floor=released.floor,
        ),
        formats={"count": count, "n": count, "share": percent, "effective": count},
        anchor="id",
    )


def _intervals(frame: pd.DataFrame) -> list[str]:
    return [span(low, high) for low, high in zip(frame["low"], frame["high"], strict=True)]


def weighted_findings(released: Release, estimates: pd.DataFrame) -> Findings | None:
    """Return ``survey.weighted.<id>`` of each finding that may be given; None without weights."""
    if released.survey.weights is None or not released.survey.key_results:
        return None
    frame = weighted_lines(released, estimates)
    frame["interval"] = _intervals(frame)
    shown = frame[frame["estimate"].notna()].to_dict("records")
    return released.findings(_finding(released, line) for line in shown)


def _finding(released: Release, line: dict) -> Finding:
    text = WORDS.sentence(
        "item_weighted",
        finding=line["finding"],
        share=fmt.percent(line["estimate"]),
        level=fmt.percent(released.survey.params.confidence),
        interval=line["interval"],
        percent=fmt.percent(line["count"], line["n"]),
        count=fmt.count(line["count"]),
        n=fmt.count(line["n"]),
    )
    numbers = {"numerator": int(line["count"]), "denominator": int(line["n"])}
    evidence = f"survey_weights.{line['id']}"
    name = f"weighted.{line['id']}"
    return released.finding(name, text, line["estimate"], "share", evidence=evidence, **numbers)
