"""Transactions in tables: a result goes in, a table with its caption and formats comes out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from coee_nb import formats as fmt
from coee_nb.entries.controls import Reconciliation
from coee_nb.entries.extract import CSV, PARQUET
from coee_nb.entries.layout import MONEY, REJECTED, REJECTED_CSV
from coee_nb.entries.monthly import ALL, OUT, MonthlySeries
from coee_nb.entries.reliability import Counted
from coee_nb.entries.sample import Drawn, Traced
from coee_nb.entries.verdict import DataVerdict
from coee_nb.outputs import Callout, Handouts, Table
from coee_nb.paths import resolve
from coee_nb.wording import read_wording

if TYPE_CHECKING:
    from coee_nb.entries.analysis import EntryAnalysis

WORDS = read_wording("coee_nb.entries")
LONGEST = 200  # letters of a rejected line that a page shows
SHEET_CSV, SHEET_XLSX = "sample.csv", "sample.xlsx"


def _exact(value: Any) -> str:
    """Return an exact amount with commas and cents; a whole number without cents."""
    if isinstance(value, int):
        return fmt.count(value)
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
    values, formats = options.pop("values", {}), formats | dict(options.pop("formats", {}))
    return Table(frame, **WORDS.table(name, **values), formats=formats, **options)


def account(told: Mapping[str, Any], names: Mapping[str, str]) -> Table:
    """Return what became of every line of every file, and how many rows they hold."""
    columns = ["file", "lines", "header", "blank", "rejected", "loaded", "rows"]
    files = [{name: one.get(name) for name in columns} for one in told.get("files", [])]
    items, notes = told.get("summed"), []
    whole = {"file": WORDS.sentence("all_files")} | {name: told.get(name) for name in columns[1:]}
    if items is not None:
        rows = f"{fmt.count(told['rows'])} {names['rows']}"
        notes.append(WORDS.sentence("summed", items=fmt.count(items), rows=rows))
        whole["rows"] = items
    if cut := [one["file"] for one in told.get("files", []) if not one.get("last_line_ended", 1)]:
        notes.append(WORDS.sentence("cut_off", files=", ".join(cut)))
    frame = pd.DataFrame([*files, whole], columns=columns).astype(
        dict.fromkeys(columns[1:], "Int64")
    )
    called = names["rows"] if items is None else WORDS.sentence("items")
    return _table(frame, "account", values={"items": called, "note": " ".join(notes)})


def rejected(analysis: EntryAnalysis) -> Table | None:
    """Return the first lines that could not be loaded; None where every line was."""
    import pyarrow.parquet as pq

    told, path = analysis.account, resolve(analysis.params.entries) / REJECTED
    if not told.get("rejected") or not path.is_file():
        return None
    first = next(pq.ParquetFile(path).iter_batches(batch_size=10)).to_pandas()
    reasons = "; ".join(f"{why} ({fmt.count(n)})" for why, n in told.get("reasons", {}).items())
    values = {"n": fmt.count(told["rejected"]), "reasons": reasons and f"{reasons}. "}
    return _table(first.assign(text=first["text"].str.slice(0, LONGEST)), "rejected", values=values)


def checks(counted: Counted, names: Mapping[str, str]) -> Table:
    """Return every check with the rows that fail it and the dollars of these rows."""
    return _table(counted.by_check, "checks", anchor="id", values={"rows": names["rows"]})


def by_year(counted: Counted) -> Table:
    """Return the failing rows by check and fiscal year."""
    cells = counted.by_cell.groupby(["id", "fiscal_year"], sort=False, as_index=False)
    return _by_problem(_summed(cells), "checks_by_year", counted, rows=40)


def by_unit(counted: Counted, names: Mapping[str, str]) -> Table:
    """Return the failing rows by check and unit."""
    cells = counted.by_cell.groupby(["id", "center"], sort=False, as_index=False)
    found = _summed(cells)
    found = found[found["failing"] > 0].reset_index(drop=True)
    values = {"unit": names["unit"]}
    return _by_problem(found, "checks_by_unit", counted, rows=40, values=values)


def cells(counted: Counted, names: Mapping[str, str]) -> Table:
    """Return the failing rows by check, fiscal year and unit."""
    found = counted.by_cell[counted.by_cell["failing"] > 0].reset_index(drop=True)
    return _by_problem(found, "checks_by_cell", counted, rows=20, values={"unit": names["unit"]})


def _by_problem(frame: pd.DataFrame, name: str, counted: Counted, **options: Any) -> Table:
    """Return a table whose ids of checks are shown as what a failing row has."""
    return _table(frame, name, formats={"id": counted.problems.__getitem__}, **options)


def _summed(grouped: Any) -> pd.DataFrame:
    found = grouped[["failing", "of", "touched"]].sum()
    found.insert(4, "share", found["failing"] / found["of"].where(found["of"] > 0))
    return found


def by_number(counted: Counted, names: Mapping[str, str]) -> Table:
    """Return the rows by how many checks they fail."""
    return _table(counted.by_number, "checks_failed", values={"rows": names["rows"]})


def examples(analysis: EntryAnalysis) -> Table:
    """Return the first few failing rows of each check, under the sheet's words for the fields.

    The file is not shown where all are of one.
    """
    frame = analysis.failing.examples.drop(columns=["checks", *analysis.asked.absent])
    unparsed = frame.pop("unparsed").dropna().map(json.loads)
    exact = {*MONEY}.difference(*unparsed)
    for name in frame.columns.difference(exact):
        frame[name] = [None if fmt.is_missing(value) else str(value) for value in frame[name]]
    for place, texts in unparsed.items():
        for name, text in texts.items():
            frame.loc[place, name] = f'"{text}"'
    said = WORDS.table("failing_examples", **analysis.names, n=fmt.count(analysis.failing.rows))
    said["labels"] = {name: word for name, word in said["labels"].items() if name in frame}
    if frame["file"].nunique() == 1:
        said["note"] = f"{WORDS.sentence('of_one_file', file=frame['file'].iloc[0])} {said['note']}"
        said["show"] = tuple(name for name in frame if name != "file")
    formats = dict.fromkeys(exact.intersection(frame), _exact)
    return Table(frame, **said, formats=formats | {"id": analysis.counted.problems.__getitem__})


def planted(analysis: EntryAnalysis) -> Table | Callout:
    """Return what was planted beside what was found."""
    found = analysis.planted
    if found is None:
        return Callout(WORDS.sentence("nothing_planted"))
    same = int(found["same"].sum())
    words = analysis.names | analysis.counted.problems
    return _table(
        found,
        "planted",
        values={"same": str(same), "of": str(len(found))},
        formats={"id": lambda name: words.get(name, name)},
    )


def control(found: Reconciliation, names: Mapping[str, str]) -> Table | Callout:
    """Return rows and totals against the control totals, by the sheet's words."""
    if found.worst is None:
        return Callout(WORDS.sentence("not_reconciled"))
    rows = found.table["measure"] == "rows"
    columns = ["supplied", "found", "difference"]
    shown = found.table.astype(dict.fromkeys(columns, object))
    shown.loc[rows, columns] = shown.loc[rows, columns].map(_whole)
    formats = dict.fromkeys(columns, _exact) | {"measure": names.__getitem__}
    return _table(shown, "control_totals", formats=formats)


def _whole(value: Decimal) -> Decimal | int:
    """Return a count as a whole number, where it is one, which then has no cents."""
    return int(value) if value == value.to_integral_value() else value


def totals(analysis: EntryAnalysis) -> Table:
    """Return the exact totals of all rows, of each amount by the sheet's word."""
    counted, absent = analysis.counted, analysis.asked.absent
    rows = [(name, counted.totals[name]) for name in MONEY if name not in absent]
    frame = pd.DataFrame(rows, columns=["of", "total"])
    return _table(frame, "totals", anchor="of", formats={"of": analysis.names.__getitem__})


def strata(drawn: Drawn, names: Mapping[str, str]) -> Table:
    """Return how many rows were drawn from each stratum."""
    some = drawn.strata["drawn"] > 0
    chosen, none = drawn.strata[some].reset_index(drop=True), drawn.strata[~some]
    note = WORDS.sentence(
        "strata_without", n=fmt.count(len(none)), rows=fmt.count(none["rows"].sum())
    )
    values = {**names, "seed": str(drawn.seed), "n": fmt.count(len(drawn.rows))}
    values["note"] = note if len(none) else ""
    return _table(chosen, "sample_strata", rows=30, values=values)


def traced(found: Traced | None, drawn: Drawn) -> Table | Callout:
    """Return what tracing found, by field."""
    if found is None:
        return Callout(WORDS.sentence("not_traced"))
    values = {"rows": fmt.count(found.rows), "of": fmt.count(found.of)}
    frame = found.by_field.rename(columns={"low": "low_share", "high": "high_share"})
    formats = {"field": lambda name: drawn.fields.get(name, name)}
    return _table(frame, "traced", values=values, formats=formats)


def wrong(found: Traced | None, drawn: Drawn) -> Table | None:
    """Return each value that its source document contradicts; None where nothing was traced."""
    if found is None:
        return None
    return _table(found.wrong, "wrong_values", rows=30, formats={"field": drawn.fields.__getitem__})


def monthly(analysis: EntryAnalysis) -> Table:
    """Return the monthly series, as the notebook on collections reads it."""
    frame = analysis.series.table
    shown = tuple(name for name in frame if name not in analysis.asked.absent)
    return _table(frame, "monthly_series", rows=12, values=analysis.names, show=shown)


def series_by_year(series: MonthlySeries) -> Table:
    """Return the sums of fiscal years with and without the rows set aside."""
    return _table(series.by_year, "series_by_year")


def series_by_unit(series: MonthlySeries, names: Mapping[str, str]) -> Table:
    """Return the sums of units with and without the rows set aside."""
    return _table(series.by_center, "series_by_unit", values={"unit": names["unit"]})


def series_account(analysis: EntryAnalysis) -> Table:
    """Return what became of every row and dollar of the series."""
    aside = _set_aside(analysis)
    note = WORDS.sentence("aside_are", problems=aside) if aside else ""
    account = analysis.series.account
    return _table(account, "series_account", anchor="part", values={"note": note})


def _set_aside(analysis: EntryAnalysis) -> str:
    return ", ".join(map(analysis.counted.problems.__getitem__, analysis.params.set_aside))


def moved(analysis: EntryAnalysis) -> Callout:
    """Return how far the series moves when the rows are set aside."""
    if not analysis.params.set_aside:
        return Callout(WORDS.sentence("nothing_set_aside"))
    monthly_sums = analysis.series.table.groupby("month")[["collections", ALL]].sum()
    shares = [
        (float(abs(a - b) / abs(a)) if a else 0.0, month)
        for month, b, a in monthly_sums.itertuples()
    ]
    most, month = max(shares, default=(0.0, fmt.MISSING))
    all_, kept = (sum(monthly_sums[name]) for name in (ALL, "collections"))
    share = float((all_ - kept) / abs(all_)) if all_ else 0.0
    rows = analysis.series.account.set_index("part")["rows"]
    values = {"all": _exact(all_), "kept": _exact(kept), "share": _share(abs(share))}
    return Callout(
        WORDS.sentence(
            "moved", n=fmt.count(rows[OUT]), rows=analysis.names["rows"],
            problems=_set_aside(analysis), most=_share(most), month=month,
            direction=WORDS.sentence("less" if share >= 0 else "more"), **values,
        )
    )  # fmt: skip


def rules(verdict: DataVerdict) -> Table:
    """Return the rules of the verdict, what each found and says."""
    frame = verdict.rules.assign(decides=verdict.rules["decides"].map({True: "yes", False: ""}))
    return _table(frame, "verdict_rules", note=verdict.text)


def verdict(found: DataVerdict) -> Callout:
    """Return the verdict."""
    return Callout(found.text)


def files(analysis: EntryAnalysis) -> Handouts:
    """Return rejected lines, failing rows and the worksheet of the sample: files of a run."""
    failing, drawn = analysis.failing, analysis.drawn
    folder = resolve(analysis.params.entries)
    lines = {name: folder / name for name in (REJECTED, REJECTED_CSV) if (folder / name).is_file()}

    def make() -> dict[str, bytes | Path]:
        sheets = {SHEET_CSV: drawn.csv(), SHEET_XLSX: drawn.xlsx()}
        return {**lines, PARQUET: failing.parquet, CSV: failing.csv, **sheets}

    n, size = fmt.count(failing.rows), fmt.count(len(drawn.rows))
    told = WORDS.sentence("file_rejected", n=fmt.count(analysis.account.get("rejected", 0)))
    listed = dict.fromkeys(lines, told)
    listed |= {name: WORDS.sentence("file_failing", n=n) for name in (PARQUET, CSV)}
    sheets = {name: WORDS.sentence("file_sample", n=size) for name in (SHEET_CSV, SHEET_XLSX)}
    return Handouts(make, listed | sheets)
