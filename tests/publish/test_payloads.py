"""Hostile text through every door of a run, into everything that it publishes: nothing acts."""

import csv
import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import nbformat
import openpyxl
import pytest
import tinyhtml5
from docx import Document
from payloads import PAYLOADS
from valid_html import faults_of

from coee_nb import cli
from coee_nb.files import Content
from coee_nb.findings import Finding, Findings, InputFile, Inputs
from coee_nb.outputs import CHART_MIME, Callout, Table, spreadsheet_safe
from coee_nb.plain import plain_text
from coee_nb.publish import run as runs
from coee_nb.publish.about import About
from coee_nb.publish.evidence import Ticks
from coee_nb.publish.execute import Outcome
from coee_nb.publish.extract import extract, read_notebook, write_tables
from coee_nb.publish.fanout import Case
from coee_nb.publish.index import write_index
from coee_nb.publish.plan import Job, Plan

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
ENGAGEMENT = "<img src=x onerror=alert(1)>{{1337*1337}}"
ALL = " ".join(PAYLOADS)
LONG = 2_000  # characters that are kept of the longest, where it stands once a payload


def bundle(shown):
    return nbformat.v4.new_output("display_data", shown._repr_mimebundle_())


def outputs():
    """Every kind of output, with every payload in each."""
    import pandas as pd

    texts = [f"P{n:02} {one[:LONG]}" for n, one in enumerate(PAYLOADS)]
    begin = [one[:LONG] for one in PAYLOADS]
    source = InputFile(f"data/{ALL[:300]}.csv", "ab" * 32, 3, 2, {begin[0]: 1})
    frame = pd.DataFrame({"name": begin, "<i>=head</i>\u202e": texts}, dtype="string")
    labels = {"name": PAYLOADS[3]}
    yield bundle(Table(frame, "hostile", ALL[:900], labels=labels, note=ALL, anchor="name"))
    for n, text in enumerate(begin):
        found = Finding(f"p{n}.{text[:40]}", texts[n], text, text[:20], inputs=(source,))
        yield bundle(Findings([found]))
    yield bundle(Callout(ALL))
    yield bundle(Inputs([source]))
    chart = {"name": "bars", "title": ALL[:900], "description": ALL, "origin": "", "gate": ""}
    yield nbformat.v4.new_output("display_data", {CHART_MIME: chart, "image/png": PNG})
    for kind in ("text/html", "text/markdown", "text/latex", "text/plain", "image/svg+xml"):
        for text in begin:
            yield nbformat.v4.new_output("display_data", {kind: text})
    yield nbformat.v4.new_output("display_data", {"application/javascript": "alert(1)"})
    yield nbformat.v4.new_output("stream", text=ALL)
    frames = {"ename": "<b>", "evalue": ALL[:99], "traceback": [ALL]}
    yield nbformat.v4.new_output("error", **frames)


def write_executed(path):
    cells = [nbformat.v4.new_markdown_cell(f"# {PAYLOADS[0]} {PAYLOADS[54]}\n\n{ALL[:3000]}")]
    cells += [nbformat.v4.new_markdown_cell(f"## {one[:80]}") for one in PAYLOADS]
    cells.append(nbformat.v4.new_code_cell(f"'''{ALL}'''", outputs=list(outputs())))
    metadata = {"coee": {"key": ["p1.*", "p64.*", "p74.*"], "picture": "bars"}}
    metadata["papermill"] = {"parameters": {"note": ALL, "<script>": PAYLOADS[0]}}
    book = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    path.write_text(json.dumps(book).replace("\\ud800", ""), "utf-8")


def publish(folder, name, *stems, note):
    """Publish a run of the hostile notebook under these names, without a kernel."""
    building = folder / name
    building.mkdir(parents=True)
    content = Content(folder / "toy.ipynb", b"{}")
    case = Case("note", PAYLOADS[0])
    values = {"note": note, "as_of": PAYLOADS[3]}
    jobs = [
        Job(stem, content, content, values, case=case if "-" in stem else None) for stem in stems
    ]
    about = About(title=ALL, office=ALL, scope=ALL, limits=ALL)
    ticked = dict.fromkeys(("value", "statement", "checked_by", "checked_on"), ALL)
    plan = Plan(ENGAGEMENT, tuple(jobs), folder, about, Ticks({"p1.x": ticked}))
    for stem in set(stems) - {"bad"}:
        write_executed(building / f"{stem}.ipynb")
        held = extract(read_notebook(building / f"{stem}.ipynb"))
        write_tables(held.tables, building / "tables" / stem)
    ended = tuple(
        Outcome(stem, "failed", error=ALL) if stem == "bad" else Outcome(stem, "done")
        for stem in stems
    )
    record = {"engagement": ENGAGEMENT, "run_id": name, "about": about.model_dump()}
    record |= {"started": "2024-05-01T06:00:00Z", "code": {}}
    runs._publish(plan, building, ended, record)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The outputs folder with two runs of hostile text, the second compared with the first."""
    outputs = tmp_path_factory.mktemp("outputs")
    publish(outputs / ENGAGEMENT, "2024-05-01T06-00-00Z", "bad", note="before")
    publish(outputs / ENGAGEMENT, "2024-05-02T06-00-00Z", "toy", "bad", "toy-1", note=ALL)
    write_index(outputs)
    return outputs


@pytest.fixture(scope="module")
def newest(published):
    return published / ENGAGEMENT / "2024-05-02T06-00-00Z"


PAGES = ("toy.html", "toy-1.html", "summary.html", "changes.html", "../../index.html")
ALLOWED = {"html", "head", "title", "meta", "body", "main", "nav", "header", "footer", "section"}
ALLOWED |= {"figure", "figcaption", "img", "style"}
RUNNING = re.compile(r"^\s*(javascript|vbscript|data|file):", re.I)
HIDDEN = set(map(chr, [*range(9), *range(11, 32), *range(127, 160)])) | set("\u202a\u202e\u2066")


def elements(page):
    """The elements of a page as a browser reads it: name, attributes, text."""
    from coee_nb.publish import page as pages

    root = tinyhtml5.parse(page, namespace_html_elements=False)
    named = pages._TAGS | ALLOWED
    for one in root.iter():
        assert isinstance(one.tag, str) or "Comment" in repr(one.tag)
        if isinstance(one.tag, str):
            yield one, one.tag in named


def test_there_are_enough_and_no_two_alike():
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 50


@pytest.mark.parametrize("name", PAGES)
def test_no_payload_is_more_than_text_on_a_page(newest, name):
    page = (newest / name).read_text("utf-8")
    assert not HIDDEN & set(page)
    styles = 0
    for one, allowed in elements(page):
        assert allowed, one.tag
        styles += one.tag == "style"
        assert not [key for key in one.attrib if str(key).startswith("on")], one.attrib
        assert "evil.example" not in one.get("style", "")
        if one.tag == "img":
            assert one.get("src", "").startswith("data:image/png;base64,")
            assert not RUNNING.match(one.get("src", "")) or one.get("src", "").startswith("data:")
        assert not RUNNING.match(one.get("href", "")), one.get("href")
        if one.tag == "meta" and one.get("http-equiv"):
            assert one.get("http-equiv") == "Content-Security-Policy"
            assert "script-src" not in one.get("content")
    assert styles == 1
    assert "1787569" not in page


@pytest.mark.parametrize("name", PAGES[2:])
def test_pages_of_a_run_and_over_runs_are_valid_whatever_they_quote(newest, name):
    assert faults_of((newest / name).read_text("utf-8")) == []


def test_every_sentence_of_a_finding_is_there_to_be_read(newest):
    page = tinyhtml5.parse((newest / "toy.html").read_text(), namespace_html_elements=False)
    table = next(one for one in page.iter("section") if one.get("id") == "findings")
    said = " ".join("".join(table.itertext()).split())
    for n, one in enumerate(PAYLOADS):
        visible = " ".join(plain_text(one[:LONG]).split())[:60]
        start = f"P{n:02} {visible}".strip()
        assert start[:4] in said
        if one.isascii() and one.isprintable():
            assert start in said, one


def test_no_cell_of_a_spreadsheet_is_a_formula_or_acts(newest):
    files = [newest / "evidence.csv", *newest.glob("tables/*/*.csv")]
    assert len(files) == 3
    for file in files:
        text = file.read_text("utf-8")
        assert not (HIDDEN - {"\r"}) & set(text)
        for row in csv.reader(io.StringIO(text)):
            assert all(spreadsheet_safe(cell) == cell for cell in row)
    book = openpyxl.load_workbook(newest / "tables.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert len(cells) > len(PAYLOADS)
    assert not [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert not any(HIDDEN & set(cell.value) for cell in cells if isinstance(cell.value, str))


def test_the_document_has_no_field_and_no_link(newest):
    parts = zipfile.ZipFile(newest / "answers.docx")
    document = parts.read("word/document.xml").decode()
    assert not re.search(r"<w:(fldSimple|instrText|hyperlink|object)\b", document)
    assert not HIDDEN & set(document)
    assert "evil" not in parts.read("word/_rels/document.xml.rels").decode()
    assert len(Document(newest / "answers.docx").tables) == 2


def test_nothing_acts_on_a_terminal(newest, capsys, monkeypatch):
    first = newest.with_name("2024-05-01T06-00-00Z")
    with pytest.raises(SystemExit):
        cli.main(["compare", str(first), str(newest)])
    with pytest.raises(SystemExit):
        cli.main(["compare", str(first), "no\x1b[2J\u202erun"])
    said = "".join(capsys.readouterr())
    assert "evil.example" in said  # the payloads came by
    assert not HIDDEN & set(said)
    assert not HIDDEN & set((newest / "run.log").read_text("utf-8"))


@pytest.mark.browser
def test_a_browser_runs_nothing_and_asks_for_nothing(newest):
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Chromium is not installed")
    asked, dialogs = [], []
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        for name in PAGES:
            page.goto((newest / name).resolve().as_uri())
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            assert page.evaluate("document.scripts.length") == 0
        browser.close()
    assert dialogs == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert {Path(url).name for url in asked if url.startswith("file:")} <= {
        Path(name).name for name in PAGES
    }
