"""Small files of each format, written for the tests, and ways to damage them."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from coee_nb.recommendations.sources.reading import IDENTITY_COLUMNS, NOTHING_SAID, Reading
from coee_nb.recommendations.sources.recognise import read_file

FILES = Path(__file__).parents[1] / "files"
AS_OF = date(2024, 4, 30)


@pytest.fixture(scope="session")
def page() -> Callable[[str], str]:
    """Give the text of one of the files."""
    return lambda name: (FILES / name).read_text("utf-8")


class InTables:
    """A reading whose rows are tables, those that were read and those that were not."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self.records, self.unread = (self._table(is_read=is_read) for is_read in (True, False))

    def __getattr__(self, name: str) -> object:
        return getattr(self._reading, name)

    def _table(self, *, is_read: bool) -> pd.DataFrame:
        rows = [row for row in self._reading.rows if row["is_read"] == is_read]
        columns = [*IDENTITY_COLUMNS, "stated_from", "stated_to", "where", *NOTHING_SAID]
        return pd.DataFrame(rows, columns=columns)


@pytest.fixture
def reading_of(tmp_path) -> Callable[..., InTables]:
    """Read a text or bytes as if it were a file of that name."""

    def read(content: str | bytes, name: str = "page.txt", **options) -> InTables:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return InTables(read_file(path, as_of=options.pop("as_of", AS_OF), **options))

    return read


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real files beside the project; the test is skipped where there is none."""
    folder = Path(__file__).resolve().parents[4] / "shared"
    if not (folder / "seeds").is_dir():
        pytest.skip("no real files beside the project")
    return folder
