"""How strongly the words around a date commit to something will be completed by it."""

import re

from coee_nb.fiscal import add_months
from coee_nb.recommendations.narratives.cues import Cue
from coee_nb.recommendations.narratives.mentions import Mention

WITHDRAWN, STARTED, PURPOSED, DATED, DUE, LABELLED = range(6)
_LABEL_AFTER = re.compile(
    r" \(?(?:ecd|(?:estimated |target |expected )?completion|target date)"
    r"| (?:is|remains) (?:now )?(?:the|its|their) (?:\w+ ){0,2}(?:target|completion|due) date\b"
    r"| as (?:the|its|their|an?) (?:\w+ ){0,2}"
    r"(?:(?:target|estimated|expected|completion|due) (?:\w+ )?date|date for \w+ing\b"
    r"|(?:target|goal) (?:for|to)\b)"
    r"| \((?:revised|current|updated|new)\b"
)
_MONEY_AFTER = re.compile(
    r"(?:'s)? (?:(?:annual|congressional|enacted|spending|operating|president's) )?(?:levels?"
    r"|dollars|fund(?:s|ing)|appropriations?|budget|request|enacted)\b"
)
_AIM = re.compile(
    r"\b(?:aim|target|plan|anticipat|expect|project|hop|push|schedul|tentative)\w*"
    r"(?: for| on| toward)? (?:an?|its|the) $"
)
_AIMED_AFTER = re.compile(
    r" (?:target |estimated |anticipated )?(?:completion|implementation|delivery|issuance|release"
    r"|publication|closure|deployment|rollout|finish)\b"
)
_OTHERS = (
    r"(?:\w+ ){0,2}(?:agencies|states|localities|companies|entities|institutions|colleges|schools"
    r"|operators|grantees|recipients|employers|taxpayers|carriers|importers|lenders|manufacturers)"
)
_FOR_OTHERS = re.compile(rf"\b(?:for|asked|told|urged|encouraged) {_OTHERS} $")
_OF_OTHERS = re.compile(rf" {_OTHERS} (?:to (?!be\b)|will |would )")
_LAW = re.compile(
    r"\b(?:acts?|laws?|statutes?|authori\w+|legislation|appropriations?|resolution|moratorium"
    r"|waivers?|emergency|contracts?|agreements?)\b"
)
_LAW_EXTENDED = re.compile(
    rf"(?:{_LAW.pattern}|\bact of \d{{4}}) (?:(?:was|were|is|are|has been|have been|been) )?$"
)
# Said beside a date: it is done, it only begins then, it is when a date will be given.
_ANSWERED = re.compile(
    r":|\bthat\b|\b(?:repl(?:ied|ies)|wrote|answered|emailed|called|testified|promised|agreed|met"
    r"|announced|issued|published|signed|asked|sent|gave|set|submitted|proposed|withdrew|chose)\b"
)
_DONE = re.compile(
    r"\b(?:completed|implemented|done|finished|closed|achieved|fulfilled|accomplished|satisfied)"
    r"(?: (?:on|in|as of|by|since|effective))?[ ,:(-]*$"
)
_DONE_AFTER = re.compile(
    r",? ?[(\[-]* ?(?:fully |already )?(?:completed|implemented|done|closed|achieved|complete)\b"
)
_ENDLESS = re.compile(
    r",? ?\(?(?:and )?(?:is |are |will be )?(?:then )?(?:ongoing|on-going|continuing"
    r"|continuous(?:ly)?|onwards?|thereafter|forward|recurring)\b"
)
_DATE_OF_A_DATE = re.compile(
    r"\b(?:provid|set|establish|determin|identif|announc|shar|submit|develop|giv|issu|decid|propos)"
    r"(?:e|es|y|ies|s)? (?:us |gao |oig |the oig |on )?(?:with )?an? (?:\w+ ){0,3}"
    r"(?:dates?|ecds?|time ?frames?|time ?lines?|schedules?|milestones?)(?: for [\w ]{3,40})? $"
)
# What is doubted, or hangs on a condition, is not committed to.
_DOUBTED = re.compile(
    r"\b(?:unlikely|not (?:likely|certain|sure|confident|optimistic|realistic|feasible)|doubt\w*"
    r"|(?:cannot|could not|can not) (?:guarantee|ensure|commit)|impossible|infeasible)\b[^,;]*$"
    r"|\bno [\w ]{1,30} (?:is|are|was|were) (?:\w+ )?"
    r"(?:planned|expected|scheduled|anticipated)\b[^,;]*$"
    r"|\b(?:may(?! \d)|might|would like to) (?:\w+ ){1,4}$"
    r"|(?<!\bbe )\b(?:completed|implemented|finished|done)\b[^;]*\b(?:ahead of|before"
    r"|earlier than) (?:the|its|their) [^;]*$"
    r"|\b\w+ (?:days|weeks|months|years) (?:after|from|following|of) (?:the|its|their|a)\b[^,;]*$"
    r"|\b(?:if|assuming|provided that|were)\b[^;]*\b(?:could|might|would)\b[^;]*$"
)
_DUE_TO = re.compile(
    r"\b(?:was|were|is|are|been) due (?:to|from|at|in|back to) (?!be\b|\d|(?:early|late|mid)\b)"
    r"(?!(?:january|february|march|april|may|june|july|august|sept|october|november|december))"
    r"[\w' -]{1,40}$"
)
_ANSWER_DUE = re.compile(
    r"\b(?:reply|response|letter|submission|comments|reports? to (?:the )?\w+)(?: to \w+)?"
    r" (?:is|are|was|were) (?:due|expected) $"
)
_EVENT = re.compile(
    r"\b(?:meeting|hearing|conference|briefing|workshop|forum|summit)s? (?:is|are|was|were) $"
)
_DUE = re.compile(r"(?:is|are|was|were) due\b")
_PUBLIC = re.compile(
    r"\bdeadlines? for (?:\w+ )?(?:applications?|comments|submi\w+|filing|nominations|proposals)\b"
    r"|\b(?:application|comment|filing|enrollment) (?:period|deadline|season|window)\b"
)
_POSTPONED = re.compile(
    r"\b(?:dates?|ecds?|completion|time ?(?:line|frame)s?|target|deadline|schedule|milestones?|it"
    r"|implementation|issuance|publication|\d{4})\b"
)
_LACKED = re.compile(r"\b(?:no|not|without|lack\w*|nor|actual)(?: \w+){0,4} $")
_TAKES = re.compile(r"\b(?:tak(?:e|es|ing)|needs?) (?:\w+ )?$")
# What a date became is told first: revised to June 2025; it was (previously) May 2024.
WAS_BEFORE = re.compile(
    r"(?:[;,(] ?|\. )(?:(?:it|which|this|that) )?(?:was|had been|were) "
    r"(?:previously |originally )?$"
)
_REPLACED = ("previously ", "formerly ", "originally ", "instead of ", "rather than ")


def commitment_strength(mention: Mention) -> int | None:
    """Say how strongly the words around a date commit to completion by it; None: not at all.

    STARTED (work begins then), PURPOSED (something was done to finish by it), DATED (in the
    period), DUE (by it) or LABELLED (called an estimated completion date), weakest first. Below
    them all, WITHDRAWN is the strength of a date "to be determined".
    """
    if _otherwise_said(mention):
        return None
    if mention.link == "row" or _LABEL_AFTER.match(mention.lower, mention.period.end):
        return LABELLED
    if mention.link == "from":
        revised = any(cue.kind == "revised" for cue in mention.before)
        return LABELLED if revised and not _public(mention) else None
    if mention.lower.endswith(_REPLACED, mention.sentence[0], mention.start):
        return LABELLED
    told = mention.lower[max(mention.sentence[0], mention.period.start - 40) : mention.period.start]
    if WAS_BEFORE.search(told) and any(cue.kind in ("label", "revised") for cue in mention.before):
        return LABELLED
    if mention.link in ("told", "outside") or _describes(mention):
        return None
    if _aims(mention):
        return DATED
    if mention.link == "starting":
        last = mention.before[-1].kind if mention.before else ""
        return STARTED if last in ("forward", "modal") else None
    if mention.leads and mention.link in ("by", "in") and mention.after and not _sourced(mention):
        led = _leading(mention)
        if led is not None or mention.link == "in" or mention.after[0].kind == "duty":
            return led
    return _governed(mention)


def _otherwise_said(mention: Mention) -> bool:
    """Tell a date beside which stands that it is past, another's, of a date or without an end."""
    lower, end = mention.lower, mention.period.end
    before = lower[max(mention.sentence[0], mention.start - 70) : mention.start]
    told = f"{before}{lower[mention.start : mention.period.start]}"
    if _DOUBTED.search(lower, mention.sentence[0], mention.start):
        return True
    labelled = any(cue.kind == "label" for cue in mention.before)
    if labelled and (_DONE.search(told) or _DONE_AFTER.match(lower, end)):
        return True
    tied = mention.link in ("by", "in")
    if tied and (
        _DATE_OF_A_DATE.search(before) or _DUE_TO.search(before) or _ANSWER_DUE.search(before)
    ):
        return True
    return mention.link in ("starting", "from", "in", "") and bool(_ENDLESS.match(lower, end))


def _sourced(mention: Mention) -> bool:
    """Tell whether a date ends its clause and only its source follows: in May, according to it."""
    return mention.lower.startswith((", according to", " according to"), mention.period.end)


def _describes(mention: Mention) -> bool:
    """Tell a year that describes money: the fiscal year 2025 budget."""
    years = mention.period.precision.endswith("year")
    return years and bool(_MONEY_AFTER.match(mention.lower, mention.period.end))


def _aims(mention: Mention) -> bool:
    """Tell a date that describes what is aimed for: aiming for a May 2024 release."""
    before = mention.lower[max(mention.sentence[0], mention.start - 40) : mention.period.start]
    return bool(_AIM.search(before) and _AIMED_AFTER.match(mention.lower, mention.period.end))


def _leading(mention: Mention) -> int | None:
    """Rank a date at the head of its clause by the first words after it."""
    first, lower = mention.after[0], mention.lower
    if mention.link == "in" and _ANSWERED.search(lower[mention.period.end : first.start]):
        return None  # "On June 3, 2024, the operator replied: the units will"
    if first.kind not in ("forward", "modal", "label") or (mention.link == "in" and _said(mention)):
        return None
    if first.kind == "label" and [cue.kind for cue in mention.before[-1:]] == ["duty"]:
        return None  # "needs to provide, by May 2024, an estimated completion date"
    if mention.link == "by":
        return DUE
    if [cue.kind for cue in mention.after[1:2]] == ["activity"]:
        return None
    if first.kind == "label" and mention.after[1:] and mention.after[1].kind in ("past", "revised"):
        return None  # "In July 2024, the completion date was changed"
    passive = re.search(
        r"\b(?:is|are|be|been|being|was|were)(?: \w+ly)? $",
        lower[max(0, first.start - 20) : first.start],
    )
    told = lower.endswith("ed", first.start, first.end) and not passive
    dated_later = re.search(r"\b(?:19|20)\d\d\b|\bfy ?\d\d", lower[first.end : mention.sentence[1]])
    return None if told or dated_later else DATED


def _said(mention: Mention) -> bool:
    """Tell whether a date directly follows a verb of reporting: the Navy said in May 2024 that."""
    last = mention.before[-1] if mention.before else None
    return bool(last and last.kind == "report" and mention.start - last.end <= 1)


def _governed(mention: Mention) -> int | None:
    """Grade a date by the nearest words before it that can govern it."""
    if _extended(mention) or _labelled(mention):
        return LABELLED
    by, ceiling, purposed = mention.link in ("by", "not_before"), LABELLED, False
    for cue in reversed(mention.before):
        if cue.kind in ("forward", "modal"):
            strength = None if _denied(mention, cue) else _tied(mention, cue)
            return None if strength is None else min(ceiling, strength)
        if cue.kind == "past" and purposed:
            return PURPOSED
        if cue.kind in ("past", "auditor", "update", "duty"):
            return None
        if cue.kind in ("described", "activity") and not by:
            return None
        if cue.kind == "revised" and not by and not _to_be_revised(mention.lower, cue):
            return None
        purposed = purposed or (by and cue.kind == "purpose" and not _for_others(mention, cue))
        if cue.kind == "start":
            ceiling = STARTED
    return PURPOSED if purposed else None


def _to_be_revised(lower: str, cue: Cue) -> bool:
    """Tell what will be revised (be revised in, anticipates revising) from a date's revision."""
    return lower.startswith("ing", cue.end - 3) or bool(
        re.search(r"\b(?:be|been)(?: \w+ly)? $", lower[max(0, cue.start - 20) : cue.start])
    )


def _for_others(mention: Mention, cue: Cue) -> bool:
    """Tell a purpose set for somebody else: goals for agencies to complete."""
    floor = max(mention.sentence[0], cue.start - 40)
    return bool(_FOR_OTHERS.search(mention.lower, floor, cue.start))


def _tied(mention: Mention, cue: Cue) -> int | None:
    """Grade a date by what ties it to a commitment: "by", "in", or nothing in between."""
    if mention.link in ("by", "not_before", "between") or mention.start - cue.end <= 2:
        return DUE
    if mention.earliest and mention.lower.startswith("may not ", cue.start):
        return None  # a doubt, not a commitment
    taken = _TAKES.search(mention.lower[cue.start : mention.start])
    if mention.link == "to" and (taken or mention.earliest):
        return DUE  # "will take until", "will not be done until"
    years = mention.period.due > add_months(mention.period.starts, 12)
    return DATED if mention.link == "in" and not years else None


def _denied(mention: Mention, cue: Cue) -> bool:
    """Tell what only looks like the agency's commitment: refused, an update's, or the auditor's."""
    before = mention.lower[max(mention.sentence[0], cue.start - 12) : cue.start]
    refused = before.endswith((" not ", " never ")) or mention.lower.startswith(" not ", cue.end)
    if refused and mention.link == "by" and not mention.earliest:
        return True
    if cue.kind == "forward" and _OF_OTHERS.match(mention.lower, cue.end, mention.start):
        return True  # "expects states to report"
    if _EVENT.search(mention.lower, max(mention.sentence[0], cue.start - 30), cue.start):
        return True
    earlier = [each for each in mention.before if each.end <= cue.start]
    speakers = [each.kind for each in earlier if each.kind in ("duty", "report")]
    if speakers[-1:] == ["duty"] and _DUE.match(mention.lower, cue.start):
        return True  # "the law requires a plan that was due by"
    if earlier and earlier[-1].kind == "update" and cue.start - earlier[-1].end <= 12:
        return True
    if earlier and earlier[-1].kind == "auditor" and cue.start - earlier[-1].end <= 2:
        return True  # "our next review, planned for"
    return _ours(mention, cue)


def _ours(mention: Mention, cue: Cue) -> bool:
    """Tell the auditor's own commitment: we will review it, a report is planned for."""
    speakers = [
        each.kind
        for each in mention.before
        if each.end <= cue.start and each.kind in ("auditor", "report")
    ]
    joined = mention.lower[max(mention.sentence[0], cue.start - 12) : cue.start]
    return speakers[-1:] == ["auditor"] and joined.endswith(
        (" and ", " and also ", " report ", " review ")
    )


def _labelled(mention: Mention) -> bool:
    """Tell whether the date is what a label (ECD, target date) says."""
    labels = [cue for cue in mention.before if cue.kind == "label"]
    if not labels or not _belongs(mention, labels[-1]) or _ours(mention, labels[-1]):
        return False
    label = labels[-1]
    kinds = {cue.kind for cue in mention.before if cue.start > label.start}
    given = [cue for cue in mention.before if label.start - 25 < cue.end <= label.start]
    if not mention.lower.startswith("with ", label.start):
        kinds |= {cue.kind for cue in given[-1:]} & {"described", "past", "report"}
    return not (mention.link == "in" and kinds & {"described", "revised", "past", "report"})


def _belongs(mention: Mention, label: Cue) -> bool:
    """Tell whether a date is near enough to its label, with nothing else that claims it."""
    lower, between = mention.lower, mention.lower[label.end : mention.start]
    if _LACKED.search(lower[max(mention.sentence[0], label.start - 60) : label.start]):
        return False
    if mention.link == "by" and any(cue.kind == "update" for cue in mention.before):
        return False  # "provide us with a target date by"
    if between.strip(" :=-(") and mention.dates_document:
        return False
    kinds = {cue.kind for cue in mention.before if cue.start > label.start}
    another = ";" in between or " date:" in between
    return len(between) <= 90 and not another and not kinds & {"auditor", "update", "duty"}


def _extended(mention: Mention) -> bool:
    """Tell whether the date is the new end of something extended, delayed or revised to it."""
    passed = ("label", "purpose", "forward")
    verbs = [
        cue for cue in mention.before if cue.kind not in passed and not _deadline(mention, cue)
    ]
    cue = verbs[-1] if verbs else None
    if not cue or cue.kind != "revised" or _public(mention):
        return False
    through = mention.lower.startswith("through ", mention.start)
    subject = mention.lower[max(mention.sentence[0], cue.start - 120) : cue.start]
    if _LAW_EXTENDED.search(subject) or (through and _LAW.search(subject)):
        return False  # "the Act, which lapsed in May, was extended through"
    toward = mention.lower.startswith(("to ", "until ", "through "), mention.start)
    between = mention.lower[cue.end : mention.start].strip()
    return toward and (not between or bool(_POSTPONED.search(between)))


def _deadline(mention: Mention, cue: Cue) -> bool:
    """Tell a deadline that is named (extended its deadline) from a duty."""
    return mention.lower.startswith("deadline", cue.start)


def _public(mention: Mention) -> bool:
    """Tell a date set for the public: the deadline for applications, the comment period."""
    floor = max(mention.sentence[0], mention.start - 60)
    return bool(_PUBLIC.search(mention.lower, floor, mention.start))
