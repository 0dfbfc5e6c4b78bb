"""An executed notebook as a page: self-contained, without script, findings first.

The page is made by nbconvert from the template beside this file. Everything a notebook shows is
passed through an allow-list of elements (nh3), and a Content-Security-Policy forbids script and
every request.
"""

import base64
import re
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import Any

from markupsafe import escape

from coee_nb import formats as fmt
from coee_nb.origins import GENERATED
from coee_nb.outputs import CHART_MIME, FINDINGS_MIME, INPUTS_MIME, TABLE_MIME, anchor_of
from coee_nb.parameters import RUN_PREFIX
from coee_nb.plain import without_hidden
from coee_nb.publish.about import About
from coee_nb.publish.evidence import Ticks
from coee_nb.publish.extract import Extract, own_cells, prompt_of, subject_and_period, title_of
from coee_nb.publish.fanout import Case
from coee_nb.publish.key import as_of_in, in_short, key_findings, said_once
from coee_nb.publish.layout import apart, labels_of, lay_out, quietly
from coee_nb.publish.templates import TEMPLATES, style

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # see execute.py

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


def with_sources(html: str, sources: Mapping[str, str]) -> str:
    """Return HTML whose notes lead to the sources that they name.

    >>> with_sources('<p class="note">By A & B.</p>', {"A & B": "https://a.org"})
    '<p class="note">By A & B.</p>'
    >>> with_sources('<p class="note">By A &amp; B.</p>', {"A & B": "https://a.org"})
    '<p class="note">By <a href="https://a.org">A &amp; B</a>.</p>'
    """
    if not sources:
        return html
    leads = {str(escape(name)): str(escape(address)) for name, address in sources.items()}
    named = re.compile("|".join(re.escape(name) for name in sorted(leads, key=len, reverse=True)))

    def note(found: re.Match[str]) -> str:
        return named.sub(lambda name: f'<a href="{leads[name[0]]}">{name[0]}</a>', found[0])

    return _NOTE.sub(note, html)


_NOTE = re.compile(r'<p class="note">[^<]*</p>')


def with_whole_dates(page: str) -> str:
    """Return a page in whose text no date is broken at the end of a line.

    >>> with_whole_dates('<title>2024-04-30</title><body title="2024-04-30">On 2024-04-30<br>')
    '<title>2024-04-30</title><body title="2024-04-30">On <span class="short">2024-04-30</span><br>'
    """
    head, body, rest = page.partition("<body")
    return head + body + _DATE.sub(r'<span class="short">\g<0></span>', rest)


_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b(?=[^<>]*<)")  # in text: a tag begins next, none ends


def shown_width(picture: str) -> int:
    """Return the width in CSS pixels at which a base64 PNG of 144 dots an inch is shown."""
    header = base64.b64decode(picture[:64])
    return int.from_bytes(header[16:20], "big") * 96 // 144


class PageMaker:
    """Makes the pages of one run; the exporter is built once, as building costs a second."""

    def __init__(
        self,
        *,
        engagement: str,
        run_id: str,
        about: About | None = None,
        ticks: Ticks | None = None,
        method_of: Callable[[Mapping[str, Any]], str] = lambda _: "",
        sources: Mapping[str, str] | None = None,
    ) -> None:
        """Keep what all pages say; ``method_of`` a notebook's metadata is where its rules are.

        ``sources``: the address of each source that the notes under tables may name.
        """
        self.engagement, self.run_id, self.method_of = engagement, run_id, method_of
        self.sources = sources or {}
        self.about = about or About(title=engagement)
        self.ticks = ticks or Ticks({})

    def prepare(self) -> None:
        """Load what every page needs, by making one; processes forked from this one have it."""
        from nbformat import v4

        example = [v4.new_markdown_cell("# A"), v4.new_code_cell("1", outputs=[_EXAMPLE])]
        document = v4.new_notebook(cells=example)
        self._rendered(document, "example", Extract([], [], [], []), status="done", error=None)

    def render(
        self,
        notebook: Path,
        held: Extract,
        *,
        status: str,
        error: str | None,
        case: Case | None = None,
    ) -> str:
        """Return the page of an executed notebook; a failed one says so at its head.

        ``case`` is the value that the page is for, where the notebook was run for many.
        """
        import nbformat

        document = nbformat.read(notebook, as_version=4)
        document.cells = own_cells(document)
        return self._rendered(document, notebook.stem, held, status=status, error=error, case=case)

    def _rendered(
        self,
        document: Any,
        name: str,
        held: Extract,
        *,
        status: str,
        error: str | None,
        case: Case | None = None,
    ) -> str:
        """Return the page of a notebook's document, which is laid out in place."""
        from nbconvert.exporters import TemplateExporter

        contents = lay_out(document)
        title = title_of(document) or name
        linked = self._listed(held, document)
        page, _ = TemplateExporter.from_notebook_node(  # HTMLExporter's parses the page once more
            self._exporter,
            document,
            resources={
                "coee": {
                    "title": title,
                    "style": style(head=title, foot=self._foot(document.metadata)),
                    "name": name,
                    "engagement": self.engagement,
                    "run_id": self.run_id,
                    "status": status,
                    "error": error,
                    "case": case and str(case),
                    "subject": subject_and_period(document),
                    "replaced": _replaced(document),
                    "key": _answering(document.metadata, linked),
                    "findings": linked,
                    "contents": contents,
                    "about": self.about,
                    "method": self.method_of(document.metadata),
                    "inputs": held.inputs,
                    "parameters": document.metadata.get("papermill", {}).get("parameters", {}),
                }
            },
        )
        return with_whole_dates(without_hidden(page))

    def _listed(self, held: Extract, document: Any) -> list[dict[str, Any]]:
        """Return the findings of a page, each with its evidence and what reviewers said of it."""
        return [
            finding | {"checked": self.ticks.on(finding), "signed": self.ticks.signed(finding)}
            for finding in _linked(held, anchors_of(document), labels_of(document))
        ]

    def _foot(self, metadata: Mapping[str, Any]) -> str:
        """Return what stands at the foot of a printed page: run, as-of date, engagement."""
        day = as_of_in(metadata)
        told = f"Run {self.run_id}, as of {day}" if day else f"Run {self.run_id}"
        return f"{told} – {self.about.title}"

    @cached_property
    def _exporter(self):
        from nbconvert import HTMLExporter
        from nbconvert.filters import Highlight2HTML
        from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
        from pygments.formatters import HtmlFormatter

        exporter = HTMLExporter(
            template_name="report",
            exclude_anchor_links=True,
            extra_template_basedirs=[str(TEMPLATES)],
            filters={
                "apart": lambda text: apart(str(escape(text))),
                "clean_html": clean_html,
                "generated_in": generated_in,
                "plainly": plainly,
                "prompt_of": prompt_of,
                "quietly": quietly,
                "shortened": shortened,
                "shown_width": shown_width,
                "value_of": value_of,
                "with_sources": lambda html: with_sources(html, self.sources),
                "share_of": share_of,
            },
        )
        highlight = Highlight2HTML(pygments_lexer="ipython3", parent=exporter)
        exporter.register_filter("highlight_code", highlight)
        without_widgets = WidgetsDataTypeFilter(notebook_metadata={}, parent=exporter)
        exporter.register_filter("filter_data_type", without_widgets)
        code = HtmlFormatter(style="bw").get_style_defs(".highlight")  # black, bold and italic
        exporter.environment.globals.update(
            code_style=code,
            FINDINGS=FINDINGS_MIME,
            INPUTS=INPUTS_MIME,
            TABLE=TABLE_MIME,
            CHART=CHART_MIME,
        )
        return exporter


def generated_in(inputs: list[dict[str, Any]]) -> list[str]:
    """Return the names of the files whose rows were generated, with their folder where need be.

    A table kept as a folder of parts, ``year=2019/a.parquet``, is named as that folder, below the
    one it stands in, and what another notebook of the run found as a file of that notebook's.

    >>> log, demo = {"path": "log/a.csv", "origin": "published"}, {"path": "demo/a.csv"}
    >>> demo |= {"origin": "generated", "rows": 3}
    >>> generated_in([demo]), generated_in([log, demo])
    (['a.csv'], ['demo/a.csv'])
    >>> generated_in([demo | {"path": f"data/entries/rows/year={n}/0.parquet"} for n in (1, 2)])
    ['entries/rows']
    """
    made = (one["path"] for one in inputs if one["origin"] == GENERATED and one["rows"] is not None)
    times = Counter(Path(path).name for path in {one["path"] for one in inputs})
    return [*dict.fromkeys(_name_of(path, alone=times[Path(path).name] == 1) for path in made)]


def _name_of(path: str, *, alone: bool) -> str:
    """Return the name of a file, or of the table that it is a part of, with its folder if need be.

    >>> _name_of("run:late/findings.json", alone=True), _name_of("a/b/year=1/0.csv", alone=True)
    ('findings.json', 'a/b')
    """
    whole = _PARTED.sub("", path.removeprefix(RUN_PREFIX))
    is_file = alone and path.endswith(whole)
    return "/".join(whole.split("/")[-1 if is_file else -2 :])


_PARTED = re.compile(r"(/[^/=]+=[^/]*)+/[^/]+$")  # the folders of a table parted by columns


_EXAMPLE = {"output_type": "display_data", "metadata": {}, "data": {"text/html": "<p>A</p>"}}


def _answering(metadata: Mapping[str, Any], findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the findings that answer the question, each with its first sentence."""
    as_of = as_of_in(metadata)
    key = said_once(key_findings(metadata, findings), as_of=as_of)
    return [{**one, "in_short": in_short(one["statement"], as_of=as_of)} for one in key]


def plainly(value: Any) -> str:
    """Return a parameter's value as a reader's words.

    >>> plainly(None), plainly([]), plainly(["center", "title"]), plainly({"a": 1}), plainly(False)
    ('not given', 'none', 'center, title', 'a: 1', 'no')
    """
    if value is None or isinstance(value, bool):
        return {None: "not given", True: "yes", False: "no"}[value]
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {plainly(one)}" for name, one in value.items()) or "none"
    if isinstance(value, list | tuple):
        apart = "; " if any(isinstance(one, Mapping | list) for one in value) else ", "
        return apart.join(map(plainly, value)) or "none"
    return str(value) or "not given"


def value_of(finding: Mapping[str, Any]) -> str:
    """Return a finding's value with its unit, as a table's cell.

    >>> value_of({"value": 0.68243, "unit": "share"}), value_of({"value": 547, "unit": "days"})
    ('68.2%', '547 days')
    >>> value_of({"value": 1, "unit": "measures"})
    '1 measure'
    """
    value, unit = finding["value"], finding["unit"]
    is_number = isinstance(value, int | float) and unit != "share"
    return fmt.in_unit(number_of(finding), unit if is_number else "")


def number_of(finding: Mapping[str, Any]) -> str:
    """Return a finding's value without its unit, a share as a percentage.

    >>> number_of({"value": -4216789.2, "unit": "dollars"}), number_of({"value": 0.25, "unit": ""})
    ('-4,216,789', '0.25')
    >>> number_of({"value": "60322494.81", "unit": "dollars"})
    '60,322,494.81'
    """
    value = finding["value"]
    if isinstance(value, str) and _EXACT.fullmatch(value):
        return f"{Decimal(value):,}"
    if not isinstance(value, int | float):
        return str(value or "–")
    if finding["unit"] == "share":
        return f"{value:.1%}"
    whole = isinstance(value, int) or abs(value) >= 10_000
    return f"{value:,.0f}" if whole else f"{value:,.5g}"


_EXACT = re.compile(r"-?\d+\.\d+")  # an amount that no float can hold, kept as a text


def share_of(finding: Mapping[str, Any]) -> str:
    """Return numerator and denominator of a finding, as a table's cell.

    >>> share_of({"numerator": 303, "denominator": 444}), share_of({"numerator": None})
    ('303 of 444', '–')
    """
    part, whole = finding.get("numerator"), finding.get("denominator")
    return "–" if part is None or whole is None else f"{part:,} of {whole:,}"


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


def _linked(held: Extract, anchors: set[str], labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the findings that a page lists with the anchor of their evidence, and what it is.

    That is the chart, the table's line, the table when the line is not shown, else the cell.
    """

    def evidence(finding: dict[str, Any]) -> tuple[str, str]:
        whole = finding["evidence"]
        table, _, line = whole.partition(".")
        label = labels.get(anchor_of(table), table)
        if (chart := f"chart-{whole}") in labels:
            return chart, labels[chart]
        if line and anchor_of(whole) in anchors:
            return anchor_of(whole), f"{label}, line {line}"
        if anchor_of(table) in anchors:
            return anchor_of(table), label
        return f"cell-{finding['cell']}", f"Cell {finding['prompt']}"

    listed = (finding for finding in held.findings if finding.get("listed", True))
    linked = ((finding, *evidence(finding)) for finding in listed)
    return [one | {"anchor": anchor, "leads_to": label} for one, anchor, label in linked]


def shortened(text: str, limit: int = 20_000) -> str:
    r"""Return text as it is, or its beginning and the note that the notebook has all of it.

    >>> shortened("a" * 12, limit=10)
    'aaaaaaaaaa\n... 2 more characters, all in the notebook'
    """
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\n... {len(text) - limit:,} more characters, all in the notebook"
