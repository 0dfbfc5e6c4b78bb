"""What a reviewer ticks, and when a tick is lost."""

from datetime import date

import pandas as pd
import pytest

from coee_nb.errors import InputError
from coee_nb.publish.evidence import CHECKED, TICKS, Ticks, sheets_of, write_evidence
from coee_nb.publish.extract import Extract
from coee_nb.publish.fanout import Case


def finding(name="late", value=0.4, statement="=Six of 15 are late."):
    plain = {"id": name, "value": value, "statement": statement, "unit": "share", "cell": 4}
    plain |= {"numerator": 6, "denominator": 15, "origin": "own records", "evidence": "late.A-1"}
    place = {"prompt": "[3]", "section": "What is late", "source_rows": "lines 2-7 of log.csv"}
    return plain | place | {"inputs": [{"path": "log.csv", "sha256": "ab"}]}


NONE = Ticks({})
INPUT = {"path": "log.csv", "sha256": "ab", "rows": 20, "used": 15, "excluded": {"closed": 5}}


@pytest.fixture
def returned(tmp_path):
    """Write the evidence of a run, tick it, and read it back as an engagement's own."""

    def tick(*findings, by="A. Reader", on="2024-05-02", mark="x"):
        write_evidence(
            tmp_path / CHECKED, {"aging": Extract(list(findings), [INPUT], [], [])}, NONE
        )
        rows = pd.read_csv(tmp_path / CHECKED, dtype=str, keep_default_na=False)
        rows[["checked", "checked_by", "checked_on"]] = [mark, by, on]
        rows.to_csv(tmp_path / CHECKED, index=False)
        return Ticks.of(tmp_path)

    return tick


def test_a_finding_is_followed_to_its_rows_and_files(tmp_path):
    write_evidence(tmp_path / "e.csv", {"aging": Extract([finding()], [INPUT], [], [])}, NONE)
    (row,) = pd.read_csv(tmp_path / "e.csv", dtype=str).fillna("").to_dict("records")
    assert row["statement"] == "'=Six of 15 are late."
    kept = (
        *("numerator", "denominator", "cell", "evidence", "source_rows"),
        *("files", "sha256", "rows_excluded"),
    )
    assert [row[name] for name in kept] == [
        "6",
        "15",
        "[3]",
        "late.A-1",
        "lines 2-7 of log.csv",
        "log.csv",
        "ab",
        "closed: 5",
    ]
    assert [row[name] for name in ("checked", "checked_by", "checked_on")] == ["", "", ""]


def test_the_next_run_has_the_ticks_that_stand_to_go_on_from(returned, tmp_path):
    ticks = returned(finding(), finding("open", 15, "15 are open."))
    now = [finding(), finding("open", 16, "16 are open.")]
    write_evidence(tmp_path / "next.csv", {"aging": Extract(now, [INPUT], [], [])}, ticks)
    rows = pd.read_csv(tmp_path / "next.csv", dtype=str, keep_default_na=False)
    assert rows[list(TICKS)].to_numpy().tolist() == [["x", "A. Reader", "2024-05-02"], [""] * 3]


@pytest.mark.parametrize("mark", ["no", " No ", "0", "–"])
def test_a_no_is_no_tick(returned, mark):
    assert returned(finding(), mark=mark).signed(finding()) is None


def test_a_tick_stays_while_value_and_sentence_do(returned):
    ticks = returned(finding(), finding("open", 15, "15 are open."))
    assert ticks.on(finding()) == "checked by A. Reader, 2024-05-02"
    assert ticks.on(finding("open", 15, "15 are open.")) == "checked by A. Reader, 2024-05-02"
    assert ticks.on(finding(value=0.5)) == "changed since it was checked"
    assert ticks.on(finding(statement="Other words.")) == "changed since it was checked"
    assert ticks.on(finding("new")) == ""


def test_what_nobody_ticked_is_not_checked(returned):
    assert returned(finding(), mark=" ").on(finding()) == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("finding,value\n", "no column 'statement'"),
        (
            f"finding,value,statement,{','.join(TICKS)}\n" + "a,1,b,x,c,d\n" * 2,
            "twice",
        ),
    ],
)
def test_a_returned_file_of_another_form_is_refused(tmp_path, text, message):
    (tmp_path / CHECKED).write_text(text)
    with pytest.raises(InputError, match=message):
        Ticks.of(tmp_path)


def test_every_table_is_a_sheet():
    columns = [{"name": "days_late", "type": "Int64"}]
    table = {"name": "late", "caption": "Late", "note": "", "origin": "", "columns": columns}
    held = {"aging": Extract([], [], [table | {"rows": ["[3]"]}], [])}
    (sheet,) = sheets_of(held)
    assert (sheet.name, list(sheet.headings), sheet.about[0]) == ("late", ["days late"], "aging")
    assert sheet.columns == [[3]]


def test_tables_of_many_values_stand_below_each_other_with_nothing_where_one_has_no_column():
    def held(columns, row):
        told = [{"name": name, "type": kind} for name, kind in columns.items()]
        table = {"name": "late", "caption": "Late", "note": "", "origin": "", "columns": told}
        return Extract([], [], [table | {"rows": [row]}], [])

    both = {
        "its-a": held({"days": "Int64", "on": "datetime64[s]"}, '[3, "2024-05-01"]'),
        "its-b": held({"days": "Int64", "why": "string"}, '[null, "=late"]'),
    }
    cases = {name: Case("group", name[-1].upper()) for name in both}
    (sheet,) = sheets_of(both, cases)
    assert list(sheet.headings) == ["group", "days", "on", "why"]
    assert sheet.columns == [["A", "B"], [3, None], [date(2024, 5, 1), None], [None, "=late"]]
