"""The attribution: parts that add up, planted tariffs found."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from coee_nb.collections import attribution, effects, its

pytestmark = pytest.mark.filterwarnings("ignore::coee_nb.errors.StatisticalWarning")


def trending() -> pd.Series:
    """Return 72 months with a trend, a season and AR(1) errors, and no change at 2016-10."""
    generator, errors, t = np.random.default_rng(3), np.zeros(72), np.arange(72)
    for i in range(1, 72):
        errors[i] = 0.5 * errors[i - 1] + generator.standard_normal()
    values = 3000 + 5 * t + 200 * np.sin(2 * np.pi * t / 12) + 20 * errors
    return pd.Series(values, index=pd.period_range("2013-10", periods=72, freq="M"))


def test_the_attribution_adds_up_to_the_observed_change(net_duties):
    fit = its.fit(net_duties, ["2016-10", "2018-03"], season="month", pulses=["2015-08"])
    names = {"change": "Centers", "concurrent": "Tariffs"}
    shared = attribution.attribute(fit, "2016-10", "2018-03", names=names)
    parts = shared.table.set_index("part")["change"]
    change = (34573 + 41298 + 70783) - (33927 + 35042 + 34836)
    assert parts["Observed change"] == pytest.approx(change)
    assert parts.drop("Observed change").sum() == pytest.approx(change)
    assert parts["Single month, 2015-08"] == pytest.approx(1382.2921, rel=1e-4)
    total = effects.effect(fit, "2016-10").row("cumulative")["estimate"]
    assert parts["Centers"] == pytest.approx(total)
    assert shared.concurrent["ci_low"] > 0


def test_the_attribution_finds_who_did_it():
    series = trending()
    series["2018-03":] += 1000
    fit = its.fit(series, ["2016-10", "2018-03"], season="month")
    rows = attribution.attribute(fit, "2016-10", "2018-03").table.set_index("part")
    assert rows.at["The concurrent event", "change"] == pytest.approx(19 * 1000, rel=0.15)
    assert rows.at["The change", "ci_low"] < 0 < rows.at["The change", "ci_high"]


def test_the_sentence_gives_every_part_with_its_own_window_and_the_parts_add_up(net_duties):
    fit = its.fit(net_duties, ["2016-10", "2018-03"], season="month", pulses=["2015-08"])
    shared = attribution.attribute(fit, "2016-10", date(2018, 3, 23))
    *parts, whole = shared.table.itertuples()
    told = shared.text.partition(" as: ")[2].rpartition(". The parts")[0].split("; ")
    assert len(told) == len(parts)
    for sentence, row in zip(told, parts, strict=True):
        assert row.part in sentence
        assert str(row.through) in sentence
    assert sum(row.change for row in parts) == pytest.approx(whole.change)


def test_a_temporary_effect_and_a_ramp_that_were_planted_are_parts_of_their_own():
    index = pd.period_range("2013-10", periods=72, freq="M")
    y = pd.Series(100 + np.random.default_rng(6).normal(0, 1, 72), index)
    y["2014-03":"2014-06"] -= 30
    y["2018-01":] += 20 * np.minimum(np.arange(1, 22) / 5, 1)
    pulses = ["2014-03 to 2014-06", "ramp 2018-01 to 2018-05"]
    fit = its.fit(y, [its.Interruption("2016-10", slope=False)], pulses=pulses)
    assert fit.coefficients.at["pulse[2014-03 to 2014-06]", "estimate"] == pytest.approx(-30, abs=2)
    assert fit.coefficients.at["ramp[2018-01 to 2018-05]", "estimate"] == pytest.approx(20, abs=3)
    both = its.fit(y, ["2016-10", "2017-06"], pulses=pulses)
    parts = attribution.attribute(both, "2016-10", "2017-06").table.set_index("part")["change"]
    assert "Temporary effect, 2014-03 to 2014-06" in parts.index
    assert parts.drop("Observed change").sum() == pytest.approx(parts["Observed change"])
    assert parts["Ramp, 2018-01 to 2018-05"] > 0
