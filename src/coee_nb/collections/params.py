"""What can be asked of the collections notebook."""

import re
import warnings
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import pandas as pd
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from coee_nb.arguments import known
from coee_nb.collections import effects, its
from coee_nb.collections.events import Calendar, read_calendar
from coee_nb.collections.parsing import NOT_UNDERSTOOD
from coee_nb.collections.robustness.specifications import (
    LEVEL,
    LOG_RATE,
    NO_TERM,
    STOP_BEFORE,
    Choices,
)
from coee_nb.collections.series import Amounts, Columns, read_amounts
from coee_nb.collections.tie_out import PublishedYears, read_published, refuse_undefined, tie_out
from coee_nb.collections.timing import Timing
from coee_nb.collections.units import Unit
from coee_nb.engines.ar1.periods import PERIODS_A_YEAR, as_period, frequency, period_name
from coee_nb.errors import EstimationError, InputError, ParameterError, StatisticalWarning
from coee_nb.lazily import offered
from coee_nb.parameters import RUN_PREFIX, Day, InputPath, Parameters

_WRITTEN = re.compile(r"\d{4}(-\d\d(-\d\d)?|-?Q[1-4])?")


def _when(value: Any) -> Any:
    """Return a date as text: a day, month, quarter or year."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        return value
    told = f"a month such as 2016-10, a day, a quarter such as 2016Q4 or a year, not {value!r}"
    if not _WRITTEN.fullmatch(value):
        raise ValueError(told)
    try:
        pd.Period(value)
    except ValueError as error:
        raise ValueError(told) from error
    return value


def _words(value: Any) -> Any:
    if isinstance(value, str) and not (value.strip() and value.isprintable()):
        raise ValueError("a few words in one line")
    return value


def _to_come(path: Path) -> bool:
    """Say whether another notebook of the same run has still to write the file."""
    return str(path).startswith(RUN_PREFIX)


# What a refusal of the model asks for, in the words of the parameters.
_REMEDIES = (
    ("points before it", "choose another date (cut, competing), use more of the series (start, "
     "end) or finer periods"),
    ("is a combination of", "model the season by waves (season: 1) or not at all (season: null), "
     "or use a longer series (start, end)"),
    ("degrees of freedom", "model the season by waves (season: 1) or not at all (season: null), "
     "or use a longer series (start, end)"),
    ("no term in the model", "name the event in competing, or end the series before it (end)"),
    ("exactly on the fitted line", "check that the column holds amounts as they were recorded "
     "(value_column): figures without any scatter cannot be tested"),
)  # fmt: skip

When = Annotated[str, BeforeValidator(_when)]
Words = Annotated[str, Field(max_length=120), BeforeValidator(_words)]
Scale = Literal["level", "log", "log rate"]


class ConcurrentEvent(BaseModel):
    """An event beside the change that has a level and slope of its own from ``at`` on."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)

    at: When = Field(alias="from")
    name: Words | None = None


class Pulse(BaseModel):
    """A temporary effect, or one that rises over several periods and stays."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)

    at: When = Field(alias="from")
    to: When
    shape: Literal["temporary", "ramp"] = "temporary"


class CollectionsIts(Parameters):
    """The set of parameters of ``collections_its``."""

    SECTIONS = (
        "The figures and what else happened",
        "Before and after, year by year",
        "The popular analysis, and how far it can be trusted",
        "The model",
        "By group, beside others, as counts",
        "What the difference from before to after is made of",
        "From which day?",
        "Every declared combination of choices",
        "The same model at earlier dates",
        "What the model leaves over",
        "What could have been seen",
        "The verdict",
        "Quality checks",
        "The choices declared",
    )

    series: InputPath = Field(
        description="The series: a CSV with a row a period (month, quarter or year), its amounts "
        "and, as known, groups and fiscal years.",
        json_schema_extra={"file": "series.csv"},
    )
    value_column: str = Field(
        description="The column of the amounts.",
    )
    measure: Words = Field(
        description="What is measured, in words: Parking fines collected.",
    )
    change: Words = Field(
        description="What came, in words, as sentences begin: The new fee.",
    )
    cut: When = Field(
        description="When it came, as 2016-10-01, 2016-10, 2016Q4 or 2016: the period that holds "
        "it is the first that counts as after it.",
    )
    period_column: str = Field(
        "month",
        description="The column of the periods: months, quarters or years, as found.",
    )
    date_order: Literal["month-first", "day-first"] | None = Field(
        None,
        description="Which comes first in dates such as 05/01/2014. Left out: what the column "
        "proves.",
    )
    sum_to: Literal["month", "quarter", "year"] | None = Field(
        None,
        description="Sums days or weeks to months, quarters or years, each counted where its date "
        "lies. Left out: the rows are periods.",
    )
    group_column: str | None = Field(
        None,
        description="The column of the groups (offices, regions), if any: each has a line of its "
        "own beside all together.",
    )
    group_cuts: dict[str, When | None] = Field(
        default_factory=dict,
        description="When it came to groups that did not begin at the cut, by group (North: "
        "2017-02); null for a group it has not reached. The cut is then the first start of all. "
        "One group looked at alone (group) has its own, and is not tried with curve_cuts and "
        "washout.",
    )
    group: str | None = Field(
        None,
        description="One group to look at. Left out: all together.",
    )
    fiscal_year_column: str | None = Field(
        None,
        description="The column of the fiscal years, if any.",
    )
    fiscal_year_starts: Annotated[int, Field(ge=1, le=12)] = Field(
        10,
        description="The month that fiscal years begin with, 1 to 12.",
    )
    unit: Annotated[str, Field(max_length=60)] = Field(
        "",
        description="What the amounts are counted in, in words: dollars, million dollars, deaths.",
    )
    unit_factor: Annotated[float, Field(gt=0)] = Field(
        1.0,
        description="How many of the unit one of the file's column is: 1000 where the file has "
        "thousands and the unit is dollars.",
    )
    start: When | None = Field(
        None,
        description="The first period used. Left out: the file's first.",
    )
    end: When | None = Field(
        None,
        description="The last period used. Left out: the file's last.",
    )
    other_cuts: dict[str, When] = Field(
        default_factory=dict,
        description="Further dates to show beside the cut, by label.",
    )
    competing: list[ConcurrentEvent] = Field(
        default_factory=list,
        description="Concurrent events, each of which has a level and slope of its own: a list of "
        "{name, from}, or of dates. Left out: none is known.",
    )
    events: InputPath | None = Field(
        None,
        description="The calendar of events (CSV), named beside the dates they fall on.",
    )
    published: InputPath | None = Field(
        None,
        description="Published annual figures (CSV) that the series must tie out to.",
    )
    definition: str | None = Field(
        None,
        description="Which of the published figures, by their definition.",
    )
    companion: InputPath | None = Field(
        None,
        description='A second series (CSV) that the scale "log rate" divides by.',
    )
    companion_column: str | None = Field(
        None,
        description="The column of its amounts.",
    )
    control_columns: list[str] = Field(
        default_factory=list,
        description="Columns of the series' file that hold comparison series, which the change did "
        "not touch.",
    )
    pulses: list[When | Pulse] = Field(
        default_factory=list,
        description="Periods set apart, each with an effect of its own, such as one that carries "
        "refunds of earlier ones: a list of dates, or of {from, to} for a temporary effect, with "
        "shape: ramp for one that rises evenly from the one date to the other and stays.",
    )
    washout: list[When] = Field(
        default_factory=list,
        description="Periods left out where a wash-out is tried.",
    )
    season: Literal["as found", "month", "quarter"] | Annotated[int, Field(ge=1, le=6)] | None = (
        Field(
            "as found",
            description="How the season is modelled: by month or quarter as found, by so many "
            "waves (1 to 6), or not (null).",
        )
    )
    harmonics: Annotated[int, Field(ge=1, le=6)] = Field(
        2,
        description="Waves of the season in the specification curve, 1 to 6.",
    )
    scales: Annotated[list[Scale], Field(min_length=1)] | None = Field(
        None,
        description="How amounts may be modelled: level, log, log rate. Left out: level, and log "
        "where every amount is above zero.",
    )
    curve_cuts: list[When] = Field(
        default_factory=list,
        description="Dates tried as the cut in the specification curve. None named: that of "
        "the cut.",
    )
    curve_competing: list[When] = Field(
        default_factory=list,
        description="Dates tried as the concurrent event's. None named: its own.",
    )
    negligible_percent: Annotated[float, Field(gt=0, lt=100)] = Field(
        5.0,
        description="The change, in percent of what was expected, that is declared too small "
        "to matter before looking.",
    )
    declared_on: Day | None = Field(
        None,
        description="The day these choices were declared, for the record.",
    )
    report_conclusion: str | None = Field(
        None,
        description="What the audit's own report concludes, with its place, to stand beside "
        "the verdict.",
    )
    seed: Annotated[int, Field(ge=0)] = Field(
        1,
        description="Of the power simulation.",
    )
    simulations: Annotated[int, Field(ge=200, le=100_000)] = Field(
        2000,
        description="Of the power simulation.",
    )

    @field_validator("competing", mode="before")
    @classmethod
    def _listed(cls, given: Any) -> Any:
        """Read a date as an event without a name."""
        if not isinstance(given, list):
            return given
        return [one if isinstance(one, dict | BaseModel) else {"from": one} for one in given]

    @field_validator("unit")
    @classmethod
    def _unit(cls, given: str) -> str:
        try:
            return Unit(given).name
        except ParameterError as error:
            raise ValueError(error.expected) from error

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        """Refuse a cut that does not lie between start and end."""
        named = {"start": self.start, "cut": self.cut, "end": self.end}
        dates = {name: pd.Period(text).start_time for name, text in named.items() if text}
        if list(dates.values()) != sorted(dates.values()) or dates.get("start") == dates["cut"]:
            told = ", ".join(f"{name} {named[name]}" for name in dates)
            raise ValueError(f"{' and '.join(told.rsplit(', ', 1))} must follow each other")
        return self

    @model_validator(mode="after")
    def _together(self) -> Self:
        """Refuse half of what only serves together."""
        for one, other in (
            ("companion", "companion_column"),
            ("published", "definition"),
            ("group", "group_column"),
        ):
            if getattr(self, one) is not None and getattr(self, other) is None:
                raise ValueError(f"{one} needs {other} beside it")
        if self.group_cuts and self.group_column is None:
            raise ValueError("group_cuts needs group_column beside it")
        if self.group is not None and self.group_cuts.get(self.group, self.cut) is None:
            raise ValueError(
                f"the change has not reached {self.group} (group_cuts), so that nothing of it can "
                "be held against what was before: look at another group"
            )
        if self.value_column in self.control_columns:
            raise ValueError(f"control_columns names {self.value_column}, the series itself")
        if self.curve_competing and not self.competing:
            raise ValueError("curve_competing needs the concurrent event (competing)")
        if LOG_RATE in (self.scales or ()) and not (self.companion and self.companion_column):
            raise ValueError("the scale 'log rate' needs companion and companion_column")
        return self

    @property
    def began(self) -> str:
        """When the change came to what is looked at: the cut, or the one group's own start."""
        own = None if self.group is None else self.group_cuts.get(self.group)
        return own or self.cut

    def values_of(self, name: str) -> list[Any]:
        """Return every value that a parameter may take.

        Of ``group`` these are the groups of the series, but for those not reached (group_cuts).
        Raises ParameterError where the series has no groups, or is still to be made by the run.
        """
        if name != "group":
            return super().values_of(name)
        if self.group_column is None or _to_come(self.series):
            raise ParameterError(
                "group=all: the groups are not known",
                where=str(self.series.name),
                expected="a series that is there, and the column of its groups (group_column)",
                do="name the groups, or the column",
            )
        groups = map(str, self.read_series().values)
        return [group for group in groups if self.group_cuts.get(group, self.cut) is not None]

    def check_inputs(self) -> None:
        """Read every file that is there already and fit the primary model, as the notebook will.

        Raises InputError for amounts that a check of the file stops, an unknown group or
        definition, a companion with gaps or nothing to divide by, or a calendar or published
        figures that cannot be read; EstimationError for a model that cannot answer at all.
        """
        published = None if self.published is None else read_published(self.published)
        if published is not None and self.definition is not None:
            refuse_undefined(published, self.definition)
        amounts = None if _to_come(self.series) else self.read_series()
        if amounts is not None:
            self._refuse_amounts(amounts, published)
        if self.companion is not None and not _to_come(self.companion):
            companion = self.read_companion()
            if companion is not None:
                self._refuse_companion(companion)
        calendar = None if self.events is None else read_calendar(self.events)
        if amounts is not None:
            self.read_controls()
            self.starts_of(amounts)
            self._try(amounts.series(self.group), calendar)

    def starts_of(self, amounts: Amounts) -> dict[str, pd.Period | None] | None:
        """Return the start of every group, None for one not reached.

        None where all begin together, and where one group is looked at alone.
        Raises ParameterError for a group that the file does not have, or a start before the cut or
        after the last period.
        """
        if not self.group_cuts:
            return None
        index = pd.PeriodIndex(amounts.values.index)
        cut = as_period(self.cut, index, what="cut")
        starts: dict[str, pd.Period | None] = {str(group): cut for group in amounts.values}
        for group, when in self.group_cuts.items():
            known(group, starts, f"group in group_cuts of {self.series.name}")
            starts[group] = None if when is None else as_period(when, index, what="group_cuts")
        for group, start in starts.items():
            if start is not None and not cut <= start <= index[-1]:
                raise ParameterError(
                    f"group_cuts: {group} begins at {start}, outside {cut} to {index[-1]}",
                    where=str(self.series.name),
                    expected="starts from the cut on, within the periods used",
                    do="make the cut the first start of all, null the start of a group that the "
                    "change has not reached",
                )
        return None if self.group is not None or set(starts.values()) == {cut} else starts

    def _refuse_amounts(self, amounts: Amounts, published: PublishedYears | None) -> None:
        """Refuse amounts in another unit than stated, or without the logarithms asked for."""
        if published is not None and self.definition is not None:
            tie_out(
                amounts.series(), published, definition=self.definition,
                starts=self.fiscal_year_starts, unit=Unit(self.unit),
            )  # fmt: skip
        series = amounts.series(self.group)
        if (series <= 0).any() and self.scales and set(self.scales) != {LEVEL}:
            raise InputError(
                f"no logarithm of the amount in {series.index[series <= 0][0]}",
                where=str(self.series.name),
                expected="amounts above zero for the scales log and log rate",
                do="leave these scales out (scales)",
            )

    def _refuse_companion(self, companion: Amounts) -> None:
        """Refuse a companion with gaps, or one that a rate cannot be divided by."""
        series = companion.series()
        if LOG_RATE in (self.scales or ()) and (series <= 0).any():
            raise InputError(
                f"no rate in {series.index[series <= 0][0]}",
                where=companion.source.path,
                expected="a companion above zero for the scale log rate",
                do="leave this scale out (scales)",
            )

    def _try(self, series: pd.Series, calendar: Calendar | None) -> None:
        """Fit the primary model and state its effect; what it refuses is a fault of the sheet."""
        timing = Timing.of(self, series.index)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", StatisticalWarning)
                model = its.fit(series, timing.interruptions, season=self.season_of(series))
                effects.effect(model, timing.cut, calendar=calendar)
        except EstimationError as error:
            where = f"{self.series.name}, {series.index[0]} to {series.index[-1]}"
            do = next((do for said, do in _REMEDIES if said in error.found), error.do)
            raise EstimationError(
                error.found, where=where, expected=error.expected, do=do
            ) from error

    def read_series(self) -> Amounts:
        """Read the amounts in the periods asked for."""
        return read_amounts(
            self.series, columns=self.columns(self.value_column), factor=self.unit_factor,
            sum_to=self.sum_to, start=self.start, end=self.end,
        )  # fmt: skip

    def read_companion(self) -> Amounts | None:
        """Read the companion series in its own unit, or return None where there is none."""
        if self.companion is None or self.companion_column is None:
            return None
        columns = Columns(
            self.companion_column, self.period_column,
            fiscal_year_starts=self.fiscal_year_starts, date_order=self.date_order,
        )  # fmt: skip
        return read_amounts(
            self.companion, columns=columns, sum_to=self.sum_to, start=self.start, end=self.end
        )

    def read_controls(self) -> dict[str, pd.Series]:
        """Read the comparison series, by column, over the periods of the series.

        One may begin later or end earlier, where its cells are blank; inside it, none may be.
        """
        return {name: self._control(name) for name in self.control_columns}

    def _control(self, name: str) -> pd.Series:
        """Read one comparison series over its own periods."""

        def read(start: str | None, end: str | None) -> Amounts:
            return read_amounts(
                self.series, columns=self.columns(name), sum_to=self.sum_to, start=start, end=end
            )

        found = read(self.start, self.end)
        unread = found.excluded.loc[found.excluded["reason"] == NOT_UNDERSTOOD, "found"]
        if len(unread) and unread.isin(["''", "None"]).all():
            filled = found.values.dropna(how="all").index
            found = read(str(filled[0]), str(filled[-1]))
        return found.series(self.group)

    def columns(self, value: str) -> Columns:
        """Return the column mapping of the file, with the amounts in the column ``value``."""
        return Columns(
            value, self.period_column, self.group_column, self.fiscal_year_column,
            self.fiscal_year_starts, self.date_order,
        )  # fmt: skip

    def season_of(self, series: pd.Series) -> str | int | None:
        """Return how the season of ``series`` is modelled; a yearly one has none."""
        if self.season != "as found":
            return self.season
        return period_name(series.index) if PERIODS_A_YEAR[frequency(series.index)] > 1 else None

    def scales_of(self, series: pd.Series) -> tuple[str, ...]:
        """Return how amounts may be modelled: those named, or what the amounts allow."""
        if self.scales is not None:
            return tuple(self.scales)
        return ("level", "log") if (series > 0).all() else ("level",)

    def choices(self, series: pd.Series, timing: Timing) -> Choices:
        """Return every declared choice of the specification curve."""
        with_term: tuple[str, ...] = ()
        if timing.competing:
            with_term = (*timing.events, f"{STOP_BEFORE}{timing.competing}")
        season = self.season_of(series)
        waves = min(self.harmonics, PERIODS_A_YEAR[frequency(series.index)] // 2)
        return Choices(
            interruptions=timing.cuts,
            washouts=((), timing.washout) if timing.washout else ((),),
            concurrent=(NO_TERM, *with_term),
            further=tuple(timing.months[1:]),
            pulses=((), timing.pulses) if timing.pulses else ((),),
            seasons=tuple(dict.fromkeys((season, waves or None))),
            scales=self.scales_of(series),
        )


__all__ = ["CollectionsIts", "ConcurrentEvent", "Pulse"]
__dir__ = offered(__all__)
