from datetime import datetime

import pytest
from openpyxl import Workbook

from coee_nb.errors import InputError
from coee_nb.survey.read.exports import open_export


@pytest.fixture
def workbook(tmp_path):
    def _workbook(*sheets, name="in.xlsx"):
        book = Workbook()
        book.remove(book.active)
        for rows in sheets:
            sheet = book.create_sheet()
            for row in rows:
                sheet.append(row)
        book.save(tmp_path / name)
        return tmp_path / name

    return _workbook


def cells(export, position):
    return export.body([position]).columns[position].cells().tolist()


def test_a_workbook_reads_as_the_csv_it_could_have_been(workbook):
    moment = datetime(2026, 1, 5, 10, 0, 11)
    rows = [
        ["ID", "Completion time", "Tools?", "Years"],
        [1, moment, "E-mail;Chat, by hand;", 2.0],
        [None, None, None, None],
        [3, moment, 'say "no"\nagain', 2.5],
    ]
    export = open_export(workbook(rows))
    assert export.names == ("ID", "Completion time", "Tools?", "Years")
    assert cells(export, 0) == ["1", "", "3"]
    assert cells(export, 1) == ["2026-01-05 10:00:11", "", "2026-01-05 10:00:11"]
    assert cells(export, 2) == ["E-mail;Chat, by hand;", "", 'say "no"\nagain']
    assert cells(export, 3) == ["2", "", "2.5"]
    assert export.body([0]).numbers.tolist() == [2, 3, 4]


def test_two_header_rows_of_surveymonkey_and_of_qualtrics(workbook):
    monkey = [
        ["Respondent ID", "Which?", "", "Any comments?"],
        ["", "Mail", "Phone", "Open-Ended Response"],
        [11, "Mail", None, "none"],
    ]
    export = open_export(workbook(monkey))
    assert export.header_rows == 2
    assert export.import_ids == ("", "Q1_1", "Q1_2", "Q2_TEXT")
    qualtrics = [["ResponseId", "Q1"], ["Response ID", "Aware?"], ["R_1", "Yes"]]
    assert open_export(workbook(qualtrics)).texts == ("Response ID", "Aware?")


def test_a_formula_is_its_value_or_its_text_and_blank_ends_are_no_columns(workbook):
    rows = [["id", "Q1", None], [1, "=1+1", None], [2, "no", None], [None, None, None]]
    export = open_export(workbook(rows))
    assert export.names == ("id", "Q1")
    assert cells(export, 1) == ["=1+1", "no"]


@pytest.mark.parametrize(
    ("sheets", "message"),
    [([[["id"], [1]], [["a"]]], "2 sheets with text"), ([[]], "is empty"), ([[[None]]], "empty")],
)
def test_a_workbook_without_one_sheet_of_responses_is_an_error(workbook, sheets, message):
    with pytest.raises(InputError, match=message):
        open_export(workbook(*sheets))


def test_a_second_sheet_without_text_does_not_disturb(workbook):
    assert open_export(workbook([["id", "Q"], [1, "x"]], [])).names == ("id", "Q")


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"PK\x03\x04rest", "cannot be opened"), (b"\xd0\xcf\x11\xe0rest", "save it as .xlsx")],
)
def test_what_is_no_workbook_of_today_is_an_error(tmp_path, content, message):
    path = tmp_path / "in.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        open_export(path)
