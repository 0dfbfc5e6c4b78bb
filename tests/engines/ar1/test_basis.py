"""Orthonormal designs: exact at any scale, and collinear terms are named."""

import numpy as np
import pytest

from coee_nb.engines.ar1.basis import frame, orthonormal
from coee_nb.errors import EstimationError


def test_terms_of_very_different_size_keep_their_digits():
    t = np.arange(40.0)
    X = np.column_stack([np.ones(40), 1e9 * t, 1e-9 * (t > 20)])
    basis = orthonormal(X)
    np.testing.assert_allclose(X @ basis.inverse_correlation, basis.columns, atol=1e-12)
    y = X @ [1.0, 2e-9, 3e9] + np.random.default_rng(0).normal(size=40)
    scaled = np.linalg.lstsq(X / [1, 1e9, 1e-9], y, rcond=None)[0] / [1, 1e9, 1e-9]
    np.testing.assert_allclose(frame(y, X).coefficients(), scaled, rtol=1e-10)


def test_a_collinear_term_is_named_with_those_it_repeats():
    t = np.arange(12.0)
    X = np.column_stack([np.ones(12), t, 2015 + t / 12])
    with pytest.raises(EstimationError, match="term year is a combination of one, trend"):
        orthonormal(X, ["one", "trend", "year"])


def test_an_empty_term_is_named():
    X = np.column_stack([np.ones(6), np.zeros(6)])
    with pytest.raises(EstimationError, match="term pulse is zero in every period"):
        orthonormal(X, ["one", "pulse"])


def test_too_few_observations_are_refused():
    with pytest.raises(EstimationError, match="3 observations for 3 terms"):
        orthonormal(np.eye(3))


def test_a_series_without_variation_about_its_line_is_refused():
    t = np.arange(10.0)
    X = np.column_stack([np.ones(10), t])
    for line in (5 + 2 * t, np.zeros(10)):
        with pytest.raises(EstimationError, match="exactly on the fitted line"):
            frame(line, X)
