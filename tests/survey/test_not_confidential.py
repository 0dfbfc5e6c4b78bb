"""A survey that is not confidential (no floor): every count is shown, and the page says so."""

import pandas as pd
from exports import parameters
from whole_path import published, sentences

ITEMS = [
    {"name": "office", "source": "OFFICE", "wording": "Office", "type": "single", "group": True},
    {"name": "helped", "source": "Q1", "wording": "Did it help?", "type": "single",
     "choices": ["Yes", "No", "Partly"]},
    {"name": "filed", "source": "Q2", "wording": "How many?", "type": "numeric"},
]  # fmt: skip
ROWS = [
    {"OFFICE": "A" if k % 5 else "B", "Q1": "No" if k == 3 else "Yes", "Q2": 12 if k == 3 else 0}
    for k in range(20)
]


def test_every_count_is_shown_and_no_sentence_speaks_of_a_floor(tmp_path):
    values = parameters(tmp_path, ITEMS, ROWS, {}, frame=None, asked=22, floor=None)
    shown = published(values, tmp_path / "tables")
    answers = pd.read_csv(tmp_path / "tables" / "single_answers.csv").set_index("choice")
    assert answers.loc[["Yes", "No", "Partly"], "count"].tolist() == [19, 1, 0]
    by_office = pd.read_csv(tmp_path / "tables" / "findings_by_office_detail.csv")
    assert by_office["count"].tolist() == [15, 4]
    numbers = pd.read_csv(tmp_path / "tables" / "numbers.csv").iloc[0]
    assert (numbers["mean"], numbers["median"]) == (0.6, 0)
    text = " ".join(sentences(shown))
    assert "not confidential" in text
    for word in ("fewer than", "is suppressed:", "floor 0", "floor of"):
        assert word not in text, word
