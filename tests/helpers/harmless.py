"""What a published file may not hold, whatever text of others went into it."""

import csv
import io
import re
import zipfile

import openpyxl
import tinyhtml5

from coee_nb.outputs import spreadsheet_safe
from coee_nb.publish import page as pages

ALLOWED = pages._TAGS | {
    *("html", "head", "title", "meta", "body", "main", "nav", "header", "footer", "section"),
    *("figure", "figcaption", "img", "style"),
}
RUNNING = re.compile(r"^\s*(javascript|vbscript|data|file):", re.I)
HIDDEN = set(map(chr, [*range(9), *range(11, 32), *range(127, 160)])) | set("\u202a\u202e\u2066")


def assert_page(page):
    """Hold a page to what may stand on one: known elements, no handler, no foreign picture."""
    assert not HIDDEN & set(page)
    assert "1787569" not in page  # 1337 times 1337: a template was filled in
    root = tinyhtml5.parse(page, namespace_html_elements=False)
    elements = [one for one in root.iter() if isinstance(one.tag, str)]
    assert all("Comment" in repr(one.tag) for one in root.iter() if not isinstance(one.tag, str))
    assert sum(one.tag == "style" for one in elements) == 1
    for one in elements:
        assert one.tag in ALLOWED, one.tag
        assert not [key for key in one.attrib if str(key).startswith("on")], one.attrib
        assert "evil.example" not in one.get("style", "")
        assert not RUNNING.match(one.get("href", "")), one.get("href")
        if one.tag == "img":
            assert one.get("src", "").startswith("data:image/png;base64,")
        if one.tag == "style":
            assert not re.search(r"@import|url\(|https?:", one.text)
        if one.tag == "meta" and one.get("http-equiv"):
            assert one.get("http-equiv") == "Content-Security-Policy"
            assert "script-src" not in one.get("content")


def assert_csv(text):
    """Hold a CSV file to text that no spreadsheet takes for a formula and no terminal acts on."""
    assert not (HIDDEN - {"\r"}) & set(text)
    for row in csv.reader(io.StringIO(text)):
        assert all(spreadsheet_safe(cell) == cell for cell in row), row


def assert_workbook(path):
    """Hold an Excel workbook to cells of text and numbers; return how many it has."""
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert not any(HIDDEN & set(cell.value) for cell in cells if isinstance(cell.value, str))
    return len(cells)


def assert_document(path):
    """Hold a Word document to text: no field, no link, nothing from elsewhere."""
    parts = zipfile.ZipFile(path)
    document = parts.read("word/document.xml").decode()
    assert not re.search(r"<w:(fldSimple|instrText|hyperlink|object)\b", document)
    assert not HIDDEN & set(document)
    assert not HIDDEN & set(parts.read("docProps/core.xml").decode())
    assert "evil" not in parts.read("word/_rels/document.xml.rels").decode()
