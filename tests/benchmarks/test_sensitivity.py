"""The whole sensitivity set against 2,000 plain fits by statsmodels, in one run."""

import time
import warnings
from pathlib import Path

import pandas as pd
import pytest
import statsmodels.api as sm

from coee_nb.collections.robustness import sensitivity, specifications
from coee_nb.collections.robustness.specifications import Choices
from coee_nb.collections.series import Columns, read_amounts
from coee_nb.engines.ar1.design_matrix import build

PATH = Path(__file__).resolve().parents[2] / "data/oig_22_34/collections/customs_duties_monthly.csv"
CHOICES = Choices(
    interruptions=("2016-10", "2017-02"),
    washouts=((), ("2016-10", "2016-11", "2016-12", "2017-01")),
    concurrent=("no term", "2018-03", "2018-07", "stop before 2018-03"),
    pulses=((), ("2015-08",)),
    seasons=("month", 2),
    scales=("level", "log", "log rate"),
)


def whole_set(series: pd.Series, imports: pd.Series) -> None:
    """192 specifications by REML, every placebo date, the break scan and the five estimators."""
    curve = specifications.specification_curve(
        series, CHOICES, through="2018-02", negligible_percent=5, companion=imports
    )
    assert len(curve.table) == 192
    dates = pd.period_range("2014-10", "2016-10", freq="M")
    sensitivity.scan(series, dates, real="2016-10", concurrent=["2018-03"], season="month")
    sensitivity.supremum_f(series)
    sensitivity.estimators(series, ["2016-10", "2018-03"], interruption="2016-10", season="month")


def plain_fits(series: pd.Series, number: int) -> None:
    """Ordinary least squares with Newey-West errors, as statsmodels does it."""
    design = build(series, ["2016-10", "2018-03"], season="month")
    y, X = series.to_numpy(), design.matrix
    for _ in range(number):
        sm.OLS(y, X).fit(
            cov_type="HAC", cov_kwds={"maxlags": 1, "use_correction": True}, use_t=True
        )


def seconds(work, *arguments) -> float:
    start = time.process_time()
    work(*arguments)
    return time.process_time() - start


@pytest.mark.benchmark
def test_the_whole_sensitivity_set_takes_no_longer_than_2000_plain_fits(speed):
    window = {"start": "2013-10", "end": "2019-09"}
    series = read_amounts(PATH, columns=Columns("net_customs_duties_musd"), **window).series()
    imports = read_amounts(PATH, columns=Columns(value="goods_imports_musd"), **window).series()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours = min(seconds(whole_set, series, imports) for _ in range(3))
        theirs = min(seconds(plain_fits, series, 500) for _ in range(3)) * 4
    speed("the whole sensitivity set / 2,000 plain fits", ours / theirs, aim=1)
