"""Text of others as a reader sees it: nothing that acts on a terminal, turns around or hides."""

import re

_ESCAPE = re.compile(
    r"(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # OSC: titles of windows, hyperlinks
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI: colours, movements
    r"|\x1b[ -/]*[0-~]?"
)
_LINES = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
# Controls but tab and line break, directions that are forced, halves of characters, no characters.
HIDDEN = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffe\uffff"
_HIDDEN = re.compile(f"[{HIDDEN}\ud800-\udfff]")


def plain_text(text: str) -> str:
    r"""Return a text without escape sequences, control characters and forced directions.

    Tabs and line breaks stay; every kind of line break becomes one.

    >>> plain_text("a\x1b]8;;http://x\x07b\x1b]8;;\x07c\x1b[31m\u202ed\x00\r\ne")
    'abcd\ne'
    """
    if text.isascii() and text.isprintable():
        return text
    return _HIDDEN.sub("", _LINES.sub("\n", _ESCAPE.sub("", text)))


def underscored(text: str) -> str:
    """Return the letters and digits of a text as a name, in lower case.

    >>> underscored("Visits (ports & importers)")
    'visits_ports_importers'
    """
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def without_hidden(page: str) -> str:
    """Return a page without control characters and forced directions, all else as it is."""
    return _HIDDEN.sub("", page)
