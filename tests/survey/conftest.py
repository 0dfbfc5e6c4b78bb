"""The worked example's survey, as the notebook takes it up, and parts of it."""

import csv
from pathlib import Path

import pytest

from coee_nb.survey.data import read_survey
from coee_nb.survey.params import SurveyResponses
from coee_nb.survey.release import release

EXAMPLE = Path(__file__).resolve().parents[2] / "data" / "oig_22_34" / "survey"
SHEET = {
    "responses": str(EXAMPLE / "responses_generated.csv"),
    "codebook": str(EXAMPLE / "codebook.yaml"),
    "frame": str(EXAMPLE / "frame_generated.csv"),
    "published": str(EXAMPLE / "published.yaml"),
    "themes": str(EXAMPLE / "themes_generated.csv"),
    "partial_rule": "recorded",
    "review": str(EXAMPLE / "review_generated.csv"),
}


@pytest.fixture(scope="session")
def sheet():
    """Make the worked example's parameters with some of them changed."""

    def make(**changes) -> SurveyResponses:
        return SurveyResponses.check(SHEET | changes)

    return make


@pytest.fixture(scope="session")
def by_center(sheet):
    """The worked example by Center only."""
    return release(read_survey(sheet(breakdowns=["center"], weighting=["center", "title"])))


@pytest.fixture(scope="session")
def plain(sheet):
    """The worked example without breakdowns and weighting."""
    return release(read_survey(sheet(breakdowns=[], weighting=[])))


@pytest.fixture
def rows_of(tmp_path):
    """Write an export of the example's first rows, each changed by a function of a dict."""

    def make(number: int, change=dict) -> str:
        with open(SHEET["responses"], encoding="utf-8-sig", newline="") as stream:
            table = list(csv.reader(stream))
        genuine = [row for row in table[3:] if row[table[0].index("Status")] == "IP Address"]
        path = tmp_path / "responses.csv"
        with open(path, "w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerows(table[:3])
            for row in genuine[:number]:
                changed = change(dict(zip(table[0], row, strict=True)))
                writer.writerow([changed[name] for name in table[0]])
        return str(path)

    return make
