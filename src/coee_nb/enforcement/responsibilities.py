"""Responsibilities and positions: does each have one owner, and does anything look after it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pandas as pd

from coee_nb.checks import Rule, refuse
from coee_nb.enforcement.inspections import Inspections
from coee_nb.enforcement.oversight_records import (
    OversightRecords,
    divided,
    filled,
    read_rows,
)
from coee_nb.errors import InputError
from coee_nb.lazily import offered
from coee_nb.paths import shown
from coee_nb.results import Result

ONE, JOINT = "one owner", "joint, as stated"
NONE, SEVERAL, ALONE = "no owner", "several owners, not stated as joint", "joint, one owner named"
CLEAR = (ONE, JOINT)
COVERED, NO_WORKSHEET, NONE_NAMED, NOT_KNOWN = "covered", "no worksheet", "none named", "not known"
NOT_INSPECTED = (NO_WORKSHEET, NONE_NAMED)
_JOINT = {"yes": True, "joint": True, "no": False, "": False}
NEEDED, OPTIONAL = ("responsibility", "owner"), ("kind", "joint", "procedure", "activity")


@dataclass(frozen=True, repr=False)
class Responsibilities(Result):
    """Who owns what, and what covers it.

    ``table``: responsibility, kind, owners, ownership (one owner; joint, as stated; no owner;
    several owners, not stated as joint; joint, one owner named), procedure, activity (of the
    inspection catalogue), inspection (covered, no worksheet, none named, not known), uncovered (by
    procedure and inspection alike, both being known); ``records`` with the account of rows.
    """

    SHOWS: ClassVar[Mapping[str, Sequence[str]]] = {"table": ()}

    table: pd.DataFrame
    records: OversightRecords
    procedures_known: bool
    inspections_known: bool

    @property
    def unclear(self) -> pd.DataFrame:
        """Those without exactly one owner or a stated joint one."""
        return self.table[~self.table["ownership"].isin(CLEAR)]

    @property
    def not_inspected(self) -> pd.DataFrame:
        """Those that no inspection worksheet covers, as far as that is known."""
        return self.table[self.table["inspection"].isin(NOT_INSPECTED)]

    @property
    def uncovered(self) -> pd.DataFrame:
        """Those that no procedure and no inspection covers."""
        return self.table[self.table["uncovered"]]


def read_responsibilities(
    path: str | Path, *, columns: Mapping[str, str] | None = None
) -> OversightRecords:
    """Read responsibilities: a file with columns responsibility and owner.

    Optional: ``kind`` (responsibility, position, ...), ``joint`` (yes or no), ``procedure`` (what
    it is called), ``activity`` (of the inspection catalogue). Several owners stand in one cell with
    semicolons between them, or in rows of their own. Raises InputError for a blank responsibility
    and for another word than yes or no.
    """
    frame = read_rows(path, NEEDED, optional=OPTIONAL, columns=columns)
    filled(frame, ["responsibility"], path)
    unread = ~frame["joint"].str.lower().isin(_JOINT)
    refuse([*_STATED.faults(frame, unread, "joint is {joint!r}", file=shown(path))])
    same = frame.duplicated(["responsibility", "owner", *OPTIONAL])
    reasons = pd.Series("", index=frame.index, dtype="str").mask(same, "repeats an earlier row")
    return divided(frame, reasons, path, frame["responsibility"])


_STATED = Rule(
    "responsibilities.joint", "Is it stated whether it is joint?", "unread", expected="yes or no"
)


def responsibilities(
    records: OversightRecords, inspected: Inspections | None = None
) -> Responsibilities:
    """Hold each responsibility against one owner or a stated joint one, and what covers it.

    An inspection covers it where its activity has a worksheet; without ``inspected`` that is not
    known, nor is it of procedures where no row names one; nothing is then called uncovered.
    Raises InputError where there is no responsibility.
    """
    if records.rows.empty:
        raise InputError(
            "holds no responsibility", where=records.source.path, expected="a row for each"
        )
    groups = records.rows.groupby("responsibility", sort=False)
    table = pd.DataFrame([_one(str(name), rows, inspected) for name, rows in groups])
    known = bool((table["procedure"] != "").any())
    none_inspects = table["inspection"].isin(NOT_INSPECTED)
    table["uncovered"] = (table["procedure"] == "") & none_inspects & known
    return Responsibilities(table, records, known, inspected is not None)


def _one(name: str, rows: pd.DataFrame, inspected: Inspections | None) -> dict:
    owners = list(
        dict.fromkeys(
            part.strip() for cell in rows["owner"] for part in cell.split(";") if part.strip()
        )
    )
    joint = any(_JOINT[word.lower()] for word in rows["joint"])
    procedure = "; ".join(dict.fromkeys(text for text in rows["procedure"] if text))
    activities = list(dict.fromkeys(text for text in rows["activity"] if text))
    inspection = _inspection(activities, inspected)
    return {
        "responsibility": name,
        "kind": next((kind for kind in rows["kind"] if kind), "responsibility"),
        "owners": "; ".join(owners),
        "ownership": _ownership(len(owners), joint),
        "procedure": procedure,
        "activity": "; ".join(activities),
        "inspection": inspection,
    }


def _ownership(owners: int, joint: bool) -> str:
    if not owners:
        return NONE
    if owners == 1:
        return ALONE if joint else ONE
    return JOINT if joint else SEVERAL


def _inspection(activities: list[str], inspected: Inspections | None) -> str:
    if not activities:
        return NONE_NAMED if inspected is not None else NOT_KNOWN
    if inspected is None:
        return NOT_KNOWN
    filed = inspected.activities.set_index("activity")["worksheets"]
    return COVERED if any(filed.get(one, 0) > 0 for one in activities) else NO_WORKSHEET


__all__ = ["Responsibilities", "read_responsibilities", "responsibilities"]
__dir__ = offered(__all__)
