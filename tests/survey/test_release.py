import json
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coee_nb.engines.suppression.attack import Attacker
from coee_nb.engines.suppression.cells import Publication
from coee_nb.engines.suppression.planner import draft_of, plan
from coee_nb.errors import ParameterError
from coee_nb.respondents import ASKED_BY_RUN
from coee_nb.survey import release as release_module
from coee_nb.survey import tables
from coee_nb.survey.data import read_survey
from coee_nb.survey.reasons import NOT_REPORTABLE, break_off_segments, reportable_reasons
from coee_nb.survey.release import comparable, kinds_of, publication, release, safe_with

NOBODY = dict.fromkeys(
    ["not_reached", "skipped_by_logic", "seen_blank", "dont_know", "not_applicable"], 0
)


def account(answered=400, **counts):
    counts = NOBODY | counts
    asked = answered + counts["seen_blank"] + counts["dont_know"] + counts["not_applicable"]
    responded = answered + sum(counts.values())
    return pd.Series(counts | {"answered": answered, "asked": asked, "responded": responded})


def apart(row, *, stopped=(), conditional=False, floor=10):
    known = pd.DataFrame({"stopped": list(stopped)}, dtype=int)
    return reportable_reasons(row, known, floor=floor, conditional=conditional)


def test_a_plan_by_other_rules_is_published_under_other_terms(plain, tmp_path, monkeypatch):
    """The same answers planned by two editions may suppress others each, and tell them together."""
    path = tmp_path / "told"
    monkeypatch.setenv(ASKED_BY_RUN, str(path))
    terms = []
    for edition in (1, 1, 2):
        monkeypatch.setattr(release_module, "EDITION", edition)
        release_module._tell_respondents(plain.survey)
        terms.append(json.loads(path.read_text())["terms"])
    assert terms[0] == terms[1] != terms[2]


def test_only_what_is_found_of_a_group_is_planned_by_group(by_center):
    """Counts that no table prints of a center cost its printed ones nothing."""
    finding = by_center.survey.key_results[0]
    cells = by_center.plan.cells
    own = cells[cells["table"] == f"{finding.item.name} by center"]
    assert set(own["answer"]) == {*finding.answers, "answered"}


def test_large_reasons_are_told_apart():
    found = apart(account(not_reached=86, seen_blank=14, dont_know=34), stopped=[86])
    assert found["stopped before it"] == 86
    assert found["left it blank"] == 14
    assert NOT_REPORTABLE not in found


def test_a_small_reason_is_put_together_with_the_next_smallest():
    found = apart(account(not_reached=86, seen_blank=4, dont_know=34), stopped=[86])
    assert found[NOT_REPORTABLE] == 38
    assert found["stopped before it"] == 86
    assert "left it blank" not in found


def test_how_many_had_stopped_is_told_only_where_a_stretch_ends():
    found = apart(account(not_reached=86, dont_know=34), stopped=[100])
    assert found[NOT_REPORTABLE] == 86
    assert "stopped before it" not in found
    assert "left it blank" not in found


@pytest.mark.parametrize("counts", [{"seen_blank": 3}, {"dont_know": 2, "not_applicable": 3}])
def test_reasons_add_up_to_the_respondents_whatever_is_put_together(counts):
    row = account(not_reached=50, **counts)
    assert sum(apart(row, stopped=[50]).values()) == row["responded"] - row["answered"]


def test_an_item_asked_of_some_of_whom_a_few_did_not_answer_is_withheld():
    row = account(answered=39, not_reached=130, skipped_by_logic=371, dont_know=4)
    assert apart(row, conditional=True) == {}
    row = account(answered=39, not_reached=130, skipped_by_logic=371)
    assert apart(row, conditional=True) == {NOT_REPORTABLE: 501}


def test_no_stretch_tells_of_a_few_and_all_who_left_are_in_one(plain):
    found = plain.break_off_segments
    assert found["left"].min() >= plain.floor
    assert found["left"].sum() == 135
    assert found["reached"].iloc[0] == 544
    assert (found["reached"] - found["left"]).iloc[:-1].tolist() == found["reached"].iloc[
        1:
    ].tolist()


@pytest.mark.parametrize("floor", [5, 30, 200])
def test_stretches_keep_to_any_floor(plain, floor):
    found = break_off_segments(plain.survey, floor)
    assert len(found) == 1 or found["left"].min() >= floor


def test_no_stretch_ends_where_it_would_tell_a_small_number_of_blanks(plain):
    # 117 had stopped before the matrix, of whose rows 122 to 125 have no answer
    assert 117 not in set(plain.break_off_segments["stopped"])
    assert plain.nonresponse_reasons["guidance_used: National directives"][NOT_REPORTABLE] == 125


def test_the_plan_hides_nothing_but_an_item_asked_of_a_few_without_breakdowns(plain):
    suppressed = plain.plan.summary[plain.plan.summary["suppressed"] > 0]["table"].tolist()
    assert suppressed == ["review_result_told", "themes"]
    assert "review_result_told" not in plain.nonresponse_reasons
    assert not plain.attacked["pinned"].any()


def test_counts_that_may_be_printed_and_those_that_may_not(plain):
    assert plain.count("dispositions", "completed") == 409
    assert plain.count("review_result_told", "Yes") is None
    with pytest.raises(
        ParameterError, match=r"no answer of dispositions 'complete' \(did you mean 'completed'"
    ):
        plain.count("dispositions", "complete")


def test_a_finding_may_be_printed_in_a_large_center_only(by_center):
    key_result = by_center.survey.key_results[0]
    assert by_center.may_print(key_result)
    assert by_center.may_print(key_result, center="Base Metals")
    assert not by_center.may_print(key_result, center="Machinery")


def test_no_attack_succeeds_and_sensitive_cells_keep_the_room_of_a_floor(by_center):
    assert len(by_center.attacked) > 50
    assert not by_center.attacked["pinned"].any()


def test_what_no_table_prints_of_a_center_keeps_the_room_of_a_floor_too(by_center):
    placed = 0
    for system, values, _ in by_center.plan.published.views:
        if len(system.grids) > 1 or system.grids[0].measure.by_group is None:
            continue
        draft = draft_of(by_center.plan.publication, (system.grids[0].measure,), by_center.floor)
        unprinted = ~draft.printed & system.across("of_printed_groups") & draft.sensitive
        attacker = Attacker(system, values)
        for target in np.flatnonzero(unprinted):
            low, high = attacker.bounds(int(target))
            assert high - low >= draft.demand[target]
            placed += 1
    assert placed > 50


def test_an_exact_weighted_share_is_unsafe_and_a_vague_one_is_safe(by_center):
    key_result, rows = by_center.survey.key_results[0], by_center.survey.rows
    answered = key_result.values.notna()

    def share(weights):
        return np.average(key_result.values[answered], weights=weights[answered])

    table = by_center.plan.apply(f"{key_result.item.name} by center")
    found = table[table["answer"].isin(key_result.answers)]
    center = found.loc[found["count"].isna() & found["denominator"].notna(), "center"].iloc[0]
    telling = np.where(rows["center"] == center, 1000.0, 1.0)
    exact = share(telling)
    assert not safe_with(by_center, key_result, [(telling, exact - 1e-5, exact + 1e-5)])
    people = by_center.survey.margins("center")
    weights = rows["center"].map(pd.Series(people) / rows["center"].value_counts()).to_numpy(float)
    vague = share(weights)
    assert safe_with(by_center, key_result, [(weights, vague - 0.05, vague + 0.05)])
    assert safe_with(by_center, key_result, [])


def test_kinds_divide_the_respondents(plain):
    kinds = kinds_of(plain.survey)
    assert kinds["completion"].value_counts().to_dict() == {"complete": 409, "partial": 135}
    assert (kinds.loc[kinds["completion"] == "partial", "wave"] == "partial").all()
    assert set(kinds["wave"]) == {"early", "late", "partial"}


def test_a_finding_that_a_few_partials_answered_is_not_compared(plain):
    # 6 of the 135 partials answered it: 415 answers in all, 409 finished
    assert "never_in_review" not in [one.id for one in comparable(plain, 1)]
    assert "no_review_policy" in [one.id for one in comparable(plain, 1)]
    deep = {one.id for one in comparable(plain, 2)}
    assert deep <= {one.id for one in comparable(plain, 1)}


def test_respondents_without_center_or_title_are_one_group(sheet, rows_of):
    responses = rows_of(60, lambda row: row | {"Center": "", "Title": ""})
    without = {"breakdowns": [], "weighting": [], "review": None}
    found = release(read_survey(sheet(responses=responses, **without)))
    assert found.survey.dimensions == ()
    assert found.count("participation", "took part") == 60


def test_a_few_respondents_of_a_large_frame_are_protected_and_not_refused(sheet, rows_of):
    survey = read_survey(sheet(responses=rows_of(30), published=None, themes=None, review=None))
    asked = publication(survey, break_off_segments(survey, 10), defaultdict(dict))
    assert (asked.groups["respondents"] == 0).any()
    assert len(asked.groups) == len(asked.frame)  # that a group is of none is not told by the plan
    took_part = Publication(asked.groups, asked.measures[:1], asked.frame)
    shown = plan(took_part, floor=10).apply("participation").set_index("answer")
    assert shown.loc["took part", "count"] == 30


def test_no_comment_is_quoted_unless_somebody_read_it(plain):
    unread = replace(plain.survey, files=replace(plain.survey.files, review=None))
    assert release_module._comments(unread, 10).quotable.empty
    assert not release_module._comments(plain.survey, 10).quotable.empty


def test_a_few_comments_that_are_not_quoted_are_not_told_by_subtraction(plain):
    """112 wrote a comment; where all but a few are quoted, the account would tell of those."""
    assert "comment" in plain.nonresponse_reasons
    everyone = plain.survey.rows[["response_id"]].assign(question="comment", edited="")
    written = plain.survey.rows["comment"].notna()
    chosen = everyone[written].assign(edited="Nobody is told of here.")
    files = replace(plain.survey.files, review=chosen.reset_index(drop=True))
    params = plain.survey.params.model_copy(update={"floor": 5})
    made = release(replace(plain.survey, files=files, params=params))
    shown, total = made.comments.counts("comment")
    assert 0 < total - shown < 5
    assert "comment" not in made.nonresponse_reasons
    shown = tables.accounting(made).frame.set_index("item").loc["comment"]
    assert shown.drop(["in_frame", "responded"]).isna().all()
    assert tables.themes(made).frame["share"].isna().all()
    caption = tables.themes(made).caption
    assert "(“Is there anything you want to add?”, suppressed comments)" in caption
    assert tables.suppressed_comments(made).frame["comments"].isna().all()
