"""A file of receipts is read whole, or refused with what to do about it."""

from pathlib import Path

import pandas as pd
import pytest

from coee_nb.collections.series import Columns, read_receipts
from coee_nb.errors import InputError, ParameterError

DATA = Path(__file__).resolve().parents[2] / "data" / "oig_22_34" / "collections"
PLAIN = Columns(value="net")


def write(folder: Path, lines: list[str], header: str = "month,net") -> Path:
    path = folder / "receipts.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def test_the_published_series_is_clean_and_accounts_for_every_row():
    receipts = read_receipts(
        DATA / "customs_duties_monthly.csv",
        columns=Columns(fiscal_year="fiscal_year"),
        start="2013-10",
        end="2019-09",
    )
    assert receipts.problems.empty
    assert (receipts.source.rows, receipts.source.used) == (156, 72)
    assert receipts.source.excluded == {"outside the period asked for": 84}
    series = receipts.series()
    assert (len(series), series["2015-08"], series.index.freqstr) == (72, 1908.0, "M")


def test_centers_are_read_side_by_side_and_added_up(tmp_path):
    lines = [f"2016-{m},{c},{a}" for m in ("10", "11") for c, a in (("Machinery", 2), ("Steel", 3))]
    path = write(tmp_path, lines, "month,center,net")
    receipts = read_receipts(path, columns=Columns(value="net", center="center"))
    assert receipts.values.columns.tolist() == ["Machinery", "Steel"]
    assert receipts.series().tolist() == [5.0, 5.0]
    assert receipts.series("Steel").tolist() == [3.0, 3.0]
    with pytest.raises(InputError, match="no Center 'Stell'"):
        receipts.series("Stell")


def test_rows_that_cannot_be_used_are_set_aside_with_a_reason(tmp_path):
    lines = ["2016-10,1", "2016-11,null", "soon,1", "2016-12,1.2.3", "2017-01,1"]
    receipts = read_receipts(write(tmp_path, lines), columns=PLAIN)
    assert receipts.source.excluded == {
        "no amount": 1, "period not understood": 1, "amount not understood": 1,
    }  # fmt: skip
    assert receipts.excluded["line"].tolist() == [3, 4, 5]
    assert receipts.excluded["found"].tolist() == ["'null'", "'1'", "'1.2.3'"]


def test_fiscal_years_are_read_as_years_ending_in_september(tmp_path):
    path = write(tmp_path, ["FY2016,34.8", "2017,34.6"], "year,net")
    receipts = read_receipts(
        path, columns=Columns(period="year", value="net"), frequency="fiscal year", unit="billions"
    )
    assert receipts.series().tolist() == [34800.0, 34600.0]
    assert receipts.series().index[1].end_time.date().isoformat() == "2017-09-30"


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("month,receipts", "no column 'net' among 'month', 'receipts'.*set value_column"),
        ("month,Net", "such as 'Net'"),
        ("month;net", "commas between the cells"),
        ("month,net,net", "stands twice"),
        ("", "no column"),
    ],
)
def test_a_file_without_the_mapped_columns_is_refused(tmp_path, header, said):
    with pytest.raises(InputError, match=said):
        read_receipts(write(tmp_path, ["2016-10,1"], header), columns=PLAIN)


def test_a_file_that_is_not_text_or_not_there_is_refused(tmp_path):
    path = tmp_path / "receipts.csv"
    with pytest.raises(InputError, match="cannot be read"):
        read_receipts(path)
    path.write_bytes(b"month,net\n2016-10,\xff\xfe\n")
    with pytest.raises(InputError, match="is not UTF-8 text"):
        read_receipts(path, columns=PLAIN)
    with pytest.raises(InputError, match="no usable row"):
        read_receipts(write(tmp_path, ["x,y"]), columns=PLAIN)


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
    assert read_receipts(path, columns=PLAIN).series().to_dict() == {pd.Period("2016-10"): 1.0}


def test_an_open_quotation_mark_does_not_swallow_the_rest(tmp_path):
    with pytest.raises(InputError, match=r"unexpected end of data.*quotation mark"):
        read_receipts(write(tmp_path, ["2016-10,1", '2016-11,"2', "2016-12,3"]), columns=PLAIN)


def test_years_are_no_months_and_the_refusal_says_so(tmp_path):
    with pytest.raises(InputError, match=r"line 2: '2016'.*one row a month, such as 2016-10"):
        read_receipts(write(tmp_path, ["2016,1", "2017,2"]), columns=PLAIN)


@pytest.mark.parametrize(
    "option", [{"unit": "cents"}, {"frequency": "week"}, {"start": "autumn"}, {"end": "2016"}]
)
def test_an_option_that_is_none_is_refused_by_name(tmp_path, option):
    with pytest.raises(ParameterError, match=f"^{next(iter(option))}: "):
        read_receipts(write(tmp_path, ["2016-10,1"]), columns=PLAIN, **option)
