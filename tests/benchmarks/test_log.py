"""How long a checked read of the event log takes, against reading the bare cells of its files."""

from time import process_time

import numpy as np
import pandas as pd
import pytest

from coee_nb.recommendations import log

EVENTS, RECOMMENDATIONS = 150_000, 15_000


def _rows() -> tuple[pd.DataFrame, pd.DataFrame]:
    ids = np.array([f"OIG-{i}.1" for i in range(RECOMMENDATIONS)])
    known = pd.DataFrame({"recommendation_id": ids, "issuer": "X", "recorded_on": "2020-01-01"})
    turn, owner = np.divmod(np.arange(EVENTS), RECOMMENDATIONS)
    day = pd.Series(pd.Timestamp("2020-01-02") + pd.to_timedelta(turn, unit="D"))
    is_ecd = turn % 2 == 0
    words = {"ecd_precision": "day", "ecd_bound": "due", "ecd_kind": "action"}
    events = pd.DataFrame(
        {
            "recommendation_id": ids[owner],
            "effective_from": day,
            "effective_to": day,
            "recorded_on": day,
            "kind": np.where(is_ecd, "ecd", "status"),
            "status": np.where(is_ecd, "", "open"),
            "ecd_to": day.where(is_ecd),
            **{column: np.where(is_ecd, word, "") for column, word in words.items()},
            "source_span": "by March 2024",
            "review": "automatic",
        }
    )
    return known, events


def _best(call, repeats: int = 3) -> float:
    times = []
    for _ in range(repeats):
        start = process_time()
        call()
        times.append(process_time() - start)
    return min(times)


@pytest.mark.benchmark
def test_a_checked_read_costs_little_more_than_the_bare_cells(tmp_path, speed):
    """pandas' C reader of the same cells as text is the measure; every rule is checked beside."""
    log.append(tmp_path, *_rows())
    bare = _best(
        lambda: pd.read_csv(tmp_path / "events.csv", dtype=str, keep_default_na=False), repeats=2
    )
    checked = _best(lambda: log.read(tmp_path), repeats=2)
    speed(f"a checked read of {EVENTS:,} events / their bare cells", checked / bare, aim=3)
