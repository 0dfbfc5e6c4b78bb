"""Each refusal and each warning of the collections room, provoked once."""

import numpy as np
import pandas as pd
import pytest

from coee_nb.collections import effects, its
from coee_nb.engines.ar1 import estimators, likelihood
from coee_nb.errors import EstimationError, StatisticalWarning

CUTS = ["2016-10", "2018-03"]


def wave(periods: int, frequency: str = "M") -> pd.Series:
    index = pd.period_range("2015-01", periods=periods, freq=frequency)
    return pd.Series(np.random.default_rng(6).standard_normal(periods), index=index)


def test_under_three_points_on_a_side_are_refused(net_duties):
    with pytest.raises(EstimationError, match="2 points before it"):
        its.fit(net_duties, ["2013-12"])
    with pytest.raises(EstimationError, match="2 from it on"):
        its.fit(net_duties, ["2019-08"])


def test_three_and_three_annual_points_are_refused_too():
    with pytest.raises(EstimationError, match="leave 2 residual degrees of freedom"):
        its.fit(wave(6, "Y-SEP"), ["2018"])


def test_too_few_months_for_a_season_are_warned_of():
    with pytest.warns(StatisticalWarning, match="20 points: under 24, a season"):
        its.fit(wave(20), ["2015-11"], season=1, estimator="ols")


def test_too_few_points_for_any_season_at_all_are_refused():
    with pytest.raises(EstimationError, match="residual degrees of freedom"):
        its.fit(wave(16), ["2015-09"], season="month")


def test_a_short_segment_is_warned_of(net_duties):
    with pytest.warns(StatisticalWarning, match="a segment has 5 points: under 8"):
        its.fit(net_duties, ["2016-10", "2017-03"])


def test_an_unmodelled_competing_event_is_refused(net_duties, calendar):
    naive = its.fit(net_duties, ["2016-10"])
    with pytest.raises(EstimationError, match="concurrent events"):
        effects.effect(naive, "2016-10", calendar=calendar)


def test_the_phase_in_before_the_cut_is_warned_of(primary, calendar):
    with pytest.warns(StatisticalWarning, match="before 2016-10 are already part-treated"):
        effects.effect(primary, "2016-10", calendar=calendar)


def test_reml_at_the_boundary_is_warned_of():
    walk = wave(60).cumsum().cumsum()
    with pytest.warns(StatisticalWarning, match="end of rho's range|inside the range of rho"):
        found = its.fit(walk, ["2017-06"])
    assert found.estimate.boundary


def test_a_search_that_does_not_converge_is_warned_of(net_duties, monkeypatch):
    monkeypatch.setattr(estimators, "PRAIS_WINSTEN_ROUNDS", 1)
    with pytest.warns(StatisticalWarning, match="Prais-Winsten did not converge"):
        found = its.fit(net_duties, CUTS, estimator="prais-winsten")
    assert not found.estimate.converged


def test_a_likelihood_that_is_not_climbed_to_its_top_is_warned_of(net_duties, monkeypatch):
    monkeypatch.setattr(likelihood, "MAXIMUM_STEPS", 1)
    monkeypatch.setattr(likelihood, "TOLERANCE", -1.0)
    with pytest.warns(StatisticalWarning, match="REML with AR.1. errors did not converge"):
        its.fit(net_duties, CUTS)
