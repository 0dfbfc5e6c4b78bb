"""The scans and the estimators equal their references."""

import numpy as np
import pandas as pd
import pytest

from coee_nb.collections import its
from coee_nb.collections.robustness import sensitivity
from coee_nb.errors import EstimationError, ParameterError

pytestmark = pytest.mark.filterwarnings("ignore::coee_nb.errors.StatisticalWarning")


def test_the_naive_scan_equals_the_reference(net_duties, duties_placebos):
    """The reference's p-values are those of Newey-West with three lags, the rule for 72 months."""
    dates = pd.period_range("2014-10", "2018-09", freq="M")
    found = sensitivity.scan(
        net_duties, dates, real="2016-10", season="month", estimator="newey-west"
    )
    columns = {"level": "level", "level_p": "p_level", "slope": "slope", "slope_p": "p_slope"}
    assert found.table["interruption"].astype(str).tolist() == duties_placebos["cut"].tolist()
    for ours, theirs in columns.items():
        np.testing.assert_allclose(found.table[ours], duties_placebos[theirs], rtol=1e-6)
    significant = (duties_placebos[["p_level", "p_slope"]] < 0.05).any(axis=1).sum()
    assert found.text.startswith(f"{significant} of 48 dates show a change")


def test_the_scan_by_reml_gives_what_single_fits_give(net_duties):
    found = sensitivity.scan(
        net_duties, ["2015-05", "2016-10"], real="2016-10", concurrent=["2018-03"], season="month"
    )
    for row in found.table.itertuples():
        terms = its.fit(net_duties, [str(row.interruption), "2018-03"], season="month").coefficients
        assert row.level == pytest.approx(terms.at[f"level[{row.interruption}]", "estimate"])
        assert row.slope_p == pytest.approx(terms.at[f"slope[{row.interruption}]", "p"])


def test_the_real_date_does_not_stand_out_among_the_placebos(net_duties):
    dates = pd.period_range("2014-10", "2016-10", freq="M")
    found = sensitivity.scan(
        net_duties, dates, real="2016-10", concurrent=["2018-03"], season="month"
    )
    first = found.table.sort_values("rank")["interruption"].astype(str).tolist()[:3]
    assert first == ["2015-08", "2015-09", "2016-10"]
    assert (found.rank, len(found.table)) == (3, 25)


def test_a_planted_change_stands_out_among_the_placebos(net_duties):
    shocked = net_duties.copy()
    shocked["2016-10":] += 2500
    dates = pd.period_range("2014-10", "2017-02", freq="M")
    found = sensitivity.scan(shocked, dates, real="2016-10", concurrent=["2018-03"], season="month")
    assert found.rank == 1


def test_the_real_date_must_be_among_the_dates(net_duties):
    with pytest.raises(ParameterError, match="not among the dates"):
        sensitivity.scan(net_duties, ["2015-05"], real="2016-10")


def test_the_break_scan_equals_strucchange(net_duties):
    """R's strucchange::Fstats(y ~ t, from = 0.15): sup F 217.813166149464, last month 2018-06."""
    found = sensitivity.supremum_f(net_duties)
    assert found.f == pytest.approx(217.813166149464, rel=1e-9)
    assert str(found.last_old_month) == "2018-06"
    with pytest.raises(EstimationError, match="too few for a break scan"):
        sensitivity.supremum_f(net_duties[:12])


def test_five_estimators_answer_the_same_question(net_duties):
    table = sensitivity.estimators(
        net_duties, ["2016-10", "2018-03"], interruption="2016-10", season="month"
    )
    assert len(table) == 5
    assert (table["level_p"] > 0.05).all()
    assert table["level"].iloc[0] == pytest.approx(-345.5821, rel=1e-6)


def test_the_naive_effect_grows_with_the_months_let_in(net_duties):
    table = sensitivity.by_end(
        net_duties, "2016-10", ["2018-02", "2019-09"], season="month",
        estimator="newey-west", lags=1,
    )  # fmt: skip
    assert table["slope"].iloc[1] == pytest.approx(117.678635778636, rel=1e-9)  # R's lm
    assert table["slope"].iloc[0] < 20
    assert (table["slope_ci_low"] < table["slope"]).all()


def test_every_date_tried_leaves_a_year_on_each_side_but_the_real_one_is_always_tried(net_duties):
    dates = sensitivity.dates_to_try(net_duties, "2016-10").astype(str).tolist()
    assert (dates[0], dates[-1], len(dates)) == ("2014-10", "2018-09", 48)
    assert sensitivity.dates_to_try(net_duties, "2014-02")[0] == pd.Period("2014-02", "M")


def test_an_end_that_leaves_too_little_has_no_row_and_none_at_all_is_refused(net_duties):
    table = sensitivity.by_end(net_duties, "2016-10", ["2016-11", "2018-02"], estimator="ols")
    assert table["end"].astype(str).tolist() == ["2018-02"]
    with pytest.raises(EstimationError, match="2 from it on"):
        sensitivity.by_end(net_duties, "2016-10", ["2016-11"])
