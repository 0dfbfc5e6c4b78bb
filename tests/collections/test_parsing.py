"""Periods and amounts in the forms that files use."""

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.collections.parsing import date_order, parse_amount, parse_period
from coee_nb.engines.datewords.styles import DAY_FIRST, MONTH_FIRST


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


@pytest.mark.parametrize(
    ("texts", "summed", "order"),
    [
        (["05/01/2014", "13/01/2014"], True, DAY_FIRST),
        (["01/05/2014", "01/13/2014"], True, MONTH_FIRST),
        (["05/01/2014", "06/01/2014"], True, None),  # days of January, or May and June
        (["05/01/2014", "06/01/2014"], False, MONTH_FIRST),  # January would be told twice
        (["01/05/2014", "01/06/2014"], False, DAY_FIRST),
        (["01/05/2014"], False, None),
        (["13/01/2014", "01/13/2014"], True, None),  # in two forms
        (["2014-05-01", "5/2014", "note"], True, MONTH_FIRST),  # no such date
        (["01/01/2014", "1/1/2015"], False, MONTH_FIRST),  # the same either way
        (["01/07/2014", "01/07/2015"], False, None),  # the first of July, or the seventh of January
    ],
)
def test_which_comes_first_in_a_date_is_proved_by_its_column_or_not_at_all(texts, summed, order):
    assert date_order([("all", text) for text in texts], summed=summed) == order


@given(st.lists(st.dates(pd.Timestamp("1900-01-01").date()), min_size=1), st.booleans())
def test_no_column_of_dates_proves_the_order_that_it_is_not_written_in(days, day_first):
    form = "%d/%m/%Y" if day_first else "%m/%d/%Y"
    found = date_order([("all", day.strftime(form)) for day in days], summed=True)
    assert found in (None, DAY_FIRST if day_first else MONTH_FIRST)


def test_a_date_with_dots_has_its_day_first():
    assert parse_period("01.10.2016")[0] == pd.Period("2016-10", "M")
