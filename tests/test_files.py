"""The bytes that are parsed are those that are hashed."""

import csv
import hashlib
import io

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.errors import InputError
from coee_nb.files import LINE, read_file, writing
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


@pytest.fixture
def content(tmp_path):
    def made(data: bytes | str):
        path = tmp_path / "rows.csv"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return read_file(path)

    return made


def test_a_table_is_text_and_tells_the_line_each_row_begins_on(content):
    table = content('a,b\n1,"x\ny"\n\n,NA\n').table(["b"])
    assert table["a"].tolist() == ["1", ""]
    assert table["b"].tolist() == ["x\ny", "NA"]
    assert table[LINE].tolist() == [2, 5]


ROWS = 'unit,said\nPort Vél,"one; two, three\nand four"\nMill,5\nLane,"a|b"\n'


def between(mark):
    """Return the same rows with another mark between the cells."""
    stream = io.StringIO()
    rows = csv.reader(io.StringIO(ROWS, newline=""))
    csv.writer(stream, delimiter=mark, lineterminator="\n").writerows(rows)
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        between(";"),
        between("\t"),
        between("|"),
        ROWS.replace("\n", "\r\n"),
        ROWS.encode("utf-8-sig"),
        ROWS.encode("utf-16"),
        between("\t").encode("utf-16"),
    ],
    ids=["semicolon", "tab", "bar", "crlf", "mark", "utf-16", "utf-16 tab"],
)
def test_a_table_is_the_same_as_any_spreadsheet_program_saves_it(content, data):
    table, same = content(data).table(), content(ROWS).table()
    assert table.replace("\r\n", "\n", regex=True).equals(same)
    assert same["said"].tolist() == ["one; two, three\nand four", "5", "a|b"]


@pytest.mark.parametrize(
    ("data", "delimiter"),
    [
        ("unit\nParks; north\nPort, south\n", ","),  # one column
        ("net (EUR; all; cash),month\n5,2016-10\n", ","),
        ("month;net\n2016-10;1,5\n2016-11;2,5\n", ";"),
        ("a;b;c\n1;2\n", ";"),
        ("", ","),
    ],
)
def test_what_stands_between_cells_is_what_the_first_rows_agree_on(content, data, delimiter):
    assert content(data).delimiter == delimiter


@pytest.mark.parametrize(
    "data", [ROWS.encode("cp1252"), ROWS.encode("utf-16-le"), ROWS.encode("utf-32")]
)
def test_text_of_another_encoding_is_refused(content, data):
    with pytest.raises(InputError, match="save it as UTF-8"):
        content(data).table()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "is empty"),
        ("a,b\n1\n", r"line 2: 1 cells, the header has 2"),
        ("a,b\n1,2\n1,2,3\n", r"line 3: 3 cells"),
        ("a,a\n1,2\n", r"the column 'a' twice"),
        ("a\n1\n", r"no column 'b'. Expected: the columns b"),
        ('a,b\n1,2\n3,"4\n5,6\n', r"line 3: is not readable CSV"),
        (b"a,b\n1,\xff\n", r"is not UTF-8 text \(byte 7\)"),
    ],
)
def test_a_table_that_cannot_be_read_is_told_with_its_line(content, data, message):
    with pytest.raises(InputError, match=message):
        content(data).table(["b"])


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0\ufeff"))


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=5))
def test_every_table_written_is_read_as_it_was(tmp_path_factory, rows):
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([["a", "b"], *rows])
    path = tmp_path_factory.mktemp("tables") / "rows.csv"
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    assert read_file(path).table()[["a", "b"]].to_numpy().tolist() == rows


def test_yaml_is_read_by_libyaml_and_its_faults_are_told_by_the_exacter_parser(
    content, monkeypatch
):
    said = 'a: [1, 2.5, no, 2024-05-01]\nb: {c: "é\\n", d: ~}\ne: |\n one\n two\n'
    with monkeypatch.context() as patched:
        patched.setattr(yaml, "__with_libyaml__", False)
        slowly = content(said).yaml()
    with monkeypatch.context() as patched:
        patched.setattr(yaml.SafeLoader, "get_event", None)
        assert content(said).yaml() == slowly
    with pytest.raises(InputError, match=r"line 1, column 6: expected ',' or '\]'"):
        content("a: [1").yaml()


def test_yaml_may_be_read_as_the_text_that_was_written(content):
    said = "a: 1e3\nb: no\nday: 2024-05-01\n"
    assert content(said).yaml() == {"a": "1e3", "b": False, "day": "2024-05-01"}
    assert content(said).yaml(typed=False) == {"a": "1e3", "b": "no", "day": "2024-05-01"}
    with pytest.raises(InputError, match="'a' is given twice"):
        content("a: 1\na: 2\n").yaml(typed=False)


def test_what_is_written_is_whole_or_not_at_all(tmp_path):
    path = tmp_path / "rows.csv"
    with writing(path) as stream:
        stream.write("a\r\n")
    assert path.read_bytes() == b"a\r\n"
    path.chmod(0o640)
    with pytest.raises(TypeError), writing(path) as stream:
        stream.write(b"no text")
    assert path.read_bytes() == b"a\r\n"
    with writing(path) as stream:
        stream.write("c")
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in tmp_path.iterdir()] == ["rows.csv"]
