"""The page of what changed between two runs."""

import json

import pytest
from valid_html import faults_of

from coee_nb.publish.compare import Held
from coee_nb.publish.manifest import write_json
from coee_nb.publish.since import changed_findings, changes_since_before, comparison_page


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
    assert "0 numbers changed" in page
    assert "Nothing that a manifest and findings hold differs." in page


def test_of_a_notebook_that_was_not_run_the_findings_are_not_called_gone(tmp_path, publish):
    survey = finding("replies", 5, notebook="survey")
    publish(held("r1", finding(), survey, finding("secret", 3, notebook="people")))
    page = changes_since_before(tmp_path, held("r2", finding("late", 8)), left_out=["people"])
    assert "1 number changed" in page
    assert "Compared: Aging. Not run this time: Survey." in page
    assert "replies" not in page
    assert "secret" not in page


def test_the_run_before_is_the_newest_that_has_most_of_the_notebooks(tmp_path, publish):
    survey = finding("replies", 5, notebook="survey")
    assert changes_since_before(tmp_path, held("r1", finding()), left_out=[]) is None
    publish(held("r0", finding(), failed=["aging"]))
    assert changes_since_before(tmp_path, held("r1", finding()), left_out=[]) is None
    publish(held("r1", finding(), survey))
    publish(held("r2", finding(), survey))
    publish(held("r3", finding()))
    publish(held("r4", finding(), survey, failed=["aging", "survey"]))
    (tmp_path / "r5").mkdir()
    (tmp_path / "r5" / "manifest.json").write_text(json.dumps({"notebooks": 5}))
    page = changes_since_before(tmp_path, held("r6", finding("late", 8), survey), left_out=[])
    assert "from run r2 to run r6" in page
