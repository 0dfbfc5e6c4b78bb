"""The generated files of the worked example are what the scripts beside them make."""

import gzip
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest

from coee_nb.origins import GENERATED, origin_of

EXAMPLE = Path(__file__).resolve().parents[2] / "data" / "oig_22_34"
FOLDERS = ("entries", "oversight", "penalties", "recommendations_generated", "survey")
KINDS = ("*.csv", "*.yaml", "*.csv.gz", "*.json")


def made(folder: str, out: Path) -> set[str]:
    script = EXAMPLE / folder / "make.py"
    run = [sys.executable, "-B", str(script), "--out", str(out)]
    printed = subprocess.run(run, capture_output=True, text=True, check=True).stdout.splitlines()
    assert {Path(line) for line in printed} == set(out.iterdir())
    return {Path(line).name for line in printed}


def content(file: Path) -> bytes:
    """Return the bytes of a file, of a compressed one those within: compressors differ."""
    data = file.read_bytes()
    return gzip.decompress(data) if file.suffix == ".gz" else data


def declared(folder: str) -> set[str]:
    files = chain.from_iterable((EXAMPLE / folder).glob(kind) for kind in KINDS)
    return {file.name for file in files if origin_of(file) == GENERATED}


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_generated_file_is_written_again_byte_for_byte(folder, tmp_path):
    assert made(folder, tmp_path / "new") == declared(folder)
    for name in declared(folder):
        assert content(tmp_path / "new" / name) == content(EXAMPLE / folder / name)


@pytest.mark.parametrize(
    "folder",
    [pytest.param(one, marks=[] if one == "penalties" else pytest.mark.long) for one in FOLDERS],
)
def test_files_that_are_there_are_replaced(folder, tmp_path):
    for name in declared(folder):
        (tmp_path / name).write_text("another")
    assert made(folder, tmp_path) == declared(folder)
    for name in declared(folder):
        assert content(tmp_path / name) == content(EXAMPLE / folder / name)


def test_every_folder_with_generated_files_has_its_script():
    folders = {folder.name for folder in EXAMPLE.iterdir() if folder.is_dir()}
    assert {name for name in folders if declared(name)} == set(FOLDERS)
    assert {path.parent.name for path in EXAMPLE.glob("*/make.py")} == set(FOLDERS)
