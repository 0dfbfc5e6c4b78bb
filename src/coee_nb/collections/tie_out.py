"""The tie-out's room: sums of months against published annual figures, definition by definition."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pandas as pd

from coee_nb import formats
from coee_nb.errors import InputError
from coee_nb.files import read_file
from coee_nb.findings import InputFile, input_file
from coee_nb.places import shown

RELATIONS = ("equals", "about", "more than")
TIES = "ties out"
DIFFERS = "does not tie out"
ANOTHER = "another definition"
INCOMPLETE = "year incomplete"
ANOTHER_UNIT = 100.0


@dataclass(frozen=True)
class Published:
    """Annual figures as printed.

    ``figures``: fiscal_year, definition, relation ("equals", "about", "more than"), amount_musd,
    rounding_musd (half a unit of the last printed digit), source; ``source``: the file.
    """

    figures: pd.DataFrame
    source: InputFile


@dataclass(frozen=True)
class TieOut:
    """Sums of months beside published figures.

    ``table``: fiscal_year, months (summed), series_musd, definition, relation, published_musd,
    rounding_musd, difference_musd (series less published), difference_percent, result (one of
    "ties out", "does not tie out", "another definition", "year incomplete"), source; ``text``: the
    sentence a report may print. Differences are shown; nothing is adjusted to remove them.
    """

    table: pd.DataFrame
    text: str

    @property
    def complete(self) -> pd.DataFrame:
        """Return the lines of complete fiscal years and the series' own definition."""
        return self.table[self.table["result"].isin([TIES, DIFFERS])]

    @property
    def failures(self) -> pd.DataFrame:
        """Return the lines of the series' own definition that do not tie out."""
        return self.table[self.table["result"] == DIFFERS]


def read_published(path: str | Path) -> Published:
    """Read published annual figures: fiscal_year, definition, relation, amount_busd, source.

    Amounts are billions of dollars with the digits that were printed, because these say how far a
    sum may differ by rounding alone. Raises InputError for a missing column, an unknown relation,
    or an amount or year that is no number.
    """
    content = read_file(path)
    try:
        raw = pd.read_csv(content.stream(), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except ValueError as error:
        raise InputError(f"cannot be read ({error})", where=shown(path)) from error
    for column in ("fiscal_year", "definition", "relation", "amount_busd", "source"):
        if column not in raw:
            raise InputError(f"no column {column!r}", where=shown(path))
    rows = [_figure(row, path, line) for line, row in enumerate(raw.to_dict("records"), start=2)]
    columns = ["fiscal_year", "definition", "relation", "amount_musd", "rounding_musd", "source"]
    return Published(pd.DataFrame(rows, columns=columns), input_file(path, rows=len(rows)))


def _figure(row: dict[str, str], path: str | Path, line: int) -> dict:
    where = f"{shown(path)}, line {line}"
    if row["relation"] not in RELATIONS:
        raise InputError(
            f"relation {row['relation']!r}", where=where, expected=", ".join(RELATIONS)
        )
    try:
        year, amount = int(row["fiscal_year"]), Decimal(row["amount_busd"])
    except (ValueError, InvalidOperation) as error:
        raise InputError(
            f"fiscal year {row['fiscal_year']!r}, amount {row['amount_busd']!r}",
            where=where,
            expected="a year and an amount in billions of dollars, such as 34.573",
        ) from error
    return {
        "fiscal_year": year,
        "definition": row["definition"],
        "relation": row["relation"],
        "amount_musd": float(amount * 1000),
        "rounding_musd": float(Decimal(500).scaleb(amount.as_tuple().exponent)),
        "source": row["source"],
    }


def tie_out(
    series: pd.Series, published: Published, *, definition: str = "net customs duties"
) -> TieOut:
    """Compare fiscal-year sums of ``series`` (millions of dollars) with the published figures.

    ``definition`` is what the series counts: only figures of that definition can tie out, within
    the rounding of the printed digits; figures of other definitions are shown beside the sums.
    Raises InputError when nothing is published under that definition, and when every complete
    year differs a hundredfold or more: the unit is then another than the one stated.
    """
    refuse_undefined(published, definition)
    sums = fiscal_year_sums(series)
    table = published.figures.merge(sums, on="fiscal_year", how="inner")
    table = table.rename(columns={"amount_musd": "published_musd"})
    table["difference_musd"] = table["series_musd"] - table["published_musd"]
    table["difference_percent"] = 100 * table["difference_musd"] / table["published_musd"]
    table["result"] = [_result(row, definition) for row in table.to_dict("records")]
    _refuse_another_unit(table, published.source.path)
    columns = [
        "fiscal_year", "months", "series_musd", "definition", "relation", "published_musd",
        "rounding_musd", "difference_musd", "difference_percent", "result", "source",
    ]  # fmt: skip
    return TieOut(table[columns], _sentence(table))


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


def refuse_undefined(published: Published, definition: str) -> None:
    """Raise InputError when nothing is published under ``definition``."""
    known = sorted(set(published.figures["definition"]))
    if definition not in known:
        raise InputError(
            f"no published figure of {definition!r}",
            where=published.source.path,
            expected=f"one of {'; '.join(known) or 'none at all'}",
            do="set definition to what the receipts count",
        )


def fiscal_year_sums(series: pd.Series) -> pd.DataFrame:
    """Return fiscal_year, months (with a value) and series_musd of a monthly or yearly series."""
    yearly = series.index.freqstr.startswith("Y")
    years = series.index.year if yearly else series.index.asfreq("M").shift(3).year
    grouped = series.dropna().groupby(pd.Index(years, name="fiscal_year")[series.notna()])
    sums = grouped.agg(["size", "sum"]).reset_index()
    sums.columns = ["fiscal_year", "months", "series_musd"]
    return sums.assign(months=12 * sums["months"] if yearly else sums["months"])


def complete_years(series: pd.Series) -> pd.Series:
    """Return the sums of complete fiscal years as a yearly series, in the unit of ``series``."""
    sums = fiscal_year_sums(series)
    whole = sums[sums["months"] == 12]
    index = pd.PeriodIndex(whole["fiscal_year"].astype(str), freq="Y-SEP", name="fiscal_year")
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


def _sentence(table: pd.DataFrame) -> str:
    """Return how many fiscal years tie out, and the largest difference where one does not."""
    own = table[table["result"].isin([TIES, DIFFERS])]
    ties = int((own["result"] == TIES).sum())
    said = f"{ties} of {len(own)} complete fiscal years tie out to the published figure"
    missed = own[own["result"] == DIFFERS]
    if missed.empty:
        return f"{said}."
    worst = missed.loc[missed["difference_musd"].abs().idxmax()]
    gap = formats.millions(worst["difference_musd"])
    return f"{said}; the largest difference is {gap} in fiscal year {worst['fiscal_year']}."
