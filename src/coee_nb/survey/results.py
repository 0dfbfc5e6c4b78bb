"""Tables of what the survey says: findings, other questions, groups, and who did not answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb.arguments import known
from coee_nb.engines.design.estimation import mean, simple_random
from coee_nb.engines.design.intervals import (
    clopper_pearson,
    effective_size,
    korn_graubard,
    no_assumption_bounds,
    precision,
    wilson,
)
from coee_nb.engines.suppression.magnitudes import moments
from coee_nb.outputs import Callout, Table
from coee_nb.survey.data import KeyResult
from coee_nb.survey.questions.item import Item
from coee_nb.survey.questions.kinds import KINDS
from coee_nb.survey.questions.number import mean_interval
from coee_nb.survey.release import (
    ASKED_NO_ANSWER,
    NO_ANSWER,
    NOT_ASKED,
    Release,
    answered_amounts,
    part_label,
)
from coee_nb.survey.tables import (
    SUPPRESSED,
    between,
    count,
    one_decimal,
    percent,
)

INTERVALS = (
    "The percentage is of those who answered the question in substance. The design-based interval "
    "takes the respondents as a random sample of all who were asked, and those who answered as a "
    "part of it; like Wilson's it assumes that answering has nothing to do with the answer. The "
    "bounds assume nothing: everyone else says no, or everyone else says yes. Precision is "
    "sufficient or low by the presentation standards of NCHS (Parker et al. 2017)."
)
FIRST_ANSWERS = "The first answer of each question of a single answer"


# Findings


def findings(released: Release) -> Table | Callout:
    """Return the findings, with their denominators, intervals and bounds."""
    chosen = released.survey.key_results
    if not chosen:
        return released.callout(
            "There is no finding: no printed figures were given, and the questionnaire has no "
            "question of a single answer."
        )
    frame = pd.DataFrame([finding_line(released, one) for one in chosen]).reindex(columns=_COLUMNS)
    frame = frame.astype({"count": "Int64", "n": "Int64"} | dict.fromkeys(_ENDS, float))
    for name in ("wilson", "design", "bound"):
        frame[name] = [
            span(low, high)
            for low, high in zip(frame[f"{name}_low"], frame[f"{name}_high"], strict=True)
        ]
    level = fmt.percent(released.survey.params.confidence)
    places = bool(frame["where"].any())
    return released.table(
        frame,
        name="findings",
        caption="The findings" if places else FIRST_ANSWERS,
        formats={"count": count, "n": count, "share": percent},
        labels={
            "count": "gave this answer",
            "n": "of answers",
            "share": "percent",
            "wilson": f"{level} Wilson",
            "design": f"{level} design-based",
            "bound": "bounds",
            "caution": "precision",
            "where": "printed at",
        },
        show=(
            *("finding", "count", "n", "share", "wilson", "design", "bound", "caution"),
            *(["where"] if places else []),
        ),
        anchor="id",
        note=INTERVALS,
    )


_ENDS = [
    f"{name}_{end}" for name in ("wilson", "exact", "design", "bound") for end in ("low", "high")
]
_COLUMNS = ["id", "finding", "where", "count", "n", "share", "design_se", *_ENDS, "caution"]


def finding_line(released: Release, key_result: KeyResult) -> dict[str, Any]:
    """Return one finding with every interval, or without any number where it is suppressed."""
    survey, level = released.survey, released.survey.params.confidence
    line: dict[str, Any] = {
        "id": key_result.id,
        "finding": key_result.text,
        "where": key_result.where,
    }
    n, yes = int(key_result.values.notna().sum()), int(key_result.values.sum())
    if n == 0 or not released.may_print(key_result):
        return line | {"caution": SUPPRESSED if n else "nobody answered"}
    found = mean(simple_random(survey.responded, frame=survey.asked), key_result.values)
    accounts = survey.tables[""].accounting
    own = accounts[accounts["item"] == key_result.item.name].iloc[0]
    eligible = own["in_frame"] - own["skipped_by_logic"] - own["not_applicable"]
    ends = {
        "wilson": wilson(yes, n, confidence=level),
        "exact": clopper_pearson(yes, n, confidence=level),
        "design": found.interval(confidence=level),
        "bound": no_assumption_bounds(yes, n, eligible),
    }
    line |= {"count": yes, "n": n, "share": yes / n, "design_se": found.standard_error}
    for name, (low, high) in ends.items():
        line |= {f"{name}_low": float(low), f"{name}_high": float(high)}
    size = {"rows": n, "degrees_of_freedom": found.degrees_of_freedom, "confidence": level}
    low, high = korn_graubard(yes / n, found.standard_error, **size)
    return line | {"caution": _caution(yes / n, found.standard_error, low, high, **size)}


def _caution(share: float, error: float, low: float, high: float, **size: float) -> str:
    """Return why a percentage fails the presentation standard; "sufficient" otherwise."""
    verdict = precision(
        share,
        rows=size["rows"],
        effective_rows=effective_size(share, error, **size),
        degrees_of_freedom=size["degrees_of_freedom"],
        low=low,
        high=high,
    ).iloc[0]
    return "sufficient" if verdict["verdict"] == "show" else f"low: {verdict['reason']}"


def span(low: float, high: float) -> str:
    """Return an interval of shares in whole percentages.

    >>> span(0.6377, 0.7240), span(float("nan"), 1.0)
    ('64 to 72 %', '–')
    """
    if fmt.is_missing(low) or fmt.is_missing(high):
        return fmt.MISSING
    return f"{fmt.percent(low).removesuffix(' %')} to {fmt.percent(high)}"


# Other questions


def choices(released: Release, name: str) -> Table | Callout:
    """Return the answers of all items of one kind, by choice.

    Raises ParameterError for a kind that has no such table.
    """
    kind = KINDS[
        known(name, [one.name for one in KINDS.values() if one.caption], "kind of question")
    ]
    frame = distribution(released, [item for item in released.survey.items if item.kind == name])
    if frame.empty:
        return released.callout(
            kind.none or f"There is no {name} question with a choice of answers to show."
        )
    frame = kind.lines(frame)
    frame["wilson"] = [
        span(low, high) for low, high in zip(frame["wilson_low"], frame["wilson_high"], strict=True)
    ]
    level = fmt.percent(released.survey.params.confidence)
    shares = [column for column in ("share", "share_of_answers") if column in frame]
    return released.table(
        frame,
        name=f"{name}_answers",
        caption=kind.caption,
        formats={"count": count, "n": count} | dict.fromkeys(shares, percent),
        labels={**dict(kind.labels), "wilson": f"{level} Wilson"},
        show=kind.show,
        note=kind.note,
    )


def distribution(released: Release, items: Sequence[Item]) -> pd.DataFrame:
    """Return ``items.item_tables``' distribution of ``items`` over all, as it may be printed."""
    whole = released.survey.tables[""].distribution
    pieces = []
    for (name, part), rows in whole.groupby(["item", "part"], sort=False):
        if name not in {item.name for item in items}:
            continue
        frame = rows.rename(columns={"choice": "answer", "n": "denominator"})
        label = part_label(name, part)
        if label not in released.plan.tables:
            continue
        pieces.append(released.plan.release(frame, label, labels=["item", "part", "group"]))
    if not pieces:
        return pd.DataFrame()
    found = pd.concat(pieces, ignore_index=True).drop(columns=["group", "percent"])
    found = found.rename(columns={"answer": "choice", "denominator": "n"})
    return found.astype({"count": "Int64", "n": "Int64"})


def selections(released: Release) -> Table | Callout:
    """Return each multi-select, per respondent and per answer given."""
    return choices(released, "multi")


def numbers(released: Release) -> Table | Callout:
    """Return mean and quartiles of each numeric item, as far as they tell of nobody.

    The rules are those of ``engines.suppression.magnitudes``; the ends are single persons' answers
    and never shown.
    """
    items = [item for item in released.survey.items if item.kind == "numeric"]
    if not items:
        return released.callout("The questionnaire asks for no number.")
    frame = pd.DataFrame([_number_line(released, item) for item in items])
    frame = frame.astype({"n": "Int64"})
    return released.table(
        frame,
        name="numbers",
        caption="Questions for a number",
        formats={"n": count} | dict.fromkeys(("mean", "sd", *_QUARTILES), one_decimal),
        labels={
            "n": "answers",
            "sd": "standard deviation",
            "interval": f"{fmt.percent(released.survey.params.confidence)} interval of the mean",
        },
        show=("item", "n", "mean", "interval", "sd", *_QUARTILES),
        note="The smallest and the largest answer are single persons' and are not printed.",
    )


_QUARTILES = ("lower_quartile", "median", "upper_quartile")


def _number_line(released: Release, item: Item) -> dict[str, Any]:
    """Return one numeric item's moments, with the reason where they are suppressed."""
    line: dict[str, Any] = {"item": item.name, "n": None, "mean": np.nan, "sd": np.nan}
    line |= dict.fromkeys(_QUARTILES, np.nan) | {"interval": "", "disclosure": SUPPRESSED}
    amounts = answered_amounts(released.survey, item)
    if item.name not in released.nonresponse_reasons or len(amounts) < released.floor:
        return line
    found = moments(amounts, floor=released.floor)
    line |= {"n": len(amounts), "mean": found.mean, "sd": found.sd, "disclosure": found.why}
    if found.why:
        return line
    low, high = mean_interval(amounts, released.survey.params.confidence)
    low, high = math.floor(low / found.step), math.ceil(high / found.step)
    quartiles = dict(zip(_QUARTILES, found.quartiles, strict=True))
    return line | quartiles | {"interval": between(low * found.step, high * found.step)}


def number_classes(released: Release) -> Table | Callout:
    """Return how many gave an amount in each class of each numeric item, by the plan."""
    parts = [
        released.plan.apply(item.name).assign(item=item.name)
        for item in released.survey.items
        if item.kind == "numeric" and item.name in released.plan.tables
    ]
    if not parts:
        return released.callout("No number is shown by classes.")
    frame = pd.concat(parts, ignore_index=True)
    frame = frame[~frame["answer"].isin([NO_ANSWER, NOT_ASKED, ASKED_NO_ANSWER, "answered"])]
    columns = {"answer": "amount", "denominator": "n"}
    frame = frame[["item", *columns, "count", "share", "disclosure"]].rename(columns=columns)
    return released.table(
        frame.reset_index(drop=True),
        name="number_classes",
        caption="Numbers by class",
        formats={"count": count, "n": count, "share": percent},
        labels={"n": "of answers"},
        show=("item", "amount", "count", "n", "share"),
        note="A class holds at least the floor's number of people; its lower end is in it.",
    )
