"""A DHS OIG audit report as text: its recommendations, the agency's comments, OIG's analysis."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from coee_nb.engines.datewords.periods import Period, find_periods
from coee_nb.recommendations.narratives.standing import find_standing
from coee_nb.recommendations.sources.lines import lines_of, stretches
from coee_nb.recommendations.sources.reading import Excluded, Reading, Record, reading
from coee_nb.recommendations.sources.source import Source
from coee_nb.recommendations.sources.words import (
    Said,
    find_concurrence,
    normalised,
)

FORMAT = "DHS OIG report"
ISSUER = "DHS OIG"
_REPORT = re.compile(r"\bOIG-\d\d-\d+\b")
_TEXT = re.compile(
    r"^[^\S\n]*Recommendation[^\S\n]+(?P<number>\d+):\s*(?P<text>\S.*?)"
    r"(?=\n[^\S\n]*(?:\n|Recommendation[^\S\n]+\d+:"
    r"|[^\n]*Comments and OIG Analysis)|\Z)",
    re.MULTILINE | re.DOTALL,
)
_COMMENTS = re.compile(
    r"(?P<agency>\b[A-Z][\w&.-]*(?:[^\S\n]+[A-Z][\w&.-]*)*)\s+(?:Comments|Response)\s+to\s+"
    r"Recommendation\s+(?P<number>\d+):\s*"
)
_ANALYSIS = re.compile(r"OIG\s+Analysis(?:\s+of\s+[^:\n]{0,60})?:\s*")
_PARAGRAPH_END = re.compile(r"\n[^\S\n]*\n|\n\s*Appendix\s+[A-Z]\b|\Z")
_COUNTED = re.compile(
    r"\b(?:all|made|makes|make|concurred with(?: our)?)\s+(?:of\s+)?(?:the\s+|our\s+)?"
    r"(?P<count>\w+)\s+recommendations?\b",
    re.IGNORECASE,
)
_COUNTS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
_HEAD = 6000  # the cover and the highlights


@dataclass(frozen=True)
class _Report:
    number: str
    issued: date | None
    title: str
    agency: str


@dataclass(frozen=True)
class _Comment:
    start: int
    text: str
    analysis: str
    analysis_start: int


def recognises(source: Source) -> bool:
    """Tell whether the text is such a report: an OIG number with comments or recommendations."""
    return bool(_REPORT.search(source.text)) and bool(
        _COMMENTS.search(source.text) or _TEXT.search(source.text)
    )


def read(source: Source, *, as_of: date) -> Reading:
    """Return the report's recommendations with the agency's comments and OIG's analysis.

    A report copied from a PDF often holds its text twice, running and tagged: each recommendation
    is read once. What the report says is dated by its issue date, or ``as_of`` without one.
    A recommendation without comments, and comments without one, are excluded.
    """
    report = _report(source)
    texts, comments = _texts(source), _comments(source)
    found = (
        _record(source, report, number, texts.get(number), comments.get(number), as_of)
        for number in sorted(texts.keys() | comments.keys(), key=int)
    )
    return reading(
        FORMAT,
        source,
        as_of=as_of,
        found=found,
        total=_total(source.text),
        scope={"issuer": ISSUER, "report": report.number},
    )


def _record(
    source: Source,
    report: _Report,
    number: str,
    text: re.Match | None,
    comment: _Comment | None,
    as_of: date,
) -> Record | Excluded:
    if text is None:
        reason = "comments on a recommendation whose text is not in the file"
        start, begins = (comment.start, comment.text[:60]) if comment else (0, "")
        return Excluded(source.where(start), begins, reason)
    where, begins = source.where(text.start("number")), normalised(text["text"])[:60]
    if comment is None:
        return Excluded(where, begins, "no agency comments on it in the file, hence no status")
    status, note = _status(comment)
    if status is None:
        return Excluded(where, begins, "no status in OIG's analysis")
    concurrence = find_concurrence(comment.text)
    return Record(
        issuer=ISSUER,
        where=where,
        stated_to=report.issued or as_of,
        stated_from=report.issued,
        report=report.number,
        number=number,
        agency=report.agency,
        title=report.title,
        text=text["text"],
        issued_on=report.issued,
        status=status,
        concurrence=concurrence
        and Said(concurrence.word, concurrence.span, comment.start + concurrence.start),
        narrative=comment.text,
        narrative_start=comment.start,
        note=note,
    )


def _texts(source: Source) -> dict[str, re.Match]:
    """Each recommendation's text, once: the first copy, or a longer one it is the beginning of."""
    chosen: dict[str, re.Match] = {}
    for match in _TEXT.finditer(source.text):
        first = chosen.setdefault(match["number"], match)
        if _continues(first["text"], match["text"]):
            chosen[match["number"]] = match
    return chosen


def _continues(short: str, long: str) -> bool:
    short, long = normalised(short), normalised(long)
    return len(long) > len(short) and long.startswith(short)


def _comments(source: Source) -> dict[str, _Comment]:
    """The comments on each recommendation, up to the end of OIG's analysis, once."""
    chosen: dict[str, _Comment] = {}
    labels = list(_COMMENTS.finditer(source.text))
    parts = stretches([label.start() for label in labels], len(source.text))
    for label, (_, end) in zip(labels, parts, strict=True):
        analysis = _ANALYSIS.search(source.text, label.end(), end)
        if analysis is None:
            end = _paragraph_end(source.text, label.end(), end)
            found = _Comment(label.start(), source.text[label.start() : end].rstrip(), "", end)
        else:
            # A tagged copy has one line a paragraph, a running one a blank line after it.
            end = min(end, _paragraph_end(source.text, analysis.end(), len(source.text)))
            end = _tagged_end(source.text, analysis.end(), end)
            text = source.text[label.start() : end].rstrip()
            found = _Comment(label.start(), text, source.text[analysis.end() : end], analysis.end())
        known = chosen.get(label["number"])
        if known is None or (not known.analysis and found.analysis):
            chosen[label["number"]] = found
    return chosen


def _paragraph_end(text: str, start: int, end: int) -> int:
    found = _PARAGRAPH_END.search(text, start, end)
    return found.start() if found else end


def _tagged_end(text: str, start: int, end: int) -> int:
    """The end of a paragraph that the next line's tab ends, as tagged text has it."""
    tab = re.compile(r"\n[^\S\n]*\t").search(text, start, end)
    return tab.start() if tab else end


def _status(comment: _Comment) -> tuple[Said | None, str]:
    """How the analysis says the recommendation stands, and a note of the day it was closed."""
    found = find_standing(comment.analysis)
    if found is None:
        return None, ""
    said = Said(found.word, found.span, comment.analysis_start + found.start)
    return said, f"closed on {found.on}" if found.on else ""


def _report(source: Source) -> _Report:
    head = source.text[:_HEAD]
    number = next(_REPORT.finditer(source.text)).group()
    day = _cover_date(head)
    label = _COMMENTS.search(source.text)
    return _Report(
        number=number,
        issued=day.due if day else None,
        title=_title(head, day),
        agency=_agency(source.text, label["agency"] if label else ""),
    )


def _cover_date(head: str) -> Period | None:
    """The first line of the cover that is a day and nothing else."""
    for line in lines_of(head):
        for period in find_periods(line.text):
            if period.precision == "day" and period.end - period.start >= len(line.text) - 1:
                return Period(period.starts, period.due, "day", line.start, line.end)
    return None


def _title(head: str, day: Period | None) -> str:
    """The block of lines above the cover's date."""
    above = head[: day.start].strip() if day else ""
    return normalised(re.split(r"\n\s*\n", above)[-1])


def _agency(text: str, acronym: str) -> str:
    """The agency's name where the report writes it out before its acronym, else the acronym."""
    for named in re.finditer(rf"((?:\S+\s+){{1,14}})\({re.escape(acronym)}\)", text):
        name = _spelled_by(named.group(1).split(), acronym)
        if name:
            return name
    return acronym


def _spelled_by(words: list[str], acronym: str) -> str:
    """The last words whose capital letters spell the acronym, with a "U.S." before them."""
    for start in range(len(words) - 1, -1, -1):
        capitals = [word for word in words[start:] if word[0].isupper()]
        initials = "".join("US" if word == "U.S." else word[0] for word in capitals)
        if initials == acronym and words[start][0].isupper():
            nation = ["U.S."] if start and words[start - 1] == "U.S." else []
            return " ".join([*nation, *words[start:]])
    return ""


def _total(text: str) -> int | None:
    words = _COUNTS.split()
    for match in _COUNTED.finditer(text):
        said = match["count"].lower()
        if said.isdigit() or said in words:
            return int(said) if said.isdigit() else words.index(said) + 1
    return None
