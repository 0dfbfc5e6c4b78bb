"""Every item's denominators and answers, on small tables whose answers are known."""

from fractions import Fraction
from math import floor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from questions import asked_if, question, table
from statsmodels.stats.proportion import proportion_confint

from coee_nb.engines.design.estimation import mean, simple_random
from coee_nb.errors import EstimationError, InputError
from coee_nb.survey.questions import items as room
from coee_nb.survey.questions.states import indicator

ORACLE = Path(__file__).resolve().parents[3].parent / "shared" / "oracle" / "survey"
needs_oracle = pytest.mark.skipif(not ORACLE.exists(), reason="reference values are not here")


def one(frame, **where):
    for column, value in where.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_each_respondent_is_in_the_state_that_the_row_tells():
    answers = ["Yes", "No", "Do not know", "Not applicable", "(seen)", None, None, None]
    later = [None, None, None, None, None, "Yes", None, None]
    finished = [True, False, True, True, True, False, True, False]
    responses = table(finished, q1=answers, q2=later)
    found = room.item_tables(responses, [question("q1"), question("q2")], frame=20)
    row = one(found.accounting, item="q1")
    expected = {
        "in_frame": 20,
        "no_response": 12,
        "responded": 8,
        "not_reached": 1,  # the last: no answer at all, not finished
        "skipped_by_logic": 0,
        "asked": 7,
        "seen_blank": 3,  # a code for it; blank with a later answer; blank and finished
        "not_applicable": 1,
        "dont_know": 1,
        "answered": 2,
    }
    assert row[list(expected)].to_dict() == expected


def test_skip_logic_tells_the_skipped_from_the_blank():
    responses = table(
        [True, True, True, False, True],
        gate=["Yes", "No", "Yes", "No", None],
        inner=["No", None, None, None, "Yes"],
    )
    inner = question("inner", asked_if=asked_if("gate", "Yes"))
    found = room.item_tables(responses, [question("gate"), inner], frame=5)
    row = one(found.accounting, item="inner")
    assert row["answered"] == 1
    assert row["skipped_by_logic"] == 2  # the last answered though it was not asked
    assert row["seen_blank"] == 1
    assert row["not_reached"] == 1
    assert one(found.distribution, item="inner", choice="Yes")["count"] == 0


LABELS = [None, "Yes", "No", "Do not know", "Not applicable", "(seen)"]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(*[st.sampled_from(LABELS)] * 3, st.booleans(), st.sampled_from("AB")),
        min_size=1,
        max_size=25,
    ),
    st.integers(0, 9),
)
def test_the_parts_always_add_up_to_the_frame(rows, silent):
    q1, q2, q3, finished, center = zip(*rows, strict=True)
    responses = table(list(finished), q1=q1, q2=q2, q3=q3, center=center).astype({"q1": "str"})
    questions = [
        question("q1"),
        question("q2", asked_if=asked_if("q1", "Yes")),
        question("q3", asked_if=asked_if("q2", "No")),
    ]
    frame = {group: center.count(group) + silent for group in "AB"}
    by_center = room.item_tables(responses, questions, frame=frame, by="center").accounting
    overall = room.item_tables(responses, questions, frame=sum(frame.values())).accounting
    for accounting in (by_center, overall):
        rest = accounting.drop(columns=["item", "part", "group"])
        assert (rest >= 0).all(axis=None)
        assert (rest["in_frame"] == rest["no_response"] + rest["responded"]).all()
        reached = rest["not_reached"] + rest["skipped_by_logic"] + rest["asked"]
        assert (rest["responded"] == reached).all()
        kinds = ["seen_blank", "not_applicable", "dont_know", "answered"]
        assert (rest["asked"] == rest[kinds].sum(axis=1)).all()
    numbers = by_center.drop(columns=["part", "group"]).groupby("item").sum()
    pd.testing.assert_frame_equal(
        numbers, overall.drop(columns=["part", "group"]).set_index("item"), check_dtype=False
    )


@pytest.fixture
def published():
    """303 of 444 among 544 respondents of 1,052."""
    answers = ["Yes"] * 303 + ["No"] * 141 + [None] * 100
    return table([True] * 409 + [False] * 135, q1=answers)


def test_303_of_444_with_every_interval(published):
    found = room.item_tables(published, [question("q1")], frame=1052)
    row = one(found.distribution, choice="Yes")
    assert (row["count"], row["n"], row["percent"]) == (303, 444, 68)
    assert (row["wilson_low"], row["wilson_high"]) == pytest.approx(
        proportion_confint(303, 444, method="wilson")
    )
    assert (row["exact_low"], row["exact_high"]) == pytest.approx(
        proportion_confint(303, 444, method="beta")
    )
    # R svymean and svyciprop(method = "logit"), one stage, N = 1,052, df = 543
    assert row["design_se"] == pytest.approx(0.0153666760794366, abs=1e-12)
    assert (row["design_low"], row["design_high"]) == pytest.approx(
        (0.651511288306404, 0.711823520098679), abs=1e-8
    )
    assert (row["bound_low"], row["bound_high"]) == pytest.approx((303 / 1052, 911 / 1052))
    assert (row["precision"], row["footnote"], row["review"]) == ("show", False, False)
    accounts = one(found.accounting, item="q1")
    assert (accounts["not_reached"], accounts["answered"]) == (100, 444)
    assert found.text.startswith("544 of 1,052 people responded; between 444 and 444")


def test_design_columns_equal_the_linearised_design(published):
    row = one(room.item_tables(published, [question("q1")], frame=1052).distribution, choice="Yes")
    values = indicator(published, question("q1"), ["Yes"])
    found = mean(simple_random(544, frame=1052), values)
    assert row["design_se"] == pytest.approx(found.standard_error, abs=1e-14)
    assert (row["design_low"], row["design_high"]) == pytest.approx(found.interval(), abs=1e-12)


@needs_oracle
def test_tables_by_center_equal_the_stratified_design_and_r_svyby():
    respondents = pd.read_csv(ORACLE / "respondents.csv")
    frame = pd.read_csv(ORACLE / "frame.csv").groupby("center").size().to_dict()
    reference = pd.read_csv(ORACLE / "reference_r.csv", low_memory=False)
    responses = respondents.assign(q1=respondents["q1"].map({1: "Yes", 0: "No"}))
    responses["finished"] = responses["finished"].astype(bool)
    found = room.item_tables(responses, [question("q1")], frame=frame, by="center").distribution
    rows = reference[
        (reference["case"] == "syn_strat_center_fpc")
        & (reference["variable"] == "q1")
        & reference["level"].str.startswith("center=", na=False)
    ]
    for row in rows.itertuples():
        here = one(found, choice="Yes", group=row.level.removeprefix("center="))
        assert here["share"] == pytest.approx(row.estimate, abs=1e-8)
        if row.stat == "svyby_svymean":
            assert here["design_se"] == pytest.approx(row.se, abs=1e-8)
        if row.method == "logit":
            ends = (here["design_low"], here["design_high"])
            assert ends == pytest.approx((row.ci_low, row.ci_high), abs=1e-8)
    own = respondents.loc[responses["center"] == "C07", "q1"]
    whole = mean(simple_random(len(own), frame=frame["C07"]), own)
    here = one(found, choice="Yes", group="C07")
    assert here["design_se"] == pytest.approx(whole.standard_error, abs=1e-12)


@needs_oracle
def test_the_seven_published_items_from_rows():
    rows = pd.read_csv(ORACLE / "respondents.csv")
    names = [f"q{k}" for k in range(1, 8)]
    responses = rows.assign(
        finished=rows["finished"].astype(bool),
        **{name: rows[name].map({1: "Yes", 0: "No"}) for name in names},
    )
    found = room.item_tables(responses, [question(name) for name in names], frame=1052)
    yes = found.distribution[found.distribution["choice"] == "Yes"]
    printed = list(zip(yes["count"], yes["n"], yes["percent"], strict=True))
    assert printed == [
        (303, 444, 68),
        (372, 415, 90),
        (276, 414, 67),
        (314, 444, 71),
        (248, 444, 56),
        (149, 444, 34),
        (178, 414, 43),
    ]


@given(st.integers(0, 2000), st.integers(1, 2000))
def test_percentages_round_half_up_on_the_exact_ratio(part, n):
    count = min(part, n)
    expected = floor(Fraction(100 * count, n) + Fraction(1, 2))
    assert room.whole_percent(np.array([count]), np.array([n]))[0] == expected


@pytest.mark.parametrize(("count", "n", "percent"), [(1, 200, 1), (1, 8, 13), (23, 200, 12)])
def test_an_exact_half_rounds_up(count, n, percent):
    assert room.whole_percent(np.array([count]), np.array([n]))[0] == percent


def test_a_percentage_of_nobody_is_missing():
    assert room.whole_percent(np.array([0]), np.array([0])).isna().all()


def test_bounds_take_skipped_and_not_applicable_people_out_of_the_frame():
    responses = table(
        [True] * 4,
        gate=["Yes", "Yes", "Yes", "No"],
        inner=["Yes", "No", "Not applicable", None],
    )
    inner = question("inner", asked_if=asked_if("gate", "Yes"))
    found = room.item_tables(responses, [question("gate"), inner], frame=10)
    row = one(found.distribution, item="inner", choice="Yes")
    assert (row["bound_low"], row["bound_high"]) == pytest.approx((1 / 8, 7 / 8))


def test_multi_select_shares_are_of_those_who_chose_any():
    responses = table(
        [True] * 5,
        tools__a=["A", "A", None, None, None],
        tools__b=["B", None, "B", None, None],
        tools__none=[None, None, None, "Not applicable", None],
    )
    tools = question(
        "tools",
        kind="multi",
        choices=("A", "B", "Not applicable"),
        columns=("tools__a", "tools__b", "tools__none"),
        labels=("A", "B", "Not applicable"),
    )
    found = room.item_tables(responses, [tools], frame=5)
    row = one(found.accounting, item="tools")
    assert (row["answered"], row["not_applicable"], row["seen_blank"]) == (3, 1, 1)
    assert found.distribution["choice"].tolist() == ["A", "B"]
    assert found.distribution["count"].tolist() == [2, 2]
    assert found.distribution["n"].tolist() == [3, 3]


def test_a_matrix_is_accounted_for_by_row():
    responses = table([True, True], m__x=["Yes", None], m__y=["No", "Do not know"])
    matrix = question("m", kind="matrix", columns=("m__x", "m__y"), labels=("X", "Y"))
    found = room.item_tables(responses, [matrix], frame=2)
    assert one(found.accounting, part="X")["seen_blank"] == 1
    assert one(found.accounting, part="Y")["dont_know"] == 1
    assert one(found.distribution, part="Y", choice="No")["percent"] == 100


def test_special_labels_among_numbers_are_accounted_for_apart():
    responses = table(
        [True] * 5, years=[1.0, 2.0, "Do not know", None, 6.0], center=["A", "A", "A", "B", "B"]
    )
    years = question("years", kind="numeric", choices=("Do not know",))
    found = room.item_tables(responses, [years], frame={"A": 5, "B": 5}, by="center")
    assert one(found.accounting, group="A")[["answered", "dont_know"]].tolist() == [2, 1]
    assert one(found.accounting, group="B")[["answered", "seen_blank"]].tolist() == [1, 1]
    assert found.distribution.empty


def test_text_is_accounted_for_and_not_tabulated():
    found = room.item_tables(
        table([True, True], words=["something", None]), [question("words", "text")], frame=2
    )
    assert one(found.accounting, item="words")["answered"] == 1
    assert found.distribution.empty


def test_categorical_columns_give_what_strings_give(published):
    questions = [question("q1")]
    wide = pd.Categorical(published["q1"], ["unused", "No", "Yes"])
    first = room.item_tables(published, questions, frame=1052)
    second = room.item_tables(published.assign(q1=wide), questions, frame=1052)
    pd.testing.assert_frame_equal(first.distribution, second.distribution)


def test_a_choice_nobody_made_is_shown_as_none(published):
    found = room.item_tables(
        published, [question("q1", choices=("Yes", "No", "Never"))], frame=1052
    )
    row = one(found.distribution, choice="Never")
    assert (row["count"], row["percent"], row["wilson_low"]) == (0, 0, 0)
    assert np.isnan(row["design_low"])
    assert row["review"]


def test_an_item_nobody_answered_is_kept_without_intervals():
    found = room.item_tables(table([True], q1=[None]), [question("q1")], frame=3)
    row = one(found.distribution, choice="Yes")
    assert row["n"] == 0
    assert pd.isna(row["percent"])
    assert np.isnan(row["wilson_low"])
    assert row["precision"] == "suppress"


def test_one_respondent_is_counted_and_has_no_design_interval():
    found = room.item_tables(table([True], q1=["Yes"]), [question("q1")], frame=3)
    row = one(found.distribution, choice="Yes")
    assert (row["count"], row["n"], row["percent"]) == (1, 1, 100)
    assert np.isnan(row["design_low"])


def test_the_callers_table_is_left_as_it_was(published):
    before = published.copy()
    room.item_tables(published, [question("q1")], frame=1052)
    pd.testing.assert_frame_equal(published, before)


@pytest.mark.parametrize(
    ("error", "message", "call"),
    [
        (
            InputError,
            "answer 'Perhaps'",
            lambda: room.item_tables(table([True], q1=["Perhaps"]), [question("q1")], frame=1),
        ),
        (
            InputError,
            "no column 'q9'",
            lambda: room.item_tables(table([True], q1=["Yes"]), [question("q9")], frame=1),
        ),
        (
            InputError,
            "no column 'finished'",
            lambda: room.item_tables(pd.DataFrame({"q1": ["Yes"]}), [question("q1")], frame=1),
        ),
        (
            InputError,
            "no items",
            lambda: room.item_tables(table([True], q1=["Yes"]), [], frame=1),
        ),
        (
            EstimationError,
            "no respondents",
            lambda: room.item_tables(table([], q1=[]), [question("q1")], frame=1),
        ),
        (
            InputError,
            "2 respondents but 1 people",
            lambda: room.item_tables(table([True] * 2, q1=["Yes"] * 2), [question("q1")], frame=1),
        ),
        (
            InputError,
            "not in the frame",
            lambda: room.item_tables(
                table([True], q1=["Yes"], center=["C"]),
                [question("q1")],
                frame={"A": 3},
                by="center",
            ),
        ),
        (
            InputError,
            "not in the frame",
            lambda: room.item_tables(
                table([True], q1=["Yes"], center=[None]),
                [question("q1")],
                frame={"A": 3},
                by="center",
            ),
        ),
        (
            InputError,
            "do not agree",
            lambda: room.item_tables(table([True], q1=["Yes"]), [question("q1")], frame={"A": 3}),
        ),
        (
            InputError,
            "asked if 'gate'",
            lambda: room.item_tables(
                table([True], q1=["Yes"]),
                [question("q1", asked_if=asked_if("gate", "Yes"))],
                frame=1,
            ),
        ),
    ],
)
def test_what_cannot_be_tabulated_is_refused(error, message, call):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    ("wording", "label", "called"),
    [
        ("Your office", "", "Your office"),
        ("Where do you live?", "", "home district"),
        ("Where do you live?", "District", "District"),
    ],
)
def test_a_group_asked_for_by_a_question_is_called_by_its_name_in_words(wording, label, called):
    assert question("home_district", wording=wording, label=label).called == called
