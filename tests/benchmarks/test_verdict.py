"""How often the verdict shows a change that is not there, and how often one that is.

300 series a family and model in batches: about 25 seconds on one core. ``COEE_SERIES=100`` draws
so many, for a first look: what is asserted then allows for their chance.
"""

import os
from time import process_time

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from coee_nb.collections import verdict
from coee_nb.collections.robustness import rates
from coee_nb.engines.ar1.design_matrix import build

SERIES = int(os.environ.get("COEE_SERIES", "300"))
INDEX = pd.period_range("2013-10", periods=72, freq="M")
MODELS = {
    "one competing event": {"concurrent": ["2018-03"]},
    "one competing event and a season": {"concurrent": ["2018-03"], "season": "month"},
    "a season": {"season": "month"},
}


@pytest.mark.benchmark
@pytest.mark.parametrize("model", MODELS)
def test_no_family_is_falsely_shown_in_more_than_one_in_twenty_and_steps_are_found(model):
    found = rates.rates(INDEX, "2016-10", series=SERIES, seed=11, **MODELS[model])
    print(f"\n{model}\n{found.to_string(float_format='{:.3f}'.format)}")
    found = found.set_index("family")
    fewer = np.sqrt(max(0.0, 1 / SERIES - 1 / 300))
    assert (found["wrong_share"] <= 0.05 + 2 * fewer * np.sqrt(0.05 * 0.95)).all()
    chance = 2 * np.sqrt(0.75 * 0.25 / SERIES)
    assert found.at["step of 4 sd, AR(1) .4", "increase_share"] >= 0.90 - 2 * fewer * 0.3
    assert found.at["step of 3 sd, AR(1) .4", "increase_share"] >= 0.75 - chance


@pytest.mark.benchmark
def test_a_conclusion_takes_no_longer_than_600_plain_fits(speed):
    series = pd.Series(np.random.default_rng(1).normal(100, 5, 72), INDEX)
    design = build(series, ["2016-10", "2018-03"], season="month")
    y, X = series.to_numpy(), design.matrix
    hac = {"cov_type": "HAC", "cov_kwds": {"maxlags": 1, "use_correction": True}, "use_t": True}

    def seconds(work):
        start = process_time()
        work()
        return process_time() - start

    options = {"competing": ["2018-03"], "season": "month"}
    verdict.conclude(series, "2016-10", **options)
    ours = min(seconds(lambda: verdict.conclude(series, "2016-10", **options)) for _ in range(5))
    plain = min(seconds(lambda: [sm.OLS(y, X).fit(**hac) for _ in range(200)]) for _ in range(5))
    speed("a conclusion / a plain fit", ours / (plain / 200), aim=600)
