"""Event logs as tests write them: only what matters to the test is spelled out."""

from pathlib import Path

import pandas as pd
import pytest

from coee_nb.recommendations.contradictions import refuse_contradictions
from coee_nb.recommendations.log import Log, events_table, read, recommendations_table

GENERATED = Path(__file__).resolve().parents[2] / "data/oig_22_34/recommendations_generated"

ECD = {"ecd_precision": "day", "ecd_bound": "due", "ecd_kind": "action"}


def _recommendation(given: dict | str) -> dict:
    given = {"recommendation_id": given} if isinstance(given, str) else given
    issued = given.get("issued_on", "2022-03-31")
    plain = {"issuer": "DHS OIG", "agency": "CBP", "issued_on": issued}
    return {**plain, "recorded_on": issued or "2022-03-31", **given}


def _event(recommendation_id: str, on: str, kind: str, **given: str) -> dict:
    """An event on a day; ``dated=""`` leaves its first possible day blank."""
    plain = {"effective_from": given.pop("dated", on), "effective_to": on, "recorded_on": on}
    words = ECD | {"ecd_from": given.get("ecd_to")} if kind == "ecd" else {}
    about = {"recommendation_id": recommendation_id, "kind": kind, "review": "automatic"}
    return about | plain | words | given


@pytest.fixture(scope="session")
def log_of():
    """Make a log of recommendations (an id, or columns) and events (id, day, kind, columns)."""

    def make(recommendations: list, events: list = ()) -> Log:
        happened = [_event(*event[:3], **(event[3] if len(event) > 3 else {})) for event in events]
        for number, event in enumerate(happened, start=1):
            event["event_id"] = f"E{number:06d}"
        log = Log(
            recommendations_table(pd.DataFrame([_recommendation(r) for r in recommendations])),
            events_table(pd.DataFrame(happened)),
        )
        refuse_contradictions(log.recommendations, log.events, "recommendations", "events")
        return log

    return make


@pytest.fixture(scope="session")
def log_of_each(log_of):
    """Make one log of a recommendation for each list of events; return it and the ids in order."""

    def make(cases: list[list], **about: str) -> tuple[Log, list[str]]:
        ids = [f"A.{number}" for number in range(1, len(cases) + 1)]
        events = [(id, *event[1:]) for id, case in zip(ids, cases, strict=True) for event in case]
        return log_of([{"recommendation_id": id, **about} for id in ids], events), ids

    return make


@pytest.fixture(scope="session")
def generated() -> Log:
    return read(GENERATED)
