"""Cells of penalty records: days and cents as written, or a sentence that says why not."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coee_nb.enforcement.case_values import cents, dates, read_rows
from coee_nb.errors import InputError

few = settings(max_examples=25, deadline=None)


def column(*texts):
    return pd.Series(texts, dtype="str")


@few
@given(
    st.lists(st.dates(date(1900, 1, 1), date(2100, 12, 31)), min_size=1, max_size=30),
    st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d-%b-%Y", "%B %d, %Y"]),
)
def test_every_day_is_read_as_it_was_written(days, form):
    read, wrong, blank = dates(column(*(f"{day:{form}}" for day in days), "", "Unknown"), "a")
    assert read[:-2].tolist() == days
    assert not wrong.any()
    assert blank.tolist() == [False] * len(days) + [True, True]


@pytest.mark.parametrize("text", ["2016-02-29 13:45:00", "2016-02-29T00:00:00.000Z", "2016-02-29"])
def test_a_time_of_day_costs_a_date_nothing(text):
    days, wrong, _ = dates(pd.Series([text]), "here")
    assert (str(days[0]), wrong.any()) == ("2016-02-29", False)


def test_slashes_are_read_as_they_prove_or_as_they_are_said_to_be():
    assert dates(column("05/06/2024", "05/13/2024"), "a")[0][0].item() == date(2024, 5, 6)
    assert dates(column("05/06/2024", "13/05/2024"), "a")[0][0].item() == date(2024, 6, 5)
    assert dates(column("05/06/2024"), "a", "day-first")[0][0].item() == date(2024, 6, 5)
    with pytest.raises(InputError, match="may have the day or the month first"):
        dates(column("05/06/2024"), "a")


@pytest.mark.parametrize(
    "texts", [("2024-05-06", "05/13/2024"), ("13/05/2024", "05/13/2024"), ("6.5.2024", "2024-5-6x",
              "2024-05-06")]
)  # fmt: skip
def test_two_forms_of_dates_in_a_column_are_refused(texts):
    with pytest.raises(InputError, match="dates in two forms"):
        dates(column(*texts), "list.csv, column closed_on")


def test_a_text_that_is_no_day_is_marked_and_blank():
    read, wrong, _ = dates(column("2019-02-30", "soon", "2019-02-28"), "a")
    assert wrong.tolist() == [True, True, False]
    assert read[2].item() == date(2019, 2, 28)


@few
@given(st.lists(st.integers(-(10**14), 10**14), min_size=1, max_size=30))
def test_amounts_are_exact_to_the_cent(amounts):
    texts = [f"{'-' if a < 0 else ''}${abs(a) // 100:,}.{abs(a) % 100:02d}" for a in amounts]
    lines = pd.Series(range(2, len(texts) + 2))
    assert cents(column(*texts), lines, "a").tolist() == amounts


def test_amounts_in_brackets_are_below_zero_and_a_blank_is_missing():
    read = cents(column("(5.00)", "", "7.5", "n/a"), pd.Series([2, 3, 4, 5]), "a")
    assert read.tolist() == [-500, pd.NA, 750, pd.NA]


@pytest.mark.parametrize("text", ["1.005", "five", "1,00", "1.000,00", "1e3", "--1", "="])
def test_what_is_no_amount_is_refused_with_its_line(text):
    with pytest.raises(InputError, match="line 3"):
        cents(column("1", text), pd.Series([2, 3]), "list.csv")


def test_a_workbook_reads_as_the_csv_file_it_would_be(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["Case No", "opened", "amount", "charged party"])
    sheet.append(["A-1", date(2020, 1, 31), 1234.5, "somebody"])
    sheet.append([None, None, None, None])
    sheet.append([7, None, 10.0, "somebody"])
    book.save(tmp_path / "list.xlsx")
    found = read_rows(
        tmp_path / "list.xlsx", ["case_id", "opened", "amount"], ["case_id"], {"case_id": "Case No"}
    )
    assert found.columns.tolist() == ["case_id", "opened", "amount", "line"]
    assert found.to_numpy().tolist() == [["A-1", "2020-01-31", "1234.5", 2], ["7", "", "10", 4]]


def test_a_column_that_is_not_there_is_named(write):
    with pytest.raises(InputError, match=r"columns: \{case_id: COLUMN\}"):
        read_rows(write("list", "id", "1"), ["case_id"], ["case_id"], {})
    with pytest.raises(InputError, match="no column 'No'"):
        read_rows(write("list", "id", "1"), ["case_id"], ["case_id"], {"case_id": "No"})
