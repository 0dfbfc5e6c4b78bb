"""Each measure of a frame with its value, held against its standard where one is set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

import pandas as pd

from coee_nb import formats as fmt
from coee_nb.lazily import offered
from coee_nb.results import Result
from coee_nb.scorecard.frame import AT_LEAST, KINDS, SHARE, ScoreFrame
from coee_nb.scorecard.sources import ScoreSources, origins

MEASURED, WITHHELD, TEXT, UNIT, MISSING, UNMEASURED = (
    "measured", "withheld", "no number", "another unit", "not among the findings", "not measured",
)  # fmt: skip
MET, NOT_MET, CANNOT_TELL, NO_STANDARD = "met", "not met", "cannot tell", "no standard set"
STATUSES = (MET, NOT_MET, CANNOT_TELL, NO_STANDARD)


@dataclass(frozen=True, repr=False)
class Scorecard(Result):
    """A frame filled in.

    ``table``: the frame's columns (with the notebook that a finding is from) and value (missing
    unless measured), shown (as printed), value_state (measured, withheld, no number, another
    unit, not among the findings, not measured), standard_set (in words), status (met, not met,
    cannot tell, no standard set), statement (of the finding), rests_on (the origin of the
    finding); ``by_kind``: kind, measures, with_standard and a column a status.
    """

    SHOWS: ClassVar[Mapping[str, Sequence[str]]] = {
        "table": ("measure", "definition", "shown", "standard_set", "status")
    }

    table: pd.DataFrame
    by_kind: pd.DataFrame
    frame: ScoreFrame
    sources: ScoreSources
    origin: str

    @property
    def stamp(self) -> str:
        """What every caption says."""
        return self.frame.stamp

    def count(self, status: str) -> int:
        """Return how many measures have a status."""
        return int((self.table["status"] == status).sum())

    @property
    def text(self) -> str:
        """The sentence a report may print."""
        return f"Measures: {len(self.table)}; without a standard: {self.count(NO_STANDARD)}."


def score(frame: ScoreFrame, sources: ScoreSources) -> Scorecard:
    """Fill in a frame from findings.

    A value is taken in the frame's unit: where that is share, a finding that counts some of many
    gives its share. A withheld finding stays withheld, and a value in another unit is shown and not
    compared. Met: at least, or at most, the target, the target itself included.
    """
    rows = [_scored(row, sources) for row in frame.table.to_dict("records")]
    table = frame.table.assign(**{name: [row[name] for row in rows] for name in _COLUMNS})
    table = table.astype({"value": "float64"})
    used = [sources.find(row["notebook"], row["finding"]) for row in frame.table.to_dict("records")]
    counts = pd.crosstab(table["kind"], table["status"]).reindex(
        index=list(KINDS), columns=list(STATUSES), fill_value=0
    )
    by_kind = counts.rename_axis(columns=None).reset_index()
    by_kind.insert(1, "measures", by_kind[list(STATUSES)].sum(axis=1))
    return Scorecard(table, by_kind, frame, sources, origins(one for one in used if one))


_COLUMNS = (
    "notebook",
    "value",
    "shown",
    "value_state",
    "standard_set",
    "status",
    "statement",
    "rests_on",
)


def _scored(row: Mapping[str, Any], sources: ScoreSources) -> dict[str, Any]:
    found = sources.find(row["notebook"], row["finding"]) if row["finding"] else None
    value, unit, state = _value(found, row)
    return {
        "notebook": str(found["notebook"]) if found else row["notebook"],
        "value": value if state == MEASURED else None,
        "shown": _shown(value, unit, state),
        "value_state": state,
        "standard_set": _standard(row),
        "status": _status(row, value, state),
        "statement": str(found["statement"]) if found else "",
        "rests_on": str(found.get("origin") or "") if found else "",
    }


def _value(found: Mapping[str, Any] | None, row: Mapping[str, Any]) -> tuple[Any, str, str]:
    """Return a finding's value in the frame's unit, its unit, and its state."""
    if not row["finding"]:
        return None, "", UNMEASURED
    if found is None:
        return None, "", MISSING
    value, unit = found["value"], str(found["unit"])
    if value is None or value == "":
        return None, unit, WITHHELD
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value, unit, TEXT
    whole = found.get("denominator")
    if row["unit"] == SHARE != unit and whole and found.get("numerator") is not None:
        return Decimal(str(found["numerator"])) / Decimal(str(whole)), SHARE, MEASURED
    if row["unit"] and row["unit"].casefold() != unit.casefold():
        return value, unit, UNIT
    return value, unit, MEASURED


def _shown(value: Any, unit: str, state: str) -> str:
    if state in (UNMEASURED, MISSING, WITHHELD):
        return state
    if state == TEXT:
        return str(value)
    return _number(value, unit)


def _number(value: Any, unit: str) -> str:
    """Return a number with its unit as a reader sees it.

    >>> _number(0.4921, "share"), _number(1250, "days"), _number(Decimal("2.5"), "years")
    ('49.2%', '1,250 days', '2.50 years')
    >>> _number(1, "cases")
    '1 case'
    """
    if unit == SHARE:
        return fmt.percent(value, 1, 1)
    exact = Decimal(str(value))
    whole = exact == exact.to_integral_value()
    return fmt.in_unit(fmt.count(value) if whole else fmt.number(value), unit)


def _standard(row: Mapping[str, Any]) -> str:
    if not row["target"]:
        return NO_STANDARD
    return f"{row['direction']} {_number(row['aim'], row['unit'])} ({row['standard']})"


def _status(row: Mapping[str, Any], value: Any, state: str) -> str:
    if not row["target"]:
        return NO_STANDARD
    if state != MEASURED:
        return CANNOT_TELL
    exact = Decimal(str(value))
    reached = exact >= row["aim"] if row["direction"] == AT_LEAST else exact <= row["aim"]
    return MET if reached else NOT_MET


__all__ = ["Scorecard", "score"]
__dir__ = offered(__all__)
