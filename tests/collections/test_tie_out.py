"""Sums of months meet the published figures of their own definition, or the gap is shown."""

from pathlib import Path

import pandas as pd
import pytest

from coee_nb.collections.checks import OUTSIDE
from coee_nb.collections.series import Columns, read_amounts
from coee_nb.collections.tie_out import (
    complete_years,
    fiscal_year_sums,
    read_published,
    tie_out,
)
from coee_nb.collections.units import Unit
from coee_nb.errors import InputError

NET = "net_customs_duties_musd"
DATA = Path(__file__).resolve().parents[2] / "data" / "oig_22_34" / "collections"


@pytest.fixture(scope="module")
def series():
    path = DATA / "customs_duties_monthly.csv"
    return read_amounts(path, columns=Columns(NET), start="2013-10", end="2019-09").series()


@pytest.fixture(scope="module")
def published():
    return read_published(DATA / "annual_published.csv")


def tied(series, published, *, definition="net customs duties"):
    return tie_out(series, published, definition=definition, unit=Unit("million dollars"))


def line(table: pd.DataFrame, year: int, definition: str) -> pd.Series:
    chosen = (table["fiscal_year"] == year) & (table["definition"] == definition)
    return table[chosen].iloc[0]


def test_monthly_sums_equal_the_monthly_treasury_statements_annual_totals(series, published):
    result = tied(series, published)
    assert result.text.startswith("6 of 6 complete fiscal years tie out to the published figure")
    own = result.table[result.table["definition"] == "net customs duties"]
    totals = [33927.0, 35042.0, 34836.0, 34573.0, 41298.0, 70783.0]
    assert own["total"].tolist() == totals
    assert own["difference"].abs().max() < 1e-6


def test_other_definitions_are_shown_and_never_forced(series, published):
    other = line(tied(series, published).table, 2019, "duties, taxes and fees")
    assert other["result"] == "another definition"
    assert other["difference"] == pytest.approx(70783 - 80700)


def test_a_difference_beyond_rounding_is_shown(series, published):
    changed = series.copy()
    changed["2018-05"] += 250
    result = tied(changed, published)
    assert line(result.table, 2018, "net customs duties")["result"] == "does not tie out"
    assert result.text.endswith("the largest difference is $250 million in fiscal year 2018.")


def test_a_difference_within_the_printed_digits_ties_out(series, published):
    duties = tied(series + 30, published, definition="duties").table
    assert line(duties, 2016, "duties")["result"] == "ties out"  # 4 off, printed to 100
    assert line(duties, 2017, "duties")["result"] == "does not tie out"  # 133 off
    assert line(duties, 2015, "duties")["result"] == "does not tie out"  # "more than 37"


def test_more_than_is_a_lower_bound(series, published):
    duties = tied(series + 400, published, definition="duties").table
    assert line(duties, 2015, "duties")["result"] == "ties out"


def test_an_incomplete_year_is_not_judged(series, published):
    result = tied(series["2014-01":], published)
    first = line(result.table, 2014, "net customs duties")
    assert (first["result"], first["months"]) == ("year incomplete", 9)
    assert result.text.startswith("5 of 5")


def test_yearly_series_are_summed_as_they_are():
    years = pd.Series([1.0, 2.0], index=pd.period_range("2016", periods=2, freq="Y-SEP"))
    assert fiscal_year_sums(years).to_dict("list") == {
        "fiscal_year": [2016, 2017], "months": [12, 12], "total": [1.0, 2.0],
    }  # fmt: skip


def test_an_unknown_definition_is_refused(series, published):
    with pytest.raises(InputError, match="no published figure of 'fees'"):
        tied(series, published, definition="fees")


@pytest.mark.parametrize(
    ("line", "said"),
    [("2016,duties,nearly,1.0,x", "relation"), ("FY16,duties,equals,1.0,x", "FY16"),
     ("2016,duties,equals,1 bn,x", "1 bn")],
)  # fmt: skip
def test_a_published_line_that_cannot_be_read_is_refused(tmp_path, line, said):
    path = tmp_path / "annual.csv"
    path.write_text(f"fiscal_year,definition,relation,amount_busd,source\n{line}\n")
    with pytest.raises(InputError, match=f"line 2: .*{said}"):
        read_published(path)


def test_receipts_in_another_unit_are_refused_rather_than_shown_as_a_difference(
    net_duties, published
):
    with pytest.raises(InputError, match=r"2014 add up to 0.001 times.*set unit"):
        tied(net_duties / 1000, published)


HEAD = "fiscal_year,definition,relation,amount_busd,independent,source\n"


@pytest.mark.parametrize(
    ("independent", "told"),
    [("no", "checks the copying"), ("yes", "independent count"), ("", "is not said")],
)
def test_a_match_says_how_independent_it_is(tmp_path, net_duties, independent, told):
    file = tmp_path / "published.csv"
    file.write_text(f"{HEAD}2014,net customs duties,equals,33.927,{independent},Statement\n")
    assert told in tied(net_duties, read_published(file)).text


@pytest.mark.parametrize(
    ("total", "result"), [("70.0", "ties out"), ("71.5", "does not tie out"), ("70.1", "ties out")]
)
def test_a_printed_total_is_held_against_the_printed_years(tmp_path, net_duties, total, result):
    file = tmp_path / "published.csv"
    years = "".join(f"{y},all,equals,{a},yes,S\n" for y, a in ((2014, "33.9"), (2015, "36.1")))
    own = "2014,net customs duties,equals,33.927,no,S\n"
    file.write_text(f"{HEAD}{own}{years}2014-2015,all,equals,{total},yes,S\n")
    found = tied(net_duties, read_published(file))
    assert found.totals["result"].tolist() == [result]
    assert "2014-2015" not in set(found.table["fiscal_year"].astype(str))


def test_a_total_of_years_that_are_not_all_printed_is_not_judged(tmp_path, net_duties):
    file = tmp_path / "published.csv"
    file.write_text(
        f"{HEAD}2014,net customs duties,equals,33.927,no,S\n2014-2016,all,equals,99,yes,S\n"
    )
    found = tied(net_duties, read_published(file))
    assert found.totals["result"].tolist() == ["year incomplete"]


@pytest.mark.parametrize("line", ["2016-2014,a,equals,1,,S", "2014,a,equals,1,perhaps,S"])
def test_years_out_of_order_and_unknown_words_are_refused(tmp_path, line):
    file = tmp_path / "published.csv"
    file.write_text(f"{HEAD}{line}\n")
    with pytest.raises(InputError, match="line 2"):
        read_published(file)


@pytest.mark.parametrize(("starts", "years"), [(10, [2016, 2017]), (7, [2016, 2017]), (1, [2016])])
def test_a_fiscal_year_begins_with_the_month_that_is_said(starts, years):
    months = pd.period_range(
        f"2015-{starts:02d}" if starts > 1 else "2016-01", periods=12, freq="M"
    )
    longer = pd.period_range(months[0], periods=18, freq="M")
    sums = fiscal_year_sums(pd.Series(1.0, longer), starts)
    assert sums["fiscal_year"].tolist()[: len(years)] == years
    assert sums["months"].tolist()[0] == 12
    whole = complete_years(pd.Series(1.0, longer), starts)
    assert whole.index[0].start_time.month == starts
    assert whole.tolist() == [12.0]


def test_published_years_that_the_series_does_not_have_are_excluded(tmp_path):
    path = tmp_path / "published.csv"
    figures = "2017,duties,equals,12,a\n2017,taxes,equals,99,a\n2018,duties,equals,9,a\n"
    path.write_text(f"fiscal_year,definition,relation,amount,source\n{figures}", "utf-8")
    series = pd.Series(1.0, pd.period_range("2016-10", "2017-09", freq="M"))
    published = read_published(path).over(series, 10)
    source = published.source
    assert (source.rows, source.used, source.excluded) == (3, 2, {OUTSIDE: 1})
    assert tie_out(series, published, definition="duties").rows == "line 2 of published.csv"
