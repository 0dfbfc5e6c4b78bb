"""Other people's series, each of a kind that was met badly: a page, or a refusal that helps."""

import re
from pathlib import Path

import pandas as pd
import pytest
from tests.collections.test_analysis import run_notebook, words

from coee_nb.collections.analysis import read_analysis
from coee_nb.collections.params import CollectionsIts
from coee_nb.collections.verdict import conclude
from coee_nb.errors import EstimationError, InputError, ParameterError

CASES = Path(__file__).parent / "cases"
STATE = {
    "period_column": "period", "value_column": "sales_tax", "scales": ["level"],
    "events": str(CASES / "events.csv"), "published": str(CASES / "published.csv"),
    "definition": "sales tax", "negligible_percent": 2.0, "simulations": 200,
    "competing": "2020-12", "competing_name": "the pandemic rules", "start": "2015-07",
    "end": "2022-06", "cut": "2019-07-01",
}  # fmt: skip


def values(name, **others):
    given = STATE | {"receipts": str(CASES / f"{name}.csv")} | others
    return {key: value for key, value in given.items() if value is not None}


def series(name):
    frame = pd.read_csv(CASES / f"{name}.csv")
    index = pd.PeriodIndex(frame["period"], freq="M")
    return pd.Series(frame["sales_tax"].to_numpy(float), index)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("state_step20", "increase shown"), ("falling", "increase shown"),
        ("state_randomwalk", "cannot tell"), ("state_outlier100", "cannot tell"),
    ],
)  # fmt: skip
def test_the_answer_of_each_series(name, answer):
    found = conclude(series(name), "2019-07", competing=["2020-12"], season="month")
    assert found.answer == answer
    assert "rose" not in found.text


def test_a_series_that_falls_all_along_is_higher_than_expected_and_did_not_rise():
    found = conclude(series("falling"), "2019-07", competing=["2020-12"], season="month")
    assert found.text.startswith("Higher than expected without the change from 2019-07")


def test_an_outlier_is_named():
    found = conclude(series("state_outlier100"), "2019-07", competing=["2020-12"], season="month")
    assert "one period, 2018-01, lies 8.4 standard deviations from the model" in found.text


def test_a_step_that_ends_is_shown_while_its_sum_is_said_to_be_unsure():
    found = conclude(series("temporary"), "2019-07", competing=["2020-12"], season="month")
    measures = found.measures.set_index("measure")
    assert measures.at["level", "shown"]
    assert "the step is shown, how much it adds up to is not" in found.text


def test_no_competing_event_is_an_answer():
    alone = conclude(series("state_step20"), "2019-07", season="month")
    assert alone.answer == "increase shown"
    assert "2022-06" in alone.text


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("negative_all", {}),
        ("state_step20", {"competing": [{"name": "rules", "from": "2020-12"}, "2021-06"],
                          "curve_competing": ["2020-12"], "competing_name": None}),
        ("short30", {"start": "2019-07", "end": "2021-12", "cut": "2020-04-01"}),
        ("state_july_fy", {"fiscal_year_column": "fy", "fiscal_year_starts": 7}),
        ("by_office", {"center_column": "office", "published": None, "definition": None}),
        ("state_step20", {"competing": [], "events": None, "published": None,
                          "definition": None}),
    ],
)  # fmt: skip
def test_each_has_a_page(name, others):
    given = values(name, **others)
    CollectionsIts.check(given).check_inputs()
    shown, analysis = run_notebook(given)
    assert analysis.verdict.answer in ("increase shown", "decrease shown", "cannot tell",
                                       "no change larger than")  # fmt: skip
    assert [part for part in shown if re.search(r"\bnan\b", words(part))] == []


def test_a_july_fiscal_year_is_refused_with_the_remedy_where_it_is_not_said():
    given = values("state_july_fy", fiscal_year_column="fy")
    with pytest.raises(InputError, match="fiscal_year_starts"):
        CollectionsIts.check(given).check_inputs()


def test_an_event_two_periods_before_the_end_is_refused():
    with pytest.raises(EstimationError, match="at least 3 on each side"):
        CollectionsIts.check(values("state_step20", competing="2022-05")).check_inputs()


@pytest.mark.parametrize("cut", ["2015-08", "2015-09"])
def test_a_change_in_the_first_or_third_period_is_refused(cut):
    with pytest.raises(EstimationError, match="at least 3 on each side"):
        conclude(series("state_step20"), cut)


@pytest.mark.parametrize("slope", [0.0, 1.0])
def test_a_constant_or_exactly_linear_series_is_refused(slope):
    index = pd.period_range("2015-01", periods=60, freq="M")
    line = pd.Series([100.0 + slope * k for k in range(60)], index)
    with pytest.raises(EstimationError, match="exactly on the fitted line"):
        conclude(line, "2018-01")


def test_eighteen_months_with_a_season_are_refused_with_the_remedy():
    with pytest.raises(EstimationError, match="drop one of them"):
        conclude(series("state_step20")[:18], "2016-04", season="month")


def test_several_competing_events_each_have_a_term_and_a_part():
    events = [{"name": "later", "from": "2021-06"}, {"name": "rules", "from": "2020-12"}]
    given = values("state_step20", competing=events, competing_name=None)
    params = CollectionsIts.check(given)
    assert params.interruptions == ["2019-07", "2020-12", "2021-06"]
    assert params.competing_name == "rules"
    analysis = read_analysis(params)
    terms = analysis.model.coefficients.index
    assert {"level[2020-12]", "slope[2021-06]"} <= set(terms)
    parts = analysis.attribution().table.set_index("part")["change_musd"]
    assert "Rules, further, 2021-06" in parts.index
    assert parts.drop("Observed change").sum() == pytest.approx(parts["Observed change"])


@pytest.mark.parametrize("wrong", [[{"name": "x"}], ["2019-01"], [{"from": "2020-12", "to": "x"}]])
def test_a_competing_event_without_a_month_or_before_the_cut_is_refused(wrong):
    with pytest.raises(ParameterError, match="competing"):
        CollectionsIts.check(values("state_step20", competing=wrong))
