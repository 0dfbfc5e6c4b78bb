"""Files read once: the bytes that are parsed are those that are hashed.

Every reader of a domain opens its file here, so that the account of inputs names the very bytes
it has parsed, also when the file is edited meanwhile.
"""

import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path

from coee_nb.errors import InputError
from coee_nb.paths import resolve


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
        """Return the bytes as text, without a byte order mark. Raises InputError if not UTF-8."""
        try:
            return self.data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError(
                f"is not UTF-8 text (byte {error.start + 1})",
                where=str(self.path),
                do="save it as UTF-8",
            ) from error


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
