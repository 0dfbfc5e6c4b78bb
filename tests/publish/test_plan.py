"""What a run will do, refused before anything starts."""

import json

import pytest

from coee_nb.errors import InputError, ParameterError
from coee_nb.publish.plan import plan


def test_jobs_come_in_the_order_of_their_needs(project, write_params):
    write_params("toy", "number: 1\nsource: run:twice/counts.csv\n")
    write_params("twice")
    made = plan(["params/toy"], root=project)
    assert [job.name for job in made.jobs] == ["twice", "toy"]
    assert made.engagement == "toy"


@pytest.mark.fault("wrong parameters")
@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("toy", "number: 1\nsource: none.csv\n", "there is none at /.*none.csv"),
        ("toy", "number: no\nsource: data/rows.csv\n", "bare no, off, yes"),
        ("toy", "number: [1\n", "not readable YAML"),
        ("toy", "number: 1:30\n", "line 1, column 9: 1:30 would be read as a number of sixties"),
        ("toy", "- 1\n", "not a list of name: value"),
        (
            "toy",
            "number: 1\nsource: data/rows.csv\nnote: 'run:fast'\n",
            "'run:fast' names no output",
        ),
        ("toi", "number: 1\n", "rename it to toy.yaml"),
        ("toy", "number: 1\nsource: run:nothere/a.csv\n", "not in this run"),
        ("toy", "number: 1\nsource: run:toy/a.csv\n", "wait for each other"),
        ("toy", "number: 1\nsource: run:../a.csv\n", "waits|names no output|not in this run"),
    ],
    ids=[
        "input",
        "type",
        "yaml",
        "sixties",
        "list",
        "reference",
        "name",
        "unknown",
        "cycle",
        "path",
    ],
)
def test_each_way_to_be_wrong_is_told(project, write_params, name, text, message):
    write_params(name, text)
    with pytest.raises(ParameterError, match=message):
        plan(["params/toy"], root=project)


def test_two_notebooks_waiting_for_each_other_are_refused(project, write_params):
    write_params("toy", "number: 1\nsource: run:twice/a.csv\n")
    write_params("twice", "number: 1\nsource: run:toy/a.csv\n")
    with pytest.raises(ParameterError, match=r"wait for each other: .*toy.*twice|twice.*toy"):
        plan(["params/toy"], root=project)


def test_faults_of_all_files_are_told_together(project, write_params):
    write_params("toy", "number: x\nsource: data/rows.csv\n")
    write_params("twice", "numbr: 1\nsource: data/rows.csv\n")
    with pytest.raises(ParameterError) as told:
        plan(["params/toy"], root=project)
    assert "toy.yaml" in str(told.value)
    assert "twice.yaml" in str(told.value)


def test_inputs_are_checked_at_the_door(project, write_params):
    (project / "data" / "bad.csv").touch()
    write_params("toy", "number: 1\nsource: data/bad.csv\n")
    with pytest.raises(InputError, match=r"bad\.csv: is bad"):
        plan(["params/toy"], root=project)


def test_files_of_two_engagements_are_not_mixed(project, write_params):
    first = write_params("toy")
    (project / "params" / "else").mkdir()
    second = project / "params" / "else" / "twice.yaml"
    second.write_text(first.read_text())
    with pytest.raises(ParameterError, match="2 engagements: else, toy"):
        plan([first, second], root=project)


def test_the_project_is_that_of_the_parameter_file(project, write_params, tmp_path_factory):
    file, away = write_params("toy"), tmp_path_factory.mktemp("away")
    for folder in ("notebooks", "params/toy"):
        (away / folder).mkdir(parents=True)
    made = plan([file], root=away)
    assert made.root == project
    assert made.jobs[0].notebook.path == project / "notebooks" / "toy.ipynb"
    second = away / "params" / "toy" / "toy.yaml"
    second.write_text(file.read_text())
    with pytest.raises(ParameterError, match="there is no notebook 'toy'"):
        plan([second], root=project)
    with pytest.raises(ParameterError, match="parameter files of 2 projects"):
        plan([file, second])


def test_a_parameter_file_in_no_project_is_refused_where_there_is_none(
    project, write_params, tmp_path_factory, monkeypatch
):
    away = tmp_path_factory.mktemp("away")
    lost = away / "toy.yaml"
    lost.write_text(write_params("toy").read_text())
    assert plan([lost]).root == project
    monkeypatch.chdir(away)
    with pytest.raises(ParameterError, match=rf"{lost}: stands in no project"):
        plan([lost])


def test_what_is_left_out_takes_the_classes_default(project, write_params):
    write_params("toy")
    (job,) = plan(["params/toy"]).jobs
    assert job.values == {"number": 5, "source": "data/rows.csv", "note": "none", "remarks": None}


def test_a_folder_without_files_and_a_file_that_is_not_there(project):
    with pytest.raises(ParameterError, match="no parameter files"):
        plan(["params/toy"], root=project)
    with pytest.raises(ParameterError, match="no such file or folder"):
        plan(["params/nothing.yaml"], root=project)


def test_a_notebook_without_parameters_is_named(project, write_params):
    notebook = project / "notebooks" / "toy.ipynb"
    book = json.loads(notebook.read_text())
    book["metadata"]["coee"]["parameters"] = "coee_toy:Gone"
    notebook.write_text(json.dumps(book))
    write_params("toy")
    with pytest.raises(ParameterError, match="'coee_toy:Gone' cannot be loaded"):
        plan(["params/toy"], root=project)
    book["metadata"].pop("coee")
    notebook.write_text(json.dumps(book))
    with pytest.raises(ParameterError, match="names no set of parameters"):
        plan(["params/toy"], root=project)


@pytest.mark.fault("a notebook of another format")
@pytest.mark.parametrize("number", [3, 5])
def test_a_notebook_of_another_format_is_refused(project, write_params, number):
    notebook = project / "notebooks" / "toy.ipynb"
    notebook.write_text(json.dumps(json.loads(notebook.read_text()) | {"nbformat": number}))
    write_params("toy")
    with pytest.raises(ParameterError, match=f"is of notebook format {number}"):
        plan(["params/toy"], root=project)


@pytest.mark.fault("a half-written notebook")
@pytest.mark.parametrize(
    "text",
    ["", '{"cells": [', "[]", '{"cells": []}', '{"cells": [], "metadata": {"coee": []}}'],
    ids=["empty", "cut", "list", "bare", "coee"],
)
def test_a_broken_notebook_is_told_and_not_a_traceback(project, write_params, text):
    (project / "notebooks" / "toy.ipynb").write_text(text)
    write_params("toy")
    with pytest.raises(ParameterError, match=r"toy\.ipynb: is no readable notebook.*To do"):
        plan(["params/toy"], root=project)


@pytest.mark.fault("a half-written notebook")
@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("source", None),
        ("cell_type", "heading"),
        ("id", 5),
        ("outputs", 5),
        ("execution_count", "x"),
        ("outputs", [{}]),
    ],
)
def test_a_cell_that_is_none_is_told_and_not_a_traceback(project, write_params, part, wrong):
    notebook = project / "notebooks" / "toy.ipynb"
    book = json.loads(notebook.read_text())
    book["cells"][2][part] = wrong
    notebook.write_text(json.dumps(book))
    write_params("toy")
    with pytest.raises(ParameterError, match=r"toy\.ipynb: is no readable notebook.*To do"):
        plan(["params/toy"], root=project)


def test_a_schema_of_another_kind_and_an_untagged_cell_are_refused(project, write_params):
    notebook = project / "notebooks" / "toy.ipynb"
    book = json.loads(notebook.read_text())
    write_params("toy")
    book["metadata"]["coee"]["parameters"] = "os:path"
    notebook.write_text(json.dumps(book))
    with pytest.raises(ParameterError, match="'os:path' is no set of parameters"):
        plan(["params/toy"], root=project)
    book["metadata"]["coee"]["parameters"] = "coee_toy:Toy"
    book["cells"][1]["metadata"] = {}
    notebook.write_text(json.dumps(book))
    with pytest.raises(ParameterError, match="0 cells are tagged parameters"):
        plan(["params/toy"], root=project)


def test_what_editors_and_systems_leave_beside_sheets_is_no_sheet(project, write_params):
    write_params("toy")
    (project / "params" / "toy" / "._toy.yaml").write_bytes(b"\x00\x05")
    (project / "params" / "toy" / ".#toy.yaml").symlink_to("me@machine.1")
    assert [job.name for job in plan(["params/toy"], root=project).jobs] == ["toy"]


@pytest.mark.parametrize("name", [".toy", "to\x1b[31my", "to\u202ey", "t" * 201])
def test_a_name_that_hides_or_acts_is_none_for_a_notebook(project, write_params, name):
    sheet = write_params("toy").rename(project / "params" / "toy" / f"{name}.yaml")
    with pytest.raises(ParameterError, match="no name for a notebook") as refused:
        plan([sheet], root=project)
    assert not {"\x1b", "\u202e"} & {*str(refused.value)}
