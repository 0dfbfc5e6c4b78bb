"""Any CSV or Excel list of recommendations, by a mapping of its columns."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain
from typing import Any

from coee_nb.engines.datewords.periods import number_order
from coee_nb.engines.datewords.styles import FEDERAL, DateStyle
from coee_nb.errors import InputError
from coee_nb.recommendations.columns import CLOSED_STATUSES, OFFICE, OFFICIAL, RATING
from coee_nb.recommendations.sources import cell_values, pasted
from coee_nb.recommendations.sources.cell_values import Due
from coee_nb.recommendations.sources.cells import Row, Sheet, sheets_of
from coee_nb.recommendations.sources.reading import Excluded, Noted, Reading, Record, reading
from coee_nb.recommendations.sources.source import Source
from coee_nb.recommendations.sources.words import meant_status, normalised

FORMAT = "CSV or Excel list"
TEXT_FIELDS = ("issuer", "report", "number", "agency", "title", "text")
DATE_FIELDS = ("issued_on", "auditor_deadline_on", "updated_on", "closed_on")
# A due date as first given, as the list has it, and as revised: the last given is current.
DUE_FIELDS = ("original_ecd", "ecd", "revised_ecd")
AMOUNT_FIELDS = ("questioned_costs_usd", "funds_for_better_use_usd")
# What the log keeps in the list's own words, and what it calls them.
NOTED_FIELDS = {"risk": RATING, "official": OFFICIAL, "office": OFFICE}
OTHER_FIELDS = ("priority", "status", "concurrence", "narrative", "response")
FIELDS = (
    *TEXT_FIELDS, *DATE_FIELDS, *DUE_FIELDS, *AMOUNT_FIELDS, *OTHER_FIELDS, *NOTED_FIELDS,
)  # fmt: skip
CONSTANT = "="  # --map issuer="=DHS OIG" gives every row the same value
_NO_STYLE = DateStyle()
HEADER_LINES = 60  # among which the header is looked for


@dataclass(frozen=True)
class ListLayout:
    """How a list is written: all that it does not say itself.

    ``columns`` maps a field (``FIELDS``) to the header of its column, or to "=VALUE" for all rows;
    a field left out is looked for under its own name. ``statuses`` is what the list's own words for
    a status mean (``read_statuses``). ``sheet`` and ``header_row`` (counted from 1) are found where
    they are not given.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    style: DateStyle = _NO_STYLE
    statuses: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    header_row: int | None = None

    @property
    def names(self) -> set[str]:
        """The headers that the columns name, as they are compared."""
        named = {plain(c) for c in self.columns.values() if not c.startswith(CONSTANT)}
        return named or set(FIELDS)


_TOTAL = re.compile(r"(?:grand |sub-?)?totals?:?")
NO_COLUMN = "no column for"  # how the error begins that names the fields still to be mapped


def plain(header: str) -> str:
    r"""Return a header as headers are compared: on one line, in lower case.

    >>> plain("Target\nDate ")
    'target date'
    """
    return normalised(header).casefold()


def tables_of(source: Source, layout: ListLayout) -> list[Sheet]:
    """Return the sheets of a file, or the table of a text with each cell on a line of its own.

    Raises InputError for a spreadsheet that cannot be opened and for lines that do not come out
    even.
    """
    by_lines = pasted.sheet(source, layout.names, layout.header_row)
    return [by_lines] if by_lines else sheets_of(source)


def recognises(source: Source, layout: ListLayout | None = None) -> bool:
    """Tell whether the list names its columns as the log does: a status and what it is of."""
    try:
        header = _found(
            tables_of(source, layout or ListLayout()), layout or ListLayout(), source
        ).header
    except InputError:
        return False
    named = {plain(cell) for cell in header.cells}
    return "status" in named and bool(named & {"text", "number"})


def read(source: Source, *, as_of: date, layout: ListLayout | None = None) -> Reading:
    """Return the rows of the list.

    A cell that cannot be read keeps its words and costs its row nothing else: a date it does not
    give is not read, a status that is not understood is taken as open and flagged. A row without an
    issuer, a text or its cells is excluded. Raises InputError for an unknown field, and for a
    column, sheet or header the list does not have.

    Whether 05/06/2024 is of May or of June is decided for a column by its other dates (31/12/2024
    proves the day first) or by ``style.order``, and not at all where the two disagree.
    """
    layout = layout or ListLayout()
    here = _found(tables_of(source, layout), layout, source)
    at = _places(here.header, layout.columns, source)
    work = _Rows(source, here.header, at, as_of, _styles(here.body, at, layout.style), layout)
    found = (work.read(row) for row in here.body if any(cell.strip() for cell in row.cells))
    return reading(
        FORMAT, source, as_of=as_of, found=chain(here.table.aside, found), remark=here.remark
    )


@dataclass(frozen=True)
class _Place:
    """Where a list's header was found, and what was passed over."""

    table: Sheet
    index: int
    others: tuple[str, ...] = ()

    @property
    def header(self) -> Row:
        return self.table.rows[self.index]

    @property
    def body(self) -> list[Row]:
        return self.table.rows[self.index + 1 :]

    @property
    def remark(self) -> str:
        above = sum(any(c.strip() for c in row.cells) for row in self.table.rows[: self.index])
        told = [f"sheet {self.table.name!r}"] if self.others else []
        told += [f"header in line {self.header.line}"] if above else []
        told += [f"not read: {', '.join(map(repr, self.others))}"] if self.others else []
        return "; ".join(told)


def _found(tables: list[Sheet], layout: ListLayout, source: Source) -> _Place:
    """The row that holds most of the columns' names: the header, wherever it stands."""
    filled = [table for table in tables if any(any(c.strip() for c in r.cells) for r in table.rows)]
    if not filled:
        raise InputError("the list is empty", where=source.name, do="check the file")
    asked = [table for table in filled if plain(table.name) == plain(layout.sheet)]
    if layout.sheet and not asked:
        raise InputError(
            f"no sheet {layout.sheet!r}",
            where=source.name,
            expected=", ".join(table.name for table in filled) or "a text, which has no sheets",
        )
    names, best = layout.names, (-1, 0, 0)
    for number, table in enumerate(asked if layout.sheet else filled):
        for index, row in enumerate(table.rows[:HEADER_LINES]):
            if layout.header_row in (None, row.line) and any(cell.strip() for cell in row.cells):
                held = len({plain(cell) for cell in row.cells} & names)
                best = max(best, (held, -number, -index))
    if best[0] < 0:
        raise InputError(f"line {layout.header_row} holds no header", where=source.name)
    table = (asked if layout.sheet else filled)[-best[1]]
    return _Place(table, -best[2], tuple(t.name for t in filled if t is not table))


def _places(header: Row, columns: Mapping[str, str], source: Source) -> dict[str, int | str]:
    """Where each field is: the number of its column, or the value all rows share."""
    names = [plain(cell) for cell in header.cells]
    where = f"{source.name}, line {header.line}"
    for name, column in columns.items():
        if name not in FIELDS:
            raise InputError(
                f"unknown field {name!r}", expected=", ".join(FIELDS), do=_nearest(name, FIELDS)
            )
        if column.startswith(CONSTANT) or names.count(plain(column)) == 1:
            continue
        given = [normalised(cell) for cell in header.cells if cell.strip()]
        several = plain(column) in names
        nearest = _nearest(column, given) or "name the header's row with --header-row"
        raise InputError(
            f"{'several columns' if several else 'no column'} {column!r}",
            where=where,
            expected=", ".join(given),
            do="give each of them a name of its own in the file" if several else nearest,
        )
    own = {name: names.index(name) for name in FIELDS if name in names}
    mapped = {
        name: column[1:] if column.startswith(CONSTANT) else names.index(plain(column))
        for name, column in columns.items()
    }
    places = own | mapped
    if lacking := [name for name in ("issuer", "status", "text") if name not in places]:
        raise InputError(
            f"{NO_COLUMN} {' and '.join(lacking)}",
            where=where,
            do=f'add --map {lacking[0]}=COLUMN, or --map {lacking[0]}="=VALUE" for all rows',
        )
    return places


def _styles(rows: list[Row], at: dict[str, int | str], asked: DateStyle) -> dict[str, DateStyle]:
    """How each column writes its dates: as asked or as its own numbers prove, if they agree."""
    styles = {}
    for name, place in at.items():
        cells: Iterable[str] = (
            [place]
            if isinstance(place, str)
            else [r.cells[place] for r in rows if place < len(r.cells)]
        )
        orders = set().union(*map(number_order, cells)) | ({asked.order} - {""})
        styles[name] = replace(asked, order=orders.pop() if len(orders) == 1 else "")
    return styles


def _nearest(word: str, known: tuple[str, ...] | list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {near[0]!r}?" if near else ""


@dataclass(frozen=True)
class _Rows:
    """The rows of one list under way."""

    source: Source
    header: Row
    at: dict[str, int | str]
    as_of: date
    styles: dict[str, DateStyle]
    layout: ListLayout

    def read(self, row: Row) -> Record | Excluded:
        """Return what a row says, or why it does not say what it is of."""
        where = f"{self.source.name}, line {row.line}"
        begins = next((cell for cell in row.cells if cell.strip()), "")[:60]
        width = len(self.header.cells)
        if len(row.cells) < width or any(cell.strip() for cell in row.cells[width:]):
            return Excluded(where, begins, f"{len(row.cells)} cells, the header has {width}")
        cells = dict.fromkeys(FIELDS, "") | {
            name: (place if isinstance(place, str) else row.cells[place]).strip()
            for name, place in self.at.items()
        }
        missing = [name for name in ("issuer", "text") if not cells[name]]
        if missing:
            return Excluded(where, begins, f"no {missing[0]}")
        if _TOTAL.fullmatch(plain(begins)):
            return Excluded(where, begins, "a row of totals")
        return self._record(cells, where, self._status_at(row))

    def _status_at(self, row: Row) -> int:
        place = self.at["status"]
        found = None if isinstance(place, str) else row.offset(self.source, place)
        return -1 if found is None else found

    def _record(self, cells: dict[str, str], where: str, status_at: int) -> Record:
        facts, noted = self._facts(cells)
        updated, closed = facts.pop("updated_on"), facts.pop("closed_on")
        status, doubt = meant_status(cells["status"], own=self.layout.statuses, start=status_at)
        due = self._due(cells, facts["issued_on"], noted)
        noted += _in_own_words(cells)
        if status.word in ("", *CLOSED_STATUSES):
            noted += [Noted("due", due.words)] if due.words and not (due.ecd or due.unread) else []
        elif closed:
            noted.append(Noted("date closed", cells["closed_on"], f"the status is {status.word}"))
        return Record(
            where=where,
            stated_to=updated.due if updated else self.as_of,
            stated_from=updated and updated.starts,
            status=status,
            status_doubt=doubt,
            due=due,
            closed_on=closed and (closed.starts, closed.due),
            noted=tuple(noted),
            style=self.styles.get("narrative", self.styles.get("response", FEDERAL)),
            **_comments(cells),
            **facts,
        )

    def _facts(self, cells: dict[str, str]) -> tuple[dict[str, Any], list[Noted]]:
        """Read the cells of dates, amounts and agreement; what is not read keeps its words."""
        facts: dict[str, Any] = {name: normalised(cells[name]) for name in TEXT_FIELDS}
        facts["priority"] = cell_values.priority(cells["priority"])
        noted = []
        for name, reader in _READERS.items():
            try:
                facts[name] = reader(cells[name], self.styles.get(name, DateStyle()))
            except InputError as error:
                facts[name] = None
                noted.append(Noted(name, normalised(cells[name]), error.found))
        return facts, noted

    def _due(self, cells: dict[str, str], issued_on: date | None, noted: list[Noted]) -> Due:
        """The newest of the due dates that a row gives; what it replaced is a former date."""
        found = Due()
        for name in DUE_FIELDS:
            style = self.styles.get(name, DateStyle())
            given = cell_values.due(cells[name], style=style, issued_on=issued_on)
            if cell_values.is_blank(cells[name]) and found.words:
                continue
            if found.unread:
                noted.append(Noted("former due date", found.words, found.unread))
            found = given.after(found)
        return found


def _in_own_words(cells: dict[str, str]) -> list[Noted]:
    """What the log keeps as the list says it."""
    return [
        Noted(label, normalised(cells[name]))
        for name, label in NOTED_FIELDS.items()
        if not cell_values.is_blank(cells[name])
    ]


def _comments(cells: dict[str, str]) -> dict[str, Any]:
    """The comments, and whose they are: those of a column of responses are the agency's."""
    auditor, agency = cells["narrative"], cells["response"]
    if auditor and agency:
        return {"narrative": f"{auditor}\n\nAgency Response: {agency}"}
    return {"narrative": auditor or agency, "voice": "agency" if agency else "auditor"}


_READERS: dict[str, Callable[[str, DateStyle], Any]] = {
    **{name: lambda text, _: cell_values.amount(text) for name in AMOUNT_FIELDS},
    "concurrence": lambda text, _: cell_values.concurrence(text),
    "issued_on": lambda text, style: cell_values.day(text, style=style),
    "auditor_deadline_on": lambda text, style: cell_values.day(text, style=style),
    "updated_on": lambda text, style: cell_values.days(text, style=style),
    "closed_on": lambda text, style: cell_values.days(text, style=style),
}
