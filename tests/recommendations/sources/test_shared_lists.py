"""The lists that offices keep, as they are: every row arrives, or is answered for."""

from datetime import date

import pytest

from coee_nb.recommendations import imports, log
from coee_nb.recommendations.register import register
from coee_nb.recommendations.sources.recognise import read_file

AS_OF = date(2026, 1, 31)
REF = {"number": "Ref", "report": "Report", "text": "Rec", "agency": "Owner", "issuer": "=City"}
PLAIN = REF | {"ecd": "Due"}
OTHER = {
    "number": "Ref", "report": "Report", "title": "Audit title", "text": "Recommendation",
    "agency": "Owner", "ecd": "Due date", "revised_ecd": "Revised due date", "issuer": "=City",
    "response": "Management update", "issued_on": "Issue date",
}  # fmt: skip
CITY = {
    "report": "Report No", "title": "Report Title", "issued_on": "Issued", "number": "Rec #",
    "text": "Recommendation", "agency": "Department", "ecd": "Target Date", "issuer": "=City",
    "revised_ecd": "Revised Target Date", "updated_on": "Last Update",
}  # fmt: skip


@pytest.fixture
def table(tmp_path, shared):
    """Import a shared list into a log of its own and return its register by number."""

    def of(name: str, columns: dict, **options):
        path = shared / "cases" / "recommendations" / name
        if not path.is_file():
            pytest.skip(f"no {name} beside the project")
        reading = read_file(path, as_of=AS_OF, columns=columns, **options)
        imports.append_reading(tmp_path / name, reading)
        return register(log.read(tmp_path / name), as_of=AS_OF).table.set_index("number")

    return of


def test_of_every_date_cell_the_row_arrives(table):
    held = table("dates.csv", PLAIN)
    assert len(held) == 46
    assert held["status"].eq("open").all()
    said = held["ecd_statement"]
    words = [f"D{i}" for i in (12, 13, 14, 15, 17, 28, 32, 42, 43, 44, 45, 46)]
    assert said[words].eq("no_ecd").all()
    unread = [f"D{i}" for i in (3, 5, 6, 8, 25, 26, 29, 33, 37, 38)]
    assert held.loc[unread, "unread_words"].ne("").all()
    assert said.drop([*words, *unread, "D16"]).eq("ecd").all()
    due = held["ecd_to"].dt.date.astype(str)
    assert due[["D7", "D10", "D11", "D30", "D31", "D36"]].tolist() == [
        "2024-12-31", "2024-12-31", "2024-12-31", "2025-06-30", "2025-12-31", "2024-12-31",
    ]  # fmt: skip


def test_what_decides_the_dates_reads_the_rest(table):
    due = table("dates.csv", PLAIN, fiscal_year_end="06-30")["ecd_to"].dt.date.astype(str)
    assert due["D5"] == due["D25"] == due["D26"] == "2025-06-30"
    assert due["D6"] == "2025-09-30"


def test_of_every_status_the_row_arrives_with_its_date(table):
    held = table("statuses.csv", PLAIN)
    assert len(held) == 39
    assert held["ecd_to"].dt.date.eq(date(2025, 12, 31)).all()
    status = held["status"]
    assert status[["S5", "S31", "S32"]].eq("open").all()
    assert status["S2"] == ""
    closed = ["S3", "S4", "S11", "S12", "S20", "S23", "S24", "S27", "S35", "S38"]
    assert sorted(status.index[status.str.startswith("closed")]) == sorted(closed)


def test_every_row_of_the_offices_lists_arrives(table):
    other = table("other.csv", OTHER)
    assert len(other) == 20  # R8 is there twice, the same
    assert str(other.loc["R8", "ecd_to"].date()) == "2025-09-30"
    assert other["status"].ne("").all()
    city = table("city_list.csv", CITY).set_index("report", append=True)
    assert len(city) == 8
    assert city["status"].ne("").all()
    assert str(city.loc[("1", "A-23-01"), "ecd_to"].date()) == "2025-06-30"


def test_the_revised_date_is_current_and_the_original_a_former_one(tmp_path, table):
    columns = REF | {"original_ecd": "Original due", "revised_ecd": "Revised due"}
    due = table("rev.csv", columns)["ecd_to"].dt.date.astype(str)
    assert due.tolist() == ["2025-09-30", "2024-06-30"]
    events = log.read(tmp_path / "rev.csv").events.query("kind == 'ecd'")
    assert events["ecd_to"].dt.date.astype(str).tolist() == [
        "2024-03-31", "2025-09-30", "2024-06-30",
    ]  # fmt: skip


def test_rows_that_contradict_are_told_and_the_rest_arrives(table):
    held = table("dup.csv", PLAIN)
    assert held["unread_note"].ne("").sum() == 1
    assert held.loc[["1", "3"], "ecd_to"].dt.date.tolist() == [date(2025, 6, 5), date(2025, 8, 7)]
    both = table("both.csv", PLAIN | {"narrative": "Update"})
    assert both.loc[["W1", "W3"], "ecd_to"].dt.date.eq(date(2025, 6, 30)).all()


def test_the_next_quarter_follows_the_first(tmp_path, shared):
    folder = shared / "cases" / "recommendations"
    for name, day in (("l1.csv", date(2024, 6, 30)), ("l2.csv", date(2025, 2, 28))):
        columns = PLAIN | {"issued_on": "Issued"}
        imports.append_reading(tmp_path, read_file(folder / name, as_of=day, columns=columns))
    held = register(log.read(tmp_path), as_of=date(2025, 2, 28)).table.set_index("number")
    assert held["status"].tolist() == ["open", "closed - implemented", "open", "open"]
    assert held["ecd_statement"].tolist() == ["ecd", "ecd", "no_ecd", "ecd"]


@pytest.mark.parametrize(
    "name",
    [
        "x3_cover.xlsx",
        *(pytest.param(x, marks=pytest.mark.long) for x in ("x1.xlsx", "x2_title_rows.xlsx")),
    ],
)
def test_the_sheet_and_its_header_are_found(name, table, tmp_path):
    held = table(name, PLAIN | {"risk": "Risk", "closed_on": "Closed on"})
    assert len(held) == 7
    assert held["status"].ne("").all()
    assert "=DATE(2025,9,30)" in held.loc["X6", "unread_words"]
    assert held.loc["X3", "status_on"].date() == date(2025, 2, 3)
    noted = log.read(tmp_path / name).events.query("kind == 'noted' & note == 'risk rating'")
    assert noted["source_span"].tolist()[:3] == ["High", "Medium", "Low"]
