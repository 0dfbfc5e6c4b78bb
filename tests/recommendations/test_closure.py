import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coee_nb.errors import EstimationError, InputError, ParameterError
from coee_nb.recommendations import closure as room
from coee_nb.recommendations.register import register

AS_OF = date(2024, 4, 30)
# Remission times (weeks) under 6-MP, Freireich et al. 1963, as in Cox and Oakes 1984, Table 1.1.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def series(values: list) -> pd.Series:
    return pd.Series(values)


def test_kaplan_meier_gives_the_published_6mp_remission_curve():
    curve = room.kaplan_meier(series(WEEKS), series(RELAPSED)).set_index("days")
    published = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert curve["still_open"].round(3).to_dict() == published
    assert curve["at_risk"].to_dict() == {6: 21, 7: 17, 10: 15, 13: 12, 16: 11, 22: 7, 23: 6}


def test_kaplan_meier_intervals_follow_greenwood_on_the_log_log_scale():
    curve = room.kaplan_meier(series(WEEKS), series(RELAPSED))
    share = 18 / 21
    error = 1.959963984540054 * math.sqrt(3 / (21 * 18)) / abs(math.log(share))
    low, high = share ** math.exp(error), share ** math.exp(-error)
    assert curve.loc[0, ["ci_low", "ci_high"]].tolist() == pytest.approx([low, high])
    # R's survfit(conf.type = "log-log") prints .620 and .952 at 6 weeks.
    assert (round(low, 3), round(high, 3)) == (0.620, 0.952)


def test_kaplan_meier_that_reaches_zero_has_no_interval_there():
    last = room.kaplan_meier(series([1, 2]), series([1, 1])).iloc[-1]
    assert last["still_open"] == 0
    assert math.isnan(last["ci_low"])


def test_incidence_errors_are_greenwoods_without_competing_closures():
    table = room.aalen_johansen(series(WEEKS), series(RELAPSED))
    table = table[table["outcome"] == "closed - implemented"]
    greenwood = {6: 0.0764, 7: 0.0869, 10: 0.0963, 13: 0.1068, 16: 0.1141, 22: 0.1282, 23: 0.1346}
    assert table.set_index("days")["se"].round(4).loc[list(greenwood)].to_dict() == greenwood


def test_median_is_the_first_day_by_which_half_closed():
    assert room.median_days(room.kaplan_meier(series(WEEKS), series(RELAPSED))) == 23
    assert math.isnan(room.median_days(room.kaplan_meier(series([1, 2, 3]), series([1, 0, 0]))))


def test_cumulative_incidence_by_hand():
    """Five recommendations: implemented on 1 and 4, dropped on 2, open at 3 and 5."""
    table = room.aalen_johansen(series([1, 2, 3, 4, 5]), series([1, 2, 0, 1, 0]))
    shares = table.pivot(index="days", columns="outcome", values="share")
    assert shares["closed - implemented"].tolist() == pytest.approx([0.2, 0.2, 0.2, 0.5, 0.5])
    assert shares["closed - not implemented"].tolist() == pytest.approx([0, 0.2, 0.2, 0.2, 0.2])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.booleans()), min_size=1, max_size=40))
def test_without_competing_closures_incidence_is_one_less_the_survival(rows):
    days, closed = (series(list(part)) for part in zip(*rows, strict=True))
    if not closed.any():
        with pytest.raises(EstimationError):
            room.kaplan_meier(days, closed)
        return
    survival = room.kaplan_meier(days, closed)
    incidence = room.aalen_johansen(days, closed.astype(int))
    done = [room.share_by(incidence, "closed - implemented", day) for day in survival["days"]]
    assert done == pytest.approx(list(1 - survival["still_open"]))
    assert (incidence.query("outcome == 'closed - not implemented'")["share"] == 0).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 2)), min_size=1, max_size=40))
def test_open_and_closed_shares_add_up_on_every_day(rows):
    days, outcome = (series(list(part)) for part in zip(*rows, strict=True))
    if not outcome.any():
        return
    survival, incidence = room.kaplan_meier(days, outcome > 0), room.aalen_johansen(days, outcome)
    for day, still_open in zip(survival["days"], survival["still_open"], strict=True):
        shares = [room.share_by(incidence, way, day) for way in room.OUTCOMES]
        assert sum(shares) + still_open == pytest.approx(1)


@pytest.mark.parametrize("days", [[1, -1], [1, np.nan], [1, np.inf], []])
@pytest.mark.parametrize("method", [room.kaplan_meier, room.aalen_johansen])
def test_times_that_statsmodels_would_accept_in_silence_are_refused(method, days):
    with pytest.raises(EstimationError):
        method(series(days), series([1] * len(days)))


def test_a_share_of_an_unknown_outcome_is_refused_not_zero():
    table = room.aalen_johansen(series([1, 2]), series([1, 0]))
    with pytest.raises(ParameterError, match="did you mean 'closed - implemented'"):
        room.share_by(table, "implemented", 2)


def test_an_outcome_that_is_none_of_the_three_is_refused():
    with pytest.raises(EstimationError, match="outcome"):
        room.aalen_johansen(series([1, 2]), series([1, 3]))


@pytest.fixture(scope="module")
def make(maker):
    return maker("recommendations_generated")


@pytest.fixture(scope="module")
def long(make):
    """A generated log of ten times the example's length, with the same known hazards."""
    return make.generate(size=3000, seed=7)


def test_a_known_hazard_is_recovered(make, long):
    times = room.durations(register(long, as_of=AS_OF)).table
    for agency, part in times.groupby("agency"):
        years = part["days"].sum() / make.DAYS_A_YEAR
        for outcome, hazard in zip((1, 2), make.HAZARDS[agency], strict=True):
            events = (part["outcome"] == outcome).sum()
            assert abs(events - hazard * years) < 3.5 * math.sqrt(hazard * years)


def test_known_four_year_incidence_is_recovered(make, long):
    found = room.closure(register(long, as_of=AS_OF)).agencies.set_index("agency")
    for agency, (done, dropped) in make.HAZARDS.items():
        closed = 1 - math.exp(-4 * (done + dropped))
        expected = closed * done / (done + dropped), closed * dropped / (done + dropped)
        row = found.loc[agency, ["implemented_4y", "not_implemented_4y"]].astype(float)
        assert row.tolist() == pytest.approx(expected, abs=0.07)


def test_the_curve_of_a_register_counts_both_ways_of_closing(generated):
    current = register(generated, as_of=AS_OF)
    result = room.closure(current)
    assert result.survival["closures"].sum() == current.table["closed"].sum()
    counts = result.agencies[["implemented", "not_implemented", "open"]].sum(axis=1)
    assert counts.tolist() == result.agencies["recommendations"].tolist()


def test_open_only_register_says_why_there_is_no_closure(log_of):
    log = log_of(["A.1", {"recommendation_id": "B.1", "issuer": "GAO", "issued_on": ""}],
                 [("A.1", "2022-03-31", "status", {"status": "resolved and open"})])  # fmt: skip
    result = room.closure(register(log, as_of=AS_OF))
    assert result.text.startswith("Not estimable: none of the 2 recommendations")
    assert "open recommendations only" in result.text
    assert result.survival.empty


def test_a_register_without_issue_dates_says_so(log_of):
    log = log_of([{"recommendation_id": "B.1", "issuer": "GAO", "issued_on": ""}])
    assert "Not estimable" in room.closure(register(log, as_of=AS_OF)).text


def test_closed_on_a_day_that_is_not_known_is_not_said_to_be_open(log_of):
    closed = {"status": "closed - implemented", "dated": ""}
    log = log_of(
        [{"recommendation_id": n, "recorded_on": "2023-01-01"} for n in ("A.1", "B.1")],
        [("A.1", "2023-06-01", "status", closed),
         ("B.1", "2023-06-01", "status", {"status": "open"})],
    )  # fmt: skip
    text = room.closure(register(log, as_of=AS_OF)).text
    assert "1 of the 2 recommendations" in text
    assert "recorded as closed" not in text


def test_those_without_a_time_are_set_aside_by_reason(log_of):
    log = log_of(
        ["A.1", "B.1", {"recommendation_id": "C.1", "issued_on": ""}],
        [("A.1", "2022-04-30", "status", {"status": "closed - implemented"})],
    )
    times = room.durations(register(log, as_of=AS_OF))
    assert times.excluded == {"issue date unknown": 1, "status unknown": 1}
    assert times.table[["days", "outcome"]].to_numpy().tolist() == [[30, 1]]


def test_what_vanished_is_censored_when_it_was_last_seen(log_of):
    log = log_of(
        ["A.1"],
        [
            ("A.1", "2022-03-31", "status", {"status": "open"}),
            ("A.1", "2022-04-30", "vanished"),
        ],
    )
    times = room.durations(register(log, as_of=AS_OF)).table
    assert times[["days", "outcome"]].to_numpy().tolist() == [[30, 0]]


def test_an_end_before_the_issue_is_refused(log_of):
    log = log_of(["A.1"], [("A.1", "2022-03-31", "status", {"status": "open"})])
    current = register(log, as_of=AS_OF)
    current.table["vanished_on"] = pd.Timestamp("2022-03-30")
    with pytest.raises(InputError, match=r"A\.1"):
        room.durations(current)


def test_four_year_rate_counts_what_was_implemented_by_the_end_of_the_fourth_year(log_of):
    names = ["A.1", "B.1", "C.1", "D.1"]
    log = log_of(
        [{"recommendation_id": n, "issued_on": "2017-10-01"} for n in names]
        + [{"recommendation_id": "E.1", "issued_on": "2020-10-01"}],
        [
            ("A.1", "2022-09-30", "status", {"status": "closed - implemented"}),
            ("B.1", "2022-10-01", "status", {"status": "closed - implemented"}),
            ("C.1", "2019-01-01", "status", {"status": "closed - not implemented"}),
        ],
    )
    rates = room.implementation_rates(register(log, as_of=AS_OF)).set_index("fiscal_year")
    assert rates.loc[2018, ["issued", "implemented", "rate", "state"]].tolist() == [
        4, 1, 0.25, "measured",
    ]  # fmt: skip
    assert rates.loc[2018, "measured_on"] == pd.Timestamp("2022-09-30")
    assert rates.loc[2021, "state"] == "not yet"
    assert math.isnan(rates.loc[2021, "rate"])


def test_late_entries_and_undated_closures_are_said(log_of):
    late = [{"recommendation_id": n, "recorded_on": "2023-01-01"} for n in ("A.1", "B.1")]
    log = log_of(
        late,
        [
            ("A.1", "2023-06-01", "status", {"status": "closed - implemented", "dated": ""}),
            ("B.1", "2023-06-01", "status",
             {"status": "closed - implemented", "dated": "2023-03-01"}),
        ],
    )  # fmt: skip
    text = room.closure(register(log, as_of=AS_OF)).text
    assert "entered the log more than 31 days after issue" in text
    assert "1 closed between two readings of their list" in text
    assert "upper bounds" in text
    assert "Excluded: 1, closed on an unknown day" in text
    assert room.durations(register(log, as_of=AS_OF)).table["recommendation_id"].tolist() == ["B.1"]


def test_a_closure_the_last_source_does_not_confirm_has_no_time(log_of):
    unread = (
        "A.1",
        "2023-01-01",
        "unread",
        {"source_span": "Reopened?", "source_sha256": "b" * 64},
    )
    closed = ("A.1", "2022-06-01", "status", {"status": "closed - implemented"})
    log = log_of(
        ["A.1", "B.1"], [closed, ("B.1", "2022-06-01", "status", {"status": "open"}), unread]
    )
    times = room.durations(register(log, as_of=AS_OF))
    assert times.excluded == {"closure not confirmed by last source": 1}


def test_an_implementation_on_an_unknown_day_leaves_its_cohorts_rate_untold(log_of):
    names = ["A.1", "B.1"]
    log = log_of(
        [{"recommendation_id": n, "issued_on": "2017-10-01"} for n in names],
        [("A.1", "2024-01-31", "status", {"status": "closed - implemented", "dated": ""})],
    )
    row = room.implementation_rates(register(log, as_of=AS_OF)).iloc[0]
    assert (row["implemented"], row["cannot_tell"], row["state"]) == (0, 1, "cannot tell")
    assert math.isnan(row["rate"])


def test_no_share_or_median_is_given_beyond_what_enough_are_observed_for(generated):
    result = room.closure(register(generated, as_of=date(2019, 6, 30)))
    short = result.agencies[result.agencies["observed_days"] < room.HORIZON_DAYS]
    assert len(short)
    assert short["implemented_4y"].isna().all()
    given = result.agencies["median_days"].dropna()
    assert (given <= result.agencies.loc[given.index, "observed_days"]).all()
