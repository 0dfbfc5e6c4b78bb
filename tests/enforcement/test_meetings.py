"""Months met and missed are counted as planted; what cannot be read or used is told."""

import re
from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from coee_nb.enforcement import meetings as met
from coee_nb.enforcement.meetings import (
    MONTHS_OF,
    MeetingPeriods,
    meetings,
    read_meetings,
    read_rules,
    rules_by_default,
    runs,
)
from coee_nb.errors import InputError

AS_OF = date(2024, 12, 31)
MONTHLY = ("unit,every,first,last", "Harbour board,month,2024-01,2024-06")
HEADER = "unit,period,held_on,minutes"


@pytest.fixture
def told(write):
    """Hold lines of records against lines of rules."""

    def held(*lines, rules=MONTHLY, as_of=AS_OF, **options):
        records = read_meetings(write("meetings", HEADER, *lines), as_of=as_of)
        return meetings(records, read_rules(write("rules", *rules)), as_of=as_of, **options)

    return held


def states(found):
    return dict(zip(found.periods["period"], found.periods["state"], strict=True))


def test_a_month_is_kept_held_without_minutes_or_missed(told):
    found = told(
        "Harbour board,2024-01,2024-01-15,2024-01-20",
        "Harbour board,2024-02,2024-02-10,no",
        "Harbour board,2024-04,,yes",
    )
    assert list(states(found).values()) == [
        met.ON_FILE, met.NO_MINUTES, met.NOTHING, met.ON_FILE, met.NOTHING, met.NOTHING,
    ]  # fmt: skip
    assert (found.required, found.missed) == (6, 4)
    assert found.text == "Required periods: 6; without minutes on file: 4."


def test_exact_intervals_equal_those_of_statsmodels(told):
    found = told(*(f"Harbour board,2024-0{month},,yes" for month in (1, 2, 4)))
    row = found.by_year.iloc[-1]
    expected = proportion_confint(3, 6, method="beta")
    np.testing.assert_allclose([row["ci_low"], row["ci_high"]], expected)


def test_a_meeting_after_its_month_and_late_minutes_are_not_on_time(told):
    lines = (
        "Harbour board,2024-01,2024-02-03,2024-02-04",
        "Harbour board,2024-02,2024-02-10,2024-03-30",
    )
    found = told(*lines)
    assert found.periods["on_time"].tolist()[:3] == [False, True, False]
    within = told(*lines, minutes_within_days=30)
    assert within.periods["on_time"].tolist()[:2] == [False, False]


def test_a_month_twice_is_listed_and_counted_once(told):
    found = told("Harbour board,2024-01,2024-01-05,yes", "Harbour board,2024-01,2024-01-25,no")
    assert found.periods["meetings"].tolist()[0] == 2
    assert found.missed == 5
    [row] = found.exceptions.to_dict("records")
    assert (row["line"], row["effect"]) == (3, "counted once")
    assert "second record" in row["reason"]


def test_what_cannot_be_used_is_set_aside_and_the_account_adds_up(told):
    found = told(
        "Harbour board,2024-01,2024-01-05,yes",
        "Harbour board,2024-01,2024-01-05,yes",
        "Harbor board,2024-02,,yes",
        "Harbour board,2024-11,,yes",
        "Harbour board,2024-03,2024-03-09,2024-03-01",
        "Harbour board,2025-01,2025-01-09,yes",
    )
    assert found.source.excluded == {
        "repeats an earlier row in full": 1,
        "minutes dated before the meeting": 1,
        "held after the as-of date 2024-12-31": 1,
        "outside the rules": 2,
    }
    assert (found.source.rows, found.source.used) == (6, 1)
    reasons = " ".join(found.exceptions["reason"])
    assert "no rule names the unit (nearest: 'Harbour board')" in reasons
    assert len(found.exceptions) == 5


def test_a_period_that_is_not_over_is_not_counted(told):
    found = told("Harbour board,2024-01,,yes", as_of=date(2024, 3, 30))
    assert (found.required, found.not_due, found.missed) == (2, 4, 1)


def test_without_rules_a_unit_that_stopped_meeting_is_asked_for_its_minutes_to_the_end(write):
    records = read_meetings(
        write("m", "unit,held_on,minutes", "A,2024-01-31,y", "A,2024-02-01,n"), as_of=AS_OF
    )
    to_april = date(2024, 4, 30)
    rules = rules_by_default(records, "month", to_april, ["A", "B"])
    found = meetings(records, rules, as_of=to_april)
    assert found.streaks.set_index("unit")["periods"].to_dict() == {"A": 4, "B": 4}
    assert found.missed == 7


def test_days_are_read_as_their_column_proves_or_as_the_sheet_says(write):
    proved = write("m", "unit,held_on,minutes", "A,05/01/2024,y", "A,13/02/2024,20/02/2024")
    days = read_meetings(proved, as_of=AS_OF).rows
    assert days["held"].dt.strftime("%m-%d").tolist() == ["01-05", "02-13"]
    assert days["filed"].dt.strftime("%m-%d").tolist()[1:] == ["02-20"]
    told = write("n", "unit,held_on,minutes", "A,05/01/2024,y")
    assert read_meetings(told, as_of=AS_OF, order="day-first").rows["held"].dt.month.item() == 1
    with pytest.raises(InputError, match=r"may have the day or the month first.*date_order"):
        read_meetings(told, as_of=AS_OF)


def test_gaps_and_streaks_of_a_unit(told):
    found = told(*(f"Harbour board,2024-0{month},2024-0{month}-11,yes" for month in (1, 2, 6)))
    [row] = found.streaks.to_dict("records")
    assert (row["longest_gap"], row["gap_from"], row["gap_to"]) == (3, "2024-03", "2024-05")
    assert (row["longest_streak"], row["at_the_end"]) == (2, "1 with minutes")
    assert row["longest_between_days"] == 121


def test_the_longest_time_lies_between_neighbouring_meetings_of_any_period(told):
    days = ("2024-01-02", "2024-01-30", "2024-02-29", "2024-03-28")  # two in January, a leap year
    found = told(*(f"Harbour board,{day[:7]},{day},yes" for day in days))
    assert found.streaks["longest_between_days"].item() == 30


def test_the_last_day_of_a_leap_february_lies_in_it(told):
    rules = ("unit,every,first,last", "Harbour board,month,2024-02,2024-02")
    found = told("Harbour board,,2024-02-29,2024-02-29", rules=rules, as_of=date(2024, 2, 29))
    assert states(found) == {"2024-02": met.ON_FILE}
    with pytest.raises(InputError, match="held_on is '2023-02-29'"):
        told("Harbour board,,2023-02-29,yes")


SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine


@SLOW
@given(st.lists(st.booleans(), max_size=60))
def test_runs_are_those_that_a_pattern_finds(flags):
    text = "".join("x" if flag else "." for flag in flags)
    expected = [(m[0][0] == "x", m.start(), len(m[0])) for m in re.finditer(r"x+|\.+", text)]
    assert runs(flags) == expected
    assert sum(length for _, _, length in runs(flags)) == len(flags)


@SLOW
@given(
    st.dates(date(1990, 1, 1), date(2060, 1, 1)),
    st.sampled_from(list(MONTHS_OF)),
    st.integers(1, 12),
)
def test_every_day_lies_in_one_period_and_periods_follow_each_other(day, every, starts):
    periods = MeetingPeriods(every, starts)
    number = periods.number(day)
    assert periods.first_day(number) <= day <= periods.last_day(number)
    assert (periods.first_day(number + 1) - periods.last_day(number)).days == 1
    assert periods.number(periods.last_day(number)) == number


@pytest.mark.parametrize(
    ("every", "label"),
    [("quarter", "2024-01 to 2024-03"), ("half-year", "2023-10 to 2024-03"),
     ("year", "2023-10 to 2024-09"), ("month", "2024-02")],
)  # fmt: skip
def test_periods_are_those_of_the_fiscal_year(every, label):
    periods = MeetingPeriods(every, 10)
    assert periods.label(periods.number(date(2024, 2, 29))) == label


@pytest.mark.parametrize(
    ("lines", "told_of"),
    [
        (("unit,period", "A,2024-01"), "no column 'minutes'"),
        ((HEADER, "A,2024-13,,yes"), "period is '2024-13'"),
        ((HEADER, "A,01/2024,,yes"), "period is '01/2024'"),
        ((HEADER, "A,2024-01,15 May,yes"), "held_on is '15 May'"),
        (("unit,held,minutes", "A,2024-01-05,yes"), "no column 'period' among unit, held"),
        ((HEADER, "A,2024-01,2024-02-30,yes"), "held_on is '2024-02-30'"),
        ((HEADER, "A,2024-01,,maybe"), "minutes is 'maybe'"),
        ((HEADER, "A,,,yes"), "neither period nor held_on"),
        ((HEADER, ",2024-01,,yes"), "the cell of unit is blank"),
    ],
)
def test_records_that_cannot_be_read_are_refused_with_their_line(write, lines, told_of):
    with pytest.raises(InputError, match=re.escape(told_of)) as raised:
        read_meetings(write("m", *lines), as_of=AS_OF)
    assert ("line 1" if "column" in told_of else "row 2") in str(raised.value)


@pytest.mark.parametrize(
    ("line", "told_of"),
    [
        ("A,fortnight,2024-01,2024-06", "every is 'fortnight'"),
        ("A,month,2024-06,2024-01", "from 2024-06 to 2024-01"),
        ("A,month,spring,2024-01", "from 'spring' to '2024-01'"),
        ("Harbor,month,2024-01,2024-02", "not in the list of units (nearest: 'Harbour')"),
    ],
)
def test_rules_that_cannot_be_read_are_refused(write, line, told_of):
    with pytest.raises(InputError, match=re.escape(told_of)):
        read_rules(write("r", MONTHLY[0], line), units=["A", "Harbour"])


def test_two_rules_for_one_month_and_no_period_over_are_refused(told):
    twice = (*MONTHLY, "Harbour board,month,2024-06,2024-08")
    with pytest.raises(InputError, match="two rules ask 'Harbour board' for a meeting on 2024-06"):
        told("Harbour board,2024-01,,yes", rules=twice)
    with pytest.raises(InputError, match="no period of the rules was over"):
        told("Harbour board,2023-01,,yes", as_of=date(2024, 1, 30))


def test_a_meeting_a_week_from_monday_to_sunday(told):
    rules = (MONTHLY[0], "Harbour board,weekly,2024-W52,2025-W02")
    found = told(
        "Harbour board,2024-W52,,yes",
        "Harbour board,,2024-12-30,yes",  # the first week of 2025
        "Harbour board,,2025-01-12,no",  # the Sunday of the second
        rules=rules,
        as_of=date(2025, 1, 12),
    )
    assert states(found) == {
        "2024-W52": met.ON_FILE, "2025-W01": met.ON_FILE, "2025-W02": met.NO_MINUTES,
    }  # fmt: skip
    early = told("Harbour board,2024-W52,,yes", rules=rules, as_of=date(2025, 1, 11))
    assert (early.required, early.not_due) == (2, 1)


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)))
def test_weeks_are_those_of_iso_8601(day):
    weeks = MeetingPeriods(met.WEEK)
    number = weeks.number(day)
    assert weeks.label(number) == "{}-W{:02d}".format(*day.isocalendar())
    assert weeks.first_day(number) <= day <= weeks.last_day(number)
    assert met.period_day(weeks.label(number)) == weeks.first_day(number)


def test_a_unit_that_meets_less_often_from_some_month_on_is_held_to_both_rules(told):
    rules = (*MONTHLY, "Harbour board,quarter,2024-Q3,2024-Q4")
    found = told(
        "Harbour board,2024-06,,yes", "Harbour board,,2024-09-30,yes", "Harbour board,2025-01,,yes",
        rules=rules,
    )  # fmt: skip
    kept = {period for period, state in states(found).items() if state == met.ON_FILE}
    assert kept == {"2024-06", "2024-07 to 2024-09"}
    assert (found.required, len(found.exceptions)) == (8, 1)


def test_a_rule_that_ends_with_a_year_asks_for_all_its_months(told):
    found = told(
        "Harbour board,2024-12,,yes", rules=(MONTHLY[0], "Harbour board,Monthly,2024,2024")
    )
    assert (found.required, found.missed) == (12, 11)


def test_one_year_of_one_unit_is_told_once(told):
    found = told("Harbour board,2024-01,,yes")
    assert found.by_year[["unit", "year"]].to_numpy().tolist() == [["Harbour board", "2024"]]
    both = (*MONTHLY, "Parks board,month,2024-01,2024-06")
    found = told("Harbour board,2024-01,,yes", rules=both)
    assert found.by_year["unit"].tolist() == ["Harbour board", "Parks board", "all"]
    assert found.by_year["required"].tolist() == [6, 6, 12]
