"""What an executed notebook holds for its readers: findings, inputs, tables, charts."""

import base64
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from operator import index
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coee_nb import handover
from coee_nb.errors import InputError
from coee_nb.origins import DECLARATION
from coee_nb.outputs import (
    CHART_MIME,
    FINDINGS_MIME,
    INPUTS_MIME,
    NAME,
    TABLE_MIME,
    safe_csv,
)
from coee_nb.publish.key import as_of_in, settings, subject_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Extract:
    """Findings, inputs, tables and charts, as recorded.

    Findings, tables and charts bear where they were made: ``cell`` (its place among all cells),
    ``prompt`` (the number that JupyterLab shows before it, ``[7]``) and ``section`` (the heading
    it stands under).
    """

    findings: list[dict[str, Any]]
    inputs: list[dict[str, Any]]
    tables: list[dict[str, Any]]
    charts: list[dict[str, Any]]


def extract(notebook: dict[str, Any], handed: Path | None = None) -> Extract:
    """Return what the cells of an executed notebook recorded, in their order.

    ``handed`` is the folder with what it handed over beside its cells: the rest of tables and
    findings of which it keeps a part. Findings handed over are not ``listed`` on its page.

    Raises InputError when one notebook records an id or a table name twice, or a record is not
    of the form that ``coee_nb.outputs`` and ``coee_nb.findings`` give it.
    """
    try:
        return _extract(notebook, handed)
    except (LookupError, TypeError, AttributeError) as error:
        raise InputError(
            f"a record that cannot be read ({type(error).__name__}: {error})",
            do="show tables, charts and findings with the classes of the workbench",
        ) from error


def _extract(notebook: dict[str, Any], handed: Path | None) -> Extract:
    findings = [
        finding | place
        for place, record in _records(notebook, FINDINGS_MIME)
        for finding in _all_findings(record, handed)
    ]
    tables = [
        record | place | _rest(record, "lines", handed)
        for place, record in _records(notebook, TABLE_MIME)
    ]
    charts = [record | place for place, record in _records(notebook, CHART_MIME)]
    inputs = [i for _, record in _records(notebook, INPUTS_MIME) for i in record["inputs"]]
    _refuse_twice("finding", [finding["id"] for finding in findings])
    _refuse_twice("table", [table["name"] for table in tables])
    _refuse_unfit(output["name"] for output in (*tables, *charts))
    return Extract(findings, inputs, tables, charts)


def _all_findings(record: dict[str, Any], handed: Path | None) -> list[dict[str, Any]]:
    """Return the findings of a cell, those that it handed over marked as not listed."""
    rest = _rest(record, "more", handed).get("findings", [])
    return record["findings"] + [finding | {"listed": False} for finding in rest]


def _rest(record: dict[str, Any], mark: str, handed: Path | None) -> dict[str, Any]:
    """Return the whole of a record that bears the mark of being a part, as it was handed over."""
    return (handover.kept(handed, record["name"]) or {}) if mark in record else {}


def _records(
    notebook: dict[str, Any], mime: str
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    section = ""
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] == "markdown":
            section = _last_heading(joined(cell["source"])) or section
        place = {"cell": number, "prompt": prompt_of(cell), "section": section}
        for output in cell.get("outputs", []):
            if mime in output.get("data", {}):
                yield place, output["data"][mime]


def prompt_of(cell: dict[str, Any]) -> str:
    """Return what stands before a code cell in JupyterLab: the count of its execution.

    >>> prompt_of({"execution_count": 7}), prompt_of({})
    ('[7]', '[ ]')
    """
    return f"[{cell.get('execution_count') or ' '}]"


def _last_heading(source: str) -> str:
    """Return the last heading below the title in a Markdown cell, or nothing."""
    headings = re.findall(r"^#{2,6}\s+(.*?)\s*#*$", source, flags=re.MULTILINE)
    return headings[-1] if headings else ""


def _refuse_twice(what: str, names: list[str]) -> None:
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise InputError(
            f"the {what} {twice[0]!r} is recorded twice",
            expected=f"one {what} of a name in a notebook",
            do="give each its own name",
        )


def _refuse_unfit(names: Iterable[str]) -> None:
    """Refuse names that would be files elsewhere."""
    unfit = next((name for name in names if not NAME.fullmatch(name)), None)
    if unfit is not None:
        raise InputError(
            f"{unfit!r} cannot name a table or chart",
            expected="lower-case letters, digits and underscores",
        )


def findings_of(findings: list[dict[str, Any]], notebook: str) -> list[dict[str, Any]]:
    """Return a notebook's findings as findings.json has them."""
    kept = ("id", "statement", "value", "unit", "numerator", "denominator", "origin")
    evidence = ("inputs", "evidence", "source_rows")
    return [
        {name: found[name] for name in kept}
        | {"notebook": notebook}
        | {name: found[name] for name in evidence}
        for found in findings
    ]


def write_tables(tables: list[dict[str, Any]], folder: Path) -> list[Path]:
    """Write each table as CSV and Parquet below ``folder``; return the files.

    Text that a spreadsheet would take for a formula gets a quote before it in the CSV; the
    Parquet file holds the text as it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for table in tables:
        columns = columns_of(table)
        parquet, csv = folder / f"{table['name']}.parquet", folder / f"{table['name']}.csv"
        _as_frame(columns, table).to_parquet(parquet, index=False)
        rows = zip(*columns.values(), strict=True)
        csv.write_text(safe_csv(columns, rows), "utf-8", newline="")
        files += [csv, parquet]
    return files


def write_origins(tables: list[dict[str, Any]], folder: Path) -> None:
    """Declare the origin of each table beside it, for the notebooks of the run that read them."""
    lines = {
        f"{table['name']}.{ending}": {"origin": table["origin"], "source": "a table of this run"}
        for table in tables
        if table.get("origin")
        for ending in ("csv", "parquet")
    }
    (folder / DECLARATION).write_text(json.dumps(lines), "utf-8")  # JSON is YAML


def columns_of(table: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the columns of a recorded table, with the origin of its rows; None where nothing is.

    Raises ValueError, LookupError or TypeError for what is not of the recorded types.
    """
    rows = [json.loads(row) if isinstance(row, str) else row for row in table["rows"]]
    kinds = {column["name"]: _READ[column["type"]] for column in table["columns"]}
    values = zip(*rows, strict=True) if rows else [()] * len(kinds)
    columns = {
        name: [None if value is None else read(value) for value in column]
        for (name, read), column in zip(kinds.items(), values, strict=True)
    }
    origin = table.get("origin")
    return columns | {"origin": [origin] * len(rows)} if origin else columns


_READ: dict[str, Callable[[Any], Any]] = {
    "boolean": bool,
    "Int64": index,
    "float64": float,
    "datetime64[s]": date.fromisoformat,
    "string": str,
}


def to_frame(table: dict[str, Any]) -> "pd.DataFrame":
    """Return a recorded table as a DataFrame of the recorded types, with the origin of its rows."""
    return _as_frame(columns_of(table), table)


def _as_frame(columns: dict[str, list[Any]], table: dict[str, Any]) -> "pd.DataFrame":
    import pandas as pd

    kinds = {"origin": "string"} | {one["name"]: one["type"] for one in table["columns"]}
    return pd.DataFrame(
        {name: pd.Series(values, dtype=kinds[name]) for name, values in columns.items()}
    )


def read_notebook(path: Path) -> dict[str, Any]:
    """Return a notebook file as plain data, multi-line text joined, without error signs."""
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"] = own_cells(notebook)
    for cell in notebook["cells"]:
        cell["source"] = joined(cell["source"])
    return notebook


def own_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a notebook's cells but those papermill puts in to point at an error.

    Cells are numbered by their place in this list, in a page and in what is extracted alike.
    """
    sign = "papermill-error-cell-tag"
    return [c for c in notebook["cells"] if sign not in c.get("metadata", {}).get("tags", [])]


def title_of(notebook: dict[str, Any]) -> str:
    """Return the first heading of a notebook, or nothing."""
    sources = (c["source"] for c in notebook["cells"] if c["cell_type"] == "markdown")
    lines = (line for source in sources for line in source.splitlines())
    return next((line[2:].strip() for line in lines if line.startswith("# ")), "")


def subject_and_period(notebook: dict[str, Any], otherwise: str = "") -> str:
    """Return what an executed notebook was asked about, with its as-of day or period.

    The period is that of its inputs, where they say one, else the engagement's: ``otherwise``.

    >>> subject_and_period({"metadata": {}, "cells": []}, "Fiscal year 2024")
    'Fiscal year 2024'
    """
    metadata = notebook["metadata"]
    told = [one.get("period", "") for _, one in _records(notebook, INPUTS_MIME)]
    period = "" if as_of_in(metadata) else next(filter(None, told), otherwise)
    return " · ".join(filter(None, (subject_of(metadata), period)))


def titled(notebook: bytes, title: str) -> bytes:
    """Return a notebook's file whose first heading is ``title``; as it is where that is blank.

    >>> titled(b'{"cells": [{"cell_type": "markdown", "source": ["# Late?"]}]}', "Why?")
    b'{"cells": [{"cell_type": "markdown", "source": "# Why?"}]}'
    """
    if not title:
        return notebook
    book = json.loads(notebook)
    for cell in book["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and (found := _TITLE.search(source)):
            cell["source"] = f"{source[: found.start()]}# {title}{source[found.end() :]}"
            break
    return json.dumps(book, ensure_ascii=False).encode()


_TITLE = re.compile(r"^# .*$", re.MULTILINE)


@dataclass(frozen=True)
class Picture:
    """The picture of a chart: PNG, title, and description in words."""

    png: bytes
    title: str
    description: str


def picture_of(notebook: dict[str, Any]) -> Picture | None:
    """Return the picture that a notebook's metadata names to stand with its answer, if any."""
    wanted = settings(notebook.get("metadata", {})).get("picture")
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            chart = data.get(CHART_MIME, {})
            if wanted and chart.get("name") == wanted:
                png = base64.b64decode(joined(data["image/png"]))
                return Picture(png, chart["title"], chart["description"])
    return None


def joined(text: str | list[str]) -> str:
    """Return a notebook's text, which may be kept as a list of lines, as one."""
    return text if isinstance(text, str) else "".join(text)
