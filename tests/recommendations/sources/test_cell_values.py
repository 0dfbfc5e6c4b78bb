from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.engines.datewords.styles import DateStyle
from coee_nb.errors import InputError
from coee_nb.recommendations.sources import cell_values
from coee_nb.recommendations.sources.cell_values import Due, due

STYLE = DateStyle("day-first")
DAYS = st.dates(date(2000, 1, 1), date(2049, 12, 31))


@pytest.mark.parametrize(
    ("cell", "on", "former"),
    [
        ("June 2025 (revised from March 2025)", "2025-06-30", ["2025-03-31"]),
        ("March 2025 revised to June 2025", "2025-06-30", ["2025-03-31"]),
        ("31/03/2025 -> 30/06/2025", "2025-06-30", ["2025-03-31"]),
        ("Original: 31/03/2025; Revised: 30/06/2025", "2025-06-30", ["2025-03-31"]),
        ("30/06/2025 (was 31/03/2025)", "2025-06-30", ["2025-03-31"]),
        ("30/06/2025 (originally 31/12/2024)", "2025-06-30", ["2024-12-31"]),
        ("Extended from 31/03/2025 to 30/06/2025", "2025-06-30", ["2025-03-31"]),
        ("30/06/2025; 31/12/2025", "2025-12-31", []),
        ("Mar 2025/Jun 2025", "2025-06-30", []),
        ("30 June 2025\n31 December 2025", "2025-12-31", []),
        ("Revised: June 2025", "2025-06-30", []),
        ("Sun 30 June 2024", "2024-06-30", []),
    ],
)
def test_a_cell_of_several_dates_tells_the_current_from_the_former(cell, on, former):
    found = due(cell, style=STYLE).ecd
    assert (str(found.due), [str(each.due) for each in found.earlier]) == (on, former)


@pytest.mark.parametrize(
    "cell",
    ["TBD", "Ongoing", "Complete", "Immediately", "Pending funding", "Overdue", "as soon as funded",
     "N/A", "-", "Waiting on the legislature"],
)  # fmt: skip
def test_a_cell_without_a_word_of_time_gives_no_date_and_keeps_its_words(cell):
    assert due(cell, style=STYLE) == Due(words=cell)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("24-Dec", "may be Dec 24 or Dec 2024"),
        ("within 90 days", "from which day"),
        ("13/13/2024", "in no calendar"),
        ("Q4 2024-25", "--fiscal-year-end"),
        ("was June 2024", "says more"),
        ("31 Dec 2024 - partial", "says more"),
        ("next quarter", "not one date"),
        ("December", "not one date"),
    ],
)
def test_a_cell_that_may_give_a_date_is_not_read_for_a_reason(cell, reason):
    found = due(cell, style=STYLE)
    assert (found.ecd, found.words) == (None, cell)
    assert reason in found.unread


def test_a_time_from_the_report_runs_from_its_issue():
    issued = date(2024, 3, 1)
    for cell, on in (("within 90 days of issuance", "2024-05-30"),
                     ("Within 6 months of the report date", "2024-09-01")):  # fmt: skip
        assert str(due(cell, style=STYLE, issued_on=issued).ecd.due) == on
        assert due(cell, style=STYLE).ecd is None


@given(first=DAYS, second=DAYS)
def test_a_revised_cell_gives_back_both_its_dates(first, second):
    cell = f"{second:%d/%m/%Y} (revised from {first:%d/%m/%Y})"
    found = due(cell, style=STYLE).ecd
    assert found.due == second
    assert [each.due for each in found.earlier] == ([first] if first != second else [])


@given(st.text(max_size=40))
def test_whatever_a_cell_says_it_is_read_or_its_words_are_kept(text):
    found = due(text, style=STYLE)
    assert bool(found.ecd) + bool(found.unread) <= 1
    assert found.words or not text.strip()


@given(day=DAYS)
def test_a_spreadsheets_number_is_its_day(day):
    number = (day - date(1899, 12, 30)) // timedelta(days=1)
    assert due(str(number), style=STYLE).ecd.due == day
    assert cell_values.day(f"{number}.0", style=STYLE) == day


def test_a_newer_cell_leaves_the_older_date_as_a_former_one():
    older, newer = due("March 2025", style=STYLE), due("June 2025", style=STYLE)
    assert [each.span for each in newer.after(older).ecd.earlier] == ["March 2025"]
    none = due("TBD", style=STYLE).after(older)
    assert (none.ecd, [each.span for each in none.earlier]) == (None, ["March 2025"])


@pytest.mark.parametrize(
    ("cell", "dollars"),
    [
        ("$1.2M", 1_200_000.0), ("$1,250,000", 1_250_000.0), ("450K", 450_000.0),
        ("1.5 million", 1_500_000.0), ("n/a", None), ("-", None), ("0", 0.0), ("$2bn", 2e9),
        ("USD 300", 300.0), ("12.50", 12.5),
    ],
)  # fmt: skip
def test_amounts_are_read_in_dollars(cell, dollars):
    assert cell_values.amount(cell.removeprefix("USD ")) == dollars


@pytest.mark.parametrize(
    ("cell", "day"),
    [("6/30/2025 0:00", date(2025, 6, 30)), ("6/30/2025 12:00 AM", date(2025, 6, 30)),
     ("20250630", date(2025, 6, 30)), ("EOY 2025", date(2025, 12, 31))],
)  # fmt: skip
def test_a_date_in_a_spreadsheets_dress_is_read(cell, day):
    assert due(cell, style=DateStyle("month-first")).ecd.due == day


@pytest.mark.parametrize("cell", ["lots", "(5)", "-5", "$1.2M and $3M", "1.2.3"])
def test_what_is_no_amount_is_refused(cell):
    with pytest.raises(InputError, match=r"not an amount|negative"):
        cell_values.amount(cell)


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        ("Agree", "concur"), ("Accepted", "concur"), ("Disagree.", "non-concur"),
        ("Partially agreed", "partially concur"), ("Agreed in principle", "partially concur"),
        ("Neither agreed nor disagreed", "none stated"), ("concur", "concur"),
    ],
)  # fmt: skip
def test_agreement_is_read_in_the_words_of_offices(cell, word):
    assert cell_values.concurrence(cell).word == word


def test_a_cell_that_says_nothing_of_agreement_is_blank():
    assert cell_values.concurrence("n/a") is None
    with pytest.raises(InputError, match="does not say"):
        cell_values.concurrence("see letter")
