"""The register of many reports: by auditor, agency, office and rating; money; what comes due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coee_nb.arguments import as_day
from coee_nb.errors import ParameterError
from coee_nb.fiscal import add_months, semiannual_period_end
from coee_nb.lazily import offered
from coee_nb.recommendations.aging import NO_ECD, Aging, aging
from coee_nb.recommendations.clocks import SEMIANNUAL, auditor
from coee_nb.recommendations.columns import AMOUNTS
from coee_nb.recommendations.register import CLOSED, OPEN, Register, register
from coee_nb.results import Result

if TYPE_CHECKING:
    from coee_nb.recommendations.log import Log

WITHIN = (30, 60, 90)  # days ahead that are looked at
NOT_STATED = "not stated"
GROUPS = {"issuer": "auditor", "agency": "agency", "office": "office", "rating": "risk rating"}
# The lines of the half-year: what has no decision at its start and what is new are decided or left.
START, NEW, DECIDED, END = "start", "new", "decided", "end"
UNTOLD = "cannot tell"
LINES = (START, NEW, DECIDED, END, UNTOLD)


def by_group(aged: Aging) -> pd.DataFrame:
    """Return how many recommendations each auditor, agency, office and rating has, and how late.

    One row a group, those with most past due first; a grouping of which nothing is known is left
    out. Columns: by, group, recommendations, not_closed, past_due, longest_past_due_days (missing:
    none), without_date, due_soon (within 90 days) and, of what is not closed,
    questioned_costs_usd and funds_for_better_use_usd (missing: none is given).
    """
    table = _counted(aged)
    parts = []
    for column, name in GROUPS.items():
        if not (table[column] != "").any():
            continue
        groups = table.assign(group=table[column].replace("", NOT_STATED)).groupby("group")
        part = groups[["recommendations", "not_closed", "past_due"]].sum()
        part["longest_past_due_days"] = groups["late_days"].max()
        part[["without_date", "due_soon"]] = groups[["without_date", "due_soon"]].sum()
        part[list(AMOUNTS)] = groups[list(AMOUNTS)].sum(min_count=1)
        part = part.sort_values(["past_due", "not_closed"], ascending=False, kind="stable")
        parts.append(part.reset_index().assign(by=name))
    if not parts:
        return pd.DataFrame()
    found = pd.concat(parts, ignore_index=True)
    return found[["by", *(column for column in found if column != "by")]]


def _counted(aged: Aging) -> pd.DataFrame:
    """Return the table of an aging with what is counted of each row."""
    table = aged.table.copy()
    is_open = table["recommendation_id"].isin(aged.not_closed["recommendation_id"])
    table["recommendations"], table["not_closed"] = 1, is_open.astype(int)
    table["late_days"] = table["days_past_due"].where(table["past_due"])
    table["without_date"] = (table["due_group"].astype("str") == NO_ECD).astype(int)
    table["due_soon"] = _days_left(table).between(0, max(WITHIN)).fillna(False).astype(int)
    for amount in AMOUNTS:
        table[amount] = table[amount].where(is_open)
    return table


def _days_left(table: pd.DataFrame) -> pd.Series:
    """Return the days until the due date of what is simply open; missing for all else."""
    return (-table["days_past_due"]).where(table["standing"] == OPEN)


def money_by_group(aged: Aging) -> pd.DataFrame:
    """Return what questioned costs and funds for better use stand in each due group.

    Of what is not closed. Columns: group (as `aging.due_labels`, those with recommendations),
    recommendations, with_amount, questioned_costs_usd, funds_for_better_use_usd (missing: none
    given); the last row is the sum.
    """
    rows = aged.not_closed
    rows = rows.assign(with_amount=_any_given(rows), recommendations=1)
    groups = rows.groupby("due_group", observed=True)
    found = groups[["recommendations", "with_amount"]].sum()
    found[list(AMOUNTS)] = groups[list(AMOUNTS)].sum(min_count=1)
    found = found.rename_axis("group").reset_index().astype({"group": "str"})
    total = {"group": "all", **found[["recommendations", "with_amount"]].sum()}
    total |= dict(found[list(AMOUNTS)].sum(min_count=1))
    found = pd.concat([found, pd.DataFrame([total])], ignore_index=True)
    return found.astype({"recommendations": "int64", "with_amount": "int64"})


def _any_given(rows: pd.DataFrame) -> pd.Series:
    """Tell for each recommendation whether any source gives an amount."""
    return rows[list(AMOUNTS)].notna().any(axis=1)


def due_soon(aged: Aging) -> pd.DataFrame:
    """Return what is open and comes due within 90 days, the soonest first.

    Columns: recommendation_id, title, due_on, days_left (0: today), within (the first of `WITHIN`
    that holds it, in days), status, issuer, agency, office, rating.
    """
    table = aged.table.assign(days_left=_days_left(aged.table))
    soon = table[table["days_left"].between(0, max(WITHIN)).fillna(False)]
    ends = np.array(WITHIN)
    places = np.searchsorted(ends, soon["days_left"].to_numpy(dtype=float), side="left")
    soon = soon.assign(within=ends[places]).sort_values("days_left", kind="stable")
    columns = [
        *("recommendation_id", "title", "due_on", "days_left", "within"),
        *("status", "issuer", "agency", "office", "rating"),
    ]
    return soon[columns].reset_index(drop=True)


def due_counts(aged: Aging) -> pd.DataFrame:
    """Return how many come due within each of `WITHIN` days: within, recommendations, of.

    Each line counts those before it; ``of`` is what is not closed.
    """
    left = due_soon(aged)["days_left"]
    lines = [(days, int((left <= days).sum()), len(aged.not_closed)) for days in WITHIN]
    return pd.DataFrame(lines, columns=["within", "recommendations", "of"])


def over_time(log: Log, *, as_of: Sequence[date | str]) -> pd.DataFrame:
    """Return how a log's recommendations stood on each of several days, one row a day.

    ``over_time(log, as_of=["2023-12-31", "2024-03-31", "2024-06-30"])``: each register is rebuilt
    from what was known on its day. Columns: as_of, recommendations, closed, not_closed, past_due,
    longest_past_due_days (missing: none), without_date, due_soon (within 90 days), and of what is
    not closed questioned_costs_usd and funds_for_better_use_usd. Raises ParameterError for a single
    day that is not in a list, and for what is no day.
    """
    if isinstance(as_of, str | date):
        raise ParameterError(f"as_of is {as_of!r}", expected="a list of days", do="put it in [ ]")
    rows = []
    for when in as_of:
        table = _counted(aging(register(log, as_of=when)))
        sums = table[["recommendations", "not_closed", "past_due", "without_date", "due_soon"]]
        line: dict[str, Any] = {"as_of": pd.Timestamp(as_day(when)), **sums.sum().astype("int64")}
        line["closed"] = int((table["standing"] == CLOSED).sum())
        line["longest_past_due_days"] = table["late_days"].max()
        rows.append(line | dict(table[list(AMOUNTS)].sum(min_count=1)))
    columns = [
        *("as_of", "recommendations", "closed", "not_closed", "past_due"),
        *("longest_past_due_days", "without_date", "due_soon", *AMOUNTS),
    ]
    found = pd.DataFrame(rows, columns=columns)
    return found.astype({"longest_past_due_days": "Int64"})


@dataclass(frozen=True, repr=False)
class HalfYear(Result):
    """The last reporting period that was over: ``first`` and ``last`` day, and its ``table``.

    One row an inspector general and line of `LINES`, in which start + new = decided + end: issuer,
    line, recommendations, with_amount, questioned_costs_usd, funds_for_better_use_usd (missing:
    none is given). ``cannot tell`` are those of which the log does not say on which side of a day
    they fall. ``elsewhen`` are theirs that were decided before the period or issued after it;
    ``others`` those of each auditor who makes no such report.
    """

    first: date
    last: date
    table: pd.DataFrame
    elsewhen: int
    others: Mapping[str, int]
    register: Register


def half_year(current: Register) -> HalfYear:
    """Return recommendations and dollars without a management decision over a reporting period.

    5 USC 405(b): inspectors general report, for periods that end March 31 and September 30. A
    decision is the first day on which the log has a recommendation as resolved or closed; a status
    of plain "open" does not say that there is none, and counts as none.
    """
    last = semiannual_period_end(current.as_of)
    first = add_months(last.replace(day=1), -5)
    bound = current.table["issuer"].map(auditor) == SEMIANNUAL.applies_to
    table, others = current.table[bound], current.table.loc[~bound, "issuer"]
    lines = _lines(table, pd.Timestamp(first), pd.Timestamp(last))
    rows = []
    for issuer, own in table.groupby("issuer", sort=True):
        for line in LINES:
            given = own.loc[lines[line][own.index], list(AMOUNTS)]
            counts = {"recommendations": len(given), "with_amount": int(_any_given(given).sum())}
            sums = given.sum(min_count=1)
            rows.append({"issuer": issuer, "line": line, **counts, **sums})
    columns = ["issuer", "line", "recommendations", "with_amount", *AMOUNTS]
    placed = lines[START] | lines[NEW] | lines[UNTOLD]
    found = pd.DataFrame(rows, columns=columns)
    by_other = others.value_counts().sort_index().to_dict()
    return HalfYear(first, last, found, int((~placed).sum()), by_other, current)


def _lines(table: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> dict[str, pd.Series]:
    """Tell for each recommendation which lines of the half-year it is on."""
    issued = table["issued_on"]
    known_before = issued.isna() & (table["first_known_on"] < first)
    before, new = (issued < first) | known_before, issued.between(first, last)
    begins, ends = table["resolved_from"], table["resolved_on"]
    never = ends.isna() & ~(table["vanished_on"] <= last)
    long_ago = ends < first
    in_time = (begins >= first) & (ends <= last)
    later = never | (begins > last)
    told = long_ago | in_time | later
    mine = (before | new) & told & ~long_ago
    unknown_issue = issued.isna() & ~known_before & (table["first_known_on"] <= last)
    untold = ((before | new) & ~told) | (unknown_issue & ~long_ago)
    found = {START: mine & before, NEW: mine & new, DECIDED: mine & in_time, END: mine & later}
    return {name: where.astype(bool) for name, where in (found | {UNTOLD: untold}).items()}


__all__ = [
    "HalfYear",
    "by_group",
    "due_counts",
    "due_soon",
    "half_year",
    "money_by_group",
    "over_time",
]
__dir__ = offered(__all__)
