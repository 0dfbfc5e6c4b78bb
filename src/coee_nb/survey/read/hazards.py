"""Signs of answers given without reading: too fast, or the same in every row of a matrix."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coee_nb.survey.questions.item import Item
from coee_nb.survey.questions.matrix import MATRIX
from coee_nb.survey.read.exports import Coded

FASTER = 1 / 3  # of the median time, the usual mark for too fast
ROWS = 4  # a matrix of fewer rows may well have one answer to all


def durations(metadata: Mapping[str, Coded], rows: pd.DataFrame, kept: NDArray) -> NDArray | None:
    """Return how many seconds each response of ``rows`` took, None where the export tells of none.

    The tool's own duration, else from start to end; NaN where one of them is blank.
    """
    if coded := metadata.get("duration"):
        seconds = pd.to_numeric(pd.Series(coded.texts, dtype=object), errors="coerce")
        return seconds.to_numpy(float)[coded.positions][kept]
    took = (rows["ended_on"] - rows["started_on"]).dt.total_seconds().to_numpy(float)
    return None if np.isnan(took).all() else took


def speeders(seconds: NDArray, finished: NDArray) -> tuple[int, list[int]]:
    """Return how many finished in under a third of the median time, and whom that tells of.

    The rule of a third of the median: Greszki, Meyer and Schoen, Public Opinion Quarterly 79
    (2015), who compare shares of the median as marks. The others who finished are told of too.
    """
    told = finished & np.isfinite(seconds)
    if not told.any():
        return 0, []
    fast = int((seconds[told] < FASTER * np.median(seconds[told])).sum())
    return fast, [fast, int(told.sum()) - fast]


def straight_liners(rows: pd.DataFrame, item: Item) -> tuple[int, list[int]]:
    """Return how many gave one answer in substance to every row, and whom that number tells of.

    With the counts of each row, the number may tell how many gave an answer in one row and not in
    all: these are told of too.
    """
    answers = rows[list(item.columns)].astype(object)
    answers = answers.where(answers.isin(item.substantive))
    same = answers.notna().all(axis=1) & (answers.nunique(axis=1) == 1)
    everywhere = answers[item.columns[0]][same].value_counts()
    people = [int(same.sum()), int(answers.notna().all(axis=1).sum() - same.sum())]
    for column in item.columns:
        for choice, count in answers[column].value_counts().items():
            people += [int(everywhere.get(choice, 0)), int(count - everywhere.get(choice, 0))]
    return people[0], people


def is_long_matrix(item: Item) -> bool:
    """Tell a matrix whose rows are enough for one answer to all of them to be a sign."""
    return item.kind == MATRIX.name and len(item.columns) >= ROWS
