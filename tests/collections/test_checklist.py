"""The checklist is filled in from the run: no item is blank, none is answered for the audit."""

from pathlib import Path

import pytest

from coee_nb.collections.analysis import read_analysis
from coee_nb.collections.checklist import BY_AUDIT, BY_RUN, checklist
from coee_nb.collections.params import CollectionsIts

GIVEN = {
    "series": str(Path(__file__).parent / "cases" / "state_step20.csv"), "period_column": "period",
    "value_column": "sales_tax", "measure": "Sales tax", "change": "The unit", "cut": "2019-07",
    "competing": [{"name": "rules", "from": "2020-12"}], "washout": ["2019-07"],
    "unit": "million dollars", "simulations": 200,
}  # fmt: skip


@pytest.fixture(scope="module")
def found():
    return checklist(read_analysis(CollectionsIts.check(GIVEN))).set_index("item")


def test_every_item_is_answered_from_the_run_or_left_to_the_audit(found):
    assert set(found["answered_by"]) == {BY_RUN, BY_AUDIT}
    assert found["answered_by"].eq(BY_AUDIT).sum() == 3
    assert (found["asked_by"] == "EPOC").sum() == 9
    assert (found["answer"].str.len() > 2).all()


def test_the_answers_hold_the_numbers_of_the_run(found):
    answers = found["answer"]
    assert answers["At least three points before and after?"] == "48 before and 36 from it on."
    assert "rules from 2020-12" in answers["Was the change independent of others?"]
    assert answers["Was a transition period considered?"].endswith("2019-07.")
    assert answers["How many points, how often?"] == "84, one a month."
