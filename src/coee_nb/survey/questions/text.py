"""An open question: words, which are accounted for and never tabulated."""

from typing import Any

import pandas as pd

from coee_nb.survey.questions import cells
from coee_nb.survey.questions.item import Entry, Item
from coee_nb.survey.questions.kind import Kind, Read, classified, column_of
from coee_nb.survey.questions.plain import plain_code
from coee_nb.survey.read.exports import Coded


class Open(Kind):
    """An answer that is none of given choices; its special codes are no answers in substance."""

    def fault(self, entry: Entry) -> str:
        """Return what is wrong with an entry's parts taken together, or nothing."""
        if entry.choices:
            return f"an item of type {self.name} has no choices; give special codes as missing etc."
        return f"an item of type {self.name} has one source" if entry.sources else ""

    def read(self, item: Item, found: list[Coded], form: cells.Form) -> cells.Answers:
        """Return the words, or the label that a special code stands for."""
        special = cells.specials(item)
        texts, faults = cells.explain(
            item, found[0], lambda text: special.get(plain_code(text), text)
        )
        return cells.Answers({item.columns[0]: cells.spread_texts(texts, found[0])}, tuple(faults))

    def parts(self, responses: pd.DataFrame, item: Item) -> list[Read]:
        """Return the state of every respondent; any answer will do."""
        return [("", *classified(column_of(responses, item.columns[0], item), item, ()))]

    def counts(self, responses: pd.DataFrame, parts: Any, groups: Any) -> list[dict[str, Any]]:
        """Return nothing: there are no choices to count."""
        return []

    def measured(self, item: Item, rows: pd.DataFrame, floor: int) -> list:
        """Return nothing: no table shows the answers."""
        return []


TEXT = Open("text", words=True)
