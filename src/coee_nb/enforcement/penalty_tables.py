"""Penalty cases in tables: a result goes in, a table with its caption and formats comes out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from coee_nb import formats as fmt
from coee_nb.enforcement import penalties, penalty_collection
from coee_nb.enforcement.cases import MONEY, QUALITY, quality
from coee_nb.enforcement.limitation import COUNTED
from coee_nb.enforcement.penalties import SUMS, FollowUp, Penalties
from coee_nb.enforcement.terms import Term
from coee_nb.lazily import showing
from coee_nb.outputs import Callout, Several, Table, significant
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.enforcement")
LINES = 20  # of a list that a page shows; its file has all
_EXACT = 15  # significant digits: cents of ten thousand billions
_AMOUNTS = {*SUMS, *MONEY, "past_date_uncollected", "at_most_uncollected"}
_SUMS_OF_MONEY = {"at_risk", "events"}


def _share(value: float) -> str:
    return fmt.percent(value, 1, 0)


_FORMATS = {
    "violation": lambda kind: fmt.text(kind).replace("_", " "),
    "share_so_far": _share,
}


def in_units(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with its amounts, whole cents, as units of money: exact to 15 digits."""
    amounts = [column for column in frame if column in _AMOUNTS]
    return frame.assign(**{column: frame[column].astype("float64") / 100 for column in amounts})


def money_table(frame: pd.DataFrame, name: str, found: Penalties, **options: Any) -> Table:
    """Return a table of the wording's, its cents shown as money.

    Amounts are exact; rates and shares have as many digits as all machines agree on.
    """
    shown = in_units(frame)
    rates = shown.select_dtypes("float").columns.difference([*_AMOUNTS, *_SUMS_OF_MONEY])
    shown = shown.assign(**{column: shown[column].map(significant) for column in rates})
    formats: dict[str, Callable[[Any], str]] = {
        column: _money(found) for column in shown if column in _AMOUNTS
    }
    formats |= {column: how for column, how in _FORMATS.items() if column in shown}
    formats |= options.pop("formats", {})
    words = WORDS.table(name, stamp=found.stamp, **options.pop("words", {}))
    labels = dict(words.pop("labels", {})) | options.pop("labels", {})
    return Table(
        shown,
        **words,
        formats=formats,
        labels=labels,
        digits=_EXACT,
        origin=found.origin,
        **options,
    )


def _money(found: Penalties, digits: int = 0) -> Callable[[Any], str]:
    """Return how a table writes amounts."""
    return lambda value: fmt.money(value, found.records.money, digits)


def readings(found: Penalties) -> Table:
    """Return the ways of counting side by side, from the same rows."""
    frame = penalties.readings(found)
    means = [
        WORDS.sentence(f"reading_{name}", years=fmt.count(found.years))
        for name in frame["reading"].str.replace(",", "").str.replace(" ", "_")
    ]
    frame.insert(1, "means", means)
    return money_table(frame, "penalty_readings", found, anchor="reading",
                       words={"range": penalties.span(found)})  # fmt: skip


def follow_up(told: FollowUp | None, found: Penalties) -> Table | Callout:
    """Return what became of the cases counted; a sentence where no later day is named."""
    if told is None:
        return Callout(WORDS.sentence("no_later_day"))
    return money_table(told.table, "penalty_outcomes", told.later, anchor="outcome",
                       words={"first": fmt.day(found.as_of)})  # fmt: skip


def to_look_at(found: Penalties) -> Table:
    """Return the cases whose documents narrow the range most, by amount."""
    frame = penalties.to_look_at(found)
    return money_table(frame, "penalty_documents", found, rows=LINES)


def oldest(found: Penalties) -> Table:
    """Return the cases past their date by what is on file, longest past first."""
    return money_table(penalties.oldest(found), "penalty_oldest", found, rows=LINES)


def by_unit(found: Penalties, unit_name: str) -> Table:
    """Return the counts by unit, under the name the records have for one."""
    frame = penalties.by_unit(found)
    return money_table(frame, "penalty_units", found, labels={"unit": unit_name},
                       words={"unit": unit_name})  # fmt: skip


def states(found: Penalties) -> Table:
    """Return cases and money by state, with and without a waiver on file."""
    return money_table(penalties.states(found), "penalty_states", found)


def deadlines(found: Penalties, within: list[int]) -> Table:
    """Return what passes its date within so many days."""
    frame = penalties.deadlines(found, within)
    return money_table(frame, "penalty_deadlines", found, anchor="days")


def requests(found: Penalties, days: int) -> Table:
    """Return the waivers to ask for, soonest first."""
    frame = penalties.requests(found, days)
    return money_table(frame, "penalty_requests", found, rows=LINES, words={"days": str(days)})


def terms(given: tuple[Term, ...], found: Penalties) -> Table:
    """Return the limitation terms that the dates rest on."""
    frame = pd.DataFrame(
        {
            "violation": [one.violation.replace("_", " ") for one in given],
            "term": [one.words for one in given],
            "extended_by": [", ".join(one.extended_by) for one in given],
            "source": [one.source for one in given],
        }
    )
    return Table(frame, **WORDS.table("penalty_terms", stamp=found.stamp))


def agreement(found: Penalties) -> Table:
    """Return how recorded dates compare with derived ones."""
    return money_table(penalties.agreement(found), "penalty_agreement", found)


def documents(found: Penalties) -> Several:
    """Return the waivers and suspensions with what became of each kind, and those not counted."""
    kinds = (("waiver", found.dates.waivers, "signed_on"), ("suspension",
             found.dates.suspensions, "from"))  # fmt: skip
    columns = ["document", "case_id", "dated", "reason"]
    parts = [rows.assign(document=kind, dated=rows[on])[columns] for kind, rows, on in kinds]
    every = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    counted = every.groupby(["document", "reason"], as_index=False, sort=False).agg(
        documents=("case_id", "size"), cases=("case_id", "nunique")
    )
    refused = every[every["reason"] != COUNTED].reset_index(drop=True)
    shown = [Table(counted, **WORDS.table("penalty_papers", stamp=found.stamp),
                   origin=found.origin)]  # fmt: skip
    if len(refused):
        words = WORDS.table("penalty_papers_not_counted", stamp=found.stamp)
        shown.append(Table(refused, **words, origin=found.origin, rows=LINES))
    return Several(tuple(shown))


def doubts(found: Penalties) -> Table:
    """Return how many cases each check of the records finds doubtful."""
    listed = _doubted(found)
    counts = listed["rule"].value_counts()
    frame = pd.DataFrame(
        {
            "check": [rule.question for rule in QUALITY],
            "doubtful": [rule.wrong for rule in QUALITY],
            "cases": [int(counts.get(rule.id, 0)) for rule in QUALITY],
        }
    )
    return Table(frame, **WORDS.table("penalty_checks", stamp=found.stamp), origin=found.origin)


def _doubted(found: Penalties) -> pd.DataFrame:
    return quality(found.records, found.as_of, found.table.set_index("case_id")["limit"])


def doubtful_cases(found: Penalties) -> Table:
    """Return the doubtful cases one by one."""
    frame = _doubted(found).drop(columns="rule")
    words = WORDS.table("penalty_doubts", stamp=found.stamp)
    return Table(frame, **words, origin=found.origin, rows=LINES)


def exceptions(found: Penalties) -> Table:
    """Return every row set aside and every date that is none."""
    frame = found.records.exceptions
    words = WORDS.table("penalty_exceptions", stamp=found.stamp)
    return Table(frame, **words, origin=found.origin, rows=LINES)


def account(found: Penalties) -> Table:
    """Return the sums in the file, shown and set aside, to the cent."""
    frame = penalties.account(found)
    exact = dict.fromkeys(MONEY, _money(found, 2))
    return money_table(frame, "penalty_account", found, formats=exact)


def cohorts(found: Penalties, starts: int, change_on: Any) -> Table:
    """Return the collection rate by fiscal year of assessment, with the maturity of each year."""
    frame = penalty_collection.cohorts(found, starts=starts, change_on=change_on)
    left = penalty_collection.ages(found).undated
    note = WORDS.sentence("cohort_note", undated=fmt.count(left))
    named = {"rate_1y": lambda v: fmt.percent(v, 1, 1), "rate_3y": lambda v: fmt.percent(v, 1, 1)}
    formats = {column: how for column, how in named.items() if column in frame}
    if "fiscal_year" in frame:
        formats["fiscal_year"] = str
    return money_table(frame, "penalty_cohorts", found, note=note, formats=formats)


__dir__ = showing(globals())
