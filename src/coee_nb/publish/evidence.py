"""From each finding to what it rests on, in one file that a reviewer ticks and returns.

A run writes ``evidence.csv``: a line a finding, the last columns for a reviewer's tick. Filled in
and kept as ``params/<engagement>/_checked.csv``, it marks in the next run what was checked and is
still so, on its pages and in its file, to go on from: a finding whose value or sentence is another
has lost its tick.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from coee_nb.errors import InputError
from coee_nb.files import read_file, writing
from coee_nb.outputs import safe_csv, spreadsheet_safe
from coee_nb.paths import shown
from coee_nb.publish.extract import Extract, columns_of
from coee_nb.publish.fanout import Case
from coee_nb.workbooks import WorkbookSheet

CHECKED = "_checked.csv"
TICKS = ("checked", "checked_by", "checked_on")
CHANGED = "changed since it was checked"
NO_TICK = ("", "no", "not", "n", "false", "0", "-", "–")  # what says that it was not checked
_KEY = ("finding", "value", "statement")


@dataclass(frozen=True)
class Ticks:
    """What reviewers checked: by finding, the value and sentence they saw, and who and when."""

    seen: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, folder: Path) -> "Ticks":
        """Read the returned evidence of an engagement, if there is any beside its sheets.

        Raises InputError when columns are missing or a finding is there twice.
        """
        path = folder / CHECKED
        if not path.exists():
            return cls({})
        import pandas as pd

        text = read_file(path).text()
        rows = pd.read_csv(StringIO(text), dtype=str, keep_default_na=False)
        missing = [name for name in (*_KEY, *TICKS) if name not in rows]
        twice = rows.loc[rows.get("finding", pd.Series(dtype=str)).duplicated(), "finding"]
        if missing or len(twice):
            raise InputError(
                f"no column {missing[0]!r}" if missing else f"{twice.iloc[0]!r} is there twice",
                where=shown(path),
                expected="evidence.csv of a run, with its last three columns filled in",
            )
        ticked = rows[~rows["checked"].str.strip().str.casefold().isin(NO_TICK)]
        return cls({row["finding"]: row for row in ticked.to_dict("records")})

    def on(self, finding: Mapping[str, Any]) -> str:
        """Return who checked a finding and when, nothing if nobody did, or that it has changed."""
        tick = self.signed(finding)
        if tick is None:
            return ""
        return f"checked by {tick['by']}, {tick['on']}" if tick["stands"] else CHANGED

    def signed(self, finding: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return who checked a finding (``by``), ``on`` which day, and whether that ``stands``.

        None where nobody did; it does not stand where the value or the sentence is another now.
        """
        tick = self.seen.get(finding["id"])
        if tick is None:
            return None
        same = all(tick[name] == text for name, text in _as_seen(finding).items())
        return {"by": tick["checked_by"], "on": tick["checked_on"], "stands": same}

    def standing(self, finding: Mapping[str, Any]) -> dict[str, str]:
        """Return the columns of a tick that stands, none of one that does not."""
        tick = self.signed(finding)
        if tick is None or not tick["stands"]:
            return {}
        return {name: self.seen[finding["id"]][name] for name in TICKS}


def _as_seen(finding: Mapping[str, Any]) -> dict[str, str]:
    """Return value and sentence of a finding as the file of evidence has them."""
    return {name: spreadsheet_safe(_written(finding[name])) for name in _KEY[1:]}


def _written(value: Any) -> str:
    return "" if value is None else str(value)


def write_evidence(path: Path, held: Mapping[str, Extract], ticks: Ticks) -> None:
    """Write every finding of a run with what it rests on; ``held`` is by notebook.

    The ticks that stand are in their columns, the others empty.
    """
    rows = [
        _row(name, finding, one.inputs) | ticks.standing(finding)
        for name, one in held.items()
        for finding in one.findings
    ]
    columns = [*_KEY, *_REST, *TICKS]
    with writing(path) as stream:
        stream.write(safe_csv(columns, ([row.get(name, "") for name in columns] for row in rows)))


_REST = (
    *("unit", "numerator", "denominator", "origin", "notebook", "section", "cell"),
    *("evidence", "source_rows", "files", "sha256", "rows_read", "rows_used", "rows_excluded"),
)


def _row(notebook: str, finding: Mapping[str, Any], inputs: Iterable[Mapping[str, Any]]) -> dict:
    """Return a finding's line: its number, its place, and the account of the files behind it."""
    accounts = {one["path"]: one for one in inputs}
    files = [accounts.get(one["path"], one) | one for one in finding["inputs"]]

    def of_files(name: str) -> str:
        return "; ".join(str(one.get(name) if one.get(name) is not None else "–") for one in files)

    return {
        "finding": finding["id"],
        **{name: _written(finding.get(name)) for name in (*_KEY[1:], *_REST)},
        "notebook": notebook,
        "cell": finding["prompt"],
        "files": of_files("path"),
        "sha256": of_files("sha256"),
        "rows_read": of_files("rows"),
        "rows_used": of_files("used"),
        "rows_excluded": "; ".join(_reasons(one.get("excluded") or {}) for one in files),
    }


def _reasons(excluded: Mapping[str, int]) -> str:
    return ", ".join(f"{reason}: {number}" for reason, number in excluded.items()) or "none"


def sheets_of(
    held: Mapping[str, Extract], cases: Mapping[str, Case] | None = None
) -> Iterable[WorkbookSheet]:
    """Yield every table of a run as a sheet of its workbook.

    Tables of one name of a notebook that was run for many values (``cases``, by name) are one
    sheet, whose first column has the value.
    """
    cases = cases or {}
    found: dict[tuple[str, str], list[tuple[str, dict[str, Any]]]] = {}
    for notebook, kept in held.items():
        for table in kept.tables:
            of = "" if notebook in cases else notebook
            found.setdefault((of, table["name"]), []).append((notebook, table))
    for (_, name), tables in found.items():
        parts = [_of_case(columns_of(one), cases.get(notebook)) for notebook, one in tables]
        columns = _below_each_other(parts)
        headings = [column.replace("_", " ") for column in columns]
        notebook, table = tables[0]
        about = (notebook, table["caption"], table.get("note", ""), table.get("origin", ""))
        yield WorkbookSheet(name, list(columns.values()), headings, about)


def _of_case(columns: dict[str, list[Any]], case: Case | None) -> dict[str, list[Any]]:
    """Return a table's columns with a first one that says which value it is for."""
    if case is None:
        return columns
    name = case.parameter if case.parameter not in columns else f"for_{case.parameter}"
    return {name: [case.label] * _lines(columns)} | columns


def _below_each_other(parts: Sequence[dict[str, list[Any]]]) -> dict[str, list[Any]]:
    """Return the columns of tables one below the other, with nothing where one has no such."""
    names = dict.fromkeys(name for columns in parts for name in columns)
    return {
        name: [v for part in parts for v in part.get(name, [None] * _lines(part))] for name in names
    }


def _lines(columns: Mapping[str, Sequence[Any]]) -> int:
    return len(next(iter(columns.values()), ()))
