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
from coee_nb.lazily import showing
from coee_nb.outputs import Callout, Several, Table
from coee_nb.survey.one_answer import ASKED_NO_ANSWER, NO_ANSWER
from coee_nb.survey.questions.constant_sum import ConstantSum
from coee_nb.survey.questions.item import Item
from coee_nb.survey.questions.kinds import KINDS, kind_of
from coee_nb.survey.questions.number import Number, mean_interval
from coee_nb.survey.questions.promoter import PROMOTER
from coee_nb.survey.questions.ranking import RANKING
from coee_nb.survey.reasons import NOT_ASKED
from coee_nb.survey.release import Release, part_label
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
    lines.loc[hidden | unanswered, [name for name in numbers if name not in ("count", "n")]] = pd.NA
    lines.loc[hidden, ["count", "n"]] = pd.NA
    lines.loc[hidden, "caution"] = SUPPRESSED
    lines.loc[unanswered, "caution"] = "nobody answered"
    lines["finding"] = [one.text for one in survey.key_results]
    lines["where"] = [one.where for one in survey.key_results]
    return lines.reset_index()[_COLUMNS]


def span(low: float, high: float) -> str:
    """Return an interval of shares in whole percentages.

    >>> span(0.6377, 0.7240), span(float("nan"), 1.0)
    ('64 to 72%', '–')
    """
    if fmt.is_missing(low) or fmt.is_missing(high):
        return fmt.MISSING
    return f"{fmt.percent(low).removesuffix('%')} to {fmt.percent(high)}"


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
        formats={"item": released.survey.question, "count": count, "n": count}
        | dict.fromkeys(shares, percent),
        labels={"item": "question", **dict(kind.labels), "wilson": f"{level} Wilson"},
        show=kind.show,
        note=kind.note,
    )


def distribution(released: Release, items: Sequence[Item]) -> pd.DataFrame:
    """Return ``items.item_tables``' distribution of ``items`` over all, as it may be printed."""
    whole = released.survey.tables[""].distribution
    label = pd.Series(map(part_label, whole["item"], whole["part"]), whole.index, dtype=object)
    own = whole["item"].isin([item.name for item in items]) & label.isin(released.plan.tables)
    if not own.any():
        return pd.DataFrame()
    frame = whole[own].rename(columns={"choice": "answer", "n": "denominator"})
    found = released.plan.release(frame, label[own], labels=["item", "part", "group"])
    found = found.drop(columns=["group", "percent"]).rename(
        columns={"answer": "choice", "denominator": "n"}
    )
    return found.astype({"count": "Int64", "n": "Int64"})


def rankings_and_scores(released: Release) -> Several:
    """Return rankings, net promoter scores and the scores of scales; nothing where none is."""
    asked = {item.kind for item in released.survey.items}
    kinds = [one.name for one in (RANKING, PROMOTER) if one.name in asked]
    scored = [item for item in released.survey.items if item.scored]
    scales = [_scale_scores(released, scored)] if scored else []
    return Several((*(choices(released, name) for name in kinds), *scales))


def _scale_scores(released: Release, items: Sequence[Item]) -> Table:
    """Return mean and top two steps of each scale: sums of counts that are all shown."""
    found = distribution(released, items)
    rising = {item.name: item.scored == "rising" for item in items}
    lines = [
        _scale_line(released, part_label(item, part), own if rising[item] else own[::-1])
        for (item, part), own in (found.groupby(["item", "part"], sort=False) if len(found) else ())
    ]
    columns = ["item", "steps", "n", "mean", "low", "high", "top_two", "interval"]
    frame = pd.DataFrame(lines, columns=columns).astype({"n": "Int64"})
    level = fmt.percent(released.survey.params.confidence)
    return released.table(
        frame,
        **WORDS.table("scale_scores", level=level, floor=released.floor),
        formats={
            "item": released.survey.question,
            "n": count,
            "mean": two_decimals,
            "top_two": percent,
        },
        anchor="item",
    )


def _scale_line(released: Release, name: str, own: pd.DataFrame) -> dict[str, Any]:
    """Return the line of one scale, whose choices ``own`` holds from the lowest step up."""
    named = {"item": name, "steps": " < ".join(own["choice"])}
    if own["n"].isna().any() or own["n"].iloc[0] < 2:
        return named
    n, highest = int(own["n"].iloc[0]), own["count"].iloc[-2:]
    if own["count"].isna().any():
        return named | ({} if highest.isna().any() else {"n": n, "top_two": highest.sum() / n})
    counts = own["count"].to_numpy(int)
    steps = np.repeat(np.arange(1.0, len(counts) + 1), counts)
    low, high = mean_interval(steps, released.survey.params.confidence)
    ends = {"low": low, "high": high, "interval": f"{low:.2f} to {high:.2f}"}
    top = counts[-2:].sum() / counts.sum()
    return named | {"n": counts.sum(), "mean": steps.mean(), "top_two": top} | ends


def two_decimals(value: float) -> str:
    """Return a number with two decimals; a missing one is suppressed."""
    return SUPPRESSED if fmt.is_missing(value) else fmt.number(value, 2)


def selections(released: Release) -> Table | Callout:
    """Return each multi-select, per respondent and per answer given."""
    return choices(released, "multi")


def numbers(released: Release) -> Table | Callout:
    """Return mean and quartiles of each numeric item, as far as they tell of nobody.

    The rules are those of ``engines.suppression.magnitudes``; the ends are single persons' answers
    and never shown.
    """
    lines = [
        line for item, kind in _of_numbers(released) for line in _number_lines(released, item, kind)
    ]
    if not lines:
        return released.callout("The questionnaire asks for no number.")
    frame = pd.DataFrame(lines)
    frame = frame.astype({"n": "Int64"})
    return released.table(
        frame,
        name="numbers",
        caption="Questions for a number",
        formats={"item": released.survey.question, "n": count}
        | dict.fromkeys(("mean", "sd", *_QUARTILES), one_decimal),
        labels={
            "item": "question",
            "n": "answers",
            "sd": "standard deviation",
            "interval": f"{fmt.percent(released.survey.params.confidence)} interval of the mean",
        },
        show=("item", "n", "mean", "interval", "sd", *_QUARTILES),
        note=WORDS.sentence("numbers_note", floor=released.floor),
    )


_QUARTILES = ("lower_quartile", "median", "upper_quartile")


def _of_numbers(released: Release) -> list[tuple[Item, Number]]:
    kinds = [(item, kind_of(item)) for item in released.survey.items]
    return [(item, kind) for item, kind in kinds if isinstance(kind, Number)]


def _number_lines(released: Release, item: Item, kind: Number) -> list[dict[str, Any]]:
    """Return a line a part; of a whole all parts or none, as one would follow from the others."""
    parts = kind.amounts(item, released.survey.rows)
    lines = [_number_line(released, part_label(item.name, part), given) for part, given in parts]
    if isinstance(kind, ConstantSum) and any(line["disclosure"] for line in lines):
        return [_suppressed_line(line["item"]) for line in lines]
    return lines


def _suppressed_line(name: str) -> dict[str, Any]:
    line: dict[str, Any] = {"item": name, "n": None, "mean": np.nan, "sd": np.nan}
    return line | dict.fromkeys(_QUARTILES, np.nan) | {"interval": "", "disclosure": SUPPRESSED}


def _number_line(released: Release, name: str, given: pd.Series) -> dict[str, Any]:
    """Return the moments of one question for a number, with the reason where suppressed."""
    line = _suppressed_line(name)
    amounts = given.dropna().to_numpy(float)
    if name not in released.nonresponse_reasons or len(amounts) < released.floor:
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
    names = [
        part_label(item.name, part)
        for item, kind in _of_numbers(released)
        for part, _ in kind.part_columns(item)
    ]
    planned = set(released.plan.tables)
    parts = [released.plan.apply(name).assign(item=name) for name in names if name in planned]
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
        formats={
            "item": released.survey.question,
            "count": count,
            "n": count,
            "share": percent,
        },
        labels={"item": "question", "n": "of answers"},
        show=("item", "amount", "count", "n", "share"),
        note=WORDS.sentence("classes" if released.floor else "open_classes", floor=released.floor),
    )


__dir__ = showing(globals())
