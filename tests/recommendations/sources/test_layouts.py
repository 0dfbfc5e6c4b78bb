from pathlib import Path

import pytest

from coee_nb.engines.datewords.styles import DateStyle
from coee_nb.errors import InputError
from coee_nb.recommendations.sources import layouts
from coee_nb.recommendations.sources.listing import ListLayout
from coee_nb.recommendations.sources.source import Source

COLUMNS = {"issuer": "=City", "text": "What to do", "status": "State"}
LAYOUT = ListLayout(COLUMNS, DateStyle("day-first", "06-30"), {"green": "open"}, "Tracker", 3)


def source(header: str) -> Source:
    return Source(Path("next.csv"), "", f"{header}\nDo,Open\n", "utf-8")


def test_what_is_kept_is_what_is_read_again(tmp_path):
    assert layouts.kept(tmp_path) == {}
    assert layouts.keep(tmp_path, "list.csv", LAYOUT)
    assert layouts.kept(tmp_path) == {"list.csv": LAYOUT}
    assert not layouts.keep(tmp_path, "list.csv", LAYOUT)


def test_a_list_of_the_same_columns_takes_the_place_of_the_older(tmp_path):
    layouts.keep(tmp_path, "q1.csv", LAYOUT)
    layouts.keep(tmp_path, "other.csv", ListLayout({**COLUMNS, "ecd": "Due"}))
    layouts.keep(tmp_path, "q2.csv", LAYOUT)
    assert list(layouts.kept(tmp_path)) == ["other.csv", "q2.csv"]


def test_a_layout_fits_a_file_that_has_its_columns_and_is_asked_nothing_else():
    kept = {"list.csv": LAYOUT}
    fits = layouts.fitting(source("what to do,STATE"), kept, ListLayout())
    assert fits == ("list.csv", LAYOUT)
    assert layouts.fitting(source("What,State"), kept, ListLayout()) is None
    asked = ListLayout({"text": "State"})
    assert layouts.fitting(source("What to do,State"), kept, asked) is None


def test_what_is_asked_goes_before_what_was_kept():
    asked = ListLayout({"ecd": "Due"}, DateStyle("month-first"), {"green": "unresolved"})
    both = layouts.completed(asked, LAYOUT)
    assert both.columns == {**COLUMNS, "ecd": "Due"}
    assert both.style == DateStyle("month-first", "06-30")
    assert (both.statuses, both.sheet, both.header_row) == ({"green": "unresolved"}, "Tracker", 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\n", "no list of layouts"),
        ("- list: a.csv\n", "no columns"),
        ("- columns: {text: A}\n  colour: red\n", "'colour' is unknown"),
        ("- columns: {txt: A}\n", "'txt' is unknown"),
        ("- columns: {text: A}\n  header_row: three\n", "header_row is 'three'"),
    ],
)
def test_a_file_of_layouts_with_a_fault_is_refused(text, message, tmp_path):
    (tmp_path / layouts.FILE).write_text(text)
    with pytest.raises(InputError, match=message):
        layouts.kept(tmp_path)
