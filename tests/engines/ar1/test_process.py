"""The fast algebra equals the slow one: a full correlation matrix, inverted."""

import numpy as np
import pytest

from coee_nb.engines.ar1 import process

TIMES = {
    "every period": (np.arange(20), None),
    "a gap of five": (np.r_[0:8, 13:25], None),
    "gaps of two sizes": (np.r_[0:5, 7:12, 15:20], None),
    "three series": (np.r_[0:8, 0:6, 3:9], np.repeat([1, 2, 3], [8, 6, 6])),
}
RHO = [-0.8, -0.2, 0.0, 0.3, 0.95]


def correlation(rho, time, panel):
    panel = np.zeros(len(time)) if panel is None else panel
    distance = np.abs(time[:, None] - time[None, :])
    return np.where(panel[:, None] == panel[None, :], float(rho) ** distance, 0.0)


@pytest.fixture(params=TIMES.values(), ids=TIMES)
def case(request):
    time, panel = request.param
    columns = np.random.default_rng(3).normal(size=(len(time), 4))
    return time, panel, columns


@pytest.mark.parametrize("rho", RHO)
def test_whitened_products_are_those_of_the_inverse_correlation(case, rho):
    time, panel, columns = case
    white = process.whiten(columns, rho, process.gaps_of(time, panel))
    exact = columns.T @ np.linalg.solve(correlation(rho, time, panel), columns)
    np.testing.assert_allclose(white.T @ white, exact, rtol=1e-10)


@pytest.mark.parametrize("rho", RHO)
def test_moments_give_the_same_products(case, rho):
    time, panel, columns = case
    moments = process.CrossProducts.of(columns[None], process.gaps_of(time, panel))
    w = process.weights(np.array([rho]), moments.gaps, moments.pairs)
    R = correlation(rho, time, panel)
    exact = columns.T @ np.linalg.solve(R, columns)
    np.testing.assert_allclose(moments.at(w.moments[0])[0], exact, rtol=1e-9, atol=1e-9)
    assert w.log_determinant[0, 0] == pytest.approx(np.linalg.slogdet(R)[1], abs=1e-10)


def restricted_likelihood(rho, time, panel, columns):
    """Textbook formula (Harville 1977), without its constant."""
    R = correlation(rho, time, panel)
    X, y = columns[:, :-1], columns[:, -1]
    A = X.T @ np.linalg.solve(R, X)
    residual = y - X @ np.linalg.solve(A, X.T @ np.linalg.solve(R, y))
    squares = residual @ np.linalg.solve(R, residual)
    freedom = len(y) - X.shape[1]
    logs = np.linalg.slogdet(R)[1] + np.linalg.slogdet(A)[1]
    return -(freedom * np.log(squares) + logs) / 2


@pytest.mark.parametrize("rho", RHO)
def test_objective_is_the_restricted_likelihood_and_its_derivatives_are_right(case, rho):
    time, panel, columns = case
    moments = process.CrossProducts.of(columns[None], process.gaps_of(time, panel))
    value, first, second = process.solve(moments, np.array([rho])).objective[:, 0]
    h = 1e-4
    low, middle, high = (
        restricted_likelihood(rho + k * h, time, panel, columns) for k in (-1, 0, 1)
    )
    assert value == pytest.approx(middle, abs=1e-9)
    assert first == pytest.approx((high - low) / (2 * h), rel=1e-4, abs=1e-4)
    assert second == pytest.approx((high - 2 * middle + low) / h**2, rel=1e-3, abs=1e-3)


def test_a_stack_gives_each_fit_its_own_answer():
    generator = np.random.default_rng(4)
    columns, rho = generator.normal(size=(3, 15, 4)), np.array([-0.3, 0.1, 0.7])
    gaps = process.gaps_of(np.arange(15))
    stack = process.solve(process.CrossProducts.of(columns, gaps), rho)
    for place in range(3):
        alone = process.solve(process.CrossProducts.of(columns[[place]], gaps), rho[[place]])
        np.testing.assert_allclose(stack.coefficients[place], alone.coefficients[0])
        np.testing.assert_allclose(stack.objective[:, place], alone.objective[:, 0])


def test_the_drift_of_coefficients_with_rho_is_their_derivative():
    columns = np.random.default_rng(5).normal(size=(1, 15, 4))
    moments = process.CrossProducts.of(columns, process.gaps_of(np.arange(15)))
    h = 1e-5
    low, here, high = (process.solve(moments, np.array([0.4 + k * h])) for k in (-1, 0, 1))
    slope = (high.coefficients - low.coefficients) / (2 * h)
    np.testing.assert_allclose(process.coefficients_1(here), slope, rtol=1e-6)
    inverse_information = (high.inverse_information[0] - low.inverse_information[0]) / (2 * h)
    np.testing.assert_allclose(
        process.inverse_information_1(here, 0), inverse_information, rtol=1e-6, atol=1e-9
    )
