"""Numbers as a report prints them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb import formats

# The seven printed items of DHS OIG report OIG-22-34 and its response and coverage rates.
PRINTED = [
    (303, 444, 68),
    (372, 415, 90),
    (314, 444, 71),
    (248, 444, 56),
    (149, 444, 34),
    (276, 414, 67),
    (178, 414, 43),
    (544, 1052, 52),
    (1052, 1443, 73),
]


@pytest.mark.parametrize(("numerator", "denominator", "printed"), PRINTED)
def test_percent_prints_what_oig_22_34_prints(numerator, denominator, printed):
    assert formats.percent(numerator, denominator) == f"{printed}%"


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 4))
def test_percent_is_half_up_on_the_exact_ratio(numerator, denominator, digits):
    scaled = Fraction(100 * numerator, denominator) * 10**digits
    expected = Fraction(int(scaled + Fraction(1, 2)), 10**digits)
    text = formats.percent(numerator, denominator, digits).removesuffix("%").replace(",", "")
    assert Fraction(text) == expected


def test_a_binary_float_does_not_decide_a_half():
    assert formats.number(2.675, 2) == "2.68"
    assert formats.percent(0.285, 1) == "29%"
    assert formats.percent(1, 200) == "1%"


@given(st.fractions(), st.integers(0, 6))
def test_half_up_is_odd_and_within_half_a_step(value, digits):
    rounded = formats.half_up(value, digits)
    assert abs(Fraction(rounded) - value) <= Fraction(1, 2 * 10**digits)
    assert formats.half_up(-value, digits) == rounded.copy_negate()


@pytest.mark.parametrize("missing", [None, float("nan"), Decimal("nan")])
@pytest.mark.parametrize(
    "form",
    [
        *(formats.count, formats.number, formats.dollars, formats.millions),
        *(formats.p_value, formats.percent, formats.day, formats.text),
    ],
)
def test_a_missing_value_is_a_dash_everywhere(form, missing):
    assert form(missing) == "–"


def test_pandas_missing_values_are_dashes():
    pandas = pytest.importorskip("pandas")
    assert formats.day(pandas.NaT) == "–"
    assert formats.count(pandas.NA) == "–"


def test_signs_stand_before_the_dollar():
    assert formats.dollars(-0.5) == "-$1"
    assert formats.millions(-3386.06, 1) == "-$3.4 billion"
    assert formats.dollars(-0.2) == "$0"


WORDS = st.sampled_from(
    ["case", "measure", "voucher", "entry", "day", "box", "class", "wish", "match", "person"]
)
PLURALS = {"entry": "entries", "box": "boxes", "class": "classes", "wish": "wishes",
           "match": "matches", "person": "people"}  # fmt: skip


@given(
    WORDS, st.sampled_from(["", "fiscal ", "big new "]), st.sampled_from(["", " a month", "/day"])
)
def test_there_is_one_of_a_unit_and_there_are_several(word, before, after):
    unit = f"{before}{PLURALS.get(word, word + 's')}{after}"
    assert formats.singular(unit) == f"{before}{word}{after}"
    assert formats.in_unit("1", unit) == f"1 {before}{word}{after}"
    for several in ("0", "2", "1.5", "11", "1,001", "0.1"):
        assert formats.in_unit(several, unit) == f"{several} {unit}"


@given(st.text())
def test_any_words_may_be_a_unit(words):
    assert formats.in_unit("2", words) == f"2 {words}".strip()
    assert isinstance(formats.in_unit("1", words), str)
