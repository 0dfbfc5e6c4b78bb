from datetime import date

import pandas as pd
import pytest

from coee_nb.fiscal import semiannual_period_end
from coee_nb.recommendations import clocks
from coee_nb.recommendations.register import register

AS_OF = date(2024, 4, 30)


@pytest.fixture
def state(log_of):
    """Run a clock over one recommendation and return its state, reason and day."""

    def make(clock, events: list = (), as_of: date = AS_OF, **about: str) -> tuple:
        log = log_of([{"recommendation_id": "A.1", **about}], list(events))
        found = clock(register(log, as_of=as_of))
        row = found.table.iloc[0]
        return row["state"], row["reason"], row["due_on"]

    return make


@pytest.fixture
def states(log_of_each):
    """Run a clock over recommendations, each with its events; return a row for each."""

    def make(clock, cases: list, **about: str) -> pd.DataFrame:
        log, ids = log_of_each(cases, **about)
        table = clock(register(log, as_of=AS_OF)).table
        return table.set_index("recommendation_id").loc[ids]

    return make


def status(word: str, on: str, **more: str) -> tuple:
    return ("A.1", on, "status", {"status": word, **more})


DECIDED = clocks.management_decision


def test_management_decision_at_six_months(state, states):
    cases = [
        ([status("resolved and open", "2022-03-31")], "met"),
        ([status("resolved and open", "2022-09-30")], "met"),
        ([status("resolved and open", "2022-10-01")], "met late"),
        ([status("closed - implemented", "2022-10-01")], "met late"),
        ([status("resolved and open", "2023-04-30", dated="")], "cannot tell"),
        ([status("unresolved", "2022-04-01")], "overdue"),
        ([status("open", "2022-04-01")], "cannot tell"),
        ([], "cannot tell"),
    ]
    found = states(DECIDED, [events for events, _ in cases])
    assert found["state"].tolist() == [expected for _, expected in cases]
    # March 31 and six months: September has 30 days.
    assert set(found["due_on"]) == {pd.Timestamp("2022-09-30")}
    on_the_day = state(DECIDED, [status("unresolved", "2022-04-01")], date(2022, 9, 30))
    assert on_the_day[0] == "running"


def test_management_decision_without_an_issue_date_cannot_be_told(state):
    told = state(DECIDED, [status("resolved and open", "2022-03-31")], issued_on="")
    assert told[:2] == ("cannot tell", "issue date unknown")


def test_gao_statement_is_due_before_the_181st_day(state):
    about = {"issuer": "GAO", "issued_on": "2024-01-01"}
    assert state(clocks.gao_statement, **about)[2] == pd.Timestamp("2024-06-29")
    assert state(clocks.gao_statement, as_of=date(2024, 6, 29), **about)[0] == "running"
    found, reason, _ = state(clocks.gao_statement, as_of=date(2024, 6, 30), **about)
    assert (found, "letter" in reason) == ("cannot tell", True)
    unknown = state(clocks.gao_statement, issuer="GAO", issued_on="")
    assert unknown[:2] == ("cannot tell", "issue date unknown")


@pytest.mark.parametrize(
    ("issuer", "expected"),
    [
        ("GAO", {"open": "listed", "closed - not implemented": "listed",
                 "closed - implemented": "done"}),
        ("DHS OIG", {"resolved and open": "listed", "closed - not implemented": "done",
                     "closed - implemented": "done", "asserted complete": "listed"}),
    ],
)  # fmt: skip
def test_a_year_or_more_old_for_each_auditor_and_status(states, issuer, expected):
    cases = [[status(word, "2022-06-01")] for word in expected]
    found = states(clocks.year_old, cases, issuer=issuer)
    assert dict(zip(expected, found["state"], strict=True)) == expected


def test_a_year_is_complete_on_the_same_day(state):
    assert state(clocks.year_old, as_of=date(2023, 3, 30))[0] == "not yet"
    assert state(clocks.year_old, as_of=date(2023, 3, 31))[0] == "listed"
    unknown = state(clocks.year_old, issuer="GAO", issued_on="")
    assert unknown[:2] == ("cannot tell", "issue date unknown")


@pytest.mark.parametrize(
    ("as_of", "end"),
    [
        (date(2024, 3, 30), date(2023, 9, 30)),
        (date(2024, 3, 31), date(2024, 3, 31)),
        (date(2024, 9, 30), date(2024, 9, 30)),
        (date(2024, 1, 1), date(2023, 9, 30)),
    ],
)
def test_semiannual_periods_end_in_march_and_september(as_of, end):
    assert semiannual_period_end(as_of) == end


@pytest.mark.parametrize(
    ("issued", "closed", "expected"),
    [
        ("2023-09-30", None, "listed"),
        ("2023-10-01", None, "not yet"),
        ("2022-03-31", "2024-03-31", "done"),
        ("2022-03-31", "2024-04-01", "listed"),
    ],
)
def test_semiannual_lists_earlier_ones_not_completed_at_the_period_end(
    state, issued, closed, expected
):
    events = [status("closed - implemented", closed)] if closed else []
    assert state(clocks.semiannual, events, issued_on=issued)[0] == expected


def test_a_closure_on_an_unknown_day_may_be_before_or_after_the_period_end(state):
    closed = status("closed - implemented", "2024-04-20", dated="")
    found = state(clocks.semiannual, [closed])
    assert found[:2] == ("cannot tell", "closed, but the source does not say on which day")


@pytest.mark.parametrize("clock", [clocks.year_old, clocks.semiannual])
def test_the_day_first_known_bounds_an_unknown_issue_date(state, clock):
    about = {"issuer": "NASA OIG", "issued_on": "", "recorded_on": "2022-06-01"}
    found = state(clock, [status("open", "2022-06-01")], **about)
    assert found[0] == "listed"
    assert "known" in found[1]


@pytest.mark.parametrize(
    "event",
    [("A.1", "2023-01-01", "vanished"),
     ("A.1", "2023-01-01", "unread", {"source_span": "TBD", "source_sha256": "b" * 64})],
    ids=["absent", "not read"],
)  # fmt: skip
@pytest.mark.parametrize("clock", [DECIDED, clocks.year_old, clocks.semiannual])
def test_what_is_absent_or_not_read_is_on_no_list(state, clock, event):
    assert state(clock, [status("unresolved", "2022-04-01"), event])[0] == "cannot tell"


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], "overdue"),
        ([status("closed - implemented", "2022-06-30")], "met"),
        ([status("closed - implemented", "2022-07-01")], "met late"),
        ([status("closed - implemented", "2023-07-01", dated="")], "cannot tell"),
    ],
)
def test_the_auditors_deadline_is_a_clock_of_its_own(state, events, expected):
    found = state(clocks.auditor_deadline, events, auditor_deadline_on="2022-06-30")
    assert found[0] == expected


def test_a_clock_says_whom_it_does_not_apply_to(log_of):
    log = log_of(["A.1", {"recommendation_id": "B.1", "issuer": "GAO"}])
    lists = clocks.clocks(register(log, as_of=AS_OF))
    assert [(len(one.table), one.excluded) for one in lists] == [
        (1, 1), (1, 1), (2, 0), (1, 1), (0, 2),
    ]  # fmt: skip
    table = clocks.summary(lists)
    counted = table.drop(columns=["clock", "authority", "applies_to"]).sum(axis=1)
    assert list(counted) == [2] * 5


def test_no_federal_clock_binds_a_state_auditor(log_of):
    log = log_of([{"recommendation_id": "A.1", "issuer": "California State Auditor"}])
    assert all(one.table.empty for one in clocks.clocks(register(log, as_of=AS_OF)))
