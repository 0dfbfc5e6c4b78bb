"""A condition of a sheet is read as a small closed language; anything else is refused."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_rows import ASKED

from coee_nb.entries.checks import Asked, checks
from coee_nb.entries.conditions import condition
from coee_nb.errors import ParameterError


@pytest.mark.parametrize(
    "text",
    [
        "taxes > duties",
        "0 < fees <= 10.50 or -duties > 3",
        "entry_date >= '2016-10-01' and days(entry_date, release_date) > 30",
        "not missing(center) and center in ['01', '02']",
        "duties + taxes * 2 != fees",
        "abs(duties - taxes) > 100",
    ],
)
def test_what_the_language_has_is_read(text):
    assert condition(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("duties >", "is no condition"),
        ("dutys > 1", "did you mean 'duties'"),
        ("duties > '2016-10-01'", "compares a number with a text"),
        ("entry_date > 'soon'", "is no day"),
        ("duties", "is a number and no condition"),
        ("__import__('os').system('true')", "is not understood"),
        ("center.lower() == 'x'", "is not understood"),
        ("[x for x in center]", "is not understood"),
        ("(lambda: 1)()", "is not understood"),
        ("f'{center}' == 'x'", "is not understood"),
        ("duties ** 99 > 1", "is not understood"),
        ("not 1 < 2", "compares no field"),
        ("'a' in ['a']", "compares no field"),
        ("center == '\x00'", "is no condition"),
    ],
)
def test_what_it_has_not_is_refused_with_what_there_is(text, told):
    with pytest.raises(ParameterError, match="Expected: a condition over entry_number") as error:
        condition(text)
    assert told in str(error.value)


@settings(max_examples=50)
@given(st.text("dutiesx<>=and()0 .[]'_", max_size=20))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(ParameterError):
        condition(text)


def test_a_check_of_the_sheet_takes_no_name_that_is_taken():
    with pytest.raises(ParameterError, match="'missing_center' is there already"):
        checks(Asked(more=(("missing_center", "?", "duties > 1"),)))
    assert checks(ASKED)[-1].id == "taxed"
