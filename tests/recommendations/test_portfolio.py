"""Groups, dollars, what comes due and the half-year, counted by hand."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coee_nb.errors import ParameterError
from coee_nb.outputs import Callout
from coee_nb.recommendations import statements, tables
from coee_nb.recommendations.aging import aging
from coee_nb.recommendations.portfolio import (
    LINES,
    by_group,
    due_soon,
    half_year,
    money_by_group,
    over_time,
)
from coee_nb.recommendations.register import register

AS_OF = "2024-05-31"


def known(name: str, **given) -> dict:
    return {"recommendation_id": name, "issued_on": "2022-03-31"} | given


def due(name: str, on: str) -> tuple:
    return (name, "2023-01-31", "ecd", {"ecd_to": on})


@pytest.fixture
def aged(log_of):
    log = log_of(
        [
            known("A.1", issuer="City Auditor", agency="Parks", questioned_costs_usd=1000),
            known("A.2", issuer="City Auditor", agency="Parks", funds_for_better_use_usd=500),
            known("A.3", issuer="City Auditor", agency="Harbor", questioned_costs_usd=70),
            known("B.1", issuer="GAO", agency="Harbor", questioned_costs_usd=9),
        ],
        [
            due("A.1", "2024-01-31"),
            due("A.2", "2024-06-30"),
            ("A.2", "2023-03-31", "noted", {"note": "office", "source_span": "Finance"}),
            ("A.3", "2023-02-28", "status", {"status": "closed - implemented"}),
            due("B.1", "2024-05-31"),
        ],
    )
    return aging(register(log, as_of=AS_OF))


def test_each_grouping_counts_every_recommendation_once(aged):
    found = by_group(aged).set_index(["by", "group"])
    assert list(found.index) == [
        ("auditor", "City Auditor"), ("auditor", "GAO"), ("agency", "Parks"), ("agency", "Harbor"),
        ("office", "not stated"), ("office", "Finance"),
    ]  # fmt: skip
    parks = found.loc[("agency", "Parks")]
    assert (parks["recommendations"], parks["not_closed"], parks["past_due"]) == (2, 2, 1)
    assert (parks["longest_past_due_days"], parks["due_soon"]) == (121, 1)
    assert found.loc[("auditor", "City Auditor"), "questioned_costs_usd"] == 1000  # A.3 is closed
    assert (found.groupby("by")["recommendations"].sum() == 4).all()


def test_dollars_stand_in_their_due_group_and_add_up(aged):
    found = money_by_group(aged).set_index("group")
    assert found.loc["91-180 days", "questioned_costs_usd"] == 1000
    assert found.loc["not due", "funds_for_better_use_usd"] == 500
    assert pd.isna(found.loc["91-180 days", "funds_for_better_use_usd"])
    assert found.loc["all", "questioned_costs_usd"] == 1009
    assert tuple(found.loc["all", ["recommendations", "with_amount"]]) == (3, 3)
    said = {one.id: one.value for one in statements.money(aged)}
    assert said == {
        "recommendations.questioned_costs_usd": 1009.0,
        "recommendations.funds_for_better_use_usd": 500.0,
    }


def test_what_is_due_today_and_in_ninety_days_is_soon(log_of):
    days = {"A.1": 0, "A.2": 30, "A.3": 31, "A.4": 60, "A.5": 90, "A.6": 91, "A.7": -1}
    dates = {name: pd.Timestamp(AS_OF) + pd.Timedelta(days=n) for name, n in days.items()}
    log = log_of([known(name) for name in days],
                 [due(name, f"{on:%Y-%m-%d}") for name, on in dates.items()])  # fmt: skip
    made = aging(register(log, as_of=AS_OF))
    found = due_soon(made).set_index("recommendation_id")["within"]
    assert dict(found) == {"A.1": 30, "A.2": 30, "A.3": 60, "A.4": 60, "A.5": 90}
    said = {one.id.rsplit("_", 1)[1]: one.value for one in statements.due_soon(made)}
    assert said == {"30": 2, "60": 4, "90": 5}
    assert (
        "of 7 open recommendations come due within 30 days"
        in statements.due_soon(made)[0].statement
    )


def issued(name: str, on: str) -> dict:
    return {"recommendation_id": name, "issued_on": on, "questioned_costs_usd": 10}


def closed(name: str, on: str, **more) -> tuple:
    return (name, on, "status", {"status": "closed - implemented"} | more)


def test_the_half_year_adds_up_as_the_semi_annual_report_does(log_of):
    """October 1, 2023 to March 31, 2024."""
    before, within, after = "2023-03-31", "2023-12-31", "2024-04-30"
    log = log_of(
        [issued("stays", before), issued("done", before), issued("long ago", before),
         issued("new", within), issued("new done", within), issued("too new", after),
         issued("later", before), issued("which day", before)],
        [closed("done", "2023-10-01"), closed("long ago", "2023-09-30"),
         closed("new done", "2024-03-31"), closed("later", "2024-04-01"),
         closed("which day", "2024-03-31", dated="2023-09-01")],
    )  # fmt: skip
    found = half_year(register(log, as_of=AS_OF))
    assert (str(found.first), str(found.last)) == ("2023-10-01", "2024-03-31")
    table = found.table.set_index("line")
    assert dict(table["recommendations"]) == {
        "start": 3, "new": 2, "decided": 2, "end": 3, "cannot tell": 1,
    }  # fmt: skip
    assert dict(table["questioned_costs_usd"]) == {
        "start": 30, "new": 20, "decided": 20, "end": 30, "cannot tell": 10,
    }  # fmt: skip


def test_the_half_year_is_of_inspectors_general_and_says_whom_it_leaves_out(log_of):
    """5 USC 405(b) has each inspector general report; GAO and other auditors do not."""
    others = [issued("G.1", "2022-03-31"), issued("S.1", "2022-03-31"), issued("S.2", "2022-03-31")]
    issuers = ("GAO", "State Auditor", "State Auditor")
    log = log_of(
        [issued("O.1", "2022-03-31"), known("O.2"), known("O.3", issued_on="2024-05-01"),
         *(one | {"issuer": issuer} for one, issuer in zip(others, issuers, strict=True))],
        [closed("O.2", "2023-12-31")],
    )  # fmt: skip
    shown = tables.half_year(register(log, as_of=AS_OF))
    assert set(shown.frame["issuer"]) == {"DHS OIG"}
    assert "Not here: 1 that was decided before 2023-10-01 or issued after" in shown.note
    assert "Left out: 1 of GAO, 2 of State Auditor, as the law" in shown.note
    by_line = shown.frame.set_index("line")
    start, decided = (by_line.filter(regex=words, axis=0).iloc[0] for words in ("on 2023", "decid"))
    assert tuple(start[["recommendations", "with_amount", "questioned_costs_usd"]]) == (2, 1, 10)
    assert (decided["recommendations"], decided["with_amount"]) == (1, 0)
    assert [line[3:] for line in shown.cells()[1]] == [
        ["1", "$10", "–"], ["0", "–", "–"], ["0", "–", "–"], ["1", "$10", "–"], ["0", "–", "–"],
    ]  # fmt: skip
    assert "no amount" not in shown.note
    none = tables.half_year(register(log_of([known("O.2")]), as_of=AS_OF))
    assert "The log has no amount for any recommendation here." in none.note


def test_without_an_inspector_general_there_is_no_half_year(log_of):
    log = log_of([known("A.1", issuer="City Auditor"), known("A.2", issuer="City Auditor")])
    shown = tables.half_year(register(log, as_of=AS_OF))
    assert isinstance(shown, Callout)
    assert "None of the recommendations is of one: 2 of City Auditor" in shown.text


DAYS = st.dates(pd.Timestamp("2023-01-01").date(), pd.Timestamp("2024-05-31").date())


@pytest.mark.long
@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(DAYS, st.none() | DAYS), min_size=1, max_size=12))
def test_what_was_there_and_what_is_new_is_decided_or_left(log_of, lives):
    lives = [(first, end if end and end >= first else None) for first, end in lives]
    names = [f"A.{number}" for number in range(len(lives))]
    log = log_of(
        [{**issued(name, str(first)), "recorded_on": str(first)}
         for name, (first, _) in zip(names, lives, strict=True)],
        [closed(name, str(end)) for name, (_, end) in zip(names, lives, strict=True) if end],
    )  # fmt: skip
    table = half_year(register(log, as_of=AS_OF)).table.set_index("line")
    n = table["recommendations"]
    assert list(table.index) == list(LINES)
    assert n["start"] + n["new"] == n["decided"] + n["end"]
    assert n["cannot tell"] == 0


def test_a_register_without_amounts_or_dates_says_so(log_of):
    made = aging(register(log_of([known("A.1")], []), as_of=AS_OF))
    for shown in (tables.money(made), tables.due_soon(made), tables.probable(made.register)):
        assert isinstance(shown, Callout)
    assert len(statements.money(made)) == 0
    empty = aging(register(log_of([], []), as_of=AS_OF))
    assert isinstance(tables.by_group(empty), Callout)
    assert isinstance(tables.half_year(empty.register), Callout)
    assert len(statements.due_soon(empty)) == 0


def test_several_days_are_asked_in_one_call(log_of):
    log = log_of(
        [issued("A", "2022-03-31"), issued("B", "2022-03-31")],
        [due("A", "2024-01-31"), closed("B", "2024-03-31")],
    )
    found = over_time(log, as_of=["2022-12-31", "2024-01-31", AS_OF]).set_index("as_of")
    assert list(found["not_closed"]) == [2, 2, 1]
    assert list(found["closed"]) == [0, 0, 1]
    assert list(found["past_due"]) == [0, 0, 1]
    assert list(found["due_soon"]) == [0, 1, 0]
    assert found["longest_past_due_days"].iloc[-1] == 121
    assert found["longest_past_due_days"].isna().sum() == 2
    assert list(found["questioned_costs_usd"]) == [20, 20, 10]
    with pytest.raises(ParameterError, match="a list of days"):
        over_time(log, as_of=AS_OF)
    assert over_time(log, as_of=[]).empty
