"""The equations of published cells: the sums that tie them together, and that the truth fits."""

import numpy as np
import pandas as pd

from coee_nb.engines.suppression.cells import (
    Publication,
    measure_from_rows,
    multiple_from_rows,
    participation,
)
from coee_nb.engines.suppression.systems import (
    cell_sizes,
    joint_system,
    measure_system,
    printed_relations,
    table_name,
    unknowns,
)

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
    found = printed_relations(measure_system(Publication(GROUPS, (measure,)), measure).grids[0])
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


def test_table_names_say_the_breakdown():
    assert table_name("q", ()) == "q"
