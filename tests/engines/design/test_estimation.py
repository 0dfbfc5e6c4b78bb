"""Design-based estimates against R 4.2.2, survey 4.1-1."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from coee_nb.engines.design import estimation as room
from coee_nb.errors import EstimationError, InputError

ORACLE = Path(__file__).resolve().parents[3].parent / "shared" / "oracle" / "survey"
needs_oracle = pytest.mark.skipif(not ORACLE.exists(), reason="reference values are not here")
TOLERANCE = 1e-8
METHODS = {
    "logit": "logit",
    "xlogit": "logit",
    "asin": "arcsine",
    "beta": "korn_graubard",
    "mean": "wald",
    "wald_t_df": "wald",
    "wald_z": "normal",
    "se": None,
}
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
    random = room.simple_random(len(rows), frame=sum(frame["center"].values()))
    strata = room.stratified(rows["center"], frame["center"])
    margins = {by: (rows[by], frame[by]) for by in MARGINS}
    return {
        "syn_srs_fpc": random,
        "syn_srs_nofpc": room.simple_random(len(rows)),
        "syn_strat_center_fpc": strata,
        "syn_srs_fpc_post_title": room.post_stratified(random, *margins["title"]),
        "syn_strat_center_fpc_post_title": room.post_stratified(strata, *margins["title"]),
        "syn_srs_fpc_rake_center_title": room.raked(random, margins),
        "syn_strat_center_fpc_rake_center_title": room.raked(strata, margins),
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
        "syn_strat_center_fpc_post_title",
        0.691710993732327,
        0.0153539874606057,
        0.660761740902705,
        0.721028789023871,
    ),
    (
        "syn_strat_center_fpc_rake_center_title",
        0.692236715702033,
        0.0154305068041086,
        0.661126329068146,
        0.721693303284826,
    ),
]


@pytest.mark.parametrize(("case", "estimate", "error", "low", "high"), CARRIED)
def test_carried_values_of_r_svymean_and_svyciprop(generated, case, estimate, error, low, high):
    rows, frame = generated
    found = room.mean(designs(rows, frame)[case], rows["q1"])
    assert found.estimate == pytest.approx(estimate, abs=TOLERANCE)
    assert found.standard_error == pytest.approx(error, abs=TOLERANCE)
    assert found.interval() == pytest.approx((low, high), abs=TOLERANCE)
    assert found.answered == 444


def test_303_of_444_has_three_standard_errors():
    errors = room.proportion_errors(303 / 444, answered=444, responded=544, frame=1052)
    assert [round(float(error), 4) for error in errors] == [0.0221, 0.0168, 0.0154]


def test_closed_form_errors_equal_the_linearised_ones(generated):
    rows, _ = generated
    errors = room.proportion_errors(303 / 444, answered=444, responded=544, frame=1052)
    domain = room.mean(room.simple_random(544, frame=1052), rows["q1"]).standard_error
    sample = room.mean(room.simple_random(444, frame=1052), rows["q1"].dropna()).standard_error
    assert errors.domain == pytest.approx(domain, abs=1e-14)
    assert errors.answered_as_sample == pytest.approx(sample, abs=1e-14)


@needs_oracle
def test_weights_equal_r_postStratify_and_rake(respondents, counts):  # noqa: N802
    weights = pd.read_csv(ORACLE / "syn_weights.csv")
    columns = {
        "syn_srs_fpc": "w_srs",
        "syn_strat_center_fpc": "w_center",
        "syn_srs_fpc_post_title": "w_post_title",
        "syn_strat_center_fpc_post_title": "w_center_post_title",
        "syn_srs_fpc_rake_center_title": "w_rake",
        "syn_strat_center_fpc_rake_center_title": "w_center_rake",
    }
    assert (weights["person_id"] == respondents["person_id"]).all()
    for case, column in columns.items():
        np.testing.assert_allclose(
            designs(respondents, counts)[case].weights, weights[column], atol=TOLERANCE
        )


def design_of(row, respondents, counts, by_case):
    """The design, values and domain of one row of the reference."""
    values = respondents[row.variable]
    if row.case.startswith("syn_item"):
        kept = respondents[values.notna()]
        if row.case == "syn_item_srs_fpc":
            return room.simple_random(len(kept), frame=1052), kept[row.variable], None
        return room.stratified(kept["center"], counts["center"]), kept[row.variable], None
    by, _, level = row.level.partition("=")
    domain = (respondents[by] == level) if level else None
    return by_case[row.case], values, domain


@needs_oracle
def test_every_mean_and_proportion_of_the_r_reference(respondents, counts, reference):
    by_case = designs(respondents, counts)
    rows = reference[
        reference["stat"].isin(["svymean", "svyciprop", "svyby_svymean", "svyby_svyciprop"])
        & (reference["method"] != "likelihood")
    ]
    assert len(rows) == 979  # with 63 likelihood rows, 1 svyttest, 140 fisher, 21 binom: all 1,204
    for row in rows.itertuples():
        design, values, domain = design_of(row, respondents, counts, by_case)
        found = room.mean(design, values, domain=domain)
        where = f"{row.case} {row.stat} {row.variable} {row.level} {row.method}"
        assert found.estimate == pytest.approx(row.estimate, abs=TOLERANCE), where
        if not np.isnan(row.se):
            assert found.standard_error == pytest.approx(row.se, abs=TOLERANCE), where
        if not np.isnan(row.ci_low):
            ends = found.interval(method=METHODS[row.method])
            assert ends == pytest.approx((row.ci_low, row.ci_high), abs=TOLERANCE), where
        if row.level == "all":
            assert found.answered == row.n, where
            freedom = found.degrees_of_freedom if np.isfinite(row.df) else np.inf
            assert freedom == row.df, where
        if row.method == "wald_t_df":
            assert found.design_effect == pytest.approx(row.extra, abs=TOLERANCE), where


@needs_oracle
def test_means_by_equals_r_svyby(respondents, counts, reference):
    found = room.means_by(
        designs(respondents, counts)["syn_strat_center_fpc"],
        respondents["q3"],
        respondents["center"],
    ).set_index("group")
    rows = reference[
        (reference["case"] == "syn_strat_center_fpc")
        & (reference["stat"] == "svyby_svyciprop")
        & (reference["variable"] == "q3")
        & (reference["method"] == "logit")
    ]
    for row in rows[rows["level"].str.startswith("center=")].itertuples():
        here = found.loc[row.level.removeprefix("center=")]
        assert (here["low"], here["high"]) == pytest.approx((row.ci_low, row.ci_high), abs=1e-8)
    assert np.isnan(found.loc["C10", "low"])  # all said yes: no logit interval there


# R's likelihood interval is interpolated: the tests below redo its grid on our estimates


def r_spline(x, y, at):
    """A cubic spline whose ends share the third derivative of the cubic through four points."""
    size, step = len(x), np.diff(x)
    matrix, right = np.zeros((size, size)), np.zeros(size)
    for i in range(1, size - 1):
        matrix[i, i - 1 : i + 2] = step[i - 1], 2 * (step[i - 1] + step[i]), step[i]
        right[i] = 6 * ((y[i + 1] - y[i]) / step[i] - (y[i] - y[i - 1]) / step[i - 1])
    for row, first, width in ((0, 0, step[0]), (-1, size - 4, step[-1])):
        cubic = np.polyfit(x[first : first + 4] - x[first], y[first : first + 4], 3)
        matrix[row, [0, 1] if row == 0 else [-2, -1]] = -1, 1
        right[row] = 6 * cubic[0] * width
    second = np.linalg.solve(matrix, right)
    k = np.clip(np.searchsorted(x, at) - 1, 0, size - 2)
    gap, width = at - x[k], step[k]
    slope = (y[k + 1] - y[k]) / width - width * (2 * second[k] + second[k + 1]) / 6
    return y[k] + gap * (
        slope + gap * (second[k] / 2 + gap * (second[k + 1] - second[k]) / (6 * width))
    )


def r_fit(values, weights):
    """Iteratively reweighted fit of a constant as R's glm: its logit and naive variance."""
    fitted = (weights * values + 0.5) / (weights + 1)
    logit = np.log(fitted / (1 - fitted))
    deviance = np.inf
    while True:
        spread = fitted * (1 - fitted)
        inner = weights * spread
        constant = np.sum(inner * (logit + (values - fitted) / spread)) / inner.sum()
        naive, before = 1 / inner.sum(), deviance
        logit = np.full(len(values), constant)
        fitted = 1 / (1 + np.exp(-logit))
        deviance = -2 * np.sum(weights * np.log(np.where(values == 1, fitted, 1 - fitted)))
        if abs(deviance - before) / (abs(deviance) + 0.1) < 1e-8:
            return constant, naive


def r_profile(found, values, weights, dispersion):
    """R's confint.svyglm(method = "likelihood") around our estimate and standard error."""
    weights = weights / weights.mean()
    share, size = found.estimate, found.answered
    constant, naive = r_fit(values, weights)
    error = found.standard_error / (share * (1 - share))
    cut = stats.t.ppf(0.025, found.degrees_of_freedom) * error / np.sqrt(naive)
    farthest = np.sqrt(stats.f.ppf(1 - stats.norm.cdf(cut) / 2, 1, size - 1))
    centre = 1 / (1 + np.exp(-constant))
    scale = dispersion * size / (size - 1)

    def deviance(logit):
        at = 1 / (1 + np.exp(-logit))
        return -2 * size * (share * np.log(at) + (1 - share) * np.log(1 - at))

    points = [(constant, 0.0)]
    for sign in (-1, 1):
        for step in range(1, 10):
            logit = constant + sign * step * farthest / 5 * error
            excess = (deviance(logit) - deviance(constant)) / scale
            points.append((logit, sign * np.sqrt(max(excess, 0))))
            if abs(points[-1][1]) >= farthest:
                break
    logits, roots = np.array(sorted(points)).T
    grid = np.linspace(logits[0], logits[-1], 3 * len(logits))
    ends = np.interp([cut, -cut], r_spline(logits, roots, grid), grid)
    assert abs(centre - share) < 1e-8
    return 1 / (1 + np.exp(-ends))


@needs_oracle
def test_likelihood_intervals_of_the_r_reference_but_for_its_conventions(
    respondents, counts, reference
):
    """Ours is the exact root. R's grid, redone on our estimates, gives R's numbers.

    With blanks under unequal weights R scales the deviance by the mean weight of those who
    answered over that of all; there its numbers come out only with that factor, to 3e-6.
    """
    by_case = designs(respondents, counts)
    rows = reference[reference["method"] == "likelihood"]
    assert len(rows) == 63
    for row in rows.itertuples():
        design, values, _ = design_of(row, respondents, counts, by_case)
        found = room.mean(design, values)
        answered = values.notna().to_numpy()
        used = design.weights[answered]
        equal = row.case.startswith(("syn_item", "syn_srs_fpc", "syn_srs_nofpc"))
        equal &= "post" not in row.case and "rake" not in row.case
        factor = used.mean() / design.weights.mean()
        factor = used.sum() / design.weights.sum() if design.calibration else factor
        ends = r_profile(found, values[answered].to_numpy(), used, 1 if equal else factor)
        where = f"{row.case} {row.variable}"
        close = TOLERANCE if equal else 3e-6
        assert found.estimate == pytest.approx(row.estimate, abs=TOLERANCE), where
        assert found.standard_error == pytest.approx(row.se, abs=TOLERANCE), where
        assert ends == pytest.approx((row.ci_low, row.ci_high), abs=close), where
        if equal:
            exact = found.interval(method="likelihood")
            assert exact == pytest.approx((row.ci_low, row.ci_high), abs=3e-6), where


def test_likelihood_interval_without_design_is_the_binomial_likelihood_ratio():
    found = room.mean(room.simple_random(10_000), np.r_[np.ones(3000), np.zeros(7000)])
    for end in found.interval(method="likelihood"):
        ratio = 2 * 10_000 * (0.3 * np.log(0.3 / end) + 0.7 * np.log(0.7 / (1 - end)))
        assert ratio == pytest.approx(stats.t.ppf(0.975, 9999) ** 2 * (10_000 / 9999) ** 2)


@needs_oracle
def test_difference_equals_r_svyttest(respondents, counts, reference):
    row = reference[reference["stat"] == "svyttest"].iloc[0]
    found = room.difference(
        room.stratified(respondents["center"], counts["center"]),
        respondents["q1"],
        respondents["center"] == "C06",
    )
    assert found.estimate == pytest.approx(row["estimate"], abs=TOLERANCE)
    assert (found.low, found.high) == pytest.approx((row["ci_low"], row["ci_high"]), abs=TOLERANCE)
    assert found.p == pytest.approx(row["extra"], abs=TOLERANCE)
    assert found.degrees_of_freedom == row["df"]


def test_difference_of_carried_rows_equals_r_svyttest(generated):
    rows, frame = generated
    strata = room.stratified(rows["center"], frame["center"])
    found = room.difference(strata, rows["q1"], rows["center"] == "C06")
    assert found.estimate == pytest.approx(0.13293731030864, abs=TOLERANCE)
    assert found.p == pytest.approx(0.0384900453290294, abs=TOLERANCE)


# The R reference has no svychisq; svy 0.35.0 computes the same test independently
SVY_RAO_SCOTT = [
    ("syn_strat_center_fpc", "title", 0.30578045700517165, 1.9937139864643443, 1064.6432687719598),
    ("syn_strat_center_fpc", "center", 2.5700394790200107, 7.193488868282271, 3841.3230556627327),
    ("syn_srs_fpc", "title", 0.6605491754227432, 2.0, 1086.0),
    ("syn_srs_nofpc", "center", 1.2796929984349295, 9.0, 4887.0),
]


@needs_oracle
@pytest.mark.parametrize(("case", "by", "statistic", "numerator", "denominator"), SVY_RAO_SCOTT)
def test_rao_scott_of_completion_equals_svy(
    respondents, counts, case, by, statistic, numerator, denominator
):
    design = designs(respondents, counts)[case]
    found = room.rao_scott(design, respondents[by], respondents["finished"])
    assert found.statistic == pytest.approx(statistic, abs=TOLERANCE)
    assert found.numerator_df == pytest.approx(numerator, abs=TOLERANCE)
    assert found.denominator_df == pytest.approx(denominator, abs=1e-7)
    assert found.p == pytest.approx(stats.f.sf(statistic, numerator, denominator), abs=TOLERANCE)


def test_rao_scott_of_a_simple_random_sample_is_pearsons_test(generated):
    rows, _ = generated
    answered = rows.dropna(subset="q1").reset_index(drop=True)
    found = room.rao_scott(room.simple_random(len(answered)), answered["center"], answered["q1"])
    pearson = stats.chi2_contingency(
        pd.crosstab(answered["center"], answered["q1"]), correction=False
    )
    assert found.numerator_df == pytest.approx(9)
    assert found.statistic * 9 == pytest.approx(pearson.statistic * 443 / 444, rel=1e-9)


def test_rao_scott_of_a_two_by_two_table_is_its_own_square():
    rng = np.random.default_rng(3)
    left, right = pd.Series(rng.integers(0, 2, 300)), pd.Series(rng.integers(0, 2, 300))
    design = room.simple_random(300)
    forward, backward = room.rao_scott(design, left, right), room.rao_scott(design, right, left)
    assert forward.statistic == pytest.approx(backward.statistic)
    assert forward.p == pytest.approx(backward.p)


def test_rao_scott_rejects_a_true_hypothesis_as_often_as_it_says():
    rng = np.random.default_rng(11)
    strata = pd.Series(np.repeat(["a", "b", "c"], [40, 60, 20]))
    design = room.stratified(strata, {"a": 400, "b": 120, "c": 200})
    rejected = 0
    for _ in range(400):
        rows, columns = rng.integers(0, 3, 120), rng.integers(0, 2, 120)
        rejected += room.rao_scott(design, pd.Series(rows), pd.Series(columns)).p < 0.1
    assert 0.05 < rejected / 400 < 0.16


def test_stratified_intervals_cover_the_planted_share_of_a_finite_frame():
    rng = np.random.default_rng(5)
    frame = pd.Series(np.repeat(["a", "b"], [300, 100]))
    truth = np.r_[np.repeat([1.0, 0.0], [90, 210]), np.repeat([1.0, 0.0], [70, 30])]
    covered = 0
    for _ in range(300):
        drawn = np.r_[rng.choice(300, 100, replace=False), 300 + rng.choice(100, 60, replace=False)]
        groups = frame[drawn].reset_index(drop=True)
        design = room.stratified(groups, {"a": 300, "b": 100})
        low, high = room.mean(design, truth[drawn]).interval()
        covered += low <= truth.mean() <= high
    assert 0.92 < covered / 300 < 0.98


def test_post_stratification_removes_the_bias_of_unequal_response():
    groups = pd.Series(np.repeat(["a", "b"], [80, 20]))
    values = np.r_[np.repeat([1.0, 0.0], [60, 20]), np.repeat([1.0, 0.0], [5, 15])]
    frame = {"a": 100, "b": 100}
    plain = room.simple_random(100, frame=200)
    weighted = room.mean(room.post_stratified(plain, groups, frame), values)
    assert room.mean(plain, values).estimate == 0.65
    assert weighted.estimate == pytest.approx(0.5)


def test_calibrating_to_what_is_asked_leaves_no_error(generated):
    rows, frame = generated
    design = room.post_stratified(
        room.simple_random(544, frame=1052), rows["center"], frame["center"]
    )
    found = room.mean(design, rows["center"] == "C01")
    assert found.estimate == pytest.approx(238 / 1052)
    assert found.standard_error == pytest.approx(0, abs=1e-12)


def test_a_complete_census_has_no_error():
    assert room.mean(room.simple_random(4, frame=4), [1, 1, 0, 0]).standard_error == 0


def test_inputs_are_left_as_they_were(generated):
    rows, frame = generated
    before = rows.copy()
    room.mean(
        room.raked(
            room.simple_random(544, frame=1052), {by: (rows[by], frame[by]) for by in MARGINS}
        ),
        rows["q1"],
    )
    pd.testing.assert_frame_equal(rows, before)


def test_intervals_at_all_yes_exist_only_where_they_can():
    found = room.mean(room.simple_random(50, frame=100), np.ones(50))
    for method in ("logit", "likelihood", "arcsine"):
        assert np.isnan(found.interval(method=method)).all()
    assert found.interval(method="korn_graubard").high == 1
    assert 0.9 < found.interval(method="korn_graubard").low < 1


def refusals():
    """One call for each way to fail, with what its message says."""
    three = pd.Series(["a", "a", "b"])
    even, skewed = {"a": 4, "b": 4}, {"a": 3, "b": 5}
    plain = room.simple_random(3)
    return [
        (EstimationError, "no respondents", lambda: room.simple_random(0)),
        (EstimationError, "frame of 2", lambda: room.simple_random(3, frame=2)),
        (InputError, "not in the frame", lambda: room.stratified(three, {"a": 9})),
        (InputError, "without", lambda: room.stratified(pd.Series(["a", None]), {"a": 9})),
        (
            EstimationError,
            "stands for 'c'",
            lambda: room.stratified(three, even | {"c": 9}),
        ),
        (EstimationError, "people in 'a'", lambda: room.stratified(three, {"a": 1, "b": 9})),
        (EstimationError, "nobody answered", lambda: room.mean(plain, [np.nan] * 3)),
        (InputError, "2 values", lambda: room.mean(plain, [1, 0])),
        (
            EstimationError,
            "one respondent",
            lambda: room.mean(room.stratified(three, {"a": 9, "b": 9}), [1, 0, 1]),
        ),
        (EstimationError, "one side", lambda: room.difference(plain, [1, 0, 1], [True] * 3)),
        (EstimationError, "variation", lambda: room.difference(plain, [1, 1, 1], three == "a")),
        (
            EstimationError,
            "two classes",
            lambda: room.rao_scott(plain, three, pd.Series([1, 1, 1])),
        ),
        (
            EstimationError,
            "different totals",
            lambda: room.raked(plain, {"x": (three, even), "y": (three, {"a": 4, "b": 5})}),
        ),
        (
            EstimationError,
            "does not converge",
            lambda: room.raked(plain, {"x": (three, even), "y": (three, skewed)}),
        ),
        (
            EstimationError,
            "interval method",
            lambda: room.mean(plain, [1, 0, 1]).interval(method="guess"),
        ),
    ]


@pytest.mark.parametrize(("error", "message", "call"), refusals())
def test_what_cannot_be_estimated_is_refused(error, message, call):
    with pytest.raises(error, match=message):
        call()
