"""Life tables: the estimates are those of statsmodels, whose tests hold them to R."""

import numpy as np
import pytest
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from coee_nb.engines.survival import LifeTable


@pytest.fixture(params=range(5))
def members(request):
    """Times with ties, ways of leaving (0 still there) and weights; the last may all leave."""
    draw = np.random.default_rng(request.param)
    times, way = draw.integers(1, 12, 40).astype(float), draw.integers(0, 3, 40)
    return np.append(times, 12.0), np.append(way, 1), draw.uniform(0.5, 3, 41)


@pytest.mark.parametrize("weighted", [False, True])
def test_what_is_left_is_that_of_statsmodels(members, weighted):
    times, way, weights = members
    weights = weights if weighted else None
    table = LifeTable.of(times, (way > 0).astype(int), weights=weights)
    fit = SurvfuncRight(times, (way > 0).astype(int), freq_weights=weights)
    happened = table.events > 0
    np.testing.assert_array_equal(table.times[happened], fit.surv_times)
    np.testing.assert_allclose(table.at_risk[happened], fit.n_risk, rtol=1e-13)
    np.testing.assert_allclose(table.left[happened], fit.surv_prob, rtol=1e-12)
    if not weighted:  # statsmodels has another error for weights
        np.testing.assert_allclose(table.left_se[happened], fit.surv_prob_se, rtol=1e-12)
        assert np.isnan(table.left_se[-1])  # all have left


@pytest.mark.filterwarnings("ignore::RuntimeWarning:statsmodels")
def test_what_left_each_way_is_that_of_statsmodels(members):
    times, way, _ = members
    fit = CumIncidenceRight(times, way)
    share, error = LifeTable.of(times, way, ways=2).incidence()
    np.testing.assert_allclose(share, fit.cinc, rtol=1e-12)
    np.testing.assert_allclose(error, fit.cinc_se, rtol=1e-10)


def test_nobody_leaves_by_a_way_that_nobody_took():
    share, error = LifeTable.of(np.array([1.0, 2.0, 3.0]), np.array([2, 0, 0]), ways=2).incidence()
    assert share[0].tolist() == error[0].tolist() == [0, 0, 0]
    assert share[1].tolist() == pytest.approx([1 / 3] * 3)
