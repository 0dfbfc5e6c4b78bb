"""What the columns of a list may be, by their names: a mapping to look at and to correct."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from coee_nb.errors import InputError
from coee_nb.recommendations.sources.cells import Row, sheets_of
from coee_nb.recommendations.sources.lines import lines_of
from coee_nb.recommendations.sources.listing import HEADER_LINES, plain
from coee_nb.recommendations.sources.pasted import MOST
from coee_nb.recommendations.sources.source import Source

_NUMBER = r"(?:#|no\.?|nr\.?|num(?:ber)?|id|ref(?:erence)?(?: (?:no\.?|number))?)"
_REC = r"rec(?:ommendation)?s?"
_DATE = r"(?:date|due date|due|deadline)"
# What a column is called, the more telling names first; each column and each field is taken once.
_NAMES = {
    "original_ecd": rf"(?:original|initial|first) .*{_DATE}|original due",
    "revised_ecd": rf"(?:revised|new|current|updated|extended) .*{_DATE}|revised due",
    "closed_on": r"(?:date )?(?:closed|implemented|completed)(?: on| date)?|closure date"
    r"|(?:closed|closure|actual completion) date",
    "issued_on": r"issued?(?: on| date)?|date issued|(?:report|issue|release|publication) date",
    "updated_on": r"last updated?(?: on| date)?|update date|status date|as of(?: date)?",
    "ecd": rf"ecd|due(?: by| on)?|target|(?:due|target|deadline).*|.*\b(?:due|target|implementation"
    rf"|completion) {_DATE}|(?:est\.?|estimated|expected|anticipated|projected|planned) {_DATE}",
    "questioned_costs_usd": r"questioned costs?.*",
    "funds_for_better_use_usd": r"funds (?:to be )?put to better use.*|funds for better use.*",
    "status": r"(?:\w+ ){0,2}status|state|progress",
    "number": rf"{_NUMBER}|{_REC} ?{_NUMBER}|rec",
    "report": rf"(?:report|audit|project|product)(?: ?{_NUMBER})?",
    "title": r"(?:report|audit|project|product|publication)? ?(?:title|name)",
    "text": rf"recommendations?|{_REC} (?:text|description|wording)|description|agreed action"
    r"|action|what to do|(?:corrective|management) action",
    "response": r"(?:(?:management|agency|department|auditee)(?:'s)? )?response"
    r"|(?:management|agency|department|auditee)(?:'s)? (?:update|comments?|reply)",
    "concurrence": r"(?:non-?)?concur\w*|agree\w*|(?:agreed|accepted)\??|management decision",
    "risk": r"(?:risk|severity|priority|significance)(?: (?:rating|level|rank\w*))?|rating",
    "official": r"(?:responsible|action) (?:official|person|party|manager|officer)|assigned to"
    r"|contact",
    "office": r"(?:responsible )?(?:office|unit|team)",
    "agency": r"agency|department|dept\.?|(?:action )?owner|bureau|entity|auditee|organi[sz]ation"
    r"|ministry|division",
    "narrative": r"comments?|notes?|remarks?|(?:latest |status )?updates?|auditor.*",
}


def suggested(source: Source, given: Mapping[str, str] | None = None) -> str:
    """Return the --map options that a list's column names suggest, blank where they suggest none.

    They are a beginning for an analyst to read and correct: nothing is read by them. ``given`` are
    the fields that the analyst has mapped already.
    """
    try:
        sheets = sheets_of(source)
    except InputError:
        return ""
    rows = [row for sheet in sheets for row in sheet.rows[:HEADER_LINES]]
    pasted = Row(tuple(line.text for line in lines_of(source.text)[:MOST]), 1, None)
    best = max(map(_named, [*rows, pasted]), key=len)
    if not {"text", "status"} <= best.keys():
        return ""
    options = {"issuer": "=NAME OF THE AUDITOR"} | best | dict(given or {})
    return " ".join(
        f"--map {shlex.quote(f'{field}={column}')}" for field, column in options.items()
    )


def _named(row: Row) -> dict[str, str]:
    """The column of each field in a row, were it the header."""
    left = {plain(cell): " ".join(cell.split()) for cell in row.cells if cell.strip()}
    found: dict[str, str] = {}
    for field, pattern in {"issuer": "issuer|auditor", **_NAMES}.items():
        name = next((name for name in left if re.fullmatch(pattern, name)), None)
        if name:
            found[field] = left.pop(name)
    if "text" not in found and "rec" in left:
        found["text"] = left["rec"]
    elif "text" not in found and plain(found.get("number", "")) == "rec":
        found["text"] = found.pop("number")
    return found
