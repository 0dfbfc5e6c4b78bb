"""Embedded data: what the survey tool knew of a respondent, such as an experiment's arm.

It is no question: it is read for the conditions of questions, and never counted or shown.
"""

from coee_nb.survey.questions.item import Entry
from coee_nb.survey.questions.text import Open


class Embedded(Open):
    """A value that nobody was asked for, in one column."""

    def fault(self, entry: Entry) -> str:
        """Return what is wrong with an entry's parts taken together, or nothing."""
        if entry.asked_if is not None:
            return "embedded data are not asked: asked_if has no meaning"
        return super().fault(entry)


EMBEDDED = Embedded("embedded")
