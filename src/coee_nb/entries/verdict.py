"""The verdict on the data: fit for the stated purpose, by rules stated beforehand.

The three answers are those of GAO, Assessing Data Reliability (GAO-20-283G): sufficiently
reliable, not sufficiently reliable, or of undetermined reliability, for the stated purpose. GAO
sets no numbers: the limits are the parameters', and the page shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from coee_nb import formats as fmt
from coee_nb.entries.checks import NAMES
from coee_nb.entries.reliability import Counted, share
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.entries")
SUFFICIENT, NOT, UNDETERMINED = (
    "sufficiently reliable",
    "not sufficiently reliable",
    "undetermined",
)
NOTHING = fmt.MISSING  # what a rule says that is there to be read, and decides nothing
Needed = Literal["control_totals", "tracing"]
SHOWN = 6  # months that a rule names
EVIDENCE: tuple[Needed, ...] = ("control_totals", "tracing")


@dataclass(frozen=True)
class ReliabilityLimits:
    """From where on a problem decides, in percent of the rows or of the money.

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
    totals in percent of them, None where none were supplied, and ``measures`` what these are of;
    ``traced``: the interval of the
    share of wrong values among those traced, in percent, None where nothing was traced;
    ``unasked``: what checks would find that could not be asked; ``years`` and ``months`` asked for
    without a row; ``units`` of the list without one.
    """

    loaded: int
    rejected: int = 0
    difference: float | None = None
    measures: tuple[str, ...] = ()
    traced: tuple[float, float] | None = None
    unasked: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    months: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataVerdict:
    """The ``answer``, its sentence ``text``, and ``rules``: rule, limit, found, says, decides."""

    answer: str
    text: str
    rules: pd.DataFrame


def judge(
    counted: Counted,
    evidence: OtherEvidence,
    limits: ReliabilityLimits,
    *,
    purpose: str,
    names: Mapping[str, str] = NAMES,
) -> DataVerdict:
    """Return the verdict: the first answer against the data wins, then what cannot be told.

    Rules, each with its limit: there are rows, and rows of every fiscal year asked for; control
    totals agree; lines rejected; every check of severity error by rows and by money, alone and
    together; values traced; unusual values; the evidence that is needed is there. ``names`` are
    the sheet's words, as `Asked.said` has them.
    """
    said = RuleWords(names)
    rules = [
        _rows(counted, said),
        _years(evidence, said),
        _units(evidence, said),
        _control(evidence, limits, said),
        _rejected(evidence, limits, said),
        *_worst(counted, limits, said),
        _all(counted, "errors", "rule_together", limits.error, NOT, said),
        _traced(evidence, limits, said),
        _all(counted, "unusual", "rule_unusual", limits.unusual, UNDETERMINED, said),
        _unasked(evidence, said),
    ]
    frame = pd.DataFrame(rules, columns=["rule", "limit", "found", "says", "reason"])
    says = set(frame["says"])
    answer = NOT if NOT in says else UNDETERMINED if UNDETERMINED in says else SUFFICIENT
    frame["decides"] = (frame["says"] == answer) & (answer != SUFFICIENT)
    reasons = list(frame["reason"][frame["decides"]])
    name = {SUFFICIENT: "sufficient", NOT: "not_sufficient", UNDETERMINED: "undetermined"}[answer]
    text = WORDS.sentence(f"verdict_{name}", purpose=purpose, reason="".join(reasons[:1]))
    if reasons[1:]:
        text += " " + WORDS.sentence("verdict_also", reasons="; ".join(reasons[1:]))
    return DataVerdict(answer, text, frame.drop(columns="reason"))


Row = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class RuleWords:
    """Puts a rule into the words of the sheet."""

    names: Mapping[str, str]

    def __call__(self, sentence: str, **values: str) -> str:
        """Return a sentence of the wording."""
        return WORDS.sentence(sentence, **{**self.names, **values})

    def row(self, rule: str, limit: str, found: str, says: str) -> Row:
        """Return the line of a rule, whose reason is its name and what was found."""
        named = self(rule)
        return named, limit, found, says, f"{named[0].lower()}{named[1:]}: {found}"

    def shares(self, failing: int, rows: float, money: float, *, of: str = "all_rows") -> str:
        """Return how many rows fail, their share of those a sentence tells, and of the money."""
        values = {"by_rows": _percent(rows), "by_money": _percent(money), "of": self(of)}
        return self("rows_and_money", n=fmt.count(failing), **values)


def _percent(value: float) -> str:
    return fmt.MISSING if fmt.is_missing(value) else f"{fmt.half_up(value, 2)}%"


def _over(value: float, limit: float) -> bool:
    return not fmt.is_missing(value) and value > limit


def _rows(counted: Counted, said: RuleWords) -> Row:
    says = SUFFICIENT if counted.rows else UNDETERMINED
    return said.row("rule_rows", "1", fmt.count(counted.rows), says)


def _years(evidence: OtherEvidence, said: RuleWords) -> Row:
    """Return the rule of the years asked for; months without rows are told beside."""
    told = [", ".join(map(str, evidence.years)) or said("none_lacks")]
    if evidence.months:
        few = ", ".join(evidence.months[:SHOWN]) + ("" if len(evidence.months) <= SHOWN else " …")
        told.append(said("months_without", n=fmt.count(len(evidence.months)), which=few))
    says = UNDETERMINED if evidence.years else SUFFICIENT
    return said.row("rule_years", fmt.MISSING, "; ".join(told), says)


def _units(evidence: OtherEvidence, said: RuleWords) -> Row:
    found = ", ".join(evidence.units) or said("none_lacks")
    return said.row("rule_units", fmt.MISSING, found, NOTHING)


def _control(evidence: OtherEvidence, limits: ReliabilityLimits, said: RuleWords) -> Row:
    off = evidence.difference
    if off is None:
        needed = "control_totals" in limits.needed
        says = UNDETERMINED if needed else NOTHING
        return said.row("rule_control", "0%", said("no_control_totals"), says)
    says = NOT if off > limits.error else UNDETERMINED if off > 0 else SUFFICIENT
    limit = said("control_limit", most=f"{limits.error:g}%")
    compared = ", ".join(map(said.names.__getitem__, evidence.measures))
    return said.row("rule_control", limit, f"{_percent(off)} ({compared})", says)


def _rejected(evidence: OtherEvidence, limits: ReliabilityLimits, said: RuleWords) -> Row:
    lines = evidence.loaded + evidence.rejected
    part = 100 * share(evidence.rejected, lines)
    found = f"{fmt.count(evidence.rejected)} ({_percent(part)})"
    says = NOT if _over(part, limits.error) else SUFFICIENT
    return said.row("rule_rejected", f"{limits.error:g}%", found, says)


def _worst(counted: Counted, limits: ReliabilityLimits, said: RuleWords) -> list[Row]:
    """Return a rule for each check of severity error, by the larger of rows and money."""
    found = []
    for row in counted.by_check.itertuples():
        if row.severity != "error":
            continue
        by_rows, by_money = 100 * row.share, 100 * row.touched_share
        over = _over(by_rows, limits.error) or _over(by_money, limits.error)
        of = "all_rows" if row.of == counted.rows else "rows_asked"
        told = said.shares(row.failing, by_rows, by_money, of=of)
        says = NOT if over else SUFFICIENT if row.of else NOTHING
        reason = said("check_fails", shares=told, question=row.question)
        found.append((row.question, f"{limits.error:g}%", told, says, reason))
    return found


def _all(
    counted: Counted, severity: str, rule: str, limit: float, over: str, said: RuleWords
) -> Row:
    """Return the rule of all rows that fail any check of a severity; ``over``: what then holds."""
    failing = getattr(counted, severity)
    by_rows = 100 * share(failing, counted.rows)
    by_money = 100 * share(getattr(counted, f"{severity}_touched"), counted.touched)
    says = over if _over(by_rows, limit) or _over(by_money, limit) else SUFFICIENT
    return said.row(rule, f"{limit:g}%", said.shares(failing, by_rows, by_money), says)


def _traced(evidence: OtherEvidence, limits: ReliabilityLimits, said: RuleWords) -> Row:
    limit = f"{limits.traced:g}%"
    if evidence.traced is None:
        says = UNDETERMINED if "tracing" in limits.needed else NOTHING
        return said.row("rule_traced", limit, said("nothing_traced"), says)
    low, high = evidence.traced
    says = NOT if low > limits.traced else UNDETERMINED if high > limits.traced else SUFFICIENT
    return said.row("rule_traced", limit, f"{_percent(low)} to {_percent(high)}", says)


def _unasked(evidence: OtherEvidence, said: RuleWords) -> Row:
    found = "; ".join(evidence.unasked) or said("none_unasked")
    return said.row("rule_unasked", fmt.MISSING, found, NOTHING)
