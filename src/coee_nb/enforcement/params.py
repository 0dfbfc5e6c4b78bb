"""What can be asked of the notebook on penalty cases."""

from datetime import date
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from coee_nb.lazily import offered
from coee_nb.parameters import Day, InputPath, Parameters

if TYPE_CHECKING:
    from coee_nb.enforcement.cases import PenaltyRecords
    from coee_nb.enforcement.penalties import Penalties


class PenaltyLimitations(Parameters):
    """The set of parameters of ``penalty_limitations``."""

    SECTIONS = (
        "What is past its date, and what may be",
        "What became of them",
        "What to look at first",
        "By unit",
        "What comes due",
        "How much is collected",
        "Quality checks",
        "To hand out",
    )

    as_of: Day = Field(description="The day the cases are looked at, as 2021-03-09.")
    cases: InputPath = Field(
        description="The penalty cases (CSV or Excel), one row a case: case_id, unit, violation, "
        "violated_on, discovered_on, involvement_on, initiated_on, recorded_on, assessed_on, "
        "collected_on, closed_on, searched_on (when its documents were searched), status, "
        "assessed, mitigated, collected, bond. Needed are case_id, status, assessed and collected.",
        json_schema_extra={"file": "cases.csv"},
    )
    columns: dict[str, str] = Field(
        default_factory=dict,
        description="The files' own name of a field, as {unit: Office}; left out: the same.",
    )
    statutes: InputPath | None = Field(
        None,
        description="The limitation terms (CSV): violation, years, from, later_of_years, "
        "later_of_from, extended_by (with semicolons), source. Left out: those of 19 USC 1621.",
    )
    statuses: dict[str, str] = Field(
        default_factory=dict,
        description="What a status word of the records means: open, closed, settled, paid, "
        "cancelled, closed as expired, in litigation or referred.",
    )
    waivers: InputPath | None = Field(
        None,
        description="Waivers of the limitation (CSV or Excel): case_id, signed_on, years (blank: "
        "2) or valid_until (a day), filed_on (before that day it was not on file).",
    )
    suspensions: InputPath | None = Field(
        None,
        description="Days that are not counted: case_id, from, to (blank: not ended), kind (as in "
        "extended_by of the terms), filed_on.",
    )
    events: InputPath | None = Field(
        None,
        description="What became of cases after the list was drawn: case_id, on, status.",
    )
    later_as_of: Day | None = Field(
        None, description="A later day on which the cases counted are looked at again."
    )
    date_order: Literal["month-first", "day-first"] | None = Field(
        None, description="How 05/06/2024 is read where its column does not prove it."
    )
    counted_by: Literal["initiation", "statute"] = Field(
        "statute",
        description="Which way of counting penalties.expired states: by the statute with what is "
        "on file, or years from initiation, an audit's simplification.",
    )
    initiation_years: int = Field(
        5, ge=1, le=100, description="The years from initiation of the simplified rule."
    )
    initiated_before: Day | None = Field(
        None, description="Count as late only cases initiated before this day. Left out: all."
    )
    within: list[int] = Field(
        default_factory=lambda: [30, 60, 90, 180, 365],
        description="Days within which cases pass their limitation date.",
    )
    ask_within: int = Field(
        365,
        ge=1,
        description="Waivers are to be asked for where the date passes within these days.",
    )
    fiscal_year_starts: int = Field(
        10, ge=1, le=12, description="The first month of a fiscal year."
    )
    change_on: Day | None = Field(
        None, description="A day that parts the collection rates into before and after."
    )
    money: str = Field(
        "dollars",
        min_length=1,
        max_length=20,
        description="What the amounts are counted in: dollars, euros, KSh.",
    )
    unit_name: str = Field("unit", description="What the records call a unit, for headings.")

    @model_validator(mode="after")
    def _later_comes_later(self) -> Self:
        if self.later_as_of is not None and self.later_as_of <= self.as_of:
            raise ValueError(f"later_as_of {self.later_as_of} is not after as_of {self.as_of}")
        if not self.within or min(self.within) < 1:
            raise ValueError(f"within {self.within} is no list of days")
        return self

    def read(self) -> "PenaltyRecords":
        """Return the records that the parameters name. Raises InputError."""
        from coee_nb.enforcement.cases import read_cases

        return read_cases(
            self.cases,
            waivers=self.waivers,
            suspensions=self.suspensions,
            events=self.events,
            columns=self.columns,
            statuses=self.statuses,
            order=self.date_order,
            money=self.money,
        )

    def standing(self, records: "PenaltyRecords", on: date | None = None) -> "Penalties":
        """Return how the records stood on a day, ``as_of`` unless another is given."""
        from coee_nb.enforcement.penalties import standing
        from coee_nb.enforcement.terms import TERMS, read_terms

        return standing(
            records,
            as_of=on or self.as_of,
            terms=read_terms(self.statutes) if self.statutes else TERMS,
            years=self.initiation_years,
            initiated_before=self.initiated_before,
        )

    def later(self, records: "PenaltyRecords") -> "Penalties | None":
        """Return how the records stood on the later day; None where none is named."""
        return self.standing(records, self.later_as_of) if self.later_as_of else None

    def check_inputs(self) -> None:
        """Read all that the notebook will read, and age the cases. Raises InputError."""
        records = self.read()
        self.standing(records)
        self.later(records)


__all__ = ["PenaltyLimitations"]
__dir__ = offered(__all__)
