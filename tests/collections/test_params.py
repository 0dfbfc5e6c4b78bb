"""The parameter sheet refuses what cannot be asked, and the notebook carries the same values."""

import ast
import json
from pathlib import Path

import pytest
import yaml

from coee_nb.collections.params import CollectionsIts
from coee_nb.errors import ParameterError

ROOT = Path(__file__).resolve().parents[2]
SHEET = ROOT / "params" / "oig_22_34" / "collections_its.yaml"


@pytest.fixture
def values() -> dict:
    return yaml.safe_load(SHEET.read_text())


def test_the_worked_example_is_a_valid_sheet(values):
    params = CollectionsIts.check(values)
    assert (params.cut_month, params.through) == ("2016-10", "2018-02")
    assert params.columns.fiscal_year == "fiscal_year"
    choices = params.choices
    combinations = 1
    for name in ("cuts", "washouts", "competing", "pulses", "seasons", "scales"):
        combinations *= len(getattr(choices, name))
    assert combinations == 192


def test_the_notebooks_own_values_are_those_of_the_sheet(values):
    notebook = json.loads((ROOT / "notebooks" / "collections_its.ipynb").read_text())
    cell = next(c for c in notebook["cells"] if "parameters" in c["metadata"].get("tags", []))
    body = ast.parse("".join(cell["source"])).body
    own = {node.targets[0].id: ast.literal_eval(node.value) for node in body}
    assert own == values


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"competing": "2016-03"}, "must follow each other"),
        ({"start": "2013-1"}, "a month such as 2016-10"),
        ({"start": "October"}, "a month such as 2016-10"),
        ({"companion": None}, "needs companion"),
        ({"negligible_percent": 0.0}, "greater than 0"),
        ({"unit": "cents"}, "dollars"),
        ({"seasons": "month"}, "did you mean 'season'"),
        ({"receipts": "data/nothing.csv"}, "there is none at data/nothing.csv"),
        ({"simulations": 10}, "greater than or equal to 200"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(values, change, said):
    with pytest.raises(ParameterError, match=said):
        CollectionsIts.check(values | change)


def test_a_sheet_without_optional_parts_is_valid(values):
    for name in ("companion", "companion_column", "refund", "washout", "other_cuts"):
        del values[name]
    params = CollectionsIts.check(values | {"scales": ["level"]})
    assert params.choices.pulses == ((),)
    assert params.companion_columns.value == params.value_column
