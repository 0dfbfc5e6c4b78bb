"""The survey weights that an export brings: one column of numbers, refused where it cannot be."""

from __future__ import annotations

import numpy as np

from coee_nb.errors import InputError
from coee_nb.survey.questions.plain import plain_label
from coee_nb.survey.read.exports import Coded, Export
from coee_nb.survey.read.layout import column_called

SHOWN = 8  # rows that an error names


def weight_column(export: Export, name: str) -> int:
    """Return where the column of weights stands in an export.

    Raises InputError where there is none of that name, several, or one that points at a person.
    """
    found = column_called(name, export, of="the weights")
    if found is None:
        near = [one for one in export.sources if name.lower() in one.lower()]
        raise InputError(
            f"no column {name!r} with the weights",
            where=export.where,
            expected=f"one of {', '.join(near[:SHOWN])}" if near else "a column of the header",
            do="correct the parameter weight, or leave it out",
        )
    return found


def weights_of(column: Coded, numbers: np.ndarray, where: str) -> np.ndarray:
    """Return the weight of each respondent; ``numbers`` are the rows of the export.

    Raises InputError that names the rows whose weight is blank, no number, or negative, and where
    all weights are 0.
    """
    known = np.array([_number(text) for text in (*column.texts, "")])
    texts = np.array([bool(plain_label(text)) for text in (*column.texts, "")])
    weights, given = known[column.positions], texts[column.positions]
    faults = {
        "blank": ~given,
        "no number": given & ~np.isfinite(weights),
        "negative": weights < 0,
    }
    told = [f"{what} in {_rows(numbers[wrong])}" for what, wrong in faults.items() if wrong.any()]
    if told:
        raise InputError(
            f"weights that are {'; '.join(told)}",
            where=where,
            expected="a number of 0 or more for every respondent who is analysed",
            do="complete the column of weights, or leave the parameter weight out",
        )
    if not (weights > 0).any():
        raise InputError(
            "every weight is 0", where=where, do="name the column that holds the survey weights"
        )
    return weights


def _number(text: str) -> float:
    try:
        return float(plain_label(text).replace(",", ""))
    except ValueError:
        return float("nan")


def _rows(numbers: np.ndarray) -> str:
    more = f" and {len(numbers) - SHOWN} more" if len(numbers) > SHOWN else ""
    rows = "row" if len(numbers) == 1 else "rows"
    return f"{rows} {', '.join(map(str, numbers[:SHOWN]))}{more}"
