"""Which format a file has: each reader is asked whether it knows the text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import ModuleType

from coee_nb.engines.datewords.styles import DateStyle
from coee_nb.errors import InputError
from coee_nb.recommendations.sources import (
    california,
    dhs_oig,
    gao_csv,
    gao_database,
    gao_page,
    headers,
    listing,
    oversight,
)
from coee_nb.recommendations.sources.reading import Reading
from coee_nb.recommendations.sources.source import Source, open_source

READERS: tuple[ModuleType, ...] = (
    gao_csv,
    gao_page,
    gao_database,
    oversight,
    california,
    dhs_oig,
)
MAY_BE_READ = "by its column names this list may be read with {}; look at it and correct it"


def read_file(
    path: str | Path,
    *,
    as_of: date,
    columns: Mapping[str, str] | None = None,
    date_order: str = "",
    fiscal_year_end: str = "",
    statuses: Mapping[str, str] | None = None,
    sheet: str = "",
    header_row: int | None = None,
) -> Reading:
    """Return what the file at ``path`` says, as it was on ``as_of``.

    ``columns`` maps the log's fields to a list's columns and makes any CSV or Excel list readable;
    ``date_order`` and ``fiscal_year_end`` are of its dates (see ``DateStyle``),
    ``statuses`` is what its own words for a status mean, ``sheet`` and ``header_row`` where it is
    in a spreadsheet (see ``listing.ListLayout``).
    Raises InputError for a file that is not text, holds no recommendation or has no known format.
    """
    style = DateStyle(date_order, fiscal_year_end)
    layout = listing.ListLayout(columns or {}, style, statuses or {}, sheet, header_row)
    return read_source(open_source(path), as_of=as_of, layout=layout)


def read_source(source: Source, *, as_of: date, layout: listing.ListLayout) -> Reading:
    """Return what an opened file says; ``layout`` is how a list is written (see ``read_file``)."""
    reader = listing if layout.columns else recognise(source, layout)
    if reader is listing:
        return _listed(source, as_of, layout)
    told = (
        (layout.statuses, f"the words of a {reader.FORMAT} are known", "--statuses"),
        (
            layout.style != DateStyle(),
            f"a {reader.FORMAT} writes its dates in one way",
            "--date-order and --fiscal-year-end",
        ),
        (
            layout.sheet or layout.header_row,
            f"a {reader.FORMAT} is no list",
            "--sheet and --header-row",
        ),
    )
    for given, found, option in told:
        if given:
            raise InputError(found, where=source.name, do=f"leave {option} out")
    return reader.read(source, as_of=as_of)


def _listed(source: Source, as_of: date, layout: listing.ListLayout) -> Reading:
    """Return what a list says; where a field has no column, tell which columns may be what."""
    try:
        return listing.read(source, as_of=as_of, layout=layout)
    except InputError as error:
        options = headers.suggested(source, layout.columns)
        if not options or not error.found.startswith(listing.NO_COLUMN):
            raise
        told = f"{error.do}; {MAY_BE_READ.format(options)}"
        raise InputError(error.found, where=error.where, do=told) from None


def recognise(source: Source, layout: listing.ListLayout | None = None) -> ModuleType:
    """Return the reader that knows the file's format.

    Raises InputError when none does.
    """
    for reader in READERS:
        if reader.recognises(source):
            return reader
    if listing.recognises(source, layout):
        return listing
    options = headers.suggested(source)
    raise InputError(
        "no reader knows this format",
        where=source.name,
        expected=", ".join(reader.FORMAT for reader in (*READERS, listing)),
        do=MAY_BE_READ.format(options)
        if options
        else "for a CSV or Excel list, name its columns with --map field=COLUMN",
    )
