"""A question for a number: what a number may look like, and the statistics of the answers."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from coee_nb.errors import EstimationError, InputError
from coee_nb.survey.questions import cells
from coee_nb.survey.questions.item import Item, plain_code, plain_label
from coee_nb.survey.questions.kind import ANSWERED, Groups, Part
from coee_nb.survey.questions.text import Open
from coee_nb.survey.read.exports import Coded

QUARTILES = ("minimum", "lower_quartile", "median", "upper_quartile", "maximum")
COLUMNS = ["item", "group", "n", "mean", "mean_low", "mean_high", "sd", *QUARTILES]


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

    def numbers(
        self, responses: pd.DataFrame, parts: Sequence[Part], groups: Groups, confidence: float
    ) -> list[pd.DataFrame]:
        """Return mean, t interval and quartiles by group. Raises InputError for words."""
        [part] = parts
        column = responses[part.item.columns[0]]
        answered = part.state == ANSWERED
        values = pd.to_numeric(column[answered].astype(object), errors="coerce").to_numpy(float)
        if np.isnan(values).any():
            raise InputError(
                f"{int(np.isnan(values).sum())} answers are no numbers",
                where=f"column {part.item.columns[0]}",
                do="name it in the codebook as missing, not applicable or don't know",
            )
        rows = []
        for code, label in enumerate(groups.labels):
            here = values[groups.codes[answered] == code]
            rows.append({"item": part.item.name, "group": label, **_summary(here, confidence)})
        return [pd.DataFrame(rows, columns=COLUMNS)]


def _number(text: str) -> float:
    thousands = re.fullmatch(r"\s*[+-]?(\d{1,3}(,\d{3})+|\d*)(\.\d*)?\s*", text)
    if not thousands or not any(character.isdigit() for character in text):
        raise cells.UnexplainedError("outside")
    return float(text.replace(",", ""))


def _summary(values: NDArray[np.float64], confidence: float) -> dict[str, float]:
    """Return the statistics of one group: without a spread for one answer, none for nobody."""
    n = len(values)
    if not n:
        return {"n": 0}
    quartiles = dict(zip(QUARTILES, np.quantile(values, [0, 0.25, 0.5, 0.75, 1]), strict=True))
    if n < 2:
        return {"n": n, "mean": values[0], **quartiles}
    mean, sd = float(np.mean(values)), float(np.std(values, ddof=1))
    low, high = mean_interval(values, confidence)
    return {"n": n, "mean": mean, "mean_low": low, "mean_high": high, "sd": sd, **quartiles}


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
