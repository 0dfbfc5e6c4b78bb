"""Pages printed by a real browser."""

import re
import zlib

import pytest

from coee_nb.errors import InputError
from coee_nb.publish import pdf
from coee_nb.publish.pdf import browser, print_page

PAGE = """<!DOCTYPE html><style>@page { size: A4 }</style>
<details><summary>More</summary><p>folded</p></details>
<p style="break-before: page">second</p>"""


@pytest.mark.browser
def test_a_page_is_printed_whole(tmp_path):
    try:
        browser()
    except InputError:
        pytest.skip("Chromium is not installed")
    (tmp_path / "a page.html").write_text(PAGE)
    print_page(tmp_path / "a page.html", tmp_path / "a page.pdf")
    made = (tmp_path / "a page.pdf").read_bytes()
    assert made.startswith(b"%PDF")
    streams = re.findall(rb"stream\r?\n(.*?)endstream", made, re.S)
    text = b"".join(zlib.decompress(one) for one in streams if one[:1] == b"x")
    assert len(re.findall(rb"/Type\s*/Page\b", made + text)) == 2


def test_where_there_is_no_browser_nothing_is_begun(monkeypatch):
    monkeypatch.setattr(pdf.shutil, "which", lambda _: None)
    with pytest.raises(InputError, match="apt-get install chromium"):
        browser()
