"""Periods and amounts as files write them: read exactly, or named as not understood."""

import calendar
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import pandas as pd

from coee_nb.engines.datewords.styles import DAY_FIRST, MONTH_FIRST

NO_AMOUNT = "no amount"
NOT_UNDERSTOOD = "amount not understood"
_NOTHING = frozenset({"", "null", "na", "n/a", "none", "nan", "-"})
_MONTH_FORMS = (
    "%Y-%m", "%Y-%m-%d", "%Y/%m", "%Y/%m/%d", "%m/%Y", "%b %Y", "%B %Y", "%Y%m", "%d.%m.%Y",
)  # fmt: skip
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/\d{4}", re.ASCII)
_YEAR_FORM = re.compile(r"(?:FY\s*)?(\d{4})", re.IGNORECASE)
_AMOUNT_FORM = re.compile(
    r"(?P<open>\()?(?P<sign>[+-])?\$?(?P<sign2>-)?(?P<digits>\d{1,3}(?:,\d{3})+|\d+|(?=\.\d))"
    r"(?P<rest>\.\d*)?(?P<exponent>[eE][+-]?\d{1,2})?(?P<close>\))?",
    re.ASCII,
)
_QUARTER_FORM = re.compile(r"(\d{4})[ -]?[Qq]([1-4])|[Qq]([1-4])[ -]?(\d{4})")
_FIRST, _LAST = 1789, 2200  # years that a series of the United States may have


def parse_period(
    text: str, frequency: str = "M", order: str = MONTH_FIRST
) -> tuple[pd.Period | None, date | None]:
    """Return the period a text names, and the day where it names one; (None, None) if neither.

    ``frequency``: pandas' name of a month, calendar quarter or year ("M", "Q-DEC", "Y-SEP"). A
    month, quarter or year may be named, or anything finer that lies in it. ``order`` is that of
    dates such as 05/01/2014 (``date_order``).

    >>> parse_period("2016-10"), parse_period("FY2017", "Y-SEP")[0].year
    ((Period('2016-10', 'M'), None), 2017)
    >>> parse_period("Q3 2008", "Q-DEC")[0]
    Period('2008Q3', 'Q-DEC')
    """
    text = text.strip()
    if frequency.startswith("Y"):
        year = parse_year(text)
        if year is not None:
            return pd.Period(str(year), frequency), None
    if frequency.startswith("Q"):
        quarter = _QUARTER_FORM.fullmatch(text)
        if quarter is not None:
            at, place = quarter[1] or quarter[4], quarter[2] or quarter[3]
            known = _FIRST <= int(at) <= _LAST
            return (pd.Period(f"{at}Q{place}", frequency) if known else None), None
    for form in (*_MONTH_FORMS, "%m/%d/%Y" if order == MONTH_FIRST else "%d/%m/%Y"):
        try:
            day = datetime.strptime(text, form).date()
        except ValueError:
            continue
        if _FIRST <= day.year <= _LAST:
            return pd.Period(day, frequency), day if "%d" in form else None
    return None, None


def date_order(rows: Sequence[tuple[str, str]], *, summed: bool) -> str | None:
    """Return which comes first in dates such as 05/01/2014: "month-first" or "day-first".

    ``rows``: the group and the date of each row; dates in other forms tell nothing. A number above
    12 proves it; else, where rows are not ``summed``, that only one of the two readings tells no
    period of a group twice. None where nothing does; month first where none can be read two ways.

    >>> date_order([("all", "13/01/2014"), ("all", "05/02/2014")], summed=True)
    'day-first'
    >>> date_order([("all", "1/1/2014"), ("all", "2/1/2014")], summed=False)
    'month-first'
    """
    dates = [(group, found) for group, text in rows if (found := _SLASHES.fullmatch(text.strip()))]
    if all(int(found[1]) == int(found[2]) for _, found in dates):
        return MONTH_FIRST
    place = {MONTH_FIRST: 1, DAY_FIRST: 2}
    possible = [one for one, at in place.items() if all(int(found[at]) <= 12 for _, found in dates)]
    if len(possible) > 1 and not summed:
        possible = [one for one in possible if not _told_twice(dates, one)]
    return possible[0] if len(possible) == 1 else None


def _told_twice(dates: Sequence[tuple[str, re.Match[str]]], order: str) -> bool:
    periods = {(group, parse_period(found[0], order=order)[0]) for group, found in dates}
    return len(periods) < len(dates)


def found_frequency(texts: Iterable[str], order: str = MONTH_FIRST) -> str:
    """Return how often a column of periods has one: month, quarter or year, by most of its cells.

    >>> found_frequency(["2008Q1", "2008Q2"]), found_frequency(["1985", "note"])
    ('quarter', 'year')
    """
    counts = Counter(filter(None, (_kind(text.strip(), order) for text in texts)))
    return counts.most_common(1)[0][0] if counts else "month"


def _kind(text: str, order: str) -> str:
    if parse_year(text) is not None:
        return "year"
    if _QUARTER_FORM.fullmatch(text):
        return "quarter"
    return "month" if parse_period(text, order=order)[0] is not None else ""


def yearly_frequency(starts: int) -> str:
    """Return pandas' name of a year that begins with the month ``starts``.

    >>> yearly_frequency(10), yearly_frequency(1), yearly_frequency(7)
    ('Y-SEP', 'Y-DEC', 'Y-JUN')
    """
    return f"Y-{calendar.month_abbr[(starts - 2) % 12 + 1].upper()}"


def parse_year(text: str) -> int | None:
    """Return the fiscal year a text such as 2017 or FY2017 names, or None."""
    year = _YEAR_FORM.fullmatch(text.strip())
    return int(year[1]) if year is not None and _FIRST <= int(year[1]) <= _LAST else None


def parse_amount(text: str | None) -> Decimal | str:
    """Return an amount exactly, or the reason why there is none.

    >>> parse_amount("$1,234.50"), parse_amount("(55.25)"), parse_amount("null")
    (Decimal('1234.50'), Decimal('-55.25'), 'no amount')
    """
    cleaned = (text or "").strip()
    if cleaned.lower() in _NOTHING:
        return NO_AMOUNT
    match = _AMOUNT_FORM.fullmatch(cleaned.replace(" ", ""))
    if match is None or bool(match["open"]) != bool(match["close"]):
        return NOT_UNDERSTOOD
    number = match["digits"].replace(",", "") + (match["rest"] or "") + (match["exponent"] or "")
    try:
        amount = Decimal(number)
    except InvalidOperation:
        return NOT_UNDERSTOOD
    negative = bool(match["open"]) or "-" in ((match["sign"] or "") + (match["sign2"] or ""))
    return -amount if negative else amount
