"""Every problem at the door is planted once and must be reported, never repaired."""

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.collections.series import Columns, parse_amount, parse_period, read_receipts
from coee_nb.errors import InputError

DATA = Path(__file__).resolve().parents[2] / "data" / "oig_22_34" / "collections"
PLAIN = Columns(value="net")


def write(folder: Path, lines: list[str], header: str = "month,net") -> Path:
    path = folder / "receipts.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def months(amounts, first: str = "2014-10") -> list[str]:
    periods = pd.period_range(first, periods=len(amounts), freq="M")
    return [f"{period},{amount}" for period, amount in zip(periods, amounts, strict=True)]


def problems(path: Path, **options) -> list[tuple]:
    found = read_receipts(path, columns=PLAIN, **options).problems
    return list(found[["check", "where", "stops"]].itertuples(index=False, name=None))


def test_the_published_series_is_clean_and_accounts_for_every_row():
    receipts = read_receipts(
        DATA / "customs_duties_monthly.csv",
        columns=Columns(fiscal_year="fiscal_year"),
        start="2013-10",
        end="2019-09",
    )
    assert receipts.problems.empty
    assert (receipts.source.rows, receipts.source.used) == (156, 72)
    assert receipts.source.set_aside == {"outside the period asked for": 84}
    series = receipts.series()
    assert (len(series), series["2015-08"], series.index.freqstr) == (72, 1908.0, "M")


def test_a_missing_month_stops_the_series(tmp_path):
    path = write(tmp_path, [line for line in months([100] * 24) if "2015-03" not in line])
    assert problems(path) == [("missing period", "2015-03", True)]
    with pytest.raises(InputError, match=r"2015-03: missing period"):
        read_receipts(path, columns=PLAIN).series()


def test_months_asked_for_and_not_there_are_missing(tmp_path):
    found = problems(write(tmp_path, months([100] * 24)), start="2014-09", end="2016-09")
    assert found == [("missing period", "2014-09", True)]


def test_a_repeated_month_is_not_chosen_between(tmp_path):
    path = write(tmp_path, [*months([100] * 24), "2015-03,101"])
    receipts = read_receipts(path, columns=PLAIN)
    assert ("repeated period", "2015-03", True) in problems(path)
    assert receipts.set_aside["line"].tolist() == [7, 26]
    assert receipts.source.used == 23
    assert pd.isna(receipts.values.at[pd.Period("2015-03", "M"), "all"])


def test_a_partial_last_month_is_reported_by_its_size(tmp_path):
    assert problems(write(tmp_path, months([100] * 23 + [40]))) == [
        ("partial period", "2016-09", False)
    ]


def test_a_partial_first_month_is_reported_by_its_day(tmp_path):
    path = write(tmp_path, ["2014-10-17,100", *months([100] * 23, "2014-11")])
    assert problems(path) == [("partial period", "2014-10", False)]


def test_negative_receipts_are_reported_and_kept(tmp_path):
    path = write(tmp_path, months([100] * 10 + ["(12.50)"] + [100] * 13))
    assert problems(path) == [("negative receipts", "2015-08", False)]
    assert read_receipts(path, columns=PLAIN).series()["2015-08"] == -12.5


@pytest.mark.parametrize("factor", [1000, 0.001])
def test_a_thousandfold_step_stops_the_series(tmp_path, factor):
    path = write(tmp_path, months([3000] * 12 + [3000 * factor] * 12))
    assert ("change of unit", "2015-10", True) in problems(path)


def test_a_rise_that_is_no_unit_does_not_stop(tmp_path):
    assert problems(write(tmp_path, months([100] * 12 + [900] * 12))) == []


def test_a_fiscal_year_column_that_contradicts_the_month_stops(tmp_path):
    path = write(tmp_path, ["2016-09,2016,5", "2016-10,2016,5"], "month,fy,net")
    found = read_receipts(path, columns=Columns(value="net", fiscal_year="fy")).problems
    assert found[["check", "where"]].to_numpy().tolist() == [["fiscal year", "line 3"]]
    assert "lies in 2017" in found["found"].iloc[0]


def test_centers_are_read_side_by_side_and_added_up(tmp_path):
    lines = [f"2016-{m},{c},{a}" for m in ("10", "11") for c, a in (("Machinery", 2), ("Steel", 3))]
    path = write(tmp_path, lines, "month,center,net")
    receipts = read_receipts(path, columns=Columns(value="net", center="center"))
    assert receipts.values.columns.tolist() == ["Machinery", "Steel"]
    assert receipts.series().tolist() == [5.0, 5.0]
    assert receipts.series("Steel").tolist() == [3.0, 3.0]
    with pytest.raises(InputError, match="no Center 'Stell'"):
        receipts.series("Stell")


def test_a_month_missing_for_one_center_stops_the_total(tmp_path):
    path = write(tmp_path, ["2016-10,A,1", "2016-11,A,1", "2016-10,B,1"], "month,center,net")
    receipts = read_receipts(path, columns=Columns(value="net", center="center"))
    assert receipts.problems["where"].tolist() == ["2016-11, B"]
    with pytest.raises(InputError, match="missing period"):
        receipts.series()


def test_rows_that_cannot_be_used_are_set_aside_with_a_reason(tmp_path):
    lines = ["2016-10,1", "2016-11,null", "soon,1", "2016-12,1.2.3", "2017-01,1"]
    receipts = read_receipts(write(tmp_path, lines), columns=PLAIN)
    assert receipts.source.set_aside == {
        "no amount": 1, "period not understood": 1, "amount not understood": 1,
    }  # fmt: skip
    assert receipts.set_aside["line"].tolist() == [3, 4, 5]
    assert len(receipts.problems) == 2


def test_fiscal_years_are_read_as_years_ending_in_september(tmp_path):
    path = write(tmp_path, ["FY2016,34.8", "2017,34.6"], "year,net")
    receipts = read_receipts(
        path, columns=Columns(period="year", value="net"), frequency="fiscal year", unit="billions"
    )
    assert receipts.series().tolist() == [34800.0, 34600.0]
    assert receipts.series().index[1].end_time.date().isoformat() == "2017-09-30"


@pytest.mark.parametrize(
    ("header", "said"),
    [("month,receipts", "no column 'net'"), ("month,net,net", "stands twice"), ("", "no column")],
)
def test_a_file_without_the_mapped_columns_is_refused(tmp_path, header, said):
    with pytest.raises(InputError, match=said):
        read_receipts(write(tmp_path, ["2016-10,1"], header), columns=PLAIN)


def test_a_file_that_is_not_text_or_not_there_is_refused(tmp_path):
    path = tmp_path / "receipts.csv"
    with pytest.raises(InputError, match="cannot be read"):
        read_receipts(path)
    path.write_bytes(b"month,net\n2016-10,\xff\xfe\n")
    with pytest.raises(InputError, match="not a UTF-8"):
        read_receipts(path, columns=PLAIN)
    with pytest.raises(InputError, match="no usable row"):
        read_receipts(write(tmp_path, ["x,y"]), columns=PLAIN)


@pytest.mark.parametrize(
    "text",
    ["2016-10", "2016-10-01", "2016/10/31", "10/2016", "10/31/2016", "Oct 2016", "October 2016",
     "201610"],
)  # fmt: skip
def test_the_usual_ways_to_write_a_month(text):
    assert parse_period(text)[0] == pd.Period("2016-10", "M")


@given(st.text(max_size=20))
def test_no_text_makes_the_parsers_fail(text):
    period, _ = parse_period(text)
    amount = parse_amount(text)
    assert period is None or period.freqstr == "M"
    assert isinstance(amount, str) or amount.is_finite()


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_an_amount_written_three_ways_reads_the_same(amount):
    written = [f"{amount}", f"${amount:,}" if amount >= 0 else f"-${-amount:,}"]
    written += [f"({-amount:,})"] if amount < 0 else []
    assert {parse_amount(text) for text in written} == {Decimal(amount)}
