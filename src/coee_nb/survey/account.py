"""The account of an export's rows, as far as it tells of nobody."""

from dataclasses import replace

from coee_nb.findings import InputFile
from coee_nb.survey.read.dispositions import EMPTY, LEFT_SCREENED, SCREENED

# Reasons that say something of a person; the others (spam, previews, repeated ids, blank lines and
# rows that do not fit) say how the file was made.
ABOUT_PEOPLE = (SCREENED, LEFT_SCREENED, EMPTY)
TOGETHER = "for several reasons"


def accounted(file: InputFile, floor: int) -> InputFile:
    """Return the account with reasons that tell of fewer than ``floor`` people put together.

    They are joined by further reasons, those about the file last, until they are ``floor`` rows;
    where all reasons are fewer, neither they nor the rows read are given.

    >>> file = InputFile("a.csv", "", 60, 57, {"finished but screened out": 3})
    >>> accounted(file, 10).rows is None, dict(accounted(file, 3).excluded)
    (True, {'finished but screened out': 3})
    """
    reasons = dict(file.excluded)
    few = [one for one in ABOUT_PEOPLE if 0 < reasons.get(one, 0) < floor]
    if not few:
        return file
    others = sorted(set(reasons) - set(few), key=lambda one: (one not in ABOUT_PEOPLE, one))
    pool = list(few)
    while others and (len(pool) < 2 or sum(reasons[one] for one in pool) < floor):
        pool.append(others.pop(0))
    together = sum(reasons[one] for one in pool)
    if len(pool) < 2 or together < floor:
        return replace(file, rows=None, excluded={})
    kept = {one: number for one, number in reasons.items() if one not in pool}
    return replace(file, excluded=kept | {TOGETHER: together})
