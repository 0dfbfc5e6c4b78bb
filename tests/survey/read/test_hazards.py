import numpy as np
import pandas as pd
import pytest

from coee_nb.survey.codebook import build_codebook
from coee_nb.survey.read.exports import Coded
from coee_nb.survey.read.hazards import durations, is_long_matrix, speeders, straight_liners


def matrix(rows):
    sources = {f"Q1_{n}": f"Part {n}" for n in range(rows)}
    entry = {"name": "m", "wording": "w", "type": "matrix", "sources": sources}
    book = build_codebook([entry | {"choices": ["Good", "Bad", "N/A"], "not_applicable": ["N/A"]}])
    return book["m"]


def test_who_takes_under_a_third_of_the_median_is_a_speeder():
    seconds = np.array([300.0, 300, 300, 99, 101, 5, np.nan])
    finished = np.array([True] * 5 + [False, True])
    assert speeders(seconds, finished) == (1, [1, 4])
    assert speeders(seconds, np.zeros(7, bool)) == (0, [])


def test_one_answer_to_all_rows_counts_and_not_applicable_does_not():
    item = matrix(4)
    answers = [
        ["Good"] * 4,
        ["Good", "Good", "Good", "Bad"],
        ["N/A"] * 4,
        ["Good", None, "Good", "Good"],
    ]
    rows = pd.DataFrame(answers, columns=list(item.columns))
    number, people = straight_liners(rows, item)
    assert number == 1
    assert people[:2] == [1, 1]
    assert min(one for one in people if one) == 1


def test_what_the_number_tells_with_the_counts_of_the_rows_is_told_of():
    item = matrix(4)
    answers = [["Good"] * 4] * 30 + [["Bad", "Good", "Good", "Good"]] * 3 + [["Bad"] * 4] * 30
    number, people = straight_liners(pd.DataFrame(answers, columns=list(item.columns)), item)
    assert (number, min(one for one in people if one)) == (60, 3)


@pytest.mark.parametrize(("rows", "long"), [(3, False), (4, True)])
def test_a_short_matrix_shows_nothing(rows, long):
    assert is_long_matrix(matrix(rows)) is long


def test_the_duration_is_the_tools_own_or_from_start_to_end():
    kept = np.array([True, False, True])
    rows = pd.DataFrame(
        {
            "started_on": pd.to_datetime(["2026-01-01 10:00", None]),
            "ended_on": pd.to_datetime(["2026-01-01 10:05", "2026-01-01 10:00"]),
        }
    )
    coded = Coded(("60", "", "90"), np.array([0, 1, 2]))
    assert durations({"duration": coded}, rows, kept).tolist() == [60.0, 90.0]
    found = durations({}, rows, kept)
    assert found[0] == 300
    assert np.isnan(found[1])
    assert durations({}, rows.assign(ended_on=pd.NaT), kept) is None
