"""Arguments of effects: a date of any kind is a date, and what is none is refused by name."""

import datetime

import pandas as pd
import pytest

from coee_nb.collections import effects
from coee_nb.errors import ParameterError

pytestmark = pytest.mark.filterwarnings("ignore::coee_nb.errors.StatisticalWarning")
DAY = datetime.date(2016, 10, 1)


@pytest.mark.parametrize("cut", ["2016-10", DAY, pd.Timestamp(DAY), pd.Period("2016-10", "M")])
def test_dates_of_every_kind_name_the_same_window(primary, cut):
    found = effects.effect(primary, cut, through=datetime.date(2017, 12, 31))
    assert (found.interruption, found.through) == (pd.Period("2016-10"), pd.Period("2017-12"))


@pytest.mark.parametrize("cut", ["soon", None, 3.5])
def test_what_is_no_date_is_refused_by_name(primary, cut):
    with pytest.raises(ParameterError, match="is not a date"):
        effects.effect(primary, cut)


def test_an_unknown_measure_is_refused_with_those_there_are(primary):
    with pytest.raises(ParameterError, match="did you mean 'cumulative'"):
        effects.effect(primary, "2016-10").row("cumulativ")
