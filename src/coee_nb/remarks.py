"""Remarks of an engagement: its own commentary, shown in the sections of a notebook.

They are a Markdown file with a heading ``## SECTION`` a section. What is true of one audit only is
written there, so that a notebook's own words hold for every audit.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from markupsafe import Markup

from coee_nb.arguments import known
from coee_nb.errors import InputError
from coee_nb.files import Content, read_file
from coee_nb.outputs import CALLOUT_MIME
from coee_nb.paths import shown

_TAGS = {
    *("a", "blockquote", "br", "code", "em", "h3", "h4", "hr", "li", "ol", "p", "pre", "strong"),
    *("table", "tbody", "td", "th", "thead", "tr", "ul"),
}


@dataclass(frozen=True)
class Remark:
    """What an engagement says in a section: ``html`` without markup of its own, ``text`` of it.

    ``gate`` names the disclosure plan it passed, if any.
    """

    section: str
    html: Markup
    text: str
    gate: str = ""

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        shown_there = Markup('<div class="remark mathjax_ignore" role="note">{}</div>')
        return {
            CALLOUT_MIME: {"gate": self.gate},
            "text/html": shown_there.format(self.html),
            "text/plain": self.text,
        }


def read_remarks(path: str | Path, sections: Sequence[str]) -> dict[str, Remark]:
    """Return the remarks of a Markdown file by the section they belong to.

    ``sections`` are those of the notebook. Raises InputError for a file that cannot be read, a
    heading that is none of them or stands there twice, and text before the first heading.
    """
    return dict(_remarks(read_file(path), sections))


def _remarks(file: Content, sections: Sequence[str]) -> Iterator[tuple[str, Remark]]:
    where, seen = shown(file.path), set[str]()
    for heading, lines in _parts(file.text()):
        if not heading and any(lines):
            raise InputError(
                "has text before its first section",
                where=where,
                expected="a line ## SECTION, then what is to be said in that section",
                do=f"put it under one of these headings: {'; '.join(sections)}",
            )
        if heading and not sections:
            raise InputError("this notebook has no sections for remarks", where=where)
        if heading and known(heading, sections, f"section of the notebook for a remark ({where})"):
            if heading in seen:
                raise InputError(f"has the heading {heading!r} twice", where=where)
            seen.add(heading)
            yield heading, remark(heading, "\n".join(lines))


def _parts(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each heading ``## SECTION`` with the lines under it, "" before the first.

    A title ``# ...`` before the first is left out.
    """
    heading, fenced = "", False
    lines: list[str] = []
    for line in text.splitlines():
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        found = None if fenced else re.fullmatch(r"##\s+(.*?)[\s#]*", line)
        if found:
            yield heading, lines
            heading, lines = found[1], []
        elif heading or not line.startswith("# "):
            lines.append(line)
    yield heading, lines


def remark(section: str, markdown: str) -> Remark:
    """Return Markdown as a remark that can do nothing: raw HTML is shown as the text it is.

    Pictures become their description; links lead to http and https addresses only.

    >>> remark("Money", "See [the law](https://example.org) & <b>ours</b>.").text
    'See the law & <b>ours</b>.'
    """
    import mistune
    import nh3

    made = mistune.create_markdown(renderer=_renderer(), plugins=["table"])(markdown)
    clean = nh3.clean(
        str(made),
        tags=_TAGS,
        attributes={"a": {"href"}},
        attribute_filter=_outward,
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
    )
    text = unescape(nh3.clean(clean, tags=set())).strip()
    return Remark(section, Markup(clean.strip()), text)


def _outward(tag: str, name: str, value: str) -> str | None:
    """Keep of links those that leave the page, to an address anybody can read."""
    leads = name != "href" or value.startswith(("https://", "http://"))
    return value if leads else None


def _renderer() -> Any:
    """Return what writes the HTML: pictures as their words, headings below those of sections."""
    import mistune

    class Plain(mistune.HTMLRenderer):
        def image(self, text: str, url: str, title: str | None = None) -> str:
            return text

        def heading(self, text: str, level: int, **attrs: Any) -> str:
            return super().heading(text, 3 if level <= 3 else 4)

    return Plain(escape=True)
