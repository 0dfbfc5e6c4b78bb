"""Non-response: is an analysis called for, and do those who answered look like the frame."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from coee_nb import formats as fmt
from coee_nb.engines.design.comparisons import (
    Comparison,
    Comparisons,
    against_the_rest,
    p_phrase,
)
from coee_nb.engines.design.estimation import (
    Design,
    mean,
    post_stratified,
    raked,
    simple_random,
)
from coee_nb.errors import EstimationError, InputError
from coee_nb.unseen import Unseen

UNIT_THRESHOLD = 0.80
ITEM_THRESHOLD = 0.70


@dataclass(frozen=True, repr=False)
class Thresholds(Unseen):
    """Response rates against the levels that call for an analysis of bias.

    ``table`` columns: level ("unit" or "item"), item, part, responded, eligible, rate, threshold,
    analysis_called_for, verdict.
    """

    table: pd.DataFrame
    text: str


@dataclass(frozen=True, repr=False)
class FrameComparison(Unseen):
    """Respondents beside the frame by one characteristic.

    ``table`` columns: group, in_frame, responded, response_rate, frame_share, respondent_share,
    difference (of shares). ``statistic``, ``degrees_of_freedom``, ``p``: chi-square test that all
    groups respond alike.
    """

    table: pd.DataFrame
    statistic: float
    degrees_of_freedom: int
    p: float
    text: str


def response_thresholds(*, responded: int, frame: float, accounting: pd.DataFrame) -> Thresholds:
    """Judge the unit response rate and every item's against the thresholds.

    The item rate is answers ("don't know" and "not applicable" included) over the respondents
    who were not skipped by logic; those who had stopped before the item count against it.
    ``accounting`` is that of ``items.item_tables`` for all groups together; ``frame`` is infinite
    where it is not known. Source: OMB, Standards and Guidelines for Statistical Surveys (2006),
    section 3.2: unit response under 80%, item response under 70%.
    """
    rows = [_judged("unit", "", "", responded, frame, UNIT_THRESHOLD)]
    for row in accounting.itertuples():
        given = row.answered + row.dont_know + row.not_applicable
        eligible = row.responded - row.skipped_by_logic
        rows.append(_judged("item", row.item, row.part, given, eligible, ITEM_THRESHOLD))
    table = pd.DataFrame(rows)
    low_items = int((table["analysis_called_for"] & (table["level"] == "item")).sum())
    text = (
        f"{_unit_sentence(rows[0])}; {fmt.count(low_items)} of {fmt.count(len(table) - 1)} items "
        f"fall under {fmt.percent(ITEM_THRESHOLD)}."
    )
    return Thresholds(table, text)


def _unit_sentence(unit: Mapping[str, Any]) -> str:
    if unit["eligible"] is None:
        return "The unit response is not known"
    called = "calls" if unit["analysis_called_for"] else "does not call"
    return (
        f"A unit response of {fmt.percent(unit['responded'], unit['eligible'])} {called} for a "
        f"non-response bias analysis (threshold {fmt.percent(UNIT_THRESHOLD)})"
    )


def _judged(
    level: str, item: str, part: str, responded: int, eligible: float, threshold: float
) -> dict[str, Any]:
    """Return one row of the thresholds; a rate exactly at the threshold meets it."""
    known = np.isfinite(eligible)
    rate = responded / eligible if eligible and known else np.nan
    called = bool(rate < threshold)
    verdict = "analysis called for" if called else "meets the threshold"
    return {
        "level": level,
        "item": item,
        "part": part,
        "responded": int(responded),
        "eligible": int(eligible) if known else None,
        "rate": rate,
        "threshold": threshold,
        "analysis_called_for": called,
        "verdict": _verdict(verdict, eligible),
    }


def _verdict(verdict: str, eligible: float) -> str:
    if not np.isfinite(eligible):
        return "not known: how many were asked is not given"
    return verdict if eligible else "not estimable: nobody was asked"


def respondents_against_frame(groups: pd.Series, frame: Mapping[str, float]) -> FrameComparison:
    """Compare who responded with the frame by one characteristic (one label a respondent).

    Raises InputError for a label outside the frame or more respondents than people.
    """
    labels = list(frame)
    stray = set(groups.dropna()) - set(labels)
    if stray or groups.isna().any():
        found = "respondents without a group" if not stray else f"{min(map(str, stray))!r}"
        raise InputError(found, where=str(groups.name), expected=", ".join(map(str, labels)))
    table = pd.DataFrame({"group": labels, "in_frame": list(frame.values())})
    table["responded"] = groups.value_counts().reindex(labels, fill_value=0).to_numpy()
    if (table["responded"] > table["in_frame"]).any():
        over = table.loc[table["responded"] > table["in_frame"], "group"].iloc[0]
        raise InputError("more respondents than people", where=str(over), do="correct the frame")
    table["response_rate"] = table["responded"] / table["in_frame"].where(table["in_frame"] > 0)
    table["frame_share"] = table["in_frame"] / table["in_frame"].sum()
    table["respondent_share"] = table["responded"] / max(table["responded"].sum(), 1)
    table["difference"] = table["respondent_share"] - table["frame_share"]
    return _tested(table, str(groups.name or "group"))


def _tested(table: pd.DataFrame, name: str) -> FrameComparison:
    """Add the chi-square test of response by group."""
    people = table[table["in_frame"] > 0]
    cells = np.array([people["responded"], people["in_frame"] - people["responded"]])
    if len(people) < 2 or (cells.sum(axis=1) == 0).any():
        raise EstimationError("no variation in response to test", where=name)
    expected = np.outer(cells.sum(axis=1), cells.sum(axis=0)) / cells.sum()
    statistic, freedom = (np.square(cells - expected) / expected).sum(), len(people) - 1
    p = chdtrc(freedom, statistic)
    low, high = people["response_rate"].min(), people["response_rate"].max()
    verdict = "differs" if p < 0.05 else "shows no difference"
    text = (
        f"Response {verdict} by {name} (from {fmt.percent(float(low))} to "
        f"{fmt.percent(float(high))}; chi-square {fmt.number(statistic, 1)}, "
        f"{freedom} degrees of freedom, {p_phrase(p)})."
    )
    return FrameComparison(table, float(statistic), int(freedom), float(p), text)


def early_and_late(recorded_on: pd.Series) -> pd.Series:
    """Return "early" or "late" for each respondent by the order of recording.

    The last half are late, with ties at the cut all early. Late respondents stand in for
    those who never answered (Armstrong and Overton 1977, Journal of Marketing Research 14); a
    partial response is recorded when the survey tool closes it, so compare completes only, or
    read the result with that in mind. Raises EstimationError when no time tells them apart.
    """
    if recorded_on.isna().any():
        raise EstimationError(f"{int(recorded_on.isna().sum())} responses without a time")
    cut = recorded_on.quantile(0.5, interpolation="lower")
    late = recorded_on > cut
    if not late.any():
        raise EstimationError("all responses were recorded at one time")
    return pd.Series(np.where(late, "late", "early"), index=recorded_on.index, name="wave")


def complete_and_partial(finished: pd.Series) -> pd.Series:
    """Return "complete" or "partial" for each respondent.

    Raises EstimationError when all are the same.
    """
    if finished.nunique() < 2:
        raise EstimationError("all responses are complete, or none is")
    labels = np.where(finished.astype(bool), "complete", "partial")
    return pd.Series(labels, index=finished.index, name="completion")


def compare_two_kinds(
    design: Design, findings: Mapping[str, pd.Series], kinds: pd.Series, *, level: float = 0.05
) -> Comparisons:
    """Compare every finding between two kinds of respondent (early and late, say), Holm-adjusted.

    ``findings``: name -> 0/1 a respondent, NaN without an answer. One row a finding: the kind that
    comes last in the alphabet is compared with the other ("late" with "early", "partial" with
    "complete").
    """
    names = sorted(kinds.dropna().unique())
    if len(names) != 2:
        raise InputError(f"kinds {names}", expected="two kinds of respondent")
    family = [Comparison(name, values, kinds) for name, values in findings.items()]
    return against_the_rest(design, family, level=level)


def weighted_beside_unweighted(
    findings: Mapping[str, pd.Series],
    margins: Mapping[str, tuple[pd.Series, Mapping[str, float]]],
) -> pd.DataFrame:
    """Return every finding unweighted, post-stratified by each margin, and raked to all.

    ``findings``: name -> 0/1 a respondent, NaN without an answer; ``margins``: name -> (one label
    a respondent, the frame's count of each label). Columns: finding, weighting ("unweighted",
    "post-stratified by ...", "raked to ..."), estimate, standard_error, note (why there is no
    estimate). Standard errors are linearised with finite
    population correction and calibrated residuals. A weighting that cannot be done (nobody stands
    for a group) is a row with its reason.
    """
    rows = [
        {"finding": name, "weighting": label, **_estimated(design, values)}
        for label, design in _weightings(margins).items()
        for name, values in findings.items()
    ]
    columns = ["finding", "weighting", "estimate", "standard_error", "note"]
    table = pd.DataFrame(rows).reindex(columns=columns)
    order = {name: k for k, name in enumerate(findings)}
    table = table.sort_values("finding", key=lambda s: s.map(order), kind="stable")
    return table.reset_index(drop=True)


def _weightings(
    margins: Mapping[str, tuple[pd.Series, Mapping[str, float]]],
) -> dict[str, Design | EstimationError]:
    """Return each weighting's design, or why there is none."""
    if not margins:
        raise InputError("no margins", expected="the frame's counts by at least one group")
    groups, frame = next(iter(margins.values()))
    plain = simple_random(len(groups), frame=sum(frame.values()))
    found: dict[str, Design | EstimationError] = {"unweighted": plain}
    for name, (labels, counts) in margins.items():
        try:
            found[f"post-stratified by {name}"] = post_stratified(plain, labels, counts)
        except EstimationError as error:
            found[f"post-stratified by {name}"] = error
    if len(margins) > 1:
        label = f"raked to {' and '.join(margins)}"
        try:
            found[label] = raked(plain, margins)
        except EstimationError as error:
            found[label] = error
    return found


def _estimated(design: Design | EstimationError, values: pd.Series) -> dict[str, Any]:
    if isinstance(design, EstimationError):
        return {"note": f"not estimable: {design.found}"}
    try:
        found = mean(design, values.to_numpy(float))
    except EstimationError as error:
        return {"note": f"not estimable: {error.found}"}
    return {"estimate": found.estimate, "standard_error": found.standard_error, "note": ""}
