"""The register and its aging over a long log, against one sort of that log."""

from datetime import date
from time import process_time

import numpy as np
import pandas as pd
import pytest

from coee_nb.recommendations.aging import aging
from coee_nb.recommendations.log import Log, events_table, recommendations_table
from coee_nb.recommendations.register import register

EVENTS, RECOMMENDATIONS = 1_000_000, 100_000
AS_OF = date(2024, 4, 30)
NATURAL_KEYS = ["recommendation_id", "recorded_on", "event_id"]


def long_log() -> Log:
    """A log in the order it was appended: ten events a recommendation over twenty years."""
    draw = np.random.default_rng(1)
    ids = np.array([f"OIG-{number:06d}.1" for number in range(RECOMMENDATIONS)])
    start = np.datetime64("2004-01-01", "s")
    issued = start + draw.integers(0, 7000, RECOMMENDATIONS).astype("timedelta64[D]")
    owner = draw.integers(0, RECOMMENDATIONS, EVENTS)
    recorded = issued[owner] + draw.integers(0, 2000, EVENTS).astype("timedelta64[D]")
    turn = np.argsort(recorded, kind="stable")
    owner, recorded = owner[turn], recorded[turn]
    kind = draw.choice(["status", "ecd", "update", "no_ecd"], EVENTS, p=[0.3, 0.4, 0.25, 0.05])
    due = recorded + draw.integers(30, 900, EVENTS).astype("timedelta64[D]")
    is_ecd, is_status = kind == "ecd", kind == "status"
    words = draw.choice(["open", "resolved and open", "closed - implemented"], EVENTS)
    event_id = np.array([f"E{number:07d}" for number in range(1, EVENTS + 1)])
    corrected = draw.random(EVENTS) < 0.01
    corrected[0] = False
    events = {
        "event_id": event_id,
        "recommendation_id": ids[owner],
        "effective_from": recorded,
        "effective_to": recorded,
        "recorded_on": recorded,
        "kind": kind,
        "ecd_from": np.where(is_ecd, due, np.datetime64("NaT")),
        "ecd_to": np.where(is_ecd, due, np.datetime64("NaT")),
        "ecd_precision": np.where(is_ecd, "day", ""),
        "ecd_bound": np.where(is_ecd, "due", ""),
        "ecd_kind": np.where(is_ecd, "action", ""),
        "status": np.where(is_status, words, ""),
        "review": "automatic",
        "source_file": "list.csv",
        "source_span": "ECD: October 31, 2022",
        "supersedes": np.where(corrected, np.roll(event_id, 1), ""),
    }
    identities = {"recommendation_id": ids, "issuer": "DHS OIG", "agency": "CBP"}
    identities |= {"issued_on": issued, "recorded_on": issued}
    return Log(recommendations_table(pd.DataFrame(identities)), events_table(pd.DataFrame(events)))


@pytest.mark.benchmark
def test_a_million_events_take_at_most_three_sorts(speed):
    log = long_log()

    def seconds(work) -> float:
        started = process_time()
        work()
        return process_time() - started

    sort = min(seconds(lambda: log.events.sort_values(NATURAL_KEYS)) for _ in range(2))
    aged = min(seconds(lambda: aging(register(log, as_of=AS_OF))) for _ in range(3))
    speed("register and aging of a million events / one sort of them", aged / sort, aim=3)
