from dataclasses import replace

import pandas as pd

from coee_nb.publish.key import in_short
from coee_nb.survey import statements


def found(findings):
    return {one.id: one for one in findings}


def test_participation_is_the_printed_one(plain):
    said = found(statements.participation(plain))
    assert said["survey.coverage"].statement == (
        "1,052 of 1,443 personnel (73%) were asked. "
        "[responses_generated.csv, floor 10, generated data]"
    )
    rate = said["survey.response_rate.rr2"]
    assert (rate.numerator, rate.denominator) == (544, 1052)
    assert in_short(rate.statement) == "544 of 1,052 people asked (52%) responded. (generated data)"
    assert "This is AAPOR's response rate RR2 (partials: all recorded)." in rate.statement
    assert rate.evidence == "response_rates.RR2"
    assert "of whom 484 (46% of all asked) answered at least one question" in rate.statement
    assert (said["survey.answered"].numerator, said["survey.answered"].denominator) == (484, 1052)
    assert said["survey.response_rate.rr1"].numerator == 409
    assert [one.path.rsplit("/", 1)[-1] for one in rate.inputs] == [
        "responses_generated.csv",
        "frame_generated.csv",
    ]


def test_items_have_stable_ids_numbers_and_evidence(plain):
    said = found(statements.items(plain))
    assert list(said)[:2] == ["survey.item.no_review_policy", "survey.item.never_in_review"]
    one = said["survey.item.no_review_policy"]
    assert (one.numerator, one.denominator, one.unit) == (303, 444, "share")
    assert one.evidence == "findings.no_review_policy"
    assert "68%, 303 of the 444 who answered" in one.statement


def test_a_withheld_item_says_so_without_a_number(plain):
    cells = plain.plan.cells.copy()
    cells.loc[cells["measure"] == "no_review_policy", "suppressed"] = True
    suppressed = replace(plain, plan=replace(plain.plan, cells=cells))
    one = found(statements.items(suppressed))["survey.item.no_review_policy"]
    assert one.value is None
    assert one.numerator is None
    assert "303" not in one.statement
    assert "suppressed" in one.statement


def test_nonresponse_calls_for_an_analysis(plain):
    said = found(statements.nonresponse(plain, pd.DataFrame()))
    assert "is called for (threshold 80%)" in said["survey.nonresponse.unit"].statement
    assert "survey.weighting.shift" not in said


def test_weighting_is_said_by_its_largest_move(plain):
    weighted = pd.DataFrame({"finding": ["a", "b"], "moved": [0.012, 0.03]})
    said = found(statements.nonresponse(plain, weighted))
    assert "3.0 percentage points" in said["survey.weighting.shift"].statement


def test_the_attackers_result_is_a_finding(plain):
    said = found(statements.disclosure(plain))
    assert said["survey.disclosure.pinned"].value == 0
    assert said["survey.disclosure.hidden"].numerator == 5


def test_the_check_of_printed_figures_is_a_finding(plain):
    said = found(statements.published(plain))
    one = said["survey.published.matches"]
    assert (one.numerator, one.denominator) == (11, 11)
