"""Whether an auditor's prose says that a recommendation is closed, resolved or open.

What is conditional, asked for, denied or to come says nothing of how a recommendation stands.
"""

import re
from dataclasses import dataclass
from datetime import date

from coee_nb.engines.datewords.periods import Period, find_periods
from coee_nb.engines.datewords.styles import FEDERAL, DateStyle
from coee_nb.recommendations.columns import CLOSED_STATUSES
from coee_nb.recommendations.narratives.narrative import Narrative
from coee_nb.recommendations.sources.words import ends_dates

CLOSED, NOT_DONE = CLOSED_STATUSES
_UNDONE = (
    r"(?:not[- ]implemented|unimplemented|no longer (?:valid|applicable)"
    r"|without (?:its? )?(?:being |having been )?implement\w*)"
)
# Where two begin at the same word, the one named first is taken.
_STANDINGS = {
    "unresolved": r"unresolved|not (?:yet )?(?:been )?(?:considered )?(?:to be )?resolved",
    "resolved and open": r"resolved(?! and closed)[^.;]{0,60}?\bopen\b"
    r"|open,? (?:and|but|-) ?resolved",
    NOT_DONE: r"clos(?:ed|ing)(?: it| (?:the|this|our) recommendations?)?(?:,| and| as| -|-)* ?"
    rf"{_UNDONE}",
    CLOSED: r"clos(?:ed|ing)(?:,? (?:and|as|-) ?(?:fully )?(?:implemented|resolved))?",
    "open": r"(?:remains?|is|are|still|consider(?:ed|s)?|stays?|kept|this recommendation|it)"
    r"(?: (?:it|still|now|to be|as|this recommendation))* open"
    r"(?!,? (?:and|but|-) ?resolved)|re-?opened",
}
_NAMES = tuple(_STANDINGS)
_WORDS = re.compile("|".join(rf"(?P<s{i}>\b(?:{w})\b)" for i, w in enumerate(_STANDINGS.values())))
_CLAUSE = re.compile(r"[;:]|, (?:and|which|so|yet)\b|\b(?:but|although|however|while)\b")
_UNREAL = re.compile(
    r"\b(?:once|when(?:ever)?|until|unless|if|whether|upon|after (?:we|receiv\w+|review\w*)|will"
    r"|would|should|could|may(?! \d)|might|can|shall|must|to (?:be|close)|before|prior to"
    r"|request\w*|according to (?!our\b|gao\b|oig\b)|close to|nearly|almost"
    r"|ask(?:s|ed|ing)?|seek\w*|sought|propos\w+|suggest\w*|wants?|pending|not|never|cannot"
    r"|no|neither|nor|plans?|intends?|expects?|ready|eligible|criteria|closure of"
    r"|(?!(?:gao|oig|office)\b)\w+ considers|believes?"
    r"|(?:report|inform|claim|assert|indicat|maintain|argu|contend|mark|list|show|stat)(?:s|ed|es)"
    r"|told|said|says|view|opinion|hop(?:es?|ed))\b"
)
_HEDGED = re.compile(r" in error\b|[^.;]{0,6}\b(?:once|when|upon|after|until|if|unless)\b")
# What led to a closure that has been made: "After we received the policy, we closed".
_LED = re.compile(
    r"^\W*(?:after|upon|when|once|as soon as)\b[^;]*, (?=(?:we|gao|oig) (?:\w+ly |have |has )*$)"
)
# Others than this one: a similar recommendation, three of the four recommendations.
_OTHERS = re.compile(
    r"\b(?:similar|another|other|prior|previous|earlier|related|different) (?:\w+ ){0,3}"
    r"recommendation|\brecommendations\b"
    r"|\b(?:file|case|ticket|review|audit)s? (?:on|of|for|about|under) (?:\w+ )?recommendation"
)
# "CBP closed this recommendation": only the auditor closes one.
_CLOSES = re.compile(r" (?:it|(?:(?:the|this|our|these) )?recommendations?)\b")
_AUDITOR = re.compile(r"\b(?:we|gao|oig|our office|inspector general|auditors?)\b|^\W*$")
# Why it was closed, where not because it was done.
_NOT_FOR_DONE = re.compile(
    r"\b(?:not|never|no longer|without|unable|declin\w*|disagree\w*|supersed\w*|overtaken"
    r"|obsolete|moot|abolish\w*|repeal\w*|unimplemented|replaced|administrativ\w*"
    r"|accept\w* the risk|refus\w*|expired)\b"
)
# "closed this recommendation on"; "On June 3, 2022, we closed".
_ON_AFTER = re.compile(
    r"(?: it| (?:the|this|our) recommendation)?(?: as (?:fully )?\w+)?,? ?"
    r"(?:on|in|as of|effective|since):? |[: (]+"
)
_ON_BEFORE = re.compile(r"(?:^|, and |[;:] )\W*(?:on|in|as of|effective) $")
_WHO = re.compile(
    r",? (?:(?:we|gao|oig|the|this|our|recommendation|\d+|is|was|were|has|have|been|therefore|it"
    r"|considered|resolved|and) ?)*"
)
# A recommendation, not a port, is closed: what stands before and what after the word.
_OF_IT = re.compile(
    r"\brecommendations?\b|\bresolved and $|^\W*$"
    r"|\b(?:it|this|status)(?: is| was| has been| to be| as|:| now| therefore| considered)* $"
    r"|\b(?:we|gao|oig)(?: (?:have|has|are|is|consider\w*|therefore|now|it|this|since|then))* $"
)
_ENDS = re.compile(
    r" (?:it|(?:(?:the|this|our|these) )?recommendations?)\b|\W*$|[.,;:()]"
    r"| (?:and|as|on|in|by|effective|because|since|with|based|for|at|when|once)\b"
)

# Wordings that leave nothing to be done, though not always the word of a status.
_FINISHED = re.compile(
    r"\bclosed ?[-,]? ?(?:as )?(?:not )?implemented"
    r"|\brecommendation (?:is|was|has been|are) (?:now |therefore )?(?:considered )?(?:to be )?"
    r"(?:\w+ and )?(?:closed|(?:fully )?implemented)"
    r"|\b(?:clos(?:ed|ing)|consider(?:s|ed)?) (?:this|the|our) recommendation (?:as |to be |is )?"
    r"(?:\w+ and )?(?:closed|(?:fully )?implemented)"
    r"|\b(?:we|gao|oig) (?:have |has |are |is )?(?:now |therefore )?clos(?:ed|ing) (?:this|the)"
    r" recommendation|\bfully (?:implemented|addressed) (?:this|the|our) recommendation"
    r"|\b(?:meet|met|satisf|fulfil)\w* the intent of (?:this|the|our) recommendation"
)
_STATUS = re.compile(r"\bstatus: (?P<words>[^.;]*)")
_STILL_OPEN = re.compile(
    r"\b(?:remains? open|will|would|should|to close|can be closed|once|when|until|if|whether|before"
    r"|upon|extent|ecd|plan(?:s|ned)?|not (?:yet|fully|met?|satisf\w*)|partially|determine)\b"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a recommendation stands: the log's word, the text's own words from offset ``start``.

    ``on`` is the day from which it holds, where the words of a closure give one; of a month it is
    the last day, and ``on_from`` the first.
    """

    word: str
    span: str
    start: int
    on: date | None = None
    on_from: date | None = None


def find_standing(text: str, style: DateStyle = FEDERAL) -> Standing | None:
    """Return the last thing a text says of how the recommendation stands, None if nothing.

    >>> find_standing("It is open and resolved. Once done, we will consider it closed.").word
    'resolved and open'
    >>> find_standing("We closed the recommendation on June 3, 2022.").on
    datetime.date(2022, 6, 3)
    """
    told, found = Narrative(text), None
    for sentence in told.sentences:
        here = None
        for match in _WORDS.finditer(told.lower, *sentence):
            word = _NAMES[int(str(match.lastgroup)[1:])]
            if here and here.word in ("unresolved", "resolved and open") and word == "open":
                continue  # "is not resolved and will remain open"
            if _said(told.lower, sentence, match, word):
                start, end = told.original(*match.span())
                day = _day(told, sentence, match, style) if word in (CLOSED, NOT_DONE) else None
                days = (day.due, day.starts) if day else ()
                here = Standing(word, told.source[start:end], start, *days)
                if word == CLOSED and _NOT_FOR_DONE.search(told.lower, match.end(), sentence[1]):
                    return None  # closed, and not said to be done
        found = here or found
    return found


def says_closed(told: Narrative) -> bool:
    """Tell whether a narrative says, without an if, that nothing is left to be done.

    >>> says_closed(Narrative("Status: Fully Implemented")), says_closed(Narrative("Status: Open"))
    (True, False)
    """
    # A response page gives its newest status first.
    status = _STATUS.search(told.lower)
    closed, labelled = False, bool(status and ends_dates(status["words"]))
    for start, end in told.sentences:
        sentence = told.lower[start:end]
        if _FINISHED.search(sentence):
            closed = not _STILL_OPEN.search(sentence)
        elif "remains open" in sentence or "remain open" in sentence:
            closed = labelled = False
    standing = find_standing(told.source) if "clos" in told.lower else None
    return closed or labelled or bool(standing and standing.word in CLOSED_STATUSES)


def _said(lower: str, sentence: tuple[int, int], match: re.Match, word: str) -> bool:
    """Tell what is so from what is asked for, denied or to come, in its clause."""
    before = _LED.sub("", lower[sentence[0] : match.start()])
    clause = _CLAUSE.split(before)[-1]
    lead = re.match(r"\W*(?:once|when|if|upon|after|until|unless)\b", before)
    if word in (CLOSED, NOT_DONE):
        hedged = _UNREAL.search(clause) or lead or _HEDGED.match(lower, match.end(), sentence[1])
        after = lower[match.end() : sentence[1]]
        asked = lower.startswith("?", len(lower[: sentence[1]].rstrip()) - 1)
        if asked or before.count('"') % 2 or _OTHERS.search(before):
            return False  # asked; quoted, hence another's word; or of another recommendation
        if _CLOSES.match(after) and not _AUDITOR.search(clause):
            return False
        ours = _OF_IT.search(clause) or re.match(r" (?:the|this|our) recommendation", after)
        return bool(ours and _ENDS.match(after) and not hedged)
    unreal = r"\b(?:not|if|whether|would|should|could|to be|will consider [\w ]*) \W*$"
    return not (lead or re.search(unreal, clause))


def _day(
    told: Narrative, sentence: tuple[int, int], match: re.Match, style: DateStyle
) -> Period | None:
    """Return the day or month that the words of a closure date, not another one beside it."""
    for period in find_periods(told.text[slice(*sentence)], style):
        start, end = period.start + sentence[0], period.end + sentence[0]
        after = _ON_AFTER.fullmatch(told.lower, match.end(), max(start, match.end()))
        led = _ON_BEFORE.search(told.lower[sentence[0] : start])
        before = led and _WHO.fullmatch(told.lower, end, max(end, match.start()))
        if period.precision in ("day", "month") and (after or before):
            return period
    return None
