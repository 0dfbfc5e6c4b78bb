"""What can be asked of the notebook on transactions."""

from __future__ import annotations

import calendar
import csv
import io
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from coee_nb.arguments import known
from coee_nb.entries.checks import NAMES, Asked, all_ids, checks, of_fields
from coee_nb.entries.controls import supplied
from coee_nb.entries.engine import why_not_spark
from coee_nb.entries.layout import absent_fields, date_formats, read_account
from coee_nb.entries.sample import NOTES, OWN, read_worksheet
from coee_nb.entries.verdict import EVIDENCE, Needed, ReliabilityLimits
from coee_nb.errors import InputError, ParameterError
from coee_nb.files import read_file
from coee_nb.parameters import RUN_PREFIX, Day, InputPath, Parameters
from coee_nb.paths import shown

_LIMIT = re.compile(r"\d+(\.\d+)?\s?([MGT]i?B)", re.IGNORECASE)
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def _words(value: Any) -> Any:
    if isinstance(value, str) and not (value.strip() and value.isprintable()):
        raise ValueError("a few words in one line")
    return value


def _memory(value: Any) -> Any:
    if isinstance(value, str) and not _LIMIT.fullmatch(value.strip()):
        raise ValueError("an amount of memory such as 2GB or 500MB")
    return value


Words = Annotated[str, Field(max_length=200), BeforeValidator(_words)]
Percent = Annotated[float, Field(gt=0, le=100)]


class OwnCheck(BaseModel):
    """A check of the sheet: its ``id``, the ``question``, and ``where`` a row fails it."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: str
    question: Words
    where: str

    @field_validator("id")
    @classmethod
    def _is_a_name(cls, value: str) -> str:
        if not _NAME.fullmatch(value):
            raise ValueError("lower-case letters, digits and underscores")
        return value


class EntryReliability(Parameters):
    """The set of parameters of ``entry_reliability``."""

    SECTIONS = (
        "What the checks find",
        "Tracing to source documents",
        "The amounts by month",
        "The verdict",
        "Quality checks",
    )

    entries: InputPath = Field(
        description="The folder that `coee entries load FILES --into DIR` wrote.",
        json_schema_extra={"file": "entries"},
    )
    purpose: Words = Field(
        "for the purpose of this audit",
        description="What the data are to be used for, in words that follow 'reliable': for "
        "comparing monthly collections.",
    )
    fiscal_years: list[int] = Field(
        default_factory=list,
        description="The fiscal years asked for, in a row, if they are the scope: [2017, 2018]. "
        "They set scope_from and scope_to where these are left out.",
    )
    scope_from: Day | None = Field(
        None,
        description="The first entry date asked for. Left out: that of fiscal_years, or none.",
    )
    scope_to: Day | None = Field(
        None,
        description="The last entry date asked for. Left out: that of fiscal_years, or none.",
    )
    as_of: Day | None = Field(
        None,
        description="The day on which the data were had: a later date cannot be. Left out: no "
        "date is called one in the future.",
    )
    centers: InputPath | list[str] | None = Field(
        None,
        description="The known units that handle transactions: a list, or a file with one a line "
        "(of a CSV the first column). Left out: every unit is taken as known.",
    )
    early_days: Annotated[int, Field(ge=1)] | None = Field(
        None,
        description="The days from entry that a liquidation takes at least: fewer are unusual. "
        "Left out: none are.",
    )
    extreme_amount: Annotated[float, Field(gt=0)] | None = Field(
        None,
        description="An amount so large that it is unusual. Left out: none is.",
    )
    more_checks: list[OwnCheck] = Field(
        default_factory=list,
        description="Checks of one's own: a list of {id, question, where}; where says which rows "
        "fail, such as: taxes > duties and not missing(center), or abs(fees) > 100.",
    )
    set_aside: list[str] = Field(
        default_factory=list,
        description="Ids of the checks whose failing rows are left out of the monthly series.",
    )
    control_totals: InputPath | None = Field(
        None,
        description="Control totals supplied with the data: a CSV measure,total with the measures "
        "rows, duties, taxes, fees.",
    )
    sample_size: Annotated[int, Field(ge=0, le=10_000)] = Field(
        80,
        description="Rows drawn for tracing to source documents; 80 without a wrong one put the "
        "share of wrong rows under 4.5% with 95% confidence. 0: none are drawn.",
    )
    seed: Annotated[int, Field(ge=0)] = Field(
        1,
        description="The seed of the sample.",
    )
    traced: InputPath | None = Field(
        None,
        description="The worksheet of the sample, filled in (CSV or Excel).",
    )
    error_percent: Percent = Field(
        5.0,
        description="The verdict is against data where more than so many percent of the rows or "
        "of the money fail a check of severity error, or so many lines could not be loaded. "
        "Custom: GAO-20-283G sets no number; 5% is the tolerance usual in attribute samples.",
    )
    unusual_percent: Percent = Field(
        10.0,
        description="The verdict is undetermined where more than so many percent of the rows or "
        "of the money are unusual, until they are explained.",
    )
    traced_percent: Percent = Field(
        5.0,
        description="The share of traced rows that may be wrong, in percent.",
    )
    evidence_needed: list[Needed] = Field(
        ["control_totals"],
        description="Evidence without which nothing is called sufficiently reliable: rows that "
        "never came cannot be seen in those that did.",
    )
    planted: InputPath | None = Field(
        None,
        description="The counts planted in generated rows (JSON), to hold the checks against.",
    )
    fiscal_year_starts: Annotated[int, Field(ge=1, le=12)] = Field(
        10,
        description="The month that fiscal years begin with, 1 to 12.",
    )
    names: dict[str, Words] = Field(
        default_factory=dict,
        description="The engagement's words for row, rows, unit, money and the fields: {row: "
        "entry, rows: entries, unit: office, money: euros, entry_date: date of the permit}.",
    )
    engine: Literal["duckdb", "spark"] = Field(
        "duckdb",
        description="What reads the rows: duckdb, in this process, or spark, on a cluster.",
    )
    spark_master: str = Field(
        "local[*]",
        description="Where Spark runs: spark://HOST:7077, yarn, k8s://..., or local[*].",
    )
    memory_limit: Annotated[str, BeforeValidator(_memory)] = Field(
        "2GB",
        description="The memory that DuckDB, or each of Spark's executors, may take.",
    )
    threads: Annotated[int, Field(ge=1)] | None = Field(
        None,
        description="The threads of DuckDB. Left out: one a processor.",
    )

    @field_validator("names")
    @classmethod
    def _are_known(cls, value: dict[str, str]) -> dict[str, str]:
        for name in value:
            if name not in NAMES:
                raise ValueError(f"{name!r} is none of {', '.join(NAMES)}")
        columns = [*OWN, *NOTES, *of_fields(NAMES | value).values()]
        if twice := [one for one in columns if columns.count(one) > 1]:
            raise ValueError(f"two columns of the worksheet would be called {twice[0]!r}")
        return value

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        first, last = self.scope()
        years = sorted({*self.fiscal_years})
        if years and years[-1] - years[0] >= len(years):
            raise ValueError(f"fiscal_years {years} leave out a year between them")
        if first and last and first > last:
            raise ValueError(f"scope_from {first} is after scope_to {last}")
        for name in {*self.set_aside} - {*all_ids(Asked(more=self._more()))}:
            near = ", ".join(all_ids(Asked(more=self._more())))
            raise ValueError(f"set_aside names {name!r}, which is none of {near}")
        return self

    def _more(self) -> tuple[tuple[str, str, str], ...]:
        return tuple((one.id, one.question, one.where) for one in self.more_checks)

    def scope(self) -> tuple[date | None, date | None]:
        """Return the first and last entry date asked for."""
        first, last = self.scope_from, self.scope_to
        if self.fiscal_years:
            first = first or _begins(min(self.fiscal_years), self.fiscal_year_starts)
            last = last or _ends(max(self.fiscal_years), self.fiscal_year_starts)
        return first, last

    def asked(self, account: Mapping[str, Any]) -> Asked:
        """Return what the checks are asked with, of rows with this ``account`` of the load.

        Raises InputError for an unreadable list of units.
        """
        first, last = self.scope()
        return Asked(
            first, last, self.as_of, self.units(), self.early_days, self.extreme_amount,
            self._more(), self.names, absent_fields(account),
        )  # fmt: skip

    def units(self) -> tuple[str, ...]:
        """Return the known units, of the list or the file. Raises InputError where it is empty."""
        if not isinstance(self.centers, Path):
            return tuple(self.centers or ())
        file = read_file(self.centers)
        lines = [[line] for line in file.text().splitlines()]
        if self.centers.suffix.lower() == ".csv":
            lines = list(csv.reader(io.StringIO(file.text()), delimiter=file.delimiter))
        cells = [row[0].strip() for row in lines if row and row[0].strip()]
        headings = ("center", "unit", "code", "name", self.names.get("unit", "").casefold())
        if cells and cells[0].casefold() in headings:
            cells = cells[1:]
        if not cells:
            raise InputError("names no unit", where=shown(self.centers), expected="one a line")
        return tuple(cells)

    def limits(self) -> ReliabilityLimits:
        """Return the limits of the verdict."""
        return ReliabilityLimits(
            self.error_percent, self.unusual_percent, self.traced_percent,
            tuple(name for name in EVIDENCE if name in self.evidence_needed),
        )  # fmt: skip

    def check_inputs(self) -> None:
        """Refuse what can be refused without reading the rows: the account, the checks, the
        engine, and the files beside the rows.
        """
        if self.engine == "spark" and (missing := why_not_spark()):
            raise ParameterError(missing, where="engine: spark", do="take engine: duckdb")
        account = {} if _made(self.entries) else read_account(self.entries)
        starts = account.get("fiscal_year_starts", self.fiscal_year_starts)
        if starts != self.fiscal_year_starts:
            raise ParameterError(
                f"month {self.fiscal_year_starts}, and {starts} in {shown(self.entries)}",
                where="fiscal_year_starts", expected="as loaded",
                do=f"give {starts}, or load again with "
                f"--fiscal-year-starts {self.fiscal_year_starts}",
            )  # fmt: skip
        asked = self.asked(account)
        there = [one.id for one in checks(asked)]
        for name in self.set_aside:
            known(name, there, "check that is asked, to set aside,")
        if self.control_totals and not _made(self.control_totals):
            supplied(self.control_totals)
        if self.traced and not _made(self.traced):
            read_worksheet(self.traced, asked.fields(), date_formats(account))


def _made(path: Path) -> bool:
    """Tell whether another notebook of the run makes a file, which is then not there yet."""
    return str(path).startswith(RUN_PREFIX)


def _begins(year: int, starts: int) -> date:
    return date(year - (starts > 1), starts, 1)


def _ends(year: int, starts: int) -> date:
    month = (starts - 2) % 12 + 1
    return date(year, month, calendar.monthrange(year, month)[1])
