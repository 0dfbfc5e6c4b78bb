"""What the notebook shows of planted rows: series, control totals, sample, findings, files."""

from dataclasses import replace
from decimal import Decimal

import pytest
from loaded import good, write_loaded
from openpyxl import load_workbook
from pyarrow import parquet

from coee_nb.collections.series import Columns, read_amounts
from coee_nb.entries import charts, statements, tables
from coee_nb.entries.analysis import read_analysis
from coee_nb.entries.controls import reconcile
from coee_nb.entries.layout import FIELDS, blank_cells, row_files
from coee_nb.entries.load import load
from coee_nb.entries.monthly import monthly
from coee_nb.entries.params import EntryReliability
from coee_nb.entries.sample import draw, read_traced
from coee_nb.errors import InputError, ParameterError
from coee_nb.outputs import Callout, Chart, Table

ASIDE = ["duplicate_entry_number", "negative_amount"]


@pytest.fixture(scope="module")
def analysis(loaded, tmp_path_factory):
    folder = tmp_path_factory.mktemp("given")
    (folder / "control.csv").write_text("measure,total\nrows,2400\nfees,1.00\n")
    given = {
        "entries": str(loaded), "fiscal_years": [2017, 2018], "as_of": "2020-01-01",
        "centers": ["North", "South"], "set_aside": ASIDE, "sample_size": 30, "seed": 3,
        "control_totals": str(folder / "control.csv"), "threads": 2,
    }  # fmt: skip
    params = EntryReliability.check(given)
    params.check_inputs()
    return read_analysis(params)


def test_every_row_and_dollar_is_in_the_account_of_the_series(analysis, planted):
    account = analysis.series.account.set_index("part")
    assert account["rows"].sum() == len(planted)
    amounts = sum((row[name] or 0) for row in planted for name in ("duties", "taxes", "fees"))
    assert sum(account["collections"]) == amounts
    table = analysis.series.table
    assert sum(table["collections"]) == account.at["in the series", "collections"]
    both = account.loc[["in the series", "set aside"]]
    assert sum(table["all_collections"]) == sum(both["collections"])
    assert table["all_rows"].sum() == both["rows"].sum()


def test_setting_nothing_aside_changes_nothing(analysis):
    found = monthly(analysis.groups, analysis.bits)
    assert list(found.table["collections"]) == list(found.table["all_collections"])


def test_the_series_is_what_the_collections_notebook_reads(analysis, tmp_path):
    file = tmp_path / "monthly_series.csv"
    analysis.series.table.to_csv(file, index=False)
    columns = Columns("collections", group="center", fiscal_year="fiscal_year")
    read = read_amounts(file, columns=columns)
    assert read.excluded.empty
    assert read.series().sum() == pytest.approx(float(sum(analysis.series.table["collections"])))


def test_control_totals_are_held_against_the_rows_and_decide(analysis):
    told = analysis.verdict.rules.set_index("rule").at[
        "Difference from the control totals", "found"
    ]
    assert told.endswith(" (rows, fees)")
    table = reconcile(analysis.params.control_totals, analysis.counted).table.set_index("measure")
    assert table.at["rows", "difference"] == 0
    assert table.at["fees", "difference"] > 1
    assert analysis.verdict.answer == "not sufficiently reliable"
    assert "control totals" in analysis.verdict.text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("measure,total\nrow,3\n", "'row'"),
        ("measure,total\nrows,many\n", "'many'"),
        ("measure,total\nrows,nan\nduties,Infinity\n", "'nan'.*'Infinity'"),
        ("measure,total\nrows,3\nrows,3\n", "told twice"),
        ("measure,total\n", "has no line"),
    ],
)
def test_control_totals_that_cannot_be_read_are_refused(analysis, tmp_path, text, told):
    (tmp_path / "control.csv").write_text(text)
    with pytest.raises(InputError, match=told):
        reconcile(tmp_path / "control.csv", analysis.counted)


def test_findings_have_the_ids_and_counts_that_others_rely_on(analysis):
    found = {one.id: one for one in statements.findings(analysis)}
    line = found["entries.check.missing_summary_date"]
    assert (line.numerator, line.denominator, line.value) == (2, 2400, 2)
    assert found["entries.rows"].value == 2400
    assert Decimal(found["entries.total.duties"].value) == analysis.counted.totals["duties"]
    assert found["entries.verdict"].value == "not sufficiently reliable"


def test_all_that_a_page_shows_can_be_shown(analysis):
    shown = [
        tables.account(analysis),
        tables.control(analysis),
        tables.checks(analysis),
        tables.examples(analysis),
        tables.strata(analysis),
        tables.traced(analysis),
        tables.moved(analysis), tables.rules(analysis),
        tables.planted(analysis), charts.checks_by_year(analysis),
        charts.monthly_series(analysis),
    ]  # fmt: skip
    for one in map(analysis.show, shown):
        assert isinstance(one, Table | Callout | Chart)
        text = one.description if isinstance(one, Chart) else one._repr_mimebundle_()["text/plain"]
        assert "2016-10-01 to 2018-09-30, as of 2020-01-01" in text
    assert set(tables.files(analysis).make()) == {
        "failing_rows.parquet", "failing_rows.csv", "sample.csv", "sample.xlsx"
    }  # fmt: skip


def test_a_total_says_how_many_rows_add_nothing_to_it(analysis, planted):
    frame = tables.totals(analysis).frame.set_index("of")
    for name in ("duties", "taxes", "fees"):
        without = sum(row[name] is None for row in planted)
        assert frame.loc[name, "blank"] == without > 0


def test_blank_cells_are_counted_where_a_file_does_not_tell_them(planted, tmp_path):
    folder = write_loaded(tmp_path, planted)
    told = blank_cells(folder)
    for path in row_files(folder):
        parquet.write_table(parquet.read_table(path, partitioning=None), path, write_statistics=[])
    assert blank_cells(folder) == told
    assert told["entry_date"] == sum(row["entry_date"] is None for row in planted)


def test_tables_name_fields_in_the_words_of_the_sheet(analysis):
    asked = replace(analysis.asked, names={"duties": "fee of the permit"})
    named = replace(analysis, asked=asked)
    assert tables.totals(named).cells()[1][0][0] == "fee of the permit"
    for made in (tables.examples(named), tables.monthly(named)):
        assert "fee of the permit" in made.cells()[0]


def filled(analysis, changes):
    """Return the worksheet with "ok" everywhere but in the cells that are changed."""
    sheet = analysis.drawn.worksheet()
    for column in (name for name in sheet if name.endswith(" found")):
        sheet[column] = "ok"
    for (row, column), value in changes.items():
        sheet.loc[row, column] = value
    return sheet


def test_a_worksheet_is_read_back_and_summarised(analysis, tmp_path):
    changes = {
        (0, "duties found"): "$1,234.50", (1, "entry date found"): "1999-01-02",
        (2, "unit found"): "", (3, "taxes found"): "1.10",
        (4, "fees found"): " $2.05 ",
    }  # fmt: skip
    filled(analysis, changes).to_csv(tmp_path / "done.csv", index=False)
    traced = read_traced(tmp_path / "done.csv", analysis.drawn)
    lines = traced.by_field.set_index("field")
    assert lines.loc["any field", ["traced", "wrong"]].tolist() == [30, 2]
    assert lines.at["center", "traced"] == 29
    assert lines.at["any field", "low"] == pytest.approx(0.0081780, abs=1e-6)  # binom.test(2, 30)
    assert lines.at["any field", "high"] == pytest.approx(0.2207354, abs=1e-6)
    assert traced.wrong["found"].tolist() == ["$1,234.50", "1999-01-02"]


def test_days_that_were_traced_are_read_as_those_of_their_file_were(analysis, tmp_path):
    row = analysis.drawn.rows.iloc[0]
    changes = {(0, "entry date found"): row["entry_date"].strftime("%d/%m/%Y")}
    filled(analysis, changes).to_csv(tmp_path / "done.csv", index=False)
    traced = read_traced(tmp_path / "done.csv", analysis.drawn, {row["file"]: ["DD/MM/YYYY"]})
    assert (traced.rows, len(traced.wrong)) == (30, 0)
    with pytest.raises(InputError, match="entry date found is"):
        read_traced(tmp_path / "done.csv", analysis.drawn)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("control_totals", "measure,total\nrows,many\n", "row 2: 'many'"),
        ("control_totals", "measure,total\nweight,1\n", "row 2: 'weight'"),
        ("traced", "file,line\na.csv,2\n", "no column number found"),
    ],
)
def test_a_wrong_file_beside_the_rows_is_refused_before_they_are_read(
    loaded, tmp_path, name, text, told
):
    (tmp_path / "beside.csv").write_text(text)
    given = {"entries": str(loaded), name: str(tmp_path / "beside.csv")}
    with pytest.raises(InputError, match=told):
        EntryReliability.check(given).check_inputs()


def test_a_traced_value_that_cannot_be_read_is_refused_before_the_rows_are(analysis, tmp_path):
    filled(analysis, {(0, "fees found"): "much"}).to_csv(tmp_path / "done.csv", index=False)
    params = analysis.params.model_copy(update={"traced": tmp_path / "done.csv"})
    with pytest.raises(InputError, match="row 2: fees found is 'much'"):
        params.check_inputs()


def test_an_excel_worksheet_is_read_as_the_csv_is(analysis, tmp_path):
    (tmp_path / "sheet.xlsx").write_bytes(analysis.drawn.xlsx())
    book = load_workbook(tmp_path / "sheet.xlsx")
    header = [cell.value for cell in book.worksheets[0][1]]
    book.worksheets[0].cell(2, header.index("fees found") + 1, "ok")
    book.save(tmp_path / "sheet.xlsx")
    traced = read_traced(tmp_path / "sheet.xlsx", analysis.drawn)
    assert (traced.rows, traced.by_field.at[0, "wrong"]) == (1, 0)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({(0, "line"): 999_999}, "line 999999"),
        ({(0, "duties found"): "much"}, "duties found is 'much'"),
        ({(0, "duties found"): "NaN"}, "duties found is 'NaN'"),
        ({(0, "entry date found"): "spring"}, "entry date found is 'spring'"),
    ],
)
def test_a_worksheet_that_cannot_be_read_is_refused(analysis, tmp_path, changes, told):
    filled(analysis, changes).to_csv(tmp_path / "done.csv", index=False)
    with pytest.raises(InputError, match=told):
        read_traced(tmp_path / "done.csv", analysis.drawn)


def test_the_same_seed_draws_the_same_rows_and_another_others(analysis, loaded):
    again = read_analysis(analysis.params).drawn.rows
    assert again.equals(analysis.drawn.rows)
    other = read_analysis(analysis.params.model_copy(update={"seed": 4})).drawn.rows
    assert not other["line"].equals(again["line"])
    assert draw.__doc__


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"set_aside": ["missing_centre"]}, "missing_centre"),
        ({"set_aside": ["unknown_center"]}, "unknown_center"),
        ({"scope_from": "2018-01-01", "scope_to": "2017-01-01"}, "is after scope_to"),
        ({"centers": [1]}, r"'centers.0' is 1: .*\(put it in quotes: '1'\)"),
        ({"centers": "none.txt"}, "^parameters?.*'centers' is 'none.txt': a file or folder that"),
        ({"memory_limit": "much"}, "an amount of memory"),
        ({"names": {"boss": "x"}}, "'boss' is none of"),
        ({"names": {"duties": "fee", "fees": "fee"}}, "would be called 'fee'"),
        ({"names": {"duties": "line"}}, "would be called 'line'"),
        ({"fiscal_years": [2017, 2019]}, "leave out a year"),
        ({"set_aside": ["early_liquidation"]}, "no check that is asked"),
        ({"more_checks": [{"id": "a", "question": "b", "where": "c"}]}, "no field 'c'"),
        ({"engine": "sparkle"}, "engine"),
    ],
)
def test_parameters_that_cannot_be_used_are_refused_before_any_work(loaded, values, told):
    with pytest.raises(ParameterError, match=told):
        EntryReliability.check({"entries": str(loaded)} | values).check_inputs()


def test_rows_without_any_fault_are_sufficiently_reliable(tmp_path):
    write_loaded(tmp_path, [good(line) for line in range(2, 100)])
    params = EntryReliability.check({"entries": str(tmp_path), "evidence_needed": []})
    found = read_analysis(params)
    assert found.verdict.answer == "sufficiently reliable"
    assert found.failing.rows == 0
    assert found.failing.csv.read_text().startswith("line,file,entry_number")


def test_no_rows_at_all_are_shown_too(tmp_path):
    (tmp_path / "a.csv").write_text(",".join(FIELDS))
    load([tmp_path / "a.csv"], tmp_path / "out")
    given = {"entries": str(tmp_path / "out"), "fiscal_years": [2017], "set_aside": ASIDE}
    found = read_analysis(EntryReliability.check(given))
    assert found.verdict.answer == "undetermined"
    first, *_ = found.verdict.text.split(". ")
    assert first.endswith("for the purpose of this audit: number of rows: 0")
    assert "Beside that: fiscal years asked for without rows: 2017; " in found.verdict.text
    shown = [
        charts.checks_by_year(found), charts.monthly_series(found),
        tables.checks(found), tables.by_unit(found),
        tables.by_number(found), tables.examples(found),
        tables.strata(found), tables.moved(found), tables.monthly(found),
        tables.series_by_year(found), tables.series_account(found),
    ]  # fmt: skip
    assert all(isinstance(found.show(one), Table | Callout | Chart) for one in shown)
    assert list(tables.files(found).make())


@pytest.mark.parametrize(
    "text", ["North\nSouth\n", "\ufeffBranch\r\n\r\nNorth \r\nSouth", "unit\nNorth\nSouth"]
)
def test_a_file_of_units_may_have_a_heading(loaded, tmp_path, text):
    (tmp_path / "units.txt").write_text(text)
    given = {"entries": str(loaded), "names": {"unit": "branch"}}
    params = EntryReliability.check(given | {"centers": str(tmp_path / "units.txt")})
    assert params.units() == ("North", "South")


def test_control_totals_are_numbers_by_the_words_of_the_sheet(analysis):
    asked = replace(analysis.asked, names={"rows": "permits", "fees": "fees of the permit"})
    named = replace(analysis, asked=asked)
    control = tables.control(named)
    assert control.cells()[1][0][:4] == ["permits", "2,400", "2,400", "0"]
    assert control.cells()[1][1][:2] == ["fees of the permit", "1.00"]
    assert control.html().count('<td class="number">') == 2 * 4


def test_the_base_of_the_share_touched_is_told(analysis):
    assert f"{analysis.counted.touched:,.2f} dollars of all rows" in tables.checks(analysis).note


def test_money_is_in_the_words_of_the_sheet(analysis):
    named = replace(analysis, asked=replace(analysis.asked, names={"money": "euros"}))
    found = {one.id: one for one in statements.findings(named)}
    assert found["entries.total.duties"].unit == "euros"
    assert found["entries.total.duties"].statement.endswith(" euros.")
    told = " ".join([tables.checks(named).note, *named.verdict.rules["found"]])
    assert "of the euros" in told
    assert "dollars" not in told


def test_checks_are_asked_in_words_before_their_names(analysis):
    headings, lines = tables.checks(analysis).cells()
    assert (headings[0], headings[-1]) == ("question", "name")
    assert all(line[0].endswith("?") for line in lines)
