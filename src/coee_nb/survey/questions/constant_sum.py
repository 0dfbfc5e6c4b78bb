"""A constant sum: parts of a whole that a respondent makes add up to 100."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coee_nb.survey.questions.item import Entry, Item
from coee_nb.survey.questions.kind import Read, classified, column_of
from coee_nb.survey.questions.number import Numbers

WHOLE = 100.0


class ConstantSum(Numbers):
    """A number for each of several parts; what is averaged is each part's share, in percent.

    A blank part beside others is 0. Shares are of what a respondent's parts add up to, so that
    nobody is left out whose sum is not 100; how many those are is a check of the export. Whoever
    gives no part above 0, a part below it or a special code gives no shares.
    """

    def fault(self, entry: Entry) -> str:
        """Return what is wrong with an entry's parts taken together, or nothing."""
        if len(entry.sources or {}) < 2:
            return "a constant sum has sources, one for each part"
        return super().fault(entry)

    def parts(self, responses: pd.DataFrame, item: Item) -> list[Read]:
        """Return the state of every respondent for each part: answered in all of them, or none."""
        shared = self.sums(item, responses).notna()
        found = []
        for part, column in self.part_columns(item):
            given = column_of(responses, column, item)
            special = given.where(given.isin(item.choices)).astype(object)
            found.append((part, *classified(special.mask(shared, WHOLE), item, ())))
        return found

    def amounts(self, item: Item, rows: pd.DataFrame) -> list[tuple[str, pd.Series]]:
        """Return the label of each part and its share of each respondent's sum, in percent."""
        sums = self.sums(item, rows)
        return [
            (part, WHOLE * values.fillna(0.0) / sums)
            for part, values in super().amounts(item, rows)
        ]

    def sums(self, item: Item, rows: pd.DataFrame) -> pd.Series:
        """Return what each respondent's parts add up to; NaN where they make no shares."""
        given = pd.concat([values for _, values in super().amounts(item, rows)], axis=1)
        sums = given.sum(axis=1)
        other = (given < 0).any(axis=1) | rows[list(item.columns)].isin(item.choices).any(axis=1)
        return sums.where((sums > 0) & ~other)

    def other_sums(self, item: Item, rows: pd.DataFrame) -> tuple[int, int]:
        """Return how many gave parts that do not add up to 100, to a hundredth, and of how many."""
        cells = rows[list(item.columns)]
        given = (cells.notna() & ~cells.isin(item.choices)).any(axis=1)
        off = given & ~np.isclose(self.sums(item, rows), WHOLE, atol=0.01)
        return int(off.sum()), int(given.sum())

    def measured(self, item: Item, rows: pd.DataFrame, floor: int) -> list:
        """Return nothing: the classes of one part would tell those of the others."""
        return []


CONSTANT_SUM = ConstantSum("constant_sum")
