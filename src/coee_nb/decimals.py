"""Which mark stands before decimals: as the file and its column prove, never guessed."""

import re
from collections.abc import Sequence

from coee_nb.errors import InputError

_NUMBER = re.compile(r"[\d.,]*\d[\d.,]*")
_AROUND = re.compile(r"[\s()$€£%+-]")
_SWAP = str.maketrans(",.", ".,", "\u00a0\u202f ")


def pointed(cells: Sequence[str], *, delimiter: str, where: str) -> list[str]:
    """Return the numbers of a column with a point before their decimals, commas between thousands.

    Between commas they are written so. A file with another ``delimiter`` may write 1.234,50: what
    the amounts of the column prove holds for all of them. Raises InputError where they prove both
    marks, or none and 1.234 may be either number.

    >>> pointed(["1.234,50", "12"], delimiter=";", where="")
    ['1,234.50', '12']
    >>> pointed(["1,234.50", "n/a"], delimiter=";", where="")
    ['1,234.50', 'n/a']
    """
    proofs: dict[str, str] = {}  # the first cell that proves each mark
    for cell in cells if delimiter != "," else ():
        mark = _proved(cell)
        if mark is not None and mark not in proofs:
            proofs[mark] = cell
    if "." in proofs and "," in proofs:
        raise InputError(
            f"amounts of two forms: {proofs['.']!r} has a decimal point, {proofs[',']!r} a comma",
            where=where,
            expected="one decimal mark in a column",
            do="write all of them one way",
        )
    if "" in proofs and len(proofs) == 1:
        raise InputError(
            f"nothing tells whether {proofs['']!r} is more or less than a thousand",
            where=where,
            expected="an amount of the column that proves its decimal mark, such as 1.234,50",
            do="write them without marks between thousands, or save the file with commas between "
            "the cells and points before decimals",
        )
    return [cell.translate(_SWAP) for cell in cells] if "," in proofs else list(cells)


def _proved(cell: str) -> str | None:
    """Return the decimal mark that a number proves, "" where it may be either, None without a mark.

    >>> [_proved(cell) for cell in ("1.234,50", "1.234.567", "0,125", "1234,567", "12", "1,234")]
    [',', ',', ',', ',', None, '']
    """
    number = _AROUND.sub("", cell)
    at = max(number.rfind(","), number.rfind("."))
    if at < 0 or not _NUMBER.fullmatch(number):
        return None
    mark, whole, decimals = number[at], number[:at], number[at + 1 :]
    other = "." if mark == "," else ","
    if mark in whole:  # 1.234.567: it parts thousands
        return other
    thousands = len(decimals) == 3 and 1 <= len(whole) <= 3 and whole[0] != "0"
    return "" if thousands else mark
