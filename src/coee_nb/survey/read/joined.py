"""Cells that join several choices, as Microsoft and Google Forms write them: "Mail;Phone;"."""

from collections.abc import Sequence
from itertools import pairwise

from coee_nb.survey.questions.plain import plain_code, plain_label


def joined_choices(answers: Sequence[str]) -> list[str]:
    """Return the choices that the cells of a question join, nothing where they do not.

    A cell of Microsoft Forms ends with ";"; where a cell has one, no comma joins. What joins may be
    the choice's own (in brackets it always is): so the question is one of several choices only if
    its cells put together fewer choices than there are cells, and three at a time or each of them
    alone too. What never stands apart is one choice. A ranking (every cell the same choices) is
    none.

    >>> joined_choices(["Mail", "Mail, Phone (desk, mobile)", "Phone (desk, mobile)"])
    ['Mail', 'Phone (desk, mobile)']
    >>> joined_choices(["Mail", "Desk, mobile", "Mail;Desk, mobile"])
    ['Mail', 'Desk, mobile']
    >>> joined_choices(["Mail, Desk, mobile, Chat", "Mail", "Desk, mobile", "Chat, Mail"])
    ['Mail', 'Desk, mobile', 'Chat']
    >>> joined_choices(["Yes, often", "Yes, rarely", "No"])
    []
    """
    separator = ";" if any(";" in answer for answer in answers) else ","
    cells = [_parts(answer, separator) for answer in answers]
    cells = _together(cells, answers, separator)
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


def ranked_choices(answers: Sequence[str]) -> list[str]:
    """Return what the cells of a question rank, in no order; nothing where they rank nothing.

    Each cell joins all of it by ";", and not all in the same order: of choices some are left out.

    >>> ranked_choices(["Mail;Phone;Desk;", "Desk;Mail;Phone;"]), ranked_choices(["a;b;", "b;"])
    (['Desk', 'Mail', 'Phone'], [])
    """
    cells = [_parts(answer, ";") for answer in answers]
    sets = {frozenset(cell) for cell in cells}
    if len(sets) != 1 or len(cells) < 2 or any(len(set(cell)) < len(cell) for cell in cells):
        return []
    return sorted(*sets) if len(cells[0]) > 1 else []


def _together(cells: list[list[str]], answers: Sequence[str], separator: str) -> list[list[str]]:
    """Return the cells with parts that only ever stand together, with a space between, as one."""
    own = [plain_label(answer) for answer in answers]
    pairs = dict.fromkeys((a, b) for cell in cells for a, b in pairwise(cell) if a != b)
    for a, b in pairs:
        both = f"{a}{separator} {b}"
        either = [(cell, text) for cell, text in zip(cells, own, strict=True) if {a, b} & {*cell}]
        if all((a, b) in pairwise(cell) and both in text for cell, text in either):
            merged = [_merged(cell, a, b, both) for cell in cells]
            return _together(merged, answers, separator)
    return cells


def _merged(cell: list[str], a: str, b: str, both: str) -> list[str]:
    if a not in cell:
        return cell
    place = cell.index(a)
    return [*cell[:place], both, *cell[place + 2 :]]


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
