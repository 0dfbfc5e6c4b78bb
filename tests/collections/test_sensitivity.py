"""The specification curve, the scans and the estimators equal their references."""

import numpy as np
import pandas as pd
import pytest

from coee_nb.collections import its, sensitivity
from coee_nb.collections.estimation import ar1
from coee_nb.collections.estimation.basis import frame
from coee_nb.collections.estimation.estimators import gls, moments
from coee_nb.collections.estimation.likelihood import profile
from coee_nb.collections.sensitivity import Choices
from coee_nb.errors import EstimationError, ParameterError

pytestmark = pytest.mark.filterwarnings("ignore::coee_nb.errors.StatisticalWarning")

REFERENCE_GRID = np.round(np.arange(-0.9, 0.9501, 0.025), 3)  # the reference searched rho in steps
WORDS = {"log rate": "log duty rate", "no term": "none", "stop before 2018-03": "drop>=2018-03",
         "by month": "dummies", "2 harmonics": "harm2"}  # fmt: skip
KEY = ["scale", "cut", "donut_oct16_jan17", "tariff", "gsp_pulse_aug15", "season"]


def in_the_references_words(table: pd.DataFrame) -> pd.DataFrame:
    """Return the curve with the reference's names, one row a specification."""
    return table.assign(
        scale=table["scale"].replace(WORDS),
        donut_oct16_jan17=(table["washout"] != "none").astype(int),
        tariff=table["competing"].replace(WORDS),
        gsp_pulse_aug15=(table["pulses"] != "none").astype(int),
        season=table["season"].replace(WORDS),
    )


@pytest.fixture(scope="module")
def imports(duties):
    return duties["imports_musd"]


@pytest.fixture(scope="module")
def curve(net_duties, imports, choices):
    return sensitivity.specification_curve(
        net_duties, choices, through="2018-02", negligible_percent=5, companion=imports
    )


@pytest.fixture(scope="module")
def beside(curve, duties_curve):
    found = in_the_references_words(curve.table)
    return found.merge(duties_curve, on=KEY, suffixes=("", "_reference"), validate="1:1")


def test_all_192_declared_specifications_are_fitted(curve, beside):
    assert (len(curve.table), len(beside)) == (192, 192)
    assert (curve.table["reason"] == "").all()
    assert not curve.table["boundary"].any()


def test_every_rho_lies_within_half_a_step_of_the_references_grid(beside):
    assert (beside["rho"] - beside["rho_reference"]).abs().max() <= 0.0125 + 1e-9


def test_at_the_references_rho_every_specification_is_equal(
    net_duties, imports, choices, duties_curve
):
    """192 level and slope terms with standard errors to 1e-6, rho the best point of the grid."""
    specs = sensitivity.specifications(net_duties, choices, companion=imports)
    described = in_the_references_words(pd.DataFrame([sensitivity._described(s) for s in specs]))
    order = described.reset_index().merge(duties_curve, on=KEY, validate="1:1")
    for row in order.itertuples():
        design = specs[row.index].design
        y, gaps = design.observed.to_numpy(), design.gaps
        heights = profile(moments([frame(y, design.matrix)], gaps), REFERENCE_GRID)[0]
        assert REFERENCE_GRID[heights.argmax()] == pytest.approx(row.rho)
        found = gls(y, design.matrix, gaps, rho=row.rho)
        for kind in ("level", "slope"):
            place = design.names.index(f"{kind}[{row.cut}]")
            value, se = getattr(row, kind), getattr(row, f"{kind}_se")
            assert found.coefficients[place] == pytest.approx(value, rel=1e-6)
            assert np.sqrt(found.covariance[place, place]) == pytest.approx(se, rel=1e-6)


def test_the_curve_gives_what_a_single_fit_gives(net_duties, curve):
    fit = its.fit(net_duties, ["2017-02", "2018-07"], season=2, pulses=["2015-08"])
    table = curve.table
    row = table[
        (table["scale"] == "level") & (table["cut"] == "2017-02") & (table["washout"] == "none")
        & (table["competing"] == "2018-07") & (table["pulses"] == "2015-08")
        & (table["season"] == "2 harmonics")
    ].iloc[0]  # fmt: skip
    level = fit.coefficients.loc["level[2017-02]"]
    assert row["rho"] == pytest.approx(fit.rho, abs=1e-8)
    assert row["level"] == pytest.approx(level["estimate"])
    assert row["level_df"] == pytest.approx(level["df"], rel=1e-6)
    assert row["level_p"] == pytest.approx(level["p"], rel=1e-6)


def test_no_specification_in_dollars_shows_an_effect(curve):
    admissible = curve.table[curve.table["admissible"] & (curve.table["scale"] == "level")]
    assert set(admissible["answer"]) == {"cannot tell"}


def test_the_summary_counts_what_the_table_holds(curve):
    summary = curve.summary.set_index("group")
    assert summary.loc["all", "specifications"] == 192
    assert summary.loc["admissible", "specifications"] == 144
    answers = curve.admissible_answers.value_counts()
    for answer in ("cannot tell", "decrease shown"):
        assert summary.loc["admissible", answer] == answers[answer]
    assert curve.text.startswith("Of 192 declared specifications, 48 leave the competing event")


def test_a_specification_that_cannot_be_estimated_keeps_its_place(net_duties):
    choices = Choices(cuts=("2016-10", "2013-12"), competing=("2018-03",))
    found = sensitivity.specification_curve(
        net_duties, choices, through="2018-02", negligible_percent=5
    )
    assert found.table["answer"].tolist() == ["cannot tell", "not estimable"]
    assert "2 points before" in found.table["reason"].iloc[1]
    assert found.summary.set_index("group").loc["all", "estimable"] == 1


def test_scales_that_cannot_be_are_refused(net_duties):
    with pytest.raises(ParameterError, match="scale 'square'"):
        sensitivity.specifications(net_duties, Choices(("2016-10",), scales=("square",)))
    with pytest.raises(ParameterError, match="without a companion"):
        sensitivity.specifications(net_duties, Choices(("2016-10",), scales=("log rate",)))
    with pytest.raises(EstimationError, match="no logarithm in 2013-10"):
        sensitivity.specifications(net_duties - 3166, Choices(("2016-10",), scales=("log",)))


def test_the_naive_scan_equals_the_reference(net_duties, duties_placebos):
    """The reference's p-values are those of Newey-West with three lags, the rule for 72 months."""
    dates = pd.period_range("2014-10", "2018-09", freq="M")
    found = sensitivity.scan(
        net_duties, dates, real="2016-10", season="month", estimator="newey-west"
    )
    columns = {"level": "level", "level_p": "p_level", "slope": "slope", "slope_p": "p_slope"}
    assert found.table["cut"].astype(str).tolist() == duties_placebos["cut"].tolist()
    for ours, theirs in columns.items():
        np.testing.assert_allclose(found.table[ours], duties_placebos[theirs], rtol=1e-6)
    significant = (duties_placebos[["p_level", "p_slope"]] < 0.05).any(axis=1).sum()
    assert found.text.startswith(f"{significant} of 48 cut dates show a change")


def test_the_scan_by_reml_gives_what_single_fits_give(net_duties):
    found = sensitivity.scan(
        net_duties, ["2015-05", "2016-10"], real="2016-10", competing=["2018-03"], season="month"
    )
    for row in found.table.itertuples():
        terms = its.fit(net_duties, [str(row.cut), "2018-03"], season="month").coefficients
        assert row.level == pytest.approx(terms.at[f"level[{row.cut}]", "estimate"])
        assert row.slope_p == pytest.approx(terms.at[f"slope[{row.cut}]", "p"])


def test_the_real_date_does_not_stand_out_among_the_placebos(net_duties):
    dates = pd.period_range("2014-10", "2016-10", freq="M")
    found = sensitivity.scan(
        net_duties, dates, real="2016-10", competing=["2018-03"], season="month"
    )
    first = found.table.sort_values("rank")["cut"].astype(str).tolist()[:3]
    assert first == ["2015-08", "2015-09", "2016-10"]
    assert (found.rank, len(found.table)) == (3, 25)


def test_a_planted_change_stands_out_among_the_placebos(net_duties):
    shocked = net_duties.copy()
    shocked["2016-10":] += 2500
    dates = pd.period_range("2014-10", "2017-02", freq="M")
    found = sensitivity.scan(shocked, dates, real="2016-10", competing=["2018-03"], season="month")
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
        net_duties, ["2016-10", "2018-03"], cut="2016-10", season="month"
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


def test_the_gaps_of_a_washout_count_as_time_passed(net_duties, choices):
    spec = next(s for s in sensitivity.specifications(
        net_duties, Choices(("2016-10",), washouts=(choices.washouts[1],))))  # fmt: skip
    assert spec.design.gaps.max() == 5
    assert ar1.gaps_of(spec.design.time).tolist() == spec.design.gaps.tolist()
