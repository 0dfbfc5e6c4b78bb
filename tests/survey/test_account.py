"""The account of the rows read tells of no few people, and adds up wherever it is given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.findings import InputFile
from coee_nb.survey.account import ABOUT_PEOPLE, TOGETHER, accounted
from coee_nb.survey.read.dispositions import BLANK, DUPLICATE, SPAM

REASONS = [*ABOUT_PEOPLE, SPAM, DUPLICATE, BLANK]


def file(reasons, used=57):
    return InputFile("a.csv", "", used + sum(reasons.values()), used, reasons)


@given(
    st.dictionaries(st.sampled_from(REASONS), st.integers(1, 30)),
    st.integers(0, 100),
    st.integers(3, 20),
)
def test_no_few_people_are_told_of_nor_to_be_worked_out(reasons, used, floor):
    shown = accounted(file(reasons, used), floor)
    assert shown.used == used
    told = {reason: shown.excluded[reason] for reason in shown.excluded if reason in ABOUT_PEOPLE}
    assert not any(0 < number < floor for number in told.values())
    hidden = sum(number for reason, number in reasons.items() if reason not in shown.excluded)
    if shown.rows is None:
        assert shown.excluded == {}
        assert any(0 < reasons.get(one, 0) < floor for one in ABOUT_PEOPLE)
    else:  # what is left over when all that is told is taken off
        assert shown.excluded.get(TOGETHER, 0) == hidden
        assert hidden == 0 or hidden >= floor


def test_where_nobody_could_be_told_of_the_account_is_whole():
    reasons = {SPAM: 1, DUPLICATE: 1, ABOUT_PEOPLE[0]: 12}
    assert accounted(file(reasons), 10).excluded == reasons


@pytest.mark.parametrize("floor", [3, 4])
def test_a_few_are_joined_by_others(floor):
    shown = accounted(file({ABOUT_PEOPLE[0]: 2, ABOUT_PEOPLE[2]: 9, SPAM: 4}), floor)
    assert shown.excluded == {SPAM: 4, TOGETHER: 11}
