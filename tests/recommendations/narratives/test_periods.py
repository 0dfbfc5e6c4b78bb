"""Every period rule against a date worked out another way."""

from calendar import month_name
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.fiscal import add_months, fiscal_quarter_end, fiscal_year_end, month_end, quarter_end
from coee_nb.recommendations.narratives.periods import find_periods

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
        ("fiscal year 2021-22", "2022-06-30"),
        ("fiscal years 2024-2027", "2027-09-30"),
        ("31/10/2022", "2022-10-31"),
        ("June 31, 2022", "2022-06-30"),
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
