"""Limitation dates: by hand, by the calendar, and the same whatever the order of the documents."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coee_nb.enforcement.limitation import (
    CLOSED,
    EXPIRED,
    NOT_LIMITED,
    OPEN,
    UNKNOWN,
    WAIVED,
    limitation_dates,
)
from coee_nb.enforcement.terms import WAIVER, Term
from coee_nb.errors import InputError, ParameterError
from coee_nb.fiscal import add_months

CASE = {
    "case_id": "P1",
    "center": "North",
    "violation": "negligence",
    "violated_on": "2014-03-01",
    "discovered_on": "2015-06-30",
    "involvement_on": None,
    "initiated_on": "2016-01-15",
    "recorded_on": None,
    "status": "open",
    "assessed": 100.0,
    "collected": 0.0,
}


def cases(*changes):
    rows = [CASE | {"case_id": f"P{k}"} | one for k, one in enumerate(changes, start=1)]
    return pd.DataFrame(rows)


def waivers(*rows):
    return pd.DataFrame(rows, columns=["case_id", "signed_on", "years"])


def stays(*rows):
    return pd.DataFrame(rows, columns=["case_id", "from", "to"])


def derived(**change):
    found = limitation_dates(cases(change), as_of="2021-03-09").table.iloc[0]
    return None if pd.isna(found["derived"]) else found["derived"].date()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, date(2019, 3, 1)),
        ({"violation": "gross_negligence"}, date(2019, 3, 1)),
        ({"violation": "Gross negligence"}, date(2019, 3, 1)),
        ({"violation": "fraud"}, date(2020, 6, 30)),
        ({"violation": "other"}, date(2020, 6, 30)),
        ({"violation": "forfeiture", "involvement_on": "2019-08-31"}, date(2021, 8, 31)),
        ({"violation": "forfeiture", "involvement_on": "2015-08-31"}, date(2020, 6, 30)),
        ({"violation": "forfeiture"}, None),
        ({"violation": None}, None),
        ({"violated_on": None}, None),
        ({"violated_on": "2016-02-29"}, date(2021, 2, 28)),
        ({"violated_on": "2015-02-28"}, date(2020, 2, 28)),
        ({"violation": "fraud", "violated_on": None}, date(2020, 6, 30)),
    ],
)
def test_each_violation_by_19_usc_1621_worked_out_by_hand(change, expected):
    assert derived(**change) == expected


def test_the_day_itself_is_within_the_term_and_the_next_one_past_it():
    given_on = cases({"violated_on": "2016-03-09"})
    assert limitation_dates(given_on, as_of="2021-03-09").table["state"].item() == OPEN
    assert limitation_dates(given_on, as_of="2021-03-10").table["state"].item() == EXPIRED


def test_the_simplified_rule_counts_five_years_from_initiation_whatever_the_violation():
    given_cases = cases({"violation": None}, {"initiated_on": "2016-03-10"}, {"initiated_on": None})
    found = limitation_dates(given_cases, as_of="2021-03-09", rule="initiation").table
    assert found["state"].tolist() == [EXPIRED, OPEN, UNKNOWN]
    assert found["derived"].dt.date.tolist()[:2] == [date(2021, 1, 15), date(2021, 3, 10)]


def test_the_simplified_rule_counts_no_waiver_and_no_suspension_though_they_are_given():
    papers = waivers(("P1", "2020-03-01", 2))
    pauses = stays(("P1", "2018-01-01", "2018-12-31"), ("P1", "2019-01-01", "2019-06-30"))
    options = {"as_of": "2021-03-09", "rule": "initiation"}
    plain = limitation_dates(cases({}), **options)
    kinds = pauses.assign(kind=["", "stay"])
    given_papers = limitation_dates(cases({}), papers, suspensions=kinds, **options)
    assert given_papers.table.drop(columns="reason").equals(plain.table.drop(columns="reason"))
    assert given_papers.table["reason"].item().endswith("a waiver on file does not count")
    reasons = [*given_papers.waivers["reason"], *given_papers.suspensions["reason"]]
    assert reasons == ["does not extend this term"] * 3


def test_a_suspension_of_no_stated_kind_does_not_extend_a_term_that_only_waivers_do():
    pause = stays(("P1", "2018-01-01", "2018-12-31"))
    for extended_by, days in (((WAIVER,), 0), ((), 0), ((WAIVER, "stay"), 365)):
        terms = [Term("negligence", 60, "violated_on", extended_by=extended_by)]
        found = limitation_dates(cases({}), as_of="2021-03-09", suspensions=pause, terms=terms)
        assert found.details["days_not_counted"].item() == days


def test_a_waiver_adds_its_term_and_one_signed_after_the_date_is_listed_and_not_counted():
    papers = waivers(("P1", "2019-03-01", 2), ("P2", "2019-03-02", 2), ("P9", "2019-01-01", 2))
    found = limitation_dates(cases({}, {}), papers, as_of="2021-01-01")
    assert found.table["state"].tolist() == [WAIVED, EXPIRED]
    assert found.table["waived_to"].iloc[0].date() == date(2021, 3, 1)
    assert pd.isna(found.table["waived_to"].iloc[1])
    assert found.waivers["counted"].tolist() == [True, False, False]
    assert found.waivers["reason"].tolist()[1:] == [
        "signed or begun after the limitation date",
        "no such case",
    ]
    assert limitation_dates(cases({}, {}), papers, as_of="2021-03-02").table["state"].iloc[0] == (
        EXPIRED
    )


def test_several_waivers_follow_each_other_in_any_order_of_the_file():
    papers = waivers(("P1", "2021-02-01", 1.5), ("P1", "2018-01-01", 2), ("P1", "2018-06-01", ""))
    found = limitation_dates(cases({}), papers, as_of="2022-01-01")
    assert found.table["waived_to"].item().date() == date(2024, 9, 1)  # 2 + 2 + 1.5 years
    assert found.details["waivers"].item() == 3


def test_a_waiver_before_the_discovery_or_not_on_file_yet_is_listed_and_not_counted():
    papers = waivers(("P1", "2015-06-29", 2), ("P2", "2018-01-01", 2))
    papers["filed_on"] = [None, "2022-01-01"]
    found = limitation_dates(cases({}, {}), papers, as_of="2021-03-09")
    assert found.waivers["reason"].tolist() == [
        "signed before the discovery",
        "not on file on this date",
    ]
    later = limitation_dates(cases({}, {}), papers, as_of="2022-01-01")
    assert later.waivers["counted"].tolist() == [False, True]


def test_a_leap_day_ends_on_the_28th_and_a_waiver_counts_from_there():
    leap = cases({"violation": "fraud", "discovered_on": "2016-02-29"})
    signed = waivers(("P1", "2021-02-28", 2), ("P1", "2023-02-28", 1))
    row = limitation_dates(leap, signed, as_of="2024-02-28").table.iloc[0]
    assert (str(row["derived"].date()), str(row["waived_to"].date())) == (
        "2021-02-28",
        "2024-02-28",
    )
    assert row["state"] == WAIVED
    late = waivers(("P1", "2021-03-01", 2))  # the day after: it revives nothing
    found = limitation_dates(leap, late, as_of="2021-03-09")
    assert found.table["state"].item() == EXPIRED
    assert found.waivers["reason"].item() == "signed or begun after the limitation date"


@pytest.mark.parametrize(
    ("started", "years", "ends"),
    [
        ("2015-08-31", "1.5", "2022-02-28"),  # five years to August 31, 2020, then 18 months
        ("2015-02-28", 4, "2024-02-28"),  # and not the 29th, the last day of that month
        ("2015-10-31", 1, "2021-10-31"),
    ],
)
def test_a_waiver_of_months_and_years_keeps_to_the_end_of_the_month(started, years, ends):
    found = limitation_dates(
        cases({"violated_on": started, "discovered_on": None}),
        waivers(("P1", "2019-01-01", years)),
        as_of="2021-03-09",
    )
    assert str(found.table["waived_to"].item().date()) == ends


def test_a_waiver_from_before_the_violation_is_listed_and_not_counted():
    found = limitation_dates(
        cases({"violated_on": "2018-02-28", "discovered_on": None}),
        waivers(("P1", "2018-02-27", 2)),
        as_of="2021-03-09",
    )
    assert found.waivers["reason"].item() == "signed before the term began to run"
    assert (found.table["waived_to"].isna().item(), found.table["state"].item()) == (True, OPEN)


def test_a_waiver_that_names_its_last_day_moves_the_date_there_and_never_back():
    papers = waivers(("P1", "2018-01-01", ""), ("P2", "2018-01-01", 2), ("P3", "2018-01-01", ""))
    papers["valid_until"] = ["2020-06-30", "2019-03-01", ""]
    found = limitation_dates(cases({}, {}, {}), waivers=papers, as_of="2020-01-01")
    assert found.table["waived_to"].dt.date.tolist()[::2] == [date(2020, 6, 30), date(2021, 3, 1)]
    assert found.table["state"].tolist() == [WAIVED, EXPIRED, WAIVED]
    assert found.waivers["reason"].iloc[1] == (
        "valid until a day that is no later than the limitation date"
    )
    papers.loc[0, "signed_on"] = ""
    found = limitation_dates(cases({}, {}, {}), waivers=papers, as_of="2020-01-01")
    assert found.waivers["reason"].iloc[0] == "the day it was signed or begun is not stated"
    papers["valid_until"], papers["signed_on"] = ["2017-12-31", "", ""], "2018-01-01"
    with pytest.raises(InputError, match="waivers, case P1: a waiver is valid until a day before"):
        limitation_dates(cases({}, {}, {}), waivers=papers, as_of="2020-01-01")


def test_no_case_and_days_of_any_kind_are_taken():
    none = limitation_dates(cases({}).iloc[:0], as_of="2021-03-09")
    assert none.table.empty
    kinds = cases(
        {"violated_on": date(2014, 3, 1)}, {"violated_on": pd.Timestamp("2014-03-01")},
        {"violated_on": "2014-03-01T00:00:00"},
    )  # fmt: skip
    zoned = cases({}).assign(violated_on=pd.to_datetime(["2014-03-01T22:00:00-05:00"]))
    for given_cases in (kinds, zoned):
        found = limitation_dates(given_cases, as_of="2021-03-09").table["derived"]
        assert set(found.dt.date) == {date(2019, 3, 1)}


def test_days_of_a_suspension_are_left_out_once_and_only_within_the_term():
    stopped = stays(
        ("P1", "2014-01-01", "2014-03-10"),  # ten days, of which nine after the violation's day
        ("P1", "2017-01-01", "2017-01-10"),
        ("P1", "2017-01-06", "2017-01-12"),
        ("P1", "2020-01-01", "2020-12-31"),  # after the term
    )
    found = limitation_dates(cases({}), as_of="2021-03-09", suspensions=stopped)
    assert found.suspensions["days"].tolist() == [9, 10, 2, 0]
    assert found.table["derived"].item().date() == date(2019, 3, 1) + timedelta(days=21)
    assert found.details["days_not_counted"].item() == 21


def test_a_suspension_without_an_end_still_keeps_the_term_open():
    stopped = stays(("P1", "2019-02-01", None))
    found = limitation_dates(cases({}), as_of="2024-01-01", suspensions=stopped).table
    assert found["state"].item() == OPEN


def test_status_decides_before_the_date_and_recorded_dates_are_compared():
    given_cases = cases(
        {"status": "Closed", "recorded_on": "2019-03-01"},
        {"status": "in_litigation", "recorded_on": "2019-03-02"},
        {"status": "referred"},
        {"violation": None, "recorded_on": "2019-03-02"},
    )
    found = limitation_dates(given_cases, as_of="2021-03-09")
    assert found.table["state"].tolist() == [CLOSED, NOT_LIMITED, NOT_LIMITED, UNKNOWN]
    assert found.details["agreement"].tolist() == ["equal", "differs", "blank", "not derivable"]
    assert "1 equal to the derived one, 1 different, 1 blank" in found.text


def test_what_comes_in_is_not_changed_and_any_index_will_do():
    given_cases = cases({}, {}).set_index(pd.Index([7, 7]))
    before = given_cases.copy()
    limitation_dates(given_cases, waivers(("P1", "2018-01-01", 2)), as_of="2021-03-09")
    pd.testing.assert_frame_equal(given_cases, before)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"status": "on hold"}, "the status 'on hold' is not known"),
        ({"status": None}, "the status '(blank)' is not known"),
        ({"violation": "theft"}, "the violation 'theft' is not known"),
        ({"assessed": -1}, "assessed is -1"),
        ({"collected": "-0.01"}, "collected is -0.01"),
        ({"violated_on": "03/01/2014"}, "violated_on is '03/01/2014'"),
        ({"violated_on": "2014-02-30"}, "violated_on is '2014-02-30'"),
        ({"recorded_on": "2014-2-3"}, "recorded_on is '2014-2-3'"),
        ({"case_id": "P1"}, "the case id 'P1' is there twice"),
        ({"case_id": " "}, "a case has no id"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(change, told):
    with pytest.raises(InputError) as error:
        limitation_dates(cases({}, change), as_of="2021-03-09")
    assert told in str(error.value)


def test_a_column_that_the_rule_needs_and_a_rule_that_is_none_are_named():
    with pytest.raises(InputError, match="no column 'violated_on'"):
        limitation_dates(cases({}).drop(columns="violated_on"), as_of="2021-03-09")
    bare, bad = cases({}).drop(columns="initiated_on"), stays(("P1", "2017-02-01", "2017-01-01"))
    with pytest.raises(InputError, match="no column 'initiated_on'"):
        limitation_dates(bare, as_of="2021-03-09", rule="initiation")
    with pytest.raises(ParameterError, match="no rule 'statutes'"):
        limitation_dates(cases({}), as_of="2021-03-09", rule="statutes")
    with pytest.raises(InputError, match="ends before it begins"):
        limitation_dates(cases({}), as_of="2021-03-09", suspensions=bad)
    with pytest.raises(InputError, match="no number of years"):
        limitation_dates(cases({}), waivers(("P1", "2018-01-01", "two")), as_of="2021-03-09")


days = st.dates(date(1990, 1, 1), date(2035, 12, 31))
many = settings(max_examples=12, deadline=None)  # each example is a list of cases


@many
@given(st.lists(days, min_size=1, max_size=60))
def test_any_date_ends_as_the_calendar_of_months_has_it(starts):
    given_cases = cases(*({"violated_on": day.isoformat()} for day in starts))
    found = limitation_dates(given_cases, as_of="2021-03-09").table["derived"]
    assert found.dt.date.tolist() == [add_months(day, 60) for day in starts]


def same_day_later(start, months):
    """Go month by month to the same day, or to the last day of the month that has none such."""
    year, month = start.year, start.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    for day in range(start.day, 0, -1):
        try:
            return date(year, month, day)
        except ValueError:
            continue


TERMS_BY_HAND = {"negligence": "violated_on", "gross_negligence": "violated_on",
                 "fraud": "discovered_on", "other": "discovered_on"}  # fmt: skip


def plainly(case, papers, spans, as_of):
    """Derive a case's date by the words of 19 USC 1621, document by document and day by day."""
    if case["violation"] == "forfeiture":
        starts = [case["discovered_on"], case["involvement_on"]]
        ends = [same_day_later(day, n) for day, n in zip(starts, (60, 24), strict=True) if day]
        start, derived = starts[0], max(ends) if all(starts) else None
    else:
        start = case[TERMS_BY_HAND[case["violation"]]]
        derived = same_day_later(start, 60) if start else None
    if derived is None:
        return None, None
    limit, out = derived, set()
    turns = [(day, 0, k, end) for k, (day, end) in enumerate(papers)]
    turns += [(day, 1, k, end) for k, (day, end) in enumerate(spans)]
    for day, is_span, _, end in sorted(turns, key=lambda one: one[:3]):
        if day > as_of or day > limit:
            continue
        if not is_span:
            early = day < max(start, case["discovered_on"] or start)
            limit = limit if early else same_day_later(limit, 12 * end)
            continue
        moves = day <= derived
        while day <= min(day.max if end is None else end, as_of):
            if day > start and day not in out:
                out.add(day)
                limit += timedelta(days=1)
                derived += timedelta(days=1) if moves else timedelta(0)
            day += timedelta(days=1)
    return derived, limit


near = st.dates(date(2014, 1, 1), date(2024, 12, 31))
maybe = st.one_of(st.none(), near)
a_case = st.fixed_dictionaries(
    {"violation": st.sampled_from([*TERMS_BY_HAND, "forfeiture"]), "violated_on": maybe,
     "discovered_on": maybe, "involvement_on": maybe}
)  # fmt: skip
a_span = st.tuples(near, st.one_of(st.none(), st.integers(0, 400))).map(
    lambda one: (one[0], None if one[1] is None else one[0] + timedelta(days=one[1]))
)
a_file = st.tuples(
    a_case, st.lists(st.tuples(near, st.integers(1, 3)), max_size=3), st.lists(a_span, max_size=3)
)


@settings(max_examples=25, deadline=None)
@given(st.lists(a_file, min_size=1, max_size=8), near)
def test_every_case_agrees_with_a_plain_reading_day_by_day(drawn, as_of):
    papers = [(f"P{k}", *one) for k, (_, own, _) in enumerate(drawn, 1) for one in own]
    spans = [(f"P{k}", *one) for k, (_, _, own) in enumerate(drawn, 1) for one in own]
    found = limitation_dates(
        cases(*(case for case, _, _ in drawn)), waivers=waivers(*papers), as_of=as_of,
        suspensions=stays(*spans),
    )  # fmt: skip
    for (case, own, stopped), row, limit in zip(
        drawn, found.table.itertuples(), found.details["limit"], strict=True
    ):
        derived, last = plainly(case, own, stopped, as_of)
        assert (None if pd.isna(row.derived) else row.derived.date()) == derived
        assert (None if pd.isna(limit) else limit.date()) == last
        expected = UNKNOWN if last is None else EXPIRED if last < as_of else None
        assert row.state == (expected or (WAIVED if derived < as_of else OPEN))
