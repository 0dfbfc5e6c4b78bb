"""Other people's series, each of a kind that was met badly: a page, or a refusal that helps."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.collections.test_analysis import run_notebook, words

from coee_nb.collections import tables
from coee_nb.collections.analysis import read_analysis
from coee_nb.collections.params import CollectionsIts
from coee_nb.collections.verdict import conclude
from coee_nb.errors import CoeeError, EstimationError, InputError, ParameterError

CASES = Path(__file__).parent / "cases"
STATE = {
    "period_column": "period", "value_column": "sales_tax", "scales": ["level"],
    "events": str(CASES / "events.csv"), "published": str(CASES / "published.csv"),
    "definition": "sales tax", "negligible_percent": 2.0, "simulations": 200,
    "competing": [{"name": "the pandemic rules", "from": "2020-12"}], "start": "2015-07",
    "end": "2022-06", "cut": "2019-07-01", "measure": "Sales tax", "change": "The new unit",
    "unit": "million dollars",
}  # fmt: skip


def values(name, **others):
    given = STATE | {"series": str(CASES / f"{name}.csv")} | others
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
    assert not measures.at["cumulative", "shown"]
    assert "the step is shown, how much it adds up to is not" in found.text


def test_no_competing_event_is_an_answer():
    alone = conclude(series("state_step20"), "2019-07", season="month")
    assert alone.answer == "increase shown"
    assert "2022-06" in alone.text


# Sheets of one kind beside another of it, each as long as a page takes.
MORE = [
    ("negative_all", {}),
    ("state_july_fy", {"fiscal_year_column": "fy", "fiscal_year_starts": 7}),
    ("by_office", {"group_column": "office", "published": None, "definition": None}),
    ("state_step20", {"unit": "dollars", "unit_factor": 1_000_000}),
    ("state_step20", {"competing": [], "events": None, "published": None, "definition": None}),
]


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("state_step20", {"competing": [{"name": "rules", "from": "2020-12"}, "2021-06"],
                          "curve_competing": ["2020-12"]}),
        ("short30", {"start": "2019-07", "end": "2021-12", "cut": "2020-04-01"}),
        ("by_office", {"group_column": "office", "published": None, "definition": None,
                       "competing": [], "events": None,
                       "group_cuts": {"North": "2020-01", "West": None}}),
        *(pytest.param(*more, marks=pytest.mark.long) for more in MORE),
    ],
)  # fmt: skip
def test_each_has_a_page(name, others):
    given = values(name, **others)
    CollectionsIts.check(given).check_inputs()
    shown, analysis = run_notebook(given)
    assert analysis.verdict.answer in ("increase shown", "decrease shown", "cannot tell",
                                       "no change larger than")  # fmt: skip
    assert [part for part in shown if re.search(r"\bnan\b", words(part))] == []


ONE_A_YEAR = {"cut": 2004, "unit": "deaths"}
CONTROLLED = {"cut": "2016-01", "control_columns": ["other"], "washout": ["2016-01", "2016-02"],
              "pulses": ["2014-05", {"from": "2014-08", "to": "2014-10"}],
              "other_cuts": {"later": "2016-03-04"}}  # fmt: skip


@pytest.mark.parametrize(
    ("first", "points", "frequency", "others", "shown"),
    [
        ("2008Q1", 60, "Q", {"cut": "2014-01-01", "fiscal_year_starts": 7}, "a quarter"),
        ("1985", 38, "Y", ONE_A_YEAR, "rate ratio"),
        ("2010", 10, "Y", {"cut": "2015"}, "ordinary least squares"),
        ("2013-01", 72, "M", CONTROLLED, "Treated less control"),
        ("2018-01", 11, "M", {"cut": "2018-07", "season": None}, "No answer"),
    ],
)
def test_any_frequency_has_a_page(tmp_path, first, points, frequency, others, shown):
    index = pd.period_range(first, periods=points, freq=frequency)
    draws = np.random.default_rng(points).poisson(200, (points, 2))
    frame = pd.DataFrame(draws, columns=["sales_tax", "other"])
    frame.insert(0, "period", index.astype(str))
    frame.to_csv(tmp_path / "own.csv", index=False)
    given = {name: STATE[name] for name in ("period_column", "value_column", "measure", "change")}
    given |= {"series": str(tmp_path / "own.csv"), "simulations": 200} | others
    CollectionsIts.check(given).check_inputs()
    page, analysis = run_notebook(given)
    told = "\n".join(map(words, page))
    assert analysis.verdict.answer in ("cannot tell", "no change larger than")
    assert shown in told
    assert "$" not in told
    assert not re.search(r"\b(nan|inf)\b", told)


def controlled(tmp_path, cells):
    """A file of sales tax beside another series, whose cells at some places are others."""
    index = pd.period_range("2013-01", periods=72, freq="M")
    frame = pd.DataFrame(np.random.default_rng(2).normal(200, 5, (72, 2)).round(2).astype(str))
    frame.columns = ["sales_tax", "other"]
    frame.insert(0, "period", index.astype(str))
    for place, cell in cells.items():
        frame.loc[place, "other"] = cell
    frame.to_csv(tmp_path / "own.csv", index=False)
    given = {name: STATE[name] for name in ("period_column", "value_column", "measure", "change")}
    given |= {"series": str(tmp_path / "own.csv"), "cut": "2016-01", "control_columns": ["other"]}
    return CollectionsIts.check(given | {"washout": ["2016-01", "2016-02"]})


def test_a_comparison_series_may_begin_late_and_is_said_to_do_so(tmp_path):
    params = controlled(tmp_path, {0: "", 1: "", 71: ""})
    params.check_inputs()
    analysis = read_analysis(params)
    table = tables.comparison(
        analysis.comparison(), analysis.comparison_washed(), logs=analysis.logs
    )
    assert "other is there from 2013-03 to 2018-11 alone" in table.note
    assert "level[2016-01], without the wash-out" in set(table.frame["term"])


@pytest.mark.parametrize("cells", [{30: ""}, {0: "", 30: ""}, {0: "n/k"}])
def test_a_comparison_series_with_a_gap_or_a_word_is_refused_before(tmp_path, cells):
    with pytest.raises(InputError, match=r"own\.csv"):
        controlled(tmp_path, cells).check_inputs()


@pytest.mark.fault("wrong parameters")
@pytest.mark.parametrize(
    ("others", "said"),
    [
        (
            {"unit": "deaths"},
            r"published\.csv: figures in billion dollars, but the series' unit",
        ),
        ({"end": "2016-12", "cut": "2016-04", "competing": []}, r"state_step20\.csv.*season: null"),
        ({"competing": ["2019-07"]}, "each in a period of its own"),
        ({"cut": "2015-08"}, r"state_step20\.csv.*choose another date \(cut, competing\)"),
        ({"competing": []}, r"state_step20\.csv.*name the event in competing"),
        ({"group_cuts": {"North": "2020-01"}}, "group_cuts needs group_column"),
        ({"seed": -1}, "parameter 'seed' is -1: .* greater than or equal to 0"),
        ({"scales": []}, r"parameter 'scales' is \[\]: .* at least 1 item"),
        ({"value_column": "tax"}, r"state_step20\.csv, line 1.*set value_column"),
    ],
)
def test_what_has_no_page_is_refused_before_with_file_and_remedy(others, said):
    with pytest.raises(CoeeError, match=said):
        CollectionsIts.check(values("state_step20", **others)).check_inputs()


OFFICES = {"group_column": "office", "published": None, "definition": None}
CUTS = {"North": "2020-01", "West": None}


def test_groups_that_begin_apart_have_a_finding_and_the_verdict_on_their_sum_says_so():
    others = OFFICES | {"competing": [], "events": None, "group_cuts": CUTS}
    analysis = read_analysis(CollectionsIts.check(values("by_office", **others)))
    findings = {one.id: one for one in analysis.found(None)}
    assert "North 2020-01" in findings["collections.groups.together"].statement
    assert "do not all begin at the cut" in findings["collections.verdict"].statement


@pytest.mark.parametrize(
    ("group", "cut", "tried"),
    [("North", "2020-01", ("2020-01",)), ("East", "2019-07", ("2019-07", "2019-09"))],
)
def test_a_group_looked_at_alone_has_its_own_start(group, cut, tried):
    alone = OFFICES | {"competing": [], "events": None, "group_cuts": CUTS, "group": group}
    params = CollectionsIts.check(values("by_office", **alone, curve_cuts=["2019-07", "2019-09"]))
    params.check_inputs()
    analysis = read_analysis(params)
    assert (analysis.timing.cut, analysis.timing.cuts) == (cut, tried)
    assert f"of {group}, cut {cut}" in analysis.basis
    assert analysis.by_group() is None
    assert analysis.staggered is None


def test_a_group_that_the_change_has_not_reached_is_not_looked_at_alone():
    sheet = values("by_office", **OFFICES, group_cuts=CUTS)
    assert "West" not in CollectionsIts.check(sheet).values_of("group")
    with pytest.raises(ParameterError, match=r"has not reached West \(group_cuts\)"):
        CollectionsIts.check(sheet | {"group": "West"})


@pytest.mark.parametrize(
    ("cuts", "said"),
    [
        ({"Nrth": "2020-01"}, r"by_office\.csv 'Nrth' \(did you mean 'North'"),
        ({"North": "2019-01"}, r"by_office\.csv.*make the cut the first start of all"),
        ({"North": "2031-01"}, r"North begins at 2031-01, outside 2019-07 to 2022-06"),
    ],
)
def test_a_start_of_a_group_that_cannot_be_is_refused_before(cuts, said):
    with pytest.raises(ParameterError, match=said):
        CollectionsIts.check(values("by_office", **OFFICES, group_cuts=cuts)).check_inputs()


SHARED = Path(__file__).parents[3] / "shared" / "cases" / "collections"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared cases are not here")
@pytest.mark.parametrize("name", sorted(path.stem for path in SHARED.glob("*.csv")))
def test_every_shared_series_is_asked_or_refused_in_words_that_name_it(name):
    if name in ("events", "published"):
        pytest.skip("no series")
    given = {key: STATE[key] for key in ("period_column", "value_column", "measure", "change")}
    cut = "2014-01" if name == "quarterly" else "2020-04"
    given |= {"series": str(SHARED / f"{name}.csv"), "cut": cut}
    given |= {"group_column": "office"} if name == "by_office" else {}
    params = CollectionsIts.check(given)
    params.check_inputs()
    assert read_analysis(params).effect.text.startswith("From 20")


def test_a_july_fiscal_year_is_refused_with_the_remedy_where_it_is_not_said():
    given = values("state_july_fy", fiscal_year_column="fy")
    with pytest.raises(InputError, match="fiscal_year_starts"):
        CollectionsIts.check(given).check_inputs()


def test_an_event_two_periods_before_the_end_is_refused():
    with pytest.raises(EstimationError, match="at least 3 on each side"):
        CollectionsIts.check(values("state_step20", competing=["2022-05"])).check_inputs()


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
    analysis = read_analysis(CollectionsIts.check(values("state_step20", competing=events)))
    assert analysis.timing.interruptions == ["2019-07", "2020-12", "2021-06"]
    assert analysis.timing.competing_name == "rules"
    terms = analysis.model.coefficients.index
    assert {"level[2020-12]", "slope[2021-06]"} <= set(terms)
    parts = analysis.attribution().table.set_index("part")["change"]
    assert "Rules, further, 2021-06" in parts.index
    assert parts.drop("Observed change").sum() == pytest.approx(parts["Observed change"])


@pytest.mark.parametrize("wrong", [[{"name": "x"}], ["2019-01"], [{"from": "2020-12", "to": "x"}]])
def test_a_competing_event_without_a_month_or_before_the_cut_is_refused(wrong):
    with pytest.raises(ParameterError, match="competing"):
        CollectionsIts.check(values("state_step20", competing=wrong)).check_inputs()
