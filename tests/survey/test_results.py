from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coee_nb.exhibits import Notice
from coee_nb.survey import results
from coee_nb.survey.design import mean, post_stratified, simple_random


@pytest.fixture(scope="module")
def weighted(by_center):
    return results.weighted_estimates(by_center)


def test_a_finding_has_its_denominator_and_the_intervals_of_the_method(plain):
    row = results.findings(plain, "Figure 3").frame.set_index("id").loc["no_review_policy"]
    assert (row["count"], row["n"]) == (303, 444)
    # statsmodels proportion_confint(303, 444, method="wilson"); R survey, domain of 544 of 1,052
    assert (row["wilson_low"], row["wilson_high"]) == pytest.approx((0.637724, 0.724012), abs=1e-6)
    assert row["design_se"] == pytest.approx(0.0154, abs=5e-5)
    assert row["bound_low"] == pytest.approx(303 / 1052)
    assert row["bound_high"] == pytest.approx((303 + 1052 - 444) / 1052)


def test_every_finding_is_in_one_section(plain):
    sections = [("Figure 3", ()), ("Figure 4", ()), (None, ("Figure 3", "Figure 4"))]
    ids = [
        one.id for where, but in sections for one in results.of_section(plain.survey, where, but)
    ]
    assert sorted(ids) == sorted(one.id for one in plain.survey.headlines)


def test_a_section_without_findings_is_a_notice(plain):
    assert isinstance(results.findings(plain, "Figure 9"), Notice)


def hide(released, measure):
    cells = released.plan.cells.copy()
    cells.loc[cells["measure"] == measure, "hidden"] = True
    return replace(released, plan=replace(released.plan, cells=cells))


def test_a_withheld_finding_has_no_number_in_any_column(plain):
    frame = results.findings(hide(plain, "no_review_policy"), "Figure 3").frame.set_index("id")
    row = frame.loc["no_review_policy"]
    assert row.drop(["finding", "where", "caution", "wilson", "design", "bound"]).isna().all()
    assert row["caution"] == "withheld"
    assert (row[["wilson", "design", "bound"]] == "–").all()


def test_choices_are_withheld_with_their_intervals(plain):
    frame = results.choices(plain, "single").frame.set_index(["item", "choice"])
    row = frame.loc[("review_result_told", "Yes")]
    numbers = row.drop([c for c in row.index if isinstance(row[c], str)])
    assert numbers.isna().all()
    assert frame.loc[("never_in_review", "Never"), "count"] == 372


def test_agreement_and_matrix_have_a_line_a_choice(plain):
    assert len(results.choices(plain, "likert").frame) == 15
    matrix = results.choices(plain, "matrix").frame
    assert (
        matrix.groupby("part")["count"].sum().tolist()
        == matrix.groupby("part")["n"].first().tolist()
    )


def test_a_multi_select_is_given_per_respondent_and_per_answer(plain):
    frame = results.selections(plain).frame.set_index("choice")
    assert frame.loc["Online course", "share"] == pytest.approx(293 / 470)
    assert frame["count"].sum() == frame["answers_given"].iloc[0] == 887
    assert frame["share_of_answers"].sum() == pytest.approx(1)


def test_no_single_persons_number_is_printed(plain):
    frame = results.numbers(plain).frame
    assert {"minimum", "maximum"}.isdisjoint(frame.columns)
    assert frame.loc[0, "n"] == 484


def test_a_withheld_center_has_no_number_and_a_shown_one_its_own(by_center):
    frame = results.group_shares(by_center, "center").set_index(["id", "center"])
    numbers = ["count", "n", "share", "wilson_low", "wilson_high"]
    assert frame.loc[("no_review_policy", "Machinery"), numbers].isna().all()
    shown = frame.loc[("no_review_policy", "Base Metals")]
    assert (shown["count"], shown["n"]) == (42, 56)
    counts = frame[["count", "n"]].astype(float)
    assert not ((counts > 0) & (counts < 10)).any(axis=None)


def test_tests_rest_on_printed_counts(by_center):
    """Withheld Centers are one group: moving answers between them changes no number."""
    headline = by_center.survey.headlines[0]
    groups = by_center.survey.rows["center"]
    inside = {"Machinery", "Industrial and Manufacturing Materials"}
    assert not any(by_center.may_print(headline, center=group) for group in inside)
    first, second = (
        headline.values.index[(groups == group) & (headline.values == value)][0]
        for group, value in zip(sorted(inside), (1.0, 0.0), strict=True)
    )
    changed = headline.values.copy()
    changed[[first, second]] = changed[[second, first]].to_numpy()
    others = by_center.survey.headlines[1:]
    moved = replace(
        by_center,
        survey=replace(by_center.survey, headlines=(replace(headline, values=changed), *others)),
    )
    before, after = (results.differences(one, "center").frame for one in (by_center, moved))
    pd.testing.assert_frame_equal(before, after)


def test_a_difference_is_stated_or_none_is_shown(by_center):
    frame = results.differences(by_center, "center").frame
    assert set(frame["verdict"]) == {"differs", "no difference shown"}
    assert not frame["sentence"].str.contains("equal").any()
    assert set(frame["p_adjusted"] < 0.05) == {True, False}


def test_thresholds_give_counts_only_where_reasons_may_be_told(plain):
    frame = results.thresholds(plain).frame.set_index("of")
    assert frame.loc["the survey", ["responded", "eligible"]].tolist() == [544, 1052]
    assert frame.loc["guidance_clear", "responded"] == 444  # 410 answers and 34 "don't know"
    assert frame.loc["review_result_told", ["responded", "eligible", "rate"]].isna().all()
    assert frame.loc["the survey", "verdict"] == "analysis called for"


def test_kinds_of_respondent_are_compared_where_no_few_show(plain):
    frame = results.kinds(plain, "completion").frame
    assert frame["n_partial"].min() >= 10
    assert "never_in_review" not in set(frame["comparison"])
    assert "4 findings are not compared" in results.kinds(plain, "completion").note
    early = results.kinds(plain, "wave").frame
    assert ((early["n_early"] + early["n_late"]) == 409).all()


def test_weighted_shares_hold_the_true_estimate(by_center, weighted):
    survey = by_center.survey
    plain_design = simple_random(survey.responded, frame=survey.asked)
    design = post_stratified(plain_design, survey.rows["center"], survey.margins("center"))
    own = weighted[weighted["weighting"] == "post-stratified by center"].set_index("finding")
    for headline in survey.headlines:
        share = mean(design, headline.values).estimate
        assert own.loc[headline.id, "low"] - 1e-9 <= share <= own.loc[headline.id, "high"] + 1e-9


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
    for headline in survey.headlines:
        shift = abs(mean(design, headline.values).estimate - headline.values.mean())
        assert moved[headline.id] >= shift - 1e-9


def test_no_weighting_is_a_notice(plain):
    assert results.weighted_estimates(plain).empty
    assert isinstance(results.weighted(plain, pd.DataFrame()), Notice)


def test_the_weighted_table_has_a_line_a_finding(by_center, weighted):
    table = results.weighted(by_center, weighted)
    assert len(table.frame) == 7
    assert "withheld" not in table.plain().split("\n")[2]
