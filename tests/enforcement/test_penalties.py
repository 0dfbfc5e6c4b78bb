"""The worked example gives the printed figures of both reports; a range is never called a loss."""

import re
from datetime import date
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from openpyxl import load_workbook

from coee_nb.drawing import LATE, UNKNOWN
from coee_nb.enforcement import penalty_charts as charts
from coee_nb.enforcement import penalty_statements as statements
from coee_nb.enforcement import penalty_tables as tables
from coee_nb.enforcement.cases import read_cases
from coee_nb.enforcement.params import PenaltyLimitations
from coee_nb.enforcement.penalties import (
    account,
    deadlines,
    readings,
    requests,
    standing,
    to_look_at,
    verdict,
)
from coee_nb.enforcement.penalty_handouts import handouts
from coee_nb.enforcement.terms import Term
from coee_nb.errors import InputError
from coee_nb.files import read_file
from coee_nb.parameters import read_values

ROOT = Path(__file__).resolve().parents[2]
HEAD = (
    "case_id,unit,importer,violation,violated_on,initiated_on,searched_on,status,assessed,collected"
)


@pytest.fixture(scope="module")
def example():
    values = read_values(read_file(ROOT / "params" / "oig_22_34" / "penalty_limitations.yaml"))
    params = PenaltyLimitations.check(values)
    records = params.read()
    return params, params.standing(records), params.later(records)


def found_of(write, *lines, as_of=date(2021, 3, 9)):
    return standing(read_cases(write("cases", HEAD, *lines)), as_of=as_of)


def lines_in(rows):
    runs = re.findall(r"(\d+)(?:-(\d+))?(?=[, ])", rows.rpartition(" of ")[0] + " ")
    return {n for first, last in runs for n in range(int(first), int(last or first) + 1)}


def test_the_simplified_rule_gives_the_figures_of_oig_22_34(example):
    params, found, _ = example
    told = {one.id: one for one in statements.lateness(found, params.counted_by, [])}
    assert told["penalties.expired.count"].value == 152
    millions = [round(told[f"penalties.expired.{name}"].value / 1e6)
                for name in ("assessed", "collected", "uncollected")]  # fmt: skip
    assert millions == [864, 6, 858]
    assert told["penalties.at_risk.count"].value == 118
    assert told["penalties.verdict"].value == "8 to 152"
    lines = {name: lines_in(one.source_rows) for name, one in told.items()}
    counts = ("penalties.expired.count", "penalties.at_risk.count", "penalties.range.low")
    assert all(len(lines[name]) == told[name].value for name in counts)
    assert lines["penalties.range.low"] < lines["penalties.range.high"]


def test_the_later_day_gives_the_figures_of_oig_24_49(example):
    params, found, later = example
    followed = statements.followed(found, later, params.counted_by)
    told = {one.id: one for one in statements.outcomes(followed, found, [])}
    no_longer = told["penalties.follow_up.no_longer_limited"]
    assert (no_longer.value, no_longer.denominator) == (144, 152)
    assert "(95%)" in no_longer.statement
    assert told["penalties.follow_up.expired"].value == 8
    assert told["penalties.follow_up.expired_uncollected"].value == 1_500_000
    assert "0.2%" in told["penalties.follow_up.expired_uncollected"].statement
    assert told["penalties.follow_up.expired_uncollected"].denominator == 858_100_000
    lines = followed.table.set_index("outcome")["cases"]
    assert (lines["no longer limited, in all"], lines["closed as expired"]) == (144, 8)
    assert (lines["still open"], lines["all"]) == (0, 152)
    assert lines[["closed", "settled", "in litigation", "referred"]].sum() == 144


def test_nothing_is_known_on_a_day_that_was_filed_later(example):
    _, found, later = example
    early = found.table[found.table["simple"]]
    assert early["waivers"].sum() == 0
    assert early["waivers_not_counted"].sum() == 2  # two were signed too late
    assert later.table.loc[later.table["case_id"].isin(early["case_id"]), "waivers"].gt(0).any()


def test_the_verdict_never_calls_anything_lost(example):
    _, found, _ = example
    assert "lost" not in verdict(found)
    assert verdict(found).startswith("Between 8 and 152 open cases ($1,500,000 to $858,100,000")


def test_sums_in_are_sums_shown_and_set_aside_to_the_cent(example):
    _, found, _ = example
    parts = account(found).set_index("part")
    raw = pd.read_csv(ROOT / "data/oig_22_34/penalties/cases_generated.csv", dtype=str)
    for column in ("assessed", "mitigated", "collected", "bond"):
        cents = raw[column].fillna("0").str.replace(".", "", regex=False).astype(int).sum()
        assert parts.loc["in the file", column] == cents
        assert parts.drop(index="in the file")[column].sum() == cents


def test_no_importer_reaches_a_table(example):
    params, found, later = example
    followed = statements.followed(found, later, params.counted_by)
    shown = [tables.oldest(found), tables.to_look_at(found), tables.follow_up(followed, found),
             tables.requests(found, 365), tables.doubtful_cases(found)]  # fmt: skip
    assert not any("INVENTED" in str(one.record()) for one in shown)
    files = handouts(found, 365).make()
    assert not any(b"INVENTED" in content for name, content in files.items() if "csv" in name)


def test_the_range_narrows_as_documents_are_searched(write):
    lines = [
        "A,North,x,negligence,2014-01-31,2015-01-31,,open,100,0",
        "B,North,x,negligence,2014-01-31,2015-01-31,2021-02-01,open,30,10",
        "C,North,x,,2014-01-31,2015-01-31,,open,5,0",
        "D,North,x,negligence,2014-01-31,2015-01-31,,in litigation,7,0",
        "E,North,x,negligence,2019-01-31,2015-01-31,,open,9,0",
    ]
    rows = readings(found_of(write, *lines)).set_index("reading")
    assert rows["cases"].to_dict() == {
        "simplified rule": 4, "statute, on file": 2, "statute, not derivable": 1, "at least": 1,
        "at most": 3,
    }  # fmt: skip
    assert rows.loc["at most", "uncollected"] == 12500
    assert to_look_at(found_of(write, *lines))["case_id"].tolist() == ["A", "C"]
    searched = [line.replace(",,open", ",2021-02-01,open") for line in lines if line[0] not in "CE"]
    assert "documents of each were searched" in verdict(found_of(write, *searched))
    assert "No open case is past" in verdict(found_of(write, lines[4]))


def test_a_search_before_the_limitation_date_makes_nothing_certain(write):
    line = "A,North,x,negligence,2014-01-31,2015-01-31,{},open,100,0"
    for day, least in (("2019-01-31", 0), ("2019-02-01", 1), ("2021-03-10", 0)):
        rows = readings(found_of(write, line.format(day))).set_index("reading")["cases"]
        assert (rows["at least"], rows["at most"]) == (least, 1), day


def test_the_highest_count_is_drawn_as_what_is_past_and_what_nobody_can_tell(write):
    lines = [
        "A,North,x,negligence,2014-01-31,2015-01-31,,open,100,0",
        "B,North,x,negligence,2014-01-31,2015-01-31,,open,30,10",
        "C,North,x,,2014-01-31,2015-01-31,,open,5,0",
    ]
    bars = charts.readings(found_of(write, *lines)).figure.axes[0].patches
    highest = [(bar.get_width(), to_hex(bar.get_facecolor()).upper()) for bar in bars[4::5]]
    assert highest == [(2, LATE), (1, UNKNOWN)]


@pytest.mark.parametrize("status", ["open", "closed"])
def test_records_with_the_least_columns_make_every_table(tmp_path, status):
    (tmp_path / "cases.csv").write_text(f"case_id,status,assessed,collected\nA,{status},5,\n")
    given = {"as_of": "2021-03-09", "cases": str(tmp_path / "cases.csv")}
    params = PenaltyLimitations.check(given)
    found = params.standing(read_cases(params.cases).as_known(params.as_of))
    made = [
        *(make(found) for make in (tables.readings, tables.oldest, tables.states)),
        *(make(found) for make in (tables.to_look_at, tables.agreement)),
        *tables.documents(found),
        *(make(found) for make in (tables.doubts, tables.doubtful_cases, tables.account)),
        *(tables.cohorts(found, 10, None), tables.by_unit(found, "unit"), charts.readings(found)),
        *(tables.requests(found, 30), tables.exceptions(found)),
    ]
    assert len(made) == 14
    assert "No curve can be drawn" in charts.collection(found).text
    told = statements.lateness(found, params.counted_by, [])
    assert told[0].value == ("0 to 1" if status == "open" else "0 to 0")


def test_each_document_that_does_not_count_is_listed(example):
    _, found, later = example
    _, listed = tables.documents(found)
    assert listed.frame["reason"].tolist() == ["signed or begun after the limitation date"] * 2
    for dated in (found, later):
        papers = len(dated.dates.waivers) + len(dated.dates.suspensions)
        assert next(iter(tables.documents(dated))).frame["documents"].sum() == papers


def test_a_day_on_which_no_case_was_known_is_refused(write):
    with pytest.raises(InputError, match="no case that can be used was initiated by 2014-01-01"):
        found_of(write, "A,North,x,fraud,,2015-01-31,,open,1,0", as_of=date(2014, 1, 1))


def test_deadlines_add_up_and_the_worksheet_is_soonest_first(write):
    lines = [
        f"{name},No\x07rth,x,negligence,{day},2020-01-31,,open,{sum},0"
        for name, day, sum in (
            ("past", "2016-03-08", 1), ("today", "2016-03-09", 2), ("later", "2016-06-07", 4),
            ("=far", "2016-04-08", 8), ("nothing", "2016-04-07", 0),
        )
    ]  # fmt: skip
    found = found_of(write, *lines)
    assert deadlines(found, [30, 90])[["cases", "assessed"]].to_numpy().tolist() == [
        [3, 1000],
        [4, 1400],
    ]
    assert requests(found, 90)["case_id"].tolist() == ["today", "=far", "later"]
    spills = [Term("negligence", 60, "violated_on", extended_by=("stay",))]
    records = read_cases(write("cases", HEAD, *lines))
    fixed = standing(records, as_of=date(2021, 3, 9), terms=spills)
    assert requests(fixed, 90).empty  # no waiver extends this term
    sheet = load_workbook(BytesIO(handouts(found, 90).make()["waivers_to_request.xlsx"])).active
    assert sheet["A3"].value == "'=far"
    assert sheet["B3"].value == "North"  # XML has no such character
    assert b"\n'=far," in handouts(found, 90).make()["waivers_to_request.csv"]


def test_a_violation_without_a_term_is_told_with_its_file_and_row(write):
    lines = ["A,North,x,Gross negligence,2014-01-31,2015-01-31,,open,1,0",
             "B,North,x,late,2014-01-31,2015-01-31,,open,1,0"]  # fmt: skip
    with pytest.raises(InputError, match=r"cases\.csv, row 3: violation is 'late'") as error:
        found_of(write, *lines)
    assert "in the table of terms (statutes)" in str(error.value)


def test_money_of_another_currency_is_told_in_its_own_name(write):
    head = f"{HEAD},assessed_on,collected_on"
    line = "A,North,x,negligence,2014-01-31,2015-01-31,,open,KSh 1500,KSh 500,2015-02-01,2016-02-01"
    records = read_cases(write("cases", head, line), money="KSh")
    found = standing(records, as_of=date(2021, 3, 9))
    told = statements.lateness(found, "statute", ())
    shown = [tables.readings(found), tables.account(found), tables.to_look_at(found),
             tables.cohorts(found, 1, None), charts.readings(found).table,
             charts.collection(found).table]  # fmt: skip
    words = " ".join([*(one.statement for one in told), *(table.html() for table in shown)])
    words += charts.readings(found).description + charts.collection(found).description
    assert re.findall(r"\$|[Dd]ollar", words) == []
    assert "1,000 KSh is not collected" in words
    assert {one.unit for one in told} == {"cases", "KSh"}
