from datetime import date

import pytest

from coee_nb.formats import percent
from coee_nb.outputs import Callout, Chart
from coee_nb.recommendations import charts
from coee_nb.recommendations.aging import aging
from coee_nb.recommendations.closure import HORIZON_DAYS, closure, observed
from coee_nb.recommendations.register import register

AS_OF = date(2024, 4, 30)


@pytest.fixture(scope="module")
def example(generated):
    current = register(generated, as_of=AS_OF)
    return current, aging(current), closure(current)


def words_of(chart: Chart) -> list[str]:
    return [text.get_text() for axes in chart.figure.axes for text in axes.texts]


def overlapping(chart: Chart) -> list[tuple[str, str]]:
    """Pairs of the picture's texts that stand on each other."""
    chart.figure.draw_without_rendering()
    boxes = [
        (text.get_text(), text.get_window_extent())
        for axes in chart.figure.axes
        for text in [*axes.texts, *axes.get_xticklabels(), *axes.get_yticklabels()]
        if text.get_text()
    ]
    pairs = [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :]]
    return [(a[0], b[0]) for a, b in pairs if a[1].overlaps(b[1])]


@pytest.mark.long
def test_no_label_stands_on_another(example):
    current, aged, closed = example
    for chart in (
        charts.timeline(aged, current), charts.aging_bars(aged), charts.slips(aged),
        charts.closure_curves(closed), charts.agency_curves(closed),
    ):  # fmt: skip
        assert overlapping(chart) == []


def test_timeline_has_every_ecd_issue_and_standing(log_of):
    log = log_of(
        ["A.1"],
        [
            ("A.1", "2022-03-31", "ecd", {"ecd_to": "2022-10-31"}),
            ("A.1", "2022-11-15", "ecd", {"ecd_to": "2024-03-31"}),
            ("A.1", "2022-12-15", "ecd", {"ecd_to": "2023-03-31", "ecd_kind": "milestone"}),
        ],
    )
    current = register(log, as_of=AS_OF)
    chart = charts.timeline(aging(current), current)
    marks = chart.table.frame
    assert list(marks["mark"]) == ["issued", "earlier ECD", "last dated word", "milestone", "ECD"]
    assert "30 days past due" in words_of(chart)
    assert "as of 2024-04-30" in words_of(chart)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"ecd_to": "2024-04-30"}, "due today"),
        ({"ecd_to": "2024-05-31"}, "due in 31 days"),
        ({"ecd_to": "2024-03-31", "ecd_kind": "milestone"}, "milestone passed 30 days ago"),
        ({"ecd_to": "2024-05-31", "ecd_kind": "milestone"}, "milestone only"),
        ({"ecd_to": "2024-03-31", "ecd_bound": "not_before"}, "lower bound only"),
    ],
)
def test_standing_in_few_words(log_of, event, words):
    current = register(log_of(["A.1"], [("A.1", "2023-01-01", "ecd", event)]), as_of=AS_OF)
    assert charts.standing(aging(current).table.iloc[0]) == words


def test_slip_and_lateness_add_up_to_the_days_past_the_first_date(example):
    rows = charts.slips(example[1]).table.frame.merge(example[1].table, on="recommendation_id")
    late = rows[rows["past_due"]]
    assert (late["total_days"] == late["days_past_first"]).all()
    assert len(late) == example[1].table["past_due"].sum()


def test_every_chart_describes_itself_and_carries_its_table(example):
    current, aged, closed = example
    assert "over 365 days: 15" in charts.aging_bars(aged).description
    assert "15 open recommendations" in charts.timeline(aged, current).description
    described = charts.closure_curves(closed, label="generated register")
    assert "generated register" in described.title
    assert closed.text in described.description
    behind = described.table.frame
    parts = behind[["still_open", "closed - implemented", "closed - not implemented"]]
    assert len(behind) == len(observed(closed.survival)) < len(closed.survival)
    assert parts.sum(axis=1).round(9).eq(1).all()


@pytest.mark.long
def test_every_picture_carries_its_date_and_log_in_itself(example):
    current, aged, closed = example
    drawn = [
        charts.timeline(aged, current), charts.aging_bars(aged), charts.slips(aged),
        charts.closure_curves(closed), charts.agency_curves(closed),
    ]  # fmt: skip
    for chart in drawn:
        assert "as of 2024-04-30, in the log" in chart.figure.get_supxlabel()
        assert "2024-04-30" in chart.title
        assert "2024-04-30" in chart.description
        assert "2024-04-30" in chart.table.caption


def test_agency_curves_their_table_and_words_end_where_five_are_observed(example):
    """What is drawn, tabled and said is one thing, and so is its order."""
    closed = example[2]
    chart = charts.agency_curves(closed)
    ends = chart.table.frame.groupby("agency").last()
    (axes,) = chart.figure.axes
    for line in axes.lines:
        assert line.get_xdata()[-1] * 365.25 in set(ends["days"].astype(float))
    told = chart.description
    for agency, end in ends.iterrows():
        observed_until = closed.agencies.set_index("agency").loc[agency, "observed_days"]
        assert end["days"] == min(observed_until, HORIZON_DAYS)
        assert f"{agency} {percent(end['share'])}" in told
    ranked = ends.sort_values("share", ascending=False).index
    assert sorted(ranked, key=told.index) == list(ranked)
    given = closed.agencies.dropna(subset="implemented_4y").set_index("agency")
    assert set(given.index) == set(ends.index[ends["days"] == HORIZON_DAYS])
    assert ends.loc[given.index, "share"].tolist() == given["implemented_4y"].tolist()


def test_where_there_is_nothing_to_draw_a_notice_says_why(log_of):
    current = register(log_of([{"recommendation_id": "A.1", "issued_on": ""}]), as_of=AS_OF)
    aged, closed = aging(current), closure(current)
    for shown in (
        charts.timeline(aged, current), charts.slips(aged), charts.closure_curves(closed),
        charts.agency_curves(closed),
    ):  # fmt: skip
        assert isinstance(shown, Callout)


def test_fewer_than_are_to_be_observed_give_words_and_no_picture(log_of):
    log = log_of(
        ["A.1", "B.1"], [("A.1", "2023-01-01", "status", {"status": "closed - implemented"}),
                         ("B.1", "2022-03-31", "status", {"status": "open"})],
    )  # fmt: skip
    closed = closure(register(log, as_of=AS_OF))
    for shown in (charts.closure_curves(closed), charts.agency_curves(closed)):
        assert isinstance(shown, Callout)
    assert "no four-year share" in closed.text
