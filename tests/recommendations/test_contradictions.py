import pandas as pd
import pytest

from coee_nb.errors import InputError
from coee_nb.recommendations.contradictions import refuse_contradictions
from coee_nb.recommendations.log import events_table, recommendations_table

KNOWN = [
    {
        "recommendation_id": name,
        "issuer": "DHS OIG",
        "issued_on": "2023-06-30",
        "recorded_on": "2023-07-01",
    }
    for name in ("A.1", "A.2")
]


def event(number: int, **columns: str) -> dict:
    plain = {
        "event_id": f"E{number:06d}",
        "recommendation_id": "A.1",
        "effective_to": "2023-07-31",
        "recorded_on": "2023-08-01",
        "kind": "status",
        "review": "automatic",
    }
    plain |= {"status": "open"} if columns.get("kind", "status") == "status" else {}
    if columns.get("kind") == "ecd":
        plain |= {"ecd_from": "2024-01-01", "ecd_to": "2024-01-31", "ecd_precision": "month"}
        plain |= {"ecd_bound": "due", "ecd_kind": "action"}
    return plain | columns


def check(*events: dict, recommendations: list[dict] = KNOWN) -> None:
    table = events_table(pd.DataFrame(list(events)))
    refuse_contradictions(
        recommendations_table(pd.DataFrame(recommendations)), table, "r.csv", "e.csv"
    )


def test_a_log_with_every_kind_of_event_is_accepted():
    check(
        event(1, kind="issued", effective_to="2023-06-30"),
        event(2, kind="concurrence", concurrence="partially concur"),
        event(3),
        event(4, kind="ecd"),
        event(5, kind="ecd", ecd_kind="milestone"),
        event(6, kind="no_ecd", effective_to="2023-08-01"),
        event(7, kind="reworded"),
        event(8, kind="update"),
        event(9, kind="ecd", supersedes="E000006", review="reviewed", effective_to="2023-08-01"),
        event(10, status="closed - implemented", recorded_on="2023-09-01"),
        event(11, kind="vanished", recorded_on="2023-09-02"),
    )


def test_a_log_without_events_is_accepted():
    check()


def test_a_month_not_yet_over_may_be_recorded_in_it():
    check(event(1, effective_from="2023-08-01", effective_to="2023-08-31"))


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ({"event_id": "E000001"}, "E000001 does not follow"),
        ({"event_id": "E2"}, "event_id is 'E2'"),
        ({"recommendation_id": "A.3"}, "unknown recommendation 'A.3'"),
        ({"kind": "rumour"}, "unknown kind 'rumour'"),
        ({"status": "closed"}, "unknown status 'closed'"),
        ({"status": ""}, "unknown status ''"),
        ({"review": ""}, "unknown review ''"),
        ({"kind": "update", "status": "open"}, "a update event with status 'open'"),
        ({"kind": "concurrence"}, "unknown concurrence ''"),
        ({"kind": "ecd", "ecd_to": ""}, "without ecd_to"),
        ({"kind": "ecd", "ecd_precision": "week"}, "unknown ecd_precision 'week'"),
        ({"kind": "ecd", "ecd_bound": "soon"}, "unknown ecd_bound 'soon'"),
        ({"kind": "ecd", "ecd_kind": ""}, "unknown ecd_kind ''"),
        ({"kind": "update", "ecd_to": "2024-01-31"}, "a update event with an ECD"),
        ({"kind": "ecd", "ecd_from": "2024-02-01"}, "ecd_from 2024-02-01 is after"),
        ({"effective_to": ""}, "effective_to is blank"),
        ({"recorded_on": ""}, "recorded_on is blank"),
        ({"effective_from": "2023-08-01"}, "effective_from 2023-08-01 is after"),
        ({"effective_to": "2023-08-02"}, "before it can have taken effect"),
        ({"recorded_on": "2023-06-30", "effective_to": "2023-06-30"}, "before its recommendation"),
        ({"status": "closed - implemented", "effective_to": "2023-06-29"}, "before it was issued"),
        ({"kind": "issued"}, r"issued on 2023-07-31, its row in recommendations\.csv differs"),
        ({"supersedes": "E000009"}, "which the log does not hold"),
        ({"supersedes": "E000002"}, "itself or later"),
        ({"supersedes": "E000001", "recommendation_id": "A.2"}, "of another recommendation"),
        ({"supersedes": "E000001", "kind": "update"}, "of another kind"),
        ({"supersedes": "E000001", "recorded_on": "2023-07-31"}, "recorded before it"),
        ({"status": "unresolved"}, "two current statuses"),
    ],
)
def test_an_event_that_contradicts_is_refused_with_its_row(second, message):
    with pytest.raises(InputError, match=message) as error:
        check(event(1), event(2, **second))
    assert "e.csv, row 3" in str(error.value)


def test_all_faults_are_told_at_once():
    with pytest.raises(InputError, match="2 faults") as error:
        check(event(1, status="closed"), event(2, recorded_on=""))
    assert "row 2: unknown status 'closed'" in str(error.value)
    assert "row 3: recorded_on is blank" in str(error.value)


def test_superseding_a_later_event_is_refused():
    with pytest.raises(InputError, match=r"row 2: event E000001 supersedes E000002"):
        check(event(1, supersedes="E000002"), event(2, recorded_on="2023-08-02"))


@pytest.mark.parametrize("kind", ["ecd", "no_ecd"])
def test_two_current_ecds_are_refused(kind):
    other = {"ecd_from": "2024-03-01", "ecd_to": "2024-03-31"} if kind == "ecd" else {}
    with pytest.raises(InputError, match=r"row 3: A\.1 has two current ECDs"):
        check(event(1, kind="ecd"), event(2, kind=kind, **other))


def test_a_correction_leaves_one_current_ecd():
    check(event(1, kind="ecd"), event(2, kind="ecd", supersedes="E000001", ecd_to="2024-03-31"))


def test_one_event_is_corrected_once():
    with pytest.raises(InputError, match=r"row 4: .* which an earlier event already does"):
        check(event(1), event(2, supersedes="E000001"), event(3, supersedes="E000001"))


def test_a_recommendation_is_issued_once():
    unknown = [KNOWN[0] | {"issued_on": ""}]
    with pytest.raises(InputError, match="issued twice"):
        check(
            event(1, kind="issued"),
            event(2, kind="issued", recorded_on="2023-08-02"),
            recommendations=unknown,
        )


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"recommendation_id": "A.2"}, r"row 3: recommendation A\.2 is here twice"),
        ({"recommendation_id": ""}, "recommendation_id is blank"),
        ({"issuer": ""}, "issuer is blank"),
        ({"recorded_on": ""}, "recorded_on is blank"),
        ({"recorded_on": "2023-06-29"}, "before it was issued on 2023-06-30"),
        ({"priority": "high"}, "priority is 'high'"),
    ],
)
def test_a_recommendation_that_contradicts_is_refused_with_its_row(columns, message):
    rows = [KNOWN[0] | columns, KNOWN[1]]
    with pytest.raises(InputError, match=message) as error:
        check(recommendations=rows)
    assert "r.csv, row" in str(error.value)
