"""Each estimator against R, Stata's algorithm or statsmodels, on real series."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import norm

from coee_nb.collections import its
from coee_nb.engines.ar1 import estimators
from coee_nb.engines.ar1.inference import contrast
from coee_nb.engines.ar1.process import gaps_of
from coee_nb.errors import EstimationError, ParameterError

EXACT = {"rtol": 1e-9}
CUTS = {
    "expected_R_fy2017.json": ["2016-10"],
    "expected_R_jan2017.json": ["2017-02"],
    "expected_R_fy2017_tariff2018.json": ["2016-10", "2018-03"],
}


def renamed(term, cuts):
    """Our name for a term of the reference files."""
    names = {
        "_cons": "intercept",
        "t": "trend",
        "x": f"level[{cuts[0]}]",
        "x_t": f"slope[{cuts[0]}]",
        "tar": f"level[{cuts[-1]}]",
        "tar_t": f"slope[{cuts[-1]}]",
    }
    return names.get(term) or f"month[{term[1:]}]"


@pytest.fixture(params=CUTS)
def case(request, duties, duties_reference):
    """Fit the duties, and return R's file; coefficients in its order."""
    cuts, reference = CUTS[request.param], duties_reference(request.param)
    order = [renamed(term, cuts) for term in reference["terms"]]

    def fit(estimator, **options):
        result = its.fit(
            duties["customs_duties_musd"], cuts, season="month", estimator=estimator, **options
        )
        return result, result.coefficients.loc[order]

    return fit, reference


def test_ols_equals_r_lm(case):
    fit, reference = case
    result, table = fit("ols")
    np.testing.assert_allclose(table["estimate"], reference["ols"]["coef"], **EXACT)
    np.testing.assert_allclose(table["se"], reference["ols"]["se"], **EXACT)
    assert result.estimate.sigma == pytest.approx(reference["ols"]["sigma"], rel=1e-9)


@pytest.mark.parametrize("lags", [0, 1, 2, 3, 12])
def test_newey_west_equals_r_sandwich(case, lags):
    fit, reference = case
    expected = reference[f"newey_west_lag{lags}"]
    _, table = fit("newey-west", lags=lags)
    for column in ("se", "p", "ci_low", "ci_high"):
        np.testing.assert_allclose(table[column], expected[column], **EXACT)


def test_newey_west_by_default_takes_the_rule_of_thumb_for_its_lags(case):
    fit, reference = case
    expected = reference["newey_west_rule_floor_4_n100_2_9"]
    result, table = fit("newey-west")
    assert result.estimate.lags == expected["lag"]
    np.testing.assert_allclose(table["se"], expected["se"], **EXACT)


def test_prais_winsten_equals_stata_prais_rhotype_regress(case):
    fit, reference = case
    result, table = fit("prais-winsten")
    np.testing.assert_allclose(table["estimate"], reference["prais_winsten"]["coef"], **EXACT)
    np.testing.assert_allclose(table["se"], reference["prais_winsten"]["se"], **EXACT)
    assert result.rho == pytest.approx(reference["prais_winsten"]["rho"], abs=1e-10)


def test_reml_equals_r_gls_corar1(case):
    """The optimum of R's optimiser is itself good to about 1e-7 of a standard error."""
    fit, reference = case
    expected = reference["gls_ar1_REML_use_this"]
    result, table = fit("reml")
    assert result.rho == pytest.approx(expected["rho"], abs=1e-7)
    assert result.estimate.sigma == pytest.approx(expected["sigma"], rel=1e-6)
    assert result.estimate.log_likelihood == pytest.approx(expected["loglik"], abs=1e-9)
    np.testing.assert_allclose(table["se"], expected["se"], rtol=1e-6)
    off = (table["estimate"] - expected["coef"]) / expected["se"]
    assert off.abs().max() < 1e-6


def test_satterthwaite_df_equal_those_by_numeric_derivatives_in_r(case):
    fit, reference = case
    _, table = fit("reml")
    expected = reference["reml_ar1_satterthwaite_handcoded"]["satterthwaite_df"]
    np.testing.assert_allclose(table["df"], expected, rtol=1e-4)


def test_arima_equals_r_arima_with_regressors(case):
    """R stops its search some 5e-7 from the top, and takes second differences for the errors."""
    fit, reference = case
    expected = reference["arima_100_xreg_ML"]
    names = ["intercept", *reference["terms"][1:]]
    result, table = fit("arima")
    coefficients = np.array([expected["coef"][name] for name in names])
    errors = np.array([expected["se"][name] for name in names])
    assert result.rho == pytest.approx(expected["coef"]["ar1"], abs=1e-6)
    assert result.estimate.log_likelihood >= expected["loglik"] - 1e-11
    assert np.abs((table["estimate"] - coefficients) / errors).max() < 2e-5
    np.testing.assert_allclose(table["se"], errors, rtol=1e-5)
    assert result.estimate.converged


@pytest.fixture
def gapped():
    """A short series with a known line, AR(1) errors and four months left out."""
    generator = np.random.default_rng(12)
    time = np.r_[0:25, 29:60]
    errors = generator.normal(size=160)
    for t in range(1, 160):
        errors[t] += 0.6 * errors[t - 1]
    X = np.column_stack([np.ones(56), time, time >= 29, np.maximum(time - 29, 0)]).astype(float)
    return time, X @ [5.0, 0.1, 2.0, -0.1] + errors[100 + time], X


def test_arima_with_months_left_out_equals_the_kalman_filter_of_statsmodels(gapped):
    time, y, X = gapped
    full, regressors = np.full(60, np.nan), np.ones((60, 4))
    full[time], regressors[time] = y, X
    model = sm.tsa.SARIMAX(full, exog=regressors, order=(1, 0, 0), concentrate_scale=True)
    other = model.fit(disp=False, cov_type="oim", maxiter=500, pgtol=1e-10)
    ours = estimators.arima(y, X, gaps_of(time))
    assert ours.log_likelihood >= other.llf - 1e-9
    assert ours.log_likelihood == pytest.approx(other.llf, abs=1e-5)
    assert ours.rho == pytest.approx(other.params[4], abs=1e-3)
    np.testing.assert_allclose(np.sqrt(np.diag(ours.covariance)), other.bse[:4], rtol=0.01)


def test_gls_with_months_left_out_equals_statsmodels_gls_with_the_full_covariance(gapped):
    time, y, X = gapped
    sigma = 0.45 ** np.abs(time[:, None] - time[None, :])
    other = sm.GLS(y, X, sigma=sigma).fit()
    ours = estimators.gls(y, X, gaps_of(time), rho=0.45)
    np.testing.assert_allclose(ours.coefficients, other.params, **EXACT)
    np.testing.assert_allclose(ours.covariance, other.cov_params(), **EXACT)


def test_newey_west_counts_a_month_left_out_as_one_without_a_score(gapped):
    time, y, X = gapped
    full, regressors = np.zeros(60), np.zeros((60, 4))
    full[time], regressors[time] = y, X
    kernel = {"maxlags": 3, "use_correction": False}
    other = sm.OLS(full, regressors).fit(cov_type="HAC", cov_kwds=kernel)
    ours = estimators.newey_west(y, X, gaps_of(time), lags=3)
    np.testing.assert_allclose(ours.covariance, other.cov_params() * 56 / 52, **EXACT)


def test_newey_west_equals_statsmodels_with_its_small_sample_options(gapped):
    _, y, X = gapped
    kernel = {"maxlags": 4, "use_correction": True}
    other = sm.OLS(y, X).fit(cov_type="HAC", cov_kwds=kernel, use_t=True)
    ours = estimators.newey_west(y, X, gaps_of(np.arange(56)), lags=4)
    result = contrast(ours, np.eye(4))
    np.testing.assert_allclose(result.se, other.bse, **EXACT)
    np.testing.assert_allclose(result.p, other.pvalues, rtol=1e-7)


def test_series_of_a_panel_share_no_lags():
    generator = np.random.default_rng(2)
    y, one = generator.normal(size=(2, 30))
    X = np.column_stack([np.ones(30), one])
    gaps = gaps_of(np.tile(np.arange(15), 2), np.repeat([0, 1], 15))
    residuals = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
    scores = X * residuals[:, None]
    meat = sum(
        part.T @ part + (part[1:].T @ part[:-1] + part[:-1].T @ part[1:]) / 2
        for part in (scores[:15], scores[15:])
    )
    inverse_information = np.linalg.inv(X.T @ X)
    ours = estimators.newey_west(y, X, gaps, lags=1)
    np.testing.assert_allclose(
        ours.covariance, inverse_information @ meat @ inverse_information * 30 / 28, **EXACT
    )


def test_scaling_the_series_scales_the_answer(gapped):
    time, y, X = gapped
    for name, estimator in estimators.ESTIMATORS.items():
        small, large = (estimator(y * size, X, gaps_of(time)) for size in (1e-6, 1e9))
        np.testing.assert_allclose(
            small.coefficients * 1e15, large.coefficients, rtol=1e-8, err_msg=name
        )


@pytest.mark.parametrize("lags", [-1, 1.0, "1", True, 1000])
def test_lags_that_are_no_number_of_periods_are_refused(gapped, lags):
    time, y, X = gapped
    with pytest.raises(ParameterError, match=f"{lags!r} lags"):
        estimators.newey_west(y, X, gaps_of(time), lags=lags)


def test_prais_winsten_refuses_errors_that_do_not_settle():
    t = np.arange(30.0)
    with pytest.raises(EstimationError, match="autocorrelation"):
        estimators.prais_winsten(1.3**t, np.ones((30, 1)), gaps_of(np.arange(30)))


def test_arima_inference_is_normal_and_reml_inference_is_wider(gapped):
    time, y, X = gapped
    unit = np.array([0.0, 0.0, 1.0, 0.0])
    arima = contrast(estimators.arima(y, X, gaps_of(time)), unit)
    assert arima.ci_high - arima.estimate == pytest.approx(norm.ppf(0.975) * arima.se)
    reml = contrast(estimators.reml(y, X, gaps_of(time)), unit)
    assert reml.ci_high - reml.ci_low > arima.ci_high - arima.ci_low
