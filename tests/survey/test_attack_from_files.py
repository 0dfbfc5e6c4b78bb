"""Whole surveys, published as files and attacked from them alone: nobody is found."""

import csv
import os

import pandas as pd
import pytest
import yaml
from attacker import OF_THE_FILE, breaches, crossed_breaches, read_tables, told_in_words
from random_surveys import random_survey
from whole_path import published, sentences

from coee_nb.errors import InputError
from coee_nb.survey.params import SurveyResponses

FLOOR = 10
ITEMS = [
    {"name": "grade", "source": "QID1", "wording": "Your grade?", "type": "single",
     "choices": ["Low", "Middle", "High"]},
    {"name": "helped", "source": "QID2", "wording": "Did it help?", "type": "single",
     "choices": ["Yes", "No"]},
    {"name": "filed", "source": "QID3", "wording": "Complaints filed", "type": "numeric"},
]  # fmt: skip
HEAD = ["ResponseId", "Finished", "Progress", "RecordedDate", "Status"]
IDS = ["_recordId", "finished", "progress", "recordedDate", "status"]


def publish(folder, rows, asked=200):
    """Publish a survey of ``rows``: (finished, answer to each question); return its tables."""
    names = [item["source"] for item in ITEMS]
    with (folder / "responses.csv").open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream)
        out.writerow([*HEAD, *names])
        out.writerow([*HEAD, *names])
        out.writerow([f'{{"ImportId":"{name}"}}' for name in (*IDS, *names)])
        for number, (finished, *answers) in enumerate(rows):
            day = f"2026-01-{1 + number % 28:02d} 10:00:00"
            out.writerow([f"R_{number:04d}", finished, 100 if finished else 50, day, "IP Address",
                          *answers])  # fmt: skip
    (folder / "codebook.yaml").write_text(yaml.safe_dump({"items": ITEMS}, sort_keys=False))
    (folder / "frame.csv").write_text(f"center,title,count\nAll,All,{asked}\n")
    given = {
        "responses": str(folder / "responses.csv"),
        "codebook": str(folder / "codebook.yaml"),
        "frame": str(folder / "frame.csv"),
    }
    usual = {
        name: field.get_default(call_default_factory=True)
        for name, field in SurveyResponses.model_fields.items()
    }
    published(usual | given, folder / "tables")
    return read_tables(folder / "tables")


def found(tables):
    questions = {
        item["name"]: (item["choices"], False) for item in ITEMS if item["type"] == "single"
    }
    first = {name: (name, choices[:1]) for name, (choices, _) in questions.items()}
    return breaches(tables, questions, first, floor=FLOOR)


def answers(choices, counts):
    return [choice for choice, n in zip(choices, counts, strict=True) for _ in range(n)]


@pytest.mark.long
def test_a_finding_by_kind_of_respondent_does_not_complete_what_is_suppressed_over_all(tmp_path):
    grades = answers(["Low", "Middle", "High"], [15, 7, 40])
    rows = [(True, grade, "Yes" if k % 2 else "No", k % 9) for k, grade in enumerate(grades)]
    rows += [(False, "", "Yes" if k % 2 else "No", "") for k in range(24)]
    tables = publish(tmp_path, rows)
    assert found(tables) == []
    assert not any(
        (table.astype(str) == "grade").any(axis=None)
        for name, table in tables.items()
        if name in ("complete_and_partial", "early_and_late")
    )


def test_the_attacker_finds_what_such_a_table_would_tell(tmp_path):
    tables = {
        "single_answers": _told("grade", {"High": 40}, 62),
        "findings": _finding("grade", 15, 62),
    }
    assert ("grade", "Middle", ("", ""), 7.0, 7.0) in found(tables)


def _told(item, counts, n):
    return pd.DataFrame(
        [{"item": item, "choice": c, "count": k, "n": n} for c, k in counts.items()]
    )


def _finding(name, count, n):
    return pd.DataFrame([{"id": name, "count": count, "n": n, "share": count / n}])


@pytest.mark.parametrize(
    "amounts", [[0] * 39 + [12], pytest.param([3] * 40, marks=pytest.mark.long)]
)
def test_numbers_that_tell_of_somebody_are_not_summed_up(tmp_path, amounts):
    rows = [(True, "High", "Yes" if k % 2 else "No", n) for k, n in enumerate(amounts)]
    line = publish(tmp_path, rows)["numbers"].iloc[0]
    assert line[["mean", "sd", "lower_quartile", "median", "upper_quartile"]].isna().all()


SURVEYS = int(os.environ.get("COEE_SURVEYS", "300"))  # a benchmark attacks more of them
FEW = 4  # as many in `make test`, the others among the long tests


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(seed, marks=[pytest.mark.long] * (seed >= FEW), id=str(seed))
        for seed in range(SURVEYS)
    ],
)
def test_surveys_at_random_are_attacked_in_vain(tmp_path, seed):
    values, questions, key_results = random_survey(seed, tmp_path)
    try:
        shown = published(values, tmp_path / "tables")
    except InputError as error:
        if not any(why in str(error) for why in ("fewer than the floor", "no response to")):
            raise
        return
    tables = read_tables(tmp_path / "tables")
    assert breaches(tables, questions, key_results, floor=values["floor"]) == []
    assert crossed_breaches(tables, key_results, values["crosstabs"], floor=values["floor"]) == []
    assert told_in_words(sentences(shown), values["floor"]) == []


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        (
            {"item_accounting": [{"item": "q", "in_frame": 90, "responded": 60,
                                  "answered it": 40, "left it blank": 16, "don't know": None}]},
            ("q: states", "don't know", ("", ""), 4.0, 4.0),
        ),
        (
            {"dispositions": [{"disposition": "Recorded as respondents, in all", "count": 60},
                              {"disposition": "of whom answered a question", "count": 57}]},
            ("any answer", "silent", ("", ""), 3.0, 3.0),
        ),
        (
            {"response_by_office": [{"office": "A", "asked": 20, "responded": 18}]},
            ("participation", "no response", ("office", "A"), 2.0, 2.0),
        ),
        (
            {"rows_read": [{"step": "rows read", "rows": 60},
                           {"step": "rows analysed", "rows": 57}],
             "checks": [{"check": name, "concerns": "rows", "count": 0}
                        for name in (*OF_THE_FILE, "row has", "screened out, and left",
                                     "partial without any answer")]},
            ("rows excluded", "finished but screened out", ("", ""), 3.0, 3.0),
        ),
        (
            {"dispositions": [{"disposition": "Recorded as respondents, in all", "count": 60}],
             "checks": [{"check": "no office given", "concerns": "rows", "count": 57}]},
            ("check: no office given", "the others", ("", ""), 3.0, 3.0),
        ),
    ],
)  # fmt: skip
def test_the_attacker_finds_who_took_part_why_there_is_no_answer_and_who_is_excluded(tables, told):
    frames = {name: pd.DataFrame(rows) for name, rows in tables.items()}
    assert told in breaches(frames, {}, {}, floor=FLOOR)


def test_the_attacker_reads_sentences():
    texts = ["7 of 60 people asked", "57 of the 60 who answered", "3 of 12 questions", "30 of 60 x"]
    assert told_in_words(texts, FLOOR) == texts[:2]
