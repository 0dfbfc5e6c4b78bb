"""The findings of a survey: shares of a question's answers, counted with the question's table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from coee_nb.survey.codebook import Codebook, Item
from coee_nb.survey.published import PublishedReport, item_of
from coee_nb.survey.questions.items import ItemTables, with_intervals
from coee_nb.survey.questions.kinds import kind_of
from coee_nb.survey.questions.plain import plain_label
from coee_nb.survey.questions.states import indicator
from coee_nb.unseen import Unseen

if TYPE_CHECKING:
    from coee_nb.survey.params import Headline


@dataclass(frozen=True, repr=False)
class KeyResult(Unseen):
    """A finding of the survey: the share of an item's answers that are among ``answers``.

    ``values`` has 1, 0, or NaN (no answer in substance) for each respondent.
    """

    id: str
    text: str
    where: str
    item: Item
    answers: tuple[str, ...]
    values: pd.Series


def choose_key_results(
    rows: pd.DataFrame,
    codebook: Codebook,
    published: PublishedReport | None,
    headlines: Sequence[Headline] = (),
) -> tuple[KeyResult, ...]:
    """Return the findings: those asked for, else what a report printed, else the first answers.

    Those are of every question of one choice: the commonest answer would tell how suppressed counts
    are ordered. Raises InputError for one on what the codebook does not know.
    """
    if headlines:
        chosen = [_headline(one, headlines, codebook) for one in headlines]
    elif published is not None:
        chosen = [
            (one.id, one.text, one.where, item_of(published, one, codebook), tuple(one.answers))
            for one in published.figures.items
        ]
    else:
        chosen = [
            (item.name, f"{item.short} {item.substantive[0]}", "", item, item.substantive[:1])
            for item in codebook.items
            if kind_of(item).headed and len(item.substantive) > 1
        ]
    return tuple(KeyResult(*one, indicator(rows, one[3], one[4])) for one in chosen)


def _headline(
    one: Headline, headlines: Sequence[Headline], codebook: Codebook
) -> tuple[str, str, str, Item, tuple[str, ...]]:
    item = codebook[one.item]
    answers = tuple(map(plain_label, one.answers))
    same = [other for other in headlines if other.item == one.item]
    name = one.item if len(same) == 1 else f"{one.item}_{same.index(one) + 1}"
    text = one.sentence or f"{item.short} {' or '.join(answers)}"
    return name, text, "", item, answers


def key_result_lines(
    chosen: Sequence[KeyResult], tables: ItemTables, confidence: float
) -> pd.DataFrame:
    """Return one row a finding and group: ``id``, and the columns of ``tables.distribution``.

    Counts are the sums of the finding's answers; intervals are made for the sums.
    """
    wanted = pd.DataFrame(
        [(one.id, one.item.name, answer) for one in chosen for answer in one.answers],
        columns=["id", "item", "choice"],
    )
    counted = tables.distribution[["item", "part", "choice", "group", "count", "n"]]
    own = wanted.merge(counted, on=["item", "choice"])
    if own.empty:
        return pd.DataFrame()
    sums = own.groupby(["id", "item", "part", "group"], sort=False, as_index=False).agg(
        count=("count", "sum"), n=("n", "first")
    )
    answers = {one.id: " or ".join(one.answers) for one in chosen}
    sums["choice"] = sums["id"].map(answers)
    return with_intervals(sums, tables.accounting, confidence)
