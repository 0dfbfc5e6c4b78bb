"""The parameter sheet refuses what cannot be asked, and the notebook carries the same values."""

import ast
import json
from pathlib import Path

import pandas as pd
import pytest
import yaml

from coee_nb.collections.analysis import read_analysis
from coee_nb.collections.params import CollectionsIts
from coee_nb.collections.robustness.specifications import NO_TERM
from coee_nb.errors import InputError, ParameterError

ROOT = Path(__file__).resolve().parents[2]
SHEET = ROOT / "params" / "oig_22_34" / "collections_its.yaml"


@pytest.fixture
def values() -> dict:
    return yaml.safe_load(SHEET.read_text())


def test_the_worked_example_is_a_valid_sheet(values):
    params = CollectionsIts.check(values)
    analysis = read_analysis(params)
    assert (analysis.timing.cut, analysis.timing.through) == ("2016-10", "2018-02")
    choices = params.choices(analysis.series, analysis.timing)
    combinations = 1
    for name in ("interruptions", "washouts", "concurrent", "pulses", "seasons", "scales"):
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
        ({"competing": []}, "curve_competing needs the concurrent event"),
        ({"competing": ["2016-03"]}, "must follow each other"),
        (
            {"start": "2016-10"},
            "start 2016-10, cut 2016-10-01 and end 2019-09 must follow each other",
        ),
        ({"start": "2015-10"}, "pulses 2015-08 lies outside the periods used, 2015-10 to 2019-09"),
        ({"curve_cuts": ["2012-10"]}, "curve_cuts 2012-10 lies outside"),
        ({"other_cuts": {"late": "2021-01-19"}}, "other_cuts 2021-01-19 lies outside"),
        ({"start": "2013-1"}, "a month such as 2016-10"),
        ({"start": "October"}, "a month such as 2016-10"),
        ({"companion": None}, "needs companion"),
        ({"negligible_percent": 0.0}, "greater than 0"),
        ({"unit": "two\nlines"}, "a few words"),
        ({"unit_factor": 0}, "greater than 0"),
        ({"group": "North"}, "group needs group_column"),
        ({"measure": " "}, "a few words in one line"),
        ({"receipts": "x.csv"}, "unknown parameter 'receipts'"),
        ({"seasons": "month"}, "did you mean 'season'"),
        ({"series": "data/nothing.csv"}, "there is none at /.*/data/nothing.csv"),
        ({"simulations": 10}, "greater than or equal to 200"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(values, change, said):
    with pytest.raises(ParameterError, match=said):
        CollectionsIts.check(values | change).check_inputs()


def test_a_sheet_without_optional_parts_is_valid(values):
    for name in ("companion", "companion_column", "pulses", "washout", "other_cuts"):
        del values[name]
    params = CollectionsIts.check(values | {"scales": ["level"]})
    analysis = read_analysis(params)
    assert params.choices(analysis.series, analysis.timing).pulses == ((),)
    assert params.read_companion() is None
    params.check_inputs()


def test_what_is_left_out_takes_neutral_values_and_no_file(values):
    least = ("series", "value_column", "measure", "change", "cut")
    params = CollectionsIts.check({name: values[name] for name in least})
    assert (params.companion, params.events, params.published) == (None,) * 3
    analysis = read_analysis(params)
    choices = params.choices(analysis.series, analysis.timing)
    assert (analysis.timing.through, choices.interruptions) == ("2020-09", ("2016-10",))
    assert choices.concurrent == (NO_TERM,)
    assert (choices.seasons, choices.scales) == (("month", 2), ("level", "log"))
    params.check_inputs()


def test_the_worked_examples_files_pass_the_door(values):
    CollectionsIts.check(values).check_inputs()


def test_a_file_that_another_notebook_has_still_to_write_is_not_read(values):
    later = "run:entry_reliability/monthly.csv"
    CollectionsIts.check(values | {"series": later}, before_run=True).check_inputs()


@pytest.mark.parametrize(
    ("line", "change", "said"),
    [
        ("2016-10,abc,1", {}, "line 38, 2016-10: amount not understood: 'abc'"),
        ("2016-11,1,1", {}, "2016-11: repeated period"),
        ("2016-10,1,1", {"value_column": "Net"}, "set value_column"),
        ("2016-10,-1,1", {}, "leave these scales out"),
        ("2016-10,1,1", {"definition": "gross duties"}, "set definition"),
        ("2016-10,1,", {}, "missing period"),
    ],
)
def test_files_that_cannot_carry_the_run_are_refused_before_it(
    values, tmp_path, line, change, said
):
    months = pd.period_range("2013-10", "2019-09", freq="M")
    lines = ["month,net,imports", *(f"{month},{i + 100},9" for i, month in enumerate(months))]
    lines[37] = line
    path = tmp_path / "receipts.csv"
    path.write_text("\n".join(lines))
    own = {"series": str(path), "companion": str(path), "value_column": "net",
           "companion_column": "imports", "fiscal_year_column": None}  # fmt: skip
    with pytest.raises(InputError, match=said):
        CollectionsIts.check(values | own | change).check_inputs()


def test_a_companion_that_cannot_be_divided_by_stops_before_the_run(values, tmp_path):
    months = pd.period_range("2013-10", "2019-09", freq="M")
    path = tmp_path / "companion.csv"
    path.write_text("\n".join(["month,people", *(f"{m},{i}" for i, m in enumerate(months))]))
    asked = {"companion": str(path), "companion_column": "people"}
    with pytest.raises(InputError, match="no rate in 2013-10"):
        CollectionsIts.check(values | asked).check_inputs()
