"""Whom a question was asked: by earlier answers and embedded data, joined by and, or and not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from coee_nb.errors import InputError
from coee_nb.survey.questions.plain import plain_label

Label = Annotated[str, AfterValidator(plain_label)]
BOUNDS = {
    "at_least": ("at least", np.greater_equal),
    "above": ("above", np.greater),
    "at_most": ("at most", np.less_equal),
    "below": ("below", np.less),
}


class Condition(BaseModel):
    """One condition (``item`` with ``labels`` or bounds), or several under all, any or not.

    An item of several columns fulfils it when one of them does. A blank fulfils nothing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    item: str = ""
    labels: tuple[Label, ...] = ()
    at_least: float | None = None
    above: float | None = None
    at_most: float | None = None
    below: float | None = None
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()
    not_: Condition | None = Field(default=None, alias="not")

    @model_validator(mode="after")
    def _of_one_form(self) -> Self:
        forms = [bool(self.item), bool(self.all), bool(self.any), self.not_ is not None]
        if sum(forms) != 1:
            raise ValueError("give one of item, all, any and not")
        if bool(self.item) != bool(self.labels or self._bounds):
            raise ValueError("give an item with labels, at_least, above, at_most or below")
        return self

    @property
    def _bounds(self) -> dict[str, float]:
        given = {name: getattr(self, name) for name in BOUNDS}
        return {name: value for name, value in given.items() if value is not None}

    def leaves(self) -> Iterator[Condition]:
        """Yield the conditions on single items."""
        if self.item:
            yield self
        for part in (*self.all, *self.any, *([self.not_] if self.not_ else [])):
            yield from part.leaves()

    def holds(self, rows: pd.DataFrame) -> NDArray[np.bool_]:
        """Return for which respondents it holds. Raises InputError for an item that is not there.

        >>> rows = pd.DataFrame({"ever": ["Yes", "No", None], "years": [4.0, 9.0, 2.0]})
        >>> both = {"all": [{"item": "ever", "labels": ["Yes"]}, {"item": "years", "at_least": 3}]}
        >>> Condition.model_validate(both).holds(rows).tolist()
        [True, False, False]
        """
        if self.all:
            return np.logical_and.reduce([part.holds(rows) for part in self.all])
        if self.any:
            return np.logical_or.reduce([part.holds(rows) for part in self.any])
        if self.not_ is not None:
            return ~self.not_.holds(rows)
        own = [name for name in rows if name == self.item or name.startswith(f"{self.item}__")]
        if not own:
            raise InputError(f"asked if {self.item!r} is answered, which is not among the items")
        return np.logical_or.reduce([self._met(rows[name]) for name in own])

    def _met(self, answers: pd.Series) -> NDArray[np.bool_]:
        met = answers.isin(self.labels).to_numpy() if self.labels else answers.notna().to_numpy()
        if not self._bounds:
            return met
        amounts = pd.to_numeric(answers.astype(object), errors="coerce").to_numpy(float)
        within = [BOUNDS[name][1](amounts, value) for name, value in self._bounds.items()]
        return met & np.logical_and.reduce(within)

    def words(self, called: Callable[[str], str] = str) -> str:
        """Return the condition as a questionnaire says it, each item as ``called``.

        >>> Condition(item="years", at_least=3, below=10).words()
        'years is at least 3 and below 10'
        """
        if self.not_ is not None:
            return f"not ({self.not_.words(called)})"
        if self.all or self.any:
            joined = " and " if self.all else " or "
            return joined.join(
                one.words(called) if one.item else f"({one.words(called)})"
                for one in self.all or self.any
            )
        bounds = [f"{BOUNDS[name][0]} {value:g}" for name, value in self._bounds.items()]
        either = [" or ".join(sorted(self.labels))] if self.labels else []
        return f"{called(self.item or '')} is {' and '.join([*either, *bounds])}"
