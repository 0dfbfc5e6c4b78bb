"""Groups that began at different times: what was planted is found, what all share is no change."""

import numpy as np
import pandas as pd
import pytest
from scipy.signal import lfilter

from coee_nb.collections import staggered as module
from coee_nb.collections.comparison import compare
from coee_nb.collections.staggered import staggered
from coee_nb.errors import EstimationError, InputError

pytestmark = pytest.mark.filterwarnings("ignore::coee_nb.errors.StatisticalWarning")
STARTS = {"North": "2015-01", "South": "2015-07", "East": "2016-01", "West": None}


def offices(starts, *, step=0.0, slope=0.0, around=0.0, shock=3.0, seed=1):
    """72 months of each office about its own line, a shared AR(1) shock, and planted changes."""
    generator = np.random.default_rng(seed)

    def errors(rho):
        found = lfilter([1], [1, -rho], generator.normal(size=172))[100:]
        return found / found.std()

    index = pd.period_range("2012-01", periods=72, freq="M")
    common, columns = shock * errors(0.7), {}
    for place, (name, start) in enumerate(starts.items()):
        columns[name] = around + 0.03 * place * np.arange(72) + common + errors(0.5)
        if start is not None:
            since = np.arange(72) - (pd.Period(start, "M") - index[0]).n
            size = step * (1 + 0.2 * place)
            columns[name] += size * (since >= 0) + slope * np.maximum(since, 0)
    return pd.DataFrame(columns, index)


def test_planted_steps_of_different_offices_are_found_on_average_under_a_shared_shock():
    found = staggered(offices(STARTS, step=5.0, slope=0.05), STARTS)
    truth = {"level": 5.0 * 1.2, "slope": 0.05, "average": 6.0 + 0.05 * (found.periods - 1) / 2}
    for measure, size in truth.items():
        row = found.effects.loc[measure]
        assert row["ci_low"] < size < row["ci_high"]
    assert found.answer == "increase shown"
    assert found.periods == 24
    assert "North 2015-01, South 2015-07, East 2016-01, West never" in found.text


def test_amounts_above_zero_are_taken_in_percent():
    values = np.exp(offices(STARTS, step=0.2, shock=1.0) / 20 + 5)
    found = staggered(values, STARTS)
    assert found.logs
    assert "%" in found.text


def test_one_office_reached_and_others_not_is_the_comparison_of_series():
    starts = {"North": "2015-01", "South": None, "West": None}
    values = offices(starts, step=2.0)
    alone = compare(values, ["2015-01"], treated=["North"], season="period").effects
    together = staggered(values, starts)
    for kind in ("level", "slope"):
        row = together.effects.loc[kind]
        expected = alone.loc[f"{kind}[2015-01]"]
        assert row[["estimate", "se"]].to_numpy() == pytest.approx(
            expected[["estimate", "se"]].to_numpy(), rel=1e-4
        )


def test_shared_and_own_autocorrelated_shocks_alone_are_called_a_change_in_few_of_many():
    """The interval alone, of 100 nulls: at most what 5% would give in 1 of 500 such sets."""
    wrong = 0
    for seed in range(100):
        values = offices(STARTS, seed=seed)
        own = module._placed(values, STARTS, values.index)
        panel = module._fit(values, own, [], None)
        reached = {group: start for group, start in own.items() if start is not None}
        row = panel.table(module._averages(reached, 24)).loc["average"]
        wrong += not row["ci_low"] < 0 < row["ci_high"]
    assert wrong <= 12


def test_a_change_in_season_or_at_a_competing_event_of_one_office_is_not_the_change():
    values = offices(STARTS, seed=3)
    values["South"] += 4 * (values.index.month == 12)
    values.loc["2017-01":, "East"] += 6
    found = staggered(values, STARTS, competing=["2017-01"], season="month")
    assert found.answer == "cannot tell"
    assert found.periods == 12


def test_an_office_far_noisier_than_another_cannot_tell():
    values = offices(STARTS, step=8.0)
    values["West"] *= 10
    found = staggered(values, STARTS)
    assert found.answer == "cannot tell"
    assert "times as noisy as" in found.text


@pytest.mark.parametrize("starts", [dict.fromkeys(STARTS, "2015-01"), dict.fromkeys(STARTS)])
def test_offices_that_all_begin_together_are_refused(starts):
    with pytest.raises(EstimationError, match="read the line of all together"):
        staggered(offices(STARTS), starts)


def test_an_office_without_a_start_is_named():
    with pytest.raises(InputError, match="no start for West"):
        staggered(offices(STARTS), {"North": "2015-01", "South": "2015-07", "East": "2016-01"})
