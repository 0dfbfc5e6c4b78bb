"""Two questions crossed on the page: counts, percentages with their denominators, a test."""

import numpy as np
import pandas as pd
import pytest
from exports import parameters
from whole_path import published, sentences

from coee_nb.errors import ParameterError
from coee_nb.survey.params import SurveyResponses

ITEMS = [
    {"name": "office", "source": "OFFICE", "wording": "Office", "type": "single", "group": True},
    {"name": "helped", "source": "Q1", "wording": "Did it help?", "type": "single",
     "choices": ["Yes", "No"]},
    {"name": "again", "source": "Q2", "wording": "Would you come again?", "type": "single",
     "choices": ["Yes", "Perhaps", "No"]},
    {"name": "ways", "sources": {"Q3_1": "Mail", "Q3_2": "Phone"}, "wording": "How?",
     "type": "multi"},
    {"name": "parts", "sources": {"Q4_1": "Staff", "Q4_2": "Forms"}, "wording": "How good?",
     "type": "matrix", "choices": ["Good", "Bad"]},
]  # fmt: skip


def rows(people, linked=True):
    draw = np.random.default_rng(5)
    for _ in range(people):
        helped = draw.choice(["Yes", "No"])
        chance = [0.7, 0.2, 0.1] if linked and helped == "Yes" else [0.2, 0.3, 0.5]
        again = draw.choice(["Yes", "Perhaps", "No"], p=chance)
        yield {
            "OFFICE": draw.choice(["A", "B"]),
            "Q1": helped if draw.random() > 0.1 else "",
            "Q2": again if draw.random() > 0.1 else "",
            "Q4_1": draw.choice(["Good", "Bad"]),
        }


def sheet(folder, people, pairs, **given):
    values = parameters(folder, ITEMS, list(rows(people)), {}, frame=None, asked=people * 2)
    return values | {"crosstabs": pairs} | given


def test_counts_and_percentages_are_of_those_who_answered_both(tmp_path):
    values = sheet(tmp_path, 900, [["helped", "again"]])
    shown = published(values, tmp_path / "tables")
    true = pd.DataFrame(rows(900)).replace("", np.nan).dropna(subset=["Q1", "Q2"])
    true = pd.crosstab(true["Q1"], true["Q2"])
    table = pd.read_csv(tmp_path / "tables" / "crosstab_helped_by_again.csv").set_index("row")
    assert table.loc["Yes", "Perhaps"] == true.loc["Yes", "Perhaps"]
    assert table.loc["answered both", "answered both"] == true.to_numpy().sum()
    long = pd.read_csv(tmp_path / "tables" / "crosstab_helped_by_again_percent.csv")
    line = long[(long["row"] == "No") & (long["column"] == "No")].iloc[0]
    assert (line["of_row"], line["of_column"]) == (true.loc["No"].sum(), true["No"].sum())
    assert line["share_of_row"] == pytest.approx(true.loc["No", "No"] / line["of_row"], abs=1e-3)
    note = next(text for text in sentences(shown) if "go together" in text)
    assert note.startswith("The answers to the two questions go together (Rao-Scott F")
    assert "p < 0.001" in note


def test_a_row_of_a_matrix_may_be_crossed_and_no_link_is_not_called_one(tmp_path):
    values = sheet(tmp_path, 900, [["parts: Staff", "helped"]])
    shown = published(values, tmp_path / "tables")
    assert (tmp_path / "tables" / "crosstab_parts_staff_by_helped.csv").exists()
    assert any("is not shown (Rao-Scott F" in text for text in sentences(shown))


def test_few_people_are_suppressed_and_nothing_is_tested_on_them(tmp_path):
    values = sheet(tmp_path, 60, [["helped", "again"]])
    shown = published(values, tmp_path / "tables")
    table = pd.read_csv(tmp_path / "tables" / "crosstab_helped_by_again.csv").set_index("row")
    counts = table.drop(columns="origin", errors="ignore").to_numpy(float)
    assert np.isnan(counts).any()
    assert not ((counts > 0) & (counts < 10)).any()
    assert any("would rest on suppressed counts" in text for text in sentences(shown))


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (["helped", "ways"], "question of one answer"),
        (["helped", "agein"], "did you mean 'again'"),
        (["helped", "office"], "which is a group"),
        (["helped", "helped"], "with itself"),
    ],
)
def test_what_cannot_be_crossed_is_told_before_a_run(tmp_path, pair, message):
    params = SurveyResponses(**sheet(tmp_path, 60, [pair]))
    with pytest.raises(ParameterError, match=message):
        params.check_inputs()
