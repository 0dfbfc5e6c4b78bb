"""The project's page of methods as a page of a run, to which every answer leads.

``docs/methods.md`` says of each rule where it is from, what applies it and what tests it; a
notebook's metadata names its section: ``"coee": {"method": "Survey"}``.
"""

import re
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

from coee_nb.publish.key import settings
from coee_nb.publish.page import clean_html
from coee_nb.publish.run_files import BESIDE
from coee_nb.publish.templates import rendered

SOURCE = Path("docs") / "methods.md"
_HEADING = re.compile(r"^(#{2,3}) (.*?)\s*$", re.MULTILINE)
_SOURCE_LINK = re.compile(r"\[([^\]]+)\]\((https://[^)\s]+)\)")
_LINK_BESIDE = re.compile(r"\[([^\]]+)\]\((?!https?:)[^)]*\)")


def read_methods(root: Path) -> str:
    """Return the project's methods as Markdown; nothing where it has none."""
    path = root / SOURCE
    return path.read_text("utf-8") if path.is_file() else ""


def method_link(methods: str, metadata: Mapping[str, Any]) -> str:
    """Return the address of the section that a notebook names, of the page, or nothing.

    >>> method_link("## Oversight", {"coee": {"method": "Oversight"}})
    'methods.html#oversight'
    >>> method_link("## Oversight", {}), method_link("", {})
    ('methods.html', '')
    """
    if not methods:
        return ""
    wanted = settings(metadata).get("method")
    there = {heading for _, heading in _HEADING.findall(methods)}
    page = BESIDE["methods"]
    return f"{page}#{_slug(str(wanted))}" if wanted in there else page


def sources_of(methods: str) -> dict[str, str]:
    """Return the address of each source that the methods link, by its name.

    >>> sources_of("| A rule. | [AAPOR (2023)](https://aapor.org) | [ours](rules.md) |")
    {'AAPOR (2023)': 'https://aapor.org'}
    """
    return dict(_SOURCE_LINK.findall(methods))


def methods_page(methods: str, *, run: Mapping[str, Any]) -> str:
    """Return the methods as a page of the run with this ``run_id``, ``engagement`` and ``about``.

    Blank where there are none. Links to files that stand beside the source are words only: a run
    does not hold those.
    """
    from markupsafe import Markup
    from nbconvert.filters import markdown2html

    if not methods:
        return ""
    html = clean_html(markdown2html(_LINK_BESIDE.sub(r"\1", methods)))
    html = re.sub(r'<a class="anchor-link".*?</a>', "", html)
    html = re.sub(r"<(h[23]) id=\"[^\"]*\">(.*?)</\1>", _with_slug, html, flags=re.DOTALL)
    numbers = count(1)
    html = re.sub("<table>", lambda _: f"{_WIDE.format(next(numbers))}<table>", html)
    html = html.replace("</table>", "</table></div>")
    foot = f"Run {run['run_id']} of {run['engagement']}"
    return rendered("methods.html.j2", head="Methods", foot=foot, methods=Markup(html), **run)


_WIDE = '<div class="table" tabindex="0" role="region" aria-label="Rules, table {}">'


def _with_slug(heading: re.Match) -> str:
    return f'<{heading[1]} id="{_slug(heading[2])}">{heading[2]}</{heading[1]}>'


def _slug(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")
