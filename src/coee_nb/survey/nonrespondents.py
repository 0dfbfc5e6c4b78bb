"""Tables of who did not answer, and of what that may do to the findings."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb.arguments import known
from coee_nb.engines.design.estimation import post_stratified, raked, simple_random
from coee_nb.lazily import showing
from coee_nb.outputs import Callout, Table
from coee_nb.survey.data import Survey
from coee_nb.survey.key_results import KeyResult
from coee_nb.survey.nonresponse import (
    compare_two_kinds,
    response_thresholds,
    weighted_beside_unweighted,
)
from coee_nb.survey.release import (
    KINDS,
    Release,
    comparable,
    item_labels,
    kinds_of,
    safe_with,
)
from coee_nb.survey.tables import SUPPRESSED, WORDS, count, one_decimal, percent


def thresholds(released: Release) -> Table:
    """Return the unit and item response rates against the levels that call for an analysis.

    An item's counts are given where its answers and its "don't know" may be told apart.
    """
    survey = released.survey
    accounts = survey.tables[""].accounting
    found = response_thresholds(
        responded=survey.responded, frame=survey.population, accounting=accounts
    )
    frame = found.table.astype({"responded": "Int64", "eligible": "Int64"})
    frame["of"] = ["the survey", *item_labels(accounts)]
    shown = [released.took_part is not None]
    shown += [_given_known(released, label) for label in item_labels(accounts)]
    frame.loc[~np.array(shown), ["responded", "eligible", "rate"]] = pd.NA
    if survey.asked is None:  # the survey's own rate is not suppressed but not known
        frame = frame[frame["of"] != "the survey"]
    return released.table(
        frame[
            ["of", "level", "item", "part", "responded", "eligible", "rate", "threshold", "verdict"]
        ],
        **WORDS.table("response_thresholds", found=found.text),
        formats={"of": survey.question, "responded": count, "eligible": count}
        | dict.fromkeys(("rate", "threshold"), percent),
        anchor="of",
    )


def _given_known(released: Release, label: str) -> bool:
    told = released.nonresponse_reasons.get(label)
    return told is not None and {"don't know", "not applicable"} <= set(told)


KIND_NAMES = {"completion": ("complete", "partial"), "wave": ("early", "late")}


def kinds(released: Release, kind: str) -> Table | Callout:
    """Return the findings of complete and partial respondents ("completion") or, among those who
    finished, of early and late ones ("wave"). Raises ParameterError for another kind.
    """
    names = KIND_NAMES[known(kind, KINDS, "kind of respondent")]
    if released.survey.census:
        return released.callout(WORDS.sentence("census"))
    groups = kinds_of(released.survey)
    chosen = comparable(released, KINDS.index(kind) + 1)
    if not chosen or groups is None or not set(names) <= set(groups[kind]):
        said = WORDS.sentence("not_compared", first=names[0], second=names[1])
        return released.callout(said)
    own_kind = groups[kind].where(groups[kind].isin(names))
    survey = released.survey
    design = simple_random(survey.responded, frame=survey.population)
    family = {one.id: one.values for one in chosen}
    found = compare_two_kinds(design, family, own_kind, level=1 - survey.params.confidence)
    frame = found.table.assign(finding=[one.text for one in chosen])
    for name in names:
        own = [one.values[own_kind == name] for one in chosen]
        frame[f"n_{name}"] = [int(values.notna().sum()) for values in own]
        frame[f"share_{name}"] = [float(values.mean()) for values in own]
    frame["points"] = 100 * frame["estimate"]
    shares = [f"share_{name}" for name in names]
    words = WORDS.table("two_kinds", kinds=f"{names[0].capitalize()} and {names[1]}")
    words |= {"name": f"{names[0]}_and_{names[1]}"}
    words["labels"] |= dict(zip(shares, names, strict=True))
    return released.table(
        frame,
        **words,
        formats=dict.fromkeys(shares, percent)
        | {"points": one_decimal}
        | dict.fromkeys(("p", "p_adjusted"), fmt.p_value),
        show=("finding", *shares, "points", "p_adjusted", "verdict"),
        note=" ".join([found.text, *_left_out(released, len(chosen))]),
    )


def _left_out(released: Release, compared: int) -> list[str]:
    """Return how many findings are not compared, and why; nothing where all are."""
    of = len(released.survey.key_results)
    if compared == of:
        return []
    numbers = {"findings": of, "left_out": of - compared, "floor": released.floor}
    return [WORDS.sentence("left_out_by_kind", **numbers)]


def weighted(released: Release, frame: pd.DataFrame) -> Table | Callout:
    """Return every finding weighted to the frame, as ``weighted_estimates`` gives it."""
    survey = released.survey
    if survey.census:
        return released.callout(WORDS.sentence("census"))
    if not survey.weighting:
        return released.callout(WORDS.sentence("not_weighted"))
    if frame.empty:
        return released.callout(WORDS.sentence("none_can_be_weighted"))
    labels = list(dict.fromkeys(frame["weighting"]))
    wide = pd.DataFrame({"id": list(dict.fromkeys(frame["finding"]))})
    wide["finding"] = wide["id"].map({one.id: one.text for one in survey.key_results})
    for label in labels:
        own = frame[frame["weighting"] == label].set_index("finding").loc[wide["id"]]
        wide[label] = [_estimate(row.low, row.high) for row in own.itertuples()]
        for name in ("low", "high", "standard_error"):
            wide[f"{name.replace('_', ' ')}, {label}"] = own[name].to_numpy(float)
    wide["moved_by_at_most"] = wide["id"].map(frame.groupby("finding")["moved"].max())
    words = WORDS.table("weighted_findings")
    words["labels"] |= {label: _weighting_words(survey, label) for label in labels}
    return released.table(
        wide,
        **words,
        formats={"moved_by_at_most": at_most},
        show=("finding", *labels, "moved_by_at_most"),
        anchor="id",
    )


def _weighting_words(survey: Survey, label: str) -> str:
    """Return a weighting with its groups in words."""
    how, to, groups = label.rpartition(" to " if label.startswith("raked") else " by ")
    return (
        how
        + to
        + " and ".join(
            survey.word(name) if name in survey.dimensions else name
            for name in groups.split(" and ")
        )
    )


def _estimate(low: float, high: float) -> str:
    """Return an estimate in percent as finely as it is given: a value, or a span.

    >>> _estimate(0.6595, 0.6605), _estimate(0.655, 0.665), _estimate(0.65, 0.67)
    ('66.0%', '66%', '65 to 67%')
    >>> _estimate(0.625, 0.675)
    '62.5 to 67.5%'
    """
    if fmt.is_missing(low):
        return SUPPRESSED
    width, middle = high - low, round((low + high) / 2, 6)
    if width < 1.5 * STEPS[1]:
        return fmt.percent(middle, digits=1 if width < STEPS[1] / 2 else 0)
    digits = 0 if abs(100 * low - round(100 * low)) < 1e-6 else 1
    low, high = round(low, 6), round(high, 6)
    return f"{fmt.number(100 * low, digits)} to {fmt.percent(high, digits=digits)}"


def at_most(value: float) -> str:
    """Return a share in percentage points, rounded up as befits a bound; a missing one is
    suppressed.

    >>> at_most(0.03241), at_most(0.03)
    ('3.3', '3.0')
    """
    if fmt.is_missing(value):
        return SUPPRESSED
    return str(Decimal(f"{100 * value:.6f}").quantize(Decimal("0.1"), ROUND_CEILING))


STEPS = (0.001, 0.01, 0.02, 0.05, 0.1)  # how finely a weighted share may be given


def weighted_estimates(released: Release) -> pd.DataFrame:
    """Return every finding that may be shown, unweighted and under each weighting to the frame.

    Columns: ``finding``, ``weighting``, ``low`` and ``high`` (between which the estimate lies),
    ``standard_error``, ``moved`` (from the unweighted share, at most), ``note``. An estimate is
    rounded to the finest of ``STEPS`` at which an attacker who knows all weighted estimates of the
    finding learns no more of its suppressed counts than the plan allows.
    """
    survey = released.survey
    chosen = [one for one in survey.key_results if released.may_print(one)]
    if not chosen or not survey.weighting or survey.census:
        return pd.DataFrame()
    margins = {name: (survey.rows[name], survey.margins(name)) for name in survey.weighting}
    found = weighted_beside_unweighted({one.id: one.values for one in chosen}, margins)
    weights = _weights(survey, margins, set(found.loc[found["estimate"].notna(), "weighting"]))
    given = [
        _as_fine_as_safe(released, one, found[found["finding"] == one.id], weights)
        for one in chosen
    ]
    return pd.concat(given, ignore_index=True)


def _as_fine_as_safe(
    released: Release, key_result: KeyResult, own: pd.DataFrame, weights: dict[str, np.ndarray]
) -> pd.DataFrame:
    plain = own["weighting"] == "unweighted"
    frame = own[["finding", "weighting", "note"]].copy()
    for step in STEPS:
        middle = (own["estimate"] / step).round() * step
        frame["low"] = (middle - step / 2).where(~plain, own["estimate"])
        frame["high"] = (middle + step / 2).where(~plain, own["estimate"])
        error = (own["standard_error"] / step).round() * step
        frame["standard_error"] = error.where(~plain, own["standard_error"])
        told = [
            (weights[row.weighting], row.low, row.high)
            for row in frame[~plain & frame["low"].notna()].itertuples()
        ]
        if safe_with(released, key_result, told):
            break
    else:
        frame.loc[~plain, ["low", "high", "standard_error"]] = np.nan
        frame.loc[~plain, "note"] = WORDS.sentence("estimate_withheld", suppressed=SUPPRESSED)
    whole = own.loc[plain, "estimate"].iloc[0]
    away = [(frame[end] - whole).abs() for end in ("low", "high")]
    return frame.assign(moved=np.fmax(*away).where(~plain))


def told_by(released: Release, estimates: pd.DataFrame) -> dict[str, list[tuple]]:
    """Return what ``weighted_estimates`` tells of each finding, as ``safe_with`` takes it."""
    if estimates.empty:
        return {}
    survey = released.survey
    margins = {name: (survey.rows[name], survey.margins(name)) for name in survey.weighting}
    given = estimates[(estimates["weighting"] != "unweighted") & estimates["low"].notna()]
    weights = _weights(survey, margins, {"unweighted", *given["weighting"]})
    return {
        str(name): [(weights[row.weighting], row.low, row.high) for row in own.itertuples()]
        for name, own in given.groupby("finding")
    }


def _weights(survey: Survey, margins: dict[str, tuple], made: set[str]) -> dict[str, np.ndarray]:
    """Return the respondents' weights under each weighting that was made."""
    plain = simple_random(survey.responded, frame=survey.population)
    single = {f"post-stratified by {name}": one for name, one in margins.items()}
    weights = {
        label: post_stratified(plain, *one).weights
        for label, one in single.items()
        if label in made
    }
    for label in made - {"unweighted", *single}:
        weights[label] = raked(plain, margins).weights
    return weights


__dir__ = showing(globals())
