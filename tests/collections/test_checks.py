"""Every problem is planted once and must be reported, never repaired."""

from pathlib import Path

import pandas as pd
import pytest

from coee_nb.collections.series import Columns, read_amounts
from coee_nb.errors import InputError

PLAIN = Columns(value="net")


def write(folder: Path, lines: list[str], header: str = "month,net") -> Path:
    path = folder / "receipts.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def months(amounts, first: str = "2014-10") -> list[str]:
    periods = pd.period_range(first, periods=len(amounts), freq="M")
    return [f"{period},{amount}" for period, amount in zip(periods, amounts, strict=True)]


def problems(path: Path, **options) -> list[tuple]:
    found = read_amounts(path, columns=PLAIN, **options).problems
    return list(found[["check", "where", "stops"]].itertuples(index=False, name=None))


def test_a_missing_month_stops_the_series(tmp_path):
    path = write(tmp_path, [line for line in months([100] * 24) if "2015-03" not in line])
    assert problems(path) == [("missing period", "2015-03", True)]
    with pytest.raises(InputError, match=r"2015-03: missing period"):
        read_amounts(path, columns=PLAIN).series()


def test_months_asked_for_and_not_there_are_missing(tmp_path):
    found = problems(write(tmp_path, months([100] * 24)), start="2014-09", end="2016-09")
    assert found == [("missing period", "2014-09", True)]


def test_a_repeated_month_is_not_chosen_between(tmp_path):
    path = write(tmp_path, [*months([100] * 24), "2015-03,101"])
    receipts = read_amounts(path, columns=PLAIN)
    assert ("repeated period", "2015-03", True) in problems(path)
    assert receipts.excluded["line"].tolist() == [7, 26]
    assert receipts.source.used == 23
    assert pd.isna(receipts.values.at[pd.Period("2015-03", "M"), "all"])


def test_a_partial_last_month_is_reported_by_its_size(tmp_path):
    assert problems(write(tmp_path, months([100] * 23 + [40]))) == [
        ("partial period", "2016-09", False)
    ]


def test_a_partial_first_month_is_reported_by_its_day(tmp_path):
    path = write(tmp_path, ["2014-10-17,100", *months([100] * 23, "2014-11")])
    assert problems(path) == [("partial period", "2014-10", False)]


def test_negative_amounts_are_reported_and_kept(tmp_path):
    path = write(tmp_path, months([100] * 10 + ["(12.50)"] + [100] * 13))
    assert problems(path) == [("negative amount", "2015-08", False)]
    assert read_amounts(path, columns=PLAIN).series()["2015-08"] == -12.5


@pytest.mark.parametrize("factor", [1000, 0.001])
def test_a_thousandfold_step_stops_the_series(tmp_path, factor):
    path = write(tmp_path, months([3000] * 12 + [3000 * factor] * 12))
    assert ("change of unit", "2015-10", True) in problems(path)


def test_a_rise_that_is_no_unit_does_not_stop(tmp_path):
    assert problems(write(tmp_path, months([100] * 12 + [900] * 12))) == []


def test_a_fiscal_year_column_that_contradicts_the_month_stops(tmp_path):
    path = write(tmp_path, ["2016-09,2016,5", "2016-10,2016,5"], "month,fy,net")
    found = read_amounts(path, columns=Columns(value="net", fiscal_year="fy")).problems
    assert found[["check", "where"]].to_numpy().tolist() == [["fiscal year", "line 3"]]
    assert "lies in 2017" in found["found"].iloc[0]


def test_a_month_missing_for_one_center_stops_the_total(tmp_path):
    path = write(tmp_path, ["2016-10,A,1", "2016-11,A,1", "2016-10,B,1"], "month,group,net")
    receipts = read_amounts(path, columns=Columns(value="net", group="group"))
    assert receipts.problems["where"].tolist() == ["2016-11, B"]
    with pytest.raises(InputError, match="missing period"):
        receipts.series()


@pytest.mark.parametrize(
    ("line", "check", "said"),
    [
        ("2016-03,abc", "amount not understood", r"line 19, 2016-03: amount not understood: 'abc'"),
        ("2016-03,1,234.50", "more cells than columns", "amounts with a comma in quotes"),
    ],
)
def test_an_amount_that_cannot_be_read_stops_the_series_even_at_its_end(
    tmp_path, line, check, said
):
    path = write(tmp_path, [*months([100] * 17), line])
    assert problems(path)[0][::2] == (check, True)
    with pytest.raises(InputError, match=said):
        read_amounts(path, columns=PLAIN).series()


def test_everything_that_stops_the_series_is_told_at_once(tmp_path):
    lines = [line for line in months([100] * 24) if "2015-03" not in line]
    path = write(tmp_path, [*lines, "2016-10,abc"])
    with pytest.raises(InputError, match=r"2 faults: .*'abc'; .*2015-03: missing period"):
        read_amounts(path, columns=PLAIN).series()


def test_an_amount_without_a_center_is_not_left_out_of_the_total(tmp_path):
    path = write(tmp_path, ["2016-10,A,1", "2016-11,A,1", "2016-11,,7"], "month,group,net")
    with pytest.raises(InputError, match="line 4, 2016-11: no group: '7'"):
        read_amounts(path, columns=Columns(value="net", group="group")).series()


def test_lines_that_name_no_month_are_reported_once(tmp_path):
    path = write(tmp_path, [*months([100] * 12), "Total,1200", "Source: Treasury"])
    found = read_amounts(path, columns=PLAIN).problems
    assert found.to_numpy().tolist() == [
        ["period not understood", "line 14 and 1 more", "'Total'", False]
    ]


def test_dollars_among_millions_stop_the_series(tmp_path):
    path = write(tmp_path, months([3000] * 12 + [3_000_000_000] * 12))
    assert problems(path) == [("change of unit", "2015-10", True)]
