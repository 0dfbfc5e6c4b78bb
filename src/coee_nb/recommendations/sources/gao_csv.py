"""The CSV download of GAO's recommendations database."""

from __future__ import annotations

import re
from datetime import date
from itertools import chain

from coee_nb.engines.datewords.periods import find_periods
from coee_nb.engines.datewords.styles import FEDERAL
from coee_nb.errors import InputError
from coee_nb.recommendations.sources import cell_values
from coee_nb.recommendations.sources.cells import Row, rows_of
from coee_nb.recommendations.sources.gao_page import official
from coee_nb.recommendations.sources.reading import Excluded, Noted, Reading, Record, reading
from coee_nb.recommendations.sources.source import Source
from coee_nb.recommendations.sources.words import meant_status, normalised

FORMAT = "GAO recommendations CSV"
HEADER = (
    "Publication Name", "Publication Number", "Date Publication Issued", "Director Name",
    "Director Phone", "Agency", "Recommendation", "Status", "Priority", "Comments",
)  # fmt: skip
_AS_OF = re.compile(r"status as of (?P<day>[A-Z][a-z]+\.? \d{1,2}, \d{4})")
_NUMBER = re.compile(r"\(Recommendation (\w+)\)\.?\s*$")


def recognises(source: Source) -> bool:
    """Tell whether the text has the download's header."""
    return any(name in source.text[:3000] for name in HEADER[:2]) and "Status" in source.text


def read(source: Source, *, as_of: date) -> Reading:
    """Return the rows of the download, one an agency and recommendation.

    Its preamble says when the statuses held; ``as_of`` is used where that line is missing. It
    does not say how many recommendations there are. Rows of another width, without a status or
    without text are excluded. Raises InputError when a column of the header is missing.
    """
    rows, aside = rows_of(source)
    at = _header(rows, source)
    stated = _stated(source) or as_of
    found = (
        _record(source, row, _columns(rows[at]), stated)
        for row in rows[at + 1 :]
        if any(cell.strip() for cell in row.cells)
    )
    return reading(
        FORMAT,
        source,
        as_of=as_of,
        found=chain(aside, found),
        remark="the download does not say how many recommendations there are",
    )


def _header(rows: list[Row], source: Source) -> int:
    for i, row in enumerate(rows):
        if sum(cell.strip() in HEADER for cell in row.cells) >= 5:
            missing = [name for name in HEADER if name not in _columns(row)]
            if missing:
                where = f"{source.name}, line {row.line}"
                raise InputError(
                    f"no column {missing[0]!r}", where=where, expected=", ".join(HEADER)
                )
            return i
    raise InputError("the header row is missing", where=source.name, expected=", ".join(HEADER))


def _columns(header: Row) -> dict[str, int]:
    return {cell.strip(): i for i, cell in enumerate(header.cells) if cell.strip()}


def _stated(source: Source) -> date | None:
    match = _AS_OF.search(normalised(source.text[:2000]))
    found = find_periods(match["day"]) if match else ()
    return found[0].due if found else None


def _record(source: Source, row: Row, columns: dict[str, int], stated: date) -> Record | Excluded:
    where = f"{source.name}, line {row.line}"
    width = max(columns.values()) + 1
    begins = next((cell for cell in row.cells if cell.strip()), "")[:60]
    if len(row.cells) < width or any(cell.strip() for cell in row.cells[width:]):
        return Excluded(where, begins, f"{len(row.cells)} cells, the header has {width}")
    cell = {name: row.cells[i].strip() for name, i in columns.items()}
    issued, noted = _issued(cell["Date Publication Issued"])
    if not cell["Recommendation"]:
        return Excluded(where, begins, "no text of the recommendation")
    number = _NUMBER.search(normalised(cell["Recommendation"]))
    status_at = row.offset(source, columns["Status"])
    status, doubt = meant_status(cell["Status"], start=-1 if status_at is None else status_at)
    return Record(
        issuer="GAO",
        where=where,
        stated_to=stated,
        report=cell["Publication Number"],
        number=number.group(1) if number else "",
        agency=official(cell["Agency"]),
        title=normalised(cell["Publication Name"]),
        text=cell["Recommendation"],
        issued_on=issued,
        priority={"yes": "yes", "no": "no"}.get(cell["Priority"].lower(), ""),
        status=status,
        status_doubt=doubt,
        noted=noted,
        narrative=cell["Comments"],
        narrative_start=_narrative_start(source, row, columns["Comments"]),
    )


def _issued(text: str) -> tuple[date | None, tuple[Noted, ...]]:
    """The issue date, or the words that are kept in its place."""
    try:
        return cell_values.day(text, style=FEDERAL), ()
    except InputError as error:
        return None, (Noted("issued_on", text, error.found),)


def _narrative_start(source: Source, row: Row, column: int) -> int | None:
    """Where the comments begin; None when doubled quotes would shift every offset after them."""
    return None if '"' in row.cells[column] else row.offset(source, column)
