"""The text encoding of an export: as it says, as it is told, and never a wrong one in silence."""

import codecs
import re

from coee_nb.errors import InputError

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def utf8(data: bytes, encoding: str | None, where: str) -> bytes:
    """Return text as UTF-8 bytes without a byte order mark.

    ``encoding``: as it is called, such as ``cp1252``; None for UTF-8, or what a mark at the start
    of the file says. Raises InputError for a text that is not in that encoding, also where each
    byte of it could be: UTF-8 read as Latin-1, or Windows' quotation marks read as Latin-1.
    """
    marked = next((name for mark, name in _MARKS.items() if data.startswith(mark)), None)
    asked = encoding or marked or "utf-8"
    if b"\x00" in data and not re.match(r"utf[-_]?(16|32)", asked, re.IGNORECASE):
        raise InputError("holds NUL characters", where=where, do="name its encoding (UTF-16?)")
    text = _decoded(data, asked, where)
    if encoding and (other := _better(data, text, encoding)):
        raise InputError(
            f"is not {encoding} text: it looks like {other}",
            where=where,
            do=f"name {other} as its encoding",
        )
    return text.removeprefix("\ufeff").encode()


def _decoded(data: bytes, encoding: str, where: str) -> str:
    try:
        return data.decode(encoding)
    except LookupError:
        raise InputError(
            f"is not {encoding} text: there is no such encoding",
            where=where,
            expected="utf-8, utf-16, cp1252, latin-1, mac-roman or another that Python knows",
        ) from None
    except UnicodeError as error:
        line = data[: getattr(error, "start", 0)].count(b"\n") + 1
        raise InputError(
            f"is not {encoding} text (line {line})",
            where=where,
            expected="UTF-8, or UTF-16 with its byte order mark, or the encoding that is named",
            do="save it as UTF-8 or name its encoding (of Windows often cp1252)",
        ) from None


def _better(data: bytes, text: str, encoding: str) -> str:
    """Return the encoding that the bytes speak for against the one that is named, if one does."""
    name = codecs.lookup(encoding).name
    if name.startswith("utf-16") and b"\x00" not in data:
        return "UTF-8 or one of a byte a character"  # every comma of UTF-16 has a NUL
    if name.startswith("utf") or data.isascii():
        return ""
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        pass
    return "cp1252" if re.search("[\x80-\x9f]", text) and name.startswith("iso8859") else ""
