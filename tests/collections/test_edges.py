"""Edges that ordinary series never touch: unequal periods, log scales, thresholds."""

import numpy as np
import pandas as pd
import pytest

from coee_nb.collections import attribution, effects, its
from coee_nb.collections.robustness import sensitivity
from coee_nb.collections.robustness.specifications import Choices, specification_curve
from coee_nb.collections.series import Columns, read_amounts

pytestmark = pytest.mark.filterwarnings("ignore::coee_nb.errors.StatisticalWarning")


def noisy(values, start="2013-10", size=1.0) -> pd.Series:
    errors = size * np.random.default_rng(5).standard_normal(len(values))
    index = pd.period_range(start, periods=len(values), freq="M")
    return pd.Series(np.asarray(values, float) + errors, index=index)


def test_a_change_between_periods_of_unequal_length_is_scaled_to_as_many_months():
    level = noisy([3000.0] * 36 + [3100.0] * 48)
    fit = its.fit(level, ["2016-10", "2018-03"], season=None)
    parts = attribution.attribute(fit, "2016-10", "2018-03").table.set_index("part")
    change = parts["change"]
    assert change["Observed change"] == pytest.approx(48 * 100, rel=0.01)
    assert change.drop("Observed change").sum() == pytest.approx(change["Observed change"])


def test_a_trend_is_carried_on_from_the_middle_of_a_shorter_period():
    t = np.arange(84)
    fit = its.fit(noisy(3000.0 + 5 * t), ["2016-10", "2018-03"], season=None)
    parts = attribution.attribute(fit, "2016-10", "2018-03").table.set_index("part")
    by_hand = 5 * 48 * (t[36:].mean() - t[:36].mean())
    trend = parts.loc["Trend before it, continued", "change"]
    assert trend == pytest.approx(by_hand, rel=0.05)


def test_a_doubling_on_the_log_scale_is_100_percent():
    shape = np.r_[np.full(36, 1000.0), np.full(36, 2000.0)]
    series = np.exp(np.log(pd.Series(shape, pd.period_range("2013-10", periods=72, freq="M")))
                    + 0.01 * np.random.default_rng(2).standard_normal(72))  # fmt: skip
    choices = Choices(("2016-10",), concurrent=("no term",), seasons=(1,), scales=("level", "log"))
    table = specification_curve(series, choices, through="2019-09", negligible_percent=5).table
    for row in table.set_index("scale")[
        ["ci_low_percent", "effect_percent", "ci_high_percent"]
    ].itertuples():
        assert row.effect_percent == pytest.approx(100, abs=5)
        assert row.ci_low_percent < row.effect_percent < row.ci_high_percent


def test_every_estimate_lies_in_the_middle_of_its_interval(primary):
    table = effects.effect(primary, "2016-10").table
    assert {"level", "slope", "cumulative"} <= set(table["measure"])
    below = table["estimate"] - table["ci_low"]
    assert (below > 0).all()
    assert (table["ci_high"] - table["estimate"]).to_numpy() == pytest.approx(below)
    terms = primary.coefficients
    assert (terms["ci_low"] < terms["estimate"]).all()
    assert (terms["estimate"] < terms["ci_high"]).all()


def test_a_slope_by_the_last_month_used_lies_in_the_middle_of_its_interval(net_duties):
    table = sensitivity.by_end(net_duties, "2016-10", ["2018-02", "2019-09"], estimator="ols")
    below = table["slope"] - table["slope_ci_low"]
    assert (below > table["slope_se"]).all()
    assert (table["slope_ci_high"] - table["slope"]).to_numpy() == pytest.approx(below)
    significant = (table["slope_ci_low"] > 0) | (table["slope_ci_high"] < 0)
    assert (significant == (table["slope_p"] < 0.05)).all()


@pytest.fixture
def problems(tmp_path):
    def make(amounts) -> set[str]:
        months = pd.period_range("2014-10", periods=len(amounts), freq="M")
        lines = [f"{month},{amount}" for month, amount in zip(months, amounts, strict=True)]
        path = tmp_path / "receipts.csv"
        path.write_text("\n".join(["month,net", *lines]) + "\n", encoding="utf-8")
        return set(read_amounts(path, columns=Columns(value="net")).problems["check"])

    return make


@pytest.mark.parametrize(("last", "cut_short"), [(49, True), (51, False), (79, False)])
def test_a_last_month_is_taken_for_cut_short_under_half_of_its_neighbours(
    problems, last, cut_short
):
    assert problems([100] * 23 + [last]) == ({"partial period"} if cut_short else set())


@pytest.mark.parametrize(
    ("factor", "unit"), [(250, False), (310, True), (850, True), (2900, True), (3500, False)]
)
def test_a_step_within_a_factor_of_about_three_of_a_thousand_is_a_change_of_unit(
    problems, factor, unit
):
    assert ("change of unit" in problems([100] * 12 + [100 * factor] * 12)) == unit
