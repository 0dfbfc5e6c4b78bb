"""The verdict follows its rules: against the data first, then what cannot be told."""

from decimal import Decimal

import pandas as pd
import pytest

from coee_nb.entries.checks import NAMES
from coee_nb.entries.reliability import Counted
from coee_nb.entries.verdict import (
    NOT,
    NOTHING,
    SUFFICIENT,
    UNDETERMINED,
    OtherEvidence,
    ReliabilityLimits,
    judge,
)


def counted(failing=0, touched="0", unusual=0, rows=1000, of=None):
    of = rows if of is None else of
    share = failing / of if of else float("nan")
    line = {"id": "missing_center", "problem": "x", "question": "Is the unit there?",
            "severity": "error", "failing": failing, "of": of, "share": share,
            "touched": Decimal(touched),
            "touched_share": float(Decimal(touched) / 1000)}  # fmt: skip
    none = pd.DataFrame()
    return Counted(pd.DataFrame([line]), none, none, rows, {}, Decimal(1000), failing,
                   Decimal(touched), unusual, Decimal(0))  # fmt: skip


GOOD = {"loaded": 1000, "difference": 0.0}
FAILS = '% of the dollars fail the check "Is the unit there?"'


@pytest.mark.parametrize(
    ("found", "evidence", "answer", "rule"),
    [
        (counted(), GOOD, SUFFICIENT, ""),
        (counted(50), GOOD, SUFFICIENT, ""),
        (counted(51), GOOD, NOT, FAILS),
        (
            counted(1, of=10),
            GOOD,
            NOT,
            "1 (10.00%) of the rows that have its fields and 0.00% of the",
        ),
        (counted(1, "51"), GOOD, NOT, FAILS),
        (counted(), GOOD | {"rejected": 60}, NOT, "lines that could not be loaded"),
        (counted(), GOOD | {"difference": 5.1}, NOT, "difference from the control totals"),
        (counted(), GOOD | {"difference": 0.01}, UNDETERMINED, "difference from the control"),
        (counted(), GOOD | {"difference": None}, UNDETERMINED, "difference from the control"),
        (
            counted(unusual=101),
            GOOD,
            UNDETERMINED,
            "all rows with unusual values: 101 (10.10%) of the rows",
        ),
        (
            counted(),
            GOOD | {"traced": (5.1, 20.0)},
            NOT,
            "share of rows that their source documents",
        ),
        (counted(), GOOD | {"traced": (0.0, 5.1)}, UNDETERMINED, "share of rows that their source"),
        (counted(), GOOD | {"years": (2025,)}, UNDETERMINED, "asked for without rows: 2025"),
        (counted(), GOOD | {"months": ("2024-02",), "units": ("Zoo",)}, SUFFICIENT, ""),
        (counted(rows=0), GOOD, UNDETERMINED, "number of rows: 0"),
        (counted(51), GOOD | {"difference": None}, NOT, FAILS),
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


def test_rules_are_in_the_words_of_the_sheet_and_what_decides_nothing_says_nothing():
    evidence = OtherEvidence(
        loaded=1000, unasked=("release date missing",), months=("2024-02", "2024-03"),
        units=("Zoo",),
    )  # fmt: skip
    names = NAMES | {"rows": "permits", "unit": "department"}
    limits = ReliabilityLimits(needed=())
    rules = judge(counted(of=0), evidence, limits, purpose="", names=names).rules.set_index("rule")
    assert rules.at["Fiscal years asked for without permits", "found"] == (
        "none; 2 months of the others: 2024-02, 2024-03"
    )
    assert rules.at["Listed department without permits", "found"] == "Zoo"
    assert rules.at["Is the unit there?", "says"] == NOTHING  # nobody could be asked
    silent = rules[rules["says"] == NOTHING]["found"].tolist()
    silent.remove("0 (–) of the permits that have its fields and 0.00% of the dollars")
    assert silent == ["Zoo", "none were supplied", "nothing was traced", "release date missing"]
