"""Treated against control: exact where they must be, true on average."""

import numpy as np
import pandas as pd
import pytest
from scipy.signal import lfilter

from coee_nb.collections import its
from coee_nb.collections.comparison import compare
from coee_nb.errors import InputError, ParameterError, StatisticalWarning

CUT = "2015-01"


def centers(starts, *, level=3.0, slope=0.2, shock=0.0, seed=1):
    """Monthly series with a planted change at each start, and one shock common to all."""
    generator = np.random.default_rng(seed)
    index = pd.period_range("2012-01", periods=72, freq="M")
    t, common = np.arange(72), shock * generator.normal(size=72)
    columns = {}
    for place, (name, start) in enumerate(starts.items()):
        noise = lfilter([1], [1, -0.5], generator.normal(size=172))[100:]
        columns[name] = 10 + place + 0.05 * place * t + common + noise
        if start is not None:
            since = t - (pd.Period(start, "M") - index[0]).n
            columns[name] += level * (since >= 0) + slope * np.maximum(since, 0)
    return pd.DataFrame(columns, index=index)


def test_one_treated_and_one_control_by_ols_differ_as_their_own_fits_do():
    frame = centers({"treated": CUT, "control": None})
    result = compare(frame, [CUT], treated=["treated"], estimator="ols")
    alone = {name: its.fit(frame[name], [CUT], estimator="ols") for name in frame}
    difference = alone["treated"].coefficients - alone["control"].coefficients
    np.testing.assert_allclose(
        result.effects["estimate"], difference["estimate"].iloc[2:], rtol=1e-9
    )


@pytest.mark.parametrize(("season", "shock"), [(None, 0.0), ("month", 0.0), ("period", 2.0)])
def test_a_planted_difference_is_recovered(season, shock):
    frame = centers({"a": CUT, "b": CUT, "c": None, "d": None}, shock=shock)
    result = compare(frame, [CUT], treated=["a", "b"], season=season)
    for term, truth in ((f"level[{CUT}]", 3.0), (f"slope[{CUT}]", 0.2)):
        row = result.effects.loc[term]
        assert row["ci_low"] < truth < row["ci_high"]
    assert result.rho == pytest.approx(0.5, abs=0.15)
    assert result.text.startswith("Treated less control: step at 2015-01 ")


def test_what_moves_every_series_alike_is_no_difference():
    frame = centers({"a": CUT, "b": CUT, "c": CUT, "d": CUT})
    effects = compare(frame, [CUT], treated=["a", "b"]).effects
    assert (effects["ci_low"] < 0).all()
    assert (effects["ci_high"] > 0).all()


def test_series_of_unequal_noise_are_cautioned():
    frame = centers({"a": CUT, "b": None})
    frame["b"] *= 10
    with pytest.warns(StatisticalWarning, match="b is .* times as noisy as a"):
        result = compare(frame, [CUT], treated=["a"])
    assert result.noise.idxmax() == "b"


@pytest.mark.parametrize("treated", [[], ["a", "b"]])
def test_an_empty_group_is_refused(treated):
    with pytest.raises(InputError, match="a group is empty"):
        compare(centers({"a": CUT, "b": None}), [CUT], treated=treated)


def test_names_that_are_not_series_are_refused():
    frame = centers({"a": CUT, "b": None})
    with pytest.raises(InputError, match="no series Apparel"):
        compare(frame, [CUT], treated=["Apparel"])


def test_an_unknown_estimator_is_a_parameter_error():
    with pytest.raises(ParameterError, match="glsar"):
        compare(centers({"a": CUT, "b": None}), [CUT], treated=["a"], estimator="glsar")


def test_a_shock_that_all_share_is_no_difference_where_periods_have_effects_of_their_own():
    """Nulls with a shared AR(1) shock: false differences of level, of 60 series."""
    wrong = 0
    for seed in range(60):
        frame = centers({"a": None, "b": None, "c": None}, seed=seed)
        common = lfilter([1], [1, -0.7], np.random.default_rng(seed).normal(size=172))[100:]
        frame = frame.add(3 * common, axis=0)
        row = compare(frame, [CUT], treated=["a"], season="period").effects.iloc[0]
        wrong += not row["ci_low"] < 0 < row["ci_high"]
    assert wrong <= 7


def test_series_may_begin_late_and_end_early():
    frame = centers({"a": CUT, "b": None, "c": None, "d": None}, level=6.0)
    whole = compare(frame, [CUT], treated=["a"], season="period")
    frame.loc[:"2012-06", "b"] = np.nan
    frame.loc["2017-07":, "c"] = np.nan
    part = compare(frame, [CUT], treated=["a"], season="period")
    level = f"level[{CUT}]"
    assert part.effects.at[level, "ci_low"] < 6.0 < part.effects.at[level, "ci_high"]
    assert part.effects.at[level, "estimate"] == pytest.approx(
        whole.effects.at[level, "estimate"], abs=whole.effects.at[level, "se"]
    )
    assert not part.coefficients.isna().any().any()


def test_a_gap_inside_a_series_is_refused():
    frame = centers({"a": CUT, "b": None})
    frame.loc["2014-03", "b"] = np.nan
    with pytest.raises(InputError, match="2014-03"):
        compare(frame, [CUT], treated=["a"])


def test_a_washout_lags_and_further_terms_are_those_of_a_single_series():
    frame = centers({"treated": CUT, "control": None})
    more = pd.Series(np.random.default_rng(2).normal(size=72), frame.index, name="more")
    options = {"washout": ["2015-01", "2015-02"], "exog": more}
    result = compare(frame, [CUT], treated=["treated"], estimator="newey-west", lags=2, **options)
    assert "more" in result.coefficients.index
    assert compare(frame, [CUT], treated=["treated"], **options).effects.notna().all().all()
    with pytest.raises(ParameterError, match="lags"):
        compare(frame, [CUT], treated=["treated"], lags=2)


def test_terms_that_all_share_are_refused_beside_effects_of_periods():
    frame = centers({"treated": CUT, "control": None})
    more = pd.Series(np.arange(72.0), frame.index, name="more")
    with pytest.raises(ParameterError, match="leave exog out"):
        compare(frame, [CUT], treated=["treated"], season="period", exog=more)
