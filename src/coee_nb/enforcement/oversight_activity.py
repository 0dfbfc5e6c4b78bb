"""All that an engagement has on oversight, read and held against its rules once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from coee_nb.arguments import given_as
from coee_nb.enforcement import inspections as inspected
from coee_nb.enforcement import meetings as met
from coee_nb.enforcement import oversight_disputes as disputed
from coee_nb.enforcement import responsibilities as owned
from coee_nb.enforcement.case_values import known_fields
from coee_nb.enforcement.oversight_records import EXCEPTIONS, OversightRecords, read_units
from coee_nb.errors import ParameterError
from coee_nb.findings import InputFile
from coee_nb.fiscal import fiscal_year
from coee_nb.lazily import offered
from coee_nb.origins import combined

if TYPE_CHECKING:
    from coee_nb.enforcement.oversight_params import OversightActivity


FIELDS = (
    *(*met.RECORD, *met.WHEN, *met.RULE, *disputed.FIELDS),
    *(*inspected.WORKSHEET, *inspected.CATALOGUE, *owned.NEEDED, *owned.OPTIONAL),
)


@dataclass(frozen=True)
class Oversight:
    """The parts that there are, each None without its file, on one date."""

    as_of: date
    meetings: met.Meetings | None = None
    disputes: disputed.Disputes | None = None
    inspections: inspected.Inspections | None = None
    responsibilities: owned.Responsibilities | None = None
    units: OversightRecords | None = None
    fiscal_year_starts: int = 1

    @property
    def stamp(self) -> str:
        """What every caption says: the date."""
        return f"as of {self.as_of:%Y-%m-%d}"

    @cached_property
    def inputs(self) -> tuple[InputFile, ...]:
        """Every file read, with the account of its rows."""
        return tuple(self._files())

    def _files(self) -> Iterator[InputFile]:
        yield from self.of_meetings
        for part in (self.disputes, self.responsibilities):
            if part is not None:
                yield part.records.source
        yield from self.of_inspections
        if self.units is not None:
            yield self.units.source

    @property
    def of_meetings(self) -> tuple[InputFile, ...]:
        """The files that meetings rest on."""
        if self.meetings is None:
            return ()
        rules = self.meetings.rules.source
        return (self.meetings.source, rules) if rules else (self.meetings.source,)

    @property
    def of_inspections(self) -> tuple[InputFile, ...]:
        """The files that inspections rest on."""
        part = self.inspections
        return (part.worksheets.source, part.catalogue.source) if part else ()

    def origin(self, *files: InputFile) -> str:
        """Return the origin of what rests on ``files``."""
        return combined(file.origin for file in files)

    @cached_property
    def exceptions(self) -> pd.DataFrame:
        """Every row that was set aside or counted once: file, line, record, reason, effect."""
        listed = [self.meetings.exceptions] if self.meetings else []
        listed += [self.disputes.records.exceptions] if self.disputes else []
        listed += [self.inspections.worksheets.exceptions] if self.inspections else []
        listed += [self.responsibilities.records.exceptions] if self.responsibilities else []
        listed = [part for part in listed if len(part)]
        return pd.concat(listed, ignore_index=True) if listed else pd.DataFrame(columns=EXCEPTIONS)


def read_oversight(params: OversightActivity) -> Oversight:
    """Read what the parameters name and hold it against its rules.

    Raises ParameterError where nothing is named or worksheets come without their catalogue, and
    InputError for a file that cannot be used as it is.
    """
    _check(params)
    units = read_units(params.units, params.columns) if params.units else None
    names = units.rows["unit"].tolist() if units else None
    inspections = _inspections(params, names)
    responsibilities = None
    if params.responsibilities:
        read = owned.read_responsibilities(params.responsibilities, columns=params.columns)
        responsibilities = owned.responsibilities(read, inspections)
    return Oversight(
        as_of=params.as_of,
        meetings=_meetings(params, names),
        disputes=_disputes(params, names),
        inspections=inspections,
        responsibilities=responsibilities,
        units=units,
        fiscal_year_starts=params.fiscal_year_starts,
    )


def _check(params: OversightActivity) -> None:
    known_fields(params.columns, FIELDS)
    with given_as("meetings_every"):
        met.often(params.meetings_every)
    if (params.worksheets is None) != (params.catalogue is None):
        raise ParameterError(
            "worksheets and catalogue need each other",
            expected="both or neither",
            do="name the file that says which activities inspections could cover",
        )
    if params.meeting_rules is not None and params.meetings is None:
        raise ParameterError("meeting_rules without meetings", do="name the records of meetings")
    parts = (params.meetings, params.disputes, params.worksheets, params.responsibilities)
    if not any(parts):
        raise ParameterError(
            "no records are named",
            expected="at least one of meetings, disputes, worksheets, responsibilities",
        )


def _meetings(params: OversightActivity, units: list[str] | None) -> met.Meetings | None:
    if params.meetings is None:
        return None
    own = params.columns
    records = met.read_meetings(
        params.meetings, as_of=params.as_of, units=units, columns=own, order=params.date_order
    )
    rules = (
        met.read_rules(params.meeting_rules, units=units, columns=own)
        if params.meeting_rules
        else met.rules_by_default(records, params.meetings_every, params.as_of, units)
    )
    return met.meetings(
        records,
        rules,
        as_of=params.as_of,
        fiscal_year_starts=params.fiscal_year_starts,
        minutes_within_days=params.minutes_within_days,
        confidence=params.confidence,
    )


def _disputes(params: OversightActivity, units: list[str] | None) -> disputed.Disputes | None:
    if params.disputes is None:
        return None
    records = disputed.read_disputes(
        params.disputes,
        as_of=params.as_of,
        units=units,
        columns=params.columns,
        order=params.date_order,
    )
    return disputed.disputes(records, as_of=params.as_of, referral_days=params.referral_days)


def _inspections(
    params: OversightActivity, units: list[str] | None
) -> inspected.Inspections | None:
    if params.worksheets is None or params.catalogue is None:
        return None
    catalogue = inspected.read_catalogue(params.catalogue, columns=params.columns)
    worksheets = inspected.read_worksheets(
        params.worksheets,
        catalogue,
        units=units,
        columns=params.columns,
        last_year=fiscal_year(params.as_of, params.fiscal_year_starts),
    )
    return inspected.inspections(catalogue, worksheets, units=units)


__all__ = ["Oversight", "read_oversight"]
__dir__ = offered(__all__)
