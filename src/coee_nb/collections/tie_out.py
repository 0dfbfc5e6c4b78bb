"""Sums of months against published annual figures, definition by definition."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pandas as pd

from coee_nb import formats
from coee_nb.checks import Fault, Rule, refuse
from coee_nb.errors import InputError
from coee_nb.files import LINE, read_file
from coee_nb.findings import InputFile, input_file
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

    ``figures``: fiscal_year, definition, relation ("equals", "about", "more than"), amount_musd,
    rounding_musd (half a unit of the last printed digit), independent ("yes", "no" or blank: not
    said), source; ``totals``: the same of figures over several years, first_year beside
    fiscal_year; ``source``: the file.
    """

    figures: pd.DataFrame
    totals: pd.DataFrame
    source: InputFile


@dataclass(frozen=True)
class TieOut:
    """Sums of months beside published figures.

    ``table``: fiscal_year, months (summed), series_musd, definition, relation, published_musd,
    rounding_musd, difference_musd (series less published), difference_percent, result (one of
    "ties out", "does not tie out", "another definition", "year incomplete"), independent, source
    and line (the year and definition as one word); ``totals``: years, definition, annual_musd (sum
    of the published annual figures), published_musd, difference_musd, result, source; ``text``: the
    sentence a report may print. Differences are shown; nothing is adjusted to remove them.
    """

    table: pd.DataFrame
    totals: pd.DataFrame
    text: str

    @property
    def complete(self) -> pd.DataFrame:
        """Return the lines of complete fiscal years and the series' own definition."""
        return self.table[self.table["result"].isin([TIES, DIFFERS])]

    @property
    def failures(self) -> pd.DataFrame:
        """Return the lines of the series' own definition that do not tie out."""
        return self.table[self.table["result"] == DIFFERS]


def read_published(path: str | Path) -> PublishedYears:
    """Read published annual figures: fiscal_year, definition, relation, amount_busd, source.

    Amounts are billions of dollars with the digits that were printed, because these say how far a
    sum may differ by rounding alone. A total over years stands under ``2017-2019``. A column
    ``independent`` may say whether the figure comes from another count than the months ("yes",
    "no"): a figure that the months were copied with checks the copying alone. Raises
    InputError for a missing column, an unknown relation, or an amount or year that is no number.
    """
    raw = read_file(path).table(_COLUMNS)
    faults = [fault for row in raw.to_dict("records") for fault in _faults(row, shown(path))]
    refuse(faults)
    rows = [_figure(row) for row in raw.to_dict("records")]
    found = pd.DataFrame(rows, columns=["first_year", *_FIGURE])
    single = found["first_year"] == found["fiscal_year"]
    figures = found.loc[single, _FIGURE].reset_index(drop=True)
    totals = found[~single].reset_index(drop=True)
    return PublishedYears(figures, totals, input_file(path, rows=len(rows)))


_COLUMNS = ("fiscal_year", "definition", "relation", "amount_busd", "source")
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
    expected="a year, or years such as 2017-2019, and an amount in billions of dollars, "
    "such as 34.573",
)
_INDEPENDENT = Rule(
    "collections.published.independent",
    "Is it said whether the figure comes from another count?",
    "unknown word",
    expected="yes, no or blank",
)
_FIGURE = [
    "fiscal_year", "definition", "relation", "amount_musd", "rounding_musd", "independent",
    "source",
]  # fmt: skip


def _faults(row: dict, file: str) -> Iterator[Fault]:
    """Yield what is wrong with one line of published figures."""
    where = f"{file}, line {row[LINE]}"
    if row["relation"] not in RELATIONS:
        yield _RELATION.fault(where, f"relation {row['relation']!r}")
    try:
        years, amount = _years(row), Decimal(row["amount_busd"])
    except (ValueError, InvalidOperation):
        years, amount = [], Decimal("NaN")
    if not (amount.is_finite() and 0 < len(years) <= 2 and years == sorted(set(years))):
        found = f"fiscal year {row['fiscal_year']!r}, amount {row['amount_busd']!r}"
        yield _AMOUNT.fault(where, found)
    if _independent(row) not in ("yes", "no", ""):
        yield _INDEPENDENT.fault(where, f"independent {row['independent']!r}")


def _years(row: dict) -> list[int]:
    return [int(year) for year in row["fiscal_year"].split("-")]


def _independent(row: dict) -> str:
    return row.get("independent", "").strip().lower()


def _figure(row: dict) -> dict:
    years, amount = _years(row), Decimal(row["amount_busd"])
    return {
        "first_year": years[0],
        "fiscal_year": years[-1],
        "independent": _independent(row),
        "definition": row["definition"],
        "relation": row["relation"],
        "amount_musd": float(amount * 1000),
        "rounding_musd": float(Decimal(500).scaleb(int(amount.as_tuple().exponent))),
        "source": row["source"],
    }


def tie_out(
    series: pd.Series,
    published: PublishedYears,
    *,
    definition: str = "net customs duties",
    starts: int = 10,
) -> TieOut:
    """Compare fiscal-year sums of ``series`` (millions of dollars) with the published figures.

    ``definition`` is what the series counts: only figures of that definition can tie out, within
    the rounding of the printed digits; figures of other definitions are shown beside the sums.
    ``starts``: the first month of a fiscal year.
    Raises InputError when nothing is published under that definition, and when every complete
    year differs a hundredfold or more: the unit is then another than the one stated.
    """
    refuse_undefined(published, definition)
    sums = fiscal_year_sums(series, starts)
    table = published.figures.merge(sums, on="fiscal_year", how="inner")
    table = table.rename(columns={"amount_musd": "published_musd"})
    table["difference_musd"] = table["series_musd"] - table["published_musd"]
    table["difference_percent"] = 100 * table["difference_musd"] / table["published_musd"]
    table["result"] = [_result(row, definition) for row in table.to_dict("records")]
    table["line"] = [
        f"{year}-{'-'.join(name.replace(',', '').split())}"
        for year, name in zip(table["fiscal_year"], table["definition"], strict=True)
    ]
    _refuse_another_unit(table, published.source.path)
    columns = [
        "fiscal_year", "months", "series_musd", "definition", "relation", "published_musd",
        "rounding_musd", "difference_musd", "difference_percent", "result", "independent", "source",
        "line",
    ]  # fmt: skip
    return TieOut(table[columns], _totals(published), _sentence(table))


def _totals(published: PublishedYears) -> pd.DataFrame:
    """Return each published total over years beside the sum of its published annual figures."""
    rows = []
    for total in published.totals.to_dict("records"):
        figures = published.figures
        years = figures["fiscal_year"].between(total["first_year"], total["fiscal_year"])
        own = figures[years & (figures["definition"] == total["definition"])]
        whole = len(own) == total["fiscal_year"] - total["first_year"] + 1
        difference = own["amount_musd"].sum() - total["amount_musd"]
        slack = own["rounding_musd"].sum() + total["rounding_musd"] + 1e-6
        result = INCOMPLETE if not whole else TIES if abs(difference) <= slack else DIFFERS
        rows.append(
            {
                "years": f"{total['first_year']}-{total['fiscal_year']}",
                "definition": total["definition"],
                "annual_musd": own["amount_musd"].sum() if whole else float("nan"),
                "published_musd": total["amount_musd"],
                "difference_musd": difference if whole else float("nan"),
                "result": result,
                "source": total["source"],
            }
        )
    columns = [
        "years", "definition", "annual_musd", "published_musd", "difference_musd", "result",
        "source",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _refuse_another_unit(table: pd.DataFrame, where: str) -> None:
    own = table[table["result"].isin([TIES, DIFFERS])]
    share = (own["series_musd"] / own["published_musd"]).abs()
    if len(own) and ((share >= ANOTHER_UNIT) | (share <= 1 / ANOTHER_UNIT)).all():
        raise InputError(
            f"the months of {own['fiscal_year'].iloc[0]} add up to {share.iloc[0]:.3g} times the "
            f"published figure, and no year comes closer than a factor of {ANOTHER_UNIT:.0f}",
            where=where,
            expected="receipts in the unit stated",
            do="set unit to that of the file's amounts",
        )


def refuse_undefined(published: PublishedYears, definition: str) -> None:
    """Raise InputError when nothing is published under ``definition``."""
    known = sorted(set(published.figures["definition"]))
    if definition not in known:
        raise InputError(
            f"no published figure of {definition!r}",
            where=published.source.path,
            expected=f"one of {'; '.join(known) or 'none at all'}",
            do="set definition to what the receipts count",
        )


def fiscal_year_sums(series: pd.Series, starts: int = 10) -> pd.DataFrame:
    """Return fiscal_year, months (with a value) and series_musd of a monthly or yearly series.

    A fiscal year begins with the month ``starts`` and is named after the year it ends in.
    """
    yearly = series.index.freqstr.startswith("Y")
    years = series.index.year if yearly else series.index.asfreq("M").shift((13 - starts) % 12).year
    grouped = series.dropna().groupby(pd.Index(years, name="fiscal_year")[series.notna()])
    sums = grouped.agg(["size", "sum"]).reset_index()
    sums.columns = ["fiscal_year", "months", "series_musd"]
    return sums.assign(months=12 * sums["months"] if yearly else sums["months"])


def yearly_frequency(starts: int) -> str:
    """Return pandas' name of a year that begins with the month ``starts``.

    >>> yearly_frequency(10), yearly_frequency(1), yearly_frequency(7)
    ('Y-SEP', 'Y-DEC', 'Y-JUN')
    """
    return f"Y-{calendar.month_abbr[(starts - 2) % 12 + 1].upper()}"


def complete_years(series: pd.Series, starts: int = 10) -> pd.Series:
    """Return the sums of complete fiscal years as a yearly series, in the unit of ``series``."""
    sums = fiscal_year_sums(series, starts)
    whole = sums[sums["months"] == 12]
    index = pd.PeriodIndex(
        whole["fiscal_year"].astype(str), freq=yearly_frequency(starts), name="fiscal_year"
    )
    return pd.Series(whole["series_musd"].to_numpy(), index=index, name=series.name)


def _result(row: dict, definition: str) -> str:
    if row["definition"] != definition:
        return ANOTHER
    if row["months"] < 12:
        return INCOMPLETE
    # A hair of slack: sums of cents in floating point are not exact.
    slack = row["rounding_musd"] + 1e-9 * abs(row["published_musd"])
    if row["relation"] == "more than":
        ties = row["difference_musd"] > -slack
    else:
        ties = abs(row["difference_musd"]) <= slack
    return TIES if ties else DIFFERS


def _worth(independent: pd.Series) -> str:
    """Say what a match is worth, by how independent the published figures are of the months."""
    if len(independent) and (independent == "yes").all():
        return " of an independent count"
    if len(independent) and (independent == "no").all():
        return " of the same publication, which checks the copying and not the amounts"
    return "; how independent these figures are is not said for all of them"


def _sentence(table: pd.DataFrame) -> str:
    """Return how many fiscal years tie out, and the largest difference where one does not."""
    own = table[table["result"].isin([TIES, DIFFERS])]
    if own.empty:
        return "No complete fiscal year of these months has a published figure of its definition."
    ties = int((own["result"] == TIES).sum())
    said = f"{ties} of {len(own)} complete fiscal years tie out to the published figure"
    said += _worth(own["independent"])
    missed = own[own["result"] == DIFFERS]
    if missed.empty:
        return f"{said}."
    worst = missed.loc[missed["difference_musd"].abs().idxmax()]
    gap = formats.millions(worst["difference_musd"])
    return f"{said}; the largest difference is {gap} in fiscal year {worst['fiscal_year']}."
