"""The dates by which a status narrative says the agency will finish, and when it said so."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from coee_nb.engines.datewords.periods import Period, name_periods
from coee_nb.engines.datewords.styles import FEDERAL, DateStyle
from coee_nb.recommendations.narratives.cues import Cue, find_cues
from coee_nb.recommendations.narratives.mentions import Mention, find_mentions
from coee_nb.recommendations.narratives.narrative import Narrative
from coee_nb.recommendations.narratives.strength import (
    PURPOSED,
    STARTED,
    WAS_BEFORE,
    WITHDRAWN,
    commitment_strength,
)
from coee_nb.recommendations.narratives.updates import AUDITOR, Updates
from coee_nb.recommendations.narratives.withdrawals import find_endings

_FORMER_AFTER = re.compile(r" \((?:original|previous|former|initial|superseded)")
_BARE_LABEL = re.compile(r"(?<!\w )completion date: ?$|^completion date: ?$")
_DATELINE_AFTER = re.compile(r"\]?(?: (?:status )?update)?\]?\)? ?(?::|-)")
_FORMER = re.compile(
    r"\b(?:originally|previously|formerly|initially|original|previous|prior|former|earlier"
    r"|instead of|rather than|did not meet|missed"
    r"|had (?:been )?(?:planned|expected|anticipated|estimated|intended|hoped|scheduled|due))\b"
)
_WAS = re.compile(r"\b(?:was|were|had been|used to be)(?: \w+)? $")
_NOW = re.compile(r"\b(?:now|new|revised|updated|current|currently|has since|instead)\b")
_MOVED = re.compile(
    r"\b(?:extend|revis|mov|push|chang|slip|delay|postpon|reschedul|updat|deferr?|shift|adjust|reset)"
    r"(?:ed|ped|d)?(?: back| out| right)?(?: [\w-]+){0,3} (?:to|until|through|till) (?:the )?$"
)
# After it something else is said than what was taken back.
_TURN = re.compile(r"[;:]|\b(?:and|but|now|instead|then|however|although|with|new|revised)\b")
_MILESTONE = re.compile(
    r"\b(?:drafts?|review|pilot|phases?|first|initial|interim|milestones?|begin|start|initiat\w+|award"
    r"|hir(?:e|ing)|contract|baseline|working group|meetings?|assessment|study|survey|clearance)\b"
)


@dataclass(frozen=True, slots=True)
class Commitment:
    """A period by which something is to be done; ``text[start:period.end]`` says it.

    ``strength`` says how strongly (see ``commitment_strength``; WITHDRAWN has no period); ``told``
    is the last day of the update's own date, date.min where it has none; ``bound`` is "due" or
    "not_before"; ``former`` marks a date given up; ``kind`` is "action" or "milestone".
    """

    period: Period | None
    start: int
    strength: int
    told: date
    bound: str = "due"
    former: bool = False
    kind: str = "action"
    words_end: int = 0

    @property
    def dated(self) -> Period:
        """The period, where there is one: a withdrawal has none."""
        if self.period is None:
            raise ValueError("a withdrawal has no period")
        return self.period

    @property
    def end(self) -> int:
        """Where the words of the commitment, or of what takes it back, end."""
        return self.period.end if self.period else self.words_end


def find_commitments(
    narrative: Narrative, style: DateStyle = FEDERAL, voice: str = AUDITOR
) -> tuple[Commitment, ...]:
    """Return the commitments of a narrative in order, each with the date of the update it is in.

    ``voice`` says whose words it is (auditor or agency) where no heading says so.
    """
    periods = name_periods(narrative.text, style)
    updates = Updates(narrative, periods, voice)
    narrative = updates.in_third_person(narrative)
    commitments, told = [], date.min
    for sentence, inside in _by_sentence(narrative, periods):
        cues = _cues(narrative, updates, sentence, inside) if inside else ()
        given = []
        for mention in find_mentions(narrative.lower, inside, cues, sentence):
            heading = updates.told(mention.period.start)
            strength = None if updates.heads(mention.period) else commitment_strength(mention)
            if strength is not None and not (
                strength == PURPOSED and mention.period.due <= (heading or told)
            ):
                given.append(_commitment(mention, strength, heading or told))
            elif _tells(mention):
                told = mention.period.due
        commitments += _with_endings(narrative.lower, sentence, given, updates, told)
    asserted = [_unless_asserted(narrative.lower, updates, each) for each in commitments]
    return tuple(_unless_revised(narrative.lower, asserted))


def _by_sentence(
    narrative: Narrative, periods: tuple[Period, ...]
) -> Iterator[tuple[tuple[int, int], list[Period]]]:
    starts = [period.start for period in periods]
    for start, end in narrative.sentences:
        inside = periods[bisect_left(starts, start) : bisect_left(starts, end)]
        yield (start, end), list(inside)


def _cues(
    narrative: Narrative, updates: Updates, sentence: tuple[int, int], periods: list[Period]
) -> tuple[Cue, ...]:
    """Return a sentence's cues outside its dates; what an agency itself agrees to is promised."""
    start, end = sentence
    dated = {at for period in periods for at in range(period.start, period.end)}
    by_agency = updates.agency_speaks(end - 1)
    found = find_cues(narrative.text[start:end], narrative.lower[start:end], by_agency=by_agency)
    moved = (replace(cue, start=cue.start + start, end=cue.end + start) for cue in found)
    return tuple(cue for cue in moved if cue.start not in dated)  # the month of May is no "may"


def _tells(mention: Mention) -> bool:
    """Tell whether a date that commits to nothing is the date of an update."""
    if mention.link == "told":
        return mention.lower.startswith(("as ", "updated "), mention.start)
    at_head = mention.period.start <= mention.sentence[0] + 12
    if at_head and _DATELINE_AFTER.match(mention.lower, mention.period.end):
        return True
    if mention.dates_document:
        return True
    if mention.before and mention.before[-1].kind == "report":
        return mention.start - mention.before[-1].end <= 12
    return mention.leads and mention.link == "in" and bool(mention.after)


def _commitment(mention: Mention, strength: int, told: date) -> Commitment:
    lower, start = mention.lower, mention.start
    entry = lower.endswith((": ", ":"), 0, mention.period.start)
    clause = lower[max(mention.sentence[0], start - (60 if entry else 120)) : start]
    clause = re.split(r"[;,] (?:but|and|however|it|now)\b|\b(?:but|however|now)\b", clause)[-1]
    tied = mention.link in ("by", "in", "not_before")
    return Commitment(
        mention.period,
        start if tied else mention.period.start,
        strength,
        told,
        "not_before" if mention.earliest else "due",
        mention.link == "from"
        or bool(WAS_BEFORE.search(lower, max(0, start - 30), mention.period.start))
        or bool(_FORMER.search(clause) or _FORMER_AFTER.match(lower, mention.period.end)),
        "milestone" if strength == STARTED or _MILESTONE.search(clause[-90:]) else "action",
    )


def _with_endings(
    lower: str, sentence: tuple[int, int], given: list[Commitment], updates: Updates, told: date
) -> list[Commitment]:
    """Put what ends a date among a sentence's commitments; the date it names is a former one."""
    for ending in find_endings(lower, sentence):
        if ending.weak and any(each.start < ending.start for each in given):
            continue
        if any(each.bound == "not_before" and each.start >= ending.end for each in given):
            continue  # "it will not implement this before 2026"
        when = updates.told(ending.start) or told
        given = [_named_by(lower, ending.end, each) for each in given]
        given.append(Commitment(None, ending.start, WITHDRAWN, when, words_end=ending.end))
    return sorted(given, key=lambda each: each.start)


def _named_by(lower: str, end: int, commitment: Commitment) -> Commitment:
    """Mark a date that the words ending at ``end`` take back: withdrew its date of May 2024."""
    between = lower[end : commitment.start]
    named = commitment.start >= end and commitment.period and not _TURN.search(between)
    return replace(commitment, former=True) if named else commitment


def _unless_asserted(lower: str, updates: Updates, commitment: Commitment) -> Commitment:
    """Withdraw the estimate where completion is asserted: "Completion Date: X", told after X.

    A response page calls its estimates estimated, so its plain completion dates are assertions.
    """
    label = _BARE_LABEL.search(lower[max(0, commitment.start - 30) : commitment.start])
    if not label or not commitment.period:
        return commitment
    on_page = updates.told(commitment.start) is not None
    if not on_page and commitment.period.due > commitment.told:
        return commitment
    return Commitment(
        None, commitment.start, WITHDRAWN, commitment.told, words_end=commitment.period.end
    )


def _unless_revised(lower: str, commitments: list[Commitment]) -> Iterator[Commitment]:
    """Mark a date as given up where the next is what it became: was May, extended to June."""
    for commitment, after in zip(commitments, [*commitments, None][1:], strict=True):
        if not (after and commitment.period and after.period and commitment.told == after.told):
            yield commitment
            continue
        between = lower[commitment.period.end : after.period.start]
        was = _WAS.search(lower[max(0, commitment.start - 30) : commitment.period.start])
        revised = _MOVED.search(between) or (was and _NOW.search(between))
        gone = revised and between.count(". ") < 2 and not after.former
        yield replace(commitment, former=True) if gone else commitment
