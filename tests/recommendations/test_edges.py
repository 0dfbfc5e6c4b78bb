"""Edges of dates and shares at which a recommendation changes its group."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from coee_nb.recommendations import closure as room
from coee_nb.recommendations.aging import aging
from coee_nb.recommendations.changes import changes
from coee_nb.recommendations.ecd import find_ecd
from coee_nb.recommendations.register import register


def ecd(day: str, on: str) -> tuple:
    return ("A.1", on, "ecd", {"ecd_to": day})


@pytest.mark.parametrize(
    ("due", "passed"),
    [("2022-12-31", False), ("2023-01-01", True), ("2024-04-29", True), ("2024-04-30", False)],
)
def test_a_date_passes_between_the_day_it_is_due_and_the_day_after(log_of, due, passed):
    """What was due on the earlier date was not past due then and is later."""
    log = log_of(["A.1"], [ecd(due, "2022-04-01")])
    found = changes(log, earlier=date(2023, 1, 1), later=date(2024, 4, 30)).table
    assert ("became past due" in set(found["change"])) == passed
    late = [
        aging(register(log, as_of=day)).table.iloc[0]["past_due"]
        for day in (date(2023, 1, 1), date(2024, 4, 30))
    ]
    assert (late == [False, True]) == passed


@pytest.mark.parametrize(("seen", "unseen"), [("2023-05-01", False), ("2023-04-30", True)])
def test_a_source_of_365_days_ago_is_of_the_last_year(log_of, seen, unseen):
    log = log_of(
        [{"recommendation_id": "A.1", "issued_on": "2022-03-31"}], [ecd("2025-01-31", seen)]
    )
    row = aging(register(log, as_of=date(2024, 4, 30))).table.iloc[0]
    assert row["unseen"] == unseen


@pytest.mark.parametrize("number", [2, 10, 12, 20])
def test_half_closed_is_reached_on_the_day_on_which_exactly_half_has_closed(number):
    days = pd.Series(np.arange(1, number + 1))
    curve = room.kaplan_meier(days, pd.Series([1] * number))
    assert curve["still_open"].tolist() == pytest.approx(1 - days.to_numpy() / number)
    assert room.median_days(curve) == number // 2


@pytest.mark.parametrize("number", [4, 24, 50])
def test_half_closed_is_not_missed_for_the_last_digit_of_a_product(number):
    days = pd.Series(np.arange(1, number + 1))
    curve = room.kaplan_meier(days, pd.Series([1] * number))
    assert room.median_days(curve) == number // 2


def test_a_curve_is_shown_while_five_are_under_observation_and_no_longer():
    days = pd.Series(np.arange(10, 110, 10))
    shown = room.observed(room.kaplan_meier(days, pd.Series([1] * 10)))
    assert shown["at_risk"].tolist() == [10, 9, 8, 7, 6, 5]
    assert room.observed_days(days) == 60
    assert room.observed_days(days.head(5)) == 10
    assert room.observed_days(days.head(4)) == 0


@pytest.mark.parametrize(
    "told",
    [
        "will complete the system by May 2024 and will start the evaluation in December 2025",
        "will start the evaluation in December 2025 and will complete the system by May 2024",
    ],
)
def test_a_day_on_which_something_begins_is_not_taken_for_the_day_it_is_due(told):
    found = find_ecd(f"In May 2023, CBP said it {told}.")
    assert found.due == date(2024, 5, 31)
