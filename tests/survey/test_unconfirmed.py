"""A draft's rare choices may be somebody's own words: they are put together until confirmed."""

import pandas as pd
import pytest

from coee_nb.survey.codebook import build_codebook
from coee_nb.survey.unconfirmed import with_common_choices

WORDS = "my boss so and so bullies me"
OTHER = "other (each given by fewer than 5)"


def survey(entry, columns, *, draft=True):
    book = build_codebook([{"name": "q", "wording": "w"} | entry], draft=draft)
    choices = pd.CategoricalDtype(list(book.items[0].choices))
    cells = {name: pd.Series(given).astype(choices) for name, given in columns.items()}
    return book, pd.DataFrame(cells)


def test_an_answer_of_a_few_is_other_and_everyone_who_gave_it_is_still_counted():
    single = {"source": "Q", "type": "single", "choices": ["pay", WORDS, "noise"]}
    given = ["pay"] * 8 + [WORDS] + ["noise"] * 3 + [None]
    book, rows = with_common_choices(*survey(single, {"q": given}), floor=5)
    assert book.items[0].choices == ("pay", OTHER)
    assert rows["q"].value_counts().to_dict() == {"pay": 8, OTHER: 4}
    assert rows["q"].isna().sum() == 1


def test_a_matrix_counts_an_answer_over_all_its_rows():
    matrix = {"sources": {"A": "One", "B": "Two"}, "type": "matrix", "choices": ["pay", WORDS]}
    columns = {"q__one": ["pay"] * 3 + [WORDS] * 3, "q__two": ["pay"] * 3 + [None] * 3}
    book, rows = with_common_choices(*survey(matrix, columns), floor=5)
    assert book.items[0].choices == ("pay", OTHER)
    assert rows["q__one"].value_counts().to_dict() == {"pay": 3, OTHER: 3}
    assert book.items[0].labels == ("One", "Two")


def test_a_box_that_few_ticked_has_no_name():
    multi = {"sources": {"A": "Course", "B": WORDS, "C": "fax"}, "type": "multi"}
    names = build_codebook([{"name": "q", "wording": "w"} | multi]).items[0].columns
    columns = dict(zip(names, (["Course"] * 9, [WORDS] + [None] * 8, ["fax"] + [None] * 8),
                       strict=True))  # fmt: skip
    book, _ = with_common_choices(*survey(multi, columns), floor=5)
    assert book.items[0].labels == ("Course", f"{OTHER}, 1", f"{OTHER}, 2")


@pytest.mark.parametrize("draft", [False, True])
def test_a_confirmed_codebook_is_left_as_it_is(draft):
    single = {"source": "Q", "type": "single", "choices": ["pay", WORDS]}
    book, rows = survey(single, {"q": ["pay"] * 8 + [WORDS]}, draft=draft)
    made, _ = with_common_choices(book, rows, floor=5)
    assert (WORDS in made.items[0].choices) == (not draft)
