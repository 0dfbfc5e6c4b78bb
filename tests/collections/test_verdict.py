"""The verdict: cannot tell on the real series, found where planted, seldom wrong elsewhere."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coee_nb.collections import effects, its, verdict
from coee_nb.collections.robustness import (
    diagnostics,
    power,
    safeguards,
    sensitivity,
    specifications,
)
from coee_nb.collections.robustness.specifications import Choices
from coee_nb.collections.units import Unit
from coee_nb.errors import EstimationError, ParameterError

UNIT = Unit("million dollars")
pytestmark = pytest.mark.filterwarnings("ignore::coee_nb.errors.StatisticalWarning")

CHOICES = Choices(
    interruptions=("2016-10", "2017-02"),
    concurrent=("2018-03", "stop before 2018-03"),
    seasons=("month", 2),
)


def checks_of(series, fit, effect):
    return safeguards.safeguards(
        fit,
        effect,
        placebo=sensitivity.placebo(series, "2016-10", concurrent=["2018-03"], season="month"),
        residuals=diagnostics.residuals(fit, lags=6),
        richer=safeguards.richer_models(fit, effect),
    )


def judge(series: pd.Series, negligible_percent: float = 5.0) -> verdict.Conclusion:
    fit = its.fit(series, ["2016-10", "2018-03"], season="month")
    curve = specifications.specification_curve(
        series, CHOICES, through="2018-02", negligible_percent=negligible_percent
    )
    effect = effects.effect(fit, "2016-10", unit=UNIT)
    return verdict.verdict(
        effect,
        safeguards=checks_of(series, fit, effect),
        negligible_percent=negligible_percent,
        answers=curve.admissible_answers,
    )


def test_on_the_real_series_the_verdict_is_the_audits(net_duties):
    found = judge(net_duties)
    assert found.answer == "cannot tell"
    assert found.text == (
        "Cannot tell whether anything changed from 2016-10 through 2018-02: the estimate is "
        "-$3.4 billion (95% interval -$15.0 billion to $8.2 billion). The smallest change "
        "that these data would show four times in five is $16.1 billion (30% of what was "
        "expected); one below $11.6 billion would be missed more often than shown. "
        "Apart, p of step and slope adjusted for the two (Holm), the answer resting on the sum: "
        "the step -$345.6 million a period (-$972.8 million to $281.6 million; p 0.53); "
        "the change of slope $18.3 million a period from period to period (-$46.6 million to "
        "$83.2 million; p 0.54); the sum -$3.4 billion (-$15.0 billion to $8.2 billion; p 0.53). "
        "Under richer models of the errors the widest interval of the sum is -$26.4 billion to "
        "$12.9 billion (AR(2) errors). 8 of 8 admissible specifications (100%) agree."
    )


def test_specifications_that_answer_otherwise_are_said(net_duties):
    fit = its.fit(net_duties, ["2016-10", "2018-03"], season="month")
    answers = pd.Series(["cannot tell"] * 3 + ["decrease shown"])
    effect = effects.effect(fit, "2016-10", unit=UNIT)
    checks = checks_of(net_duties, fit, effect)
    found = verdict.verdict(effect, safeguards=checks, negligible_percent=5.0, answers=answers)
    assert found.text.endswith(
        "3 of 4 admissible specifications (75%) agree; 1 answer “decrease shown”."
    )


@pytest.mark.parametrize(("size", "answer"), [(1800, "increase shown"), (-1500, "decrease shown")])
def test_a_planted_effect_is_found(net_duties, size, answer):
    changed = net_duties.copy()
    changed["2016-10":] += size
    found = judge(changed)
    assert found.answer == answer
    assert found.table["agreement"].iloc[0] >= 0.5  # the later cut starts inside the effect


def test_a_planted_effect_is_found_on_a_simulated_series(primary):
    generator = np.random.default_rng(12)
    errors = power.draw(primary.design, primary.rho, primary.estimate.sigma, 1, generator)[0]
    index = primary.design.observed.index
    series = pd.Series(primary.design.matrix @ primary.estimate.coefficients + errors, index=index)
    series["2016-10":] += 1800
    assert judge(series).answer == "increase shown"


def test_a_quiet_series_shows_no_change_larger_than_the_stated_size(net_duties):
    noise = np.random.default_rng(8).standard_normal(72)
    quiet = pd.Series(3000 + 8.0 * noise, index=net_duties.index)
    found = judge(quiet, negligible_percent=2.0)
    assert found.answer == "no change larger than"
    assert found.text.startswith("No change larger than $1.0 billion from 2016-10")


def test_the_larger_of_formula_and_simulation_is_the_smallest_detectable(net_duties):
    fit = its.fit(net_duties, ["2016-10", "2018-03"], season="month")
    effect = effects.effect(fit, "2016-10", unit=UNIT)
    found = verdict.verdict(
        effect,
        safeguards=checks_of(net_duties, fit, effect),
        negligible_percent=5,
        answers=pd.Series(["cannot tell"]),
        detectable=power.Detectable(
            pd.DataFrame({"way": ["simulation"], "detectable": [17300.0]}),
            pd.DataFrame(),
            11900.0,
            "",
        ),
    )
    assert found.table["detectable"].iloc[0] == 17300
    assert "four times in five is $17.3 billion (33%" in found.text
    assert "below $11.9 billion would be missed more often than shown" in found.text


def test_the_size_missed_more_often_than_shown_has_power_one_half(net_duties):
    fit = its.fit(net_duties, ["2016-10", "2018-03"], season="month")
    weights = {"level[2016-10]": 17.0, "slope[2016-10]": 136.0}
    simulation = power.simulate(fit, weights, seed=1, replications=1000)
    found = power.detectable_effect(fit.contrast(weights), simulation, base=50_000)
    assert simulation.power(found.even) == pytest.approx(0.5, abs=0.002)
    assert simulation.power(0.99 * found.even) < 0.5 < simulation.power(found.largest)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine
@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.floats(0, 1e6))
def test_every_interval_gets_the_first_rule_that_holds(low, width, negligible):
    high = low + width
    answer = str(verdict.decide(low, high, negligible))
    if low > 0:
        assert answer == "increase shown"
    elif high < 0:
        assert answer == "decrease shown"
    elif max(-low, high) <= negligible:
        assert answer == "no change larger than"
    else:
        assert answer == "cannot tell"


def test_a_negligible_size_under_zero_is_refused():
    with pytest.raises(ParameterError, match="under zero"):
        verdict.decide(0, 1, -1)


def test_the_rules_are_wrong_no_more_often_than_stated_and_right_at_the_detectable_size(primary):
    """No effect: wrong at most 5%. An effect of the detectable size: found four times in five."""
    window = primary.design.terms.loc["2016-10":"2018-02"].filter(like="[2016-10]")
    weights = window.sum().to_dict()
    smallest = power.smallest(power.simulate(primary, weights, seed=20, replications=4000))
    fresh = power.simulate(primary, weights, seed=21, replications=4000)
    rates = verdict.error_rates(
        fresh.estimates, fresh.half_width, negligible=2659.0,
        true_effects={"none": 0.0, "detectable": smallest, "drop": -smallest},
    ).set_index("true_effect")  # fmt: skip
    chance = 3 * np.sqrt(0.05 * 0.95 / 4000)
    assert rates.at["none", "wrong"] <= 0.05 + chance
    assert rates.at["detectable", "increase shown"] == pytest.approx(0.80, abs=0.03)
    assert rates.at["drop", "decrease shown"] == pytest.approx(0.80, abs=0.03)
    assert rates.at["detectable", "wrong"] < 0.001


def test_what_the_truth_contradicts_is_wrong():
    estimates, half_width = np.array([5.0, -5.0, 0.0, 0.0]), np.array([1.0, 1.0, 1.0, 9.0])
    rates = verdict.error_rates(
        estimates,
        half_width,
        negligible=2.0,
        true_effects={"none": 0.0, "small": 1.0, "large": 3.0},
    ).set_index("true_effect")
    assert rates.at["none", "wrong"] == 0.5  # an increase and a decrease that are not there
    assert rates.at["small", "wrong"] == 0.25  # the decrease
    assert rates.at["large", "wrong"] == 0.25  # -2 is called a decrease; 3 is an increase
    assert (rates[list(verdict.ANSWERS)].sum(axis=1) == 1).all()


def test_a_change_that_is_shown_is_said_with_its_cautions(net_duties, calendar):
    planted = net_duties + 3000.0 * (net_duties.index >= "2016-10")
    fit = its.fit(planted, ["2016-10", "2018-03"], season="month")
    effect = effects.effect(fit, "2016-10", calendar=calendar)
    answers = pd.Series(["cannot tell", "cannot tell", "increase shown"], ["log", "log", "level"])
    found = verdict.verdict(
        effect,
        safeguards=checks_of(planted, fit, effect),
        negligible_percent=5,
        answers=answers,
    )
    assert found.answer == "increase shown"
    assert "2 answer “cannot tell”, all on the scale log." in found.text
    assert found.text.endswith("Section 201 tariffs on solar cells and washers (2018-02-07).")


def test_an_interval_that_excludes_zero_and_fails_a_check_cannot_tell(net_duties):
    """A walk about its line: the interval excludes zero, and earlier dates find as much."""
    generator = np.random.default_rng(4)
    for _ in range(60):
        walk = np.cumsum(generator.standard_normal(72)) + generator.standard_normal(72)
        series = pd.Series(100 + walk, net_duties.index)
        found = verdict.conclude(series, "2016-10", competing=["2018-03"], season="month")
        row = found.table.iloc[0]
        if row["ci_low"] > 0 or row["ci_high"] < 0:
            break
    assert found.answer == "cannot tell"
    assert "excludes zero, but " in found.text
    failed = found.checks[~found.checks["passed"]]["check"].tolist()
    assert "rank of the step among earlier dates" in failed


def test_competing_events_are_dates_or_mappings(net_duties):
    plain = verdict.conclude(net_duties, "2016-10", competing=["2018-03"], season="month")
    named = verdict.conclude(
        net_duties, "2016-10", competing=[{"name": "x", "from": "2018-03"}], season="month"
    )
    assert named.text == plain.text
    assert named.answer == "cannot tell"


@pytest.mark.parametrize("event", ["2016-10", "2016-10-17", {"name": "fee", "from": "2016-10"}])
def test_an_event_in_the_period_of_the_cut_is_no_credit_to_the_change(net_duties, event):
    with pytest.raises(EstimationError, match="2016-10, the period of the cut"):
        verdict.conclude(net_duties, "2016-10", competing=["2018-03", event])


def test_too_few_earlier_dates_cannot_tell_and_say_so(net_duties):
    planted = net_duties[:"2017-06"] + 9000.0 * (net_duties[:"2017-06"].index >= "2015-03")
    found = verdict.conclude(planted, "2015-03", season=2)
    assert found.answer == "cannot tell"
    assert "earlier dates leave a year before them, under 8" in found.text


def test_amounts_under_zero_have_no_percentage(net_duties):
    found = verdict.conclude(-net_duties, "2016-10", competing=["2018-03"], season="month")
    assert np.isnan(found.table["detectable_percent"].iloc[0])
    assert "% of what was expected" not in found.text
