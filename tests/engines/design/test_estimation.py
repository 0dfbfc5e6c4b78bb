"""Design-based estimates against R 4.2.2, survey 4.1-1."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.api import OLS

from coee_nb.engines.design import estimation
from coee_nb.errors import EstimationError, InputError

ORACLE = Path(__file__).resolve().parents[3].parent / "shared" / "oracle" / "survey"
needs_oracle = pytest.mark.skipif(not ORACLE.exists(), reason="reference values are not here")
TOLERANCE = 1e-8
MARGINS = ("center", "title")


@pytest.fixture(scope="module")
def generated():
    """One question of generated respondents, and the frame's counts by Center and by title."""
    cells = pd.read_csv(Path(__file__).with_name("generated_q1.csv"), comment="#")
    wide = cells.melt(["center", "title", "frame"], ["yes", "no", "blank"], "answer", "people")
    rows = wide.loc[wide.index.repeat(wide["people"])].reset_index(drop=True)
    rows["q1"] = rows["answer"].map({"yes": 1.0, "no": 0.0})
    return rows, {by: cells.groupby(by)["frame"].sum().to_dict() for by in MARGINS}


@pytest.fixture(scope="module")
def respondents():
    return pd.read_csv(ORACLE / "respondents.csv")


@pytest.fixture(scope="module")
def counts():
    frame = pd.read_csv(ORACLE / "frame.csv")
    return {by: frame.groupby(by).size().to_dict() for by in MARGINS}


@pytest.fixture(scope="module")
def reference():
    return pd.read_csv(ORACLE / "reference_r.csv", low_memory=False)


def designs(rows, frame):
    """The designs of the reference, by the name of their case."""
    random = estimation.simple_random(len(rows), frame=sum(frame["center"].values()))
    margins = {by: (rows[by], frame[by]) for by in MARGINS}
    return {
        "syn_srs_fpc": random,
        "syn_srs_nofpc": estimation.simple_random(len(rows)),
        "syn_srs_fpc_post_title": estimation.post_stratified(random, *margins["title"]),
        "syn_srs_fpc_rake_center_title": estimation.raked(random, margins),
    }


# case, estimate, standard error, logit interval: reference_r.csv, q1
CARRIED = [
    ("syn_srs_fpc", 0.682432432432432, 0.0153666760794366, 0.651511288306404, 0.711823520098679),
    (
        "syn_srs_fpc_post_title",
        0.680693861959559,
        0.0154167662548458,
        0.649679377885882,
        0.710187426894516,
    ),
    (
        "syn_srs_fpc_rake_center_title",
        0.692236715702033,
        0.0150283545512745,
        0.661957758160486,
        0.720946860194948,
    ),
]


@pytest.mark.parametrize(("case", "estimate", "error", "low", "high"), CARRIED)
def test_carried_values_of_r_svymean_and_svyciprop(generated, case, estimate, error, low, high):
    rows, frame = generated
    found = estimation.mean(designs(rows, frame)[case], rows["q1"])
    assert found.estimate == pytest.approx(estimate, abs=TOLERANCE)
    assert found.standard_error == pytest.approx(error, abs=TOLERANCE)
    assert found.interval() == pytest.approx((low, high), abs=TOLERANCE)
    assert found.answered == 444


def test_303_of_444_has_three_standard_errors():
    errors = estimation.proportion_errors(303 / 444, answered=444, responded=544, frame=1052)
    assert [round(float(error), 4) for error in errors] == [0.0221, 0.0168, 0.0154]


def test_closed_form_errors_equal_the_linearised_ones(generated):
    rows, _ = generated
    errors = estimation.proportion_errors(303 / 444, answered=444, responded=544, frame=1052)
    domain = estimation.mean(estimation.simple_random(544, frame=1052), rows["q1"]).standard_error
    sample = estimation.mean(
        estimation.simple_random(444, frame=1052), rows["q1"].dropna()
    ).standard_error
    assert errors.domain == pytest.approx(domain, abs=1e-14)
    assert errors.answered_as_sample == pytest.approx(sample, abs=1e-14)


@needs_oracle
def test_weights_equal_r_postStratify_and_rake(respondents, counts):  # noqa: N802
    weights = pd.read_csv(ORACLE / "syn_weights.csv")
    columns = {
        "syn_srs_fpc": "w_srs",
        "syn_srs_fpc_post_title": "w_post_title",
        "syn_srs_fpc_rake_center_title": "w_rake",
    }
    assert (weights["person_id"] == respondents["person_id"]).all()
    for case, column in columns.items():
        np.testing.assert_allclose(
            designs(respondents, counts)[case].weights, weights[column], atol=TOLERANCE
        )


@needs_oracle
def test_every_mean_and_proportion_of_the_r_reference(respondents, counts, reference):
    """All rows of designs without strata; a group's mean is that of its values alone."""
    by_case = designs(respondents, counts)
    rows = reference[
        reference["stat"].isin(["svymean", "svyciprop", "svyby_svymean", "svyby_svyciprop"])
        & reference["case"].isin([*by_case, "syn_item_srs_fpc"])
    ]
    assert len(rows) == 594
    for row in rows.itertuples():
        values, design = respondents[row.variable], by_case.get(row.case)
        if design is None:
            values = values.dropna()
            design = estimation.simple_random(len(values), frame=1052)
        by, _, level = row.level.partition("=")
        if level:
            values = values.where(respondents[by] == level)
        found = estimation.mean(design, values)
        where = f"{row.case} {row.stat} {row.variable} {row.level} {row.method}"
        assert found.estimate == pytest.approx(row.estimate, abs=TOLERANCE), where
        if not np.isnan(row.se):
            assert found.standard_error == pytest.approx(row.se, abs=TOLERANCE), where
        if row.level == "all":
            assert found.answered == row.n, where
            assert row.df in (found.degrees_of_freedom, np.inf), where
            if row.method in ("logit", "xlogit"):
                ends = (row.ci_low, row.ci_high)
                assert found.interval() == pytest.approx(ends, abs=TOLERANCE), where


def test_difference_is_that_of_a_regression_with_robust_errors(generated):
    """R's svyttest is svyglm on the group; its sandwich is HC0 with n / (n - 1) and fpc."""
    rows, _ = generated
    here = (rows["center"] == "C06").to_numpy()
    found = estimation.difference(estimation.simple_random(544, frame=1052), rows["q1"], here)
    answered = rows["q1"].notna().to_numpy()
    columns = np.column_stack([np.ones(answered.sum()), here[answered]])
    fit = OLS(rows.loc[answered, "q1"].to_numpy(), columns).fit(cov_type="HC0")
    error = fit.bse[1] * np.sqrt(544 / 543 * (1 - 544 / 1052))
    assert found.estimate == pytest.approx(fit.params[1], abs=TOLERANCE)
    assert found.standard_error == pytest.approx(error, abs=TOLERANCE)
    assert found.degrees_of_freedom == 444 - 2
    assert found.p == pytest.approx(2 * stats.t.sf(fit.params[1] / error, 442), abs=TOLERANCE)
    half = stats.t.ppf(0.975, 442) * error
    assert (found.low, found.high) == pytest.approx(
        (fit.params[1] - half, fit.params[1] + half), abs=TOLERANCE
    )


# The R reference has no svychisq; svy 0.35.0 computes the same test independently
SVY_RAO_SCOTT = [
    ("syn_srs_fpc", "title", 0.6605491754227432, 2.0, 1086.0),
    ("syn_srs_nofpc", "center", 1.2796929984349295, 9.0, 4887.0),
]


@needs_oracle
@pytest.mark.parametrize(("case", "by", "statistic", "numerator", "denominator"), SVY_RAO_SCOTT)
def test_rao_scott_of_completion_equals_svy(
    respondents, counts, case, by, statistic, numerator, denominator
):
    design = designs(respondents, counts)[case]
    found = estimation.rao_scott(design, respondents[by], respondents["finished"])
    assert found.statistic == pytest.approx(statistic, abs=TOLERANCE)
    assert found.numerator_df == pytest.approx(numerator, abs=TOLERANCE)
    assert found.denominator_df == pytest.approx(denominator, abs=1e-7)
    assert found.p == pytest.approx(stats.f.sf(statistic, numerator, denominator), abs=TOLERANCE)


def test_rao_scott_of_a_simple_random_sample_is_pearsons_test(generated):
    rows, _ = generated
    answered = rows.dropna(subset="q1").reset_index(drop=True)
    found = estimation.rao_scott(
        estimation.simple_random(len(answered)), answered["center"], answered["q1"]
    )
    pearson = stats.chi2_contingency(
        pd.crosstab(answered["center"], answered["q1"]), correction=False
    )
    assert found.numerator_df == pytest.approx(9)
    assert found.statistic * 9 == pytest.approx(pearson.statistic * 443 / 444, rel=1e-9)


def test_rao_scott_of_a_two_by_two_table_is_its_own_square():
    rng = np.random.default_rng(3)
    left, right = pd.Series(rng.integers(0, 2, 300)), pd.Series(rng.integers(0, 2, 300))
    design = estimation.simple_random(300)
    forward, backward = (
        estimation.rao_scott(design, left, right),
        estimation.rao_scott(design, right, left),
    )
    assert forward.statistic == pytest.approx(backward.statistic)
    assert forward.p == pytest.approx(backward.p)


def test_rao_scott_rejects_a_true_hypothesis_as_often_as_it_says():
    rng = np.random.default_rng(11)
    design = estimation.simple_random(120, frame=720)
    rejected = 0
    for _ in range(400):
        rows, columns = rng.integers(0, 3, 120), rng.integers(0, 2, 120)
        rejected += estimation.rao_scott(design, pd.Series(rows), pd.Series(columns)).p < 0.1
    assert 0.05 < rejected / 400 < 0.16


def test_post_stratified_intervals_cover_the_planted_share_of_a_finite_frame():
    rng = np.random.default_rng(5)
    frame = pd.Series(np.repeat(["a", "b"], [300, 100]))
    truth = np.r_[np.repeat([1.0, 0.0], [90, 210]), np.repeat([1.0, 0.0], [70, 30])]
    covered = 0
    for _ in range(300):
        drawn = rng.choice(400, 160, replace=False)
        groups = frame[drawn].reset_index(drop=True)
        plain = estimation.simple_random(160, frame=400)
        design = estimation.post_stratified(plain, groups, {"a": 300, "b": 100})
        low, high = estimation.mean(design, truth[drawn]).interval()
        covered += low <= truth.mean() <= high
    assert 0.92 < covered / 300 < 0.98


def test_post_stratification_removes_the_bias_of_unequal_response():
    groups = pd.Series(np.repeat(["a", "b"], [80, 20]))
    values = np.r_[np.repeat([1.0, 0.0], [60, 20]), np.repeat([1.0, 0.0], [5, 15])]
    frame = {"a": 100, "b": 100}
    plain = estimation.simple_random(100, frame=200)
    weighted = estimation.mean(estimation.post_stratified(plain, groups, frame), values)
    assert estimation.mean(plain, values).estimate == 0.65
    assert weighted.estimate == pytest.approx(0.5)


def test_calibrating_to_what_is_asked_leaves_no_error(generated):
    rows, frame = generated
    design = estimation.post_stratified(
        estimation.simple_random(544, frame=1052), rows["center"], frame["center"]
    )
    found = estimation.mean(design, rows["center"] == "C01")
    assert found.estimate == pytest.approx(238 / 1052)
    assert found.standard_error == pytest.approx(0, abs=1e-12)


def test_a_complete_census_has_no_error():
    assert estimation.mean(estimation.simple_random(4, frame=4), [1, 1, 0, 0]).standard_error == 0


def test_inputs_are_left_as_they_were(generated):
    rows, frame = generated
    before = rows.copy()
    estimation.mean(
        estimation.raked(
            estimation.simple_random(544, frame=1052), {by: (rows[by], frame[by]) for by in MARGINS}
        ),
        rows["q1"],
    )
    pd.testing.assert_frame_equal(rows, before)


def test_no_interval_where_all_say_yes():
    found = estimation.mean(estimation.simple_random(50, frame=100), np.ones(50))
    assert np.isnan(found.interval()).all()


def refusals():
    """One call for each way to fail, with what its message says."""
    three = pd.Series(["a", "a", "b"])
    even, skewed = {"a": 4, "b": 4}, {"a": 3, "b": 5}
    plain = estimation.simple_random(3)
    return [
        (EstimationError, "no respondents", lambda: estimation.simple_random(0)),
        (EstimationError, "frame of 2", lambda: estimation.simple_random(3, frame=2)),
        (
            InputError,
            "not in the frame",
            lambda: estimation.post_stratified(plain, three, {"a": 9}),
        ),
        (
            InputError,
            "without",
            lambda: estimation.post_stratified(
                estimation.simple_random(2), pd.Series(["a", None]), {"a": 9}
            ),
        ),
        (
            EstimationError,
            "stands for 'c'",
            lambda: estimation.post_stratified(plain, three, even | {"c": 9}),
        ),
        (EstimationError, "nobody answered", lambda: estimation.mean(plain, [np.nan] * 3)),
        (InputError, "2 values", lambda: estimation.mean(plain, [1, 0])),
        (
            EstimationError,
            "one respondent",
            lambda: estimation.mean(estimation.simple_random(1, frame=9), [1]),
        ),
        (EstimationError, "one side", lambda: estimation.difference(plain, [1, 0, 1], [True] * 3)),
        (
            EstimationError,
            "variation",
            lambda: estimation.difference(plain, [1, 1, 1], three == "a"),
        ),
        (
            EstimationError,
            "two classes",
            lambda: estimation.rao_scott(plain, three, pd.Series([1, 1, 1])),
        ),
        (
            EstimationError,
            "different totals",
            lambda: estimation.raked(plain, {"x": (three, even), "y": (three, {"a": 4, "b": 5})}),
        ),
        (
            EstimationError,
            "does not converge",
            lambda: estimation.raked(plain, {"x": (three, even), "y": (three, skewed)}),
        ),
    ]


@pytest.mark.parametrize(("error", "message", "call"), refusals())
def test_what_cannot_be_estimated_is_refused(error, message, call):
    with pytest.raises(error, match=message):
        call()
