"""A notebook run in this process on any data, its tables written as a run does."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

from coee_nb.findings import Findings
from coee_nb.outputs import Callout, Chart, Several, Table
from coee_nb.publish.extract import write_tables

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "survey_responses.ipynb"


def shown(values: dict[str, Any], notebook: Path = NOTEBOOK) -> list[Any]:
    """Return what each cell of the notebook shows, run with these parameters."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    names: dict[str, Any] = dict(values)
    found = []
    for cell in cells:
        if cell["cell_type"] != "code" or "parameters" in cell["metadata"].get("tags", []):
            continue
        tree = ast.parse("".join(cell["source"]))
        last = tree.body[-1]
        ends = isinstance(last, ast.Expr)
        exec(compile(ast.Module(tree.body[: -1 if ends else None], []), "cell", "exec"), names)
        if ends:
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
            found += [] if value is None else [*value] if isinstance(value, Several) else [value]
    return found


def published(values: dict[str, Any], folder: Path) -> list[Any]:
    """Write the tables of the notebook to a folder; return all that its cells show."""
    found = shown(values)
    tables = [one for one in found if isinstance(one, Table)]
    tables += [one.table for one in found if isinstance(one, Chart)]
    write_tables([table.data() for table in tables], folder)
    return found


def sentences(found: list[Any]) -> list[str]:
    """Return every sentence that the outputs show: findings, callouts, notes, descriptions."""
    texts = [one.text for one in found if isinstance(one, Callout)]
    texts += [one.description for one in found if isinstance(one, Chart)]
    texts += [one.note for one in found if isinstance(one, Table)]
    return texts + [one.statement for each in found if isinstance(each, Findings) for one in each]
