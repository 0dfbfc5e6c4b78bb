"""Each point is generalised least squares, and the intervals hold the truth on a walk."""

import numpy as np
import pytest
from statsmodels.regression.linear_model import GLS
from statsmodels.tsa.arima.model import ARIMA

from coee_nb.engines.errormodels.integrated import fit_integrated
from coee_nb.engines.errormodels.models import MODELS, covariances


def example(points=60, seed=2):
    generator = np.random.default_rng(seed)
    time = np.arange(points)
    X = np.column_stack([np.ones(points), time, time >= 30]).astype(float)
    return generator.standard_normal(points).cumsum(), X, time


@pytest.mark.parametrize("model", MODELS)
def test_each_point_of_the_grid_is_generalised_least_squares(model):
    y, X, time = example()
    found = fit_integrated(model, y[:, None], X, time, contrasts=np.eye(3))
    for place, covariance in list(enumerate(covariances(model, time)))[::29]:
        theirs = GLS(y, X, sigma=covariance).fit()
        np.testing.assert_allclose(found.centre[place, 0], theirs.params, rtol=1e-6, atol=1e-8)
        np.testing.assert_allclose(found.scale[place, 0], theirs.bse, rtol=1e-6)


def test_the_points_are_weighed_by_the_restricted_likelihood_written_out():
    y, X, time = example()
    found = fit_integrated("AR(2) errors", y[:, None], X, time, contrasts=np.eye(3))
    heights = []
    for covariance in covariances("AR(2) errors", time):
        inverse = np.linalg.inv(covariance)
        information = X.T @ inverse @ X
        residual = y - X @ np.linalg.solve(information, X.T @ inverse @ y)
        logs = [np.linalg.slogdet(matrix)[1] for matrix in (covariance, information)]
        heights.append(-sum(logs) / 2 - 57 / 2 * np.log(residual @ inverse @ residual))
    share = np.exp(np.array(heights) - max(heights))
    np.testing.assert_allclose(found.share[:, 0], share / share.sum(), rtol=1e-6, atol=1e-12)


@pytest.mark.long
def test_the_likeliest_ar2_is_near_the_one_of_statsmodels():
    generator = np.random.default_rng(5)
    y = np.zeros(300)
    for t in range(2, 300):
        y[t] = 0.4 * y[t - 1] + 0.3 * y[t - 2] + generator.standard_normal()
    X = np.column_stack([np.ones(300), np.arange(300) / 300])
    found = fit_integrated("AR(2) errors", y[:, None], X, np.arange(300), contrasts=np.eye(2))
    theirs = ARIMA(y, X, order=(2, 0, 0), trend="n").fit()
    np.testing.assert_allclose(
        found.estimate[0], theirs.params[:2], atol=0.1 * theirs.bse[:2].max()
    )


def test_intervals_and_p_agree():
    y, X, time = example()
    found = fit_integrated(list(MODELS)[1], y[:, None], X, time, contrasts=np.eye(3))
    tail = found.quantile(found.p[0, 2] / 2 if found.positive[0, 2] else 1 - found.p[0, 2] / 2)
    assert tail[0, 2] == pytest.approx(0, abs=1e-6)
    assert (found.quantile(0.025) < found.estimate).all()


def test_intervals_on_a_random_walk_hold_the_truth():
    generator = np.random.default_rng(7)
    Y = generator.standard_normal((60, 300)).cumsum(axis=0)
    _, X, time = example()
    found = fit_integrated(list(MODELS)[1], Y, X, time, contrasts=np.eye(3)[2:])
    held = (found.quantile(0.025) <= 0) & (found.quantile(0.975) >= 0)
    assert held.mean() > 0.95 - 3 * np.sqrt(0.05 * 0.95 / 300)
