"""Series at the door and dates as periods: one test per way to fail."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.engines.ar1.periods import as_period, checked, frequency, listed
from coee_nb.errors import InputError, ParameterError


def monthly(points=48, start="2014-01"):
    index = pd.period_range(start, periods=points, freq="M")
    values = np.random.default_rng(points).normal(10, 1, points)
    return pd.Series(values, index=index, name="duties")


def missing_month():
    return monthly().drop(pd.Period("2015-05", "M"))


def repeated_month():
    return pd.concat([monthly(), monthly().iloc[[5]]]).sort_index()


def not_a_number():
    series = monthly()
    series.iloc[7] = np.nan
    return series


@pytest.mark.parametrize(
    ("series", "message"),
    [
        (missing_month(), "missing periods 2015-05"),
        (repeated_month(), "repeated periods 2014-06"),
        (monthly()[::-1], "out of order"),
        (not_a_number(), "no finite value in 2014-08"),
        (monthly() * np.inf, "no finite value in 2014-01.* and 42 more"),
        (monthly().reset_index(drop=True), "RangeIndex"),
        (monthly().iloc[:0], "no observations"),
        (monthly().to_frame(), "a DataFrame. Expected: one pandas Series"),
        (monthly().resample("2M").sum(), "a PeriodIndex of 2M"),
        (monthly().astype(object).replace(monthly().iloc[0], "n/a"), "not numbers"),
    ],
)
def test_a_series_that_is_not_regular_is_an_input_error(series, message):
    with pytest.raises(InputError, match=message):
        checked(series)


@pytest.mark.parametrize("date", ["October", "2016-13", None])
def test_a_date_that_is_none_is_a_parameter_error(date):
    with pytest.raises(ParameterError, match="is not a date"):
        as_period(date, monthly().index, what="interruption")


@pytest.mark.parametrize(
    "date",
    [
        "2016-10",
        "2016-10-31",
        dt.date(2016, 10, 1),
        pd.Timestamp("2016-10-05"),
        np.datetime64("2016-10-05", "ns"),
        "2016-10-01 00:00:00",
        pd.Period("2016Q4", "Q"),
        pd.Period("2016-10", "M"),
    ],
)
def test_dates_may_be_texts_days_or_periods(date):
    assert as_period(date, monthly().index, what="cut") == pd.Period("2016-10", "M")


def test_a_fiscal_year_may_be_a_number():
    years = pd.period_range("2000", periods=20, freq="Y-SEP")
    assert str(as_period(2012, years, what="cut")) == "2012"
    assert frequency(years) == "Y"


@given(st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31)), st.sampled_from("MQY"))
def test_any_day_falls_in_the_period_that_holds_it(day, letter):
    index = pd.period_range("2000", periods=3, freq=letter)
    period = as_period(day.isoformat(), index, what="cut")
    assert period.start_time.date() <= day <= period.end_time.date()


def test_periods_left_out_are_gone_and_may_have_been_absent():
    out = ["2015-05", "2015-06"]
    assert len(checked(monthly(), out)) == 46
    assert checked(missing_month(), out).equals(checked(monthly(), out))


def test_a_long_list_of_periods_is_cut_short():
    assert listed(monthly().index, most=2) == "2014-01, 2014-02 and 46 more"
