"""PublishedCells cells: counts from rows, and the sums that tie them together."""

import numpy as np
import pandas as pd
import pytest

from coee_nb.engines.suppression.cells import (
    Measure,
    Publication,
    cell_sizes,
    joint_system,
    measure_from_rows,
    measure_system,
    multiple_from_rows,
    participation,
    printed_relations,
    table_name,
    unknowns,
)
from coee_nb.errors import InputError

PEOPLE = pd.DataFrame({"center": ["A", "A", "A", "B", "B"], "title": ["x", "x", "y", "x", "y"]})
GROUPS = PEOPLE.value_counts(sort=False).rename("respondents").reset_index()
ANSWERS = pd.Series(["yes", "no", None, "yes", "yes"])
BREAKDOWNS = ((), ("center",), ("center", "title"))


def question(**options):
    return measure_from_rows("q", ANSWERS, PEOPLE, breakdowns=BREAKDOWNS, **options)


def values(publication, measure):
    system = measure_system(publication, measure)
    return system.cells.assign(count=system.matrix @ unknowns(publication, measure))


def test_counts_follow_from_rows():
    cells = values(Publication(GROUPS, (question(),)), question())
    overall = cells[cells["table"] == "q"].set_index("answer")["count"]
    assert overall.to_dict() == {"no": 1, "yes": 3, "left blank": 1, "answered": 4}
    center_a = cells[(cells["table"] == "q by center") & (cells["center"] == "A")]
    assert center_a.set_index("answer")["count"].to_dict() == {
        "no": 1, "yes": 1, "left blank": 1, "answered": 2,
    }  # fmt: skip


def test_groups_that_are_not_printed_are_cells_too():
    cells = values(Publication(GROUPS, (question(),)), question())
    assert set(cells.loc[~cells["printed"], "table"]) == {"q by title"}


def test_the_truth_satisfies_every_equation():
    frame = GROUPS.rename(columns={"respondents": "frame"}).assign(frame=lambda f: f["frame"] + 2)
    taking = participation(GROUPS, frame, breakdowns=BREAKDOWNS)
    publication = Publication(GROUPS, (taking, question()), frame)
    system = joint_system(publication, publication.measures)
    parts = [unknowns(publication, measure) for measure in publication.measures]
    truth = np.concatenate([*parts, GROUPS["respondents"]])
    np.testing.assert_array_equal(system.equal @ truth, system.equal_to)
    alone = measure_system(publication, question())
    np.testing.assert_array_equal(alone.equal @ unknowns(publication, question()), alone.equal_to)


def test_printed_relations_hold_with_a_constant_in_every_group():
    measure = question()
    cells = values(Publication(GROUPS, (measure,)), measure)
    sizes, _ = cell_sizes(Publication(GROUPS, (measure,)), measure)
    found = printed_relations(measure, cells)
    assert found
    for places, signs in found:
        total = signs @ cells["count"].to_numpy()[places]
        assert total in (0, sizes[places[0]])


def test_a_frame_coarser_than_the_groups_is_linked():
    frame = pd.DataFrame({"center": ["A", "B"], "frame": [10, 10]})
    taking = participation(GROUPS, frame, breakdowns=((), ("center",)))
    publication = Publication(GROUPS, (taking, question()), frame)
    system = joint_system(publication, publication.measures)
    parts = [unknowns(publication, measure) for measure in publication.measures]
    truth = np.concatenate([*parts, GROUPS["respondents"]])
    np.testing.assert_array_equal(system.equal @ truth, system.equal_to)


def test_multiple_choice_counts_blank_rows_as_not_answered():
    chosen = pd.DataFrame({"a": [True, True, False, None, True], "b": [True, False, False, 0, 1]})
    measure = multiple_from_rows("m", chosen, PEOPLE)
    cells = values(Publication(GROUPS, (measure,)), measure)
    overall = cells[cells["table"] == "m"].set_index("answer")["count"]
    assert overall.to_dict() == {"a": 3, "b": 2, "left blank": 2, "answered": 3}


def test_choices_nobody_gave_count_zero():
    measure = question(choices=["yes", "no", "unsure"])
    assert measure.counts.query("answer == 'unsure'")["count"].sum() == 0
    assert "unsure" in measure.answers


def test_table_names_say_the_breakdown():
    assert table_name("q", ()) == "q"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"counts": question().counts.assign(count=-1)}, "not a whole number"),
        ({"counts": question().counts.assign(count=0.5)}, "not a whole number"),
        ({"counts": question().counts.drop(columns="title")}, "no columns"),
        ({"counts": question().counts.iloc[2:]}, "do not add up"),
        ({"counts": pd.concat([question().counts] * 2)}, "counted twice"),
        ({"counts": question().counts.replace({"center": {"A": "Z"}})}, "which has no size"),
        ({"breakdowns": (("region",),)}, "a breakdown by"),
        ({"not_private": ("perhaps",)}, "unknown answers"),
        ({"universe": "frame"}, "a measure on the frame"),
    ],
)
def test_a_measure_that_does_not_add_up_is_refused(change, message):
    from dataclasses import replace

    with pytest.raises(InputError, match=message):
        Publication(GROUPS, (replace(question(), **change),))


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (GROUPS.drop(columns="respondents"), "no column 'respondents'"),
        (GROUPS.iloc[:0], "no group"),
        (pd.concat([GROUPS, GROUPS]), "listed twice"),
        (GROUPS.assign(center=None), "without a name"),
        (GROUPS.rename(columns={"title": "answer"}), "reserved column names"),
    ],
)
def test_group_sizes_are_checked(groups, message):
    with pytest.raises(InputError, match=message):
        Publication(groups, ())


def test_two_measures_of_one_name_are_refused():
    with pytest.raises(InputError, match="same name"):
        Publication(GROUPS, (question(), question()))


def test_answers_outside_the_choices_are_refused():
    with pytest.raises(InputError, match="not among the choices"):
        question(choices=["yes"])


def test_participation_must_agree_with_the_groups():
    frame = GROUPS.rename(columns={"respondents": "frame"})
    taking = participation(GROUPS.assign(respondents=0), frame)
    with pytest.raises(InputError, match="respondents differ"):
        Publication(GROUPS, (taking,), frame)


def test_a_frame_smaller_than_its_respondents_is_refused():
    frame = GROUPS.rename(columns={"respondents": "frame"}).assign(frame=0)
    taking = participation(GROUPS, frame)
    with pytest.raises(InputError, match="not a whole number >= 0"):
        Publication(GROUPS, (taking,), frame)


def test_a_measure_needs_two_options_or_one_answer():
    counts = pd.DataFrame({"center": ["A"], "answer": ["a"], "count": [3]})
    groups = pd.DataFrame({"center": ["A"], "respondents": [3]})
    with pytest.raises(InputError, match="multiple choice of one option"):
        Publication(groups, (Measure("m", counts, multiple=True),))
