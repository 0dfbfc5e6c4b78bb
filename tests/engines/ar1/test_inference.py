"""Contrasts: the right variance, degrees of freedom of their own, and honest limits."""

import numpy as np
import pytest
from scipy import stats

from coee_nb.engines.ar1 import estimators, inference, process

GAPS = process.gaps_of(np.arange(40))


@pytest.fixture(scope="module")
def fitted():
    generator = np.random.default_rng(6)
    t = np.arange(40.0)
    X = np.column_stack([np.ones(40), t, t >= 20, np.maximum(t - 20, 0)])
    errors = generator.normal(size=40)
    for k in range(1, 40):
        errors[k] += 0.4 * errors[k - 1]
    y = X @ [1.0, 0.2, 3.0, 0.1] + errors
    return y, X, estimators.reml(y, X, GAPS)


def test_satterthwaite_equals_the_textbook_form_by_numeric_derivatives(fitted):
    """2 V^2 / (g' W g), W the inverse of the numeric REML information on (sigma^2, rho)."""
    y, X, estimate = fitted
    weights = np.array([0.0, 0.0, 1.0, 19.0])
    distance = np.abs(np.subtract.outer(np.arange(40), np.arange(40)))

    def inverse_information(rho):
        return np.linalg.inv(X.T @ np.linalg.solve(rho**distance, X))

    def likelihood(sigma2, rho):
        V = sigma2 * rho**distance
        inverse = np.linalg.inv(V)
        A = X.T @ inverse @ X
        residual = y - X @ np.linalg.solve(A, X.T @ inverse @ y)
        logs = np.linalg.slogdet(V)[1] + np.linalg.slogdet(A)[1]
        return -(logs + residual @ inverse @ residual) / 2

    at = np.array([estimate.sigma**2, estimate.rho])
    steps = np.diag(1e-3 * at)
    information = np.empty((2, 2))
    for i in range(2):
        for j in range(2):
            corners = [
                likelihood(*(at + a * steps[i] + b * steps[j])) * a * b
                for a in (-1, 1)
                for b in (-1, 1)
            ]
            information[i, j] = -sum(corners) / (4 * steps[i, i] * steps[j, j])
    variance = [lambda s, r: s * weights @ inverse_information(r) @ weights][0]
    gradient = [
        (variance(*(at + step)) - variance(*(at - step))) / (2 * step.sum()) for step in steps
    ]
    spread = gradient @ np.linalg.inv(information) @ gradient
    expected = 2 * variance(*at) ** 2 / spread
    assert inference.degrees_of_freedom(estimate, weights) == pytest.approx(expected, rel=1e-3)


def test_a_contrast_is_the_combination_with_its_variance(fitted):
    _, _, estimate = fitted
    weights = np.array([0.0, 1.0, 0.0, 1.0])
    result = inference.contrast(estimate, weights, confidence=0.9)
    covariance = estimate.covariance
    variance = covariance[1, 1] + covariance[3, 3] + 2 * covariance[1, 3]
    assert result.estimate == pytest.approx(estimate.coefficients[[1, 3]].sum())
    assert result.se == pytest.approx(variance**0.5)
    half_width = stats.t.ppf(0.95, result.df) * result.se
    assert (result.ci_low, result.ci_high) == pytest.approx(
        (result.estimate - half_width, result.estimate + half_width)
    )
    assert result.p == pytest.approx(2 * stats.t.sf(abs(result.estimate / result.se), result.df))


def test_several_contrasts_at_once_are_those_one_by_one(fitted):
    _, _, estimate = fitted
    rows = np.random.default_rng(1).normal(size=(5, 4))
    together = inference.contrast(estimate, rows)
    for place, row in enumerate(rows):
        alone = inference.contrast(estimate, row)
        assert together.df[place] == pytest.approx(alone.df)
        assert together.ci_low[place] == pytest.approx(alone.ci_low)


def test_df_do_not_depend_on_the_size_of_the_contrast_and_stay_under_the_residual_ones(fitted):
    _, _, estimate = fitted
    weights = np.array([0.0, 0.0, 1.0, 4.0])
    df = inference.degrees_of_freedom(estimate, weights)
    assert df == pytest.approx(inference.degrees_of_freedom(estimate, 1e6 * weights))
    assert 0 < df <= estimate.freedom


def test_infinite_degrees_of_freedom_mean_the_normal_distribution():
    assert inference.quantile(np.inf) == pytest.approx(1.959963984540054)
    assert inference.p_value(1.959963984540054, 1.0, np.inf) == pytest.approx(0.05)


def test_satterthwaite_degrees_of_freedom_are_never_under_two():
    flat, steep = inference.satterthwaite(20.0, np.array([0.0, 50.0]), 1.0)
    assert (flat, steep) == (20.0, 2.0)
