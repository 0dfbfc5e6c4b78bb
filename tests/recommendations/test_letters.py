"""Facts entered by hand: what they become, and what is refused."""

from datetime import date

import pandas as pd
import pytest

from coee_nb.errors import CoeeError, InputError
from coee_nb.recommendations import log
from coee_nb.recommendations.columns import CLOSED_STATUSES
from coee_nb.recommendations.history import History
from coee_nb.recommendations.letters import Letter, record
from coee_nb.recommendations.register import register

ON = date(2024, 6, 1)
KNOWN = {"recommendation_id": "A.1", "issuer": "City Auditor", "recorded_on": "2024-04-30"}
OPEN = {"recommendation_id": "A.1", "effective_to": "2024-04-30", "recorded_on": "2024-04-30",
        "kind": "status", "status": "open", "review": "automatic"}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    log.append(tmp_path, pd.DataFrame([KNOWN]), pd.DataFrame([OPEN]))
    return tmp_path


def letter(**said) -> Letter:
    return Letter("A.1", "2024-05-15", "J. Doe", **said)


def row(folder, on=ON) -> pd.Series:
    return register(log.read(folder), as_of=on).table.iloc[0]


@pytest.mark.parametrize("status", CLOSED_STATUSES)
def test_a_closure_holds_from_its_day_and_names_who_says_so(folder, status):
    said = letter(status=status, words="=we close it", source="letter 12")
    (event,) = record(folder, said, on=ON)
    found = row(folder)
    assert (found["standing"], found["status"]) == ("closed", status)
    assert found["status_on"] == pd.Timestamp("2024-05-15")
    assert found["status_event"] == event
    last = log.read(folder).events.iloc[-1]
    kept = ["by", "review", "source_span", "source_file"]
    assert list(last[kept]) == ["J. Doe", "reviewed", "=we close it", "letter 12"]
    assert row(folder, on="2024-05-31")["standing"] == "open"  # the log did not know yet


def test_a_letter_says_several_things_at_once(folder):
    said = {
        "ecd": "2024-09-30",
        "precision": "quarter",
        "office": "Finance",
        "rating": "high",
        "official": "J. Chief",
    }
    assert len(record(folder, letter(**said, issued="2023-01-31"), on=ON)) == 5
    found = row(folder)
    assert (found["ecd_from"], found["ecd_to"]) == tuple(
        map(pd.Timestamp, ("2024-07-01", "2024-09-30"))
    )
    assert (found["office"], found["rating"]) == ("Finance", "high")
    assert found["official"] == "J. Chief"
    assert found["issued_on"] == pd.Timestamp("2023-01-31")


@pytest.mark.parametrize(("word", "kind"), [("none", "no_ecd"), ("withdrawn", "withdrawn")])
def test_a_date_is_taken_back(folder, word, kind):
    record(folder, Letter("A.1", "2024-05-01", "J. Doe", ecd="2024-09-30"), on=ON)
    record(folder, letter(ecd=word), on=ON)
    found = row(folder)
    assert found["ecd_statement"] == kind
    assert found["former_due_on"] == pd.Timestamp("2024-09-30")


def test_words_by_hand_put_nothing_back_on_its_list_and_hold_no_import_up(folder):
    gone = {"recommendation_id": "A.1", "kind": "vanished", "effective_to": "2024-05-20",
            "review": "automatic"}  # fmt: skip
    log.append(folder, pd.DataFrame(), pd.DataFrame([gone | {"recorded_on": "2024-05-20"}]))
    record(folder, Letter("A.1", "2024-05-25", "J. Doe", office="Finance"), on=ON)
    assert row(folder)["standing"] == "no longer listed"
    history = History.by_recommendation(log.read(folder).events)["A.1"]
    assert history.vanished
    assert history.recorded == pd.Timestamp("2024-05-20")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"recommendation_id": "A.2"}, "no recommendation 'A.2'.*near it are A.1"),
        ({"by": " "}, "nobody is named"),
        ({"status": ""}, "says nothing"),
        ({"status": "done"}, "no status 'done'"),
        ({"effective": "2024-06-02"}, "is after 2024-06-01"),
        ({"effective": "May"}, "'May' is no day"),
        ({"ecd": "soon"}, "'soon' is no day"),
        ({"ecd": "2024-09-29", "precision": "month"}, "does not end a month"),
        ({"ecd": "2024-09-30", "precision": "week"}, "unknown word 'week'"),
        ({"issued": "2024-05-16"}, "issued on 2024-05-16, after 2024-05-15"),
    ],
)
def test_what_cannot_be_so_is_refused_and_changes_nothing(folder, changed, told):
    given = {"recommendation_id": "A.1", "effective": "2024-05-15", "by": "J. Doe"}
    before = (folder / "events.csv").read_bytes()
    with pytest.raises(CoeeError, match=told):
        record(folder, Letter(**(given | {"status": "open"} | changed)), on=ON)
    assert (folder / "events.csv").read_bytes() == before


def test_a_letter_begins_no_log(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        record(tmp_path / "none", letter(status="open"), on=ON)
    assert not (tmp_path / "none").exists()
