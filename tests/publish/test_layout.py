"""What a page numbers and folds."""

import json
import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from valid_html import faults_of

from coee_nb.findings import Inputs
from coee_nb.outputs import TABLE_MIME, Table
from coee_nb.publish.extract import Extract
from coee_nb.publish.layout import FIRST, SLACK
from coee_nb.publish.methods import method_link, methods_page, read_methods
from coee_nb.publish.page import PageMaker

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def table_of(name, lines, **more):
    frame = pd.DataFrame({"case": [f"{name}-{n}" for n in range(lines)]})
    return Table(frame, name=name, caption=f"The {name}, as of 2024-04-30 (log)", **more)


def shown(*outputs):
    made = [
        nbformat.v4.new_output("display_data", one._repr_mimebundle_(), metadata={})
        for one in outputs
    ]
    return nbformat.v4.new_code_cell("show()", outputs=made)


def page_of(tmp_path, cells, **coee):
    path = tmp_path / "toy.ipynb"
    book = nbformat.v4.new_notebook(cells=cells, metadata={"coee": coee})
    nbformat.write(book, path)
    maker = PageMaker(engagement="x", run_id="y")
    return maker.render(path, Extract([], [], [], []), status="done", error=None)


def heading(text, more=""):
    return nbformat.v4.new_markdown_cell(f"## {text}\n{more}")


def test_a_column_of_short_texts_takes_no_more_room_than_they_need(tmp_path):
    lines = {"unit": ["A unit of a long name", "B"], "year": ["2019", "all"], "n": [1, 2]}
    page = page_of(tmp_path, [shown(Table(pd.DataFrame(lines), name="t", caption="T"))])
    cells = re.findall(r'<t[dh](?: scope="row")?( class="\w+")?>([^<]*)</t[dh]>', page)
    kinds = {text: kind for kind, text in cells}
    assert kinds["A unit of a long name"] == kinds["B"] == ""
    assert kinds["2019"] == kinds["all"] == ' class="short"'
    assert kinds["1"] == kinds["2"] == ' class="number"'


def test_a_column_breaks_words_only_where_one_is_longer_than_a_name(tmp_path):
    lines = {"rule": ["missing_release_date", "b"], "hash": ["0" * 64, "a word and another one"]}
    page = page_of(tmp_path, [shown(Table(pd.DataFrame(lines), name="t", caption="T"))])
    assert '<th scope="row">missing_release_date</th>' in page
    assert page.count('<td class="long">') == 2


def test_what_is_shown_twice_has_its_ids_once_and_two_names(tmp_path):
    one = table_of("one", 2, anchor="case")
    page = page_of(tmp_path, [nbformat.v4.new_markdown_cell("# Twice"), shown(one), shown(one)])
    assert faults_of(page) == []
    assert page.count('id="table-one"') == page.count('id="line-one.one-0"') == 1
    assert re.findall('aria-label="(Table .)', page) == ["Table 1", "Table 2"]


def test_a_picture_is_told_in_words_in_the_fold_below_it(tmp_path):
    words = '<p class="description">Two bars.</p><details><summary>The table</summary>T</details>'
    output = nbformat.v4.new_output("display_data", {"text/html": words}, metadata={})
    page = page_of(tmp_path, [nbformat.v4.new_code_cell("show()", outputs=[output])])
    told = "<summary>The picture in words and as a table</summary>"
    assert f'<details>{told}<p class="description">Two bars.</p>T</details>' in page


def test_tables_and_sections_bear_numbers_that_no_fold_changes(tmp_path):
    cells = [
        heading("First"),
        shown(table_of("one", 2), table_of("two", 2, fold="Both")),
        heading("Second", "Words."),
        shown(table_of("three", 2)),
    ]
    page = page_of(tmp_path, cells, detail=["Second"])
    assert re.findall(r"<caption>(Table \d\. The \w+)<", page) == [
        "Table 1. The one",
        "Table 2. The two",
        "Table 3. The three",
    ]
    assert re.findall(r"<h2[^>]*>(\d\. [^<]*)<", page) == ["1. First", "2. Second"]
    assert "counter" not in page.partition("@page")[0]


def test_what_a_caption_says_of_its_source_stands_back(tmp_path):
    page = page_of(tmp_path, [shown(table_of("one", 2))])
    source = (
        '<span class="source">, as of <span class="short">2024-04-30</span> (log)</span></caption>'
    )
    assert f"The one{source}" in page


def test_a_section_of_detail_folds_under_the_captions_of_what_it_holds(tmp_path):
    many = [table_of(f"t{n}", 2) for n in "abcdefg"]
    cells = [heading("Main"), heading("More", "Words."), shown(*many), heading("Last")]
    page = page_of(tmp_path, cells, detail=["More"])
    fold = page.split('<details class="section">')[1]
    assert "<h2>2. More</h2>" in fold
    assert "The ta · The tb · The tc · The td · The te · 2 more" in fold
    assert fold.index("Words.") < fold.index("The tg") < fold.index("3. Last")
    assert page.count('<details class="section">') == 1


@pytest.mark.parametrize("lines", [FIRST + SLACK, FIRST + SLACK + 1])
def test_of_a_long_table_the_first_lines_stand_open(tmp_path, lines):
    page = page_of(tmp_path, [shown(table_of("long", lines, anchor="case", note="A note."))])
    assert [page.count(f'id="line-long.long-{n}"') for n in range(lines)] == [1] * lines
    assert page.count('id="table-long"') == 1
    open_lines = page.split('id="table-long"')[1].split("<details>")[0]
    if lines > FIRST + SLACK:
        assert f"The other {lines - FIRST} lines" in page
        assert open_lines.count("line-long") == FIRST
    else:
        assert "The other" not in page
        assert open_lines.count("line-long") == lines
    assert page.count("A note.") == 1


def test_a_last_section_of_nothing_but_inputs_is_left_to_the_list_at_the_end(tmp_path):
    cells = [heading("Main"), shown(table_of("one", 2)), heading("Inputs"), shown(Inputs([]))]
    page = page_of(tmp_path, cells)
    assert "2. Inputs" not in page
    assert page.count("Inputs and parameters of this run</h2>") == 1


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_names_sections_that_are_there_and_its_method(notebook):
    book = json.loads(notebook.read_text())
    sources = ["".join(one["source"]) for one in book["cells"] if one["cell_type"] == "markdown"]
    headings = {line[3:] for source in sources for line in source.splitlines() if line[:3] == "## "}
    said = book["metadata"]["coee"]
    assert set(said.get("detail", [])) <= headings
    assert not set(said.get("detail", [])) >= headings
    if notebook.stem != "ad_hoc":  # which asks what other notebooks ask
        assert "#" in method_link(read_methods(ROOT), book["metadata"])


def test_every_method_that_a_notebook_names_is_a_place_on_the_page_of_methods():
    told = read_methods(ROOT)
    about = {"title": "Parks <1>"}
    page = methods_page(told, run={"about": about, "run_id": "r", "engagement": "e"})
    links = {method_link(told, json.loads(path.read_text())["metadata"]) for path in NOTEBOOKS}
    assert all(f'id="{link.partition("#")[2]}"' in page for link in links if "#" in link)
    assert "Parks &lt;1&gt;" in page
    assert "glossary.md" not in page
    assert TABLE_MIME not in page
