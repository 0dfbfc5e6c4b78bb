"""What a newer list says in words that are not read never leaves an older fact standing."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coee_nb.engines.datewords.styles import DateStyle
from coee_nb.errors import InputError
from coee_nb.recommendations import imports, log, reviews, sightings
from coee_nb.recommendations.aging import aging
from coee_nb.recommendations.register import UNREAD, evidence, register
from coee_nb.recommendations.sources.recognise import read_file

JUNE, FEBRUARY, MARCH, MAY = (
    date(2024, 6, 30), date(2025, 2, 28), date(2025, 3, 31), date(2025, 5, 31),
)  # fmt: skip
HEAD = "issuer,report,number,text,status,ecd,narrative\n"


def row(number: str, status: str, due: str, narrative: str = "") -> str:
    return f"Audit,IA-7,{number},Do {number},{status},{due},{narrative}\n"


@pytest.fixture
def add(tmp_path):
    """Import rows of a list into the test's log, as of a day."""

    def run(
        *rows: str, as_of: date, head: str = HEAD, complete: bool = False
    ) -> imports.ImportChanges:
        path = tmp_path / "list.csv"
        path.write_text(head + "".join(rows), encoding="utf-8")
        reading = read_file(path, as_of=as_of)
        if complete:
            reading = sightings.complete(reading)
        return imports.append_reading(tmp_path / "log", reading)

    return run


@pytest.fixture
def known(tmp_path):
    """Age the test's log and return its recommendations by number."""

    def table(as_of: date):
        aged = aging(register(log.read(tmp_path / "log"), as_of=as_of)).table
        return aged.set_index("number")

    return table


def first(add) -> None:
    add(
        row("A1", "Open", "2024-12-31"), row("A2", "Open", "2024-12-31"),
        row("A3", "Open", "2025-01-31"), row("A4", "Open", "2024-09-30"), as_of=JUNE,
    )  # fmt: skip


SECOND = (
    row("A1", "Open", "2025-06-30"), row("A2", "Closed - Implemented", "2024-12-31"),
    row("A3", "Open", "30/02/2025"), row("A4", "Zzz", "2025-09-30"),
)  # fmt: skip


def test_a_newer_row_in_words_not_read_unsettles_the_older_facts(add, known):
    first(add)
    changes = add(*SECOND, as_of=FEBRUARY)
    kept = changes.table[changes.table["change"] == "kept as words"]
    assert kept["recommendation_id"].tolist() == ["IA-7.A3", "IA-7.A4"]
    table = known(FEBRUARY)
    assert list(table.loc[["A3", "A4"], "standing"]) == [UNREAD] * 2
    assert not table["past_due"].any()
    assert "30/02/2025" in table.loc["A3", "unread_note"]
    # What was known before the newer list is as it was.
    assert known(date(2025, 2, 27))["past_due"].sum() == 4


def test_the_words_are_evidence_with_their_file(add, tmp_path):
    first(add)
    add(*SECOND, as_of=FEBRUARY)
    held = log.read(tmp_path / "log")
    facts = evidence(held, register(held, as_of=FEBRUARY))
    unread = facts[facts["fact"] == "seen, not read"].set_index("recommendation_id")
    assert unread.loc["IA-7.A3", "source_span"] == "30/02/2025"
    assert unread.loc["IA-7.A3", "source_file"] == "list.csv"
    older = facts[(facts["recommendation_id"] == "IA-7.A3") & (facts["fact"] == "ECD")]
    assert older["says"].tolist() == ["2025-01-31 (not confirmed by last source)"]


def test_the_same_unread_list_again_adds_nothing(add):
    first(add)
    add(*SECOND, as_of=FEBRUARY)
    assert add(*SECOND, as_of=FEBRUARY).events.empty
    assert add(*SECOND, as_of=MARCH).table.empty


def test_a_later_row_that_is_read_confirms_again_even_what_it_repeats(add, known):
    first(add)
    add(*SECOND, as_of=FEBRUARY)
    add(row("A3", "Open", "2025-01-31"), as_of=MARCH)
    table = known(MARCH)
    assert table.loc["A3", ["standing", "past_due", "days_past_due"]].tolist() == ["open", True, 59]
    assert table.loc["A4", "standing"] == UNREAD
    add(row("A3", "Open", "within 90 days"), as_of=MAY)
    assert known(MAY).loc["A3", "standing"] == UNREAD


def test_an_analyst_reads_what_the_program_did_not(add, known, tmp_path):
    first(add)
    add(*SECOND, as_of=FEBRUARY)
    events = log.read(tmp_path / "log").events.query("kind == 'unread'")["event_id"].tolist()
    with pytest.raises(InputError, match="nothing to confirm"):
        reviews.confirm(tmp_path / "log", events[0], on=MARCH)
    reviews.correct(tmp_path / "log", events[0], ecd=None, on=MARCH)
    reviews.correct_status(tmp_path / "log", events[1], status="asserted complete", on=MARCH)
    table = known(MARCH)
    assert table.loc["A3", "due_group"] == "no ECD given"
    assert table.loc["A4", "standing"] == "completed by the agency's word"
    # A list that says the same words again says nothing new.
    assert add(*SECOND, as_of=MAY).table.empty
    assert known(MAY).loc["A3", "due_group"] == "no ECD given"


def test_a_blank_cell_of_a_date_column_ends_the_date_before(add, known):
    first(add)
    add(row("A1", "Open", "2025-06-30"), row("A3", "Open", ""), as_of=FEBRUARY)
    assert known(FEBRUARY).loc["A3", "due_group"] == "no ECD given"


def test_two_rows_that_contradict_each_other_are_told_and_neither_is_taken(add, known):
    first(add)
    twice = row("A1", "Open", "2025-06-30"), row("A1", "Closed - Implemented", "2025-06-30")
    changes = add(*twice, as_of=FEBRUARY)
    assert changes.table["change"].tolist() == ["contradiction"]
    assert "closed - implemented" in changes.table["after"].iloc[0]
    assert known(FEBRUARY).loc["A1", "standing"] == UNREAD


def test_a_date_column_against_its_comments_is_a_contradiction(add, known):
    says = "Management now expects completion by 30 June 2025."
    changes = add(
        row("W1", "Open", "", says), row("W2", "Open", "2024-12-31", says),
        row("W4", "Closed - Implemented", "2024-12-31", says), as_of=date(2025, 1, 31),
    )  # fmt: skip
    assert changes.table.set_index("change").loc["contradiction", "recommendation_id"] == "IA-7.W2"
    added = changes.table[changes.table["change"] == "added"].set_index("recommendation_id")
    assert added.loc["IA-7.W2", "after"] == "open; date not read"
    table = known(date(2025, 1, 31))
    assert table.loc["W2", "standing"] == UNREAD
    assert not table["past_due"].any()
    assert table.loc["W1", "due_on"].date() == date(2025, 6, 30)


def test_what_is_absent_from_a_complete_list_is_no_longer_listed(add, known):
    first(add)
    rest = row("A1", "Open", "2024-12-31"), row("A2", "Open", "31/06/2025")
    assert "not shown" not in add(*rest, as_of=FEBRUARY, complete=True).table["change"].tolist()
    table = known(FEBRUARY)
    assert dict(table["standing"]) == {
        "A1": "open", "A2": UNREAD, "A3": "no longer listed", "A4": "no longer listed",
    }  # fmt: skip
    assert table["past_due"].sum() == 1


def test_a_review_after_the_absence_does_not_bring_it_back(add, known, tmp_path):
    first(add)
    rest = row("A1", "Open", "2024-12-31")
    add(rest, as_of=FEBRUARY, complete=True)
    ecd = log.read(tmp_path / "log").events.query("recommendation_id == 'IA-7.A3' & kind == 'ecd'")
    reviews.confirm(tmp_path / "log", ecd["event_id"].iat[0], on=MARCH)
    assert known(MARCH).loc["A3", "standing"] == "no longer listed"
    assert add(rest, as_of=MAY, complete=True).events.empty


def test_a_list_that_shows_a_part_of_its_count_is_not_complete(tmp_path):
    page = (Path(__file__).parent / "files" / "gao_page.txt").read_text("utf-8")
    (tmp_path / "page.txt").write_text(page, encoding="utf-8")
    with pytest.raises(InputError, match="shows 3 of 4"):
        sightings.complete(read_file(tmp_path / "page.txt", as_of=JUNE))


def test_one_excluded_row_does_not_hide_the_absence_of_the_others(tmp_path):
    """A row excluded stands for the recommendation whose text it begins with, for no other."""
    page = (Path(__file__).parent / "files" / "gao_page.txt").read_text("utf-8")
    path = tmp_path / "page.txt"
    path.write_text(page.replace("(4 total)", "(3 total)"), encoding="utf-8")
    imports.append_reading(tmp_path / "log", read_file(path, as_of=JUNE))
    oil = page[page.index("United States Lighthouse Service The Keeper should measure") :]
    oil = oil[: oil.index("\nWicks")]
    later = page.replace(oil, "").replace("(4 total)", "(2 total)")
    later = later.replace("2 Open Recommendations", "1 Open Recommendations")
    path.write_text(later.replace("wicks.\nOpen\n", "wicks.\n"), encoding="utf-8")
    changes = imports.append_reading(tmp_path / "log", read_file(path, as_of=FEBRUARY))
    told = dict(changes.table[["change", "after"]].itertuples(index=False, name=None))
    assert told["vanished"] == "not in the complete list"
    assert told["not shown"] == "rows of the file excluded: 1"


STATUSES = st.sampled_from(["Open", "Zzz", "Closed - Implemented", "Completed"])
DUES = st.sampled_from(["2024-12-31", "2025-06-30", "24-Dec", ""])


@pytest.mark.long
@settings(max_examples=12, deadline=None)
@given(lists=st.lists(st.tuples(STATUSES, DUES), min_size=1, max_size=5))
def test_whatever_the_lists_an_unread_last_row_leaves_no_old_fact_current(tmp_path_factory, lists):
    folder = tmp_path_factory.mktemp("log")
    path, held = folder / "list.csv", []
    path.write_text(HEAD + row("A1", "Open", ""))
    imports.append_reading(folder, read_file(path, as_of=JUNE - timedelta(days=31)))
    for number, (status, due) in enumerate(lists):
        as_of = JUNE + timedelta(days=31 * number)
        path.write_text(HEAD + row("A1", status, due) + row("B1", "Open", "2025-12-31"))
        imports.append_reading(folder, read_file(path, as_of=as_of))
        current = register(log.read(folder), as_of=as_of)
        line = current.table.set_index("number").loc["A1"]
        if status == "Zzz" or (due == "24-Dec" and status != "Closed - Implemented"):
            assert line["standing"] == UNREAD
        else:
            assert line["standing"] != UNREAD
            assert line["closed"] == (status == "Closed - Implemented")
        held.append((as_of, line["standing"], line["ecd_to"]))
    for as_of, standing, due in held:  # the past is rebuilt as it was known
        again = register(log.read(folder), as_of=as_of).table.set_index("number").loc["A1"]
        assert again["standing"] == standing
        assert again["ecd_to"] == due or (again["ecd_to"] != again["ecd_to"] and due != due)


def test_the_earliest_as_of_of_the_comments_bounds_an_unknown_age(add, known):
    says = "As of May 2021 it was open. As of June 2023 a plan is under way."
    add(row("A1", "Open", "", says), as_of=JUNE)
    table = known(JUNE)
    assert table.loc["A1", "age_group"] == "issue date unknown"
    assert table.loc["A1", "age_at_least_days"] == (JUNE - date(2021, 5, 31)).days
    assert str(table.loc["A1", "last_update_on"].date()) == "2023-06-30"
    assert add(row("A1", "Open", "", says), as_of=FEBRUARY).table.empty


def test_a_date_withdrawn_in_words_ends_the_one_before(add, known):
    add(row("A1", "Open", "", "The office plans to finish by December 31 2024."), as_of=JUNE)
    withdrawn = "As of January 2025 the completion date is to be determined."
    changes = add(row("A1", "Open", "", withdrawn), as_of=FEBRUARY)
    assert "withdrawn ECD" in changes.table["change"].tolist()
    line = known(FEBRUARY).loc["A1"]
    assert (line["due_group"], line["withdrawals"], line["past_due"]) == ("ECD withdrawn", 1, False)
    assert str(line["former_due_on"].date()) == "2024-12-31"
    assert add(row("A1", "Open", "", withdrawn), as_of=FEBRUARY).table.empty


def test_a_former_date_told_with_the_current_one_counts_as_a_revision(add, known):
    says = "The ECD was revised from June 30 2024 to March 31 2025."
    add(row("A1", "Open", "", says), as_of=JUNE)
    line = known(FEBRUARY).loc["A1"]
    assert (line["revisions"], line["slip_days"]) == (1, 274)
    assert str(line["due_on"].date()) == "2025-03-31"
    assert str(line["first_due_on"].date()) == "2024-06-30"
    assert add(row("A1", "Open", "", says), as_of=MARCH).table.empty


def test_a_status_not_understood_costs_its_row_no_date(add, known):
    first(add)
    changes = add(row("A4", "Amber", "2025-09-30"), as_of=FEBRUARY)
    told = changes.table.set_index("change")["after"]
    assert "'Amber' is unknown" in told["kept as words"]
    assert told["changed ECD"] == "ECD 2025-09-30"
    assert known(FEBRUARY).loc["A4", "standing"] == UNREAD


def test_a_new_row_whose_status_is_not_understood_is_taken_as_open(add, known):
    changes = add(row("N1", "Amber", "2025-09-30"), row("N2", "", ""), as_of=FEBRUARY)
    told = changes.table[["change", "recommendation_id"]].values.tolist()
    assert [name for change, name in told if change == "taken as open"] == ["IA-7.N1", "IA-7.N2"]
    assert list(known(FEBRUARY)["standing"]) == ["open", "open"]
    assert add(row("N1", "Amber", "2025-09-30"), row("N2", "", ""), as_of=MARCH).table.empty
    # Closed since, and then the word again: it reopens nothing.
    add(row("N1", "Closed - Implemented", "2025-09-30"), as_of=MARCH)
    add(row("N1", "Amber", "2025-09-30"), as_of=MAY)
    assert known(MAY).loc["N1", "standing"] == UNREAD


def test_comments_are_read_in_the_date_order_that_was_asked_for(tmp_path):
    says = "As of 05/06/2024 it was open. Management expects completion by 07/08/2025."
    path = tmp_path / "list.csv"
    path.write_text(HEAD + row("A1", "Open", "07/08/2025", says), encoding="utf-8")
    reading = read_file(path, as_of=FEBRUARY, date_order="day-first")
    changes = imports.append_reading(tmp_path / "log", reading)
    assert changes.table["change"].tolist() == ["added"]
    events = changes.events.set_index("kind")
    assert str(events.loc["ecd", "ecd_to"].date()) == "2025-08-07"
    assert str(events.loc["update", "effective_to"].min().date()) == "2024-06-05"
    assert sightings.first_told(says, by=FEBRUARY, style=DateStyle("day-first")).due == date(
        2024, 6, 5
    )


CLOSED_ON = row("A1", "Closed - Implemented", "", "We closed it on November 15 2024.")


def test_the_closing_day_of_the_comments_is_the_day_of_the_closure(add, known):
    first(add)
    add(CLOSED_ON, as_of=FEBRUARY)
    line = known(FEBRUARY).loc["A1"]
    assert line["closed"]
    assert str(line["status_from"].date()) == str(line["status_on"].date()) == "2024-11-15"
    assert add(CLOSED_ON, as_of=MAY).events.empty


@pytest.mark.parametrize("seen_open", [date(2024, 12, 31)])
def test_a_closing_day_that_a_later_source_denies_is_not_taken(add, known, seen_open):
    add(row("A1", "Open", "2025-12-31"), as_of=seen_open)
    add(CLOSED_ON, as_of=FEBRUARY)
    line = known(FEBRUARY).loc["A1"]
    assert line["closed"]
    assert (line["status_from"].date(), line["status_on"].date()) == (
        seen_open + timedelta(days=1), FEBRUARY,
    )  # fmt: skip


def test_a_closing_day_before_the_issue_is_not_taken(add, known):
    head = HEAD.replace("issuer", "issued_on,issuer")
    add("2024-12-01," + CLOSED_ON, as_of=FEBRUARY, head=head)
    line = known(FEBRUARY).loc["A1"]
    assert line["closed"]
    assert line["status_on"].date() == FEBRUARY


def test_what_is_not_confirmed_is_called_open_in_no_caption_and_no_picture(add, tmp_path):
    from coee_nb.recommendations import charts, tables

    first(add)
    read = aging(register(log.read(tmp_path / "log"), as_of=JUNE))
    assert tables.age_groups(read).caption.startswith("Open recommendations by age")
    add(row("A1", "Open", "2025-06-30"), row("A3", "Open", "24-Dec"), as_of=FEBRUARY)
    whole = log.read(tmp_path / "log")
    aged = aging(register(whole, as_of=FEBRUARY))
    bars = charts.aging_bars(aged)
    captions = [tables.worklist(aged, whole).caption, tables.age_groups(aged).caption]
    for said in (*captions, bars.title, bars.description, tables.aging_columns(aged).caption):
        assert "open or not confirmed" in said.lower()
