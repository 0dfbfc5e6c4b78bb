"""Hostile text in the data and sheets of an engagement, through its notebooks into every file."""

import csv
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import second_engagement
import yaml
from harmless import HIDDEN, assert_csv, assert_document, assert_page, assert_workbook
from payloads import PAYLOADS
from published_files import naming_a_folder, too_large

from coee_nb.files import read_file
from coee_nb.publish.plan import schema_of

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ("recommendation_aging", "survey_responses", "penalty_limitations", "collections_its")
# A file of text has no NUL, and a name in it no break of the line; the longest is kept apart.
TEXTS = [one for one in PAYLOADS if not set("\0\r\n") & set(one) and len(one) < 1_000]
# A list in which an element ends is told to be a page of the web, and not read.
LISTED = [one for one in TEXTS if not re.search(r"</(div|table|td|p|a)>", one, re.I)]
NAME = "lake<b>side"


def follow_up():
    """A list of recommendations whose titles, texts and offices are hostile, and its columns."""
    stream = io.StringIO()
    out = csv.writer(stream)
    columns = ["Audit", "{{1337*1337}}", "Issued", "No", TEXTS[38], "+1+1", "Progress", "Target"]
    out.writerow(columns)
    for number, text in enumerate(LISTED):
        named = [text, LISTED[number - 1], LISTED[number - 2]]
        row = ["A-1", named[0], "2023-02-01", number + 1, *named[1:], "In progress", "2023-06-30"]
        out.writerow(row)
    return stream.getvalue(), columns


@pytest.fixture(scope="module")
def hostile_run(tmp_path_factory):
    """The run of an engagement of hostile data; its folder, and what was printed."""
    root = tmp_path_factory.mktemp("hostile")
    (root / "notebooks").mkdir()
    for name in NOTEBOOKS:
        shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", root / "notebooks")
    sections = {
        name: schema_of(read_file(ROOT / "notebooks" / f"{name}.ipynb")).SECTIONS[0]
        for name in NOTEBOOKS
    }
    text, columns = follow_up()
    with pytest.MonkeyPatch.context() as patch:
        made = second_engagement
        patch.setattr(made, "MAKERS", {name: made.MAKERS[name] for name in NOTEBOOKS})
        patch.setattr(made, "FOLLOW_UP", text)
        named = dict(zip(("title", "text", "office"), columns[1:2] + columns[4:6], strict=True))
        patch.setattr(made, "MAP", made.MAP | named)
        patch.setattr(made, "BRANCHES", ("<img src=x onerror=alert(1)>", "{{1337*1337}}", "=1+1"))
        patch.setattr(made, "HELPED", (TEXTS[1], TEXTS[44], TEXTS[62]))
        said = " ".join(TEXTS[:44]).replace("{", "{{").replace("}", "}}")
        patch.setattr(made, "REMARKS", f"# Lakeside\n\n## {{section}}\n\n{said}\n")
        sheets = made.write(root, sections)
    about = {"title": TEXTS[34], "scope": " ".join(TEXTS), "limits": TEXTS[35]}
    (sheets / "_engagement.yaml").write_text(yaml.safe_dump(about), "utf-8")
    sheet = sheets / "collections_its.yaml"
    values = yaml.safe_load(sheet.read_text()) | {"measure": TEXTS[37], "change": TEXTS[0]}
    sheet.write_text(yaml.safe_dump(values), "utf-8")
    return published(root, sheets)


def published(root, sheets):
    """Run the sheets twice under a hostile name; return the newer run and what was printed."""
    asked = sheets.rename(sheets.with_name(NAME))
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "coee_nb.cli", "run", str(asked), "--pdf"]
    said = ""
    for day in ("2024-06-30", "2024-08-31"):
        sheet = asked / "recommendation_aging.yaml"
        values = yaml.safe_load(sheet.read_text()) | {"as_of": day}
        sheet.write_text(yaml.safe_dump(values), "utf-8")
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
        said += done.stdout + done.stderr
        assert done.returncode == 0, said[-6000:]
    return sorted((root / "outputs" / NAME).glob("2*"))[-1], said


def test_pages_and_pages_to_hand_out_are_text(hostile_run):
    folder, said = hostile_run
    assert not HIDDEN & set(said)
    pages = [*folder.rglob("*.html"), folder.parents[1] / "index.html"]
    assert len(pages) > len(NOTEBOOKS) + 2
    for page in pages:
        assert_page(page.read_text("utf-8"))
    told = (folder / "recommendation_aging.html").read_text("utf-8")
    assert "&lt;scr&lt;script&gt;ipt&gt;" in told  # the texts came by


def test_tables_records_and_documents_are_text(hostile_run):
    folder, _ = hostile_run
    files = [folder / "evidence.csv", *folder.glob("tables/*/*.csv"), *folder.glob("files/**/*.csv")]
    assert len(files) > 50
    for file in files:
        assert_csv(file.read_text("utf-8"))
    for book in folder.rglob("*.xlsx"):
        assert assert_workbook(book)
    assert_document(folder / "answers.docx")
    for file in (one for one in folder.rglob("*") if one.suffix in (".json", ".txt", ".log")):
        assert not HIDDEN & set(file.read_text("utf-8"))


def test_no_file_names_a_folder_of_this_machine_and_no_page_is_large(hostile_run):
    folder, _ = hostile_run
    assert [*folder.glob("*.pdf")]
    assert naming_a_folder(folder) == []
    assert too_large(folder) == []
