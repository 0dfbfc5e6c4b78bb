"""A survey published for good: what a reader has of it tells of no few people, in any file."""

import json
import re
import shutil
from html import unescape

import pytest
import yaml
from attacker import breaches, read_tables, told_in_words
from exports import parameters

from coee_nb.paths import project_root
from coee_nb.publish.plan import plan
from coee_nb.publish.run import run

FLOOR = 10
GRADE = {"name": "grade", "source": "Q1", "wording": "Grade?", "type": "single",
         "choices": ["Low", "Middle", "High"]}  # fmt: skip
ROLE = {"name": "role", "source": "Q2", "wording": "A supervisor?", "type": "single",
        "choices": ["No", "Yes"], "screened_out": ["Yes"]}  # fmt: skip


@pytest.fixture(scope="module")
def published_run(tmp_path_factory):
    """The folder of a run of a survey: 15, 7 and 40 answered, 24 stopped, 3 were screened out."""
    project = tmp_path_factory.mktemp("project")
    (project / "notebooks").mkdir()
    shutil.copy(project_root() / "notebooks" / "survey_responses.ipynb", project / "notebooks")
    shutil.copy(project_root() / "pyproject.toml", project)
    grades = ["Low"] * 15 + ["Middle"] * 7 + ["High"] * 40
    rows = [{"Q1": grade, "Q2": "No"} for grade in grades]
    rows += [{"Q2": "No", "Finished": False, "Progress": 50}] * 24 + [{"Q2": "Yes"}] * 3
    (project / "data").mkdir()
    given = parameters(project / "data", [ROLE, GRADE], rows, {}, frame=None)
    folder = project / "params" / "staff"
    folder.mkdir(parents=True)
    kept = {name: given[name] for name in ("responses", "codebook")}
    (folder / "survey_responses.yaml").write_text(yaml.safe_dump(kept))
    return run(plan([folder], root=project), outputs=project / "outputs").folder


def test_no_count_of_a_few_follows_from_the_tables(published_run):
    questions = {"grade": (GRADE["choices"], False), "role": (ROLE["choices"], False)}
    first = {name: (name, choices[:1]) for name, (choices, _) in questions.items()}
    tables = read_tables(published_run / "tables" / "survey_responses")
    assert breaches(tables, questions, first, floor=FLOOR) == []


def test_no_sentence_of_the_page_or_the_notebook_tells_of_a_few(published_run):
    for name in ("survey_responses.html", "survey_responses.ipynb", "findings.json"):
        text = (published_run / name).read_text(encoding="utf-8")
        words = unescape(re.sub(r"<[^>]+>", " ", text))
        assert told_in_words(re.split(r"(?<=[.;])\s", words), FLOOR) == [], name


def test_no_number_of_a_finding_is_of_a_few_or_leaves_a_few(published_run):
    document = json.loads((published_run / "findings.json").read_text(encoding="utf-8"))
    people = [one for one in document["findings"] if one["unit"] == "share"]
    assert len(people) > 5
    for one in people:
        number, of = one["numerator"], one["denominator"]
        if number is not None and "published" not in one["id"]:
            assert number == 0 or number >= FLOOR, one["id"]
            assert of == number or of - number >= FLOOR, one["id"]


def test_the_record_does_not_count_who_was_screened_out(published_run):
    for name in ("manifest.json", "findings.json"):
        text = (published_run / name).read_text(encoding="utf-8")
        assert "screened" not in text, name
        assert '"rows": 89' not in text, name
