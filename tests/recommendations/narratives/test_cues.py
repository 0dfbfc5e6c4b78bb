import pytest

from coee_nb.recommendations.narratives.cues import find_cues


def cues(sentence: str) -> list[tuple[str, str]]:
    return [
        (cue.kind, sentence[cue.start : cue.end]) for cue in find_cues(sentence, sentence.lower())
    ]


@pytest.mark.parametrize(
    ("sentence", "kinds"),
    [
        ("The ECD is", ["label"]),
        ("its target date for completion is", ["label"]),
        ("an estimated completion date of", ["label"]),
        ("officials anticipate it", ["forward"]),
        ("the Army plans to train", ["forward"]),
        ("its plans to the board", []),
        ("the plan to grow", []),
        ("it will go", ["modal"]),
        ("it should go", ["duty"]),
        ("it should be completed", ["modal"]),
        ("the Act requires", ["duty"]),
        ("CBP issued rules", ["past"]),
        ("the rule drafted in", ["described"]),
        ("an updated rule", []),
        ("be approved and published by", []),
        ("we will look", ["auditor"]),
        ("the next status update", ["update"]),
        ("the date slipped to", ["revised"]),
        ("of the revised rule", []),
        ("to issue revised rules", ["purpose"]),
        ("that they plan on it", ["forward"]),
        ("its spend plans to go", []),
        ("a target for finishing it", ["label"]),
        ("the comment period will end", ["duty"]),
        ("a 180-day response, which is due in", ["update", "forward"]),
        ("our next audit", ["auditor"]),
        ("officials said", ["report"]),
        ("to begin", ["start"]),
        ("to finish", ["purpose"]),
        ("", []),
    ],
)
def test_kinds(sentence, kinds):
    assert [kind for kind, _ in cues(sentence)] == kinds
