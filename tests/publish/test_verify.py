"""A published run is held against its record, and against another run."""

import json

import pytest

from coee_nb.errors import InputError
from coee_nb.publish.compare import compare
from coee_nb.publish.manifest import described, write_json
from coee_nb.publish.verify import find_run, verify


@pytest.fixture
def make_run(tmp_path):
    """Write a run folder as a run would: one notebook, one input, one table."""
    (tmp_path / "rows.csv").write_text("a\n1\n")
    (tmp_path / "toy.ipynb").write_text("{}")
    (tmp_path / "toy.yaml").write_text("number: 5\n")

    def make(run_id, *, statement="The number is 5.", number=5, version="1.0"):
        run = tmp_path / "outputs" / "toy" / run_id
        run.mkdir(parents=True)
        (run / "toy.csv").write_text("a\n")
        finding = {"id": "toy.number", "statement": statement}
        write_json(run / "findings.json", {"findings": [finding]})
        entry = {
            "name": "toy",
            "notebook": described(tmp_path / "toy.ipynb", tmp_path),
            "parameters": described(tmp_path / "toy.yaml", tmp_path)
            | {"values": {"number": number}},
            "inputs": [described(tmp_path / "rows.csv", tmp_path)],
            "outputs": [described(run / "toy.csv", run)],
        }
        record = {"notebooks": [entry], "packages": {"pandas": version}}
        record["findings"] = described(run / "findings.json", run)
        write_json(run / "manifest.json", record)
        return run

    return make


def states(run, root):
    return {check.path: check.state for check in verify(run, root=root) if check.state != "same"}


def test_an_untouched_run_is_the_same(make_run, tmp_path):
    assert states(make_run("one"), tmp_path) == {}


def test_a_changed_output_and_a_lost_input_are_told(make_run, tmp_path):
    run = make_run("one")
    (run / "toy.csv").write_text("b\n")
    (tmp_path / "rows.csv").unlink()
    assert states(run, tmp_path) == {"toy.csv": "changed", "rows.csv": "gone"}


def test_a_changed_finding_is_told(make_run, tmp_path):
    run = make_run("one")
    findings = json.loads((run / "findings.json").read_text())
    findings["findings"][0]["statement"] = "The number is 6."
    (run / "findings.json").write_text(json.dumps(findings))
    assert states(run, tmp_path) == {"findings.json": "changed"}


def test_a_run_is_found_by_folder_and_by_id(make_run, tmp_path):
    run = make_run("one")
    assert find_run(run, outputs=tmp_path / "outputs") == run
    assert find_run("one", outputs=tmp_path / "outputs") == run
    with pytest.raises(InputError, match="no such run"):
        find_run("two", outputs=tmp_path / "outputs")


def test_the_same_run_twice_has_no_differences(make_run):
    run = make_run("one")
    assert compare(run, run) == ()


def test_each_kind_of_difference_is_told(make_run):
    first = make_run("one")
    second = make_run("two", statement="The number is 6.", number=6, version="2.0")
    told = {(each.what, each.name): (each.before, each.after) for each in compare(first, second)}
    assert told == {
        ("finding", "toy.number"): ("The number is 5.", "The number is 6."),
        ("parameter", "toy.number"): (5, 6),
        ("package", "pandas"): ("1.0", "2.0"),
    }
