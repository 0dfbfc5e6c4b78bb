"""Amounts by month and unit, exact, with the problem rows in and with those set aside left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from coee_nb.entries.checks import OUT_OF_SCOPE
from coee_nb.entries.layout import MONEY
from coee_nb.entries.reliability import fiscal_years, share
from coee_nb.entries.tally import Bits

ALL = "all_collections"
IN, OUT, NO_DATE, OUTSIDE = "in the series", "set aside", "without a date", "outside the scope"


@dataclass(frozen=True)
class MonthlySeries:
    """Monthly amounts, and what became of every row and dollar.

    ``table``: month (2016-10), fiscal_year, center, rows, duties, taxes, fees, collections (their
    sum), all without the rows set aside, and all_rows and all_collections with them; there is a
    line for every unit and month of the span, 0 where nothing came in. ``by_month``: month,
    collections, all_collections; ``by_year`` and ``by_center``: with the difference, and its share
    of all_collections.
    ``account``: part, rows, collections; its parts add up to all rows and dollars.
    """

    table: pd.DataFrame
    by_month: pd.DataFrame
    by_year: pd.DataFrame
    by_center: pd.DataFrame
    account: pd.DataFrame


def monthly(
    groups: pd.DataFrame,
    bits: Bits,
    *,
    set_aside: Sequence[str] = (),
    starts: int = 10,
) -> MonthlySeries:
    """Return the series of the months in the scope that the checks were asked with.

    ``set_aside`` are ids of checks whose failing rows are left out. A row belongs to the month of
    its entry date; one without a date, or with one outside the scope, is in the account only.
    """
    rows = groups.assign(
        collections=[sum(row, Decimal(0)) for row in zip(*(groups[n] for n in MONEY), strict=True)],
        part=_parts(groups, bits, set_aside),
    )
    placed = rows[rows["part"].isin([IN, OUT])]
    table = _table(placed, starts)
    account = rows.groupby("part", sort=False)[["rows", "collections"]].sum()
    account = account.reindex([IN, OUT, NO_DATE, OUTSIDE]).reset_index()
    account["rows"] = account["rows"].fillna(0).astype("int64")
    account["collections"] = [x if isinstance(x, Decimal) else Decimal("0.00")
                              for x in account["collections"]]  # fmt: skip
    by_month = table.groupby("month", as_index=False)[["collections", ALL]].sum()
    by_year, by_center = (_compared(table, name) for name in ("fiscal_year", "center"))
    return MonthlySeries(table, by_month, by_year, by_center, account)


def _parts(groups: pd.DataFrame, bits: Bits, set_aside: Sequence[str]) -> pd.Series:
    """Return what becomes of each group: without a date, outside, set aside, or in the series."""
    scope = [one.id for one in bits.checks if one.id == OUT_OF_SCOPE]
    aside, outside = ((groups["bits"] & bits.any(ids)) > 0 for ids in (set_aside, scope))
    part = pd.Series(IN, groups.index).mask(aside, OUT).mask(outside, OUTSIDE)
    return part.mask(groups["month"].isna(), NO_DATE)


def _table(placed: pd.DataFrame, starts: int) -> pd.DataFrame:
    keys, sums = ["month", "center"], ["rows", *MONEY, "collections"]
    inside = placed[placed["part"] == IN].groupby(keys)[sums].sum()
    every = placed.groupby(keys)[["rows", "collections"]].sum()
    every = every.rename(columns={"rows": "all_rows", "collections": ALL})
    index = _grid(placed)
    found = inside.join(every, how="outer").reindex(index)
    for name in ("rows", "all_rows"):
        found[name] = found[name].fillna(0).astype("int64")
    for name in (*MONEY, "collections", ALL):
        found[name] = [x if isinstance(x, Decimal) else Decimal("0.00") for x in found[name]]
    found = found.reset_index()
    found.insert(1, "fiscal_year", fiscal_years(found["month"], starts))
    return found.assign(month=found["month"].astype(str))


def _grid(placed: pd.DataFrame) -> pd.MultiIndex:
    """Return every month from the first to the last, with every unit."""
    months = pd.PeriodIndex([], freq="M")
    if len(placed):
        months = pd.period_range(placed["month"].min(), placed["month"].max(), freq="M")
    return pd.MultiIndex.from_product(
        [months, sorted(placed["center"].unique())], names=["month", "center"]
    )


def _compared(table: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return the sums with and without the rows set aside, by a column."""
    found = table.groupby(key, as_index=False)[["rows", "all_rows", "collections", ALL]].sum()
    found["difference"] = [b - a for a, b in zip(found["collections"], found[ALL], strict=True)]
    found["share"] = [share(d, a) for d, a in zip(found["difference"], found[ALL], strict=True)]
    return found
