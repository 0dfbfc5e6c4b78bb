from datetime import date

import pytest

from coee_nb.errors import ParameterError
from coee_nb.recommendations.changes import changes

EARLIER, LATER = date(2023, 1, 1), date(2024, 4, 30)


@pytest.fixture
def told(log_of):
    """Return the changes of one recommendation as (change, before, after)."""

    def make(events: list) -> list:
        found = changes(log_of(["A.1"], events), earlier=EARLIER, later=LATER)
        return list(found.table[["change", "before", "after"]].itertuples(index=False, name=None))

    return make


def ecd(day: str, on: str, **more: str) -> tuple:
    return ("A.1", on, "ecd", {"ecd_to": day, **more})


def status(word: str, on: str) -> tuple:
    return ("A.1", on, "status", {"status": word})


KINDS = [
    ([ecd("2022-10-31", "2022-04-01")], []),
    ([ecd("2023-10-31", "2022-04-01")], [("became past due", "2023-10-31", "passed")]),
    ([ecd("2024-04-30", "2022-04-01")], []),
    (
        [ecd("2022-10-31", "2022-04-01"), ecd("2024-06-30", "2023-02-01")],
        [("ECD moved later", "2022-10-31", "2024-06-30")],
    ),
    (
        [ecd("2024-10-31", "2022-04-01"), ecd("2024-06-30", "2023-02-01")],
        [("ECD moved earlier", "2024-10-31", "2024-06-30")],
    ),
    (
        [ecd("2024-10-31", "2022-04-01"), ("A.1", "2023-02-01", "no_ecd")],
        [("ECD no longer given", "2024-10-31", "–")],
    ),
    (
        [
            ecd("2024-10-31", "2022-04-01"),
            ("A.1", "2023-02-01", "withdrawn", {"source_span": "withdrew"}),
        ],
        [("ECD withdrawn", "2024-10-31", "–")],
    ),
    ([ecd("2024-10-31", "2023-04-01")], [("ECD given", "–", "2024-10-31")]),
    (
        [status("open", "2022-04-01"), status("closed - implemented", "2023-04-01")],
        [("closed", "open", "closed - implemented")],
    ),
    (
        [status("closed - implemented", "2022-04-01"), status("open", "2023-04-01")],
        [("reopened", "closed - implemented", "open")],
    ),
    (
        [status("open", "2022-04-01"), status("unresolved", "2023-04-01")],
        [("status changed", "open", "unresolved")],
    ),
    ([("A.1", "2023-04-01", "vanished")], [("no longer listed", "–", "2023-04-01")]),
    (
        [
            status("closed - implemented", "2022-04-01"),
            ("A.1", "2023-04-01", "unread", {"source_span": "?", "note": "not read: ?"}),
        ],
        [("seen, not read", "", "not read: ?")],
    ),
    ([("A.1", "2023-04-01", "reworded")], [("reworded", "–", "2023-04-01")]),
    (
        [("A.1", "2022-04-01", "vanished"), status("open", "2023-04-01")],
        [("status changed", "", "open"), ("back on its list", "2022-04-01", "–")],
    ),
    (
        [("A.1", "2023-04-01", "concurrence", {"concurrence": "concur"})],
        [("concurrence changed", "", "concur")],
    ),
]


def test_each_kind_of_change(log_of_each):
    log, ids = log_of_each([events for events, _ in KINDS])
    table = changes(log, earlier=EARLIER, later=LATER).table
    told = table.set_index("recommendation_id")[["change", "before", "after"]]
    for id, (_, expected) in zip(ids, KINDS, strict=True):
        assert [*told[told.index == id].itertuples(index=False, name=None)] == expected


def test_what_is_closed_does_not_become_past_due(told):
    events = [ecd("2023-10-31", "2022-04-01"), status("closed - implemented", "2023-12-01")]
    assert told(events) == [("closed", "", "closed - implemented")]


def test_a_new_recommendation_is_first_recorded_and_nothing_else(log_of):
    new = {"recommendation_id": "B.1", "issued_on": "2023-06-01"}
    events = [("B.1", "2023-06-01", "ecd", {"ecd_to": "2023-12-31"})]
    found = changes(log_of(["A.1", new], events), earlier=EARLIER, later=LATER)
    assert found.table[["recommendation_id", "change"]].to_numpy().tolist() == [
        ["B.1", "first recorded here"]
    ]
    assert found.text == (
        "1 first recorded here, between 2023-01-01 and 2024-04-30, in the log (last source of "
        "2023-06-01)."
    )


def test_without_an_earlier_date_nothing_is_compared_and_the_text_says_so(log_of):
    found = changes(log_of(["A.1"]), earlier=None, later="2024-04-30")
    assert found.table.empty
    assert "No earlier date" in found.text


def test_no_change_is_said(log_of):
    found = changes(log_of(["A.1"]), earlier=EARLIER, later=LATER)
    assert found.text.startswith("No change was recorded between")


def test_the_earlier_date_comes_first(log_of):
    with pytest.raises(ParameterError, match="not before"):
        changes(log_of(["A.1"]), earlier=LATER, later=LATER)
