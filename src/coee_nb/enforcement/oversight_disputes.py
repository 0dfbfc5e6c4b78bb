"""Disputes that must go to a higher board when they stay open: which did, and how late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd

from coee_nb.enforcement.oversight_records import (
    OversightRecords,
    days,
    divided,
    filled,
    once,
    read_rows,
    unknown_units,
)
from coee_nb.lazily import offered
from coee_nb.results import Result

NOT_REFERRED, LATE, IN_TIME = "open, not referred", "referred late", "referred in time"
CLOSED_LATE, CLOSED, NOT_DUE = "closed late, never referred", "closed in time", "not due yet"
DISPUTE_STATES = (NOT_REFERRED, LATE, CLOSED_LATE, IN_TIME, CLOSED, NOT_DUE)
FIELDS = ("dispute", "unit", "opened_on", "closed_on", "referred_on")


@dataclass(frozen=True, repr=False)
class Disputes(Result):
    """Each dispute on a date.

    ``table``: dispute, unit, opened, closed, referred (datetime64), days_open, due (the day it is
    open ``referral_days``), state (one of ``DISPUTE_STATES``), days_late (of a referral, or until
    the as-of date or the closing); ``records`` with the exceptions and the account of rows.
    """

    SHOWS: ClassVar[Mapping[str, Sequence[str]]] = {"table": ()}

    table: pd.DataFrame
    records: OversightRecords
    referral_days: int
    as_of: date

    @property
    def reached(self) -> pd.DataFrame:
        """Those that have been open for the days of a referral, or longer."""
        return self.table[self.table["days_open"] >= self.referral_days]

    def of(self, *states: str) -> pd.DataFrame:
        """Return the disputes in one of ``states``."""
        return self.table[self.table["state"].isin(states)]


def read_disputes(
    path: str | Path,
    *,
    as_of: date,
    units: Sequence[str] | None = None,
    columns: Mapping[str, str] | None = None,
    order: str | None = None,
) -> OversightRecords:
    """Read disputes: a file with columns dispute, unit, opened_on, closed_on and referred_on.

    Days are of one form a column; a blank closing or referral has not been by the file. Set aside:
    unknown units, disputes opened after ``as_of`` and those closed or referred before they were
    opened. Raises InputError for a dispute that stands there twice and for what cannot be read.
    """
    frame = read_rows(path, FIELDS, columns=columns)
    filled(frame, ("dispute", "unit", "opened_on"), path)
    once(frame, "dispute", path)
    read = {name.removesuffix("_on"): days(frame, name, path, order) for name in FIELDS[2:]}
    frame = frame.assign(**read)
    reasons = unknown_units(frame, units)
    for wrong, why in (
        (frame["opened"] > pd.Timestamp(as_of), f"opened after the as-of date {as_of}"),
        (frame["closed"] < frame["opened"], "closed before it was opened"),
        (frame["referred"] < frame["opened"], "referred before it was opened"),
        (frame["referred"] > frame["closed"], "referred after it was closed"),
    ):
        reasons = reasons.mask((reasons == "") & wrong, why)
    return divided(frame, reasons, path, frame["dispute"])


def disputes(records: OversightRecords, *, as_of: date, referral_days: int) -> Disputes:
    """Say on a date which disputes were open ``referral_days`` or more, and whether referred.

    What happened after ``as_of`` has not happened. A dispute is due for referral on the day it has
    been open ``referral_days``; a referral on that day is in time, and days late count from it.
    """
    today = pd.Timestamp(as_of)
    rows = records.rows
    closed, referred = (rows[name].where(rows[name] <= today) for name in ("closed", "referred"))
    until = closed.fillna(today)
    due = rows["opened"] + pd.Timedelta(days=referral_days)
    reached, has_gone = until >= due, referred.notna()
    state = np.select(
        [has_gone & (referred > due), has_gone, reached & closed.isna(),
         closed.notna() & (until > due), closed.notna()],
        [LATE, IN_TIME, NOT_REFERRED, CLOSED_LATE, CLOSED],
        default=NOT_DUE,
    )  # fmt: skip
    late = (referred.fillna(until) - due).dt.days.clip(lower=0)
    table = pd.DataFrame(
        {
            "dispute": rows["dispute"], "unit": rows["unit"], "opened": rows["opened"],
            "closed": closed, "referred": referred, "days_open": (until - rows["opened"]).dt.days,
            "due": due, "state": state, "days_late": late,
        }
    )  # fmt: skip
    order = table["state"].map({name: place for place, name in enumerate(DISPUTE_STATES)})
    table = table.assign(order=order).sort_values(
        ["order", "days_late", "dispute"], ascending=[True, False, True], ignore_index=True
    )
    return Disputes(table.drop(columns="order"), records, referral_days, as_of)


__all__ = ["Disputes", "disputes", "read_disputes"]
__dir__ = offered(__all__)
