"""What changed in the register between an earlier date and a later one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from coee_nb.arguments import as_day
from coee_nb.errors import ParameterError
from coee_nb.formats import count, day
from coee_nb.recommendations.register import OPEN, UNREAD, Register, register
from coee_nb.results import Result

if TYPE_CHECKING:
    from coee_nb.recommendations.log import Log

PAST_DUE, PASSED = "became past due", "passed"
# Of this log alone: the recommendation itself may be older.
FIRST = "first recorded here"
UNREAD_NOW, CONFIRMED = "seen, not read", "confirmed again"
KINDS = (
    "closed", "reopened", "status changed", PAST_DUE, "ECD moved later",
    "ECD moved earlier", "ECD withdrawn", "ECD no longer given", "ECD given",
    "concurrence changed", "no longer listed", "back on its list", UNREAD_NOW, CONFIRMED,
    "reworded", FIRST,
)  # fmt: skip
COLUMNS = (
    "recommendation_id", "change", "before", "after", "issuer", "agency", "title", "report",
    "number",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class Changes(Result):
    """What the log says differently on ``later`` than it did on ``earlier``.

    ``table`` has one row a change, gravest kind first: recommendation_id, change (see `KINDS`),
    before, after, issuer, agency, title, report, number. ``counts`` has one row a kind that
    occurred: change, recommendations. ``text`` is a sentence for the report; ``stamp`` names both
    dates, the log and its last source.
    """

    SHOWS: ClassVar[Mapping[str, Sequence[str]]] = {"table": (), "counts": ()}

    earlier: date | None
    later: date
    table: pd.DataFrame
    counts: pd.DataFrame
    text: str
    stamp: str = ""
    origin: str = ""


def changes(log: Log, *, earlier: date | str | None, later: date | str) -> Changes:
    """Return what changed between the registers of two dates, both rebuilt from the log.

    Without an ``earlier`` date there is nothing to compare with, and the text says so. "Became
    past due" is the passing of a due date that was still to come on the earlier date and has not
    moved since. Raises ParameterError when ``earlier`` is not before ``later``.
    """
    later = as_day(later, "later")
    if earlier is None:
        nothing = pd.DataFrame(columns=list(COLUMNS))
        text = "No earlier date was given to compare with: what changed since is left out."
        return Changes(None, later, nothing, nothing.loc[:, ["change"]], text)
    earlier = as_day(earlier, "earlier")
    if earlier >= later:
        raise ParameterError(
            f"earlier date {day(earlier)} is not before {day(later)}",
            expected="two dates, the earlier first",
        )
    before, after = register(log, as_of=earlier), register(log, as_of=later)
    both = _side_by_side(before, after)
    parts = [_part(both, *rule) for rule in _rules(both, earlier, later)]
    parts.append(_added(before, after))
    table = pd.concat(parts, ignore_index=True).loc[:, list(COLUMNS)]
    table = table.take(np.argsort(table["change"].map(KINDS.index).to_numpy(), kind="stable"))
    table = table.reset_index(drop=True)
    counts = table["change"].value_counts().reindex([k for k in KINDS if k in set(table["change"])])
    counts = counts.rename_axis("change").rename("recommendations").reset_index()
    stamp = f"between {day(earlier)} and {day(later)}, {after.basis}"
    return Changes(earlier, later, table, counts, _sentence(counts, stamp), stamp, after.origin)


def _side_by_side(before: Register, after: Register) -> pd.DataFrame:
    watched = ["status", "closed", "ecd_statement", "ecd_to", "ecd_bound", "concurrence"]
    watched += ["vanished_on", "reworded_on", "standing", "unread_note"]
    keys = ["recommendation_id", "issuer", "agency", "title", "report", "number"]
    old = before.table[["recommendation_id", *watched]]
    return after.table[keys + watched].merge(old, on="recommendation_id", suffixes=("", "_before"))


def _rules(both: pd.DataFrame, earlier: date, later: date) -> list[tuple]:
    """Return kind, rows, and the columns that say what was and what is."""
    status = both["status"] != both["status_before"]
    closes, reopens = (
        status & both["closed"] & ~both["closed_before"],
        status & both["closed_before"] & ~both["closed"],
    )
    due, due_before = _due(both, ""), _due(both, "_before")
    passed = (due == due_before) & (due >= pd.Timestamp(earlier)) & (due < pd.Timestamp(later))
    had = both["ecd_statement_before"] == "ecd"
    withdrawn = had & (both["ecd_statement"] == "withdrawn")
    silent = had & (both["ecd_statement"] == "no_ecd")
    unread, was_unread = (both[f"standing{side}"] == UNREAD for side in ("", "_before"))
    gone, was_gone = both["vanished_on"].notna(), both["vanished_on_before"].notna()
    said = both["concurrence"] != both["concurrence_before"]
    new_words = both["reworded_on"].notna() & (both["reworded_on"] != both["reworded_on_before"])
    return [
        ("closed", closes, "status"),
        ("reopened", reopens, "status"),
        ("status changed", status & ~closes & ~reopens, "status"),
        (PAST_DUE, passed & (both["standing"] == OPEN), "ecd_to"),
        ("ECD moved later", due > due_before, "ecd_to"),
        ("ECD moved earlier", due < due_before, "ecd_to"),
        ("ECD withdrawn", withdrawn, "ecd_to"),
        ("ECD no longer given", silent, "ecd_to"),
        ("ECD given", due.notna() & due_before.isna(), "ecd_to"),
        ("concurrence changed", said, "concurrence"),
        ("no longer listed", gone & ~was_gone, "vanished_on"),
        ("back on its list", was_gone & ~gone, "vanished_on"),
        (UNREAD_NOW, unread & ~was_unread, "unread_note"),
        (CONFIRMED, was_unread & ~unread & ~gone, "unread_note"),
        ("reworded", new_words, "reworded_on"),
    ]


def _due(both: pd.DataFrame, side: str) -> pd.Series:
    return both[f"ecd_to{side}"].where(both[f"ecd_bound{side}"] == "due")


def _part(both: pd.DataFrame, kind: str, where: pd.Series, column: str) -> pd.DataFrame:
    """Return the rows of one kind with what the column said and says."""
    rows = both[where]
    said: Callable = day if rows[column].dtype.kind == "M" else str
    return rows.assign(
        change=kind,
        before=[said(value) for value in rows[f"{column}_before"]],
        after=[PASSED if kind == PAST_DUE else said(value) for value in rows[column]],
    )


def _added(before: Register, after: Register) -> pd.DataFrame:
    new = ~after.table["recommendation_id"].isin(before.table["recommendation_id"])
    rows = after.table[new]
    return rows.assign(change=FIRST, before="", after=rows["status"])


def _sentence(counts: pd.DataFrame, stamp: str) -> str:
    if counts.empty:
        return f"No change was recorded {stamp}."
    told = [f"{count(n)} {kind}" for kind, n in counts.itertuples(index=False)]
    return f"{', '.join(told)}, {stamp}."
