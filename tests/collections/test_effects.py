"""Effects equal the reference, stop at the next concurrent event, and add up."""

import warnings
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from coee_nb.collections import effects, its
from coee_nb.collections.tie_out import complete_years
from coee_nb.errors import EstimationError, ParameterError, StatisticalWarning

pytestmark = pytest.mark.filterwarnings("ignore::coee_nb.errors.StatisticalWarning")


def planted(level: float, slope: float, *, seed: int = 3, noise: float = 60.0) -> pd.Series:
    """Return 72 months with a known step and slope at 2016-10, AR(1) errors and a season."""
    index = pd.period_range("2013-10", periods=72, freq="M")
    generator, errors = np.random.default_rng(seed), np.zeros(72)
    for i in range(1, 72):
        errors[i] = 0.5 * errors[i - 1] + generator.standard_normal()
    since = np.arange(72) - 36
    line = 3000 + 5 * np.arange(72) + 200 * np.sin(2 * np.pi * np.arange(72) / 12)
    effect = (since >= 0) * (level + slope * since)
    return pd.Series(line + effect + noise * errors, index=index, name="receipts")


def test_the_primary_model_equals_the_reference_headline(primary):
    """R 4.2.2, nlme 3.1.162: REML with corAR1; intervals there on n - k = 55 degrees of freedom."""
    found = effects.effect(primary, "2016-10")
    level, total = found.row("level"), found.row("cumulative")
    assert level["estimate"] == pytest.approx(-345.5821132454038, rel=1e-6)
    assert level["se"] == pytest.approx(300.0628157677923, rel=1e-6)
    assert 2 * t.sf(abs(level["estimate"] / level["se"]), 55) == pytest.approx(
        0.25442657533153173, rel=1e-5
    )
    assert effects.detectable(level["se"], 55) == pytest.approx(855.8542310708712, rel=1e-6)
    assert total["estimate"] == pytest.approx(-3386.059395235193, rel=1e-6)
    half_width = t.ppf(0.975, 55) * total["se"]
    assert total["estimate"] - half_width == pytest.approx(-13800.272271183545, rel=1e-6)
    assert total["estimate"] + half_width == pytest.approx(7028.153480713158, rel=1e-6)
    assert (found.through, total["periods"]) == (pd.Period("2018-02", "M"), 17)


def test_the_model_with_the_refund_month_equals_the_reference(net_duties):
    fit = its.fit(net_duties, ["2016-10", "2018-03"], season="month", pulses=["2015-08"])
    found = effects.effect(fit, "2016-10")
    assert found.row("level")["estimate"] == pytest.approx(-418.8302973659774, rel=1e-5)
    assert found.row("level")["se"] == pytest.approx(281.6712505478701, rel=1e-5)
    assert found.row("cumulative")["estimate"] == pytest.approx(-4574.746741446854, rel=1e-5)
    assert fit.coefficients.at["pulse[2015-08]", "estimate"] == pytest.approx(
        -1382.2921053809296, rel=1e-5
    )


def test_satterthwaites_interval_is_wider_than_the_residual_one(primary):
    total = effects.effect(primary, "2016-10").row("cumulative")
    assert total["df"] < 55
    assert total["ci_low"] < -13800.28
    assert total["ci_high"] > 7028.16


def test_a_planted_effect_is_recovered():
    fit = its.fit(planted(500, 10), ["2016-10"], season="month")
    found = effects.effect(fit, "2016-10")
    for measure, truth in {"level": 500, "slope": 10, "cumulative": 36 * 500 + 10 * 630}.items():
        row = found.row(measure)
        assert row["ci_low"] < truth < row["ci_high"]
        assert row["se"] < truth
    assert found.row("level")["ci_low"] > 0


def test_the_cumulative_effect_is_the_sum_of_the_monthly_differences(primary):
    found = effects.effect(primary, "2016-10")
    lines = found.counterfactual.set_index("period")
    monthly = lines.loc["2016-10":"2018-02"]
    total = found.row("cumulative")
    assert monthly["difference"].sum() == pytest.approx(total["estimate"])
    assert monthly["counterfactual"].sum() == pytest.approx(total["base"])
    assert found.row("average")["estimate"] == pytest.approx(total["estimate"] / 17)
    percent = 100 * total["estimate"] / monthly["counterfactual"].sum()
    assert total["estimate_percent"] == pytest.approx(percent)


def test_the_path_ends_in_the_cumulative_effect(primary):
    path = effects.cumulative_path(primary, "2016-10", through="2018-02")
    total = effects.effect(primary, "2016-10").row("cumulative")
    assert len(path) == 17
    assert path["cumulative"].iloc[-1] == pytest.approx(total["estimate"])
    assert path["ci_high"].iloc[-1] == pytest.approx(total["ci_high"])


def test_an_effect_with_an_unmodelled_competing_event_is_refused(net_duties, calendar):
    naive = its.fit(net_duties, ["2016-10"], season="month")
    with pytest.raises(EstimationError, match=r'11 concurrent events .* through "2017-12"'):
        effects.effect(naive, "2016-10", calendar=calendar)
    before = effects.effect(naive, "2016-10", through="2017-12", calendar=calendar)
    assert before.through == pd.Period("2017-12", "M")


def test_an_effect_is_not_stated_past_the_next_interruption(primary):
    with pytest.raises(EstimationError, match="runs past the interruption at 2018-03"):
        effects.effect(primary, "2016-10", through="2018-03")


def test_events_passed_over_and_the_phase_in_are_warned_of(primary, calendar):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = effects.effect(primary, "2016-10", calendar=calendar)
    said = [str(w.message) for w in caught if w.category is StatisticalWarning]
    assert any("already part-treated" in text for text in said)
    assert any("GSP lapses again (2018-01-01); Section 201" in text for text in said)
    assert found.passed_over["month"].astype(str).tolist() == ["2018-01", "2018-02"]
    assert found.caution.startswith("To be read with care: Center test phase")


def test_an_unknown_cut_or_window_is_refused(primary):
    with pytest.raises(ParameterError, match="no interruption at 2015-01"):
        effects.effect(primary, "2015-01")
    with pytest.raises(ParameterError, match="no month from"):
        effects.effect(primary, "2016-10", through="2016-09")


def test_the_reports_six_annual_figures_cannot_carry_the_model(net_duties):
    years = complete_years(net_duties)
    assert years.tolist() == [33927.0, 35042.0, 34836.0, 34573.0, 41298.0, 70783.0]
    assert "leave 2 residual degrees of freedom" in effects.answer(its.fit, years, ["2017"])
    assert "2 points before" in effects.answer(its.fit, years[1:], ["2017"])


def test_an_answer_is_given_as_its_sentence(net_duties):
    assert effects.answer(its.fit, net_duties, ["2016-10"]).startswith("step at 2016-10")
    fit = its.fit(net_duties, ["2016-10"], season="month")
    assert effects.answer(effects.effect, fit, "2016-10") == effects.effect(fit, "2016-10").text


def test_no_date_and_no_measure_ends_in_a_bare_error(primary):
    with pytest.raises(ParameterError, match="'someday' is not a date"):
        effects.effect(primary, "someday")
    with pytest.raises(ParameterError, match="is not a date"):
        effects.cumulative_path(primary, "2016-10", through="13/2018")
    with pytest.raises(ParameterError, match=r"no measure 'cumulativ'.*did you mean 'cumulative'"):
        effects.effect(primary, date(2016, 10, 1)).row("cumulativ")


@pytest.mark.parametrize("base", [0.0, -50.0])
def test_a_percentage_of_a_base_at_or_under_zero_is_not_given(base):
    assert effects.percent_of(5.0, 50.0) == 10.0
    assert pd.isna(effects.percent_of(5.0, base))


def test_a_washout_is_in_no_sum_and_the_sentence_names_it():
    fit = its.fit(planted(300, 0), ["2016-10"], season="month", washout=["2016-10", "2016-11"])
    found = effects.effect(fit, "2016-10")
    assert found.row("cumulative")["periods"] == 34
    assert "through 2019-09 (without 2016-10, 2016-11, washed out) the amounts" in found.text


def test_logarithms_are_no_dollars():
    fit = its.fit(np.log(planted(300, 0)), ["2016-10"], season="month")
    text = effects.effect(fit, "2016-10").text
    assert "$" not in text
    assert "million" not in text
