"""Penalty cases on a date: past their limitation date or perhaps, due soon, and what to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb.checks import Fault, Rule, refuse
from coee_nb.enforcement.cases import MONEY, PenaltyRecords
from coee_nb.enforcement.limitation import (
    CLOSED,
    CLOSED_EXPIRED,
    EXPIRED,
    INITIATION,
    LITIGATION,
    NOT_LIMITED,
    OPEN,
    REFERRED,
    SETTLED,
    STATES,
    UNKNOWN,
    WAIVED,
    LimitationDates,
    limitation_dates,
    plain_violations,
)
from coee_nb.enforcement.terms import TERMS, WAIVER, Term
from coee_nb.errors import InputError
from coee_nb.lazily import offered
from coee_nb.results import Result
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.enforcement")

WITHIN = (30, 60, 90, 180, 365)
SUMS = ("assessed", "collected", "uncollected")
SIMPLE, ON_FILE, NOT_DERIVED = "simplified rule", "statute, on file", "statute, not derivable"
LOWEST, HIGHEST = "at least", "at most"


@dataclass(frozen=True, repr=False)
class Penalties(Result):
    """Penalty cases as they stood on a date.

    ``table``, one row a case known then: case_id, unit, violation, status, state and reason (of
    the statute's rule with the documents on file), limit (its last day, waivers included),
    days_left (negative past it), recorded, agreement, waivers, waivers_not_counted,
    initiated_on, assessed, mitigated, collected, bond, uncollected (assessed less collected; whole
    cents), searched (the documents of the case had been searched), searched_since (after the
    limitation date), waivable (a waiver extends its term), in_scope, simple (past the
    date of the simplified rule), low and high (past it however the documents turn out, and perhaps
    past it). ``dates`` and ``simple`` are the two ways of counting; ``stamp`` says what all of it
    rests on.
    """

    SHOWS: ClassVar[Mapping[str, Sequence[str]]] = {
        "table": ("case_id", "unit", "status", "state", "limit", "days_left", "reason")
    }

    table: pd.DataFrame
    records: PenaltyRecords
    dates: LimitationDates
    simple: LimitationDates | None
    as_of: date
    years: int
    stamp: str
    initiated_before: date | None = None

    @property
    def origin(self) -> str:
        """The origin of the rows."""
        return self.records.origin

    def said(self, cents: float, digits: int = 0) -> str:
        """Return whole cents as an amount of the money that the records are counted in."""
        return fmt.money(cents / 100, self.records.money, digits)

    def counted(self, column: str) -> pd.DataFrame:
        """Return the rows marked in ``column``: simple, low or high."""
        return self.table[self.table[column]]


def standing(
    records: PenaltyRecords,
    *,
    as_of: date,
    terms: Sequence[Term] = TERMS,
    years: int = 5,
    initiated_before: date | None = None,
) -> Penalties:
    """Return how the cases stood on a date: by the statute's rule and by the simplified one.

    The statute's rule counts the waivers and suspensions on file that day, the simplified one
    ``years`` from initiation and no document. ``initiated_before`` limits what is counted as late
    to cases initiated before that day, or on an unknown one. Past the date for certain is a case
    whose documents had been searched; perhaps past it each open one that is past it, or has no
    date that can be derived. Raises InputError where no case was known that day.
    """
    known = records.as_known(as_of)
    cases = known.cases
    if cases.empty:
        raise _no_case(records.inputs[0].path, as_of)
    refuse(_unknown_violations(cases, terms, records.inputs[0].path))
    dates = limitation_dates(
        cases, known.waivers, as_of=as_of, suspensions=known.suspensions, terms=terms,
        statuses=known.statuses,
    )  # fmt: skip
    simple = None
    if cases["initiated_on"].notna().any():
        simple = limitation_dates(
            cases, as_of=as_of, rule=INITIATION, statuses=known.statuses, years=years
        )
    table = _rows(cases, dates, pd.Timestamp(as_of))
    waivable = {term.violation for term in terms if WAIVER in term.extended_by}
    end = pd.Timestamp(initiated_before) if initiated_before else pd.NaT
    scope = ~(cases["initiated_on"] >= end).to_numpy(bool)
    past, unknown = table["state"] == EXPIRED, table["state"] == UNKNOWN
    by_simple = np.zeros(len(cases), bool) if simple is None else simple.table["state"] == EXPIRED
    marks = {
        "waivable": plain_violations(cases["violation"]).isin(waivable).to_numpy(bool),
        "in_scope": scope,
        "simple": by_simple & scope,
        "low": past & table["searched_since"] & scope,
        "high": (past | unknown) & scope,
    }
    stamp = WORDS.sentence(
        "penalty_stamp", as_of=fmt.day(as_of), file=records.inputs[0].path.rsplit("/", 1)[-1]
    )
    return Penalties(
        table.assign(**marks), known, dates, simple, as_of, years, stamp, initiated_before
    )


_VIOLATION = Rule(
    "penalties.violation",
    "Has every kind of violation its term?",
    "no term",
    do="give it a line in the table of terms (statutes), or correct it",
)


def _unknown_violations(cases: pd.DataFrame, terms: Sequence[Term], path: str) -> list[Fault]:
    """Return a fault for each kind of violation that has no term, at its first row."""
    names = [term.violation for term in terms]
    rows = cases.assign(known=plain_violations(cases["violation"])).drop_duplicates("known")
    wrong = ~rows["known"].isin([*names, ""]) & rows["known"].notna()
    found = f"violation is {{violation!r}}, with terms for {', '.join(names)}"
    return [*_VIOLATION.faults(rows, wrong, found, file=path)]


def _no_case(path: str, as_of: date) -> InputError:
    return InputError(
        f"no case that can be used was initiated by {fmt.day(as_of)}",
        where=path,
        do="name a later as_of, or the file that holds the cases",
    )


def _rows(cases: pd.DataFrame, dates: LimitationDates, today: pd.Timestamp) -> pd.DataFrame:
    kept = ["case_id", "unit", "violation", "status", "initiated_on", *MONEY]
    return cases[kept].assign(
        state=dates.table["state"],
        reason=dates.table["reason"],
        recorded=dates.table["recorded"],
        limit=dates.details["limit"],
        days_left=(dates.details["limit"] - today).dt.days.astype("Int64"),
        agreement=dates.details["agreement"],
        waivers=dates.details["waivers"],
        waivers_not_counted=dates.details["waivers_not_counted"],
        uncollected=cases["assessed"] - cases["collected"],
        searched=(cases["searched_on"] <= today).to_numpy(bool),
        searched_since=_searched_since(cases["searched_on"], dates, today),
    )


def _searched_since(searched: pd.Series, dates: LimitationDates, today: pd.Timestamp) -> np.ndarray:
    """Tell the cases whose documents were searched once the limitation date had passed.

    An earlier search could not find what was signed after it and within the term.
    """
    on, limit = searched.to_numpy(), dates.details["limit"].to_numpy()
    return (on <= today.to_datetime64()) & (on > limit)


def sums(rows: pd.DataFrame) -> dict[str, int]:
    """Return the number of cases and the sums of `SUMS`, in cents."""
    return {"cases": len(rows)} | {column: int(rows[column].sum()) for column in SUMS}


def readings(found: Penalties) -> pd.DataFrame:
    """Return how many cases are past the date, by each way of counting, from the same rows.

    Columns: reading, cases, assessed, collected, uncollected (cents). The simplified rule is left
    out where no initiation date is known.
    """
    table = found.table[found.table["in_scope"]]
    past, unknown = table["state"] == EXPIRED, table["state"] == UNKNOWN
    rows = {
        SIMPLE: table["simple"],
        ON_FILE: past,
        NOT_DERIVED: unknown,
        LOWEST: table["low"],
        HIGHEST: table["high"],
    }
    if found.simple is None:
        del rows[SIMPLE]
    return pd.DataFrame([{"reading": name} | sums(table[own]) for name, own in rows.items()])


def to_look_at(found: Penalties) -> pd.DataFrame:
    """Return the cases between the lowest and the highest count, largest amounts first.

    Columns: case_id, unit, why, look_for, uncollected, share_so_far (of all that is open to
    doubt): looking at the documents of the first ones narrows the range most.
    """
    doubt = found.table[found.table["high"] & ~found.table["low"]]
    doubt = doubt.sort_values(["uncollected", "case_id"], ascending=[False, True])
    dated = doubt["state"] == EXPIRED
    total = doubt["uncollected"].sum()
    return pd.DataFrame(
        {
            "case_id": doubt["case_id"],
            "unit": doubt["unit"],
            "why": doubt["reason"],
            "look_for": np.where(
                dated, WORDS.sentence("look_for_documents"), WORDS.sentence("look_for_dates")
            ),
            "uncollected": doubt["uncollected"],
            "share_so_far": (doubt["uncollected"].cumsum() / (total or 1)).astype(float),
        }
    ).reset_index(drop=True)


def states(found: Penalties) -> pd.DataFrame:
    """Return cases and sums by state, with and without a waiver on file; all rows of the date."""
    table = found.table
    waived = (table["waivers"] > 0) | (table["waivers_not_counted"] > 0)
    parts = []
    for state in STATES[::-1]:
        for label, own in (("yes", waived), ("no", ~waived)):
            rows = table[(table["state"] == state) & own]
            if len(rows):
                parts.append({"state": state, "waiver_on_file": label} | sums(rows))
    parts.append({"state": "all", "waiver_on_file": ""} | sums(table))
    return pd.DataFrame(parts)


def deadlines(found: Penalties, within: Sequence[int] = WITHIN) -> pd.DataFrame:
    """Return what passes its limitation date within so many days: days, cases and sums.

    Each line holds those before it. Only open cases whose date has not passed.
    """
    left = found.table[running(found.table)]
    return pd.DataFrame([{"days": n} | sums(left[left["days_left"] <= n]) for n in sorted(within)])


def running(table: pd.DataFrame) -> pd.Series:
    """Tell the open cases whose limitation date has not passed."""
    return table["state"].isin((OPEN, WAIVED))


def requests(found: Penalties, days: int) -> pd.DataFrame:
    """Return the waivers to ask for, soonest date first.

    Of open cases whose date passes within ``days``, on which something is owed and whose term a
    waiver extends: case_id, unit,
    ask_by (the last day), days_left, state, waivers (counted so far), assessed, collected,
    uncollected.
    """
    table = found.table
    due = running(table) & (table["days_left"] <= days).fillna(False)
    rows = table[due & table["waivable"] & (table["uncollected"] > 0)].sort_values(
        ["limit", "case_id"]
    )
    kept = ["case_id", "unit", "limit", "days_left", "state", "waivers", *SUMS]
    return rows[kept].rename(columns={"limit": "ask_by"}).reset_index(drop=True)


def oldest(found: Penalties) -> pd.DataFrame:
    """Return the open cases past their date by what is on file, longest past first."""
    rows = found.table[(found.table["state"] == EXPIRED) & found.table["in_scope"]]
    rows = rows.sort_values(["limit", "case_id"])
    rows = rows.assign(days_past=-rows["days_left"])
    kept = ["case_id", "unit", "violation", "limit", "days_past", "recorded", "agreement"]
    return rows[[*kept, "searched", *SUMS, "reason"]].reset_index(drop=True)


def by_unit(found: Penalties) -> pd.DataFrame:
    """Return, by unit: cases, open ones, past the date on file, at least, at most, and sums."""
    rows = []
    for unit, own in found.table.groupby("unit"):
        scope = own[own["in_scope"]]
        past = scope[scope["state"] == EXPIRED]
        rows.append(
            {
                "unit": unit,
                "cases": len(own),
                "open": int((own["state"] != CLOSED).sum()),
                "past_date": len(past),
                "at_least": int(scope["low"].sum()),
                "at_most": int(scope["high"].sum()),
                "past_date_uncollected": int(past["uncollected"].sum()),
                "at_most_uncollected": int(scope.loc[scope["high"], "uncollected"].sum()),
            }
        )
    return pd.DataFrame(rows).sort_values(
        ["at_most_uncollected", "unit"], ascending=[False, True], ignore_index=True
    )


def agreement(found: Penalties) -> pd.DataFrame:
    """Return how the recorded date compares with the derived one: agreement, why, cases, sums."""
    table = found.table
    unknown = table["agreement"] == UNKNOWN
    why = table["reason"].where(unknown & (table["state"] == UNKNOWN), "")
    rows = [
        {"agreement": str(key[0]), "why": str(key[1])} | sums(own)
        for key, own in table.groupby([table["agreement"], why], sort=True)
    ]
    return pd.DataFrame(rows, columns=["agreement", "why", "cases", *SUMS])


def account(found: Penalties) -> pd.DataFrame:
    """Return the sums in the file, used, set aside and not known yet on the date, in cents.

    Columns: part, cases, then each of assessed, mitigated, collected and bond.
    """
    records, shown = found.records, found.table
    aside = sum(records.inputs[0].excluded.values())
    read = int(records.inputs[0].rows or 0)
    rows = {"shown": {"cases": len(shown)} | {c: int(shown[c].fillna(0).sum()) for c in MONEY}}
    rows["set aside"] = {"cases": aside} | dict(records.aside)
    later = {"cases": read - aside - len(shown)}
    rows["initiated after the date"] = later | {
        column: records.totals[column] - rows["shown"][column] for column in MONEY
    }
    table = pd.DataFrame(rows).T.reset_index(names="part")
    whole = {"part": "in the file"} | table.drop(columns="part").sum().to_dict()
    return pd.concat([table, pd.DataFrame([whole])], ignore_index=True)


STILL_OPEN = "still open"
NO_LONGER = "no longer limited, in all"  # what the outcomes above the closing as expired come to
OUTCOMES = {
    CLOSED: "closed", "paid": "closed", "cancelled": "closed", SETTLED: SETTLED,
    LITIGATION: LITIGATION, "litigation": LITIGATION, CLOSED_EXPIRED: CLOSED_EXPIRED,
}  # fmt: skip


@dataclass(frozen=True, repr=False)
class FollowUp(Result):
    """What became of the cases counted at a date.

    ``table``: outcome, cases, assessed, collected, uncollected, waived (cases with a waiver that
    counts, as it is on file by the later date); each outcome that there is, then those no longer
    limited together, those closed as expired (0 as well), those still open, and all. ``no_longer``
    and ``expired`` are the cases closed, settled, in litigation or referred, and those closed as
    expired.
    """

    SHOWS: ClassVar[Mapping[str, Sequence[str]]] = {"table": ("outcome", "cases", "waived")}

    table: pd.DataFrame
    no_longer: pd.DataFrame
    expired: pd.DataFrame
    counted: int
    uncollected: int
    later: Penalties


def follow_up(found: Penalties, later: Penalties, *, column: str = "simple") -> FollowUp:
    """Return what became, by a later date, of the cases counted (``column``) at an earlier one."""
    ids = found.counted(column)["case_id"]
    rows = later.table[later.table["case_id"].isin(ids)]
    referred = later.records.meanings()[rows.index] == NOT_LIMITED
    outcome = rows["status"].map(OUTCOMES).where(~referred | (rows["status"] == LITIGATION))
    outcome = outcome.fillna(pd.Series(np.where(referred, REFERRED, STILL_OPEN), rows.index))
    no_longer = ~outcome.isin((CLOSED_EXPIRED, STILL_OPEN))
    lines = {str(name): outcome == name for name in sorted(outcome[no_longer].unique())}
    lines |= {NO_LONGER: no_longer, CLOSED_EXPIRED: outcome == CLOSED_EXPIRED}
    lines |= {STILL_OPEN: outcome == STILL_OPEN, "all": outcome.notna()}
    waived = rows["waivers"] > 0
    table = [
        {"outcome": name} | sums(rows[own]) | {"waived": int(waived[own].sum())}
        for name, own in lines.items()
    ]
    return FollowUp(
        pd.DataFrame(table, columns=["outcome", "cases", *SUMS, "waived"]),
        rows[no_longer],
        rows[lines[CLOSED_EXPIRED]],
        len(rows),
        int(rows["uncollected"].sum()),
        later,
    )


def span(found: Penalties) -> str:
    """Return the range of how many cases are past their date: "8 to 152"."""
    return f"{fmt.count(found.table['low'].sum())} to {fmt.count(found.table['high'].sum())}"


def verdict(found: Penalties) -> str:
    """Return what may be said of the cases past their date: a range, where documents are missing.

    Nothing is called lost: only a search of waivers, suspensions, suits and referrals can tell.
    """
    low, high = found.counted("low"), found.counted("high")
    low_sum, high_sum = (found.said(int(rows["uncollected"].sum())) for rows in (low, high))
    places = {"low": fmt.count(len(low)), "high": fmt.count(len(high)), "stamp": found.stamp}
    if len(high) == 0:
        return WORDS.sentence("verdict_none", **places)
    if len(low) == len(high):
        return WORDS.sentence("verdict_known", sum=high_sum, **places)
    doubt = to_look_at(found)
    half = int(np.argmax(doubt["share_so_far"].to_numpy() >= 0.5)) + 1
    return WORDS.sentence(
        "verdict_range", low_sum=low_sum, high_sum=high_sum, doubt=fmt.count(len(doubt)),
        half=fmt.count(half), **places,
    )  # fmt: skip


__all__ = [
    "FollowUp",
    "Penalties",
    "account",
    "agreement",
    "by_unit",
    "deadlines",
    "follow_up",
    "oldest",
    "readings",
    "requests",
    "standing",
    "states",
    "to_look_at",
    "verdict",
]
__dir__ = offered(__all__)
