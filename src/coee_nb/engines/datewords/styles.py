"""How an engagement writes its dates: which of day and month is first, when its years end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from coee_nb.errors import InputError
from coee_nb.fiscal import fiscal_year_start, month_end

DAY_FIRST, MONTH_FIRST = "day-first", "month-first"
ORDERS = (DAY_FIRST, MONTH_FIRST)


@dataclass(frozen=True, slots=True)
class DateStyle:
    """What the words of a date do not say themselves.

    ``order``: "day-first" or "month-first", which decides 05/06/2024; blank: not known, and such
    a date is not read. ``fiscal_year_end``: "MM-DD", the last day of a month; blank: a fiscal year
    of one number (FY2025) is the U.S. government's, and one of two (2024-25) is not read.

    >>> DateStyle(fiscal_year_end="03-31").year_start(2025, fiscal=True)
    datetime.date(2024, 4, 1)
    """

    order: str = ""
    fiscal_year_end: str = ""

    def __post_init__(self) -> None:
        if self.order not in ("", *ORDERS):
            raise InputError(f"no order of dates: {self.order!r}", expected=" or ".join(ORDERS))
        if self.fiscal_year_end:
            self._end(2023)

    def year_start(self, year: int, *, fiscal: bool) -> date:
        """Return the first day of a year; a fiscal one is called by the year in which it ends."""
        if not fiscal:
            return date(year, 1, 1)
        if not self.fiscal_year_end:
            return fiscal_year_start(year)
        return self._end(year - 1) + timedelta(days=1)

    def _end(self, year: int) -> date:
        month, _, day = self.fiscal_year_end.partition("-")
        try:
            last = month_end(year, int(month))
            if int(day) in (last.day, month_end(2023, int(month)).day):
                return last
        except ValueError:
            pass
        raise InputError(
            f"no end of a fiscal year: {self.fiscal_year_end!r}",
            expected="MM-DD, the last day of a month, such as 03-31, 06-30 or 09-30",
        )


FEDERAL = DateStyle(order=MONTH_FIRST)  # a U.S. office's prose
