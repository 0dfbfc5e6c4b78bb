"""What may stand in a page."""

import json

import nbformat
import pytest

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


def page_of(tmp_path, outputs, findings=(), tables=()):
    cell = nbformat.v4.new_code_cell("1", outputs=outputs)
    path = tmp_path / "toy.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    held = Extract(list(findings), [], list(tables), [])
    return PageMaker(engagement="x", run_id="y").render(path, held, status="done", error=None)


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
    found = {"id": "a", "statement": "One.", "evidence": evidence, "cell": 1}
    output = nbformat.v4.new_output("display_data", {"text/html": shown})
    page = page_of(tmp_path, [output], [found])
    assert f'href="#{anchor}"' in page
    assert f'id="{anchor}"' in page


def test_many_findings_are_folded_after_the_first(tmp_path):
    found = [
        {"id": f"a.{n}", "statement": f"Number {n}.", "evidence": "", "cell": 1} for n in range(40)
    ]
    page = page_of(tmp_path, [], found)
    assert all(f"Number {n}." in page for n in range(40))
    assert "10 more findings" in page
    assert 'start="31"' in page


def test_the_examples_values_are_not_shown_where_a_run_replaced_them(tmp_path):
    example = {"cell_type": "code", "source": "data = 'of_the_example.csv'", "outputs": []}
    example |= {"execution_count": 1, "id": "a", "metadata": {"tags": ["parameters"]}}
    given = example | {"source": "data = 'of_this_run.csv'", "id": "b", "execution_count": 2}
    given |= {"metadata": {"tags": ["injected-parameters"]}}
    alone, both = (page_of_cells(tmp_path, cells) for cells in ([example], [example, given]))
    assert "of_the_example.csv" in alone
    assert "of_the_example.csv" not in both
    assert "of_this_run.csv" in both


def page_of_cells(tmp_path, cells):
    path = tmp_path / "n.ipynb"
    path.write_text(
        json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    )
    maker = PageMaker(engagement="e", run_id="r")
    return maker.render(path, Extract([], [], [], []), status="done", error=None)
