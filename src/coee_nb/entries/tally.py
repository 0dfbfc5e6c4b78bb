"""One pass over the rows: every check at once, counted by month and unit.

Each row gets one number whose bits say which checks it fails, which fields it has and which of its
amounts are negative. Rows are then counted and summed by month, unit and that number: any count,
share, overlap or total with some rows set aside is a sum over few groups, and exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add, or_
from typing import TYPE_CHECKING, Any

import pandas as pd

from coee_nb.entries.checks import DUPLICATE, NEGATIVE, PRESENT, EntryCheck
from coee_nb.entries.layout import MONEY

if TYPE_CHECKING:
    import ibis

    from coee_nb.entries.engine import Engine

KEYS = ["month", "center", "bits"]
TOGETHER = 5  # conditions that are looked through as one where few of them hold
NO_NUMBER = "no entry_number"  # known after the duplicates were sought


@dataclass(frozen=True)
class Bits:
    """Which bit of a row's number says what: the checks, the fields there, negative amounts."""

    checks: tuple[EntryCheck, ...]

    @property
    def names(self) -> list[str]:
        """Return what each bit says, from the lowest."""
        return [
            *(one.id for one in self.checks),
            *(f"has {name}" for name in PRESENT),
            *(f"negative {name}" for name in MONEY),
            NO_NUMBER,
        ]

    def of(self, name: str) -> int:
        """Return the number with only the bit of this name."""
        return 1 << self.names.index(name)

    def any(self, names: Iterable[str]) -> int:
        """Return the number with the bits of all these names."""
        return reduce(or_, map(self.of, names), 0)

    def expression(self, checks: Iterable[EntryCheck] | None = None) -> Any:
        """Return a row's number as an expression, with the bits of all ``checks``, or of these.

        Most rows fail nothing and have every field: what is put together of many bits is so for
        the others only, a few bits at a time.
        """
        from ibis import _

        asked = self.checks if checks is None else checks
        fails = {one.id: one.fails for one in asked if one.fails is not None}
        gaps = {name: fails.pop(name) for x in PRESENT if (name := f"missing_{x}") in fails}
        there = {f"has {name}": _[name].notnull() for name in PRESENT}
        lacks = [_[name].isnull() for name in PRESENT]  # as wide as the checks of what is missing
        presence = _where(lacks, self._number(gaps | there), self.any(there))
        below = {f"negative {name}": _[name] < 0 for name in MONEY}
        screens = [one.screen for one in asked if one.id in fails]
        unusual = [*_once(screens), *(() if NEGATIVE in fails else below.values())]
        named = list((fails | below).items())
        parts = [dict(named[k : k + TOGETHER]) for k in range(0, len(named), TOGETHER)]
        number = reduce(add, (_where(some.values(), self._number(some), 0) for some in parts))
        return presence + _where(unusual, number, 0)

    def _number(self, conditions: Mapping[str, Any]) -> Any:
        """Return the sum of the bits whose condition holds."""
        bits = (_where([holds], self.of(name), 0) for name, holds in conditions.items())
        return reduce(add, bits)


def _once(conditions: Iterable[Any]) -> Iterable[Any]:
    """Return each condition once: expressions can be told apart only by which object they are."""
    return {id(one): one for one in conditions}.values()


def _where(conditions: Iterable[Any], then: Any, otherwise: int) -> Any:
    """Return a number of 64 bits: ``then`` where any of the conditions holds."""
    import ibis

    whole = ibis.literal(then, "int64") if isinstance(then, int) else then
    return ibis.ifelse(reduce(or_, conditions), whole, ibis.literal(otherwise, "int64"))


def tally(rows: ibis.Table, bits: Bits) -> pd.DataFrame:
    """Return the rows counted and their amounts summed, in one pass.

    Columns: ``month`` (its first day, missing where the entry date is), ``center``, ``bits``,
    ``rows``, and ``duties``, ``taxes``, ``fees`` as exact decimals (0 where all are missing).
    """
    from ibis import _

    number = bits.expression([one for one in bits.checks if not one.of_unit])
    grouped = (
        rows.mutate(month=_.entry_date.truncate("M"), bits=number)
        .group_by(KEYS)
        .agg(rows=_.count(), **{name: _[name].sum() for name in MONEY})
    )
    for one in bits.checks:
        if one.of_unit:  # a group has one unit: asked of it, not of its rows
            grouped = grouped.mutate(bits=_.bits + _where([one.fails], bits.of(one.id), 0))
    return _as_frame(grouped)


def _as_frame(grouped: ibis.Table) -> pd.DataFrame:
    from decimal import Decimal

    table = grouped.to_pyarrow()
    frame = pd.DataFrame({name: table[name].to_pylist() for name in table.column_names})
    frame["month"] = pd.to_datetime(frame["month"]).dt.to_period("M")
    frame["rows"] = frame["rows"].astype("int64")
    frame["bits"] = frame["bits"].astype("int64")
    for name in MONEY:
        amounts = [Decimal("0.00") if x is None else Decimal(x) for x in frame[name]]
        frame[name] = pd.Series(amounts, dtype="object")
    return frame[[*KEYS, "rows", *MONEY]].sort_values(KEYS, ignore_index=True)


def duplicates(rows: ibis.Table, engine: Engine) -> ibis.Table | None:
    """Return the rows whose number stands more than once, whole; None where there are none.

    Numbers are first compared by a hash, which takes far less time and memory than comparing
    texts; rows of a hash that occurs twice are then compared by their text, so that the answer is
    exact whatever the hash does.
    """
    from ibis import _

    keyed = rows.filter(_.entry_number.notnull()).mutate(key=_.entry_number.hash())
    suspects = engine.repeated(keyed.select("key"), many=_count(rows))
    if not _count(suspects):
        return None
    held = keyed.semi_join(suspects, "key").drop("key")
    held = engine.keep(held)
    twice = held.group_by("entry_number").agg(copies=_.count()).filter(_.copies > 1)
    found = engine.keep(held.semi_join(twice, "entry_number"))
    return found if _count(found) else None


def _count(table: ibis.Table) -> int:
    return int(table.count().to_pyarrow().as_py())


def tally_with_duplicates(
    rows: ibis.Table, bits: Bits, engine: Engine
) -> tuple[pd.DataFrame, ibis.Table | None]:
    """Return the tally of `tally` with the duplicates' bit set, and the duplicate rows.

    Duplicates, and rows without a number, are counted by themselves and moved from one group to
    another.
    """
    from ibis import _

    groups = tally(rows, bits)
    blank = tally(rows.filter(_.entry_number.isnull()), bits)
    groups = _moved(groups, blank, bits.of(NO_NUMBER))
    found = duplicates(rows, engine)
    if found is not None:
        groups = _moved(groups, tally(found, bits), bits.of(DUPLICATE))
    return groups, found


def _moved(groups: pd.DataFrame, some: pd.DataFrame, bit: int) -> pd.DataFrame:
    """Return the groups where ``some`` of their rows have another bit set."""
    if some.empty:
        return groups
    sums = ["rows", *MONEY]
    less = some.assign(**{name: -some[name] for name in sums})
    whole = pd.concat([groups, less, some.assign(bits=some["bits"] | bit)], ignore_index=True)
    whole = whole.groupby(KEYS, dropna=False, as_index=False, sort=True)[sums].sum()
    return whole[whole["rows"] > 0].reset_index(drop=True)


def total(groups: pd.DataFrame, names: Sequence[str] = MONEY) -> Any:
    """Return the exact sum of amounts over groups."""
    from decimal import Decimal

    return sum((value for name in names for value in groups[name]), Decimal("0.00"))
