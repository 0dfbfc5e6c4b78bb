"""From the tally to what a reviewer reads: failing rows by check, year, unit and number."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from coee_nb.entries.checks import EntryCheck
from coee_nb.entries.layout import MONEY, UNKNOWN_YEAR
from coee_nb.entries.tally import NO_NUMBER, Bits, total

COUNTED = ["failing", "of", "share", "touched", "touched_share"]


@dataclass(frozen=True)
class Counted:
    """What the checks found.

    ``by_check``: id, problem (what a failing row has), question, severity, failing, of (rows that
    can be asked), share, touched (dollars of the failing rows, without their signs),
    touched_share (of all dollars);
    ``by_cell``: id, fiscal_year (0: unknown), center, failing, of, share, touched;
    ``by_number``: rows by how many checks they fail; ``rows`` and ``totals`` of all.
    """

    by_check: pd.DataFrame
    by_cell: pd.DataFrame
    by_number: pd.DataFrame
    rows: int
    totals: Mapping[str, Decimal]
    touched: Decimal
    errors: int
    errors_touched: Decimal
    unusual: int
    unusual_touched: Decimal

    @property
    def problems(self) -> dict[str, str]:
        """Return what a row has that fails a check, by the check's id."""
        return dict(zip(self.by_check["id"], self.by_check["problem"], strict=True))


def without_signs(groups: pd.DataFrame, bits: Bits) -> pd.Series:
    """Return each group's amounts added up without their signs, exactly.

    The rows of a group agree in the sign of each amount, so that its sum has it too.
    """
    sums = [groups[name].map(abs) for name in MONEY]
    return pd.Series([sum(row, Decimal(0)) for row in zip(*sums, strict=True)], groups.index)


def counted(groups: pd.DataFrame, bits: Bits, *, starts: int = 10) -> Counted:
    """Return the failing rows by check, by check and fiscal year and unit, and by their number.

    ``groups`` are those of `tally.tally_with_duplicates`, with ``center`` as it is to be shown;
    ``starts`` is the first month of a fiscal year.
    """
    groups = groups.assign(
        touched=without_signs(groups, bits), fiscal_year=fiscal_years(groups["month"], starts)
    )
    of_all = sum(groups["touched"], Decimal(0))
    lines, cells = [], []
    for check in bits.checks:
        fails, asked = _fails(groups, bits, check), _asked(groups, bits, check)
        lines.append(_line(check, groups, fails, asked, of_all))
        cells.append(_cells(check, groups, fails, asked))
    errors = [one.id for one in bits.checks if one.severity == "error"]
    unusual = [one.id for one in bits.checks if one.severity == "unusual"]
    bad, odd = ((groups["bits"] & bits.any(ids)) > 0 for ids in (errors, unusual))
    return Counted(
        pd.DataFrame(lines),
        pd.concat(cells, ignore_index=True),
        _by_number(groups, bits),
        int(groups["rows"].sum()),
        {name: total(groups, [name]) for name in MONEY},
        of_all,
        int(groups["rows"][bad].sum()),
        sum(groups["touched"][bad], Decimal(0)),
        int(groups["rows"][odd].sum()),
        sum(groups["touched"][odd], Decimal(0)),
    )


def fiscal_years(months: pd.Series, starts: int) -> pd.Series:
    """Return the fiscal year of each month, 0 where there is none."""
    year, month = months.dt.year, months.dt.month
    found = year + ((month >= starts) & (starts > 1))
    return found.mask(months.isna(), UNKNOWN_YEAR).astype("int64")


def _fails(groups: pd.DataFrame, bits: Bits, check: EntryCheck) -> pd.Series:
    return (groups["bits"] & bits.of(check.id)) > 0


def _asked(groups: pd.DataFrame, bits: Bits, check: EntryCheck) -> pd.Series:
    """Tell the groups whose rows have what a check needs."""
    if "entry_number" in check.needs:
        return (groups["bits"] & bits.of(NO_NUMBER)) == 0
    needs = bits.any(f"has {name}" for name in check.needs if f"has {name}" in bits.names)
    return (groups["bits"] & needs) == needs


def _line(
    check: EntryCheck, groups: pd.DataFrame, fails: pd.Series, asked: pd.Series, of_all: Decimal
) -> dict:
    failing, of = int(groups["rows"][fails].sum()), int(groups["rows"][asked].sum())
    touched = sum(groups["touched"][fails], Decimal(0))
    return {
        "id": check.id,
        "problem": check.rule.wrong,
        "question": check.rule.question,
        "severity": check.severity,
        "failing": failing,
        "of": of,
        "share": share(failing, of),
        "touched": touched,
        "touched_share": share(touched, of_all),
    }


def share(part: float | Decimal, whole: float | Decimal) -> float:
    """Return a part of a whole; of nothing, not a number.

    >>> share(1, 4), share(1, 0)
    (0.25, nan)
    """
    return float(Fraction(part) / Fraction(whole)) if whole else float("nan")


def _cells(
    check: EntryCheck, groups: pd.DataFrame, fails: pd.Series, asked: pd.Series
) -> pd.DataFrame:
    keys = ["fiscal_year", "center"]
    zero = Decimal(0)
    cells = groups[keys].assign(
        failing=groups["rows"].where(fails, 0),
        of=groups["rows"].where(asked, 0),
        touched=groups["touched"].where(fails, zero),
    )
    found = cells.groupby(keys, sort=True, as_index=False).sum()
    shares = [share(a, b) for a, b in zip(found["failing"], found["of"], strict=True)]
    found.insert(4, "share", shares)
    found.insert(0, "id", check.id)
    return found


def _by_number(groups: pd.DataFrame, bits: Bits) -> pd.DataFrame:
    """Return checks failed (0, 1, 2, ...), rows, share (of all rows), touched."""
    mask = bits.any(one.id for one in bits.checks)
    failed = (groups["bits"] & mask).map(lambda value: int(value).bit_count())
    found = (
        groups.assign(failed=failed)
        .groupby("failed", as_index=False)
        .agg(rows=("rows", "sum"), touched=("touched", "sum"))
    )
    found.insert(2, "share", found["rows"] / max(int(groups["rows"].sum()), 1))
    return found


def without_rows(
    groups: pd.DataFrame, scope: tuple[date | None, date | None], starts: int
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return the fiscal years and the months (2016-10) between two days that no row is dated in.

    Where either day is not stated there are none to be sought.
    """
    if scope[0] is None or scope[1] is None:
        return (), ()
    months = pd.Series(pd.period_range(scope[0], scope[1], freq="M"))
    years = fiscal_years(months, starts)
    there = months.isin(set(groups["month"]))
    empty = sorted(set(years) - set(years[there]))
    return tuple(empty), tuple(str(month) for month in months[~there & ~years.isin(empty)])


def labelled(
    groups: pd.DataFrame, centers: Sequence[str], *, unknown: str, missing: str
) -> pd.DataFrame:
    """Return the groups with ``center`` as it is shown: a known one, ``unknown`` or ``missing``.

    Where no list of units is given, every unit is known.
    """
    known = set(centers)

    def label(center: str | None) -> str:
        if center is None or center != center:
            return missing
        return center if center in known or not known else unknown

    names: Callable = label
    return groups.assign(center=[names(one) for one in groups["center"]])
