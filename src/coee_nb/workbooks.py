"""Tables as an Excel workbook that nothing in it can turn into a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from coee_nb import formats as fmt
from coee_nb.outputs import spreadsheet_safe

WIDEST, LONGEST, NAME = 60, 32_000, 31  # characters of a column, of a cell, of a sheet's name
TABS = 12  # more sheets than a screen shows the names of


@dataclass(frozen=True)
class WorkbookSheet:
    """Columns of values to be one sheet, their headings, and what the list of sheets says of it."""

    name: str
    columns: Sequence[Sequence[Any]]
    headings: Sequence[str]
    about: Sequence[str] = ()


def workbook(
    sheets: Iterable[WorkbookSheet],
    *,
    made_on: date,
    about: str = "about",
    titles: Sequence[str] = ("what it shows", "note", "origin"),
) -> bytes:
    """Return tables as an Excel workbook: a sheet each, its header frozen, nothing a formula.

    Columns are as wide as their text, up to `WIDEST` characters; text beyond `LONGEST` is cut and
    says so. The last sheet, called ``about``, lists the others under ``titles``; a workbook of more
    than `TABS` opens on it. ``made_on`` is the day that the file says of itself, so that the same
    tables are the same bytes.
    """
    stream, listed, taken = io.BytesIO(), [], {about}
    with _opened(stream) as book:
        book.set_properties({"created": datetime.combine(made_on, time())})
        day, bold = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"bold": True})
        for one in sheets:
            name = _free(one.name, taken)
            columns = [[_cell(value) for value in column] for column in one.columns]
            _fill(book.add_worksheet(name), list(one.headings), columns, day, bold)
            said = [*one.about, *[""] * (len(titles) - len(one.about))]
            listed.append([_cell(part) for part in (name, *said)])
        columns = [[line[place] for line in listed] for place in range(len(titles) + 1)]
        contents = book.add_worksheet(about)
        _fill(contents, ["sheet", *titles], columns, day, bold)
        if len(listed) > TABS:
            contents.activate()
            contents.set_first_sheet()
    return stream.getvalue()


@contextmanager
def _opened(stream: io.BytesIO) -> Iterator[Any]:
    """Give a workbook that is written to ``stream`` at the end; OSError where the disk is full."""
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    try:
        with Workbook(stream, {"constant_memory": True}) as book:
            yield book
    except FileCreateError as error:  # of the files aside that it is put together from
        raise error.args[0] from error


def _free(name: str, taken: set[str]) -> str:
    """Return a name for a sheet that no other has, and take it."""
    found, number = name[:NAME], 1
    while found.lower() in taken:
        number += 1
        found = f"{name[: NAME - len(str(number)) - 1]}_{number}"
    taken.add(found.lower())
    return found


def _fill(sheet: Any, headings: list[str], columns: list[list], day: Any, bold: Any) -> None:
    """Fill a sheet line by line; what is text stays text, whatever a program would make of it."""
    sheet.freeze_panes(1, 1)
    for place, (heading, values) in enumerate(zip(headings, columns, strict=True)):
        longest = max((len(str(value)) for value in values[:500]), default=0)
        sheet.set_column(place, place, min(max(longest, len(heading)) + 2, WIDEST))
        sheet.write_string(0, place, _cell(heading), bold)
    for line, row in enumerate(zip(*columns, strict=True), start=1):
        for place, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(line, place, value)
            elif isinstance(value, bool):
                sheet.write_boolean(line, place, value)
            elif isinstance(value, date):
                sheet.write_datetime(line, place, value, day)
            elif value is not None:
                sheet.write_number(line, place, value)


def _cell(value: Any) -> Any:
    """Return a value as a cell may hold it: no control characters, no formula, what fits."""
    if fmt.is_missing(value):
        return None
    if isinstance(value, datetime):
        return value.date()
    if not isinstance(value, str):
        return value
    text = spreadsheet_safe(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… (cut: {len(text):,} characters)"
