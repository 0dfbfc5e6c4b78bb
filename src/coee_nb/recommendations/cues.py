"""The words around a date that say what kind of date it is: promised, past, demanded, reported."""

import re
from dataclasses import dataclass

_FORESEEN = (
    r"(?:estimated|expected|anticipated|projected|planned|plan|target(?:ed)?|tentative|proposed"
    r"|revised|updated|new|current|original|scheduled|initial|due|goal)"
)
_OUTCOME = (
    r"(?:completion|implementation|delivery|issuance|publication|release|closure|finish|deployment"
    r"|approval|finalization|end|effective|resolution)"
)
_DATE = r"(?:(?:due|target|completion|end)? ?(?:dates?|time ?frames?|time-frames?|timelines?))"
_FORWARD = (
    r"expect(?:s|ed|ing)?|anticipat(?:e|es|ed|ing)|estimat(?:e|es|ed|ing)|intend(?:s|ed|ing)?"
    r"|project(?:ed|ing|s that)|forecasts?|envision(?:s|ed)|aim(?:s|ed|ing)?|hop(?:es|ed|ing)"
    r"|(?P<plan>plan(?:s|ning)? (?:to|on|for))|planned|target(?:ed|ing)|schedul(?:ed|ing)|slated"
    r"|commit(?:s|ted) to|propos(?:es|ed) to|tentative(?:ly)?|on track|on schedule|(?:goal|target)(?= (?:of|is|was|for)\b)"
    r"|plans? (?:that|call)|(?:set|due|seek(?:s|ing)?|need time) (?:to|for)|look(?:s|ing) to"
    r"|(?:is|are|am|was|were) to|to be|pending|forthcoming|upcoming|no later than"
    r"|work(?:s|ing) (?:to|toward|towards|on)|in the process of|process to"
)

_KINDS = {
    "auditor": r"(?:we|gao|oig|the oig|our office|(?:the )?(?:state )?auditor|inspector general)"
    r" (?:also |have |had |has |are |were |is )*(?:will|would|plans? to|intends?|expects?|anticipates?"
    r"|shall|\w+)",
    "update": r"(?:next|another|further|additional|periodic|quarterly|semiannual|annual|status|progress)"
    r" (?:status |progress )?(?:updates?|reports?|briefings?|follow-up)|follow(?:ing)?[ -]up"
    r"|provid(?:e|es|ed|ing) (?:us|gao|oig|the oig|an update|updates)|updat(?:e|es|ing) (?:us|gao)"
    r"|brief(?:s|ing)? (?:us|gao|oig)|report(?:ing)? back|provid(?:e|es|ed|ing) (?:\w+ ){1,5}to (?:us|gao"
    r"|oig|the oig)|\d+-day (?:letter|response) (?:is |was )?(?=due|expected)",
    "label": rf"\becds?\b|{_FORESEEN}(?: {_OUTCOME}| \w+)?(?: \w+)? {_DATE}\b"
    rf"|{_OUTCOME} (?:target )?dates?|(?:target|milestone|due) dates?"
    rf"|{_FORESEEN} (?:for )?(?:\w+ )?{_OUTCOME}|{_OUTCOME} (?:is |are )?(?:expected|anticipated"
    r"|estimated|planned|projected|scheduled|targeted)",
    "revised": r"(?:extend|revis|delay|postpon|push|mov|slip|chang|shift|reschedul|adjust|defer)"
    r"(?:e|ed|ped|s|es|ing|ping)(?: back| out)?",
    "start": r"(?:begin|start|initiat|commenc|resum|launch|kick)(?:e|es|s|ing)?(?: off)?",
    "activity": r"undertak(?:e|es|ing)|continu(?:e|es|ing)|pursu(?:e|es|ing)|request(?:ing)?|meet|hold|discuss"
    r"|consider|conduct(?:ing)?|participat(?:e|ing)",
    "forward": _FORWARD,
    "modal": r"will|would|'ll|shall|may|could|should (?:all )?be (?:fully )?(?:complet|finali[sz]|finish"
    r"|done|in place|ready|available|approv|publish|releas)\w*",
    "purpose": r"to (?:complete|finish|finali[sz]e|implement|issue|publish|replace|close|deploy|deliver"
    r"|establish|address|achieve|reach|meet)",
    "duty": r"should|must|requir(?:e|es|ed|ing|ement|ements)|mandat(?:e|es|ed|ory)"
    r"|(?:act|law|statute|ndaa|legislation|congress|omb|executive order) (?:\w+ )?(?:direct|call)"
    r"(?:s|ed)|recommend(?:s|ed|ing) that|deadlines?|authoriz(?:es|ation)|enacted|expir(?:e|es)",
    "report": r"(?:stat|not|indicat|provid|describ|acknowledg|advis)(?:ed|es|ing)|(?:said|says|told)"
    r"|(?:report|explain|inform|respond|confirm|comment|add|clarifi|answer)(?:ed|s|ing)"
    r"|(?:according to|in (?:its|their|a|an)\b(?: \w+)? (?:response|letter|comments|update|plan))",
    "past": r"was|were|had|has|(?<!to )(?<!will )(?<!would )(?<!should )(?<!must )(?<!may )have|did|does|began|made|held|sent|met|took|gave|found|became|saw|led"
    r"|built|wrote|got|came|went|is not|are not|do not",
    "participle": r"[a-z]+ed",
}
_CUE = re.compile(
    r"(?<![\w-])(?:" + "|".join(f"(?P<{kind}>{words})" for kind, words in _KINDS.items()) + r")(?!\w)"
)
_TIED = re.compile(r"(?:\b(?:be|being|been)(?: \w+ly| not)?|\b(?:have|having) \w+(?: \w+){0,3}) $")
_SUBJECT = re.compile(
    r"(?:\b(?:it|they|he|she|we|which|that|who|and|also|then|later|not|since|subsequently|recently"
    r"|already|previously|[a-z]{3,}(?:ly|[^s\W]s|ty|cy|nt|al))|\b[A-Z]\w*\)?) $"
)
_OWNED = re.compile(
    r"\b(?:the|an?|its|their|his|her|our|this|that|these|those|'s|action|corrective)"
    r"(?P<described> (?:[a-z]+[^\Ws] )?)$"
)
_INFINITIVE = re.compile(r" (?!the\b|an?\b|its\b|their\b|us\b)[a-z]")
_BEFORE_DATE = re.compile(r" (?:to us |out |)(?:by|in|on|at|during|from|as of|for|through)\b")


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that govern a date: their kind and where they stand."""

    kind: str
    start: int
    end: int


def find_cues(text: str, lower: str) -> tuple[Cue, ...]:
    """Return the cues of one sentence, in order; ``lower`` is ``text`` in lower case.

    >>> sentence = "CBP issued the plan and expects to finish by May 2024."
    >>> [(cue.kind, sentence[cue.start : cue.end]) for cue in find_cues(sentence, sentence)]
    [('past', 'issued'), ('forward', 'expects')]
    """
    cues = []
    for match in _CUE.finditer(lower):
        kind = match.lastgroup
        if kind == "participle":
            kind = _participle(text, match.start(), match.end())
        elif match["plan"] and not _plans(text, match.start(), match.end()):
            continue
        if kind:
            cues.append(Cue(kind, match.start(), match.end()))
    return tuple(cues)


def _plans(text: str, start: int, end: int) -> bool:
    """Tell the verb (plans to issue) from the noun (the plans to OBPP, a corrective action plan)."""
    owned = _OWNED.search(text[max(0, start - 40) : start])
    if owned and (owned["described"] == " " or text[start : start + 5] == "plan "):
        return False
    return text[end - 2 : end] != "to" or bool(_INFINITIVE.match(text, end))


def _participle(text: str, start: int, end: int) -> str | None:
    """Tell a past event (the Army issued ...) from a described or promised one (be issued)."""
    before = text[max(0, start - 40) : start]
    if _TIED.search(before):
        return None
    if _SUBJECT.search(before):
        return "past"
    return "described" if _BEFORE_DATE.match(text, end) else None
