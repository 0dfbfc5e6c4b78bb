"""The rules for many series at once are those for one."""

import numpy as np
import pandas as pd
import pytest

from coee_nb.collections import verdict
from coee_nb.collections.robustness import rates

INDEX = pd.period_range("2013-10", periods=72, freq="M")
SIGN = {"increase shown": 1, "decrease shown": -1}


def test_the_rules_together_answer_as_conclude_does():
    rules = rates.Rules.of(INDEX, "2016-10", concurrent=["2018-03"])
    families = rates.draw_families(72, 36, 3, np.random.default_rng(5))
    series = np.concatenate([families[name] for name in (*rates.STEPS, *rates.NO_CHANGE[2:5])])
    series[0] *= -1
    found = rules.shown(series)
    answers = [
        verdict.conclude(pd.Series(one, INDEX), "2016-10", competing=["2018-03"]).answer
        for one in series
    ]
    assert found.tolist() == [SIGN.get(answer, 0) for answer in answers]
    assert found[0] == -1
    assert 1 in found


def test_every_family_is_told_with_its_truth():
    found = rates.rates(INDEX, "2016-10", concurrent=["2018-03"], series=20, seed=1)
    assert found["family"].tolist() == [*rates.NO_CHANGE, *rates.STEPS]
    table = found.set_index("family")
    four = table.loc["step of 4 sd, AR(1) .4"]
    assert four["increase_share"] >= 0.8
    assert four["wrong_share"] == four["decrease_share"]


@pytest.mark.parametrize("family", rates.NO_CHANGE[:2])
def test_drawn_errors_have_unit_spread(family):
    drawn = rates.draw_families(72, 36, 400, np.random.default_rng(1))[family]
    assert drawn.std() == pytest.approx(1, abs=1e-9)


def test_where_no_series_passes_none_is_shown():
    rules = rates.Rules.of(INDEX, "2016-10")
    series = np.random.default_rng(3).standard_normal((2, 72))
    assert rules.shown(series).tolist() == [0, 0]
