"""Wordings of trackers, and of agencies' own replies, with the date that each gives."""

import csv
from pathlib import Path

import pytest

from coee_nb.engines.datewords.periods import name_periods
from coee_nb.recommendations.ecd import find_ecd

OF_TRACKERS = [
    (
        "Task 1.0.1 January 2015. ECD: 1.0.2 March 2016.",
        "2016-03-31",
    ),
    (
        "Comp Date: June 30, 2024.",
        "2024-06-30",
    ),
    (
        "Est. Comp. Date: 6/30/2024",
        "2024-06-30",
    ),
    (
        "ECD 30 Sep 25.",
        "2025-09-30",
    ),
    (
        "ECD: SEP 25.",
        "2025-09-30",
    ),
    (
        "ECD: Sep 30, 25.",
        "2025-09-30",
    ),
    (
        "ECD: 30 September 2025",
        "2025-09-30",
    ),
    (
        "ECD: 30SEP25",
        "2025-09-30",
    ),
    (
        "The agency will implement this within 180 days of the report date of March 1, 2024.",
        "2024-08-28",
    ),
    (
        "The department expects to finish by close of calendar 2025.",
        "2025-12-31",
    ),
    (
        "The bureau has asked for an extension until June 30, 2025.",
        "2025-06-30",
    ),
    (
        "The agency requested an extension to December 2025.",
        "2025-12-31",
    ),
    (
        "The agency asked for an extension until the end of fiscal year 2026.",
        "2026-09-30",
    ),
    (
        "ECD 30 Sep 25 for the policy.",
        "2025-09-30",
    ),
]

OF_AGENCIES = [
    (
        "We will implement this by March 31, 2025.",
        "2025-03-31",
    ),
    (
        "Management agreed to update the policy by June 30, 2024.",
        "2024-06-30",
    ),
    (
        "Timeline: June 30, 2024",
        "2024-06-30",
    ),
    (
        "Management concurs, with implementation during the second half of 2025.",
        "2025-12-31",
    ),
    (
        "We agree. Our IT staff will deploy the tool by July 2025.",
        "2025-07-31",
    ),
    (
        "We plan to have the new system in place in the fourth quarter of 2025.",
        "2025-12-31",
    ),
    (
        "The Department agrees to revise its manual no later than September 1, 2024.",
        "2024-09-01",
    ),
    (
        "Management will review and update the procedures by December 31, 2024.",
        "2024-12-31",
    ),
    (
        "We concur. Implementation date: 12/31/2024",
        "2024-12-31",
    ),
    (
        "Timeframe: Q2 FY2025.",
        "2025-03-31",
    ),
    (
        "Due: May 2025",
        "2025-05-31",
    ),
    (
        "Completion by May 31, 2025.",
        "2025-05-31",
    ),
    (
        "The division is committed to completing the review by October 2025.",
        "2025-10-31",
    ),
    (
        "Estimated timeline - December 2024",
        "2024-12-31",
    ),
    (
        "To be completed by August 1, 2025",
        "2025-08-01",
    ),
    (
        "Finance will finalize the policy in January 2025 and train staff by March 2025.",
        "2025-03-31",
    ),
    (
        "Target: end of FY2025",
        "2025-09-30",
    ),
    (
        "By June 30, 2025, we will issue guidance.",
        "2025-06-30",
    ),
    (
        "We issued the guidance in May 2024.",
        None,
    ),
    (
        "We agreed in June 2024 to study this.",
        None,
    ),
    (
        "Our fiscal year 2024 budget included funds.",
        None,
    ),
    (
        "As of May 2024, we had not begun.",
        None,
    ),
    (
        "We have requested funding in the 2025 budget.",
        None,
    ),
    (
        "The contract expires June 30, 2025.",
        None,
    ),
    (
        "We will provide an update by June 30, 2025.",
        None,
    ),
    (
        "We agree with this recommendation; we anticipate completion in spring 2025.",
        "2025-05-31",
    ),
    (
        "Our goal is to complete this by 12/31/2025.",
        "2025-12-31",
    ),
    (
        "The updated policy shall be effective July 1, 2025.",
        "2025-07-01",
    ),
    (
        "Anticipated: 3/31/2025",
        "2025-03-31",
    ),
    (
        "Responsible: CFO. Deadline: March 31, 2025.",
        "2025-03-31",
    ),
    (
        "We expect to fully implement this recommendation by the end of 2025.",
        "2025-12-31",
    ),
    (
        "Management agrees and will, by September 30, 2025, adopt a standard.",
        "2025-09-30",
    ),
    (
        "The report was issued on May 1, 2024. We will implement it within 90 days.",
        None,
    ),
    (
        "We have asked Congress to act by 2026.",
        None,
    ),
    (
        "In accordance with state law, agencies must file reports by January 1, 2026.",
        None,
    ),
    (
        "We completed this action on March 3, 2025.",
        None,
    ),
    (
        "We are working to finish the draft; completion is planned for Q1 2026.",
        "2026-03-31",
    ),
    (
        "We disagree. The state requires a plan by June 2025.",
        None,
    ),
    (
        "Management's Response: We agree. Policies will be updated by 9/30/2025.",
        "2025-09-30",
    ),
    (
        "Management concurs. The CIO will coordinate with vendors to implement multifactor "
        "authentication. Target implementation date: Q3 2025",
        "2025-09-30",
    ),
    (
        "We concur with the recommendation and have begun drafting the policy. Draft policy "
        "to be presented to the Board in November 2025, with final adoption anticipated by "
        "January 2026.",
        "2026-01-31",
    ),
    (
        "The City agrees. Staff hired a consultant in March 2024 and will complete the fee "
        "study by fall 2024.",
        "2024-11-30",
    ),
    (
        "Agree. Full implementation is expected July 2026.",
        "2026-07-31",
    ),
    (
        "OHS agrees to provide training to all staff within the next year, by June 2026.",
        "2026-06-30",
    ),
    (
        "The Department will implement corrective action by the end of calendar year 2024.",
        "2024-12-31",
    ),
    (
        "Anticipated date of completion: 6/30/25",
        "2025-06-30",
    ),
    (
        "Proposed completion date - June 30, 2025",
        "2025-06-30",
    ),
    (
        "Status as of March 2025: in progress. New target is September 2025.",
        "2025-09-30",
    ),
    (
        "We have already completed the review as of January 15, 2025.",
        None,
    ),
    (
        "This was completed in FY 2024.",
        None,
    ),
    (
        "We held training on May 5, 2025, and have no further action planned.",
        None,
    ),
    (
        "We respectfully disagree; the 2019 policy already covers this.",
        None,
    ),
    (
        "The Legislature appropriated funds for fiscal year 2025-26.",
        None,
    ),
    (
        "Our contract with the vendor was renewed in June 2024.",
        None,
    ),
    (
        "Management agreed with the recommendation in its letter of April 3, 2024.",
        None,
    ),
    (
        "We agreed to this in our letter dated April 3, 2024.",
        None,
    ),
    (
        "We will begin this work in July 2025 and finish by December 2025.",
        "2025-12-31",
    ),
    (
        "We will continue to monitor this through 2026.",
        None,
    ),
    (
        "The agency agrees to develop procedures. Anticipated implementation: March 2026. "
        "Contact: J. Doe.",
        "2026-03-31",
    ),
    (
        "We promised to complete the inventory by June 2025.",
        "2025-06-30",
    ),
    (
        "Responsible party: Controller. When: 12/31/2025",
        "2025-12-31",
    ),
    (
        "Management intends to have all reconciliations current by year-end 2025.",
        "2025-12-31",
    ),
    (
        "Our office will present a plan to Council at its June 2025 meeting.",
        None,
    ),
    (
        "Management will evaluate options and report back by May 1, 2025.",
        None,
    ),
    (
        "Implementation of this recommendation will occur during FY 2026.",
        "2026-09-30",
    ),
    (
        "We are on track to close this finding by the third quarter of 2025.",
        "2025-09-30",
    ),
    (
        "We are going to replace the system by 2027.",
        "2027-12-31",
    ),
    (
        "The new form has been in use since January 2025.",
        None,
    ),
    (
        "By August 2025 we'll have trained everyone.",
        "2025-08-31",
    ),
    (
        "We'd expect to finish in October 2025.",
        "2025-10-31",
    ),
]


def due(narrative: str, **options) -> str | None:
    found = find_ecd(narrative, **options)
    return found and found.due.isoformat()


# One sentence a line, with the date it gives; a blank where a date in it is no promise.
KINDS = Path(__file__).parent / "files/ecd_kinds.csv"
with KINDS.open(encoding="utf-8", newline="") as lines:
    OF_KINDS = list(csv.DictReader(lines))


@pytest.mark.parametrize("case", OF_KINDS, ids=lambda case: case["narrative"][:60])
def test_a_sentence_of_each_kind_gives_its_date_or_none(case):
    order = "day-first" if "31/12" in case["narrative"] else "month-first"
    options = {"voice": case["voice"], "fiscal_year_end": case["fiscal_year_end"]}
    assert (due(case["narrative"], date_order=order, **options) or "") == case["due"]


@pytest.mark.parametrize(("narrative", "on"), OF_TRACKERS)
def test_a_wording_of_trackers_is_read(narrative, on):
    assert due(narrative) == on


@pytest.mark.parametrize(("narrative", "on"), OF_AGENCIES)
def test_what_an_agency_promises_in_its_own_words_is_its_date(narrative, on):
    assert due(narrative, voice="agency") == on


@pytest.mark.parametrize(
    "narrative",
    ["We will review this by May 2025.", "Management agreed to update it by June 30, 2024.",
     "Our office plans to follow up in May 2025.", "We'll report on this by May 2025."],
)  # fmt: skip
def test_in_an_auditors_prose_the_same_words_are_not(narrative):
    assert due(narrative) is None


def test_a_heading_says_whose_voice_follows():
    reply = "Management Response: We will update it by May 31, 2025."
    assert due(reply) == "2025-05-31"
    judged = f"{reply} OIG Analysis: We will verify it by June 30, 2025."
    assert due(judged, voice="agency") == "2025-05-31"
    assert due("Agency Response: We issued the guide on May 3, 2024.") is None


def test_an_item_s_number_is_no_day():
    assert [(p.due.isoformat(), p.precision) for p in name_periods("1.0.1 January 2015")] == [
        ("2015-01-31", "month")
    ]


def test_a_quarter_of_a_fiscal_year_of_two_numbers_needs_its_end():
    said = "The office will finish in the first quarter of fiscal year 2023-24."
    assert due(said) is None
    assert due(said, fiscal_year_end="06-30") == "2023-09-30"
    assert due("The office will finish by Q4 2023-24.", fiscal_year_end="06-30") == "2024-06-30"
    assert name_periods("Q4 2023-24")[0].refused


@pytest.mark.parametrize(
    ("narrative", "due"),
    [
        ("The Office will finish this by close of business on Friday, February 28, 2025.",
         "2025-02-28"),
        ("The Office expects to finish by COB March 14, 2025.", "2025-03-14"),
        ("The Office will issue the rule by its statutory deadline of December 29, 2025.",
         "2025-12-29"),
        ("The Office advised that the target had moved right to May 2026.", "2026-05-31"),
        ("The Office expects to have the inventory complete as of July 1, 2025.", "2025-07-01"),
        ("The inventory was complete as of July 1, 2025.", None),
        ("Action item due 10/1/25.", "2025-10-01"),
        ("The module goes live in August 2025.", "2025-08-31"),
        ("The Office expects to finish 45 days after the board meets on May 6, 2025.", None),
        ("The Office expects to finish two months after its contract ends in May 2025.", None),
    ],
)  # fmt: skip
def test_what_stands_around_a_date_ties_it_or_not(narrative, due):
    ecd = find_ecd(narrative)
    assert (ecd and ecd.due.isoformat()) == due
