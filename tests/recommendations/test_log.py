import multiprocessing
import os

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coee_nb.errors import InputError
from coee_nb.recommendations import log
from coee_nb.recommendations.columns import EVENT_COLUMNS, RECOMMENDATION_COLUMNS

RECOMMENDATION = {
    "recommendation_id": "OIG-23-99.1",
    "issuer": "DHS OIG",
    "text": "List every lamp",
    "issued_on": "2023-06-30",
    "recorded_on": "2023-06-30",
}
STATUS = {
    "recommendation_id": "OIG-23-99.1",
    "effective_to": "2023-07-31",
    "recorded_on": "2023-07-31",
    "kind": "status",
    "status": "open",
    "review": "automatic",
}


FILES = {"recommendations.csv", "events.csv"}


@pytest.fixture
def folder(tmp_path):
    log.append(tmp_path, pd.DataFrame([RECOMMENDATION]), pd.DataFrame([STATUS]))
    return tmp_path


def test_a_log_in_memory_can_hold_nothing():
    nothing = log.empty()
    assert nothing.recommendations.empty
    assert nothing.events.empty
    assert (nothing.name, nothing.origin) == ("", "")


def test_reads_back_what_was_appended_with_dates_and_blanks(folder):
    held = log.read(folder)
    assert tuple(held.recommendations.columns) == RECOMMENDATION_COLUMNS
    assert tuple(held.events.columns) == EVENT_COLUMNS
    event = held.events.iloc[0]
    assert event["event_id"] == "E000001"
    assert event["effective_to"] == pd.Timestamp("2023-07-31")
    assert pd.isna(event["effective_from"])
    assert event["supersedes"] == ""
    assert pd.isna(event["source_start"])


def test_appending_leaves_the_rows_before_it_byte_for_byte(folder):
    before = (folder / "events.csv").read_bytes()
    log.append(folder, pd.DataFrame(), pd.DataFrame([STATUS | {"recorded_on": "2023-08-01"}]))
    after = (folder / "events.csv").read_bytes()
    assert after.startswith(before)
    assert after.count(b"\n") == before.count(b"\n") + 1


def test_a_log_of_nothing_is_a_log(tmp_path):
    log.append(tmp_path, pd.DataFrame(), pd.DataFrame())
    assert log.read(tmp_path).recommendations.empty
    assert log.read(tmp_path).events["effective_to"].dtype == "datetime64[s]"


def test_the_callers_tables_are_not_changed(tmp_path):
    given_rows = pd.DataFrame([STATUS])
    copy = given_rows.copy()
    log.append(tmp_path, pd.DataFrame([RECOMMENDATION]), given_rows)
    pd.testing.assert_frame_equal(given_rows, copy)


def test_a_refused_append_leaves_the_log_as_it_was(folder):
    before = {path.name: path.read_bytes() for path in folder.glob("*.csv")}
    with pytest.raises(InputError, match="unknown recommendation"):
        log.append(folder, pd.DataFrame(), pd.DataFrame([STATUS | {"recommendation_id": "X"}]))
    assert {path.name: path.read_bytes() for path in folder.glob("*.csv")} == before
    assert {path.name for path in folder.iterdir()} - {log.LOCK_FILE} == FILES


def test_a_stop_while_writing_leaves_the_log_as_it_was(folder, monkeypatch):
    before = (folder / "events.csv").read_bytes()

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        log.append(folder, pd.DataFrame(), pd.DataFrame([STATUS | {"recorded_on": "2023-08-01"}]))
    assert (folder / "events.csv").read_bytes() == before
    assert {path.name for path in folder.iterdir()} - {log.LOCK_FILE} == FILES


def test_text_on_several_lines_becomes_one_row_of_the_file(tmp_path):
    text = "List\r\nevery\xa0 lamp\u2028now "
    log.append(tmp_path, pd.DataFrame([RECOMMENDATION | {"text": text}]), pd.DataFrame())
    assert len((tmp_path / "recommendations.csv").read_text().splitlines()) == 2
    assert log.read(tmp_path).recommendations["text"].tolist() == ["List every lamp now"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "''=1", "'quoted'"])
def test_no_cell_opens_as_a_formula_and_the_text_comes_back(tmp_path, text):
    log.append(tmp_path, pd.DataFrame([RECOMMENDATION | {"title": text}]), pd.DataFrame())
    written = pd.read_csv(tmp_path / "recommendations.csv", dtype=str)["title"].iat[0]
    assert written[0] not in "=+-@"
    assert log.read(tmp_path).recommendations["title"].iat[0] == text


@settings(max_examples=15, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30))
def test_any_text_survives_the_file_with_its_white_space_single(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("log")
    log.append(folder, pd.DataFrame([RECOMMENDATION | {"title": text}]), pd.DataFrame())
    held = log.read(folder).recommendations["title"].iat[0]
    assert held.split() == text.split()


def _write(folder, event: int) -> None:
    row = STATUS | {"recorded_on": f"2024-01-{event:02d}", "note": f"writer {event}"}
    log.append(folder, pd.DataFrame(), pd.DataFrame([row]))


def test_writers_at_once_lose_nothing(folder):
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_write, args=(folder, i)) for i in range(1, 7)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
    events = log.read(folder).events
    assert sorted(events["note"]) == ["", *(f"writer {i}" for i in range(1, 7))]
    assert events["event_id"].tolist() == [f"E{i:06d}" for i in range(1, 8)]


def test_a_lock_that_stays_taken_is_an_error_after_a_while(folder, monkeypatch):
    from filelock import FileLock

    monkeypatch.setattr(log, "LOCK_SECONDS", 0.1)
    with FileLock(folder / log.LOCK_FILE), pytest.raises(InputError, match="held the log"):
        log.append(folder, pd.DataFrame(), pd.DataFrame([STATUS]))


def test_an_absent_log_says_how_to_start_one(tmp_path):
    with pytest.raises(InputError, match="coee recommendations import"):
        log.read(tmp_path)


def test_half_a_log_is_refused_even_for_appending(folder):
    (folder / "recommendations.csv").unlink()
    with pytest.raises(InputError, match=r"recommendations\.csv: there is no such file"):
        log.append(folder, pd.DataFrame(), pd.DataFrame([STATUS]))


def _edit(folder, old: str, new: str) -> None:
    path = folder / "events.csv"
    path.write_text(path.read_text().replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2023-07-31,2023-07-31", "2023-07-31,31/07/2023", "row 2: recorded_on is '31/07/2023'"),
        ("2023-07-31,2023-07-31", "2023-02-30,2023-07-31", "row 2: effective_to is '2023-02-30'"),
        ("review", "reviewed_by", "unknown column 'reviewed_by'|no column 'review'"),
        ("supersedes,", "", "not a table|columns"),
        ("note", "note,mood", "not a table|unknown column"),
        ("event_id,", "event_id,event_id,", "not a table|unknown column"),
        ("automatic", "automatic,,", "not a table"),
    ],
)
def test_a_damaged_file_is_refused_with_its_place(folder, old, new, message):
    _edit(folder, old, new)
    with pytest.raises(InputError, match=message) as error:
        log.read(folder)
    assert "events.csv" in str(error.value)


def test_a_file_that_is_not_utf_8_is_refused(folder):
    path = folder / "recommendations.csv"
    path.write_bytes(path.read_bytes().replace(b"lamp", b"l\xe4mp"))
    with pytest.raises(InputError, match=r"recommendations\.csv"):
        log.read(folder)


def test_a_header_that_is_not_utf_8_is_refused(folder):
    path = folder / "events.csv"
    path.write_bytes(path.read_bytes().replace(b"note", b"n\xffte"))
    with pytest.raises(InputError, match=r"events\.csv: is not UTF-8 text"):
        log.read(folder)


def test_an_empty_file_is_refused(folder):
    (folder / "events.csv").write_text("")
    with pytest.raises(InputError, match=r"events\.csv"):
        log.read(folder)


@pytest.mark.parametrize("amount", ["-5", "many"])
def test_an_amount_is_a_number_of_zero_or_more(tmp_path, amount):
    with pytest.raises(InputError, match=f"questioned_costs_usd is '{amount}'"):
        log.append(
            tmp_path,
            pd.DataFrame([RECOMMENDATION | {"questioned_costs_usd": amount}]),
            pd.DataFrame(),
        )
