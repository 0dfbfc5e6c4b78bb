"""The groups of days and months in which late and old recommendations are counted."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from coee_nb.errors import ParameterError

# Where nothing else is asked for.
DUE_BUCKETS = (30, 90, 180, 365)  # upper ends, in days past due
AGE_BUCKETS = (6, 12, 24, 48)  # upper ends, in months since issue
LAST_END = {"buckets": 36_525, "age_buckets": 1_200}  # a hundred years


def refuse_ends(name: str, ends: Sequence[int]) -> None:
    """Raise ParameterError unless the upper ends are whole numbers, increasing from above 0.

    ``name`` is whose ends they are, ``buckets`` (days) or ``age_buckets`` (months): none may be
    more than a hundred years.
    """
    whole = not isinstance(ends, str) and isinstance(ends, Sequence)
    whole = whole and all(isinstance(end, int | np.integer) for end in ends)
    if not whole or not ends or ends[0] <= 0 or any(b <= a for a, b in pairwise(ends)):
        raise ParameterError(
            f"{name} is {ends!r}",
            expected="whole numbers above 0, each larger than the last, such as [30, 90]",
        )
    if ends[-1] > LAST_END[name]:
        raise ParameterError(
            f"{name} ends at {ends[-1]}", expected=f"at most {LAST_END[name]}, a hundred years"
        )
