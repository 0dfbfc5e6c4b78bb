"""An executed notebook as a page: self-contained, without script, findings first.

The page is made by nbconvert from the template beside this file. Everything a notebook shows is
passed through an allow-list of elements (nh3), and a Content-Security-Policy forbids script and
every request.
"""

import base64
import re
import sys
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import Any

from coee_nb.outputs import CHART_MIME, FINDINGS_MIME, INPUTS_MIME, TABLE_MIME, anchor_of
from coee_nb.publish.extract import Extract, own_cells, prompt_of, title_of

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # see execute.py

TEMPLATES = Path(__file__).parent / "template"
_TAGS = {
    *("a", "b", "blockquote", "br", "caption", "code", "dd", "details", "div", "dl", "dt", "em"),
    *("h1", "h2", "h3", "h4", "h5", "hr", "i", "li", "ol", "p", "pre", "span", "strong", "sub"),
    *("summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
}
_ATTRIBUTES = {
    "*": {"class", "id", "role", "tabindex", "aria-label"},
    "a": {"href"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
}


def clean_html(html: str) -> str:
    """Return HTML with only the allowed elements and attributes: no script, style or request.

    >>> clean_html('<p onclick="x()">a<script>x()</script><img src="http://b"></p>')
    '<p>a</p>'
    """
    import nh3

    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"https", "http", "mailto"},
        link_rel="noopener noreferrer",
    )


def shown_width(picture: str) -> int:
    """Return the width in CSS pixels at which a base64 PNG of 144 dots an inch is shown."""
    header = base64.b64decode(picture[:64])
    return int.from_bytes(header[16:20], "big") * 96 // 144


class PageMaker:
    """Makes the pages of one run; the exporter is built once, as building costs a second."""

    def __init__(self, *, engagement: str, run_id: str) -> None:
        self.engagement, self.run_id = engagement, run_id

    def render(self, notebook: Path, held: Extract, *, status: str, error: str | None) -> str:
        """Return the page of an executed notebook; a failed one says so at its head."""
        import nbformat

        document = nbformat.read(notebook, as_version=4)
        document.cells = own_cells(document)
        number_cells(document)
        page, _ = self._exporter.from_notebook_node(
            document,
            resources={
                "coee": {
                    "title": title_of(document) or notebook.stem,
                    "name": notebook.stem,
                    "engagement": self.engagement,
                    "run_id": self.run_id,
                    "status": status,
                    "error": error,
                    "replaced": _replaced(document),
                    "findings": _linked(held, anchors_of(document)),
                    "inputs": held.inputs,
                    "parameters": document.metadata.get("papermill", {}).get("parameters", {}),
                }
            },
        )
        return page

    @cached_property
    def _exporter(self):
        from nbconvert import HTMLExporter
        from pygments.formatters import HtmlFormatter

        exporter = HTMLExporter(
            template_name="report",
            exclude_anchor_links=True,
            extra_template_basedirs=[str(TEMPLATES)],
            filters={
                "clean_html": clean_html,
                "prompt_of": prompt_of,
                "shortened": shortened,
                "shown_width": shown_width,
            },
        )
        style = HtmlFormatter(style="default").get_style_defs(".highlight")
        exporter.environment.globals.update(
            code_style=style,
            page_style=(TEMPLATES / "page.css").read_text("utf-8"),
            FINDINGS=FINDINGS_MIME,
            INPUTS=INPUTS_MIME,
            TABLE=TABLE_MIME,
            CHART=CHART_MIME,
        )
        return exporter


def number_cells(document: Any) -> None:
    """Give each cell the number its anchor bears."""
    for number, cell in enumerate(document.cells, start=1):
        cell.metadata["number"] = number


def _replaced(document: Any) -> int | None:
    """Return the number of the cell whose values papermill replaced, or None.

    They are the example's: a reader of another audit must not take them for this one's.
    """
    numbers = {
        tag: cell.metadata["number"]
        for cell in document.cells
        for tag in cell.metadata.get("tags", [])
    }
    return numbers.get("parameters") if "injected-parameters" in numbers else None


def anchors_of(document: Any) -> set[str]:
    """Return the anchors that the outputs of a notebook bring to its page."""
    shown = (
        str(output.get("data", {}).get("text/html", ""))
        for cell in document.cells
        for output in cell.get("outputs", [])
    )
    return {unescape(name) for html in shown for name in _ID.findall(html)}


_ID = re.compile(r'\sid="([^"]*)"')


def _linked(held: Extract, anchors: set[str]) -> list[dict[str, Any]]:
    """Return the findings with the anchor of their evidence.

    That is the chart, the table's line, the table when the line is not shown, else the cell.
    """
    charts = {chart["name"] for chart in held.charts}

    def anchor(finding: dict[str, Any]) -> str:
        evidence = finding["evidence"]
        if evidence in charts:
            return f"chart-{evidence}"
        wanted = (anchor_of(evidence), anchor_of(evidence.partition(".")[0]))
        return next((name for name in wanted if name in anchors), f"cell-{finding['cell']}")

    return [finding | {"anchor": anchor(finding)} for finding in held.findings]


def shortened(text: str, limit: int = 20_000) -> str:
    r"""Return text as it is, or its beginning and the note that the notebook has all of it.

    >>> shortened("a" * 12, limit=10)
    'aaaaaaaaaa\n... 2 more characters, all in the notebook'
    """
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\n... {len(text) - limit:,} more characters, all in the notebook"
