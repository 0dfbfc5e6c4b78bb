"""Every chart carries a description with its numbers, named events and the table behind it."""

import pytest

from coee_nb.collections import charts
from coee_nb.collections.robustness import charts as robustness_charts
from coee_nb.collections.robustness import dates
from coee_nb.collections.units import Unit
from coee_nb.outputs import Chart

UNIT = Unit("million dollars")


@pytest.fixture(scope="module")
def drawn(results, net_duties, calendar) -> dict[str, Chart]:
    found = [
        charts.amounts(net_duties, calendar, measure="Duties", unit=UNIT),
        charts.annual_bars(results["tied"], 2017, measure="Duties", unit=UNIT),
        charts.naive_by_end(results["by_end"], "2016-10", "2018-03", name="tariffs", unit=UNIT),
        charts.counterfactual(
            net_duties, results["effect"], results["path"], "2018-03", name="tariffs"
        ),
        charts.attribution(results["attribution"], unit=UNIT),
        robustness_charts.interruption_dates(
            dates.compare_dates({"audit": results["effect"]}), unit=UNIT
        ),
        robustness_charts.specification_curve(results["curve"], name="tariffs"),
        robustness_charts.placebo(results["placebo"], "2016-10"),
        robustness_charts.power_curve(results["power"], results["effect"]),
        robustness_charts.diagnostics(results["residuals"], results["influence"]),
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
    shown = " ".join(words(drawn["series"]))
    assert len(events) == 16
    for event in events["event"]:
        assert event in shown
        assert event in drawn["series"].description


def test_no_chart_leaves_its_reading_to_a_legend(drawn):
    for chart in drawn.values():
        assert all(axes.get_legend() is None for axes in chart.figure.axes)


@pytest.mark.parametrize("name", ["series", "placebo", "interruption_dates", "annual_bars"])
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


def test_a_title_claims_growth_only_where_the_table_shows_it(results):
    table = results["by_end"]
    title = 'The "effect" of 2016-10 grows as periods of tariffs are let in'
    grown = charts.naive_by_end(table, "2016-10", "2018-03", name="tariffs", unit=UNIT)
    assert title in words(grown)
    for shrunk in (table.assign(slope=[9.0, 1.0]), table.tail(1)):
        drawn = charts.naive_by_end(shrunk, "2016-10", "2018-03", name="tariffs", unit=UNIT)
        assert title not in words(drawn)


def test_amounts_under_zero_stay_in_the_picture(net_duties, calendar):
    below = net_duties.copy()
    below["2016-10"] = -500.0
    top = charts.amounts(below, calendar, measure="Duties", unit=UNIT).figure.axes[0]
    assert top.get_ylim()[0] < -0.5
