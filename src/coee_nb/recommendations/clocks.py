"""The clocks that laws and circulars set on a recommendation, each with its list.

They are kept apart from the agency's own estimated completion date and from the deadline an
auditor sets. A clock says for each recommendation whether it runs, was met, is overdue, does not
apply to the auditor, or cannot be told, and why.

An unknown issue date is bounded by the day the recommendation was first known: it was issued by
then, so a clock from its issue has run out by the same time after that day. What was closed on a
day no source tells is "cannot tell" wherever that day decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from coee_nb.fiscal import add_months, semiannual_period_end
from coee_nb.formats import day
from coee_nb.lazily import offered
from coee_nb.recommendations.aging import whole_days
from coee_nb.recommendations.register import (
    GONE,
    RESOLVED_STATUSES,
    UNREAD,
    Register,
    aside_of,
    basis_of,
)
from coee_nb.results import Result
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.recommendations")

LISTED, OVERDUE, RUNNING, MET, MET_LATE = "listed", "overdue", "running", "met", "met late"
NOT_YET, DONE, OTHER = "not yet", "done", "does not apply"
CANNOT_TELL = "cannot tell"
NO_ISSUE_DATE = "issue date unknown"
NO_CLOSING_DAY = "closed, but the source does not say on which day"
KNOWN_A_YEAR = "known for a year or more; issue date unknown"
STATEMENT_DAYS = 180  # the statement is due before the 181st day after the report


@dataclass(frozen=True)
class Clock:
    """A clock: its stable ``name``, the ``authority`` that sets it, whom it binds."""

    name: str
    authority: str
    applies_to: str

    @property
    def title(self) -> str:
        """What the clock asks for."""
        return WORDS.sentence(f"clock_{self.name}")

    @property
    def heading(self) -> str:
        """Title and authority."""
        return f"{self.title} ({self.authority})"


@dataclass(frozen=True, repr=False)
class ClockList(Result):
    """A clock run over the ``register``.

    ``table`` has one row a recommendation of the auditors the clock applies to, what needs
    attention first: recommendation_id, title, agency, issued_on, status, state (overdue, listed,
    cannot tell, running, not yet, met late, met, done), due_on (the clock's day, where it has one
    of its own), days_over, reason, questioned_costs_usd, funds_for_better_use_usd. ``basis`` names
    the log and the last source on these.
    """

    SHOWS: ClassVar[Mapping[str, Sequence[str]]] = {
        "table": ("recommendation_id", "title", "agency", "state", "due_on", "days_over", "reason")
    }

    clock: Clock
    table: pd.DataFrame
    basis: str
    register: Register

    @property
    def excluded(self) -> int:
        """How many recommendations the clock does not apply to."""
        return len(self.register.table) - len(self.table)

    @property
    def stamp(self) -> str:
        """As-of date, log and last source on these."""
        return f"as of {day(self.register.as_of)}, {self.basis}"

    @property
    def aside(self) -> str:
        """The same as a sentence has it in brackets, after what it says."""
        on_these = self.register.table["recommendation_id"].isin(self.table["recommendation_id"])
        rows = self.register.table[on_these] if len(self.table) else self.register.table
        return aside_of(rows, self.register.log_name, self.register.as_of)


MANAGEMENT_DECISION = Clock("management_decision", "OMB Circular A-50 (1982), 8.a(2)", "OIG")
GAO_STATEMENT = Clock("gao_statement", "31 USC 720(b)", "GAO")
YEAR_OLD = Clock(
    "year_old", "Good Accounting Obligation in Government Act, P.L. 115-414", "OIG or GAO"
)
SEMIANNUAL = Clock("semiannual", "5 USC 405(b)", "OIG")
AUDITOR_DEADLINE = Clock("auditor_deadline", "the recommendation itself", "OIG, GAO or other")
_WORKLIST = (OVERDUE, LISTED, CANNOT_TELL, RUNNING, NOT_YET, MET_LATE, MET, DONE)


def auditor(issuer: str) -> str:
    """Return whose rules bind the issuer's recommendations: OIG, GAO or other.

    >>> auditor("DHS OIG"), auditor("GAO"), auditor("California State Auditor")
    ('OIG', 'GAO', 'other')
    """
    if re.search(r"\bGAO\b|government accountability office", issuer, re.IGNORECASE):
        return "GAO"
    return "OIG" if re.search(r"\bOIG\b|inspector general", issuer, re.IGNORECASE) else "other"


def clocks(current: Register) -> tuple[ClockList, ...]:
    """Return every clock with its list as of the register's date."""
    return tuple(run(current) for run in _CLOCKS)


def summary(lists: tuple[ClockList, ...]) -> pd.DataFrame:
    """Return one row a clock: clock, authority, applies_to, and the count of each state."""
    rows = []
    for one in lists:
        states = one.table["state"].value_counts()
        counts = {state: int(states.get(state, 0)) for state in _WORKLIST}
        about: dict[str, Any] = {
            "clock": one.clock.title,
            "authority": one.clock.authority,
            "applies_to": one.clock.applies_to,
        }
        rows.append({**about, **counts, OTHER: one.excluded})
    return pd.DataFrame(rows)


def management_decision(current: Register) -> ClockList:
    """List OIG recommendations by whether they were resolved within 6 months of the final report.

    A recommendation that its auditor calls resolved, or has closed, has its management decision.
    For GAO recommendations the circular takes the statement of 31 USC 720 as the resolution: see
    `gao_statement`. A status of plain "open" does not say whether there is a decision. OMB
    Circular A-50, paragraph 8.a(2): cite the paragraph only after reading it there.
    """
    table = _of_auditors(current, "OIG")
    today = pd.Timestamp(current.as_of)
    due = table["issued_on"] + pd.DateOffset(months=6)
    by_now = due.isna() & (table["first_known_on"] + pd.DateOffset(months=6) < today)
    resolved = table["status"].isin(RESOLVED_STATUSES) | table["resolved_on"].notna()
    late = table["resolved_from"] > due
    cases = [
        (
            by_now & (table["status"] == "unresolved"),
            OVERDUE,
            "unresolved 6 months after it was known",
        ),
        (due.isna(), CANNOT_TELL, NO_ISSUE_DATE),
        (resolved & (table["resolved_on"] <= due), MET, "resolved within 6 months"),
        (resolved & late, MET_LATE, "resolved after the 6 months"),
        (resolved, CANNOT_TELL, "resolved, but the source does not say on which day"),
        (due >= today, RUNNING, "the 6 months are not over"),
        (table["status"] == "unresolved", OVERDUE, "unresolved after 6 months"),
    ]
    default = (CANNOT_TELL, "the status does not say whether a management decision was made")
    return _listed(current, MANAGEMENT_DECISION, table, due, cases, default)


def gao_statement(current: Register) -> ClockList:
    """List GAO recommendations by the 180 days the agency has to state its actions.

    31 USC 720(b): the statement goes to the committees and to GAO before the 181st day after the
    report. The log does not hold these letters, so a passed day is for the analyst to check.
    """
    table = _of_auditors(current, "GAO")
    due = table["issued_on"] + pd.Timedelta(days=STATEMENT_DAYS)
    known = table["first_known_on"] + pd.Timedelta(days=STATEMENT_DAYS)
    today = pd.Timestamp(current.as_of)
    over = "the 180 days are over; the log does not hold the agency's letter"
    cases = [
        (due.isna() & (known < today), CANNOT_TELL, over),
        (due.isna(), CANNOT_TELL, NO_ISSUE_DATE),
        (due >= today, RUNNING, "the 180 days are not over"),
    ]
    return _listed(current, GAO_STATEMENT, table, due, cases, (CANNOT_TELL, over))


def year_old(current: Register) -> ClockList:
    """List what the budget justification reports if it is submitted on the register's date.

    P.L. 115-414: GAO recommendations open, or closed and not implemented, for a year or more; OIG
    recommendations published a year or more before for which no final action was taken. Closing
    is taken as an OIG recommendation's final action.
    """
    table = _of_auditors(current, "OIG", "GAO")
    due = table["issued_on"] + pd.DateOffset(years=1)
    today = pd.Timestamp(current.as_of)
    known = table["first_known_on"] + pd.DateOffset(years=1)
    old = due.isna() & (known <= today)
    of_gao = table["issuer"].map(auditor) == "GAO"
    implemented = table["status"] == "closed - implemented"
    done = implemented | (table["closed"] & ~of_gao)
    cases = [
        (done, DONE, "final action taken"),
        (old & table["closed"], LISTED, f"closed without being implemented, {KNOWN_A_YEAR}"),
        (old, LISTED, f"open, {KNOWN_A_YEAR}"),
        (due.isna(), CANNOT_TELL, NO_ISSUE_DATE),
        (due > today, NOT_YET, "less than a year old"),
        (table["closed"], LISTED, "closed without being implemented, a year or more old"),
    ]
    return _listed(current, YEAR_OLD, table, due, cases, (LISTED, "open, a year or more old"))


def semiannual(current: Register) -> ClockList:
    """List what the OIG's last semi-annual report on or before the date identifies.

    5 USC 405(b): every recommendation made before the reporting period without completed
    corrective action at its end, with its potential cost savings. Periods end March 31 and
    September 30. What the log learnt after the period's end counts too, by its effective date.
    """
    table = _of_auditors(current, "OIG")
    end = semiannual_period_end(current.as_of)
    start = pd.Timestamp(add_months(end.replace(day=1), -5))
    last = pd.Timestamp(end)
    completed = table["closed"] & (table["status_on"] <= last)
    untold = table["closed"] & ~(table["status_from"] > last)
    no_day = pd.Series(pd.NaT, index=table.index, dtype="datetime64[s]")
    cases = [
        (completed, DONE, f"closed by {day(end)}"),
        (untold, CANNOT_TELL, NO_CLOSING_DAY),
        (
            table["issued_on"].isna() & (table["first_known_on"] < start),
            LISTED,
            f"known before {day(start)} and not completed on {day(end)}; issue date unknown",
        ),
        (table["issued_on"].isna(), CANNOT_TELL, NO_ISSUE_DATE),
        (table["issued_on"] >= start, NOT_YET, f"not issued before {day(start)}"),
    ]
    default = (LISTED, f"not completed on {day(end)}, the end of the reporting period")
    return _listed(current, SEMIANNUAL, table, no_day, cases, default)


def auditor_deadline(current: Register) -> ClockList:
    """List recommendations with a deadline that the auditor set, apart from the agency's ECD."""
    table = current.table[current.table["auditor_deadline_on"].notna()].reset_index(drop=True)
    due = table["auditor_deadline_on"]
    cases = [
        (table["closed"] & (table["status_on"] <= due), MET, "closed by the deadline"),
        (table["closed"] & (table["status_from"] > due), MET_LATE, "closed after the deadline"),
        (table["closed"], CANNOT_TELL, NO_CLOSING_DAY),
        (due >= pd.Timestamp(current.as_of), RUNNING, "the deadline has not passed"),
    ]
    default = (OVERDUE, "open after the deadline")
    return _listed(current, AUDITOR_DEADLINE, table, due, cases, default)


_CLOCKS: tuple[Callable[[Register], ClockList], ...] = (
    management_decision, gao_statement, year_old, semiannual, auditor_deadline,
)  # fmt: skip


def _untold(table: pd.DataFrame) -> list[tuple[pd.Series, str, str]]:
    """The cases of what may have been closed since: absence and an unread row tell nothing."""
    return [
        (table["standing"] == name, CANNOT_TELL, f"{name}: whether it is open is not in the log")
        for name in (GONE, UNREAD)
    ]


def _of_auditors(current: Register, *kinds: str) -> pd.DataFrame:
    bound = current.table["issuer"].map(auditor).isin(kinds)
    return current.table[bound].reset_index(drop=True)


def _listed(
    current: Register,
    clock: Clock,
    table: pd.DataFrame,
    due: pd.Series,
    cases: list[tuple[pd.Series, str, str]],
    default: tuple[str, str],
) -> ClockList:
    """Return the clock's list: the first case that holds says a recommendation's state."""
    cases = [*_untold(table), *cases]
    holds = [case.to_numpy(dtype=bool) for case, _, _ in cases]
    listed = table[["recommendation_id", "title", "agency", "issued_on", "status"]].copy()
    listed["state"] = np.select(holds, [state for _, state, _ in cases], default=default[0])
    listed["due_on"] = due
    over = whole_days(pd.Timestamp(current.as_of) - due)
    listed["days_over"] = over.where(listed["state"].isin((OVERDUE, LISTED)) & (over > 0))
    listed["reason"] = np.select(holds, [reason for _, _, reason in cases], default=default[1])
    for amount in ("questioned_costs_usd", "funds_for_better_use_usd"):
        listed[amount] = table[amount]
    rank = listed["state"].map(_WORKLIST.index).to_numpy()
    days = listed["days_over"].to_numpy(dtype=float, na_value=0)
    listed = listed.take(np.lexsort((-days, rank))).reset_index(drop=True)
    basis = basis_of(table if len(table) else current.table, current.log_name)
    return ClockList(clock, listed, basis, current)


__all__ = ["Clock", "ClockList", "clocks", "summary"]
__dir__ = offered(__all__)
