"""Disputes by the day they had to be referred, and those that cannot have been so."""

from datetime import date

import pytest

from coee_nb.enforcement import oversight_disputes as disputed
from coee_nb.enforcement.oversight_disputes import disputes, read_disputes
from coee_nb.errors import InputError

AS_OF = date(2024, 12, 31)
HEADER = "dispute,unit,opened_on,closed_on,referred_on"


@pytest.fixture
def told(write):
    def held(*lines, as_of=AS_OF):
        records = read_disputes(write("disputes", HEADER, *lines), as_of=as_of)
        return disputes(records, as_of=as_of, referral_days=90)

    return held


@pytest.mark.parametrize(
    ("line", "state", "late"),
    [
        ("2024-10-02,,", disputed.NOT_REFERRED, 0),  # open 90 days on December 31
        ("2024-10-03,,", disputed.NOT_DUE, 0),
        ("2024-01-01,,", disputed.NOT_REFERRED, 275),
        ("2024-01-01,,2024-03-31", disputed.IN_TIME, 0),  # the 90th day, in a leap year
        ("2024-01-01,,2024-04-01", disputed.LATE, 1),
        ("2024-02-29 09:30:00,,2024-05-29", disputed.IN_TIME, 0),  # opened on a leap day
        ("2024-01-01,2024-03-31,", disputed.CLOSED, 0),
        ("2024-01-01,2024-04-02,", disputed.CLOSED_LATE, 2),
        ("2024-01-01,2025-01-05,", disputed.NOT_REFERRED, 275),  # closed after the as-of date
    ],
)
def test_each_dispute_is_in_one_state_with_its_days_late(told, line, state, late):
    [row] = told(f"D1,A,{line}").table.to_dict("records")
    assert (row["state"], row["days_late"]) == (state, late)


def test_those_open_ninety_days_include_those_referred_in_time(told):
    found = told("D1,A,2024-01-01,,2024-02-01", "D2,A,2024-01-01,2024-02-01,")
    assert found.reached["dispute"].tolist() == ["D1"]


def test_impossible_dates_are_set_aside_and_listed(told):
    found = told(
        "D1,A,2024-05-01,2024-04-01,", "D2,A,2024-05-01,,2024-04-01", "D3,A,2025-05-01,,",
        "D4,A,2024-01-01,2024-02-01,2024-03-01", "D5,A,2024-01-01,,",
    )  # fmt: skip
    assert found.table["dispute"].tolist() == ["D5"]
    assert found.records.exceptions["line"].tolist() == [2, 3, 4, 5]
    assert found.records.source.used == 1


def test_a_dispute_twice_and_a_date_that_nothing_proves_stop(told):
    with pytest.raises(InputError, match="dispute 'D1' stands there twice"):
        told("D1,A,2024-01-01,,", "D1,B,2024-01-01,,")
    with pytest.raises(
        InputError, match="closed_on: '3/1/2024' may have the day or the month first"
    ):
        told("D1,A,2024-01-01,3/1/2024,")
