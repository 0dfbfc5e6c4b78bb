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
    gao_page,
    listing,
    oversight,
)
from coee_nb.recommendations.sources.reading import Reading
from coee_nb.recommendations.sources.source import Source, open_source

READERS: tuple[ModuleType, ...] = (gao_csv, gao_page, oversight, california, dhs_oig)


def read_file(
    path: str | Path,
    *,
    as_of: date,
    columns: Mapping[str, str] | None = None,
    date_order: str = "",
    fiscal_year_end: str = "",
    statuses: Mapping[str, str] | None = None,
) -> Reading:
    """Return what the file at ``path`` says, as it was on ``as_of``.

    ``columns`` maps the log's fields to a list's columns and makes any CSV or Excel list readable;
    ``date_order`` and ``fiscal_year_end`` are of its dates (see ``DateStyle``),
    ``statuses`` is what its own words for a status mean.
    Raises InputError for a file that is not text, holds no recommendation or has no known format.
    """
    source = open_source(path)
    style = DateStyle(date_order, fiscal_year_end)
    reader = listing if columns else recognise(source)
    if reader is listing:
        return listing.read(source, as_of=as_of, columns=columns, style=style, statuses=statuses)
    if statuses:
        raise InputError(
            f"the words of a {reader.FORMAT} are known",
            where=source.name,
            do="leave --statuses out",
        )
    if style != DateStyle():
        raise InputError(
            f"a {reader.FORMAT} writes its dates in one way",
            where=source.name,
            do="leave --date-order and --fiscal-year-end out",
        )
    return reader.read(source, as_of=as_of)


def recognise(source: Source) -> ModuleType:
    """Return the reader that knows the file's format.

    Raises InputError when none does.
    """
    for reader in (*READERS, listing):
        if reader.recognises(source):
            return reader
    raise InputError(
        "no reader knows this format",
        where=source.name,
        expected=", ".join(reader.FORMAT for reader in (*READERS, listing)),
        do="for a CSV or Excel list, name its columns with --map field=COLUMN",
    )
