"""Inspection worksheets held against a catalogue of activities: what they cover, and who files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd

from coee_nb.arguments import near
from coee_nb.enforcement.oversight_records import (
    OversightRecords,
    divided,
    filled,
    once,
    read_rows,
    unknown_units,
    year_of,
)
from coee_nb.errors import InputError
from coee_nb.lazily import offered
from coee_nb.results import Result

FEW = 0.5  # of an equal share: a unit that files less files few
CATALOGUE, WORKSHEET = ("activity", "group"), ("worksheet", "unit", "activity", "year")


@dataclass(frozen=True, repr=False)
class Inspections(Result):
    """What the worksheets cover.

    ``coverage``: one row a unit, activity and year (worksheets); ``activities``: activity, group,
    worksheets, units (that filed any), years (with any); ``units``: unit, worksheets, share,
    cumulative_share, activities (covered), files_few; ``catalogue`` and ``worksheets`` as read.
    """

    SHOWS: ClassVar[Mapping[str, Sequence[str]]] = {"activities": (), "units": ()}

    coverage: pd.DataFrame
    activities: pd.DataFrame
    units: pd.DataFrame
    years: tuple[int, ...]
    catalogue: OversightRecords
    worksheets: OversightRecords

    @property
    def count(self) -> int:
        """Worksheets used."""
        return int(self.worksheets.rows["worksheet"].nunique())

    @property
    def not_covered(self) -> list[str]:
        """Activities of the catalogue that no worksheet of any unit and year covers."""
        none = self.activities["worksheets"] == 0
        return self.activities.loc[none, "activity"].tolist()

    @property
    def whole(self) -> str:
        """What the line of all units is called: by its name where there is one only."""
        return "all" if len(self.units) > 1 else str(self.units["unit"].iloc[0])

    @property
    def half(self) -> int:
        """The fewest units that filed at least half of the worksheets."""
        return int((self.units["worksheets"].cumsum() * 2 < self.count).sum()) + 1

    @property
    def text(self) -> str:
        """The sentence a report may print."""
        return (
            f"Worksheets: {self.count}; units: {len(self.units)}; years: {len(self.years)}; "
            f"activities without a worksheet: {len(self.not_covered)}."
        )


def read_catalogue(
    path: str | Path, *, columns: Mapping[str, str] | None = None
) -> OversightRecords:
    """Read the activities that inspections could cover: a file with activity and group.

    ``group`` (optional) sets activities together. Raises InputError for a blank activity and for
    one that stands there twice.
    """
    frame = read_rows(path, CATALOGUE[:1], optional=CATALOGUE[1:], columns=columns)
    filled(frame, ["activity"], path)
    once(frame, "activity", path)
    blank = pd.Series("", index=frame.index, dtype="str")
    return divided(frame, blank, path, frame["activity"])


def read_worksheets(
    path: str | Path,
    catalogue: OversightRecords,
    *,
    units: Sequence[str] | None = None,
    columns: Mapping[str, str] | None = None,
    last_year: int | None = None,
) -> OversightRecords:
    """Read worksheets: a file with columns worksheet, unit, activity and year.

    ``year`` is 2017 or FY2017. A worksheet that covers two activities has two rows under its
    number. Set aside: unknown units, activities that the catalogue does not have, years that
    cannot be read or lie after ``last_year``, rows that repeat another. Raises InputError
    for a blank cell, and for a worksheet that two units or years claim.
    """
    frame = read_rows(path, WORKSHEET, columns=columns)
    filled(frame, ("worksheet", "unit", "activity", "year"), path)
    read = pd.Series([year_of(text) for text in frame["year"]], index=frame.index, dtype="Int64")
    listed = catalogue.rows["activity"].tolist()
    unknown = ~frame["activity"].isin(listed)
    reasons = unknown_units(frame, units)
    words = {
        one: f"activity {one!r} is not in the catalogue{near(one, listed)}"
        for one in frame.loc[unknown, "activity"].unique()
    }
    reasons = reasons.mask((reasons == "") & unknown, frame["activity"].map(words))
    reasons = reasons.mask((reasons == "") & read.isna(), "its year cannot be read")
    if last_year is not None:
        to_come = (read > last_year).fillna(False).astype(bool)
        reasons = reasons.mask((reasons == "") & to_come, f"its year is after {last_year}")
    same = frame.duplicated(["worksheet", "unit", "activity", "year"])
    reasons = reasons.mask((reasons == "") & same, "repeats an earlier row")
    records = divided(frame.assign(year=read), reasons, path, frame["worksheet"])
    claims = records.rows.drop_duplicates(["worksheet", "unit", "year"])
    once(claims, "worksheet", path)
    return records


def inspections(
    catalogue: OversightRecords, worksheets: OversightRecords, *, units: Sequence[str] | None = None
) -> Inspections:
    """Count worksheets by unit, activity and year, those that nobody filed as 0.

    ``units`` are all that should file; None: those that did. A worksheet with several activities
    counts once among a unit's, and once for each activity. Raises InputError where no row can be
    used.
    """
    rows = worksheets.rows
    if rows.empty:
        raise InputError(
            "no worksheet can be used",
            where=worksheets.source.path,
            expected="at least one of a known unit and activity, of a year begun by as_of",
        )
    names = list(units) if units is not None else sorted(rows["unit"].unique())
    activities = catalogue.rows["activity"].tolist()
    years = tuple(range(int(rows["year"].min()), int(rows["year"].max()) + 1))
    cells = pd.MultiIndex.from_product(
        [names, activities, years], names=["unit", "activity", "year"]
    )
    counted = rows.groupby(["unit", "activity", "year"])["worksheet"].nunique()
    coverage = counted.reindex(cells, fill_value=0).rename("worksheets").reset_index()
    sheets = rows.drop_duplicates("worksheet").reset_index(drop=True)
    return Inspections(
        coverage=coverage,
        activities=_activities(coverage, catalogue),
        units=_units(coverage, sheets, names),
        years=years,
        catalogue=catalogue,
        worksheets=worksheets,
    )


def _activities(coverage: pd.DataFrame, catalogue: OversightRecords) -> pd.DataFrame:
    """Return a row an activity in the catalogue's order, with what covers it."""
    named = catalogue.rows["activity"]
    filed = coverage[coverage["worksheets"] > 0]
    years = filed.groupby("activity")["year"].agg(
        lambda years: ", ".join(str(year) for year in sorted(set(years)))
    )
    return pd.DataFrame(
        {
            "activity": named,
            "group": catalogue.rows["group"],
            "worksheets": named.map(coverage.groupby("activity")["worksheets"].sum()),
            "units": named.map(filed.groupby("activity")["unit"].nunique()).fillna(0).astype(int),
            "years": named.map(years).fillna("none"),
        }
    )


def _units(coverage: pd.DataFrame, sheets: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return a row a unit, what it filed and covers, most worksheets first."""
    filed = sheets["unit"].value_counts().reindex(names, fill_value=0)
    covered = coverage[coverage["worksheets"] > 0].groupby("unit")["activity"].nunique()
    table = pd.DataFrame({"unit": list(names), "worksheets": filed.to_numpy()})
    table = table.sort_values(
        ["worksheets", "unit"], ascending=[False, True], ignore_index=True, kind="stable"
    )
    share = table["worksheets"] / len(sheets)
    return table.assign(
        share=share,
        cumulative_share=np.cumsum(table["worksheets"]) / len(sheets),
        activities=table["unit"].map(covered).fillna(0).astype(int),
        files_few=share < FEW / len(names),
    )


__all__ = ["Inspections", "inspections", "read_catalogue", "read_worksheets"]
__dir__ = offered(__all__)
