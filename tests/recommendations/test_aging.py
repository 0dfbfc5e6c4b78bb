from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coee_nb.errors import ParameterError
from coee_nb.fiscal import add_months
from coee_nb.recommendations.aging import AGE_UNKNOWN, aging, due_labels
from coee_nb.recommendations.register import register

AS_OF = date(2024, 4, 30)


@pytest.fixture
def aged(log_of):
    """Age one recommendation of the given events."""

    def make(events: list, as_of: date = AS_OF, **about: str) -> pd.Series:
        log = log_of([{"recommendation_id": "A.1", **about}], events)
        return aging(register(log, as_of=as_of)).table.iloc[0]

    return make


def due(day: str, on: str = "2022-03-31", **more: str) -> tuple:
    return ("A.1", on, "ecd", {"ecd_to": day, **more})


def test_the_reports_ecd_of_october_31_2022_is_547_days_past_on_april_30_2024(aged):
    row = aged([due("2022-10-31")])
    assert row["days_past_due"] == row["days_past_first"] == 547
    assert (row["due_group"], row["past_due"], row["stale"]) == ("over 365 days", True, True)
    assert row["days_since_update"] == 761
    assert (row["age_group"], row["age_days"]) == ("2-4 years", 761)


def test_edges_of_the_buckets(log_of):
    groups = {
        -1: "not due", 0: "0-30 days", 30: "0-30 days", 31: "31-90 days", 90: "31-90 days",
        91: "91-180 days", 180: "91-180 days", 181: "181-365 days", 365: "181-365 days",
        366: "over 365 days",
    }  # fmt: skip
    dues = {f"A.{days}": AS_OF - timedelta(days=days) for days in groups}
    events = [(id, "2022-03-31", "ecd", {"ecd_to": f"{day}"}) for id, day in dues.items()]
    table = aging(register(log_of([*dues], events), as_of=AS_OF)).table
    assert dict(zip(table["days_past_due"], table["due_group"], strict=True)) == groups
    assert table["past_due"].tolist() == [days > 0 for days in table["days_past_due"]]


def test_current_and_first_ecd_are_shown_side_by_side(aged):
    row = aged(
        [due("2022-10-31"), due("2023-10-31", "2022-11-15"), due("2024-03-31", "2023-11-15")]
    )
    assert (row["days_past_due"], row["days_past_first"]) == (30, 547)
    assert (row["revisions"], row["slip_days"]) == (2, 365 + 152)


def test_a_date_pulled_forward_is_a_revision_that_takes_days_off(aged):
    row = aged(
        [due("2022-10-31"), due("2023-10-31", "2022-11-15"), due("2023-10-01", "2023-01-01")]
    )
    assert (row["revisions"], row["slip_days"]) == (2, 335)


def test_a_date_said_again_is_no_revision(aged):
    row = aged([due("2022-10-31"), due("2022-10-31", "2022-06-01")])
    assert (row["revisions"], row["slip_days"]) == (0, 0)


def test_a_superseded_date_is_no_revision(aged):
    right = due("2022-10-31", recorded_on="2023-01-15", supersedes="E000001")
    row = aged([due("2022-10-13"), right])
    assert (row["revisions"], row["slip_days"], row["days_past_first"]) == (0, 0, 547)


def test_a_lower_bound_is_not_a_due_date(aged):
    row = aged([due("2022-10-31", ecd_bound="not_before")])
    assert row["due_group"] == "lower bound only"
    assert pd.isna(row["days_past_due"])
    assert not row["past_due"]
    assert row["not_before"] == pd.Timestamp("2022-10-31")


def test_a_milestone_is_not_the_due_date_of_the_action(aged):
    row = aged([due("2022-10-31", ecd_kind="milestone")])
    assert (row["due_group"], row["past_due"]) == ("milestone only", False)
    assert row["days_past_milestone"] == 547
    assert pd.isna(row["days_past_due"])


@pytest.mark.parametrize("events", [[], [("A.1", "2022-04-01", "no_ecd")]])
def test_no_ecd_given_is_a_group_of_its_own(aged, events):
    row = aged(events)
    assert row["due_group"] == "no ECD given"
    assert pd.isna(row["days_past_due"])


def test_a_withdrawn_ecd_still_counts_against_the_first_promise(aged):
    row = aged([due("2022-10-31"), ("A.1", "2023-01-01", "no_ecd")])
    assert (row["due_group"], row["days_past_first"]) == ("no ECD given", 547)


def test_a_closed_recommendation_is_not_past_due(aged):
    closed = ("A.1", "2023-01-01", "status", {"status": "closed - implemented"})
    row = aged([due("2022-10-31"), closed])
    assert (row["due_group"], row["past_due"]) == ("closed", False)
    assert pd.isna(row["days_past_due"])
    assert row["age_days"] == 276


def test_complete_by_the_agencys_word_is_a_group_of_its_own(aged):
    """The auditor has not verified it: it is neither closed nor late, nor silent about its date."""
    said = ("A.1", "2022-05-01", "status", {"status": "asserted complete"})
    row = aged([due("2022-10-31"), said])
    assert row["standing"] == row["due_group"] == "completed by the agency's word"
    assert (row["closed"], row["past_due"], row["stale"]) == (False, False, False)
    assert pd.isna(row["days_past_due"])


def test_what_is_no_longer_listed_is_neither_open_nor_late(log_of):
    log = log_of(
        ["A.1", "B.1"],
        [due("2022-10-31"), ("A.1", "2023-01-01", "vanished"),
         ("B.1", "2022-03-31", "ecd", {"ecd_to": "2022-10-31"})],
    )  # fmt: skip
    result = aging(register(log, as_of=AS_OF))
    assert list(result.not_closed["recommendation_id"]) == ["B.1"]
    assert dict(result.due.set_index("group")["recommendations"])["no longer listed"] == 1
    assert result.ages["recommendations"].sum() == 1
    assert result.opens == "open recommendations"


def test_an_unread_row_leaves_the_older_date_unconfirmed_and_not_late(aged):
    unread = ("A.1", "2023-01-01", "unread", {"source_span": "TBD", "source_sha256": "b" * 64})
    row = aged([due("2022-10-31"), unread])
    assert row["due_group"] == "not confirmed by last source"
    assert (row["past_due"], row["stale"]) == (False, False)
    assert pd.isna(row["due_on"])
    assert row["last_read_due_on"] == pd.Timestamp("2022-10-31")


def test_a_withdrawn_date_ends_the_current_one_and_is_counted(aged):
    row = aged([due("2022-10-31"), ("A.1", "2023-01-01", "withdrawn", {"source_span": "withdrew"})])
    assert (row["due_group"], row["withdrawals"]) == ("ECD withdrawn", 1)
    assert pd.isna(row["due_on"])
    assert row["former_due_on"] == row["first_due_on"] == pd.Timestamp("2022-10-31")


def test_age_is_bounded_by_the_day_it_was_first_known(aged):
    told = ("A.1", "2021-05-31", "update", {"dated": "2021-05-01", "recorded_on": "2024-04-30"})
    row = aged([told], issued_on="")
    assert row["age_group"] == AGE_UNKNOWN
    assert row["age_at_least_days"] == (AS_OF - date(2021, 5, 31)).days


def test_an_age_at_closure_needs_the_day_of_closing(aged):
    closed = {"status": "closed - implemented", "dated": ""}
    assert pd.isna(aged([("A.1", "2024-04-30", "status", closed)])["age_days"])


def test_a_word_on_the_due_day_leaves_it_stale_and_one_after_does_not(aged):
    assert aged([due("2022-10-31"), ("A.1", "2022-10-31", "update")])["stale"]
    assert not aged([due("2022-10-31"), ("A.1", "2022-11-01", "update")])["stale"]


def test_unknown_issue_date_is_unknown_age(aged):
    row = aged([due("2022-10-31", "2022-03-31")], issued_on="")
    assert row["age_group"] == AGE_UNKNOWN
    assert pd.isna(row["age_days"])


@pytest.mark.parametrize(
    ("issued", "as_of", "group"),
    [
        ("2022-03-31", date(2022, 9, 29), "under 6 months"),
        ("2022-03-31", date(2022, 9, 30), "6-12 months"),
        ("2022-03-30", date(2022, 9, 30), "6-12 months"),
        ("2022-08-31", date(2023, 2, 27), "under 6 months"),
        ("2022-08-31", date(2023, 2, 28), "6-12 months"),
        ("2022-04-30", date(2023, 4, 30), "1-2 years"),
        ("2020-02-29", date(2022, 2, 28), "2-4 years"),
        ("2020-04-30", date(2024, 4, 30), "over 4 years"),
    ],
)
def test_edges_of_the_age_groups(aged, issued, as_of, group):
    assert aged([], as_of, issued_on=issued)["age_group"] == group


LONG_AGO = date(2016, 1, 1)


@settings(max_examples=8, deadline=None)
@given(
    issued=st.lists(st.dates(LONG_AGO, date(2020, 12, 31)), min_size=1, max_size=60, unique=True),
    as_of=st.dates(date(2021, 1, 1), AS_OF),
)
def test_age_groups_change_on_the_same_day_of_the_month(log_of, issued, as_of):
    log = log_of([{"recommendation_id": f"{day}", "issued_on": f"{day}"} for day in issued])
    groups = aging(register(log, as_of=as_of)).table.set_index("recommendation_id")["age_group"]
    names = ["under 6 months", "6-12 months", "1-2 years", "2-4 years", "over 4 years"]
    for day in issued:
        passed = sum(add_months(day, months) <= as_of for months in (6, 12, 24, 48))
        assert groups[f"{day}"] == names[passed]


@settings(max_examples=8, deadline=None)
@given(st.lists(st.dates(LONG_AGO, date(2030, 1, 1)), min_size=1, max_size=60, unique=True))
def test_days_past_due_are_exact(log_of, dues):
    log = log_of(
        [{"recommendation_id": f"{day}", "issued_on": "2016-01-01"} for day in dues],
        [(f"{day}", "2016-01-01", "ecd", {"ecd_to": f"{day}"}) for day in dues],
    )
    table = aging(register(log, as_of=AS_OF)).table.set_index("recommendation_id")
    for day in dues:
        assert table.loc[f"{day}", "days_past_due"] == (AS_OF - day).days


@settings(max_examples=12, deadline=None)
@given(
    as_of=st.dates(date(2015, 1, 1), date(2024, 4, 30)),
    ends=st.lists(st.integers(1, 2000), min_size=1, max_size=6, unique=True).map(sorted),
)
def test_groups_partition_the_register_whatever_their_ends(generated, as_of, ends):
    current = register(generated, as_of=as_of)
    result = aging(current, buckets=ends)
    assert result.due["recommendations"].sum() == len(result.table) == len(current.table)
    assert result.ages["recommendations"].sum() == (~current.table["closed"]).sum()
    assert result.due["past_due"].sum() == (result.table["days_past_due"] > 0).sum()
    assert list(result.due["group"]) == due_labels(ends)


def test_what_needs_attention_comes_first(log_of):
    names = ["closed", "soon", "far", "undated", "step", "late", "later", "urgent"]
    log = log_of(
        [{"recommendation_id": n, "priority": "yes" if n == "urgent" else ""} for n in names],
        [
            ("closed", "2023-01-01", "status", {"status": "closed - implemented"}),
            ("soon", "2023-01-01", "ecd", {"ecd_to": "2024-05-31"}),
            ("far", "2023-01-01", "ecd", {"ecd_to": "2026-05-31"}),
            ("undated", "2023-01-01", "no_ecd"),
            ("step", "2023-01-01", "ecd", {"ecd_to": "2023-05-31", "ecd_kind": "milestone"}),
            ("late", "2023-01-01", "ecd", {"ecd_to": "2024-03-31"}),
            ("later", "2023-01-01", "ecd", {"ecd_to": "2023-03-31"}),
            ("urgent", "2023-01-01", "ecd", {"ecd_to": "2024-03-31"}),
        ],
    )
    order = list(aging(register(log, as_of=AS_OF)).table["recommendation_id"])
    assert order == ["later", "urgent", "late", "step", "undated", "soon", "far", "closed"]


@pytest.mark.parametrize("ends", [30, "30", [30.5], None])
def test_ends_that_are_no_list_of_whole_numbers_are_refused_in_words(log_of, ends):
    current = register(log_of(["A.1"]), as_of=AS_OF)
    with pytest.raises(ParameterError, match="whole numbers"):
        aging(current, buckets=ends)


@pytest.mark.parametrize(("name", "ends"), [("buckets", [30, 99999]), ("age_buckets", [6, 50000])])
def test_ends_beyond_a_hundred_years_are_refused(log_of, name, ends):
    current = register(log_of(["A.1"]), as_of=AS_OF)
    with pytest.raises(ParameterError, match=f"{name} ends at .* a hundred years"):
        aging(current, **{name: ends})


@pytest.mark.parametrize("ends", [[], [0, 30], [30, 30], [90, 30]])
def test_ends_that_do_not_increase_are_refused(log_of, ends):
    current = register(log_of(["A.1"]), as_of=AS_OF)
    with pytest.raises(ParameterError, match="buckets"):
        aging(current, buckets=ends)
    with pytest.raises(ParameterError, match="age_buckets"):
        aging(current, age_buckets=ends)


def test_the_register_is_left_as_it_was(generated):
    current = register(generated, as_of=AS_OF)
    before = current.table.copy()
    aging(current)
    pd.testing.assert_frame_equal(current.table, before)
