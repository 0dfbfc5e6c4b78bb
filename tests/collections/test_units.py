"""Amounts are said in the unit they are in, dollars or not."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb import formats
from coee_nb.collections.units import Unit
from coee_nb.errors import ParameterError


@pytest.mark.parametrize(
    ("unit", "value", "said"),
    [
        ("million dollars", 346.4, "$346.4 million"),
        ("million dollars", -3386.06, "-$3.4 billion"),
        ("dollars", 950, "$950"),
        ("USD", 2_500_000, "$2.5 million"),
        ("thousands of barrels", 1234.5, "1.2 million barrels"),
        ("deaths", 12, "12 deaths"),
        ("deaths", -0.31, "-0.3 deaths"),
        ("dollars per claim", 12.5, "12.5 dollars per claim"),
        ("", 0.2, "0.2"),
        ("", 0.00213, "0.0021"),
        ("percent", float("nan"), "–"),
    ],
)
def test_amounts_are_said_in_their_unit(unit, value, said):
    assert Unit(unit).say(value) == said


@given(st.floats(-9e5, 9e5).filter(lambda v: abs(v) >= 0.1))
def test_millions_of_dollars_are_said_as_elsewhere(value):
    assert Unit("million dollars").say(value) == formats.millions(value, 1)


@given(st.floats(1e-6, 1e12))
def test_a_picture_shows_numbers_a_reader_takes_in(value):
    scale = Unit("million dollars").scale([0.0, value, math.nan])
    shown = value / scale.divisor
    assert shown < 1000 or scale.words == "trillion dollars"
    assert scale.said(value).strip("0.,")


def test_small_amounts_keep_two_digits_in_a_table():
    how = Unit().formats(pd.DataFrame({"estimate": [0.0123, -0.5], "p": [0.1, 0.2]}))
    assert list(how) == ["estimate"]
    assert how["estimate"](0.0123) == "0.012"


@pytest.mark.parametrize("name", ["two\nlines", "x" * 61])
def test_what_is_no_short_line_is_refused(name):
    with pytest.raises(ParameterError, match="a few words"):
        Unit(name)
