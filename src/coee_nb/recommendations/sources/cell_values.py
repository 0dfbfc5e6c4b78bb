"""What one cell of a list says: a day, a due date, an amount, whether the agency agrees."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from coee_nb.engines.datewords.periods import Period, name_periods
from coee_nb.engines.datewords.styles import ORDERS, DateStyle
from coee_nb.errors import InputError
from coee_nb.fiscal import add_months
from coee_nb.recommendations.ecd import Ecd, FormerEcd
from coee_nb.recommendations.sources.words import Said, normalised

# A cell that says nothing, and stands for a blank.
_BLANK = re.compile(r"n\.?/?a\.?|not applicable|none|nil|null|-+|\.+|\?+", re.IGNORECASE)
_REVISED = (
    r"(?:revis|chang|extend|mov|updat|delay|slip|push|reschedul|defer|postpon|amend|adjust|reset)"
    r"(?:ed|ped|red|d)?(?: back| out)?"
)
# What may stand beside the date of a cell: its label, "by", a time of midnight; nothing else.
_HARMLESS = (
    r"[ .:~()\[\]]|\b(?:by|due|on|in|target|expected|estimated|anticipated|planned|projected|ecd"
    r"|date|completion|implementation|no later than|before|on or before|the|est|approx|about"
    r"|circa|mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b"
    r"|\b(?:eoy|cob|close of business)\b|t?0?0:00(?::00)?(?:\.0+)?z?|12:00(?::00)? ?am\b"
)
_ASIDE = re.compile(rf"(?:{_HARMLESS}|[,;])*")
_BETWEEN = re.compile(rf"(?:{_HARMLESS}|[,;/|&+]|-|\b(?:and|to|then)\b)*")
_FORMER = re.compile(
    rf"\b(?:{_REVISED} from|was|were|original(?:ly)?|previous(?:ly)?|former(?:ly)?|initial(?:ly)?"
    r"|old|prior|instead of|replac(?:es|ing))\b"
)
_CURRENT = re.compile(
    rf"->|=>|>|\u2192|\b(?:{_REVISED}(?: to| until)?|now|new|current(?:ly)?|latest)\b"
)
# A time that runs from a day the cell may name: within 90 days of the report.
_WITHIN = re.compile(
    r"(?:with)?in (?P<count>\d{1,4}) (?P<unit>calendar days|days|weeks|months|years)"
    r"(?P<of> (?:of|from|after|following) (?:the )?(?:date of )?(?:the )?(?:final )?"
    r"(?:report(?:'s)?|issue|issuance|publication)(?: of the (?:final )?report)?"
    r"(?: (?:date|issuance))?)?"
)
_DATE_WORDS = re.compile(
    r"\d|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\b|\b(?:spring|summer|fall"
    r"|autumn|winter|day|week|month|quarter|year|today|tomorrow|fy|q)s?\b|\byear[- ]?end\b",
    re.IGNORECASE,
)
_DAY_OR_YEAR = re.compile(
    r"(?P<number>\d{1,2})[- ](?P<month>jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?",
    re.IGNORECASE,
)
# Excel's own number of a day, from 1982 to 2064; day 0 is 1899-12-30.
_SERIAL = re.compile(r"([345]\d{4})(?:\.\d+)?")
_FIGURES = re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])([0-3]\d)")  # 20250630
_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mm": 1e6, "mn": 1e6, "million": 1e6}
_SCALES |= {"b": 1e9, "bn": 1e9, "billion": 1e9}
_MONEY = re.compile(
    r"(?P<open>\()?(?P<sign>[-\u2212])?\s*(?:us)?\$?\s*(?P<number>\d[\d,]*(?:\.\d+)?|\.\d+)\s*"
    rf"(?P<scale>{'|'.join(sorted(_SCALES, key=len, reverse=True))})?\s*(?:usd|dollars)?\)?",
    re.IGNORECASE,
)
_AGREES = (
    "yes", "y", "agree", "agrees", "agreed", "accept", "accepts", "accepted", "concur", "concurs",
    "concurred", "management agrees", "management agreed", "fully agreed", "fully accepted",
    "agreed to", "concurrence", "supported",
)  # fmt: skip
_AGREES_IN_PART = (
    "partially agree", "partially agrees", "partially agreed", "partly agree", "partly agreed",
    "agree in part", "agreed in part", "partially accept", "partially accepted", "partly accepted",
    "accepted in part", "partially concurs", "partially concurred", "partial concurrence",
    "concur in part", "concurred in part", "agreed in principle", "accepted in principle",
    "concur in principle", "agreed with qualification", "partial", "partially",
)  # fmt: skip
_DISAGREES = (
    "no", "n", "disagree", "disagrees", "disagreed", "not agreed", "do not agree",
    "does not agree", "did not agree", "reject", "rejects", "rejected", "not accepted",
    "does not concur", "did not concur", "do not concur", "nonconcur", "nonconcurred",
    "non-concurred", "non-concurrence", "nonconcurrence", "not concur", "not supported",
)  # fmt: skip
_SILENT = (
    "no response", "no comment", "none provided", "neither agreed nor disagreed", "noted",
    "neither agree nor disagree", "not stated",
)  # fmt: skip
_CONCURRENCES = {
    **dict.fromkeys(_AGREES, "concur"),
    **dict.fromkeys(_AGREES_IN_PART, "partially concur"),
    **dict.fromkeys(_DISAGREES, "non-concur"),
    **dict.fromkeys(_SILENT, "none stated"),
    **{word: word for word in ("concur", "partially concur", "non-concur", "none stated")},
}


@dataclass(frozen=True)
class Due:
    """What a cell for a due date says: a date with those it replaced, or words that give none.

    ``words`` are the cell's own; ``unread`` says why they may give a date and are not read;
    ``earlier`` holds the dates given up where no other took their place, oldest first.
    """

    ecd: Ecd | None = None
    words: str = ""
    unread: str = ""
    earlier: tuple[FormerEcd, ...] = ()

    def after(self, older: Due) -> Due:
        """Return this word on the due date with those that an older cell gave as former ones."""
        former = older.ecd.earlier if older.ecd else older.earlier
        if older.ecd:
            last = older.ecd
            former = (*former, FormerEcd(last.due, last.precision, last.span))
        if self.ecd is None:
            return replace(self, earlier=former)
        left = tuple(each for each in former if each.due != self.ecd.due)
        return replace(self, ecd=replace(self.ecd, earlier=(*left, *self.ecd.earlier)))


NO_DUE = Due()


def is_blank(text: str) -> bool:
    """Tell whether a cell says nothing: n/a, none, a dash.

    >>> is_blank("N/A"), is_blank("TBD")
    (True, False)
    """
    plain = normalised(text)
    return not plain or bool(_BLANK.fullmatch(plain))


def due(text: str, *, style: DateStyle, issued_on: date | None = None) -> Due:
    """Return what a cell for a due date says.

    Of several dates the last is when all is done; one that the words call former ("revised from")
    was given up. A cell without a word of time (TBD, ongoing, pending funding) gives no date.

    >>> found = due("June 2025 (revised from March 2025)", style=DateStyle()).ecd
    >>> found.due.isoformat(), [former.span for former in found.earlier]
    ('2025-06-30', ['March 2025'])
    """
    plain = _dated(text)
    if not plain:
        return Due()
    if _BLANK.fullmatch(plain) or not _DATE_WORDS.search(plain):
        return Due(words=normalised(text))
    named = name_periods(plain, style)
    refused = next((period.refused for period in named if period.refused), "")
    if refused:
        return _unread(text, f"{refused}{_advice(refused)}")
    if not named:
        return _undated(text, plain, issued_on)
    told = _told_apart(plain, list(named))
    if told is None:
        return _unread(text, "it says more than a date or period")
    period, former = told
    earlier = tuple(
        FormerEcd(each.due, each.precision, plain[each.start : each.end])
        for each in former
        if each.due != period.due
    )
    words = normalised(text)
    return Due(
        Ecd(period.due, period.starts, period.precision, words, 0, "due", "action", earlier), words
    )


def _unread(text: str, reason: str) -> Due:
    return Due(words=normalised(text), unread=f"{normalised(text)!r}: {reason}")


def _undated(text: str, plain: str, issued_on: date | None) -> Due:
    """What a cell says that names no period: a time from some day, a day of no year."""
    within = _WITHIN.fullmatch(plain.casefold().strip(" ."))
    if within and within["of"] and issued_on:
        last = _after(issued_on, int(within["count"]), within["unit"])
        words = normalised(text)
        return Due(Ecd(last, last, "day", words, 0, "due", "action"), words)
    if within:
        return _unread(text, "it does not say from which day, or that day is not known")
    either = _DAY_OR_YEAR.fullmatch(plain)
    if either and int(either["number"]) <= 31:
        month = either["month"].title()
        year = f"20{int(either['number']):02}"
        return _unread(text, f"it may be {month} {int(either['number'])} or {month} {year}")
    return _unread(text, "it is not one date or period")


def _after(start: date, number: int, unit: str) -> date:
    if unit in ("months", "years"):
        return add_months(start, number * (12 if unit == "years" else 1))
    return start + timedelta(days=number * (7 if unit == "weeks" else 1))


def _told_apart(text: str, named: list[Period]) -> tuple[Period, list[Period]] | None:
    """The date that stands and those given up; None where the words say anything else."""
    lower, labels, cursor = text.casefold(), [], 0
    for period in named:
        before = lower[cursor : period.start]
        former, current = bool(_FORMER.search(before)), bool(_CURRENT.search(before))
        rest = _CURRENT.sub(" ", _FORMER.sub(" ", before))
        harmless = (_BETWEEN if cursor else _ASIDE).fullmatch(rest)
        if not harmless:
            return None
        labels.append("former" if former else "current" if current else "")
        cursor = period.end
    after = lower[cursor:]
    if re.fullmatch(r" ?\(?(?:original(?:ly)?|previous(?:ly)?|former(?:ly)?)\)?", after):
        labels[-1], after = "former", ""
    if re.fullmatch(r" ?\(?(?:revised|new|current|updated|extended)\)?", after):
        labels[-1], after = "current", ""
    if not _ASIDE.fullmatch(after):
        return None
    return _standing(list(zip(named, labels, strict=True)))


def _standing(told: list[tuple[Period, str]]) -> tuple[Period, list[Period]] | None:
    labels = {label for _, label in told}
    current = [period for period, label in told if label == "current"]
    plain = [period for period, label in told if not label]
    former = [period for period, label in told if label == "former"]
    if not current and not plain:
        return None
    if current:
        former, plain = former + plain, current
    standing = plain[-1] if labels - {""} else max(plain, key=lambda period: period.due)
    given_up = [period for period in (*former, *current) if period is not standing]
    return standing, sorted(given_up, key=lambda period: period.due)


def _dated(text: str) -> str:
    """The cell with Excel's number of a day, and one of eight figures, written out."""
    plain = normalised(text)
    if serial := _SERIAL.fullmatch(plain):
        return (date(1899, 12, 30) + timedelta(days=int(serial[1]))).isoformat()
    if figures := _FIGURES.fullmatch(plain):
        return "-".join(figures.groups())
    return plain


def _advice(reason: str) -> str:
    if "comes first" in reason:
        return f"; give --date-order {' or '.join(ORDERS)}"
    return "; give --fiscal-year-end MM-DD" if "fiscal year" in reason else ""


def days(text: str, *, style: DateStyle) -> Period | None:
    """Return the day or month of a cell, None for a blank one; InputError where it is neither."""
    if is_blank(text):
        return None
    plain = _dated(text)
    named = name_periods(plain, style)
    refused = next((period.refused for period in named if period.refused), "")
    if refused:
        raise InputError(f"{text!r} is not read: {refused}{_advice(refused)}")
    if len(named) == 1 and named[0].precision in ("day", "month"):
        beside = f"{plain[: named[0].start]} {plain[named[0].end :]}".casefold()
        if _ASIDE.fullmatch(beside):
            return named[0]
    raise InputError(f"{text!r} is not a day")


def day(text: str, *, style: DateStyle) -> date | None:
    """Return the day of a cell, None for a blank one; InputError where it is no day."""
    found = days(text, style=style)
    if found is None:
        return None
    if found.precision != "day":
        raise InputError(f"{text!r} is not a day")
    return found.due


def amount(text: str) -> float | None:
    """Return a cell's dollars, None for a blank one; InputError where it is no amount.

    >>> amount("$1.2M"), amount("n/a"), amount("450 thousand")
    (1200000.0, None, 450000.0)
    """
    if is_blank(text):
        return None
    found = _MONEY.fullmatch(normalised(text))
    if not found:
        raise InputError(f"{text!r} is not an amount")
    number = float(found["number"].replace(",", ""))
    if number and (found["open"] or found["sign"]):
        raise InputError(f"{text!r} is negative")
    return round(number * _SCALES.get((found["scale"] or "").lower(), 1.0), 2)


def priority(text: str) -> str:
    """Return yes or no where the cell says whether it has priority, else blank."""
    said = text.strip().lower()
    yes = ("y", "yes", "true", "priority", "1", "x")
    return "yes" if said in yes else "no" if said in ("n", "no", "false", "0") else ""


def concurrence(text: str) -> Said | None:
    """Return what a cell says of the agency's agreement; InputError for a word not known.

    >>> concurrence("Disagree").word
    'non-concur'
    """
    word = normalised(text).lower().strip(" .")
    if is_blank(text):
        return None
    if word not in _CONCURRENCES:
        raise InputError(f"{text!r} does not say whether it agrees")
    return Said(_CONCURRENCES[word], text, -1)
