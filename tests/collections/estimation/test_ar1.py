"""The fast algebra equals the slow one: a full correlation matrix, inverted."""

import numpy as np
import pytest

from coee_nb.collections.estimation import ar1

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
    white = ar1.whiten(columns, rho, ar1.gaps_of(time, panel))
    exact = columns.T @ np.linalg.solve(correlation(rho, time, panel), columns)
    np.testing.assert_allclose(white.T @ white, exact, rtol=1e-10)


@pytest.mark.parametrize("rho", RHO)
def test_moments_give_the_same_products(case, rho):
    time, panel, columns = case
    moments = ar1.Moments.of(columns[None], ar1.gaps_of(time, panel))
    w = ar1.weights(np.array([rho]), moments.gaps, moments.pairs)
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
    moments = ar1.Moments.of(columns[None], ar1.gaps_of(time, panel))
    value, first, second = ar1.solve(moments, np.array([rho])).objective[:, 0]
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
    gaps = ar1.gaps_of(np.arange(15))
    stack = ar1.solve(ar1.Moments.of(columns, gaps), rho)
    for place in range(3):
        alone = ar1.solve(ar1.Moments.of(columns[[place]], gaps), rho[[place]])
        np.testing.assert_allclose(stack.coefficients[place], alone.coefficients[0])
        np.testing.assert_allclose(stack.objective[:, place], alone.objective[:, 0])


def test_the_drift_of_coefficients_with_rho_is_their_derivative():
    columns = np.random.default_rng(5).normal(size=(1, 15, 4))
    moments = ar1.Moments.of(columns, ar1.gaps_of(np.arange(15)))
    h = 1e-5
    low, here, high = (ar1.solve(moments, np.array([0.4 + k * h])) for k in (-1, 0, 1))
    slope = (high.coefficients - low.coefficients) / (2 * h)
    np.testing.assert_allclose(ar1.coefficients_1(here), slope, rtol=1e-6)
    bread = (high.bread[0] - low.bread[0]) / (2 * h)
    np.testing.assert_allclose(ar1.bread_1(here, 0), bread, rtol=1e-6, atol=1e-9)
