"""How strongly the words around a date commit to completion, one sentence per rule."""

import pytest

from coee_nb.recommendations.narratives.commitments import find_commitments
from coee_nb.recommendations.narratives.narrative import Narrative
from coee_nb.recommendations.narratives.strength import (
    DATED,
    DUE,
    LABELLED,
    PURPOSED,
    STARTED,
    WITHDRAWN,
)


def strengths(text: str) -> list[int]:
    return [each.strength for each in find_commitments(Narrative(f"In 2022, it met. {text}"))]


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        ("ECD: May 2024.", LABELLED),
        ("The target date was moved to May 2024.", LABELLED),
        ("It set May 2024 as a target for release.", LABELLED),
        ("It will finish by May 2024.", DUE),
        ("It would be May 2024 before it ends.", DUE),
        ("It will finish in May 2024.", DATED),
        ("It is aiming for a May 2024 release.", DATED),
        ("It let a contract to finish by May 2024.", PURPOSED),
        ("It will start in May 2024.", STARTED),
        ("It will track them starting in May 2024.", STARTED),
        ("It will take until May 2024.", DUE),
        ("It will not be done until May 2024.", DUE),
        ("ECD: to be determined.", WITHDRAWN),
        ("It no longer plans to act.", WITHDRAWN),
    ],
)
def test_rank(text, strength):
    assert strengths(text) == [strength]


@pytest.mark.parametrize(
    "text",
    [
        "It may not be done until 2078.",
        "It expects states to report by May 2024.",
        "It set goals for agencies to complete by May 2024.",
        "The next meeting is planned for May 2024.",
        "The law requires a plan that was due by May 2024.",
        "The Act was extended through May 2024.",
        "It extended the deadline for applications to May 2024.",
        "We will review it, with a report expected in May 2024.",
        "It will use the fiscal year 2024 budget.",
        "It will use the tool in May 2024.",
    ],
)
def test_no_promise(text):
    assert strengths(text) == []
