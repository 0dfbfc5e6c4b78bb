"""Whom a publication rests on, told to the run that publishes it and to nobody else.

A notebook about people says here who they are, as hashes, when the run asks for it. The run keeps
the account, so that two runs set beside each other tell of nobody (``publish.ledger``).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

ASKED_BY_RUN = "COEE_RESPONDENTS"  # the variable that names the file the account goes to
DIGITS = 16  # of a hash that are kept: chance makes no two of a survey's respondents alike
OF_AN_ANSWER = 8  # digits of the hash of one answer, which is compared with the same person's only


def tell_respondents(
    rows: pd.DataFrame, groups: pd.DataFrame, *, floor: int, terms: dict[str, Any]
) -> None:
    """Write whom a publication rests on, where a run asks for it; else do nothing.

    ``rows`` has one row a respondent with ``response_id`` and everything answered; ``groups`` the
    columns by which results are printed, same rows; ``terms`` whatever else decides what is
    printed. Each answer is hashed with its respondent's id, so that nobody without the ids can
    try out what was answered; ``answers`` is the hash of all of them.
    """
    path = os.environ.get(ASKED_BY_RUN, "")
    if not path:
        return
    answers = rows.drop(columns="response_id").astype("string").fillna("")
    each = _told_of_each(rows.drop(columns="response_id"))
    people = zip(
        rows["response_id"].astype(str),
        answers.itertuples(index=False, name=None),
        each.itertuples(index=False, name=None),
        _hashed(groups),
        strict=True,
    )
    said = {
        "floor": floor,
        "terms": digest(json.dumps(terms, sort_keys=True, default=str)),
        "questions": list(each),
        "respondents": {
            digest(one): {
                "answers": digest("\0".join(given)),
                "each": each_hashed(one, zip(each, told, strict=True)),
                "groups": list(own),
            }
            for one, given, told, own in people
        },
    }
    Path(path).write_text(json.dumps(said), "utf-8")


def _told_of_each(rows: pd.DataFrame) -> pd.DataFrame:
    """Return all that the tables can count of each respondent, a column each.

    Where everybody's words or moments become others, who gave any and on which day is still
    counted: so both are told of by themselves.
    """
    found = rows.copy()
    for name, given in rows.items():
        if given.dtype.kind == "M":
            found[f"{name}, by day"] = given.dt.normalize()
        elif given.dtype != "category":
            found[f"{name}, whether given"] = given.notna()
    return found.astype("string").fillna("")


def each_hashed(key: str, told: Iterable[Sequence[str]]) -> str:
    """Return the keyed hash of each thing told, one behind the other."""
    return "".join(digest("\0".join([key, *one]))[:OF_AN_ANSWER] for one in told)


def each_of(hashes: str) -> list[str]:
    """Return the hashes that ``each_hashed`` put together."""
    return [hashes[at : at + OF_AN_ANSWER] for at in range(0, len(hashes), OF_AN_ANSWER)]


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
