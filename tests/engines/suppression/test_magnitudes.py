"""No amount of one person follows from moments, quantiles or classes."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coee_nb.engines.suppression.magnitudes import (
    ALIKE,
    DOMINATED,
    FEW,
    class_edges,
    moments,
    nice_step,
)
from coee_nb.errors import ParameterError

AMOUNTS = st.lists(
    st.integers(-50, 1000) | st.floats(0, 100, allow_nan=False), min_size=10, max_size=80
).map(lambda values: np.array(values, float))


@pytest.mark.parametrize(
    ("amounts", "why"),
    [
        (np.r_[np.zeros(39), 12], ALIKE),
        (np.full(40, 3.0), ALIKE),
        (np.arange(9.0), FEW),
        (np.r_[np.zeros(20), np.ones(20), 1e6], DOMINATED),
        (np.r_[np.full(20, 50.0), np.full(20, 51.0), -1e6], DOMINATED),
        (np.array([]), FEW),
    ],
)
def test_amounts_that_tell_of_somebody_are_refused_with_the_reason(amounts, why):
    found = moments(amounts, floor=10)
    assert found.why == why
    assert np.isnan([found.mean, found.sd, *found.quartiles]).all()


def test_what_may_be_shown_is_near_the_truth():
    amounts = np.random.default_rng(1).integers(0, 41, 300).astype(float)
    found = moments(np.r_[amounts, np.nan], floor=10)
    assert abs(found.mean - amounts.mean()) <= found.step / 2
    assert abs(found.sd - amounts.std(ddof=1)) <= found.sd_step / 2
    assert found.quartiles[1] == pytest.approx(np.median(amounts), abs=2)
    assert not found.why


@given(AMOUNTS, st.integers(2, 10), st.data())
def test_who_knows_all_amounts_but_one_learns_nothing_of_it_from_the_mean(amounts, floor, data):
    found = moments(amounts, floor=floor)
    assume(not found.why)
    place = data.draw(st.integers(0, len(amounts) - 1))
    others = np.delete(amounts, place)
    n = len(amounts)
    low, high = ((found.mean + side * found.step / 2) * n - others.sum() for side in (-1, 1))
    assert high - low >= np.ptp(amounts) * (1 - 1e-9)


@given(AMOUNTS, st.integers(2, 10), st.data())
def test_nor_from_the_standard_deviation_beside_the_mean(amounts, floor, data):
    found = moments(amounts, floor=floor)
    assume(not found.why and not np.isnan(found.sd))
    place = data.draw(st.integers(0, len(amounts) - 1))
    others = np.delete(amounts, place)
    tried = amounts[place] + np.linspace(-1.5, 1.5, 601) * np.ptp(amounts)
    rows = np.column_stack([np.tile(others, (len(tried), 1)), tried])
    fits = np.abs(rows.std(axis=1, ddof=1) - found.sd) <= found.sd_step / 2 * (1 + 1e-6)
    fits &= np.abs(rows.mean(axis=1) - found.mean) <= found.step / 2 * (1 + 1e-6)
    step = tried[1] - tried[0]
    assert (fits.sum() + 4) * step >= np.ptp(amounts) / 4  # two rings, four ends between points


def test_an_amount_at_the_mean_is_not_pinned_by_a_deviation_at_the_end_of_its_step():
    amounts = np.r_[np.linspace(0, 400, 60), 200.0]
    for shift in np.linspace(0, 30, 61):  # somewhere the least deviation meets the end of a step
        moved = np.r_[amounts[:-1] * (1 + shift / 400), 200.0]
        found = moments(moved, floor=10)
        others = moved[:-1]
        tried = 200 + np.linspace(-1, 1, 801) * np.ptp(moved)
        sds = np.array([np.append(others, each).std(ddof=1) for each in tried])
        held = tried[np.abs(sds - found.sd) <= found.sd_step / 2]
        assert np.isnan(found.sd) or np.ptp(held) >= np.ptp(moved) / 4


@pytest.mark.long
@given(AMOUNTS, st.integers(2, 10))
def test_no_moment_is_shown_where_all_but_a_few_gave_one_amount(amounts, floor):
    _, counts = np.unique(amounts, return_counts=True)
    assume(len(amounts) - counts.max() < floor)
    assert moments(amounts, floor=floor).why


@given(AMOUNTS, st.integers(2, 10))
def test_a_quartile_stands_for_people_enough(amounts, floor):
    found = moments(amounts, floor=floor)
    for quartile in found.quartiles:
        if not np.isnan(quartile):
            assert (np.abs(amounts - quartile) <= np.ptp(amounts) / 8 + 1e-9).sum() >= floor


@given(AMOUNTS, st.integers(2, 10))
def test_every_class_holds_people_enough_and_every_amount_is_in_one(amounts, floor):
    edges = class_edges(amounts, floor=floor)
    counts, _ = np.histogram(amounts, bins=[*edges[:-1], np.inf])
    assert counts.sum() == len(amounts)
    assert len(counts) == 1 or counts.min() >= floor


def test_a_floor_of_one_is_refused():
    with pytest.raises(ParameterError, match="2 or more"):
        moments(np.arange(20.0), floor=1)


@given(st.floats(1e-6, 1e9))
def test_a_step_is_one_two_or_five_tens(at_least):
    step = nice_step(at_least)
    assert at_least * (1 - 1e-9) <= step <= at_least * 2.5 * (1 + 1e-9)
