from datetime import date

import pandas as pd

from coee_nb.outputs import Callout
from coee_nb.recommendations import tables
from coee_nb.recommendations.aging import aging
from coee_nb.recommendations.changes import changes
from coee_nb.recommendations.clocks import clocks
from coee_nb.recommendations.closure import closure
from coee_nb.recommendations.names import names_of
from coee_nb.recommendations.register import register

AS_OF = date(2024, 4, 30)


def due(day: str, on: str = "2023-06-30", **more: str) -> tuple:
    return ("A.1", on, "ecd", {"ecd_to": day, **more})


REASONS = [
    ([due("2023-10-31")], "The agency's date, 2023-10-31, has passed. "
     "No dated update in the log since 2023-06-30."),
    ([due("2024-10-31")], "The agency's date, 2024-10-31, is not yet due."),
    ([due("2023-10-31"), due("2024-10-31", "2023-12-01")],
     "The agency's date, 2024-10-31, is not yet due. "
     "The date moved 1 time, by 366 days in all."),
    ([("A.1", "2023-06-30", "no_ecd")], "The sources in the log give no date."),
    ([due("2023-10-31"), ("A.1", "2023-12-01", "no_ecd")],
     "The last source gives no date; the one before was 2023-10-31."),
    ([due("2023-10-31"), ("A.1", "2023-12-01", "withdrawn", {"source_span": "withdrew"})],
     "The agency withdrew its date of 2023-10-31."),
    ([due("2023-10-31"), ("A.1", "2023-12-01", "unread",
                          {"source_span": "TBD", "note": "not read: TBD"})],
     "Seen, not read, in the source of 2023-12-01 (not read: TBD): that source does not "
     "confirm what was read before. The date last read is 2023-10-31. Status last read: none."),
    ([due("2023-10-31", ecd_bound="not_before")],
     "The agency said not before 2023-10-31: no due date."),
    ([due("2023-10-31", ecd_kind="milestone")],
     "Only an interim milestone, due 2023-10-31, is dated: it has passed."),
    ([due("2024-10-31", ecd_kind="milestone")],
     "Only an interim milestone, not yet due 2024-10-31, is dated."),
    ([due("2022-10-31", "2022-03-31")], "The agency's date, 2022-10-31, has passed. "
     "The last source on it is of 2022-03-31: a later closure would not be in the log."),
    ([due("2024-10-31"), ("A.1", "2023-12-01", "status", {"status": "asserted complete"})],
     "The agency says it is done; the auditor has not verified it. "
     "The date last read is 2024-10-31."),
    ([due("2024-10-31"), ("A.1", "2023-12-01", "vanished")],
     "No longer listed since 2023-12-01. The date last read is 2024-10-31."),
]  # fmt: skip


def test_why_a_recommendation_stands_where_it_does(log_of_each):
    log, ids = log_of_each([events for events, _ in REASONS])
    table = aging(register(log, as_of=AS_OF)).table.set_index("recommendation_id")
    assert [tables.why(table.loc[id]) for id in ids] == [expected for _, expected in REASONS]


def test_attention_quotes_the_words_of_the_date_and_the_start_of_the_hash(log_of):
    quote = {"source_file": "r.txt", "source_span": "ECD: October 31, 2022"}
    log = log_of(["A.1"], [due("2022-10-31", source_sha256="ab" * 32, **quote)])
    table = tables.worklist(aging(register(log, as_of=AS_OF)), log)
    row = table.frame.iloc[0]
    assert row["evidence"] == "“ECD: October 31, 2022”, r.txt (abababababab, automatic)"
    assert table.cells()[1][0][-3:-1] == ["“ECD: October 31, 2022”", "automatic"]


def test_where_no_date_was_given_the_note_stands_in_brackets(log_of):
    said = {"note": "no date given", "source_file": "page.txt"}
    log = log_of(["A.1"], [("A.1", "2023-06-30", "no_ecd", said)])
    table = tables.worklist(aging(register(log, as_of=AS_OF)), log)
    assert table.frame.loc[0, "evidence"] == "[no date given], page.txt (automatic)"


def test_of_a_row_not_read_the_words_are_quoted_and_nothing_is_claimed(log_of):
    unread = {"source_span": "TBD", "note": "not read: TBD", "source_file": "l2.csv"}
    log = log_of(["A.1"], [("A.1", "2024-01-31", "unread", unread)])
    aged = aging(register(log, as_of=AS_OF))
    row = tables.worklist(aged, log).frame.iloc[0]
    assert row["evidence"] == "“TBD”, l2.csv (automatic)"
    assert "nothing of it was read before" in row["why"]
    older = [due("2023-10-31"), ("A.1", "2023-06-30", "status", {"status": "open"})]
    log = log_of(["A.1"], [*older, ("A.1", "2024-01-31", "unread", unread)])
    asked = tables.asked(aging(register(log, as_of=AS_OF))).frame.iloc[0]
    assert asked["status"] == "open (not confirmed by last source)"


def test_a_step_on_the_way_is_quoted_where_it_is_all_there_is(log_of):
    step = {"ecd_kind": "milestone", "source_file": "p.txt", "source_span": "by May"}
    log = log_of(
        ["A.1"], [("A.1", "2023-06-30", "no_ecd"), due("2024-05-31", "2023-07-31", **step)]
    )
    table = tables.worklist(aging(register(log, as_of=AS_OF)), log)
    assert table.frame.loc[0, "evidence"].startswith("“by May”")


def test_a_fact_without_a_source_says_so(log_of):
    table = tables.worklist(aging(register(log_of(["A.1"]), as_of=AS_OF)), log_of(["A.1"]))
    assert table.frame.loc[0, "evidence"] == "no source in the log"


def test_attention_leaves_out_what_is_closed_and_nothing_else(generated):
    current = register(generated, as_of=AS_OF)
    table = tables.worklist(aging(current), generated)
    assert len(table.frame) == (~current.table["closed"]).sum()


def test_every_table_of_a_register_with_missing_days_can_be_published(log_of):
    gao = {"recommendation_id": "GAO.1", "issuer": "GAO", "issued_on": ""}
    log = log_of(["A.1", gao], [due("2022-10-31", "2022-03-31")])
    current = register(log, as_of=AS_OF)
    aged, lists = aging(current), clocks(current)
    made = [
        tables.worklist(aged, log), tables.aging_columns(aged), tables.age_groups(aged),
        tables.asked(aged),
        tables.quotations(log, current), tables.clock_summary(lists),
        *(tables.clock_list(lists, one.clock.name) for one in lists[:4]),
    ]  # fmt: skip
    assert len({table.name for table in made}) == len(made)
    for table in made:
        assert len(table.data()["rows"]) == len(table.frame)


def test_where_there_is_nothing_a_notice_says_so(log_of):
    log = log_of(["A.1"])
    current = register(log, as_of=AS_OF)
    none = changes(log, earlier=date(2023, 1, 1), later=AS_OF)
    for shown in (
        tables.clock_list(clocks(current), "auditor_deadline"),
        tables.changed(none),
        tables.cohorts(closure(current)),
        tables.agencies(closure(current)),
    ):
        assert isinstance(shown, Callout)


def test_no_law_of_another_country_is_cited_where_no_clock_applies(log_of):
    log = log_of([{"recommendation_id": "A.1", "issuer": "County Auditor-General"}])
    lists = clocks(register(log, as_of=AS_OF))
    told = tables.clock_summary(lists)
    assert isinstance(told, Callout)
    assert "OMB" not in told.text
    assert not list(tables.clock_list(lists, "semiannual"))


def test_the_name_of_a_recommendation_is_escaped(log_of):
    log = log_of([{"recommendation_id": "A.1", "text": "<script>alert(1)</script>"}])
    html = tables.asked(aging(register(log, as_of=AS_OF))).html()
    assert "alert(1)" in html
    assert "<script>" not in html


def test_the_summary_of_clocks_names_the_last_source_on_any_recommendation(log_of):
    events = [("A.1", "2022-03-31", "status", {"status": "open"}),
              ("B.1", "2024-04-30", "status", {"status": "open"})]  # fmt: skip
    issuers = [{"recommendation_id": "A.1", "issuer": "DHS OIG"},
               {"recommendation_id": "B.1", "issuer": "GAO"}]  # fmt: skip
    current = register(log_of(issuers, events), as_of=AS_OF)
    lists = clocks(current)
    assert len({one.stamp for one in lists}) > 1
    assert tables.clock_summary(lists).caption.endswith(current.stamp)


def test_a_picture_of_some_says_how_many_are_drawn_and_of_which_days_their_sources_are(log_of):
    from coee_nb.recommendations import charts

    names = [f"A.{n}" for n in range(1, 21)]
    current = register(log_of(names, [("A.1", *due("2023-10-31")[1:])] + [
        (name, *due("2023-09-30")[1:]) for name in names[1:]]), as_of=AS_OF)  # fmt: skip
    described = charts.slips(aging(current)).description
    assert "20 open recommendations" in described
    assert "drawn: the 15 furthest behind" in described
    assert described.count("last sources on these: of 2023-06-30") == 1
    assert (
        "last sources on these: of 2023-06-30"
        in charts.timeline(aging(current), current).description
    )


def test_a_list_without_titles_shows_what_each_asks_for(log_of):
    known = {"recommendation_id": "A.1", "title": "", "text": "Count the lamps."}
    made = log_of([known], [due("2024-10-31")])
    table = tables.worklist(aging(register(made, as_of=AS_OF)), made)
    assert table.show[1] == "text"
    assert table.frame["text"].tolist() == ["Count the lamps."]


def test_a_short_title_of_several_reports_is_told_in_full():
    rows = [("A.1", "", "Lamps: Buy More", "1"), ("A.2", "", "Lamps: Burn Less", "1"),
            ("A.3", "", "Ferries: Sail", "2"), ("B.1", "22-1", "Lamps: Buy More", "1")]  # fmt: skip
    table = pd.DataFrame(rows, columns=["recommendation_id", "report", "title", "number"])
    assert list(names_of(table).values()) == [
        "Lamps – Buy More, rec. 1", "Lamps – Burn Less, rec. 1", "Ferries, rec. 2", "22-1, rec. 1",
    ]  # fmt: skip
