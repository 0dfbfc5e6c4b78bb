"""Delimited text in, rows and rejected lines out: every physical line is accounted for.

A line ends with CR LF, LF or CR. A row is one line, or several where a quoted field holds the line
ends. Text without damage is taken apart whole (numpy looks at its structure, Arrow reads its
fields); where anything is wrong, line by line, so that one damaged line costs no other.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from coee_nb.entries.read_pieces import LineCount, Piece, Reject
from coee_nb.errors import InputError
from coee_nb.paths import as_named

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

BLOCK, SMALL = 16 << 20, 64 << 10  # bytes taken apart at once, and where something is wrong
LONGEST = 64 << 20  # bytes of a line, beyond which a file is not one of lines
MOST_LINES = 100  # of a row: a quote that stays open for longer was never closed
ENCODINGS = {"utf-8": "UTF-8", "latin-1": "Latin-1", "cp1252": "Windows-1252"}
LF, CR, QUOTE = b'\n\r"'
_WIDE = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"\0\0": "UTF-32"}
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Dialect:
    """How a file says its rows: what stands between fields, and how letters are encoded."""

    delimiter: str = ","
    encoding: str = "utf-8"


class DelimitedFile:
    """A file of delimited text, plain or gzip, read once from its beginning to its end.

    ``header`` are its column names. After ``pieces`` is read to its end, ``count`` is the account
    of its lines, ``sha256`` that of its bytes on disk, ``ended`` whether its last line has an end.
    Raises InputError for a file that is missing, empty, no text, or compressed and cut off.
    """

    def __init__(self, path: Path, dialect: Dialect, read: Callable[[int], Any]) -> None:
        self.path, self.dialect = path, dialect
        self.count, self.ended, self.sha256 = LineCount(), True, ""
        self.used: list[str] = []
        self._misread = self._proved = False
        self._raw = _Hashed(path, read)
        self._stream = _unpacked(self._raw)
        self._blocks = self._cut()
        self._rest, self._final = b"", False
        self.header = self._read_header()

    def pieces(self, used: Sequence[int], encoded: Sequence[int]) -> Iterator[Piece]:
        """Yield the file's rows: the columns at the places ``used``, as ``c0``, ``c1`` ...

        Those of ``encoded`` come as dictionaries, for texts of which there are few. Raises
        InputError where the file turns out to be cut off or in another encoding than was said.
        """
        self._used, self._encoded = list(used), set(encoded)
        data, final = self._rest, self._final
        while True:
            if data:
                self._rest = yield from self._rows(data, final)
            if final:
                break
            data, final = next(self._blocks)
            data = self._rest + data
        self.sha256 = self._raw.finish()
        if self._misread and not self._proved:
            raise InputError(
                f"is UTF-8, not {ENCODINGS[self.dialect.encoding]}",
                where=as_named(self.path),
                do="load it with --encoding utf-8",
            )

    # The stream in whole lines

    def _cut(self) -> Iterator[tuple[bytes, bool]]:
        """Yield the content in parts that end with a line, and whether it is the last part."""
        kept, final = b"", False
        while not final:
            block = self._read()
            final, data = not block, kept + block
            end = len(data) if final else data.rfind(b"\n") + 1 or data.rfind(b"\r", 0, -1) + 1
            part, kept = data[:end], data[end:]
            if len(kept) > LONGEST:
                raise InputError(
                    f"a line of more than {LONGEST >> 20} MB",
                    where=f"{as_named(self.path)}, line {self.count.lines + _lines(part) + 1}",
                    expected="delimited text",
                )
            self.count.lines += _lines(part)
            if part or final:
                if final and part:
                    self.ended = part[-1] in (LF, CR)
                yield part, final

    def _read(self) -> bytes:
        try:
            return self._stream.read(BLOCK)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputError(
                f"the compressed file is cut off or damaged ({error})",
                where=f"{as_named(self.path)}, after line {self.count.lines}",
                do="get the file again; nothing of it was loaded",
            ) from error
        except OSError as error:
            raise InputError(f"cannot be read ({error})", where=as_named(self.path)) from error

    def _read_header(self) -> list[str]:
        """Return the names of the columns: those of the first line that is not blank."""
        data, self._final = next(self._blocks)
        for mark, name in _WIDE.items():
            if data.startswith(mark):
                raise InputError(
                    f"is {name}", where=as_named(self.path), expected="UTF-8 or Latin-1 text",
                    do="save it as UTF-8",
                )  # fmt: skip
        data = data.removeprefix(_MARK)
        self._line, at = 1, 0
        lines = data.splitlines(keepends=True) if len(data) < SMALL else _first_lines(data)
        while at < len(lines) and not lines[at].strip():
            at += 1
        if at == len(lines):
            raise InputError(
                "is empty", where=as_named(self.path), expected="a header and a row a line"
            )
        self.count.blank, self.count.header = at, 1
        first, self._line = lines[at], at + 2
        self._rest = data[sum(map(len, lines[: at + 1])) :]
        self._header_line = first.rstrip(b"\r\n")
        fields = self._fields([first])
        if isinstance(fields, str):
            raise InputError(
                fields, where=f"{as_named(self.path)}, line {at + 1}", expected="the column names",
                do="mend that line, or name the file's --encoding",
            )  # fmt: skip
        return [name.strip() for name in fields[0]]

    # Whole parts at once

    def _rows(self, data: bytes, final: bool) -> Generator[Piece, None, bytes]:
        """Yield the rows of ``data``; return its end, where that is the beginning of a row."""
        if piece := self._at_once(data):
            yield piece
            return b""
        if len(data) <= SMALL:
            return (yield from self._by_line(data, final))
        rest, at = b"", 0
        while at < len(data):
            end = len(data)
            if at + SMALL < end:
                end = data.rfind(b"\n", at, at + SMALL) + 1 or data.find(b"\n", at) + 1 or end
            part, at = rest + data[at:end], end
            last = final and at == len(data)
            if piece := self._at_once(part):
                yield piece
                rest = b""
            else:
                rest = yield from self._by_line(part, last)
        return rest

    def _at_once(self, data: bytes) -> Piece | None:
        """Return the rows of ``data`` if there is nothing wrong with any of them."""
        if b"\0" in data or self._header_line in data:
            return None
        if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
            return None
        text = self._as_utf8(data)
        if text is None:
            return None
        if text[-1] != LF:
            text += b"\n"
        begins = _structure(text, ord(self.dialect.delimiter), len(self.header))
        if begins is None:
            return None
        breaks = _count(text)
        rows = self._parsed(text, len(begins), breaks > len(begins))
        piece = Piece(rows, begins + self._line, breaks)
        self._line += breaks
        return piece

    def _as_utf8(self, data: bytes) -> bytes | None:
        if data.isascii():
            return data
        encoding = self.dialect.encoding
        try:
            if encoding == "utf-8":
                data.decode()
                return data
            text = data.decode(encoding).encode()
        except UnicodeDecodeError:
            return None
        self._notice(data)
        return text

    def _notice(self, data: bytes) -> None:
        """Keep in mind whether text said to be in one byte a letter is UTF-8 all through."""
        try:
            data.decode()
            self._misread = True
        except UnicodeDecodeError:
            self._proved = True

    def _parsed(self, text: bytes, rows: int, breaks: bool) -> pa.Table:
        import pyarrow as pa
        from pyarrow import csv as arrow

        names = [f"c{k}" for k in range(len(self.header))]
        encoded = pa.dictionary(pa.int32(), pa.string())
        table = arrow.read_csv(
            pa.BufferReader(text),
            arrow.ReadOptions(column_names=names, use_threads=False, block_size=len(text) + 1),
            arrow.ParseOptions(
                delimiter=self.dialect.delimiter,
                newlines_in_values=breaks,
                ignore_empty_lines=False,
            ),
            arrow.ConvertOptions(
                column_types={
                    f"c{k}": encoded if k in self._encoded else pa.string() for k in self._used
                },
                include_columns=[f"c{k}" for k in self._used],
                check_utf8=False,
            ),
        )
        if table.num_rows != rows:
            raise InputError(
                f"{rows} rows by their ends, {table.num_rows} by their fields",
                where=f"{as_named(self.path)}, from line {self._line}",
                expected="the same number",
            )
        return table

    # Line by line

    def _by_line(self, data: bytes, final: bool) -> Generator[Piece, None, bytes]:
        """Yield the rows of ``data`` as one piece; return its end, where a row goes on after it."""
        import numpy as np

        lines = data.splitlines(keepends=True)
        rows: list[list[str]] = []
        begins, loaded, blank, at = [], 0, 0, 0
        rejected: list[Reject] = []
        while at < len(lines):
            raw = lines[at].rstrip(b"\r\n")
            if not raw.strip(b" \t" if self.dialect.delimiter != "\t" else b" "):
                blank, taken = blank + 1, 1
            else:
                found = self._fields(lines[at : at + MOST_LINES])
                goes_on = found == _OPEN and not final and len(lines) - at < MOST_LINES
                if goes_on:
                    break
                if isinstance(found, str):
                    reason = found if self._has_end(lines[at]) else f"the file ends here: {found}"
                    rejected.append(Reject(self._line, self._shown(raw), reason))
                    taken = 1
                else:
                    rows.append(found[0])
                    begins.append(self._line)
                    taken = found[1]
                    loaded += taken
            at, self._line = at + taken, self._line + taken
        yield Piece(self._table(rows), np.array(begins, np.int64), loaded, blank, rejected)
        return b"".join(lines[at:])

    def _has_end(self, line: bytes) -> bool:
        return line[-1] in (LF, CR)

    def _fields(self, lines: Sequence[bytes]) -> tuple[list[str], int] | str:
        """Return the fields of the row that begins ``lines`` and its number of lines, or a reason.

        The width of a row is that of the header, once there is one.
        """
        first = self._decoded(lines[0])
        if isinstance(first, str) and first:
            return first
        reader = csv.reader(self._texts(lines), delimiter=self.dialect.delimiter, strict=True)
        try:
            fields = next(reader)
        except (csv.Error, StopIteration) as error:
            if "unexpected end" in str(error):
                return _OPEN
            return _AFTER if "expected after" in str(error) else f"no readable row: {error}"
        width = len(getattr(self, "header", fields))
        if len(fields) != width:
            few = "field" if len(fields) == 1 else "fields"
            return (
                f"{len(fields)} {few}, the header has {width}" if reader.line_num == 1 else _OPEN_
            )
        if reader.line_num > 1 and not self._is_strict(lines[: reader.line_num]):
            return _OPEN_
        return fields, reader.line_num

    def _is_strict(self, lines: Sequence[bytes]) -> bool:
        """Tell whether the quotes of a row over several lines are all where quotes belong."""
        import numpy as np

        data = np.frombuffer(b"".join(lines) + b"\n", np.uint8)
        return _are_strict(data, np.flatnonzero(data == QUOTE), ord(self.dialect.delimiter))

    def _texts(self, lines: Sequence[bytes]) -> Iterator[str]:
        for line in lines:
            if self._decoded(line):
                return
            yield line.decode(self.dialect.encoding)

    def _decoded(self, line: bytes) -> str:
        """Return what keeps a line from being text, nothing if it is."""
        if b"\0" in line:
            return "a NUL byte"
        if line.rstrip(b"\r\n") == self._header_line and hasattr(self, "header"):
            return "the header again"
        try:
            line.decode(self.dialect.encoding)
        except UnicodeDecodeError as error:
            name = ENCODINGS[self.dialect.encoding]
            return f"not {name} (byte {line[error.start]:#04x} at place {error.start + 1})"
        if self.dialect.encoding != "utf-8" and not line.isascii():
            self._notice(line)
        return ""

    def _shown(self, raw: bytes) -> str:
        encoding = self.dialect.encoding
        return raw.decode(encoding, "backslashreplace").replace("\0", "\\x00")

    def _table(self, rows: list[list[str]]) -> pa.Table:
        import pyarrow as pa

        columns = {}
        for k in self._used:
            texts = pa.array([row[k] for row in rows], pa.string())
            columns[f"c{k}"] = texts.dictionary_encode() if k in self._encoded else texts
        return pa.table(columns)


_OPEN = "a quote that is never closed"
_OPEN_ = "a quote that is not closed on its line, nor so that the fields are those of the header"
_AFTER = "text after a closing quote"


def _structure(text: bytes, delimiter: int, width: int) -> np.ndarray | None:
    """Return how many lines precede each row, or None if any row is not as it should be.

    Right are rows of ``width`` fields, quotes only around whole fields or doubled within them.
    """
    import numpy as np

    data = np.frombuffer(text, np.uint8)
    quoted = b'"' in text
    special = (data == delimiter) | (data == LF)
    if quoted:
        special |= data == QUOTE
    places = np.flatnonzero(special)
    kinds = data[places]
    if not quoted:
        ends = kinds == LF
        return np.arange(ends.sum()) if _is_grid(ends, width) else None
    quotes = kinds == QUOTE
    within = np.bitwise_xor.accumulate(quotes.view(np.uint8)).view(bool)
    if not _are_strict(data, places[quotes], delimiter):
        return None
    outside = ~(quotes | within)
    ends = kinds[outside] == LF
    if not _is_grid(ends, width):
        return None
    lines = kinds == LF
    if lines.sum() == ends.sum():
        return np.arange(ends.sum())
    before = np.cumsum(lines)[lines & outside]  # lines up to the end of each row
    begins = np.concatenate([[0], before[:-1]])
    return begins if (before - begins).max() <= MOST_LINES else None


def _is_grid(ends: np.ndarray, width: int) -> bool:
    """Tell whether of the separators every ``width``-th, and no other, ends a line."""
    if ends.size % width:
        return False
    grid = ends.reshape(-1, width)
    return bool(grid[:, -1].all() and not grid[:, :-1].any())


def _are_strict(data: np.ndarray, quotes: np.ndarray, delimiter: int) -> bool:
    """Tell whether quotes open at the beginning of a field and close at its end, or are doubled."""
    import numpy as np

    if quotes.size % 2:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    before = data[opening[opening > 0] - 1]
    after = data[closing + 1]  # the text ends with a line end
    return bool(
        np.isin(before, (delimiter, LF, QUOTE)).all()
        and np.isin(after, (delimiter, LF, CR, QUOTE)).all()
    )


def _lines(part: bytes) -> int:
    """Return the number of physical lines, the last one with or without its end."""
    ends = _count(part)
    if b"\r" in part:
        ends += part.count(b"\r") - part.count(b"\r\n")
    return ends + (1 if part and part[-1] not in (LF, CR) else 0)


def _count(text: bytes) -> int:
    """Return how many line feeds there are; much faster than ``text.count``."""
    import numpy as np

    return int(np.count_nonzero(np.frombuffer(text, np.uint8) == LF))


def _first_lines(data: bytes) -> list[bytes]:
    """Return the lines of the beginning, as many as it takes to find one that is not blank."""
    size = SMALL
    while size < len(data):
        lines = data[:size].splitlines(keepends=True)
        if any(line.strip() for line in lines[:-1]):
            return lines[:-1]
        size *= 8
    return data.splitlines(keepends=True)


class _Hashed(io.RawIOBase):
    """A file's bytes, hashed as they are read; ``told`` hears how many were."""

    def __init__(self, path: Path, told: Callable[[int], Any]) -> None:
        try:
            self._file: BinaryIO = open(path, "rb")  # noqa: SIM115 (closed by finish)
        except OSError as error:
            raise InputError(
                f"cannot be read ({error.strerror or error})",
                where=as_named(path),
                do="check the path",
            ) from error
        self._hash, self._told = hashlib.sha256(), told

    def peeked(self) -> bytes:
        """Return the first bytes, which are then still to be read."""
        start = self._file.read(4)
        self._file.seek(0)
        return start

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        data = self._file.read(size)
        self._hash.update(data)
        self._told(len(data))
        return data

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def finish(self) -> str:
        """Return the SHA-256 of all bytes and close the file."""
        while self.read(1 << 20):
            pass
        self._file.close()
        return self._hash.hexdigest()


def _unpacked(raw: _Hashed) -> Any:
    packed = raw.peeked()[:2] == b"\x1f\x8b"
    return gzip.GzipFile(fileobj=raw, mode="rb") if packed else raw  # type: ignore[arg-type]
