"""Open comments: themes are counted, and a quotation points at nobody."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coee_nb.engines.suppression.cells import Publication
from coee_nb.engines.suppression.planner import plan
from coee_nb.errors import InputError, ParameterError
from coee_nb.survey.comments import match_themes, read_themes, theme_measure
from coee_nb.survey.comments import quotable as quotable_of

REMARKS = pd.read_csv(Path(__file__).with_name("remarks.csv")).groupby("kind")["remark"].agg(list)
GROUPS = pd.DataFrame(
    {
        "center": ["A", "A", "B"],
        "title": ["officer", "specialist", "specialist"],
        "respondents": [4, 30, 25],
        "frame": [9, 60, 40],
    }
)


def comments(*rows):
    columns = ["response_id", "center", "title", "comment"]
    return pd.DataFrame(rows, columns=columns).assign(question="q")


def marked(*ids, edited=""):
    """Comments that an analyst marked for quoting."""
    return pd.DataFrame({"response_id": ids, "question": "q", "edited": edited}, dtype=object)


def quotable(rows, groups, **how):
    """Decide as where an analyst marked every comment."""
    everyone = marked(*rows["response_id"]) if "response_id" in rows else marked()
    return quotable_of(rows, groups, everyone, **how)


def test_a_comment_of_a_large_group_without_a_clue_is_quotable():
    found = quotable(comments(("R1", "A", "specialist", "More training, please.")), GROUPS)
    assert found.quotable.to_dict("records") == [
        {
            "question": "q",
            "center": "A",
            "title": "specialist",
            "comment": "More training, please.",
            "edited": False,
        }
    ]
    assert found.suppressed.empty
    assert found.counts("q") == (1, 1)


def test_nothing_is_quoted_that_nobody_marked():
    rows = comments(*[(f"R{i}", "B", "specialist", f"Comment {i}") for i in range(20)])
    assert quotable_of(rows, GROUPS, marked("R3", "R4")).quotable["comment"].tolist() == [
        "Comment 3",
        "Comment 4",
    ]
    none = quotable_of(rows, GROUPS, None)
    assert none.quotable.empty
    assert none.suppressed[["reason", "comments"]].to_numpy().tolist() == [
        ["not marked for quoting", 20]
    ]


def test_a_mark_holds_for_its_question_alone():
    rows = comments(("R1", "B", "specialist", "a"))
    both = pd.concat([rows, rows.assign(question="r", comment="b")])
    found = quotable_of(both, GROUPS, marked("R1"))
    assert found.quotable[["question", "comment"]].to_numpy().tolist() == [["q", "a"]]
    assert (found.counts("q"), found.counts("r")) == ((1, 1), (0, 1))


def test_an_edited_text_is_quoted_in_place_of_the_comment_and_searched_too():
    rows = comments(("R1", "B", "specialist", "Ask for Sabrina, she knows"))
    found = quotable_of(rows, GROUPS, marked("R1", edited="Ask [a colleague], she knows"))
    line = found.quotable.iloc[0]
    assert (line["comment"], bool(line["edited"])) == ("Ask [a colleague], she knows", True)
    again = quotable_of(rows, GROUPS, marked("R1", edited="Ask Sabrina"))
    assert again.quotable.empty
    assert again.analyst["reason"].tolist() == ["identifies somebody"]


@pytest.mark.parametrize(("unmarked", "few"), [(0, False), (1, True), (9, True), (10, False)])
def test_a_few_comments_left_beside_the_quoted_ones_tell_of_a_few(unmarked, few):
    rows = comments(*[(f"R{i}", "B", "specialist", f"Comment {i}") for i in range(25)])
    found = quotable_of(rows, GROUPS, marked(*rows["response_id"][unmarked:]))
    assert found.tells_of_few("q", 10) is few
    assert quotable_of(rows.head(5), GROUPS, None).tells_of_few("q", 10) is False


def test_a_comment_of_a_small_group_is_withheld():
    found = quotable(comments(("R1", "A", "officer", "More training, please.")), GROUPS)
    assert found.quotable.empty
    assert found.analyst["reason"].tolist() == ["group under the floor"]


def test_how_many_of_small_groups_wrote_is_not_told_of_what_nobody_marked():
    small = GROUPS.assign(respondents=[9, 9, 60])
    wrote = [("A", "officer")] * 8 + [("A", "specialist")] * 8 + [("B", "specialist")] * 26
    rows = comments(*[(f"R{n}", *group, f"Comment {n}") for n, group in enumerate(wrote)])
    found = quotable_of(rows, small, None)
    assert found.suppressed[["reason", "comments"]].to_numpy().tolist() == [
        ["not marked for quoting", 42]
    ]


def test_the_smaller_of_respondents_and_frame_decides():
    groups = GROUPS.assign(frame=[9, 9, 40])
    rows = comments(("R1", "A", "specialist", "More training, please."))
    assert quotable(rows, groups).quotable.empty
    assert len(quotable(rows, groups, floor=9).quotable) == 1


@pytest.mark.parametrize("remark", REMARKS["planted"][:7])
def test_planted_clues_are_withheld_and_shown_to_the_analyst_only(remark):
    found = quotable(comments(("R1", "B", "specialist", remark)), GROUPS)
    assert found.quotable.empty
    assert found.analyst.loc[0, "identifiers"]
    assert found.analyst.loc[0, "found"]
    assert remark not in found.suppressed.to_string()


def test_markup_and_formulas_are_left_for_the_exhibits_to_escape():
    remark = "=1+1 <b>own</b> words"
    found = quotable(comments(("R1", "B", "specialist", remark)), GROUPS)
    assert found.quotable["comment"].tolist() == [remark]


def test_control_and_direction_characters_are_gone():
    found = quotable(comments(("R1", "B", "specialist", "fine\u202e \x1b[31mhere")), GROUPS)
    assert found.quotable["comment"].tolist() == ["fine [31mhere"]


def test_every_comment_is_accounted_for_and_ids_stay_with_the_analyst():
    rows = comments(
        ("R1", "B", "specialist", "b"),
        ("R2", "B", "specialist", "a"),
        ("R3", "B", "specialist", "  "),
        ("R4", None, "specialist", "c"),
        ("R5", "A", "officer", "d"),
        ("R6", "B", "specialist", None),
    )
    before = rows.copy()
    found = quotable(rows, GROUPS)
    assert found.quotable["comment"].tolist() == ["a", "b"]  # not the order of receipt
    assert "response_id" not in found.quotable
    assert "response_id" not in found.suppressed
    assert len(found.analyst) == 4
    assert found.analyst["reason"].tolist() == ["", "", "no group given", "group under the floor"]
    pd.testing.assert_frame_equal(rows, before)


def test_few_withheld_comments_are_not_counted_by_reason():
    rows = [(f"R{i}", "A", "officer", "d") for i in range(12)]
    rows += [("R99", "B", "specialist", "mail jo@example.gov")]
    found = quotable(comments(*rows), GROUPS)
    assert found.suppressed[["reason", "comments"]].to_numpy().tolist() == [
        ["suppressed, all reasons", 13]
    ]
    few = quotable(comments(("R1", "A", "officer", "d"), ("R2", "B", "specialist", "e")), GROUPS)
    assert few.suppressed["comments"].isna().all()
    assert few.suppressed["disclosure"].tolist() == ["under the floor"]
    assert few.counts("q") == (1, 2)


def test_a_comment_from_an_unknown_group_is_refused():
    with pytest.raises(InputError, match="a comment from the group"):
        quotable(comments(("R1", "Z", "officer", "d")), GROUPS)


@pytest.mark.parametrize("column", ["response_id", "comment", "title"])
def test_a_missing_column_is_refused(column):
    with pytest.raises(InputError, match=column):
        quotable(comments(("R1", "A", "officer", "d")).drop(columns=column), GROUPS)


def test_a_floor_of_one_is_no_floor():
    with pytest.raises(ParameterError):
        quotable(comments(("R1", "A", "officer", "d")), GROUPS, floor=1)


REMARK = st.sampled_from([*REMARKS["ordinary"], *REMARKS["planted"]])
GROUP = st.sampled_from([("A", "officer"), ("A", "specialist"), ("B", "specialist")])


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.lists(st.tuples(GROUP, REMARK), max_size=30), st.integers(2, 40))
def test_no_small_group_is_ever_quoted(drawn, floor):
    rows = comments(*[(f"R{i}", *group, text) for i, (group, text) in enumerate(drawn)])
    found = quotable(rows, GROUPS, floor=floor)
    sizes = GROUPS.set_index(["center", "title"])[["respondents", "frame"]].min(axis=1)
    quoted = [sizes[row.center, row.title] for row in found.quotable.itertuples()]
    assert all(size >= floor for size in quoted)
    assert len(found.quotable) + (found.analyst["decision"] == "suppressed").sum() == len(drawn)
    assert not found.suppressed["comments"].between(1, floor - 1).fillna(False).any()


def test_themes_are_read_and_every_line_accounted_for(tmp_path):
    path = tmp_path / "themes.csv"
    path.write_text(
        "response_id,theme\nR1,training\nR1,training\nR1,systems\nR2,\nR9,training\nR3,training\n",
        encoding="utf-8-sig",
    )
    people = comments(
        ("R1", "A", "officer", "x"), ("R2", "A", "officer", "y"), ("R3", "A", "officer", "")
    )
    themes = match_themes(read_themes(path), people)
    assert themes.coded["theme"].tolist() == ["training", "systems"]
    assert themes.excluded["reason"].tolist() == [
        "listed twice", "no theme", "no such response", "response without a comment",
    ]  # fmt: skip
    assert themes.text == ("1 of 2 comments are coded by theme; 6 lines read, 2 used, 4 excluded.")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"id,theme\nR1,x\n", "no column 'response_id'"),
        (b"", "is empty"),
        ("response_id,theme\nR1,é\n".encode("latin-1"), "UTF-8"),
        ("response_id,theme\nR1,é\n".encode("utf-16")[:-1], "UTF-16"),
    ],
)
def test_a_themes_file_that_cannot_be_used_is_refused(tmp_path, content, message):
    path = tmp_path / "themes.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_themes(path)
    for name, why in {"absent.csv": "No such file", "": "Is a directory"}.items():
        with pytest.raises(InputError, match=why):
            read_themes(tmp_path / name)


def test_counts_by_theme_go_through_the_same_floor():
    people = comments(
        *[(f"R{i}", "A", "specialist", "text" if i < 50 else None) for i in range(100)]
    )
    lines = [(f"R{i}", "training") for i in range(30)] + [(f"R{i}", "systems") for i in range(4)]
    themes = match_themes(pd.DataFrame(lines, columns=["response_id", "theme"]), people)
    measure = theme_measure(themes, people, ["center", "title"])
    groups = pd.DataFrame({"center": ["A"], "title": ["specialist"], "respondents": [100]})
    shown = plan(Publication(groups, (measure,))).apply("themes").set_index("answer")
    assert shown.loc["training", "count"] == 30
    assert pd.isna(shown.loc["systems", "count"])
    assert shown.loc["not coded", "count"] == 20
    assert shown.loc["no comment", "count"] == 50


def test_a_theme_may_not_take_a_reserved_name():
    people = comments(("R1", "A", "officer", "x"))
    lines = pd.DataFrame({"response_id": ["R1"], "theme": ["not coded"]})
    with pytest.raises(InputError, match="a theme called"):
        theme_measure(match_themes(lines, people), people, ["center", "title"])
