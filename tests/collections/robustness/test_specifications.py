"""The specification curve equals its reference, and keeps what cannot be estimated in its place."""

import numpy as np
import pandas as pd
import pytest

from coee_nb.collections import its
from coee_nb.collections.robustness import specifications
from coee_nb.collections.robustness.specifications import Choices
from coee_nb.engines.ar1 import process
from coee_nb.engines.ar1.basis import frame
from coee_nb.engines.ar1.estimators import gls, moments
from coee_nb.engines.ar1.likelihood import profile
from coee_nb.errors import EstimationError, ParameterError

pytestmark = pytest.mark.filterwarnings("ignore::coee_nb.errors.StatisticalWarning")

REFERENCE_GRID = np.round(np.arange(-0.9, 0.9501, 0.025), 3)  # the reference searched rho in steps
WORDS = {"log rate": "log duty rate", "no term": "none", "stop before 2018-03": "drop>=2018-03",
         "by month": "dummies", "2 harmonics": "harm2"}  # fmt: skip
KEY = ["scale", "cut", "donut_oct16_jan17", "tariff", "gsp_pulse_aug15", "season"]


def in_the_references_words(table: pd.DataFrame) -> pd.DataFrame:
    """Return the curve with the reference's names, one row a specification."""
    return table.assign(
        cut=table["interruption"],
        scale=table["scale"].replace(WORDS),
        donut_oct16_jan17=(table["washout"] != "none").astype(int),
        tariff=table["concurrent"].replace(WORDS),
        gsp_pulse_aug15=(table["pulses"] != "none").astype(int),
        season=table["season"].replace(WORDS),
    )


@pytest.fixture(scope="module")
def imports(duties):
    return duties["imports_musd"]


@pytest.fixture(scope="module")
def curve(net_duties, imports, choices):
    return specifications.specification_curve(
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
    specs = specifications.specifications(net_duties, choices, companion=imports)
    described = in_the_references_words(pd.DataFrame([specifications._described(s) for s in specs]))
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
        (table["scale"] == "level") & (table["interruption"] == "2017-02")
        & (table["washout"] == "none")
        & (table["concurrent"] == "2018-07") & (table["pulses"] == "2015-08")
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
    assert curve.text.startswith("Of 192 declared specifications, 48 leave the concurrent event")


def test_a_specification_that_cannot_be_estimated_keeps_its_place(net_duties):
    choices = Choices(interruptions=("2016-10", "2013-12"), concurrent=("2018-03",))
    found = specifications.specification_curve(
        net_duties, choices, through="2018-02", negligible_percent=5
    )
    assert found.table["answer"].tolist() == ["cannot tell", "not estimable"]
    assert "2 points before" in found.table["reason"].iloc[1]
    assert found.summary.set_index("group").loc["all", "estimable"] == 1


def test_scales_that_cannot_be_are_refused(net_duties):
    with pytest.raises(ParameterError, match="scale 'square'"):
        specifications.specifications(net_duties, Choices(("2016-10",), scales=("square",)))
    with pytest.raises(ParameterError, match="without a companion"):
        specifications.specifications(net_duties, Choices(("2016-10",), scales=("log rate",)))
    with pytest.raises(EstimationError, match="no logarithm in 2013-10"):
        specifications.specifications(net_duties - 3166, Choices(("2016-10",), scales=("log",)))


def test_the_gaps_of_a_washout_count_as_time_passed(net_duties, choices):
    spec = next(s for s in specifications.specifications(
        net_duties, Choices(("2016-10",), washouts=(choices.washouts[1],))))  # fmt: skip
    assert spec.design.gaps.max() == 5
    assert process.gaps_of(spec.design.time).tolist() == spec.design.gaps.tolist()


def test_collinear_terms_in_one_specification_do_not_stop_the_others(net_duties):
    """October to December come after it alone: their levels are the trend and the change."""
    choices = Choices(
        interruptions=("2016-10",),
        concurrent=("2018-03", "stop before 2017-10"),
        seasons=("month", 1),
    )
    found = specifications.specification_curve(
        net_duties["2016-01":], choices, through="2017-09", negligible_percent=5
    )
    assert len(found.table) == 4
    refused = found.table[found.table["reason"] != ""]
    assert refused[["concurrent", "season", "answer"]].to_numpy().tolist() == [
        ["stop before 2017-10", "by month", "not estimable"]
    ]
    assert "is a combination of" in refused["reason"].iloc[0]
