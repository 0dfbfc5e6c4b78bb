"""A question of the codebook: its entry as it is written, and the item as it is used."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

GROUPS = ("center", "title")  # the items that place a respondent


@dataclass(frozen=True)
class Item:
    """A question of the survey.

    ``columns`` are its columns in ``Responses.rows``: one, or one a choice (``multi``) or a row
    (``matrix``), labelled by ``labels``. ``choices`` are all labels in the order of the
    questionnaire; those of them in ``missing`` (seen and left blank), ``not_applicable`` or
    ``dont_know`` are no answers in substance, ``substantive`` are the others. ``asked_if`` names
    the earlier item and the answers that lead to this one. ``sources`` are the columns or
    ImportIds of the export, ``codes`` its (code, label) pairs, and ``screened_out`` the answers
    that ended the survey for a respondent.
    """

    name: str
    wording: str
    kind: str
    columns: tuple[str, ...]
    labels: tuple[str, ...]
    sources: tuple[str, ...]
    choices: tuple[str, ...] = ()
    missing: frozenset[str] = frozenset()
    not_applicable: frozenset[str] = frozenset()
    dont_know: frozenset[str] = frozenset()
    asked_if: tuple[str, frozenset[str]] | None = None
    codes: tuple[tuple[str, str], ...] = ()
    screened_out: frozenset[str] = frozenset()

    @property
    def aside(self) -> frozenset[str]:
        """The answers that are none in substance."""
        return self.missing | self.not_applicable | self.dont_know

    @property
    def substantive(self) -> tuple[str, ...]:
        """The choices that answer the question in substance, in order."""
        return tuple(choice for choice in self.choices if choice not in self.aside)

    @property
    def joined(self) -> bool:
        """Whether all choices of a multi-select share one comma-joined column of the export."""
        return len(self.sources) < len(self.columns)


class Condition(BaseModel):
    """The earlier item, and its answers that lead to an item."""

    model_config = ConfigDict(extra="forbid")
    item: str
    labels: list[str] = Field(min_length=1)


def _pairs(value: Any) -> Any:
    """Return choices as (code, label) pairs; a bare label is its own code."""
    if isinstance(value, Mapping):
        return list(value.items())
    if not isinstance(value, list | tuple):
        return value
    return [
        (entry["code"], entry["label"])
        if isinstance(entry, Mapping) and set(entry) == {"code", "label"}
        else (entry, entry)
        if isinstance(entry, str)
        else entry
        for entry in value
    ]


class Entry(BaseModel):
    """An entry of the codebook, as it is written."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
    wording: str
    type: str
    source: str | None = None
    sources: dict[str, str] | None = None
    choices: Annotated[list[tuple[str, str]], BeforeValidator(_pairs)] = []
    missing: list[str] = []
    not_applicable: list[str] = []
    dont_know: list[str] = []
    screened_out: list[str] = []
    asked_if: Condition | None = None


def plain_code(text: str) -> str:
    """Return a code as the codebook writes it: trimmed, ``1.0`` as ``1``.

    >>> plain_code(" -99.00 "), plain_code("1.5")
    ('-99', '1.5')
    """
    return re.sub(r"^([+-]?\d+)\.0+$", r"\1", text.strip())


def plain_label(text: str) -> str:
    """Return a label with its white space (line breaks of the editor included) made single."""
    return " ".join(text.split())


def slug(label: str) -> str:
    """Return a label as the end of a column name.

    >>> slug("Visits (ports & importers)")
    'visits_ports_importers'
    """
    return re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:40].strip("_") or "other"
