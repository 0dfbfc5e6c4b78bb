"""One sign for what is suppressed, another for what there is not, in every table of a survey."""

import pandas as pd
import pytest

from coee_nb import formats as fmt
from coee_nb.survey import results, tables
from coee_nb.survey.gate import SUPPRESSED, MaskedTable
from coee_nb.survey.groups import answers_of

FRAME = pd.DataFrame(
    {
        "item": ["a", "b", "c"],
        "n": pd.array([40, None, 0], "Int64"),
        "share": [0.5, float("nan"), float("nan")],
        "interval": ["40 to 60%", fmt.MISSING, fmt.MISSING],
        "printed": [fmt.MISSING] * 3,
    }
)


def masked(**how):
    formats = {"n": tables.count, "share": tables.percent}
    return MaskedTable(FRAME, name="t", caption="T", formats=formats, **how)


def test_what_rests_on_a_suppressed_count_says_so_and_a_share_of_nobody_is_a_dash():
    assert masked(own_sign=("printed",)).cells()[1] == [
        ["a", "40", "50%", "40 to 60%", fmt.MISSING],
        ["b", SUPPRESSED, SUPPRESSED, SUPPRESSED, fmt.MISSING],
        ["c", "0", fmt.MISSING, fmt.MISSING, fmt.MISSING],
    ]


def test_a_percentage_of_nobody_is_a_dash_and_a_suppressed_one_a_word():
    assert [answers_of(0.5, 40), answers_of(float("nan"), pd.NA), answers_of(float("nan"), 0)] == [
        "50% of 40",
        SUPPRESSED,
        fmt.MISSING,
    ]


@pytest.mark.parametrize(
    "made",
    [
        tables.dispositions,
        tables.participation_flow,
        tables.accounting,
        tables.rates,
        tables.break_offs,
        results.findings,
        results.selections,
        results.numbers,
        lambda released: results.choices(released, "single"),
        lambda released: tables.response_by(released, "center"),
    ],
)
def test_each_table_explains_the_signs_that_stand_in_it_and_no_other(by_center, made):
    table = made(by_center)
    assert isinstance(table, MaskedTable)
    for sign in (SUPPRESSED, fmt.MISSING):
        assert (f"“{sign}”: " in table.note) == (sign in table.signs())


def test_no_line_has_both_signs_where_one_is_suppressed(by_center):
    for line in results.findings(by_center).cells()[1]:
        assert not {SUPPRESSED, fmt.MISSING} <= set(line)
