"""GAO's page of an agency's open recommendations, as text."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

from coee_nb.errors import InputError
from coee_nb.recommendations.readers.lines import Line, lines_of, stretches
from coee_nb.recommendations.readers.reading import Aside, Reading, Record, reading, unfinished
from coee_nb.recommendations.readers.source import Source
from coee_nb.recommendations.readers.words import Said, known_status, normalised

FORMAT = "GAO agency page"
_TOTAL = re.compile(r"Open Recommendations \((\d+) total\)")
_GROUP = re.compile(r"(\d+) Open Recommendations?$")
_STATUS = re.compile(r"(?:Open|Closed)(?:\s*[-\u2012-\u2015]\s*[A-Z][A-Za-z ]{2,24})?$")
_PRIORITY = re.compile(r"Priority\b", re.IGNORECASE)
_NUMBER = re.compile(r"\(Recommendation (\w+)\)\.?\s*$")
_NO_TITLE = re.compile(r"\.$|^Agency Affected|^Open Recommendations \(")
_FURNITURE = ("Skip to main content", "Jump To:", "Show")


def recognises(source: Source) -> bool:
    """Tell whether the text is such a page: its total and at least one group of recommendations."""
    return bool(_TOTAL.search(normalised(source.text))) or (
        "Agency Affected" in source.text and any(_GROUP.match(x.text) for x in _lines(source))
    )


def read(source: Source, *, as_of: date) -> Reading:
    """Return the recommendations the page shows; ``as_of`` is the day it was copied.

    The page names neither report numbers nor issue dates. Rows without a status, rows that a
    group announces but does not hold, and groups whose report is in doubt are set aside. Raises
    InputError without an agency's name.
    """
    lines = _lines(source)
    agency = _agency(lines, source)
    records, aside = [], []
    for title, announced, body in _groups(lines):
        found, missed = _rows(source, title, body, agency, as_of)
        doubt = _doubt(title, announced, len(found) + len(missed))
        if doubt:
            missed += [Aside(record.where, record.text[:60], doubt) for record in found]
            found = []
        records += found
        aside += missed
        lost = announced - len(found) - len(missed)
        reason = f"the group announces {announced} recommendations, {lost} of them not found"
        aside += [Aside(source.where(title.start), title.text[:60], reason)] * lost
    total = _TOTAL.search(normalised(source.text))
    return reading(
        FORMAT,
        source,
        as_of=as_of,
        records=records,
        aside=aside,
        total=int(total.group(1)) if total else None,
        scope={"issuer": "GAO", "agency": official(agency)},
        remark=_remark(source, records),
    )


def _doubt(title: Line, announced: int, held: int) -> str:
    """Why a group's rows cannot be told to be of the report above them; blank if they can."""
    if held > announced:
        return f"the group announces {announced} recommendations and holds {held}"
    if _NO_TITLE.search(normalised(title.text)):
        return "no report's title above the group"
    return ""


def official(agency: str) -> str:
    """Return an agency's name with the "U.S." its reports use.

    >>> official("United States Customs and Border Protection")
    'U.S. Customs and Border Protection'
    """
    return re.sub(r"^United States(?= [A-Z])", "U.S.", normalised(agency))


def _remark(source: Source, records: list[Record]) -> str:
    last = max(records, key=lambda record: record.narrative_start or 0, default=None)
    if last is not None and unfinished(last.narrative):
        return f"the text stops within a sentence at {source.where(len(source.text))}"
    return ""


def _lines(source: Source) -> list[Line]:
    return [line for line in lines_of(source.text) if line.text not in _FURNITURE]


def _agency(lines: list[Line], source: Source) -> str:
    """The page's heading, which also opens every row."""
    for line, after in pairwise(lines):
        if _TOTAL.match(normalised(after.text)):
            return line.text
    raise InputError(
        "the page does not name its agency",
        where=source.name,
        expected="the agency's name above 'Open Recommendations (N total)'",
        do="copy the page from its heading on",
    )


def _groups(lines: list[Line]) -> list[tuple[Line, int, list[Line]]]:
    """Each group's title, the number of recommendations it announces, and its lines."""
    anchors = [i for i, line in enumerate(lines) if i and _GROUP.match(normalised(line.text))]
    groups = []
    # A group's title is the line above its count, so it ends two lines above the next count.
    for above, end in stretches([anchor - 1 for anchor in anchors], len(lines)):
        announced = int(_GROUP.match(normalised(lines[above + 1].text)).group(1))
        body = [x for x in lines[above + 2 : end] if not x.text.startswith("Agency Affected")]
        groups.append((lines[above], announced, body))
    return groups


def _rows(
    source: Source, title: Line, body: list[Line], agency: str, as_of: date
) -> tuple[list[Record], list[Aside]]:
    starts = [i for i, line in enumerate(body) if _is_row(body, i, agency)]
    records, aside = [], []
    for start, end in stretches(starts, len(body)):
        record = _record(source, title, body[start:end], agency, as_of)
        (records if isinstance(record, Record) else aside).append(record)
    return records, aside


def _is_row(body: list[Line], i: int, agency: str) -> bool:
    """A row opens with the agency's name; so may a narrative, which has no status below it."""
    if not normalised(body[i].text).startswith(normalised(agency)):
        return False
    return i == 0 or _status_after(body, i) is not None


def _status_after(body: list[Line], i: int) -> int | None:
    after = i + 1 + (i + 1 < len(body) and bool(_PRIORITY.match(body[i + 1].text)))
    return after if after < len(body) and _STATUS.match(normalised(body[after].text)) else None


def _record(
    source: Source, title: Line, row: list[Line], agency: str, as_of: date
) -> Record | Aside:
    where = source.where(row[0].start)
    at = _status_after(row, 0)
    text = normalised(row[0].text)[len(normalised(agency)) :].strip()
    if at is None:
        return Aside(where, text[:60], "no status under the recommendation")
    try:
        status = known_status(row[at].text)
    except InputError as error:
        return Aside(where, text[:60], error.found)
    if not text:
        return Aside(where, title.text[:60], "no text of the recommendation")
    told = row[at + 1 :]
    number = _NUMBER.search(text)
    return Record(
        issuer="GAO",
        where=where,
        stated_to=as_of,
        number=number.group(1) if number else "",
        agency=official(agency),
        title=normalised(title.text),
        text=text,
        priority="yes" if at == 2 else "",
        status=Said(status, row[at].text, row[at].start),
        narrative=source.text[told[0].start : told[-1].end] if told else "",
        narrative_start=told[0].start if told else None,
    )
