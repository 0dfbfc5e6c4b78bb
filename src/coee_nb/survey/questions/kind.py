"""What a kind of question must say of itself; as it stands, a question of one choice a column."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coee_nb.errors import InputError
from coee_nb.survey.questions import cells
from coee_nb.survey.questions.item import Entry, Item
from coee_nb.survey.questions.plain import plain_code, plain_label
from coee_nb.survey.read.exports import Coded
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
Read = tuple[str, NDArray[np.int8], NDArray[np.int16]]  # part, state, choice (-1: none)


@dataclass(frozen=True, repr=False)
class Part(Unseen):
    """One column of answers read: a state and a choice (-1: none) for each respondent."""

    item: Item
    label: str
    state: NDArray[np.int8]
    choice: NDArray[np.int16]


@dataclass(frozen=True, repr=False)
class Groups(Unseen):
    """Where each respondent belongs, with the frame's and the respondents' counts."""

    codes: NDArray[np.intp]
    labels: list[str]
    frame: NDArray
    responded: NDArray[np.int64]


@dataclass(frozen=True)
class Kind:
    """A kind of question: what differs from one of a single choice a column, it overrides.

    ``one_answer``: a respondent gives one of the choices; ``headed``: its first answer is a finding
    where no findings are declared; ``words``: an answer is a person's own words.
    ``caption`` heads the table of its answers, which shows the columns ``show`` under ``labels``
    with ``note``; a kind without caption has no table of choices.
    """

    name: str
    one_answer: bool = False
    headed: bool = False
    words: bool = False
    caption: str = ""
    show: tuple[str, ...] = ("item", "choice", "count", "n", "share", "wilson")
    labels: tuple[tuple[str, str], ...] = (("n", "of answers"), ("share", "percent"))
    note: str = ""
    none: str = ""  # what is said where no question of the kind may be shown

    # What an entry of the codebook must say

    def fault(self, entry: Entry) -> str:
        """Return what is wrong with an entry's parts taken together, or nothing."""
        if entry.sources is not None:
            return f"an item of type {self.name} has one source"
        return "" if entry.choices else "choices are missing"

    def codes(self, entry: Entry) -> list[tuple[str, str]]:
        """Return the (code, label) pairs of an entry."""
        return [(plain_code(code), plain_label(label)) for code, label in entry.choices]

    def columns(self, entry: Entry, choices: Sequence[str]) -> tuple[str, ...]:
        """Return what each column of an item stands for; nothing for a column of its own name.

        ``choices`` are the item's, less those that stand for a blank.
        """
        return tuple(map(plain_label, (entry.sources or {}).values()))

    def exclusive(self, labels: Sequence[str]) -> frozenset[str]:
        """Return the labels that go with no other, where the codebook names none."""
        return frozenset()

    # Cells of an export to answers

    def clashes(self, item: Item) -> list[str]:
        """Return the codes that stand for two answers."""
        return [
            code
            for code in dict.fromkeys(code for code, _ in item.codes)
            if len({label for other, label in item.codes if other == code}) > 1
        ]

    def read(self, item: Item, found: list[Coded], form: cells.Form) -> cells.Answers:
        """Return the answers to an item from the coded columns of its sources.

        ``form`` says how the export writes answers, if it tells.
        """
        if not item.choices:  # a group whose labels the codebook leaves to the file
            return cells.read_columns(item, found, lambda _: plain_label)
        return cells.read_columns(
            item, found, lambda _: lambda text: cells.choice_of(text, item, form)
        )

    def unanswered(self, text: str, item: Item) -> bool:
        """Tell a blank cell, or a code or label of seen-but-unanswered."""
        if not text.strip():
            return True
        blank_codes = {code for code, label in item.codes if label in item.missing}
        return plain_label(text) in item.missing or plain_code(text) in blank_codes

    # Answers to states and counts

    def parts(self, responses: pd.DataFrame, item: Item) -> list[Read]:
        """Return the item's parts: each one's label, and every respondent's state and choice."""
        return [
            (part, *classified(column_of(responses, column, item), item, item.choices))
            for part, column in self.part_columns(item)
        ]

    def part_columns(self, item: Item) -> list[tuple[str, str]]:
        """Return the label and the column of each part."""
        return [("", item.columns[0])]

    def counts(
        self, responses: pd.DataFrame, parts: Sequence[Part], groups: Groups
    ) -> list[dict[str, Any]]:
        """Return the answers of each part by choice and group, as columns of ``item_tables``."""
        return [_choice_counts(part, groups) for part in parts]

    # What may be printed

    def measured(
        self, item: Item, rows: pd.DataFrame, floor: int
    ) -> list[tuple[str, pd.Series | pd.DataFrame]]:
        """Return what the disclosure plan must know: each part's label and answers.

        A series has one answer a respondent, a categorical of the choices counted and nothing
        where none of them was given; a frame has one column of true or false a choice. A question
        without a choice to make has none.
        """
        if len(item.substantive) < 2:
            return []
        choices = pd.CategoricalDtype(list(item.substantive))
        return [
            (part, rows[column].where(rows[column].isin(item.substantive)).astype(choices))
            for part, column in self.part_columns(item)
        ]

    def lines(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of the table of answers, from those of the distribution."""
        return frame


def classified(
    values: pd.Series, item: Item, choices: Sequence[str]
) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
    """Return each cell's state (NOT_REACHED for a blank) and choice, looking at each label once.

    With ``choices`` an answer must be one of the item's; without, it may be any.
    """
    codes, labels = factorized(values)
    places = {label: k for k, label in enumerate(item.substantive)}
    special = special_states(item)
    states = np.empty(len(labels) + 1, np.int8)
    chosen = np.full(len(labels) + 1, -1, np.int16)
    states[-1] = NOT_REACHED
    for k, label in enumerate(labels):
        states[k] = special.get(label, ANSWERED)
        if states[k] == ANSWERED and choices:
            if label not in places:
                raise InputError(
                    f"answer {label!r}",
                    where=f"column {values.name}",
                    expected=", ".join(map(str, item.choices)),
                    do="add the label to the codebook or correct the data",
                )
            chosen[k] = places[label]
    return states[codes], chosen[codes]


def special_states(item: Item) -> dict[str, int]:
    """Return the state that each label without substance stands for."""
    kinds = (
        (item.missing, BLANK),
        (item.not_applicable, NOT_APPLICABLE),
        (item.dont_know, DONT_KNOW),
    )
    return {label: state for labels, state in kinds for label in labels}


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


def column_of(responses: pd.DataFrame, column: str, item: Item) -> pd.Series:
    """Return a column of an item. Raises InputError when it is not there."""
    if column not in responses:
        raise InputError(
            f"no column {column!r}", where=item.name, do="correct the codebook or the export"
        )
    return responses[column]


def answer_rows(
    part: Part, choices: Sequence[str], groups: Groups, counts: NDArray, n: NDArray
) -> dict[str, Any]:
    """Return ``counts`` (a row a choice, a column a group) of ``n`` answers, as columns."""
    size = len(groups.labels)
    return {
        "item": np.repeat(part.item.name, size * len(choices)),
        "part": np.repeat(part.label, size * len(choices)),
        "choice": np.repeat(choices, size),
        "group": np.tile(groups.labels, len(choices)),
        "count": counts.ravel(),
        "n": np.tile(n, len(choices)),
    }


def _choice_counts(part: Part, groups: Groups) -> dict[str, Any]:
    choices, size = part.item.substantive, len(groups.labels)
    width = len(choices) + 1
    table = np.bincount(groups.codes * width + part.choice + 1, minlength=size * width)
    counts = table.reshape(size, width)[:, 1:].T
    return answer_rows(part, choices, groups, counts, counts.sum(axis=0))
