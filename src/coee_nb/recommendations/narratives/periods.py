"""Periods as status narratives write them: days, months, quarters, seasons, fiscal years, years.

Each is read as an interval that ends on its due date. Federal fiscal years (31 USC 1102) end
September 30; a period named by its first, middle or last part ends with that part.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from coee_nb.fiscal import add_months, fiscal_year_start, month_end

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SEASONS = {"spring": 3, "summer": 6, "fall": 9, "autumn": 9, "winter": 12}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "final": 4, "latter": 4}

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)\d\d"
_FISCAL = r"(?:fiscal year[- ]end|fiscal years?(?: \(fys?\))?|fys?\.?|fiscal)"
_CALENDAR = r"(?:calendar(?: years?(?: \(cys?\))?)?|cys?\.?)"
_QUARTER = (
    r"(?:q[1-4]|[1-4]q|quarter (?:[1-4]|one|two|three|four)|(?:first|second|third|fourth|last|final"
    r"|1st|2nd|3rd|4th)[ -](?:fiscal |calendar )?(?:quarter|qtr\.?))(?: \([1-4]?q[1-4]?\))?"
)
_HALF = r"(?:(?:first|second|latter|last|1st|2nd) half|[12]h|h[12])"
_JOIN = r"(?: ?[-/&] ?| (?:to|through|thru|and|or) )"
_OF = r"(?:,? (?:of|in|for)(?: the)? |, ?| ?[-/] ?| )"
# A date may run into the next cell of its table ("May 2024Status"), but "2024th" is none.
_FENCE = r"(?![\d_%]|[a-z]{1,3}\b|[-/]\d|[.,]\d)"

# Each rule is tried where the one before it does not match; names tell the reader what was read.
_RULES = (
    # October 31, 2022; October 1-31, 2022
    rf"(?:{_MONTH} {_DAY}{_JOIN})?(?P<month>{_MONTH}) ?(?:\d\d?{_JOIN})?(?P<day>{_DAY})"
    rf"(?:,| of|, of)? ?(?P<year>{_YEAR}){_FENCE}",
    # 31 October 2022
    rf"(?P<day>{_DAY})(?: of |[- ])(?P<month>{_MONTH})(?:, | of |[- ]|,)(?P<year>{_YEAR}){_FENCE}",
    # 31-Oct-22
    rf"(?P<day>\d\d?)-(?P<month>{_MONTH})-(?P<year2>\d\d){_FENCE}",
    # 2022-10-31
    rf"(?<![\w/.$-])(?P<year>{_YEAR})[-/](?P<monthno>\d\d?)[-/](?P<day>\d\d?){_FENCE}",
    # 10/31/2022, 10/31/22
    rf"(?<![\w/.$-])(?P<monthno>\d\d?)(?P<sep>[-/.])(?P<day>\d\d?)(?P=sep)"
    rf"(?:(?P<year>{_YEAR})|(?P<year2>\d\d)){_FENCE}",
    # October 2022; June to August 2022
    rf"(?:(?P<first>{_MONTH}){_JOIN})?(?P<month>{_MONTH})(?:,? of(?: the year)?|,)?[ -]?"
    rf"(?P<year>{_YEAR}){_FENCE}",
    # Oct-22
    rf"(?P<month>{_MONTH})(?:-| ?')(?P<year2>\d\d){_FENCE}",
    # 10/2022
    rf"(?<![\w/.$-])(?P<monthno>\d\d?)/(?P<year>{_YEAR}){_FENCE}",
    # 2022-10
    rf"(?<![\w/.$-])(?P<year>{_YEAR})-(?P<monthno>0[1-9]|1[0-2]){_FENCE}",
    # Q4 FY2022; fourth quarter of fiscal year 2022; Q3 2022
    rf"(?:(?P<first>{_QUARTER}|first|second|third){_JOIN})?(?P<quarter>{_QUARTER}){_OF}?"
    rf"(?:(?P<fiscal>{_FISCAL})|{_CALENDAR})? ?'?(?:(?P<year>{_YEAR})|(?P<year2>\d\d)){_FENCE}",
    # FY2022 Q4
    rf"(?:(?P<fiscal>{_FISCAL})|{_CALENDAR}) ?'?(?:(?P<year>{_YEAR})|(?P<year2>\d\d))"
    rf"(?:'s|,)? ?[-/(]?(?P<quarter>{_QUARTER})(?:\)|\b)",
    # 2022 Q4
    rf"(?P<year>{_YEAR})(?:'s|,)? ?[-/(]?(?P<quarter>{_QUARTER})(?:\)|\b)",
    # first half of FY 2022
    rf"(?P<half>{_HALF}){_OF}?(?:(?P<fiscal>{_FISCAL})|{_CALENDAR})? ?'?"
    rf"(?:(?P<year>{_YEAR})|(?P<year2>\d\d)){_FENCE}",
    # spring of 2022; winter 2022-2023
    rf"(?:(?P<first>spring|summer|fall|autumn|winter){_JOIN})?"
    rf"(?P<season>spring|summer|fall|autumn|winter)(?: of|,)? (?P<year>{_YEAR})"
    rf"(?:[-/](?:{_YEAR}|\d\d))?(?!\w)",
    # FY22; fiscal years 2022 and 2023; fiscal year 2022-23
    rf"(?P<fiscal>{_FISCAL}) ?'?(?:(?P<year>{_YEAR})|(?P<year2>\d\d))"
    rf"(?:{_JOIN}(?:{_FISCAL} ?)?'?(?P<last>{_YEAR}|\d\d))?{_FENCE}",
    # CY2022
    rf"{_CALENDAR} ?'?(?:(?P<year>{_YEAR})|(?P<year2>\d\d))"
    rf"(?:{_JOIN}(?P<last>{_YEAR}|\d\d))?{_FENCE}",
    # 2022
    rf"(?:(?<![\w$#./-])|(?<=mid-)|(?<=late-)|(?<=early-)|(?<=end-))(?P<year>{_YEAR})"
    rf"(?![\w%(]|[-/]\w|[.,]\d| ?u\.?s\.?c|'s)",
)
_READERS = tuple(re.compile(rf"(?:\b|(?<=\W)){rule}") for rule in _RULES)
_ANY = re.compile(
    r"\b(?=[0-9a-z])(?:"
    + "|".join(re.sub(r"\(\?P=sep\)", "[-/.]", re.sub(r"\?P<\w+>", "?:", rule)) for rule in _RULES)
    + ")"
)
_HALFWAY = r"(?:first|early|middle|latter|later|last|final) (?:part|half|days|months|weeks)"
_PART = re.compile(
    r"(?:\bthe )?(?:very )?\b(?:(?:early|mid|mid(?:dle)?|beginning)(?: ?(?:-|/|to|or|and)+ ?)+)?"
    r"(?P<part>(?:early|mid|midpoint|late|earlier|later)(?:[- ]|-? ?(?:of|in)(?: the)? )"
    rf"|(?:beginning|start|middle|midpoint|end|close|conclusion|{_HALFWAY})(?:-| (?:of)(?: the)? )"
    r"|(?<=\bby )(?:the )?(?:end|close|middle) )"
    r"(?:(?:the )?(?:month|year)(?: of)? )?(?:in )?$"
)
_YEAR_END = re.compile(r"(?:\bthe )?\b(?:(?:calendar )?year[- ]end|end of(?: the)? year),? $")


@dataclass(frozen=True, slots=True)
class Period:
    """An interval named in a text, from ``starts`` to ``due`` inclusive.

    ``precision`` is day, month, quarter, season, fiscal_year or calendar_year; ``text[start:end]``
    names it; ``bare`` marks a lone number that is a year only if the words around it say so.
    """

    starts: date
    due: date
    precision: str
    start: int
    end: int
    bare: bool = False


def find_periods(text: str) -> tuple[Period, ...]:
    """Return the periods named in ``text``, in order; ``text`` has single spaces between words.

    A number that is no date (a report, a statute) is passed over.

    >>> [(p.due.isoformat(), p.precision) for p in find_periods("by 4Q FY2020 or mid-2021")]
    [('2020-09-30', 'quarter'), ('2021-06-30', 'calendar_year')]
    """
    lower = text.lower() if len(text.lower()) == len(text) else text
    found = []
    for match in _ANY.finditer(lower):
        period = _read(lower, match.start(), match.end())
        if period:
            found.append(period)
    return tuple(found)


def _read(text: str, start: int, end: int) -> Period | None:
    for number, reader in enumerate(_READERS):
        match = reader.fullmatch(text, start, end)
        if not match:
            continue
        try:
            read = _interval(match.groupdict(), text[start:end])
        except ValueError:
            return None
        return _with_part(text, Period(*read, start, end, number == len(_READERS) - 1))
    return None


def _interval(named: dict[str, str | None], words: str) -> tuple[date, date, str]:
    year = int(named["year"] or 0) if "year" in named else 0
    year = year or 2000 + int(named.get("year2") or 0)
    if named.get("day"):
        return _day(named, year)
    if named.get("month") or named.get("monthno"):
        return _month(named, year)
    if named.get("quarter"):
        fiscal = bool(named.get("fiscal")) or "fiscal" in named["quarter"]
        return _quarter(named, year, fiscal)
    if named.get("half"):
        second = not re.search("first|1", named["half"])
        starts = _year_start(year, fiscal=bool(named["fiscal"]))
        return *_months(add_months(starts, 6 * second), 6), _year_precision(named)
    if named.get("season"):
        return _season(named, year)
    return _years(named, year, words)


def _day(named: dict, year: int) -> tuple[date, date, str]:
    day, month = int(re.match(r"\d+", named["day"]).group()), _month_number(named)
    if month > 12 >= day and named.get("sep"):
        day, month = month, day
    if day > month_end(year, month).day:
        # "June 31": the day is a slip of the pen, the month is not.
        return date(year, month, 1), month_end(year, month), "month"
    read = date(year, month, day)
    return read, read, "day"


def _month_number(named: dict) -> int:
    return int(named["monthno"]) if named.get("monthno") else _MONTHS.index(named["month"][:3]) + 1


def _month(named: dict, year: int) -> tuple[date, date, str]:
    starts = date(year, _month_number(named), 1)
    due = month_end(starts.year, starts.month)
    if named.get("first"):
        first = _MONTHS.index(named["first"][:3]) + 1
        starts = date(year - (first > starts.month), first, 1)
    return starts, due, "month"


def _quarter(named: dict, year: int, fiscal: bool) -> tuple[date, date, str]:
    last = _quarter_number(named["quarter"])
    first = _quarter_number(named["first"]) if named.get("first") else last
    starts = add_months(_year_start(year, fiscal=fiscal), 3 * (min(first, last) - 1))
    return *_months(starts, 3 * (last - min(first, last) + 1)), "quarter"


def _quarter_number(words: str) -> int:
    digit = re.search("[1-4]", words)
    if digit:
        return int(digit.group())
    counted = re.search("one|two|three|four$", words)
    if counted and words.startswith("quarter"):
        return ("one", "two", "three", "four").index(counted.group()) + 1
    return _ORDINALS[re.match("[a-z]+", words).group()]


def _season(named: dict, year: int) -> tuple[date, date, str]:
    # A winter begins in the December of its year and ends with the next February.
    starts, due = _months(date(year, _SEASONS[named["season"]], 1), 3)
    if named.get("first"):
        first = _SEASONS[named["first"]]
        starts = date(year - (first > starts.month), first, 1)
    return starts, due, "season"


def _years(named: dict, year: int, words: str) -> tuple[date, date, str]:
    fiscal, last = bool(named.get("fiscal")), year
    if named.get("last"):
        last = int(named["last"]) + (100 * (year // 100) if len(named["last"]) == 2 else 0)
    if last < year:
        raise ValueError("the years run backwards")
    if fiscal and last == year + 1 and "years" not in words and re.search(r"\d-\d", words):
        # "Fiscal year 2021-22" is a state's, July to June.
        return date(year, 7, 1), date(last, 6, 30), "fiscal_year"
    starts = _year_start(year, fiscal=fiscal)
    return *_months(starts, 12 * (last - year + 1)), _year_precision(named)


def _year_precision(named: dict) -> str:
    return "fiscal_year" if named.get("fiscal") else "calendar_year"


def _year_start(year: int, *, fiscal: bool) -> date:
    return fiscal_year_start(year) if fiscal else date(year, 1, 1)


def _months(starts: date, count: int) -> tuple[date, date]:
    return starts, add_months(starts, count) - timedelta(days=1)


def _with_part(text: str, period: Period) -> Period:
    """Narrow a period to the part named before it: late 2024, the middle of June 2024."""
    before = text[max(0, period.start - 60) : period.start]
    named = _YEAR_END.search(before) or _PART.search(before)
    if not named or period.precision == "day":
        return period
    starts, due = _part(period, named.groupdict().get("part") or "end")
    start = period.start - len(named.group())
    return Period(starts, due, period.precision, start, period.end)


def _part(period: Period, part: str) -> tuple[date, date]:
    starts, due = period.starts, period.due
    if part.startswith(("end", "close", "conclusion", "the ")):
        return starts, due
    half = "half" in part
    early = part.startswith(("earl", "begin", "start", "first"))
    middle = part.startswith("mid")
    if period.precision == "month":
        last = starts.replace(day=10 if early and not half else 15)
        return (starts, last) if early else (starts, last) if middle else (last, due)
    if due > add_months(starts, 12):
        return starts, due
    quarter = period.precision in ("quarter", "season")
    count = 2 if quarter else 6
    if early and not half:
        count = 1 if quarter else 3
    until = add_months(starts, count) - timedelta(days=1)
    return (starts, until) if early or middle else (until + timedelta(days=1), due)
