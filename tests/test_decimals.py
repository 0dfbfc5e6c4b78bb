"""Amounts are read by the decimal mark that their column proves, or not at all."""

import pytest

from coee_nb.decimals import pointed
from coee_nb.errors import InputError


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["1.234,50", "1.234", "12", "n/a"], ["1,234.50", "1,234", "12", "n/a"]),
        (["1\u202f234,50", "-3 000"], ["1234.50", "-3000"]),
        (["1,234.50", "1,234"], ["1,234.50", "1,234"]),
        (["1.234.567", "1.234"], ["1,234,567", "1,234"]),
        (["0,125", "1,234"], ["0.125", "1.234"]),
        (["(12,5)", "50%"], ["(12.5)", "50%"]),
        (["12", "Source: 2,5 of 3"], ["12", "Source: 2,5 of 3"]),
    ],
)
def test_what_one_amount_proves_holds_for_its_column(cells, read):
    assert pointed(cells, delimiter=";", where="") == read


def test_between_commas_amounts_have_points():
    assert pointed(["1,234", "5"], delimiter=",", where="") == ["1,234", "5"]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (["1.234", "12"], "nothing tells whether '1.234' is more or less than a thousand"),
        (["1,234"], "nothing tells whether '1,234'"),
        (["1.234,5", "12.5"], "'12.5' has a decimal point, '1.234,5' a comma"),
    ],
)
def test_an_amount_that_may_be_another_is_refused(cells, told):
    with pytest.raises(InputError, match=told):
        pointed(cells, delimiter=";", where="a.csv, column net")
