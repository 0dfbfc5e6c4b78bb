"""The choices that a sheet declares, with a stamp that changes when one of them does."""

import hashlib
import json
from typing import Any

import pandas as pd

from coee_nb.collections.params import CollectionsIts
from coee_nb.formats import MISSING
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.collections")
STAMP = "stamp"
# What says where files lie, or what others concluded, is no choice of the analysis.
_NO_CHOICE = {
    "remarks",
    "series",
    "companion",
    "events",
    "published",
    "report_conclusion",
    "declared_on",
}


def declared(params: CollectionsIts) -> pd.DataFrame:
    """Return choice, meaning, value: every parameter the answer hangs on, defaults included.

    The last line is the stamp, the start of the SHA-256 of the choices as JSON with sorted names,
    so that two runs with the same stamp declared the same.
    """
    choices = params.model_dump(mode="json", exclude=_NO_CHOICE, by_alias=True)
    told = {name: _told(value) for name, value in choices.items()} | {STAMP: _stamp(choices)}
    rows = [(name, WORDS.sentence(f"choice_{name}"), value) for name, value in told.items()]
    return pd.DataFrame(rows, columns=["choice", "meaning", "value"])


def stamp(params: CollectionsIts) -> str:
    """Return the stamp of the declared choices."""
    return _stamp(params.model_dump(mode="json", exclude=_NO_CHOICE, by_alias=True))


def _stamp(choices: dict[str, Any]) -> str:
    text = json.dumps(choices, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _told(value: Any) -> str:
    """Return a value as a reader sees it."""
    if isinstance(value, dict) and value:
        return ", ".join(f"{name}: {_told(part)}" for name, part in value.items())
    if isinstance(value, list):
        value = "; ".join(map(_told, value))
    return MISSING if value in (None, "", {}) else str(value)
