"""Ratios of two timings in one run: a REML fit against statsmodels, a stack against a loop."""

from time import process_time

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.signal import lfilter

from coee_nb.collections import its
from coee_nb.engines.ar1 import batch, estimators
from coee_nb.engines.ar1.process import gaps_of

HAC = {"cov_type": "HAC", "cov_kwds": {"maxlags": 3, "use_correction": True}, "use_t": True}


def errors(points, series, seed=1):
    shocks = np.random.default_rng(seed).normal(size=(points + 100, series))
    return 3000 + 300 * lfilter([1], [1, -0.6], shocks, axis=0)[100:]


def seconds(call, *, runs, repeats=9):
    """The best mean processor time of one call: other work on the machine does not count."""
    best = np.inf
    for _ in range(repeats):
        start = process_time()
        for _ in range(runs):
            call()
        best = min(best, (process_time() - start) / runs)
    return best


@pytest.mark.benchmark
def test_a_reml_fit_with_profile_takes_at_most_ten_ols_hac_fits(speed):
    index = pd.period_range("2013-10", periods=72, freq="M")
    series = pd.Series(errors(72, 1)[:, 0], index=index)
    cuts = ["2016-10", "2018-03"]
    fit = its.fit(series, cuts, season="month")
    y, X = series.to_numpy(), fit.design.matrix
    assert fit.estimate.profile is not None
    plain = seconds(lambda: sm.OLS(y, X).fit(**HAC), runs=40)
    ours = seconds(lambda: its.fit(series, cuts, season="month"), runs=20)
    speed("a REML fit with its profile / OLS with HAC errors", ours / plain, aim=10)


@pytest.mark.benchmark
@pytest.mark.parametrize("terms", [4, 17])
def test_ten_thousand_series_together_are_twenty_times_faster_than_one_by_one(terms, speed):
    t = np.arange(72)
    X = np.column_stack(
        [
            np.ones(72),
            t,
            t >= 36,
            np.maximum(t - 36, 0),
            t >= 53,
            np.maximum(t - 53, 0),
            *(t % 12 == k for k in range(1, 12)),
        ]
    )
    X, gaps, Y = X[:, :terms].astype(float), gaps_of(t), errors(72, 10_000)
    together = seconds(lambda: batch.fit_many(Y, X), runs=1, repeats=7) / 10_000
    some = iter(np.tile(np.arange(150), 20))
    alone = seconds(lambda: estimators.reml(Y[:, next(some)], X, gaps), runs=150, repeats=3)
    speed(f"a series of {terms} terms among 10,000 / alone", together / alone, aim=1 / 20)
