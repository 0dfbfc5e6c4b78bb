"""Hostile text through every door of a run, into everything that it publishes: nothing acts."""

import json
import shutil
from pathlib import Path

import nbformat
import pytest
import tinyhtml5
from docx import Document
from harmless import HIDDEN, assert_csv, assert_document, assert_page, assert_workbook
from payloads import PAYLOADS
from valid_html import faults_of

from coee_nb import cli
from coee_nb.files import Content
from coee_nb.findings import Finding, Findings, InputFile, Inputs
from coee_nb.outputs import CHART_MIME, Callout, Table
from coee_nb.plain import plain_text
from coee_nb.publish import run as runs
from coee_nb.publish.about import About
from coee_nb.publish.evidence import Ticks
from coee_nb.publish.execute import Outcome
from coee_nb.publish.extract import extract, read_notebook, write_tables
from coee_nb.publish.fanout import Case
from coee_nb.publish.index import write_index
from coee_nb.publish.plan import Job, Plan
from coee_nb.publish.settle import Settler
from coee_nb.publish.status import Status

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
ENGAGEMENT = "<img src=x onerror=alert(1)>{{1337*1337}}"
ALL = " ".join(PAYLOADS)
METHODS = "\n\n".join(PAYLOADS).replace("\ud800", "")
LONG = 2_000  # characters that are kept of the longest, where it stands once a payload


def bundle(shown):
    return nbformat.v4.new_output("display_data", shown._repr_mimebundle_())


def outputs(before):
    """Every kind of output, with every payload in each; findings as now or as ``before``."""
    import pandas as pd

    texts = [f"P{n:02} {one[:LONG]}" for n, one in enumerate(PAYLOADS)]
    begin = [one[:LONG] for one in PAYLOADS]
    source = InputFile(f"data/{ALL[:300]}.csv", "ab" * 32, 3, 2, {begin[0]: 1})
    frame = pd.DataFrame({"name": begin, "<i>=head</i>\u202e": texts}, dtype="string")
    labels = {"name": PAYLOADS[3]}
    yield bundle(Table(frame, "hostile", ALL[:900], labels=labels, note=ALL, anchor="name"))
    for n, text in enumerate(begin):
        value = "none" if before else text
        found = Finding(f"p{n}.{text[:40]}", texts[n], value, text[:20], inputs=(source,))
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


def write_executed(path, *, before):
    cells = [nbformat.v4.new_markdown_cell(f"# {PAYLOADS[0]} {PAYLOADS[54]}\n\n{ALL[:3000]}")]
    cells += [nbformat.v4.new_markdown_cell(f"## {one[:80]}") for one in PAYLOADS]
    cells.append(nbformat.v4.new_code_cell(f"'''{ALL}'''", outputs=list(outputs(before))))
    metadata = {"coee": {"key": ["p1.*", "p64.*", "p74.*"], "picture": "bars"}}
    metadata["papermill"] = {"parameters": {"note": ALL, "<script>": PAYLOADS[0]}}
    book = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    path.write_text(json.dumps(book).replace("\\ud800", ""), "utf-8")


def publish(folder, name, *stems, note, before=False):
    """Publish a run of the hostile notebook under these names, without a kernel."""
    (folder / "docs").mkdir(parents=True, exist_ok=True)
    (folder / "docs" / "methods.md").write_text(f"# Methods\n\n{METHODS}", "utf-8")
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
        write_executed(building / f"{stem}.ipynb", before=before)
        held = extract(read_notebook(building / f"{stem}.ipynb"))
        write_tables(held.tables, building / "tables" / stem)
    ended = tuple(
        Outcome(stem, "failed", error=ALL) if stem == "bad" else Outcome(stem, "done")
        for stem in stems
    )
    record = {"engagement": ENGAGEMENT, "run_id": name, "about": about.model_dump()}
    record |= {"started": "2024-05-01T06:00:00Z", "code": {}}
    settler = Settler(plan, building, name)
    for job, outcome in zip(jobs, ended, strict=True):
        settler.write_page(job, outcome)
    runs._publish(plan, building, ended, record)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The outputs folder with two runs of hostile text, the second compared with the first."""
    outputs = tmp_path_factory.mktemp("outputs")
    publish(outputs / ENGAGEMENT, "2024-05-01T06-00-00Z", "toy", "bad", note="before", before=True)
    publish(outputs / ENGAGEMENT, "2024-05-02T06-00-00Z", "toy", "bad", "toy-1", note=ALL)
    write_index(outputs)
    return outputs


@pytest.fixture(scope="module")
def newest(published):
    return published / ENGAGEMENT / "2024-05-02T06-00-00Z"


PAGES = ("toy.html", "toy-1.html", "summary.html", "changes.html", "methods.html")
PAGES += ("../../index.html",)


def test_there_are_enough_and_no_two_alike():
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 50


@pytest.mark.parametrize("name", PAGES)
def test_no_payload_is_more_than_text_on_a_page(newest, name):
    assert_page((newest / name).read_text("utf-8"))


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
        assert_csv(file.read_text("utf-8"))
    assert assert_workbook(newest / "tables.xlsx") > len(PAYLOADS)


def test_the_document_has_no_field_and_no_link(newest):
    assert_document(newest / "answers.docx")
    assert len(Document(newest / "answers.docx").tables) == 2


def test_records_hold_every_text_and_none_acts_on_who_shows_them(newest):
    for name in ("findings.json", "manifest.json"):
        text = (newest / name).read_text("utf-8")
        assert not HIDDEN & set(text)
        assert "\\u202e" in text  # as JSON writes it: no text is lost
    said = {one["statement"] for one in json.loads(text_of(newest))["findings"]}
    assert {f"P{n:02} {one[:LONG]}" for n, one in enumerate(PAYLOADS)} <= said


def text_of(run):
    return (run / "findings.json").read_text("utf-8")


def test_what_changed_is_told_of_every_text(newest):
    page = tinyhtml5.parse((newest / "changes.html").read_text(), namespace_html_elements=False)
    said = " ".join(" ".join(page.itertext()).split())
    assert f"{len(PAYLOADS)} numbers changed" in said
    index = (newest / "../../index.html").read_text("utf-8")
    assert f"{len(PAYLOADS)} numbers changed" in index


def test_nothing_acts_on_a_terminal(newest, capsys):
    first, outputs = newest.with_name("2024-05-01T06-00-00Z"), newest.parents[1]
    ended = (Outcome("bad", "failed", error=ALL),)
    Status(newest.parent, "no\x1b[2J\u202erun").ended(ended, seal=ALL)
    asked = [
        ["compare", str(first), str(newest)],
        ["compare", str(first), "no\x1b[2J\u202erun"],
        ["verify", str(newest), "--seal", "\x1b[2Jseal"],
        ["status", "--outputs", str(outputs)],
        ["status", "--outputs", str(outputs), "--json"],
        ["check", "no\x1b[2J\u202esuch"],
        ["run", "no\x1b[2J\u202esuch.yaml"],
    ]
    everything = ""
    for words in asked:
        with pytest.raises(SystemExit):
            cli.main(words)
        said = "".join(capsys.readouterr())
        assert said
        assert not HIDDEN & set(said), words
        everything += said
    assert "evil.example" in everything  # the payloads came by
    (newest.parent / "status.json").unlink()
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
