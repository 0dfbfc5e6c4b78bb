"""The verdict follows its rules: against the data first, then what cannot be told."""

from decimal import Decimal

import pandas as pd
import pytest

from coee_nb.entries.reliability import Counted
from coee_nb.entries.verdict import (
    NOT,
    SUFFICIENT,
    UNDETERMINED,
    OtherEvidence,
    ReliabilityLimits,
    judge,
)


def counted(failing=0, touched="0", unusual=0, rows=1000):
    share = failing / rows if rows else float("nan")
    line = {"id": "missing_center", "question": "?", "severity": "error", "failing": failing,
            "of": rows, "share": share, "touched": Decimal(touched),
            "touched_share": float(Decimal(touched) / 1000)}  # fmt: skip
    none = pd.DataFrame()
    return Counted(pd.DataFrame([line]), none, none, rows, {}, Decimal(1000), failing,
                   Decimal(touched), unusual, Decimal(0))  # fmt: skip


GOOD = {"loaded": 1000, "difference": 0.0}


@pytest.mark.parametrize(
    ("found", "evidence", "answer", "rule"),
    [
        (counted(), GOOD, SUFFICIENT, ""),
        (counted(50), GOOD, SUFFICIENT, ""),
        (counted(51), GOOD, NOT, "missing_center"),
        (counted(1, "51"), GOOD, NOT, "missing_center"),
        (counted(), GOOD | {"rejected": 60}, NOT, "Lines that could not be loaded"),
        (counted(), GOOD | {"difference": 5.1}, NOT, "Difference from the control totals"),
        (counted(), GOOD | {"difference": 0.01}, UNDETERMINED, "Difference from the control"),
        (counted(), GOOD | {"difference": None}, UNDETERMINED, "Difference from the control"),
        (counted(unusual=101), GOOD, UNDETERMINED, "Unusual values"),
        (counted(), GOOD | {"traced": (5.1, 20.0)}, NOT, "Rows that their source documents"),
        (counted(), GOOD | {"traced": (0.0, 5.1)}, UNDETERMINED, "Rows that their source"),
        (counted(rows=0), GOOD, UNDETERMINED, "There are rows"),
        (counted(51), GOOD | {"difference": None}, NOT, "missing_center"),
    ],
)
def test_each_rule_decides_at_its_limit(found, evidence, answer, rule):
    verdict = judge(found, OtherEvidence(**evidence), ReliabilityLimits(), purpose="for a test")
    assert verdict.answer == answer
    assert "for a test" in verdict.text
    assert rule in verdict.text
    assert verdict.rules["decides"].any() == (answer != SUFFICIENT)


def test_evidence_that_is_needed_and_not_there_leaves_the_question_open():
    limits = ReliabilityLimits(needed=("tracing",))
    verdict = judge(counted(), OtherEvidence(**GOOD), limits, purpose="for a test")
    assert verdict.answer == UNDETERMINED
    assert "nothing was traced" in verdict.text
    limits = ReliabilityLimits(needed=())
    evidence = OtherEvidence(loaded=1000)
    assert judge(counted(), evidence, limits, purpose="for a test").answer == SUFFICIENT
