"""The calendar names every concurrent event that a window of months must face."""

from pathlib import Path

import pandas as pd
import pytest

from coee_nb.collections.checks import OUTSIDE
from coee_nb.collections.events import RATE, read_calendar
from coee_nb.errors import InputError

DATA = Path(__file__).resolve().parents[2] / "data" / "oig_22_34" / "collections"


def month(text: str) -> pd.Period:
    return pd.Period(text, "M")


@pytest.fixture(scope="module")
def calendar():
    return read_calendar(DATA / "events.csv")


def test_the_calendar_counts_its_competing_events(calendar):
    assert len(calendar.events) == 18
    assert calendar.events["date"].is_monotonic_increasing


def test_the_first_competing_events_after_the_cut(calendar):
    cut = month("2016-10")
    assert calendar.next_concurrent(cut)["event"] == "GSP lapses again"
    assert calendar.next_concurrent(cut, [RATE])["month"] == month("2018-02")
    assert calendar.next_concurrent(month("2020-01")) is None


def test_months_are_clear_up_to_the_first_competing_event(calendar):
    cut, last = month("2016-10"), month("2018-02")
    assert calendar.clear_through(cut, last) == month("2017-12")
    assert calendar.clear_through(cut, month("2017-06")) == month("2017-06")
    assert calendar.clear_through(month("2019-10"), month("2020-03")) == month("2020-03")


def test_quarters_and_years_are_clear_up_to_that_of_the_first_competing_event(calendar):
    quarters = pd.Period("2016Q4"), pd.Period("2019Q3")
    assert calendar.clear_through(*quarters) == pd.Period("2017Q4")
    assert calendar.clear_through(pd.Period("2016"), pd.Period("2019")) == pd.Period("2015")


def test_events_without_a_term_are_those_the_model_passes_over(calendar):
    terms = [month("2016-10"), month("2018-03")]
    passed = calendar.without_a_term(month("2016-10"), month("2018-02"), terms)
    assert passed["month"].astype(str).tolist() == ["2018-01", "2018-02"]
    terms += [month("2018-01"), month("2018-02")]
    assert calendar.without_a_term(month("2016-10"), month("2018-02"), terms).empty


def test_the_phase_in_makes_the_months_before_the_cut_part_treated(calendar):
    assert calendar.phase_in_before(month("2016-10"))["month"].astype(str).tolist() == ["2012-01"]
    assert calendar.phase_in_before(month("2011-12")).empty


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2018-02-30,Tariff,rate change", "date '2018-02-30'"),
        ("2018-02-01,Tariff,duty", "kind 'duty'"),
        ("2018-02-01, ,rate change", "without a name"),
    ],
)
def test_an_event_that_cannot_be_placed_is_refused_with_its_line(tmp_path, line, said):
    path = tmp_path / "events.csv"
    path.write_text(f"date,event,kind\n2018-01-01,One,rate change\n{line}\n")
    with pytest.raises(InputError, match=f"line 3: {said}|line 3: an event {said}"):
        read_calendar(path)


def test_a_calendar_without_its_columns_or_file_is_refused(tmp_path):
    path = tmp_path / "events.csv"
    with pytest.raises(InputError, match="cannot be read"):
        read_calendar(path)
    path.write_text("date,event\n")
    with pytest.raises(InputError, match="no column 'kind'"):
        read_calendar(path)


def test_an_empty_calendar_has_no_events(tmp_path):
    path = tmp_path / "events.csv"
    path.write_text("date,event,kind\n")
    empty = read_calendar(path)
    assert empty.next_concurrent(month("2016-10")) is None
    assert empty.without_a_term(month("2016-10"), month("2019-09"), []).empty


def test_events_of_periods_that_the_series_does_not_have_are_excluded(calendar):
    months = pd.period_range("2013-10", "2019-09", freq="M")
    assert calendar.over(months).source.excluded == {OUTSIDE: 1}  # not the phase-in of 2012
    years = pd.period_range("2014", "2015", freq="Y-SEP")
    source = calendar.over(years).source
    assert (source.rows, source.used, source.excluded) == (18, 2, {OUTSIDE: 16})
