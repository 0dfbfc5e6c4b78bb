"""Every chart carries a description with its numbers, named events and the table behind it."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coee_nb.collections import (
    charts,
    diagnostics,
    effects,
    its,
    power,
    sensitivity,
    statements,
    tables,
    tie_out,
    verdict,
)
from coee_nb.collections.sensitivity import Choices
from coee_nb.errors import StatisticalWarning
from coee_nb.exhibits import Chart

DATA = Path(__file__).resolve().parents[2] / "data" / "oig_22_34" / "collections"


@pytest.fixture(scope="module")
def results(net_duties, primary, calendar):
    """The results of a small run of the notebook, by name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StatisticalWarning)
        effect = effects.effect(primary, "2016-10", calendar=calendar)
        refunds = its.fit(net_duties, ["2016-10", "2018-03"], season="month", pulses=["2015-08"])
        window = primary.design.terms.loc["2016-10":"2018-02"].filter(like="[2016-10]")
        weights = window.sum().to_dict()
        simulation = power.simulate(primary, weights, seed=1, replications=400)
        choices = Choices(("2016-10",), competing=("no term", "2018-03"), seasons=("month", 2))
        curve = sensitivity.specification_curve(
            net_duties, choices, through="2018-02", negligible_percent=5
        )
        return {
            "effect": effect,
            "path": effects.cumulative_path(primary, "2016-10", through="2018-02"),
            "tied": tie_out.tie_out(
                net_duties, tie_out.read_published(DATA / "annual_published.csv")
            ),
            "attribution": effects.attribute(refunds, "2016-10", "2018-03"),
            "curve": curve,
            "placebo": sensitivity.scan(
                net_duties, pd.period_range("2015-06", "2016-10", freq="M"), real="2016-10",
                competing=["2018-03"], season="month",
            ),
            "by_end": sensitivity.by_end(
                net_duties, "2016-10", ["2017-12", "2019-09"], estimator="newey-west"
            ),
            "power": power.detectable_effect(
                primary.contrast(weights), simulation, base=effect.row("cumulative")["base_musd"]
            ),
            "residuals": diagnostics.residuals(primary),
            "influence": diagnostics.influence(primary, weights),
            "verdict": verdict.verdict(
                effect, negligible_percent=5, answers=curve.admissible_answers
            ),
        }  # fmt: skip


@pytest.fixture(scope="module")
def drawn(results, net_duties, calendar) -> dict[str, Chart]:
    found = [
        charts.monthly_series(net_duties, calendar),
        charts.annual_bars(results["tied"], 2017),
        charts.naive_by_end(results["by_end"], "2016-10", "2018-03", name="tariffs"),
        charts.counterfactual(
            net_duties, results["effect"], results["path"], "2018-03", name="tariffs"
        ),
        charts.attribution(results["attribution"]),
        charts.cut_dates(effects.compare_cuts({"audit": results["effect"]})),
        charts.specification_curve(results["curve"], name="tariffs"),
        charts.placebo(results["placebo"], "2016-10"),
        charts.power_curve(results["power"], results["effect"]),
        charts.diagnostics(results["residuals"], results["influence"]),
    ]
    return {chart.name: chart for chart in found}


def words(chart: Chart) -> list[str]:
    """Return every text that stands in the picture."""
    chart.figure.canvas.draw()
    shown = chart.figure.findobj(lambda artist: hasattr(artist, "get_text"))
    return [text.get_text() for text in shown if text.get_text()]


def test_each_chart_has_a_name_numbers_in_words_and_a_table(drawn):
    assert len(drawn) == 10
    assert len({chart.table.name for chart in drawn.values()}) == 10
    for chart in drawn.values():
        assert any(letter.isdigit() for letter in chart.description)
        assert len(chart.table.frame)


def test_every_event_of_the_months_shown_is_named_in_the_picture(drawn, net_duties, calendar):
    events = calendar.within(net_duties.index[0], net_duties.index[-1])
    shown = " ".join(words(drawn["monthly_series"]))
    assert len(events) == 13
    for event in events["event"]:
        assert event in shown
        assert event in drawn["monthly_series"].description


def test_no_chart_leaves_its_reading_to_a_legend(drawn):
    for chart in drawn.values():
        assert all(axes.get_legend() is None for axes in chart.figure.axes)


@pytest.mark.parametrize("name", ["monthly_series", "placebo", "cut_dates", "annual_bars"])
def test_labels_do_not_cover_each_other(drawn, name):
    figure = drawn[name].figure
    figure.canvas.draw()
    for axes in figure.axes:
        boxes = [text.get_window_extent() for text in axes.texts if text.get_text()]
        for i, box in enumerate(boxes):
            others = boxes[i + 1 :]
            assert not any(box.overlaps(other) for other in others)


def test_the_numbers_that_matter_stand_in_the_pictures(drawn):
    assert any("-3.4 billion dollars by 2018-02" in w for w in words(drawn["counterfactual"]))
    assert any("2016-10, rank" in w and "(real)" in w for w in words(drawn["placebo"]))
    assert "+42.8" in words(drawn["attribution"])
    assert "70.8" in words(drawn["annual_bars"])


def test_the_tables_show_p_values_amounts_and_rules(results, primary):
    assert "cannot tell" in tables.verdict(results["verdict"]).plain()
    assert "anything else" in tables.rules().plain()
    shown = tables.coefficients(primary, "primary", "The model").plain()
    assert "level[2016-10]" in shown
    assert "month[2]" not in shown
    assert tables.effect(results["effect"]).plain().count("2018-02") == 4
    assert "scale level" in tables.specification_summary(results["curve"]).plain()
    assert "Ljung-Box" in tables.residual_tests(results["residuals"]).plain()
    rates = verdict.error_rates(np.zeros(2), np.ones(2), negligible=0.5, true_effects={"none": 0.0})
    assert "100.0 %" in tables.error_rates(rates).plain()


def test_the_findings_keep_their_names(results):
    found = statements.findings(
        tied=results["tied"], effect=results["effect"], attribution=results["attribution"],
        curve=results["curve"], placebo=results["placebo"], verdict=results["verdict"], inputs=[],
    )  # fmt: skip
    assert [finding.id for finding in found] == [
        "collections.verdict", "collections.detectable", "collections.effect.cumulative",
        "collections.effect.level", "collections.effect.slope",
        "collections.attribution.competing", "collections.tie_out",
        "collections.specifications.significant", "collections.placebo.rank",
    ]  # fmt: skip
    by_id = {finding.id: finding.record() for finding in found}
    assert by_id["collections.verdict"]["value"] == "cannot tell"
    assert by_id["collections.effect.cumulative"]["value"] == pytest.approx(-3386.0593)
    assert by_id["collections.tie_out"]["denominator"] == 6
