import numpy as np
import pandas as pd
import pytest

from coee_nb.engines.design.estimation import mean, post_stratified, simple_random
from coee_nb.outputs import Callout
from coee_nb.survey import nonrespondents


@pytest.fixture(scope="module")
def weighted(by_center):
    return nonrespondents.weighted_estimates(by_center)


def test_thresholds_give_counts_only_where_reasons_may_be_told(plain):
    frame = nonrespondents.thresholds(plain).frame.set_index("of")
    assert frame.loc["the survey", ["responded", "eligible"]].tolist() == [544, 1052]
    assert frame.loc["guidance_clear", "responded"] == 444  # 410 answers and 34 "don't know"
    assert frame.loc["review_result_told", ["responded", "eligible", "rate"]].isna().all()
    assert frame.loc["the survey", "verdict"] == "analysis called for"


def test_kinds_of_respondent_are_compared_where_no_few_show(plain):
    frame = nonrespondents.kinds(plain, "completion").frame
    assert frame["n_partial"].min() >= 10
    assert "never_in_review" not in set(frame["comparison"])
    assert "Of 7 findings 4 are not compared" in nonrespondents.kinds(plain, "completion").note
    early = nonrespondents.kinds(plain, "wave").frame
    assert ((early["n_early"] + early["n_late"]) == 409).all()


def test_no_weighting_is_a_notice(plain):
    assert nonrespondents.weighted_estimates(plain).empty
    assert isinstance(nonrespondents.weighted(plain, pd.DataFrame()), Callout)


def test_the_weighted_table_has_a_line_a_finding(by_center, weighted):
    table = nonrespondents.weighted(by_center, weighted)
    assert len(table.frame) == 7
    assert "suppressed" not in table.plain().split("\n")[2]


def test_weighted_shares_hold_the_true_estimate(by_center, weighted):
    survey = by_center.survey
    plain_design = simple_random(survey.responded, frame=survey.asked)
    design = post_stratified(plain_design, survey.rows["center"], survey.margins("center"))
    own = weighted[weighted["weighting"] == "post-stratified by center"].set_index("finding")
    for key_result in survey.key_results:
        share = mean(design, key_result.values).estimate
        assert (
            own.loc[key_result.id, "low"] - 1e-9 <= share <= own.loc[key_result.id, "high"] + 1e-9
        )


def test_weighted_shares_are_vague_where_exact_ones_would_tell(weighted):
    width = (weighted["high"] - weighted["low"]).where(weighted["weighting"] != "unweighted")
    assert np.nanmax(width) <= 0.1 + 1e-9
    by = width.groupby(weighted["finding"]).max()
    assert by["no_review_policy"] > 0.009
    assert np.nanmin(width) >= 0.001 - 1e-9


def test_how_far_a_finding_moves_is_not_understated(by_center, weighted):
    survey = by_center.survey
    design = post_stratified(
        simple_random(survey.responded, frame=survey.asked),
        survey.rows["center"],
        survey.margins("center"),
    )
    moved = weighted.groupby("finding")["moved"].max()
    for key_result in survey.key_results:
        shift = abs(mean(design, key_result.values).estimate - key_result.values.mean())
        assert moved[key_result.id] >= shift - 1e-9
