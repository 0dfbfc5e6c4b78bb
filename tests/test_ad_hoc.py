"""What the ad-hoc notebook asks is held against what it asks of, before a run."""

import re

import pytest
import second_engagement
import yaml

from coee_nb.ad_hoc import AdHoc
from coee_nb.errors import CoeeError
from coee_nb.paths import working_in

MADE = ("survey_responses", "recommendation_aging", "collections_its", "ad_hoc")


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """Sheets of an engagement and its inputs; the values that the ad-hoc notebook is given."""
    root = tmp_path_factory.mktemp("ad_hoc")
    data, params = (root / folder / second_engagement.NAME for folder in ("data", "params"))
    data.mkdir(parents=True)
    params.mkdir(parents=True)
    (root / "notebooks").mkdir()
    with working_in(root):
        for name in MADE:
            values = second_engagement.MAKERS[name](data)
            (params / f"{name}.yaml").write_text(yaml.safe_dump(values), "utf-8")
        yield values


def test_what_can_be_answered_is_not_refused(given):
    AdHoc.check(given).check_inputs()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"crossed": ["training_helped", "finds_book"]},
            "parameter 'crossed': no question of one answer 'finds_book' (did you mean 'finds_boo",
        ),
        ({"survey_sheet": "collections_sheet"}, "parameter 'survey_sheet': parameter 'responses'"),
        (
            {"collections_sheet": "survey_sheet"},
            "parameter 'collections_sheet': parameter 'series'",
        ),
        ({"log": "."}, "Expected: an event log of recommendations.csv and events.csv"),
        ({"cut": "2038Q1"}, "cut 2038Q1 lies outside the periods"),
    ],
)
def test_what_cannot_be_answered_is_refused_by_the_parameter_that_asks(given, change, told):
    values = given | {name: given.get(str(value), value) for name, value in change.items()}
    with pytest.raises(CoeeError, match=re.escape(told)):
        AdHoc.check(values).check_inputs()
