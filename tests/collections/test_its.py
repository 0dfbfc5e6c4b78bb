"""Whole fits against published and R values, and what a fit says about itself."""

import warnings

import numpy as np
import pandas as pd
import pytest

from coee_nb.collections import its
from coee_nb.engines.ar1 import estimators
from coee_nb.engines.ar1.likelihood import GRID
from coee_nb.errors import EstimationError, InputError, ParameterError, StatisticalWarning

REFUNDS = "2015-08"
WASHOUT = ["2016-10", "2016-11", "2016-12", "2017-01"]
TARIFF = {"2018-03": ["2018-03"], "2018-07": ["2018-07"]}
PROFILES = {
    "fy2017": (["2016-10"], "level", "month", None),
    "jan2017": (["2017-02"], "level", "month", None),
    "fy2017_tariff2018": (["2016-10", "2018-03"], "level", "month", None),
    "fy2017_tariff2018_log": (["2016-10", "2018-03"], "log", "month", None),
    "fy2017_tariff2018_log_harm2": (["2016-10", "2018-03"], "log", 2, None),
    "pre_tariff_only": (["2016-10"], "level", "month", "2018-02"),
}


def quietly(*arguments, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StatisticalWarning)
        return its.fit(*arguments, **options)


@pytest.fixture(scope="module")
def receipts(duties):
    return duties["customs_duties_musd"]


@pytest.fixture
def outcome(duties, receipts):
    """The outcome on each scale of the specification curve."""
    rate = receipts / duties["imports_musd"]
    scales = {"level": receipts, "log": np.log(receipts), "log duty rate": np.log(rate)}
    return scales.__getitem__


@pytest.mark.parametrize("name", PROFILES)
def test_reml_profile_and_maximum_equal_r_nlme(name, outcome, duties_reference):
    cuts, scale, season, last = PROFILES[name]
    reference = duties_reference(f"expected_R_reml_profile_{name}.json")
    fit = quietly(outcome(scale)[:last], cuts, season=season)
    rho = np.array(reference["profile_rho"])
    y, X, gaps = fit.design.observed.to_numpy(), fit.design.matrix, fit.design.gaps
    np.testing.assert_allclose(
        estimators.reml_profile(y, X, gaps, rho),
        reference["profile_reml_loglik_nlme_convention"],
        atol=1e-9,
    )
    expected = reference["interior_fit"]
    assert fit.rho == pytest.approx(expected["rho"], abs=1e-7)
    assert fit.estimate.log_likelihood == pytest.approx(expected["loglik"], abs=1e-9)
    assert fit.estimate.boundary == reference["boundary"]["boundary_is_global"]
    np.testing.assert_allclose(np.sort(fit.coefficients["se"]), np.sort(expected["se"]), rtol=1e-6)


def test_fit_carries_its_profile_whose_top_is_the_maximum(receipts):
    fit = quietly(receipts, ["2016-10", "2018-03"], season="month")
    profile = fit.estimate.profile
    assert abs(np.tanh(GRID)[profile.argmax()] - fit.rho) < 0.1
    assert profile.max() <= fit.estimate.log_likelihood


def specification(row, outcome):
    """Fit one row of the specification curve."""
    last = "2018-02" if row.tariff.startswith("drop") else None
    return quietly(
        outcome(row.scale)[:last],
        [row.cut, *TARIFF.get(row.tariff, [])],
        season="month" if row.season == "dummies" else 2,
        pulses=[REFUNDS] if row.gsp_pulse_aug15 else [],
        washout=WASHOUT if row.donut_oct16_jan17 else [],
    )


def test_all_192_rows_of_the_specification_curve(outcome, duties_curve):
    """At the curve's rho, a grid with step 0.025, to 1e-8; our own rho within half a step."""
    assert len(duties_curve) == 192
    for row in duties_curve.itertuples():
        fit = specification(row, outcome)
        assert len(fit.design.observed) == row.n
        assert abs(fit.rho - row.rho) <= 0.0125 + 1e-6
        y, X, gaps = fit.design.observed.to_numpy(), fit.design.matrix, fit.design.gaps
        names = fit.design.names
        there = its.table(estimators.gls(y, X, gaps, rho=row.rho), names)
        for term in ("level", "slope"):
            found = there.loc[f"{term}[{row.cut}]", ["estimate", "se", "p"]]
            expected = [getattr(row, term + end) for end in ("", "_se", "_p")]
            np.testing.assert_allclose(found, expected, rtol=1e-8, err_msg=str(row))


def test_headline_effect_of_the_centers_with_the_tariffs_as_second_interruption(
    outcome, duties_reference
):
    for row in duties_reference("headline_reml.json"):
        pulses = [REFUNDS] if row["gsp_pulse"] else []
        fit = quietly(outcome(row["scale"]), ["2016-10", "2018-03"], season="month", pulses=pulses)
        level = fit.coefficients.loc["level[2016-10]"]
        assert fit.rho == pytest.approx(row["rho"], abs=1e-5)
        assert level["estimate"] == pytest.approx(row["level"], rel=1e-6)
        assert level["se"] == pytest.approx(row["se"], rel=1e-6)
        if pulses:
            pulse = fit.coefficients.loc["pulse[2015-08]", "estimate"]
            assert pulse == pytest.approx(row["pulse_coef"], rel=1e-6)


def test_naive_placebo_scan_by_newey_west_with_its_default_lags(receipts, duties_placebos):
    for row in duties_placebos.itertuples():
        table = quietly(receipts, [row.cut], estimator="newey-west", season="month").coefficients
        for term in ("level", "slope"):
            found = table.loc[f"{term}[{row.cut}]"]
            assert found["estimate"] == pytest.approx(getattr(row, term), rel=1e-8)
            assert found["p"] == pytest.approx(getattr(row, f"p_{term}"), rel=1e-6)


def test_prop99_published_coefficients_of_linden_2015(cigarettes, oracle):
    """Stata Journal 15(2): 480-500, itsa with Newey-West, one lag."""
    published = oracle("its_prop99_california", "expected.json")["published"]
    fit = quietly(cigarettes, ["1989"], estimator="newey-west", lags=1)
    found = fit.coefficients["estimate"]
    after = fit.contrast({"trend": 1, "slope[1989]": 1})
    assert found["intercept"] == pytest.approx(published["_cons"], abs=5e-5)
    assert found["trend"] == pytest.approx(published["_t"], abs=5e-7)
    assert found["level[1989]"] == pytest.approx(published["_x1989"], abs=5e-5)
    assert after.estimate == pytest.approx(published["posttrend"], abs=5e-7)


def test_prop99_every_estimator_against_r(cigarettes, oracle):
    reference = oracle("its_prop99_california", "expected_R.json")
    pairs = {"ols": ("ols", None), "prais-winsten": ("prais_winsten", None)}
    pairs |= {f"newey-west {k}": (f"newey_west_lag{k}", k) for k in range(4)}
    for name, (key, lags) in pairs.items():
        table = quietly(cigarettes, ["1989"], estimator=name.split()[0], lags=lags).coefficients
        np.testing.assert_allclose(table["se"], reference[key]["se"], rtol=1e-9)
        expected = reference[key].get("coef", reference["ols"]["coef"])
        np.testing.assert_allclose(table["estimate"], expected, rtol=1e-9)
    after = quietly(cigarettes, ["1989"], estimator="newey-west", lags=1).contrast(
        {"trend": 1, "slope[1989]": 1}
    )
    for column, key in (("se", "se"), ("p", "p"), ("ci_low", "lo"), ("ci_high", "hi")):
        expected = reference["posttrend_newey_lag1"][key]
        assert getattr(after, column) == pytest.approx(expected, rel=1e-9)
    arima = quietly(cigarettes, ["1989"], estimator="arima")
    assert arima.rho == pytest.approx(reference["gls_ar1_ML"]["rho"], abs=1e-6)
    np.testing.assert_allclose(
        arima.coefficients["estimate"], reference["gls_ar1_ML"]["coef"], rtol=1e-6
    )


def test_prop99_two_interruptions_against_r(cigarettes, oracle):
    reference = oracle("its_prop99_california", "expected_R_two_interruptions_1982_1989.json")
    fit = quietly(cigarettes, ["1982", "1989"], estimator="newey-west", lags=1)
    np.testing.assert_allclose(fit.coefficients["estimate"], reference["coef"], rtol=1e-9)
    np.testing.assert_allclose(fit.coefficients["se"], reference["newey_lag1_se"], rtol=1e-9)
    slopes = {"trend": 1, "slope[1982]": 1}
    for year in ("1982", "1989"):
        after = fit.contrast(slopes)
        expected = reference[f"posttrend_{year}"]
        assert after.estimate == pytest.approx(expected["est"], rel=1e-9)
        assert after.se == pytest.approx(expected["se"], rel=1e-9)
        slopes["slope[1989]"] = 1


def test_prop99_reml_has_no_maximum_inside_and_says_so(cigarettes, oracle):
    reference = oracle("its_prop99_california", "expected_R_reml_profile.json")
    with pytest.warns(StatisticalWarning, match="no maximum inside the range"):
        fit = its.fit(cigarettes, ["1989"])
    assert reference["interior_local_maxima"] == {}
    assert fit.estimate.boundary
    assert "no maximum inside the range" in fit.warnings[0]
    y, X, gaps = fit.design.observed.to_numpy(), fit.design.matrix, fit.design.gaps
    profile = estimators.reml_profile(y, X, gaps, np.array(reference["profile_rho"]))
    np.testing.assert_allclose(profile, reference["profile_reml_loglik_nlme_convention"], atol=1e-8)


def test_sicily_reml_of_the_rate_against_r(coronary, oracle):
    reference = oracle("its_sicily", "expected_R_reml_profile.json")["interior_fit"]
    fit = quietly(coronary["aces"] / coronary["stdpop"] * 1e5, ["2005-01"], season=2)
    assert fit.rho == pytest.approx(reference["rho"], abs=1e-7)
    np.testing.assert_allclose(fit.coefficients["estimate"], reference["coef"], rtol=1e-6)
    np.testing.assert_allclose(fit.coefficients["se"], reference["se"], rtol=1e-6)


@pytest.mark.parametrize("estimator", estimators.ESTIMATORS)
def test_a_planted_change_is_recovered(estimator):
    generator = np.random.default_rng(20)
    t = np.arange(120)
    errors = generator.normal(size=220)
    for k in range(1, 220):
        errors[k] += 0.5 * errors[k - 1]
    values = 50 + 0.3 * t + 6.0 * (t >= 60) - 0.4 * np.maximum(t - 60, 0) + errors[100:]
    series = pd.Series(values, index=pd.period_range("2010-01", periods=120, freq="M"))
    table = quietly(series, ["2015-01"], season="month", estimator=estimator).coefficients
    for term, truth in (("trend", 0.3), ("level[2015-01]", 6.0), ("slope[2015-01]", -0.4)):
        assert abs(table.loc[term, "estimate"] - truth) < 3 * table.loc[term, "se"]
    assert table.loc["level[2015-01]", "p"] < 0.001


def test_a_fit_holds_together(receipts):
    before = receipts.copy()
    fit = quietly(receipts, ["2016-10", "2018-03"], season="month", pulses=[REFUNDS])
    assert list(fit.coefficients) == ["estimate", "se", "df", "ci_low", "ci_high", "p"]
    pd.testing.assert_series_equal(
        fit.fitted + fit.residuals, receipts, check_names=False, check_freq=False
    )
    variances = np.diag(fit.estimate.covariance)
    np.testing.assert_allclose(np.sqrt(variances), fit.coefficients["se"])
    pd.testing.assert_series_equal(receipts, before)
    assert fit.text.startswith("step at 2016-10 -419 (95% CI -994 to 156, p 0.15); change of slope")
    assert fit.text.endswith("(REML with AR(1) errors, 72 points, rho = 0.71).")


def test_only_estimators_with_a_likelihood_have_rho_and_a_profile(receipts):
    ols = quietly(receipts, ["2016-10"], estimator="ols")
    assert np.isnan(ols.rho)
    assert ols.estimate.profile is None
    assert "rho" not in ols.text
    assert quietly(receipts, ["2016-10"], estimator="arima").estimate.profile.shape == GRID.shape


def test_no_interruption_is_a_plain_trend(receipts):
    fit = quietly(receipts, [])
    assert list(fit.coefficients.index) == ["intercept", "trend"]
    assert fit.text.startswith("No interruption")


def test_an_unknown_estimator_or_term_is_a_parameter_error(receipts):
    with pytest.raises(ParameterError, match="reml, ols, newey-west, prais-winsten, arima"):
        its.fit(receipts, ["2016-10"], estimator="glsar")
    with pytest.raises(ParameterError, match=r"no term slope\[2018-03\]"):
        quietly(receipts, ["2016-10"]).contrast({"slope[2018-03]": 1})


def test_two_interruptions_in_one_month_are_collinear_and_named(receipts):
    with pytest.raises(EstimationError, match=r"term twin is a combination of level\[2016-10\]"):
        quietly(
            receipts,
            ["2016-10"],
            exog=(receipts.index >= "2016-10").astype(float)
            * pd.Series(1.0, index=receipts.index, name="twin"),
        )


def test_a_gap_that_is_not_declared_is_refused_and_one_that_is_keeps_its_length(receipts):
    gapped = receipts.drop(pd.PeriodIndex(WASHOUT, freq="M"))
    with pytest.raises(InputError, match="missing periods 2016-10, 2016-11"):
        its.fit(gapped, ["2016-10"])
    absent = quietly(gapped, ["2016-10"], washout=WASHOUT)
    given_months = quietly(receipts, ["2016-10"], washout=WASHOUT)
    pd.testing.assert_frame_equal(absent.coefficients, given_months.coefficients)


def test_cautions_are_warned_and_kept(receipts):
    with pytest.warns(StatisticalWarning, match="a segment has 5 points"):
        fit = its.fit(receipts[:"2017-02"], ["2016-10"])
    assert len(fit.warnings) == 1


def test_under_12_points_the_default_is_least_squares():
    index = pd.period_range("2010", periods=12, freq="Y")
    series = pd.Series(np.random.default_rng(1).normal(100, 3, 12), index)
    assert its.fit(series[:11], ["2016"]).estimator == "ols"
    assert its.fit(series, ["2016"]).estimator == "reml"
    assert its.fit(series[:11], ["2016"], estimator="reml").estimator == "reml"


def test_an_option_without_effect_or_outside_the_series_is_refused(net_duties):
    with pytest.raises(ParameterError, match="lags 3 with the estimator reml"):
        its.fit(net_duties, ["2016-10"], lags=3)
    for month in ("2010-01", "2025-01"):
        with pytest.raises(ParameterError, match=f"wash-out {month} lies outside"):
            its.fit(net_duties, ["2016-10"], washout=[month])
