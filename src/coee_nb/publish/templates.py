"""The pages that are no notebook's, filled in from the templates; what every printed sheet says."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from coee_nb.plain import plain_text, without_hidden

TEMPLATES = Path(__file__).parent / "template"
LONGEST = 100  # characters at the head of a printed sheet
_PLAIN = re.compile(r"[^A-Za-z0-9 ]")


def rendered(
    template: str,
    *,
    head: str,
    foot: str,
    filters: Mapping[str, Callable[..., Any]] | None = None,
    **values: Any,
) -> str:
    """Return a template filled in; ``head`` and ``foot`` stand on each sheet when it is printed."""
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    environment.filters |= filters or {}
    page = environment.get_template(template).render(style=style(head=head, foot=foot), **values)
    return without_hidden(page)


def style(*, head: str, foot: str) -> str:
    """Return the style of a page, with the text at the head and foot of its printed sheets."""
    boxes = (
        f"@top-left {{ content: {css_text(head)}; }} @bottom-left {{ content: {css_text(foot)}; }}"
    )
    return f"{(TEMPLATES / 'page.css').read_text('utf-8')}@page {{ {boxes} }}\n"


def css_text(text: str) -> str:
    r"""Return text as a string of CSS that nothing in it can end.

    >>> print(css_text('Late? "6"</style>'))
    "Late\3f  \22 6\22 \3c \2f style\3e "
    """
    told = " ".join(plain_text(text).split())
    told = told if len(told) <= LONGEST else f"{told[: LONGEST - 1]}…"
    return '"' + _PLAIN.sub(lambda found: f"\\{ord(found[0]):x} ", told) + '"'
