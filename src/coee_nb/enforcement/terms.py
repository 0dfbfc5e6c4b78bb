"""Limitation terms as a table: how many years, from which date, what extends them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np

from coee_nb.errors import InputError
from coee_nb.files import LINE, read_file
from coee_nb.lazily import offered

WAIVER = "waiver"
# What a term is extended by unless its table says otherwise.
EXTENSIONS = (WAIVER, "absence", "concealment", "stay")
STARTS = ("violated_on", "discovered_on", "involvement_on", "initiated_on")
INITIATION_YEARS = 5
_LONGEST = 100  # years
COLUMNS = ("violation", "years", "from", "later_of_years", "later_of_from", "extended_by", "source")


@dataclass(frozen=True)
class Term:
    """The term of one kind of violation.

    ``months`` from the day in the column ``since``; with ``later_since`` the later of that and of
    ``later_months`` from it. ``extended_by`` names what stops or moves the term; ``source`` is the
    law.
    """

    violation: str
    months: int
    since: str
    later_months: int = 0
    later_since: str = ""
    extended_by: tuple[str, ...] = EXTENSIONS
    source: str = ""

    @property
    def needs(self) -> tuple[str, ...]:
        """The columns of dates without which no date can be derived."""
        return tuple(filter(None, (self.since, self.later_since)))

    def is_extended_by(self, kind: str) -> bool:
        """Tell whether a document of a kind moves the term; "" is a suspension of no stated one."""
        return kind in self.extended_by or (kind == "" and bool({*self.extended_by} - {WAIVER}))

    @property
    def words(self) -> str:
        """The rule in words: "5 years from the date in violated_on"."""
        first = f"{_span(self.months)} from {day_words(self.since)}"
        if not self.later_since:
            return first
        return f"the later of {first} and {_span(self.later_months)} from " + day_words(
            self.later_since
        )


def day_words(column: str) -> str:
    """Return what a date of a case is called.

    >>> day_words("violated_on"), day_words("involvement_on")
    ('the violation', "the discovery of the property's involvement")
    """
    return {
        "violated_on": "the violation",
        "discovered_on": "the discovery",
        "involvement_on": "the discovery of the property's involvement",
        "initiated_on": "the initiation of the case",
    }.get(column, column)


def _span(months: int) -> str:
    years, left = divmod(months, 12)
    if left:
        return f"{months} months"
    return "1 year" if years == 1 else f"{years} years"


TERMS = (
    Term("negligence", 60, "violated_on"),
    Term("gross_negligence", 60, "violated_on"),
    Term("fraud", 60, "discovered_on"),
    Term("other", 60, "discovered_on"),
    Term("forfeiture", 60, "discovered_on", 24, "involvement_on"),
)


def simplified(years: int = INITIATION_YEARS) -> Term:
    """Return the audit's simplification: so many years from the initiation of any case.

    Nothing extends it.
    """
    return Term("", 12 * years, "initiated_on", extended_by=())


def months_of(years: object, where: str) -> int:
    """Return a number of years as whole months. Raises InputError for what is none.

    >>> months_of("2", "a"), months_of(1.5, "a")
    (24, 18)
    """
    try:
        months = Decimal(str(years).strip()) * 12
    except InvalidOperation as error:
        raise _no_years(years, where) from error
    if not months.is_finite() or months != int(months) or not 0 < months <= 12 * _LONGEST:
        raise _no_years(years, where)
    return int(months)


def _no_years(years: object, where: str) -> InputError:
    return InputError(
        f"{years!r} is no number of years",
        where=where,
        expected=f"a number such as 5 or 1.5, over 0 and at most {_LONGEST}, of whole months",
    )


def read_terms(path: str | Path) -> tuple[Term, ...]:
    """Read a table of terms: violation, years, from, later_of_years, later_of_from, extended_by,
    source.

    ``from`` and ``later_of_from`` name one of `STARTS`; ``extended_by`` is a list with semicolons,
    "waiver" among it where waivers move the term. Raises InputError for a violation given twice,
    a term that is no number of months, and a date that no case has.
    """
    file = read_file(path)
    rows = file.table(COLUMNS)
    terms = []
    for row in rows.to_dict("records"):
        where = f"{file.path}, line {row[LINE]}"
        name = row["violation"].strip().lower().replace(" ", "_")
        since, later = row["from"].strip(), row["later_of_from"].strip()
        for column in (since, later):
            if column not in (*STARTS, *([""] if column is later else [])):
                raise InputError(
                    f"a term runs from {column!r}", where=where, expected=", ".join(STARTS)
                )
        if bool(later) != bool(row["later_of_years"].strip()):
            raise InputError(
                "later_of_years and later_of_from belong together", where=where, do="give both"
            )
        terms.append(
            Term(
                name,
                months_of(row["years"], where),
                since,
                months_of(row["later_of_years"], where) if later else 0,
                later,
                tuple(filter(None, (part.strip() for part in row["extended_by"].split(";")))),
                row["source"].strip(),
            )
        )
    _refuse_twice(terms, str(file.path))
    return tuple(terms)


def _refuse_twice(terms: Iterable[Term], where: str) -> None:
    names = [term.violation for term in terms]
    if not names or "" in names:
        raise InputError("a violation has no name" if names else "has no term", where=where)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"the violation {twice[0]!r} has two terms", where=where)


def add_months(days: np.ndarray, months: np.ndarray | int) -> np.ndarray:
    """Return the same day of the month so many months later, or the month's last day.

    ``days`` is datetime64[D], NaT where unknown. February 29 and five years is February 28: the
    earlier reading, so that no deadline is told later than it may be.

    >>> str(add_months(np.array(["2016-02-29"], "datetime64[D]"), 60)[0])
    '2021-02-28'
    """
    month = days.astype("datetime64[M]")
    target = month + months
    last = (target + 1).astype("datetime64[D]") - 1
    return np.minimum(target.astype("datetime64[D]") + (days - month.astype("datetime64[D]")), last)


__all__ = ["Term", "add_months", "read_terms", "simplified"]
__dir__ = offered(__all__)
