"""The whole of it: the published totals of the example, and a page of an office of another kind."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from coee_nb.enforcement import oversight_charts as charts
from coee_nb.enforcement import oversight_statements as statements
from coee_nb.enforcement import oversight_tables as tables
from coee_nb.enforcement.oversight_activity import Oversight, read_oversight
from coee_nb.enforcement.oversight_params import OversightActivity
from coee_nb.errors import ParameterError
from coee_nb.files import read_file
from coee_nb.findings import Findings
from coee_nb.outputs import Callout, Chart
from coee_nb.parameters import read_values
from coee_nb.paths import project_root

SHEET = project_root() / "params" / "oig_22_34" / "oversight_activity.yaml"
EXAMPLE = re.compile(r"\b(centers?|ports?|customs|tariffs?|trade|OIG|protests)\b", re.IGNORECASE)
MADE = (
    statements.meetings, charts.meeting_grid, tables.meeting_counts, tables.meeting_streaks,
    statements.disputes, tables.dispute_states, tables.dispute_list, statements.inspections,
    charts.coverage, tables.inspection_activities, tables.inspection_units,
    statements.responsibilities, tables.ownership, tables.not_inspected, tables.exceptions,
)  # fmt: skip


@pytest.fixture(scope="module")
def example():
    return read_oversight(OversightActivity.check(read_values(read_file(SHEET))))


def found_in(told):
    parts = (statements.meetings, statements.disputes, statements.inspections,
             statements.responsibilities)  # fmt: skip
    shown = [part(told) for part in parts]
    return {one.id: one for some in shown if isinstance(some, Findings) for one in some}


def test_the_published_totals_of_oig_22_34(example):
    found = found_in(example)
    missed = found["oversight.meetings.missed"]
    assert (missed.numerator, missed.denominator) == (31, 63)
    assert "(49%)" in missed.statement
    assert found["oversight.inspections"].value == 143
    assert "10 of 10 units in fiscal years 2017 to 2019" in found["oversight.inspections"].statement
    assert set(example.inspections.not_covered) == {
        "Liquidated damages", "Penalty case initiation", "Trade remedies", "Protests",
    }  # fmt: skip


def test_appendix_c_has_ten_moved_three_joint_and_seven_positions(example):
    table = example.responsibilities.table
    counts = table.groupby("kind")["owners"].value_counts().to_dict()
    assert counts == {
        ("responsibility", "Center"): 10, ("responsibility", "Center; ports"): 3,
        ("position", "Center"): 3, ("position", "ports"): 4,
    }  # fmt: skip
    assert example.responsibilities.unclear.empty


def test_findings_on_generated_rows_say_so_and_the_published_ones_do_not(example):
    found = found_in(example)
    assert "generated data" in found["oversight.meetings.missed"].statement
    assert found["oversight.responsibilities.joint"].origin == "published"


@pytest.fixture
def city(write):
    """A city's boards and restaurant inspections, with every kind of row that is set aside."""
    return {
        "as_of": "2024-12-31",
        "units": write("units", "District", "North", "South & <b>West</b>", "$East$"),
        "meetings": write(
            "meetings", "District,held_on,minutes", "North,2024-01-09,yes", "North,2024-05-02,no",
            "South & <b>West</b>,2024-02-20,2024-03-01", "Nort,2024-02-20,yes",
            "North,2024-01-29,yes",
        ),
        "meetings_every": "quarter",
        "disputes": write(
            "appeals", "dispute,District,opened_on,closed_on,referred_on", "A1,North,2024-01-02,,"
        ),
        "worksheets": write(
            "visits", "worksheet,District,activity,year", "1,North,=Kitchens,2024",
            "2,Nowhere,=Kitchens,2024",
        ),
        "catalogue": write("catalogue", "activity", "=Kitchens", "Fire exits"),
        "responsibilities": write(
            "duties", "responsibility,owner,activity", "Kitchens,Health,=Kitchens", "Alarms,,"
        ),
        "columns": {"unit": "District"},
    }  # fmt: skip


def checked(values):
    return OversightActivity.check({name: _plain(value) for name, value in values.items()})


def _plain(value):
    return str(value) if isinstance(value, Path) else value


def texts(shown):
    """Return what a page says of an output."""
    if isinstance(shown, Chart):
        return f"{shown.title} {shown.description} {shown.table.html()}"
    return shown._repr_mimebundle_()["text/html"]


def test_an_office_of_another_kind_has_its_page_without_a_word_of_the_example(city):
    told = read_oversight(checked(city))
    page = " ".join(str(texts(make(told))) for make in MADE)
    assert [found[0] for found in EXAMPLE.finditer(page)] == []
    assert "<b>West" not in page
    assert "South &amp; &lt;b&gt;West" in page
    assert set(told.exceptions["effect"]) == {"set aside", "counted once"}
    for file in told.inputs:
        assert file.rows == file.used + sum(file.excluded.values())


@pytest.mark.parametrize("part", ["meetings", "disputes", "responsibilities"])
def test_a_page_with_one_file_works_and_says_what_was_not_given(city, part):
    told = read_oversight(checked({"as_of": city["as_of"], part: city[part],
                                   "columns": city["columns"]}))  # fmt: skip
    shown = [make(told) for make in MADE]
    assert any(isinstance(one, Callout) for one in shown)
    assert len(told.inputs) == 1


@pytest.mark.parametrize(
    ("left_out", "message"),
    [
        (("catalogue",), "need each other"),
        (("meetings", "disputes", "worksheets", "catalogue", "responsibilities"), "no records"),
    ],
)
def test_parameters_that_ask_for_nothing_or_half_of_it_are_refused(city, left_out, message):
    values = {name: value for name, value in city.items() if name not in left_out}
    with pytest.raises(ParameterError, match=message):
        checked(values).check_inputs()


def test_rules_without_meetings_and_an_unknown_period_are_refused(city):
    lone = {"as_of": "2024-12-31", "meeting_rules": city["meetings"], "disputes": city["disputes"]}
    with pytest.raises(ParameterError, match="meeting_rules without meetings"):
        checked(lone).check_inputs()
    with pytest.raises(ParameterError, match="did you mean 'quarter'"):
        checked(city | {"meetings_every": "quater"}).check_inputs()


def test_pictures_have_their_table_and_say_what_they_leave_out(example):
    grid, matrix = charts.meeting_grid(example), charts.coverage(example)
    assert len(grid.table.frame) == 63
    assert "32 minutes on file" in grid.description
    assert len(matrix.table.frame) == 120
    assert "Protests" in matrix.description
    assert json.dumps(matrix.table.record())


def test_nothing_given_is_no_part():
    assert Oversight(as_of=None).inputs == ()


def workbook(source):
    """Write a CSV file's rows as an Excel sheet beside it, days as days; return its path."""
    rows = [line.split(",") for line in source.read_text().splitlines()]
    book = Workbook()
    for row in rows:
        days = [re.fullmatch(r"\d{4}-\d\d-\d\d", cell) for cell in row]
        book.active.append(
            [date.fromisoformat(cell) if is_day else cell or None
             for cell, is_day in zip(row, days, strict=True)]
        )  # fmt: skip
    book.save(path := source.with_suffix(".xlsx"))
    return path


def test_excel_sheets_give_what_their_csv_files_give(city):
    files = {name: value for name, value in city.items() if str(value).endswith(".csv")}
    sheets = {name: workbook(path) for name, path in files.items()}
    told, same = (read_oversight(checked(city | given)) for given in ({}, sheets))
    for part in ("meetings", "disputes", "inspections", "responsibilities"):
        assert (getattr(told, part) is None) == (getattr(same, part) is None)
    before, after = (found_in(one) for one in (told, same))
    assert {name: one.value for name, one in before.items()} == {
        name: one.value for name, one in after.items()
    }
    assert len(before) > 10


def test_a_part_that_is_not_there_is_told_once(city):
    parts = ("as_of", "units", "responsibilities", "columns")
    told = read_oversight(checked({name: city[name] for name in parts}))
    said = [one.text for make in MADE if isinstance(one := make(told), Callout)]
    assert len(said) == len(set(said)) == 4


def test_a_period_that_is_none_is_refused_by_its_parameter():
    sheet = read_values(read_file(SHEET)) | {"meetings_every": "often"}
    with pytest.raises(ParameterError, match="parameter 'meetings_every': no period 'often'"):
        read_oversight(OversightActivity.check(sheet))
