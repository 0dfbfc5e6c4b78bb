"""Periods and amounts in the forms that files use."""

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.collections.parsing import parse_amount, parse_period


@pytest.mark.parametrize(
    "text",
    ["2016-10", "2016-10-01", "2016/10/31", "10/2016", "10/31/2016", "Oct 2016", "October 2016",
     "201610"],
)  # fmt: skip
def test_the_usual_ways_to_write_a_month(text):
    assert parse_period(text)[0] == pd.Period("2016-10", "M")


@given(st.text(max_size=20))
def test_no_text_makes_the_parsers_fail(text):
    period, _ = parse_period(text)
    amount = parse_amount(text)
    assert period is None or period.freqstr == "M"
    assert isinstance(amount, str) or amount.is_finite()


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_an_amount_written_three_ways_reads_the_same(amount):
    written = [f"{amount}", f"${amount:,}" if amount >= 0 else f"-${-amount:,}"]
    written += [f"({-amount:,})"] if amount < 0 else []
    assert {parse_amount(text) for text in written} == {Decimal(amount)}


@pytest.mark.parametrize("text", ["25/10/2016", "Oct-16", "2016", "0016-10", ""])
def test_what_names_no_month_is_not_guessed(text):
    assert parse_period(text) == (None, None)


@pytest.mark.parametrize("text", ["1.234,5", "1,23", "=1+1", "5%", "inf", "1'000", "-(100)", "(5"])
def test_an_amount_in_another_form_is_not_guessed(text):
    assert parse_amount(text) == "amount not understood"
