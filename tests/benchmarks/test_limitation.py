"""A million penalty cases aged on a date, against pandas' reading of their CSV."""

import io
from time import process_time

import numpy as np
import pandas as pd
import pytest

from coee_nb.enforcement.limitation import limitation_dates

CASES, WAIVERS = 1_000_000, 200_000


def a_million():
    """Return the CSV of the cases, and waivers on a fifth of them."""
    draw = np.random.default_rng(1)

    def days(first, number=CASES):
        moved = draw.integers(first, first + 4000, number).astype("timedelta64[D]")
        return (np.datetime64("2005-01-01") + moved).astype(str)

    kinds = ["fraud", "negligence", "gross_negligence", "other", "forfeiture"]
    frame = pd.DataFrame(
        {
            "case_id": [f"P{number:07d}" for number in range(CASES)],
            "center": draw.choice(["North", "South", "West"], CASES),
            "violation": draw.choice(kinds, CASES),
            "violated_on": days(0),
            "discovered_on": days(300),
            "involvement_on": days(500),
            "initiated_on": days(600),
            "recorded_on": days(2000),
            "status": draw.choice(["open", "closed", "in litigation"], CASES),
            "assessed": draw.integers(0, 10**7, CASES) / 100,
            "collected": draw.integers(0, 10**7, CASES) / 100,
        }
    )
    chosen = frame["case_id"].sample(WAIVERS, random_state=1)
    papers = {"case_id": chosen, "signed_on": days(600, WAIVERS), "years": 2}
    return frame.to_csv(index=False), pd.DataFrame(papers)


@pytest.mark.benchmark
def test_a_million_cases_take_at_most_three_readings_of_their_csv(speed):
    text, waivers = a_million()
    read, aged = [], []
    for _ in range(2):
        start = process_time()
        cases = pd.read_csv(io.StringIO(text))
        read.append(process_time() - start)
        start = process_time()
        found = limitation_dates(cases, waivers, as_of="2021-03-09")
        aged.append(process_time() - start)
    assert len(found.table) == CASES
    speed("a million cases aged / reading their CSV", min(aged) / min(read), aim=3)
