from dataclasses import replace

import pytest

from coee_nb.errors import ParameterError
from coee_nb.outputs import Callout
from coee_nb.survey import results


def test_a_finding_has_its_denominator_and_the_intervals_of_the_method(plain):
    row = results.findings(plain).frame.set_index("id").loc["no_review_policy"]
    assert (row["count"], row["n"]) == (303, 444)
    # statsmodels proportion_confint(303, 444, method="wilson"); R survey, domain of 544 of 1,052
    assert (row["wilson_low"], row["wilson_high"]) == pytest.approx((0.637724, 0.724012), abs=1e-6)
    assert row["design_se"] == pytest.approx(0.0154, abs=5e-5)
    assert row["bound_low"] == pytest.approx(303 / 1052)
    assert row["bound_high"] == pytest.approx((303 + 1052 - 444) / 1052)


def test_every_finding_has_a_line_with_where_it_is_printed(plain):
    frame = results.findings(plain).frame
    assert frame["id"].tolist() == [one.id for one in plain.survey.key_results]
    assert frame["where"].str.contains("Figure|SEACATS").all()


def test_a_survey_without_findings_is_a_notice(plain):
    survey = replace(plain.survey, key_results=())
    assert isinstance(results.findings(replace(plain, survey=survey)), Callout)


def test_another_kind_of_question_is_named_with_the_near_one(plain):
    with pytest.raises(ParameterError, match="did you mean 'single'"):
        results.choices(plain, "singel")


def suppress(released, measure):
    cells = released.plan.cells.copy()
    cells.loc[cells["measure"] == measure, "suppressed"] = True
    return replace(released, plan=replace(released.plan, cells=cells))


def test_a_withheld_finding_has_no_number_in_any_column(plain):
    frame = results.findings(suppress(plain, "no_review_policy")).frame.set_index("id")
    row = frame.loc["no_review_policy"]
    assert row.drop(["finding", "where", "caution", "wilson", "design", "bound"]).isna().all()
    assert row["caution"] == "suppressed"
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


def test_every_share_is_shown_as_a_percentage(plain):
    headings, lines = results.choices(plain, "multi").cells()
    shown = dict(zip(headings, lines[0], strict=True))
    assert (shown["of respondents, %"], shown["of answers, %"]) == ("32%", "17%")
