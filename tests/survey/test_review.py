"""Nothing is quoted that an analyst has not read and marked."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.errors import InputError
from coee_nb.survey.review import CHANGED, GONE, NOT_DECIDED, draft_review, read_review, review_file


@pytest.fixture
def comments():
    return pd.DataFrame(
        {
            "response_id": ["R_1", "R_2", "R_1", "R_3"],
            "question": ["good", "good", "bad", "bad"],
            "comment": ["Ask j.okafor@example.gov", None, "=1+1 is formula", "the canteen"],
        }
    )


def decided(comments, tmp_path, **quotes):
    lines = draft_review(comments)
    lines["quote"] = lines["comment"].map(lambda text: quotes.get(text.split()[0].strip("="), ""))
    path = tmp_path / "review.csv"
    path.write_text(review_file(lines), encoding="utf-8")
    return path


def test_a_draft_decides_nothing_and_tells_what_was_found(comments):
    lines = draft_review(comments)
    assert lines["quote"].eq("").all()
    assert lines["question"].tolist() == ["bad", "bad", "good"]
    assert "j.okafor@example.gov" in lines["identifiers"].iloc[-1]


def test_only_what_is_marked_is_quoted(comments, tmp_path):
    review = read_review(decided(comments, tmp_path, the="yes", Ask="no"), comments)
    assert review.quoted["comment"].tolist() == ["the canteen"]
    assert review.excluded["reason"].tolist() == [NOT_DECIDED, "not to be quoted"]


def test_edited_words_stand_for_the_comment(comments, tmp_path):
    path = decided(comments, tmp_path, the="YES")
    path.write_text(path.read_text().replace("YES,", "YES,[a place]"))
    assert read_review(path, comments).quoted["comment"].tolist() == ["[a place]"]


def test_a_comment_that_is_no_longer_there_or_was_changed_is_not_quoted(comments, tmp_path):
    path = decided(comments, tmp_path, the="yes", Ask="yes")
    comments.loc[3, "comment"] = "the canteen of my boss"
    review = read_review(path, comments.drop(index=0))
    assert review.quoted.empty
    assert set(review.excluded["reason"]) == {NOT_DECIDED, GONE, CHANGED}


def test_every_fault_is_told(comments, tmp_path):
    path = decided(comments, tmp_path, the="maybe", Ask="si")
    text = path.read_text()
    path.write_text(text + text.splitlines()[1] + "\n")
    with pytest.raises(InputError, match=r"3 faults: .*'maybe'.*'si'.*twice"):
        read_review(path, comments)


@given(st.lists(st.text(max_size=30), max_size=6))
def test_a_review_of_any_text_is_read_back_as_it_was_written(tmp_path_factory, texts):
    comments = pd.DataFrame(
        {"response_id": [f"R_{k}" for k in range(len(texts))], "question": "q", "comment": texts}
    )
    lines = draft_review(comments).assign(quote="yes")
    path = tmp_path_factory.mktemp("review") / "review.csv"
    path.write_text(review_file(lines), encoding="utf-8", newline="")
    review = read_review(path, comments)
    assert review.excluded.empty
    assert sorted(review.quoted["comment"]) == sorted(lines["comment"])
