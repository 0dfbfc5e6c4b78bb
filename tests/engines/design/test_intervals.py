"""Intervals against published values, R, and statsmodels."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from coee_nb.engines.design import intervals
from coee_nb.errors import EstimationError

ORACLE = Path(__file__).resolve().parents[3].parent / "shared" / "oracle" / "survey"
needs_oracle = pytest.mark.skipif(not ORACLE.exists(), reason="reference values are not here")

# R 4.2.2: prop.test(correct = FALSE), binom.test and prop.test of the seven published counts
R_INTERVALS = [
    (303, 444, (0.63772364825407, 0.724011507813428), (0.636894498516686, 0.725519094533313)),
    (372, 415, (0.863338068469139, 0.922162012937188), (0.86297518290434, 0.9239937052285)),
    (314, 444, (0.66324801872873, 0.74761166470596), (0.662471423435779, 0.749156763029066)),
    (248, 444, (0.51206421134575, 0.604048307885793), (0.510984057243312, 0.605347818861069)),
    (149, 444, (0.293240369582801, 0.380751403344021), (0.291761076745467, 0.381618259869768)),
    (276, 414, (0.619908685256942, 0.710360121456226), (0.618980588078022, 0.711949842882821)),
    (178, 414, (0.383122546269389, 0.478068824822178), (0.381705715137813, 0.479205991610603)),
]


@pytest.mark.parametrize(("count", "nobs", "wilson", "exact"), R_INTERVALS)
def test_intervals_of_the_published_counts_equal_r_prop_test_and_binom_test(
    count, nobs, wilson, exact
):
    assert intervals.wilson(count, nobs) == pytest.approx(wilson, abs=1e-12)
    assert intervals.clopper_pearson(count, nobs) == pytest.approx(exact, abs=1e-12)


@needs_oracle
def test_every_published_row_of_the_r_reference_is_reproduced():
    reference = pd.read_csv(ORACLE / "reference_r.csv", low_memory=False)
    methods = {
        "wilson": intervals.wilson,
        "clopper_pearson": intervals.clopper_pearson,
    }
    published = reference[reference["case"] == "published"]
    rows = published[published["method"].isin(methods)]
    assert len(rows) == 14
    for row in rows.itertuples():
        count, nobs = map(int, row.variable.split("/"))
        assert count / nobs == pytest.approx(row.estimate, abs=1e-14)
        assert methods[row.method](count, nobs) == pytest.approx(
            (row.ci_low, row.ci_high), abs=1e-12
        )


@needs_oracle
def test_the_published_interval_file_is_reproduced_at_both_confidences():
    table = pd.read_csv(ORACLE / "published_intervals.csv")
    for name, method in (("wilson", intervals.wilson), ("beta", intervals.clopper_pearson)):
        rows = table[table["method"] == name]
        for confidence, here in rows.groupby("conf"):
            low, high = method(here["count"], here["nobs"], confidence=confidence)
            np.testing.assert_allclose(low, here["low"], atol=1e-12)
            np.testing.assert_allclose(high, here["high"], atol=1e-12)


@needs_oracle
def test_wilson_takes_an_effective_size_with_finite_population_correction():
    table = pd.read_csv(ORACLE / "published_intervals.csv")
    rows = table[table["method"] == "wilson_fpc_neff_N1052"]
    assert len(rows) == 7
    size = rows["nobs"] * (1052 - 1) / (1052 - rows["nobs"])
    low, high = intervals.wilson(size * rows["count"] / rows["nobs"], size)
    np.testing.assert_allclose(low, rows["low"], atol=1e-12)
    np.testing.assert_allclose(high, rows["high"], atol=1e-12)


@given(st.integers(0, 400), st.integers(1, 400), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_closed_form_wilson_and_exact_equal_statsmodels(part, nobs, confidence):
    count = min(part, nobs)
    for ours, method in ((intervals.wilson, "wilson"), (intervals.clopper_pearson, "beta")):
        low, high = proportion_confint(count, nobs, alpha=1 - confidence, method=method)
        assert ours(count, nobs, confidence=confidence) == pytest.approx((low, high), abs=1e-9)


@given(st.integers(0, 300), st.integers(1, 300))
def test_every_interval_holds_the_share_within_0_and_1(part, nobs):
    count = min(part, nobs)
    methods = (intervals.wilson, intervals.clopper_pearson)
    for method in methods:
        low, high = method(count, nobs)
        assert 0 <= low <= count / nobs <= high <= 1


def test_columns_give_what_single_counts_give():
    counts, nobs = np.array([0, 3, 10]), np.array([10, 10, 10])
    low, high = intervals.wilson(counts, nobs)
    for k in range(3):
        assert (low[k], high[k]) == intervals.wilson(counts[k], nobs[k])


def test_no_answers_give_no_interval():
    for method in (intervals.wilson, intervals.clopper_pearson):
        assert np.isnan(method(0, 0)).all()


@pytest.mark.parametrize(("count", "nobs"), [(-1, 3), (4, 3)])
def test_a_count_outside_its_denominator_is_refused(count, nobs):
    with pytest.raises(EstimationError, match="denominator"):
        intervals.wilson(count, nobs)


def test_clopper_pearson_covers_at_least_its_confidence():
    nobs = np.arange(31)
    for share in (0.03, 0.2, 0.5):
        low, high = intervals.clopper_pearson(nobs, 30)
        from scipy.stats import binom

        covered = binom.pmf(nobs, 30, share)[(low <= share) & (share <= high)].sum()
        assert covered >= 0.95


def test_korn_graubard_at_0_and_1_is_clopper_pearson_on_the_rows():
    for share in (0.0, 1.0):
        found = intervals.korn_graubard(share, 0.0, rows=40, degrees_of_freedom=39)
        assert found == pytest.approx(intervals.clopper_pearson(40 * share, 40))


def test_korn_graubard_of_a_complete_census_has_no_width():
    assert intervals.korn_graubard(0.3, 0.0, rows=40, degrees_of_freedom=39) == (0.3, 0.3)


def test_korn_graubard_widens_with_fewer_degrees_of_freedom():
    few = intervals.korn_graubard(0.3, 0.05, rows=100, degrees_of_freedom=9)
    many = intervals.korn_graubard(0.3, 0.05, rows=100, degrees_of_freedom=99)
    assert few.low < many.low < 0.3 < many.high < few.high


def test_bounds_of_303_of_444_in_1052():
    assert intervals.no_assumption_bounds(303, 444, 1052) == (303 / 1052, 911 / 1052)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.data())
def test_bounds_hold_whatever_the_others_would_have_said(yes, no, silent, data):
    would_say_yes = data.draw(st.integers(0, silent))
    frame = yes + no + silent
    if frame == 0:
        return
    low, high = intervals.no_assumption_bounds(yes, yes + no, frame)
    assert low <= (yes + would_say_yes) / frame <= high


def test_bounds_refuse_more_answers_than_people():
    with pytest.raises(EstimationError, match="frame"):
        intervals.no_assumption_bounds(3, 10, 9)


@pytest.mark.parametrize(
    ("share", "rows", "effective", "low", "high", "verdict", "reason"),
    [
        (0.5, 29, 100, 0.49, 0.51, "suppress", "fewer than 30"),
        (0.5, 100, 29, 0.49, 0.51, "suppress", "fewer than 30"),
        (0.01, 1000, 1000, 0.0, 0.05, "show", ""),
        (0.5, 50, 50, 0.35, 0.65, "suppress", "30 points"),
        (0.05, 200, 200, 0.02, 0.10, "suppress", "130%"),
        (0.5, 400, 400, 0.45, 0.55, "show", ""),
        (0.5, 400, 400, np.nan, np.nan, "suppress", "no interval"),
    ],
)
def test_precision_follows_the_nchs_rules_in_order(
    share, rows, effective, low, high, verdict, reason
):
    found = intervals.precision(
        share, rows=rows, effective_rows=effective, degrees_of_freedom=99, low=low, high=high
    ).iloc[0]
    assert found["verdict"] == verdict
    assert reason in found["reason"]


def test_precision_footnotes_a_complement_and_asks_for_review():
    judged = intervals.precision(
        [0.95, 0.5, 0.0],
        rows=200,
        effective_rows=200,
        degrees_of_freedom=[99, 7, 99],
        low=[0.90, 0.45, 0.0],
        high=[0.98, 0.55, 0.018],
    )
    assert judged["footnote"].tolist() == [True, False, False]
    assert judged["review"].tolist() == [False, True, True]
    assert (judged["verdict"] == "show").all()
