"""A published run is held against its record, and against another run."""

import json

import pytest

from coee_nb.errors import InputError
from coee_nb.publish.compare import TwoRuns
from coee_nb.publish.index import write_index
from coee_nb.publish.manifest import described, sha256, write_json
from coee_nb.publish.verify import find_run, is_broken, verify


@pytest.fixture
def make_run(tmp_path):
    """Write a run folder as a run would: one notebook, one input, one table."""
    (tmp_path / "rows.csv").write_text("a\n1\n")
    (tmp_path / "toy.ipynb").write_text("{}")
    (tmp_path / "toy.yaml").write_text("number: 5\n")

    def make(run_id, *, statement="The number is 5.", number=5, version="1.0", value=5, rows=2):
        run = tmp_path / "outputs" / "toy" / run_id
        run.mkdir(parents=True)
        (run / "toy.csv").write_text("a\n")
        finding = {"id": "toy.number", "statement": statement, "value": value, "unit": ""}
        write_json(run / "findings.json", {"findings": [finding | {"notebook": "toy"}]})
        entry = {
            "name": "toy",
            "status": "done",
            "notebook": described(tmp_path / "toy.ipynb", tmp_path),
            "parameters": described(tmp_path / "toy.yaml", tmp_path)
            | {"values": {"number": number}},
            "inputs": [described(tmp_path / "rows.csv", tmp_path) | {"rows": rows}],
            "outputs": [described(run / "toy.csv", run)],
        }
        record = {"engagement": "toy", "run_id": run_id, "status": "complete"}
        record |= {"started": "", "ended": ""}
        record |= {"notebooks": [entry], "packages": {"pandas": version}}
        record["findings"] = described(run / "findings.json", run)
        write_json(run / "manifest.json", record)
        write_index(tmp_path / "outputs")
        return run

    return make


def states(run, root):
    return {check.path: check.state for check in verify(run, root=root) if check.state != "same"}


def test_an_untouched_run_is_the_same(make_run, tmp_path):
    assert states(make_run("one"), tmp_path) == {}


@pytest.mark.fault("a tampered run")
def test_a_changed_output_and_a_lost_input_are_told(make_run, tmp_path):
    run = make_run("one")
    (run / "toy.csv").write_text("b\n")
    (tmp_path / "rows.csv").unlink()
    assert states(run, tmp_path) == {"toy.csv": "changed", "rows.csv": "gone"}


@pytest.mark.fault("a tampered run")
def test_a_changed_finding_is_told(make_run, tmp_path):
    run = make_run("one")
    findings = json.loads((run / "findings.json").read_text())
    findings["findings"][0]["statement"] = "The number is 6."
    (run / "findings.json").write_text(json.dumps(findings))
    assert states(run, tmp_path) == {"findings.json": "changed"}


@pytest.mark.fault("a tampered run")
def test_a_file_put_there_later_is_told(make_run, tmp_path):
    run = make_run("one")
    (run / "tables").mkdir()
    (run / "tables" / "more.csv").write_text("a\n")
    assert states(run, tmp_path) == {"tables/more.csv": "added"}


@pytest.mark.fault("a tampered run")
def test_a_renamed_run_is_told(make_run, tmp_path):
    run = make_run("one")
    renamed = run.rename(run.with_name("2030-01-01T00-00-00Z"))
    write_index(tmp_path / "outputs")
    assert states(renamed, tmp_path) == {"toy/one": "renamed"}


@pytest.mark.fault("a tampered run")
def test_an_index_that_says_other_than_its_runs_is_told(make_run, tmp_path):
    run = make_run("one")
    index = tmp_path / "outputs" / "index.html"
    index.write_text(index.read_text().replace("one", "two"))
    assert states(run, tmp_path) == {"index.html": "changed"}
    index.unlink()
    assert states(run, tmp_path) == {"index.html": "gone"}


@pytest.mark.fault("a tampered run")
def test_a_record_made_to_fit_breaks_its_seal(make_run, tmp_path):
    run = make_run("one")
    seal = sha256(run / "manifest.json")
    assert not any(map(is_broken, verify(run, root=tmp_path, seal=seal.upper())))
    (run / "toy.csv").write_text("b\n")
    record = json.loads((run / "manifest.json").read_text())
    record["notebooks"][0]["outputs"] = [described(run / "toy.csv", run)]
    write_json(run / "manifest.json", record)
    assert states(run, tmp_path) == {}
    (broken,) = filter(is_broken, verify(run, root=tmp_path, seal=seal))
    assert (broken.role, broken.state) == ("seal", "changed")


@pytest.mark.fault("a tampered run")
def test_the_newest_run_is_held_against_the_seal_kept_beside_it(make_run, tmp_path):
    run = make_run("one")
    told = {"run_id": "one", "seal": sha256(run / "manifest.json")}
    write_json(run.parent / "status.json", told)
    assert states(run, tmp_path) == {}
    record = json.loads((run / "manifest.json").read_text())
    write_json(run / "manifest.json", record | {"started": "forged"})
    write_index(tmp_path / "outputs")
    assert states(run, tmp_path) == {"manifest.json": "changed"}
    write_json(run.parent / "status.json", told | {"run_id": "two"})
    assert states(run, tmp_path) == {}


def test_inputs_are_sought_where_their_names_lead(make_run, tmp_path):
    run = make_run("one")
    record = json.loads((run / "manifest.json").read_text())
    here = record["notebooks"][0]["inputs"][0]
    beside = tmp_path / "project"
    beside.mkdir()
    made = described(run / "toy.csv", run)["sha256"]
    (run / "tables" / "toy").mkdir(parents=True)
    (run / "tables" / "toy" / "a.csv").write_text("a\n")
    record["notebooks"][0]["inputs"] = [
        here | {"path": "../rows.csv"},
        here | {"path": "run:toy/a.csv", "sha256": made},
        here | {"path": "outside/x-1f0a9b/rows.csv"},
    ]
    write_json(run / "manifest.json", record)
    found = {c.path: c.state for c in verify(run, root=beside) if c.role == "input"}
    assert found == {
        "../rows.csv": "same",
        "run:toy/a.csv": "same",
        "outside/x-1f0a9b/rows.csv": "not checked",
    }


def test_a_run_is_found_by_folder_and_by_id(make_run, tmp_path):
    run = make_run("one")
    assert find_run(run, outputs=tmp_path / "outputs") == run
    assert find_run("one", outputs=tmp_path / "outputs") == run
    assert find_run("toy/one", outputs=tmp_path / "outputs") == run


@pytest.mark.fault("a tampered run")
@pytest.mark.parametrize("given", ["two", "toys/one", "toys/latest", "*", "o[n]e", "", ".", "/"])
def test_what_names_no_run_is_not_taken_for_another(make_run, tmp_path, given):
    (make_run("one").parent / "latest").symlink_to("one")
    with pytest.raises(InputError, match="no such run"):
        find_run(given, outputs=tmp_path / "outputs")
    assert find_run("latest", outputs=tmp_path / "outputs").name == "one"


def findings_of(found):
    """Return what is told of the findings of a comparison: number before and now, sentences."""
    return {
        one.finding["id"]: (one.was, one.now, *one.words)
        for own in found.changed.values()
        for one in own
    }


def test_the_same_run_twice_has_no_differences(make_run):
    run = make_run("one")
    found = TwoRuns.of(run, run)
    assert found.same
    assert (findings_of(found), found.rest) == ({}, ())


def test_each_kind_of_difference_is_told(make_run):
    first = make_run("one")
    changed = {"statement": "The number is 6.", "number": 6, "value": 6, "rows": 3}
    second = make_run("two", version="2.0", **changed)
    record = json.loads((second / "manifest.json").read_text())
    record |= {"python": "3.99", "code": {"commit": "b"}, "status": "failed", "engagement": "toys"}
    (entry,) = record["notebooks"]
    record["notebooks"].append(entry | {"name": "more", "inputs": [], "outputs": []})
    record["notebooks"][1] |= {"status": "failed", "error": "ValueError"}
    entry["notebook"]["sha256"] = "another"
    entry["outputs"].append({"path": "tables/toy/late.csv", "sha256": "c"})
    write_json(second / "manifest.json", record)
    found = TwoRuns.of(first, second)
    told = {(each.what, each.name): (each.before, each.after) for each in found.rest}
    account = {"rows": 2, "used": None, "excluded": None}
    notebook = described(first.parents[2] / "toy.ipynb", first.parents[2])["sha256"]
    assert told == {
        ("engagement", "of the run"): ("toy", "toys"),
        ("state", "of the run"): ("complete", "failed"),
        ("state", "more"): ("not run", "failed (ValueError)"),
        ("parameter", "toy.number"): (5, 6),
        ("account of rows", "rows.csv in toy"): (account, account | {"rows": 3}),
        ("file", "tables/toy/late.csv"): (None, "c"),
        ("notebook", "toy.ipynb"): (notebook, "another"),
        ("surroundings:", "commit"): (None, "b"),
        ("surroundings:", "Python"): (None, "3.99"),
        ("package", "pandas"): ("1.0", "2.0"),
    }
    assert findings_of(found) == {"toy.number": ("5", "6", "The number is 5.", "The number is 6.")}
    texts = [each.text for each in found.rest]
    assert "parameter toy.number changed from 5 to 6" in texts
    assert "file tables/toy/late.csv is new: c" in texts


def test_of_a_notebook_that_one_run_has_not_its_state_alone_is_told(make_run):
    first, second = make_run("one"), make_run("two", statement="The number is 6.", value=6)
    for name, run in (("early", first), ("late", second)):
        record = json.loads((run / "manifest.json").read_text())
        record["notebooks"].append(record["notebooks"][0] | {"name": name})
        write_json(run / "manifest.json", record)
        found = json.loads((run / "findings.json").read_text())["findings"]
        found.append(found[0] | {"id": f"{name}.number", "notebook": name})
        write_json(run / "findings.json", {"findings": found})
    found = TwoRuns.of(first, second)
    assert list(findings_of(found)) == ["toy.number"]
    assert [each.text for each in found.rest] == [
        "state early changed from done to not run",
        "state late changed from not run to done",
    ]


@pytest.mark.fault("a tampered run")
@pytest.mark.parametrize("broken", ["{}", '{"engagement": "toy", "notebooks": 5}', "[]"])
def test_a_record_that_cannot_be_compared_is_named(make_run, broken):
    first, second = make_run("one"), make_run("two")
    (second / "manifest.json").write_text(broken)
    with pytest.raises(InputError, match="two"):
        TwoRuns.of(first, second)


@pytest.mark.fault("a tampered run")
def test_a_link_is_no_file_of_a_run(make_run, tmp_path):
    run = make_run("one")
    (run / "elsewhere").symlink_to(tmp_path, target_is_directory=True)
    moved = (run / "findings.json").rename(tmp_path / "moved.json")
    (run / "findings.json").symlink_to(moved)
    assert states(run, tmp_path) == {"elsewhere": "added", "findings.json": "changed"}
