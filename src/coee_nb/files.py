"""Files read once: the bytes that are parsed are those that are hashed; writes are whole.

Every reader of a domain opens its file here, so that the account of inputs names the very bytes
it has parsed, also when the file is edited meanwhile.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import hashlib
import io
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import yaml

from coee_nb.decimals import pointed
from coee_nb.errors import InputError
from coee_nb.paths import resolve

if TYPE_CHECKING:
    import pandas as pd

LINE = "line"  # the column of a table that says where in the file a row begins, the header on 1


@dataclass(frozen=True)
class Content:
    """The bytes of a file as they were when it was read, and their SHA-256."""

    path: Path
    data: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the bytes in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()

    def stream(self) -> io.BytesIO:
        """Return the bytes as a stream, for a parser that wants a file."""
        return io.BytesIO(self.data)

    def text(self) -> str:
        """Return the bytes as text, without a byte order mark.

        It is UTF-8, or UTF-16 where a mark says so. Raises InputError for what is neither.
        """
        marked = self.data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        name, encoding = ("UTF-16", "utf-16") if marked else ("UTF-8", "utf-8-sig")
        try:
            text = self.data.decode(encoding)
        except UnicodeDecodeError as error:
            raise self._no_text(f"is not {name} text (byte {error.start + 1})") from error
        if "\0" in text:
            raise self._no_text("is no text: it holds NUL characters")
        return text

    def _no_text(self, found: str) -> InputError:
        do = "save it as UTF-8 (in a spreadsheet program: as CSV UTF-8)"
        return InputError(found, where=str(self.path), do=do)

    def yaml(self, *, typed: bool = True) -> Any:
        """Return what the file says as YAML, which may give no name twice and use no alias.

        ``typed`` reads numbers, yes and no as such and dates as ISO text; without it every value
        stays the text that was written. Raises InputError with the line of what is wrong.
        """
        try:
            return _plain(_loaded(self.text(), _Typed if typed else _Text))
        except (yaml.YAMLError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(
                f"is not readable YAML ({_told(error)})",
                where=str(self.path),
                do="mend that line; save the file as UTF-8 text",
            ) from error

    @cached_property
    def delimiter(self) -> str:
        """What stands between the cells of the text: comma, semicolon, tab or bar.

        It is the commonest one of the first line by which the first rows are of one length, two
        cells or more; where none is, the commonest one, or the comma.
        """
        text = self.text().lstrip("\r\n")
        first = text[: text.find("\n") % (len(text) + 1)]
        likely = sorted(_DELIMITERS, key=first.count, reverse=True)
        return next((one for one in likely if _agree(text, one)), likely[0])

    def pointed(self, cells: Sequence[str], name: str) -> list[str]:
        """Return the amounts of the column ``name`` as between commas: 1,234.50 for 1.234,50.

        Raises InputError where nothing tells which is meant.
        """
        where = f"{self.path}, column {name}"
        return pointed(cells, delimiter=self.delimiter, where=where)

    def table(self, needed: Sequence[str] = ()) -> pd.DataFrame:
        """Return a CSV file's rows as text, an empty cell being "", with the line each begins on.

        Between the cells stands the file's `delimiter`. The columns are the header's names, and
        ``line``. Blank lines are passed over. Raises InputError for a file without a header, a name
        twice, a column of ``needed`` that is not there, a row of other length than the header, and
        a quote that is never closed.
        """
        import pandas as pd

        rows = list(self._records())
        if not rows:
            raise InputError("is empty", where=str(self.path), expected="a header and rows")
        (_, header), body = rows[0], rows[1:]
        header = [name.strip() for name in header]
        self._check_header(header, needed)
        for line, cells in body:
            if len(cells) != len(header):
                raise InputError(
                    f"{len(cells)} cells, the header has {len(header)}",
                    where=f"{self.path}, line {line}",
                    do=f"put a cell with {_CALLED[self.delimiter]} or a line break in quotes",
                )
        frame = pd.DataFrame([cells for _, cells in body], columns=header, dtype="str")
        return frame.assign(**{LINE: [line for line, _ in body]})

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each record that is not blank, with the line it begins on."""
        stream = io.StringIO(self.text(), newline="")
        reader = csv.reader(stream, strict=True, delimiter=self.delimiter)
        begins = 1
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield begins, cells
                begins = reader.line_num + 1
        except csv.Error as error:
            raise InputError(
                f"is not readable CSV ({error})",
                where=f"{self.path}, line {begins}",
                do="close the quote that opens there",
            ) from error

    def _check_header(self, header: Sequence[str], needed: Sequence[str]) -> None:
        twice = [name for k, name in enumerate(header) if name in header[:k]]
        if twice:
            raise InputError(f"has the column {twice[0]!r} twice", where=f"{self.path}, line 1")
        missing = [name for name in needed if name not in header]
        if missing:
            raise InputError(
                f"no column {missing[0]!r}",
                where=f"{self.path}, line 1",
                expected=f"the columns {', '.join(needed)}",
            )


_CALLED = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
_DELIMITERS = tuple(_CALLED)
_FIRST = 4  # rows that show what stands between the cells


def _agree(text: str, delimiter: str) -> bool:
    """Tell whether the first rows have as many cells each, two or more, with this delimiter."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    try:
        filled = (len(row) for row in reader if any(cell.strip() for cell in row))
        widths = {*islice(filled, _FIRST)}
    except csv.Error:
        return False
    return len(widths) == 1 and min(widths) > 1


class _Strict:
    """YAML as a file of ours may hold it: no name twice, no aliases, no objects."""

    def compose_node(self, parent: Any, index: Any) -> yaml.Node:
        """Refuse aliases: a value stands where it is used."""
        if self.check_event(yaml.AliasEvent):  # type: ignore[attr-defined]
            event = self.peek_event()  # type: ignore[attr-defined]
            raise yaml.MarkedYAMLError(
                problem=f"found the alias *{event.anchor}", problem_mark=event.start_mark
            )
        return super().compose_node(parent, index)  # type: ignore[misc]

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        """Refuse a name given twice, of which YAML would silently keep the last."""
        seen = set()
        for name, _ in node.value:
            if name.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"{name.value!r} is given twice", problem_mark=name.start_mark
                )
            seen.add(name.value)
        return super().construct_mapping(node, deep)  # type: ignore[misc]


class _Typed(_Strict, yaml.SafeLoader):
    """Values as YAML reads them, but for 1:30, of which it would make 90."""

    def construct_scalar(self, node: Any) -> Any:
        """Refuse numbers with colons: they count in sixties, which nobody means."""
        number = node.tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
        if number and ":" in node.value:
            raise yaml.MarkedYAMLError(
                problem=f"{node.value} would be read as a number of sixties; put it in quotes",
                problem_mark=node.start_mark,
            )
        return super().construct_scalar(node)


class _Text(_Strict, yaml.BaseLoader):
    """Every value the text that was written."""


def _loaded(text: str, loader: type[_Typed | _Text]) -> Any:
    """Return what a text says as YAML, read by libyaml where there is one.

    ``loader`` itself takes ten times as long, and says of what is wrong more exactly where.
    """

    class Quick(loader):  # type: ignore[misc, valid-type]
        def __init__(self, text: str) -> None:
            super().__init__(text)
            events = yaml.CSafeLoader(text)
            self.check_event, self.peek_event = events.check_event, events.peek_event
            self.get_event = events.get_event

    if yaml.__with_libyaml__:
        with contextlib.suppress(yaml.YAMLError, ValueError):
            return yaml.load(text, Quick)
    return yaml.load(text, loader)


def _told(error: Exception) -> str:
    """Return what a reader of YAML complains of, and where, in one line."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return " ".join(str(error).split())
    return f"line {mark.line + 1}, column {mark.column + 1}: {getattr(error, 'problem', error)}"


def _plain(value: Any) -> Any:
    """Return YAML's dates as ISO text, so that values travel through any format."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


_PARSED: dict[Path, str] = {}  # the hash of each file as this process last read it to parse it


def read_file(path: str | Path) -> Content:
    """Read the file at ``path``, relative to the project unless absolute, to parse it.

    Raises InputError that says in full where it looked.
    """
    content = _read(path)
    _PARSED[content.path.resolve()] = content.sha256
    return content


def parsed_sha256(path: str | Path) -> str:
    """Return the SHA-256 of the bytes last parsed from ``path``, or of those it has now.

    Raises InputError when it was not parsed and cannot be read.
    """
    return _PARSED.get(resolve(path).resolve()) or _read(path).sha256


def _read(path: str | Path) -> Content:
    place = resolve(path)
    try:
        return Content(place, place.read_bytes())
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror or error})", where=str(place), do="check the path"
        ) from error


@contextlib.contextmanager
def writing(path: Path) -> Iterator[TextIO]:
    """Give a text stream whose content becomes ``path`` at the end, whole or not at all.

    Lines end as they are written. What stood at ``path`` stays until then, and after an error.
    """
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(aside, mode)
        os.replace(aside, path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
