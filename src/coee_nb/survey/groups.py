"""Tables of the findings by group: percentages, and tests whether they differ."""

from __future__ import annotations

from typing import Any

import pandas as pd

from coee_nb import formats as fmt
from coee_nb.engines.design.comparisons import (
    Comparison,
    Comparisons,
    against_the_rest,
    between_groups,
)
from coee_nb.engines.design.estimation import simple_random
from coee_nb.lazily import showing
from coee_nb.outputs import Callout, Table
from coee_nb.survey.key_results import KeyResult
from coee_nb.survey.release import (
    Release,
)
from coee_nb.survey.tables import (
    SUPPRESSED,
    WORDS,
    between,
    no_breakdown,
    one_decimal,
)

OTHERS = "groups suppressed, taken together"


def by_group(released: Release, dimension: str) -> Table | Callout:
    """Return the percentage of every finding in each group, with its denominator.

    Raises ParameterError when ``dimension`` is no group.
    """
    survey = released.survey
    if not survey.broken_down_by(dimension) or not survey.key_results:
        return no_breakdown(released, dimension)
    word = survey.word(dimension)
    long = group_shares(released, dimension)
    wide = pd.DataFrame({dimension: list(released.survey.margins(dimension))})
    for key_result in released.survey.key_results:
        own = long[long["id"] == key_result.id].set_index(dimension)
        cells = [answers_of(row.share, row.n) for row in own.loc[wide[dimension]].itertuples()]
        wide[key_result.id] = cells
    return released.table(
        wide,
        name=f"findings_by_{dimension}",
        caption=f"The findings by {word}",
        labels={dimension: word} | {one.id: one.text for one in survey.key_results},
        own_sign=tuple(one.id for one in survey.key_results),
    )


def answers_of(share: float, n: float) -> str:
    """Return a percentage with its denominator, "66% of 79"; a dash where nobody answered."""
    if not fmt.is_missing(n) and n == 0:
        return fmt.MISSING
    return SUPPRESSED if fmt.is_missing(share) else f"{fmt.percent(share)} of {fmt.count(n)}"


def group_shares(released: Release, dimension: str) -> pd.DataFrame:
    """Return one row a finding and group: count, n, share, Wilson ends, caution.

    Numbers are missing, and ``caution`` says suppressed, where the plan suppresses them.
    """
    groups = list(released.survey.margins(dimension))
    frame = released.survey.key_result_lines[dimension].rename(columns={"group": dimension})
    words = {one.id: one.text for one in released.survey.key_results}
    frame.insert(1, "finding", frame["id"].map(words))
    columns = ["id", "finding", dimension, "count", "n", "share", "wilson_low", "wilson_high"]
    frame = frame[columns].astype({"count": "Int64", "n": "Int64"})
    frame["caution"] = [_caution(row) for row in frame.itertuples()]
    hidden = [
        not released.may_print(one, **{dimension: group})
        for one in released.survey.key_results
        for group in groups
    ]
    frame.loc[hidden, columns[3:]] = pd.NA
    frame.loc[hidden, "caution"] = SUPPRESSED
    return frame


def _caution(row: Any) -> str:
    """Return why the percentage of a group is to be read with care, or nothing."""
    if row.n == 0:
        return "nobody answered"
    if row.n < 30:
        return "fewer than 30 answers"
    wide = row.wilson_high - row.wilson_low >= 0.3
    return "interval at least 30 points wide" if wide else ""


def differences(released: Release, dimension: str, *, rows: int = 12) -> Table | Callout:
    """Return the tests that groups answer alike, and of each group against the others.

    Raises ParameterError when ``dimension`` is no group.
    """
    if not released.survey.broken_down_by(dimension):
        return no_breakdown(released, dimension)
    if released.survey.census:
        return released.callout(WORDS.sentence("census"))
    word = released.survey.word(dimension)
    overall, each = compared(released, dimension)
    if overall is None or each is None:
        return released.callout(f"No finding can be compared by {word}.")
    ranked = each.table.sort_values("p_adjusted", kind="stable")
    frame = pd.concat([overall.table, ranked], ignore_index=True)
    frame["points"] = 100 * frame["estimate"]
    frame["interval"] = [
        between(100 * low, 100 * high)
        for low, high in zip(frame["low"], frame["high"], strict=True)
    ]
    return released.table(
        frame,
        name=f"differences_by_{dimension}",
        caption=f"Do the findings differ by {word}?",
        formats={"points": one_decimal},
        labels={
            "sentence": "what may be said",
            "points": "difference, points",
            "interval": f"{fmt.percent(released.survey.params.confidence)} interval",
        },
        show=("sentence", "points", "interval"),
        rows=len(overall.table) + rows,
        note=f"All groups at once: {overall.text} Each group against the rest: {each.text} Groups "
        "whose counts are suppressed are tested as one, so that a test rests on printed counts. "
        "Intervals are not adjusted.",
    )


def compared(released: Release, dimension: str) -> tuple[Comparisons | None, Comparisons | None]:
    """Return the tests of all groups at once and of each group; None where all is suppressed.

    Groups that may not be shown are one group: what a test rests on can be read off the tables.
    """
    survey = released.survey
    family = [
        Comparison(one.text, one.values, groups)
        for one in survey.key_results
        if (groups := _shown_groups(released, one, dimension)).nunique() > 1
    ]
    if not family:
        return None, None
    design = simple_random(survey.responded, frame=survey.population)
    level = 1 - survey.params.confidence
    return between_groups(design, family, level=level), against_the_rest(
        design, family, level=level
    )


def _shown_groups(released: Release, key_result: KeyResult, dimension: str) -> pd.Series:
    groups = released.survey.rows[dimension].astype(object)
    shown = [
        group
        for group in groups.unique()
        if released.may_print(key_result) and released.may_print(key_result, **{dimension: group})
    ]
    return groups.where(groups.isin(shown), OTHERS).rename(released.survey.word(dimension))


__dir__ = showing(globals())
