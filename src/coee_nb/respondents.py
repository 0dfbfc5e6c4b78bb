"""Whom a publication rests on, told to the run that publishes it and to nobody else.

A notebook about people says here who they are, as hashes, when the run asks for it. The run keeps
the account, so that two runs set beside each other tell of nobody (``publish.ledger``).
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

ASKED_BY_RUN = "COEE_RESPONDENTS"  # the variable that names the file the account goes to
DIGITS = 16  # of a hash that are kept: chance makes no two of a survey's respondents alike


def tell_respondents(
    rows: pd.DataFrame, groups: pd.DataFrame, *, floor: int, terms: dict[str, Any]
) -> None:
    """Write whom a publication rests on, where a run asks for it; else do nothing.

    ``rows`` has one row a respondent with ``response_id`` and everything answered; ``groups`` the
    columns by which results are printed, same rows; ``terms`` whatever else decides what is
    printed.
    """
    path = os.environ.get(ASKED_BY_RUN, "")
    if not path:
        return
    answers = rows.drop(columns="response_id").astype("string").fillna("")
    said = {
        "floor": floor,
        "terms": digest(json.dumps(terms, sort_keys=True, default=str)),
        "respondents": {
            digest(str(one)): {"answers": digest("\0".join(given)), "groups": list(own)}
            for one, given, own in zip(
                rows["response_id"],
                answers.itertuples(index=False, name=None),
                _hashed(groups),
                strict=True,
            )
        },
    }
    Path(path).write_text(json.dumps(said), "utf-8")


def digest(text: str) -> str:
    """Return the first digits of a text's SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def _hashed(groups: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return the groups of each row as hashes of column and value."""
    columns = [
        [digest(f"{name}\0{value}") for value in groups[name].astype("string").fillna("")]
        for name in groups
    ]
    return list(zip(*columns, strict=True)) if columns else [()] * len(groups)
