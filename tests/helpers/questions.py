"""Questions and answers to make small surveys of, for tests of how they are counted."""

from typing import Any

import pandas as pd

from coee_nb.survey.questions.conditions import Condition
from coee_nb.survey.questions.item import Item


def question(name: str, kind: str = "single", **parts: Any) -> Item:
    """Return an item with the usual choices, in a column of its name."""
    usual = {
        "wording": "",
        "choices": ("Yes", "No", "Do not know", "Not applicable", "(seen)"),
        "columns": (name,),
        "labels": (name,),
        "sources": (name,),
        "missing": frozenset({"(seen)"}),
        "not_applicable": frozenset({"Not applicable"}),
        "dont_know": frozenset({"Do not know"}),
    }
    return Item(name=name, kind=kind, **(usual | parts))


def table(finished: list, **columns: Any) -> pd.DataFrame:
    """Return responses: who finished, and the columns of the items."""
    return pd.DataFrame({"finished": finished, **columns})


def asked_if(item: str, *labels: str) -> Condition:
    """Return the condition that an item was answered by one of the labels."""
    return Condition(item=item, labels=labels)
