"""Periods and amounts as files write them: read exactly, or named as not understood."""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import pandas as pd

NO_AMOUNT = "no amount"
NOT_UNDERSTOOD = "amount not understood"
_NOTHING = frozenset({"", "null", "na", "n/a", "none", "nan", "-"})
_MONTH_FORMS = (
    "%Y-%m", "%Y-%m-%d", "%Y/%m", "%Y/%m/%d", "%m/%Y", "%m/%d/%Y", "%b %Y", "%B %Y", "%Y%m",
)  # fmt: skip
_YEAR_FORM = re.compile(r"(?:FY\s*)?(\d{4})", re.IGNORECASE)
_AMOUNT_FORM = re.compile(
    r"(?P<open>\()?(?P<sign>[+-])?\$?(?P<sign2>-)?(?P<digits>\d{1,3}(?:,\d{3})+|\d+|(?=\.\d))"
    r"(?P<rest>\.\d*)?(?P<exponent>[eE][+-]?\d{1,2})?(?P<close>\))?",
    re.ASCII,
)
_FIRST, _LAST = 1789, 2200  # years in which the United States may have collected duties


def parse_period(text: str, frequency: str = "month") -> tuple[pd.Period | None, date | None]:
    """Return the period a text names, and the day where it names one; (None, None) if neither.

    >>> parse_period("2016-10"), parse_period("FY2017", "fiscal year")[0].year
    ((Period('2016-10', 'M'), None), 2017)
    """
    text = text.strip()
    if frequency == "fiscal year":
        year = parse_year(text)
        return (None if year is None else pd.Period(str(year), "Y-SEP")), None
    for form in _MONTH_FORMS:
        try:
            day = datetime.strptime(text, form).date()
        except ValueError:
            continue
        if _FIRST <= day.year <= _LAST:
            return pd.Period(day, "M"), day if "%d" in form else None
    return None, None


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
