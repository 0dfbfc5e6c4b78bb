"""Arguments of public functions: one rule for dates and for names that must be known."""

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from coee_nb.errors import CoeeError, ParameterError

YEARS = (1800, 2199)  # of a day that is reckoned with


def as_day(value: Any, name: str = "") -> date:
    """Return a day given as ISO text, a date, a datetime, or a numpy or pandas moment.

    Raises ParameterError, naming the argument ``name``, for anything else, a time of day that
    would be lost and a year of no record (``YEARS``) included.

    >>> as_day("2024-06-30"), as_day(datetime(2024, 6, 30))
    (datetime.date(2024, 6, 30), datetime.date(2024, 6, 30))
    """
    try:
        day = _day_of(value)
    except (ValueError, TypeError, AttributeError) as error:
        raise _no_day(value, name) from error
    if day is None:
        raise _no_day(value, name)
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise _no_day(value, name, "a day of the years {} to {}".format(*YEARS))
    return day


def _day_of(value: Any) -> date | None:
    if hasattr(value, "dtype"):  # numpy's datetime64
        value = value.astype("datetime64[s]").item()
    if isinstance(value, str):
        return date.fromisoformat(value.strip())
    if isinstance(value, datetime):  # pandas' NaT is one of another type, all its parts NaN
        whole = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        return date(value.year, value.month, value.day) if whole else None
    return value if isinstance(value, date) else None


def _no_day(value: Any, name: str, expected: str = "a day such as 2024-04-30") -> ParameterError:
    return ParameterError(f"{value!r} is no day", where=name, expected=expected)


def known(value: Any, options: Iterable[Any], what: str) -> Any:
    """Return ``value`` when it is one of ``options``, or refuse it with the nearest one.

    Raises ParameterError that says ``what`` was asked for and what there is.

    >>> known("titel", ["center", "title"], "group")
    Traceback (most recent call last):
    coee_nb.errors.ParameterError: no group 'titel' (did you mean 'title'?). \
Expected: one of center, title.
    """
    options = list(options)
    if isinstance(value, str | int | float | tuple) and value in options:
        return value
    near = difflib.get_close_matches(str(value), map(str, options), n=1, cutoff=0.5)
    raise ParameterError(
        f"no {what} {value!r}" + (f" (did you mean {near[0]!r}?)" if near else ""),
        expected=f"one of {', '.join(map(str, options))}" if options else f"there is no {what}",
    )


def near(name: str, options: Iterable[str]) -> str:
    """Return words that name the nearest of ``options``, or nothing.

    >>> near("Harbor board", ["Harbour board", "Parks board"]), near("x", ["Parks board"])
    (" (nearest: 'Harbour board')", '')
    """
    found = difflib.get_close_matches(name, list(options), n=1, cutoff=0.8)
    return f" (nearest: {found[0]!r})" if found else ""


@contextmanager
def given_as(parameter: str, where: str = "") -> Iterator[None]:
    """Let what is refused within name the parameter that asked for it, where it does not.

    ``where`` is the file that gave it, told where the error names no other.

    >>> with given_as("breakdowns"):
    ...     known("age", ["site"], "group")
    Traceback (most recent call last):
    coee_nb.errors.ParameterError: parameter 'breakdowns': no group 'age'. Expected: one of site.
    """
    try:
        yield
    except CoeeError as error:
        if parameter in str(error):
            raise
        told = f"parameter {parameter!r}: {error.found}"
        kept = {"where": error.where or where, "expected": error.expected, "do": error.do}
        raise type(error)(told, **kept) from error
