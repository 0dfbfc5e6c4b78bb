"""A question of one answer: one of several choices, or a step of a scale."""

from coee_nb.survey.questions.item import Entry
from coee_nb.survey.questions.kind import Kind


class Single(Kind):
    """One choice of several; a group may leave its choices to the file."""

    def fault(self, entry: Entry) -> str:
        """Return what is wrong with an entry's parts taken together, or nothing."""
        if entry.group and entry.sources is None:
            return ""
        return super().fault(entry)


SINGLE = Single("single", one_answer=True, headed=True, caption="Single-choice questions")
SCALE = Kind("likert", one_answer=True, caption="Answers on scales")
