"""Non-response: thresholds at their edges, planted bias found and removed, calibrated errors."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coee_nb.engines.design.estimation import simple_random
from coee_nb.errors import EstimationError, InputError
from coee_nb.survey import nonresponse


def accounting(answered, responded=544, skipped=0, dont_know=0):
    return pd.DataFrame(
        {
            "item": ["q1"],
            "part": [""],
            "responded": [responded],
            "skipped_by_logic": [skipped],
            "answered": [answered],
            "dont_know": [dont_know],
            "not_applicable": [0],
        }
    )


def test_a_unit_response_of_52_percent_calls_for_an_analysis():
    found = nonresponse.response_thresholds(responded=544, frame=1052, accounting=accounting(444))
    assert found.table["analysis_called_for"].tolist() == [True, False]
    assert found.table["rate"].tolist() == pytest.approx([544 / 1052, 444 / 544])
    assert found.text == (
        "A unit response of 52% calls for a non-response bias analysis (threshold 80%); 0 of 1 "
        "items fall under 70%."
    )


@pytest.mark.parametrize(("answered", "called"), [(69, True), (70, False)])
def test_an_item_at_the_threshold_meets_it(answered, called):
    found = nonresponse.response_thresholds(
        responded=100, frame=125, accounting=accounting(answered, responded=100)
    )
    assert found.table["analysis_called_for"].tolist() == [False, called]


def test_item_response_leaves_out_the_skipped_and_takes_dont_know_as_a_response():
    found = nonresponse.response_thresholds(
        responded=100,
        frame=100,
        accounting=accounting(60, responded=100, skipped=20, dont_know=10),
    )
    assert found.table["rate"][1] == 70 / 80


def test_an_item_nobody_was_asked_is_not_judged():
    found = nonresponse.response_thresholds(
        responded=10, frame=10, accounting=accounting(0, responded=10, skipped=10)
    )
    assert found.table["verdict"][1] == "not estimable: nobody was asked"
    assert not found.table["analysis_called_for"][1]


def test_respondents_beside_the_frame_find_a_planted_gap():
    groups = pd.Series(["A"] * 80 + ["B"] * 20, name="center")
    found = nonresponse.respondents_against_frame(groups, {"A": 100, "B": 100, "none": 0})
    table = found.table.set_index("group")
    assert table.loc["A", "response_rate"] == 0.8
    assert table.loc["A", "difference"] == pytest.approx(0.3)
    assert table["difference"].sum() == pytest.approx(0)
    # 2 x 2 table by hand: 200 (80 * 80 - 20 * 20)^2 / 100^4
    assert found.statistic == pytest.approx(72)
    assert found.text.startswith("Response differs by center (from 20% to 80%")


def test_equal_response_is_no_difference_shown():
    groups = pd.Series(["A"] * 50 + ["B"] * 50, name="title")
    found = nonresponse.respondents_against_frame(groups, {"A": 100, "B": 100})
    assert found.p == 1
    assert found.text.startswith("Response shows no difference by title")
    assert found.text.endswith("p = 1.00).")


def test_early_and_late_split_by_order_with_ties_early():
    times = pd.to_datetime(
        pd.Series(["2021-02-03", "2021-02-01", "2021-02-02", "2021-02-02", "2021-02-04"])
    )
    assert nonresponse.early_and_late(times).tolist() == ["late", "early", "early", "early", "late"]


def test_early_against_late_finds_a_planted_drift():
    kinds = pd.Series(np.repeat(["early", "late"], 100), name="wave")
    findings = {
        "drifting": pd.Series(np.r_[np.repeat([1.0, 0.0], [80, 20]), np.repeat([1.0, 0.0], 50)]),
        "steady": pd.Series(np.tile([1.0, 0.0], 100)),
    }
    found = nonresponse.compare_two_kinds(simple_random(200, frame=400), findings, kinds).table
    assert found["comparison"].tolist() == ["drifting", "steady"]
    assert found["group"].tolist() == ["late", "late"]
    assert found["verdict"].tolist() == ["differs", "no difference shown"]
    assert found["estimate"].tolist() == pytest.approx([-0.3, 0])


def test_complete_and_partial_labels():
    found = nonresponse.complete_and_partial(pd.Series([True, False, True]))
    assert found.tolist() == ["complete", "partial", "complete"]


@pytest.fixture(scope="module")
def generated():
    """One question of generated respondents, and the frame's margins."""
    cells = pd.read_csv(
        Path(__file__).parents[1] / "engines" / "design" / "generated_q1.csv", comment="#"
    )
    wide = cells.melt(["center", "title", "frame"], ["yes", "no", "blank"], "answer", "people")
    rows = wide.loc[wide.index.repeat(wide["people"])].reset_index(drop=True)
    margins = {
        by: (rows[by], cells.groupby(by)["frame"].sum().to_dict()) for by in ("center", "title")
    }
    return rows["answer"].map({"yes": 1.0, "no": 0.0}), margins


def test_weighted_beside_unweighted_equals_r_postStratify_and_rake(generated):  # noqa: N802
    """reference_r.csv: q1 of syn_srs_fpc, _post_title and _rake_center_title, logit intervals."""
    values, margins = generated
    found = nonresponse.weighted_beside_unweighted({"q1": values}, margins)
    table = found.set_index("weighting")
    expected = {
        "unweighted": (0.682432432432432, 0.0153666760794366),
        "post-stratified by title": (0.680693861959559, 0.0154167662548458),
        "raked to center and title": (0.692236715702033, 0.0150283545512745),
    }
    for weighting, (estimate, error) in expected.items():
        assert table.loc[weighting, "estimate"] == pytest.approx(estimate, abs=1e-8)
        assert table.loc[weighting, "standard_error"] == pytest.approx(error, abs=1e-8)


def test_findings_keep_their_order_with_their_weightings_together(generated):
    values, margins = generated
    found = nonresponse.weighted_beside_unweighted({"z": values, "a": 1 - values}, margins)
    assert found["finding"].tolist() == ["z"] * 4 + ["a"] * 4
    mirrored = found["estimate"].to_numpy().reshape(2, 4)
    np.testing.assert_allclose(mirrored[0] + mirrored[1], 1)


def test_weighting_removes_a_planted_bias():
    groups = pd.Series(np.repeat(["A", "B"], [80, 20]), name="center")
    values = pd.Series(np.r_[np.repeat([1.0, 0.0], [60, 20]), np.repeat([1.0, 0.0], [5, 15])])
    found = nonresponse.weighted_beside_unweighted(
        {"item": values}, {"center": (groups, {"A": 100, "B": 100})}
    )
    assert found["estimate"].tolist() == pytest.approx([0.65, 0.5])


def test_a_group_nobody_stands_for_is_said_to_be_so():
    groups = pd.Series(["A"] * 10, name="center")
    found = nonresponse.weighted_beside_unweighted(
        {"item": pd.Series([1.0, 0.0] * 5)}, {"center": (groups, {"A": 20, "B": 5})}
    )
    assert found["note"].tolist() == ["", "not estimable: no respondent stands for 'B'"]
    assert np.isnan(found["estimate"][1])


def test_an_item_nobody_answered_is_said_to_be_so():
    groups = pd.Series(["A"] * 3, name="center")
    found = nonresponse.weighted_beside_unweighted(
        {"item": pd.Series([np.nan] * 3)}, {"center": (groups, {"A": 5})}
    )
    assert set(found["note"]) == {"not estimable: nobody answered"}


@pytest.mark.parametrize(
    ("error", "message", "call"),
    [
        (
            InputError,
            "'C'",
            lambda: nonresponse.respondents_against_frame(
                pd.Series(["C"], name="center"), {"A": 2}
            ),
        ),
        (
            InputError,
            "without a group",
            lambda: nonresponse.respondents_against_frame(
                pd.Series([None], name="center"), {"A": 2}
            ),
        ),
        (
            InputError,
            "more respondents",
            lambda: nonresponse.respondents_against_frame(pd.Series(["A", "A"]), {"A": 1}),
        ),
        (
            EstimationError,
            "no variation",
            lambda: nonresponse.respondents_against_frame(pd.Series(["A"]), {"A": 1}),
        ),
        (
            EstimationError,
            "without a time",
            lambda: nonresponse.early_and_late(pd.Series([pd.NaT, pd.Timestamp("2021-02-01")])),
        ),
        (
            EstimationError,
            "one time",
            lambda: nonresponse.early_and_late(pd.Series([pd.Timestamp("2021-02-01")] * 2)),
        ),
        (
            EstimationError,
            "all responses",
            lambda: nonresponse.complete_and_partial(pd.Series([True])),
        ),
        (
            InputError,
            "kinds",
            lambda: nonresponse.compare_two_kinds(simple_random(1), {}, pd.Series(["early"])),
        ),
        (InputError, "no margins", lambda: nonresponse.weighted_beside_unweighted({}, {})),
    ],
)
def test_what_cannot_be_analysed_is_refused(error, message, call):
    with pytest.raises(error, match=message):
        call()
