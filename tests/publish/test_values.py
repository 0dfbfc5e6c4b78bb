"""Parameter files as they come: each way in which YAML misleads is refused or explained."""

import pytest

from coee_nb.errors import ParameterError
from coee_nb.files import read_file
from coee_nb.publish.values import read_values


@pytest.fixture
def write(tmp_path):
    def file(text: str | bytes):
        path = tmp_path / "toy.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_file(path)

    return file


def test_dates_become_text_and_a_byte_order_mark_is_no_name(write):
    text = "\ufeffon_day: 2024-04-30\nmore: {days: [2024-05-01]}\n"
    assert read_values(write(text)) == {"on_day": "2024-04-30", "more": {"days": ["2024-05-01"]}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", r"line 3, column 1: 'a' is given twice"),
        ("a: {b: 1, b: 2}\n", r"line 1, column 11: 'b' is given twice"),
        ("a: &x [*x]\n", r"the alias \*x"),
        ("a: &x [1]\nb: *x\n", r"the alias \*x"),
        ("a: 1\n\tb: 2\n", "line 2"),
        ("a: 1\n---\na: 2\n", "another document"),
        ("a: !!python/object/apply:os.getcwd []\n", "could not determine a constructor"),
        (b"a: caf\xe9\n", "UTF-8"),
        ("a: 1\n".encode("utf-16"), "UTF-8"),
        ("- a\n", "not a list of name: value lines"),
        ("1: a\n", "not a list of name: value lines"),
    ],
)
def test_what_is_no_clear_sheet_is_refused(write, text, message):
    with pytest.raises(ParameterError, match=message):
        read_values(write(text))
