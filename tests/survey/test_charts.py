from dataclasses import replace

import pandas as pd
import pytest
from questions import question

from coee_nb.outputs import Callout, Chart
from coee_nb.survey import charts

DRAWN = {
    "participation_flow": charts.participation_flow,
    "break_offs": charts.break_offs,
    "response": lambda released: charts.response(released, "center"),
    "findings": lambda released: charts.findings(released),
    "scales": charts.scales,
    "by_group": lambda released: charts.by_group(released, "center"),
}


@pytest.fixture(params=DRAWN, scope="module")
def chart(request, by_center):
    return DRAWN[request.param](by_center)


def test_a_chart_has_words_and_a_table(chart):
    assert isinstance(chart, Chart)
    assert len(chart.description.split()) > 10
    assert len(chart.table.frame)
    assert chart.png().startswith(b"\x89PNG")


def words(chart):
    return [text.get_text() for axes in chart.figure.axes for text in axes.texts]


def test_percentages_are_drawn_with_their_denominators(by_center):
    drawn = words(charts.findings(by_center))
    assert "68% of 444" in drawn
    assert "90% of 415" in drawn


def test_a_withheld_center_is_a_word_not_a_dot(by_center):
    drawn = charts.by_group(by_center, "center")
    shown = int(drawn.table.frame["share"].notna().sum())
    dots = [line for axes in drawn.figure.axes for line in axes.lines if line.get_marker() == "o"]
    assert len(dots) == shown
    assert words(drawn).count("suppressed") == len(drawn.table.frame) - shown


def test_a_withheld_item_is_not_drawn(by_center):
    drawn = charts.participation_flow(by_center)
    named = [*words(drawn), *beside_bars(drawn), drawn.description]
    assert not any("Were you told the result" in word for word in named)
    assert any("Do you enter information" in word for word in named)


def beside_bars(drawn):
    """Return what stands to the left of each bar."""
    return [label.get_text() for label in drawn.figure.axes[0].get_yticklabels()]


def test_rows_of_a_matrix_are_told_apart_beside_their_bars(by_center):
    names = beside_bars(charts.participation_flow(by_center))
    assert len(set(names)) == len(names) > 15
    assert "How often do you use the… My Center's own guide" in names


def test_the_middle_of_an_agreement_scale_is_at_zero(by_center):
    axes = charts.scales(by_center).figure.axes[0]
    first = axes.patches[:5]
    assert first[2].get_x() + first[2].get_width() / 2 == pytest.approx(0)
    assert sum(bar.get_width() for bar in first) == pytest.approx(1)


def test_either_end_of_a_scale_is_told_in_its_own_words():
    satisfied = ["Very dissatisfied", "Dissatisfied", "Neither", "Satisfied", "Very satisfied"]
    rows = pd.DataFrame({"choice": satisfied, "count": [10, 20, 30, 80, 60], "n": 200})
    item = question("q", kind="likert", wording="How satisfied are you?")
    assert charts._either_end(rows, item) == (
        "How satisfied are you? Satisfied or Very satisfied: 70%; "
        "Very dissatisfied or Dissatisfied: 15%, of 200."
    )


def test_a_breakdown_not_asked_for_is_a_notice(by_center):
    assert isinstance(charts.by_group(by_center, "title"), Callout)
    assert isinstance(charts.response(by_center, "title"), Callout)


def test_where_people_left_is_a_notice_when_all_finished_or_it_is_withheld(by_center):
    none = replace(by_center, break_off_segments=by_center.break_off_segments.assign(left=0))
    assert isinstance(charts.break_offs(none), Callout)
    cells = by_center.plan.cells.copy()
    cells.loc[cells["measure"] == "break-offs", "suppressed"] = True
    suppressed = replace(by_center, plan=replace(by_center.plan, cells=cells))
    assert isinstance(charts.break_offs(suppressed), Callout)


def test_the_words_of_a_bar_stand_clear_of_the_line_of_all():
    from coee_nb.survey.charts import _clear_of

    assert _clear_of(0.52, 0.51) == 0.52
    assert _clear_of(0.52, 0.30) == 0.30
    assert _clear_of(0.52, 0.75) == 0.75
    assert _clear_of(None, 0.51) == 0.51


def test_a_rate_that_is_shown_alone_is_neither_lowest_nor_highest():
    rates = pd.DataFrame({"office": ["A", "B", "C"], "response_rate": [0.65, None, None]})
    assert charts._extremes(rates, "office") == "One rate is shown: 65% (A)."
    rates["response_rate"] = [0.65, 0.5, None]
    assert charts._extremes(rates, "office").startswith("The lowest shown is 50% (B), the highest")
