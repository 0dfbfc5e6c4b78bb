"""The register of the worked example, counted by hand in the report and on the agency page."""

from datetime import date
from pathlib import Path

import pytest

from coee_nb.recommendations import charts
from coee_nb.recommendations.aging import AGE_UNKNOWN, aging
from coee_nb.recommendations.changes import changes
from coee_nb.recommendations.clocks import clocks
from coee_nb.recommendations.closure import closure
from coee_nb.recommendations.log import read
from coee_nb.recommendations.params import RecommendationAging
from coee_nb.recommendations.register import register

ROOT = Path(__file__).resolve().parents[2]
AS_OF = date(2024, 4, 30)
OIG = [f"OIG-22-34.{number}" for number in range(1, 6)]


@pytest.fixture(scope="module")
def log():
    return read(ROOT / "data" / "oig_22_34" / "recommendations")


@pytest.fixture(scope="module")
def current(log):
    return register(log, as_of=AS_OF)


@pytest.fixture(scope="module")
def aged(current):
    return aging(current)


def test_five_oig_and_ten_gao_recommendations_are_open(current):
    assert dict(current.table["issuer"].value_counts()) == {"GAO": 10, "DHS OIG": 5}
    assert not current.table["closed"].any()


def test_the_oig_ones_are_547_days_past_due_and_come_first(aged):
    first = aged.table.head(5)
    assert sorted(first["recommendation_id"]) == OIG
    assert (first["days_past_due"] == 547).all()
    assert (first["days_past_first"] == 547).all()
    assert (first["stale"] & first["unseen"]).all()


def test_one_gao_date_has_passed_by_thirty_days(aged):
    """Manual limits on exclusions, to be complete by March 2024."""
    late = aged.table[aged.table["past_due"] & (aged.table["issuer"] == "GAO")]
    assert list(late["days_past_due"]) == [30]
    assert "steel-and-aluminum" in late["recommendation_id"].iloc[0]


def test_four_gao_recommendations_have_no_date(aged):
    """Counterfeits, the two on the border barrier, and acquisition guidance."""
    assert (aged.table["due_group"] == "no ECD given").sum() == 4


def test_the_age_of_gao_recommendations_is_unknown(aged):
    unknown = aged.table[aged.table["age_group"] == AGE_UNKNOWN]
    assert set(unknown["issuer"]) == {"GAO"}
    assert len(unknown) == 10


def test_what_each_clock_says(current):
    states = {one.clock.name: dict(one.table["state"].value_counts()) for one in clocks(current)}
    assert states == {
        "management_decision": {"met": 5},
        "gao_statement": {"cannot tell": 10},
        # One GAO comment tells of a day more than a year before, by which it was known.
        "year_old": {"listed": 6, "cannot tell": 9},
        "semiannual": {"listed": 5},
        "auditor_deadline": {},
    }


def test_nothing_is_closed_so_there_is_no_closure_curve(current):
    assert closure(current).text.startswith("Not estimable: none of the 15")


def test_on_the_due_day_nothing_was_late_and_only_the_report_was_known(log):
    early = aging(register(log, as_of=date(2022, 10, 31)))
    assert sorted(early.table["recommendation_id"]) == OIG
    assert not early.table["past_due"].any()


def test_since_the_due_day_five_became_late_and_ten_were_added(log):
    found = changes(log, earlier=date(2022, 10, 31), later=AS_OF)
    counts = dict(found.counts.itertuples(index=False, name=None))
    assert counts == {"became past due": 5, "first recorded here": 10}


def test_the_pictures_leave_out_only_what_has_no_date_at_all(aged, current):
    chart = charts.timeline(aged, current)
    assert chart.table.frame["recommendation_id"].nunique() == 13
    assert "2 more are not drawn" in chart.description


def test_the_parameter_file_fits_the_schema():
    import yaml

    sheet = ROOT / "params" / "oig_22_34" / "recommendation_aging.yaml"
    params = RecommendationAging.check(yaml.safe_load(sheet.read_text(encoding="utf-8")))
    assert params.as_of == AS_OF
