from datetime import date, datetime

import pytest

from coee_nb.errors import InputError
from coee_nb.recommendations.sources.recognise import read_file

COLUMNS = {
    "issuer": "Auditor",
    "report": "Report no",
    "number": "No",
    "agency": "Bureau",
    "title": "Finding",
    "text": "What to do",
    "issued_on": "Issued",
    "status": "State",
    "ecd": "Due",
    "questioned_costs_usd": "Costs",
    "narrative": "Remarks",
}


@pytest.fixture
def text(page) -> str:
    return page("list.csv")


def test_reads_a_list_by_its_mapping(text, reading_of):
    reading = reading_of(text, "list.csv", columns=COLUMNS)
    assert reading.format == "CSV or Excel list"
    rows = reading.records
    assert rows["number"].tolist() == ["1", "2", "3", "4"]
    assert rows["issued_on"].tolist() == [date(2023, 1, 15)] * 4
    assert rows["ecd_to"].tolist()[:2] == [date(2024, 6, 30), None]
    assert rows["questioned_costs_usd"].iat[0] == 1200.0
    assert rows["status"].tolist() == ["open", "closed - implemented", "", "open"]


def test_a_cell_that_cannot_be_read_keeps_its_row_and_a_broken_row_is_set_aside(text, reading_of):
    reading = reading_of(text, "list.csv", columns=COLUMNS)
    assert reading.unread.empty
    closed, soon = reading.records.iloc[2], reading.records.iloc[3]
    assert (closed["status"], closed["status_asked"]) == ("", "Closed")
    assert "not whether implemented" in closed["unread_why"]
    assert (soon["ecd_to"], soon["ecd_span"]) == (None, "soon")
    assert reading.excluded["where"].tolist() == ["list.csv, line 6"]
    assert "8 cells, the header has 11" in reading.excluded["reason"].iat[0]
    assert "4 read, 1 excluded" in reading.account
    assert "1 with words kept and not read" in reading.account


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_the_delimiter_is_found(delimiter, reading_of):
    lines = ["issuer,number,text,status", "City,1,List lamps,open", "City,2,Buy oil,unresolved"]
    text = "\n".join(lines).replace(",", delimiter)
    assert reading_of(text, "list.csv").records["number"].tolist() == ["1", "2"]


def test_a_list_with_the_logs_own_names_needs_no_mapping(reading_of):
    reading = reading_of("issuer,number,text,status\nCity,1,List,asserted complete\n", "a.csv")
    assert reading.records["status"].tolist() == ["asserted complete"]


def test_one_value_for_all_rows(text, reading_of):
    reading = reading_of(text, "list.csv", columns=COLUMNS | {"issuer": "=State Auditor"})
    assert reading.records["issuer"].unique().tolist() == ["State Auditor"]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (COLUMNS | {"statuss": "State"}, "unknown field 'statuss'.*did you mean 'status'"),
        (COLUMNS | {"status": "Stat"}, "no column 'Stat'.*did you mean 'State'"),
        ({"issuer": "Auditor", "status": "State"}, "no column for text.*--map text=COLUMN"),
    ],
)
def test_a_wrong_mapping_is_refused_with_the_nearest_name(columns, message, text, reading_of):
    with pytest.raises(InputError, match=message):
        reading_of(text, "list.csv", columns=columns)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("status=", "no status"),
        ("status=Amber", "'Amber' is unknown"),
        ("status=Closed", "not whether implemented"),
        ("ecd=24-Dec", "it may be Dec 24 or Dec 2024"),
        ("issued_on=31/31/2023", "it is in no calendar"),
        ("issued_on=May 2023", "is not a day"),
        ("closed_on=some day in May", "is not a day"),
        ("questioned_costs_usd=lots", "is not an amount"),
        ("questioned_costs_usd=(5)", "is negative"),
        ("concurrence=maybe", "does not say whether"),
    ],
)
def test_a_cell_that_cannot_be_read_costs_its_row_nothing_else(cell, reason, reading_of):
    field, value = cell.split("=")
    reading = reading_of(_two_rows({field: value}), "list.csv")
    assert reading.unread.empty
    assert reading.excluded.empty
    whole, row = (reading.records.set_index("text").loc[text] for text in ("List", "Other"))
    noted = "; ".join(f"{each.words} {each.unread}" for each in row["noted"])
    assert reason in f"{row['status_doubt']} {row['unread_why']} {noted}"
    assert value in f"{row['status_asked']} {row['unread']} {noted}"
    mine = {"status": ["status"], "ecd": ["ecd_to"]}.get(field, [field])
    others = {"status", "ecd_to", "issued_on", "questioned_costs_usd", "concurrence"} - {*mine}
    assert all(row[name] == whole[name] for name in others)


@pytest.mark.parametrize("field", ["issuer", "text"])
def test_a_row_that_does_not_say_what_it_is_of_is_set_aside(field, reading_of):
    reading = reading_of(_two_rows({field: ""}), "list.csv")
    assert reading.unread.empty
    assert reading.excluded[["reason", "kind"]].values.tolist() == [[f"no {field}", "unidentified"]]


def _two_rows(changed: dict[str, str]) -> str:
    row = {"issuer": "City", "text": "List", "status": "open", "issued_on": "2023-01-15"}
    row |= {"questioned_costs_usd": "5", "concurrence": "concur", "ecd": "May 2024"}
    row |= {"closed_on": ""}
    bad = row | {"text": "Other"} | changed
    return "\n".join(",".join(cells) for cells in (row, row.values(), bad.values()))


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        ("open,2024-05-01", "closed - implemented,2024-05-01", "status open and closed"),
        ("open,2024-05-01", "open,2024-06-01", "ecd 2024-05-01 and 2024-06-01"),
        ("open,2024-05-01", "open,soon", "ecd 2024-05-01 and soon"),
        ("open,2024-05-01", "open,TBD", "ecd 2024-05-01 and TBD"),
    ],
)
def test_rows_of_one_recommendation_that_differ_are_both_refused(one, other, differs, reading_of):
    rows = ["issuer,number,text,status,ecd", f"City,1,List,{one}", f"City,1,List,{other}"]
    for order in (rows, [rows[0], rows[2], rows[1]], [*rows, rows[1]]):
        reading = reading_of("\n".join([*order, "City,2,Oil,open,"]), "list.csv")
        assert reading.records["number"].tolist() == ["2"]
        assert reading.unread["number"].tolist() == ["1"]
        assert "list.csv, line 3" in reading.unread["unread_why"].iat[0]
        assert "contradicts list.csv, line 2" in reading.excluded["reason"].iat[0]
    reading = reading_of("\n".join(rows), "list.csv")
    assert differs in reading.unread["unread_why"].iat[0]


def test_rows_that_say_the_same_twice_are_read_once(reading_of):
    rows = ["issuer,number,text,status,ecd", *["City,1,List,open,2024-05-01"] * 2]
    reading = reading_of("\n".join(rows), "list.csv")
    assert len(reading.records) == 1
    assert reading.excluded["kind"].tolist() == ["repeat"]


def test_reads_a_spreadsheet_with_its_dates_and_numbers(tmp_path, reading_of):
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["issuer", "number", "text", "status", "issued_on", "ecd", "questioned_costs_usd"])
    sheet.append(["City", 1, "List lamps", "Open", datetime(2023, 1, 15), "FY2024", 12.5])
    path = tmp_path / "list.xlsx"
    book.save(path)
    row = reading_of(path.read_bytes(), path.name, as_of=date(2024, 4, 30)).records.iloc[0]
    assert (row["number"], row["issued_on"]) == ("1", date(2023, 1, 15))
    assert (row["ecd_to"], row["ecd_precision"]) == (date(2024, 9, 30), "fiscal_year")
    assert row["questioned_costs_usd"] == 12.5


def test_a_formula_without_a_stored_value_keeps_its_words(tmp_path, reading_of):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["issuer", "number", "text", "status", "ecd"])
    book.active.append(["City", 1, "List lamps", "Open", "=DATE(2025,9,30)"])
    path = tmp_path / "list.xlsx"
    book.save(path)
    reading = reading_of(path.read_bytes(), path.name, as_of=date(2024, 4, 30))
    assert reading.records["status"].tolist() == ["open"]
    assert "=DATE(2025,9,30)" in reading.records["unread_why"].iat[0]


def test_a_broken_spreadsheet_is_refused(tmp_path):
    from coee_nb.recommendations.sources.recognise import read_file

    path = tmp_path / "list.xlsx"
    path.write_bytes(b"PK\x03\x04 and then nothing")
    with pytest.raises(InputError, match="cannot be opened"):
        read_file(path, as_of=date(2024, 4, 30), columns={"text": "a"})


def _dues(reading_of, dues: list[str], **options) -> dict[str, str]:
    lines = [f'City,{i},Do {i},open,"{due}"' for i, due in enumerate(dues, start=1)]
    text = "\n".join(["issuer,number,text,status,ecd", *lines])
    reading = reading_of(text, "list.csv", **options)
    assert reading.records["status"].tolist() == ["open"] * len(dues)
    rows = reading.records[["ecd_to", "ecd_unread"]].itertuples(index=False)
    return {due: "unread" if r[1] else str(r[0]) for due, r in zip(dues, rows, strict=True)}


@pytest.mark.parametrize(
    ("others", "asked", "due"),
    [
        (["31/12/2024"], "", "2024-06-05"),
        (["12/31/2024"], "", "2024-05-06"),
        ([], "", "unread"),
        (["2024-12-31", "June 2024"], "", "unread"),
        (["31/12/2024", "12/31/2024"], "", "unread"),
        ([], "day-first", "2024-06-05"),
        ([], "month-first", "2024-05-06"),
        (["31/12/2024"], "day-first", "2024-06-05"),
        (["31/12/2024"], "month-first", "unread"),
    ],
)
def test_the_order_of_a_column_s_dates_is_proved_or_asked_for(others, asked, due, reading_of):
    assert _dues(reading_of, ["05/06/2024", *others], date_order=asked)["05/06/2024"] == due


def test_one_column_s_order_proves_nothing_of_another(reading_of):
    rows = ["issuer,number,text,status,issued_on,ecd", "City,1,Do,open,31/12/2023,05/06/2024"]
    reading = reading_of("\n".join(rows), "list.csv", as_of=date(2024, 4, 30))
    assert "--date-order" in reading.records["unread_why"].iat[0]


@pytest.mark.parametrize(
    "due",
    ["30/02/2025", "Completed 31 Dec 2024", "31 Dec 2024 - partial", "from June 2024", "13/13/2024",
     "after June 2024", "was June 2024", "June 2024 (on hold)", "June 2024 and ongoing", "2024-25",
     "Feb 30, 2025", "2025-02-30", "7", "not before June 2024"],
)  # fmt: skip
def test_a_due_cell_that_says_more_than_a_date_is_not_read(due, reading_of):
    assert _dues(reading_of, [due])[due] == "unread"


def test_a_fiscal_year_of_two_numbers_ends_as_asked(reading_of):
    dues = _dues(reading_of, ["2024-25", "Q1 2025/26", "FY25"], fiscal_year_end="03-31")
    assert list(dues.values()) == ["2025-03-31", "2025-06-30", "2025-03-31"]
    assert _dues(reading_of, ["FY25"]) == {"FY25": "2025-09-30"}


def test_a_date_in_the_comments_that_cannot_be_read_keeps_its_words(reading_of):
    head = "issuer,number,text,status,narrative"
    said = "Completion is expected by fiscal year 2024-25."
    reading = reading_of(f"{head}\nCity,1,Do,open,{said}", "list.csv")
    row = reading.records.iloc[0]
    assert (row["status"], row["ecd_to"], row["unread"]) == (
        "open",
        None,
        "fiscal year 2024-25",
    )
    assert "fiscal year ends is not given" in row["unread_why"]


def test_what_decides_the_dates_of_a_list_is_refused_for_a_page(page, reading_of):
    with pytest.raises(InputError, match="leave --date-order"):
        reading_of(page("gao_page.txt"), date_order="day-first")


@pytest.mark.parametrize(
    "due", ["TBD", "ongoing", "N/A", "\u2013", "Immediately", "Pending funding", "Not applicable"]
)
def test_a_due_cell_that_gives_no_date_leaves_the_row_read_without_one(due, reading_of):
    reading = reading_of(_two_rows({"ecd": due}), "list.csv")
    assert reading.unread.empty
    assert reading.records.set_index("text")["ecd_to"]["Other"] is None


def test_a_list_says_what_its_own_words_mean(reading_of):
    text = "issuer,number,text,status\nCity,1,List,Green\nCity,2,Buy,Open\n"
    assert reading_of(text, "a.csv").records["status_asked"].tolist() == ["Green", ""]
    own = {"green": "closed - implemented", "open": "unresolved"}
    read = reading_of(text, "a.csv", statuses=own).records
    assert read["status"].tolist() == ["closed - implemented", "unresolved"]


@pytest.mark.parametrize(
    ("due", "day"), [("45657", "2024-12-31"), ("45351.0", "2024-02-29"), ("45657.5", "2024-12-31")]
)
def test_a_day_that_a_spreadsheet_left_as_its_number_is_read(due, day, reading_of):
    assert _dues(reading_of, [due])[due] == day


def _book(tmp_path, sheets: dict[str, list[list]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "made.xlsx")
    return (tmp_path / "made.xlsx").read_bytes()


TITLES = [["Tracker of the city"], [None], ["Status: draft"]]
HEADER, BODY = ["issuer", "number", "text", "status"], [["City", 1, "List", "Open"]]


def test_the_header_is_found_below_titles_and_behind_a_cover(tmp_path, reading_of):
    sheets = {"Cover": TITLES, "Notes": [["status", "what it means"]]}
    book = _book(tmp_path, sheets | {"Main": [*TITLES, HEADER, *BODY, [None], ["Total", 1]]})
    reading = reading_of(book, "list.xlsx")
    assert reading.records["text"].tolist() == ["List"]
    assert reading.excluded["reason"].tolist() == ["no text"]
    assert "sheet 'Main'; header in line 4; not read: 'Cover', 'Notes'" in reading.account


def test_a_sheet_and_a_line_that_are_named_are_taken(tmp_path, reading_of):
    other = [["City", 2, "Buy", "Open"], HEADER, ["City", 3, "Sell", "Open"]]
    book = _book(tmp_path, {"Open": [HEADER, *BODY], "Closed": [HEADER, *other]})
    read = reading_of(book, "list.xlsx", sheet="closed", header_row=3).records
    assert read["number"].tolist() == ["3"]
    assert reading_of(book, "list.xlsx").records["number"].tolist() == ["1"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sheet": "Clsed"}, "no sheet 'Clsed'.*Open, Closed"),
        ({"header_row": 9}, "line 9 holds no header"),
    ],
)
def test_a_sheet_or_a_line_that_is_not_there_is_refused(options, message, tmp_path, reading_of):
    book = _book(tmp_path, {"Open": [HEADER, *BODY], "Closed": [HEADER, *BODY]})
    with pytest.raises(InputError, match=message):
        reading_of(book, "list.xlsx", columns={"text": "text"}, **options)


def test_titles_above_a_csv_header_and_breaks_in_its_names_are_passed_over(reading_of):
    text = 'Our list,,,\n\nissuer,number,"What\nto do",STATUS\nCity,1,List,Open\n'
    reading = reading_of(text, "list.csv", columns={"text": "What to do"})
    assert reading.records["text"].tolist() == ["List"]
    assert "header in line 3" in reading.account


def test_a_column_that_is_there_twice_is_refused(reading_of):
    text = "issuer,text,status,Due,Due\nCity,List,Open,2024-05-01,2024-06-01\n"
    with pytest.raises(InputError, match=r"several columns 'Due'"):
        reading_of(text, "list.csv", columns={"ecd": "Due"})


def test_original_and_revised_dates_and_the_day_of_closure(reading_of):
    head = "issuer,number,text,status,original_ecd,revised_ecd,closed_on,risk"
    rows = ["City,1,A,Open,2023-03-31,2023-09-30,,High", "City,2,B,Open,2023-06-30,,,n/a",
            "City,3,C,Implemented,2023-06-30,n/a,May 2023,Low", "City,4,D,Open,2023-03-31,TBD,,",
            "City,5,E,Open,,,2023-05-02,"]  # fmt: skip
    read = reading_of("\n".join([head, *rows]), "list.csv").records.set_index("number")
    assert [str(due) for due in read["ecd_to"]] == [
        "2023-09-30", "2023-06-30", "2023-06-30", "None", "None",
    ]  # fmt: skip
    assert [[each.span for each in former] for former in read["ecd_earlier"]] == [
        ["2023-03-31"], [], [], ["2023-03-31"], [],
    ]  # fmt: skip
    assert (read.loc["3", "closed_from"], read.loc["3", "closed_to"]) == (
        date(2023, 5, 1), date(2023, 5, 31),
    )  # fmt: skip
    assert [each.words for each in read.loc["1", "noted"]] == ["High"]
    assert "the status is open" in read.loc["5", "noted"][0].unread


def test_a_column_of_responses_is_the_agencys_own_voice(reading_of):
    head, said = "issuer,number,text,status", "We will implement this by March 31 2025."
    for column, due in (("response", date(2025, 3, 31)), ("narrative", None)):
        text = f"{head},{column}\nCity,1,List,Open,{said}"
        assert reading_of(text, "list.csv").records["ecd_to"].tolist() == [due]
    both = f"{head},narrative,response\nCity,1,List,Open,We will review this by May 2024.,{said}"
    assert reading_of(both, "list.csv").records["ecd_to"].tolist() == [date(2025, 3, 31)]


def test_two_offices_of_one_number_are_told_how_to_be_kept_apart(tmp_path):
    path = tmp_path / "list.csv"
    rows = "City Auditor,22-1,1,Do it.,open,Works\nCity Auditor,22-1,1,Do it.,open,Parks\n"
    path.write_text(f"issuer,report,number,text,status,office\n{rows}", encoding="utf-8")
    aside = read_file(path, as_of=date(2024, 6, 30)).excluded["reason"].tolist()
    assert aside == [
        "repeats list.csv, line 2; addressed to 'Parks', not 'Works': --map agency=COLUMN keeps "
        "them apart"
    ]


def test_a_row_of_totals_is_no_recommendation(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Report,Issuer,Text,Status\nA,Us,Mend,Open\nTotal,Us,1,\nSubtotals:,Us,1,\n")
    reading = read_file(path, as_of=date(2024, 6, 30))
    assert [row["text"] for row in reading.rows] == ["Mend"]
    assert reading.excluded["reason"].tolist() == ["a row of totals"] * 2


def test_columns_of_one_name_are_told_apart_by_their_reader_alone(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Text,Status,Status\nMend,Open,Late\n")
    with pytest.raises(InputError, match=r"several columns 'Status'.*a name of its own"):
        read_file(path, as_of=date(2024, 6, 30), columns={"status": "Status", "issuer": "=Us"})
