"""Power and coverage by simulation agree with the formula and with the reference simulation."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.collections import effects, its
from coee_nb.collections.robustness import power
from coee_nb.collections.units import Unit
from coee_nb.errors import EstimationError, ParameterError

pytestmark = pytest.mark.filterwarnings("ignore::coee_nb.errors.StatisticalWarning")

CUMULATIVE = {"level[2016-10]": 36.0, "slope[2016-10]": 630.0}


@pytest.fixture(scope="module")
def plain():
    """72 months, one interruption in the middle, no season: as in the reference simulation."""
    index = pd.period_range("2013-10", periods=72, freq="M")
    noise = np.random.default_rng(0).standard_normal(72)
    return its.fit(pd.Series(noise, index=index), ["2016-10"])


@pytest.fixture(scope="module")
def window(primary):
    terms = primary.design.terms.loc["2016-10":"2018-02"].filter(like="[2016-10]")
    return terms.sum().to_dict()


@pytest.mark.parametrize("rho", [0.0, 0.6, 0.8])
def test_coverage_equals_the_reference_simulation(plain, oracle, rho):
    """400 series there, 1,500 here: a difference of 4 standard errors is not chance."""
    reference = oracle(".", "its_coverage_simulation.json")
    case = next(row for row in reference if row["n"] == 72 and row["rho"] == rho)["coverage"]
    for estimator, name in {"reml": "REML+Satt | cum", "ols": "OLS | cum"}.items():
        found = power.simulate(
            plain, CUMULATIVE, seed=5, replications=1500, rho=rho, estimator=estimator
        ).coverage
        error = np.sqrt(case[name] * (1 - case[name]) * (1 / 400 + 1 / 1500))
        assert abs(found - case[name]) < 4 * error


def test_intervals_of_the_primary_model_hold_the_truth_as_often_as_stated(primary, window):
    found = power.simulate(primary, window, seed=11, replications=4000)
    assert found.coverage == pytest.approx(0.95, abs=0.012)


def test_formula_and_simulation_agree_on_the_detectable_effect(primary, window):
    simulation = power.simulate(primary, window, seed=2, replications=4000)
    base = effects.effect(primary, "2016-10").row("cumulative")["base"]
    found = power.detectable_effect(
        primary.contrast(window), simulation, base=base, unit=Unit("million dollars")
    )
    formula, simulated = found.table["detectable"]
    assert formula == pytest.approx(16149.4, rel=1e-4)
    assert simulated == pytest.approx(formula, rel=0.15)
    assert simulation.power(simulated) == pytest.approx(0.80, abs=0.001)
    assert found.curve["power"].is_monotonic_increasing
    assert "$16.1 billion" in found.text


def test_the_series_drawn_are_stationary_with_the_stated_autocorrelation(plain):
    series = power.draw(plain.design, 0.7, 3.0, 20000, np.random.default_rng(1))
    assert series.std(axis=0) == pytest.approx(3.0, rel=0.03)
    lagged = np.mean(series[:, 1:] * series[:, :-1], axis=0) / 9
    assert lagged == pytest.approx(0.7, abs=0.05)


def test_a_washout_is_drawn_as_time_passed(net_duties):
    left_out = ["2016-10", "2016-11", "2016-12", "2017-01"]
    design = its.fit(net_duties, ["2016-10", "2018-03"], washout=left_out).design
    series = power.draw(design, 0.8, 1.0, 20000, np.random.default_rng(1))
    assert series.shape[1] == 68
    assert np.mean(series[:, 36] * series[:, 35]) == pytest.approx(0.8**5, abs=0.03)


def test_the_same_seed_gives_the_same_simulation(primary, window):
    one, two = (power.simulate(primary, window, seed=9, replications=200) for _ in range(2))
    np.testing.assert_array_equal(one.estimates, two.estimates)


def test_simulated_estimates_are_those_of_single_fits(primary, window):
    simulation = power.simulate(primary, window, seed=4, replications=3)
    errors = power.draw(
        primary.design, primary.rho, primary.estimate.sigma, 3, np.random.default_rng(4)
    )
    for place, error in enumerate(errors):
        series = pd.Series(error, index=primary.design.observed.index)
        c = its.fit(series, ["2016-10", "2018-03"], season="month").contrast(window)
        assert simulation.estimates[place] == pytest.approx(c.estimate, rel=1e-5, abs=1e-3)
        assert simulation.half_width[place] == pytest.approx(c.ci_high - c.estimate, rel=1e-5)


@given(st.floats(0, 50), st.floats(1, 30))
def test_a_larger_effect_is_never_harder_to_detect(size, more):
    simulation = power.Simulation(np.linspace(-5, 5, 101), np.full(101, 10.0), 0.0, 1.0)
    assert simulation.power(size + more) >= simulation.power(size)


def test_what_cannot_be_simulated_is_refused(primary, window):
    with pytest.raises(EstimationError, match="rho = 1"):
        power.simulate(primary, window, seed=1, rho=1.0)
    with pytest.raises(ParameterError, match="no term level"):
        power.simulate(primary, {"level[2015-01]": 1.0}, seed=1)
    with pytest.raises(ParameterError, match="estimator 'arima'"):
        power.simulate(primary, window, seed=1, estimator="arima")


def test_the_coverage_table_has_a_row_for_each_rho_and_estimator(plain):
    measures = {"cumulative": CUMULATIVE, "level": {"level[2016-10]": 1.0}}
    table = power.coverage(plain, measures, rhos=[0.0, 0.6], seed=1, replications=300)
    assert len(table) == 8
    assert table.groupby("measure").size().to_dict() == {"cumulative": 4, "level": 4}
    plain_ols = table[(table["rho"] == 0.6) & (table["estimator"] == "ordinary least squares")]
    assert (plain_ols["coverage"] < 0.8).all()
    assert json.dumps(table["series"].tolist()) == str([300] * 8)
    sums = table[(table["measure"] == "cumulative") & (table["estimator"] == its.NAMES["reml"])]
    assert sums["detectable"].is_monotonic_increasing  # the more autocorrelated, the less is seen


@pytest.mark.parametrize("estimator", ["reml", "ols"])
def test_coverage_is_that_of_the_simulation_of_each_measure(plain, estimator):
    measures = {"cumulative": CUMULATIVE, "level": {"level[2016-10]": 1.0}}
    how = {"seed": 1, "replications": 50}
    table = power.coverage(plain, measures, rhos=[0.6], estimators=[estimator], **how)
    for row in table.itertuples():
        one = power.simulate(plain, measures[row.measure], rho=0.6, estimator=estimator, **how)
        assert row.coverage == one.coverage
        assert row.detectable == pytest.approx(power.smallest(one), rel=1e-9)


def test_other_autocorrelations_are_tried_with_the_spread_that_the_amounts_have_at_them(plain):
    at = {rho: power.simulate(plain, CUMULATIVE, rho=rho, seed=1, replications=2).sigma
          for rho in (0.0, plain.rho)}  # fmt: skip
    left = its.fit(plain.design.observed, ["2016-10"], estimator="ols").residuals
    assert at[0.0] == pytest.approx(np.sqrt((left**2).sum() / (72 - 4)))
    assert at[plain.rho] == plain.estimate.sigma
    trend = pd.Series(np.arange(72.0) ** 2, index=plain.design.observed.index)
    wandering = its.fit(trend, ["2016-10"])  # its own spread, at rho near 1, is of another size
    assert wandering.rho > 0.99
    found = power.simulate(wandering, CUMULATIVE, rho=0.4, seed=1, replications=2)
    assert found.sigma < wandering.estimate.sigma / 5
