"""Questions for a number: the amounts given, their classes, and the interval of their mean."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from questions import question, table

from coee_nb.errors import EstimationError
from coee_nb.survey.questions.number import NUMBER, mean_interval

YEARS = question("years", kind="numeric", choices=("Do not know",))


def test_the_amounts_are_the_numbers_alone():
    rows = table([True] * 4, years=[1.5, "Do not know", None, 6.0])
    assert NUMBER.amounts(YEARS, rows)[0][1].dropna().tolist() == [1.5, 6.0]
    assert NUMBER.amounts(YEARS, rows)[0][1].isna().tolist() == [False, True, True, False]


def test_a_class_holds_the_floor_and_everybody_is_in_one():
    given = [float(number) for number in range(40)] + [None, "Do not know"]
    [(part, classes)] = NUMBER.measured(YEARS, table([True] * 42, years=given), floor=10)
    assert part == ""
    assert classes.value_counts().min() >= 10
    assert classes.value_counts().sum() == 40
    assert classes.iloc[-2:].isna().all()


def classes_of(given):
    [(_, classes)] = NUMBER.measured(YEARS, table([True] * len(given), years=given), floor=10)
    return list(classes.cat.categories)


@pytest.mark.parametrize(
    ("numbers", "classes"),
    [
        (range(11), ["0", "1 to 2", "3 to 4", "5 to 6", "7 to 8", "9 to 10"]),
        (range(1, 11), ["1 to 2", "3 to 4", "5 to 6", "7 to 8", "9 to 10"]),
        (range(1, 6), ["1", "2", "3", "4", "5"]),
        ([3, 12, 24, 38], ["0 to 4", "5 to 14", "15 to 24", "25 to 39"]),
        ([0.5, 12, 24, 38], ["0 to under 5", "5 to under 15", "15 to under 25", "25 to under 40"]),
    ],
)
def test_classes_of_whole_numbers_are_named_by_whole_numbers(numbers, classes):
    given = [float(number) for number in numbers for _ in range(10)]
    assert classes_of(given) == classes


@given(st.lists(st.integers(0, 10), min_size=20, max_size=200).filter(lambda n: len({*n}) > 1))
def test_no_class_of_a_scale_to_10_goes_beyond_it_and_each_number_is_in_one(numbers):
    rows = table([True] * len(numbers), years=[float(one) for one in numbers])
    for _, classes in NUMBER.measured(YEARS, rows, floor=10):
        for number, name in zip(numbers, classes, strict=True):
            low, _, high = name.partition(" to ")
            assert int(low) <= number <= int(high or low) <= 10


def test_too_few_amounts_make_no_class():
    assert NUMBER.measured(YEARS, table([True] * 3, years=[1.0, 2.0, 3.0]), floor=10) == []


def test_the_interval_of_a_mean_is_students():
    values = np.array([1.0, 2.0])
    half = 12.706204736174698 * values.std(ddof=1) / np.sqrt(2)  # qt(.975, 1) of R
    assert mean_interval(values, 0.95) == pytest.approx((1.5 - half, 1.5 + half))
    with pytest.raises(EstimationError, match="fewer than two"):
        mean_interval(values[:1], 0.95)


def test_amounts_are_numbers_though_the_column_is_mixed():
    rows = table([True], years=pd.Series(["7"], dtype=object))
    assert NUMBER.amounts(YEARS, rows)[0][1].dtype == float
