"""What can be asked of the notebook on oversight."""

from typing import Literal

from pydantic import Field

from coee_nb.lazily import offered
from coee_nb.parameters import Day, InputPath, Parameters


class OversightActivity(Parameters):
    """The set of parameters of ``oversight_activity``."""

    SECTIONS = ("Meetings", "Disputes", "Inspections", "Responsibilities", "Quality checks")

    as_of: Day = Field(
        description="The day everything is told for, as 2024-06-30: later records are set aside, "
        "and periods that were not over are not counted."
    )
    meetings: InputPath | None = Field(
        None,
        description="Records of required meetings (CSV or Excel): unit, minutes (yes, no or the "
        "day they were filed), and period (2018-10, 2018-W40) or held_on (a day).",
    )
    meeting_rules: InputPath | None = Field(
        None,
        description="Who must meet how often (CSV or Excel): unit, every (week, month, two "
        "months, quarter, half-year or year), first and last (periods). Left out: each unit every "
        "meetings_every, from its first record to as_of.",
    )
    meetings_every: str = Field(
        "month",
        description="How often each unit must meet (week, month, quarter, year), where no file of "
        "rules says so.",
    )
    minutes_within_days: int | None = Field(
        None,
        ge=0,
        description="Minutes filed later after the meeting are late. Left out: no limit.",
    )
    disputes: InputPath | None = Field(
        None,
        description="Disputes (CSV or Excel): dispute, unit, opened_on, closed_on, referred_on.",
    )
    referral_days: int = Field(
        90, ge=1, description="A dispute open so many days must have been referred."
    )
    worksheets: InputPath | None = Field(
        None,
        description="Inspection worksheets (CSV or Excel): worksheet, unit, activity, year. "
        "It needs the catalogue.",
    )
    catalogue: InputPath | None = Field(
        None,
        description="The activities inspections could cover (CSV or Excel): activity and, if "
        "wanted, group.",
    )
    responsibilities: InputPath | None = Field(
        None,
        description="Responsibilities (CSV or Excel): responsibility, owner and, if known, kind, "
        "joint (yes or no), procedure, activity of the catalogue.",
    )
    units: InputPath | None = Field(
        None,
        description="All units there are (CSV or Excel): unit. A record of another unit is set "
        "aside and listed. Left out: the units are those that the records name.",
    )
    columns: dict[str, str] = Field(
        default_factory=dict,
        description="The files' own name of a field, as {unit: Office}; left out: the same.",
    )
    date_order: Literal["month-first", "day-first"] | None = Field(
        None, description="How 05/06/2024 is read where its column does not prove it."
    )
    fiscal_year_starts: int = Field(
        1, ge=1, le=12, description="The month in which a year begins; 1: the calendar year."
    )
    confidence: float = Field(0.95, gt=0, lt=1, description="Of the intervals of shares.")

    def check_inputs(self) -> None:
        """Refuse what cannot be read or asked, as the notebook would."""
        from coee_nb.enforcement.oversight_activity import read_oversight

        read_oversight(self)


__all__ = ["OversightActivity"]
__dir__ = offered(__all__)
