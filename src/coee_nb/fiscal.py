"""Federal fiscal years, quarters and period ends.

A federal fiscal year runs from October 1 of the year before to September 30 (31 USC 1102).
"""

from calendar import monthrange
from datetime import date


def fiscal_year(day: date, starts: int = 10) -> int:
    """Return the fiscal year that holds ``day``, named after the year it ends in.

    ``starts``: its first month; October for the federal one.

    >>> fiscal_year(date(2016, 9, 30)), fiscal_year(date(2016, 10, 1))
    (2016, 2017)
    >>> fiscal_year(date(2016, 7, 1), 7), fiscal_year(date(2016, 7, 1), 1)
    (2017, 2016)
    """
    return day.year + (day.month >= starts > 1)


def fiscal_year_start(year: int) -> date:
    """Return the first day of fiscal year ``year``.

    >>> fiscal_year_start(2017)
    datetime.date(2016, 10, 1)
    """
    return date(year - 1, 10, 1)


def fiscal_year_end(year: int) -> date:
    """Return the last day of fiscal year ``year``.

    >>> fiscal_year_end(2017)
    datetime.date(2017, 9, 30)
    """
    return date(year, 9, 30)


def fiscal_quarter_end(year: int, quarter: int) -> date:
    """Return the last day of a fiscal quarter: Q1 ends December 31 of the year before.

    >>> [fiscal_quarter_end(2021, q).isoformat() for q in (1, 2, 3, 4)]
    ['2020-12-31', '2021-03-31', '2021-06-30', '2021-09-30']
    """
    last = quarter_end(year, quarter)
    return month_end(last.year, last.month - 3) if quarter > 1 else quarter_end(year - 1, 4)


def semiannual_period_end(day: date) -> date:
    """Return the last March 31 or September 30 on or before ``day`` (5 USC 405(b)).

    >>> semiannual_period_end(date(2024, 4, 30)), semiannual_period_end(date(2024, 3, 30))
    (datetime.date(2024, 3, 31), datetime.date(2023, 9, 30))
    """
    ends = (date(day.year - 1, 9, 30), date(day.year, 3, 31), date(day.year, 9, 30))
    return max(end for end in ends if end <= day)


def quarter_end(year: int, quarter: int) -> date:
    """Return the last day of a calendar quarter.

    >>> quarter_end(2024, 1)
    datetime.date(2024, 3, 31)
    """
    if quarter not in (1, 2, 3, 4):
        raise ValueError(f"a quarter is 1, 2, 3 or 4, not {quarter}")
    return month_end(year, 3 * quarter)


def month_end(year: int, month: int) -> date:
    """Return the last day of a month.

    >>> month_end(2024, 2)
    datetime.date(2024, 2, 29)
    """
    return date(year, month, monthrange(year, month)[1])


def add_months(day: date, months: int) -> date:
    """Return the same day ``months`` later, or the month's last day where there is no such day.

    >>> add_months(date(2024, 8, 31), 6)
    datetime.date(2025, 2, 28)
    """
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
