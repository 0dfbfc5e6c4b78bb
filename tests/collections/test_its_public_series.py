"""Public series that statsmodels carries, against dense matrices written out for the test alone."""

import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.linalg import toeplitz
from scipy.optimize import minimize_scalar

from coee_nb.collections.its import Interruption, fit
from coee_nb.errors import StatisticalWarning


def by_period(values, first: str, frequency: str) -> pd.Series:
    index = pd.period_range(first, periods=len(values), freq=frequency)
    return pd.Series(np.asarray(values, dtype=float), index=index)


def nile() -> tuple:
    """Annual flow at Aswan: the dam of 1899 changes the level alone."""
    series = by_period(sm.datasets.nile.load_pandas().data["volume"], "1871", "Y")
    return series, [Interruption("1899", slope=False)], {}


def copper() -> tuple:
    """World consumption of copper by year, with its price beside it."""
    data = sm.datasets.copper.load_pandas().data
    price = by_period(data["COPPERPRICE"], "1951", "Y-SEP").rename("price")
    return by_period(data["WORLDCONSUMPTION"], "1951", "Y-SEP"), ["1964"], {"exog": price}


def inflation() -> tuple:
    """US inflation by quarter, two interruptions, harmonics of the year."""
    values = sm.datasets.macrodata.load_pandas().data["infl"]
    return by_period(values, "1959Q1", "Q"), ["1974-01", "1982-01"], {"season": 2}


def sea() -> tuple:
    """Sea surface temperature by month, with a pulse and months of the year."""
    values = sm.datasets.elnino.load_pandas().data.iloc[:20, 1:].to_numpy().ravel()
    return (
        by_period(values, "1950-01", "M"),
        ["1960-07"],
        {"season": "month", "pulses": ["1958-01"]},
    )


def tiny() -> tuple:
    """Inflation a hundred-millionth its size, errors that alternate in sign."""
    series, cuts, options = inflation()
    swing = np.where(np.arange(len(series)) % 2, 6.0, -6.0)
    return (series + swing) * 1e-8, cuts, options


SERIES = [nile, copper, inflation, sea, tiny]


def restricted_likelihood(y, X, rho: float) -> float:
    """Return the restricted log-likelihood of AR(1) errors, but for a constant."""
    inverse = np.linalg.inv(toeplitz(rho ** np.arange(len(y))))
    Q = np.linalg.qr(X)[0]
    information = Q.T @ inverse @ Q
    residual = y - Q @ np.linalg.solve(information, Q.T @ inverse @ y)
    squares = (len(y) - X.shape[1]) * np.log(residual @ inverse @ residual)
    determinants = np.linalg.slogdet(information)[1] - np.linalg.slogdet(inverse)[1]
    return -(squares + determinants) / 2


@pytest.fixture(params=SERIES, ids=lambda made: made.__name__)
def case(request):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StatisticalWarning)
        yield request.param()


def scaled(found) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return series and terms brought to size one, and what turns coefficients back."""
    y, X = found.design.observed.to_numpy(), found.design.matrix
    lengths = np.linalg.norm(X, axis=0)
    return y / y.std(), X / lengths, y.std() / lengths


def test_reml_is_where_the_dense_likelihood_is_highest(case):
    series, cuts, options = case
    found = fit(series, cuts, **options)
    y, X, back = scaled(found)
    near = (max(found.rho - 0.05, -0.999), min(found.rho + 0.05, 0.999))
    highest = minimize_scalar(
        lambda rho: -restricted_likelihood(y, X, rho), bounds=near, options={"xatol": 1e-9}
    )
    assert found.rho == pytest.approx(highest.x, abs=1e-5)
    dense = sm.GLS(y, X, sigma=toeplitz(found.rho ** np.arange(len(y)))).fit()
    np.testing.assert_allclose(found.coefficients["estimate"], dense.params * back, rtol=1e-6)
    np.testing.assert_allclose(found.coefficients["se"], dense.bse * back, rtol=1e-6)


@pytest.mark.parametrize("lags", [0, 1, 4])
def test_newey_west_is_that_of_statsmodels_with_its_corrections(case, lags):
    series, cuts, options = case
    found = fit(series, cuts, estimator="newey-west", lags=lags, **options)
    y, X, back = scaled(found)
    robust = sm.OLS(y, X).fit(
        cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}, use_t=True
    )
    np.testing.assert_allclose(found.coefficients["se"], robust.bse * back, rtol=1e-6)
    np.testing.assert_allclose(found.coefficients["p"], robust.pvalues, rtol=1e-6, atol=1e-12)


def test_prais_winsten_is_a_fixed_point_of_its_own_transformation(case):
    series, cuts, options = case
    found = fit(series, cuts, estimator="prais-winsten", **options)
    y, X, back = scaled(found)
    first = np.sqrt(1 - found.rho**2)
    turned_y = np.r_[first * y[0], y[1:] - found.rho * y[:-1]]
    turned_X = np.vstack([first * X[:1], X[1:] - found.rho * X[:-1]])
    again = sm.OLS(turned_y, turned_X).fit()
    np.testing.assert_allclose(found.coefficients["estimate"], again.params * back, rtol=1e-6)
    np.testing.assert_allclose(found.coefficients["se"], again.bse * back, rtol=1e-6)
    residual = y - X @ again.params
    regressed = residual[1:] @ residual[:-1] / (residual[:-1] @ residual[:-1])
    assert found.rho == pytest.approx(regressed, abs=1e-5)
