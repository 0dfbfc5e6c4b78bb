"""Who speaks in a passage of a status narrative, and in which dated update."""

import re
from bisect import bisect_right
from datetime import date, timedelta

from coee_nb.engines.datewords.periods import Period
from coee_nb.recommendations.narratives.narrative import Narrative

# Headings, not words in a sentence: "Management's Response:", "6-Month Agency Response".
_ANSWERS = (
    r"(?:Agency|Management|Department)(?:'s)? (?:Response|Comments)\b",
    r"(?:Response|Comments|Reply|Action [Pp]lan|Corrective [Aa]ctions?(?: [Pp]lan(?:ned)?)?):",
    r"Actions? [Tt]aken:",
    r"Views of [Rr]esponsible [Oo]fficials",
)
_JUDGEMENTS = (
    r"(?:Assessment|Evaluation|Analysis) of(?: \w+(?:'s)?)?(?: Comments| Response)?",
    r"(?:OIG|GAO|TIGTA|Auditor(?:'s)?|Office of Audit)"
    r" (?:[Aa]nalysis|[Aa]ssessment|[Cc]omments?|[Rr]esponse|[Ee]valuation)",
)
_VOICE = re.compile(rf"\b(?:(?P<agency>{'|'.join(_ANSWERS)})|(?P<auditor>{'|'.join(_JUDGEMENTS)}))")
_HEADING = re.compile(
    r"\b(?:(?:agency|department|management) response (?:from|dated|as of) (?=(?P<dated>\w))"
    r"|(?P<count>\d+)-(?P<unit>day|month|year) (?:agency )?response\b)"
)
# Whose a narrative is.
AUDITOR, AGENCY = VOICES = ("auditor", "agency")
_THIRD_PERSON = {"we": "it", "our": "its"}
_FIRST_PERSON = re.compile(r"\b(?:we|our)\b", re.IGNORECASE)
_DAYS = {"day": 1, "month": 30, "year": 365}


class Updates:
    """The headed updates of a narrative (response pages print them newest first) and its voices."""

    def __init__(
        self, narrative: Narrative, periods: tuple[Period, ...], voice: str = AUDITOR
    ) -> None:
        self._by_agency = voice == AGENCY
        voices = list(_VOICE.finditer(narrative.text))
        self._voice_starts = [voice.start() for voice in voices]
        self._voices = [voice.lastgroup for voice in voices]
        dates = {period.start: period.due for period in periods}
        headings = list(_HEADING.finditer(narrative.lower))
        self._heading_ends = [heading.end() for heading in headings]
        self._told = [_told(heading, dates) for heading in headings]
        self._headings = {heading.end() for heading in headings if heading["dated"]}

    def heads(self, period: Period) -> bool:
        """Tell whether a period is the date of an update's heading."""
        return period.start in self._headings

    def agency_speaks(self, offset: int) -> bool:
        """Tell whether "we" is the agency at ``offset``."""
        index = bisect_right(self._voice_starts, offset) - 1
        return self._voices[index] == AGENCY if index >= 0 else self._by_agency

    def in_third_person(self, narrative: Narrative) -> Narrative:
        """Return a narrative, letter for letter, in which an agency's "we" is "it"."""

        def said(match: re.Match) -> str:
            third = _THIRD_PERSON[match.group().lower()]
            own = self.agency_speaks(match.start())
            return (third.title() if match.group()[0].isupper() else third) if own else match[0]

        return narrative.reworded(_FIRST_PERSON.sub(said, narrative.text))

    def told(self, offset: int) -> date | None:
        """Return the date of the headed update at ``offset``, None outside one."""
        index = bisect_right(self._heading_ends, offset) - 1
        return self._told[index] if index >= 0 else None


def first_voice(text: str) -> str:
    """Return whose words the first heading of a text announces, blank where there is none.

    >>> first_voice("Do it. Management Response: We will."), first_voice("We will do it.")
    ('agency', '')
    """
    found = _VOICE.search(Narrative(text).text)
    return str(found.lastgroup) if found else ""


def _told(heading: re.Match, dates: dict[int, date]) -> date:
    """Date a heading; an undated one ("6-month response") only orders, before every dated one."""
    if heading["unit"]:
        return date.min + timedelta(
            days=min(int(heading["count"][:4]), 999) * _DAYS[heading["unit"]]
        )
    return dates.get(heading.end(), date.min)
