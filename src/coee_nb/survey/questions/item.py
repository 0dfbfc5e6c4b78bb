"""A question of the codebook: its entry as it is written, and the item as it is used."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from coee_nb.survey.questions.conditions import Condition


@dataclass(frozen=True)
class Item:
    """A question of the survey.

    ``columns`` are its columns in ``Responses.rows``: one, or one a choice (``multi``) or a row
    (``matrix``), labelled by ``labels``. ``choices`` are all labels in the order of the
    questionnaire; those of them in ``missing`` (seen and left blank), ``not_applicable`` or
    ``dont_know`` are no answers in substance, ``substantive`` are the others; ``exclusive`` is a
    choice that goes with no other. ``asked_if`` tells whom the item was asked. ``sources`` are the
    columns or ImportIds of the export, ``codes`` its (code, label) pairs, and ``screened_out`` the
    answers that ended the survey for a respondent. A ``group`` places a respondent (an office, a
    grade): it is no question. ``label`` is the wording in short, where the codebook gives one;
    ``scored`` asks for the mean of a scale and for the share of its two highest steps, and says
    whether its choices are "rising" or "falling".
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
    asked_if: Condition | None = None
    codes: tuple[tuple[str, str], ...] = ()
    screened_out: frozenset[str] = frozenset()
    exclusive: frozenset[str] = frozenset()
    group: bool = False
    label: str = ""
    scored: str = ""

    @property
    def short(self) -> str:
        """The label, or the wording without one."""
        return self.label or self.wording

    @property
    def called(self) -> str:
        """What stands after "by": the short wording, of a question the name in words."""
        return self.name.replace("_", " ") if self.short.endswith("?") else self.short

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
        """Whether all choices of several, or all that is ranked, share one column of the export."""
        return len(self.sources) < len(self.columns)


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
    label: str = ""
    type: str
    source: str | None = None
    sources: dict[str, str] | None = None
    choices: Annotated[list[tuple[str, str]], BeforeValidator(_pairs)] = []
    missing: list[str] = []
    not_applicable: list[str] = []
    dont_know: list[str] = []
    screened_out: list[str] = []
    exclusive: list[str] = []
    group: bool = False
    scored: Literal["", "rising", "falling"] = ""
    asked_if: Condition | None = None
