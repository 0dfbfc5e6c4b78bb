"""Permits of a city: loaded by the command, checked and shown in the words of their sheet."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from click.testing import CliRunner

from coee_nb.cli import coee
from coee_nb.entries import charts, statements, tables
from coee_nb.entries.analysis import read_analysis
from coee_nb.entries.params import EntryReliability
from coee_nb.errors import ParameterError

COLUMNS = {
    "entry_number": "Permit No", "center": "Department", "entry_date": "Issued",
    "summary_date": "Paid", "release_date": "", "liquidation_date": "", "duties": "Permit Fee",
    "taxes": "", "fees": "Surcharge",
}  # fmt: skip
NAMES = {
    "row": "permit", "rows": "permits", "unit": "department", "entry_number": "permit number",
    "entry_date": "date of issue", "summary_date": "date of payment", "duties": "permit fee",
    "fees": "surcharge",
}  # fmt: skip
ASKED = {
    "fiscal_years": [2022, 2023, 2024], "as_of": "2025-01-31", "centers": ["Parks", "Fire", "Zoo"],
    "set_aside": ["negative_amount", "duplicate_entry_number"], "fiscal_year_starts": 7,
    "names": NAMES, "sample_size": 20, "threads": 1,
}  # fmt: skip


def permits():
    for k in range(600):
        issued = date(2021, 7, 1) + timedelta(days=k)
        fee = f"${1000 + k:,}.50"
        yield [f"P{k:04d}", ("Parks", "Fire")[k % 2], issued, issued + timedelta(days=9), fee, "2"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city")
    rows = list(permits())
    rows[3][2] = date(1905, 1, 1)
    rows[5][2] = "00/00/0000"
    rows[7][4] = "(55.25)"
    rows[9][0] = rows[8][0]
    rows[11][1] = "Docks"
    with open(folder / "permits.csv", "w", newline="") as stream:
        csv.writer(stream).writerows([[name for name in COLUMNS.values() if name], *rows])
        stream.write("broken\r\n")
    command = ["entries", "load", str(folder / "permits.csv"), "--into", str(folder / "loaded")]
    for name, column in COLUMNS.items():
        command += ["--map", f"{name}={column}"]
    done = CliRunner().invoke(coee, [*command, "--fiscal-year-starts", "7"])
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="module")
def analysis(folder):
    params = EntryReliability.check({"entries": str(folder / "loaded")} | ASKED)
    params.check_inputs()
    return read_analysis(params)


def cells(table):
    headings, lines = table.cells()
    return [dict(zip(headings, line, strict=True)) for line in lines]


def test_nothing_is_asked_of_fields_that_the_files_do_not_have(analysis):
    found = analysis.counted.by_check.set_index("id")["failing"]
    assert found.to_dict() == {
        "missing_entry_date": 0, "missing_summary_date": 0, "missing_center": 0,
        "unknown_center": 1, "summary_before_entry": 0, "date_out_of_scope": 1, "future_date": 0,
        "duplicate_entry_number": 2, "negative_amount": 1, "unparsed_value": 1,
    }  # fmt: skip
    rules = analysis.verdict.rules.set_index("rule")["found"]
    assert "release date missing; liquidation date before date of issue; " in rules.iloc[-1]
    assert "early liquidation date" in rules.iloc[-1]
    ids = {one.id for one in statements.findings(analysis)}
    assert "entries.total.duties" in ids
    assert "entries.total.taxes" not in ids
    assert [line["of"] for line in cells(tables.totals(analysis))] == ["permit fee", "surcharge"]
    for table in (tables.examples(analysis), tables.monthly(analysis)):
        assert not {"release date", "taxes"} & set(table.cells()[0])


def test_a_year_without_rows_leaves_the_verdict_open(analysis):
    assert analysis.verdict.answer == "undetermined"
    assert "fiscal years asked for without permits: 2024" in analysis.verdict.text
    rules = analysis.verdict.rules.set_index("rule")["found"]
    assert rules["Fiscal years asked for without permits"] == (
        "2024; 4 months of the others: 2023-03, 2023-04, 2023-05, 2023-06"
    )
    assert rules["Listed department without permits"] == "Zoo"


def test_a_day_outside_the_scope_is_outside_though_its_month_is_not(folder):
    given = {key: value for key, value in ASKED.items() if key != "fiscal_years"}
    scope = {"scope_from": "2021-07-15", "scope_to": "2022-12-31"}
    params = EntryReliability.check({"entries": str(folder / "loaded")} | given | scope)
    analysis = read_analysis(params)
    check = analysis.counted.by_check.set_index("id").at["date_out_of_scope", "failing"]
    account = analysis.series.account.set_index("part")["rows"]
    assert account["outside the scope"] == check == 1 + 12 + 51  # 1905, July 1-14 but two, 2023
    assert account.sum() == 600


def test_a_reader_sees_why_lines_and_values_were_not_read(analysis):
    (line,) = cells(tables.rejected(analysis))
    assert (line["line"], line["text"]) == ("602", "broken")
    assert "1 field, the header has 6" in line["reason"]
    (one,) = [row for row in cells(tables.examples(analysis)) if row["problem"] == "value not read"]
    assert one["date of issue"] == '"00/00/0000"'
    last = cells(tables.account(analysis))[-1]
    assert (last["lines"], last["rejected"], last["permits"]) == ("602", "1", "600")
    assert {"rejected.csv", "rejected.parquet"} <= set(tables.files(analysis).make())


def test_items_and_a_file_that_may_be_cut_off_are_told_under_the_account(analysis):
    files = [{"file": "a.csv", "lines": 10, "rows": 9, "last_line_ended": False}]
    account = {"lines": 10, "rows": 4, "summed": 9, "files": files}
    table = tables.account(replace(analysis, account=account))
    assert cells(table)[-1]["items"] == "9"
    assert "The 9 items were summed to 4 permits" in table.note
    assert "The last line of a.csv has no end" in table.note


def test_problems_are_told_in_words(analysis):
    told = charts.checks_by_year(analysis).description
    assert "department not in the list 1" in told
    assert "center" not in told
    text = tables.moved(analysis).text
    assert "3 permits set aside (amount under zero, permit number more than once)" in text


def test_a_series_that_grows_without_the_rows_set_aside_is_told_as_more(folder):
    given = ASKED | {"set_aside": ["negative_amount"]}
    params = EntryReliability.check({"entries": str(folder / "loaded")} | given)
    assert "% more;" in tables.moved(read_analysis(params)).text


def test_the_worksheet_is_in_the_words_of_the_sheet_and_read_back(analysis, tmp_path):
    sheet = analysis.drawn.worksheet()
    fields = [NAMES[name] for name in ("entry_number", "unit", "entry_date", "summary_date",
                                       "duties", "fees")]  # fmt: skip
    assert list(sheet)[:4] == ["sample", "file", "line", "fiscal year"]
    assert list(sheet)[4:10] == fields
    assert list(sheet)[10:16] == [f"{word} found" for word in fields]
    sheet.loc[0, "permit fee found"] = "1.00"
    sheet.loc[1, "surcharge found"] = "ok"
    sheet.to_csv(tmp_path / "done.csv", index=False)
    params = analysis.params.model_copy(update={"traced": tmp_path / "done.csv"})
    params.check_inputs()
    traced = replace(analysis, params=params)
    shown = {line["field"]: line for line in cells(tables.traced(traced))}
    assert list(shown) == ["any field", *fields]
    assert (shown["permit fee"]["wrong"], shown["surcharge"]["wrong"]) == ("1", "0")
    (wrong,) = cells(tables.wrong(traced))
    assert (wrong["field"], wrong["found"]) == ("permit fee", "1.00")
    assert Decimal(wrong["recorded"]) > 1000


def test_other_fiscal_years_than_those_loaded_are_refused(folder):
    params = EntryReliability.check(
        {"entries": str(folder / "loaded")} | ASKED | {"fiscal_year_starts": 10}
    )
    with pytest.raises(ParameterError, match=r"month 10, and 7 in .*give 7"):
        params.check_inputs()


def test_rows_that_fail_any_check_of_a_severity_are_counted_once(analysis):
    found = {one.id: one for one in statements.findings(analysis)}
    errors = found["entries.failing.error"]  # a unit, a day out of scope, two of a number, a text
    assert (errors.value, errors.denominator) == (5, 600)
    assert errors.statement.startswith("5 of 600 permits (0.83%) fail a check of severity error")
    assert found["entries.failing.unusual"].value == 1
