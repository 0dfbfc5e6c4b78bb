"""Cells that join several choices, as Microsoft and Google Forms write them: "Mail;Phone;"."""

from collections.abc import Sequence

from coee_nb.survey.questions.plain import plain_code, plain_label


def joined_choices(answers: Sequence[str]) -> list[str]:
    """Return the choices that the cells of a question join, nothing where they do not.

    A cell of Microsoft Forms ends with ";"; where a cell has one, no comma joins. What joins may be
    the choice's own (in brackets it always is): so the question is one of several choices only if
    its cells put together fewer choices than there are cells, and three at a time or each of them
    alone too. A ranking (every cell the same choices) is none.

    >>> joined_choices(["Mail", "Mail, Phone (desk, mobile)", "Phone (desk, mobile)"])
    ['Mail', 'Phone (desk, mobile)']
    >>> joined_choices(["Mail", "Desk, mobile", "Mail;Desk, mobile"])
    ['Mail', 'Desk, mobile']
    >>> joined_choices(["Yes, often", "Yes, rarely", "No"])
    []
    """
    separator = ";" if any(";" in answer for answer in answers) else ","
    cells = [_parts(answer, separator) for answer in answers]
    choices = list(dict.fromkeys(part for cell in cells for part in cell))
    if len({frozenset(cell) for cell in cells}) == 1 and len(cells) > 1:
        return []
    if any(len(set(cell)) < len(cell) or not cell for cell in cells):
        return []
    alone = {cell[0] for cell in cells if len(cell) == 1}
    longest = max(map(len, cells), default=0)
    told = longest > 1 and len(choices) <= len(cells) and (longest > 2 or alone >= set(choices))
    ended = bool(answers) and all(answer.endswith(";") for answer in answers)
    return choices if ended or told else []


def _parts(cell: str, separator: str) -> list[str]:
    """Return the parts of a cell between separators outside brackets."""
    depth, parts = 0, [""]
    for character in cell:
        depth += (character in "([{") - (character in ")]}" and depth > 0)
        if character == separator and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [plain_code(one) for one in map(plain_label, parts) if one]
