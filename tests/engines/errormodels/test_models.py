"""The covariances are those of statsmodels, and of sums written out."""

import numpy as np
import pytest
from statsmodels.tsa.arima_process import ArmaProcess

from coee_nb.engines.errormodels.models import MODELS, ar2_correlations, covariances


@pytest.mark.parametrize(("first", "second"), [(0.5, 0.4), (-0.3, 0.2), (0.9, -0.6)])
def test_an_ar2_has_the_autocorrelations_of_statsmodels(first, second):
    process = ArmaProcess.from_coeffs([first * (1 - second), second])
    np.testing.assert_allclose(ar2_correlations(first, second, 20), process.acf(21), atol=1e-9)


@pytest.mark.parametrize("model", MODELS)
def test_every_covariance_is_symmetric_and_positive_with_gaps_in_time(model):
    time = np.array([0, 1, 2, 5, 6, 11])
    found = covariances(model, time)
    np.testing.assert_allclose(found, np.swapaxes(found, 1, 2))
    assert (np.linalg.eigvalsh(found) > 0).all()


@pytest.mark.parametrize("model", MODELS)
def test_periods_left_out_leave_the_others_as_they_were(model):
    whole = covariances(model, np.arange(12))
    kept = np.array([0, 1, 5, 6, 11])
    np.testing.assert_allclose(covariances(model, kept), whole[:, kept][:, :, kept])
