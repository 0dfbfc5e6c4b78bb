"""Transactions in tables: a result goes in, a table with its caption and formats comes out."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from coee_nb import formats as fmt
from coee_nb.entries.extract import CSV, PARQUET
from coee_nb.entries.layout import MONEY, REJECTED, REJECTED_CSV, blank_cells
from coee_nb.entries.monthly import ALL, OUT
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


def _table(analysis: EntryAnalysis, frame: pd.DataFrame, name: str, **options: Any) -> Table:
    """Return a table in the sheet's words: decimals exact, shares to two digits, years as such."""
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
    words = WORDS.table(name, **{**analysis.names, **values})
    return Table(frame, **words, formats=formats, **options)


def account(analysis: EntryAnalysis) -> Table:
    """Return what became of every line of every file, and how many rows they hold."""
    told, names = analysis.account, analysis.names
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
    values = {"items": called, "note": " ".join(notes)}
    return _table(analysis, frame, "account", values=values)


def rejected(analysis: EntryAnalysis) -> Table | None:
    """Return the first lines that could not be loaded; None where every line was."""
    import pyarrow.parquet as pq

    told, path = analysis.account, resolve(analysis.params.entries) / REJECTED
    if not told.get("rejected") or not path.is_file():
        return None
    first = next(pq.ParquetFile(path).iter_batches(batch_size=10)).to_pandas()
    reasons = "; ".join(f"{why} ({fmt.count(n)})" for why, n in told.get("reasons", {}).items())
    values = {"n": fmt.count(told["rejected"]), "reasons": reasons and f"{reasons}. "}
    first = first.assign(text=first["text"].str.slice(0, LONGEST))
    return _table(analysis, first, "rejected", values=values)


def checks(analysis: EntryAnalysis) -> Table:
    """Return every check with the rows that fail it and the amounts of these rows."""
    values = {"base": _exact(analysis.counted.touched)}
    return _table(analysis, analysis.counted.by_check, "checks", anchor="id", values=values)


def by_year(analysis: EntryAnalysis) -> Table:
    """Return the failing rows by check and fiscal year."""
    found = _summed(analysis.counted.by_cell, "fiscal_year")
    return _by_problem(analysis, found, "checks_by_year", rows=40)


def by_unit(analysis: EntryAnalysis) -> Table:
    """Return the failing rows by check and unit."""
    found = _failing(_summed(analysis.counted.by_cell, "center"))
    return _by_problem(analysis, found, "checks_by_unit", rows=40)


def by_cell(analysis: EntryAnalysis) -> Table:
    """Return the failing rows by check, fiscal year and unit."""
    return _by_problem(analysis, _failing(analysis.counted.by_cell), "checks_by_cell", rows=20)


def _by_problem(analysis: EntryAnalysis, frame: pd.DataFrame, name: str, rows: int) -> Table:
    """Return a table whose ids of checks are shown as what a failing row has."""
    formats = {"id": analysis.counted.problems.__getitem__}
    return _table(analysis, frame, name, formats=formats, rows=rows)


def _failing(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["failing"] > 0].reset_index(drop=True)


def _summed(cells: pd.DataFrame, by: str) -> pd.DataFrame:
    groups = cells.groupby(["id", by], sort=False, as_index=False)
    found = groups[["failing", "of", "touched"]].sum()
    found.insert(4, "share", found["failing"] / found["of"].where(found["of"] > 0))
    return found


def by_number(analysis: EntryAnalysis) -> Table:
    """Return the rows by how many checks they fail."""
    return _table(analysis, analysis.counted.by_number, "checks_failed")


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
    values = {"same": str(same), "of": str(len(found))}
    formats = {"id": lambda name: words.get(name, name)}
    return _table(analysis, found, "planted", values=values, formats=formats)


def control(analysis: EntryAnalysis) -> Table | Callout:
    """Return rows and totals against the control totals."""
    found = analysis.control
    if found.worst is None:
        return Callout(WORDS.sentence("not_reconciled"))
    rows = found.table["measure"] == "rows"
    columns = ["supplied", "found", "difference"]
    shown = found.table.astype(dict.fromkeys(columns, object))
    shown.loc[rows, columns] = shown.loc[rows, columns].map(_whole)
    formats = dict.fromkeys(columns, _exact) | {"measure": analysis.names.__getitem__}
    return _table(analysis, shown, "control_totals", formats=formats)


def _whole(value: Decimal) -> Decimal | int:
    """Return a count as a whole number, where it is one, which then has no cents."""
    return int(value) if value == value.to_integral_value() else value


def totals(analysis: EntryAnalysis) -> Table:
    """Return the exact totals of all rows, of each amount, and the rows that have none."""
    counted, absent = analysis.counted, analysis.asked.absent
    blank = blank_cells(analysis.params.entries)
    rows = [(name, counted.totals[name], blank[name]) for name in MONEY if name not in absent]
    frame = pd.DataFrame(rows, columns=["of", "total", "blank"])
    formats = {"of": analysis.names.__getitem__}
    return _table(analysis, frame, "totals", anchor="of", formats=formats)


def strata(analysis: EntryAnalysis) -> Table:
    """Return how many rows were drawn from each stratum."""
    drawn = analysis.drawn
    some = drawn.strata["drawn"] > 0
    chosen, none = drawn.strata[some].reset_index(drop=True), drawn.strata[~some]
    note = WORDS.sentence(
        "strata_without", n=fmt.count(len(none)), of=fmt.count(none["rows"].sum()),
        rows=analysis.names["rows"],
    )  # fmt: skip
    values = {"seed": str(drawn.seed), "n": fmt.count(len(drawn.rows))}
    values["note"] = note if len(none) else ""
    return _table(analysis, chosen, "sample_strata", rows=30, values=values)


def traced(analysis: EntryAnalysis) -> Table | Callout:
    """Return what tracing found, by field."""
    found = analysis.traced
    if found is None:
        return Callout(WORDS.sentence("not_traced", **analysis.names))
    values = {"n": fmt.count(found.rows), "of": fmt.count(found.of)}
    frame = found.by_field.rename(columns={"low": "low_share", "high": "high_share"})
    formats = {"field": lambda name: analysis.drawn.fields.get(name, name)}
    return _table(analysis, frame, "traced", values=values, formats=formats)


def wrong(analysis: EntryAnalysis) -> Table | None:
    """Return each value that its source document contradicts; None where nothing was traced."""
    if analysis.traced is None:
        return None
    formats = {"field": analysis.drawn.fields.__getitem__}
    return _table(analysis, analysis.traced.wrong, "wrong_values", rows=30, formats=formats)


def monthly(analysis: EntryAnalysis) -> Table:
    """Return the monthly series, as the notebook on collections reads it."""
    frame = analysis.series.table
    shown = tuple(name for name in frame if name not in analysis.asked.absent)
    return _table(analysis, frame, "monthly_series", rows=12, show=shown)


def monthly_sums(analysis: EntryAnalysis) -> Table:
    """Return the sums of months with and without the rows set aside."""
    return _table(analysis, analysis.series.by_month, "monthly_sums", rows=12)


def series_by_year(analysis: EntryAnalysis) -> Table:
    """Return the sums of fiscal years with and without the rows set aside."""
    return _table(analysis, analysis.series.by_year, "series_by_year")


def series_by_unit(analysis: EntryAnalysis) -> Table:
    """Return the sums of units with and without the rows set aside."""
    return _table(analysis, analysis.series.by_center, "series_by_unit")


def series_account(analysis: EntryAnalysis) -> Table:
    """Return what became of every row and its amounts."""
    aside, names = _set_aside(analysis), analysis.names
    note = WORDS.sentence("aside_are", rows=names["rows"], problems=aside) if aside else ""
    account, values = analysis.series.account, {"note": note}
    return _table(analysis, account, "series_account", anchor="part", values=values)


def _set_aside(analysis: EntryAnalysis) -> str:
    return ", ".join(map(analysis.counted.problems.__getitem__, analysis.params.set_aside))


def moved(analysis: EntryAnalysis) -> Callout:
    """Return how far the series moves when the rows are set aside."""
    if not analysis.params.set_aside:
        return Callout(WORDS.sentence("nothing_set_aside", **analysis.names))
    months = analysis.series.by_month
    shares = [
        (float(abs(a - b) / abs(a)) if a else 0.0, month)
        for month, b, a in months.itertuples(index=False)
    ]
    most, month = max(shares, default=(0.0, fmt.MISSING))
    all_, kept = (sum(months[name]) for name in (ALL, "collections"))
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


def rules(analysis: EntryAnalysis) -> Table:
    """Return the rules of the verdict, what each found and says."""
    found = analysis.verdict
    frame = found.rules.assign(decides=found.rules["decides"].map({True: "yes", False: ""}))
    return _table(analysis, frame, "verdict_rules", note=found.text)


def files(analysis: EntryAnalysis) -> Handouts:
    """Return rejected lines, failing rows and the worksheet of the sample: files of a run."""
    failing, drawn = analysis.failing, analysis.drawn
    folder = resolve(analysis.params.entries)
    lines = {name: folder / name for name in (REJECTED, REJECTED_CSV) if (folder / name).is_file()}

    def make() -> dict[str, bytes | Path]:
        sheets = {SHEET_CSV: drawn.csv(), SHEET_XLSX: drawn.xlsx()}
        return {**lines, PARQUET: failing.parquet, CSV: failing.csv, **sheets}

    told = {
        "rejected": (lines, analysis.account.get("rejected", 0)),
        "failing": ((PARQUET, CSV), failing.rows),
        "sample": ((SHEET_CSV, SHEET_XLSX), len(drawn.rows)),
    }
    return Handouts(make, {
        file: WORDS.sentence(f"file_{kind}", n=fmt.count(n), **analysis.names)
        for kind, (named, n) in told.items() for file in named
    })  # fmt: skip
