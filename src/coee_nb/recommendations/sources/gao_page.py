"""GAO's pages of open recommendations as text: of an agency, of a topic, of the database."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from coee_nb.engines.datewords.periods import find_periods
from coee_nb.errors import InputError
from coee_nb.formats import count
from coee_nb.recommendations.sources.lines import Line, lines_of, stretches
from coee_nb.recommendations.sources.reading import Excluded, Reading, Record, reading, unfinished
from coee_nb.recommendations.sources.source import Source
from coee_nb.recommendations.sources.words import meant_status, normalised

FORMAT = "GAO agency page"
_TOTAL = re.compile(r"Open Recommendations \((\d+) total\)")
_GROUP = re.compile(r"(\d+) Open Recommendations?$")
_STATUS = re.compile(r"(?:Open|Closed)(?:\s*[-\u2012-\u2015]\s*[A-Z][A-Za-z ]{2,24})?$")
_PRIORITY = re.compile(r"Priority\b", re.IGNORECASE)
_NUMBER = re.compile(r"\(Recommendation (\w+)\)\.?\s*$")
_NO_TITLE = re.compile(r"\.$|^Agency Affected|^Open Recommendations \(")
_REPORT = re.compile(r"GAO-\d\d-[\w-]+$")
_ISSUED = re.compile(r"[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}$")
# "Department of Homeland Security The DHS Secretary should ...": another agency's row.
_OTHER_AGENCY = re.compile(
    r"(?P<agency>(?:[A-Z][\w.'&/()-]*,?|of|the|and|for|on|in|to|&)"
    r"(?: (?:[A-Z][\w.'&/()-]*,?|of|the|and|for|on|in|to|&))*?) (?P<text>(?:The|To|In|As|We|By) .+)"
)
_MARKED = re.compile(r"Priority Rec\. ")
_MARK = re.compile(r"Priority Rec\.|This is a priority recommendation\.")
_ASKS = re.compile(r"\bshould\b|\(Recommendation \w+\)")
# The database of 2021-22 counts what it lists, and says of which day it is.
_LISTED = re.compile(r"\b\d+ ?- ?\d+ of ([\d,]+) Recommendations\b")
_AS_OF = re.compile(r"\bAs of ([A-Z][a-z]+ \d{1,2}, \d{4}), there are [\d,]+ open recommendations")
# An agency that stands alone on its line, and the sign put between it and its text.
_AGENCY_ALONE = re.compile(
    r"(?:[A-Z][\w.'&/()-]*[,:]?|of|the|and|for|on|in|to|&)"
    r"(?: (?:[A-Z][\w.'&/()-]*[,:]?|of|the|and|for|on|in|to|&))*(?<![.:,])"
)
_CELL = "\u241f"
_HEADINGS = ("Agency Affected", "Agency Recommendation")
_FURNITURE = ("Skip to main content", "Jump To:", "Show")


def recognises(source: Source) -> bool:
    """Tell whether the text is such a page: its total and at least one group of recommendations."""
    return bool(_TOTAL.search(normalised(source.text))) or (
        any(heading in source.text for heading in _HEADINGS)
        and any(_GROUP.match(x.text) for x in _lines(source))
    )


def read(source: Source, *, as_of: date) -> Reading:
    """Return the recommendations the page shows; ``as_of`` is the day it was copied.

    A page of a topic or of the database names an agency in each row; that of an agency in its
    heading too, and absence tells something of an agency's page alone. The database says its day.

    Most copies name neither report numbers nor issue dates. Rows without a status, rows that a
    group announces but does not hold, and groups whose report is in doubt are excluded; where a
    group lacks a row, where the others end is not certain: they were seen and are not read. Raises
    InputError without an agency's name.
    """
    lines = _lines(source)
    groups, text = _groups(lines), normalised(source.text)
    agency = _agency(lines, groups, source)
    stated = find_periods(day[1])[0].due if (day := _AS_OF.search(text)) else as_of
    records: list[Record] = []
    aside: list[Excluded] = []
    for group in groups:
        found, missed = _rows(source, group, agency, stated)
        doubt = _doubt(group.title, group.announced, len(found) + len(missed))
        if doubt:
            missed += [Excluded(record.where, record.text[:60], doubt) for record in found]
            found = []
        lost = max(group.announced - len(found) - len(missed), 0)
        reason = f"the group announces {group.announced} recommendations, {lost} of them not found"
        if lost or missed:
            found = [_uncertain(record, lost) for record in found]
        records += found
        aside += missed
        aside += [Excluded(source.where(group.title.start), group.title.text[:60], reason)] * lost
    total = _TOTAL.search(text) or _LISTED.search(text)
    return reading(
        FORMAT,
        source,
        as_of=as_of,
        found=[*records, *aside],
        total=int(total.group(1).replace(",", "")) if total else None,
        scope={"issuer": "GAO", "agency": official(agency)} if agency else {},
        remark=_remark(source, records),
    )


def _doubt(title: Line, announced: int, held: int) -> str:
    """Why a group's rows cannot be told to be of the report above them; blank if they can."""
    if held > announced:
        return f"the group announces {announced} recommendations and holds {held}"
    if _NO_TITLE.search(normalised(title.text)):
        return "no report's title above the group"
    return ""


def _uncertain(record: Record, lost: int) -> Record:
    """A row that may hold the text of one that was not found: its words, and nothing read of it."""
    if record.unread:
        return record
    why = "a row of its group has no status: where the row ends is not certain"
    if lost:
        why = f"{count(lost)} of its group not found: where the row ends is not certain"
    span = record.narrative or (record.status.span if record.status else "")
    return replace(
        record,
        status=None,
        status_doubt="",
        narrative="",
        narrative_start=None,
        unread=why,
        unread_span=span,
    )


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


def _agency(lines: list[Line], groups: list[_Group], source: Source) -> str:
    """The page's heading, which also opens its rows; blank for a topic or the database."""
    if _LISTED.search(normalised(source.text)) or _AS_OF.search(normalised(source.text)):
        return ""
    for line, after in pairwise(lines):
        if _TOTAL.match(normalised(after.text)):
            name = normalised(line.text)
            own = any(normalised(x.text).startswith(name) for g in groups for x in g.body)
            others = any(_split(g.body, 0, "") or _alone(g.body) for g in groups if g.body)
            return line.text if own or not others else ""
    raise InputError(
        "the page does not name its agency",
        where=source.name,
        expected="the agency's name above 'Open Recommendations (N total)'",
        do="copy the page from its heading on",
    )


@dataclass(frozen=True)
class _Group:
    """The recommendations of one report: what stands above them, how many announced, its lines."""

    title: Line
    report: str
    issued: date | None
    announced: int
    body: list[Line]


def _groups(lines: list[Line]) -> list[_Group]:
    anchors = [i for i, line in enumerate(lines) if i and _GROUP.match(normalised(line.text))]
    heads = [_head(lines, anchor) for anchor in anchors]
    groups = []
    for (first, report, issued), anchor, (_, end) in zip(
        heads, anchors, stretches([head[0] for head in heads], len(lines)), strict=True
    ):
        announced = int(next(_GROUP.finditer(normalised(lines[anchor].text))).group(1))
        body = [x for x in lines[anchor + 1 : end] if not _is_heading(x)]
        groups.append(_Group(lines[first], report, issued, announced, body))
    return groups


def _is_heading(line: Line) -> bool:
    return line.text.startswith(_HEADINGS) or bool(re.fullmatch(r"\d+ Priority", line.text))


def _head(lines: list[Line], anchor: int) -> tuple[int, str, date | None]:
    """Where a group's title is, above the report's number and date if the copy has them."""
    at, report, issued = anchor - 1, "", None
    if at and _ISSUED.match(lines[at].text):
        found = find_periods(lines[at].text)
        at, issued = at - 1, found[0].due if found else None
    if at and _REPORT.match(lines[at].text):
        at, report = at - 1, lines[at].text
    return at, report, issued


def _rows(
    source: Source, group: _Group, agency: str, as_of: date
) -> tuple[list[Record], list[Excluded]]:
    body = _on_one_line(group.body, agency)
    starts = [i for i in range(len(body)) if _is_row(body, i, agency)]
    found = [
        _record(source, group, body[start:end], agency, as_of)
        for start, end in stretches(starts, len(body))
    ]
    records = [each for each in found if isinstance(each, Record)]
    return records, [each for each in found if isinstance(each, Excluded)]


def _on_one_line(body: list[Line], agency: str) -> list[Line]:
    """Join the cells of a row that a copy has on lines of their own: agency, mark and text."""
    lines, rest = [], list(body)
    while rest:
        line, cells = rest[0], 1
        while cells < len(rest) and _MARK.fullmatch(normalised(rest[cells].text)):
            cells += 1
        own = normalised(line.text) == normalised(agency)
        if (own or _alone(rest)) and _asked(rest, cells):
            mark = "Priority Rec. " if cells > 1 else ""
            text = f"{normalised(line.text)}{_CELL}{mark}{normalised(rest[cells].text)}"
            line, cells = replace(line, text=text), cells + 1
        else:
            cells = 1
        lines.append(line)
        rest = rest[cells:]
    return lines


def _asked(body: list[Line], i: int) -> bool:
    """Tell whether the line is what is recommended: it asks, and its status is below it."""
    held = i + 1 < len(body) and bool(_ASKS.search(body[i].text))
    return held and _status_after(body, i) is not None


def _alone(body: list[Line]) -> bool:
    """Tell whether a row begins with its agency on a line of its own, above marks and text."""
    name = normalised(body[0].text)
    if not _AGENCY_ALONE.fullmatch(name) or _ASKS.search(name) or _STATUS.match(name):
        return False
    at = next((i for i, x in enumerate(body) if i and not _MARK.fullmatch(normalised(x.text))), 0)
    return bool(at) and _asked(body, at) and _split(body, at, "") is None


def _is_row(body: list[Line], i: int, agency: str) -> bool:
    """A row has a status below it and opens with an agency's name; so may a narrative, without."""
    if i == 0:
        own = bool(agency) and normalised(body[i].text).startswith(normalised(agency))
        return own or bool(_split(body, i, agency))
    return _status_after(body, i) is not None and bool(_split(body, i, agency))


def _split(body: list[Line], i: int, agency: str) -> tuple[str, str] | None:
    """A row's agency and text: the page's agency, or another that the words before "The" name."""
    line, own = normalised(body[i].text), normalised(agency)
    if _CELL in line:
        named, _, text = line.partition(_CELL)
        return named, text
    if own and line.startswith(own):
        return own, line[len(own) :].strip()
    other = _OTHER_AGENCY.fullmatch(line)
    return (other["agency"], other["text"]) if other and _ASKS.search(other["text"]) else None


def _status_after(body: list[Line], i: int) -> int | None:
    after = i + 1 + (i + 1 < len(body) and bool(_PRIORITY.match(body[i + 1].text)))
    return after if after < len(body) and _STATUS.match(normalised(body[after].text)) else None


def _record(
    source: Source, group: _Group, row: list[Line], agency: str, as_of: date
) -> Record | Excluded:
    where = source.where(row[0].start)
    at = _status_after(row, 0)
    of, text = _split(row, 0, agency) or (agency, normalised(row[0].text))
    if at is None:
        return Excluded(where, text[:60], "no status under the recommendation")
    if not text:
        return Excluded(where, group.title.text[:60], "no text of the recommendation")
    marked = _MARKED.match(text)
    text = text[marked.end() :] if marked else text
    told = row[at + 1 :]
    number = _NUMBER.search(text)
    read = Record(
        issuer="GAO",
        where=where,
        stated_to=as_of,
        report=group.report,
        number=number.group(1) if number else "",
        agency=official(of),
        title=normalised(group.title.text),
        text=text,
        issued_on=group.issued,
        priority="yes" if at == 2 or marked else "",
        narrative=source.text[told[0].start : told[-1].end] if told else "",
        narrative_start=told[0].start if told else None,
    )
    status, doubt = meant_status(row[at].text, start=row[at].start)
    stray = [line for line in told if _STATUS.match(normalised(line.text))]
    found = replace(read, status=status, status_doubt=doubt)
    return _uncertain(found, 0) if stray else found
