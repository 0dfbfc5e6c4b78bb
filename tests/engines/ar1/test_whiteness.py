"""Tests of independence: those of statsmodels, and as many columns at once as one by one."""

import numpy as np
import pytest
from statsmodels.stats.diagnostic import acorr_ljungbox
from statsmodels.stats.stattools import durbin_watson
from statsmodels.tsa.stattools import acf

from coee_nb.engines.ar1 import whiteness

ERRORS = np.random.default_rng(5).normal(2, 3, (60, 3)).cumsum(axis=0)


@pytest.mark.parametrize("estimated", [0, 1])
def test_autocorrelations_and_their_test_are_those_of_statsmodels(estimated):
    correlations = whiteness.autocorrelations(ERRORS, 6)
    statistic, p = whiteness.ljung_box(correlations, len(ERRORS), estimated=estimated)
    for place, column in enumerate(ERRORS.T):
        expected = acf(column, nlags=6, fft=False)[1:]
        np.testing.assert_allclose(correlations[:, place], expected, rtol=1e-12)
        box = acorr_ljungbox(column, lags=[6], model_df=estimated).iloc[0]
        assert [statistic[place], p[place]] == pytest.approx([*box], rel=1e-12)


def test_no_p_is_given_where_no_degree_of_freedom_is_left():
    correlations = whiteness.autocorrelations(ERRORS[:, 0], 1)
    assert np.isnan(whiteness.ljung_box(correlations, len(ERRORS), estimated=1)[1])


def test_steps_over_squares_are_those_of_statsmodels():
    errors = ERRORS[:, 0] - ERRORS[:, 0].mean()
    assert whiteness.durbin_watson(errors) == pytest.approx(durbin_watson(errors), rel=1e-12)
