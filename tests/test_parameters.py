"""The closed parameter sheet."""

import os
from datetime import date

import pytest
from pydantic import Field

from coee_nb.errors import ParameterError
from coee_nb.files import read_file
from coee_nb.parameters import Day, InputPath, Parameters, read_values


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
    with pytest.raises(ParameterError, match=r"there is none at /.*/nothing/here\.csv"):
        FileSheet.check({"source": "nothing/here.csv"})  # told in full: where it looked
    (tmp_path / "here.csv").touch()
    assert FileSheet.check({"source": str(tmp_path / "here.csv")}).source.name == "here.csv"


@pytest.mark.fault("wrong parameters")
def test_a_line_left_blank_is_told_as_blank():
    with pytest.raises(ParameterError, match=r"'source' is blank\. To do: fill it in"):
        FileSheet.check({"source": None})


def test_an_input_is_a_file_or_folder_and_no_pipe_that_nobody_fills(tmp_path):
    assert FileSheet.check({"source": str(tmp_path)}).source == tmp_path
    os.mkfifo(tmp_path / "pipe")
    for name in (tmp_path / "pipe", "a" * 5000, "a\0b"):
        with pytest.raises(ParameterError, match="a file or folder that exists"):
            FileSheet.check({"source": str(name)})


def test_an_output_of_the_same_run_is_admitted_before_it_is_made():
    assert FileSheet.check({"source": "run:a/b.csv"}, before_run=True)
    with pytest.raises(ParameterError):
        FileSheet.check({"source": "run:a/b.csv"})


CALL = "params = Sheet.from_notebook(globals())"
CELL = "# Parameters: edit and run all\nas_of = '2024-04-30'\nfloor = 12"


def ran(*cells):
    """Return the variables of a kernel that has run ``cells`` and now asks for its parameters."""
    namespace = {}
    for cell in cells:
        if cell != CALL:
            exec(cell, namespace)
    return namespace | {"In": ["", *cells, CALL]}


def test_a_notebook_reads_its_variables():
    assert Sheet.from_notebook(ran(CELL, "x = 1")).floor == 12


@pytest.mark.parametrize(
    "cells",
    [
        ("# my values\nas_of = '2024-04-30'\nflor = 20",),
        ("as_of = '2024-04-30'\nflor: int = 20",),
        ("import datetime\nas_of, flor = '2024-04-30', 20",),
        (CELL, "# Parameters\nflor = 20\n"),
        (CELL, "\n# Parameters\nflor = 20\n"),
        (CELL, "flor = 20"),
        (CELL + "\nif True:\n    flor = 20",),
        (CELL + "\n(flor := 20)",),
        (CELL + "\nfor flor in [20]:\n    pass",),
        (CELL, CALL, CELL + "\nflor = 20"),
        (CELL + "\nflor = 20", CALL),
    ],
)
def test_every_name_a_parameters_cell_assigns_must_be_known(cells):
    with pytest.raises(ParameterError, match=r"'flor' \(did you mean 'floor'\?\)"):
        Sheet.from_notebook(ran(*cells))


def test_only_the_newest_version_of_an_edited_cell_counts():
    edited = ran(CELL + "\nflor = 20", CALL, "as_of = '2024-06-30'")
    assert Sheet.from_notebook(ran(CELL + "\nflor = 20", CALL, CELL)).floor == 12
    with pytest.raises(ParameterError, match="flor"):
        Sheet.from_notebook(edited)
    without_floor = "as_of = '2024-06-30'\nagencies = []"
    sheet = Sheet.from_notebook(ran(CELL, CALL, without_floor))
    assert (sheet.as_of, sheet.floor) == (date(2024, 6, 30), 10)


@pytest.fixture
def files(tmp_path):
    for name in ("example.csv", "companion.csv", "own.csv"):
        (tmp_path / name).touch()
    return tmp_path


class TwoFiles(Parameters):
    source: InputPath
    companion: InputPath | None = None
    floor: int = 10


def with_example(files, injected):
    cell = f"source = {str(files / 'example.csv')!r}\ncompanion = {str(files / 'companion.csv')!r}"
    return TwoFiles.from_notebook(ran(f"{cell}\nfloor = 20", f"# Parameters\n{injected}\n"))


def test_an_examples_value_never_meets_other_data(files):
    sheet = with_example(files, f"source = {str(files / 'own.csv')!r}")
    assert (sheet.source.name, sheet.companion, sheet.floor) == ("own.csv", None, 10)


@pytest.mark.parametrize("injected", ["floor = 30", "companion = None\nfloor = 30"])
def test_one_changed_value_of_the_example_keeps_the_others(files, injected):
    sheet = with_example(files, injected)
    assert (sheet.source.name, sheet.floor) == ("example.csv", 30)
    again = with_example(files, f"source = {str(files / '..' / files.name / 'example.csv')!r}")
    assert (again.companion.name, again.floor) == ("companion.csv", 20)


def test_data_are_told_from_other_values():
    assert TwoFiles.data_fields() == {"source", "companion", "remarks"}
    assert Sheet.data_fields() == {"remarks"}


def test_effective_values_are_those_given_and_the_classes_own(files):
    given = {"source": str(files / "own.csv")}
    sheet = TwoFiles.check(given)
    assert sheet.effective(given) == given | {"companion": None, "floor": 10, "remarks": None}


# Parameter files as they come: each way in which YAML misleads is refused or explained.


@pytest.fixture
def write(tmp_path):
    def file(text: str | bytes):
        path = tmp_path / "toy.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_file(path)

    return file


def test_dates_become_text_and_a_byte_order_mark_is_no_name(write):
    text = "\ufeffon_day: 2024-04-30\nmore: {days: [2024-05-01]}\n"
    assert read_values(write(text)) == {"on_day": "2024-04-30", "more": {"days": ["2024-05-01"]}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", r"line 3, column 1: 'a' is given twice"),
        ("a: {b: 1, b: 2}\n", r"line 1, column 11: 'b' is given twice"),
        ("a: &x [*x]\n", r"the alias \*x"),
        ("a: &x [1]\nb: *x\n", r"the alias \*x"),
        ("a: 1\n\tb: 2\n", "line 2"),
        ("a: 1\n---\na: 2\n", "another document"),
        ("a: !!python/object/apply:os.getcwd []\n", "could not determine a constructor"),
        (b"a: caf\xe9\n", "UTF-8"),
        ("a: 1\n".encode("utf-16")[:-1], "UTF-16"),
        ("- a\n", "not a list of name: value lines"),
        ("1: a\n", "not a list of name: value lines"),
    ],
)
def test_what_is_no_clear_parameter_file_is_refused(write, text, message):
    with pytest.raises(ParameterError, match=message):
        read_values(write(text))


def test_a_sheet_is_asked_with_some_values_changed(files, tmp_path):
    sheet = tmp_path / "sheet.yaml"
    sheet.write_text(f"source: {files / 'own.csv'}\nfloor: 5\n")
    assert TwoFiles.from_sheet(sheet).floor == 5
    assert TwoFiles.from_sheet(sheet, floor=7).floor == 7
    with pytest.raises(ParameterError, match=r"sheet\.yaml: unknown parameter 'flor'"):
        TwoFiles.from_sheet(sheet, flor=7)


class SecretSheet(Parameters):
    api_key: str = ""


@pytest.mark.parametrize(
    ("sheet", "values"),
    [
        (Sheet, {"as_of": "2024-04-30", "password": "hunter2"}),
        (Sheet, {"as_of": "2024-04-30", "agencies": [{"db-token": "hunter2"}]}),
        (Sheet, {"as_of": "2024-04-30", "agencies": ["postgres://me:hunter2@host/db"]}),
        (Sheet, {"as_of": "2024-04-30", "agencies": ["Server=db; Password=hunter2"]}),
        (Sheet, {"as_of": "2024-04-30", "agencies": ["-----BEGIN RSA PRIVATE KEY-----"]}),
        (SecretSheet, {}),
        *[
            (Sheet, {"as_of": "2024-04-30", name: "hunter2"})
            for name in ("dbPassword", "api key", "pass", "authToken2", "ssh_key", "Authorization")
        ],
    ],
)
def test_what_looks_like_a_secret_is_refused_and_not_repeated(sheet, values):
    with pytest.raises(ParameterError, match=r"secret|password in it") as refused:
        sheet.check(values, where="sheet.yaml")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "agency", ["Secret Service", "https://a.example:8080/x@y", "token rings", "a pass = b"]
)
def test_words_that_only_sound_like_secrets_are_words(agency):
    values = {"as_of": "2024-04-30", "agencies": [agency]}
    assert Sheet.check(values).agencies == [agency]


class Share(Parameters):
    share: float


@pytest.mark.parametrize("share", ["nan", "inf", "-inf"])
def test_a_number_is_one_that_there_is(share):
    with pytest.raises(ParameterError, match="finite number"):
        Share.check({"share": float(share)})
