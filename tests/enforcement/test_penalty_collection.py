"""Collection by age and by cohort: published values, and a truth planted and recovered."""

from datetime import date

import numpy as np
import pytest

from coee_nb.enforcement.cases import read_cases
from coee_nb.enforcement.penalties import standing
from coee_nb.enforcement.penalty_collection import ages, cohorts, curves, kaplan_meier
from coee_nb.errors import EstimationError

HEAD = "case_id,violation,violated_on,assessed_on,collected_on,status,assessed,collected"


def found_of(write, *lines):
    return standing(read_cases(write("cases", HEAD, *lines)), as_of=date(2021, 3, 9))


def test_kaplan_meier_gives_what_r_gives_for_the_leukaemia_trial():
    # Freireich and others 1963, 6-MP arm: survfit(Surv(time, status) ~ 1), package survival.
    days = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    event = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    curve = kaplan_meier(np.array(days), np.array(event))
    assert curve["days"].tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve["share"].round(3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]


def test_money_counts_once(write):
    found = found_of(
        write,
        "A,fraud,2015-01-01,2020-01-01,2020-01-31,settled,100,40",
        "B,fraud,2015-01-01,2020-01-01,2020-03-01,settled,300,100",
        "C,fraud,2015-01-01,2020-01-01,,closed,600,0",
    )
    told = curves(found)
    assert told.loc[told["of"] == "cases", "share"].round(6).tolist() == [0.666667, 0.333333]
    assert told.loc[told["of"] == "money", "share"].round(6).tolist() == [0.96, 0.86]


def test_young_cohorts_have_no_share_yet(write):
    found = found_of(
        write,
        "A,fraud,2015-01-01,2016-11-01,2017-05-01,settled,100,60",
        "B,fraud,2015-01-01,2017-03-01,2020-05-01,settled,100,40",
        "C,fraud,2015-01-01,2020-11-01,2020-12-01,settled,100,10",
    )
    told = cohorts(found, change_on=date(2017, 1, 19)).set_index("fiscal_year")
    assert told.loc[2017, ["rate", "rate_1y", "rate_3y"]].tolist() == [0.5, 0.3, 0.3]
    assert told["period"].to_dict() == {2017: "both", 2021: "after"}
    assert told.loc[2021, "rate"] == 0.1
    assert told.loc[2021, ["rate_1y", "rate_3y"]].isna().all()


def test_what_has_no_age_is_in_no_share_by_age_but_in_what_was_collected_so_far(write):
    found = found_of(
        write,
        "A,fraud,2015-01-01,2016-11-01,,settled,100,60",
        "B,fraud,2015-01-01,,,open,100,0",
        "C,fraud,2015-01-01,2016-11-01,2016-10-01,settled,100,60",
        "D,fraud,2015-01-01,2016-11-01,,open,100,0",
    )
    assert ages(found).undated == 3
    told = cohorts(found).set_index("fiscal_year")
    assert told.loc[2017, ["cases", "collected", "rate"]].tolist() == [3, 12_000, 0.4]
    assert told.loc[2017, ["rate_1y", "rate_3y"]].isna().all()
    with pytest.raises(EstimationError, match="nothing was collected"):
        curves(found)
    with pytest.raises(EstimationError, match="below 0"):
        kaplan_meier(np.array([-1.0]), np.array([1]))
