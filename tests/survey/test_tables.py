import re
from dataclasses import replace

import pandas as pd
import pytest

from coee_nb.outputs import Callout
from coee_nb.survey import tables
from coee_nb.survey.data import read_survey
from coee_nb.survey.participation import PARTIAL_RULES


def line(table, column, value):
    frame = table.frame
    return frame[frame[column] == value].iloc[0]


def test_figure_5s_breakdown_is_the_printed_one(plain):
    frame = tables.dispositions(plain).frame.set_index("disposition")
    assert frame["count"].tolist() == [409, 135, 544, 484, 508, 1052]
    assert f"{frame.loc['Recorded as respondents, in all', 'share_of_asked']:.4f}" == "0.5171"


def test_the_way_starts_at_all_personnel_and_gives_every_loss_a_reason(plain):
    frame = tables.participation_flow(plain).frame.set_index("step")
    assert frame["count"].tolist()[:3] == [1443, 1052, 544]
    assert frame.loc["Answered no_review_policy", "reason"] == "100 stopped before it"
    assert frame.loc["Answered guidance_clear", "reason"] == (
        "86 stopped before it, 14 left it blank, 34 don't know"
    )
    lost = frame.loc[frame["left_out"].fillna(0) > 0, "reason"]
    assert (lost != "").all()


def test_the_way_withholds_an_item_that_tells_of_a_few(plain):
    suppressed = (
        tables.participation_flow(plain).frame.set_index("step").loc["Answered review_result_told"]
    )
    assert suppressed[["count", "left_out", "share_of_frame"]].isna().all()
    assert "suppressed" in suppressed["reason"]


def test_without_printed_figures_the_way_starts_at_the_frame(sheet, plain):
    survey = read_survey(sheet(published=None, breakdowns=[], weighting=[]))
    steps = tables.participation_flow(replace(plain, survey=survey)).frame["step"]
    assert steps.iloc[0] == "Survey distributed to"


def test_every_line_of_the_accounting_adds_up_to_the_respondents(plain):
    frame = tables.accounting(plain).frame.set_index("item")
    counts = frame.drop(columns=["in_frame", "responded"]).astype(float)
    told = counts.dropna(subset=["answered it"])
    assert (told.sum(axis=1) == 544).all()
    assert counts.loc["review_result_told"].isna().all()
    small = (counts > 0) & (counts < 10)
    assert not small.any(axis=None)


def test_the_rates_are_those_of_aapor_with_the_used_one_marked(plain):
    rates = tables.rates(plain).frame.set_index("rate")
    for rate, share in {
        "RR1": 409,
        "RR2": 544,
        "RR3": 409,
        "RR4": 544,
        "RR5": 409,
        "RR6": 544,
    }.items():
        assert rates.loc[rate, "recorded"] == pytest.approx(share / 1052)
    assert rates.loc["RR2", "answered"] == pytest.approx(484 / 1052)
    assert rates["used"].tolist() == ["", "all recorded", *[""] * 4]


def test_a_rate_that_differs_from_another_by_a_few_people_is_withheld(plain):
    # four of those who stopped had answered over 80% of their questions: 413 and 409
    rates = tables.rates(plain).frame.set_index("rate")
    assert pd.isna(rates.loc["RR1", "share"])
    assert pd.isna(rates.loc["RR1", "share_numerator"])
    assert rates.loc["RR2", "share"] == pytest.approx(427 / 1052)


@pytest.mark.parametrize("floor", [10, 30])
def test_no_two_numerators_shown_differ_by_a_few(plain, floor):
    made = replace(plain, plan=replace(plain.plan, floor=floor))
    wide = tables.rates(made).frame
    columns = [f"{rule}_numerator" for rule in PARTIAL_RULES]
    shown = pd.unique(wide[columns].to_numpy(float).ravel())
    shown = [one for one in shown if one == one]
    gaps = [abs(a - b) for a in shown for b in shown if a != b]
    assert min(gaps) >= floor
    assert 409 in shown


def test_where_people_left_adds_up_and_tells_of_no_few(plain):
    frame = tables.break_offs(plain).frame
    assert frame["left"].sum() == 135
    assert frame["left"].min() >= 10


def test_a_cooperation_rate_that_nobody_can_know_is_not_given(plain):
    table = tables.rates(plain)
    assert not table.frame["rate"].str.startswith("COOP").any()
    assert "Cooperation rates are not known: refusals are not recorded" in table.note


def test_everyone_finishing_is_said(plain):
    none = plain.break_off_segments.assign(left=0)
    assert isinstance(tables.break_offs(replace(plain, break_off_segments=none)), Callout)


def test_response_by_center_stands_beside_the_frame(by_center):
    table = tables.response_by(by_center, "center")
    assert table.frame["asked"].sum() == 1052
    assert table.frame["responded"].sum() == 544
    assert line(table, "center", "Base Metals")["response_rate"] == pytest.approx(75 / 106)
    assert "Response differs by Center" in table.note


def test_a_breakdown_not_asked_for_is_a_notice(by_center):
    assert isinstance(tables.response_by(by_center, "title"), Callout)


def test_a_small_center_is_withheld_with_what_would_tell_it(by_center):
    plan = by_center.plan
    cells = plan.cells.copy()
    own = (cells["table"] == "participation by center") & (cells["center"] == "Machinery")
    cells.loc[own, "suppressed"] = True
    table = tables.response_by(replace(by_center, plan=replace(plan, cells=cells)), "center")
    assert (
        line(table, "center", "Machinery")[["responded", "response_rate", "difference"]]
        .isna()
        .all()
    )
    assert "suppressed" in table.note
    assert "chi-square" not in table.note


def test_few_rows_that_are_analysed_are_given_as_fewer_than_the_floor(plain):
    found = plain.survey.files.responses.checks.copy()
    own = found["check"] == "no center given"
    found.loc[own, ["count", "done", "least"]] = [4, "kept", 4]
    found.loc[found["check"] == "column not in the codebook", ["count", "done"]] = [4, "not read"]
    responses = replace(plain.survey.files.responses, checks=found)
    files = replace(plain.survey.files, responses=responses)
    table = tables.checks(replace(plain, survey=replace(plain.survey, files=files)))
    assert pd.isna(line(table, "check", "no center given")["count"])
    assert line(table, "check", "column not in the codebook")["count"] == 4
    assert line(table, "check", "survey preview")["count"] == 3
    assert "least" not in table.frame


def test_every_row_of_the_export_is_accounted_for(plain):
    rows = tables.account(plain).frame.set_index("step")["rows"]
    aside = rows[rows.index.str.startswith("excluded")].sum()
    assert rows["rows read"] == rows["rows analysed"] + aside == 549


def test_themes_are_counted_once_a_respondent_and_few_are_withheld(plain):
    frame = tables.themes(plain).frame.set_index("theme")["count"]
    assert frame["Guidance and procedures"] == 21
    assert pd.isna(frame["No theme"])
    assert frame.dropna().is_monotonic_decreasing


def own_records(released):
    """The same release, as if its rows were an office's own records."""
    files = released.survey.files
    responses = replace(files.responses, input=replace(files.responses.input, origin="own records"))
    frame = replace(files.frame, input=replace(files.frame.input, origin="own records"))
    survey = replace(released.survey, files=replace(files, responses=responses, frame=frame))
    return replace(released, survey=survey)


def test_lines_of_the_coding_do_not_tell_the_theme_that_is_withheld(plain):
    """150 lines less the 147 of the themes shown would be the 3 of the theme suppressed."""
    assert tables.themes(plain).frame["count"].isna().any()
    coding = next(one for one in tables.inputs(plain) if "themes" in one.path)
    assert (coding.rows, coding.used, coding.excluded) == (None, None, {})
    assert not re.search(r"\d", tables.themes(plain).note)


def test_lines_of_the_coding_are_counted_where_every_theme_is_shown(plain):
    cells = plain.plan.cells.copy()
    cells.loc[cells["measure"] == "themes", "suppressed"] = False
    open_plan = replace(plain, plan=replace(plain.plan, cells=cells))
    coding = next(one for one in tables.inputs(open_plan) if "themes" in one.path)
    assert (coding.rows, coding.used) == (150, 150)


def test_generated_comments_are_never_quoted(plain):
    found = tables.quotations(plain)
    assert isinstance(found, Callout)
    assert "nobody's words, so none is quoted" in found.text
    assert "“Is there anything you want to add?” 96 of 112 comments may be quoted." in found.text


def test_that_nobody_read_the_comments_is_said(plain):
    params = plain.survey.params.model_copy(update={"review": None})
    silent = replace(plain, survey=replace(plain.survey, params=params))
    assert "no review of them was given" in tables.quotations(silent).text


def test_quotations_carry_no_id_and_never_the_analysts_table(plain):
    table = tables.quotations(own_records(plain))
    assert list(table.frame.columns) == ["question", "center", "title", "comment", "edited"]
    planted = plain.comments.analyst.loc[
        plain.comments.analyst["decision"] == "suppressed", "comment"
    ]
    assert len(planted) == 16
    assert not set(planted) & set(table.frame["comment"])


def test_markup_in_a_comment_is_escaped_where_it_is_quoted(plain):
    own = own_records(plain)
    bait = own.comments.quotable.head(2).assign(
        comment=["<script>alert('x')</script> late", '=HYPERLINK("x","slow")']
    )
    shown = tables.quotations(replace(own, comments=replace(own.comments, quotable=bait))).html()
    assert "&lt;script&gt;" in shown
    assert "<script>" not in shown


def test_printed_comments_are_of_the_report_and_say_so(plain):
    table = tables.printed_comments(plain)
    assert table.origin == "published"
    assert len(table.frame) == 7
    assert "Not taken from the responses on this page. Source: DHS" in table.note
    assert "published.yaml" in table.caption


def test_all_eleven_printed_figures_match_and_how_independent_that_is(plain):
    table = tables.published_check(plain)
    assert set(table.frame["independence"]) == {"none: generated rows"}
    assert "The check is not independent" in table.note
    own = tables.published_check(own_records(plain))
    assert set(own.frame["independence"]) == {"own records"}
    assert (table.frame["verdict"] == "match").all()
    assert len(table.frame) == 11


def test_a_recomputed_figure_that_differs_and_is_hidden_is_not_shown(plain):
    cells = plain.plan.cells.copy()
    cells.loc[cells["measure"] == "no_review_policy", "suppressed"] = True
    rows = plain.survey.rows.copy()
    first = rows.index[rows["no_review_policy"] == "No"][0]
    rows.loc[first, "no_review_policy"] = "Yes"
    responses = replace(plain.survey.files.responses, rows=rows)
    survey = replace(plain.survey, files=replace(plain.survey.files, responses=responses))
    made = replace(plain, survey=survey, plan=replace(plain.plan, cells=cells))
    found = (
        tables.checked(made, made.survey.files.published)
        .table.set_index("id")
        .loc["no_review_policy"]
    )
    assert found["verdict"] == "differs"
    assert pd.isna(found["numerator"])


def test_what_is_withheld_is_summed_up_without_telling_how_much_is_in_it(plain):
    table = tables.disclosure(plain)
    assert "loss" not in table.frame
    assert (table.frame["pinned"] == 0).all()
    assert "floor is 10" in table.note


def test_the_notice_says_what_is_generated(plain):
    assert "generated" in tables.callout(plain).text


def test_the_notice_says_that_a_codebook_is_a_draft(plain):
    files = plain.survey.files
    drafted = replace(files, codebook=replace(files.codebook, draft=True, note=""))
    told = tables.callout(replace(plain, survey=replace(plain.survey, files=drafted)))
    assert "draft" in told.text
    assert "draft" not in tables.callout(plain).text
