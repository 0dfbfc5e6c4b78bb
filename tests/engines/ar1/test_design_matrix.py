"""What a design holds, and what is refused at the door: one test per way to fail."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.engines.ar1.design_matrix import Interruption, build
from coee_nb.errors import EstimationError, InputError, ParameterError


def monthly(points=48, start="2014-01"):
    index = pd.period_range(start, periods=points, freq="M")
    values = np.random.default_rng(points).normal(10, 1, points)
    return pd.Series(values, index=index, name="duties")


def yearly(points):
    series = monthly(points)
    series.index = pd.period_range("2014", periods=points, freq="Y")
    return series


def test_time_starts_at_zero_and_the_boundary_is_inclusive():
    terms = build(monthly(), ["2016-10"]).terms
    assert list(terms) == ["intercept", "trend", "level[2016-10]", "slope[2016-10]"]
    assert terms["trend"].tolist() == list(range(48))
    assert terms.loc["2016-09":"2016-12", "level[2016-10]"].tolist() == [0, 1, 1, 1]
    assert terms.loc["2016-09":"2016-12", "slope[2016-10]"].tolist() == [0, 0, 1, 2]


@given(st.integers(24, 90), st.data())
def test_any_interruption_splits_the_series_at_its_own_month(points, data):
    place = data.draw(st.integers(3, points - 3))
    series = monthly(points)
    design = build(series, [str(series.index[place])])
    level, slope = design.matrix[:, 2], design.matrix[:, 3]
    assert level.sum() == points - place
    assert design.segments == (place, points - place)
    np.testing.assert_array_equal(slope, np.maximum(np.arange(points) - place, 0))


def test_interruptions_are_put_in_order_and_may_change_level_or_slope_alone():
    design = build(monthly(), [Interruption("2017-01", level=False), "2015-01"])
    assert design.names[2:] == ("level[2015-01]", "slope[2015-01]", "slope[2017-01]")


def test_a_day_within_a_month_counts_the_whole_month_as_post():
    assert "level[2016-12]" in build(monthly(), ["2016-12-20"]).names


def test_one_interruption_may_be_given_without_a_list():
    for alone in (
        "2016-10",
        dt.date(2016, 10, 1),
        pd.Timestamp("2016-10-01"),
        Interruption("2016-10"),
    ):
        assert build(monthly(), alone).names == build(monthly(), ["2016-10"]).names


def test_fiscal_years_are_years():
    series = yearly(20)
    series.index = pd.period_range("2000", periods=20, freq="Y-SEP")
    assert "level[2012]" in build(series, ["2012"]).names


def test_months_and_harmonics_follow_the_calendar():
    by_month = build(monthly(start="2014-04"), ["2016-10"], season="month").terms
    assert by_month["month[2]"].idxmax() == pd.Period("2015-02", "M")
    assert "month[1]" not in by_month
    waves = build(monthly(start="2014-04"), ["2016-10"], season=6).terms
    assert "sin[6]" not in waves
    assert waves["cos[6]"].tolist()[:2] == pytest.approx([1, -1])
    assert waves["sin[1]"].iloc[0] == pytest.approx(np.sin(2 * np.pi * 4 / 12))


def test_quarters_have_a_season_of_their_own():
    series = monthly(40)
    series.index = pd.period_range("2008Q1", periods=40, freq="Q")
    assert "quarter[4]" in build(series, ["2013Q1"], season="quarter").names


def test_time_runs_on_through_a_wash_out_given_or_already_absent():
    series, out = monthly(), ["2016-10", "2016-11"]
    given_months = build(series, ["2016-10"], washout=out)
    absent = build(series.drop(pd.PeriodIndex(out, freq="M")), ["2016-10"], washout=out)
    for design in (given_months, absent):
        assert len(design.observed) == 46
        assert design.gaps.tolist()[33] == 3
        assert design.terms.loc["2016-12", "slope[2016-10]"] == 2


def test_exogenous_series_are_matched_by_period():
    imports = monthly(60, "2013-06").rename("imports")
    terms = build(monthly(), ["2016-10"], exog=imports).terms
    assert terms.loc["2015-03", "imports"] == imports["2015-03"]


def test_the_series_given_is_not_changed():
    series = monthly()
    before = series.copy()
    build(series, ["2016-10"], season="month", pulses=["2015-08"], washout=["2016-10"])
    pd.testing.assert_series_equal(series, before)


@pytest.mark.parametrize(
    ("points", "cut", "sides"),
    [(40, "2014-03", "2 points before"), (40, "2017-03", "and 2 from"), (40, "2019-01", "and 0")],
)
def test_fewer_than_three_points_on_a_side_are_refused(points, cut, sides):
    with pytest.raises(EstimationError, match=sides):
        build(monthly(points), [cut])


def test_three_points_on_a_side_are_enough_where_the_rest_is_long():
    assert build(monthly(40), ["2014-04"]).segments == (3, 37)


def test_a_segment_between_interruptions_is_a_side_too():
    with pytest.raises(EstimationError, match="interruption 2016-01 has 24 points before it and 2"):
        build(monthly(), ["2016-01", "2016-03"])


def test_a_pulse_takes_its_point_away_from_its_side():
    with pytest.raises(EstimationError, match="2 points before"):
        build(monthly(), ["2014-04"], pulses=["2014-02"])


def test_six_annual_figures_cannot_carry_an_interruption():
    with pytest.raises(EstimationError, match="6 points for 4 terms leave 2"):
        build(yearly(6), ["2017"])


def test_a_season_that_uses_up_the_series_is_refused():
    with pytest.raises(EstimationError, match="16 points for 15 terms"):
        build(monthly(16), ["2014-09"], season="month")


@pytest.mark.parametrize("season", ["quarter", "monthly", 0, 7, True, 1.5])
def test_an_unknown_season_is_a_parameter_error(season):
    with pytest.raises(ParameterError, match="season"):
        build(monthly(), ["2016-10"], season=season)


def test_a_yearly_series_has_no_season():
    with pytest.raises(EstimationError, match="no season"):
        build(yearly(20), ["2024"], season="month")


def test_an_interruption_that_changes_nothing_is_a_parameter_error():
    with pytest.raises(ParameterError, match="neither level nor slope"):
        build(monthly(), [Interruption("2016-10", level=False, slope=False)])


def test_a_pulse_outside_the_periods_used_is_refused():
    for washout in ((), ["2015-08"]):
        with pytest.raises(EstimationError, match="pulse"):
            build(monthly(18), ["2014-09"], pulses=["2015-08"], washout=washout)


def test_an_exogenous_series_must_cover_the_periods_be_finite_and_have_a_name_of_its_own():
    series = monthly()
    for exog, message in (
        (series.iloc[:-1], "no row for 2017-12"),
        (series.where(series.index != "2014-08"), "no finite value in 2014-08"),
        (series.rename("trend"), "terms already"),
        (pd.concat([series, series], axis=1), "terms already"),
        (pd.concat([series, series]), "repeated periods"),
        (series.to_timestamp(), "a PeriodIndex of M"),
        (series.astype(str) + "x", "not numbers"),
        (series.to_numpy(), "a ndarray"),
    ):
        with pytest.raises(InputError, match=message):
            build(series, ["2016-10"], exog=exog)


def test_short_segments_and_short_seasons_are_cautioned():
    assert "a segment has 7 points" in build(monthly(), ["2014-08"]).warnings[0]
    assert build(monthly(), ["2014-09"]).warnings == ()
    assert "23 points: under 24" in build(monthly(23), ["2015-01"], season=1).warnings[0]
    assert build(monthly(24), ["2015-01"], season=1).warnings == ()


def test_a_spell_ends_and_a_ramp_stays():
    index = pd.period_range("2015-01", periods=24, freq="M")
    series = pd.Series(np.arange(24.0), index)
    pulses = ["2015-03", "2015-05 to 2015-07", "ramp 2016-01 to 2016-04"]
    design = build(series, ["2015-10"], pulses=pulses)
    spells = design.terms[["pulse[2015-03]", "pulse[2015-05 to 2015-07]"]].sum()
    assert spells.tolist() == [1.0, 3.0]
    ramp = design.terms["ramp[2016-01 to 2016-04]"]
    assert ramp["2015-12":"2016-06"].tolist() == [0, 0.25, 0.5, 0.75, 1, 1, 1]
    assert [str(one.first) for one in design.pulses] == ["2015-03", "2015-05", "2016-01"]
    assert design.segments == (8, 15)  # a single period is a point no other term can use


@pytest.mark.parametrize("pulse", ["2015-07 to 2015-05", "2015-05 to 2015-06 to 2015-07"])
def test_a_spell_that_ends_before_it_begins_is_refused(pulse):
    series = pd.Series(np.arange(24.0), pd.period_range("2015-01", periods=24, freq="M"))
    with pytest.raises(ParameterError, match="a first and a last period in order"):
        build(series, ["2015-10"], pulses=[pulse])
