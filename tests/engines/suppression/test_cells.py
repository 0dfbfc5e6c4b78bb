"""Measures: counts from rows, and that they add up to the groups."""

import pandas as pd
import pytest

from coee_nb.engines.suppression.cells import (
    Publication,
    measure_from_counts,
    measure_from_rows,
    participation,
)
from coee_nb.errors import InputError

PEOPLE = pd.DataFrame({"center": ["A", "A", "A", "B", "B"], "title": ["x", "x", "y", "x", "y"]})
GROUPS = PEOPLE.value_counts(sort=False).rename("respondents").reset_index()
ANSWERS = pd.Series(["yes", "no", None, "yes", "yes"])
BREAKDOWNS = ((), ("center",), ("center", "title"))


def question(**options):
    return measure_from_rows("q", ANSWERS, PEOPLE, breakdowns=BREAKDOWNS, **options)


def test_choices_nobody_gave_count_zero():
    measure = question(choices=["yes", "no", "unsure"])
    assert measure.counts["unsure"].sum() == 0
    assert "unsure" in measure.answers


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"counts": question().counts - 9}, "not a whole number"),
        ({"counts": question().counts / 2}, "not a whole number"),
        ({"counts": question().counts.droplevel("title")}, "no columns"),
        ({"counts": question().counts.iloc[1:]}, "do not add up"),
        ({"counts": pd.concat([question().counts] * 2)}, "counted twice"),
        ({"counts": question().counts.rename({"A": "Z"})}, "which has no size"),
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
        Publication(groups, (measure_from_counts("m", counts, multiple=True),))
