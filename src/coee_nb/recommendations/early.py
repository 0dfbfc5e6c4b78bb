"""The days that a text tells as past: a file cannot have been current before them."""

from __future__ import annotations

import re
from datetime import date

from coee_nb.engines.datewords.periods import Period, find_periods
from coee_nb.engines.datewords.styles import FEDERAL, DateStyle
from coee_nb.errors import InputError
from coee_nb.formats import day
from coee_nb.recommendations.narratives.narrative import Narrative
from coee_nb.recommendations.sources.reading import Reading

# What a clause says as a fact, and what turns it, or what follows in it, to the future.
_PAST = re.compile(
    r"\b(?:said|stated|told|reported|provided|informed|issued|published|completed|closed|submitted"
    r"|responded|confirmed|noted|verified|received|reviewed|implemented|finalized|approved)\b"
)
_TO_COME = re.compile(
    r"\b(?:will|would|shall|should|plan(?:s|ned)?|expect(?:s|ed)?|anticipat(?:es|ed)|intends?"
    r"|is to|are to|to be)\b"
)
_AHEAD = re.compile(
    rf"{_TO_COME.pattern}|\b(?:must|may|might|could|can|estimat(?:es|ed)|target(?:s|ed)?"
    r"|projected|scheduled|proposed|hopes?|once|when|if|until|unless|ecd|due|deadline)\b"
)
_CLAUSE = re.compile(r"[^.;]{0,120}")
_LAST_CLAUSE = re.compile(r"[^.;:]*$")
# How a sentence begins that tells of a day.
_OPENS = re.compile(r"(?:^|[.;:!?)\]] |\n)(?P<words>(?P<as_of>As (?:of|at) )|(?:On|In) )$")
# The last update's own day, its letter, or since when something is so.
_STAMP = re.compile(
    r"(?:^|[.;:!?)(\[] ?|\n)(?P<words>(?:status|position|progress|updated?) as (?:of|at) "
    r"|updated?(?: on|:| -)? \(?)$"
    r"|\b(?P<dated>(?:letter|e-?mail|memo(?:randum)?|response|reply|report|update) dated )$"
    r"|\b(?P<since>(?:has|have|had) (?:[\w-]+ ){1,6}since )$",
    re.IGNORECASE,
)
_STAMP_AFTER = re.compile(r" (?:status )?update\b[^.;]{0,20}[:-]", re.IGNORECASE)
_HEAD = re.compile(r"(?:^|[.!?\])] |\n)[\[(]?$")
# What somebody said or did on that day, with nothing between that turns to another day.
_ACTOR = (
    r"(?:we|it|they|he|she|gao|oig|officials?|management|staff|agency|department|office|bureau"
    r"|division|unit|ministry|council|board|city|county|state)"
)
_SAID = r"(?:told|informed|notified|advised|briefed)(?: us| gao| (?:the )?oig| the auditors?)?"
_DID = (
    r"(?:received|provided|submitted|completed|closed|issued|published|finali[sz]ed|approved"
    r"|implemented|adopted|signed|reviewed|verified|confirmed|reported|stated|said|responded|met)"
)
_OBJECT = r"(?:its?|the|an?|this|that|these|our|their|us|gao|oig|documentation|evidence|training)"
_BETWEEN = (
    r"(?:(?!(?:that|which|who|to|for|with|showing|ending|beginning|starting|schedules?|timelines?"
    r"|plans?|planned|target|completion|dates?|deadlines?|milestones?|phases?|estimates?|proposal)"
    r"\b)[\w'/-]+ ){0,7}"
)
_DONE_ON = re.compile(
    rf"\b(?P<words>(?:{_SAID} |{_ACTOR} (?:also |then |\w+ly )?{_DID} |{_DID} (?={_OBJECT}\b)"
    rf"|(?:was|were|(?:has|have|had) been) (?:\w+ly )?{_DID} ){_BETWEEN}(?:in|on|as of|dated) )$"
)
_WHOLE = re.compile(r"(?:^|[.!?] |\n)(?P<words>(?:implemented|completed|closed)(?: on| in|:)? )$")


def refuse_early(reading: Reading) -> None:
    """Raise InputError where the text tells as past what comes after the day it was current.

    Told as past is what a sentence begins with ("As of May 2024, ...", "In May 2024, officials
    stated ..."), the day of an update or letter, and what somebody is said to have done on that day
    ("we received it in May 2024"), unless the clause speaks of what is planned. A month counts as
    over only where it had begun.
    """
    for row in reading.rows:
        narrative = Narrative(row["narrative"])
        for period, quoted in told_past(narrative, after=reading.as_of, style=row["style"]):
            raise InputError(
                f"{quoted!r} is told as past, and comes after {day(reading.as_of)}",
                where=row["where"],
                expected="the day on which the file was current, no earlier than what it tells",
                do=f"give --as-of {period.due} or later",
            )


def told_past(
    narrative: Narrative, *, after: date, style: DateStyle = FEDERAL
) -> list[tuple[Period, str]]:
    """Return the days and months, begun after ``after``, told as past, with the words that do.

    >>> told = Narrative("The office told us in May 2024 that it will end in June 2024.")
    >>> [words for _, words in told_past(told, after=date(2024, 1, 31))]
    ['told us in May 2024']
    """
    found = []
    for period in find_periods(narrative.text, style):
        if period.precision not in ("day", "month") or period.starts <= after:
            continue
        start = _told_from(narrative, period)
        if start is not None:
            found.append((period, narrative.text[start : period.end].strip()))
    return found


def _told_from(narrative: Narrative, period: Period) -> int | None:
    """Where the words begin that tell a day as past; None where none do."""
    text, before = narrative.text, narrative.text[: period.start]
    clause = _CLAUSE.match(text, period.end)
    said = clause.group() if clause else ""
    opening = _OPENS.search(before)
    if opening and (opening["as_of"] or _PAST.search(said)):
        return None if _TO_COME.search(said) else opening.start("words")
    stamp = _STAMP.search(before)
    if stamp:
        return stamp.start(str(stamp.lastgroup))
    if _HEAD.search(before) and _STAMP_AFTER.match(text, period.end):
        return period.start
    whole = _WHOLE.search(narrative.lower[: period.start])
    if whole and re.match(r"\W*(?:$|[.;])", text[period.end :]):
        return whole.start("words")
    floor = max(0, period.start - 160)
    done = _DONE_ON.search(narrative.lower[floor : period.start])
    if done is None:
        return None
    lead = _LAST_CLAUSE.search(narrative.lower[floor : floor + done.start("words")])
    turned = _AHEAD.search(re.split(r", ", lead.group() if lead else "")[-1])
    between = _AHEAD.search(done["words"])
    return None if turned or between else floor + done.start("words")
