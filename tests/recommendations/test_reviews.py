from datetime import date

import pandas as pd
import pytest

from coee_nb.errors import CoeeError, InputError
from coee_nb.recommendations import log, reviews

ON = date(2024, 5, 1)
RECOMMENDATION = {"recommendation_id": "A.1", "issuer": "GAO", "recorded_on": "2024-04-30"}
ECD = {
    "recommendation_id": "A.1",
    "effective_to": "2024-04-30",
    "recorded_on": "2024-04-30",
    "kind": "ecd",
    "ecd_from": "2024-06-01",
    "ecd_to": "2024-06-30",
    "ecd_precision": "month",
    "ecd_bound": "due",
    "ecd_kind": "milestone",
    "source_file": "page.txt",
    "source_span": "in June 2024",
    "source_start": 7,
    "review": "automatic",
}
STATUS = {key: ECD[key] for key in ("recommendation_id", "effective_to", "recorded_on", "review")}
STATUS |= {"kind": "status", "status": "open"}


@pytest.fixture
def folder(tmp_path):
    log.append(tmp_path, pd.DataFrame([RECOMMENDATION]), pd.DataFrame([ECD, STATUS]))
    return tmp_path


def last(folder) -> pd.Series:
    return log.read(folder).events.iloc[-1]


def test_a_confirmation_repeats_the_event_as_reviewed(folder):
    assert reviews.confirm(folder, "E000001", on=ON) == ["E000003"]
    first, new = log.read(folder).events.iloc[0], last(folder)
    assert (first["review"], new["review"], new["supersedes"]) == (
        "automatic", "reviewed", "E000001",
    )  # fmt: skip
    assert new["recorded_on"] == pd.Timestamp(ON)
    same = [name for name in ECD if name not in ("review", "recorded_on")]
    assert new[same].tolist() == first[same].tolist()


def test_a_correction_keeps_the_words_and_changes_the_date(folder):
    reviews.correct(
        folder, "E000001", ecd=date(2024, 5, 31), precision="month", kind="action", on=ON
    )
    new = last(folder)
    assert (new["ecd_from"], new["ecd_to"]) == (
        pd.Timestamp("2024-05-01"),
        pd.Timestamp("2024-05-31"),
    )
    assert (new["ecd_kind"], new["source_span"]) == ("action", "in June 2024")


def test_a_correction_may_say_that_there_is_no_date(folder):
    reviews.correct(folder, "E000001", ecd=None, on=ON)
    assert (last(folder)["kind"], last(folder)["note"]) == ("no_ecd", "no date given")
    assert pd.isna(last(folder)["ecd_to"])
    reviews.correct(folder, "E000003", ecd=date(2024, 6, 3), on=ON)
    assert (last(folder)["kind"], last(folder)["ecd_kind"]) == ("ecd", "action")


@pytest.mark.parametrize(
    ("due", "precision", "starts"),
    [
        (date(2024, 6, 3), "day", date(2024, 6, 3)),
        (date(2024, 2, 29), "month", date(2024, 2, 1)),
        (date(2024, 6, 15), "month", date(2024, 6, 1)),
        (date(2023, 12, 31), "quarter", date(2023, 10, 1)),
        (date(2024, 8, 31), "season", date(2024, 6, 1)),
        (date(2024, 9, 30), "fiscal_year", date(2023, 10, 1)),
        (date(2024, 12, 31), "calendar_year", date(2024, 1, 1)),
        (date(2024, 6, 30), "calendar_year", date(2024, 1, 1)),
    ],
)
def test_a_period_starts_where_its_precision_says(due, precision, starts):
    assert reviews.period_start(due, precision) == starts


@pytest.mark.parametrize(
    ("due", "precision", "expected"),
    [
        (date(2024, 6, 29), "month", "2024-06-30"),
        (date(2024, 6, 30), "fiscal_year", "2024-09-30"),
        (date(2024, 12, 30), "calendar_year", "2024-12-31"),
    ],
)
def test_a_date_that_ends_no_such_period_is_refused(due, precision, expected, folder):
    with pytest.raises(InputError, match=expected):
        reviews.correct(folder, "E000001", ecd=due, precision=precision, on=ON)
    assert len(log.read(folder).events) == 2


def test_an_unknown_event_is_refused(folder):
    with pytest.raises(InputError, match="no event 'E000009'"):
        reviews.confirm(folder, "E000009", on=ON)


def test_an_event_is_reviewed_once(folder):
    reviews.confirm(folder, "E000001", on=ON)
    with pytest.raises(InputError, match="superseded by E000003"):
        reviews.confirm(folder, "E000001", on=ON)
    with pytest.raises(InputError, match="reviewed already"):
        reviews.confirm(folder, "E000003", on=ON)


def test_only_an_ecd_is_corrected(folder):
    with pytest.raises(InputError, match="of kind status"):
        reviews.correct(folder, "E000002", ecd=date(2024, 5, 31), on=ON)


@pytest.mark.parametrize("word", [{"precision": "week"}, {"bound": "soon"}, {"kind": "wish"}])
def test_an_unknown_word_is_refused(word, folder):
    with pytest.raises(InputError, match="unknown word"):
        reviews.correct(folder, "E000001", ecd=date(2024, 5, 31), on=ON, **word)


def test_a_review_before_the_event_was_recorded_is_refused(folder):
    with pytest.raises(InputError, match="recorded"):
        reviews.confirm(folder, "E000001", on=date(2024, 4, 29))


def test_many_are_confirmed_or_none_and_every_fault_is_told(folder):
    with pytest.raises(InputError, match=r"2 faults: .*'E000008'; .*'E000009'"):
        reviews.confirm(folder, "E000001", "E000008", "E000009", on=ON)
    assert len(log.read(folder).events) == 2
    assert reviews.confirm(folder, "E000001", "E000002", on=ON, by="J. Doe") == [
        "E000003", "E000004",
    ]  # fmt: skip
    assert list(log.read(folder).events["by"]) == ["", "", "J. Doe", "J. Doe"]


def filled(folder, *lines: str):
    sheet = folder / "sheet.csv"
    sheet.write_text("\n".join(["event_id,verdict,ecd,precision,status,by", *lines]) + "\n")
    return sheet


def test_a_sheet_lists_what_nobody_reviewed_and_takes_verdicts(folder):
    sheet = reviews.review_sheet(log.read(folder))
    assert list(sheet["event_id"]) == ["E000001", "E000002"]
    assert list(sheet["says"]) == ["2024-06-30", "open"]
    given = filled(folder, "E000001,correct,2024-05-31,month,,A. Roe", "E000002,Confirm,,,,")
    assert reviews.take_review(folder, given, on=ON, by="J. Doe") == ["E000003", "E000004"]
    events = log.read(folder).events
    assert events["ecd_to"].iloc[2] == pd.Timestamp("2024-05-31")
    assert list(events["by"].iloc[2:]) == ["A. Roe", "J. Doe"]
    assert reviews.review_sheet(log.read(folder)).empty


def test_a_sheet_without_a_verdict_changes_nothing(folder):
    assert reviews.take_review(folder, filled(folder, "E000001,,,,,"), on=ON) == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("E000001,maybe,,,,", "the verdict is 'maybe'"),
        ("E000001,,2024-05-31,,,", "a correction and no verdict"),
        ("E000001,correct,,,,", "is to be corrected"),
        ("E000001,correct,2024-05-31,,open,", "is to be corrected"),
        ("E000001,correct,soon,,,", "'soon' is no day"),
        ("E000001,correct,,,done,", "unknown status 'done'"),
        ("E000002,correct,2024-05-31,,,", "is of kind status"),
        ("E000007,confirm,,,,", "no event 'E000007'"),
    ],
)
def test_a_line_that_cannot_be_entered_is_told_and_nothing_is(folder, line, told):
    other = "E000001" if line.startswith("E000002") else "E000002"
    sheet = filled(folder, f"{other},confirm,,,,", line)
    with pytest.raises(CoeeError, match=told):
        reviews.take_review(folder, sheet, on=ON)
    assert len(log.read(folder).events) == 2
