"""How the lists of a log are written, kept beside it, so that the next one needs no telling."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from coee_nb.engines.datewords.styles import DateStyle
from coee_nb.errors import InputError
from coee_nb.files import read_file, writing
from coee_nb.recommendations.sources.listing import CONSTANT, FIELDS, ListLayout, plain, tables_of
from coee_nb.recommendations.sources.source import Source

FILE = "sources.yaml"
_KEYS = (
    "list", "columns", "statuses", "sheet", "header_row", "date_order", "fiscal_year_end",
)  # fmt: skip
_HEAD = """\
# How the lists of this log are written. `coee recommendations import FILE` without --map reads a
# list as the last one here whose columns it has.
"""


def kept(folder: Path) -> dict[str, ListLayout]:
    """Return the layouts kept in a log's folder, by the name of the file last read so.

    Raises InputError for a file that is not as ``keep`` writes it.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    given = read_file(path).yaml(typed=False)
    if not isinstance(given, list):
        raise InputError("it is no list of layouts", where=str(path), do="remove the file")
    return dict(_layout(each, f"{path}, entry {i}") for i, each in enumerate(given, start=1))


def _layout(entry: Any, where: str) -> tuple[str, ListLayout]:
    strange = [key for key in entry if key not in _KEYS] if isinstance(entry, dict) else ["entry"]
    columns = {} if strange else entry.get("columns", {})
    strange += [name for name in columns if name not in FIELDS]
    if strange or not columns:
        raise InputError(
            f"{strange[0]!r} is unknown" if strange else "it has no columns",
            where=where,
            expected=f"{', '.join(_KEYS)}; columns of {', '.join(FIELDS)}",
        )
    row = str(entry.get("header_row", ""))
    if row and not row.isdecimal():
        raise InputError(f"header_row is {row!r}", where=where, expected="a number")
    style = DateStyle(entry.get("date_order", ""), entry.get("fiscal_year_end", ""))
    statuses, sheet = entry.get("statuses", {}), entry.get("sheet", "")
    return entry.get("list", ""), ListLayout(
        columns, style, statuses, sheet, int(row) if row else None
    )


def fitting(
    source: Source, layouts: dict[str, ListLayout], asked: ListLayout
) -> tuple[str, ListLayout] | None:
    """Return the layout, and its name, of which a file has every column; the last of several.

    One that says of a field what ``asked`` says otherwise does not fit.
    """
    for name, layout in reversed(layouts.items()):
        try:
            tables = tables_of(source, layout)
        except InputError:
            continue
        rows = [row for table in tables for row in table.rows[:60]]
        headers = [{plain(cell) for cell in row.cells} for row in rows]
        named = {plain(c) for c in layout.columns.values() if not c.startswith(CONSTANT)}
        agrees = all(layout.columns.get(f, c) == c for f, c in asked.columns.items())
        if named and agrees and any(named <= header for header in headers):
            return name, layout
    return None


def completed(layout: ListLayout, by: ListLayout) -> ListLayout:
    """Return ``layout`` with what it does not say as ``by`` says it."""
    return replace(
        layout,
        columns={**by.columns, **layout.columns},
        statuses={**by.statuses, **layout.statuses},
        style=DateStyle(
            layout.style.order or by.style.order,
            layout.style.fiscal_year_end or by.style.fiscal_year_end,
        ),
        sheet=layout.sheet or by.sheet,
        header_row=layout.header_row or by.header_row,
    )


def keep(folder: Path, name: str, layout: ListLayout) -> bool:
    """Keep how the list ``name`` is written; tell whether that is new.

    One that has the same columns takes the place of the older one.
    """
    before = kept(folder)
    others = {key: each for key, each in before.items() if each.columns != layout.columns}
    if before.get(name) == layout:
        return False
    others.pop(name, None)
    entries = [dict(_entry(key, each)) for key, each in (others | {name: layout}).items()]
    text = yaml.safe_dump(entries, sort_keys=False, allow_unicode=True, width=100)
    with writing(folder / FILE) as stream:
        stream.write(_HEAD + text)
    return True


def _entry(name: str, layout: ListLayout) -> Iterator[tuple[str, Any]]:
    """What an entry says; what takes the default is left out."""
    values = (
        name,
        dict(layout.columns),
        dict(layout.statuses),
        layout.sheet,
        layout.header_row,
        layout.style.order,
        layout.style.fiscal_year_end,
    )
    yield from ((key, value) for key, value in zip(_KEYS, values, strict=True) if value)
