"""How likely one is to recommend, from 0 to 10, by the three groups of the net promoter score."""

import re

import pandas as pd

from coee_nb.survey.questions import cells
from coee_nb.survey.questions.item import Entry, Item
from coee_nb.survey.questions.kind import Kind
from coee_nb.survey.questions.plain import plain_label
from coee_nb.survey.read.exports import Coded

_LABELLED = re.compile(r"(10|[0-9])\s*[-–:=]\s.*", re.S)
GROUPS = {
    "Detractors (0 to 6)": range(7),
    "Passives (7 or 8)": (7, 8),
    "Promoters (9 or 10)": (9, 10),
}


class Promoter(Kind):
    """A number from 0 to 10, counted by group; a label such as "10 - Extremely likely" counts too.

    Source: F. Reichheld, "The one number you need to grow", Harvard Business Review 81(12), 2003.
    """

    def fault(self, entry: Entry) -> str:
        """Return what is wrong with an entry's parts taken together, or nothing."""
        if entry.sources is not None:
            return f"an item of type {self.name} has one source"
        return "an item of type nps has no choices: they are 0 to 10" if entry.choices else ""

    def codes(self, entry: Entry) -> list[tuple[str, str]]:
        """Return the numbers from 0 to 10 with the group of each."""
        return [(str(number), group) for group, own in GROUPS.items() for number in own]

    def read(self, item: Item, found: list[Coded], form: cells.Form) -> cells.Answers:
        """Return the group of each number, by the number that a label such as "10 - Very" has."""

        def group_of(text: str) -> str:
            number = _LABELLED.fullmatch(plain_label(text))
            return cells.choice_of(number[1] if number else text, item, form)

        return cells.read_columns(item, found, lambda _: group_of)

    def lines(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows with the score: the share of promoters less that of detractors."""
        shares = frame.pivot_table(index="item", columns="choice", values="share", aggfunc="first")
        low, _, high = (shares.reindex(columns=list(GROUPS))[name] for name in GROUPS)
        score = (100 * (high.astype(float) - low.astype(float))).round(0)
        last = frame["choice"] == list(GROUPS)[-1]
        return frame.assign(score=frame["item"].map(score).where(last))


PROMOTER = Promoter(
    "nps",
    one_answer=True,
    caption="Likelihood to recommend",
    show=("item", "choice", "count", "n", "share", "wilson", "score"),
    labels=(("n", "of answers"), ("share", "percent"), ("score", "net score")),
    note="The net score is the percentage of promoters less that of detractors.",
)
