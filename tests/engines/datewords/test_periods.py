"""Every period rule against a date worked out another way."""

from calendar import month_name, monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.engines.datewords.periods import find_periods, name_periods, number_order
from coee_nb.engines.datewords.styles import DateStyle
from coee_nb.errors import InputError
from coee_nb.fiscal import add_months, fiscal_quarter_end, fiscal_year_end, month_end, quarter_end

MONTHS = list(month_name)[1:]
days = st.dates(date(1990, 1, 1), date(2079, 12, 31))
years = st.integers(1990, 2079)
quarters = st.integers(1, 4)


def only(text: str):
    """Return the one period of a text that names one, having checked that its words are found."""
    (period,) = find_periods(text)
    assert period.starts <= period.due
    return period


@given(
    days,
    st.sampled_from(
        [
            "{m} {d}, {y}",
            "{m} {d} {y}",
            "{m} {d}st, {y}",
            "{a}. {d}, {y}",
            "{a} {d}, {y}",
            "{d} {m} {y}",
            "{d}-{a}-{y}",
            "{mm}/{d}/{y}",
            "{mm:02}/{d:02}/{y}",
            "{mm}-{d}-{y}",
            "{y}-{mm:02}-{d:02}",
        ]
    ),
)
def test_day_in_every_order(day, form):
    month = MONTHS[day.month - 1]
    text = form.format(m=month, a=month[:3], d=day.day, mm=day.month, y=day.year)
    period = only(f"due {text}.")
    assert (period.starts, period.due, period.precision) == (day, day, "day")
    assert f"due {text}."[period.start : period.end].rstrip(".") == text.rstrip(".")


@given(
    days,
    st.sampled_from(["{m} {y}", "{m}, {y}", "{m} of {y}", "{a}. {y}", "{mm}/{y}", "{a}-{yy:02}"]),
)
def test_month_ends_on_its_last_day(day, form):
    month = MONTHS[day.month - 1]
    if day.year < 2000 and "yy" in form:
        day = day.replace(year=day.year + 50, day=1)
    text = form.format(m=month, a=month[:3], mm=day.month, y=day.year, yy=day.year % 100)
    period = only(text)
    assert (period.due, period.precision) == (month_end(day.year, day.month), "month")
    assert period.starts == period.due.replace(day=1)


@given(
    years,
    quarters,
    st.sampled_from(
        [
            "Q{q} FY{y}",
            "{q}Q FY {y}",
            "{q}QFY{y}",
            "FY{y} Q{q}",
            "FY {y}, Q{q}",
            "FY{y} (Q{q})",
            "{w} quarter of fiscal year {y}",
            "{w} quarter FY {y}",
            "{w} quarter (Q{q}) of FY{y}",
            "fiscal year {y}'s {w} quarter",
            "{w} fiscal quarter of {y}",
            "quarter {q} of fiscal year {y}",
            "{n} quarter of FY {y}",
            "the end of the {w} quarter of fiscal {y}",
        ]
    ),
)
def test_fiscal_quarter_in_every_order(year, quarter, form):
    word = ("first", "second", "third", "fourth")[quarter - 1]
    text = form.format(q=quarter, y=year, w=word, n=("1st", "2nd", "3rd", "4th")[quarter - 1])
    period = only(f"in {text}, then")
    assert (period.due, period.precision) == (fiscal_quarter_end(year, quarter), "quarter")
    assert add_months(period.starts, 3) - timedelta(days=1) == period.due


@given(
    years,
    quarters,
    st.sampled_from(["Q{q} {y}", "Q{q} of calendar year {y}", "{y} Q{q}", "Q{q} CY{y}"]),
)
def test_calendar_quarter(year, quarter, form):
    period = only(form.format(q=quarter, y=year))
    assert (period.due, period.precision) == (quarter_end(year, quarter), "quarter")


@given(
    st.integers(2000, 2079),
    st.sampled_from(
        [
            "fiscal year {y}",
            "FY{y}",
            "FY {y}",
            "fiscal {y}",
            "FY{s:02}",
            "FY '{s:02}",
            "fiscal year (FY) {y}",
            "the end of FY {s:02}",
        ]
    ),
)
def test_federal_fiscal_year_ends_september_30(year, form):
    period = only(form.format(y=year, s=year % 100))
    assert (period.due, period.precision) == (fiscal_year_end(year), "fiscal_year")
    assert period.starts == date(year - 1, 10, 1)


@given(
    years,
    st.sampled_from(
        [
            "{y}",
            "calendar year {y}",
            "CY{y}",
            "the end of {y}",
            "the end of the year {y}",
            "year-end {y}",
        ]
    ),
)
def test_calendar_year_ends_december_31(year, form):
    period = only(f"by {form.format(y=year)}.")
    assert (period.due, period.precision) == (date(year, 12, 31), "calendar_year")


@given(years)
def test_seasons_end_with_their_meteorological_last_month(year):
    ends = {"spring": 5, "summer": 8, "fall": 11, "autumn": 11}
    for season, month in ends.items():
        for text in (f"{season} {year}", f"the {season} of {year}"):
            assert (only(text).due, only(text).precision) == (month_end(year, month), "season")


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("early 2024", "2024-03-31"),
        ("mid-2024", "2024-06-30"),
        ("the middle of 2024", "2024-06-30"),
        ("mid to late 2024", "2024-12-31"),
        ("late 2024", "2024-12-31"),
        ("late in calendar year 2024", "2024-12-31"),
        ("the first half of 2024", "2024-06-30"),
        ("the second half of 2024", "2024-12-31"),
        ("early fiscal year 2024", "2023-12-31"),
        ("mid-FY2024", "2024-03-31"),
        ("the first half of FY 2024", "2024-03-31"),
        ("late fiscal year 2024", "2024-09-30"),
        ("early June 2024", "2024-06-10"),
        ("mid-June 2024", "2024-06-15"),
        ("late June 2024", "2024-06-30"),
        ("the end of June 2024", "2024-06-30"),
        ("early spring 2024", "2024-03-31"),
        ("winter 2023-2024", "2024-02-29"),
        ("June to August 2024", "2024-08-31"),
        ("December or January 2025", "2025-01-31"),
        ("March 1 to April 15, 2024", "2024-04-15"),
        ("Q2/Q3 FY2024", "2024-06-30"),
        ("second or third quarter of 2024", "2024-09-30"),
        ("fiscal years 2024 and 2025", "2025-09-30"),
        ("the end of the 2025 fiscal year", "2025-09-30"),
        ("the fourth quarter of the 2025 fiscal year", "2025-09-30"),
        ("fiscal years 2024-2027", "2027-09-30"),
        ("31/10/2022", "2022-10-31"),
    ],
)
def test_parts_and_ranges(text, due):
    assert only(text).due.isoformat() == due


def test_range_of_months_over_new_year_starts_the_year_before():
    assert only("December or January 2025").starts == date(2024, 12, 1)


@pytest.mark.parametrize(
    "text",
    [
        "19 U.S.C. 1592(d)",
        "GAO-20-283G",
        "report 2018-120",
        "Directive 5000.17",
        "it may 2 times",
        "March on",
        "$2024",
        "2,024 employees",
        "2020% more",
        "13/45/2022",
        "section 2023a",
        "version 1.2.2024.7",
    ],
)
def test_numbers_that_are_no_dates(text):
    assert find_periods(text) == ()


@given(st.text(alphabet="0123456789/-.,' qfyQFY()JunemarchMay", max_size=60))
def test_never_raises_and_never_runs_backwards(text):
    for period in find_periods(text):
        assert period.starts <= period.due
        assert text[period.start : period.end].strip()


@given(
    st.integers(1990, 2079),
    st.integers(1, 12),
    st.integers(29, 99),
    st.sampled_from(
        [
            "{m} {d}, {y}", "{a}. {d}, {y}", "{m} {d} {y}", "{m} {d}th, {y}", "{d} {m} {y}",
            "{d}-{a}-{y}", "{d}th of {m}, {y}", "{y}-{mm:02}-{d}", "{y}/{mm}/{d}", "{mm}/{d}/{y}",
            "{d}/{mm:02}/{y}", "{d}.{mm:02}.{y}", "the end of {m} {d}, {y}", "{mm}-{d}-{yy:02}",
        ]
    ),
    st.sampled_from(["", "day-first", "month-first"]),
)  # fmt: skip
def test_an_impossible_day_never_gives_a_date(year, month, day, form, order):
    if day <= monthrange(year, month)[1]:
        return
    name = MONTHS[month - 1]
    words = form.format(m=name, a=name[:3], d=day, y=year, mm=month, yy=year % 100)
    for text in (words, f"It will finish by {words}.", f"ECD: {words}"):
        assert find_periods(text, DateStyle(order)) == ()
    assert [each.refused for each in name_periods(f"by {words}.")] == ["it is in no calendar"]


@given(st.integers(1, 12), st.integers(1, 12), years, st.sampled_from("/-."))
def test_the_order_of_day_and_month_is_told_or_the_date_is_not_read(first, second, year, mark):
    text = f"{first:02}{mark}{second:02}{mark}{year}"
    day_first, month_first, unknown = (
        [each.due for each in find_periods(text, DateStyle(order))]
        for order in ("day-first", "month-first", "")
    )
    assert (day_first, month_first) == ([date(year, second, first)], [date(year, first, second)])
    assert unknown == (day_first if first == second else [])
    assert number_order(text) == set()


def test_a_number_above_twelve_proves_the_order():
    assert number_order("due 31/12/2024 or 05/06/2024") == {"day-first"}
    assert number_order("12/31/24") == {"month-first"}
    assert number_order("12/31/2024 and 31/12/2024") == {"day-first", "month-first"}


ENDS = {"03-31": date(2025, 3, 31), "06-30": date(2025, 6, 30), "09-30": date(2025, 9, 30)}


@pytest.mark.parametrize(
    "words",
    ["fiscal year 2024-25", "FY2024-25", "FY 2024/25", "fiscal year 2024-2025", "FY24-25",
     "the 2024-25 fiscal year", "the 2024-25 financial year", "2024-25", "Q4 2024-25",
     "fourth quarter of fiscal year 2024-25", "Q4 of the 2024-25 fiscal year", "FY2024-25 Q4",
     "the end of fiscal year 2024-25", "second half of FY 2024-25"],
)  # fmt: skip
def test_a_fiscal_year_of_two_numbers_ends_as_the_engagement_says_or_is_not_read(words):
    assert find_periods(f"by {words}.") == ()
    (refused,) = name_periods(f"by {words}.")
    assert "fiscal year" in refused.refused
    for told, ends in ENDS.items():
        (period,) = find_periods(f"by {words}.", DateStyle(fiscal_year_end=told))
        assert period.due == ends


@pytest.mark.parametrize("words", ["fiscal year 2022-33", "FY2024-24", "the 2024-29 fiscal year"])
def test_years_that_do_not_follow_each_other_are_no_fiscal_year(words):
    assert find_periods(words, DateStyle(fiscal_year_end="06-30")) == ()


@pytest.mark.parametrize("text", ["the 2021-2025 plan", "report 2018-29", "2007-08"])
def test_years_of_a_plan_and_what_may_be_a_month_are_no_date(text):
    assert find_periods(text) == ()


def test_a_fiscal_year_of_one_number_is_federal_unless_the_engagement_says():
    assert only("FY2025").due == date(2025, 9, 30)
    (period,) = find_periods("Q1 FY2025", DateStyle(fiscal_year_end="03-31"))
    assert (period.starts, period.due) == (date(2024, 4, 1), date(2024, 6, 30))


@pytest.mark.parametrize("order", ["", "03", "3-32", "02-30", "31-03", "06-15", "june"])
def test_an_end_that_is_no_month_s_is_refused(order):
    if order:
        with pytest.raises(InputError, match="no end of a fiscal year"):
            DateStyle(fiscal_year_end=order)
    with pytest.raises(InputError, match="no order"):
        DateStyle(order=f"x{order}")


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("before the start of fiscal year 2025", "2024-09-30"),
        ("prior to the beginning of FY25", "2024-09-30"),
        ("before fiscal year 2025", "2024-09-30"),
        ("ahead of fiscal year 2025", "2024-09-30"),
        ("before the start of 2025", "2024-12-31"),
        ("before the beginning of June 2025", "2025-05-31"),
        ("before the start of the second quarter of FY 2025", "2024-12-31"),
        ("before the end of fiscal year 2025", "2025-09-30"),
        ("before June 15, 2025", "2025-06-15"),
        ("on or before September 2025", "2025-09-30"),
    ],
)
def test_before_the_start_is_the_day_before(text, due):
    assert only(text).due.isoformat() == due
