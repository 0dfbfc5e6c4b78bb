"""Faults become one error that tells them all."""

import pandas as pd
import pytest

from coee_nb.checks import TOLD, Rule, refuse
from coee_nb.errors import InputError

WORD = Rule("words", "Is every word known?", "unknown word", expected="yes or no", do="write one")
LATE = Rule("late", "Is it in time?", "late", effect="reports")


def test_every_marked_row_is_a_fault_with_its_place_and_its_cells():
    frame = pd.DataFrame({"day": pd.to_datetime(["2024-05-01", None]), "word": ["no", "maybe"]})
    (found,) = WORD.faults(frame, [False, True], "word {word!r} of {day}", file="a.csv")
    assert (found.where, found.found) == ("a.csv, row 3", "word 'maybe' of NaT")
    frame["line"] = [7, 9]
    (found,) = WORD.faults(frame, [True, False], "{word} on {day}", file="a.csv")
    assert (found.where, found.found) == ("a.csv, row 7", "no on 2024-05-01")


def test_what_is_only_reported_stops_nothing():
    refuse([LATE.fault("row 3")])
    refuse([])


def test_one_fault_is_told_with_the_fields_of_an_error():
    with pytest.raises(InputError) as told:
        refuse([LATE.fault("row 3"), WORD.fault("a.csv, row 2", "maybe")])
    assert (told.value.where, told.value.expected) == ("a.csv, row 2", "yes or no")


def test_all_faults_are_told_at_once_and_very_many_are_counted():
    with pytest.raises(InputError, match=r"3 faults: row 0: maybe; row 1: maybe; row 2: maybe"):
        refuse([WORD.fault(f"row {n}", "maybe") for n in range(3)])
    with pytest.raises(InputError, match=rf"{TOLD + 5} faults: .*; and 5 more"):
        refuse([WORD.fault(f"row {n}", "maybe") for n in range(TOLD + 5)])
