"""Words that end a date given before: it is withdrawn, unknown, on hold, or will not be met."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_DATE = (
    r"(?:ecds?|(?:completion |target |due |milestone |implementation |end |delivery |release )*"
    r"dates?|time ?-?(?:frames?|lines?|tables?)|schedules?|deadlines?|estimates?|milestones?)\b"
)
_NEW = r"(?:(?:\w+|[\w-]+ed) ){0,3}?"
_ARTICLE = r"(?:an?|any|the|its|their|his|her|this|that|our)"
_WORK = (
    r"(?:projects?|programs?|pilots?|efforts?|initiatives?|plans?|work|acquisition|procurement|rule(?:making)?"
    r"|implementation|development|deployment|upgrade|modernization|replacement|migration"
    r"|planned actions?|corrective actions?)\b"
)
_UNKNOWN = (
    r"(?:tbd|to be (?:determined|decided|announced|established|set)|unknown|undetermined|uncertain"
    r"|unclear|indefinite|n/a|unspecified|undefined|ongoing|open[- ]ended|in flux"
    r"|(?:will|would) be (?:determined|decided|established|announced)(?: later)?"
    r"|not (?:yet )?(?:been )?(?:determined|available|known|established|set|decided|given|provided"
    r"|identified|finali[sz]ed))\b"
)
_CHANGED = (
    r"(?: (?:chang|revis|updat|mov|reset|set|list|show|record|report|enter)\w*"
    r"(?: from [\w ,]{4,20}?)? (?:to|as|at|back to)| as)?"
)
_STOP = (
    r"(?:withdr[ae]w(?:n|s|ing)?|cancel+(?:s|ed|ing)?|abandon(?:s|ed|ing)?|scrap(?:s|ped|ping)"
    r"|shelv(?:es|ed|ing)|discontinu(?:es|ed|ing)|suspend(?:s|ed|ing)?|drop(?:s|ped|ping)"
    r"|gave up(?: on)?|given up(?: on)?|halted|put on hold|terminated)"
)
_UNSAY = (
    r"(?:rescind(?:s|ed|ing)?|retract(?:s|ed|ing)?|remov(?:es|ed|ing)|delet(?:es|ed|ing)"
    r"|eliminat(?:es|ed|ing)|revok(?:es|ed|ing)|took back|takes back|tak(?:en|ing) back)"
)
_IS = r"(?:is|are|was|were|has been|have been|had been|remains?|being)"
_CANNOT = (
    r"(?:could not|couldn't|can ?not|can't|(?:was|were|is|are|been|being) (?:un|not )able to"
    r"|unable to|declin(?:ed|es|ing) to|(?:was|were|is|are) not (?:yet )?"
    r"(?:in a position|ready) to)"
)
_HAS_NOT = (
    r"(?:did not|does not|do not|didn't|has not|have not|had not|has yet to|have yet to|had yet to"
    r"|fail(?:ed|s) to)"
)
_TELL = (
    r"(?:provid(?:e|ed)|giv(?:e|en)|gave|offer(?:ed)?|estimat(?:e|ed)|sa(?:y|id)|commit(?:ted)? to"
    r"|establish(?:ed)?|determin(?:e|ed)|set|identif(?:y|ied)|specif(?:y|ied)|suppl(?:y|ied)|predict"
    r"|stat(?:e|ed)|decid(?:e|ed)(?: on)?|propos(?:e|ed)|know|project(?:ed)?|have|had"
    r"|develop(?:ed)?|include[d]?|report(?:ed)?|share[d]?|furnish(?:ed)?|name[d]?|confirm(?:ed)?|anticipate)"
)
_A_DATE = (
    rf"{_TELL} (?:(?:us|gao|oig|the oig|an estimate of|on) )?(?:with )?(?:(?:an?|any|its|their|the"
    rf"|new|revised|updated|specific) {_NEW}{_DATE}|when\b|how long\b)"
)
_NOT_DO = (
    r"(?:(?:do|does|did)(?: not|n't) (?:currently |now |any longer |ever )?(?:plan|intend|expect"
    r"|anticipate|propose)(?:s|ed)? (?:to|on)(?: \w+ly)?"
    r"|(?:is|are|was|were) not (?:planning|intending|going) to"
    r"|(?:has|have|had|with|there are) no (?:\w+ )?(?:plans?|intention)s? (?:to|of|for)"
    r"|(?:decid(?:ed|es)|chos(?:e|en)|elect(?:ed|s)|opt(?:ed|s)) (?:not to|against)"
    r"|(?:will|would) not(?: \w+ly)?|won't|declin(?:ed|es) to|refus(?:ed|es) to)"
)
_DONE = (
    r"(?:implement(?:ing)?|tak(?:e|ing) (?:any |further |any further |additional |this )?(?:action|"
    r"steps)|pursu(?:e|ing)|proceed(?:ing)?|address(?:ing)? (?:this|the|our) recommendation"
    r"|complet(?:e|ing)|act(?: on)?|carry(?:ing)? out|mov(?:e|ing) forward"
    r"|go(?:ing)? (?:ahead|forward)"
    r"|finish(?:ing)?|do(?:ing)? (?:so|this|it))\b"
)
# The date itself is ended.
_STRONG = (
    # withdrew its estimated completion date; its date was withdrawn; the project was cancelled
    rf"(?:{_STOP}|{_UNSAY}) {_ARTICLE} {_NEW}{_DATE}",
    rf"{_STOP} {_ARTICLE} {_NEW}{_WORK}",
    rf"(?:{_DATE}|\b(?:it|targets?))(?: \([\w ]+\))?(?: of [\w ,]{{4,20}})? {_IS} (?:\w+ly )?"
    rf"(?:{_STOP}|{_UNSAY})\b",
    rf"\b{_WORK}(?:, [^,.;]{{3,60}},)? {_IS} (?:\w+ly )?{_STOP}\b",
    # the date is unknown, slipped to an unknown date, until further notice
    rf"(?:{_DATE}|\becds?)(?: \([\w ]+\))?(?: for [\w ]{{3,50}}?)?"
    rf"(?: as of [\w ,]{{4,20}})?(?: {_IS}(?: now| still| therefore)?| now|:| -|: -)*{_CHANGED}"
    rf" [\"'(]?{_UNKNOWN}",
    rf"(?:to|until|at|for|with|given|provided|by|as) (?:an? |some )?(?:yet )?(?:\w+ )?(?:unknown"
    rf"|undetermined|unspecified|undefined|indefinite|uncertain|unidentified|as[- ]yet[- ]unknown)"
    rf" (?:\w+ )?(?:{_DATE}|time|period|point)",
    r"(?:to|until|at) (?:an? |some )?(?:later |future )?(?:date|time) (?:that (?:is|has) )?"
    r"(?:yet )?(?:to be determined|tbd|not (?:yet )?(?:been )?(?:known|set|determined))",
    r"until further notice",
    r"(?:(?:estimated|expected|anticipated|planned|projected|target|revised|new)"
    rf" (?:completion|implementation|delivery))(?: is| was| remains|:| -)* ?(?:now )?{_UNKNOWN}",
    # on hold, indefinitely
    r"(?:on|in) (?:an? )?(?:indefinite |temporary )?(?:hold|abeyance|hiatus)(?: indefinitely)?"
    r"(?! (?:until|through|pending)\b)",
    r"(?:paus|slip|suspend|postpon|defer+|delay|stop|halt|shelv|put off|push|table)\w*"
    r"(?: \w+){0,4}? indefinitely",
    r"indefinitely (?:paus|suspend|postpon|defer+|delay|stop|halt|shelv|on hold|put|tabl)\w*",
    r"(?:stop(?:s|ped)|halt(?:s|ed)|ceas(?:es|ed)|suspend(?:s|ed)) (?:all )?(?:further )?"
    r"(?:work|development|implementation)\b",
    # no longer has a date, could not provide a time frame
    rf"no longer (?:ha(?:s|ve|d)|giv(?:es?|ing)|gave|provid(?:es?|ed)|list(?:s|ed)?"
    rf"|includ(?:es?|ed)|show(?:s|ed)?|report(?:s|ed)?|offer(?:s|ed)?|stands? by) {_NEW}{_DATE}",
    rf"{_DATE} (?:of [\w ,]{{4,20}} )?(?:(?:is|was|are|were|has been) )?no longer"
    r" (?:stands?|stood|appl(?:y|ies|ied)|holds?|held|valid|exist(?:s|ed)?|feasible"
    r"|(?:is |was )?(?:achievable|realistic|current|in effect))",
    r"no longer (?:plan|intend|expect|anticipat|commit|pursu|propos|schedul|aim|hop"
    r"|support|concur|agree)\w*",
    rf"{_CANNOT} (?:yet |currently )?{_A_DATE}",
    rf"\bno longer any {_NEW}{_DATE}",
    r"(?:will|would|can|could) not (?:now |be able to )?(?:meet|make|keep)"
    rf" (?:that|this|its|their|the) {_NEW}{_DATE}",
    r"(?:will|would|(?:plan|intend)s? to) take no (?:further |additional |other )?(?:action|steps)",
    r"(?:will|would) not be"
    r" (?:built|implemented|pursued|developed|undertaken|replaced|completed)\b",
    # does not plan to implement, decided not to proceed
    rf"{_NOT_DO} {_DONE}",
)
# There is none, which does not take back one that is given beside it.
_WEAK = (
    rf"{_HAS_NOT} (?:yet |currently )?{_A_DATE}",
    rf"(?:there (?:is|was|were|are)|(?:ha(?:s|ve|d)|with|giv(?:es?|ing)|gave|provided)) "
    rf"(?:currently |now |now been )?no {_NEW}{_DATE}",
    rf"\bno (?:(?:new|revised|updated|estimated|current|firm|specific|expected|further) )+"
    rf"{_NEW}{_DATE}",
    rf"without {_ARTICLE} (?:new|revised|updated|estimated) {_NEW}{_DATE}",
    rf"(?:new|revised|updated) (?:\w+ ){{0,2}}{_DATE} (?:is|was|has|had) not (?:yet )?(?:been )?"
    r"(?:available|set|determined|established|provided|given|identified)",
)
_ENDS = re.compile(rf"(?<![\w-])(?:(?P<strong>{'|'.join(_STRONG)})|(?P<weak>{'|'.join(_WEAK)}))")
_UNSAID = re.compile(
    r"\b(?:if|unless|in case|whether|den(?:y|ied|ies|ying))\b[^,;]{0,80}$"
    r"|\b(?:should|could be|may(?! \d)|might|avoid\w*|prevent\w*|not|never|risk of"
    r"|rather than|instead of|until|lift\w*|reject\w*|refus\w*|oppos\w*) (?:[\w']+ ){0,3}$"
)
_LIFTED = re.compile(
    r",? (?:was |were |has been |had been )?(?:lifted|ended|resumed|but (?:has |have )?(?:since )?"
    r"(?:now )?(?:resumed|restarted))\b"
)
_OTHERS = re.compile(r"\b(?:gao|oig|we|congress|our office|the auditors?|the court) $")


@dataclass(frozen=True, slots=True)
class Ending:
    """The (start, end) of the words that end a date; ``weak`` ones only say that there is none."""

    start: int
    end: int
    weak: bool


def find_endings(lower: str, sentence: tuple[int, int]) -> Iterator[Ending]:
    """Yield where a sentence ends the date given before.

    What is only feared, denied, lifted again or done by the auditor ends nothing.

    >>> said = "the office withdrew its estimated completion date"
    >>> [said[each.start : each.end] for each in find_endings(said, (0, len(said)))]
    ['withdrew its estimated completion date']
    """
    for match in _ENDS.finditer(lower, *sentence):
        before = lower[max(sentence[0], match.start() - 90) : match.start()]
        lifted = _LIFTED.match(lower, match.end(), sentence[1])
        if not (lifted or _UNSAID.search(before) or _OTHERS.search(before)):
            yield Ending(*match.span(), match.lastgroup == "weak")
