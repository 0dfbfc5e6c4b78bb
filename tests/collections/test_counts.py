"""Counts with an exposure against R, and the refusals that are theirs alone."""

import numpy as np
import pandas as pd
import pytest

from coee_nb.collections.counts import fit_counts
from coee_nb.engines.ar1.design_matrix import Interruption
from coee_nb.errors import InputError, ParameterError, StatisticalWarning

BAN = "2005-01"
NAMES = {
    "smokban": f"level[{BAN}]",
    "time": "trend",
    "sin1": "sin[1]",
    "cos1": "cos[1]",
    "sin2": "sin[2]",
    "cos2": "cos[2]",
}


@pytest.mark.parametrize(
    ("model", "season", "ratio"),
    [("model2_quasipoisson", None, 0.894), ("model3_quasipoisson_harmonic2", 2, 0.885)],
)
def test_smoking_ban_of_lopez_bernal_2017_by_quasi_poisson(coronary, oracle, model, season, ratio):
    """R's glm stops at 1e-8 of the deviance, which moves its dispersion in the sixth digit."""
    reference = oracle("its_sicily", "expected_R.json")[model]
    step = Interruption(BAN, slope=False)
    fit = fit_counts(
        coronary["aces"], [step], exposure=coronary["stdpop"], season=season, errors="independent"
    )
    table = fit.coefficients
    for theirs, ours in NAMES.items():
        if theirs in reference["coef"]:
            row = table.loc[ours]
            assert row["estimate"] == pytest.approx(reference["coef"][theirs], rel=1e-9)
            assert row["se"] == pytest.approx(reference["se"][theirs], rel=1e-6)
            assert row["ratio_low"] == pytest.approx(reference["RR_low"][theirs], rel=1e-6)
            assert row["ratio_high"] == pytest.approx(reference["RR_high"][theirs], rel=1e-6)
    assert fit.dispersion == pytest.approx(reference["dispersion"], rel=1e-5)
    assert round(table.loc[f"level[{BAN}]", "rate_ratio"], 3) == ratio
    assert f"step at {BAN} rate ratio {ratio} (95% CI 0.839 to" in fit.text


def test_smoking_ban_with_a_change_of_slope(coronary, oracle):
    """There the slope is 1 in the ban's own month: their level is ours less one month of slope."""
    reference = oracle("its_sicily", "expected_R.json")["model4_plus_slope"]
    fit = fit_counts(
        coronary["aces"], [BAN], exposure=coronary["stdpop"], season=2, errors="independent"
    )
    estimate = fit.coefficients["estimate"]
    assert estimate[f"slope[{BAN}]"] == pytest.approx(reference["coef"]["post_t"], rel=1e-8)
    level = estimate[f"level[{BAN}]"] - estimate[f"slope[{BAN}]"]
    assert level == pytest.approx(reference["coef"]["smokban"], rel=1e-8)


@pytest.fixture
def entries():
    index = pd.period_range("2014-01", periods=60, freq="M")
    return pd.Series(np.random.default_rng(7).poisson(400, 60), index=index)


def test_a_planted_rate_ratio_is_recovered(entries):
    generator = np.random.default_rng(12)
    exposure = pd.Series(generator.uniform(5e3, 2e4, 60), index=entries.index)
    rate = np.where(np.arange(60) >= 30, 0.03, 0.02)
    counts = pd.Series(generator.poisson(exposure * rate), index=entries.index)
    step = Interruption("2016-07", slope=False)
    row = fit_counts(counts, [step], exposure=exposure).coefficients.loc["level[2016-07]"]
    assert abs(row["estimate"] - np.log(1.5)) < 3 * row["se"]
    assert row["ratio_low"] > 1


def test_without_dispersion_the_errors_are_those_of_poisson(entries):
    assert fit_counts(entries, ["2016-07"]).dispersion == pytest.approx(1, abs=0.5)


def test_fitted_counts_add_up_to_the_counts(entries):
    fit = fit_counts(entries, ["2016-07"], season="month")
    assert fit.fitted.sum() == pytest.approx(entries.sum())


def test_negative_or_empty_counts_are_refused(entries):
    for counts in (entries - 1000, entries * 0):
        with pytest.raises(InputError, match="negative or all zero"):
            fit_counts(counts, ["2016-07"])


def test_an_exposure_must_be_positive_and_cover_the_same_months(entries):
    exposure = entries * 0 + 10.0
    with pytest.raises(InputError, match="zero or less"):
        fit_counts(entries, ["2016-07"], exposure=exposure - 10)
    with pytest.raises(InputError, match="other periods"):
        fit_counts(entries, ["2016-07"], exposure=exposure.iloc[:-1])


def test_cautions_are_warned_and_kept(entries):
    with pytest.warns(StatisticalWarning, match="a segment has 5 points"):
        fit = fit_counts(entries, ["2014-06"])
    assert len(fit.warnings) == 1


def correlated_counts(series, seed):
    """Counts without any change whose logarithm's errors are AR(1) with .7, 72 months."""
    generator = np.random.default_rng(seed)
    shocks = generator.standard_normal((series, 172))
    noise = np.zeros((series, 172))
    for t in range(1, 172):
        noise[:, t] = 0.7 * noise[:, t - 1] + 0.2 * shocks[:, t]
    return generator.poisson(np.exp(4.6 + noise[:, 100:]))


def test_autocorrelated_counts_are_found_out_and_seldom_called_changed():
    index = pd.period_range("2013-10", periods=72, freq="M")
    naive, found = [], []
    for counts in correlated_counts(80, 3):
        series = pd.Series(counts, index)
        naive.append(fit_counts(series, ["2016-10"], errors="independent"))
        found.append(fit_counts(series, ["2016-10"]))
    wrong = [np.mean([fit.coefficients.at["level[2016-10]", "p"] < 0.05 for fit in fits])
             for fits in (naive, found)]  # fmt: skip
    assert wrong[0] > 0.2
    assert wrong[1] <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 80)
    assert np.mean([fit.errors == "ar1" for fit in found]) > 0.8
    assert all(fit.tests["p"].iloc[0] < 0.05 for fit in found)


def test_independent_counts_keep_their_plain_errors(entries):
    fit = fit_counts(entries, ["2016-07"])
    assert fit.errors == "independent"
    assert np.isnan(fit.rho)
    forced = fit_counts(entries, ["2016-07"], errors="ar1")
    assert "AR(1) errors with rho" in forced.text
    assert forced.coefficients.at["level[2016-07]", "estimate"] == pytest.approx(
        fit.coefficients.at["level[2016-07]", "estimate"], abs=0.02
    )


def test_a_side_without_a_single_count_is_refused_by_name(entries):
    empty = entries.where(entries.index < "2016-07", 0)
    with pytest.raises(InputError, match="not a single count from 2016-07 through 2018-12"):
        fit_counts(empty, ["2016-07"])


def test_unknown_errors_are_refused(entries):
    with pytest.raises(ParameterError, match="errors 'hac'"):
        fit_counts(entries, ["2016-07"], errors="hac")
