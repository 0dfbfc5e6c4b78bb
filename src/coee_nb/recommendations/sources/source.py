"""A file as it was given: its bytes' hash and its text, refused when it is not text."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from coee_nb.errors import InputError

_MARKUP = re.compile(
    r"\A\s*<(?:!|\?xml|[a-z][a-z0-9]*[\s>/])|</(?:html|body|div|table|t[drh]|p|span|ul|li|a)>", re.I
)
# UTF-8 read as Windows-1252 and saved again: an apostrophe or a no-break space in three signs.
_MISREAD = re.compile(
    "\u00e2\u20ac[\u2122\u0153\u2013\u2014\u201c\u201d\u02dc\u00a6\x9d]|\u00c2[\u00a0\u00a7]"
)
_NO_BREAK = str.maketrans(dict.fromkeys("\u00a0\u2007\u202f", " "))
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}


@dataclass(frozen=True)
class Source:
    """A file's name, the SHA-256 of its bytes, its text and the encoding it was read with.

    Every line of ``text`` ends in a plain line feed; a carriage return before it and a no-break
    space stand as a space, so an offset into it is an offset into the file's text. It is blank for
    a spreadsheet (``is_spreadsheet``).
    """

    path: Path
    sha256: str
    text: str
    encoding: str
    is_spreadsheet: bool = False

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.path.name

    def where(self, offset: int) -> str:
        r"""Return the line that holds ``offset``, as a message names it.

        >>> Source(Path("a.txt"), "", "one\ntwo", "utf-8").where(4)
        'a.txt, line 2'
        """
        return f"{self.name}, line {self.text.count(chr(10), 0, offset) + 1}"


def open_source(path: str | Path) -> Source:
    """Return the file at ``path`` as text, or as a spreadsheet left unread.

    UTF-8, UTF-16 with a byte order mark and Windows-1252 are read. Raises InputError for a file
    that is absent, empty, binary or HTML, and for text once read in the wrong encoding and saved.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError("there is no such file", where=str(path), do="check the name")
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    if content.startswith(_SPREADSHEETS):
        return Source(path, sha256, "", "spreadsheet", is_spreadsheet=True)
    text, encoding = _decoded(content, path.name)
    _refuse_what_is_no_text(text, path.name)
    text = text.replace("\r\n", " \n").replace("\r", "\n").translate(_NO_BREAK)
    return Source(path, sha256, text, encoding)


def _decoded(content: bytes, name: str) -> tuple[str, str]:
    marked = next((e for mark, e in _BYTE_ORDER_MARKS.items() if content.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", "cp1252"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, encoding
    raise InputError(
        "the file is not text, or is text in an encoding it does not name",
        where=name,
        expected="UTF-8, UTF-16 with a byte order mark, or Windows-1252 text",
        do="save the page or report as UTF-8 text (a PDF: copy its text or run pdftotext)",
    )


def _refuse_what_is_no_text(text: str, name: str) -> None:
    if not text.strip():
        raise InputError("the file is empty", where=name, do="download or copy it again")
    if text.startswith("%PDF"):
        raise InputError(
            "the file is a PDF", where=name, do="save its text (pdftotext) and import that"
        )
    if _MARKUP.search(text):
        raise InputError(
            "the file is HTML",
            where=name,
            expected="the page's text",
            do="select all in the browser, copy, and save as UTF-8 text",
        )
    misread = _MISREAD.search(text)
    if misread:
        raise InputError(
            f"the text was once read in the wrong encoding and saved ({misread.group()!r})",
            where=name,
            expected="text with whole apostrophes and section signs",
            do="copy or download it again and save it as UTF-8",
        )
