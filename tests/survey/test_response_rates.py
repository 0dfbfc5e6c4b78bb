"""Participation against the published figures and AAPOR's definitions."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.errors import EstimationError, InputError, ParameterError
from coee_nb.survey import response_rates as room

PUBLISHED = room.Dispositions(complete=409, partial=135, non_contact=508)


def rate(found, name, rule="recorded"):
    table = found.table
    return table[(table["rule"] == rule) & (table["rate"] == name)].iloc[0]


def test_all_six_rates_of_oig_22_34():
    found = room.response_rates({"recorded": PUBLISHED}, used=("recorded", "RR2"))
    for name in ("RR1", "RR3", "RR5"):
        row = rate(found, name)
        assert (row["numerator"], row["denominator"], row["percent"]) == (409, 1052, "38.9 %")
    for name in ("RR2", "RR4", "RR6"):
        row = rate(found, name)
        assert (row["numerator"], row["denominator"], row["percent"]) == (544, 1052, "51.7 %")
    assert found.text == "The response rate (RR2) is 544 of 1,052, 52 %."
    assert found.table["used"].sum() == 1
    assert rate(found, "RR2")["used"]


def test_every_rate_follows_aapor_with_unknown_and_other_cases():
    counts = room.Dispositions(
        complete=40, partial=10, refusal=20, non_contact=15, other=5, unknown=30
    )
    found = room.response_rates({"recorded": counts}, used=("recorded", "RR1"), eligible_share=0.5)
    expected = {
        "RR1": 40 / 120,
        "RR2": 50 / 120,
        "RR3": 40 / 105,
        "RR4": 50 / 105,
        "RR5": 40 / 90,
        "RR6": 50 / 90,
        "COOP1": 40 / 75,
        "COOP2": 50 / 75,
        "COOP3": 40 / 70,
        "COOP4": 50 / 70,
    }
    for name, value in expected.items():
        assert rate(found, name)["value"] == pytest.approx(value), name


@given(*[st.integers(0, 50)] * 6, st.floats(0, 1))
def test_rates_are_ordered_as_their_definitions_say(i, p, r, nc, o, u, e):
    if i + p + r + nc + o + u == 0 or i + p + r + nc + o == 0:
        return
    counts = room.Dispositions(i, p, r, nc, o, u)
    found = room.response_rates({"x": counts}, used=("x", "RR1"), eligible_share=e)
    value = found.table.set_index("rate")["value"]
    slack = 1e-12
    assert value["RR1"] <= value["RR3"] + slack <= value["RR5"] + 2 * slack
    assert value["RR2"] <= value["RR4"] + slack <= value["RR6"] + 2 * slack
    assert (value.dropna().between(0, 1)).all()


def test_unknown_cases_without_e_leave_rr3_and_rr4_open():
    counts = room.Dispositions(complete=40, partial=10, unknown=5)
    found = room.response_rates({"recorded": counts}, used=("recorded", "RR1"))
    assert pd.isna(rate(found, "RR3")["value"])
    assert rate(found, "RR3")["percent"] == "–"


def test_empty_partials_counted_as_break_offs_lower_rr2_only():
    finished = pd.Series([True] * 409 + [False] * 135)
    answered = pd.Series([7] * 409 + [3] * 35 + [0] * 100)
    rules = {
        "recorded": room.tally(room.recorded_dispositions(finished), frame=1052),
        "answered": room.tally(room.answered_dispositions(finished, answered), frame=1052),
    }
    found = room.response_rates(rules, used=("recorded", "RR2"))
    assert rate(found, "RR2")["numerator"] == 544
    assert rate(found, "RR2", "answered")["numerator"] == 444
    assert rate(found, "RR1", "answered")["numerator"] == 409
    assert rate(found, "COOP4", "answered")["denominator"] == 544


def test_the_strict_rule_tells_by_the_share_of_applicable_items():
    answered = pd.Series([0, 4, 5, 8, 9, 10, 0])
    applicable = pd.Series([10, 10, 10, 10, 10, 10, 0])
    found = room.share_dispositions(answered, applicable)
    assert found.tolist() == [
        "break-off",
        "break-off",
        "partial",
        "partial",
        "complete",
        "complete",
        "break-off",
    ]
    lenient = room.share_dispositions(answered, applicable, partial_from=0.3, complete_above=0.4)
    assert lenient.tolist()[1:3] == ["partial", "complete"]


def test_tally_counts_the_silent_as_non_contacts():
    found = room.tally(pd.Series(["complete", "partial", "break-off"]), frame=10)
    assert found == room.Dispositions(complete=1, partial=1, refusal=1, non_contact=7)


@pytest.mark.parametrize(
    ("error", "message", "call"),
    [
        (InputError, "frame of 1", lambda: room.tally(pd.Series(["complete"] * 2), frame=1)),
        (InputError, "'gone'", lambda: room.tally(pd.Series(["gone"]), frame=1)),
        (InputError, "negative", lambda: room.Dispositions(-1, 2)),
        (EstimationError, "no cases", lambda: room.Dispositions(0, 0)),
        (
            ParameterError,
            "RR9",
            lambda: room.response_rates({"a": PUBLISHED}, used=("a", "RR9")),
        ),
        (
            ParameterError,
            "eligible",
            lambda: room.response_rates({"a": PUBLISHED}, used=("a", "RR1"), eligible_share=2),
        ),
        (
            ParameterError,
            "partial from",
            lambda: room.share_dispositions(
                pd.Series([1]), pd.Series([1]), partial_from=0.9, complete_above=0.5
            ),
        ),
        (
            InputError,
            "frame",
            lambda: room.waterfall(
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
    found = room.waterfall(personnel=1443, distributed=1052, responded=544, accounting=accounting())
    table = found.table
    assert table["count"].tolist() == [1443, 1052, 544, 444, 400]
    assert table["left_out"].tolist() == [0, 391, 508, 100, 144]
    assert table["reason"][3] == "100 stopped before it"
    assert table["reason"][4] == (
        "110 stopped before it, 20 not asked, 10 left it blank, 3 do not know, 1 not applicable"
    )
    assert table["step"][4] == "Answered matrix: first row"
    assert found.text == (
        "Of 1,443 personnel, 1,052 (73 %) received the survey and 544 (52 % of them) responded."
    )


def test_break_off_curve_says_at_which_question_people_left():
    reach = pd.Series([4, 4, 0, 1, 1, 3])
    finished = pd.Series([True, True, False, False, False, False])
    found = room.break_off_curve(reach, finished, ["a", "b", "c"])
    table = found.table
    assert table["item"].tolist() == ["a", "b", "c", "end of the survey"]
    assert table["left"].tolist() == [1, 2, 0, 1]
    assert table["reached"].tolist() == [6, 5, 3, 3]
    assert table["share_left"].tolist() == pytest.approx([1 / 6, 2 / 5, 0, 1 / 3])
    assert "4 of 6 respondents (67 %) did not finish" in found.text
    assert "2, left at b" in found.text


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=40))
def test_those_who_left_and_those_who_finished_add_up(people):
    reach = pd.Series([4 if finished else place for place, finished in people])
    finished = pd.Series([finished for _, finished in people])
    table = room.break_off_curve(reach, finished, ["a", "b", "c"]).table
    assert table["left"].sum() + finished.sum() == len(people)
    assert table["reached"].iloc[0] == len(people)


def test_nobody_left_is_said_so():
    found = room.break_off_curve(pd.Series([2]), pd.Series([True]), ["a"])
    assert found.text == "All 1 respondents finished."
