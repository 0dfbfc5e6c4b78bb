"""Results show their sentence and their tables, escaped; so does a kernel, and pictures too."""

import importlib
import inspect
from dataclasses import dataclass, fields
from pathlib import Path
from typing import ClassVar

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

import coee_nb
from coee_nb.outputs import Chart, Table
from coee_nb.publish.kernel import same_interpreter
from coee_nb.results import LINES, Result

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, repr=False)
class Counted(Result):
    SHOWS: ClassVar = {"counts": (), "table": ("name",)}
    counts: pd.Series
    table: pd.DataFrame
    text: str


@pytest.fixture
def counted():
    counts = pd.Series([1, 2], index=pd.Index(["<b>a</b>", "b"]), name="count")
    table = pd.DataFrame({"name": ["x"] * 30, "other": range(30)})
    return Counted(counts, table, "Two & <i>no</i> $more$.")


def test_a_result_is_its_sentence_and_its_tables_and_no_dump(counted):
    shown = counted._repr_mimebundle_()
    assert shown["text/plain"] == repr(counted) == str(counted)
    assert shown["text/plain"].startswith("Two & <i>no</i> $more$.")
    assert "Counted.table (20 of 30 lines, 1 of 2 columns)" in shown["text/plain"]
    assert "Counted(counts=" not in shown["text/plain"]


def test_nothing_in_it_is_markup_or_tex(counted):
    html = counted._repr_mimebundle_()["text/html"]
    assert "<b>" not in html
    assert "<i>" not in html
    assert html.count("mathjax_ignore") == 3
    assert html.count("<tr>") == 2 + 2 + 1 + LINES - 1


def test_the_main_table_comes_out_with_its_index_as_a_column_of_its_own(counted):
    frame = counted.to_frame()
    assert frame.columns.tolist() == ["term", "count"]
    frame["count"] = 0
    assert counted.counts.tolist() == [1, 2]


def test_tables_and_charts_give_their_lines_the_same_way(counted):
    table = Table(counted.table, name="lines", caption="Lines")
    copy = table.to_frame()
    copy["name"] = "y"
    assert set(table.frame["name"]) == {"x"}
    assert "to_frame" in vars(Chart)


DOMAINS = ("collections", "enforcement", "recommendations", "scorecard")
RESULTS = {
    one
    for domain in DOMAINS
    for name in getattr(coee_nb, domain).__all__
    for one in vars(importlib.import_module(f"coee_nb.{domain}.{name}")).values()
    if inspect.isclass(one) and issubclass(one, Result) and one is not Result
}


@pytest.mark.parametrize("kind", sorted(RESULTS, key=lambda kind: kind.__name__))
def test_what_a_result_shows_is_there(kind):
    there = {field.name for field in fields(kind)} | set(dir(kind))
    assert set(kind.SHOWS) <= there
    assert kind.__repr__ is Result.__repr__


CELLS = [
    "from coee_nb.recommendations import aging, charts, log, register\n"
    f"read = log.read({str(ROOT / 'data/oig_22_34/recommendations')!r})\nread",
    "current = register.register(read, as_of='2024-04-30')\ncurrent",
    "aged = aging.aging(current)\naged",
    "charts.aging_bars(aged).figure",
    "register.register(read, as_of='2024-13-30')",
]


@pytest.fixture(scope="module")
def shown():
    """What a kernel shows of each cell."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    manager = same_interpreter()
    NotebookClient(
        book,
        kernel_manager_class=manager,
        allow_errors=True,
        resources={"metadata": {"path": str(ROOT)}},
    ).execute()
    return [cell.outputs[-1] for cell in book.cells]


@pytest.mark.long
def test_a_kernel_shows_results_by_sentence_and_table(shown):
    for output, said in zip(shown, ("Log.events", "15 recommendations", "Aging.due"), strict=False):
        assert said in output["data"]["text/html"]
        assert "DataFrame" not in output["data"]["text/plain"]


def test_a_kernel_shows_the_figure_of_a_chart(shown):
    assert "image/png" in shown[3]["data"]


def test_an_error_is_its_sentence_without_frames(shown):
    assert shown[4]["output_type"] == "error"
    [line] = shown[4]["traceback"]
    assert line.startswith("ParameterError: as_of: '2024-13-30' is no day.")
