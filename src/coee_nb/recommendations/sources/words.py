"""What auditors' words mean to the log: statuses, concurrence, fingerprints, dated statements."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from coee_nb.checks import Fault, Rule, refuse
from coee_nb.engines.datewords.periods import Period, find_periods
from coee_nb.engines.datewords.styles import FEDERAL, DateStyle
from coee_nb.errors import InputError
from coee_nb.files import read_file
from coee_nb.recommendations.columns import ASSERTED_COMPLETE, CLOSED_STATUSES, STATUSES
from coee_nb.recommendations.narratives.narrative import Narrative

_PLAIN = str.maketrans(
    "\u2010\u2011\u2012\u2013\u2014\u2212\u2018\u2019\u201c\u201d", "------''\"\""
)
_NUMBER_AT_END = re.compile(r"\s*\(recommendations? [\w. -]+\)\.?\s*$", re.IGNORECASE)

_OPEN_WORDS = (
    "in progress", "in process", "in process - not due", "in process - past due", "underway",
    "under way", "work in progress", "ongoing", "incomplete", "incomplete - ongoing", "not started",
    "not yet started", "pending", "open - unimplemented", "open unimplemented", "open - past due",
    "open - overdue", "overdue", "past due", "delayed", "on track", "on hold", "not implemented",
    "not fully implemented", "not yet implemented", "outstanding", "open - in progress", "active",
    "open - on track", "open - not started", "open - pending", "open - delayed", "open - not due",
    "open - priority", "open - new", "new", "not due", "not yet due", "due", "on schedule",
    "behind schedule", "at risk", "off track", "deferred", "postponed", "reopened",
    "re - opened", "planned", "planning", "planning stage",
    "preparation for implementation", "scheduled", "started", "initiated",
    "action planned", "action in progress", "action delayed", "in implementation",
    "implementation in progress", "implementation ongoing", "being implemented", "in development",
    "pending implementation", "awaiting implementation", "in progress - on track",
    "in progress - delayed", "in progress - overdue", "in progress - past due", "no progress",
    "limited progress", "no progress or insignificant progress", "not addressed",
    "no action taken", "not complete", "not completed", "unimplemented", "not started - overdue",
    "repeat", "repeated", "carried forward",
)  # fmt: skip
_PARTLY_WORDS = (
    "partly implemented", "partially complete", "partially completed", "partly complete",
    "partly done", "partially done", "partly completed", "substantially completed",
    "substantially implemented", "substantially complete", "largely implemented",
    "mostly implemented", "partially addressed", "partially implemented",
    "partial implementation", "in progress - partially implemented", "open - partly implemented",
    "open - partially implemented", "open - substantially implemented", "partially met",
    "implemented in part", "implemented - in part", "completed in part", "addressed in part",
)  # fmt: skip
_DONE_WORDS = (
    "implemented", "fully implemented", "closed implemented", "closed and implemented",
    "implemented and closed", "closed - fully implemented", "closed - complete",
    "closed - completed", "closed - verified", "closed and verified", "verified", "verified closed",
    "verified complete", "verified implemented", "verified by internal audit",
    "verified by auditor", "verified by the auditor", "implementation verified",
    "implemented - verified", "complete - verified", "completed - verified", "validated",
    "resolved and closed", "closed and resolved", "closed - resolved", "closed - satisfied",
    "fully addressed", "closed - addressed", "fully implemented - verified",
    "completed - closed", "complete - closed", "implemented - closed",
)  # fmt: skip
_ASSERTED_WORDS = (
    "complete", "completed", "closure requested", "pending verification", "pending validation",
    "pending closure", "ready for verification", "ready for closure", "submitted for closure",
    "submitted for verification", "awaiting verification", "awaiting validation",
    "complete - pending verification", "completed - pending verification",
    "complete - not verified", "complete - unverified", "implemented - pending verification",
    "implemented - pending validation", "implemented - not verified", "implemented - unverified",
    "reported as implemented", "reported implemented", "reported complete", "closed by management",
    "awaiting closure", "done", "finished", "under review by internal audit",
    "under auditor review", "100% complete",
)  # fmt: skip
_DROPPED_WORDS = (
    "closed unimplemented", "closed - unimplemented", "not implemented and closed",
    "closed and not implemented", "closed - no longer valid", "closed - no longer applicable",
    "closed - no longer relevant", "closed - superseded", "closed - obsolete", "closed - withdrawn",
    "closed - cancelled", "closed - canceled", "closed - risk accepted", "closed - not accepted",
    "closed - overtaken by events", "no longer applicable", "no longer valid",
    "no longer relevant", "superseded", "obsolete", "overtaken by events", "withdrawn",
    "rescinded", "cancelled", "canceled", "dropped", "not implemented - n - a",
)  # fmt: skip
_REFUSED_WORDS = (
    "will not implement", "will not be implemented", "risk accepted", "accepted risk",
    "accept risk", "management accepts risk", "management accepted risk", "open - risk accepted",
    "not implemented - disagree", "not implemented - disagreed", "management disagrees",
    "management disagreed", "not accepted", "rejected",
)  # fmt: skip
_UNRESOLVED_WORDS = (
    "disputed", "no management decision", "open and unresolved", "unresolved and open",
    "unresolved - open", "not resolved",
)  # fmt: skip
_RESOLVED_WORDS = ("open and resolved", "open - resolved", "resolved - open")
# That it is closed, and not whether it was implemented.
_CLOSED_SOMEHOW = ("closed", "close", "closed out", "final", "inactive")
_STATUS_WORDS = {
    **dict.fromkeys(_OPEN_WORDS, "open"),
    **dict.fromkeys(_PARTLY_WORDS, "open - partially addressed"),
    **dict.fromkeys(_DONE_WORDS, "closed - implemented"),
    **dict.fromkeys(_DROPPED_WORDS, "closed - not implemented"),
    **dict.fromkeys((*_REFUSED_WORDS, *_UNRESOLVED_WORDS), "unresolved"),
    **dict.fromkeys(_RESOLVED_WORDS, "resolved and open"),
    **dict.fromkeys(_ASSERTED_WORDS, ASSERTED_COMPLETE),
    "open - unresolved": "unresolved",
} | {status: status for status in STATUSES}
# What an issuer alone means by its words; its other words mean what they mean for all.
_ISSUERS_WORDS = {
    "California State Auditor": {
        "pending": "open",
        "no action taken": "open",
        "not fully implemented": "open",
        "not implemented": "open",
        "will not implement": "unresolved",
        "not substantiated": ASSERTED_COMPLETE,
        # Circumstances have changed so that the recommendation no longer applies.
        "resolved": "closed - not implemented",
        "no longer necessary": "closed - not implemented",
        "legislation enacted": "closed - implemented",
    }
}

_CONCURRENCE = re.compile(
    r"(?P<none>neither (?:agreed|concurred) (?:n?or) (?:dis|non-?)?\w+)"
    r"|(?P<partially>partially (?:agree[ds]?|concur\w*)|partial(?:ly)? concur\w*)"
    r"|(?P<no>(?:did|do|does) not (?:agree|concur)|disagree[ds]? with|non-?concur\w*)"
    r"|(?P<yes>\bconcur(?:red|s)?\b|\bagree[ds]? with)",
    re.IGNORECASE,
)
_CONCURRENCES = {
    "none": "none stated",
    "partially": "partially concur",
    "no": "non-concur",
    "yes": "concur",
}

# What the auditor will do says nothing about what the agency has done.
_BOILERPLATE = re.compile(
    r"(?:we|gao) will (?:update|provide|continue|monitor|follow|report)\b"
    r"|when we (?:confirm|determine|receive)\b|once (?:we|the agency)\b.*\bwe will\b",
    re.IGNORECASE,
)
_STATED = re.compile(
    r"\b(?:as of|as at|(?:in|on|during|since|from)(?: (?:its|the|an?))?|dated|updated?|beginning in"
    r"|until)(?: (?:early|mid|late))?[ -]$",
    re.IGNORECASE,
)


def normalised(text: str) -> str:
    r"""Return text on one line with plain dashes, quotes and spaces.

    >>> normalised("the Centers\u2019\r\n role \u2013 now")
    "the Centers' role - now"
    """
    return " ".join(unicodedata.normalize("NFKC", text).translate(_PLAIN).split())


def fingerprint(text: str) -> str:
    """Return the SHA-256 of a text's words, whatever its spacing, case, quotes and end number.

    >>> fingerprint("Plan  hiring. (Recommendation 1)") == fingerprint("plan hiring")
    True
    """
    words = _NUMBER_AT_END.sub("", normalised(text)).rstrip(". ").casefold()
    return hashlib.sha256(words.encode()).hexdigest()


MEANT = Rule(
    "meant",
    "Has every word a status of the log?",
    "a word without a status of the log",
    expected=f"a word, and one of {', '.join(STATUSES)}",
    do="correct the row",
)
ONCE = Rule("once", "Is every word there once?", "a word given twice", do="keep one")


def read_statuses(path: str | Path) -> dict[str, str]:
    """Return what a CSV of ``word,status`` says a list's own words mean.

    Raises InputError that tells every status that the log does not have and word given twice.
    """
    meant: dict[str, str] = {}
    faults: list[Fault] = []
    for row in read_file(path).table(("word", "status")).itertuples():
        word, status = _plain(row.word), _plain(row.status)
        where = f"{Path(path).name}, line {row.line}"
        if not word or status not in STATUSES:
            told = f"the word {row.word!r} has the status {row.status!r}"
            faults.append(MEANT.fault(where, told))
        elif word in meant:
            faults.append(ONCE.fault(where, f"the word {row.word!r} is given twice"))
        else:
            meant[word] = status
    refuse(faults)
    return meant


def _plain(words: str) -> str:
    told = normalised(words).casefold().strip(" .*")
    told = re.sub(r"(?<=\w)\s*\(([^()]*)\)$", r" - \1", told)
    told = re.sub(r"(?<=[a-z])\s*(?:[-:,]\s*)?\(?\d{1,2} ?%(?: (?:complete|done))?\)?$", "", told)
    return re.sub(r"\s*[-:,/]\s*", " - ", told)


def known_status(words: str, issuer: str = "", own: Mapping[str, str] | None = None) -> str:
    r"""Return the log's word for a status, or raise InputError when the words do not decide it.

    ``own`` is what a list says of its own words (``read_statuses``); it goes first.

    >>> known_status("Open \u2013 Partially Addressed")
    'open - partially addressed'
    """
    plain = _plain(words)
    meant = _STATUS_WORDS | _ISSUERS_WORDS.get(issuer, {}) | dict(own or {})
    # "In-Progress", "On-going"
    spelt = (plain, plain.replace(" - ", " "), plain.replace(" - ", ""))
    plain = next((one for one in spelt if one in meant), plain)
    if plain not in meant:
        undecided = plain in _CLOSED_SOMEHOW
        reason = "closed, but not whether implemented" if undecided else "unknown"
        raise InputError(
            f"no status: {words.strip()!r} is {reason}" if plain else "no status",
            expected=", ".join(STATUSES),
        )
    return meant[plain]


def meant_status(
    words: str, issuer: str = "", own: Mapping[str, str] | None = None, start: int = -1
) -> tuple[Said, str]:
    """Return the status that a cell means, and why it is in doubt (blank: it is not).

    A word that is not understood is taken as open; one that says closed, and not whether
    implemented, has no word of the log.

    >>> meant_status("Green")
    (Said(word='open', span='Green', start=-1), "no status: 'Green' is unknown")
    """
    try:
        return Said(known_status(words, issuer, own), words, start), ""
    except InputError as error:
        plain = _plain(words)
        word = "" if plain in _CLOSED_SOMEHOW or plain.startswith("closed") else "open"
        return Said(word, words.strip(), start), error.found


def ends_dates(words: str) -> bool:
    """Tell whether words begin with a status, any issuer's, that leaves no date to be met.

    Such are closed, asserted to be complete, and that the agency will not do it.

    >>> ends_dates("Will not implement"), ends_dates("implemented in part"), ends_dates("pending")
    (True, False, False)
    """
    meant = {word: status for own in _ISSUERS_WORDS.values() for word, status in own.items()}
    meant |= _STATUS_WORDS | dict.fromkeys(_CLOSED_SOMEHOW, CLOSED_STATUSES[0])
    meant |= dict.fromkeys(_REFUSED_WORDS, CLOSED_STATUSES[1])
    told = words.split()
    begun = (_plain(" ".join(told[:n])) for n in range(len(told), 0, -1))
    longest = next((word for word in begun if word in meant), "")
    return meant.get(longest) in (*CLOSED_STATUSES, ASSERTED_COMPLETE)


@dataclass(frozen=True)
class Said:
    """A word of the log, with the source's own words for it and their offset."""

    word: str
    span: str
    start: int


def find_concurrence(narrative: str) -> Said | None:
    """Return the agency's first word on whether it agrees, or None where it says nothing.

    >>> find_concurrence("DHS did not agree with this recommendation.").word
    'non-concur'
    """
    match = _CONCURRENCE.search(narrative)
    if not match or not match.lastgroup:
        return None
    return Said(_CONCURRENCES[match.lastgroup], match.group(), match.start())


def says_nothing(narrative: str) -> bool:
    """Tell whether a narrative holds no more than concurrence and what the auditor will do.

    >>> says_nothing("CBP agreed with this recommendation. We will update the status later.")
    True
    """
    told = Narrative(narrative)
    rest = [told.text[slice(*sentence)] for sentence in told.sentences]
    return not any(
        text.strip() and not _BOILERPLATE.match(text) and not _only_concurs(text) for text in rest
    )


def _only_concurs(sentence: str) -> bool:
    return len(sentence.split()) <= 9 and bool(_CONCURRENCE.search(sentence))


def last_statement(
    narrative: str,
    *,
    by: date,
    beside: tuple[int, int] = (0, 0),
    style: DateStyle = FEDERAL,
) -> Period | None:
    """Return the latest day or month, begun by ``by``, that a narrative tells of.

    A date counts when words such as "as of", "in" or "on" tie it to what was said or done;
    ``beside`` is the (start, end) of the ECD, which is of the future. The period's ``start`` and
    ``end`` are offsets in ``narrative``.

    >>> last_statement("As of May 2023, a plan is due by June 2023.", by=date(2024, 1, 1)).due
    datetime.date(2023, 5, 31)
    """
    told = Narrative(narrative)
    stated = []
    for period in find_periods(told.text, style):
        start, end = told.original(period.start, period.end)
        past = period.precision in ("day", "month") and period.starts <= by
        outside = end <= beside[0] or start >= beside[1]
        if past and outside and _STATED.search(told.text[max(0, period.start - 24) : period.start]):
            stated.append(Period(period.starts, period.due, period.precision, start, end))
    return max(stated, key=lambda period: period.due, default=None)
