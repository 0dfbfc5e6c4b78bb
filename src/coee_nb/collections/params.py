"""What can be asked of the collections notebook."""

import warnings
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import pandas as pd
from pydantic import AfterValidator, Field, model_validator

from coee_nb.collections import effects, its
from coee_nb.collections.events import Calendar, read_calendar
from coee_nb.collections.robustness.specifications import (
    LEVEL,
    LOG_RATE,
    NO_TERM,
    STOP_BEFORE,
    Choices,
)
from coee_nb.collections.series import Columns, Receipts, read_receipts
from coee_nb.collections.tie_out import PublishedYears, read_published, refuse_undefined, tie_out
from coee_nb.errors import InputError, StatisticalWarning
from coee_nb.parameters import RUN_PREFIX, Day, InputPath, Parameters


def _month(value: str) -> str:
    try:
        period = pd.Period(value, "M")
    except ValueError as error:
        raise ValueError(f"a month such as 2016-10, not {value!r}") from error
    if str(period) != value:
        raise ValueError(f"a month such as 2016-10, not {value!r}")
    return value


def _to_come(path: Path) -> bool:
    """Say whether another notebook of the same run has still to write the file."""
    return str(path).startswith(RUN_PREFIX)


Month = Annotated[str, AfterValidator(_month)]


Scale = Literal["level", "log", "log rate"]
_USUAL_SCALES: tuple[Scale, ...] = ("level", "log")


class CollectionsIts(Parameters):
    """The set of parameters of ``collections_its``."""

    receipts: InputPath = Field(
        description="The series: a CSV with a row a period, its amounts and, as known, "
        "offices and fiscal years.",
        json_schema_extra={"file": "series.csv"},
    )
    value_column: str = Field(
        description="The column of the amounts.",
    )
    start: Month = Field(
        description="The first month used, as 2013-10.",
    )
    end: Month = Field(
        description="The last month used.",
    )
    cut: Day = Field(
        description="The day something changed, as 2016-10-01: its month is the first that "
        "counts as after it.",
    )
    negligible_percent: Annotated[float, Field(gt=0, lt=100)] = Field(
        description="The change, in percent of what was expected, that is declared too small "
        "to matter before looking.",
    )
    period_column: str = Field(
        "month",
        description="The column of the periods.",
    )
    unit: Literal["dollars", "thousands", "millions", "billions"] = Field(
        "millions",
        description="The unit of the amounts.",
    )
    change: str = Field(
        "The change",
        description="What came, in words, as sentences begin: The new fee.",
    )
    events: InputPath | None = Field(
        None,
        description="The calendar of events (CSV), named beside the dates they fall on.",
    )
    competing: Month | None = Field(
        None,
        description="The first month of a concurrent event, which has a level and slope of "
        "its own; a list of months, or of {name, from}, for several. Left out: "
        "none is known.",
    )
    competing_name: str = Field(
        "the concurrent event",
        description="What the concurrent event is called.",
    )
    also_competing: list[Month] = Field(
        default_factory=list,
        description="Further concurrent events, by first month.",
    )
    other_cuts: dict[str, Day] = Field(
        default_factory=dict,
        description="Further days to show beside the cut, by label.",
    )
    published: InputPath | None = Field(
        None,
        description="Published annual figures (CSV) that the series must tie out to.",
    )
    definition: str | None = Field(
        None,
        description="Which of the published figures, by their definition.",
    )
    fiscal_year_column: str | None = Field(
        None,
        description="The column of the fiscal years, if any.",
    )
    fiscal_year_starts: Annotated[int, Field(ge=1, le=12)] = Field(
        10,
        description="The month that fiscal years begin with, 1 to 12.",
    )
    center_column: str | None = Field(
        None,
        description="The column of the offices, if any.",
    )
    center: str | None = Field(
        None,
        description="One office to look at. Left out: all together.",
    )
    companion: InputPath | None = Field(
        None,
        description='A second series (CSV) that the scale "log rate" divides by.',
    )
    companion_column: str | None = Field(
        None,
        description="The column of its amounts.",
    )
    refund: Month | None = Field(
        None,
        description="A month that carries refunds of earlier ones.",
    )
    washout: list[Month] = Field(
        default_factory=list,
        description="Months left out where a wash-out is tried.",
    )
    season: Literal["month"] | None = Field(
        "month",
        description="How the season is modelled: by month, or not.",
    )
    harmonics: Annotated[int, Field(ge=1, le=6)] = Field(
        2,
        description="Waves of the season in the specification curve, 1 to 6.",
    )
    scales: list[Scale] = Field(
        default_factory=lambda: list(_USUAL_SCALES),
        description="How amounts may be modelled.",
    )
    curve_cuts: list[Month] = Field(
        default_factory=list,
        description="Months tried as the cut in the specification curve. None named: that of "
        "the cut.",
    )
    curve_competing: list[Month] = Field(
        default_factory=list,
        description="Months tried as the concurrent event's. None named: its own.",
    )
    report_conclusion: str | None = Field(
        None,
        description="What the audit's own report concludes, with its place, to stand beside "
        "the verdict.",
    )
    seed: int = Field(
        1,
        description="Of the power simulation.",
    )
    simulations: Annotated[int, Field(ge=200, le=100_000)] = Field(
        2000,
        description="Of the power simulation.",
    )

    @model_validator(mode="before")
    @classmethod
    def _listed(cls, values: Any) -> Any:
        """Read a list of concurrent events: the first by its name, the others as further ones."""
        if not isinstance(values, dict) or not isinstance(values.get("competing"), list):
            return values
        events = [one if isinstance(one, dict) else {"from": one} for one in values["competing"]]
        wrong = [one for one in events if not {"from"} <= set(one) <= {"name", "from"}]
        if wrong:
            raise ValueError(f"competing lists {wrong[0]!r}: each is a month, or name and from")
        events.sort(key=lambda one: str(one["from"]))
        months = [str(one["from"])[:7] for one in events]
        read = values | {"competing": months[0] if months else None}
        if months:
            read |= {"also_competing": months[1:]}
        if events and "name" in events[0]:
            read["competing_name"] = events[0]["name"]
        return read

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        """Refuse dates that do not follow each other."""
        months = {"start": self.start, "cut": self.interruption_month}
        months |= {"competing": self.competing} if self.competing else {}
        months |= {f"also_competing {month}": month for month in self.also_competing}
        months |= {"end": self.end}
        order = list(months.values())
        if not all(a < b for a, b in pairwise(order[:-1])) or order[-2] > order[-1]:
            told = ", ".join(f"{name} {month}" for name, month in months.items())
            raise ValueError(f"{' and '.join(told.rsplit(', ', 1))} must follow each other")
        return self

    @model_validator(mode="after")
    def _inside(self) -> Self:
        """Refuse months outside the series."""
        asked = {
            "refund": [self.refund] if self.refund else [],
            "washout": self.washout,
            "curve_cuts": self.curve_cuts,
            "curve_competing": self.curve_competing,
            "other_cuts": [f"{day:%Y-%m}" for day in self.other_cuts.values()],
        }
        for name, months in asked.items():
            outside = [month for month in months if not self.start <= month <= self.end]
            if outside:
                raise ValueError(
                    f"{name} {outside[0]} lies outside the months used, {self.start} to {self.end}"
                )
        return self

    @model_validator(mode="after")
    def _together(self) -> Self:
        """Refuse half of what only serves together."""
        for one, other in (
            ("companion", "companion_column"),
            ("published", "definition"),
        ):
            if getattr(self, one) is not None and getattr(self, other) is None:
                raise ValueError(f"{one} needs {other} beside it")
        for name in ("curve_competing", "also_competing"):
            if self.competing is None and getattr(self, name):
                raise ValueError(f"{name} needs the month of the concurrent event (competing)")
        return self

    @model_validator(mode="after")
    def _companion_named(self) -> Self:
        """Refuse a rate without the file and column it divides by."""
        if LOG_RATE in self.scales and not (self.companion and self.companion_column):
            raise ValueError("the scale 'log rate' needs companion and companion_column")
        return self

    def check_inputs(self) -> None:
        """Read every file that is there already and fit the primary model, as the notebook will.

        Raises InputError for receipts that a check of the file stops, an unknown Center or
        definition, a companion with gaps or nothing to divide by, or a calendar or published
        figures that cannot be read; EstimationError for a model that cannot answer at all.
        """
        published = None if self.published is None else read_published(self.published)
        if published is not None and self.definition is not None:
            refuse_undefined(published, self.definition)
        receipts = None if _to_come(self.receipts) else self.read_receipts()
        if receipts is not None:
            self._refuse_receipts(receipts, published)
        if self.companion is not None and not _to_come(self.companion):
            companion = self.read_companion()
            if companion is not None:
                self._refuse_companion(companion)
        calendar = None if self.events is None else read_calendar(self.events)
        if receipts is not None:
            self._try(receipts.series(self.center), calendar)

    def _refuse_receipts(self, receipts: Receipts, published: PublishedYears | None) -> None:
        """Refuse receipts in another unit than stated, or without the logarithms asked for."""
        if published is not None and self.definition is not None:
            tie_out(
                receipts.series(), published, definition=self.definition,
                starts=self.fiscal_year_starts,
            )  # fmt: skip
        series = receipts.series(self.center)
        if (series <= 0).any() and set(self.scales) != {LEVEL}:
            raise InputError(
                f"no logarithm of the receipts in {series.index[series <= 0][0]}",
                where=str(self.receipts.name),
                expected="receipts above zero for the scales log and log rate",
                do="leave these scales out (scales)",
            )

    def _refuse_companion(self, companion: Receipts) -> None:
        """Refuse a companion with gaps, or one that a rate cannot be divided by."""
        series = companion.series()
        if LOG_RATE in self.scales and (series <= 0).any():
            raise InputError(
                f"no rate in {series.index[series <= 0][0]}",
                where=companion.source.path,
                expected="a companion above zero for the scale log rate",
                do="leave this scale out (scales)",
            )

    def _try(self, series: pd.Series, calendar: Calendar | None) -> None:
        """Fit the primary model and state its effect; what it refuses is a fault of the sheet."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", StatisticalWarning)
            model = its.fit(series, self.interruptions, season=self.season)
            effects.effect(model, self.interruption_month, calendar=calendar)

    def read_receipts(self) -> Receipts:
        """Read the receipts in the months asked for."""
        return read_receipts(
            self.receipts, columns=self.columns, unit=self.unit, start=self.start, end=self.end
        )

    def read_companion(self) -> Receipts | None:
        """Read the companion series in its own unit, or return None where there is none."""
        if self.companion is None or self.companion_column is None:
            return None
        columns = Columns(self.period_column, self.companion_column)
        return read_receipts(self.companion, columns=columns, start=self.start, end=self.end)

    @property
    def columns(self) -> Columns:
        """Return the column mapping of the receipts."""
        return Columns(
            self.period_column, self.value_column, self.center_column, self.fiscal_year_column,
            self.fiscal_year_starts,
        )  # fmt: skip

    @property
    def interruption_month(self) -> str:
        """Return the first month that counts as post."""
        return f"{self.cut:%Y-%m}"

    @property
    def concurrent(self) -> list[str]:
        """Return the months of every concurrent event with level and slope of its own."""
        return [*([self.competing] if self.competing else []), *self.also_competing]

    @property
    def interruptions(self) -> list[str]:
        """Return the months at which the primary model lets level and slope change."""
        return [self.interruption_month, *self.concurrent]

    @property
    def through(self) -> str:
        """Return the last month the effect is stated for: up to a concurrent event."""
        return str(pd.Period(self.competing, "M") - 1) if self.competing else self.end

    @property
    def choices(self) -> Choices:
        """Return every declared choice of the specification curve."""
        pulses = ((), (self.refund,)) if self.refund else ((),)
        with_term: tuple[str, ...] = ()
        if self.competing:
            with_term = (
                *(self.curve_competing or [self.competing]),
                f"{STOP_BEFORE}{self.competing}",
            )
        return Choices(
            interruptions=tuple(self.curve_cuts or [self.interruption_month]),
            washouts=((), tuple(self.washout)) if self.washout else ((),),
            concurrent=(NO_TERM, *with_term),
            further=tuple(self.also_competing),
            pulses=pulses,
            seasons=(self.season, self.harmonics),
            scales=tuple(self.scales),
        )
