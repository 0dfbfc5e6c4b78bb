"""Workbooks that a spreadsheet program cannot turn against their reader."""

import io
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from xlsxwriter import Workbook

from coee_nb.workbooks import LONGEST, TABS, WorkbookSheet, workbook

DAY = date(2024, 5, 1)


def read(data):
    return load_workbook(io.BytesIO(data))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_every_text_stays_text(texts):
    said = [*texts, "=2+3", "@SUM(A1)", "http://x.example"]
    made = read(workbook([WorkbookSheet("said", [said], ["said"])], made_on=DAY))
    cells = [row[0] for row in made["said"].iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}  # n: an empty cell
    assert not any(cell.hyperlink for cell in cells)
    assert [str(c.value)[:1] for c in cells[-3:-1]] == ["'", "'"]


def test_sheets_of_one_name_are_told_apart_and_listed_at_the_end():
    columns, headings = [[pd.Timestamp(DAY)], [3], ["x" * 40_000]], ["day", "n", "long"]
    sheets = [WorkbookSheet("a" * 40, columns, headings, (text, "", "")) for text in ("one", "two")]
    made = read(workbook(sheets, made_on=DAY))
    assert made.sheetnames == ["a" * 31, "a" * 29 + "_2", "about"]
    first = made[made.sheetnames[0]]
    assert (first["A2"].value.date(), first["B2"].value) == (DAY, 3)
    assert first["C2"].value.startswith("x" * LONGEST + "… (cut: 40,000")
    assert first.freeze_panes == "B2"
    assert first["A1"].font.bold
    assert not first["A2"].font.bold
    assert [cell.value for cell in made["about"]["B"]] == ["what it shows", "one", "two"]


def test_a_workbook_of_many_sheets_opens_on_the_list_of_them():
    def opened(number):
        sheets = [WorkbookSheet(f"s{one}", [[1]], ["n"]) for one in range(number)]
        return read(workbook(sheets, made_on=DAY)).active.title

    assert [opened(TABS), opened(TABS + 1)] == ["s0", "about"]


def test_no_sheets_and_the_same_bytes_each_time():
    assert workbook([], made_on=DAY) == workbook([], made_on=DAY)
    assert read(workbook([], made_on=DAY)).sheetnames == ["about"]


def test_a_disk_without_room_is_told_as_one(monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Workbook, "_store_workbook", full)
    with pytest.raises(OSError, match="No space left"):
        workbook([WorkbookSheet("said", [["a"]], ["said"])], made_on=DAY)
