"""Tables of what the survey says: findings, other questions, groups, and who did not answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb.arguments import known
from coee_nb.engines.suppression.magnitudes import moments
from coee_nb.outputs import Callout, Table
from coee_nb.survey.questions.item import Item
from coee_nb.survey.questions.kinds import KINDS, kind_of
from coee_nb.survey.questions.number import NUMBER, mean_interval
from coee_nb.survey.release import (
    ASKED_NO_ANSWER,
    NO_ANSWER,
    NOT_ASKED,
    Release,
    part_label,
)
from coee_nb.survey.tables import (
    SUPPRESSED,
    WORDS,
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
CENSUS = WORDS.sentence("census")
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
    frame = finding_lines(released)
    for name in ("wilson", "design", "bound"):
        frame[name] = [
            span(low, high)
            for low, high in zip(frame[f"{name}_low"], frame[f"{name}_high"], strict=True)
        ]
    level = fmt.percent(released.survey.params.confidence)
    places = bool(frame["where"].any())
    named = places or bool(released.survey.params.headlines)
    return released.table(
        frame,
        name="findings",
        caption="The findings" if named else FIRST_ANSWERS,
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
        note=f"{INTERVALS} {CENSUS}" if released.survey.census else INTERVALS,
    )


_ENDS = [
    f"{name}_{end}" for name in ("wilson", "exact", "design", "bound") for end in ("low", "high")
]
_COLUMNS = ["id", "finding", "where", "count", "n", "share", "design_se", *_ENDS, "caution"]


def finding_lines(released: Release) -> pd.DataFrame:
    """Return one row a finding with every interval, without any number where it is suppressed."""
    survey = released.survey
    lines = survey.key_result_lines[""].set_index("id")
    unanswered = lines["n"] == 0
    hidden = np.array([not released.may_print(one) for one in survey.key_results])
    verdict = lines["precision"].eq("show")
    lines["caution"] = ("low: " + lines["precision_reason"]).where(~verdict, "sufficient")
    lines = lines.astype({"count": "Int64", "n": "Int64"})
    numbers = ["count", "n", "share", "design_se", *_ENDS]
    lines.loc[hidden | unanswered, numbers] = pd.NA
    lines.loc[hidden, "caution"] = SUPPRESSED
    lines.loc[unanswered, "caution"] = "nobody answered"
    lines["finding"] = [one.text for one in survey.key_results]
    lines["where"] = [one.where for one in survey.key_results]
    return lines.reset_index()[_COLUMNS]


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
    items = [item for item in released.survey.items if kind_of(item) is NUMBER]
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
    amounts = NUMBER.amounts(item, released.survey.rows).dropna().to_numpy()
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
        if kind_of(item) is NUMBER and item.name in released.plan.tables
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
