"""A ranking, by what was ranked first.

The places of one row are no question by themselves: each is taken once, so a suppressed count of
one row would follow from the others. Who is first is one answer a respondent.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from coee_nb.survey.questions import cells
from coee_nb.survey.questions.item import Entry, Item
from coee_nb.survey.questions.kind import (
    ANSWERED,
    BLANK,
    Groups,
    Kind,
    Part,
    Read,
    answer_rows,
    classified,
    column_of,
)
from coee_nb.survey.questions.plain import plain_label
from coee_nb.survey.read.exports import Coded

FIRST = "1"


class Ranking(Kind):
    """One place for each row, from 1 to their number; counted is the row in the first place.

    A column a row holds its place; one column for all joins them from the first to the last.
    """

    def fault(self, entry: Entry) -> str:
        """Return what is wrong with an entry's parts taken together, or nothing."""
        if entry.sources and entry.choices:
            return "a ranking of several sources has no choices: they are the places"
        if len(_ranked(entry)) < 2:
            return "a ranking has sources, one for each that is ranked, or choices that one joins"
        return ""

    def codes(self, entry: Entry) -> list[tuple[str, str]]:
        """Return the places, each its own code."""
        return [(str(place), str(place)) for place in range(1, len(_ranked(entry)) + 1)]

    def columns(self, entry: Entry, choices: Sequence[str]) -> tuple[str, ...]:
        """Return what is ranked, each of which is a column."""
        return tuple(map(plain_label, _ranked(entry)))

    def read(self, item: Item, found: list[Coded], form: cells.Form) -> cells.Answers:
        """Return one column for each that is ranked, which holds its place."""
        if not item.joined:
            return super().read(item, found, form)
        [coded] = found
        orders, problems = cells.explain(item, coded, lambda text: _order(text, item))
        places = [{} if order is None else order for order in orders]
        columns = {
            column: cells.spread([told.get(label) for told in places], coded, item)
            for column, label in zip(item.columns, item.labels, strict=True)
        }
        return cells.Answers(columns, tuple(problems))

    def parts(self, responses: pd.DataFrame, item: Item) -> list[Read]:
        """Return which row each respondent ranked first; who ranked others only left it blank."""
        read = [
            classified(column_of(responses, column, item), item, item.choices)
            for column in item.columns
        ]
        places = np.array([place for _, place in read])
        state = np.max([state for state, _ in read], axis=0)
        first = places == item.substantive.index(FIRST)
        alone = first.sum(axis=0) == 1
        state = np.where((state == ANSWERED) & ~alone, BLANK, state).astype(np.int8)
        return [("", state, np.where(alone, first.argmax(axis=0), -1).astype(np.int16))]

    def counts(
        self, responses: pd.DataFrame, parts: Sequence[Part], groups: Groups
    ) -> list[dict[str, Any]]:
        """Return who ranked each row first, by group."""
        [part] = parts
        size, rows = len(groups.labels), part.item.labels
        counts = np.array(
            [np.bincount(groups.codes[part.choice == k], minlength=size) for k in range(len(rows))]
        )
        return [answer_rows(part, list(rows), groups, counts, counts.sum(axis=0))]

    def measured(
        self, item: Item, rows: pd.DataFrame, floor: int
    ) -> list[tuple[str, pd.Series | pd.DataFrame]]:
        """Return what each respondent ranked first."""
        [(_, _, first)] = self.parts(rows, item)
        answers = pd.Categorical.from_codes(first, list(item.labels))
        return [("", pd.Series(answers, index=rows.index))]


def _ranked(entry: Entry) -> list[str]:
    """Return what is ranked, as the entry writes it."""
    return [*entry.sources.values()] if entry.sources else [label for _, label in entry.choices]


def _order(text: str, item: Item) -> dict[str, str]:
    """Return the place of each that a cell ranks; the label of a blank one has the first column."""
    if blank := cells.specials(item).get(plain_label(text)):
        return {item.labels[0]: blank}
    ranked = cells.split(text, {label: label for label in item.labels})
    if len(set(ranked)) < len(ranked):
        raise cells.UnexplainedError("clash")
    return {label: str(place) for place, label in enumerate(ranked, 1)}


RANKING = Ranking(
    "ranking",
    caption="Ranked first",
    labels=(("n", "of answers"), ("share", "percent"), ("choice", "ranked first")),
    note="Of those who ranked one of them first, and no two.",
)
