"""Penalty records: every way to be wrong is refused, or listed and accounted for."""

from datetime import date

import pandas as pd
import pytest

from coee_nb.enforcement.cases import quality, read_cases
from coee_nb.errors import InputError, ParameterError

HEAD = (
    "case_id,unit,charged,violation,violated_on,discovered_on,initiated_on,recorded_on,"
    "closed_on,status,assessed,collected"
)
GOOD = "A-1,North,Ann,negligence,2014-01-31,2014-05-01,2015-01-31,2019-01-31,,open,100.10,0"
SECOND = "A-2,South,Bob,fraud,2014-01-31,2014-05-01,2015-01-31,,2020-02-02,closed,50,50.05"


def test_rows_are_used_without_who_is_charged(write):
    records = read_cases(write("cases", HEAD, GOOD, SECOND))
    assert "Ann" not in records.cases.to_csv()
    assert records.cases["assessed"].tolist() == [10010, 5000]
    assert records.cases["recorded_on"].tolist() == [pd.Timestamp("2019-01-31"), pd.NaT]
    assert records.exceptions.empty


def test_a_file_of_a_european_spreadsheet_is_read_as_the_same_between_commas(write):
    lines = [line.replace(",", ";") for line in (HEAD, GOOD, SECOND)]
    lines[1] = lines[1].replace("100.10", "1.100,10")
    lines[2] = lines[2].replace("50.05", "50,05")
    cases = read_cases(write("cases", *lines)).cases
    assert cases["assessed"].tolist() == [110010, 5000]
    assert cases["collected"].tolist() == [0, 5005]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (GOOD.replace("open", "on hold").replace("A-1", "A-3"), "'on hold' (line 4, rows: 1)"),
        (GOOD.replace("100.10", "much").replace("A-1", "A-3"), "no amount: 1 (line 4: 'much')"),
        (GOOD.replace("2014-05-01", "05/13/2014").replace("A-1", "A-3"), "dates in two forms"),
    ],
)
def test_what_would_make_every_number_doubtful_stops_the_reading(write, line, told):
    with pytest.raises(InputError) as error:
        read_cases(write("cases", HEAD, GOOD, SECOND, line))
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("line", "what", "aside"),
    [
        (GOOD, "a copy of another row", 10010),
        (GOOD.replace("100.10", "100.20"), "case id there twice, rows differ", 20030),
        (GOOD.replace("100.10", "-0.01").replace("A-1", "A-3"), "an amount below 0", -1),
        (GOOD.replace("A-1", ""), "no case id", 10010),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside_and_its_sums_told(write, line, what, aside):
    records = read_cases(write("cases", HEAD, GOOD, SECOND, line))
    assert set(records.exceptions["what"]) == {what}
    assert records.aside["assessed"] == aside
    (account,) = records.inputs
    assert account.rows == account.used + sum(account.excluded.values())


def test_an_impossible_date_is_listed_and_its_case_kept(write):
    line = GOOD.replace("2019-01-31", "2019-02-30").replace("A-1", "A-3")
    records = read_cases(write("cases", HEAD, line))
    assert records.exceptions["found"].tolist() == ["recorded: 2019-02-30"]
    assert records.exceptions["effect"].tolist() == ["kept"]
    assert len(records.cases) == 1


def test_documents_of_no_case_or_without_a_day_are_listed(write):
    waivers = write(
        "waivers", "case_id,signed_on,years", "A-9,2018-01-01,2", "A-1,,2", "A-1,2018-01-01,2"
    )
    records = read_cases(write("cases", HEAD, GOOD), waivers=waivers)
    assert len(records.waivers) == 1
    assert records.exceptions["what"].tolist() == ["no such case", "its day is not known"]


@pytest.mark.parametrize("day", ["2021-02-29", "0216-02-29", "2916-01-31", "2016-04-31"])
def test_a_day_that_is_none_or_of_no_such_year_is_listed_and_its_case_kept(write, day):
    records = read_cases(write("cases", HEAD, GOOD.replace("2014-01-31", day)))
    assert records.exceptions["found"].tolist() == [f"violated: {day}"]
    assert records.cases["violated_on"].isna().all()


def test_a_document_that_ends_before_it_begins_is_listed_and_stops_nothing(write):
    waivers = write(
        "waivers", "case_id,signed_on,years,valid_until", "A-1,2018-03-01,,2018-02-28",
        "A-1,2018-02-28,,2020-02-29",
    )  # fmt: skip
    stays = write("stays", "case_id,from,to", "A-1,2017-03-01,2017-02-28", "A-1,2017-03-01,")
    records = read_cases(write("cases", HEAD, GOOD), waivers=waivers, suspensions=stays)
    assert records.exceptions["what"].tolist() == ["it ends before it begins"] * 2
    assert (len(records.waivers), len(records.suspensions)) == (1, 1)


def test_a_suit_or_referral_after_the_limitation_date_is_doubtful(write):
    lines = [GOOD, GOOD.replace("A-1", "A-2"), GOOD.replace("A-1", "A-3")]
    events = write(
        "events", "case_id,on,status", "A-1,2019-02-01,in litigation", "A-2,2019-01-31,referred",
        "A-3,2019-01-01,referred", "A-3,2020-01-01,in litigation",
    )  # fmt: skip
    records = read_cases(write("cases", HEAD, *lines), events=events).as_known(date(2021, 3, 9))
    limits = pd.Series(pd.Timestamp("2019-01-31"), ["A-1", "A-2", "A-3"])
    found = quality(records, date(2021, 3, 9), limits)
    assert found["case_id"][found["rule"] == "late_action"].tolist() == ["A-1"]


def test_the_records_of_a_day_know_no_later_document_or_event(write):
    records = read_cases(
        write("cases", HEAD, GOOD),
        waivers=write("waivers", "case_id,signed_on,years,filed_on", "A-1,2018-01-01,2,2022-01-01"),
        events=write(
            "events", "case_id,on,status", "A-1,2021-05-01,settled", "A-1,2021-04-01,closed"
        ),
    )
    early, late = records.as_known(date(2021, 3, 9)), records.as_known(date(2022, 3, 9))
    assert (len(early.waivers), len(late.waivers)) == (0, 1)
    assert (early.cases["status"].item(), late.cases["status"].item()) == ("open", "settled")


def test_a_word_of_the_office_means_what_it_says_it_means(write):
    path = write("cases", HEAD, GOOD.replace("open", "Sent to Collector"))
    records = read_cases(path, statuses={"sent to collector": "referred"})
    assert records.meanings().tolist() == ["no longer limited"]
    with pytest.raises(InputError, match="is said to mean 'gone'"):
        read_cases(path, statuses={"sent to collector": "gone"})


def test_each_doubt_is_found_where_it_was_planted(write):
    planted = [
        GOOD,
        SECOND,  # collected more than assessed, no limitation date
        GOOD.replace("A-1", "A-3").replace("2014-01-31", "2014-06-01"),
        GOOD.replace("A-1", "A-4").replace("2015-01-31", "2014-03-01"),
        GOOD.replace("A-1", "A-5").replace("open", "closed"),
        GOOD.replace("A-1", "A-6").replace(",,open", ",2020-01-01,open"),
        GOOD.replace("A-1", "A-7").replace("100.10,0", "100.10,100.10"),
        GOOD.replace("A-1", "A-9").replace("100.10,0", ",").replace(",open", ",in litigation"),
        GOOD.replace("A-1", "B-1").replace(",,open", ",2015-01-30,closed"),
        GOOD.replace("A-1", "A-8").replace(",,open", ",2029-01-01,closed"),
    ]
    found = quality(read_cases(write("cases", HEAD, *planted)), date(2021, 3, 9))
    told = dict(zip(found["rule"], found["case_id"], strict=True))
    assert told == {
        "order": "A-3", "initiated": "A-4", "future": "A-8", "closed_early": "B-1",
        "closing": "A-5", "reopened": "A-6", "over": "A-2", "owed": "A-7", "amount": "A-9",
        "recorded": "A-2",
    }  # fmt: skip


def test_columns_of_another_name_are_found_and_a_misspelt_one_is_told(write):
    names = {"case_id": "Case No", "unit": "Office"}
    cases = write("c", HEAD.replace("case_id", "Case No").replace("unit", "Office"), GOOD)
    waivers = write("w", "case_id,signed_on,years", "A-1,2018-01-01,1")
    read = read_cases(cases, waivers=waivers, columns=names)
    assert read.waivers["case_id"].tolist() == ["A-1"]
    with pytest.raises(InputError, match="no column 'Offise'"):
        read_cases(cases, columns=names | {"unit": "Offise"})
    with pytest.raises(ParameterError, match="'units' is no field"):
        read_cases(cases, columns=names | {"units": "Office"})
