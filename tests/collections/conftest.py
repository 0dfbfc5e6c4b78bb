"""Series and reference values that the tests of interrupted time series share."""

import warnings
from pathlib import Path

import pandas as pd
import pytest

from coee_nb.collections import attribution, effects, its, tie_out, verdict
from coee_nb.collections.events import read_calendar
from coee_nb.collections.robustness import (
    diagnostics,
    power,
    safeguards,
    sensitivity,
    specifications,
)
from coee_nb.collections.robustness.specifications import Choices
from coee_nb.collections.units import Unit
from coee_nb.errors import StatisticalWarning

UNIT = Unit("million dollars")
DATA = Path(__file__).resolve().parents[2] / "data" / "oig_22_34" / "collections"


def pytest_configure(config):
    config.addinivalue_line("filterwarnings", "ignore::coee_nb.errors.StatisticalWarning")


def monthly(values, start="2010-01"):
    index = pd.period_range(start, periods=len(values), freq="M")
    return pd.Series(values, index=index, dtype=float)


@pytest.fixture(scope="session")
def calendar():
    """The calendar of the worked example."""
    return read_calendar(DATA / "events.csv")


@pytest.fixture(scope="session")
def primary(net_duties):
    """The primary model: cut at 2016-10, tariffs from 2018-03, months of the year."""
    return its.fit(net_duties, ["2016-10", "2018-03"], season="month")


@pytest.fixture(scope="session")
def choices():
    """The declared choices of the worked example: 192 combinations."""
    return Choices(
        interruptions=("2016-10", "2017-02"),
        washouts=((), ("2016-10", "2016-11", "2016-12", "2017-01")),
        concurrent=("no term", "2018-03", "2018-07", "stop before 2018-03"),
        pulses=((), ("2015-08",)),
        seasons=("month", 2),
        scales=("level", "log", "log rate"),
    )


@pytest.fixture(scope="session")
def results(net_duties, primary, calendar):
    """The results of a small run of the notebook, by name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StatisticalWarning)
        effect = effects.effect(primary, "2016-10", calendar=calendar, unit=UNIT)
        refunds = its.fit(net_duties, ["2016-10", "2018-03"], season="month", pulses=["2015-08"])
        window = primary.design.terms.loc["2016-10":"2018-02"].filter(like="[2016-10]")
        weights = window.sum().to_dict()
        simulation = power.simulate(primary, weights, seed=1, replications=400)
        choices = Choices(("2016-10",), concurrent=("no term", "2018-03"), seasons=("month", 2))
        checks = safeguards.safeguards(
            primary,
            effect,
            placebo=sensitivity.placebo(
                net_duties, "2016-10", concurrent=["2018-03"], season="month"
            ),
            residuals=diagnostics.residuals(primary, lags=6),
            richer=safeguards.richer_models(primary, effect),
        )
        curve = specifications.specification_curve(
            net_duties, choices, through="2018-02", negligible_percent=5
        )
        return {
            "effect": effect,
            "path": effects.cumulative_path(primary, "2016-10", through="2018-02"),
            "tied": tie_out.tie_out(
                net_duties, tie_out.read_published(DATA / "annual_published.csv"),
                definition="net customs duties", unit=UNIT,
            ),
            "attribution": attribution.attribute(refunds, "2016-10", "2018-03", unit=UNIT),
            "curve": curve,
            "placebo": sensitivity.scan(
                net_duties, pd.period_range("2015-06", "2016-10", freq="M"), real="2016-10",
                concurrent=["2018-03"], season="month",
            ),
            "by_end": sensitivity.by_end(
                net_duties, "2016-10", ["2017-12", "2019-09"], estimator="newey-west"
            ),
            "power": power.detectable_effect(
                primary.contrast(weights), simulation, base=effect.row("cumulative")["base"],
                unit=UNIT,
            ),
            "residuals": diagnostics.residuals(primary),
            "influence": diagnostics.influence(primary, weights),
            "verdict": verdict.verdict(
                effect, safeguards=checks, negligible_percent=5,
                answers=curve.admissible_answers,
            ),
        }  # fmt: skip
