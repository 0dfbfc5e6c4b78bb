"""GAO's recommendations database as its pages were until 2021, as text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from coee_nb.engines.datewords.periods import find_periods
from coee_nb.recommendations.sources.gao_page import official
from coee_nb.recommendations.sources.lines import Line, lines_of, stretches
from coee_nb.recommendations.sources.reading import Excluded, Reading, Record, reading
from coee_nb.recommendations.sources.source import Source
from coee_nb.recommendations.sources.words import meant_status, normalised

FORMAT = "GAO database page"
_REPORT = re.compile(
    r"(?P<report>GAO-\d\d-[\w-]+)[,:]\s*(?P<issued>[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4})$"
)
_FIELD = re.compile(r"(?P<name>Recommendation|Agency|Status|Comments)\s*:\s*(?P<said>.*)$")
_PRIORITY = re.compile(r"Priority recommendation\.?$", re.IGNORECASE)
_OTHER = re.compile(r"(?:Phone|Director|Team|Contact)\s*:", re.IGNORECASE)
_NUMBER = re.compile(r"\(Recommendation (\w+)\)\.?\s*$")
_AS_OF = re.compile(r"\bAs of ([A-Z][a-z]+ \d{1,2}, \d{4}), there are [\d,]+ open recommendations")


@dataclass(frozen=True)
class _Entry:
    """One recommendation's lines, under its report's number, date and title."""

    report: str
    issued: date | None
    title: str
    lines: list[Line]


def recognises(source: Source) -> bool:
    """Tell whether the text has reports with their date and, under them, Agency: and Status:."""
    lines = [normalised(line.text) for line in lines_of(source.text)]
    named = {found["name"] for line in lines if (found := _FIELD.match(line))}
    return {"Agency", "Status"} <= named and any(map(_REPORT.match, lines))


def read(source: Source, *, as_of: date) -> Reading:
    """Return the recommendations the page lists, as of the day it gives, else ``as_of``.

    A copy may lack their texts: then one is known by its report and agency, and is excluded where
    several of a report go to one agency.
    """
    text = normalised(source.text)
    stated = find_periods(day[1])[0].due if (day := _AS_OF.search(text)) else as_of
    found = [_record(source, entry, stated) for entry in _entries(lines_of(source.text))]
    unnamed = Counter(
        (each.report, each.agency) for each in found if isinstance(each, Record) and not each.text
    )
    kept = [
        _twice(each)
        if isinstance(each, Record) and not each.text and unnamed[(each.report, each.agency)] > 1
        else each
        for each in found
    ]
    return reading(FORMAT, source, as_of=as_of, found=kept)


def _twice(record: Record) -> Excluded:
    begins = f"{record.report}, {record.agency}"
    return Excluded(record.where, begins, "no text, and several of its report to its agency")


def _entries(lines: list[Line]) -> Iterator[_Entry]:
    heads = [i for i, line in enumerate(lines) if _REPORT.match(normalised(line.text))]
    for head, (start, end) in zip(heads, stretches(heads, len(lines)), strict=True):
        named = _REPORT.match(normalised(lines[head].text))
        if named is None:
            continue
        body = lines[start + 1 : end]
        issued = find_periods(named["issued"])
        # The title of the next report stands above its number.
        title = _title(lines, head)
        if end < len(lines) and _title(lines, end):
            body = body[:-1]
        first = [i for i, line in enumerate(body) if _opens(body, i, line)]
        for begin, stop in stretches(first, len(body)):
            day = issued[0].due if issued else None
            yield _Entry(named["report"], day, title, body[begin:stop])


def _opens(body: list[Line], i: int, line: Line) -> bool:
    """An entry opens with its text, or with its agency where the copy has no text."""
    field = _FIELD.match(normalised(line.text))
    if not field or field["name"] not in ("Recommendation", "Agency"):
        return False
    if field["name"] == "Recommendation":
        return True
    before = [found["name"] for x in body[:i] if (found := _FIELD.match(normalised(x.text)))]
    return before[-1:] != ["Recommendation"]


def _title(lines: list[Line], head: int) -> str:
    """The line above a report's number, where it is a title and no part of what is above."""
    above = normalised(lines[head - 1].text) if head else ""
    is_title = bool(re.match(r"[A-Z]", above)) and not above.endswith((".", '"', ":"))
    other = _FIELD.match(above) or _PRIORITY.match(above) or _OTHER.match(above)
    return above if is_title and not other else ""


def _record(source: Source, entry: _Entry, stated: date) -> Record | Excluded:
    cells: dict[str, list[Line]] = {}
    priority, name = "", ""
    for line in entry.lines:
        text = normalised(line.text)
        field = _FIELD.match(text)
        if field:
            name = field["name"]
            start = line.end - len(line.text.partition(":")[2].lstrip())
            cells.setdefault(name, []).append(Line(source.text[start : line.end], start))
        elif _PRIORITY.match(text):
            priority = "yes"
        elif name:
            cells[name].append(line)
    said = {key: normalised(" ".join(x.text for x in lines)) for key, lines in cells.items()}
    where, text = source.where(entry.lines[0].start), said.get("Recommendation", "")
    if not said.get("Status") or not said.get("Agency"):
        return Excluded(where, text[:60] or entry.report, "no agency or no status of it")
    status, doubt = meant_status(said["Status"], "GAO", start=cells["Status"][0].start)
    told, number = cells.get("Comments", []), _NUMBER.search(text)
    return Record(
        issuer="GAO",
        where=where,
        stated_to=stated,
        report=entry.report,
        number=number.group(1) if number else "",
        agency=official(said["Agency"]),
        title=entry.title,
        text=text,
        issued_on=entry.issued,
        priority=priority,
        status=status,
        status_doubt=doubt,
        narrative=source.text[told[0].start : told[-1].end] if told else "",
        narrative_start=told[0].start if told else None,
    )
