"""Sums of months against published annual figures, definition by definition."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pandas as pd

from coee_nb.checks import Fault, Rule, refuse
from coee_nb.collections.checks import OUTSIDE
from coee_nb.collections.parsing import yearly_frequency
from coee_nb.collections.units import Unit
from coee_nb.engines.ar1.periods import PERIODS_A_YEAR, frequency
from coee_nb.errors import InputError, ParameterError
from coee_nb.files import LINE, read_file
from coee_nb.findings import InputFile, input_file, rows_of
from coee_nb.paths import shown

RELATIONS = ("equals", "about", "more than")
TIES = "ties out"
DIFFERS = "does not tie out"
ANOTHER = "another definition"
INCOMPLETE = "year incomplete"
ANOTHER_UNIT = 100.0


@dataclass(frozen=True)
class PublishedYears:
    """Annual figures as printed.

    ``figures``: fiscal_year, definition, relation ("equals", "about", "more than"), amount,
    rounding (half a unit of the last printed digit), unit (in words; blank: the series' own),
    independent ("yes", "no" or blank: not said), source, file_line;
    ``totals``: the same of figures over several years, first_year beside fiscal_year; ``source``:
    the file with its account of rows.
    """

    figures: pd.DataFrame
    totals: pd.DataFrame
    source: InputFile

    def over(self, series: pd.Series, starts: int) -> "PublishedYears":
        """Return the figures with their account for a series: those of years that it has."""
        years = fiscal_year_sums(series, starts)["fiscal_year"]
        outside = int((~self.figures["fiscal_year"].isin(years)).sum())
        return replace(self, source=self.source.used_of({OUTSIDE: outside}))


@dataclass(frozen=True)
class TieOut:
    """Sums of months beside published figures.

    ``table``: fiscal_year, months (summed), total, definition, relation, published,
    rounding, difference (series less published), difference_percent, result (one of
    "ties out", "does not tie out", "another definition", "year incomplete"), independent, source
    and line (the year and definition as one word); ``totals``: years, definition, annual (sum
    of the published annual figures), published, difference, result, source; ``text``: the
    sentence a report may print; ``rows``: those of the published figures that ties or differences
    are of, in words. Differences are shown; nothing is adjusted to remove them.
    """

    table: pd.DataFrame
    totals: pd.DataFrame
    text: str
    rows: str

    @property
    def complete(self) -> pd.DataFrame:
        """Return the lines of complete fiscal years and the series' own definition."""
        return self.table[self.table["result"].isin([TIES, DIFFERS])]

    @property
    def failures(self) -> pd.DataFrame:
        """Return the lines of the series' own definition that do not tie out."""
        return self.table[self.table["result"] == DIFFERS]


def read_published(path: str | Path) -> PublishedYears:
    """Read published annual figures: fiscal_year, definition, relation, amount, source.

    Amounts stand with the digits that were printed, because these say how far a sum may differ by
    rounding alone; a column ``unit`` may say what they are counted in, else it is the series' own
    unit. ``amount_busd`` in place of ``amount`` holds billions of dollars. A total over years
    stands under ``2017-2019``. A column ``independent`` may say whether the figure comes from
    another count than the periods ("yes", "no"): a figure that these were copied with checks the
    copying alone. Raises InputError for a missing column, an unknown relation, or an amount or year
    that is no number.
    """
    file = read_file(path)
    raw = file.table(_COLUMNS)
    amount = next((name for name in (AMOUNT, BILLIONS) if name in raw), None)
    if amount is None:
        raise InputError(
            f"no column {AMOUNT!r} among {', '.join(map(repr, raw.columns))}",
            where=f"{shown(path)}, line 1",
            expected=f"the printed figures in {AMOUNT}, or in {BILLIONS} (billions of dollars)",
        )
    raw = raw.assign(**{AMOUNT: file.pointed(raw[amount], amount)})
    if amount == BILLIONS:
        raw["unit"] = "billion dollars"
    faults = [fault for row in raw.to_dict("records") for fault in _faults(row, shown(path))]
    refuse(faults)
    rows = [_figure(row) for row in raw.to_dict("records")]
    found = pd.DataFrame(rows, columns=["first_year", *_FIGURE])
    single = found["first_year"] == found["fiscal_year"]
    figures = found.loc[single, _FIGURE].reset_index(drop=True)
    totals = found[~single].reset_index(drop=True)
    return PublishedYears(figures, totals, input_file(path, rows=len(rows)))


AMOUNT, BILLIONS = "amount", "amount_busd"
_COLUMNS = ("fiscal_year", "definition", "relation", "source")
_RELATION = Rule(
    "collections.published.relation",
    "How does the printed figure relate to the amount?",
    "unknown relation",
    expected=", ".join(RELATIONS),
)
_AMOUNT = Rule(
    "collections.published.amount",
    "Are years and amount numbers?",
    "no year or no amount",
    expected="a year, or years such as 2017-2019, and an amount such as 34.573",
)
_INDEPENDENT = Rule(
    "collections.published.independent",
    "Is it said whether the figure comes from another count?",
    "unknown word",
    expected="yes, no or blank",
)
_FIGURE = [
    "fiscal_year", "definition", "relation", "amount", "rounding", "unit", "independent",
    "source", "file_line",
]  # fmt: skip


def _faults(row: dict, file: str) -> Iterator[Fault]:
    """Yield what is wrong with one line of published figures."""
    where = f"{file}, line {row[LINE]}"
    if row["relation"] not in RELATIONS:
        yield _RELATION.fault(where, f"relation {row['relation']!r}")
    try:
        years, amount = _years(row), Decimal(row[AMOUNT])
    except (ValueError, InvalidOperation):
        years, amount = [], Decimal("NaN")
    if not (amount.is_finite() and 0 < len(years) <= 2 and years == sorted(set(years))):
        found = f"fiscal year {row['fiscal_year']!r}, amount {row[AMOUNT]!r}"
        yield _AMOUNT.fault(where, found)
    if _independent(row) not in ("yes", "no", ""):
        yield _INDEPENDENT.fault(where, f"independent {row['independent']!r}")


def _years(row: dict) -> list[int]:
    return [int(year) for year in row["fiscal_year"].split("-")]


def _independent(row: dict) -> str:
    return row.get("independent", "").strip().lower()


def _figure(row: dict) -> dict:
    years, amount = _years(row), Decimal(row[AMOUNT])
    return {
        "first_year": years[0],
        "fiscal_year": years[-1],
        "independent": _independent(row),
        "definition": row["definition"],
        "relation": row["relation"],
        "amount": float(amount),
        "unit": (row.get("unit") or "").strip(),
        "rounding": float(Decimal("0.5").scaleb(int(amount.as_tuple().exponent))),
        "source": row["source"],
        "file_line": row[LINE],
    }


def tie_out(
    series: pd.Series,
    published: PublishedYears,
    *,
    definition: str,
    starts: int = 10,
    unit: Unit | None = None,
) -> TieOut:
    """Compare fiscal-year sums of ``series`` with the published figures.

    ``definition`` is what the series counts: only figures of that definition can tie out, within
    the rounding of the printed digits; figures of other definitions are shown beside the sums.
    ``starts``: the first month of a fiscal year; ``unit`` of the series, to which figures of
    another size (thousands, millions) are brought.
    Raises InputError when nothing is published under that definition, when figures are in a unit
    that is not the series', and when every complete year differs a hundredfold or
    more: the unit is then another than the one stated.
    """
    refuse_undefined(published, definition)
    unit = unit or Unit()
    published = _in_unit(published, unit)
    sums = fiscal_year_sums(series, starts)
    table = published.figures.merge(sums, on="fiscal_year", how="inner")
    table = table.rename(columns={"amount": "published"})
    table["difference"] = table["total"] - table["published"]
    table["difference_percent"] = 100 * table["difference"] / table["published"]
    table["result"] = [_result(row, definition) for row in table.to_dict("records")]
    table["line"] = [
        f"{year}-{'-'.join(name.replace(',', '').split())}"
        for year, name in zip(table["fiscal_year"], table["definition"], strict=True)
    ]
    _refuse_another_unit(table, published.source.path)
    columns = [
        "fiscal_year", "months", "total", "definition", "relation", "published",
        "rounding", "difference", "difference_percent", "result", "independent", "source",
        "line",
    ]  # fmt: skip
    own = table.loc[table["result"].isin([TIES, DIFFERS]), "file_line"]
    rows = rows_of(published.source, own.tolist())
    return TieOut(table[columns], _totals(published), _sentence(table, unit), rows)


def _in_unit(published: PublishedYears, unit: Unit) -> PublishedYears:
    """Return the figures in ``unit``; refuse those of another."""

    def converted(figures: pd.DataFrame) -> pd.DataFrame:
        factors = [_factor(one, unit, published.source.path) for one in figures["unit"]]
        amounts = figures[["amount", "rounding"]].mul(factors, axis=0)
        return figures.assign(**{name: amounts[name] for name in amounts})

    return replace(
        published, figures=converted(published.figures), totals=converted(published.totals)
    )


def _factor(words: str, unit: Unit, where: str) -> float:
    """Return how many of ``unit`` one of a figure's unit is."""
    own = Unit(words)
    same = own.noun.casefold() == unit.noun.casefold() or (own.is_money and unit.is_money)
    if words and not same:
        raise InputError(
            f"figures in {own.name}, but the series' unit is {unit.name or 'not said'}",
            where=where,
            expected="figures in the unit of the series, or in thousands or millions of it",
            do="say what the series is counted in (unit, unit_factor), such as million dollars",
        )
    return own.factor / unit.factor if words else 1.0


def _totals(published: PublishedYears) -> pd.DataFrame:
    """Return each published total over years beside the sum of its published annual figures."""
    rows = []
    for total in published.totals.to_dict("records"):
        figures = published.figures
        years = figures["fiscal_year"].between(total["first_year"], total["fiscal_year"])
        own = figures[years & (figures["definition"] == total["definition"])]
        whole = len(own) == total["fiscal_year"] - total["first_year"] + 1
        difference = own["amount"].sum() - total["amount"]
        slack = own["rounding"].sum() + total["rounding"] + 1e-6
        result = INCOMPLETE if not whole else TIES if abs(difference) <= slack else DIFFERS
        rows.append(
            {
                "years": f"{total['first_year']}-{total['fiscal_year']}",
                "definition": total["definition"],
                "annual": own["amount"].sum() if whole else float("nan"),
                "published": total["amount"],
                "difference": difference if whole else float("nan"),
                "result": result,
                "source": total["source"],
            }
        )
    columns = [
        "years", "definition", "annual", "published", "difference", "result",
        "source",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _refuse_another_unit(table: pd.DataFrame, where: str) -> None:
    own = table[table["result"].isin([TIES, DIFFERS])]
    share = (own["total"] / own["published"]).abs()
    if len(own) and ((share >= ANOTHER_UNIT) | (share <= 1 / ANOTHER_UNIT)).all():
        raise InputError(
            f"the periods of {own['fiscal_year'].iloc[0]} add up to {share.iloc[0]:.3g} times the "
            f"published figure, and no year comes closer than a factor of {ANOTHER_UNIT:.0f}",
            where=where,
            expected="amounts in the unit stated",
            do="set unit and unit_factor to those of the file's amounts",
        )


def refuse_undefined(published: PublishedYears, definition: str) -> None:
    """Raise InputError when nothing is published under ``definition``."""
    known = sorted(set(published.figures["definition"]))
    if definition not in known:
        raise InputError(
            f"no published figure of {definition!r}",
            where=published.source.path,
            expected=f"one of {'; '.join(known) or 'none at all'}",
            do="set definition to what the amounts count",
        )


def fiscal_year_sums(series: pd.Series, starts: int = 10) -> pd.DataFrame:
    """Return fiscal_year, months (covered by a value) and total of a series.

    A fiscal year begins with the month ``starts`` and is named after the year it ends in.
    """
    if frequency(series.index) == "Q" and starts % 3 != 1:
        raise ParameterError(
            f"fiscal_year_starts {starts} with a quarterly series",
            expected="1, 4, 7 or 10: a fiscal year of whole quarters",
        )
    each = 12 // PERIODS_A_YEAR[frequency(series.index)]
    first = series.index.asfreq("M", "start").shift((13 - starts) % 12)
    years = series.index.year if each == 12 else first.year
    grouped = series.dropna().groupby(pd.Index(years, name="fiscal_year")[series.notna()])
    sums = grouped.agg(["size", "sum"]).reset_index()
    sums.columns = ["fiscal_year", "months", "total"]
    return sums.assign(months=each * sums["months"])


def complete_years(series: pd.Series, starts: int = 10) -> pd.Series:
    """Return the sums of complete fiscal years as a yearly series, in the unit of ``series``."""
    sums = fiscal_year_sums(series, starts)
    whole = sums[sums["months"] == 12]
    index = pd.PeriodIndex(
        whole["fiscal_year"].astype(str), freq=yearly_frequency(starts), name="fiscal_year"
    )
    return pd.Series(whole["total"].to_numpy(), index=index, name=series.name)


def _result(row: dict, definition: str) -> str:
    if row["definition"] != definition:
        return ANOTHER
    if row["months"] < 12:
        return INCOMPLETE
    # A hair of slack: sums of cents in floating point are not exact.
    slack = row["rounding"] + 1e-9 * abs(row["published"])
    if row["relation"] == "more than":
        ties = row["difference"] > -slack
    else:
        ties = abs(row["difference"]) <= slack
    return TIES if ties else DIFFERS


def _worth(independent: pd.Series) -> str:
    """Say what a match is worth, by how independent the published figures are of the months."""
    if len(independent) and (independent == "yes").all():
        return " of an independent count"
    if len(independent) and (independent == "no").all():
        return " of the same publication, which checks the copying and not the amounts"
    return "; how independent these figures are is not said for all of them"


def _sentence(table: pd.DataFrame, unit: Unit) -> str:
    """Return how many fiscal years tie out, and the largest difference where one does not."""
    own = table[table["result"].isin([TIES, DIFFERS])]
    if own.empty:
        return "No complete fiscal year of this series has a published figure of its definition."
    ties = int((own["result"] == TIES).sum())
    said = f"{ties} of {len(own)} complete fiscal years tie out to the published figure"
    said += _worth(own["independent"])
    missed = own[own["result"] == DIFFERS]
    if missed.empty:
        return f"{said}."
    worst = missed.loc[missed["difference"].abs().idxmax()]
    gap = unit.say(worst["difference"], 0)
    return f"{said}; the largest difference is {gap} in fiscal year {worst['fiscal_year']}."
