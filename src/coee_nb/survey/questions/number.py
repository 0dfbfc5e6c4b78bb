"""A question for a number: what a number may look like, the amounts given and their classes."""

import re
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from coee_nb.engines.suppression.magnitudes import class_edges
from coee_nb.errors import EstimationError
from coee_nb.survey.questions import cells
from coee_nb.survey.questions.item import Item
from coee_nb.survey.questions.plain import plain_code, plain_label
from coee_nb.survey.questions.text import Open
from coee_nb.survey.read.exports import Coded


class Number(Open):
    """A number; special codes of the codebook are labels among the numbers."""

    def read(self, item: Item, found: list[Coded], form: cells.Form) -> cells.Answers:
        """Return numbers; where special codes occur, a column of numbers and their labels."""
        special = cells.specials(item)

        def number_or_label(text: str) -> float | str:
            for key in (plain_label(text), plain_code(text)):
                if key in special:
                    return special[key]
            return _number(text)

        numbers, problems = cells.explain(item, found[0], number_or_label)
        values = [np.nan if value is None else value for value in [*numbers, None]]
        mixed = any(isinstance(value, str) for value in values)
        column = np.array(values, dtype=object if mixed else float)[found[0].positions]
        return cells.Answers({item.columns[0]: column}, tuple(problems))

    def amounts(self, item: Item, rows: pd.DataFrame) -> pd.Series:
        """Return the number that each respondent gave, NaN for none and for a special code."""
        given = rows[item.columns[0]]
        return pd.to_numeric(given.mask(given.isin(item.choices)), errors="coerce").astype(float)

    def measured(
        self, item: Item, rows: pd.DataFrame, floor: int
    ) -> list[tuple[str, pd.Series | pd.DataFrame]]:
        """Return the amounts in classes of at least ``floor`` people; nothing for one class."""
        amounts = self.amounts(item, rows)
        edges = class_edges(amounts.dropna().to_numpy(), floor=floor)
        if len(edges) < 3:
            return []
        labels = [f"{low:g} to under {high:g}" for low, high in pairwise(edges)]
        place = np.searchsorted(edges, amounts.fillna(edges[0]), side="right") - 1
        place = np.where(amounts.notna(), np.clip(place, 0, len(labels) - 1), -1)
        return [("", pd.Series(pd.Categorical.from_codes(place, labels), index=rows.index))]


def _number(text: str) -> float:
    thousands = re.fullmatch(r"\s*[+-]?(\d{1,3}(,\d{3})+|\d*)(\.\d*)?\s*", text)
    if not thousands or not any(character.isdigit() for character in text):
        raise cells.UnexplainedError("outside")
    return float(text.replace(",", ""))


def mean_interval(values: NDArray[np.float64], confidence: float) -> tuple[float, float]:
    """Return the t interval of the mean of ``values`` (n,). Raises EstimationError under two."""
    n = len(values)
    if n < 2:
        raise EstimationError("fewer than two answers", do="show the answers themselves")
    mean = float(np.mean(values))
    half = -special.stdtrit(n - 1, (1 - confidence) / 2) * float(np.std(values, ddof=1))
    half = half / np.sqrt(n)
    return mean - half, mean + half


NUMBER = Number("numeric")
