"""Where each respondent stands at each item: never reached, skipped, left blank, or answered."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coee_nb.errors import EstimationError, InputError
from coee_nb.survey.questions.item import Item
from coee_nb.survey.questions.kind import (
    BLANK,
    NOT_APPLICABLE,
    NOT_REACHED,
    SKIPPED,
    Part,
    column_of,
)
from coee_nb.survey.questions.kinds import kind_of


def last_reached(responses: pd.DataFrame, items: Sequence[Item]) -> pd.Series:
    """Return the position (from 1) of each respondent's last answered item, 0 for none.

    Whoever finished has reached the end: ``len(items) + 1``.
    """
    reach = np.zeros(len(responses), np.intp)
    for position, item in enumerate(items, start=1):
        for column in item.columns:
            reach[column_of(responses, column, item).notna().to_numpy()] = position
    reach[responses["finished"].to_numpy(bool)] = len(items) + 1
    return pd.Series(reach, index=responses.index, name="reach")


def answer_counts(read: Iterable[list[Part]], respondents: pd.Index) -> pd.DataFrame:
    """Return ``answered`` and ``applicable`` items of each respondent (matrix: one a row).

    ``read``: the parts of each item, as ``read_parts`` gives them.

    An answer is any choice, "don't know" included; an item is applicable unless skip logic left
    it out. What strict response-rate rules need.
    """
    answered = np.zeros(len(respondents), np.intp)
    applicable = np.zeros(len(respondents), np.intp)
    for parts in read:
        for part in parts:
            answered += part.state >= NOT_APPLICABLE
            applicable += part.state != SKIPPED
    return pd.DataFrame({"answered": answered, "applicable": applicable}, index=respondents)


def indicator(responses: pd.DataFrame, item: Item, choices: Iterable[str]) -> pd.Series:
    """Return 1 where the answer to a single-choice item is among ``choices``, 0 for another.

    NaN where there is no answer in substance: the variable design-based estimates take.
    """
    choices = set(choices)
    if not kind_of(item).one_answer:
        raise InputError(
            f"a {item.kind} question", where=item.name, expected="a question of one answer"
        )
    labels = item.substantive
    if not choices or choices - set(labels):
        raise InputError(f"choices {sorted(choices)}", where=item.name, expected=", ".join(labels))
    [(_, _, code)] = kind_of(item).parts(responses, item)
    wanted = np.array([label in choices for label in labels] + [False])
    return pd.Series(np.where(code >= 0, wanted[code], np.nan), index=responses.index)


def read_parts(responses: pd.DataFrame, items: Sequence[Item]) -> Iterable[list[Part]]:
    """Yield the parts of each item: one, or one a row of a matrix.

    ``items`` are the whole questionnaire in its order: where a respondent stopped, and whom skip
    logic leads where, is told from the items around. Raises InputError for a missing column or a
    label outside the choices, EstimationError without respondents.
    """
    _check(responses, items)
    reach = last_reached(responses, items).to_numpy()
    for position, item in enumerate(items, start=1):
        open_to = asked(responses, item)
        reached = reach >= position
        yield [
            _part(item, *read, open_to, reached) for read in kind_of(item).parts(responses, item)
        ]


# Reading answers


def _part(
    item: Item,
    label: str,
    state: NDArray[np.int8],
    choice: NDArray[np.int16],
    open_to: NDArray[np.bool_],
    reached: NDArray[np.bool_],
) -> Part:
    """Tell blanks apart, left blank, skipped by logic or never reached; who was not asked is it."""
    empty = state == NOT_REACHED
    state = np.where(empty & reached, np.where(open_to, BLANK, SKIPPED), state)
    despite = ~open_to & ~empty
    state, choice = np.where(despite, SKIPPED, state), np.where(despite, -1, choice)
    return Part(item, label, state.astype(np.int8), choice.astype(np.int16))


def asked(responses: pd.DataFrame, item: Item) -> NDArray[np.bool_]:
    """Return whom the skip logic leads to the item."""
    if item.asked_if is None:
        return np.ones(len(responses), bool)
    return item.asked_if.holds(responses)


def without_unasked(
    responses: pd.DataFrame, items: Sequence[Item]
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return the responses without answers to questions that were not asked, and their number.

    Whoever went back and changed an answer leaves such answers behind: they are in no denominator
    of a question that was not asked in the end. The number is of respondents, by item.
    """
    kept, found = responses.copy(), {}
    for item in items:
        columns = list(item.columns)
        despite = kept[columns].notna().any(axis=1).to_numpy() & ~asked(kept, item)
        if despite.any():
            found[item.name] = int(despite.sum())
            kept.loc[despite, columns] = np.nan
    return kept, found


def _check(responses: pd.DataFrame, items: Sequence[Item]) -> None:
    if "finished" not in responses:
        raise InputError("no column 'finished'", expected="who finished, one a respondent")
    if not len(responses):
        raise EstimationError("no respondents", do="check what was excluded")
    if not items:
        raise InputError("no items", expected="at least one item of the codebook")
