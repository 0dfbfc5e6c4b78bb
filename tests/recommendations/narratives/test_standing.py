"""How a recommendation stands, by the auditor's own words: one sentence per turn of phrase."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.recommendations.narratives.standing import find_standing

OPEN = [
    "We consider this recommendation open and resolved. Once the policy is provided, we will "
    "consider it closed.",
    "The bureau asked that it be resolved and closed, but did not send the records. It is resolved "
    "and open.",
    "This recommendation is resolved and open.",
    "The recommendation is resolved but will remain open until we receive the policy.",
    "We consider these actions responsive; the recommendation is resolved and open.",
    "CBP requested that we close the recommendation. It is considered resolved and open.",
    "The recommendation is open and resolved and will be closed when the guidance is issued.",
    "The recommendation, which is resolved, remains open.",
    "The recommendation is resolved and open. We will close it upon receipt of the plan.",
]
CLOSED = [
    "This recommendation is closed and resolved.",
    "This recommendation is resolved and closed.",
    "We closed the recommendation on June 3, 2022.",
    "We consider this recommendation resolved and closed.",
    "We consider the recommendation closed.",
    "The recommendation was closed as implemented.",
    "We are closing this recommendation as implemented.",
    "The bureau asked us to close it; we agree. The recommendation is resolved and closed.",
    "On June 3, 2022, we closed this recommendation.",
]
UNSAID = [
    "The bureau asked that the recommendation be closed.",
    "The bureau requested closure. We are reviewing whether it can be closed.",
    "Once the policy is provided, we will consider it closed.",
    "We have not closed the recommendation.",
    "When it is done the recommendation will be closed.",
    "The recommendation should not be closed.",
    "Officials believe that the recommendation should be closed.",
    "The department considers this recommendation closed.",
    "The office closed two ports in 2021.",
    "In response to the recommendation, the office closed the port.",
    "The port was closed in May 2021.",
    "The comment period closed on May 3, 2021.",
    "To implement the recommendation, the agency closed 40 cases.",
]


@pytest.mark.parametrize("text", OPEN)
def test_resolved_and_open(text):
    assert find_standing(text).word == "resolved and open"


@pytest.mark.parametrize("text", CLOSED)
def test_closed(text):
    found = find_standing(text)
    assert found.word == "closed - implemented"
    assert found.on == (date(2022, 6, 3) if "June 3" in text else None)
    assert text[found.start :].startswith(found.span)


@pytest.mark.parametrize("text", UNSAID)
def test_a_wish_a_condition_or_a_denial_says_nothing(text):
    found = find_standing(text)
    assert found is None or "closed" not in found.word


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("The recommendation is unresolved.", "unresolved"),
        ("This recommendation is unresolved and open.", "unresolved"),
        ("The recommendation is not resolved.", "unresolved"),
        ("The recommendation remains open.", "open"),
        ("We closed the recommendation as not implemented.", "closed - not implemented"),
        ("It is closed - unimplemented.", "closed - not implemented"),
    ],
)
def test_other_standings(text, word):
    assert find_standing(text).word == word


@given(st.text(max_size=120))
def test_any_text_is_read(text):
    found = find_standing(text)
    assert found is None or text[found.start :].startswith(found.span)


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("On June 3, 2022, we closed this recommendation.", ("2022-06-03", "2022-06-03")),
        ("Recommendation 3 was closed in April 2022.", ("2022-04-01", "2022-04-30")),
        ("Closed on 15 November 2024.", ("2024-11-15", "2024-11-15")),
        ("We closed it as implemented effective March 1, 2023.", ("2023-03-01", "2023-03-01")),
        ("When we received the records on May 2, 2022, we closed the recommendation.", None),
        ("Upon receipt of the policy dated May 2, 2022, we closed it.", None),
        ("We closed it because the guidance was issued on June 3, 2022.", None),
    ],
)
def test_the_day_of_a_closure_is_the_closure_s_own(text, since):
    found = find_standing(text)
    dated = found.on and (str(found.on_from), str(found.on))
    assert (found.word, dated) == ("closed - implemented", since)


@pytest.mark.parametrize(
    "text",
    [
        "We closed the recommendation because the bureau will not implement it.",
        "We closed this recommendation, as it has been overtaken by events.",
        "The recommendation was closed since the office was abolished.",
    ],
)
def test_closed_for_another_reason_is_not_closed_as_implemented(text):
    assert find_standing(text) is None
