"""The review of comments: drafted, marked by an analyst, held to the responses."""

import csv

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from whole_path import published

from coee_nb.errors import InputError
from coee_nb.outputs import Table
from coee_nb.survey.codebook import build_codebook, read_codebook
from coee_nb.survey.params import SurveyResponses
from coee_nb.survey.review import COLUMNS, draft_review, read_review, review_text, write_review

ITEMS = [
    {"name": "good", "source": "QID1", "wording": "What works well?", "type": "text"},
    {"name": "bad", "source": "QID2", "wording": "What should change?", "type": "text",
     "missing": ["-99"]},
    {"name": "grade", "source": "QID3", "wording": "Your grade?", "type": "single",
     "choices": ["Low", "High"]},
]  # fmt: skip
CODEBOOK = build_codebook(ITEMS)
PAYLOADS = [
    "=HYPERLINK(\"http://x.example\";\"click\")", "+1+1", "-2+3", "@SUM(A1)", "'=1+1", "''=1", "-5",
    "\t=1+1", "<script>alert(1)</script>", "$\\rm{x}$ and `code`", "\x1b[31mred\x1b[0m", "a\u202eb",
    'he said "no", twice', "two\r\nlines\u2028three", "semi;colon,comma", "'", "  padded  ",
    "é ß 漢", "{braces} and {0}", "NULL", "nan", "yes",
]  # fmt: skip


def responses(good, bad=()):
    """Rows as the reader returns them, one a respondent."""
    size = max(len(good), len(bad))
    return pd.DataFrame(
        {
            "response_id": [f"R_{number}" for number in range(size)],
            "center": None,
            "title": None,
            "good": pd.array([*good, *[None] * (size - len(good))], dtype="str"),
            "bad": pd.array([*bad, *[None] * (size - len(bad))], dtype="str"),
            "grade": "High",
        }
    )


def saved(folder, draft, **changes):
    """Write a draft, marked: a column and what each row has there."""
    path = folder / "review.csv"
    path.write_text(review_text(draft.assign(**changes)), encoding="utf-8", newline="")
    return path


def test_capitals_that_the_codebook_knows_are_no_names(tmp_path):
    path = tmp_path / "codebook.yaml"
    rows = responses(["We still send the Goldenrod to Quillfeather."])
    found = []
    for words in ([], ["Goldenrod"]):
        path.write_text(yaml.safe_dump({"known_words": words, "items": ITEMS}), encoding="utf-8")
        found.append(draft_review(rows, read_codebook(path))["identifiers"].item())
    assert found == [
        "possible name: Goldenrod; possible name: Quillfeather",
        "possible name: Quillfeather",
    ]


def test_every_text_question_is_drafted_and_no_code_for_no_answer(tmp_path):
    rows = responses(["the canteen", None, " "], ["nothing", "-99", "Ask Sabrina"])
    draft = draft_review(rows, CODEBOOK)
    assert tuple(draft.columns) == COLUMNS
    assert draft[["response_id", "question", "comment"]].to_numpy().tolist() == [
        ["R_0", "good", "the canteen"],
        ["R_0", "bad", "nothing"],
        ["R_2", "bad", "Ask Sabrina"],
    ]
    assert draft["identifiers"].tolist() == ["", "", "name: Sabrina"]
    assert (draft[["quote", "edited"]] == "").all(axis=None)
    assert read_review(saved(tmp_path, draft), rows, CODEBOOK).empty


@pytest.mark.long
@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(*[st.one_of(st.none(), st.sampled_from(PAYLOADS), st.text(max_size=20))] * 2),
        max_size=8,
    ),
    st.data(),
)
def test_what_is_drafted_is_read_again_whatever_was_written(tmp_path_factory, answers, data):
    rows = responses([good for good, _ in answers], [bad for _, bad in answers])
    draft = draft_review(rows, CODEBOOK)
    marks = [data.draw(st.sampled_from(["yes", "no", "", " Yes "])) for _ in range(len(draft))]
    path = saved(tmp_path_factory.mktemp("draft"), draft, quote=marks)
    chosen = read_review(path, rows, CODEBOOK)
    wanted = draft[[mark.strip().lower() == "yes" for mark in marks]]
    assert chosen.iloc[:, :2].to_numpy().tolist() == wanted.iloc[:, :2].to_numpy().tolist()
    assert (chosen["edited"] == "").all()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_cell_opens_as_a_formula_or_commands_a_terminal(tmp_path, payload):
    rows = responses([payload]).assign(response_id=payload)
    path = saved(tmp_path, draft_review(rows, CODEBOOK), quote="yes")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        cells = [cell for line in csv.reader(stream) for cell in line]
    assert not [one for one in cells if one[:1] in ("=", "+", "@", "\t", "\r")]
    assert not [one for one in cells if one.startswith("-") and one != "-5"]
    assert not {"\x1b", "\u202e"} & set("".join(cells))
    assert read_review(path, rows, CODEBOOK)["response_id"].tolist() == [payload]


def test_a_spreadsheet_may_drop_the_quote_before_a_formula_and_change_line_ends(tmp_path):
    rows = responses(["=1+1", "two\nlines"])
    path = saved(tmp_path, draft_review(rows, CODEBOOK), quote="yes")
    text = path.read_text(encoding="utf-8-sig").replace("'=", "=").replace("\n", "\r\n")
    path.write_text(text, encoding="utf-8", newline="")
    assert len(read_review(path, rows, CODEBOOK)) == 2


def test_the_edited_words_are_handed_on(tmp_path):
    rows = responses(["Ask Sabrina about it"])
    draft = draft_review(rows, CODEBOOK)
    path = saved(tmp_path, draft, quote="yes", edited="=Ask [a colleague]\x1b[31m about it")
    assert read_review(path, rows, CODEBOOK)["edited"].tolist() == [
        "=Ask [a colleague][31m about it"
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"response_id": "R_9"}, "row 2: no such response is analysed"),
        ({"question": "grade"}, "row 2: no text question of that name"),
        ({"comment": "the kitchen"}, r"row 2: the comment is not the one of the export"),
        ({"comment": ""}, r"row 2: the comment is not the one of the export"),
        ({"quote": "maybe"}, r"row 2: the mark in the column quote.*Expected: yes, no or nothing"),
        ({"edited": "the food"}, "row 2: an edited text that is not marked"),
        ({"quote": "no", "edited": "the food"}, "row 2: an edited text that is not marked"),
        ({"quote": "yes", "edited": "ask Sabrina"}, "row 2: the edited text still holds"),
    ],
)
def test_each_fault_stops_with_its_row(tmp_path, changes, message):
    rows = responses(["the canteen"])
    path = saved(tmp_path, draft_review(rows, CODEBOOK), **changes)
    with pytest.raises(InputError, match=message):
        read_review(path, rows, CODEBOOK)


def test_every_fault_of_a_review_is_told_at_once(tmp_path):
    rows = responses(["one\nof two lines", "two", "three", "four"])
    draft = draft_review(rows, CODEBOOK)
    draft = pd.concat([draft, draft.tail(1)])
    path = saved(tmp_path, draft, quote=["", "perhaps", "", "", ""],
                 comment=["one\nof two lines", "two", "3", "four", "four"])  # fmt: skip
    with pytest.raises(InputError, match="3 faults") as caught:
        read_review(path, rows, CODEBOOK)
    for told in ("row 3: the mark", "row 4: the comment", "row 6: the response and question of"):
        assert told in str(caught.value)
    assert "perhaps" not in str(caught.value)  # it may be a respondent's words


def test_a_comment_of_another_respondent_is_not_accepted(tmp_path):
    rows = responses(["mine", "yours"])
    path = saved(tmp_path, draft_review(rows, CODEBOOK), comment=["yours", "mine"], quote="yes")
    with pytest.raises(InputError, match="2 faults"):
        read_review(path, rows, CODEBOOK)


@pytest.mark.parametrize(
    ("comment", "edited", "stops"),
    [
        ("Ask Mrs. Whitlock about it", "Ask whitlock about it", True),
        ("Mail jo@example.gov", "Mail JO@example.gov", True),
        ("I am the only chemist here", "as i am THE ONLY chemist here", True),
        ("Ask Mrs. Whitlock about it", "Ask [the supervisor] about it", False),
        ("It is slow at Machinery", "It is slow at Machinery [a Center]", False),
    ],
)
def test_what_was_found_in_a_comment_must_be_gone_from_its_edited_text(
    tmp_path, comment, edited, stops
):
    rows = responses([comment])
    path = saved(tmp_path, draft_review(rows, CODEBOOK), quote="yes", edited=edited)
    words = ["Machinery", "Center"]
    if stops:
        with pytest.raises(InputError, match="row 2: the edited text still holds"):
            read_review(path, rows, CODEBOOK, known_words=words)
    else:
        assert len(read_review(path, rows, CODEBOOK, known_words=words)) == 1


def test_a_file_that_is_no_review_is_refused(tmp_path):
    path = tmp_path / "review.csv"
    path.write_text("response_id,comment\nR_0,late\n", encoding="utf-8")
    with pytest.raises(InputError, match="no column 'question'"):
        read_review(path, responses(["late"]), CODEBOOK)


@pytest.mark.parametrize("column", ["quote", "edited"])
def test_a_file_with_marks_is_never_replaced(tmp_path, column):
    draft = draft_review(responses(["late"]), CODEBOOK)
    path = tmp_path / "review.csv"
    write_review(draft, path)
    write_review(draft, path)
    write_review(draft.assign(**{column: "no"}), path)
    before = path.read_bytes()
    with pytest.raises(InputError, match="marks on 1 of 1 comments"):
        write_review(draft, path)
    assert path.read_bytes() == before


# The whole path


def survey_of(folder, answers, marks, items=ITEMS):
    """Publish a survey of (good, bad, grade) with the comments marked that ``marks`` names."""
    head = ["ResponseId", "Finished", "Progress", "RecordedDate", "Status"]
    names = [item["source"] for item in items]
    ids = ["_recordId", "finished", "progress", "recordedDate", "status", *names]
    with (folder / "responses.csv").open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream)
        out.writerows([[*head, *names]] * 2)
        out.writerow([f'{{"ImportId":"{name}"}}' for name in ids])
        for number, given_answers in enumerate(answers):
            day = f"2026-01-{1 + number % 28:02d} 10:00:00"
            out.writerow([f"R_{number}", True, 100, day, "IP Address", *given_answers])
    (folder / "codebook.yaml").write_text(yaml.safe_dump({"items": items}, sort_keys=False))
    (folder / "frame.csv").write_text("center,title,count\nAll,All,200\n")
    rows = responses([one[0] for one in answers], [one[1] for one in answers])
    draft = draft_review(rows.replace({"": None}), CODEBOOK)
    keys = zip(draft["response_id"], draft["question"], strict=True)
    draft["quote"] = ["yes" if key in marks else "" for key in keys]
    (folder / "review.csv").write_text(review_text(draft), encoding="utf-8")
    given_files = {name: str(folder / f"{name}.csv") for name in ("responses", "frame", "review")}
    usual = {
        name: field.get_default(call_default_factory=True)
        for name, field in SurveyResponses.model_fields.items()
    }
    given_files["codebook"] = str(folder / "codebook.yaml")
    return published(usual | given_files, folder / "tables")


def texts_of(found):
    return "\n".join(
        one.html() if isinstance(one, Table) else str(getattr(one, "text", "")) for one in found
    )


def test_comments_of_every_question_are_quoted_where_marked_and_nowhere_else(tmp_path):
    answers = [
        (f"fine thing {k}", f"sore point {k}", "Low" if k % 2 else "High") for k in range(40)
    ]
    answers[3] = ("=1+1 <b>loud</b>", "Low", "Low")
    marks = {("R_3", "good"), ("R_4", "bad"), ("R_5", "bad")}
    found = survey_of(tmp_path, answers, marks)
    table = next(t for t in found if getattr(t, "name", "") == "quotable_comments")
    assert table.frame[["question", "comment"]].to_numpy().tolist() == [
        ["good", "=1+1 <b>loud</b>"],
        ["bad", "sore point 4"],
        ["bad", "sore point 5"],
    ]
    assert "Of “What works well?” 1 of 40 comments may be quoted." in table.note
    assert "Of “What should change?” 2 of 40 comments may be quoted." in table.note
    text = texts_of(found)
    assert "&lt;b&gt;loud" in text
    assert "<b>loud" not in text
    assert text.count("fine thing") == 0
    assert text.count("sore point") == 2
    held = next(t for t in found if getattr(t, "name", "") == "suppressed_comments")
    assert held.frame.to_numpy().tolist() == [
        ["good", "not marked for quoting", 39],
        ["bad", "not marked for quoting", 38],
    ]
    written = (tmp_path / "tables" / "quotable_comments.csv").read_text(encoding="utf-8-sig")
    assert "'=1+1" in written


def test_how_many_answered_is_not_told_beside_all_but_a_few_quoted(tmp_path):
    answers = [
        (f"fine thing {k}" if k < 30 else "", f"sore point {k}" if k < 25 else "",
         "Low" if k % 2 else "High")
        for k in range(60)
    ]  # fmt: skip
    marks = {(f"R_{k}", "good") for k in range(29)} | {(f"R_{k}", "bad") for k in range(5)}
    found = survey_of(tmp_path, answers, marks)
    table = next(t for t in found if getattr(t, "name", "") == "quotable_comments")
    assert "Of “What works well?” 29 comments may be quoted." in table.note
    assert "Of “What should change?” 5 of 25 comments may be quoted." in table.note
    account = next(t for t in found if getattr(t, "name", "") == "item_accounting").frame
    account = account.set_index("item")["answered it"]
    assert pd.isna(account["good"])
    assert account["bad"] == 25
    held = next(t for t in found if getattr(t, "name", "") == "suppressed_comments").frame
    assert held["comments"].isna().tolist() == [True, False]
