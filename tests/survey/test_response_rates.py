"""Participation against the published figures and AAPOR's definitions."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.errors import EstimationError, InputError, ParameterError
from coee_nb.survey import response_rates as aapor

PUBLISHED = aapor.Dispositions(complete=409, partial=135, non_contact=508)


def rates(counts, **how):
    return aapor.response_rates({"recorded": counts}, **how).set_index("rate")


def test_all_six_rates_of_oig_22_34():
    found = rates(PUBLISHED)
    assert list(found.index) == ["RR1", "RR2", "RR3", "RR4", "RR5", "RR6"]
    assert set(found["denominator"]) == {1052}
    assert found["numerator"].tolist() == [409, 544] * 3
    assert found["value"].round(3).tolist() == [0.389, 0.517] * 3


def test_every_rate_follows_aapor_with_unknown_and_other_cases():
    counts = aapor.Dispositions(
        complete=40, partial=10, refusal=20, non_contact=15, other=5, unknown=30
    )
    expected = {
        "RR1": 40 / 120,
        "RR2": 50 / 120,
        "RR3": 40 / 105,
        "RR4": 50 / 105,
        "RR5": 40 / 90,
        "RR6": 50 / 90,
    }
    assert rates(counts, eligible_share=0.5)["value"].to_dict() == pytest.approx(expected)


@given(*[st.integers(0, 50)] * 6, st.floats(0, 1))
def test_rates_are_ordered_as_their_definitions_say(i, p, r, nc, o, u, e):
    if i + p + r + nc + o == 0:
        return
    value = rates(aapor.Dispositions(i, p, r, nc, o, u), eligible_share=e)["value"]
    slack = 1e-12
    assert value["RR1"] <= value["RR3"] + slack <= value["RR5"] + 2 * slack
    assert value["RR2"] <= value["RR4"] + slack <= value["RR6"] + 2 * slack
    assert (value.dropna().between(0, 1)).all()


def test_unknown_cases_without_e_leave_rr3_and_rr4_open():
    value = rates(aapor.Dispositions(complete=40, partial=10, unknown=5))["value"]
    assert value.isna().tolist() == [False, False, True, True, False, False]


def test_empty_partials_counted_as_break_offs_lower_rr2_only():
    finished = pd.Series([True] * 409 + [False] * 135)
    answered = pd.Series([7] * 409 + [3] * 35 + [0] * 100)
    lenient = aapor.tally(aapor.recorded_dispositions(finished), frame=1052)
    strict = aapor.tally(aapor.answered_dispositions(finished, answered), frame=1052)
    assert rates(lenient)["numerator"].tolist()[:2] == [409, 544]
    assert rates(strict)["numerator"].tolist()[:2] == [409, 444]
    assert rates(strict)["denominator"].tolist()[:2] == [1052, 1052]


def test_the_strict_rule_tells_by_the_share_of_applicable_items():
    answered = pd.Series([0, 4, 5, 8, 9, 10, 0])
    applicable = pd.Series([10, 10, 10, 10, 10, 10, 0])
    found = aapor.share_dispositions(answered, applicable)
    assert found.tolist() == [
        "break-off",
        "break-off",
        "partial",
        "partial",
        "complete",
        "complete",
        "break-off",
    ]
    lenient = aapor.share_dispositions(answered, applicable, partial_from=0.3, complete_above=0.4)
    assert lenient.tolist()[1:3] == ["partial", "complete"]


def test_tally_counts_the_silent_as_non_contacts():
    found = aapor.tally(pd.Series(["complete", "partial", "break-off"]), frame=10)
    assert found == aapor.Dispositions(complete=1, partial=1, refusal=1, non_contact=7)


@pytest.mark.parametrize(
    ("error", "message", "call"),
    [
        (InputError, "frame of 1", lambda: aapor.tally(pd.Series(["complete"] * 2), frame=1)),
        (InputError, "'gone'", lambda: aapor.tally(pd.Series(["gone"]), frame=1)),
        (InputError, "negative", lambda: aapor.Dispositions(-1, 2)),
        (EstimationError, "no cases", lambda: aapor.Dispositions(0, 0)),
        (ParameterError, "eligible", lambda: rates(PUBLISHED, eligible_share=2)),
        (
            ParameterError,
            "partial from",
            lambda: aapor.share_dispositions(
                pd.Series([1]), pd.Series([1]), partial_from=0.9, complete_above=0.5
            ),
        ),
        (
            InputError,
            "frame",
            lambda: aapor.waterfall(
                personnel=5, distributed=9, responded=1, accounting=pd.DataFrame()
            ),
        ),
    ],
)
def test_what_does_not_add_up_is_refused(error, message, call):
    with pytest.raises(error, match=message):
        call()


def accounting(**columns):
    base = {
        "item": ["no_review_policy", "matrix"],
        "part": ["", "first row"],
        "answered": [444, 400],
        "not_reached": [100, 110],
        "skipped_by_logic": [0, 20],
        "seen_blank": [0, 10],
        "dont_know": [0, 3],
        "not_applicable": [0, 1],
    }
    return pd.DataFrame(base | columns)


def test_waterfall_of_oig_22_34_gives_every_step_its_reason():
    table = aapor.waterfall(
        personnel=1443, distributed=1052, responded=544, accounting=accounting()
    )
    assert table["count"].tolist() == [1443, 1052, 544, 444, 400]
    assert table["left_out"].tolist() == [0, 391, 508, 100, 144]
    assert table["reason"][3] == "100 stopped before it"
    assert table["reason"][4] == (
        "110 stopped before it, 20 not asked, 10 left it blank, 3 do not know, 1 not applicable"
    )
    assert table["step"][4] == "Answered matrix: first row"


def test_break_off_curve_says_at_which_question_people_left():
    reach = pd.Series([4, 4, 0, 1, 1, 3])
    finished = pd.Series([True, True, False, False, False, False])
    table = aapor.break_off_curve(reach, finished, ["a", "b", "c"])
    assert table["item"].tolist() == ["a", "b", "c", "end of the survey"]
    assert table["left"].tolist() == [1, 2, 0, 1]
    assert table["reached"].tolist() == [6, 5, 3, 3]


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=40))
def test_those_who_left_and_those_who_finished_add_up(people):
    reach = pd.Series([4 if finished else place for place, finished in people])
    finished = pd.Series([finished for _, finished in people])
    table = aapor.break_off_curve(reach, finished, ["a", "b", "c"])
    assert table["left"].sum() + finished.sum() == len(people)
    assert table["reached"].iloc[0] == len(people)
