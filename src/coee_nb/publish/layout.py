"""How a page is laid out: numbers of sections, tables and figures, and what stands in folds.

Numbers are written here and not by the browser, which would count again whenever a fold opens. What
a notebook's metadata names as ``"coee": {"detail": ["HEADING"]}`` is a section that folds; a long
table shows its first lines, the rest folds.
"""

import re
from itertools import count
from typing import Any

from markupsafe import Markup, escape

from coee_nb import formats as fmt
from coee_nb.origins import MARK
from coee_nb.outputs import CHART_MIME, INPUTS_MIME, TABLE_MIME, anchor_of
from coee_nb.publish.key import settings

FIRST, SLACK = 10, 4  # lines of a table that stand open; as many more, and none is folded
SHORT = 12  # letters of a cell of text that is not broken
WORD = 24  # letters of a word that is not broken
LONGEST = 60  # letters of a caption in a label
NAMED = 5  # tables and figures that the head of a fold names
_SECTION = re.compile(r"^##\s+(.*?)\s*#*$", re.MULTILINE)
# How the table behind a picture begins: with the picture's description, then a fold.
_BEHIND = re.compile(r'(<p class="description.*?</p>)(<details[^>]*><summary>)[^<]*', re.DOTALL)
_ID = re.compile(r' id="([^"]*)"')
_OWN_IDS = {
    *("content", "summary", "findings", "findings-heading", "signed", "signed-heading"),
    *("inputs", "inputs-heading"),
}
_CAPTION = re.compile(r"<caption>(.*?)</caption>", re.DOTALL)
_BODY = re.compile(r"<tbody>.*?</tbody>", re.DOTALL)
_LINES = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
_BETWEEN = re.compile(r"<[^>]*>|[\s/-]")  # what parts words: markup, and where a line may end
_CELL = re.compile(r"<(?P<tag>t[dh])(?P<more>[^>]*)>(?P<text>.*?)</(?P=tag)>", re.DOTALL)
_TABLE = re.compile(
    r'<div class="(?P<kind>table[^"]*)" id="(?P<id>[^"]*)"(?P<more>[^>]*)><table>'
    r"<caption>(?P<caption>.*?)</caption>(?P<head><thead>.*?</thead>)<tbody>(?P<lines>.*?)</tbody>"
    r"</table>(?P<foot>.*?)</div>$",
    re.DOTALL,
)
# What a caption says after its words of where it is from: in brackets, or from "as of" on.
_SOURCE = re.compile(r"(,? as of \d{4}-\d\d-\d\d.*|(?: \((?:[^()]|\([^()]*\))*\))+)$")


def lay_out(document: Any) -> list[dict[str, str]]:
    """Number what a document's cells show and mark what folds; return its list of contents.

    Each cell is given its ``number``, the first of a folded section its ``fold``, and the last
    ``closes``; an output that is a figure is given its ``number`` as well.
    """
    for number, cell in enumerate(document.cells, start=1):
        cell.metadata["number"] = number
    figures, tables, ids = count(1), count(1), set(_OWN_IDS)
    for cell in document.cells:
        for output in cell.get("outputs", []):
            _number(output, figures, tables)
            _name_once(output, ids)
    return _sections(document)


def _number(output: Any, figures: count, tables: count) -> None:
    """Write the number of a table into its caption, and that of a figure beside its picture."""
    data = output.get("data", {})
    if CHART_MIME in data:
        output.metadata["number"] = next(figures)
        return
    html = _BODY.sub(lambda body: _fitted(body[0]), str(data.get("text/html", "")))
    if INPUTS_MIME in data or _BEHIND.match(html):
        html = _BEHIND.sub(r"\2The picture in words and as a table</summary>\1", html, count=1)
        data["text/html"] = html.replace("<caption>", '<caption class="plain">')
    elif TABLE_MIME in data:
        output.metadata["number"] = next(tables)
        number = f"Table {output.metadata['number']}. "
        html = html.replace(' aria-label="', f' aria-label="{number}', 1)
        caption = f"<caption>{number}"
        html = _CAPTION.sub(lambda found: f"{caption}{apart(found[1])}</caption>", html, count=1)
        data["text/html"] = _shortened(html)


def _name_once(output: Any, ids: set[str]) -> None:
    """Leave an output those ids that nothing before it has; ``ids``, which grows, are these.

    A link to what a notebook shows twice leads to where it stands first.
    """

    def once(found: re.Match[str]) -> str:
        is_new = found[1] not in ids
        ids.add(found[1])
        return found[0] if is_new else ""

    data = output.get("data", {})
    if "text/html" in data:
        data["text/html"] = _ID.sub(once, str(data["text/html"]))
    if CHART_MIME in data:
        output.metadata["is_first"] = bool(_ID.sub(once, f' id="chart-{data[CHART_MIME]["name"]}"'))


def _fitted(body: str) -> str:
    """Return the lines of a table with the columns marked that text alone would set badly.

    Those that need no more width than their short texts, and those with words so long that they
    must be broken somewhere.

    >>> _fitted("<tbody><tr><th>A long name of it</th><td>yes</td></tr></tbody>")
    '<tbody><tr><th>A long name of it</th><td class="short">yes</td></tr></tbody>'
    """
    columns = zip(*(_CELL.findall(line) for line in _LINES.findall(body)), strict=False)
    kinds = [_kind(cells) for cells in columns]

    def line(found: re.Match[str]) -> str:
        own = iter(kinds)
        return _CELL.sub(lambda cell: _marked(cell, next(own, "")), found[0])

    return _LINES.sub(line, body)


def _kind(cells: tuple[tuple[str, str, str], ...]) -> str:
    """Return how a column of text is set: "short", "long", or as text is.

    >>> _kind((("td", "", "missing_release_date"),)), _kind((("td", "", "0" * 64),))
    ('', 'long')
    """
    if any("class" in more for _, more, _ in cells):
        return ""
    texts = [text for *_, text in cells]
    if all(len(text) <= SHORT for text in texts):
        return "short"
    return "long" if any(len(w) > WORD for text in texts for w in _BETWEEN.split(text)) else ""


def _marked(cell: re.Match[str], kind: str) -> str:
    parts = '<{tag}{more} class="{kind}">{text}</{tag}>'
    return parts.format(**cell.groupdict(), kind=kind) if kind else cell[0]


def labels_of(document: Any) -> dict[str, str]:
    """Return what stands at each anchor of a document that is laid out: its number and words.

    A table behind a picture has no number of its own.
    """
    labels: dict[str, str] = {}
    for output in (one for cell in document.cells for one in cell.get("outputs", [])):
        data, number = output.get("data", {}), output.get("metadata", {}).get("number")
        if CHART_MIME in data:
            chart = data[CHART_MIME]
            labels[f"chart-{chart['name']}"] = f"Figure {number}. {_in_brief(chart['title'])}"
        elif TABLE_MIME in data:
            table = data[TABLE_MIME]
            words = _in_brief(table["caption"])
            label = (
                f"Table {number}. {words}" if number else f"{words}, the table behind the picture"
            )
            labels[anchor_of(table["name"])] = label
    return labels


def _in_brief(caption: str) -> str:
    return fmt.beginning(_SOURCE.sub("", caption), LONGEST)


def apart(caption: str) -> Markup:
    """Return an escaped caption with what it says of its source set apart from its words.

    >>> apart("Late, as of 2024-04-30 (log)")
    Markup('Late<span class="source">, as of 2024-04-30 (log)</span>')
    >>> apart("Lines (2017, as of 2021-03-09) (generated data)")
    Markup('Lines<span class="source"> (2017, as of 2021-03-09) (generated data)</span>')
    """
    return Markup(_SOURCE.sub(r'<span class="source">\1</span>', caption))


def quietly(sentence: str) -> Markup:
    """Return an escaped sentence with the mark of generated rows, which stays, set apart.

    >>> quietly("5 < 6. (generated data)")
    Markup('5 &lt; 6.<span class="source"> (generated data)</span>')
    """
    words = sentence.removesuffix(MARK)
    mark = Markup('<span class="source">{}</span>').format(MARK) if words != sentence else ""
    return escape(words) + mark


def _shortened(html: str) -> str:
    """Return a table's HTML with all but the first lines of a long one in a fold."""
    table = _TABLE.fullmatch(html)
    lines = _LINES.findall(table["lines"]) if table else []
    if table is None or len(lines) <= FIRST + SLACK:
        return html
    part = '<div class="{kind}"{more}><table>{caption}{head}<tbody>{lines}</tbody></table></div>'
    first = part.format(
        kind=table["kind"],
        more=table["more"],
        caption=f"<caption>{table['caption']}</caption>",
        head=table["head"],
        lines="".join(lines[:FIRST]),
    )
    rest = part.format(
        kind=table["kind"],
        more=table["more"].replace('aria-label="', 'aria-label="The rest of: '),
        caption=f'<caption class="plain">{table["caption"]}, the rest</caption>',
        head=table["head"],
        lines="".join(lines[FIRST:]),
    )
    fold = f"<details><summary>The other {len(lines) - FIRST} lines</summary>{rest}</details>"
    return f'<div id="{table["id"]}">{first}{fold}{table["foot"]}</div>'


def _sections(document: Any) -> list[dict[str, str]]:
    """Number the headings, mark the sections that fold, and return a line for each heading."""
    folded = settings(document.metadata).get("detail", [])
    contents: list[dict[str, str]] = []
    section: list[Any] = []
    for place, cell in enumerate(document.cells):
        headings = _SECTION.findall(cell.source) if cell.cell_type == "markdown" else []
        if headings and _only_inputs(document.cells[place:]):  # the page ends with all inputs
            cell.source, headings = _SECTION.sub("", cell.source), []
            _fold(section)
            section = []
        if headings:
            _fold(section)
            section = [cell] if headings[0] in folded else []
        elif section:
            section.append(cell)
        for heading in headings:
            contents.append({"text": heading, "anchor": f"cell-{cell.metadata['number']}"})
            numbered = f"{len(contents)}. {heading}"
            if section:
                cell.metadata["fold"] = {"heading": numbered}
                cell.source = _SECTION.sub("", cell.source, count=1)
            else:
                cell.source = cell.source.replace(f"## {heading}", f"## {numbered}", 1)
    _fold(section)
    return contents


def _only_inputs(cells: list[Any]) -> bool:
    """Whether cells show the inputs of a notebook and nothing else."""
    shown = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    return bool(shown) and all(INPUTS_MIME in data for data in shown)


def _fold(section: list[Any]) -> None:
    """Mark where a section's fold ends, and say at its head what it holds."""
    if section:
        section[-1].metadata["closes"] = True
        section[0].metadata["fold"]["holds"] = _held(section)


def _held(section: list[Any]) -> str:
    """Return the captions of a section's tables and figures, or of how many there are more.

    >>> _held([{"outputs": [{"data": {CHART_MIME: {"title": "Late (log)"}}}]}])
    'Late'
    """
    shown = [
        (output.get("data", {}), output.get("metadata", {}).get("number"))
        for cell in section
        for output in cell.get("outputs", [])
    ]
    charts = [data[CHART_MIME]["title"] for data, _ in shown if CHART_MIME in data]
    tables = [
        data[TABLE_MIME]["caption"]
        for data, number in shown
        if TABLE_MIME in data and number is not None
    ]
    told = [_SOURCE.sub("", caption) for caption in (*charts, *tables)]
    more = [f"{len(told) - NAMED} more"] if len(told) > NAMED else []
    return " · ".join(told[:NAMED] + more)
