"""Edges of the plan: denominators of a few, non-answers of a few, groups that no table prints."""

import pandas as pd
import pytest

from coee_nb.engines.suppression.cells import Publication, measure_from_counts
from coee_nb.engines.suppression.planner import PRIMARY, plan


def planned(rows: list[tuple], dimensions: list[str], **options):
    counts = pd.DataFrame(rows, columns=[*dimensions, "answer", "count"])
    sizes = counts.groupby(dimensions, sort=False)["count"].sum()
    measure = measure_from_counts("q", counts, ((), ("center",)), **options)
    return plan(Publication(sizes.rename("respondents").reset_index(), (measure,)), floor=10)


@pytest.mark.parametrize(("size", "shown"), [(1, False), (5, False), (9, False), (10, True)])
def test_a_denominator_of_under_the_floor_is_not_shown(size, shown):
    rows = [("A", "yes", size), ("A", "no", 0)]
    rows += [(center, answer, 60) for center in "BC" for answer in ("yes", "no")]
    table = planned(rows, ["center"]).apply("q by center").set_index(["center", "answer"])
    assert table.loc["A", "denominator"].notna().all() == shown
    assert table.loc["A", "denominator"].notna().any() == shown
    assert table.loc[["B", "C"], "denominator"].notna().all()


@pytest.mark.parametrize(("silent", "sensitive"), [(0, False), (3, True), (9, True), (10, False)])
def test_how_many_answered_tells_of_a_few_who_did_not(silent, sensitive):
    """Also where the few are of a status that is harmless in itself, beside one that is not."""
    for harmless in ((), ("left blank",)):
        rows = [("A", "yes", 40), ("A", "no", 40), ("A", "left blank", silent), ("A", "skipped", 0)]
        rows += [
            (center, answer, 30)
            for center in "BC"
            for answer in ("yes", "no", "left blank", "skipped")
        ]
        statuses = ("left blank", "skipped")
        made = planned(rows, ["center"], statuses=statuses, not_private=harmless)
        cells = made.cells[made.cells["table"] == "q by center"]
        total = cells[(cells["center"] == "A") & (cells["answer"] == "answered")].iloc[0]
        assert total["suppressed"] == sensitive
        assert (total["why"] == PRIMARY) == sensitive
        shown = made.apply("q by center").set_index(["center", "answer"])
        assert shown.loc[("A", "yes"), "share"] == pytest.approx(0.5) or sensitive
        assert pd.isna(shown.loc[("A", "yes"), "denominator"]) == sensitive


@pytest.mark.parametrize(("others", "safe"), [(4, False), (5, True)])
def test_a_group_that_no_table_prints_keeps_the_room_of_half_a_floor(others, safe):
    """Of a Center's answers, less those its few others can have given, the rest is one title's."""
    rows = [("A", "officer", "yes", 8), ("A", "officer", "no", 32)]
    rows += [("A", "clerk", "yes", others), ("A", "clerk", "no", 0)]
    rows += [
        (center, title, answer, 60)
        for center in "BC"
        for title in ("officer", "clerk")
        for answer in ("yes", "no")
    ]
    table = planned(rows, ["center", "title"]).apply("q by center").set_index(["center", "answer"])
    assert table.loc[("A", "yes"), "count":"count"].notna().all() == safe
