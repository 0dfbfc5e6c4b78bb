from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from coee_nb.errors import InputError
from coee_nb.findings import InputFile
from coee_nb.recommendations import log, statements
from coee_nb.recommendations.aging import aging
from coee_nb.recommendations.clocks import clocks
from coee_nb.recommendations.register import part_of, register

AS_OF = date(2024, 4, 30)
OPEN, PAGE = "recommendations.open", {"source_file": "page.txt"}


@pytest.fixture
def current(log_of):
    due = {"ecd_to": "2022-10-31", "review": "reviewed"}
    gao = {"recommendation_id": "GAO.1", "issuer": "GAO", "issued_on": ""}
    made = log_of(
        ["A.1", "A.2", "A.3", gao],
        [
            ("A.1", "2022-03-31", "ecd", due),
            ("A.2", "2022-03-31", "ecd", {"ecd_to": "2024-06-30"}),
            ("A.3", "2022-03-31", "ecd", due),
            ("A.3", "2023-01-01", "status", {"status": "closed - implemented"}),
            ("GAO.1", "2024-04-30", "no_ecd", {"dated": ""}),
        ],
    )
    return register(made, as_of=AS_OF)


def test_each_finding_states_its_share(current):
    found = {f.id: f for f in statements.lateness(aging(current))}
    shares = {name: (f.numerator, f.denominator) for name, f in found.items()}
    assert shares == {
        "recommendations.open": (3, 4),
        "recommendations.past_due": (1, 3),
        "recommendations.stale_ecd": (1, 3),
        "recommendations.no_ecd": (1, 3),
        "recommendations.milestone_only": (0, 3),
        "recommendations.lower_bound_only": (0, 3),
        "recommendations.age_unknown": (1, 3),
        "recommendations.unseen": (2, 3),
        "recommendations.not_confirmed": (0, 3),
        "recommendations.longest_past_due": (None, None),
    }
    # The answer first, then the day, the log and its sources.
    assert found["recommendations.past_due"].statement.startswith(
        "1 of 3 open recommendations is past the agency's estimated completion date"
    )
    assert found["recommendations.longest_past_due"].value == 547
    # The log's last source is of April 2024, that on the late one is not.
    for name in ("past_due", "longest_past_due"):
        assert (
            "; last sources on these of 2022-03-31)" in found[f"recommendations.{name}"].statement
        )


def test_each_finding_leads_to_the_rows_of_the_log_and_the_events_in_force(current):
    files = tuple(InputFile(f"log/{name}.csv", "") for name in ("recommendations", "events"))
    found = {f.id: f for f in statements.lateness(aging(current), inputs=files)}
    late = "A.1 of recommendations.csv; E000001 of events.csv"
    for name in ("past_due", "longest_past_due", "stale_ecd"):
        assert found[f"recommendations.{name}"].source_rows == late
    nothing = "no row of recommendations.csv; no row of events.csv"
    assert found["recommendations.milestone_only"].source_rows == nothing


def test_what_may_not_be_open_is_counted_apart_with_what_follows(log_of):
    unread = {"source_span": "TBD", "note": "contradiction: 1 and 2", "source_sha256": "b" * 64}
    made = log_of(
        ["A.1", "B.1", "C.1", "D.1", "E.1"],
        [
            *((f"{n}.1", "2022-03-31", "ecd", {"ecd_to": "2022-10-31"}) for n in "ABCDE"),
            ("A.1", "2024-01-01", "unread", unread),
            ("B.1", "2024-01-01", "vanished"),
            ("C.1", "2024-01-01", "status", {"status": "asserted complete"}),
            ("D.1", "2024-01-01", "withdrawn", {"source_span": "withdrew"}),
        ],
    )
    found = {f.id[16:]: f for f in statements.lateness(aging(register(made, as_of=AS_OF)))}
    shares = {name: (f.numerator, f.denominator) for name, f in found.items()}
    assert shares["open"] == (4, 5)
    assert shares["past_due"] == shares["contradictions"] == shares["not_confirmed"] == (1, 4)
    assert shares["asserted_complete"] == shares["withdrawn"] == (1, 4)
    assert shares["no_longer_listed"] == (1, 5)
    assert "not counted as past due" in found["not_confirmed"].statement
    # Nobody has read that A.1 is open, nor that it has no date.
    assert (
        "4 of 5 recommendations in the log are still listed and not read as closed"
        in found["open"].statement
    )
    assert "1 of 4 recommendations open or not confirmed" in found["past_due"].statement
    assert "in the log, where their last source was read" in found["no_ecd"].statement


def test_days_past_due_has_one_finding_a_late_recommendation(current):
    (found,) = statements.days_past_due(aging(current))
    assert (found.id, found.value) == ("recommendations.A.1.days_past_due", 547)
    assert "547 days past its estimated completion date of 2022-10-31" in found.statement


def test_a_moved_date_is_stated_with_the_first(log_of):
    moved = ("A.1", "2022-11-15", "ecd", {"ecd_to": "2024-03-31"})
    made = log_of(["A.1"], [("A.1", "2022-03-31", "ecd", {"ecd_to": "2022-10-31"}), moved])
    (found,) = statements.days_past_due(aging(register(made, as_of=AS_OF)))
    assert "30 days past" in found.statement
    assert "547 past its first" in found.statement


def test_unconfirmed_counts_automatic_dates(current):
    (found,) = statements.unconfirmed(current)
    assert (found.id, found.value, found.denominator) == ("recommendations.unconfirmed", 1, 3)


def test_clocks_are_stated_where_they_apply(current):
    found = {f.id: f.statement for f in statements.clock_counts(clocks(current))}
    assert set(found) == {
        "recommendations.clock.management_decision",
        "recommendations.clock.gao_statement",
        "recommendations.clock.year_old",
        "recommendations.clock.semiannual",
    }
    assert "2 of 4 listed" in found["recommendations.clock.year_old"]
    assert "of 3 overdue" in found["recommendations.clock.management_decision"]
    assert "for 1 it cannot be told" in found["recommendations.clock.year_old"]


def test_every_row_of_the_log_is_accounted_for(log_of, tmp_path):
    other = {"recommendation_id": "B.1", "agency": "ICE"}
    made = log_of(
        ["A.1", other, {"recommendation_id": "A.2", "issued_on": "2024-06-01"}],
        [
            ("A.1", "2022-03-31", "ecd", {"ecd_to": "2022-10-13"}),
            ("B.1", "2022-03-31", "update"),
            ("A.1", "2022-03-31", "ecd", {"ecd_to": "2022-10-31", "supersedes": "E000001"}),
            ("A.1", "2024-06-01", "update"),
        ],
    )
    log.append(tmp_path, made.recommendations, made.events)
    part = part_of(made, agencies=["CBP"])
    listed, events = statements.sources(tmp_path, made, part, register(part, as_of=AS_OF))
    assert (listed.rows, listed.used) == (3, 1)
    assert listed.excluded == {"of another agency": 1, "recorded after the as-of date": 1}
    assert (events.rows, events.used) == (4, 1)
    assert events.excluded == {
        "of another agency": 1,
        "recorded after the as-of date": 1,
        "replaced by a correction": 1,
    }


def test_a_log_that_is_gone_cannot_be_accounted_for(generated, tmp_path):
    with pytest.raises(InputError):
        statements.sources(tmp_path, generated, generated, register(generated, as_of=AS_OF))


def test_a_source_that_shows_a_part_of_its_count_is_named(log_of):
    """A page says 23 and shows 10: "all 10" is of the log, not of the agency."""
    page = {"source_file": "page.txt", "source_sha256": "a" * 64, "format": "page"}
    counts = {"as_of": "2024-04-30", "dated_by": "import", "total": 23, "shown": 10, "read": 10}
    made = replace(
        log_of(["A.1"], [("A.1", "2024-04-30", "ecd", {"ecd_to": "2024-03-31", **PAGE})]),
        sources=log.sources_table(pd.DataFrame([page | counts | {"unread": 0, "excluded": 0}])),
    )
    aged = aging(register(made, as_of=AS_OF))
    found = {f.id: f.statement for f in statements.lateness(aged)}
    assert "its sources announce 13 more, which it does not hold" in found[OPEN]
    (part,) = statements.held_in_part(aged.register)
    assert "13 of the 23 that page.txt announces" in part.statement
    line = statements.counts(aged).set_index("count").loc["not_held"]
    assert (part.value, part.denominator) == (13, 23) == (line["recommendations"], line["of"])
    (late,) = statements.days_past_due(aged)
    assert "of 2024-04-30, the day given at its import (page.txt)" in late.statement


@pytest.mark.parametrize("share", ["none", "all"])
def test_what_is_so_is_said_not_what_is_not(log_of, share):
    review = {"review": "reviewed"} if share == "none" else {}
    made = log_of(["A.1"], [("A.1", "2024-04-30", "ecd", {"ecd_to": "2024-05-31", **review})])
    (found,) = statements.unconfirmed(register(made, as_of=AS_OF))
    said = "The one estimated completion date is confirmed" if share == "none" else "1 of 1"
    assert said in found.statement


def test_every_sentence_carries_its_as_of_date_and_the_day_of_its_last_source(current):
    aged, lists = aging(current), clocks(current)
    found = [
        *statements.lateness(aged), *statements.days_past_due(aged),
        *statements.unconfirmed(current), *statements.clock_counts(lists),
    ]  # fmt: skip
    for finding in found:
        assert "2024-04-30" in finding.statement
        assert "last source" in finding.statement


def test_every_findings_evidence_is_a_line_that_shows_its_value(current, log_of):
    """Each evidence names a line on the page; the value stands in it."""
    from coee_nb.recommendations import tables

    aged, lists = aging(current), clocks(current)
    empty = log_of(["A.1"])
    made = [tables.counted(aged), tables.worklist(aged, empty), tables.clock_summary(lists)]
    lines = {}
    for table in made:
        _, cells = table.cells()
        for name, line in zip(table.frame[table.anchor], cells, strict=False):
            lines[f"{table.name}.{name}"] = line
    found = [
        *statements.lateness(aged), *statements.days_past_due(aged),
        *statements.unconfirmed(current), *statements.clock_counts(lists),
    ]  # fmt: skip
    for finding in found:
        assert str(finding.value) in lines[finding.evidence], finding.id


def test_a_log_that_held_nothing_by_then_says_so(log_of):
    early = aging(register(log_of(["A.1"]), as_of="2020-01-01"))
    found = {f.id: f for f in statements.lateness(early)}
    assert "No recommendation was recorded" in found[OPEN].statement
    assert "No recommendation was open" in found["recommendations.past_due"].statement
    assert found[OPEN].value == 0
