"""An agency's estimated completion date (ECD), found in the prose of a status narrative."""

from dataclasses import dataclass
from datetime import date

from coee_nb.engines.datewords.styles import FEDERAL, MONTH_FIRST, DateStyle
from coee_nb.lazily import offered
from coee_nb.recommendations.narratives.commitments import Commitment, find_commitments
from coee_nb.recommendations.narratives.narrative import Narrative
from coee_nb.recommendations.narratives.standing import says_closed
from coee_nb.recommendations.narratives.strength import LABELLED, STARTED, WITHDRAWN
from coee_nb.recommendations.narratives.updates import AUDITOR


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
class Refused:
    """The words, from offset ``start``, of a current date that cannot be read, and why not."""

    span: str
    start: int
    reason: str


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The words, from offset ``start``, by which a date given before no longer stands."""

    span: str
    start: int


def find_withdrawal(
    narrative: str, style: DateStyle = FEDERAL, voice: str = AUDITOR
) -> Withdrawal | None:
    """Return the words that end the agency's date, None where a date stands or none is ended.

    >>> find_withdrawal("As of May 2024, the completion date is to be determined.").span
    'completion date is to be determined'
    """
    told = Narrative(narrative)
    commitments = find_commitments(told, style, voice)
    withdrawn = [commitment for commitment in commitments if commitment.strength == WITHDRAWN]
    if not withdrawn or says_closed(told) or _current(commitments):
        return None
    last = max(withdrawn, key=lambda each: (each.told, each.start))
    start, end = told.original(last.start, last.end)
    return Withdrawal(told.source[start:end], start)


def find_ecd(
    narrative: str,
    *,
    date_order: str = MONTH_FIRST,
    fiscal_year_end: str = "",
    voice: str = AUDITOR,
) -> Ecd | None:
    """Return the agency's current ECD in a status narrative, or None where there is none.

    The latest update's date counts, and in it a labelled ECD before other commitments, and the last
    due date of several. A closed recommendation has none, and one whose date was taken back.
    Dates of reports, past events, statutes and of the auditor's own work are not ECDs; nor is a
    date that is in no calendar or may be read in two ways (see ``DateStyle`` for the two options).
    ``voice`` is whose words these are: "auditor", or "agency" for a reply of its own, in which "we
    will" and "agreed to" are promises.

    >>> ecd = find_ecd("In May 2023, CBP said it expects to finish by the end of FY24.")
    >>> ecd.due.isoformat(), ecd.precision, ecd.span
    ('2024-09-30', 'fiscal_year', 'by the end of FY24')
    """
    told = Narrative(narrative)
    commitments = find_commitments(told, DateStyle(date_order, fiscal_year_end), voice)
    current = None if says_closed(told) else _current(commitments)
    if current is None or current.dated.refused:
        return None
    return _ecd(told, current, _earlier(told, commitments, current))


def find_refused(
    narrative: str, style: DateStyle = FEDERAL, voice: str = AUDITOR
) -> Refused | None:
    """Return the current date's words where they cannot be read as one date, else None.

    >>> find_refused("ECD: February 30, 2024.")
    Refused(span='February 30, 2024', start=5, reason='it is in no calendar')
    """
    told = Narrative(narrative)
    current = None if says_closed(told) else _current(find_commitments(told, style, voice))
    if current is None or not current.dated.refused:
        return None
    start, end = told.original(current.dated.start, current.dated.end)
    return Refused(told.source[start:end], start, current.dated.refused)


def _current(commitments: tuple[Commitment, ...]) -> Commitment | None:
    """Return the commitment of the latest update that gives one; None if it takes the date back."""
    held = [commitment for commitment in commitments if not commitment.former] or list(commitments)
    if not held:
        return None
    latest = max(commitment.told for commitment in held)
    last = [commitment for commitment in held if commitment.told == latest]
    ended = max((each.end for each in last if each.strength == WITHDRAWN), default=-1)
    return _foremost([commitment for commitment in last if commitment.start > ended])


def _foremost(commitments: list[Commitment]) -> Commitment | None:
    dated = [commitment for commitment in commitments if commitment.period]
    return max(
        dated,
        key=lambda each: (
            each.strength == LABELLED,
            each.bound == "due",
            each.strength > STARTED,
            each.dated.due,
        ),
        default=None,
    )


def _earlier(
    told: Narrative, commitments: tuple[Commitment, ...], current: Commitment
) -> tuple[FormerEcd, ...]:
    """Return the dates given up and the foremost one of each earlier update, oldest first."""
    days = {commitment.told for commitment in commitments if commitment.told < current.told}
    foremost = [_foremost([each for each in commitments if each.told == day]) for day in days]
    named = [*foremost, *(each for each in commitments if each.former)]
    given = [each for each in named if each and not each.dated.refused]
    former: dict[date, FormerEcd] = {}
    for each in sorted(given, key=lambda each: (each.told, each.dated.due)):
        due = each.dated.due
        if due != current.dated.due:
            start, end = told.original(each.start, each.dated.end)
            former.setdefault(due, FormerEcd(due, each.dated.precision, told.source[start:end]))
    return tuple(former.values())


def _ecd(told: Narrative, current: Commitment, earlier: tuple[FormerEcd, ...]) -> Ecd:
    start, end = told.original(current.start, current.dated.end)
    return Ecd(
        due=current.dated.due,
        starts=current.dated.starts,
        precision=current.dated.precision,
        span=told.source[start:end],
        start=start,
        bound=current.bound,
        kind=current.kind,
        earlier=earlier,
    )


__all__ = ["Ecd", "Withdrawal", "find_ecd", "find_withdrawal"]
__dir__ = offered(__all__)
