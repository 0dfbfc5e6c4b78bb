"""The verdict on the data: fit for the stated purpose, by rules stated beforehand.

The three answers are those of GAO, Assessing Data Reliability (GAO-20-283G): sufficiently
reliable, not sufficiently reliable, or of undetermined reliability, for the stated purpose. GAO
sets no numbers: the limits are the parameters', and the page shows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from coee_nb import formats as fmt
from coee_nb.entries.reliability import Counted, share
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.entries")
SUFFICIENT, NOT, UNDETERMINED = (
    "sufficiently reliable",
    "not sufficiently reliable",
    "undetermined",
)
Needed = Literal["control_totals", "tracing"]
EVIDENCE: tuple[Needed, ...] = ("control_totals", "tracing")


@dataclass(frozen=True)
class ReliabilityLimits:
    """From where on a problem decides, in percent of the rows or of the dollars.

    ``error``: rows that fail a check of severity error, or lines rejected; ``unusual``: rows with
    unusual values; ``traced``: values that the source documents contradict. ``needed``: evidence
    without which nothing is called sufficiently reliable.
    """

    error: float = 5.0
    unusual: float = 10.0
    traced: float = 5.0
    needed: tuple[str, ...] = ("control_totals",)


@dataclass(frozen=True)
class OtherEvidence:
    """What is known beside the checks.

    ``loaded`` and ``rejected`` lines; ``difference``: the largest difference from the control
    totals in percent of them, None where none were supplied; ``traced``: the interval of the
    share of wrong values among those traced, in percent, None where nothing was traced;
    ``unasked``: checks that could not be asked.
    """

    loaded: int
    rejected: int = 0
    difference: float | None = None
    traced: tuple[float, float] | None = None
    unasked: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataVerdict:
    """The ``answer``, its sentence ``text``, and ``rules``: rule, limit, found, says, decides."""

    answer: str
    text: str
    rules: pd.DataFrame


def judge(
    counted: Counted, evidence: OtherEvidence, limits: ReliabilityLimits, *, purpose: str
) -> DataVerdict:
    """Return the verdict: the first answer against the data wins, then what cannot be told.

    Rules, each with its limit: there are rows; control totals agree; lines rejected; every check
    of severity error by rows and by dollars, alone and together; values traced; unusual values;
    the evidence that is needed is there.
    """
    rules = [
        _rows(counted),
        _control(evidence, limits),
        _rejected(evidence, limits),
        *_worst(counted, limits),
        *_together(counted, limits),
        _traced(evidence, limits),
        _unusual(counted, limits),
        _unasked(evidence),
    ]
    frame = pd.DataFrame(rules, columns=["rule", "limit", "found", "says"])
    says = set(frame["says"])
    answer = NOT if NOT in says else UNDETERMINED if UNDETERMINED in says else SUFFICIENT
    frame["decides"] = (frame["says"] == answer) & (answer != SUFFICIENT)
    reasons = "; ".join(f"{r.rule}: {r.found}" for r in frame[frame["decides"]].itertuples())
    name = {SUFFICIENT: "sufficient", NOT: "not_sufficient", UNDETERMINED: "undetermined"}[answer]
    text = WORDS.sentence(f"verdict_{name}", purpose=purpose, reasons=reasons)
    return DataVerdict(answer, text, frame)


Row = tuple[str, str, str, str]


def _percent(value: float) -> str:
    return fmt.MISSING if fmt.is_missing(value) else f"{fmt.half_up(value, 2)}%"


def _over(value: float, limit: float) -> bool:
    return not fmt.is_missing(value) and value > limit


def _rows(counted: Counted) -> Row:
    says = SUFFICIENT if counted.rows else UNDETERMINED
    return (WORDS.sentence("rule_rows"), "1", fmt.count(counted.rows), says)


def _control(evidence: OtherEvidence, limits: ReliabilityLimits) -> Row:
    rule, off = WORDS.sentence("rule_control"), evidence.difference
    if off is None:
        needed = "control_totals" in limits.needed
        found = WORDS.sentence("no_control_totals")
        return rule, "0%", found, UNDETERMINED if needed else SUFFICIENT
    says = NOT if off > limits.error else UNDETERMINED if off > 0 else SUFFICIENT
    return rule, f"0%; {limits.error:g}%", _percent(off), says


def _rejected(evidence: OtherEvidence, limits: ReliabilityLimits) -> Row:
    lines = evidence.loaded + evidence.rejected
    part = 100 * share(evidence.rejected, lines)
    found = f"{fmt.count(evidence.rejected)} ({_percent(part)})"
    says = NOT if _over(part, limits.error) else SUFFICIENT
    return WORDS.sentence("rule_rejected"), f"{limits.error:g}%", found, says


def _worst(counted: Counted, limits: ReliabilityLimits) -> list[Row]:
    """Return a rule for each check of severity error, by the larger of rows and dollars."""
    found = []
    for row in counted.by_check.itertuples():
        if row.severity != "error":
            continue
        by_rows, by_dollars = 100 * row.share, 100 * row.touched_share
        over = _over(by_rows, limits.error) or _over(by_dollars, limits.error)
        told = WORDS.sentence(
            "rows_and_dollars", rows=_percent(by_rows), dollars=_percent(by_dollars)
        )
        found.append((row.id, f"{limits.error:g}%", told, NOT if over else SUFFICIENT))
    return found


def _together(counted: Counted, limits: ReliabilityLimits) -> list[Row]:
    by_rows = 100 * share(counted.errors, counted.rows)
    by_dollars = 100 * share(counted.errors_touched, counted.touched)
    over = _over(by_rows, limits.error) or _over(by_dollars, limits.error)
    told = WORDS.sentence("rows_and_dollars", rows=_percent(by_rows), dollars=_percent(by_dollars))
    rule = WORDS.sentence("rule_together")
    return [(rule, f"{limits.error:g}%", told, NOT if over else SUFFICIENT)]


def _traced(evidence: OtherEvidence, limits: ReliabilityLimits) -> Row:
    rule, limit = WORDS.sentence("rule_traced"), f"{limits.traced:g}%"
    if evidence.traced is None:
        says = UNDETERMINED if "tracing" in limits.needed else SUFFICIENT
        return rule, limit, WORDS.sentence("nothing_traced"), says
    low, high = evidence.traced
    says = NOT if low > limits.traced else UNDETERMINED if high > limits.traced else SUFFICIENT
    return rule, limit, f"{_percent(low)} to {_percent(high)}", says


def _unusual(counted: Counted, limits: ReliabilityLimits) -> Row:
    by_rows = 100 * share(counted.unusual, counted.rows)
    by_dollars = 100 * share(counted.unusual_touched, counted.touched)
    over = _over(by_rows, limits.unusual) or _over(by_dollars, limits.unusual)
    told = WORDS.sentence("rows_and_dollars", rows=_percent(by_rows), dollars=_percent(by_dollars))
    says = UNDETERMINED if over else SUFFICIENT
    return WORDS.sentence("rule_unusual"), f"{limits.unusual:g}%", told, says


def _unasked(evidence: OtherEvidence) -> Row:
    found = ", ".join(evidence.unasked) or WORDS.sentence("none_unasked")
    return WORDS.sentence("rule_unasked"), fmt.MISSING, found, SUFFICIENT
