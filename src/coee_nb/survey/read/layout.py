"""Where the codebook's columns stand in an export, and what its answers look like there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coee_nb.errors import InputError
from coee_nb.survey.codebook import Codebook
from coee_nb.survey.questions.embedded import EMBEDDED
from coee_nb.survey.questions.item import Item
from coee_nb.survey.questions.kinds import kind_of
from coee_nb.survey.questions.plain import plain_code, plain_label
from coee_nb.survey.read.exports import Body, Coded, Export


@dataclass(frozen=True)
class Layout:
    """Where each item's sources stand in the export, and the columns nobody asked for.

    ``unmapped`` may hold answers, ``aside`` hold none, such as what the tool notes.
    """

    of: Mapping[str, tuple[int, ...]]
    items: Mapping[str, Item]
    repeated: tuple[str, ...]
    unmapped: tuple[int, ...]
    aside: tuple[int, ...]

    @property
    def positions(self) -> list[int]:
        """The columns to read."""
        return [position for positions in self.of.values() for position in positions]


def find_layout(export: Export, codebook: Codebook) -> Layout:
    """Return where the codebook's columns stand, by ImportId first and by name otherwise.

    Raises InputError for a source that is absent, ambiguous or points at a person.
    """
    places = _places(export)
    found = {
        item.name: tuple(
            _position(source, f"item {item.name}", places, export) for source in item.sources
        )
        for item in codebook.every_item
    }
    absent = [
        source
        for item in codebook.every_item
        for source, position in zip(item.sources, found[item.name], strict=True)
        if position is None
    ]
    if len(absent) == sum(len(item.sources) for item in codebook.every_item):
        raise InputError(
            "none of the codebook's columns is in the header",
            where=export.where,
            expected=f"a header row with {absent[0]}, as a name or an ImportId",
            do="check that the file has its header rows and that the codebook is this survey's",
        )
    if absent:
        raise InputError(
            f"no column {_listed(absent)}",
            where=export.where,
            expected=f"every source of {codebook.where}",
            do="correct the codebook or export the columns",
        )
    names = [name for name in export.names if name]
    used = {position for positions in found.values() for position in positions}
    others = [position for position in range(len(export.names)) if position not in used]
    noted = [place for place in others if place in export.aside.keys() - export.personal.keys()]
    return Layout(
        {name: tuple(p for p in own if p is not None) for name, own in found.items()},
        {item.name: item for item in codebook.every_item},
        tuple(dict.fromkeys(name for name in names if names.count(name) > 1)),
        tuple(place for place in others if place not in export.aside),
        tuple(noted),
    )


def _places(export: Export) -> dict[str, list[int]]:
    """Return the positions of every ImportId and, where no ImportId is so called, of every name.

    Older forms write QID2-1 for QID2_1: both spellings lead to the column.
    """
    places: dict[str, list[int]] = {}
    for spelling in (lambda key: key, lambda key: key.replace("-", "_")):
        for keys in (export.import_ids, export.names, export.sources):
            found: dict[str, list[int]] = {}
            for position, key in enumerate(keys):
                found.setdefault(spelling(key), []).append(position)
            places = found | places
    places.pop("", None)
    return places


def column_called(source: str, export: Export, *, of: str) -> int | None:
    """Return the column that is called ``source``, by ImportId or name; None where there is none.

    Raises InputError that names what it is ``of`` where several are called so, or where it points
    at a person.
    """
    return _position(source, of, _places(export), export)


def _position(source: str, of: str, places: Mapping[str, list[int]], export: Export) -> int | None:
    positions = places.get(source) or places.get(source.replace("-", "_")) or []
    if not positions:
        return None
    if len(positions) > 1:
        raise InputError(
            f"{len(positions)} columns are called {source}",
            where=f"{export.where}, {of}",
            do="name the column by its ImportId",
        )
    if positions[0] in export.personal:
        raise InputError(
            "a column is asked for that points at a person",
            where=f"{export.where}, {of}",
            do="ask for another, or for none; such columns are never read",
        )
    return positions[0]


def answers_given(layout: Layout, body: Body) -> np.ndarray:
    """Return how many cells of items each row fills in; a group is no answer."""
    answers = np.zeros(len(body.numbers), int)
    for _, given in _given(layout, body):
        answers += given
    return answers


def contradicting(layout: Layout, body: Body, ids: np.ndarray, candidates: np.ndarray) -> int:
    """Return how many ids of ``candidates`` (a mask of rows) give one cell two answers."""
    repeated = candidates & pd.Series(ids).where(candidates).duplicated(keep=False).to_numpy()
    found: set[str] = set()
    for column, given in _given(layout, body) if repeated.any() else ():
        own = repeated & given
        cells = pd.DataFrame({"id": ids[own], "text": column.take(own).cells()})
        different = cells.groupby("id")["text"].nunique()
        found |= set(different.index[different > 1])
    return len(found)


def _given(layout: Layout, body: Body) -> Iterator[tuple[Coded, np.ndarray]]:
    """Yield each column of an item, and which rows answer in it."""
    for name, positions in layout.of.items():
        item = layout.items[name]
        if item.group or kind_of(item) is EMBEDDED:
            continue
        for position in positions:
            column = body.columns[position]
            unanswered = (kind_of(item).unanswered(text, item) for text in column.texts)
            yield column, ~column.where(unanswered)


def screened_out(layout: Layout, body: Body) -> np.ndarray:
    """Return who gave an answer that, by the codebook, ends the survey."""
    screened = np.zeros(len(body.numbers), bool)
    for name, positions in layout.of.items():
        item = layout.items[name]
        ends = item.screened_out | {c for c, label in item.codes if label in item.screened_out}
        for position in positions if ends else ():
            column = body.columns[position]
            screened |= column.where(
                plain_label(text) in ends or plain_code(text) in ends for text in column.texts
            )
    return screened


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return ", ".join(names[:8]) + more
