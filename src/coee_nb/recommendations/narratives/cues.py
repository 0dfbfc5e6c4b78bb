"""The words that say what kind of date stands there: committed to, past, demanded, reported."""

import re
from dataclasses import dataclass

_FORESEEN = (
    r"(?:estimated|expected|anticipated|projected|planned|plan|target(?:ed)?|tentative|proposed"
    r"|revised|updated|new|current|original|scheduled|initial|goal)"
)
_OUTCOME = (
    r"(?:completion|implementation|delivery|issuance|publication|release|closure|finish|deployment"
    r"|approval|finalization|end|resolution|final action)"
)
_DATE = r"(?:due |target |completion |end )?(?:dates?|time[ -]?frames?|timelines?)"
_WORKING = (
    r"(?:completing|finali[sz]ing|finishing|implementing|issuing|publishing|releasing|deploying)"
)
_WORKED = (
    r"(?:complet|finali[sz]|finish|approv|publish|releas|sign|issu|implement|deploy"
    r"|(?:done|in place|ready|available|operational|out|up|live|online)\b)"
)

# Where two kinds could begin at the same word, the kind named first is taken.
_KINDS = {
    "auditor": (
        r"we (?:also |have |had |are |were )*\w+",
        r"our (?:\w+ )?(?:audit|review|evaluation|work|report)",
        r"(?:gao|oig|our office|(?:state )?auditors?|inspector general) (?:also )?(?:will|would"
        r"|plans? to|intends?|expects?|anticipates?|shall|recommend(?:s|ed)?)",
    ),
    "update": (
        r"(?:next|another|further|additional|periodic|quarterly|semiannual|annual|status|progress)"
        r" (?:status |progress )?(?:updates?|reports?|briefings?|follow-up)",
        r"follow(?:ing)?[ -]up|report(?:ing)? (?:back|(?:on )?(?:its|their) (?:\w+ )?progress)",
        r"(?:updat(?:e|es|ing)|brief(?:s|ing)?) (?:us|gao|oig)",
        r"provid(?:e|es|ed|ing) (?:us|gao|oig|the oig|an update|updates"
        r"|(?:\w+ ){1,5}to (?:us|gao|oig|the oig))",
        r"(?:(?<=will )|(?<=would )|(?<=to ))(?:reply|respond)(?! to (?!us|gao|oig|the|our))",
        r"\d+-day (?:letter|response)(?:, which)?(?= (?:is |was )?(?:due|expected)\b)",
    ),
    "label": (
        rf"ecds?|e\.c\.d\.?|{_FORESEEN}(?: {_OUTCOME}| \w+)?(?: \w+)? {_DATE}",
        rf"{_OUTCOME} (?:target )?(?:dates?|dt\.?)",
        r"(?:target|milestone|due) dates?(?! for (?:\w+ )?(?:response|reply|comments))",
        rf"{_FORESEEN} (?:for )?(?:\w+ )?{_OUTCOME}",
        rf"(?:target|goal|estimate|{_DATE}) for {_WORKING}",
        r"(?:completion|implementation|due)(?=: (?:\d|[a-z]{3,9}\.? \d))",
        r"(?:action|task|deliverable)(?: item)?s? due(?= (?:on |by )?(?:\d|[a-z]{3,9}\.? \d))",
        rf"{_DATE} (?:for|of) (?:\w+ )?{_OUTCOME}(?=:| (?:is|was|remains|of)\b)",
        r"(?:est\.? )?comp\.? (?:target )?dates?",
        rf"with (?:\w+ )?{_OUTCOME}(?= (?:by|in|on|during)\b)",
        rf"final {_OUTCOME}(?=[,:] )",
        rf"{_OUTCOME} (?:is |are )?(?:expected|anticipated|estimated|planned|projected|scheduled"
        r"|targeted)",
    ),
    "revised": (
        r"(?:extend|revis|delay|postpon|push|mov|slip|chang|shift|reschedul|adjust|defer)"
        r"(?:ed|ped|ing|ping|s)(?: back| out| right)?|slid(?:es?|ing)?",
        r"(?:request|ask|need|receiv)(?:s|ed|ing)?(?: for)? an? (?:\w+ ){0,2}extension(?: of time)?"
        r"|(?:seek|sought|was granted)(?:s|ing)? an? (?:\w+ ){0,2}extension(?: of time)?",
    ),
    "start": (r"(?:begin|start|initiat|commenc|resum|launch|kick)(?:e|es|s|ing)?(?: off)?",),
    "activity": (
        r"(?:undertak|continu|pursu|conduct|participat)(?:e|es|ing)?|request(?:ing)?",
        r"meet|hold|discuss|consider|spend(?! plan)|allocate|obligate|occur|happen|take place",
        r"convened?",
        r"(?:(?<=will )|(?<=would )|(?<=to ))use",
    ),
    "forward": (
        r"(?:expect|intend|project|target|schedul)(?:ed|ing)|(?:expect|intend|aim)s?|aim(?:ed|ing)",
        r"intention (?:to|of)|(?:anticipat|estimat|hop)(?:e|es|ed|ing)|envision(?:s|ed)|forecasts?",
        r"(?P<plan>plan(?:s|ning)? (?:to|on|for))|planned|plans? (?:that|call)|projects that",
        r"need(?:s|ed)?(?= until\b)",
        r"slated|tentative(?:ly)?|on (?:track|schedule|target|pace)|pending|forthcoming|upcoming",
        r"no later than|goes live",
        r"commit(?:s|ted) to|propos(?:es|ed) to|with (?:a plan|plans) to",
        r"(?:goal|target)(?= (?:of|is|was|for)\b)",
        r"(?:set|due|seeks?|seeking|need time)(?= (?:to|for)\b)|look(?:s|ing) to",
        r"(?:is|are|am|was|were) (?:to|due)(?= (?:be|on|by|in|[a-z]{3,})\b)",
        r"(?:schedule|timeline|plan|roadmap|agenda) (?:that |which )?(?:calls? for|shows?"
        r"|indicates?|projects?|lists?)|projects(?= completion\b)",
        r"work(?:s|ing) (?:to|toward|towards|on)|in the process of",
    ),
    "modal": (
        r"will|would|(?:it|they|he|she)'ll|shall|may|could",
        rf"should (?:all )?be (?:fully )?{_WORKED}\w*",
    ),
    "purpose": (
        r"to (?:be|complete|finish|finali[sz]e|implement|issue|publish|replace|close|deploy|deliver"
        r"|establish|address|achieve|reach|meet)",
    ),
    "duty": (
        r"should|must|requir(?:e|es|ed|ing)|mandat(?:e|es|ed|ory)|deadlines?|enacted",
        r"(?:act|law|statute|ndaa|legislation|congress|omb|executive order|court|judge|president)"
        r" (?:\w+ )?(?:direct|call|order|instruct|task)(?:s|ed)",
        r"recommend(?:s|ed|ing) that|authoriz(?:es|ation)|expir(?:e|es)",
        r"terminat(?:e|es)|sunsets?|(?:deplet|exhaust)ed",
        r"(?:comment|application|reporting|performance|grace|grant|contract|award|lease|funding)"
        r" period (?:(?:will|would) )?\w+",
        r"(?:grant|contract|lease|agreement|license|appointment)s? (?:(?:will|would) )?(?:ends?"
        r"|runs? out)",
        r"comments (?:is|are|was|were) due|needs? to|barred|lapses?",
    ),
    "report": (
        r"(?:stat|not|indicat|provid|describ|acknowledg|advis)(?:ed|es|ing)|said|says|told",
        r"(?:report|explain|inform|respond|confirm|comment|add|clarifi|answer)(?:ed|s|ing)",
        r"repl(?:ied|ies|ying)|testif(?:ied|ies)",
        r"according to|in (?:its|their|a|an)\b(?: \w+)? (?:response|letter|comments|update|plan)",
    ),
    "past": (
        r"was|were|had|has|did|does|is not|are not|do not|began|made|held|sent|met|took|gave|found",
        r"(?<!to )(?<!will )(?<!would )(?<!should )(?<!must )(?<!may )(?<!'ll )have",
        r"most recent(?:ly)?(?= (?:in|on)\b)|became|saw|led|built|wrote|got|came|went",
        r"withdrew|chose",
    ),
    "participle": (r"[a-z]+ed",),
}
# What promises in an agency's own reply, and in an auditor's prose only tells.
_PROMISES = {
    "label": (
        r"(?:(?:proposed |estimated )?time ?-?(?:lines?|frames?|scales?)|deadlines?|targets?|dates?"
        r"|when|by when)(?=(?::| -) )",
        rf"{_OUTCOME}(?= (?:by|in|on|during|no later than)\b)",
        rf"{_OUTCOME} of (?:this|the) recommendation",
    ),
    "forward": (r"(?:agree|undertake|pledge|promise|commit)(?:s|d|n)? to|(?:is|are|am) going to",),
}


def _compiled(promises: dict[str, tuple[str, ...]]) -> re.Pattern[str]:
    told = {kind: (*words, *promises.get(kind, ())) for kind, words in _KINDS.items()}
    return re.compile(
        # A table's cells may run together: "1592Anticipated Completion Date".
        r"(?<![a-z_-])(?:"
        + "|".join(f"(?P<{kind}>{'|'.join(words)})" for kind, words in told.items())
        + r")(?!\w)"
    )


_CUE, _OWN_CUE = _compiled({}), _compiled(_PROMISES)
_TIED = re.compile(
    r"(?:\b(?:be|being|been)(?: \w+ly| not)?(?: \w+ed,?(?: \w+ed,?)?(?: and| or))?"
    r"|\b(?:have|having) \w+(?: \w+){0,6}) $"
)
# "be reviewed by the offices and approved in"; "a study of remotely piloted aircraft".
_COORDINATED = re.compile(r"\bbe (?:\w+ly )?\w+ed\b[^.,;:]{0,70} and (?:then |\w+ly )?$")
_DESCRIPTIVE = re.compile(
    r"\b(?:an?|the|its|their|any|all|these|those|on|of|for|with|from|by|about) \w+ly $"
)
_SUBJECT = re.compile(
    r"(?:\b(?:it|they|he|she|we|which|that|who|and|also|then|later|not|since|subsequently|recently"
    r"|already|previously|[a-z]{2,}(?:s|ly|ty|cy|ment|partment))|\b[A-Z]\w*\)?) $"
)
# Words that make a noun of the "plan" after them: spend plans to, a corrective action plan for.
_PLAN_OF = (
    r"(?:action|corrective|spend|spending|staffing|hiring|business|strategic|contingency|operating)"
)
_OWNED = re.compile(
    rf"\b(?:the|an?|its|their|his|her|our|this|that|these|those|'s|{_PLAN_OF})"
    rf"(?P<described> (?:(?!(?:they|we|staff|{_PLAN_OF}) )[a-z]+[^\Ws] )?)$",
    re.IGNORECASE,
)
# What stands before an adjective (of the revised rule, to issue revised guidance), not a verb.
_ATTRIBUTIVE = re.compile(
    r"\b(?:the|an?|its|their|this|these|any|new|of|with|on|in|into|through|using|under|such"
    r"|(?:issu|releas|publish|finali[sz]|complet|implement|develop|draft|provid|submit|adopt|includ"
    r"|us|follow|prepar|propos)(?:e|es|ing)?) $"
)
_TOLD_PLANS = ("require ", "requires ", "required ", "requiring ", "allow ", "allows ", "directs ")
_COUNTED = re.compile(r"\b(?:\d+|its|their|the|these|all) planned (?:\w+ )?[a-z]+[^\Ws]s\b")
_PLURAL = re.compile(r"\b[a-z]{3,}[^\Ws]s $")
_CLAUSE_BREAK = re.compile(
    r"[;:,]|\b(?:that|which|who|if|whether|because|since|while|after|once|when|where|how|what|but"
    r"|as|officials|they)\b"
)
_INFINITIVE = re.compile(r" (?!the\b|an?\b|its\b|their\b|us\b)[a-z]")
_BEFORE_DATE = re.compile(r" (?:to us |out |)(?:by|in|on|at|during|from|as of|for|through)\b")


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that govern a date: their kind and where they stand.

    Kinds: label (ECD, target date), forward (expects to), modal (will), purpose (to finish),
    start (begin), activity (continue), revised (extended), past, described (issued in), report
    (said), update (a status update), auditor (we will), duty (should, requires).
    """

    kind: str
    start: int
    end: int


def find_cues(text: str, lower: str, *, by_agency: bool = False) -> tuple[Cue, ...]:
    """Return the cues of one sentence, in order; ``lower`` is ``text`` in lower case.

    ``by_agency``: the agency itself says it, and what it agrees to is promised.

    >>> sentence = "CBP issued the plan and expects to finish by May 2024."
    >>> [(cue.kind, sentence[cue.start : cue.end]) for cue in find_cues(sentence, sentence)]
    [('past', 'issued'), ('forward', 'expects'), ('purpose', 'to finish')]
    """
    cues: list[Cue] = []
    for match in (_OWN_CUE if by_agency else _CUE).finditer(lower):
        kind, start, end = match.lastgroup, match.start(), match.end()
        if kind == "past" and _TIED.search(text, max(0, start - 40), start):
            continue  # "would be made"
        if kind == "participle":
            kind = None if _modifies(text, cues, start, end) else _participle(text, start, end)
        elif kind == "revised" and _ATTRIBUTIVE.search(text, max(0, start - 20), start):
            continue  # "the revised strategy" revises nothing
        if kind == "forward" and _COUNTED.search(text, max(0, start - 8), end + 30):
            continue  # "two of the planned interfaces"
        if kind and not (match["plan"] and not _plans(text, start, end)):
            cues.append(Cue(kind, start, end))
    return tuple(cues)


def _modifies(text: str, cues: list[Cue], start: int, end: int) -> bool:
    """Tell a participle that describes part of a commitment: will share the lessons learned."""
    commitments = [cue for cue in cues if cue.kind in ("forward", "modal")]
    if not commitments or not _PLURAL.search(text, max(0, start - 30), start):
        return False
    if commitments[-1].kind == "modal" and _BEFORE_DATE.match(text, end):
        return False  # "will consider comments received by"
    return not _CLAUSE_BREAK.search(text, commitments[-1].end, start)


def _plans(text: str, start: int, end: int) -> bool:
    """Tell the verb (plans to issue) from the noun (its plans to the board, the plan to grow)."""
    if text.endswith(_TOLD_PLANS, 0, start):
        return False  # "required plans to report"
    owned = _OWNED.search(text[max(0, start - 40) : start])
    if owned and (owned["described"] == " " or text[start : start + 5].lower() == "plan "):
        return False
    return not text.endswith("to", start, end) or bool(_INFINITIVE.match(text, end))


def _participle(text: str, start: int, end: int) -> str | None:
    """Tell a past event (the Army issued ...) from a described or planned one (be issued)."""
    before = text[max(0, start - 40) : start]
    if text[start:end] in ("needed", "recommended", "related"):
        return None  # "the steps needed by then"
    if _TIED.search(before) or _DESCRIPTIVE.search(before):
        return None
    if _BEFORE_DATE.match(text, end) and _COORDINATED.search(text, max(0, start - 90), start):
        return None
    if _SUBJECT.search(before):
        return "past"
    return "described" if _BEFORE_DATE.match(text, end) else None
