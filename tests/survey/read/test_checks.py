import pandas as pd
import pytest

from coee_nb.survey.codebook import build_codebook
from coee_nb.survey.questions.cells import Problem
from coee_nb.survey.read.checks import CHECK_COLUMNS, NOTHING_FOUND, Evidence, checks_table
from coee_nb.survey.read.dates import Timestamps

CODEBOOK = build_codebook([
    {"name": "center", "source": "C", "wording": "w", "type": "single", "group": True},
    {"name": "a", "source": "Q1", "wording": "w", "type": "text"},
])  # fmt: skip
ROWS = pd.DataFrame({"center": ["x", None], "a": ["text", None]}, dtype="str")
ROWS["finished"] = True


def table(**seen):
    nothing = {
        "rows": ROWS.iloc[:1],
        "reasons": {},
        "silent_partials": 0,
        "silent_finishers": 0,
        "trials": 0,
        "conflicts": 0,
        "unasked": {},
        "exclusive": {},
        "problems": (),
        "codebook": CODEBOOK,
        "repeated": (),
        "unmapped": (),
        "aside": (),
        "personal": (),
        "moments": {},
    }
    return checks_table(Evidence(**(nothing | seen))).set_index("check")


def test_every_check_is_listed_also_when_it_found_nothing():
    clean = table()
    assert [clean.index.name, *clean.columns] == CHECK_COLUMNS
    assert (clean["count"] == 0).all()
    assert (clean["done"] == NOTHING_FOUND).all()
    assert clean.index.is_unique
    assert len(clean) >= 15


@pytest.mark.parametrize(
    ("seen", "check", "count", "done"),
    [
        ({"reasons": {"spam": 2}}, "spam", 2, "excluded"),
        ({"reasons": {"row has 2 fields, the header 3": 1}}, "row does not fit the header", 1,
         "excluded"),
        ({"trials": 3}, "preview or test kept", 3, "analysed, as asked"),
        ({"silent_partials": 4}, "empty partial", 4,
         "kept: they count as responses, and answer no item"),
        ({"reasons": {"partial without any answer": 4}}, "empty partial", 4, "excluded"),
        ({"problems": [Problem("outside", "a", "x", 5)]}, "answer outside the choices", 5,
         "left blank"),
        ({"problems": [Problem("clash", "a", "1", 6)]}, "recode clash", 6,
         "6 answers left blank"),
        ({"repeated": ["Q3_1"]}, "duplicate column name", 1, "told apart by ImportId"),
        ({"unmapped": ["Q9"]}, "column not in the codebook", 1, "not read"),
        ({"aside": ["Status", "Progress"]}, "column without answers", 2,
         "not in the codebook: read for who responded and when, if at all"),
        ({"personal": ["e-mail", "names", "names"]}, "personal column", 3,
         "dropped, never read"),
        ({"resaved": {"no ImportId row": 1}}, "sign of a re-saved file", 1,
         "read as it is; compare with the original export"),
        ({"moments": {"started_on": Timestamps(pd.Series([]), 0, 2)}}, "date that cannot be read",
         2, "left blank"),
        ({"rows": ROWS}, "no center given", 1, "kept as not stated"),
        ({"rows": ROWS.iloc[1:]}, "item nobody answered", 1, "kept"),
        ({"completion": "taken from the progress"}, "no column says who finished", 1,
         "taken from the progress"),
        ({"silent_finishers": 2}, "finished without an answer", 2,
         "kept: they left every question blank"),
        ({"conflicts": 2}, "repeated id with other answers", 2,
         "answers of the row with most answers kept"),
        ({"unasked": {"a": 7}}, "answered though not asked", 7,
         "left blank: in no denominator of the question"),
        ({"exclusive": {"a": 7, "b": 1}}, "“none of these” ticked with others", 8,
         "kept; counted apart from those who ticked it alone"),
    ],
)  # fmt: skip
def test_what_was_found_is_counted_with_what_was_done(seen, check, count, done):
    found = table(**seen).loc[check]
    assert (found["count"], found["done"]) == (count, done)


def test_long_lists_are_cut_and_say_so():
    found = table(repeated=[f"Q{n}" for n in range(12)]).loc["duplicate column name"]
    assert found["concerns"].endswith("Q7 and 4 more")


def test_every_column_that_is_not_read_is_named():
    found = table(unmapped=[f"Q{n}" for n in range(12)]).loc["column not in the codebook"]
    assert found["concerns"].endswith("Q7, Q8, Q9, Q10, Q11")


def test_two_moments_of_one_column_are_one_column_with_faults():
    both = Timestamps(pd.Series([]), 0, 2)
    found = table(moments={"ended_on": both, "recorded_on": both})
    assert found.loc["date that cannot be read", "count"] == 2


def test_that_nearly_all_answered_nothing_tells_of_the_few_who_did():
    rows = pd.DataFrame({"center": "x", "a": ["text"] * 38, "finished": [True] * 32 + [False] * 6})
    found = table(rows=rows, silent_partials=5, silent_finishers=30)
    assert found.loc[["empty partial", "finished without an answer"], "least"].tolist() == [1, 1]
    found = table(rows=rows, silent_partials=6, silent_finishers=12)
    assert found.loc["empty partial", "least"] == 6
