"""Questions as the plan counts them: those of one answer a respondent, crossed too, and others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coee_nb.arguments import known
from coee_nb.errors import ParameterError
from coee_nb.survey.codebook import Item
from coee_nb.survey.questions.kinds import kind_of
from coee_nb.survey.questions.states import asked
from coee_nb.unseen import Unseen

NOT_ASKED = "not asked"
NO_ANSWER = "no answer"
ASKED_NO_ANSWER = "asked, no answer"


def part_label(item: str, part: str) -> str:
    """The name of an item, or of one row of a matrix, as a measure.

    >>> part_label("guidance_used", "Directives"), part_label("guidance_clear", "")
    ('guidance_used: Directives', 'guidance_clear')
    """
    return f"{item}: {part}" if part else item


@dataclass(frozen=True, repr=False)
class Question(Unseen):
    """A question, or one row of a matrix, as the plan counts it.

    ``answers`` has a column a choice, true where a respondent chose it; see ``OneAnswer`` as well.
    """

    item: Item
    part: str
    answers: Any

    @property
    def name(self) -> str:
        """The name of its measure in the plan."""
        return part_label(self.item.name, self.part)

    @property
    def wording(self) -> str:
        """The question, with the row of a matrix."""
        return part_label(self.item.short, self.part)


class OneAnswer(Question):
    """A question of which each respondent gives at most one answer.

    ``answers`` is a categorical of its choices, missing where none was given; ``labelled`` tells
    those apart by ``statuses``: whether the question was asked.
    """

    @property
    def statuses(self) -> list[str]:
        """What is said of those without an answer."""
        return [NO_ANSWER] if self.item.asked_if is None else [NOT_ASKED, ASKED_NO_ANSWER]

    def labelled(self, rows: pd.DataFrame) -> pd.Series:
        """Return the answer or status of each respondent."""
        given = self.answers.astype(object).where(self.answers.notna())
        if self.item.asked_if is not None:
            given = given.mask(given.isna() & asked(rows, self.item), ASKED_NO_ANSWER)
        return given.where(given.notna(), self.statuses[0])


def questions_of(rows: pd.DataFrame, items: Iterable[Item], floor: int) -> dict[str, Question]:
    """Return the questions that the plan counts, by name."""
    found = [
        (OneAnswer if isinstance(answers, pd.Series) else Question)(item, part, answers)
        for item in items
        for part, answers in kind_of(item).measured(item, rows, floor)
    ]
    return {one.name: one for one in found}


def check_crosstabs(
    pairs: Iterable[Sequence[str]], questions: Collection[str], groups: Collection[str]
) -> None:
    """Raise ParameterError for a pair that cannot be crossed.

    A question that there is not, that takes several answers, that is a group, or is crossed with
    itself.
    """
    for first, second in pairs:
        for name in (first, second):
            if name in groups:
                raise ParameterError(
                    f"names '{name}', which is a group", do="put it under breakdowns"
                )
            known(name, list(questions), "question of one answer")
        if first == second:
            raise ParameterError(f"crosses '{first}' with itself")
