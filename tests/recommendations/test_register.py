from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from coee_nb.errors import InputError, ParameterError
from coee_nb.recommendations.log import Log
from coee_nb.recommendations.register import evidence, part_of, register

LATER = date(2024, 4, 30)


def only(current) -> pd.Series:
    return current.table.iloc[0]


def test_knows_what_was_recorded_by_the_day_and_nothing_after(log_of):
    log = log_of(
        ["A.1", {"recommendation_id": "B.1", "issued_on": "2023-05-01"}],
        [
            ("A.1", "2022-03-31", "status", {"status": "resolved and open"}),
            ("A.1", "2022-03-31", "ecd", {"ecd_to": "2022-10-31"}),
            ("A.1", "2023-06-01", "ecd", {"ecd_to": "2023-12-31"}),
        ],
    )
    early = register(log, as_of=date(2023, 5, 31))
    assert only(early)["ecd_to"] == pd.Timestamp("2022-10-31")
    assert only(register(log, as_of=date(2023, 6, 1)))["ecd_to"] == pd.Timestamp("2023-12-31")
    assert list(register(log, as_of=date(2022, 3, 31)).table["recommendation_id"]) == ["A.1"]
    assert register(log, as_of=date(2022, 3, 30)).table.empty


def test_an_overwritten_ecd_is_kept(log_of):
    log = log_of(
        ["A.1"],
        [
            ("A.1", "2022-03-31", "ecd", {"ecd_to": "2022-10-31"}),
            ("A.1", "2023-06-01", "ecd", {"ecd_to": "2023-12-31"}),
        ],
    )
    dues = register(log, as_of=LATER).ecds["ecd_to"]
    assert list(dues) == [pd.Timestamp("2022-10-31"), pd.Timestamp("2023-12-31")]


def test_a_correction_replaces_only_from_the_day_it_was_recorded(log_of):
    wrong = {"ecd_to": "2022-10-13"}
    right = {"ecd_to": "2022-10-31", "recorded_on": "2023-01-15", "supersedes": "E000001"}
    log = log_of(
        ["A.1"], [("A.1", "2022-03-31", "ecd", wrong), ("A.1", "2022-03-31", "ecd", right)]
    )
    before, after = register(log, as_of=date(2023, 1, 14)), register(log, as_of=date(2023, 1, 15))
    assert only(before)["ecd_to"] == pd.Timestamp("2022-10-13")
    assert only(after)["ecd_to"] == pd.Timestamp("2022-10-31")
    assert len(after.ecds) == 1


def test_a_correction_of_a_correction_does_not_revive_the_first(log_of):
    def corrected(day, due, which):
        return (
            "A.1",
            "2022-03-31",
            "ecd",
            {"ecd_to": due, "recorded_on": day, "supersedes": which},
        )

    log = log_of(
        ["A.1"],
        [
            ("A.1", "2022-03-31", "ecd", {"ecd_to": "2022-10-13"}),
            corrected("2023-01-15", "2022-10-30", "E000001"),
            corrected("2023-02-15", "2022-10-31", "E000002"),
        ],
    )
    current = register(log, as_of=LATER)
    assert list(current.ecds["ecd_to"]) == [pd.Timestamp("2022-10-31")]


def test_a_late_note_about_an_early_day_does_not_displace_what_was_said_since(log_of):
    log = log_of(
        ["A.1"],
        [
            ("A.1", "2023-06-01", "ecd", {"ecd_to": "2023-12-31"}),
            ("A.1", "2022-05-01", "ecd", {"ecd_to": "2022-10-31", "recorded_on": "2024-01-01"}),
        ],
    )
    current = register(log, as_of=LATER)
    assert only(current)["ecd_to"] == pd.Timestamp("2023-12-31")
    assert list(current.ecds["event_id"]) == ["E000002", "E000001"]


def test_file_order_decides_nothing_but_ties(log_of):
    log = log_of(
        ["A.1"],
        [
            ("A.1", "2023-06-01", "status", {"status": "open", "recorded_on": "2023-07-01"}),
            ("A.1", "2023-06-01", "status", {"status": "unresolved", "recorded_on": "2023-06-15"}),
        ],
    )
    assert only(register(log, as_of=LATER))["status"] == "open"


def test_status_began_when_it_last_changed(log_of):
    log = log_of(
        ["A.1"],
        [
            ("A.1", "2022-04-01", "status", {"status": "open"}),
            ("A.1", "2022-09-01", "status", {"status": "closed - implemented"}),
            ("A.1", "2023-01-01", "status", {"status": "open"}),
            ("A.1", "2023-03-01", "status", {"status": "closed - not implemented"}),
            ("A.1", "2023-08-01", "status", {"status": "closed - not implemented"}),
        ],
    )
    row = only(register(log, as_of=LATER))
    assert (row["status"], row["closed"]) == ("closed - not implemented", True)
    assert row["status_on"] == pd.Timestamp("2023-03-01")
    assert row["resolved_on"] == pd.Timestamp("2022-09-01")


def test_asserted_complete_is_open(log_of):
    log = log_of(["A.1"], [("A.1", "2022-04-01", "status", {"status": "asserted complete"})])
    assert not only(register(log, as_of=LATER))["closed"]


def test_a_withdrawn_ecd_leaves_no_date(log_of):
    log = log_of(
        ["A.1"],
        [("A.1", "2022-04-01", "ecd", {"ecd_to": "2022-10-31"}), ("A.1", "2023-01-01", "no_ecd")],
    )
    row = only(register(log, as_of=LATER))
    assert (row["ecd_statement"], row["ecd_event"]) == ("no_ecd", "E000002")
    assert pd.isna(row["ecd_to"])


def test_a_milestone_does_not_stand_for_the_action(log_of):
    step = {"ecd_to": "2022-06-30", "ecd_kind": "milestone"}
    log = log_of(
        ["A.1", "B.1", "C.1"],
        [
            ("A.1", "2022-04-01", "ecd", {"ecd_to": "2022-10-31"}),
            ("A.1", "2022-05-01", "ecd", step),
            ("B.1", "2022-05-01", "ecd", step),
            ("C.1", "2022-05-01", "ecd", step),
            ("C.1", "2022-07-01", "no_ecd"),
        ],
    )
    table = register(log, as_of=LATER).table
    assert list(table["ecd_statement"]) == ["ecd", "", "no_ecd"]
    assert table.loc[0, "ecd_to"] == pd.Timestamp("2022-10-31")
    assert list(table["milestone_to"].notna()) == [True, True, False]


def test_only_dated_words_are_updates(log_of):
    log = log_of(
        ["A.1", "B.1"],
        [
            ("A.1", "2023-05-31", "update", {"dated": "2023-05-01", "recorded_on": "2024-04-30"}),
            ("A.1", "2024-04-30", "status", {"status": "open", "dated": ""}),
            ("A.1", "2024-04-30", "reworded"),
            ("B.1", "2024-04-30", "status", {"status": "open", "dated": ""}),
        ],
    )
    told = register(log, as_of=LATER).table["last_update_on"]
    assert told[0] == pd.Timestamp("2023-05-31")
    assert pd.isna(told[1])


def test_a_month_read_before_its_end_tells_of_the_day_it_was_read(log_of):
    read = {"dated": "2024-03-01", "recorded_on": "2024-03-15"}
    log = log_of(["A.1"], [("A.1", "2024-03-31", "update", read)])
    row = only(register(log, as_of=LATER))
    assert row["last_update_on"] == pd.Timestamp("2024-03-15")


def test_a_month_not_over_when_it_was_read_yields_to_what_was_read_later(log_of):
    early = {"dated": "2024-03-01", "recorded_on": "2024-03-15", "ecd_to": "2024-06-30"}
    log = log_of(
        ["A.1"],
        [
            ("A.1", "2024-03-31", "ecd", early),
            ("A.1", "2024-03-20", "ecd", {"ecd_to": "2024-09-30", "dated": ""}),
        ],
    )
    assert only(register(log, as_of=LATER))["ecd_to"] == pd.Timestamp("2024-09-30")


def test_vanished_holds_until_it_is_back(log_of):
    log = log_of(
        ["A.1"],
        [
            ("A.1", "2023-01-01", "status", {"status": "open"}),
            ("A.1", "2023-04-01", "vanished"),
            ("A.1", "2023-07-01", "status", {"status": "open"}),
        ],
    )
    gone, back = register(log, as_of=date(2023, 5, 1)), register(log, as_of=date(2023, 8, 1))
    assert only(gone)["vanished_on"] == pd.Timestamp("2023-04-01")
    assert not only(gone)["closed"]
    assert pd.isna(only(back)["vanished_on"])


def test_without_events_all_is_unknown(log_of):
    row = only(register(log_of(["A.1"]), as_of=LATER))
    assert (row["status"], row["ecd_statement"], row["closed"]) == ("", "", False)
    assert pd.isna(row["ecd_to"])


def test_an_empty_log_is_an_empty_register(log_of):
    from coee_nb.recommendations.log import empty

    assert register(empty(), as_of=LATER).table.empty


def test_evidence_quotes_the_words_behind_each_fact(log_of):
    quote = {"source_file": "report.txt", "source_span": "ECD: October 31, 2022"}
    log = log_of(
        ["A.1"],
        [
            ("A.1", "2022-03-31", "status", {"status": "resolved and open"}),
            ("A.1", "2022-03-31", "concurrence", {"concurrence": "concur"}),
            ("A.1", "2022-03-31", "ecd", {"ecd_to": "2022-10-31", **quote}),
        ],
    )
    found = evidence(log, register(log, as_of=LATER)).set_index("fact")
    assert list(found["says"]) == ["resolved and open", "2022-10-31", "concur"]
    assert found.loc["ECD", "source_span"] == "ECD: October 31, 2022"


def test_a_milestone_is_a_fact_with_evidence_of_its_own(log_of):
    step = {"ecd_to": "2022-06-30", "ecd_kind": "milestone", "source_span": "draft by June"}
    log = log_of(["A.1"], [("A.1", "2022-05-01", "ecd", step)])
    found = evidence(log, register(log, as_of=LATER)).iloc[0]
    assert list(found[["fact", "says", "source_span"]]) == [
        "milestone", "2022-06-30", "draft by June",
    ]  # fmt: skip


def test_an_issue_date_learnt_later_counts_from_then(log_of):
    about = {"recommendation_id": "A.1", "issued_on": "", "recorded_on": "2023-01-01"}
    learnt = ("A.1", "2022-03-31", "issued", {"recorded_on": "2023-06-01"})
    log = log_of([about], [learnt])
    assert pd.isna(only(register(log, as_of=date(2023, 5, 31)))["issued_on"])
    assert only(register(log, as_of=LATER))["issued_on"] == pd.Timestamp("2022-03-31")


def test_agencies_are_chosen_by_name_and_an_unknown_one_is_refused(log_of):
    log = log_of(
        ["A.1", {"recommendation_id": "B.1", "agency": "ICE"}], [("B.1", "2023-01-01", "update")]
    )
    chosen = part_of(log, agencies=["ICE"])
    assert (list(chosen.recommendations["recommendation_id"]), len(chosen.events)) == (["B.1"], 1)
    assert part_of(log, agencies=[]) is log
    with pytest.raises(InputError, match=r"no recommendation to 'TSA'.*CBP; ICE"):
        part_of(log, agencies=["TSA"])


DAYS = st.integers(0, 900).map(lambda n: date(2022, 1, 1) + timedelta(days=n))


@settings(max_examples=25, deadline=None)
@given(as_of=DAYS, later=st.integers(0, 700))
def test_what_is_recorded_later_never_changes_an_earlier_register(generated, as_of, later):
    cut = np.datetime64(as_of + timedelta(days=later))
    shorter = Log(
        generated.recommendations[generated.recommendations["recorded_on"] <= cut],
        generated.events[generated.events["recorded_on"] <= cut],
    )
    whole, part = register(generated, as_of=as_of), register(shorter, as_of=as_of)
    assert_frame_equal(whole.table, part.table)
    assert_frame_equal(whole.ecds, part.ecds)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_events_of_other_recommendations_and_the_order_of_rows_do_not_matter(generated, seed):
    turn = np.random.default_rng(seed).permutation(len(generated.events))
    shuffled = Log(generated.recommendations, generated.events.take(turn).reset_index(drop=True))
    plain, mixed = register(generated, as_of=LATER), register(shuffled, as_of=LATER)
    columns = ["status", "status_on", "ecd_statement", "ecd_to", "last_update_on", "vanished_on"]
    assert_frame_equal(plain.table[columns], mixed.table[columns])


def test_the_log_is_left_as_it_was(generated):
    events, listed = generated.events.copy(), generated.recommendations.copy()
    register(generated, as_of=LATER)
    assert_frame_equal(generated.events, events)
    assert_frame_equal(generated.recommendations, listed)


def test_a_text_date_is_a_date_and_anything_else_is_refused_in_words(log_of):
    log = log_of(["A.1"])
    assert register(log, as_of="2024-04-30").as_of == LATER
    for wrong in ("April", None, 20240430):
        with pytest.raises(ParameterError, match="as_of"):
            register(log, as_of=wrong)
    with pytest.raises(ParameterError, match="a list of names"):
        part_of(log, agencies="CBP")
