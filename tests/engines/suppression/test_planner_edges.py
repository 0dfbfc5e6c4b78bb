"""Edges of the plan: denominators of a few, non-answers of a few, groups that no table prints."""

import pandas as pd
import pytest

from coee_nb.engines.suppression import planner
from coee_nb.engines.suppression.attack import attack
from coee_nb.engines.suppression.cells import (
    Publication,
    measure_from_counts,
    measure_from_rows,
    multiple_from_rows,
    participation,
)
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
        of_a = cells[cells["center"] == "A"].set_index("answer")
        total = of_a.loc["answered"]
        assert (of_a.loc["left blank", "why"] == PRIMARY) == (sensitive and not harmless)
        assert total["suppressed"] == sensitive
        assert (total["why"] == PRIMARY) == sensitive
        shown = made.apply("q by center").set_index(["center", "answer"])
        assert shown.loc[("A", "yes"), "share"] == pytest.approx(0.5) or sensitive
        assert pd.isna(shown.loc[("A", "yes"), "denominator"]) == sensitive


@pytest.mark.parametrize(("answered", "sensitive"), [(3, True), (9, True), (10, False)])
def test_that_a_few_answered_is_not_told_though_many_did_not(answered, sensitive):
    rows = [("A", "yes", answered), ("A", "no", 0), ("A", "left blank", 50)]
    rows += [(center, one, 30) for center in "BC" for one in ("yes", "no", "left blank")]
    cells = planned(rows, ["center"], statuses=("left blank",)).cells
    total = cells[(cells["center"] == "A") & (cells["answer"] == "answered")].iloc[0]
    assert (total["why"] == PRIMARY) == sensitive


@pytest.mark.parametrize(("others", "sensitive"), [(0, True), (9, True), (10, False)])
def test_that_all_or_all_but_a_few_ticked_an_option_is_not_told(others, sensitive):
    people = pd.DataFrame({"center": ["A"] * 40 + ["B"] * 40 + ["C"] * 40})
    course = [True] * (40 - others) + [False] * others + [True, False] * 40
    chosen = pd.DataFrame({"course": course, "coaching": [True] * 20 + [False] * 20 + course[40:]})
    chosen.loc[~chosen.any(axis=1), "coaching"] = True
    measure = multiple_from_rows("q", chosen, people, breakdowns=((), ("center",)))
    groups = people.value_counts(sort=False).rename("respondents").reset_index()
    cells = plan(Publication(groups, (measure,)), floor=10).cells
    of_a = cells[(cells["center"] == "A") & (cells["answer"] == "course")].iloc[0]
    assert (of_a["why"] == PRIMARY) == sensitive


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


def asked_and_answered(answered: int, *, breakdowns):
    """Plan three Centers of 60 each, of whom ``answered`` in A and 30 elsewhere responded."""
    people = pd.DataFrame({"center": ["A"] * answered + ["B"] * 30 + ["C"] * 30})
    groups = people.value_counts(sort=False).rename("respondents").reset_index()
    frame = pd.DataFrame({"center": list("ABC"), "frame": [50, 60, 60]})
    given = pd.Series(["yes", "no"] * (len(people) // 2) + ["yes"] * (len(people) % 2))
    question = measure_from_rows("q", given, people, statuses=())
    taking = participation(groups, frame, breakdowns=breakdowns)
    return plan(Publication(groups, (taking, question), frame), floor=10)


@pytest.mark.parametrize("answered", [45, 46])
def test_a_question_over_all_tells_nothing_of_who_took_part_in_a_group(monkeypatch, answered):
    made = asked_and_answered(answered, breakdowns=((), ("center",)))
    assert made.apply("q")["count"].notna().all()
    found = attack(made.published)
    monkeypatch.setattr(planner, "_telling", list)
    whole = asked_and_answered(answered, breakdowns=((), ("center",)))
    assert (found["table"] == "participation by center").sum() == 4
    pd.testing.assert_frame_equal(found, attack(whole.published))
    pd.testing.assert_frame_equal(made.cells, whole.cells)


def test_a_question_over_all_is_held_where_it_would_tell_how_many_took_part():
    people = pd.DataFrame({"center": ["A"] * 47})
    groups = pd.DataFrame({"center": ["A"], "respondents": [47]})
    frame = pd.DataFrame({"center": ["A"], "frame": [50]})
    given = pd.Series(["yes", "no"] * 23 + ["yes"])
    question = measure_from_rows("q", given, people, statuses=())
    taking = participation(groups, frame)
    made = plan(Publication(groups, (taking, question), frame), floor=10)
    assert made.apply("participation")["count"].isna().all()
    assert made.apply("q")["count"].isna().any()
    assert not attack(made.published)["pinned"].any()
