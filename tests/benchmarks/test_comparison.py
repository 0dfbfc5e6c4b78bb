"""How wide the intervals of a comparison are, and how often they hold the truth.

One series against three, all under one AR(1) shock of three times their own noise: 72 months, a
step of 3 sd. ``COEE_SERIES=1000`` draws so many; without it 150, about half a minute on one core.
"""

import os
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.signal import lfilter

from coee_nb.collections import its
from coee_nb.collections.comparison import compare
from coee_nb.collections.staggered import staggered

pytestmark = pytest.mark.benchmark
SERIES = int(os.environ.get("COEE_SERIES", "150"))
INDEX = pd.period_range("2012-01", periods=72, freq="M")
CUT, STEP = "2015-01", 3.0
STARTS = {"a": CUT, "b": "2015-07", "c": "2016-01", "d": None}


def errors(generator, rho):
    found = lfilter([1], [1, -rho], generator.normal(size=272))[200:]
    return found * np.sqrt(1 - rho**2)


def drawn(seed, starts):
    generator = np.random.default_rng(seed)
    shock = 3 * errors(generator, 0.7)
    return pd.DataFrame(
        {
            name: shock + errors(generator, 0.5) + STEP * (start <= INDEX if start else 0)
            for name, start in starts.items()
        },
        INDEX,
    )


def ways(seed):
    """Yield each way of asking with the interval it gives for the step, in sd of a series."""
    level = f"level[{CUT}]"
    values = drawn(seed, {"a": CUT, "b": None, "c": None, "d": None})
    yield "alone", its.fit(values["a"], [CUT]).coefficients.loc[level]
    for name, season in (("no shared shock", None), ("effects of periods", "period")):
        yield name, compare(values, [CUT], treated=["a"], season=season).effects.loc[level]
    yield "starts apart", staggered(drawn(seed, STARTS), STARTS).effects.loc["level"]


def test_intervals_of_a_comparison_hold_the_truth_and_are_no_wider_than_needed():
    rows = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for seed in range(SERIES):
            rows += [
                (way, row["ci_low"] < STEP < row["ci_high"], row["ci_high"] - row["ci_low"],
                 row["estimate"])
                for way, row in ways(seed)
            ]  # fmt: skip
    found = pd.DataFrame(rows, columns=["way", "holds", "width", "estimate"]).groupby("way")
    table = found.agg({"holds": "mean", "width": "mean", "estimate": "std"})
    table["width_of_true_sd"] = table["width"] / (2 * 1.96 * table["estimate"])
    print(f"\n{table.to_string(float_format='{:.2f}'.format)}")
    chance = 3 * np.sqrt(0.05 * 0.95 / SERIES)
    for way in ("effects of periods", "starts apart"):
        assert abs(table.at[way, "holds"] - 0.95) <= chance
        assert table.at[way, "width"] < table.at["alone", "width"]
        assert 0.8 < table.at[way, "width_of_true_sd"] < 1.3
