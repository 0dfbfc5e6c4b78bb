from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coee_nb.errors import InputError
from coee_nb.survey.read.dates import read_moments
from coee_nb.survey.read.exports import Coded


def coded(*texts):
    return Coded(tuple(texts), np.arange(len(texts)))


def moments(*texts, order=None):
    return read_moments(coded(*texts), order, where="in.csv")


@pytest.mark.parametrize(
    "text", ["2021-02-03 14:05:00", "2021-02-03T14:05:00", "2021-02-03 14:05", " 2021-02-03 14:05 "]
)
def test_iso_dates(text):
    assert moments(text).values.tolist() == [pd.Timestamp("2021-02-03 14:05")]
    assert moments(text).rewritten == 0


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2/13/2021 14:05", None, "2021-02-13 14:05"),
        ("13/2/2021 14:05", None, "2021-02-13 14:05"),
        ("13.02.2021", None, "2021-02-13"),
        ("05.02.2021 14:05:00", None, "2021-02-05 14:05"),
        ("2/13/21 2:05 PM", None, "2021-02-13 14:05"),
        ("2/3/2021 14:05", "month first", "2021-02-03 14:05"),
        ("2/3/2021 14:05", "day first", "2021-03-02 14:05"),
    ],
)
def test_dates_that_a_spreadsheet_rewrote(text, order, expected):
    found = moments(text, order=order)
    assert found.values.tolist() == [pd.Timestamp(expected)]
    assert found.rewritten == 1


def test_one_clear_date_settles_the_others():
    found = moments("2/3/2021", "2/13/2021")
    assert found.values.tolist() == [pd.Timestamp("2021-02-03"), pd.Timestamp("2021-02-13")]


@pytest.mark.parametrize("texts", [["2/3/2021"], ["13/2/2021", "2/13/2021"]])
def test_dates_that_can_be_read_two_ways_are_an_error(texts):
    with pytest.raises(InputError, match=r"can be read two ways.*date_order"):
        moments(*texts)


def test_blanks_are_blank_and_what_is_no_date_is_counted():
    found = moments("", "########", "2021-02-30 10:00:00")
    assert found.values.isna().all()
    assert found.unread == 2


@settings(max_examples=50, deadline=None)
@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(lambda d: d.replace(microsecond=0))
)
def test_what_qualtrics_writes_comes_back(moment):
    assert moments(str(moment)).values.tolist() == [pd.Timestamp(moment)]
    rewritten = f"{moment.month}/{moment.day}/{moment.year} {moment:%H:%M:%S}"
    assert moments(rewritten, order="month first").values.tolist() == [pd.Timestamp(moment)]


@pytest.mark.parametrize(
    "text", ["2026-03-02T10:11:12Z", "2026-03-02 10:11:12.345 UTC", "2026-03-02T10:11:12+01:00"]
)
def test_a_zone_behind_the_clock_is_no_part_of_the_local_time(text):
    assert moments(text).values.tolist() == [pd.Timestamp("2026-03-02 10:11:12")]
