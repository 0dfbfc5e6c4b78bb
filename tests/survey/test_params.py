import pytest

from coee_nb.errors import ParameterError
from coee_nb.survey.params import SurveyResponses

FOLDER = "data/oig_22_34/survey"
SHEET = {
    "responses": f"{FOLDER}/responses_generated.csv",
    "codebook": f"{FOLDER}/codebook.yaml",
    "frame": f"{FOLDER}/frame_generated.csv",
}


def test_the_defaults_are_those_of_the_method():
    sheet = SurveyResponses.check(SHEET)
    assert (sheet.floor, sheet.confidence, sheet.partial_rule) == (10, 0.95, "answered")
    assert (sheet.breakdowns, sheet.weighting) == (None, None)  # every group that all gave
    assert sheet.published is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"florr": 5}, "did you mean 'floor'"),
        ({"floor": 2}, "floor"),
        ({"floor": "10"}, "floor"),
        ({"confidence": 95.0}, "confidence"),
        ({"partial_rule": "strict"}, "partial_rule"),
        ({"partial_from": 0.9}, "partial_from 0.9 is above"),
        ({"asked": 0}, "asked"),
        ({"asked": 100}, "frame and asked both say"),
        ({"breakdowns": ["center", "center"]}, "names a group twice"),
        ({"weighting": "raked"}, "weighting"),
        ({"responses": "data/none.csv"}, "there is none at"),
        ({"unknown_answers": False}, "unknown_answers"),
    ],
)
def test_a_faulty_parameter_is_an_error_that_names_it(change, message):
    with pytest.raises(ParameterError, match=message):
        SurveyResponses.check(SHEET | change)


@pytest.mark.parametrize("name", ["responses", "codebook"])
def test_what_is_needed_must_be_given(name):
    with pytest.raises(ParameterError, match=f"'{name}' is missing"):
        SurveyResponses.check({key: value for key, value in SHEET.items() if key != name})
