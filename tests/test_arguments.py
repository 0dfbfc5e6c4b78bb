"""One rule for dates and for names that must be known."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.arguments import as_day, given_as, known
from coee_nb.errors import InputError, ParameterError


@given(st.dates(date(1800, 1, 1), date(2199, 12, 31)))
def test_a_day_is_one_day_however_it_is_given(day):
    moment = datetime(day.year, day.month, day.day)
    forms = (day, moment, day.isoformat(), f" {day} ", pd.Timestamp(day), np.datetime64(day))
    assert {as_day(form) for form in forms} == {day}
    assert {type(as_day(form)) for form in forms} == {date}


@pytest.mark.parametrize(
    "value", ["30 June", "2024-13-01", "", None, pd.NaT, np.datetime64("NaT"), 20240630,
              datetime(2024, 6, 30, 12)],
)  # fmt: skip
def test_what_is_no_day_is_refused_by_the_arguments_name(value):
    with pytest.raises(ParameterError, match=r"as_of: .*is no day.*such as 2024-04-30"):
        as_day(value, "as_of")


@pytest.mark.parametrize("value", ["0003-01-01", date(1799, 12, 31), "2200-01-01"])
def test_a_day_of_no_such_year_is_refused(value):
    with pytest.raises(ParameterError, match=r"as_of: .* is no day.*of the years 1800 to 2199"):
        as_day(value, "as_of")


def test_an_unknown_name_is_told_with_the_nearest():
    assert known("title", ["center", "title"], "group") == "title"
    with pytest.raises(ParameterError, match=r"no group 'titel' \(did you mean 'title'\?\)"):
        known("titel", ["center", "title"], "group")
    with pytest.raises(ParameterError, match="no group None"):
        known(None, ["center", "title"], "group")


def test_a_refusal_names_the_parameter_that_asked_and_keeps_its_parts():
    with pytest.raises(InputError) as told, given_as("headlines"):
        raise InputError("no item 'a'", where="codebook.yaml", expected="b", do="name it")
    assert str(told.value) == (
        "codebook.yaml: parameter 'headlines': no item 'a'. Expected: b. To do: name it."
    )
    with pytest.raises(ParameterError, match=r"^cut_date is no day\.$"), given_as("cut_date"):
        raise ParameterError("cut_date is no day")
