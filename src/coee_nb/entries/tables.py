"""Transactions in tables: a result goes in, a table with its caption and formats comes out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from coee_nb import formats as fmt
from coee_nb.entries.controls import Reconciliation
from coee_nb.entries.extract import CSV, PARQUET, FailingRows
from coee_nb.entries.layout import MONEY
from coee_nb.entries.monthly import ALL, MonthlySeries
from coee_nb.entries.reliability import Counted
from coee_nb.entries.sample import Drawn, Traced
from coee_nb.entries.verdict import DataVerdict
from coee_nb.outputs import Callout, Handouts, Table
from coee_nb.wording import read_wording

if TYPE_CHECKING:
    from coee_nb.entries.analysis import EntryAnalysis

WORDS = read_wording("coee_nb.entries")
SHEET_CSV, SHEET_XLSX = "sample.csv", "sample.xlsx"


def _exact(value: Any) -> str:
    """Return an exact amount with commas and cents."""
    return fmt.MISSING if fmt.is_missing(value) else f"{value:,.2f}"


def _share(value: float) -> str:
    return fmt.percent(value, 1, 2)


def _year(value: int) -> str:
    return str(value) if value else WORDS.sentence("unknown_year")


def _table(frame: pd.DataFrame, name: str, **options: Any) -> Table:
    """Return a table of the wording's: decimals exact, shares to two digits, years as such."""
    formats: dict[str, Any] = {}
    for column in frame:
        first = next((x for x in frame[column] if not fmt.is_missing(x)), None)
        if type(first).__name__ == "Decimal":
            formats[column] = _exact
        elif str(column).endswith("share"):
            formats[column] = _share
        elif column == "fiscal_year":
            formats[column] = _year
    values, formats = options.pop("values", {}), formats | options.pop("formats", {})
    return Table(frame, **WORDS.table(name, **values), formats=formats, **options)


def account(told: Mapping[str, Any]) -> Table:
    """Return what became of every line of every file."""
    columns = ["file", "lines", "header", "blank", "rejected", "loaded"]
    files = [{name: one.get(name) for name in columns} for one in told.get("files", [])]
    whole = {"file": WORDS.sentence("all_files")} | {name: told.get(name) for name in columns[1:]}
    frame = pd.DataFrame([*files, whole], columns=columns)
    return _table(frame.astype(dict.fromkeys(columns[1:], "Int64")), "account")


def checks(counted: Counted, names: Mapping[str, str]) -> Table:
    """Return every check with the rows that fail it and the dollars of these rows."""
    return _table(counted.by_check, "checks", anchor="id", values={"rows": names["rows"]})


def by_year(counted: Counted) -> Table:
    """Return the failing rows by check and fiscal year."""
    cells = counted.by_cell.groupby(["id", "fiscal_year"], sort=False, as_index=False)
    return _table(_summed(cells), "checks_by_year", rows=40)


def by_unit(counted: Counted, names: Mapping[str, str]) -> Table:
    """Return the failing rows by check and unit."""
    cells = counted.by_cell.groupby(["id", "center"], sort=False, as_index=False)
    found = _summed(cells)
    found = found[found["failing"] > 0].reset_index(drop=True)
    values = {"unit": names["unit"]}
    return _table(found, "checks_by_unit", rows=40, values=values)


def cells(counted: Counted, names: Mapping[str, str]) -> Table:
    """Return the failing rows by check, fiscal year and unit."""
    found = counted.by_cell[counted.by_cell["failing"] > 0].reset_index(drop=True)
    return _table(found, "checks_by_cell", rows=20, values={"unit": names["unit"]})


def _summed(grouped: Any) -> pd.DataFrame:
    found = grouped[["failing", "of", "touched"]].sum()
    return found.assign(share=found["failing"] / found["of"].where(found["of"] > 0))


def by_number(counted: Counted, names: Mapping[str, str]) -> Table:
    """Return the rows by how many checks they fail."""
    return _table(counted.by_number, "checks_failed", values={"rows": names["rows"]})


def examples(failing: FailingRows, names: Mapping[str, str]) -> Table:
    """Return the first few failing rows of each check, under the sheet's words for the fields."""
    frame = failing.examples.drop(columns="checks")
    for name in frame:
        frame[name] = frame[name].map(lambda value: None if fmt.is_missing(value) else str(value))
    values = {**names, "n": fmt.count(failing.rows)}
    return Table(frame, **WORDS.table("failing_examples", **values))


def planted(found: pd.DataFrame | None) -> Table | Callout:
    """Return what was planted beside what was found."""
    if found is None:
        return Callout(WORDS.sentence("nothing_planted"))
    same = int(found["same"].sum())
    return _table(found, "planted", values={"same": str(same), "of": str(len(found))})


def control(found: Reconciliation) -> Table | Callout:
    """Return rows and totals against the control totals."""
    if found.worst is None:
        return Callout(WORDS.sentence("not_reconciled"))
    shown = found.table.copy()
    rows = shown["measure"] == "rows"
    for name in ("supplied", "found", "difference"):
        exact, whole = shown[name].map(_exact), shown[name].map(fmt.count)
        shown[name] = exact.mask(rows, whole)
    return _table(shown, "control_totals")


def totals(counted: Counted, names: Mapping[str, str]) -> Table:
    """Return the exact totals of all rows, of each amount by the sheet's word."""
    frame = pd.DataFrame([(name, counted.totals[name]) for name in MONEY], columns=["of", "total"])
    return _table(frame, "totals", anchor="of", formats={"of": names.__getitem__})


def strata(drawn: Drawn, names: Mapping[str, str]) -> Table:
    """Return how many rows were drawn from each stratum."""
    values = {"unit": names["unit"], "seed": str(drawn.seed), "n": fmt.count(len(drawn.rows))}
    chosen = drawn.strata[drawn.strata["drawn"] > 0].reset_index(drop=True)
    return _table(chosen, "sample_strata", rows=30, values=values)


def traced(found: Traced | None) -> Table | Callout:
    """Return what tracing found, by field."""
    if found is None:
        return Callout(WORDS.sentence("not_traced"))
    values = {"rows": fmt.count(found.rows), "of": fmt.count(found.of)}
    return _table(
        found.by_field.rename(columns={"low": "low_share", "high": "high_share"}),
        "traced",
        values=values,
    )


def wrong(found: Traced | None) -> Table | Callout:
    """Return each value that its source document contradicts."""
    if found is None:
        return Callout(WORDS.sentence("not_traced"))
    return _table(found.wrong, "wrong_values", rows=30)


def monthly(series: MonthlySeries, names: Mapping[str, str]) -> Table:
    """Return the monthly series, as the notebook on collections reads it."""
    return _table(series.table, "monthly_series", rows=12, values=names)


def series_by_year(series: MonthlySeries) -> Table:
    """Return the sums of fiscal years with and without the rows set aside."""
    return _table(series.by_year, "series_by_year")


def series_by_unit(series: MonthlySeries, names: Mapping[str, str]) -> Table:
    """Return the sums of units with and without the rows set aside."""
    return _table(series.by_center, "series_by_unit", values={"unit": names["unit"]})


def series_account(series: MonthlySeries) -> Table:
    """Return what became of every row and dollar of the series."""
    return _table(series.account, "series_account", anchor="part")


def moved(series: MonthlySeries, set_aside: list[str]) -> Callout:
    """Return how far the series moves when the rows are set aside."""
    if not set_aside:
        return Callout(WORDS.sentence("nothing_set_aside"))
    monthly_sums = series.table.groupby("month")[["collections", ALL]].sum()
    shares = [
        (float(abs(a - b) / abs(a)) if a else 0.0, month)
        for month, b, a in monthly_sums.itertuples()
    ]
    most, month = max(shares, default=(0.0, fmt.MISSING))
    all_, kept = (sum(monthly_sums[name]) for name in (ALL, "collections"))
    share = float((all_ - kept) / all_) if all_ else 0.0
    return Callout(
        WORDS.sentence(
            "moved",
            ids=", ".join(set_aside),
            all=_exact(all_),
            kept=_exact(kept),
            share=_share(share),
            most=_share(most),
            month=month,
        )
    )


def rules(verdict: DataVerdict) -> Table:
    """Return the rules of the verdict, what each found and says."""
    frame = verdict.rules.assign(decides=verdict.rules["decides"].map({True: "yes", False: ""}))
    return _table(frame, "verdict_rules", note=verdict.text)


def verdict(found: DataVerdict) -> Callout:
    """Return the verdict."""
    return Callout(found.text)


def files(analysis: EntryAnalysis) -> Handouts:
    """Return the failing rows and the worksheet of the sample, as files that a run keeps."""
    failing, drawn = analysis.failing, analysis.drawn

    def make() -> dict[str, bytes | Path]:
        return {
            PARQUET: failing.parquet, CSV: failing.csv, SHEET_CSV: drawn.csv(),
            SHEET_XLSX: drawn.xlsx(),
        }  # fmt: skip

    n = fmt.count(failing.rows)
    listed = {name: WORDS.sentence("file_failing", n=n) for name in (PARQUET, CSV)}
    size = fmt.count(len(drawn.rows))
    sheets = {name: WORDS.sentence("file_sample", n=size) for name in (SHEET_CSV, SHEET_XLSX)}
    return Handouts(make, listed | sheets)
