"""Where each respondent stands at each item: never reached, skipped, left blank, or answered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coee_nb.errors import EstimationError, InputError
from coee_nb.survey.codebook import Item
from coee_nb.unseen import Unseen

STATES = (
    "not_reached",
    "skipped_by_logic",
    "seen_blank",
    "not_applicable",
    "dont_know",
    "answered",
)
NOT_REACHED, SKIPPED, BLANK, NOT_APPLICABLE, DONT_KNOW, ANSWERED = range(len(STATES))


@dataclass(frozen=True, repr=False)
class Part(Unseen):
    """One column of answers read: a state and a choice (-1: none) for each respondent."""

    item: Item
    label: str
    state: NDArray[np.int8]
    choice: NDArray[np.int16]
    despite_skip: NDArray[np.bool_]


def last_reached(responses: pd.DataFrame, items: Sequence[Item]) -> pd.Series:
    """Return the position (from 1) of each respondent's last answered item, 0 for none.

    Whoever finished has reached the end: ``len(items) + 1``.
    """
    reach = np.zeros(len(responses), np.intp)
    for position, item in enumerate(items, start=1):
        for column in item.columns:
            reach[_column(responses, column, item).notna().to_numpy()] = position
    reach[responses["finished"].to_numpy(bool)] = len(items) + 1
    return pd.Series(reach, index=responses.index, name="reach")


def answer_counts(responses: pd.DataFrame, items: Sequence[Item]) -> pd.DataFrame:
    """Return ``answered`` and ``applicable`` items of each respondent (matrix: one a row).

    An answer is any choice, "don't know" included; an item is applicable unless skip logic left
    it out. What strict response-rate rules need.
    """
    answered = np.zeros(len(responses), np.intp)
    applicable = np.zeros(len(responses), np.intp)
    for parts in read_parts(responses, items):
        for part in parts:
            answered += part.state >= NOT_APPLICABLE
            applicable += part.state != SKIPPED
    return pd.DataFrame({"answered": answered, "applicable": applicable}, index=responses.index)


def indicator(responses: pd.DataFrame, item: Item, choices: Iterable[str]) -> pd.Series:
    """Return 1 where the answer to a single-choice item is among ``choices``, 0 for another.

    NaN where there is no answer in substance: the variable design-based estimates take.
    """
    choices = set(choices)
    if item.kind not in ("single", "likert"):
        raise InputError(f"an item of kind {item.kind}", where=item.name, expected="single, likert")
    labels = substantive(item)
    if not choices or choices - set(labels):
        raise InputError(f"choices {sorted(choices)}", where=item.name, expected=", ".join(labels))
    values = _column(responses, item.columns[0], item)
    _, code = _classified(values, item)
    wanted = np.array([label in choices for label in labels] + [False])
    return pd.Series(np.where(code >= 0, wanted[code], np.nan), index=responses.index)


def read_parts(responses: pd.DataFrame, items: Sequence[Item]) -> Iterable[list[Part]]:
    """Yield the parts of each item: one, or one a row of a matrix.

    ``items`` are the whole questionnaire in its order: where a respondent stopped, and whom skip
    logic leads where, is told from the items around. Raises InputError for a missing column or a
    label outside the choices, EstimationError without respondents.
    """
    _check(responses, items)
    by_name = {item.name: item for item in items}
    reach = last_reached(responses, items).to_numpy()
    for position, item in enumerate(items, start=1):
        open_to = _asked(responses, item, by_name)
        reached = reach >= position
        if item.kind == "multi":
            states = [("", *_multi_state(responses, item))]
        else:
            columns = [_column(responses, name, item) for name in item.columns]
            names = item.labels if item.kind == "matrix" else [""]
            states = [
                (name, *_classified(column, item))
                for name, column in zip(names, columns, strict=True)
            ]
        yield [_part(item, *read, open_to, reached) for read in states]


def chosen(responses: pd.DataFrame, item: Item, part: Part) -> dict[str, NDArray[np.bool_]]:
    """Return who chose each choice in substance, among those who answered."""
    special_states = _special_states(item)
    aside = list(special_states)
    return {
        label: (responses[column].notna() & ~responses[column].isin(aside)).to_numpy()
        & (part.state == ANSWERED)
        for column, label in zip(item.columns, item.labels, strict=True)
        if label not in special_states
    }


def factorized(values: pd.Series) -> tuple[NDArray[np.intp], Sequence]:
    """Return codes (-1: blank) and labels, without hashing what is categorical already."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes = values.cat.codes.to_numpy()
        used = np.unique(codes[codes >= 0])
        if len(used) == len(values.cat.categories):
            return codes, list(values.cat.categories)
        place = np.full(len(values.cat.categories) + 1, -1)
        place[used] = np.arange(len(used))
        return place[codes], list(values.cat.categories[used])
    codes, labels = pd.factorize(values)
    return codes, list(labels)


def substantive(item: Item) -> list[str]:
    """Return the choices that answer the question in substance, in order."""
    aside = {*item.missing, *item.not_applicable, *item.dont_know}
    return [label for label in item.choices if label not in aside]


# Reading answers


def _part(
    item: Item,
    label: str,
    state: NDArray[np.int8],
    choice: NDArray[np.int16],
    open_to: NDArray[np.bool_],
    reached: NDArray[np.bool_],
) -> Part:
    """Tell blanks apart: left blank, skipped by logic, or never reached."""
    empty = state == NOT_REACHED
    state = np.where(empty & reached, np.where(open_to, BLANK, SKIPPED), state)
    return Part(item, label, state.astype(np.int8), choice, ~open_to & (state >= NOT_APPLICABLE))


def _asked(responses: pd.DataFrame, item: Item, by_name: Mapping[str, Item]) -> NDArray[np.bool_]:
    """Return whom the skip logic leads to the item."""
    if item.asked_if is None:
        return np.ones(len(responses), bool)
    parent, labels = item.asked_if
    if parent not in by_name:
        raise InputError(
            f"asked if {parent!r} is answered, which is not among the items", where=item.name
        )
    columns = [responses[column].isin(list(labels)) for column in by_name[parent].columns]
    return np.logical_or.reduce([column.to_numpy() for column in columns])


def _classified(values: pd.Series, item: Item) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
    """Return each cell's state (NOT_REACHED for a blank) and choice, looking at each label once."""
    codes, labels = factorized(values)
    places = {label: k for k, label in enumerate(substantive(item))}
    special_states = _special_states(item)
    states = np.empty(len(labels) + 1, np.int8)
    choices = np.full(len(labels) + 1, -1, np.int16)
    states[-1] = NOT_REACHED
    for k, label in enumerate(labels):
        states[k] = special_states.get(label, ANSWERED)
        if states[k] == ANSWERED and item.kind not in ("numeric", "text"):
            if label not in places:
                raise InputError(
                    f"answer {label!r}",
                    where=f"column {values.name}",
                    expected=", ".join(map(str, item.choices)),
                    do="add the label to the codebook or correct the data",
                )
            choices[k] = places[label]
    return states[codes], choices[codes]


def _multi_state(responses: pd.DataFrame, item: Item) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
    """Return a multi-select's state: answered if any choice in substance, else what was marked."""
    special_states = _special_states(item)
    state = np.full(len(responses), NOT_REACHED, np.int8)
    for column, label in zip(item.columns, item.labels, strict=True):
        codes, labels = factorized(_column(responses, column, item))
        marked = special_states.get(label, ANSWERED)
        found = np.array([special_states.get(k, marked) for k in labels] + [NOT_REACHED], np.int8)
        state = np.maximum(state, found[codes])
    return state, np.full(len(responses), -1, np.int16)


def _special_states(item: Item) -> dict[str, int]:
    """Return the state that each label without substance stands for."""
    kinds = (
        (item.missing, BLANK),
        (item.not_applicable, NOT_APPLICABLE),
        (item.dont_know, DONT_KNOW),
    )
    return {label: state for labels, state in kinds for label in labels}


def _column(responses: pd.DataFrame, column: str, item: Item) -> pd.Series:
    if column not in responses:
        raise InputError(
            f"no column {column!r}", where=item.name, do="correct the codebook or the export"
        )
    return responses[column]


def _check(responses: pd.DataFrame, items: Sequence[Item]) -> None:
    if "finished" not in responses:
        raise InputError("no column 'finished'", expected="who finished, one a respondent")
    if not len(responses):
        raise EstimationError("no respondents", do="check what was excluded")
    if not items:
        raise InputError("no items", expected="at least one item of the codebook")
