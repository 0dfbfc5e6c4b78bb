import multiprocessing
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from coee_nb.errors import InputError
from coee_nb.recommendations import imports, log, reviews
from coee_nb.recommendations.columns import KINDS
from coee_nb.recommendations.register import register
from coee_nb.recommendations.sources.recognise import read_file

FILES = Path(__file__).parent / "files"
APRIL, MAY, JUNE = date(2024, 4, 30), date(2024, 5, 31), date(2024, 6, 30)


@pytest.fixture
def add(tmp_path):
    """Import a text into the test's log, as of a day."""

    def run(
        text: str, as_of: date, name: str = "page.txt", **columns: str
    ) -> imports.ImportChanges:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        reading = read_file(path, as_of=as_of, columns=columns)
        return imports.append_reading(tmp_path / "log", reading)

    return run


@pytest.fixture
def events(tmp_path):
    """Read the events of a kind from the test's log."""

    def read(*kinds: str) -> pd.DataFrame:
        held = log.read(tmp_path / "log").events
        return held[held["kind"].isin(kinds)].reset_index(drop=True)

    return read


@pytest.fixture
def page() -> str:
    return (FILES / "gao_page.txt").read_text("utf-8")


def test_a_first_import_adds_and_a_second_changes_nothing(add, page, tmp_path):
    first = add(page, APRIL)
    assert first.table["change"].tolist() == ["added"] * 3
    assert first.table["after"].tolist() == [
        "open; ECD 2024-09-30",
        "open - partially addressed; no date given",
        "open; ECD 2024-09-30",
    ]
    assert "shows 3 of 4 recommendations" in first.text
    before = (tmp_path / "log" / "events.csv").read_bytes()
    second = add(page, APRIL)
    assert second.table.empty
    assert "nothing changed" in second.text
    assert (tmp_path / "log" / "events.csv").read_bytes() == before


@pytest.mark.parametrize(
    "name", ["dhs_oig.txt", "gao_page.txt", "gao.csv", "oversight.txt", "california.txt"]
)
def test_any_format_imported_twice_even_later_changes_nothing(name, add, events):
    text = (FILES / name).read_text("utf-8")
    assert set(add(text, APRIL, name).table["change"]) == {"added"}
    held = len(events(*KINDS))
    assert add(text, APRIL, name).table.empty
    assert add(text.replace("\n", "\r\n"), JUNE, name).table.empty
    assert len(events(*KINDS)) == held


def test_ids_are_readable_and_do_not_depend_on_the_order(add, page, tmp_path):
    add(page, APRIL)
    ids = log.read(tmp_path / "log").recommendations["recommendation_id"].tolist()
    assert ids[0].startswith("GAO.lamps-at-sea-")
    assert ids[0].endswith(".1.LS")
    assert ids[2].startswith("GAO.wicks-and-oil-")


def test_a_changed_ecd_is_appended_and_the_old_one_kept(add, page, events):
    add(page, APRIL)
    later = page.replace("February 2024", "May 2024").replace("September 2024", "March 2025")
    changes = add(later, MAY)
    change = changes.table[changes.table["change"] == "changed ECD"].iloc[0]
    assert (change["before"], change["after"]) == ("ECD 2024-09-30", "ECD 2025-03-31")
    dates = events("ecd").query("recommendation_id == @change.recommendation_id")["ecd_to"]
    assert dates.dt.strftime("%Y-%m-%d").tolist() == ["2024-09-30", "2025-03-31"]
    assert (events("ecd")["supersedes"] == "").all()


def test_an_ecd_given_up_becomes_no_ecd(add, page, events):
    add(page, APRIL)
    add(page.replace("by September 2024", "at some time").replace("February", "April"), MAY)
    assert "no date given" in events("no_ecd")["note"].tolist()


def test_a_comment_cut_short_does_not_withdraw_an_ecd(add, page, events):
    add(page, APRIL)
    short = page.replace(
        "As of February 2024, officials said that the list would be complete by September 2024. "
        "We will continue to follow up.",
        "As of February 2024, officials said that the list would ...",
    )
    assert short != page
    changes = add(short, MAY)
    assert "changed ECD" not in changes.table["change"].tolist()


def test_an_older_dated_word_the_list_shows_now_is_current_now(add, page, events, tmp_path):
    """A page that gave no date in April and in May shows a statement dated February."""
    silent = page.replace(
        "As of February 2024, officials said that the list would be complete by September 2024. "
        "We will continue to follow up.",
        "We will update the status of the recommendation.",
    )
    add(silent, APRIL)
    changes = add(page, MAY)
    assert "changed ECD" in changes.table["change"].tolist()
    newest = events("ecd").iloc[-1]
    assert newest["effective_to"] == pd.Timestamp(MAY)
    assert pd.isna(newest["effective_from"])
    assert add(page, JUNE).table.empty


def test_a_changed_status_took_effect_after_the_one_before(add, page, events):
    add(page, APRIL)
    closed = page.replace("Open – Partially Addressed", "Closed – Implemented")
    changes = add(closed, JUNE)
    change = changes.table[changes.table["change"] == "changed status"].iloc[0]
    assert change["after"] == "closed - implemented"
    told = events("status")
    last = told[told["status"] == "closed - implemented"].iloc[-1]
    assert (last["effective_from"], last["effective_to"]) == (
        pd.Timestamp("2024-05-01"),
        pd.Timestamp(JUNE),
    )


def test_a_list_with_news_records_what_it_still_shows(add, page, events):
    add(page, APRIL)
    add(page.replace("Open – Partially Addressed", "Closed – Implemented"), JUNE)
    told = events("status")
    still = told[(told["effective_to"] == pd.Timestamp(JUNE)) & (told["status"] == "open")]
    assert len(still) == 2
    assert still["effective_from"].isna().all()  # seen, not said: no update and no new beginning


def test_a_reworded_text_keeps_its_identity(add, page, events):
    add(page, APRIL)
    changes = add(page.replace("list every lamp", "list each lamp"), MAY)
    assert changes.table["change"].tolist() == ["reworded"]
    assert len(events("reworded")) == 1
    # Either wording is known by now.
    assert add(page, JUNE).table.empty


def test_a_changed_concurrence_is_appended(add, page, events):
    add(page, APRIL)
    changes = add(page.replace("neither agreed nor disagreed", "disagreed with it"), MAY)
    assert "changed concurrence" in changes.table["change"].tolist()
    assert events("concurrence")["concurrence"].tolist()[-1] == "non-concur"


def test_absence_from_a_page_that_shows_a_part_is_not_vanishing(add, page, events):
    add(page, APRIL)
    shorter = page[: page.index("Wicks and Oil")]
    changes = add(shorter, MAY)
    assert changes.table["change"].tolist() == ["not shown"]
    assert changes.table["after"].tolist() == ["page shows 2 of 4"]
    assert events("vanished").empty


def test_absence_from_a_complete_page_is_vanishing(add, page, events):
    add(page, APRIL)
    shorter = page[: page.index("Wicks and Oil")].replace("(4 total)", "(2 total)")
    assert add(shorter, MAY).table["change"].tolist() == ["vanished"]
    assert add(shorter, MAY).table.empty
    # Shown again, it is back: its status is stated anew.
    assert "shown again" in add(page, JUNE).table["change"].tolist()
    told = events("vanished", "status")
    gone = told.loc[told["kind"] == "vanished", "recommendation_id"].iat[0]
    back = told[told["recommendation_id"] == gone].iloc[-1]
    assert (back["kind"], back["status"]) == ("status", "open")


def test_absence_is_not_vanishing_when_a_row_was_set_aside(add, page, events):
    add(page, APRIL)
    broken = page.replace("(4 total)", "(3 total)").replace("wicks.\nOpen\n", "wicks.\n")
    changes = add(broken, MAY)
    assert changes.table["after"].tolist() == ["rows of the file excluded: 1"]
    assert events("vanished").empty


def test_a_list_older_than_the_logs_news_is_refused(add, page):
    add(page.replace("September 2024", "October 2024"), MAY)
    with pytest.raises(InputError, match=r"already knows news of 2024-05-31"):
        add(page, APRIL)


def test_a_list_imported_before_may_come_again_though_the_log_has_gone_on(add, page, events):
    add(page, APRIL)
    add(page.replace("February 2024", "May 2024").replace("September 2024", "March 2025"), MAY)
    held = len(events(*KINDS))
    again = add(page, APRIL)
    assert again.table.empty
    assert "imported before" in again.text
    assert len(events(*KINDS)) == held


def test_a_confirmed_date_is_not_found_again(add, page, tmp_path, events):
    add(page, APRIL)
    first = events("ecd")["event_id"].iat[0]
    reviews.confirm(tmp_path / "log", first, on=MAY)
    assert add(page, JUNE).table.empty


def test_a_corrected_date_is_not_undone_by_the_same_words(add, page, tmp_path, events):
    add(page, APRIL)
    first = events("ecd")["event_id"].iat[0]
    reviews.correct(tmp_path / "log", first, ecd=date(2024, 10, 31), precision="month", on=MAY)
    assert add(page, JUNE).table.empty
    later = page.replace("February 2024", "June 2024").replace("September 2024", "March 2025")
    change = add(later, JUNE).table.query("change == 'changed ECD'").iloc[0]
    assert (change["before"], change["after"]) == ("ECD 2024-10-31", "ECD 2025-03-31")


def test_a_review_made_since_does_not_keep_an_older_list_out(add, page, tmp_path, events):
    add(page, APRIL)
    reviews.confirm(tmp_path / "log", events("ecd")["event_id"].iat[0], on=JUNE)
    later = page.replace("February 2024", "May 2024").replace("September 2024", "March 2025")
    assert "changed ECD" in add(later, MAY).table["change"].tolist()


def test_a_page_and_a_download_are_of_the_same_recommendations(add, page, tmp_path):
    """The page has no report number and no issue date; the download brings them."""
    add(page, APRIL)
    download = (FILES / "gao.csv").read_text("utf-8").replace("Mar 28, 2024", "May 28, 2024")
    changes = add(download, MAY, "gao.csv")
    learnt = changes.table[changes.table["change"] == "issue date learnt"].iloc[0]
    assert learnt["after"] == "2023-07-24"
    assert learnt["recommendation_id"].startswith("GAO.lamps-at-sea-")
    assert changes.table["change"].tolist().count("added") == 2
    issued = log.read(tmp_path / "log").events.query("kind == 'issued'")
    assert "report GAO-23-900001" in issued["note"].tolist()


def test_one_number_of_a_gao_report_may_go_to_two_agencies(add, tmp_path):
    add((FILES / "gao.csv").read_text("utf-8"), APRIL, "gao.csv")
    ids = log.read(tmp_path / "log").recommendations["recommendation_id"].tolist()
    assert ids[:2] == ["GAO-23-900001.1.LS", "GAO-23-900001.1.HB"]


def test_another_issue_date_is_shown_and_not_taken_over(add, events):
    download = (FILES / "gao.csv").read_text("utf-8")
    add(download, APRIL, "gao.csv")
    later = download.replace("2010-05-03", "2010-05-04")
    table = add(later, MAY, "gao.csv").table
    assert table["change"].tolist() == ["issue date differs"]
    assert len(events("issued")) == 3


def test_every_response_of_california_is_an_event_of_its_month(add, events):
    text = (FILES / "california.txt").read_text("utf-8")
    add(text, APRIL)
    ecds = events("ecd")
    assert ecds["effective_to"].dt.strftime("%Y-%m").tolist() == ["2019-10", "2020-04"]
    assert ecds["ecd_to"].dt.strftime("%Y-%m-%d").tolist() == ["2020-06-30", "2020-12-31"]
    assert events("status")["status"].tolist() == [
        "open", "open - partially addressed", "closed - implemented",
    ]  # fmt: skip
    assert (events("status")["recorded_on"] == pd.Timestamp(APRIL)).all()


def test_a_response_the_source_corrects_supersedes_its_event(add, events):
    text = (FILES / "california.txt").read_text("utf-8")
    add(text, APRIL)
    add(text.replace("Date: June 2020", "Date: July 2020"), MAY)
    old, new = events("ecd")["event_id"].iloc[[0, 2]]
    assert events("ecd")["supersedes"].tolist() == ["", "", old]
    assert new > old


def test_a_dated_report_read_late_is_history_and_not_news(add, tmp_path, events):
    report = (FILES / "dhs_oig.txt").read_text("utf-8")
    later = "issuer,report,number,text,status,updated_on,ecd\nDHS OIG,OIG-23-99,1,"
    later += "We recommend the Keeper list every lamp and the day on which it was last trimmed,"
    later += "closed - implemented,2024-03-01,\n"
    add(later, APRIL, "list.csv")
    add(report, MAY)
    from coee_nb.recommendations.register import register

    table = register(log.read(tmp_path / "log"), as_of=JUNE).table
    status = table.set_index("recommendation_id")["status"]
    assert status["OIG-23-99.1"] == "closed - implemented"


def test_oversights_silence_withdraws_no_ecd(add, events):
    add((FILES / "dhs_oig.txt").read_text("utf-8"), date(2023, 6, 30))
    page = (FILES / "oversight.txt").read_text("utf-8")
    page = page.replace("OIG-22-98", "OIG-23-99").replace("September 30, 2022", "June 30, 2023")
    changes = add(page, APRIL)
    assert "changed ECD" not in changes.table["change"].tolist()
    assert "vanished" in changes.table["change"].tolist()


def test_boilerplate_is_no_update_and_no_date(add, page, events):
    add(page, APRIL)
    silent = events("no_ecd").iloc[0]
    assert silent["note"] == "no date given: the auditor will update the status"
    assert silent["recommendation_id"] not in events("update")["recommendation_id"].tolist()


def test_every_quote_is_in_the_file_where_the_log_says(add, page, events):
    add(page.replace("\n", "\r\n"), APRIL)
    quoted = events(*KINDS).query("source_span != ''").dropna(subset=["source_start"])
    assert len(quoted) > 5
    for row in quoted.itertuples():
        text = page.replace("\n", "\r\n")[row.source_start :]
        assert " ".join(text.split()).startswith(row.source_span)


def test_a_dry_comparison_leaves_the_log_alone(page, tmp_path):
    path = tmp_path / "page.txt"
    path.write_text(page, encoding="utf-8")
    held = log.empty()
    changes = imports.changes(held, read_file(path, as_of=APRIL))
    assert len(changes.recommendations) == 3
    assert held.recommendations.empty


def test_rows_that_are_one_recommendation_are_refused(add):
    text = "issuer,report,number,title,text,status\nCity,R,1,Lamps,List,open\n"
    text += "City,R,1,Oil,Count,open\n"
    with pytest.raises(InputError, match=r"line 3 is R\.1 a second time"):
        add(text, APRIL, "list.csv")


def _import(folder: Path, path: Path) -> None:
    imports.append_reading(folder, read_file(path, as_of=APRIL))


def test_the_same_file_imported_by_several_at_once_is_imported_once(page, tmp_path):
    path = tmp_path / "page.txt"
    path.write_text(page, encoding="utf-8")
    context = multiprocessing.get_context("fork")
    folder = tmp_path / "log"
    workers = [context.Process(target=_import, args=(folder, path)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert [worker.exitcode for worker in workers] == [0] * 4
    held = log.read(folder)
    assert len(held.recommendations) == 3
    alone = imports.changes(log.empty(), read_file(path, as_of=APRIL))
    assert len(held.events) == len(alone.events)


def test_a_priority_and_amounts_that_change_are_events_and_the_first_ones_stay(add, tmp_path):
    head = "issuer,report,number,agency,text,status,priority,questioned_costs_usd,official\n"
    line = "City Auditor,R-1,1,Parks,Repair the roof,Open,{},{},{}\n"
    add(head + line.format("no", "$1000", "J. Chief"), APRIL, "list.csv")
    changed = add(head + line.format("yes", '"2,500.50"', "K. Boss"), MAY, "list.csv").table
    assert set(zip(changed["before"], changed["after"], strict=True)) == {
        ("priority no", "yes"),
        ("questioned costs 1000.00", "2500.50"),
        ("responsible official J. Chief", "K. Boss"),
    }
    assert add(head + line.format("", "", ""), date(2024, 6, 1), "list.csv").table.empty
    back = add(head + line.format("no", "1000", "K. Boss"), JUNE, "list.csv").table
    assert list(back["after"]) == ["no", "1000.00"]
    kept = log.read(tmp_path / "log")
    shown = [
        register(kept, as_of=on).table.loc[0, ["priority", "questioned_costs_usd", "official"]]
        for on in (APRIL, MAY, JUNE)
    ]
    assert list(map(tuple, shown)) == [
        ("no", 1000.0, "J. Chief"),
        ("yes", 2500.5, "K. Boss"),
        ("no", 1000.0, "K. Boss"),
    ]
    assert kept.recommendations.loc[0, "priority"] == "no"


def test_a_number_with_hardly_a_word_of_its_text_is_asked_about(tmp_path):
    head = "issuer,report,number,text,status\n"
    for text, as_of in (
        ("Count the lamps of each harbor every year.", "2024-03-31"),
        ("Count all lamps of each harbor every year.", "2024-06-30"),
        ("Train the pilots in the new rules.", "2024-09-30"),
    ):
        path = tmp_path / f"{as_of}.csv"
        path.write_text(f"{head}City Auditor,22-1,1,{text},open\n", encoding="utf-8")
        reading = read_file(path, as_of=date.fromisoformat(as_of))
        told = imports.append_reading(tmp_path / "log", reading).table["after"].iloc[0]
        assert ("another recommendation" in told) == text.startswith("Train")
