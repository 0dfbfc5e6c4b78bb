"""A reply letter: its parts, whose words they are, and what they propose for confirmation."""

import contextlib
from datetime import date
from zipfile import ZipFile

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from coee_nb.errors import CoeeError, InputError
from coee_nb.recommendations import imports, log
from coee_nb.recommendations.commands import recommendations
from coee_nb.recommendations.register import register
from coee_nb.recommendations.replies import quotations, read_reply

ON = date(2024, 7, 15)
TEXTS = {"22-1.1": "Count every lamp.", "22-1.2": "Train the pilots.", "23-7.1": "Buy new ropes."}
LETTER = """Harbor Office
July 12, 2024
Reply to reports 22-1 and 23-7

Report 22-1
Recommendation 1: Count every lamp.
Management Response: We concur. We will implement this by October 31,
2024. The fieldwork ended June 30, 2024.

Recommendation No. 2 - Train the pilots.
We agree. Timeline: December 2024.

Recommendation 9: Paint the pier.
Response: No.

Report 23-7
Response to Recommendation 1
We disagree; the completion date is withdrawn until funding is known.
OIG Analysis: We will verify this by June 2025.
"""


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    folder = tmp_path_factory.mktemp("log")
    rows = [
        {"recommendation_id": name, "issuer": "City Auditor", "report": name[:4],
         "number": name[5:], "agency": "Harbor", "title": "Lights", "text": text,
         "recorded_on": "2024-03-31"}
        for name, text in TEXTS.items()
    ]  # fmt: skip
    events = [
        {"recommendation_id": name, "kind": "status", "status": "open", "recorded_on": "2024-03-31",
         "effective_to": "2024-03-31", "review": "automatic"}
        for name in TEXTS
    ] + [
        {"recommendation_id": "23-7.1", "kind": "ecd", "ecd_from": "2024-09-30",
         "ecd_to": "2024-09-30", "ecd_precision": "day", "ecd_bound": "due", "ecd_kind": "action",
         "effective_to": "2024-03-31", "recorded_on": "2024-03-31", "review": "automatic"}
    ]  # fmt: skip
    log.append(folder, pd.DataFrame(rows), pd.DataFrame(events))
    return log.read(folder), folder


@pytest.fixture
def read(held, tmp_path):
    def run(text: str, **asked):
        path = tmp_path / "letter.txt"
        path.write_text(text, encoding="utf-8")
        return read_reply(path, held[0], on=ON, **asked)

    return run


def test_each_part_proposes_its_date_and_its_agreement(read, held):
    reading = read(LETTER)
    due = [str(row["ecd_to"]) for row in reading.rows]
    assert due == ["2024-10-31", "2024-12-31", "None"]
    assert [row["concurrence"] for row in reading.rows] == ["concur", "concur", "non-concur"]
    assert reading.rows[2]["withdrawn_span"] == "completion date is withdrawn"
    assert reading.excluded["reason"].tolist() == ["the log holds no 22-1, number 9"]
    told = "\n".join(quotations(reading))
    assert "“by October 31, 2024”, in the agency's words" in told
    made = imports.changes(held[0], reading)
    assert set(made.events["review"]) == {"automatic"}
    assert "reworded" not in set(made.events["kind"])
    assert set(made.events["effective_to"]) == {pd.Timestamp("2024-07-12")}


def test_the_recommendation_repeated_in_the_letter_is_no_promise(read):
    letter = "July 1, 2024\n\nRecommendation 1: Count\nevery lamp.\nWe will look at it."
    assert read(letter, report="22-1").rows[0]["ecd_to"] is None


def test_what_stands_before_the_response_is_the_auditors(read):
    letter = "July 1, 2024\n\nRec. 1: We will review this by May 2025.\nResponse: We agree."
    assert read(letter, report="22-1").rows[0]["ecd_to"] is None


def test_one_heading_for_several_and_two_parts_for_one(read):
    letter = "July 1, 2024\n22-1\nRecommendations 1 and 2:\nWe agree.\n"
    letter += "Recommendation 2:\nTo be completed by May 31, 2025."
    one, two = read(letter).rows
    assert one["ecd_to"] is None
    assert (str(two["ecd_to"]), two["concurrence"]) == ("2025-05-31", "concur")


def test_a_letter_about_one_needs_no_heading(read):
    letter = "We will finish by March 31, 2025."
    reading = read(letter, dated=date(2024, 7, 1), recommendation_id="23-7.1")
    assert str(reading.rows[0]["ecd_to"]) == "2025-03-31"


@pytest.mark.parametrize(
    ("letter", "asked", "told"),
    [
        ("Recommendation 1:\nWe agree.", {}, "no day .* --dated"),
        ("July 1, 2024\nWe agree.", {}, "no heading .* --recommendation ID"),
        ("July 1, 2024\nRecommendation 1:\nYes.", {}, "names no report .* --report"),
        ("July 1, 2024\nYes.", {"recommendation_id": "9"}, "no recommendation '9'"),
        ("August 1, 2024\n22-1\nRecommendation 1:\nYes.", {}, "after 2024-07-15"),
        ("May 1, 2024\n22-1\nRecommendation 1:\nIt was closed in June 2024.", {}, "told as past"),
    ],
)
def test_a_letter_that_does_not_say_enough_is_refused(read, letter, asked, told):
    with pytest.raises(CoeeError, match=told):
        read(letter, **asked)


def test_a_word_file_is_read_by_its_paragraphs(held, tmp_path):
    path = tmp_path / "letter.docx"
    lines = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in LETTER.splitlines())
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    with ZipFile(path, "w") as parts:
        body = f'<w:document xmlns:w="{name}"><w:body>{lines}</w:body></w:document>'
        parts.writestr("word/document.xml", body)
    reading = read_reply(path, held[0], on=ON)
    assert [str(row["ecd_to"]) for row in reading.rows][1:] == ["2024-12-31", "None"]
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(InputError, match="no letter"):
        read_reply(path, held[0], on=ON)


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=200))
def test_any_words_are_read_or_refused(held, tmp_path_factory, words):
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_text(f"July 1, 2024\n22-1\nRecommendation 1:\n{words}", encoding="utf-8")
    with contextlib.suppress(InputError):
        read_reply(path, held[0], on=ON)


def test_the_command_proposes_and_says_what_to_confirm(held, tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text(LETTER, encoding="utf-8")
    asked = ["reply", str(path), "--log", str(held[1]), "--on", str(ON)]
    dry = CliRunner().invoke(recommendations, [*asked, "--dry-run"])
    assert "the log is as it was" in dry.output
    done = CliRunner().invoke(recommendations, asked)
    assert done.exit_code == 0, done.output
    assert "Proposed, not confirmed: E0000" in done.output
    now = register(log.read(held[1]), as_of=ON)
    table = now.table.set_index("recommendation_id")
    assert table.loc["23-7.1", "ecd_statement"] == "withdrawn"
    assert set(now.ecds["review"]) == {"automatic"}
    again = CliRunner().invoke(recommendations, asked)
    assert "nothing changed" in again.output
