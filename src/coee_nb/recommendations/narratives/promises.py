"""The dates in a status narrative by which the agency promises to finish, and when it said so."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from coee_nb.recommendations.narratives.cues import Cue, find_cues
from coee_nb.recommendations.narratives.mentions import Mention, find_mentions
from coee_nb.recommendations.narratives.narrative import Narrative
from coee_nb.recommendations.narratives.periods import Period, name_periods
from coee_nb.recommendations.narratives.ranks import (
    PURPOSED,
    STARTED,
    WAS_BEFORE,
    WITHDRAWN,
    rank_promise,
)
from coee_nb.recommendations.narratives.styles import FEDERAL, DateStyle
from coee_nb.recommendations.narratives.updates import Updates
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
    r"(?:ed|ped|d)?(?: back| out)?(?: [\w-]+){0,3} (?:to|until|through|till) (?:the )?$"
)
# After it something else is said than what was taken back.
_TURN = re.compile(r"[;:]|\b(?:and|but|now|instead|then|however|although|with|new|revised)\b")
_MILESTONE = re.compile(
    r"\b(?:drafts?|review|pilot|phases?|first|initial|interim|milestones?|begin|start|initiat\w+|award"
    r"|hir(?:e|ing)|contract|baseline|working group|meetings?|assessment|study|survey|clearance)\b"
)


@dataclass(frozen=True, slots=True)
class Promise:
    """A period by which something is promised; ``text[start:period.end]`` says it.

    ``rank`` says how strongly (see ``rank_promise``; WITHDRAWN has no period); ``told`` is the
    last day of the update's own date, date.min where it has none; ``bound`` is "due" or
    "not_before"; ``former`` marks a date given up; ``kind`` is "action" or "milestone".
    """

    period: Period | None
    start: int
    rank: int
    told: date
    bound: str = "due"
    former: bool = False
    kind: str = "action"
    words_end: int = 0

    @property
    def end(self) -> int:
        """Where the words of the promise, or of what takes it back, end."""
        return self.period.end if self.period else self.words_end


def find_promises(narrative: Narrative, style: DateStyle = FEDERAL) -> tuple[Promise, ...]:
    """Return the promises of a narrative in order, each with the date of the update it is in."""
    periods = name_periods(narrative.text, style)
    updates = Updates(narrative, periods)
    promises, told = [], date.min
    for sentence, inside in _by_sentence(narrative, periods):
        cues = _cues(narrative, updates, sentence, inside) if inside else ()
        given = []
        for mention in find_mentions(narrative.lower, inside, cues, sentence):
            heading = updates.told(mention.period.start)
            rank = None if updates.heads(mention.period) else rank_promise(mention)
            if rank is not None and not (
                rank == PURPOSED and mention.period.due <= (heading or told)
            ):
                given.append(_promise(mention, rank, heading or told))
            elif _tells(mention):
                told = mention.period.due
        promises += _with_endings(narrative.lower, sentence, given, updates, told)
    asserted = [_unless_asserted(narrative.lower, updates, each) for each in promises]
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
    """Return a sentence's cues outside its dates; an agency's own "we will" is no auditor's."""
    start, end = sentence
    dated = {at for period in periods for at in range(period.start, period.end)}
    cues = []
    for cue in find_cues(narrative.text[start:end], narrative.lower[start:end]):
        moved = replace(cue, start=cue.start + start, end=cue.end + start)
        if moved.start in dated:
            continue  # the month of May is no "may"
        own = cue.kind == "auditor" and updates.agency_speaks(moved.start)
        cues.append(replace(moved, kind="forward") if own else moved)
    return tuple(cues)


def _tells(mention: Mention) -> bool:
    """Tell whether a date that promises nothing is the date of an update."""
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


def _promise(mention: Mention, rank: int, told: date) -> Promise:
    lower, start = mention.lower, mention.start
    entry = lower.endswith((": ", ":"), 0, mention.period.start)
    clause = lower[max(mention.sentence[0], start - (60 if entry else 120)) : start]
    clause = re.split(r"[;,] (?:but|and|however|it|now)\b|\b(?:but|however|now)\b", clause)[-1]
    tied = mention.link in ("by", "in", "not_before")
    return Promise(
        mention.period,
        start if tied else mention.period.start,
        rank,
        told,
        "not_before" if mention.earliest else "due",
        mention.link == "from"
        or bool(WAS_BEFORE.search(lower, max(0, start - 30), mention.period.start))
        or bool(_FORMER.search(clause) or _FORMER_AFTER.match(lower, mention.period.end)),
        "milestone" if rank == STARTED or _MILESTONE.search(clause[-90:]) else "action",
    )


def _with_endings(
    lower: str, sentence: tuple[int, int], given: list[Promise], updates: Updates, told: date
) -> list[Promise]:
    """Put what ends a date among a sentence's promises; the date it names is a former one."""
    for ending in find_endings(lower, sentence):
        if ending.weak and any(each.start < ending.start for each in given):
            continue
        if any(each.bound == "not_before" and each.start >= ending.end for each in given):
            continue  # "it will not implement this before 2026"
        when = updates.told(ending.start) or told
        given = [_named_by(lower, ending.end, each) for each in given]
        given.append(Promise(None, ending.start, WITHDRAWN, when, words_end=ending.end))
    return sorted(given, key=lambda each: each.start)


def _named_by(lower: str, end: int, promise: Promise) -> Promise:
    """Mark a date that the words ending at ``end`` take back: withdrew its date of May 2024."""
    between = lower[end : promise.start]
    named = promise.start >= end and promise.period and not _TURN.search(between)
    return replace(promise, former=True) if named else promise


def _unless_asserted(lower: str, updates: Updates, promise: Promise) -> Promise:
    """Withdraw the estimate where completion is asserted: "Completion Date: X", told after X.

    A response page calls its estimates estimated, so its plain completion dates are assertions.
    """
    label = _BARE_LABEL.search(lower[max(0, promise.start - 30) : promise.start])
    if not label or not promise.period:
        return promise
    on_page = updates.told(promise.start) is not None
    if not on_page and promise.period.due > promise.told:
        return promise
    return Promise(None, promise.start, WITHDRAWN, promise.told, words_end=promise.period.end)


def _unless_revised(lower: str, promises: list[Promise]) -> Iterator[Promise]:
    """Mark a date as given up where the next is what it became: was May, extended to June."""
    for promise, after in zip(promises, [*promises, None][1:], strict=True):
        if not (after and promise.period and after.period and promise.told == after.told):
            yield promise
            continue
        between = lower[promise.period.end : after.period.start]
        was = _WAS.search(lower[max(0, promise.start - 30) : promise.period.start])
        revised = _MOVED.search(between) or (was and _NOW.search(between))
        gone = revised and between.count(". ") < 2 and not after.former
        yield replace(promise, former=True) if gone else promise
