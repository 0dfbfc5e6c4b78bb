"""Relatives of sentences that were once misread, each with the answer decided beforehand."""

import pytest

from coee_nb.recommendations.ecd import find_ecd, find_withdrawal
from coee_nb.recommendations.narratives.standing import find_standing

# What the agency promises now, in other words, orders and formats.
DATES = [
    ("The bureau anticipates that the manual will be finished by 30 September 2024.", "2024-09-30"),
    ("Completion is now anticipated for Q2 of fiscal year 2025.", "2025-03-31"),
    ("The office moved its target from March 2024 to November 2024.", "2024-11-30"),
    ("The target was pushed back from June 30, 2024, to June 30, 2025.", "2025-06-30"),
    ("The ECD was June 30, 2024, and is now December 31, 2024.", "2024-12-31"),
    ("The original ECD of May 31, 2023, was extended to August 31, 2024.", "2024-08-31"),
    ("ECD: September 30, 2025 (original due date September 30, 2024).", "2025-09-30"),
    ("ECD: September 30, 2025 (previously September 30, 2024).", "2025-09-30"),
    ("ECD: September 30, 2025, changed from September 30, 2024.", "2025-09-30"),
    ("Revised ECD: 9/30/2025. Original ECD: 9/30/2024.", "2025-09-30"),
    ("Original ECD: 9/30/2024. Revised ECD: 9/30/2025.", "2025-09-30"),
    ("Original estimated completion date: March 31, 2024; new date: June 30, 2026.", "2026-06-30"),
    ("CBP extended its estimated completion date to July 31, 2025.", "2025-07-31"),
    ("The agency extended its deadline from July 2024 until January 2025.", "2025-01-31"),
    ("The date slipped from April 2024 to October 2024.", "2024-10-31"),
    ("Due to a lapse in funding, the rollout has slid to the end of December 2025.", "2025-12-31"),
    ("In May 2024, officials told us the system would go live in October 2025.", "2025-10-31"),
    ("By the end of calendar year 2025, the office will have trained all staff.", "2025-12-31"),
    ("The plan is to be completed by COB March 15, 2025.", "2025-03-15"),
    ("Officials now hope to complete the work by the close of FY 2026.", "2026-09-30"),
    ("The Department will issue the rule no later than 15 Jan. 2026.", "2026-01-15"),
    ("Target completion date: 2025-11-30.", "2025-11-30"),
    ("Est. completion: Sept. 2025.", "2025-09-30"),
    ("ECD 31-Dec-2025.", "2025-12-31"),
    ("Estimated Completion Date (ECD): 31 DEC 25.", None),  # unread, not wrong
    ("DHS expects to close out the action before fiscal year 2026 begins.", "2025-09-30"),
    ("The work will be done before the beginning of FY 2025.", "2024-09-30"),
    ("The office will finish before the start of calendar year 2026.", "2025-12-31"),
    ("The office plans to complete it prior to the start of fiscal year 2027.", "2026-09-30"),
    ("It will be done before the end of fiscal year 2025.", "2025-09-30"),
    (
        "In June 2024, CBP planned to finish by August 2024. As of March 2025, CBP plans to "
        "finish by August 2026.",
        "2026-08-31",
    ),
    (
        "As of March 2025, CBP plans to finish by August 2026. In June 2024, CBP had planned to "
        "finish by August 2024.",
        "2026-08-31",
    ),
    (
        "CBP did not meet its date of May 31, 2024, and now expects completion by May 31, 2025.",
        "2025-05-31",
    ),
    ("The agency missed its June 2024 target and expects to finish in June 2025.", "2025-06-30"),
    ("ECD: June 30, 2025. The OIG will review the evidence by July 31, 2025.", "2025-06-30"),
    (
        "Management said the guide, which was to be issued by April 2024, will be issued by April "
        "2025.",
        "2025-04-30",
    ),
    ("The agency withdrew its date of May 2024 and set a new one of May 2026.", None),  # unread
    (
        "The agency rescinded its earlier estimate but now plans to finish by July 2026.",
        "2026-07-31",
    ),
    (
        "The project, on hold since May 2023, has resumed and will be completed by June 2025.",
        "2025-06-30",
    ),
    (
        "TSA was unable to provide a time frame in 2023. In March 2024, TSA said it will finish by "
        "December 2024.",
        "2024-12-31",
    ),
    # No date of completion.
    ("Completion date: completed March 2023.", None),
    ("Completed: June 30, 2024.", None),
    ("Date of completion: done on June 30, 2024.", None),
    ("Completion Date: 6/30/2024 (completed).", None),
    ("Implementation date: implemented May 2022.", None),
    ("ECD: Completed June 30, 2024.", None),
    ("Training commencing April 2024 and ongoing.", None),
    ("Starting in May 2024 and continuing thereafter, staff will meet monthly.", None),
    ("Target date: beginning July 2024 and ongoing.", None),
    ("Quarterly, from January 2025 onwards, the unit will review the logs.", None),
    ("Effective October 1, 2024, all officers must use the form.", None),
    ("Plans were due to the office by August 15, 2024.", None),
    ("The agencies' submissions were due to OMB by June 30, 2024.", None),
    ("Comments were due to the department no later than May 2, 2024.", None),
    ("Corrective action plans are due to the auditor by March 1, 2025.", None),
    ("On 29 September 2024 the operator replied: the units will alert the crew.", None),
    ("On March 3, 2025, the office wrote: we will do what is needed.", None),
    ("In its letter of 4 May 2024 the bureau promised that it will act.", None),
    ("We will follow up by September 30, 2025.", None),
    ("We plan to review the evidence in June 2025.", None),
    ("GAO will update this status in December 2025.", None),
    ("OIG expects to close this recommendation by September 2025.", None),
    ("The auditors intend to test the control by July 2025.", None),
    ("The department should implement the control by December 2024.", None),
    ("Congress required the report by June 1, 2024.", None),
    ("The law directs the agency to finish the inventory by January 2025.", None),
    ("The 180-day letter is due on March 15, 2025.", None),
    ("The office issued the guidance on May 4, 2024.", None),
    ("The contract was awarded in March 2024 and the system deployed in June 2024.", None),
    ("The agency will provide an update by March 31, 2025.", None),
    ("The agency plans to provide an estimated completion date by March 31, 2025.", None),
    ("Officials expect to decide on a time frame by May 2025.", None),
    ("The bureau will not complete the work by June 2025.", None),
    ("The bureau does not expect to finish by June 2025.", None),
    ("The bureau said it cannot commit to finishing by June 2025.", None),
    ("The bureau said it is unlikely to finish by June 2025.", None),
    ("If funds are made available, the work could be finished by June 2025.", None),
    ("The grant period will end in June 2026.", None),
    ("The audit covered October 2022 through September 2023.", None),
    ("Funds for fiscal year 2025 have been requested.", None),
    ("States must submit their plans by October 2025.", None),
    ("The vendor said it would reply in June 2025.", None),
    ("ECD: June 31, 2024.", None),
    ("ECD: 2023/06/31.", None),
    ("The office will finish by February 30, 2024.", None),
    ("The office will finish by 31 April 2025.", None),
    ("Target completion: 13/32/2024.", None),
    ("ECD: 2024-13-01.", None),
    ("The work will be complete by the end of Feb. 31, 2025.", None),
    ("This recommendation was closed on June 3, 2022. It had been due on May 31, 2022.", None),
    ("The ECD of June 30, 2024, is no longer valid.", None),
    (
        "The estimated completion date was June 30, 2024. On July 2, 2024, we closed the "
        "recommendation.",
        None,
    ),
    # Not the agency's, or not its last word.
    (
        'The report said, "The bureau will finish by June 2023." It did not.',
        "2023-06-30",
    ),  # and is late
    # None newer is given; the old one stands, and is late.
    ("Although the bureau had expected to finish by June 2023, it gave no new date.", "2023-06-30"),
    (
        "The bureau expects to finish by June 2025, according to the plan; we will review it by "
        "August 2025.",
        "2025-06-30",
    ),
    ("ECD: To be determined. Prior ECD: June 30, 2024.", None),
    ("Prior ECD: June 30, 2024. Current ECD: TBD.", None),
    ("Prior ECD: June 30, 2024. Current ECD: June 30, 2025.", "2025-06-30"),
    ("ECD: N/A. The bureau finished the manual in May 2024.", None),
]

# True: the agency's date no longer stands. All follow "...expects to finish by June 30, 2024."
ENDINGS = [
    ("In June 2024 the office withdrew its estimated completion date.", True),
    ("In June 2024, CBP rescinded its target date.", True),
    ("In June 2024, CBP told us that the earlier date no longer applied.", True),
    ("As of July 2024, the office no longer has a completion date.", True),
    ("As of July 2024, it no longer had an estimated date for completion.", True),
    ("In July 2024, officials could not provide a time frame.", True),
    ("In July 2024, officials were unable to give us a new date.", True),
    ("In July 2024, officials could not say when the work would be completed.", True),
    ("In July 2024, officials did not know when it would be finished.", True),
    ("In July 2024, the project was placed on hold indefinitely.", True),
    ("In July 2024, work on the system was suspended indefinitely.", True),
    ("In July 2024, the program was cancelled.", True),
    ("In July 2024, the agency canceled the project.", True),
    ("In July 2024, the agency terminated the contract and the project.", True),
    ("In July 2024, the agency said it does not plan to implement the recommendation.", True),
    ("In July 2024, the agency said it no longer intends to do so.", True),
    ("In July 2024, the agency decided not to implement the recommendation.", True),
    ("In July 2024, the agency said that it will not implement this recommendation.", True),
    ("In July 2024, the agency said that it has no plans to implement it.", True),
    ("In July 2024, the completion date slipped to an unknown date.", True),
    ("In July 2024, completion was delayed to a date to be determined.", True),
    ("In July 2024, the bureau postponed the work until further notice.", True),
    ("In July 2024, the effort was paused with no new date.", True),
    ("In July 2024, the effort was deferred indefinitely for lack of funds.", True),
    ("In July 2024, the bureau abandoned the effort.", True),
    ("In July 2024, the bureau said the date is now unknown.", True),
    ("In July 2024, the estimated completion date was changed to TBD.", True),
    ('In July 2024, the ECD was revised to "to be determined."', True),
    ("In July 2024, the bureau said the June date is no longer achievable.", True),
    ("In July 2024, the bureau said it would not meet that date and offered no other.", True),
    ("In July 2024, the bureau retracted the date.", True),
    ("In July 2024, the bureau removed the completion date from its plan.", True),
    ("In July 2024, there was no longer a target date.", True),
    ("In July 2024, a new date had not been set.", True),
    ("In July 2024, the bureau has yet to establish a new time frame.", True),
    ("In July 2024, the bureau said that the work is stalled and has no date.", True),
    ("In July 2024, leadership rejected the plan and the date was dropped.", True),
    # Nothing is ended.
    ("In July 2024, the bureau said it would not withdraw its date.", False),
    ("In July 2024, the bureau did not withdraw its estimated completion date.", False),
    ("In July 2024, the bureau had not cancelled the project.", False),
    ("If funds are cut, the project could be put on hold.", False),
    ("In July 2024, a hiring freeze was lifted.", False),
    ("In July 2024, the agency cancelled two meetings with the vendor.", False),
    ("In July 2024, the agency denied that the project had been cancelled.", False),
    ("In July 2024, the agency said the hold on the project was lifted.", False),
    ("In July 2024, the agency withdrew its objection to the report.", False),
    ("We could not determine whether the guidance was followed.", False),
    ("In July 2024, the vendor withdrew its bid.", False),
    ("The agency said that it does not plan to change its estimated completion date.", False),
    ("In July 2024, the agency said the project had not been suspended.", False),
    ("Without this step, the effort may be delayed indefinitely.", False),
]
EARLIER = "In May 2024, CBP said that it expects to finish by June 30, 2024. "

CLOSED, NOT_DONE = "closed - implemented", "closed - not implemented"
STANDINGS = [
    ("This recommendation is closed and resolved.", CLOSED),
    ("This recommendation is resolved and closed.", CLOSED),
    ("We closed the recommendation on June 3, 2022.", CLOSED),
    ("We have closed this recommendation.", CLOSED),
    ("We consider this recommendation closed.", CLOSED),
    ("We consider the recommendation resolved and closed as of May 5, 2023.", CLOSED),
    ("OIG closed this recommendation on 4 May 2023.", CLOSED),
    ("GAO closed the recommendation as implemented.", CLOSED),
    ("Recommendation 3 is closed.", CLOSED),
    ("Based on this evidence, recommendation 3 was closed in April 2022.", CLOSED),
    ("Accordingly, we are closing this recommendation as implemented.", CLOSED),
    ("The recommendation has been closed.", CLOSED),
    ("The recommendation is now considered closed.", CLOSED),
    (
        "The Department asked us to close it, and we closed the recommendation on June 3, 2022.",
        CLOSED,
    ),
    ("After we received the policy, we closed the recommendation.", CLOSED),
    ("Upon receipt of the policy, we closed this recommendation.", CLOSED),
    ("When we received the records on May 2, 2022, we closed the recommendation.", CLOSED),
    ("The recommendation was closed as not implemented.", NOT_DONE),
    (
        "We closed this recommendation as not implemented because the office was abolished.",
        NOT_DONE,
    ),
    ("The recommendation is closed, not implemented.", NOT_DONE),
    ("We closed the recommendation without its being implemented.", NOT_DONE),
    ("This recommendation is closed as no longer valid.", NOT_DONE),
    (
        "We consider this recommendation open and resolved. Once the policy is provided, we will "
        "consider it closed.",
        "resolved and open",
    ),
    (
        "CBP asked that it be resolved and closed, but did not send the records. It is resolved "
        "and open.",
        "resolved and open",
    ),
    ("This recommendation is resolved and open.", "resolved and open"),
    ("This recommendation is open and resolved.", "resolved and open"),
    (
        "We consider this recommendation resolved, but it will remain open until we get records.",
        "resolved and open",
    ),
    ("The recommendation is resolved but remains open.", "resolved and open"),
    ("This recommendation is unresolved and open.", "unresolved"),
    ("The recommendation is open and unresolved.", "unresolved"),
    ("We consider this recommendation unresolved.", "unresolved"),
    ("The recommendation is not resolved and will remain open.", "unresolved"),
    ("This recommendation remains open.", "open"),
    ("The recommendation is still open.", "open"),
    ("The recommendation will remain open until the policy is issued.", "open"),
    ("This recommendation is open.", "open"),
    (
        "We closed the recommendation in May 2021, but reopened it in June 2022. It remains open.",
        "open",
    ),
    ("The recommendation was closed in error and is open.", "open"),
    # It is not said how it stands, or not by the auditor.
    ("We will close this recommendation when we receive the policy.", None),
    ("The recommendation can be closed once the policy is issued.", None),
    ("The recommendation will be closed when training ends.", None),
    ("CBP requested that we close this recommendation.", None),
    ("CBP asked us to consider the recommendation resolved and closed.", None),
    ("DHS considers this recommendation closed.", None),
    ("According to CBP, the recommendation is closed.", None),
    ("CBP believes that the recommendation should be closed.", None),
    ("The agency stated that the recommendation was closed.", None),
    ("The recommendation is not closed.", None),
    ("We did not close the recommendation.", None),
    ("We have not yet closed this recommendation.", None),
    ("The recommendation cannot be closed.", None),
    ("We could not close the recommendation without the records.", None),
    ("Had the records been sent, we would have closed the recommendation.", None),
    ("If the records are sent, the recommendation is closed.", None),
    ("The port was closed on June 3, 2022.", None),
    ("The office closed its review in June 2022.", None),
    ("CBP closed the case in May 2022.", None),
    ("To close this recommendation, CBP should send the records.", None),
    ("Please close this recommendation.", None),
    ("The recommendation is close to being closed.", None),
    ("It is unclear whether the recommendation is closed.", None),
    ("Estimated Completion Date: June 3, 2022, when the recommendation is closed.", None),
    ('CBP: "We consider this recommendation closed."', None),
    ("CBP reported that we closed a similar recommendation in 2019.", None),
    ("A similar recommendation of an earlier report was closed in 2019.", None),
    ("Three of the four recommendations are closed.", None),
    ("CBP expects that this recommendation is closed by June 2022.", None),
]


@pytest.mark.parametrize(("text", "due"), DATES)
def test_reads_the_agencys_present_promise_or_nothing(text, due):
    found = find_ecd(text)

    assert (found.due.isoformat() if found else None) == due


@pytest.mark.parametrize(("text", "ended"), ENDINGS)
def test_a_date_stands_until_it_is_ended(text, ended):
    found = find_ecd(EARLIER + text)

    assert bool(find_withdrawal(EARLIER + text)) == ended
    assert (found.due.isoformat() if found else None) == (None if ended else "2024-06-30")


@pytest.mark.parametrize(("text", "word"), STANDINGS)
def test_says_how_a_recommendation_stands_only_where_the_auditor_does(text, word):
    found = find_standing(text)

    assert (found.word if found else None) == word
