"""Dates taken back, given up or never meant: every sentence a relative of one met in the field."""

from itertools import product

import pytest

from coee_nb.recommendations.ecd import find_ecd, find_refused, find_withdrawal

GIVEN = "In May 2023, the office said it expects to finish by June 2024."
ENDS = [
    f"{when} {who} {what}."
    for (when, who), what in zip(
        product(
            ["In March 2024", "In March 2024,", "As of March 2024,", "On March 4, 2024,"],
            ["the office", "officials", "the Department", "management"],
        ),
        [
            "withdrew its estimated completion date",
            "withdrew their estimated completion date of June 2024",
            "rescinded its June 2024 target date",
            "no longer had an estimated completion date",
            "could not provide a time frame for completion",
            "could not provide us with a timeframe",
            "were unable to provide an estimated date",
            "was unable to say when this will be done",
            "placed the project on hold indefinitely",
            "cancelled the project",
            "canceled the planned acquisition",
            "abandoned the effort",
            "does not plan to implement the recommendation",
            "do not intend to take further action",
            "decided not to implement it",
            "has no plans to implement the recommendation",
        ],
        strict=True,
    )
]
ENDS += [
    "As of March 2024, the project is on hold indefinitely.",
    "In March 2024 the work was indefinitely postponed.",
    "In March 2024, the completion date slipped to an unknown date.",
    "In March 2024, completion slipped to a date to be determined.",
    "In March 2024, the date was pushed to an as yet unknown date.",
    "As of March 2024, the ECD is unknown.",
    "As of March 2024, the estimated completion date is to be determined.",
    "ECD as of March 2024: TBD.",
    "As of March 2024, the target date has been withdrawn.",
    "As of March 2024, the estimated completion date of June 2024 has been withdrawn.",
    "In March 2024, the target date was removed.",
    "In March 2024, the project was cancelled.",
    "In March 2024, the replacement, planned for May 2025, was cancelled.",
    "In March 2024, the migration, which was to end in June 2025, was abandoned.",
    "In March 2024, its target of June 2024 was suspended.",
    "In March 2024, the target has been dropped.",
    "In March 2024, the rulemaking was suspended until further notice.",
    "As of March 2024, there is no longer any estimated completion date.",
    "In March 2024, the department said it will not implement the recommendation.",
    "In March 2024, it said it no longer intends to do so.",
    "In March 2024, the agency declined to provide a new date.",
    "In March 2024, the agency said that it had not set a new date.",
    "In March 2024, the agency stated the timeline is not yet determined.",
    "In March 2024, the agency did not provide a date for completion.",
]


@pytest.mark.parametrize("ending", ENDS)
def test_the_old_date_ends_and_the_day_of_saying_so_is_no_new_one(ending):
    for narrative in (f"{GIVEN} {ending}", ending):
        assert find_ecd(narrative) is None
        found = find_withdrawal(narrative)
        assert narrative[found.start :].startswith(found.span)


@pytest.mark.parametrize("ending", ENDS)
def test_a_date_given_after_it_is_the_new_one(ending):
    narrative = f"{GIVEN} {ending} In July 2024, it said it expects to finish by May 2025."
    assert find_ecd(narrative).due.isoformat() == "2025-05-31"
    assert find_withdrawal(narrative) is None


@pytest.mark.parametrize(
    "narrative",
    [
        "The office expects to finish by June 2025. It has not withdrawn this date.",
        "If funds lapse, the project may be put on hold indefinitely. ECD: June 2025.",
        "The effort was on hold but has since resumed. It expects to finish by June 2025.",
        "It withdrew its June 2024 date and set a new target date of June 2025.",
        "It cancelled its first contract in May 2023 and will finish by June 2025.",
        "It rescinded the old guidance and expects to issue the new one by June 2025.",
        "It plans to finish by June 2025 but does not have a specific date.",
        "GAO withdrew the draft. The agency expects to finish by June 2025.",
    ],
)
def test_what_ends_no_date(narrative):
    assert find_ecd(narrative).due.isoformat() == "2025-06-30"
    assert find_withdrawal(narrative) is None


@pytest.mark.parametrize(
    "narrative",
    [
        # an answer's day
        "On 29 September 2024 the operator replied: the units will alert the crew.",
        "On September 29, 2024, the operator replied that the units will alert the crew.",
        "On 9/29/2024 the bureau wrote: it will alert the crew.",
        "In September 2024, the contractor answered that it will alert the crew.",
        "In September 2024 the office testified that staff would be trained.",
        # completion asserted
        "Completion date: completed March 2023",
        "Completion date: March 2023 (completed)",
        "Estimated completion date: completed on March 3, 2023",
        "ECD: Completed - March 2023",
        "Target date: June 2024 - completed.",
        "Implementation date: Implemented June 2024",
        "Completion Date: Done, 6/30/2024",
        # a start
        "The office will review the lists, commencing April 2024 and ongoing.",
        "The office will hold reviews beginning April 2024 and ongoing.",
        "Training will be offered starting in April 2024 and continuing thereafter.",
        # another's
        "Plans were due to the office by August 15.",
        "Corrective action plans were due to the office by August 15, 2024.",
        "The districts' plans are due to the Department by August 15, 2024.",
        "Responses were due back to us by August 15, 2024.",
        # the date of a date
        "The office will provide a new completion date by June 2025.",
        "The bureau plans to set a revised time frame in June 2025.",
    ],
)
def test_no_date_of_completion(narrative):
    assert find_ecd(narrative) is None


@pytest.mark.parametrize(
    ("narrative", "due", "former"),
    [
        (
            "It was extended to March 31, 2025 (original due date September 30, 2024).",
            "2025-03-31",
            "2024-09-30",
        ),
        ("Its target date was June 30, 2024 and is now March 2025.", "2025-03-31", "2024-06-30"),
        ("The ECD was June 30, 2024. It was extended to March 2025.", "2025-03-31", "2024-06-30"),
        ("ECD: June 30, 2024, extended to March 31, 2025.", "2025-03-31", "2024-06-30"),
        ("ECD: June 30, 2024; revised to March 31, 2025.", "2025-03-31", "2024-06-30"),
        ("ECD: March 31, 2025 (was June 30, 2024).", "2025-03-31", "2024-06-30"),
        ("ECD: March 31, 2025 (previously June 30, 2024).", "2025-03-31", "2024-06-30"),
        ("It moved the date to March 31, 2025; it was June 30, 2024.", "2025-03-31", "2024-06-30"),
        ("Initial ECD was June 2024; the revised date is March 2025.", "2025-03-31", "2024-06-30"),
        ("The ECD has been extended to March 2025 from June 2024.", "2025-03-31", "2024-06-30"),
        ("ECD: March 2025. The original date was June 2024.", "2025-03-31", "2024-06-30"),
    ],
)  # fmt: skip
def test_a_former_date_is_a_revision(narrative, due, former):
    ecd = find_ecd(narrative)
    assert ecd.due.isoformat() == due
    assert [each.due.isoformat() for each in ecd.earlier] == [former]


@pytest.mark.parametrize("latest", ["February 30, 2024", "2023/06/31", "fiscal year 2024-25"])
def test_a_latest_date_that_cannot_be_read_does_not_leave_the_one_before_it_current(latest):
    narrative = f"{GIVEN} In July 2023, it said it now expects to finish by {latest}."
    assert find_ecd(narrative) is None
    assert find_withdrawal(narrative) is None
    found = find_refused(narrative)
    assert found.span == latest
    assert narrative[found.start :].startswith(latest)


def test_the_engagement_says_when_its_fiscal_year_ends():
    narrative = "The ministry expects to finish by the end of fiscal year 2024-25."
    assert find_ecd(narrative) is None
    ends = find_ecd(narrative, fiscal_year_end="03-31")
    assert (ends.due.isoformat(), ends.precision) == ("2025-03-31", "fiscal_year")
    assert find_ecd("ECD: 05/06/2024", date_order="day-first").due.isoformat() == "2024-06-05"
    assert find_ecd("ECD: 05/06/2024", date_order="") is None
