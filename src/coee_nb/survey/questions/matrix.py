"""A matrix: the same choices for each of several rows, every row a part of its own."""

from coee_nb.survey.questions.item import Entry, Item
from coee_nb.survey.questions.kind import Kind


class Matrix(Kind):
    """One choice for each row."""

    def fault(self, entry: Entry) -> str:
        """Return what is wrong with an entry's parts taken together, or nothing."""
        if entry.source is not None:
            return "a matrix has sources, one a row"
        return "" if entry.choices else "choices are missing"

    def part_columns(self, item: Item) -> list[tuple[str, str]]:
        """Return the label and the column of each row."""
        return list(zip(item.labels, item.columns, strict=True))


MATRIX = Matrix(
    "matrix",
    caption="Questions by row",
    show=("item", "part", "choice", "count", "n", "share", "wilson"),
)
