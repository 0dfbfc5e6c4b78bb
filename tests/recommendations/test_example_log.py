"""The shipped log of the worked example: what the two public files say, known on 2024-04-30."""

import json
from datetime import date
from pathlib import Path

import pytest

from coee_nb.recommendations import imports, log
from coee_nb.recommendations.columns import CLOSED_STATUSES
from coee_nb.recommendations.register import register
from coee_nb.recommendations.sources.recognise import read_file

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / "data" / "oig_22_34" / "recommendations"
SHARED = PROJECT.parent / "shared"
REPORT, PAGE = "000_243e1fcd792625bd.txt", "003_38a0b2a7af6e565f.txt"


@pytest.fixture(scope="module")
def example() -> log.Log:
    return log.read(FOLDER)


@pytest.fixture
def seeds() -> Path:
    if not (SHARED / "seeds").is_dir():
        pytest.skip("no real files beside the project")
    return SHARED / "seeds"


def test_holds_five_recommendations_of_the_report_and_ten_of_the_page(example):
    issuers = example.recommendations["issuer"].value_counts().to_dict()
    assert issuers == {"GAO": 10, "DHS OIG": 5}


def test_the_report_was_issued_and_the_page_does_not_say_when(example):
    issued = example.recommendations.groupby("issuer")["issued_on"].agg(["min", "count"])
    assert issued.loc["DHS OIG", "min"].date() == date(2022, 3, 31)
    assert issued.loc["GAO", "count"] == 0


def test_every_date_is_reviewed_and_nothing_else_pretends_to_be(example):
    events = example.events
    standing = events[~events["event_id"].isin(events["supersedes"])]
    dates = standing[standing["kind"].isin(["ecd", "no_ecd"])]
    assert len(dates) == 15
    assert set(dates["review"]) == {"reviewed"}
    others = standing[~standing["kind"].isin(["ecd", "no_ecd"])]
    assert set(others["review"]) == {"automatic"}


def test_the_reports_recommendations_are_547_days_past_due(example):
    table = register(example, as_of=date(2024, 4, 30)).table
    of_report = table[table["issuer"] == "DHS OIG"]
    assert set(of_report["status"]) == {"resolved and open"}
    late = {(date(2024, 4, 30) - due.date()).days for due in of_report["ecd_to"]}
    assert late == {547}


def test_nothing_is_closed(example):
    assert not set(example.events["status"]) & set(CLOSED_STATUSES)


def test_the_dates_are_the_hand_labelled_ones(example, seeds):
    lines = (SHARED / "corpus" / "ecd_dev.jsonl").read_text().splitlines()
    labels = {row["id"]: row for row in map(json.loads, lines)}
    order = [f"dhsoig2234-{i}" for i in range(1, 6)] + [f"seed003-{i:02d}" for i in range(1, 11)]
    events = example.events
    standing = events[~events["event_id"].isin(events["supersedes"])]
    dates = standing[standing["kind"].isin(["ecd", "no_ecd"])].set_index("recommendation_id")
    for name, label in zip(example.recommendations["recommendation_id"], order, strict=True):
        due, row = labels[label]["ecd_date"], dates.loc[name]
        assert row["kind"] == ("ecd" if due else "no_ecd")
        if due:
            assert f"{row['ecd_to']:%Y-%m-%d}" == due
            assert row["ecd_precision"] == labels[label]["ecd_precision"]
            assert row["ecd_kind"] == labels[label]["ecd_kind"]


@pytest.mark.parametrize(
    ("name", "as_of"), [(REPORT, date(2022, 3, 31)), (PAGE, date(2024, 4, 30))]
)
def test_the_files_imported_again_change_nothing(name, as_of, example, seeds):
    changes = imports.changes(example, read_file(seeds / name, as_of=as_of))
    assert changes.table.empty
    assert changes.events.empty
    assert changes.recommendations.empty


def test_every_quote_is_in_its_file(example, seeds):
    texts = {
        file["source_sha256"].iat[0]: (seeds / name).read_text("utf-8")
        for name, (_, file) in zip(
            (REPORT, PAGE), example.events.groupby("source_file", sort=False), strict=True
        )
    }
    quoted = example.events.query("source_span != ''")
    assert len(quoted) > 40
    for row in quoted.itertuples():
        text = texts[row.source_sha256][row.source_start :]
        assert " ".join(text[:300].split()).startswith(row.source_span)


def test_the_texts_are_in_our_own_words(example, seeds):
    """No run of eight words of a recommendation stands in the source."""
    sources = " ".join((seeds / name).read_text("utf-8") for name in (REPORT, PAGE))
    sources = " ".join(sources.lower().split())
    for text in example.recommendations["text"]:
        words = text.lower().split()
        runs = [" ".join(words[i : i + 8]) for i in range(max(1, len(words) - 7))]
        assert not [run for run in runs if run in sources]
