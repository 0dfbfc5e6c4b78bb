"""Codes and labels as the codebook compares them, whatever spaces and line breaks they came in."""

import re

from coee_nb.plain import underscored


def plain_code(text: str) -> str:
    """Return a code as the codebook writes it: trimmed, ``1.0`` as ``1``.

    >>> plain_code(" -99.00 "), plain_code("1.5")
    ('-99', '1.5')
    """
    return re.sub(r"^([+-]?\d+)\.0+$", r"\1", text.strip())


def plain_label(text: str) -> str:
    """Return a label with its white space (line breaks of the editor included) made single."""
    return " ".join(text.split())


def slug(label: str) -> str:
    """Return a label as the end of a column name.

    >>> slug("Visits (ports & importers)")
    'visits_ports_importers'
    """
    return underscored(label)[:40].strip("_") or "other"
