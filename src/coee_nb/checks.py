"""Checks of what comes in: what is asked, what is wrong, what was expected, what to do.

A domain states its rules and finds their faults; here they become one error that tells all faults
at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from coee_nb.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Effect = Literal["stops", "excludes", "reports"]
TOLD = 20  # faults that an error tells in full


@dataclass(frozen=True)
class Rule:
    """What every row or table must satisfy, and what happens where one does not.

    ``id`` is its stable name; ``question`` what is asked ("Is every month there?"); ``wrong`` what
    a fault is called ("missing period"); ``effect``: a fault stops the reading, excludes its row,
    or is reported and kept.
    """

    id: str
    question: str
    wrong: str
    expected: str = ""
    do: str = ""
    effect: Effect = "stops"

    def fault(self, where: str, found: str = "") -> Fault:
        """Return a fault at a place, with what was found there."""
        return Fault(self, where, found or self.wrong)

    def faults(
        self, frame: pd.DataFrame, wrong: pd.Series | np.ndarray, found: str, *, file: str
    ) -> Iterator[Fault]:
        """Yield a fault for each row of ``frame`` marked ``wrong``.

        ``found`` may name columns in braces. The place is the file and the row's ``line``, or its
        position under a header on line 1.
        """
        import numpy as np
        import pandas as pd

        for row in np.flatnonzero(np.asarray(wrong, bool)):
            cells = {
                name: f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else value
                for name, value in frame.iloc[row].items()
            }
            line = cells.get("line", row + 2)
            yield self.fault(f"{file}, row {line}", found.format(**cells))


@dataclass(frozen=True)
class Fault:
    """One place that breaks a rule."""

    rule: Rule
    where: str
    found: str


def refuse(faults: Sequence[Fault]) -> None:
    """Raise InputError when any fault stops, telling all that do; one alone with its own fields.

    >>> missing = Rule("months", "Is every month there?", "missing month", do="supply it")
    >>> refuse([missing.fault("a.csv, 2015-03"), missing.fault("a.csv, 2015-07")])
    Traceback (most recent call last):
    coee_nb.errors.InputError: 2 faults: a.csv, 2015-03: missing month; a.csv, 2015-07: missing ...
    """
    stops = [one for one in faults if one.rule.effect == "stops"]
    if not stops:
        return
    first = stops[0]
    if len(stops) == 1:
        raise InputError(
            first.found, where=first.where, expected=first.rule.expected, do=first.rule.do
        )
    told = "; ".join(f"{one.where}: {one.found}" for one in stops[:TOLD])
    more = f"; and {len(stops) - TOLD} more" if len(stops) > TOLD else ""
    raise InputError(
        f"{len(stops)} faults: {told}{more}",
        expected="; ".join(dict.fromkeys(one.rule.expected for one in stops if one.rule.expected)),
        do="; ".join(dict.fromkeys(one.rule.do for one in stops if one.rule.do)),
    )
