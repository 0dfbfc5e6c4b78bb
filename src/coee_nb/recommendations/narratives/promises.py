"""The dates in a status narrative by which the agency promises to finish, and when it said so."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from coee_nb.recommendations.narratives.cues import Cue, find_cues
from coee_nb.recommendations.narratives.mentions import Mention, find_mentions
from coee_nb.recommendations.narratives.narrative import Narrative
from coee_nb.recommendations.narratives.periods import Period, find_periods
from coee_nb.recommendations.narratives.ranks import PURPOSED, STARTED, WITHDRAWN, rank_promise
from coee_nb.recommendations.narratives.updates import Updates

_FORMER_AFTER = re.compile(r" \((?:original|previous|former|initial|superseded)")
_BARE_LABEL = re.compile(r"(?<!\w )completion date: ?$|^completion date: ?$")
_DATELINE_AFTER = re.compile(r"\]?(?: (?:status )?update)?\]?\)? ?(?::|-)")
_UNDATED = re.compile(
    r"\b(?:ecd|the completion date|(?:estimated|expected|anticipated|planned|projected|target)"
    r" (?:completion|implementation)? ?(?:date)?)(?: \(ecd\))?(?: is| was| remains|:| -)* ?"
    r"(?:now )?(?:tbd|to be determined|unknown|undetermined|n/a|ongoing"
    r"|not (?:yet )?(?:been )?(?:determined|available|known|established|set))\b"
    r"|\b(?:has|have|had|did) (?:not|yet to) (?:yet )?(?:establish|set|determine|decid|identif)\w*"
    r"(?: on)? an? (?:new|revised|updated) (?:\w+ ){0,2}(?:date|time ?frame|timeline|schedule)\b"
    r"|\b(?:new|revised|updated) (?:\w+ ){0,2}(?:date|time ?frame|timeline|schedule)"
    r" (?:is|was|has|had) not (?:yet )?(?:been )?(?:available|set|determined|established)\b"
    r"|\bno longer (?:plan|intend|expect|anticipat)\w*"
    r"|\b(?:do|does) not (?:\w+ )?have an? (?:\w+ ){0,2}(?:estimate|date|time ?frame|timeline)\b"
)
_FORMER = re.compile(
    r"\b(?:originally|previously|formerly|initially|original|previous|prior|former|earlier"
    r"|instead of|rather than|did not meet|missed"
    r"|had (?:been )?(?:planned|expected|anticipated|estimated|intended|hoped|scheduled|due))\b"
)
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


def find_promises(narrative: Narrative) -> tuple[Promise, ...]:
    """Return the promises of a narrative in order, each with the date of the update it is in."""
    periods = find_periods(narrative.text)
    updates = Updates(narrative, periods)
    promises, told = [], date.min
    for sentence, inside in _by_sentence(narrative, periods):
        cues = _cues(narrative, updates, sentence, inside) if inside else ()
        for mention in find_mentions(narrative.lower, inside, cues, sentence):
            heading = updates.told(mention.period.start)
            rank = None if updates.heads(mention.period) else rank_promise(mention)
            if rank is not None and not (
                rank == PURPOSED and mention.period.due <= (heading or told)
            ):
                promises.append(_promise(mention, rank, heading or told))
            elif _tells(mention):
                told = mention.period.due
        promises += _withdrawn(narrative.lower, sentence, updates, told)
    return tuple(_unless_asserted(narrative.lower, updates, each) for each in promises)


def _by_sentence(
    narrative: Narrative, periods: tuple[Period, ...]
) -> Iterator[tuple[tuple[int, int], list[Period]]]:
    starts = [period.start for period in periods]
    for start, end in narrative.sentences if periods else ():
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
        or bool(_FORMER.search(clause) or _FORMER_AFTER.match(lower, mention.period.end)),
        "milestone" if rank == STARTED or _MILESTONE.search(clause[-90:]) else "action",
    )


def _withdrawn(
    lower: str, sentence: tuple[int, int], updates: Updates, told: date
) -> Iterator[Promise]:
    for match in _UNDATED.finditer(lower, *sentence):
        when = updates.told(match.start()) or told
        yield Promise(None, match.start(), WITHDRAWN, when, words_end=match.end())


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
