"""What may stand in a page."""

import json
import re
import subprocess
import sys

import nbformat
import pandas as pd
import pytest

from coee_nb.findings import CONFIDENTIAL
from coee_nb.outputs import CHART_MIME, Table
from coee_nb.publish.evidence import Ticks
from coee_nb.publish.extract import Extract
from coee_nb.publish.page import PageMaker, clean_html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<img src="https://example.org/x.png">',
        '<p onclick="alert(1)">text</p>',
        '<a href="javascript:alert(1)">text</a>',
        '<iframe src="https://example.org"></iframe>',
        '<svg onload="alert(1)"><script>alert(1)</script></svg>',
        '<style>@import "https://example.org";</style>',
        '<p style="background:url(https://example.org)">text</p>',
        '<form action="https://example.org"><input></form>',
        "<base href='https://example.org'>",
        '<meta http-equiv="refresh" content="0;url=https://example.org">',
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    ],
)
def test_nothing_that_runs_or_asks_survives(hostile):
    cleaned = clean_html(hostile)
    for trace in ("alert(1)", "example.org", "<script", "<img", "<style", "onerror"):
        assert trace not in cleaned


def test_tables_survive_whole():
    table = (
        '<div class="table" id="table-a" tabindex="0" role="region" aria-label="x"><table>'
        '<caption>x</caption><thead><tr><th scope="col" class="number">n</th></tr></thead>'
        '<tbody><tr><td class="number">1</td></tr></tbody></table></div>'
    )
    assert clean_html(table) == table


PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)


def finding(name, statement, evidence="", **more):
    plain = {"id": name, "statement": statement, "evidence": evidence, "cell": 1, "prompt": "[1]"}
    return plain | {"value": 0.684, "unit": "share", "numerator": 13, "denominator": 19} | more


def page_of(tmp_path, outputs, findings=(), tables=(), key=(), ticks=None):
    text = nbformat.v4.new_markdown_cell("## A <section>\nText\n## Another")
    cell = nbformat.v4.new_code_cell("1", outputs=outputs)
    path = tmp_path / "toy.ipynb"
    book = nbformat.v4.new_notebook(cells=[cell, text], metadata={"coee": {"key": list(key)}})
    nbformat.write(book, path)
    held = Extract(list(findings), [], list(tables), [])
    maker = PageMaker(engagement="x", run_id="y", ticks=ticks)
    return maker.render(path, held, status="done", error=None)


def test_what_a_cell_shows_cannot_run_whatever_its_kind(tmp_path):
    hostile = "<script>alert(1)</script><img src=http://evil.example/x onerror=alert(1)>"
    kinds = ("text/html", "text/markdown", "text/latex", "text/plain", "image/svg+xml")
    kinds += ("application/javascript",)
    outputs = [nbformat.v4.new_output("display_data", {kind: hostile}) for kind in kinds]
    outputs.append(nbformat.v4.new_output("stream", text=f"\x1b[31m</pre>{hostile}\x1b[0m"))
    page = page_of(tmp_path, outputs)
    assert "<script" not in page
    assert "<img" not in page
    assert "\x1b" not in page


def test_a_long_print_is_shortened(tmp_path):
    output = nbformat.v4.new_output("stream", text="x" * 1_000_000)
    page = page_of(tmp_path, [output])
    assert len(page) < 100_000
    assert "980,000 more characters, all in the notebook" in page


@pytest.mark.parametrize(
    ("evidence", "anchor"),
    [
        ("late.A-1", "line-late.A-1"),
        ("late.A-2", "table-late"),
        ("gone.A", "cell-1"),
        ("", "cell-1"),
    ],
)
def test_a_finding_leads_to_what_the_page_shows(tmp_path, evidence, anchor):
    shown = '<div id="table-late"><table><tr id="line-late.A-1"><td>1</td></tr></table></div>'
    found = finding("a", "One.", evidence)
    output = nbformat.v4.new_output("display_data", {"text/html": shown})
    page = page_of(tmp_path, [output], [found])
    assert f'href="#{anchor}"' in page
    assert f'id="{anchor}"' in page


def test_a_link_to_evidence_says_what_it_leads_to(tmp_path):
    frame = pd.DataFrame({"case": ["A-1", "A-2"]})
    late = Table(frame, name="late", caption="Late, as of 2024-04-30 (log)", anchor="case", rows=1)
    few = {"text/html": "<p>0</p>", CHART_MIME: {"name": "bars", "title": "Bars (log)"}}
    outputs = [
        nbformat.v4.new_output("display_data", data)
        for data in (few | {"image/png": PNG}, late._repr_mimebundle_())
    ]
    shows = {"a": "late.A-1", "b": "late.A-2", "c": "late", "d": "bars", "e": "", "f": "late.<b>"}
    page = page_of(tmp_path, outputs, [finding(*one[:1], "One.", one[1]) for one in shows.items()])
    table = page.split('id="findings"')[1].split("</section>")[0]
    assert re.findall(r'<td><a href="#([^"]*)">([^<]*)</a>', table) == [
        ("line-late.A-1", "Table 1. Late, line A-1"),
        ("table-late", "Table 1. Late"),
        ("table-late", "Table 1. Late"),
        ("chart-bars", "Figure 1. Bars"),
        ("cell-1", "Cell [1]"),
        ("table-late", "Table 1. Late"),
    ]


def test_the_value_of_one_is_of_one(tmp_path):
    found = finding("a", "One.", value=1, unit="vouchers", numerator=None)
    assert '<td class="number">1 voucher</td>' in page_of(tmp_path, [], [found])


def test_the_answer_stands_first_and_all_findings_in_a_table_below(tmp_path):
    found = [finding(f"a.{n}", f"Number <{n}>. More of {n}. [f.csv]") for n in range(40)]
    page = page_of(tmp_path, [], found, key=["a.7", "a.3*"])
    assert '<p class="answer"><a class="finding" href="#cell-1">Number &lt;7&gt;.</a></p>' in page
    summary = page.split('<h2 id="summary">In short</h2>')[1].split("</section>")[0]
    assert [f"Number &lt;{n}&gt;." in summary for n in (7, 3, 30, 31, 32, 33)] == [True] * 5 + [
        False
    ]
    table = page.split('id="findings"')[1].split("</section>")[0]
    assert all(f"Number &lt;{n}&gt;. More of {n}." in table for n in range(40))
    assert table.count('<td class="number">68.4%</td><td class="number">13 of 19</td>') == 40


def test_under_the_question_stands_the_answer_then_what_it_rests_on_then_how_it_is_counted(
    tmp_path,
):
    cells = [
        {
            "cell_type": "markdown",
            "id": "a",
            "metadata": {},
            "source": "# Late?\n\nAs it is counted.",
        }
    ]
    told = finding(
        "a", "One is late. More. [log.csv, generated data]", source_rows=f"line 3 of <l>{'g' * 40}"
    )
    files = [
        {"path": f"{folder}/log.csv", "sha256": "ab", "rows": 2, "used": 2, "excluded": {}}
        | {"origin": origin}
        for folder, origin in (("data", "published"), ("demo", "generated"))
    ]
    page = page_of_cells(tmp_path, cells, Extract([told], files, [], []))
    order = [
        "<h1",
        'One is late.<span class="source"> (generated data)</span></a>',
        "Rows of demo/log.csv were generated",
        "As it is counted.",
        'id="findings"',
        "<summary>rows it counts</summary>line 3 of &lt;l&gt;g",
    ]
    places = [page.index(text) for text in order]
    assert places == sorted(places)
    assert "Rows of log.csv" not in page
    held = Extract([told | {"source_rows": CONFIDENTIAL}], [], [], [])
    told_at_once = f'<span class="trace">rows: {CONFIDENTIAL}</span>'
    assert told_at_once in page_of_cells(tmp_path, cells, held)


def test_findings_that_nobody_named_are_answered_by_the_first_five(tmp_path):
    found = [finding(f"a.{n}", f"Number {n}.") for n in range(9)]
    found[0] |= {"listed": False}
    page = page_of(tmp_path, [], found)
    assert '<p class="answer"><a class="finding" href="#cell-1">Number 1.</a></p>' in page
    assert "Number 0." not in page


def test_the_answer_is_said_once(tmp_path):
    said = ["Six are late. [a.csv]", "Six are late. The longest waits.", "Two are new."]
    found = [finding(f"a.{n}", text) for n, text in enumerate(said)]
    page = page_of(tmp_path, [], found)
    summary = page.split('<h2 id="summary">In short</h2>')[1].split("</section>")[0]
    assert re.findall(r">([^<>]+\.)</a>", summary) == ["Six are late.", "Two are new."]
    assert all(text in page for text in said)  # the table of findings has all


def test_what_reviewers_signed_stands_in_a_sheet_and_what_changed_since_says_so(tmp_path):
    found = [finding("a", "One <b>."), finding("b", "Two."), finding("c", "Three.")]
    seen = {"value": "0.684", "checked_by": "A. <Reader>", "checked_on": "2024-05-02"}
    ticks = Ticks({"a": seen | {"statement": "One <b>."}, "b": seen | {"statement": "2."}})
    page = page_of(tmp_path, [], found, ticks=ticks)
    sheet = page.split('id="signed"')[1].split("</section>")[0]
    assert "1 of 3 findings are checked as they stand, 1 changed since" in sheet
    assert sheet.count("<tr>") == 3
    assert "<td>A. &lt;Reader&gt;</td>" in sheet
    assert "as it was checked" in sheet
    assert "changed since it was checked" in sheet
    assert 'id="signed"' not in page_of(tmp_path, [], found)


def test_the_sections_are_listed_and_lead_there(tmp_path):
    page = page_of(tmp_path, [])
    contents = page.split('aria-label="Contents"')[1].split("</nav>")[0]
    assert contents.count('<a href="#cell-2">') == 2
    assert "A &lt;section&gt;" in contents


def test_the_examples_values_are_not_shown_where_a_run_replaced_them(tmp_path):
    example = {"cell_type": "code", "source": "data = 'of_the_example.csv'", "outputs": []}
    example |= {"execution_count": 1, "id": "a", "metadata": {"tags": ["parameters"]}}
    given = example | {"source": "data = 'of_this_run.csv'", "id": "b", "execution_count": 2}
    given |= {"metadata": {"tags": ["injected-parameters"]}}
    alone, both = (page_of_cells(tmp_path, cells) for cells in ([example], [example, given]))
    assert "of_the_example.csv" in alone
    assert "of_the_example.csv" not in both
    assert "of_this_run.csv" in both


def page_of_cells(tmp_path, cells, held=None):
    path = tmp_path / "n.ipynb"
    path.write_text(
        json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    )
    maker = PageMaker(engagement="e", run_id="r")
    held = held or Extract([], [], [], [])
    return maker.render(path, held, status="done", error=None)


LATER = """
import sys
from pathlib import Path
from coee_nb.publish.extract import extract, read_notebook
from coee_nb.publish.page import PageMaker

maker, notebook = PageMaker(engagement="e", run_id="r"), Path(sys.argv[1])
maker.prepare()
loaded = set(sys.modules)
maker.render(notebook, extract(read_notebook(notebook)), status="done", error=None)
print(*sorted(set(sys.modules) - loaded))
"""


@pytest.mark.long
def test_processes_forked_from_one_that_is_prepared_load_nothing_for_their_page(tmp_path):
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print(1)")])
    nbformat.write(book, tmp_path / "toy.ipynb")
    command = [sys.executable, "-c", LATER, str(tmp_path / "toy.ipynb")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.split() == []
