"""Each measure against its standard, and against nothing where there is none."""

import csv
import json
import re

import pytest

from coee_nb.outputs import FINDINGS_MIME
from coee_nb.paths import project_root
from coee_nb.scorecard import scoring, statements, tables
from coee_nb.scorecard.params import CenterScorecard
from coee_nb.scorecard.scoring import score
from coee_nb.scorecard.sources import read_sources

ROOT = project_root()


@pytest.fixture
def card(frame, findings_file):
    def scored(changes, *findings):
        return score(frame(*changes), read_sources([findings_file(*findings)]))

    return scored


def only(card):
    [row] = card.table.to_dict("records")
    return row


@pytest.mark.parametrize(
    ("direction", "target", "status"),
    [
        ("at least", "90%", scoring.MET), ("at least", "90.1%", scoring.NOT_MET),
        ("at most", "90%", scoring.MET), ("at most", "89.9%", scoring.NOT_MET),
        ("at least", "0.9", scoring.MET),
    ],
)  # fmt: skip
def test_a_target_is_compared_with_its_direction(card, direction, target, status):
    row = only(card([{"direction": direction, "target": target}], {}))
    assert (row["status"], row["shown"]) == (status, "90.0%")


def test_a_count_of_many_is_compared_as_a_share(card):
    row = only(card([{"target": "90%"}], {"value": 45, "unit": "visits"}))
    assert (row["value"], row["status"]) == (0.9, scoring.MET)


def test_without_a_target_no_standard_is_set(card):
    bare = {"target": "", "direction": "", "standard": ""}
    found = card([bare, {**bare, "finding": ""}], {})
    assert found.table["status"].tolist() == [scoring.NO_STANDARD] * 2
    assert found.table["value_state"].tolist() == [scoring.MEASURED, scoring.UNMEASURED]
    assert found.text == "Measures: 2; without a standard: 2."
    told = {one.id: one for one in statements.counts(found)}
    assert (told["scorecard.no_standard"].value, told["scorecard.no_standard"].denominator) == (
        2,
        2,
    )


@pytest.mark.parametrize(
    ("finding", "state", "shown"),
    [
        ({"value": None}, scoring.WITHHELD, "withheld"),
        ({"value": "cannot tell", "unit": "answer"}, scoring.TEXT, "cannot tell"),
        ({"value": 12, "unit": "days", "denominator": None}, scoring.UNIT, "12 days"),
        ({"id": "another"}, scoring.MISSING, "not among the findings"),
    ],
)
def test_what_cannot_be_compared_is_told(card, finding, state, shown):
    row = only(card([{}], finding))
    assert (row["value_state"], row["status"], row["shown"]) == (state, scoring.CANNOT_TELL, shown)
    assert row["value"] != row["value"]  # no number, also in the published table


def test_a_withheld_finding_is_not_had_from_its_numerator(card):
    row = only(card([{}], {"value": None, "unit": "visits"}))
    assert row["value_state"] == scoring.WITHHELD


def test_no_value_is_shown_without_its_definition(card):
    found = card([{}, {"target": "", "direction": "", "standard": ""}], {})
    for table in (tables.scorecard(found), tables.no_standard(found), tables.definitions(found)):
        headings, lines = table.cells()
        place = headings.index("definition")
        assert all(line[place] for line in lines)


def test_a_page_of_an_office_of_another_kind_is_escaped_and_free_of_the_example(card):
    found = card([{"measure": "<b>=1+1</b> $x$", "notebook": ""}], {"origin": "generated"})
    shown = [tables.scorecard(found), tables.definitions(found), tables.sources(found),
             tables.kinds(found).table, statements.counts(found)]  # fmt: skip
    page = " ".join(str(one._repr_mimebundle_()["text/html"]) for one in shown)
    assert "<b>=1" not in page
    assert not re.search(r"\b(centers?|tariff|customs|TFTEA)\b", page, re.IGNORECASE)
    assert "generated data" in page
    assert "no measure" in tables.kinds(found).description


def test_a_notebook_by_itself_says_which_findings_are_missing(frame_file):
    references = ["run:visits/findings.json"]
    params = CenterScorecard.check({"frame": str(frame_file({})), "findings": references})
    found = score(statements_frame(params), read_sources(params.findings))
    assert "run:visits/findings.json" in tables.missing(found).text
    assert only(found)["status"] == scoring.CANNOT_TELL


def statements_frame(params):
    from coee_nb.scorecard.frame import read_frame

    params.check_inputs()
    return read_frame(params.frame)


def test_a_file_of_findings_that_is_not_there_is_refused(frame_file):
    with pytest.raises(ValueError, match="there is none at"):
        CenterScorecard.check({"frame": str(frame_file({})), "findings": ["data/no.json"]})


def test_the_stored_findings_are_those_of_the_stored_notebooks():
    folder = ROOT / "data" / "oig_22_34" / "scorecard"
    frame = csv.DictReader((folder / "frame.csv").open(encoding="utf-8"))
    named = {(row["notebook"], row["finding"]) for row in frame if row["finding"]}
    kept = json.loads((folder / "findings_stored.json").read_text("utf-8"))["findings"]
    assert {(one["notebook"], one["id"]) for one in kept} == named
    stored = {name: findings_of(ROOT / "notebooks" / f"{name}.ipynb") for name, _ in named}
    stale = [
        one["id"] for one in kept if numbers(one) != numbers(stored[one["notebook"]][one["id"]])
    ]
    assert stale == [], "run data/oig_22_34/scorecard/take_findings.py"


def numbers(finding):
    return {name: finding[name] for name in ("value", "unit", "numerator", "denominator")}


def findings_of(notebook):
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    records = [output["data"][FINDINGS_MIME] for cell in cells for output in cell.get("outputs", [])
               if FINDINGS_MIME in output.get("data", {})]  # fmt: skip
    return {one["id"]: one for record in records for one in record["findings"]}


def test_a_finding_that_nobody_makes_is_named_with_the_nearest(card):
    found = card([{"finding": "visits.in_time"}], {})
    assert "visits.in_time (nearest: 'visits.on_time')" in tables.missing(found).text
    assert tables.missing(card([{}], {})) is None
