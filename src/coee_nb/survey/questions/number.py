"""A question for a number: what a number may look like, the amounts given and their classes."""

import re
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from coee_nb.engines.suppression.magnitudes import are_whole, class_edges
from coee_nb.errors import EstimationError
from coee_nb.survey.questions import cells
from coee_nb.survey.questions.item import Entry, Item
from coee_nb.survey.questions.kind import Read, classified, column_of
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

        columns, problems = {}, []
        for column, coded in zip(item.columns, found, strict=True):
            numbers, faults = cells.explain(item, coded, number_or_label)
            values = [np.nan if value is None else value for value in [*numbers, None]]
            mixed = any(isinstance(value, str) for value in values)
            columns[column] = np.array(values, dtype=object if mixed else float)[coded.positions]
            problems += faults
        return cells.Answers(columns, tuple(problems))

    def parts(self, responses: pd.DataFrame, item: Item) -> list[Read]:
        """Return the state of every respondent for each number; any will do."""
        return [
            (part, *classified(column_of(responses, column, item), item, ()))
            for part, column in self.part_columns(item)
        ]

    def amounts(self, item: Item, rows: pd.DataFrame) -> list[tuple[str, pd.Series]]:
        """Return the label of each part and the number that each respondent gave it.

        NaN for none and for a special code.
        """
        return [
            (
                part,
                pd.to_numeric(given.mask(given.isin(item.choices)), errors="coerce").astype(float),
            )
            for part, column in self.part_columns(item)
            for given in [rows[column]]
        ]

    def measured(
        self, item: Item, rows: pd.DataFrame, floor: int
    ) -> list[tuple[str, pd.Series | pd.DataFrame]]:
        """Return the amounts in classes of at least ``floor`` people; nothing for one class."""
        found = []
        for part, amounts in self.amounts(item, rows):
            edges = class_edges(amounts.dropna().to_numpy(), floor=floor)
            if len(edges) >= 3:
                found.append((part, _classes(amounts, edges)))
        return found


class Numbers(Number):
    """A number, or one for each of several rows: a row of sliders."""

    def fault(self, entry: Entry) -> str:
        """Return what is wrong with an entry's parts taken together, or nothing."""
        return super().fault(entry.model_copy(update={"sources": None}))

    def part_columns(self, item: Item) -> list[tuple[str, str]]:
        """Return the label and the column of each row; no label where there is one source."""
        if item.columns == (item.name,):
            return super().part_columns(item)
        return list(zip(item.labels, item.columns, strict=True))


def _classes(amounts: pd.Series, edges: NDArray) -> pd.Series:
    """Return the class of each amount, of those whose lower ends are ``edges`` but the last."""
    named = _whole_class if are_whole(amounts.dropna().to_numpy()) else "{:g} to under {:g}".format
    labels = [named(low, high) for low, high in pairwise(edges)]
    place = np.searchsorted(edges, amounts.fillna(edges[0]), side="right") - 1
    place = np.where(amounts.notna(), np.clip(place, 0, len(labels) - 1), -1)
    return pd.Series(pd.Categorical.from_codes(place, labels), index=amounts.index)


def _whole_class(low: float, high: float) -> str:
    """Return a class of whole numbers by its first and its last.

    >>> _whole_class(9, 11), _whole_class(0, 1)
    ('9 to 10', '0')
    """
    return f"{low:g}" if high - low == 1 else f"{low:g} to {high - 1:g}"


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
SLIDERS = Numbers("slider")
