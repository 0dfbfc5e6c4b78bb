from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.recommendations.sources.cells import delimiter_of, rows_of
from coee_nb.recommendations.sources.source import Source


def source(text: str) -> Source:
    return Source(Path("list.csv"), "", text, "utf-8")


def test_a_cell_may_hold_line_ends_quotes_and_delimiters():
    rows, aside = rows_of(source('a,"b\n""c"", d"\ne,f\n'))
    assert [row.cells for row in rows] == [("a", 'b\n"c", d'), ("e", "f")]
    assert [row.line for row in rows] == [1, 3]
    assert aside == []


def test_a_quote_never_closed_costs_its_own_line_only():
    rows, aside = rows_of(source('a,b\n"c,d\ne,f\n'))
    assert [row.cells for row in rows] == [("a", "b"), ("e", "f")]
    assert [(row.where, row.reason) for row in aside] == [
        ("list.csv, line 2", "a quote is never closed")
    ]


def test_a_cell_too_long_to_be_one_is_set_aside():
    rows, aside = rows_of(source("a,b\n" + "x" * 200_000 + ",y\n"))
    assert len(rows) == 1
    assert "field larger" in aside[0].reason


@given(st.text(st.sampled_from('ab,"\n '), max_size=60))
def test_every_line_is_in_a_row_or_set_aside(text):
    rows, aside = rows_of(source(text))
    starts = sorted([row.line for row in rows] + [int(row.where.split()[-1]) for row in aside])
    assert len(set(starts)) == len(starts)
    assert (starts[0] if starts else 1) == 1
    written = "".join("".join(row.cells) for row in rows)
    lost = "".join(row.begins for row in aside)
    letters = sum(text.count(letter) for letter in "ab")
    assert sum((written + lost).count(letter) for letter in "ab") == letters


@given(st.lists(st.text(st.sampled_from("abc \n"), min_size=1, max_size=8), min_size=1, max_size=5))
def test_a_cell_is_found_where_it_stands(cells):
    text = "head\n" + ",".join(f'"{cell}"' for cell in cells) + "\n"
    rows, _ = rows_of(source(text))
    for column, cell in enumerate(cells):
        start = rows[1].offset(source(text), column)
        assert text[start : start + len(cell)] == cell
        assert text[:start].count('"') >= column


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_one_the_lines_hold_most(delimiter):
    assert delimiter_of(source(f"a{delimiter}b{delimiter}c\n1{delimiter}2,5\n")) == delimiter


def test_commas_of_prose_stand_between_no_cells():
    said = "Count the cash, the keys, the cards, and, where needed, the codes, in turn, by two"
    assert delimiter_of(source(f"No;Text;Due\n1;{said};2024\n2;{said}, daily;2025\n")) == ";"
