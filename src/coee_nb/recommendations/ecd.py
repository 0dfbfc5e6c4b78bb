"""An agency's estimated completion date (ECD), found in the prose of a status narrative."""

import re
from dataclasses import dataclass
from datetime import date

from coee_nb.recommendations.narratives.narrative import Narrative
from coee_nb.recommendations.narratives.promises import Promise, find_promises
from coee_nb.recommendations.narratives.ranks import LABELLED, STARTED, WITHDRAWN

_CLOSED = re.compile(
    r"\bclosed ?[-,]? ?(?:as )?(?:not )?implemented"
    r"|\brecommendation (?:is|was|has been|are) (?:now |therefore )?(?:considered )?(?:to be )?"
    r"(?:\w+ and )?(?:closed|(?:fully )?implemented)"
    r"|\b(?:clos(?:ed|ing)|consider(?:s|ed)?) (?:this|the|our) recommendation (?:as |to be |is )?"
    r"(?:\w+ and )?(?:closed|(?:fully )?implemented)"
    r"|\b(?:we|gao|oig) (?:have |has |are |is )?(?:now |therefore )?clos(?:ed|ing) (?:this|the)"
    r" recommendation|\bfully (?:implemented|addressed) (?:this|the|our) recommendation"
    r"|\b(?:meet|met|satisf|fulfil)\w* the intent of (?:this|the|our) recommendation"
    r"|\bstatus: (?:(?:fully )?implemented|completed?\b|will not implement|no longer|closed"
    r"|legislation enacted|resolved(?!\W+(?:and |but )?open))"
)
_STATUS = re.compile(r"\bstatus: ")
_STILL_OPEN = re.compile(
    r"\b(?:remains? open|will|would|should|to close|can be closed|once|when|until|if|whether|before"
    r"|upon|extent|ecd|plan(?:s|ned)?|not (?:yet|fully|met?|satisf\w*)|partially|determine)\b"
)


@dataclass(frozen=True, slots=True)
class FormerEcd:
    """An ECD the agency gave before: its due date, precision and exact words."""

    due: date
    precision: str
    span: str


@dataclass(frozen=True, slots=True)
class Ecd:
    """An agency's current estimated completion date, read as an interval that ends on ``due``.

    ``precision`` is day, month, quarter, season, fiscal_year or calendar_year; ``span`` is the
    narrative's own words, from offset ``start``; ``bound`` is "due", or "not_before" where the
    agency gave only a lower bound; ``kind`` is "action" or "milestone" (a hint); ``earlier`` holds
    the agency's former ECDs, oldest first.
    """

    due: date
    starts: date
    precision: str
    span: str
    start: int
    bound: str
    kind: str
    earlier: tuple[FormerEcd, ...] = ()


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The words, from offset ``start``, by which a date given before no longer stands."""

    span: str
    start: int


def find_withdrawal(narrative: str) -> Withdrawal | None:
    """Return the words that end the agency's date, None where a date stands or none is ended.

    >>> find_withdrawal("As of May 2024, the completion date is to be determined.").span
    'the completion date is to be determined'
    """
    told = Narrative(narrative)
    promises = find_promises(told)
    if not promises or _closed(told) or _current(promises):
        return None
    withdrawn = [promise for promise in promises if promise.rank == WITHDRAWN]
    if not withdrawn:
        return None
    start, end = told.original(withdrawn[-1].start, withdrawn[-1].end)
    return Withdrawal(told.source[start:end], start)


def find_ecd(narrative: str) -> Ecd | None:
    """Return the agency's current ECD in a status narrative, or None where there is none.

    The latest update's date counts, and in it a labelled ECD before other promises, and the last
    due date of several. A closed recommendation has none. Dates of reports, past events, statutes
    and of the auditor's own work are not ECDs.

    >>> ecd = find_ecd("In May 2023, CBP said it expects to finish by the end of FY24.")
    >>> ecd.due.isoformat(), ecd.precision, ecd.span
    ('2024-09-30', 'fiscal_year', 'by the end of FY24')
    """
    told = Narrative(narrative)
    promises = find_promises(told)
    if not promises or _closed(told):
        return None
    current = _current(promises)
    return _ecd(told, current, _earlier(told, promises, current)) if current else None


def _closed(told: Narrative) -> bool:
    """Tell whether the narrative says that the recommendation is closed, without an if."""
    closed = False
    status = _STATUS.search(told.lower)
    for start, end in told.sentences:
        sentence = told.lower[start:end]
        found = _CLOSED.search(sentence)
        if found and found.group().startswith("status: "):
            # A response page gives its newest status first.
            closed = closed or start + found.start() == status.start()
        elif found:
            closed = not _STILL_OPEN.search(sentence)
        elif "remains open" in sentence or "remain open" in sentence:
            closed = False
    return closed


def _current(promises: tuple[Promise, ...]) -> Promise | None:
    """Return the promise of the latest update that gives one; None if it takes the date back."""
    held = [promise for promise in promises if not promise.former] or list(promises)
    latest = max(promise.told for promise in held)
    return _foremost([promise for promise in held if promise.told == latest])


def _foremost(promises: list[Promise]) -> Promise | None:
    dated = [promise for promise in promises if promise.period]
    return max(
        dated,
        key=lambda each: (
            each.rank == LABELLED,
            each.bound == "due",
            each.rank > STARTED,
            each.period.due,
        ),
        default=None,
    )


def _earlier(
    told: Narrative, promises: tuple[Promise, ...], current: Promise
) -> tuple[FormerEcd, ...]:
    """Return the dates given up and the foremost one of each earlier update, oldest first."""
    days = {promise.told for promise in promises if promise.told < current.told}
    foremost = [_foremost([each for each in promises if each.told == day]) for day in days]
    given = filter(None, [*foremost, *(each for each in promises if each.former)])
    former = {}
    for promise in sorted(given, key=lambda each: (each.told, each.period.due)):
        if promise.period.due != current.period.due:
            start, end = told.original(promise.start, promise.period.end)
            former.setdefault(
                promise.period.due,
                FormerEcd(promise.period.due, promise.period.precision, told.source[start:end]),
            )
    return tuple(former.values())


def _ecd(told: Narrative, current: Promise, earlier: tuple[FormerEcd, ...]) -> Ecd:
    start, end = told.original(current.start, current.period.end)
    return Ecd(
        due=current.period.due,
        starts=current.period.starts,
        precision=current.period.precision,
        span=told.source[start:end],
        start=start,
        bound=current.bound,
        kind=current.kind,
        earlier=earlier,
    )
