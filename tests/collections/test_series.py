"""A file of amounts is read whole, or refused with what to do about it."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from coee_nb.collections.series import Columns, read_amounts
from coee_nb.errors import InputError, ParameterError

DATA = Path(__file__).resolve().parents[2] / "data" / "oig_22_34" / "collections"
PLAIN = Columns(value="net")


def write(folder: Path, lines: list[str], header: str = "month,net") -> Path:
    path = folder / "receipts.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def test_the_published_series_is_clean_and_accounts_for_every_row():
    receipts = read_amounts(
        DATA / "customs_duties_monthly.csv",
        columns=Columns("net_customs_duties_musd", fiscal_year="fiscal_year"),
        start="2013-10",
        end="2019-09",
    )
    assert receipts.problems.empty
    assert (receipts.source.rows, receipts.source.used) == (156, 72)
    assert receipts.source.excluded == {"outside the period asked for": 84}
    series = receipts.series()
    assert (len(series), series["2015-08"], series.index.freqstr) == (72, 1908.0, "M")


def test_groups_are_read_side_by_side_and_added_up(tmp_path):
    lines = [f"2016-{m},{c},{a}" for m in ("10", "11") for c, a in (("Machinery", 2), ("Steel", 3))]
    path = write(tmp_path, lines, "month,group,net")
    receipts = read_amounts(path, columns=Columns(value="net", group="group"))
    assert receipts.values.columns.tolist() == ["Machinery", "Steel"]
    assert receipts.series().tolist() == [5.0, 5.0]
    assert receipts.series("Steel").tolist() == [3.0, 3.0]
    with pytest.raises(InputError, match="no group 'Stell'"):
        receipts.series("Stell")


def test_rows_that_cannot_be_used_are_set_aside_with_a_reason(tmp_path):
    lines = ["2016-10,1", "2016-11,null", "soon,1", "2016-12,1.2.3", "2017-01,1"]
    receipts = read_amounts(write(tmp_path, lines), columns=PLAIN)
    assert receipts.source.excluded == {
        "no amount": 1, "period not understood": 1, "amount not understood": 1,
    }  # fmt: skip
    assert receipts.excluded["line"].tolist() == [3, 4, 5]
    assert receipts.excluded["found"].tolist() == ["'null'", "'1'", "'1.2.3'"]


def test_fiscal_years_are_read_as_years_ending_in_september(tmp_path):
    path = write(tmp_path, ["FY2016,34.8", "2017,34.6"], "year,net")
    receipts = read_amounts(path, columns=Columns(period="year", value="net"), factor=1000)
    assert receipts.series().tolist() == [34800.0, 34600.0]
    assert receipts.series().index[1].end_time.date().isoformat() == "2017-09-30"


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("month,receipts", "no column 'net' among 'month', 'receipts'.*set value_column"),
        ("month,Net", "such as 'Net'"),
        ("month;net", "no usable row"),
        ("month,net,net", "stands twice"),
        ("", "no column"),
    ],
)
def test_a_file_without_the_mapped_columns_is_refused(tmp_path, header, said):
    with pytest.raises(InputError, match=said):
        read_amounts(write(tmp_path, ["2016-10,1"], header), columns=PLAIN)


def test_a_file_that_is_not_text_or_not_there_is_refused(tmp_path):
    path = tmp_path / "receipts.csv"
    with pytest.raises(InputError, match="cannot be read"):
        read_amounts(path, columns=PLAIN)
    path.write_bytes(b"month,net\n2016-10,\xff\xfe\n")
    with pytest.raises(InputError, match="is not UTF-8 text"):
        read_amounts(path, columns=PLAIN)
    with pytest.raises(InputError, match="no usable row"):
        read_amounts(write(tmp_path, ["x,y"]), columns=PLAIN)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfmonth,net\n2016-10,1\n",
        b"month,net\r\n2016-10,1\r\n",
        b" month , net\n2016-10,1,\n",
        b'month,net\n2016-10,"1.00"\n\n',
    ],
)
def test_marks_of_the_program_that_wrote_the_file_do_not_matter(tmp_path, content):
    path = tmp_path / "receipts.csv"
    path.write_bytes(content)
    assert read_amounts(path, columns=PLAIN).series().to_dict() == {pd.Period("2016-10"): 1.0}


def test_an_open_quotation_mark_does_not_swallow_the_rest(tmp_path):
    with pytest.raises(InputError, match=r"unexpected end of data.*quotation mark"):
        read_amounts(write(tmp_path, ["2016-10,1", '2016-11,"2', "2016-12,3"]), columns=PLAIN)


@pytest.mark.parametrize(
    ("lines", "frequency", "last"),
    [
        (["2016-10,1", "2016-11,2"], "M", "2016-11"),
        (["2016Q3,1", "Q4 2016,2"], "Q-DEC", "2016Q4"),
        (["2016,1", "FY2017,2"], "Y-SEP", "2017"),
    ],
)
def test_months_quarters_and_years_are_taken_as_found(tmp_path, lines, frequency, last):
    series = read_amounts(write(tmp_path, lines), columns=PLAIN).series()
    assert (series.index.freqstr, str(series.index[-1])) == (frequency, last)
    assert series.tolist() == [1.0, 2.0]


def daily(first="2016-10-01", last="2016-12-31", step=1):
    days = pd.date_range(first, last, freq=f"{step}D")
    return [f"{day:%Y-%m-%d},{day.day}" for day in days]


def test_days_and_weeks_are_summed_where_that_is_asked_for(tmp_path):
    path = write(tmp_path, daily())
    with pytest.raises(InputError, match=r"repeated period.*sum_to"):
        read_amounts(path, columns=PLAIN).series()
    found = read_amounts(path, columns=PLAIN, sum_to="month")
    assert found.series().tolist() == [496.0, 465.0, 496.0]
    assert (found.source.rows, found.source.used) == (92, 92)
    weeks = read_amounts(write(tmp_path, daily(step=7)), columns=PLAIN, sum_to="quarter")
    assert weeks.series().index.freqstr == "Q-DEC"


def test_months_of_four_and_five_weeks_are_said_to_differ_by_the_calendar(tmp_path):
    weeks = write(tmp_path, daily("2016-10-07", "2017-09-29", step=7))
    found = read_amounts(weeks, columns=PLAIN, sum_to="month").problems
    told = found.loc[found["check"] == "periods of unequal weeks"].squeeze()
    assert told["where"] == "2016-10 to 2017-09"
    assert told["found"].startswith("4 to 5 rows a period")
    assert "25% by the calendar alone" in told["found"]
    assert not told["stops"]
    days = read_amounts(write(tmp_path, daily()), columns=PLAIN, sum_to="month").problems
    assert "periods of unequal weeks" not in set(days["check"])


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (daily()[:40] + daily()[50:], "2016-11-09 to 2016-11-20: missing period"),
        (daily("2016-10-20"), "2016-10: period cut short: 19 days"),
        (daily(last="2016-12-10"), "2016-12: period cut short: 21 days"),
        ([*daily(), "2016-11,4"], "no day"),
        ([*daily(), "2016-11-04,4"], "2016-11-04.*repeated period: 2 rows, lines 36, 94"),
    ],
)
def test_days_that_do_not_make_whole_months_stop_the_sum(tmp_path, lines, said):
    with pytest.raises(InputError, match=said):
        read_amounts(write(tmp_path, lines), columns=PLAIN, sum_to="month").series()


@pytest.mark.parametrize("option", [{"sum_to": "week"}, {"start": "autumn"}, {"end": "2016"}])
def test_an_option_that_is_none_is_refused_by_name(tmp_path, option):
    with pytest.raises(ParameterError, match=r"period to sum to|^(start|end): "):
        read_amounts(write(tmp_path, ["2016-10,1"]), columns=PLAIN, **option)


@pytest.mark.parametrize("mark", [";", "\t"])
def test_a_file_of_a_european_spreadsheet_is_read_as_the_same_between_commas(tmp_path, mark):
    path = tmp_path / "fees.csv"
    rows = [("2016-10", "1.234,50"), ("2016-11", "-55,25"), ("2016-12", "1.234")]
    path.write_text("".join(f"{mark.join(row)}\n" for row in [("month", "net"), *rows]), "utf-8")
    assert read_amounts(path, columns=Columns("net")).series().tolist() == [1234.5, -55.25, 1234]
    path.write_text(f"month{mark}net\n2016-10{mark}1.234\n2016-11{mark}5\n", "utf-8")
    with pytest.raises(InputError, match=r"fees\.csv, column net: nothing tells whether '1\.234'"):
        read_amounts(path, columns=Columns("net"))


def test_days_written_day_first_are_summed_to_the_months_they_lie_in(tmp_path):
    days = pd.date_range("2016-10-01", "2016-12-31")
    path = write(tmp_path, [f"{day:%d/%m/%Y},1" for day in days])
    summed = read_amounts(path, columns=PLAIN, sum_to="month").series()
    assert summed.tolist() == [31, 30, 31]
    assert [str(month) for month in summed.index] == ["2016-10", "2016-11", "2016-12"]


def test_dates_that_may_be_read_two_ways_are_refused_until_it_is_declared(tmp_path):
    path = write(tmp_path, [f"{day:02}/01/2016,1" for day in range(1, 13)])
    with pytest.raises(InputError, match=r"column 'month': dates such as .* set date_order"):
        read_amounts(path, columns=PLAIN, sum_to="month")
    declared = replace(PLAIN, date_order="month-first")
    assert read_amounts(path, columns=declared).series().tolist() == [1] * 12
    wrong = read_amounts(path, columns=replace(PLAIN, date_order="day-first"))
    assert "repeated period" in set(wrong.problems["check"])
