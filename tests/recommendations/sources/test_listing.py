from datetime import date, datetime

import pytest

from coee_nb.errors import InputError

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
    assert rows["number"].tolist() == ["1", "2"]
    assert rows["issued_on"].tolist() == [date(2023, 1, 15)] * 2
    assert rows["ecd_to"].tolist() == [date(2024, 6, 30), None]
    assert rows["questioned_costs_usd"].iat[0] == 1200.0
    assert rows["status"].tolist() == ["open", "closed - implemented"]


def test_what_cannot_be_read_was_seen_and_a_broken_row_is_set_aside(text, reading_of):
    reading = reading_of(text, "list.csv", columns=COLUMNS)
    assert reading.unread["where"].tolist() == ["list.csv, line 4", "list.csv, line 5"]
    reasons = reading.unread["unread_why"].tolist()
    assert "not whether implemented" in reasons[0]
    assert "'soon' is not one date or period" in reasons[1]
    assert reading.unread["unread"].iat[1] == "soon"
    assert reading.excluded["where"].tolist() == ["list.csv, line 6"]
    assert "8 cells, the header has 11" in reading.excluded["reason"].iat[0]
    assert "2 read, 2 seen and not read, 1 excluded" in reading.account


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
        ("ecd=soon", "'soon' is not one date"),
        ("issued_on=31/31/2023", "it is in no calendar"),
        ("issued_on=May 2023", "is not a day"),
        ("questioned_costs_usd=lots", "is not an amount"),
        ("questioned_costs_usd=(5)", "is negative"),
        ("concurrence=maybe", "unknown concurrence"),
    ],
)
def test_a_row_with_a_cell_that_cannot_be_read_was_seen_and_claims_nothing(
    cell, reason, reading_of
):
    field, value = cell.split("=")
    reading = reading_of(_two_rows({field: value}), "list.csv")
    assert len(reading.records) == 1
    assert reading.excluded.empty
    assert reading.unread["text"].tolist() == ["Other"]
    assert reason in reading.unread["unread_why"].iat[0]
    assert reading.unread["unread"].iat[0] == (value or reading.unread["unread_why"].iat[0])


@pytest.mark.parametrize("field", ["issuer", "text"])
def test_a_row_that_does_not_say_what_it_is_of_is_set_aside(field, reading_of):
    reading = reading_of(_two_rows({field: ""}), "list.csv")
    assert reading.unread.empty
    assert reading.excluded[["reason", "kind"]].values.tolist() == [[f"no {field}", "unidentified"]]


def _two_rows(changed: dict[str, str]) -> str:
    row = {"issuer": "City", "text": "List", "status": "open", "issued_on": "2023-01-15"}
    row |= {"questioned_costs_usd": "5", "concurrence": "concur", "ecd": "May 2024"}
    bad = row | {"text": "Other"} | changed
    return "\n".join(",".join(cells) for cells in (row, row.values(), bad.values()))


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        ("open,2024-05-01", "closed - implemented,2024-05-01", "status open and closed"),
        ("open,2024-05-01", "open,2024-06-01", "ecd 2024-05-01 and 2024-06-01"),
        ("open,2024-05-01", "open,soon", "status open and none"),
        ("open,2024-05-01", "open,TBD", "ecd 2024-05-01 and none"),
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


def test_a_formula_without_a_stored_value_is_seen_and_not_read(tmp_path, reading_of):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["issuer", "number", "text", "status", "ecd"])
    book.active.append(["City", 1, "List lamps", "Open", "=DATE(2025,9,30)"])
    path = tmp_path / "list.xlsx"
    book.save(path)
    reading = reading_of(path.read_bytes(), path.name, as_of=date(2024, 4, 30))
    assert reading.records.empty
    assert "=DATE(2025,9,30)" in reading.unread["unread_why"].iat[0]


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
    read = dict(zip(reading.records["number"], reading.records["ecd_to"].map(str), strict=True))
    return {due: read.get(str(i), "unread") for i, due in enumerate(dues, start=1)}


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
    assert "--date-order" in reading.unread["unread_why"].iat[0]


@pytest.mark.parametrize(
    "due",
    ["30/02/2025", "Completed 31 Dec 2024", "31 Dec 2024 - partial", "from June 2024", "13/13/2024",
     "after June 2024", "was June 2024", "June 2024 (on hold)", "June 2024 and ongoing", "2024-25",
     "Feb 30, 2025", "2025-02-30", "June 2025 (revised from March 2025)", "not before June 2024"],
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
    assert reading_of(text, "a.csv").unread["number"].tolist() == ["1"]
    own = {"green": "closed - implemented", "open": "unresolved"}
    read = reading_of(text, "a.csv", statuses=own).records
    assert read["status"].tolist() == ["closed - implemented", "unresolved"]


@pytest.mark.parametrize(
    ("due", "day"), [("45657", "2024-12-31"), ("45351.0", "2024-02-29"), ("7", "unread")]
)
def test_a_day_that_a_spreadsheet_left_as_its_number_is_read(due, day, reading_of):
    assert _dues(reading_of, [due])[due] == day
