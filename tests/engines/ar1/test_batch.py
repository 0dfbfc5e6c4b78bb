"""Many fits at once give the numbers of the fits one by one, and the coverage they promise."""

import numpy as np
import pandas as pd
import pytest
from scipy.signal import lfilter

from coee_nb.engines.ar1 import batch, estimators, likelihood
from coee_nb.engines.ar1.design_matrix import build
from coee_nb.engines.ar1.inference import contrast
from coee_nb.engines.ar1.process import gaps_of
from coee_nb.errors import EstimationError, InputError


def segmented(time, cut):
    return np.column_stack(
        [np.ones(len(time)), time, time >= cut, np.maximum(time - cut, 0)]
    ).astype(float)


def errors(points, series, rho, seed):
    shocks = np.random.default_rng(seed).normal(size=(points + 100, series))
    return lfilter([1], [1, -rho], shocks, axis=0)[100:]


@pytest.mark.parametrize("time", [np.arange(40), np.r_[0:20, 24:44]], ids=["whole", "gap"])
def test_many_series_are_fitted_as_one_by_one(time):
    X, gaps = segmented(time, 24), gaps_of(time)
    Y = 1e4 + 300 * errors(44, 450, 0.6, seed=1)[time]
    weights = np.vstack([np.eye(4), [0, 0, 12, 66]])
    fits = batch.fit_many(Y, X, gaps=gaps, contrasts=weights)
    assert fits.estimate.shape == (450, 5)
    for j in range(0, 450, 37):
        alone = estimators.reml(Y[:, j], X, gaps)
        each = contrast(alone, weights)
        assert fits.rho[j] == pytest.approx(alone.rho, abs=1e-9)
        assert fits.sigma[j] == pytest.approx(alone.sigma, rel=1e-9)
        assert (fits.boundary[j], fits.interior[j]) == (alone.boundary, alone.interior)
        np.testing.assert_allclose(fits.estimate[j], each.estimate, rtol=1e-7)
        np.testing.assert_allclose(fits.se[j], each.se, rtol=1e-7)
        np.testing.assert_allclose(fits.df[j], each.df, rtol=1e-6)


def test_by_default_every_period_is_there_and_each_coefficient_is_wanted():
    X = segmented(np.arange(30), 15)
    Y = errors(30, 3, 0.2, seed=2)
    fits = batch.fit_many(Y, X)
    alone = estimators.reml(Y[:, 1], X, gaps_of(np.arange(30)))
    np.testing.assert_allclose(fits.estimate[1], alone.coefficients, rtol=1e-8)


def test_coverage_of_a_cumulative_effect_is_near_its_nominal_95_percent():
    """72 points, rho 0.6: .96 in a simulation of 400 runs; least squares covers .69."""
    X = segmented(np.arange(72), 36)
    weights = np.array([[0, 0, 36, 36 * 35 / 2]])
    fits = batch.fit_many(errors(72, 2000, 0.6, seed=3), X, contrasts=weights)
    limits = fits.inference()
    covered = ((limits.ci_low <= 0) & (limits.ci_high >= 0)).mean()
    assert 0.94 < covered < 0.98
    assert fits.rho.mean() == pytest.approx(0.575, abs=0.03)
    assert fits.converged.all()


def test_no_series_has_no_fits():
    fits = batch.fit_many(np.zeros((30, 0)), np.column_stack([np.ones(30), np.arange(30.0)]))
    assert fits.estimate.shape == fits.inference().p.shape == (0, 2)


def test_collinear_terms_are_refused():
    X = np.column_stack([np.ones(20), np.arange(20.0), np.arange(20.0)])
    with pytest.raises(EstimationError, match="column 2"):
        batch.fit_many(errors(20, 2, 0, seed=4), X)


def test_a_value_that_is_not_finite_is_refused():
    Y = errors(20, 2, 0, seed=4)
    Y[3, 1] = np.nan
    with pytest.raises(InputError, match="not finite"):
        batch.fit_many(Y, segmented(np.arange(20), 10))


def test_many_designs_are_fitted_as_one_by_one_in_their_order():
    index = pd.period_range("2013-10", periods=72, freq="M")
    series = pd.Series(5 + errors(72, 1, 0.5, seed=5)[:, 0], index=index)
    designs = [
        build(series * size, [cut], season=season, washout=washout)
        for size in (1, 1e6)
        for cut in ("2016-10", "2017-02")
        for season in (None, 2, "month")
        for washout in ((), ["2016-11", "2016-12"])
    ]
    estimates = batch.fit_designs(designs)
    assert len(estimates) == len(designs)
    for design, estimate in zip(designs, estimates, strict=True):
        alone = estimators.reml(design.observed.to_numpy(), design.matrix, design.gaps)
        assert estimate.rho == pytest.approx(alone.rho, abs=1e-9)
        assert estimate.log_likelihood == pytest.approx(alone.log_likelihood)
        np.testing.assert_allclose(estimate.coefficients, alone.coefficients, rtol=1e-7)
        np.testing.assert_allclose(estimate.covariance_1, alone.covariance_1, rtol=1e-5)


def test_fits_that_start_off_the_top_climb_to_it_and_leave_the_others_where_they_stand(monkeypatch):
    X = np.column_stack([np.ones(40), np.arange(40.0)])
    Y = np.random.default_rng(8).standard_normal((40, 6)).cumsum(axis=0)
    near = batch.fit_many(Y, X)
    summit = likelihood._summit

    def half_off(heights, best):
        return np.where(np.arange(len(best)) % 2, summit(heights, best), best)

    monkeypatch.setattr(likelihood, "_summit", half_off)
    far = batch.fit_many(Y, X)
    assert far.converged.all()
    for name in ("estimate", "se", "df", "rho", "sigma"):
        np.testing.assert_allclose(getattr(far, name), getattr(near, name), rtol=1e-6)
    np.testing.assert_array_equal(far.rho[1::2], near.rho[1::2])
