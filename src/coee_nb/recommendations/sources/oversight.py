"""A report's page on Oversight.gov, as text."""

from __future__ import annotations

import re
from datetime import date

from coee_nb.engines.datewords.periods import find_periods
from coee_nb.recommendations.sources.lines import Line, lines_of, stretches
from coee_nb.recommendations.sources.reading import Excluded, Reading, Record, reading
from coee_nb.recommendations.sources.source import Source
from coee_nb.recommendations.sources.words import Said, normalised

FORMAT = "Oversight.gov report page"
_HEADER = re.compile(
    r"Recommendation Number\W+Significant Recommendation\W+Recommended Questioned Costs\W+"
    r"Recommended Funds for Better Use\W+Additional Details",
)
_ROW = re.compile(
    r"\W*(?P<number>[\w.-]{1,14})[\s|]+(?P<significant>Yes|No)[\s|]+(?P<costs>\$[\d,]+(?:\.\d\d)?)"
    r"[\s|]+(?P<funds>\$[\d,]+(?:\.\d\d)?)[\s|]*(?P<details>.*)$"
)
_OPEN = re.compile(r"(\d+) open recommendations?\b", re.IGNORECASE)
_LABELS = {
    "title": ("Report Title", "Title"),
    "report": ("Report Number",),
    "issued": ("Date Issued", "Report Date"),
    "issuer": ("Submitting OIG",),
    "agency": ("Components", "Component", "Agency Reviewed / Investigated"),
}
_ISSUERS = {"Department of Homeland Security OIG": "DHS OIG"}


def recognises(source: Source) -> bool:
    """Tell whether the text has the page's table of recommendations."""
    return bool(_HEADER.search(normalised(source.text)))


def read(source: Source, *, as_of: date) -> Reading:
    """Return the open recommendations of the report; ``as_of`` is the day the page was copied.

    The page gives no ECD and no comments but questioned costs and funds for better use;
    "significant" is kept as priority. A row without its text is excluded.
    """
    lines = lines_of(source.text)
    facts = _facts(lines)
    begin = next((i for i, x in enumerate(lines) if "Recommendation Number" in x.text), 0)
    starts = [i for i in range(begin, len(lines)) if _ROW.match(normalised(lines[i].text))]
    found = (
        _record(source, facts, lines[start], lines[start + 1 : end], as_of)
        for start, end in stretches(starts, len(lines))
    )
    total = _OPEN.search(normalised(source.text))
    return reading(
        FORMAT,
        source,
        as_of=as_of,
        found=found,
        total=int(total.group(1)) if total else None,
        scope={"issuer": facts["issuer"], "report": facts["report"]},
    )


def _record(
    source: Source, facts: dict, row: Line, below: list[Line], as_of: date
) -> Record | Excluded:
    cell = _ROW.match(normalised(row.text))
    where = source.where(row.start)
    if not below or cell is None:
        return Excluded(where, row.text[:60], "no text under the recommendation's row")
    return Record(
        issuer=facts["issuer"],
        where=where,
        stated_to=as_of,
        report=facts["report"],
        number=cell["number"],
        agency=facts["agency"],
        title=facts["title"],
        # A page's footer follows the last row; a recommendation is one paragraph.
        text=below[0].text,
        issued_on=facts["issued"],
        priority=cell["significant"].lower(),
        questioned_costs_usd=_dollars(cell["costs"]),
        funds_for_better_use_usd=_dollars(cell["funds"]),
        status=Said("open", row.text, row.start),
        # The page has no place for an ECD, so its silence is not "no date given".
        note=cell["details"],
    )


def _dollars(text: str) -> float:
    return float(text.replace("$", "").replace(",", ""))


def _facts(lines: list[Line]) -> dict:
    said = {name: _labelled(lines, labels) for name, labels in _LABELS.items()}
    issued = find_periods(said["issued"])
    return {
        **said,
        "title": said["title"] or (lines[0].text if lines else ""),
        "issuer": _ISSUERS.get(said["issuer"], said["issuer"]) or "unknown OIG",
        "issued": issued[0].due if issued and issued[0].precision == "day" else None,
    }


def _labelled(lines: list[Line], labels: tuple[str, ...]) -> str:
    """The words after a label, on its line or on the next."""
    for label in labels:
        for i, line in enumerate(lines):
            if re.fullmatch(rf"{re.escape(label)}\s*:?", line.text) and i + 1 < len(lines):
                return normalised(lines[i + 1].text)
            if re.match(rf"{re.escape(label)}\s*[:|\t]", line.text):
                return normalised(line.text[len(label) :].strip(" :|\t"))
    return ""
