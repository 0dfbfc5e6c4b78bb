"""Whether an auditor's prose says that a recommendation is closed, resolved or open.

What is conditional, asked for, denied or to come says nothing of how a recommendation stands.
"""

import re
from dataclasses import dataclass
from datetime import date

from coee_nb.recommendations.narratives.narrative import Narrative
from coee_nb.recommendations.narratives.periods import find_periods

CLOSED, NOT_DONE = "closed - implemented", "closed - not implemented"
_UNDONE = r"(?:not[- ]implemented|unimplemented|no longer (?:valid|applicable))"
# Where two begin at the same word, the one named first is taken.
_STANDINGS = {
    "unresolved": r"unresolved|not (?:yet )?(?:been )?(?:considered )?(?:to be )?resolved",
    "resolved and open": r"resolved(?! and closed)[^.;]{0,60}?\bopen\b"
    r"|open,? (?:and|but|-) ?resolved",
    NOT_DONE: r"clos(?:ed|ing)(?: it| (?:the|this|our) recommendations?)?(?:,| and| as| -|-)* ?"
    rf"{_UNDONE}",
    CLOSED: r"clos(?:ed|ing)(?:,? (?:and|as|-) ?(?:fully )?(?:implemented|resolved))?",
    "open": r"(?:remains?|is|are|still|consider(?:ed|s)?|stays?|kept|this recommendation|it)"
    r"(?: (?:it|still|to be|as|this recommendation))* open"
    r"(?!,? (?:and|but|-) ?resolved)",
}
_NAMES = tuple(_STANDINGS)
_WORDS = re.compile("|".join(rf"(?P<s{i}>\b(?:{w})\b)" for i, w in enumerate(_STANDINGS.values())))
_CLAUSE = re.compile(r"[;:]|, (?:and|which|so|yet)\b|\b(?:but|although|however|while)\b")
_UNREAL = re.compile(
    r"\b(?:once|when(?:ever)?|until|unless|if|whether|upon|after (?:we|receiv\w+|review\w*)|will"
    r"|would|should|could|may(?! \d)|might|can|shall|must|to (?:be|close)|before|prior to"
    r"|request\w*|ask(?:s|ed|ing)?|seek\w*|sought|propos\w+|suggest\w*|wants?|pending|not|never|cannot|neither"
    r"|nor|plans?|intends?|expects?|ready|eligible|criteria|closure of|(?:agency|department|bureau"
    r"|management|officials?|cbp|dhs) (?:considers?|believes?|stated|said))\b"
)
_HEDGED = re.compile(r"[^.;]{0,6}\b(?:once|when|upon|after|until|if|unless)\b")
# A recommendation, not a port, is closed: what stands before and what after the word.
_OF_IT = re.compile(
    r"\brecommendations?\b|\bresolved and $|^\W*$"
    r"|\b(?:it|this|status)(?: is| was| has been| to be| as|:| now| therefore| considered)* $"
    r"|\b(?:we|gao|oig)(?: (?:have|has|are|is|consider\w*|therefore|now|it|this))* $"
)
_ENDS = re.compile(
    r" (?:it|(?:the|this|our|these) recommendations?)\b|\W*$|[.,;:()]"
    r"| (?:and|as|on|in|by|effective|because|since|with|based|for|at|when|once)\b"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a recommendation stands: the log's word, the text's own words from offset ``start``.

    ``on`` is the day from which it holds, where the sentence of a closure gives one.
    """

    word: str
    span: str
    start: int
    on: date | None = None


def find_standing(text: str) -> Standing | None:
    """Return the last thing a text says of how the recommendation stands, None if nothing.

    >>> find_standing("It is open and resolved. Once done, we will consider it closed.").word
    'resolved and open'
    >>> find_standing("We closed the recommendation on June 3, 2022.").on
    datetime.date(2022, 6, 3)
    """
    told, found = Narrative(text), None
    for sentence in told.sentences:
        for match in _WORDS.finditer(told.lower, *sentence):
            word = _NAMES[int(match.lastgroup[1:])]
            if _said(told.lower, sentence, match, word):
                start, end = told.original(*match.span())
                found = Standing(word, told.source[start:end], start, _day(told, sentence, word))
    return found


def _said(lower: str, sentence: tuple[int, int], match: re.Match, word: str) -> bool:
    """Tell what is so from what is asked for, denied or to come, in its clause."""
    before = lower[sentence[0] : match.start()]
    clause = _CLAUSE.split(before)[-1]
    lead = re.match(r"\W*(?:once|when|if|upon|after|until|unless)\b", before)
    if word in (CLOSED, NOT_DONE):
        hedged = _UNREAL.search(clause) or lead or _HEDGED.match(lower, match.end(), sentence[1])
        after = lower[match.end() : sentence[1]]
        ours = _OF_IT.search(clause) or re.match(r" (?:the|this|our) recommendation", after)
        return bool(ours and _ENDS.match(after) and not hedged)
    return not (lead or re.search(r"\b(?:not|if|whether|would|should|could|to be) \W*$", clause))


def _day(told: Narrative, sentence: tuple[int, int], word: str) -> date | None:
    if word not in (CLOSED, NOT_DONE):
        return None
    days = [each.due for each in find_periods(told.text[slice(*sentence)])]
    return days[0] if len(days) == 1 else None
