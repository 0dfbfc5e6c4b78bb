"""The stamp is that of the choices: it changes with any of them, and with nothing else."""

from datetime import date
from pathlib import Path

import pytest

from coee_nb.collections import tables
from coee_nb.collections.declared import declared, stamp
from coee_nb.collections.params import CollectionsIts

CASES = Path(__file__).parent / "cases"
GIVEN = {
    "series": str(CASES / "state_step20.csv"), "period_column": "period",
    "value_column": "sales_tax", "measure": "Sales tax", "change": "The unit", "cut": "2019-07",
}  # fmt: skip


def of(**others):
    return CollectionsIts.check(GIVEN | others)


@pytest.mark.parametrize(
    "change",
    [{"cut": "2019-08"}, {"negligible_percent": 2.0}, {"competing": ["2020-12"]}, {"seed": 2},
     {"season": None}, {"pulses": ["2018-01"]},
     {"pulses": [{"from": "2018-01", "to": "2018-04", "shape": "ramp"}]}],
)  # fmt: skip
def test_another_choice_is_another_stamp(change):
    assert stamp(of(**change)) != stamp(of())


def test_where_files_lie_and_when_choices_were_declared_is_no_choice():
    other = of(series=str(CASES / "falling.csv"), declared_on=date(2024, 1, 2))
    assert stamp(other) == stamp(of())


def test_a_default_that_is_written_out_is_the_same_choice():
    assert stamp(of(negligible_percent=5.0, unit_factor=1)) == stamp(of())


def test_the_table_tells_every_choice_and_the_stamp_last():
    table = declared(of(competing=[{"name": "rules", "from": "2020-12"}])).set_index("choice")
    assert table.at["competing", "value"] == "from: 2020-12, name: rules"
    assert table.at["washout", "value"] == "–"
    assert table.index[-1] == "stamp"
    assert table.at["stamp", "value"] == stamp(of(competing=[{"name": "rules", "from": "2020-12"}]))


def test_every_choice_is_told_in_words_and_its_parameter_stands_last():
    headings, lines = tables.declared(declared(of())).cells()
    assert headings == ["choice", "value", "parameter"]
    assert len(lines) > 25
    assert [line[0] for line in lines if "_" in line[0]] == []
