"""What may stand in a page."""

import pytest

from coee_nb.publish.page import clean_html


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
