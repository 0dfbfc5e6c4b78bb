"""Diagnostics: what the residuals hold, and which months carry the estimate."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.diagnostic import acorr_ljungbox

from coee_nb.collections import its
from coee_nb.collections.robustness import diagnostics
from coee_nb.errors import ParameterError

pytestmark = pytest.mark.filterwarnings("ignore::coee_nb.errors.StatisticalWarning")


def test_ljung_box_and_durbin_watson_are_those_of_statsmodels_and_r(net_duties, primary):
    found = diagnostics.residuals(primary)
    box = acorr_ljungbox(found.innovations.to_numpy(), lags=[12], model_df=1)
    assert found.tests["statistic"].iloc[0] == pytest.approx(box["lb_stat"].iloc[0])
    assert found.tests["p"].iloc[0] == pytest.approx(box["lb_pvalue"].iloc[0])
    plain = its.fit(net_duties, ["2016-10", "2018-03"], season="month", estimator="ols")
    watson = diagnostics.residuals(plain).tests["statistic"].iloc[1]
    assert watson == pytest.approx(1.169680181447, rel=1e-9)  # R's lmtest::dwtest


def test_autocorrelation_left_over_is_named():
    index = pd.period_range("2010-01", periods=120, freq="M")
    noise = np.random.default_rng(3).standard_normal(132)
    lagged = pd.Series(noise[12:] + 0.9 * noise[:-12], index=index)
    assert "autocorrelation remains" in diagnostics.residuals(its.fit(lagged, ["2015-01"])).text
    white = pd.Series(np.random.default_rng(4).standard_normal(120), index=index)
    found = diagnostics.residuals(its.fit(white, ["2015-01"]))
    assert "no autocorrelation is shown to remain" in found.text


def test_the_innovations_are_the_whitened_residuals(primary):
    innovations = diagnostics.residuals(primary).innovations.to_numpy()
    rest, rho = primary.residuals.to_numpy(), primary.rho
    expected = (rest[1:] - rho * rest[:-1]) / np.sqrt(1 - rho**2)
    np.testing.assert_allclose(innovations[1:], expected)


def test_leaving_a_month_out_is_giving_it_a_term_of_its_own(net_duties, primary):
    found = diagnostics.influence(primary, {"level[2016-10]": 1.0})
    row = found.table.set_index("period").loc[pd.Period("2015-08", "M")]
    single = its.fit(net_duties, ["2016-10", "2018-03"], season="month", pulses=["2015-08"])
    assert row["estimate"] == pytest.approx(-418.8303, rel=1e-5)  # the reference's, with the pulse
    assert row["se"] == pytest.approx(single.coefficients.at["level[2016-10]", "se"])
    assert row["rho"] == pytest.approx(single.rho)
    assert len(found.table) == 72


def test_a_month_that_is_wrong_by_far_carries_the_estimate(net_duties):
    wrong = net_duties.copy()
    wrong["2017-03"] += 20000
    fit = its.fit(wrong, ["2016-10", "2018-03"], season="month")
    found = diagnostics.influence(fit, {"level[2016-10]": 1.0})
    assert str(found.table["period"].iloc[0]) == "2017-03"
    assert "2017-03" in found.text


def test_a_month_with_its_own_term_is_not_left_out_twice(net_duties):
    fit = its.fit(net_duties, ["2016-10", "2018-03"], season="month", pulses=["2015-08"])
    found = diagnostics.influence(fit, {"level[2016-10]": 1.0})
    assert len(found.table) == 71
    assert "2015-08" not in set(found.table["period"].astype(str))


def test_more_lags_than_points_are_refused(primary):
    with pytest.raises(ParameterError, match="lags"):
        diagnostics.residuals(primary, lags=72)
