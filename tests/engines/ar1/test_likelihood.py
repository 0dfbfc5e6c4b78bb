"""The search for rho: the highest interior maximum, and honesty about the ends of the range."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from coee_nb.engines.ar1 import likelihood, process


def moments_of(seed, points, rho, terms=2):
    generator = np.random.default_rng(seed)
    errors = generator.normal(size=points)
    for t in range(1, points):
        errors[t] += rho * errors[t - 1]
    basis = np.linalg.qr(np.vander(np.arange(points) / points, terms))[0]
    rest = errors - basis @ (basis.T @ errors)
    columns = np.column_stack([basis, rest])[None]
    return process.CrossProducts.of(columns, process.gaps_of(np.arange(points)))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(10, 120), st.floats(-0.9, 0.9), st.booleans())
def test_no_finer_grid_finds_anything_higher(seed, points, rho, restricted):
    moments = moments_of(seed, points, rho)
    maximum = likelihood.maximise(moments, restricted=restricted)
    fine = np.tanh(np.linspace(likelihood.GRID[0], likelihood.GRID[-1], 2001))
    heights = likelihood.profile(moments, fine, restricted=restricted)[0]
    if maximum.interior[0]:
        _, score, curvature = maximum.solution.objective[:, 0]
        assert curvature < 0
        assert abs(score) < 1e-5 * abs(curvature)
    if not maximum.boundary[0]:
        assert heights.max() <= maximum.solution.objective[0, 0] + 1e-9
    assert maximum.converged[0]


def test_the_profile_is_the_objective_of_the_solution():
    moments = moments_of(1, 30, 0.5)
    rho = np.array([-0.5, 0.0, 0.9])
    for restricted in (True, False):
        heights = likelihood.profile(moments, rho, restricted=restricted)[0]
        solved = [
            process.solve(moments, rho[[k]], restricted=restricted).objective[0, 0]
            for k in range(3)
        ]
        np.testing.assert_allclose(heights, solved, rtol=1e-12)


def test_a_trend_without_a_term_drives_rho_to_the_end_of_its_range():
    t = np.arange(60.0) + np.random.default_rng(8).normal(size=60) / 100
    columns = np.column_stack([np.full(60, 60**-0.5), t - t.mean()])[None]
    maximum = likelihood.maximise(process.CrossProducts.of(columns, process.gaps_of(np.arange(60))))
    assert maximum.boundary[0]
    assert not maximum.interior[0]
    assert maximum.solution.rho[0] == np.tanh(likelihood.GRID[-1])
    assert maximum.curvature[0] == np.inf


def test_peaks_are_found_and_the_higher_end_is_taken_where_there_is_none():
    grid = np.arange(len(likelihood.GRID), dtype=float)
    two_peaks = -np.minimum((grid - 20) ** 2, (grid - 50) ** 2 + 3)
    best, interior = likelihood.highest(np.stack([two_peaks, grid, -grid]))
    assert best.tolist() == [20, len(grid) - 1, 0]
    assert interior.tolist() == [True, False, False]
