"""The page of what changed between two runs."""

import json
from pathlib import Path

import pytest
from valid_html import faults_of

from coee_nb.publish import since
from coee_nb.publish.compare import Held, TwoRuns, changed_findings
from coee_nb.publish.manifest import write_json
from coee_nb.publish.since import since_before, summary_of


def comparison_page(before, after, **more):
    return since.comparison_page(TwoRuns(before, after), **more)


def finding(name="late", value=6, statement=None, notebook="aging", whole=15):
    said = statement or f"{value} of {whole} are late, as of 2024-04-30, log.csv."
    found = {"id": name, "value": value, "unit": "cases", "statement": said}
    return found | {"numerator": value, "denominator": whole, "notebook": notebook}


def held(run_id, *findings, day="2024-04-30", engagement="parks", about=None, failed=()):
    names = dict.fromkeys(one["notebook"] for one in findings)
    entries = [
        {
            "name": name,
            "status": "failed" if name in failed else "done",
            "notebook": {"path": f"notebooks/{name}.ipynb", "sha256": "ab" * 32},
            "parameters": {"values": {"as_of": day}},
            "inputs": [],
            "outputs": [],
        }
        for name in names
    ]
    record = {"engagement": engagement, "run_id": run_id, "status": "complete"}
    record |= {"notebooks": entries, "packages": {"pandas": run_id}, "about": about or {}}
    return Held(record, list(findings))


@pytest.fixture
def publish(tmp_path):
    """Write a run as its manifest and findings."""

    def write(run):
        folder = tmp_path / run.record["run_id"]
        folder.mkdir()
        write_json(folder / "manifest.json", run.record)
        write_json(folder / "findings.json", {"findings": run.findings})

    return write


def test_a_number_that_changed_is_told_apart_from_one_in_other_words():
    before = [finding("late"), finding("open", 15), finding("gone", 1)]
    after = [finding("new", 2), finding("late", 8), finding("open", 15, "15 of 15 are open.")]
    told = [
        (one.finding["id"], one.in_number, one.was, one.now)
        for one in changed_findings(before, after)
    ]
    assert told == [
        ("new", True, "not there", "2 of 15 cases"),
        ("late", True, "6 of 15 cases", "8 of 15 cases"),
        ("open", False, "15 of 15 cases", "15 of 15 cases"),
        ("gone", True, "1 of 15 cases", "not there"),
    ]
    assert changed_findings(after, after) == []


@pytest.mark.parametrize("name", ["value", "unit", "numerator", "denominator"])
def test_a_change_of_any_part_of_a_number_is_one(name):
    (one,) = changed_findings([finding()], [finding() | {name: 3}])
    assert one.in_number


def test_the_page_says_what_changed_what_went_in_and_what_else():
    first = held("r1", finding(), finding("open", 15))
    after = finding("late", 8, "8 of 15 are late, as of 2024-05-31, log.csv.")
    second = held("r2", after, finding("open", 15, "All are open."), day="2024-05-31")
    page = comparison_page(first, second)
    assert faults_of(page) == []
    assert "1 number changed from run r1 to run r2; 1 finding says the same number" in page
    assert "Aging, as of 2024-05-31: 1 changed" in page
    assert "8 of 15 are late. <span" in page
    assert '<td class="number">6 of 15 cases</td><td class="number">8 of 15 cases</td>' in page
    assert '<th scope="row">aging.as_of</th><td>2024-04-30</td><td>2024-05-31</td>' in page
    numbers, _, rest = page.partition("All other differences")
    assert "<td>All are open.</td>" in rest
    assert "pandas" in rest
    assert "pandas" not in numbers
    assert "<title>What changed in run r2 – parks</title>" in page
    assert "All audits" not in page


def test_two_engagements_are_named_and_two_alike_say_that_nothing_differs():
    other = held("r1", finding(), engagement="roads")
    assert "runs of two engagements: roads and parks" in comparison_page(
        other, held("r1", finding())
    )
    page = comparison_page(held("r1", finding()), held("r1", finding()))
    assert "No number changed from run r1 to run r1." in page
    assert "Nothing that a manifest and findings hold differs." in page


def test_of_a_notebook_that_was_not_run_the_findings_are_not_called_gone(tmp_path, publish):
    survey = finding("replies", 5, notebook="survey")
    publish(held("r1", finding(), survey))
    found = since_before(tmp_path, held("r2", finding("late", 8)))
    page = since.comparison_page(found, since=True)
    assert "1 number changed" in page
    assert "Compared: Aging." in page
    assert "replies" not in page
    assert found.summary == {"numbers": 1, "reworded": 0, "since": ["r1"]}


def test_of_peoples_answers_the_page_tells_how_many_numbers_changed_and_none_of_them(
    tmp_path, publish
):
    publish(held("r1", finding(), finding("secret", 3, "Three said so.", "people")))
    new = held("r2", finding("late", 8), finding("secret", 4, "Four said so.", "people"))
    found = since_before(tmp_path, new)
    page = since.comparison_page(found, left_out=["people"], since=True)
    assert "2 numbers changed" in page
    assert "Not shown here: People (1 number changed), whose" in page
    assert not {"secret", "Three said", "Four said", "people.as_of"} & set(page.split())
    assert "said so" not in page


def test_a_notebook_that_failed_has_no_number_that_changed(tmp_path, publish):
    publish(held("r1", finding(), finding("open", 5, notebook="other")))
    failed = Held(held("r2", finding(), finding("open", notebook="other"), failed=["other"]).record,
                  [finding()])  # fmt: skip
    found = since_before(tmp_path, failed)
    assert (found.number, found.reworded) == (0, [])
    assert ("state", "other", "done", "failed") in [
        (one.what, one.name, one.before, one.after) for one in found.rest
    ]


def test_each_notebook_is_compared_with_its_own_run_before(tmp_path, publish):
    survey = finding("replies", 5, notebook="survey")
    assert since_before(tmp_path, held("r1", finding())) is None
    publish(held("r0", finding(), failed=["aging"]))
    assert since_before(tmp_path, held("r1", finding())) is None
    publish(held("r1", finding("late", 1), survey))
    publish(held("r2", finding("late", 2), survey))
    publish(held("r3", finding("late", 7)))
    publish(held("r4", finding(), survey, failed=["aging", "survey"]))
    (tmp_path / "r5").mkdir()
    (tmp_path / "r5" / "manifest.json").write_text(json.dumps({"notebooks": 5}))
    found = since_before(tmp_path, held("r6", finding("late", 8), survey))
    assert found.before.runs == ["r3", "r2"]
    page = since.comparison_page(found, since=True)
    assert "1 number changed from runs r3 and r2 to run r6" in page
    assert '<td class="number">7 of 15 cases</td><td class="number">8 of 15 cases</td>' in page


def test_only_what_is_needed_of_earlier_runs_is_read(tmp_path, publish, monkeypatch):
    for number in range(6):
        publish(
            held(f"r{number}", finding(), *([finding("n", notebook="rare")] if not number else []))
        )
    read = []
    whole = Path.read_text
    monkeypatch.setattr(Path, "read_text", lambda path, *a: read.append(path) or whole(path, *a))
    since_before(tmp_path, held("r6", finding("late", 8)))
    assert [path.relative_to(tmp_path).as_posix() for path in read] == [
        *("r5/manifest.json", "r5/findings.json"),
    ]
    read.clear()
    since_before(tmp_path, held("r6", finding("late", 8), finding("n", notebook="rare")))
    assert [path.parent.name for path in read if path.name == "findings.json"] == ["r5", "r0"]


def test_what_differs_is_told_in_few_lines(tmp_path):
    few = held("r1", finding(), finding("open", 15))
    told = list(summary_of(TwoRuns(few, held("r2", finding("late", 8), finding("open", 15)))))
    assert told[:2] == [
        "1 number changed from run r1 to run r2.",
        "  8 of 15 are late. Before: 6 of 15 cases; now: 8 of 15 cases. [late]",
    ]
    assert told[-1] == "Also different: package (1)."
    many = [finding(f"n{number}", number) for number in range(40)]
    other = [finding(f"n{number}", number + 1, "word " * 90) for number in range(40)]
    told = list(summary_of(TwoRuns(held("r1", *many), held("r2", *other, day="2024-05-31"))))
    assert len(told) <= 20
    assert max(map(len, told)) <= 202
    assert "  and 33 more numbers" in told
    same = list(summary_of(TwoRuns(few, few)))
    assert same == [
        "No number changed from run r1 to run r1.",
        "Nothing that manifests and findings hold differs.",
    ]


def test_a_finding_of_other_origin_or_evidence_alone_is_told_as_that():
    one = finding() | {"origin": "published", "evidence": "late.1"}
    page = comparison_page(held("r1", one), held("r2", one | {"origin": "generated"}))
    assert "1 finding says the same number in other words" in page
    assert "log.csv. (published)</td><td>" in page
    assert "log.csv. (generated)</td></tr>" in page
