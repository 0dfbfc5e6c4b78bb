"""Rankings, the net promoter score and sliders: read, counted and refused."""

import pandas as pd
import pytest
from exports import parameters
from whole_path import published

from coee_nb.errors import InputError
from coee_nb.survey.codebook import build_codebook, read_codebook
from coee_nb.survey.reader import read_responses

ITEMS = [
    {"name": "order", "sources": {"Q1_1": "Speed", "Q1_2": "Price"}, "wording": "Rank these",
     "type": "ranking"},
    {"name": "recommend", "source": "Q2", "wording": "Would you recommend us?", "type": "nps"},
    {"name": "points", "sources": {"Q3_1": "Staff", "Q3_2": "Rooms"}, "wording": "How full?",
     "type": "slider"},
    {"name": "mood", "source": "Q4_1", "wording": "Slide", "type": "slider"},
]  # fmt: skip


def rows(people):
    for k in range(people):
        first = k % 3 > 0
        staff = 20 + 5 * (k % 13)
        yield {
            "Q1_1": "1" if first else "2",
            "Q1_2": "2" if first else "1",
            "Q2": ["10", "9 ", "8", "3"][k % 4],
            "Q3_1": staff,
            "Q3_2": 100 - staff,
            "Q4_1": k % 11,
        }


def test_each_is_counted_in_its_table(tmp_path):
    values = parameters(tmp_path, ITEMS, list(rows(240)), {}, frame=None, asked=400)
    published(values, tmp_path / "tables")
    ranking = pd.read_csv(tmp_path / "tables" / "ranking_answers.csv")
    first = ranking.set_index("choice")
    assert first["count"].to_dict() == {"Speed": 160, "Price": 80}
    assert (first["n"] == 240).all()
    score = pd.read_csv(tmp_path / "tables" / "nps_answers.csv").set_index("choice")
    assert score["count"].tolist() == [60, 60, 120]
    assert score.loc["Promoters (9 or 10)", "score"] == 25
    numbers = pd.read_csv(tmp_path / "tables" / "numbers.csv").set_index("item")
    assert numbers.loc["points: Staff", "mean"] + numbers.loc["points: Rooms", "mean"] == 100
    assert numbers.loc["mood", "n"] == 240
    classes = pd.read_csv(tmp_path / "tables" / "number_classes.csv")
    assert classes[classes["item"] == "points: Staff"]["count"].sum() == 240


JOINED = {"name": "order", "source": "Q1", "wording": "Rank these", "type": "ranking"}
JOINED |= {"choices": ["Speed", "Price (of all; yearly)", "Staff"], "missing": ["seen"]}


def ranked(tmp_path, *cells):
    """Return the places read from joined cells, by what is ranked."""
    values = parameters(tmp_path, [JOINED], [{"Q1": cell} for cell in cells], {}, frame=None)
    read = read_responses(
        values["responses"], read_codebook(values["codebook"]), unknown_answers="blank"
    )
    rows = read.rows[["order__speed", "order__price_of_all_yearly", "order__staff"]]
    return rows.astype(object).where(rows.notna(), "").to_numpy().tolist(), read.checks


def test_the_order_in_which_a_cell_joins_what_is_ranked_is_its_places(tmp_path):
    cells = ["Staff;Price (of all; yearly);Speed;", "Speed;Staff", "seen", ""]
    places, checks = ranked(tmp_path, *cells)
    assert places == [["3", "2", "1"], ["1", "", "2"], ["seen", "", ""], ["", "", ""]]
    assert checks.set_index("check").loc["answer outside the choices", "count"] == 0


@pytest.mark.parametrize("cell", ["Staff;Staff;Speed;", "Staff;Room;"])
def test_a_joined_ranking_that_cannot_be_is_left_blank_and_counted(tmp_path, cell):
    places, checks = ranked(tmp_path, cell, "Speed;Staff;")
    assert places == [["", "", ""], ["1", "", "2"]]
    counts = checks.set_index("check")["count"]
    assert counts["answer outside the choices"] + counts["recode clash"] == 1


def test_a_joined_ranking_is_counted_by_what_was_ranked_first(tmp_path):
    orders = ["Staff;Speed;Price (of all; yearly);", "Speed;Price (of all; yearly);Staff;"]
    cells = [{"Q1": orders[k % 3 > 0]} for k in range(240)]
    values = parameters(tmp_path, [JOINED], cells, {}, frame=None, asked=400)
    published(values, tmp_path / "tables")
    first = pd.read_csv(tmp_path / "tables" / "ranking_answers.csv").set_index("choice")
    assert first.loc[["Speed", "Staff"], "n"].tolist() == [240, 240]


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (ITEMS[0] | {"choices": ["1", "2"]}, "several sources has no choices"),
        (
            {"name": "a", "source": "Q", "wording": "w", "type": "ranking", "choices": ["Only"]},
            "choices that one joins",
        ),
        ({"name": "a", "source": "Q", "wording": "w", "type": "ranking"}, "a ranking has sources"),
        (ITEMS[1] | {"choices": ["0", "1"]}, "they are 0 to 10"),
        (ITEMS[3] | {"choices": ["1", "2"]}, "has no choices"),
    ],
)
def test_an_entry_that_cannot_be_is_refused(item, message):
    with pytest.raises(InputError, match=message):
        build_codebook([item])
