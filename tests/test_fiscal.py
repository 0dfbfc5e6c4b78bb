"""Fiscal years, quarters, period ends."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb import fiscal

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@given(DAYS)
def test_every_day_lies_in_its_fiscal_year(day):
    year = fiscal.fiscal_year(day)
    assert fiscal.fiscal_year_start(year) <= day <= fiscal.fiscal_year_end(year)


@given(st.integers(1990, 2090))
def test_fiscal_years_follow_each_other_and_quarters_fill_them(year):
    assert fiscal.fiscal_year_end(year) + timedelta(1) == fiscal.fiscal_year_start(year + 1)
    ends = [fiscal.fiscal_quarter_end(year, quarter) for quarter in (1, 2, 3, 4)]
    assert ends == sorted(ends)
    assert ends[-1] == fiscal.fiscal_year_end(year)
    assert {fiscal.fiscal_year(end) for end in ends} == {year}


@given(DAYS)
def test_month_end_is_the_last_day(day):
    end = fiscal.month_end(day.year, day.month)
    assert end >= day
    assert (end + timedelta(1)).day == 1


@given(DAYS, st.integers(-240, 240))
def test_adding_months_moves_by_whole_months(day, months):
    moved = fiscal.add_months(day, months)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day <= day.day


@pytest.mark.parametrize("quarter", [0, 5])
def test_there_are_four_quarters(quarter):
    with pytest.raises(ValueError, match="a quarter is"):
        fiscal.fiscal_quarter_end(2020, quarter)


def test_a_management_decision_is_due_six_months_after_the_report():
    assert fiscal.add_months(date(2022, 3, 31), 6) == date(2022, 9, 30)
