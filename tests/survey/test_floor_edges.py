"""What must be suppressed with what is suppressed: denominators, remainders, quartiles, bounds."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coee_nb.survey import groups, results, tables


def hiding(released, measure: str, *answers: str, column: str = "suppressed"):
    """The same release with some more of its cells suppressed."""
    cells = released.plan.cells.copy()
    own = (cells["measure"] == measure) & cells["answer"].isin(answers)
    assert own.any()
    cells.loc[own, column] = column == "suppressed"
    return replace(released, plan=replace(released.plan, cells=cells))


@pytest.mark.parametrize(
    ("answers", "column"),
    [(["answered"], "suppressed"), (["No"], "suppressed"), (["No"], "denominator_shown")],
)
def test_a_finding_is_printed_only_with_its_denominator(plain, answers, column):
    key_result = plain.survey.key_results[0]
    assert key_result.answers == ("No",)
    assert plain.may_print(key_result)
    made = hiding(plain, key_result.item.name, *answers, column=column)
    assert not made.may_print(key_result)
    shown = results.findings(made).frame.set_index("id").loc[key_result.id]
    assert shown[["count", "n", "share", "wilson_low", "bound_high"]].isna().all()


def test_who_reached_a_question_does_not_tell_how_many_left_at_a_withheld_one(plain):
    second = plain.break_off_segments.iloc[1]
    label = second["first"]
    assert second["first"] == second["last"]
    frame = tables.break_offs(hiding(plain, "break-offs", label)).frame
    assert pd.isna(frame.loc[1, "left"])
    reached = frame["reached"].to_numpy(float, na_value=float("nan"))
    told = reached[:-1] - reached[1:]
    assert not (told == second["left"]).any()
    assert not (reached == plain.survey.responded - second["stopped"]).any()


def test_the_account_of_the_items_does_not_tell_a_withheld_participation(plain):
    assert tables.accounting(plain).frame["responded"].eq(544).all()
    frame = tables.accounting(hiding(plain, "participation", "took part")).frame
    numbers = frame.drop(columns=["item", "in_frame"])
    assert numbers.isna().all(axis=None)
    assert frame["in_frame"].eq(1052).all()


@pytest.mark.parametrize(("answers", "caution"), [(20, True), (29, True), (30, False)])
def test_a_percentage_of_under_30_answers_bears_a_caution(by_center, answers, caution):
    """However narrow its interval: here two of 20 to 30 said so."""
    key_result = by_center.survey.key_results[0]
    counted = by_center.survey.tables["center"]
    answers_of = counted.distribution.copy()
    own = (answers_of["item"] == key_result.item.name) & (answers_of["group"] == "Base Metals")
    answers_of.loc[own, "count"] = np.where(answers_of["choice"] == "No", 2, answers - 2)[own]
    answers_of.loc[own, "n"] = answers
    changed = by_center.survey.tables | {"center": replace(counted, distribution=answers_of)}
    survey = replace(by_center.survey, key_results=(key_result,), tables=changed)
    shares = groups.group_shares(replace(by_center, survey=survey), "center")
    row = shares.set_index("center").loc["Base Metals"]
    assert (row["count"], row["n"]) == (2, answers)
    assert row["wilson_high"] - row["wilson_low"] < 0.3
    assert bool(row["caution"]) == caution


@pytest.mark.parametrize(("floor", "shown"), [(60, True), (122, False)])
def test_a_quartile_rests_on_a_floor_of_people_in_each_quarter(plain, floor, shown):
    """484 gave a number: four times 121."""
    row = results.numbers(replace(plain, plan=replace(plain.plan, floor=floor))).frame.iloc[0]
    assert (row["n"], round(row["mean"], 1)) == (484, 7.8)
    quartiles = row[["lower_quartile", "median", "upper_quartile"]]
    assert quartiles.notna().tolist() == [shown] * 3


def test_no_moment_is_told_where_too_few_differ_from_the_most_frequent_number(plain):
    row = results.numbers(replace(plain, plan=replace(plain.plan, floor=484))).frame.iloc[0]
    assert row[["mean", "sd", "lower_quartile", "median", "upper_quartile"]].isna().all()
    assert row["disclosure"]


def test_the_bounds_of_a_finding_leave_out_those_it_does_not_apply_to(plain):
    key_result = plain.survey.key_results[0]
    before = results.findings(plain).frame.set_index("id").loc[key_result.id]
    whole = plain.survey.tables[""]
    accounts = whole.accounting.copy()
    own = accounts["item"] == key_result.item.name
    accounts.loc[own, "not_applicable"] += 100
    own_tables = plain.survey.tables | {"": replace(whole, accounting=accounts)}
    made = replace(plain, survey=replace(plain.survey, tables=own_tables))
    after = results.findings(made).frame.set_index("id").loc[key_result.id]
    silent = plain.survey.asked - before["n"]
    assert before["bound_high"] == pytest.approx((before["count"] + silent) / plain.survey.asked)
    eligible = plain.survey.asked - 100
    assert after["bound_low"] == pytest.approx(before["count"] / eligible)
    assert after["bound_high"] == pytest.approx((before["count"] + silent - 100) / eligible)
