"""The California State Auditor's pages of responses to a recommendation, as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from coee_nb.engines.datewords.periods import Period, find_periods
from coee_nb.engines.datewords.styles import MONTH_FIRST, DateStyle
from coee_nb.recommendations.ecd import Ecd
from coee_nb.recommendations.narratives.updates import AGENCY
from coee_nb.recommendations.sources.cell_values import Due
from coee_nb.recommendations.sources.lines import stretches
from coee_nb.recommendations.sources.reading import Excluded, Reading, Record, reading
from coee_nb.recommendations.sources.source import Source
from coee_nb.recommendations.sources.words import meant_status, normalised

FORMAT = "California State Auditor responses"
ISSUER = "California State Auditor"
STYLE = DateStyle(MONTH_FIRST, "06-30")  # the State's fiscal year ends on June 30
_MONTH = r"[A-Z][a-z]+\s+(?:\d{1,2},\s+)?\d{4}"
_REPORT = re.compile(
    rf"^\s*Report\s+(?P<report>\d{{4}}-[\w.]+):\s*(?P<title>.+?)\s*"
    rf"\(Release\s+Date:\s*(?P<issued>{_MONTH})\)",
    re.MULTILINE | re.DOTALL,
)
_RECOMMENDATION = re.compile(
    r"^\s*Recommendation\s+(?:for\s+Legislative\s+Action\s*)?#?\s*(?P<number>[\w.]+)\s+To:\s*"
    r"(?P<agency>[^\n]+)",
    re.MULTILINE,
)
# Not the agency's: the Legislature acts on it, or does not.
_LEGISLATIVE = re.compile(
    r"^[^\S\n]*Recommendation\s+for\s+Legislative\s+Action\b(?![^\n]*\n?[^\n]{0,40}\bTo:)[^\n]*",
    re.MULTILINE,
)
_RESPONSE = re.compile(
    r"^\s*(?P<round>60-Day|6-Month|1-Year|Annual)\b[^\n]{0,60}?\bResponse"
    rf"(?:\s+From\s+(?P<month>{_MONTH})|[^\S\n]*$)",
    re.MULTILINE,
)
_ECD = re.compile(rf"Estimated\s+Completion\s+Date:\s*(?P<period>{_MONTH}|[^\n]{{1,40}})")
_COMPLETED = re.compile(rf"(?<!Estimated )\bCompletion\s+Date:\s*(?P<period>{_MONTH})")
_ASSESSMENT = re.compile(
    r"Assessment\s+of\s+[^\n:]{0,40}Status:[^\S\n]*(?P<status>[^\n]*)", re.IGNORECASE
)
_END = re.compile(r"^\s*All\s+Recommendations\s+in\b", re.MULTILINE)


def recognises(source: Source) -> bool:
    """Tell whether the text has a response by round under a recommendation's heading."""
    return bool(_RECOMMENDATION.search(source.text) and _RESPONSE.search(source.text))


def read(source: Source, *, as_of: date) -> Reading:
    """Return every response, dated by its month: the page carries its own history of ECDs.

    A response without a month is excluded, and so is a recommendation without any response; one
    without a known status is seen and not read. The responses to a recommendation stand oldest
    first, whatever their order on the page. Recommendations to the Legislature are out of
    scope. ``as_of`` is the day the page was copied.
    """
    heads = sorted(
        [*_RECOMMENDATION.finditer(source.text), *_LEGISLATIVE.finditer(source.text)],
        key=lambda head: head.start(),
    )
    report = _REPORT.search(source.text)
    scope = {"issuer": ISSUER} | ({"report": report["report"]} if report else {})
    return reading(FORMAT, source, as_of=as_of, found=_found(source, heads), scope=scope)


def _found(source: Source, heads: list[re.Match]) -> Iterator[Record | Excluded]:
    parts = stretches([head.start() for head in heads], len(source.text))
    for head, (_, end) in zip(heads, parts, strict=True):
        if head.re is _LEGISLATIVE:
            yield _legislative(source, head, end)
            continue
        stop = _END.search(source.text, head.end(), end)
        yield from sorted(_responses(source, head, stop.start() if stop else end), key=_when)


def _when(found: Record | Excluded) -> date:
    return found.stated_to if isinstance(found, Record) else date.min


def _legislative(source: Source, head: re.Match, end: int) -> Excluded:
    text = normalised(source.text[head.end() : end])
    reason = "a recommendation to the Legislature, which no agency answers"
    return Excluded(source.where(head.end()), text[:60], reason, "out of scope")


def _responses(source: Source, head: re.Match, end: int) -> list[Record | Excluded]:
    rounds = list(_RESPONSE.finditer(source.text, head.end(), end))
    if not rounds:
        reason = "no response to the recommendation in the file"
        return [Excluded(source.where(head.start("number")), head.group().strip()[:60], reason)]
    text = source.text[head.end() : rounds[0].start()]
    parts = stretches([response.start() for response in rounds], end)
    return [
        _record(source, head, text, response, stop)
        for response, (_, stop) in zip(rounds, parts, strict=True)
    ]


def _record(
    source: Source, head: re.Match, text: str, response: re.Match, end: int
) -> Record | Excluded:
    where = source.where(response.start("round"))
    begins = normalised(response.group())[:60]
    month = _period(response["month"] or "")
    if month is None:
        return Excluded(where, begins, "the response has no month")
    assessed = _ASSESSMENT.search(source.text, response.end(), end)
    report = _REPORT.search(source.text)
    narrative = source.text[response.end() : end]
    indent = len(narrative) - len(narrative.lstrip())
    read = Record(
        issuer=ISSUER,
        where=where,
        stated_from=month.starts,
        stated_to=month.due,
        report=report["report"] if report else "",
        number=head["number"],
        agency=normalised(head["agency"]),
        title=normalised(report["title"]) if report else "",
        text=text,
    )
    if not assessed:
        return replace(read, unread="no assessed status", unread_span=begins)
    status, doubt = meant_status(assessed["status"], ISSUER, start=assessed.start("status"))
    return replace(
        read,
        status=status,
        status_doubt=doubt,
        narrative=narrative.strip(),
        narrative_start=response.end() + indent,
        due=Due(_ecd(narrative.strip())),
        style=STYLE,
        voice=AGENCY,
        note=_note(response, report, narrative),
    )


def _note(response: re.Match, report: re.Match | None, narrative: str) -> str:
    """The round, the month of release (a month is no issue date) and what the agency asserts."""
    parts = [f"{response['round']} response"]
    if report:
        parts.append(f"report released in {normalised(report['issued'])}")
    completed = _COMPLETED.search(normalised(narrative))
    if completed:
        parts.append(f"agency states completion in {completed['period']}")
    return "; ".join(parts)


def _period(words: str) -> Period | None:
    found = find_periods(normalised(words))
    return found[0] if len(found) == 1 and found[0].precision in ("day", "month") else None


def _ecd(narrative: str) -> Ecd | None:
    """The page's own field; prose is read for a date only where the field is absent."""
    match = _ECD.search(narrative)
    if match is None or len(found := find_periods(normalised(match["period"]), STYLE)) != 1:
        return None
    period, span = found[0], match["period"].strip()
    start = match.start("period")
    return Ecd(period.due, period.starts, period.precision, span, start, "due", "action")
