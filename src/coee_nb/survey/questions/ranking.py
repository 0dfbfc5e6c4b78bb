"""A ranking, by what was ranked first.

The places of one row are no question by themselves: each is taken once, so a suppressed count of
one row would follow from the others. Who is first is one answer a respondent.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from coee_nb.survey.questions.item import Entry, Item
from coee_nb.survey.questions.kind import (
    ANSWERED,
    BLANK,
    Groups,
    Kind,
    Part,
    Read,
    answer_rows,
    classified,
    column_of,
)
from coee_nb.survey.questions.plain import plain_label

FIRST = "1"


class Ranking(Kind):
    """One place for each row, from 1 to their number; counted is the row in the first place."""

    def fault(self, entry: Entry) -> str:
        """Return what is wrong with an entry's parts taken together, or nothing."""
        if entry.choices:
            return "a ranking has no choices: they are the places of its sources"
        if len(entry.sources or {}) < 2:
            return "a ranking has sources, one for each that is ranked"
        return ""

    def codes(self, entry: Entry) -> list[tuple[str, str]]:
        """Return the places, each its own code."""
        places = range(1, len(entry.sources or {}) + 1)
        return [(str(place), plain_label(str(place))) for place in places]

    def parts(self, responses: pd.DataFrame, item: Item) -> list[Read]:
        """Return which row each respondent ranked first; who ranked others only left it blank."""
        read = [
            classified(column_of(responses, column, item), item, item.choices)
            for column in item.columns
        ]
        places = np.array([place for _, place in read])
        state = np.max([state for state, _ in read], axis=0)
        first = places == item.substantive.index(FIRST)
        alone = first.sum(axis=0) == 1
        state = np.where((state == ANSWERED) & ~alone, BLANK, state).astype(np.int8)
        return [("", state, np.where(alone, first.argmax(axis=0), -1).astype(np.int16))]

    def counts(
        self, responses: pd.DataFrame, parts: Sequence[Part], groups: Groups
    ) -> list[dict[str, Any]]:
        """Return who ranked each row first, by group."""
        [part] = parts
        size, rows = len(groups.labels), part.item.labels
        counts = np.array(
            [np.bincount(groups.codes[part.choice == k], minlength=size) for k in range(len(rows))]
        )
        return [answer_rows(part, list(rows), groups, counts, counts.sum(axis=0))]

    def measured(
        self, item: Item, rows: pd.DataFrame, floor: int
    ) -> list[tuple[str, pd.Series | pd.DataFrame]]:
        """Return what each respondent ranked first."""
        [(_, _, first)] = self.parts(rows, item)
        answers = pd.Categorical.from_codes(first, list(item.labels))
        return [("", pd.Series(answers, index=rows.index))]


RANKING = Ranking(
    "ranking",
    caption="Ranked first",
    labels=(("n", "of answers"), ("share", "percent"), ("choice", "ranked first")),
    note="Of those who ranked one of them first, and no two.",
)
