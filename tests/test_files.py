"""The bytes that are parsed are those that are hashed."""

import hashlib

import pytest

from coee_nb.errors import InputError
from coee_nb.files import read_file
from coee_nb.findings import input_file


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def test_a_file_edited_after_it_was_parsed_keeps_the_hash_of_what_was_parsed(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(b"a\n1\n")
    assert read_file(path).text() == "a\n1\n"
    path.write_bytes(b"a\n2\n")
    assert input_file(path).sha256 == sha256(b"a\n1\n")
    read_file(path)
    assert input_file(path).sha256 == sha256(b"a\n2\n")


def test_a_file_parsed_elsewhere_is_hashed_as_it_is_now(tmp_path):
    path = tmp_path / "rows.csv"
    for data in (b"1", b"2"):
        path.write_bytes(data)
        assert input_file(path).sha256 == sha256(data)


def test_an_error_says_in_full_where_it_looked(tmp_path, monkeypatch):
    for folder in ("notebooks", "params"):
        (tmp_path / folder).mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    for read in (read_file, input_file):
        with pytest.raises(InputError, match=rf"{tmp_path}/data/none\.csv: cannot be read"):
            read("data/none.csv")
    (tmp_path / "bad.csv").write_bytes(b"\xff")
    with pytest.raises(InputError, match=r"bad\.csv: is not UTF-8 text \(byte 1\)"):
        read_file("bad.csv").text()
