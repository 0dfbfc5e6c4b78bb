"""Small files of each format, written for the tests, and ways to damage them."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from coee_nb.recommendations.sources.reading import Reading
from coee_nb.recommendations.sources.recognise import read_file

FILES = Path(__file__).parents[1] / "files"
AS_OF = date(2024, 4, 30)


@pytest.fixture(scope="session")
def page() -> Callable[[str], str]:
    """Give the text of one of the files."""
    return lambda name: (FILES / name).read_text("utf-8")


@pytest.fixture
def reading_of(tmp_path) -> Callable[..., Reading]:
    """Read a text or bytes as if it were a file of that name."""

    def read(content: str | bytes, name: str = "page.txt", **options) -> Reading:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_file(path, as_of=options.pop("as_of", AS_OF), **options)

    return read


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real files beside the project; the test is skipped where there is none."""
    folder = Path(__file__).resolve().parents[4] / "shared"
    if not (folder / "seeds").is_dir():
        pytest.skip("no real files beside the project")
    return folder
