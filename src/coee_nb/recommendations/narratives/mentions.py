"""A date in its sentence: the words that tie it to its clause and the cues around it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from coee_nb.engines.datewords.periods import Period, find_periods
from coee_nb.recommendations.narratives.cues import Cue

# The words that tie a date to what governs it, read backwards from the date.
_LINKS = {
    "not_before": r"no (?:earlier|sooner) than|not (?:earlier|sooner|before)(?: than)?"
    r"|(?:at )?(?:the )?earliest(?: is| in| by)?|(?:not )?(?:until )?at least(?: until)?",
    "by": r"(?:by or before|(?:by )?no later than|not later than|on or before|by or in|in time for"
    r"|by|before|prior to|ahead of|in advance of)",
    "told": r"as of|as at|since|dated|(?<=, )effective|(?<!be )updated",
    "from": r"from",
    "starting": r"(?:beginning|starting|commencing)(?: in| on| with| from)?",
    "outside": r"after|following|throughout|over",
    "between": r"between",
    "in": r"in or around|o/a|on or about|effective|in|during|on|at|around|within|sometime in"
    r"|about|approximately",
    "to": r"until|till|to|through|thru|for|of|as|(?:is|are|was|were)(?: now)?|now|be|:|-|=|\(",
}
_SOFTENER = (
    r"(?:(?:the|about|approximately|around|roughly|at|sometime|in|late|or|tentatively|now"
    r"|end of (?:the|this) (?:fiscal |calendar )?(?:year|quarter|month),?"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day,?|(?:close of business|cob|end of day)(?: on)?,?"
    r"|(?:(?:its|their) )?(?:own )?(?:\w+ )?(?:deadline|target|due date|target date|goal) of) \(?)*"
)
_LINK = re.compile(
    r"(?:^|(?<=[ (\[,:;/-]))(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _LINKS.items())
    + rf") ?{_SOFTENER}$"
)
_CLAUSE_START = re.compile(
    r"(?:^|[,;:(.] ?|\b(?:and|that|but|while|because|said|stated|reported|noted) )$"
)
_EARLIEST_AFTER = re.compile(r",? ?\(?(?:at the (?:very )?earliest|or later|at the soonest)")
_REFUSED = re.compile(r"\b(?:not|never|unable to|cannot)\b(?: [\w-]+){0,8} ?$")
_ROW = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})* )?(?=[a-z'\d])(?P<period>.*?)[#*\u2020\u2021.]*$")
_VERB_BEFORE = re.compile(r"(?<!\ba)(?<!\ban)(?<!\bits)(?<!\btheir)(?<!\bthis)(?<!'s)(?<=\w) $")
_FREE_AFTER = re.compile(r"$|[.,;)]| (?:and|but|or|with|if|pending|depending|as|to|due|because)\b")
_DOCUMENT_AFTER = re.compile(
    r",? (?:\w+ ){0,2}(?:update|response|letter|cap|plan|comments|memo\w*|report|status|meeting)\b"
)
_STATE = re.compile(
    r"\b(?:complete|completed|operational|in place|in effect|ready|implemented|live|available) $"
)
_PARTS = ("early", "mid", "late", "sometime")
# What stands between commas or in brackets does not govern a date after it.
_ASIDE = re.compile(r", (?:which|who|whose|where|first|last)\b[^,;]{0,150},|\([^()]{0,200}\)")


@dataclass(frozen=True, slots=True)
class Mention:
    """A period in its sentence: the link before it and the cues around it."""

    lower: str
    period: Period
    link: str
    start: int
    before: tuple[Cue, ...]
    after: tuple[Cue, ...]
    sentence: tuple[int, int]

    @property
    def leads(self) -> bool:
        """Whether the date stands at the head of its clause."""
        floor = max(self.sentence[0], self.start - 20)
        return bool(_CLAUSE_START.search(self.lower[floor : self.start]))

    @property
    def dates_document(self) -> bool:
        """Whether the date is a document's or a meeting's: the May 2024 update."""
        return bool(_DOCUMENT_AFTER.match(self.lower, self.period.end))

    @property
    def earliest(self) -> bool:
        """Whether the date is a lower bound: no earlier than it, not before it."""
        if self.link == "not_before" or _EARLIEST_AFTER.match(self.lower, self.period.end):
            return True
        before = self.lower.startswith(("before ", "prior to ", "until "), self.start)
        return before and bool(_REFUSED.search(self.lower[max(0, self.start - 60) : self.start]))


def find_mentions(
    lower: str, periods: list[Period], cues: tuple[Cue, ...], sentence: tuple[int, int]
) -> Iterator[Mention]:
    """Yield the dates of one sentence; a table's row that ends the narrative is linked "row"."""
    row = _row(lower, sentence)
    if row:
        yield Mention(lower, row, "row", row.start, (), (), sentence)
        return
    for period in _joined(lower, periods):
        if period.bare and lower.endswith("the ", 0, period.start):
            continue  # "the 2024 edition" names a thing
        floor = max(sentence[0], period.start - 50)
        link = _LINK.search(lower[floor : period.start])
        start = floor + link.start() if link else period.start
        aside = [found.span() for found in _ASIDE.finditer(lower, sentence[0], start)]
        before = tuple(
            cue
            for cue in cues
            if cue.end <= start and not any(left <= cue.start < right for left, right in aside)
        )
        after = tuple(cue for cue in cues if cue.start >= period.end)
        kind = "in" if _adverbial(lower, period, floor) else ""
        kind = str(link.lastgroup) if link else kind
        if kind == "told" and _to_be(lower[floor:start], before):
            kind = "in"
        yield Mention(lower, period, kind, start, before, after, sentence)


def _to_be(before: str, cues: tuple[Cue, ...]) -> bool:
    """Tell what will be so on a day (will be operational as of) from when something was told."""
    foreseen = bool(cues) and cues[-1].kind in ("forward", "modal")
    return foreseen and bool(_STATE.search(before))


def _adverbial(lower: str, period: Period, floor: int) -> bool:
    """Tell a date that needs no preposition (take effect July 1, 2023) from a describing one."""
    if period.precision.endswith("year") and not lower.startswith(_PARTS, period.start):
        return False
    before = lower[floor : period.start].removesuffix("the ")
    return bool(_VERB_BEFORE.search(before) and _FREE_AFTER.match(lower, period.end))


def _row(lower: str, sentence: tuple[int, int]) -> Period | None:
    """Return the date of a table's row that ends the narrative: a count perhaps, then the date."""
    start, end = sentence
    if end != len(lower) or start == 0 or end - start > 60:
        return None
    match = _ROW.match(lower, start, end)
    if match is None:
        return None
    for period in find_periods(lower[match.start("period") : end]):
        if (period.start, period.end) == (0, match.end("period") - match.start("period")):
            offset = match.start("period")
            return replace(period, start=period.start + offset, end=period.end + offset)
    return None


def _joined(lower: str, periods: list[Period]) -> list[Period]:
    """Join "between X and Y" into one period due with Y."""
    joined: list[Period] = []
    for period in periods:
        last = joined[-1] if joined else None
        if (
            last
            and lower[last.end : period.start] in (" and ", " and the ")
            and lower.endswith(("between ", "between the "), 0, last.start)
            and last.starts <= period.due
        ):
            joined[-1] = replace(period, starts=last.starts, start=last.start)
        else:
            joined.append(period)
    return joined
