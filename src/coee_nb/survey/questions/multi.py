"""A question of several answers: a column a choice, or one column that joins the chosen ones."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coee_nb.survey.questions import cells
from coee_nb.survey.questions.item import Entry, Item
from coee_nb.survey.questions.kind import (
    ANSWERED,
    NOT_REACHED,
    Groups,
    Kind,
    Part,
    Read,
    answer_rows,
    column_of,
    factorized,
    special_states,
)
from coee_nb.survey.questions.plain import plain_code, plain_label
from coee_nb.survey.read.exports import Coded

WITH_OTHERS = "ticked with others"
NONE_OF_THESE = re.compile(
    r"(none|neither|nothing|no)( (of|from))?( (these|them|those|the above))?( apply| applies)?",
    re.IGNORECASE,
)

# What a box of its own holds, as LimeSurvey, REDCap and SPSS write it, where it is no label.
TICKED = ("1", "yes", "y", "true", "checked", "selected", "mentioned")
UNTICKED = ("0", "no", "n", "false", "unchecked", "not selected", "not mentioned")


class Multi(Kind):
    """Any number of choices; shares are of the respondents who chose any."""

    def fault(self, entry: Entry) -> str:
        """Return what is wrong with an entry's parts taken together, or nothing."""
        return "choices are missing" if entry.source and not entry.choices else ""

    def codes(self, entry: Entry) -> list[tuple[str, str]]:
        """Return the (code, label) pairs: a choice with a column of its own is ticked with 1."""
        ticked = [("1", plain_label(label)) for label in (entry.sources or {}).values()]
        return super().codes(entry) + ticked

    def columns(self, entry: Entry, choices: Sequence[str]) -> tuple[str, ...]:
        """Return the choices, each of which is a column."""
        return super().columns(entry, choices) if entry.sources else tuple(choices)

    def exclusive(self, labels: Sequence[str]) -> frozenset[str]:
        """Return the labels that say "none of these"."""
        return frozenset(one for one in labels if NONE_OF_THESE.fullmatch(one.strip(" .()")))

    def clashes(self, item: Item) -> list[str]:
        """Return the codes that stand for two answers in the one joined column."""
        return super().clashes(item) if item.joined else []

    def read(self, item: Item, found: list[Coded], form: cells.Form) -> cells.Answers:
        """Return one column a choice, which holds its label where it is chosen."""
        if item.joined:
            return _joined(item, found[0], form)
        special = cells.specials(item)

        def ticked(label: str):
            boxes = dict.fromkeys(UNTICKED) | dict.fromkeys(TICKED, label)
            known = boxes | special | {label: label}

            def find(text: str) -> str | None:
                for key in (plain_label(text), plain_code(text), text.strip().lower()):
                    if key in known:
                        return known[key]
                raise cells.UnexplainedError("outside")

            return find

        return cells.read_columns(item, found, ticked)

    def unanswered(self, text: str, item: Item) -> bool:
        """Tell a blank cell, an unticked box, or a code or label of seen-but-unanswered."""
        told = plain_code(text)
        unticked = told.lower() in UNTICKED and told not in item.labels
        return (unticked and not item.joined) or super().unanswered(text, item)

    def parts(self, responses: pd.DataFrame, item: Item) -> list[Read]:
        """Return who answered: by any choice in substance, else by what was marked."""
        special = special_states(item)
        state = np.full(len(responses), NOT_REACHED, np.int8)
        for column, label in zip(item.columns, item.labels, strict=True):
            codes, labels = factorized(column_of(responses, column, item))
            marked = special.get(label, ANSWERED)
            found = np.array([special.get(k, marked) for k in labels] + [NOT_REACHED], np.int8)
            state = np.maximum(state, found[codes])
        return [("", state, np.full(len(responses), -1, np.int16))]

    def counts(
        self, responses: pd.DataFrame, parts: Sequence[Part], groups: Groups
    ) -> list[dict[str, Any]]:
        """Return who chose each choice, out of the respondents who chose any."""
        [part] = parts
        size, answered = len(groups.labels), part.state == ANSWERED
        marks = _chosen(responses, part.item)
        counts = [np.bincount(groups.codes[m & answered], minlength=size) for m in marks.values()]
        n = np.bincount(groups.codes[answered], minlength=size)
        return [answer_rows(part, list(marks), groups, np.array(counts), n)]

    def measured(
        self, item: Item, rows: pd.DataFrame, floor: int
    ) -> list[tuple[str, pd.Series | pd.DataFrame]]:
        """Return who chose each choice in substance."""
        if len(item.substantive) < 2:
            return []
        return [("", pd.DataFrame(_chosen(rows, item), index=rows.index))]

    def lines(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the shares of respondents, and of all answers given where all may be shown."""
        frame = frame[["item", "choice", "count", "n", "share", "wilson_low", "wilson_high"]].copy()
        given = frame.groupby("item")["count"].transform(lambda counts: counts.sum(skipna=False))
        frame["answers_given"] = given.astype("Int64")
        of_answers = frame["count"].astype("Float64") / frame["answers_given"].astype("Float64")
        return frame.assign(share_of_answers=of_answers.astype(float))


def _chosen(responses: pd.DataFrame, item: Item) -> dict[str, NDArray[np.bool_]]:
    """Return who marked each choice in substance, a special label in its column aside.

    An exclusive choice that some ticked with others is shown both ways, one of them by itself.
    """
    chosen = {
        label: (responses[column].notna() & ~responses[column].isin(list(item.aside))).to_numpy()
        for column, label in zip(item.columns, item.labels, strict=True)
        if label not in item.aside
    }
    both = _with_others(chosen, item)
    if not both.any():
        return chosen
    found = {}
    for label, marked in chosen.items():
        found[label] = marked & ~both if label in item.exclusive else marked
        if label in item.exclusive and (marked & both).any():
            found[f"{label} ({WITH_OTHERS})"] = marked & both
    return found


def exclusive_with_others(responses: pd.DataFrame, item: Item) -> NDArray[np.bool_]:
    """Return who ticked a choice that goes with no other ("None of these") and another one."""
    chosen = {
        label: responses[column].notna().to_numpy()
        for column, label in zip(item.columns, item.labels, strict=True)
        if label not in item.aside
    }
    return _with_others(chosen, item)


def _with_others(chosen: dict[str, NDArray[np.bool_]], item: Item) -> NDArray[np.bool_]:
    if not chosen:
        return np.zeros(0, bool)
    alone = [marked for label, marked in chosen.items() if label in item.exclusive]
    exclusive = np.logical_or.reduce(alone) if alone else np.zeros_like(next(iter(chosen.values())))
    return exclusive & (np.sum(list(chosen.values()), axis=0) > 1)


def _joined(item: Item, coded: Coded, form: cells.Form) -> cells.Answers:
    """Return one column a choice from a column that joins the chosen ones with commas."""
    found, problems = cells.explain(item, coded, lambda text: _split(text, item, form))
    columns = {}
    for column, label in zip(item.columns, item.labels, strict=True):
        labels = [label if chosen and label in chosen else None for chosen in found]
        if column == item.columns[0]:  # seen and left blank is said in the first column
            left = [
                min(chosen & item.missing, default=None) if chosen else None for chosen in found
            ]
            labels = [label or blank for label, blank in zip(labels, left, strict=True)]
        columns[column] = cells.spread(labels, coded, item)
    return cells.Answers(columns, tuple(problems))


def _split(text: str, item: Item, form: cells.Form) -> set[str]:
    """Return the choices in a joined cell."""
    keys = dict(item.codes) | {label: label for label in item.choices}
    if form == "codes":
        keys |= dict(item.codes)
    return set(cells.split(text, keys))


MULTI = Multi(
    "multi",
    caption="Questions with several answers",
    show=("item", "choice", "count", "n", "share", "wilson", "answers_given", "share_of_answers"),
    labels=(
        ("n", "of respondents"),
        ("share", "of respondents, %"),
        ("share_of_answers", "of answers, %"),
    ),
    note="A respondent may give several answers: percentages of respondents may add up to more "
    "than 100.",
    none="There is no question of several answers to show.",
)
