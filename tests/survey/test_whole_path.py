"""Small surveys from their files to the page: who counts, in which denominator, what is said."""

import pandas as pd
import pytest
from exports import parameters
from whole_path import shown

from coee_nb.errors import InputError
from coee_nb.findings import Findings
from coee_nb.outputs import Callout, Chart, Table

HELPED = {
    "name": "helped", "source": "Q1", "wording": "Did it help?", "type": "single",
    "choices": ["Yes", "No"],
}  # fmt: skip
ALL = {("All", "All"): 300}


def tables_of(shown_there):
    """The tables of a page by name, those behind pictures too."""
    tables = [one for one in shown_there if isinstance(one, Table)]
    tables += [one.table for one in shown_there if isinstance(one, Chart)]
    return {one.name: one.frame for one in tables}


@pytest.fixture
def page(tmp_path):
    """Run the notebook on a survey; give its findings, tables by name, and callouts."""

    def run(items, rows, people, **given):
        found = shown(parameters(tmp_path, items, rows, people, **given))
        findings = {
            one.id: one for bundle in found if isinstance(bundle, Findings) for one in bundle
        }
        return findings, tables_of(found), [one.text for one in found if isinstance(one, Callout)]

    return run


def answers(*given):
    """Rows with ``(answer, number)`` to Q1, in turn."""
    return [{"Q1": answer} for answer, number in given for _ in range(number)]


def test_whoever_is_screened_out_is_in_no_denominator(page):
    role = HELPED | {"name": "role", "source": "Q2", "wording": "A supervisor?"}
    rows = answers(("Yes", 30), ("No", 27)) + [{"Q2": "Yes"}] * 20
    findings, tables, _ = page([role | {"screened_out": ["Yes"]}, HELPED], rows, ALL)
    rate = findings["survey.response_rate.rr2"]
    assert (rate.numerator, rate.denominator) == (57, 280)
    asked = tables["dispositions"].set_index("disposition").loc["Asked", "count"]
    assert asked == 280


def test_a_few_screened_out_are_told_of_nowhere(page):
    """Whoever knows the staff would know who the supervisors among the respondents are."""
    role = HELPED | {"name": "role", "source": "Q2", "wording": "A supervisor?"}
    rows = answers(("Yes", 30), ("No", 27)) + [{"Q2": "Yes"}] * 3
    findings, tables, _ = page([role | {"screened_out": ["Yes"]}, HELPED], rows, ALL)
    assert findings["survey.response_rate.rr2"].denominator == 297
    read = tables["rows_read"].set_index("step")["rows"]
    assert read.dropna().to_dict() == {"rows analysed": 57}
    checks = tables["checks"].set_index("check")["count"]
    assert pd.isna(checks["finished but screened out"])
    export = next(iter(findings.values())).inputs[0]
    assert (export.rows, export.used, dict(export.excluded)) == (None, 57, {})


def test_who_answered_nothing_is_no_interview_however_far_they_went(page):
    rows = answers(("Yes", 30), ("No", 30), ("", 20))
    rows += [{"Finished": False, "Progress": 5}] * 20
    findings, _, _ = page([HELPED], rows, ALL)
    rate = findings["survey.response_rate.rr2"]
    assert (rate.numerator, rate.denominator) == (60, 300)
    findings, _, _ = page([HELPED], rows, ALL, partial_rule="recorded")
    assert findings["survey.response_rate.rr2"].numerator == 100


def test_a_census_is_called_one_and_nothing_is_estimated(page):
    center = {"name": "center", "source": "C", "wording": "Office", "type": "single", "group": True}
    title = {"name": "title", "source": "T", "wording": "Title", "type": "single", "group": True}
    rows = [{"C": "AB"[k % 2], "T": "x", "Q1": "Yes" if k % 4 < 2 else "No"} for k in range(120)]
    frame = {("A", "x"): 60, ("B", "x"): 60}
    _, tables, said = page([center, title, HELPED], rows, frame)
    assert any("a census" in text for text in said)
    assert tables["findings"][["design_se", "design_low", "design_high"]].isna().all(axis=None)
    assert not {"differences_by_center", "weighted_findings"} & set(tables)


def test_completion_that_the_export_does_not_tell_is_not_made_up(page):
    rows = [row | {"Finished": "", "Progress": ""} for row in answers(("Yes", 40), ("No", 20))]
    findings, _, said = page([HELPED], rows, ALL)
    assert findings["survey.completed"].value is None
    assert any("Who completed the survey is not known" in text for text in said)


@pytest.fixture
def plain_page(tmp_path):
    """As ``page``, of an export without any column about the response."""

    def run(rows):
        given = parameters(tmp_path, [HELPED], [], ALL)
        lines = "\n".join(["Q1", *(row["Q1"] for row in rows), ""])
        (tmp_path / "responses.csv").write_text(lines)
        found = shown(given)
        findings = {
            one.id: one for bundle in found if isinstance(bundle, Findings) for one in bundle
        }
        return findings, tables_of(found)

    return run


def test_without_a_column_for_it_nobody_is_said_to_have_completed_or_stopped(plain_page):
    findings, tables = plain_page(answers(("Yes", 40), ("No", 20)))
    for name in ("completed", "partial"):
        assert findings[f"survey.{name}"].value is None
        assert "not known" in findings[f"survey.{name}"].statement
    assert findings["survey.response_rate.rr2"].numerator == 60
    assert findings["survey.response_rate.rr1"].value is None
    told = tables["dispositions"]["disposition"].tolist()
    assert not any("omplete" in line for line in told)
    rates = tables["response_rates"].set_index("rate")
    assert pd.isna(rates.loc["RR1", "answered_numerator"])
    assert rates.loc["RR1", "share_numerator"] == 60  # by the share answered it is known


def test_none_of_these_ticked_with_others_is_shown_both_ways(page):
    tools = {
        "name": "tools", "wording": "Which?", "type": "multi",
        "sources": {"M1": "Course", "M2": "Web", "M3": "None of these"},
    }  # fmt: skip
    rows = [{"M1": "Course", "M3": "None of these", "Q1": "Yes"}] * 20
    rows += [{"M2": "Web", "Q1": "No"}] * 20 + [{"M3": "None of these", "Q1": "No"}] * 12
    _, tables, _ = page([tools, HELPED], rows, ALL)
    counts = tables["multi_answers"].set_index("choice")["count"]
    assert counts.to_dict() == {
        "Course": 20,
        "Web": 20,
        "None of these": 12,
        "None of these (ticked with others)": 20,
    }
    checks = tables["checks"].set_index("check")
    assert checks.loc["“none of these” ticked with others", "count"] == 20


def test_an_arm_of_an_experiment_is_not_asked_rather_than_left_blank(page):
    arm = {"name": "arm", "source": "ARM", "wording": "Arm", "type": "embedded"}
    inner = HELPED | {
        "name": "inner", "source": "Q2", "wording": "And now?",
        "asked_if": {"item": "arm", "labels": ["t"]},
    }  # fmt: skip
    rows = [{"ARM": "t", "Q1": "Yes", "Q2": "Yes" if k % 2 else "No"} for k in range(40)]
    rows += [{"ARM": "c", "Q1": "No"}] * 40
    _, tables, _ = page([arm, HELPED, inner], rows, ALL)
    shares = tables["single_answers"]
    assert shares[shares["item"] == "inner"]["n"].tolist() == [40, 40]
    assert "arm" not in set(shares["item"])
    assert tables["questionnaire"].set_index("name").loc["inner", "asked_if"] == "“Arm” is t"


OFFICE = {"name": "office", "source": "O", "wording": "Office", "type": "single", "group": True}
GRADE = {
    "name": "grade", "source": "G", "wording": "Grade", "type": "single", "group": True,
    "choices": ["junior", "senior"],
}  # fmt: skip


def staff(number=120):
    return [
        {"O": "AB"[k % 2], "G": ["junior", "senior"][k // 2 % 2], "Q1": "Yes" if k % 3 else "No"}
        for k in range(number)
    ]


def test_groups_are_what_the_codebook_says_and_a_frame_may_know_some_of_them(page, tmp_path):
    items = [OFFICE, GRADE, HELPED]
    (tmp_path / "by_office.csv").write_text("office,count\nA,100\nB,90\n")
    findings, tables, said = page(
        items, staff(), ALL, frame=str(tmp_path / "by_office.csv"), weighting=None
    )
    assert findings["survey.response_rate.rr2"].denominator == 190
    assert tables["response_by_office"]["asked"].tolist() == [100, 90]
    assert "response_by_grade" not in tables
    assert any("Response by Grade is not known" in text for text in said)
    assert tables["findings_by_grade_detail"]["n"].tolist() == [60, 60]
    assert any(column.startswith("post-strat") for column in tables["weighted_findings"])


def test_the_number_asked_alone_is_a_frame(page):
    findings, tables, _ = page([OFFICE, HELPED], staff(), ALL, frame=None, asked=1052)
    assert findings["survey.response_rate.rr2"].denominator == 1052
    assert tables["findings_by_office_detail"]["n"].tolist() == [60, 60]
    assert "response_by_office" not in tables


def test_without_a_frame_rates_are_not_known_and_everything_else_is_there(page):
    findings, tables, said = page([OFFICE, GRADE, HELPED], staff(), ALL, frame=None)
    for name in ("response_rate.rr2", "response_rate.rr1", "nonresponse.unit"):
        assert findings[f"survey.{name}"].value is None
        assert "not known" in findings[f"survey.{name}"].statement
    assert "response_rates" not in tables
    assert any(text.startswith("Response rates are not known") for text in said)
    assert findings["survey.item.helped"].numerator == 80
    assert "assumption" not in findings["survey.item.helped"].statement
    shares = tables["findings"].iloc[0]
    assert shares[["bound_low", "bound_high"]].isna().all()
    assert shares["design_low"] < shares["share"] < shares["design_high"]
    told = tables["dispositions"]["disposition"].tolist()
    assert not {"Asked", "No response"} & set(told)
    assert tables["findings_by_office_detail"]["n"].tolist() == [60, 60]
    assert "the survey" not in set(
        tables["response_thresholds"]["of"]
    )  # its rate is not suppressed


def test_who_gave_no_group_is_a_group_of_their_own(page):
    rows = staff() + [{"Q1": "Yes" if k % 2 else "No"} for k in range(40)]
    _, tables, _ = page([OFFICE, HELPED], rows, ALL, frame=None, asked=300)
    assert tables["findings_by_office"]["office"].tolist() == ["A", "B", "not stated"]


def test_records_counted_from_one_are_not_taken_for_the_choices_of_that_number(page):
    rated = HELPED | {"name": "rated", "source": "Q2", "choices": ["1", "2", "3"]}
    office = OFFICE | {"choices": ["7", "8"]}
    years = {"name": "years", "source": "N", "wording": "Years?", "type": "numeric"}
    rows = [
        {"ResponseId": 1 + k, "Q1": "No", "Q2": str(1 + k % 3), "O": "78"[k % 2], "N": k % 4}
        for k in range(120)
    ]
    _, tables, _ = page([office, rated, HELPED, years], rows, ALL, frame=None, floor=3)
    shown_there = tables["single_answers"].set_index(["item", "choice"])["count"]
    assert shown_there["rated"].to_dict() == {"1": 40, "2": 40, "3": 40}
    assert tables["number_classes"]["count"].tolist() == [30, 30, 30, 30]


def test_no_group_at_all(page):
    _, tables, said = page([HELPED], staff(), ALL, frame=None)
    assert [name for name in tables if "_by_" in name] in ([], ["responses_by_day"])
    assert "Nothing is shown by group." in " ".join(said)


def test_findings_are_what_the_parameters_say(page):
    grade = HELPED | {"name": "grade", "source": "Q2", "wording": "A long question?",
                      "label": "Grade", "choices": ["Low", "Middle", "High"]}  # fmt: skip
    rows = [{"Q1": "Yes" if k % 2 else "No", "Q2": ["Low", "Middle", "High"][k % 3]}
            for k in range(90)]  # fmt: skip
    asked = [
        {"item": "grade", "answers": ["Low", "Middle"]},
        {"item": "grade", "answers": ["High"], "sentence": "A third are high"},
        {"item": "helped", "answers": ["Yes"]},
    ]
    findings, _, _ = page([HELPED, grade], rows, ALL, headlines=asked)
    assert findings["survey.item.grade_1"].numerator == 60
    assert findings["survey.item.grade_1"].statement.startswith("Grade Low or Middle: 67%")
    assert findings["survey.item.grade_2"].statement.startswith("A third are high: 33%")
    assert findings["survey.item.helped"].numerator == 45
    with pytest.raises(InputError, match="no item 'grad'"):
        page([HELPED, grade], rows, ALL, headlines=[{"item": "grad", "answers": ["High"]}])
