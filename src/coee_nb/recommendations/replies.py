"""An agency's reply letter: what it says of each recommendation of the log, to be confirmed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

import pandas as pd

from coee_nb.engines.datewords.periods import find_periods
from coee_nb.engines.datewords.styles import FEDERAL, DateStyle
from coee_nb.errors import InputError
from coee_nb.recommendations.early import refuse_early
from coee_nb.recommendations.log import Log, refuse_unknown
from coee_nb.recommendations.narratives.narrative import Narrative
from coee_nb.recommendations.narratives.updates import AGENCY, AUDITOR, Updates, first_voice
from coee_nb.recommendations.sources.reading import Excluded, Reading, Record, reading
from coee_nb.recommendations.sources.source import Source, open_source
from coee_nb.recommendations.sources.words import Said

FORMAT = "reply of the agency"
_NUMBER = r"(?:[A-Z]-?)?\d+(?:[.-]\d+)*[a-z]?\b|[A-Z]\b"
# "Recommendation 1:", "OIG Recommendation No. 2.", "Response to Recommendations 1, 2, and 4".
_HEADING = re.compile(
    r"^[ \t*#>]*(?:(?:response|reply|update|comments?|management response) (?:to|on|for) )?"
    r"(?:[\w']+ )?rec(?:ommendation|\.)?s? ?(?:numbers?|nos?\.?|nr\.?|#)? ?"
    rf"(?P<numbers>(?-i:{_NUMBER})(?:(?:,? and |, ?|,? & )(?:#)?(?-i:{_NUMBER}))*)"
    r"(?=[ \t]*(?:[:.)\u2013\u2014(*-]|$))",
    re.IGNORECASE | re.MULTILINE,
)
_AGREEMENT = re.compile(
    r"\b(?:we|management|the (?:\w+ ){1,4}?)\s*(?:fully |generally |also )?(?:"
    r"(?P<partly>part(?:ial)?ly (?:agree|concur)s?|(?:agree|concur)s? in part)"
    r"|(?P<no>(?:does|do|did) not (?:agree|concur)|disagree[sd]?|non-?concur\w*)"
    r"|(?P<yes>agree[sd]?|concur(?:s|red)?))\b",
    re.IGNORECASE,
)
_AGREES = {"partly": "partially concur", "no": "non-concur", "yes": "concur"}
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LONGEST_HEAD = 1500  # signs, in which the day of the letter is looked for


@dataclass(frozen=True)
class _Part:
    """The letter's words on one recommendation, from an offset of its text."""

    recommendation_id: str
    start: int
    end: int


def read_reply(
    path: str | Path,
    log: Log,
    *,
    on: date,
    dated: date | None = None,
    report: str = "",
    recommendation_id: str = "",
    style: DateStyle = FEDERAL,
) -> Reading:
    """Return what a letter, a text or a Word file, says of recommendations that ``log`` holds.

    Its parts are found by headings such as "Recommendation 1:"; the report is the one that was
    named last before, the only one that the letter or the log names, or ``report``. All of it is of
    ``recommendation_id`` where that is given. ``dated`` is the day of the letter, else the one that
    stands in a line of its own at its head; ``on`` the day it is read. The words are the agency's
    own, but for what stands before "Response:" or after "OIG Analysis:" and the like.

    Raises InputError for a file that is no text, a letter without a day or without a heading, a
    report that is not told, and a day before what the letter tells as past.
    """
    source = _opened(Path(path))
    told = dated or _day_at_head(source, style)
    if told > on:
        raise InputError(f"the letter is of {told}, after {on}", where=source.name)
    if recommendation_id:
        refuse_unknown(log, recommendation_id)
        parts: list[_Part | Excluded] = [_Part(recommendation_id, 0, len(source.text))]
    else:
        parts = list(_parts(source, log, report))
    rows = log.recommendations.set_index("recommendation_id", drop=False)
    aside = [part for part in parts if isinstance(part, Excluded)]
    records: dict[str, Record] = {}
    for part in parts:
        if isinstance(part, _Part):
            record = _record(source, part, rows, told, style)
            before = records.get(part.recommendation_id)
            records[part.recommendation_id] = _joined(before, record) if before else record
    read = reading(FORMAT, source, as_of=on, found=[*records.values(), *aside])
    refuse_early(replace(read, as_of=told))
    return replace(read, rows=[_as_known(row, rows) for row in read.rows])


def _opened(path: Path) -> Source:
    """The letter's text; a Word file's paragraphs and cells, each on a line of its own."""
    source = open_source(path)
    if not source.is_spreadsheet:
        return source
    try:
        with ZipFile(path) as parts:
            document = ElementTree.fromstring(parts.read("word/document.xml"))
    except (BadZipFile, KeyError, ElementTree.ParseError) as error:
        raise InputError(
            "the file is no letter",
            where=path.name,
            expected="a text or a Word file (.docx)",
            do="save its text as UTF-8 (a PDF: pdftotext)",
        ) from error
    lines = ("".join(map(_run, paragraph.iter())) for paragraph in document.iter(f"{_WORD}p"))
    return replace(source, text="\n\n".join(lines), encoding="docx", is_spreadsheet=False)


def _run(element: ElementTree.Element) -> str:
    if element.tag in (f"{_WORD}tab", f"{_WORD}br"):
        return " "
    return (element.text or "") if element.tag == f"{_WORD}t" else ""


def _day_at_head(source: Source, style: DateStyle) -> date:
    for line in source.text[:_LONGEST_HEAD].splitlines():
        words = re.sub(r"^\W*(?:date|dated)\W*", "", line.strip(), flags=re.IGNORECASE)
        days = [one for one in find_periods(words, style) if one.precision == "day"]
        if len(days) == 1 and (days[0].start, days[0].end) == (0, len(words.rstrip(" ."))):
            return days[0].due
    raise InputError(
        "the letter has no day in a line of its own at its head",
        where=source.name,
        do="give the day of the letter with --dated",
    )


def _parts(source: Source, log: Log, report: str) -> Iterator[_Part | Excluded]:
    """The parts of a letter by its headings; those of nothing in the log are told."""
    headings = list(_HEADING.finditer(source.text))
    if not headings:
        raise InputError(
            "no heading says of which recommendation the letter speaks",
            where=source.name,
            expected="lines that begin with Recommendation and its number, such as "
            "'Recommendation 1:'",
            do="name the one that all of it is of with --recommendation ID",
        )
    ends = [heading.start() for heading in headings[1:]] + [len(source.text)]
    for heading, end in zip(headings, ends, strict=True):
        named = report or _report_before(source, log, heading.start())
        numbers = re.findall(rf"(?:{_NUMBER})", heading["numbers"])
        for number in numbers:
            yield _part(source, log, (named, number), (heading.start(), heading.end(), end))


def _report_before(source: Source, log: Log, offset: int) -> str:
    """The report of the log that the letter names last before an offset, or the only one."""
    known = sorted(set(log.recommendations["report"]) - {""})
    mentions = [
        (found.start(), name)
        for name in known
        for found in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", source.text)
    ]
    before = [mention for mention in mentions if mention[0] < offset]
    if before:
        return max(before)[1]
    named = {name for _, name in mentions} or set(known)
    if len(named) == 1:
        return named.pop()
    raise InputError(
        "the letter names no report of the log",
        where=source.where(offset),
        expected=", ".join(known[:10]) or "a log that holds reports",
        do="name it with --report",
    )


def _part(
    source: Source, log: Log, of: tuple[str, str], span: tuple[int, int, int]
) -> _Part | Excluded:
    report, number = of
    rows = log.recommendations
    rows = rows[(rows["report"] == report) & (rows["number"] == number)]
    start, head_end, end = span
    if len(rows) == 1:
        return _Part(rows["recommendation_id"].iat[0], head_end, end)
    several = ", ".join(rows["recommendation_id"])
    why = f"it may be of {several}" if several else f"the log holds no {report}, number {number}"
    do = "; read it alone, with --recommendation ID" if several else ""
    return Excluded(source.where(start), source.text[start:head_end].strip()[:60], why + do)


def _record(
    source: Source, part: _Part, rows: pd.DataFrame, told: date, style: DateStyle
) -> Record:
    """What a part says, after the recommendation's own words where it repeats them."""
    known = rows.loc[part.recommendation_id]
    said = source.text[part.start : part.end]
    repeated = r"\s+".join(map(re.escape, str(known["text"]).split()))
    found = re.search(repeated, said, re.IGNORECASE) if repeated else None
    start = part.start + (found.end() if found else 0)
    narrative = source.text[start : part.end]
    voice = AUDITOR if first_voice(narrative) == AGENCY else AGENCY
    identity = {name: known[name] for name in ("issuer", "report", "number", "agency", "title")}
    return Record(
        **identity,
        text=str(known["text"]),
        where=source.where(part.start),
        stated_from=told,
        stated_to=told,
        narrative=narrative,
        narrative_start=start,
        concurrence=_concurrence(narrative, start),
        voice=voice,
        style=style,
    )


def _joined(first: Record, second: Record) -> Record:
    """What two parts of a letter say of one recommendation: a summary, then the reply."""
    said = f"{first.narrative}\n\n{second.narrative}"
    agrees = first.concurrence or second.concurrence
    return replace(first, narrative=said, narrative_start=None, concurrence=agrees)


def _concurrence(narrative: str, start: int) -> Said | None:
    """What the agency says of its own agreement, in the first words that do."""
    found = _AGREEMENT.search(narrative)
    if found is None:
        return None
    return Said(_AGREES[str(found.lastgroup)], found.group(), start + found.start())


def _as_known(row: dict, rows: pd.DataFrame) -> dict:
    """A letter brings no other wording, amount or priority: it says nothing of these."""
    same = (rows["report"] == row["report"]) & (rows["number"] == row["number"])
    same &= (rows["agency"] == row["agency"]) & (rows["title"] == row["title"])
    return row | {"text_sha256": rows[same]["text_sha256"].iat[0]}


def quotations(read: Reading) -> Iterator[str]:
    """Yield, for each date or withdrawal of a reply, its words and whose they are."""
    for row in read.rows:
        narrative, words = Narrative(row["narrative"]), row["ecd_span"] or row["withdrawn_span"]
        at = narrative.text.find(Narrative(words).text)
        updates = Updates(narrative, (), row["voice"])
        whose = "agency" if updates.agency_speaks(max(at, 0)) else "auditor"
        quoted = " ".join(words.split())
        given = f"“{quoted}”, in the {whose}'s words" if words else "no date of completion"
        yield f"  {row['where']} ({row['report'] or row['title']}, {row['number']}): {given}"
