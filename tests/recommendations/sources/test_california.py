from datetime import date

import pytest


@pytest.fixture
def text(page) -> str:
    return page("california.txt")


def test_reads_every_response_with_its_month(text, reading_of):
    reading = reading_of(text)
    assert reading.format == "California State Auditor responses"
    assert reading.shown == 1
    assert "3 statements" in reading.account
    rows = reading.records
    assert rows["stated_from"].tolist() == [date(2019, 10, 1), date(2020, 4, 1), date(2021, 11, 1)]
    assert rows["stated_to"].tolist()[1] == date(2020, 4, 30)
    assert rows["ecd_to"].tolist() == [date(2020, 6, 30), date(2020, 12, 31), None]
    assert rows["status"].tolist() == [
        "open", "open - partially addressed", "closed - implemented",
    ]  # fmt: skip
    assert rows["number"].unique().tolist() == ["4"]
    assert rows["report"].unique().tolist() == ["2019-901"]
    assert rows["agency"].unique().tolist() == ["Harbor Department"]


def test_a_month_of_release_is_no_issue_date_but_is_noted(text, reading_of):
    rows = reading_of(text).records
    assert rows["issued_on"].isna().all()
    assert "report released in April 2019" in rows["note"].iat[0]


def test_what_the_agency_asserts_is_noted(text, reading_of):
    assert "agency states completion in August 2021" in reading_of(text).records["note"].iat[2]


def test_what_is_not_substantiated_is_asserted_only(text, reading_of):
    rows = reading_of(text.replace("Fully Implemented", "Not Substantiated")).records
    assert rows["status"].iat[2] == "asserted complete"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("Response From October 2019", "Response", "the response has no month"),
    ],
)
def test_a_response_that_cannot_be_used_is_set_aside(old, new, reason, text, reading_of):
    reading = reading_of(text.replace(old, new))
    assert reason in reading.excluded["reason"].iat[0]
    assert len(reading.records) == 2


def test_a_recommendation_without_response_is_set_aside(text, reading_of):
    more = "\nRecommendation #5 To: Harbor Department\n\nBuy cheaper oil.\n"
    reading = reading_of(text + more)
    assert reading.excluded["reason"].tolist() == ["no response to the recommendation in the file"]
    assert len(reading.records) == 3


def test_a_status_that_is_not_understood_is_taken_as_open(text, reading_of):
    said = text.replace("6-Month Status: Pending", "6-Month Status: Dreaming")
    reading = reading_of(said)
    assert reading.unread.empty
    row = reading.records.set_index("status_doubt").loc["no status: 'Dreaming' is unknown"]
    assert (row["status"], row["ecd_to"]) == ("open", date(2020, 6, 30))


def test_a_response_without_an_assessment_is_seen_and_not_read(text, reading_of):
    old = "California State Auditor's Assessment of 6-Month Status: Pending"
    reading = reading_of(text.replace(old, ""))
    assert "no assessed" in reading.unread["unread_why"].iat[0]
    assert len(reading.records) == 2
    assert reading.shown == 1


LAW = """Recommendation for Legislative Action
To save oil, the Legislature should set a yearly limit by fiscal year 2022-33.
Description of Legislative Action
A bill would set it by June 2030.
California State Auditor's Assessment of Annual Follow-Up Status: Legislation Enacted
"""


def test_what_is_asked_of_the_legislature_is_counted_and_leaves_no_word_in_another(
    text, reading_of
):
    plain = reading_of(text)
    for whole in (text + LAW, text.replace("Recommendation #4", f"{LAW}\nRecommendation #4")):
        reading = reading_of(whole)
        assert reading.excluded["kind"].tolist() == ["out of scope"]
        assert "Legislature" in reading.excluded["reason"].iat[0]
        assert reading.excluded["begins"].iat[0].startswith("To save oil")
        assert reading.records["narrative"].tolist() == plain.records["narrative"].tolist()


def test_responses_newest_first_are_read_oldest_first(reading_of):
    rounds = [
        f"Annual Follow-Up Agency Response From {said}\nPending.\n"
        f"- Estimated Completion Date: {due}\n"
        "California State Auditor's Assessment of Annual Follow-Up Status: Pending\n"
        for said, due in (("November 2023", "2025"), ("October 2022", "January 2024"))
    ]
    head = "Recommendation #3 To: Bay Office\nThe office should study its staffing.\n"
    for told in (rounds, rounds[::-1]):
        rows = reading_of(head + "".join(told)).records
        assert rows["ecd_to"].tolist() == [date(2024, 1, 31), date(2025, 12, 31)]


def test_the_state_s_fiscal_year_ends_in_june(text, reading_of):
    rows = reading_of(
        "Recommendation #3 To: Bay Office\nThe office should study.\n"
        "Annual Follow-Up Agency Response From November 2023\n"
        "The office expects to finish by the end of fiscal year 2024-25.\n"
        "California State Auditor's Assessment of Annual Follow-Up Status: Pending\n"
    ).records
    assert rows["ecd_to"].tolist() == [date(2025, 6, 30)]
