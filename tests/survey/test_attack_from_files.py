"""Whole surveys, published as files and attacked from them alone: nobody is found."""

import csv

import numpy as np
import pandas as pd
import pytest
import yaml
from attacker import breaches, read_tables
from whole_path import published

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


@pytest.mark.parametrize("amounts", [[0] * 39 + [12], [3] * 40])
def test_numbers_that_tell_of_somebody_are_not_summed_up(tmp_path, amounts):
    rows = [(True, "High", "Yes" if k % 2 else "No", n) for k, n in enumerate(amounts)]
    line = publish(tmp_path, rows)["numbers"].iloc[0]
    assert line[["mean", "sd", "lower_quartile", "median", "upper_quartile"]].isna().all()


@pytest.mark.parametrize("seed", range(4))
def test_surveys_at_random_are_attacked_in_vain(tmp_path, seed):
    draw = np.random.default_rng(seed)
    size = int(draw.integers(30, 120))
    shares = draw.dirichlet([0.6] * 3)
    rows = []
    for _ in range(size):
        blank = draw.random(3) < draw.choice([0.0, 0.05, 0.3])
        given = [draw.choice(["Low", "Middle", "High"], p=shares),
                 draw.choice(["Yes", "No"], p=[0.9, 0.1]), int(draw.poisson(3))]  # fmt: skip
        rows.append(
            (
                bool(draw.random() < 0.8),
                *("" if b else g for b, g in zip(blank, given, strict=True)),
            )
        )
    assert found(publish(tmp_path, rows)) == []
