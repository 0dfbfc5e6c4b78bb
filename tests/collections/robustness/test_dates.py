"""The same effect from each day that could count as the first."""

from coee_nb.collections.robustness import dates


def test_each_day_counts_its_own_month_as_after(net_duties):
    days = {"published": "2016-12-20", "in effect": "2017-01-19"}
    found = dates.from_each_day(
        net_duties, days, ["2018-03"], washout=["2016-12", "2017-01"], season="month"
    )
    table = dates.compare_dates(found)
    assert table["from"].astype(str).tolist() == ["2016-12", "2017-01", "2017-02", "2016-12"]
    assert table["periods"].tolist() == [15, 14, 13, 13]
    assert "2016-12 is after" in table["interruption_date"].iloc[0]
