"""A question of one answer: one of several choices, or a step of a scale of agreement."""

from coee_nb.survey.questions.item import GROUPS, Entry
from coee_nb.survey.questions.kind import Kind


class Single(Kind):
    """One choice of several; a Center or title may leave its choices to the file."""

    def fault(self, entry: Entry) -> str:
        """Return what is wrong with an entry's parts taken together, or nothing."""
        if entry.name in GROUPS and entry.sources is None:
            return ""
        return super().fault(entry)


SINGLE = Single("single", one_answer=True, headed=True, caption="Single-choice questions")
AGREEMENT = Kind("likert", one_answer=True, caption="Agreement")
