"""The closed parameter sheet."""

from datetime import date

import pytest
from pydantic import Field

from coee_nb.errors import ParameterError
from coee_nb.parameters import Day, InputPath, Parameters


class Sheet(Parameters):
    as_of: Day
    agencies: list[str] = Field(default_factory=list)
    floor: int = 10
    confidence: float = 0.95


class FileSheet(Parameters):
    source: InputPath


def test_values_are_taken_and_dates_read():
    assert Sheet.check({"as_of": "2024-04-30"}).as_of == date(2024, 4, 30)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"as_off": "2024-04-30"}, r"'as_off' \(did you mean 'as_of'\?\)"),
        ({}, "parameter 'as_of' is missing"),
        ({"as_of": "April"}, "a day such as 2024-04-30, not 'April'"),
        ({"as_of": "2024-04-30", "agencies": False}, "bare no, off, yes"),
        ({"as_of": "2024-04-30", "confidence": "1e3"}, "1e3 as text"),
        ({"as_of": "2024-04-30", "floor": "10"}, "valid integer"),
    ],
)
def test_each_fault_is_told_with_its_mend(values, message):
    with pytest.raises(ParameterError, match=message):
        Sheet.check(values, where="sheet.yaml")


def test_every_fault_is_told_at_once():
    with pytest.raises(ParameterError, match=r"floor.*flor|flor.*floor"):
        Sheet.check({"as_of": "2024-04-30", "floor": "x", "flor": 1})


def test_a_missing_input_is_told_before_any_work(tmp_path):
    with pytest.raises(ParameterError, match=r"there is none at nothing/here\.csv"):
        FileSheet.check({"source": "nothing/here.csv"})
    (tmp_path / "here.csv").touch()
    assert FileSheet.check({"source": str(tmp_path / "here.csv")}).source.name == "here.csv"


def test_an_output_of_the_same_run_is_admitted_before_it_is_made():
    assert FileSheet.check({"source": "run:a/b.csv"}, before_run=True)
    with pytest.raises(ParameterError):
        FileSheet.check({"source": "run:a/b.csv"})


def test_a_notebook_reads_its_variables_and_refuses_unknown_injected_ones():
    cells = ["", "# Parameters: edit and run all\nas_of = '2024-04-30'", "x = 1"]
    namespace = {"as_of": "2024-04-30", "x": 1, "In": cells}
    assert Sheet.from_notebook(namespace).floor == 10
    namespace |= {"florr": 5, "In": [*cells, "# Parameters\nflorr = 5\n"]}
    with pytest.raises(ParameterError, match="did you mean 'floor'"):
        Sheet.from_notebook(namespace)
