"""Cells of an export become answers: codes and labels looked up in the codebook, never guessed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

import numpy as np
import pandas as pd

from coee_nb.survey.questions.item import Item
from coee_nb.survey.questions.plain import plain_code, plain_label
from coee_nb.survey.read.exports import Coded
from coee_nb.unseen import Unseen

Form = Literal["labels", "codes"] | None  # how an export writes answers, if it tells


@dataclass(frozen=True, repr=False)
class Problem(Unseen):
    """An answer the codebook does not explain: ``kind`` is "outside" or "clash".

    ``first`` is the place of the first row that holds it, of those analysed.
    """

    kind: Literal["outside", "clash"]
    item: str
    answer: str
    count: int
    first: int = field(default=0, compare=False)


@dataclass(frozen=True, repr=False)
class Answers(Unseen):
    """The columns of one item and what could not be explained in them (left blank)."""

    columns: Mapping[str, pd.api.extensions.ExtensionArray | np.ndarray]
    problems: tuple[Problem, ...] = ()


class UnexplainedError(Exception):
    """Raised for a cell that the codebook does not explain; carries the kind of problem."""

    def __init__(self, kind: Literal["outside", "clash"]) -> None:
        super().__init__(kind)
        self.kind = kind


def read_columns(
    item: Item, cells: list[Coded], finder: Callable[[str], Callable[[str], str | None]]
) -> Answers:
    """Return the answers of each column; ``finder`` makes of its label what reads its cells."""
    columns, problems = {}, []
    for column, label, coded in zip(item.columns, item.labels, cells, strict=True):
        found, faults = explain(item, coded, finder(label))
        columns[column] = spread(found, coded, item)
        problems += faults
    return Answers(columns, _merged(problems))


def explain(item: Item, coded: Coded, find: Callable[[str], object]) -> tuple[list, list[Problem]]:
    """Return what each distinct text stands for (None: blank or not explained), and the faults."""
    found, faults = [], []
    for place, (text, count) in enumerate(zip(coded.texts, coded.counts(), strict=True)):
        try:
            found.append(find(text) if text.strip() and count else None)
        except UnexplainedError as error:
            found.append(None)
            first = int(np.argmax(coded.positions == place))
            faults.append(Problem(error.kind, item.name, plain_label(text)[:40], int(count), first))
    return found, faults


def spread(found: list, coded: Coded, item: Item) -> pd.api.extensions.ExtensionArray:
    """Return the choice of every row, NaN for blank, as a categorical of the item's choices."""
    if not item.choices:
        return spread_texts(found, coded)
    place = {None: -1} | {label: number for number, label in enumerate(item.choices)}
    codes = np.array([*map(place.__getitem__, found), -1], dtype=np.int16)[coded.positions]
    choices = pd.CategoricalDtype(list(item.choices))
    return pd.Categorical.from_codes(codes, dtype=choices, validate=False)  # codes are places


def spread_texts(found: list, coded: Coded) -> pd.api.extensions.ExtensionArray:
    """Return the text of every row, NaN for blank."""
    return pd.array(np.array([*found, None], dtype=object), dtype="str").take(coded.positions)


def choice_of(text: str, item: Item, form: Form) -> str:
    """Return the label that a cell of a closed question stands for.

    ``form`` settles a text that is the code of one choice and the label of another; without it
    such a text is a clash.
    """
    label = plain_label(text)
    by_label = {label} & set(item.choices)
    by_code = {choice for code, choice in item.codes if code == plain_code(text)}
    first, second = (by_code, by_label) if form == "codes" else (by_label, by_code)
    meant = (first or second) if form else (by_label | by_code)
    if not meant:
        raise UnexplainedError("outside")
    if len(meant) > 1:
        raise UnexplainedError("clash")
    return meant.pop()


def split(text: str, keys: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a cell joins, in its order; ``keys`` says what each code or label stands for.

    A label may itself hold what joins, "," or ";". UnexplainedError for a cell of anything else.
    """

    @cache
    def chosen(rest: str) -> tuple[str, ...] | None:
        if not rest:
            return ()
        for key in sorted(filter(rest.startswith, keys), key=len, reverse=True):
            after = rest[len(key) :]
            if key and after[:1] in ("", ",", ";"):
                others = chosen(after[1:].strip())
                if others is not None:
                    return (keys[key], *others)
        return None

    found = chosen(plain_label(text))
    if found is None:  # a spreadsheet wrote the code 1 as 1.0
        found = chosen("".join(map(plain_code, re.split(r"([,;])", text))))
    if found is None:
        raise UnexplainedError("outside")
    return found


def specials(item: Item) -> dict[str, str]:
    """Return code or label -> label of the answers that are none in substance."""
    by_code = {code: label for code, label in item.codes if label in item.aside}
    return by_code | {label: label for label in item.aside}


def _merged(problems: list[Problem]) -> tuple[Problem, ...]:
    """Return the problems with the counts of one answer in several columns added up."""
    merged: dict[tuple, Problem] = {}
    for one in problems:
        key = (one.kind, one.item, one.answer)
        so_far = merged.get(key, Problem(*key, 0, one.first))
        merged[key] = Problem(*key, so_far.count + one.count, min(so_far.first, one.first))
    return tuple(merged.values())
