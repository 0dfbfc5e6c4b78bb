import shlex
from datetime import date

import pytest

from coee_nb.errors import InputError
from coee_nb.recommendations.sources.headers import suggested
from coee_nb.recommendations.sources.recognise import read_file
from coee_nb.recommendations.sources.source import open_source

CITY = "Report No,Report Title,Issued,Rec #,Recommendation,Department,Status,Target Date"
CITY += ",Revised Target Date,Last Update"


def mapping(path) -> dict[str, str]:
    words = shlex.split(suggested(open_source(path)))
    return dict(pair.split("=", 1) for pair in words if pair != "--map")


def test_the_columns_of_a_list_suggest_what_they_are(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(f"Our tracker\n{CITY}\nA-1,Fleet,2023-03-15,1,Set,Fleet,Open,2024-05-01,,\n")
    columns = mapping(path)
    assert columns == {
        "issued_on": "Issued", "revised_ecd": "Revised Target Date", "updated_on": "Last Update",
        "ecd": "Target Date", "status": "Status", "number": "Rec #", "report": "Report No",
        "title": "Report Title", "text": "Recommendation", "agency": "Department",
        "issuer": "=NAME OF THE AUDITOR",
    }  # fmt: skip
    assert len(read_file(path, as_of=date(2024, 6, 30), columns=columns).rows) == 1
    with pytest.raises(InputError, match="--map text=Recommendation"):
        read_file(path, as_of=date(2024, 6, 30))


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("Audit,Rec,Recommendation,Status", {"number": "Rec", "text": "Recommendation"}),
        ("Audit,Rec,Status", {"text": "Rec"}),
        ("Ref,Audit,Rec,Status", {"number": "Ref", "text": "Rec"}),
        ("Audit,Rec,Recommendation Text,Status,Estimated Date",
         {"text": "Recommendation Text", "ecd": "Estimated Date"}),
    ],
)  # fmt: skip
def test_a_number_is_not_taken_for_the_text(header, columns, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(f"{header}\n")
    found = mapping(path)
    assert found.items() >= columns.items()
    assert found.get("number") != found["text"]


def test_a_mapping_that_lacks_a_field_is_told_the_whole_of_one(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Audit,Recommendation,Implementation Status\nA,Mend,Open\n")
    with pytest.raises(InputError, match="no column for status and text") as error:
        read_file(path, as_of=date(2024, 6, 30), columns={"issuer": "=The Auditor"})
    options = str(error.value).partition("read with ")[2].partition(";")[0]
    columns = dict(pair.split("=", 1) for pair in shlex.split(options) if pair != "--map")
    assert columns["issuer"] == "=The Auditor"
    assert len(read_file(path, as_of=date(2024, 6, 30), columns=columns).rows) == 1


def test_a_file_of_something_else_suggests_nothing(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Date,Amount\n2024-05-01,3\n")
    assert suggested(open_source(path)) == ""


@pytest.mark.parametrize("name", ["city_list", "other", "dates", "statuses", "both", "l1"])
def test_the_shared_lists_suggest_a_mapping_that_reads_them(name, shared):
    path = shared / "cases" / "recommendations" / f"{name}.csv"
    if not path.is_file():
        pytest.skip("no such list beside the project")
    reading = read_file(path, as_of=date(2026, 1, 31), columns=mapping(path))
    assert reading.excluded["kind"].isin(["repeat"]).all()
    assert all(row["status"] or row["unread"] for row in reading.rows)
