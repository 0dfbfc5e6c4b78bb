"""Cells of an export become answers: codes and labels looked up in the codebook, never guessed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from coee_nb.survey.codebook import Item, plain_code, plain_label
from coee_nb.survey.read.exports import Coded
from coee_nb.unseen import Unseen

Form = Literal["labels", "codes"] | None
Found = str | None


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


class _UnexplainedError(Exception):
    """Raised inside this module for a cell; carries the kind of problem."""

    def __init__(self, kind: Literal["outside", "clash"]) -> None:
        super().__init__(kind)
        self.kind = kind


def read_item(item: Item, cells: list[Coded], form: Form) -> Answers:
    """Return the answers to ``item`` from the coded columns of its sources.

    ``form`` says how the export writes answers and settles a text that is the code of one choice
    and the label of another; without it such a text is a clash.
    """
    if item.joined:
        return _joined(item, cells[0], form)
    if item.kind == "numeric":
        return _numeric(item, cells[0])
    columns, problems = {}, []
    for column, label, coded in zip(item.columns, item.labels, cells, strict=True):
        found, faults = _explain(item, coded, _finder(item, label, form))
        columns[column] = _spread(found, coded, item)
        problems += faults
    return Answers(columns, _merged(problems))


def unanswered(text: str, item: Item) -> bool:
    """Tell a blank cell, an unticked box, or a code or label of seen-but-unanswered."""
    unticked = item.kind == "multi" and not item.joined and plain_code(text) == "0"
    if not text.strip() or unticked:
        return True
    blank_codes = {code for code, label in item.codes if label in item.missing}
    return plain_label(text) in item.missing or plain_code(text) in blank_codes


def _finder(item: Item, label: str, form: Form) -> Callable[[str], Found]:
    if item.kind == "text":
        specials = _specials(item)
        return lambda text: specials.get(plain_code(text), text)
    if item.kind == "multi":
        known = {"0": None} | _specials(item) | {label: label, "1": label}
        return lambda text: _of(known, text)
    if not item.choices:  # a Center or title whose labels the codebook leaves to the file
        return plain_label
    return lambda text: _choice(text, item, form)


def _specials(item: Item) -> dict[str, str]:
    """Return code or label -> label of the answers that are none in substance."""
    special = item.missing | item.not_applicable | item.dont_know
    by_code = {code: label for code, label in item.codes if label in special}
    return by_code | {label: label for label in special}


def _of(known: Mapping[str, Found], text: str) -> Found:
    for key in (plain_label(text), plain_code(text)):
        if key in known:
            return known[key]
    raise _UnexplainedError("outside")


def _choice(text: str, item: Item, form: Form) -> str:
    """Return the label that a cell of a closed question stands for."""
    label = plain_label(text)
    by_label = {label} & set(item.choices)
    by_code = {choice for code, choice in item.codes if code == plain_code(text)}
    first, second = (by_code, by_label) if form == "codes" else (by_label, by_code)
    meant = (first or second) if form else (by_label | by_code)
    if not meant:
        raise _UnexplainedError("outside")
    if len(meant) > 1:
        raise _UnexplainedError("clash")
    return meant.pop()


def _explain(item: Item, coded: Coded, find: Callable[[str], object]) -> tuple[list, list[Problem]]:
    """Return what each distinct text stands for (None: blank or not explained), and the faults."""
    found, faults = [], []
    for place, (text, count) in enumerate(zip(coded.texts, coded.counts(), strict=True)):
        try:
            found.append(find(text) if text.strip() and count else None)
        except _UnexplainedError as error:
            found.append(None)
            first = int(np.argmax(coded.positions == place))
            faults.append(Problem(error.kind, item.name, plain_label(text)[:40], int(count), first))
    return found, faults


def _spread(found: list, coded: Coded, item: Item) -> pd.api.extensions.ExtensionArray:
    """Return the answer of every row, NaN for blank: text, or a categorical of the choices."""
    if item.kind == "text" or not item.choices:
        return pd.array(np.array([*found, None], dtype=object), dtype="str").take(coded.positions)
    place = {None: -1} | {label: number for number, label in enumerate(item.choices)}
    codes = np.array([*map(place.__getitem__, found), -1], dtype=np.int16)[coded.positions]
    choices = pd.CategoricalDtype(list(item.choices))
    return pd.Categorical.from_codes(codes, dtype=choices, validate=False)  # codes are places


def _merged(problems: list[Problem]) -> tuple[Problem, ...]:
    """Return the problems with the counts of one answer in several columns added up."""
    merged: dict[tuple, Problem] = {}
    for one in problems:
        key = (one.kind, one.item, one.answer)
        so_far = merged.get(key, Problem(*key, 0, one.first))
        merged[key] = Problem(*key, so_far.count + one.count, min(so_far.first, one.first))
    return tuple(merged.values())


def _numeric(item: Item, coded: Coded) -> Answers:
    """Return numbers; where special codes occur, a column of numbers and their labels."""
    specials = _specials(item)

    def find(text: str) -> float | str:
        for key in (plain_label(text), plain_code(text)):
            if key in specials:
                return specials[key]
        if not re.fullmatch(r"\s*[+-]?(\d{1,3}(,\d{3})+|\d*)(\.\d*)?\s*", text) or not any(
            character.isdigit() for character in text
        ):
            raise _UnexplainedError("outside")
        return float(text.replace(",", ""))

    found, problems = _explain(item, coded, find)
    values = [np.nan if value is None else value for value in [*found, None]]
    mixed = any(isinstance(value, str) for value in values)
    column = np.array(values, dtype=object if mixed else float)[coded.positions]
    return Answers({item.columns[0]: column}, tuple(problems))


def _joined(item: Item, coded: Coded, form: Form) -> Answers:
    """Return one column a choice from a column that joins the chosen ones with commas."""
    found, problems = _explain(item, coded, lambda text: _split(text, item, form))
    columns = {}
    for column, label in zip(item.columns, item.labels, strict=True):
        labels = [label if chosen and label in chosen else None for chosen in found]
        if column == item.columns[0]:  # seen and left blank is said in the first column
            left = [
                min(chosen & item.missing, default=None) if chosen else None for chosen in found
            ]
            labels = [label or blank for label, blank in zip(labels, left, strict=True)]
        columns[column] = _spread(labels, coded, item)
    return Answers(columns, tuple(problems))


def _split(text: str, item: Item, form: Form) -> set[str]:
    """Return the choices in a joined cell; a label may itself contain commas."""
    rest, chosen = plain_label(text), set()
    keys = dict(item.codes) | {label: label for label in item.choices}
    if form == "codes":
        keys |= dict(item.codes)
    while rest:
        fitting = [key for key in keys if rest == key or rest.startswith(key + ",")]
        if not fitting:
            raise _UnexplainedError("outside")
        key = max(fitting, key=len)
        chosen.add(keys[key])
        rest = rest[len(key) + 1 :].strip()
    return chosen
