"""Periods as status narratives write them: days, months, quarters, seasons, fiscal years, years.

Each is read as an interval that ends on its due date. Federal fiscal years (31 USC 1102) end
September 30; a period named by its first, middle or last part ends with that part. What may be
read in two ways, or is in no calendar, is refused: it keeps its words and gives no date.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from coee_nb.engines.datewords.styles import DAY_FIRST, FEDERAL, MONTH_FIRST, DateStyle
from coee_nb.fiscal import add_months, month_end

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SEASONS = {"spring": 3, "summer": 6, "fall": 9, "autumn": 9, "winter": 12}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "final": 4, "latter": 4}

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_SHORT_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)\.?"
_AFTER_LABEL = r"(?:(?<=\becd )|(?<=\becd:)|(?<=\becd: )|(?<=\becd - )|(?<=\bdate: ))"
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
# The second year of one that begins in a calendar year and ends in the next: Q4 2024-25.
_SPAN = rf"(?:[-/](?P<last>{_YEAR}|\d\d)(?!\d))?"
_FISCAL_AFTER = r" (?:federal |state |county |city )?(?:fiscal|financial|budget) years?(?! \d)"
# A date may run into the next cell of its table ("May 2024Status"), but "2024th" is none.
_FENCE = r"(?![\d_%]|[a-z]{1,3}\b|[-/]\d|[.,]\d)"

# Each rule is tried where the one before it does not match; names tell the reader what was read.
_RULES = (
    # October 31, 2022; October 1-31, 2022
    rf"(?:{_MONTH} {_DAY}{_JOIN})?(?P<month>{_MONTH}) ?(?:\d\d?{_JOIN})?(?P<day>{_DAY})"
    rf"(?:,| of|, of)? ?(?P<year>{_YEAR}){_FENCE}",
    # October 32, 2022; 32 October 2022: refused, lest the month be read without its day
    rf"(?P<month>{_MONTH}) (?P<noday>\d\d?)(?:st|nd|rd|th)?(?:,| of|, of)? ?"
    rf"(?P<year>{_YEAR}){_FENCE}",
    rf"(?P<noday>00?|3[2-9]|[4-9]\d)(?:st|nd|rd|th)?(?: of |[- ])(?P<month>{_MONTH})"
    rf"(?:, | of |[- ]|,)(?P<year>{_YEAR}){_FENCE}",
    # 31 October 2022; not the end of an item's number: 1.0.1 January 2015
    rf"(?<!\d\.)(?P<day>{_DAY})(?: of |[- ]?)(?P<month>{_MONTH})(?:, | of |[- ]?|,)"
    rf"(?P<year>{_YEAR}){_FENCE}",
    # 31-Oct-22; 31 Oct 22, where its sentence or clause ends
    rf"(?P<day>\d\d?)-(?P<month>{_MONTH})-(?P<year2>\d\d){_FENCE}",
    rf"(?<![\d.])(?P<day>{_DAY}) ?(?P<month>{_SHORT_MONTH}) ?(?P<year2>[1-4]\d)"
    r"(?=[.,;:)\]]*(?:$| ))(?! [\da-z])",
    rf"{_AFTER_LABEL}(?P<day>{_DAY}) ?(?P<month>{_SHORT_MONTH}) ?(?P<year2>[1-4]\d){_FENCE}",
    # ECD: Oct 22; ECD: Oct 31, 22
    rf"{_AFTER_LABEL}(?P<month>{_SHORT_MONTH})(?: (?P<day>{_DAY}),)? (?P<year2>[1-4]\d)"
    rf"{_FENCE}(?!, ?{_YEAR}|[-/])",
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
    rf"(?<![\w/.$-])(?P<year>{_YEAR})(?P<dash>-)(?P<monthno>0[1-9]|1[0-2]){_FENCE}",
    # Q5 FY2022: refused, lest the year be read without its quarter
    rf"(?P<noday>q[05-9]|[05-9]q|(?:fifth|sixth|5th|6th) quarter){_OF}?"
    rf"(?:{_FISCAL}|{_CALENDAR})? ?'?(?:(?P<year>{_YEAR})|(?P<year2>\d\d)){_FENCE}",
    # Q4 FY2022; fourth quarter of fiscal year 2022; Q3 2022
    rf"(?:(?P<first>{_QUARTER}|first|second|third){_JOIN})?(?P<quarter>{_QUARTER}){_OF}?"
    rf"(?:(?P<fiscal>{_FISCAL})|{_CALENDAR})? ?'?(?:(?P<year>{_YEAR})|(?P<year2>\d\d)){_SPAN}"
    rf"(?P<after>{_FISCAL_AFTER})?{_FENCE}",
    # FY2022 Q4
    rf"(?:(?P<fiscal>{_FISCAL})|{_CALENDAR}) ?'?(?:(?P<year>{_YEAR})|(?P<year2>\d\d)){_SPAN}"
    rf"(?:'s|,)? ?[-/(]?(?P<quarter>{_QUARTER})(?:\)|\b)",
    # 2022 Q4
    rf"(?P<year>{_YEAR}){_SPAN}(?:'s|,)? ?[-/(]?(?P<quarter>{_QUARTER})(?:\)|\b)",
    # first half of FY 2022
    rf"(?P<half>{_HALF}){_OF}?(?:(?P<fiscal>{_FISCAL})|{_CALENDAR})? ?'?"
    rf"(?:(?P<year>{_YEAR})|(?P<year2>\d\d)){_SPAN}(?P<after>{_FISCAL_AFTER})?{_FENCE}",
    # spring of 2022; winter 2022-2023
    rf"(?:(?P<first>spring|summer|fall|autumn|winter){_JOIN})?"
    rf"(?P<season>spring|summer|fall|autumn|winter)(?: of|,)? (?P<year>{_YEAR})"
    rf"(?:[-/](?:{_YEAR}|\d\d))?(?!\w)",
    # FY22; fiscal years 2022 and 2023; fiscal year 2022-23
    rf"(?P<fiscal>{_FISCAL}) ?'?(?:(?P<year>{_YEAR})|(?P<year2>\d\d))"
    rf"(?:{_JOIN}(?:{_FISCAL} ?)?'?(?P<last>{_YEAR}|\d\d))?{_FENCE}",
    # 2022-23; the 2022-23 fiscal year; the 2022 fiscal year
    rf"(?<![\w/.$-])(?P<year>{_YEAR})[-/](?P<last>{_YEAR}|\d\d)(?P<after>{_FISCAL_AFTER})?{_FENCE}",
    rf"(?<![\w/.$-])(?P<year>{_YEAR})(?P<after>{_FISCAL_AFTER})",
    # CY2022
    rf"{_CALENDAR} ?'?(?:(?P<year>{_YEAR})|(?P<year2>\d\d))"
    rf"(?:{_JOIN}(?P<last>{_YEAR}|\d\d))?{_FENCE}",
    # 2022
    rf"(?:(?<![\w$#./-])|(?<=mid-)|(?<=late-)|(?<=early-)|(?<=end-))(?P<year>{_YEAR})"
    rf"(?![\w%(]|[-/]\w|[.,]\d| ?u\.?s\.?c|'s)",
)
_LONE_YEAR = len(_RULES) - 1
_READERS = tuple(re.compile(rf"(?:\b|(?<=\W)){rule}") for rule in _RULES)
_ANY = re.compile(
    r"\b(?=[0-9a-z])(?:"
    + "|".join(re.sub(r"\(\?P=sep\)", "[-/.]", re.sub(r"\?P<\w+>", "?:", rule)) for rule in _RULES)
    + ")"
)
_NUMERIC = re.compile(next(rule for rule in _RULES if "P=sep" in rule))
_HALFWAY = r"(?:first|early|middle|latter|later|last|final) (?:part|half|days|months|weeks)"
_PART = re.compile(
    r"(?:\bthe )?(?:very )?\b(?:(?:early|mid|mid(?:dle)?|beginning)(?: ?(?:-|/|to|or|and)+ ?)+)?"
    r"(?P<part>(?:early|mid|midpoint|late|earlier|later)(?:[- ]|-? ?(?:of|in)(?: the)? )"
    rf"|(?:beginning|start|middle|midpoint|end|close|conclusion|{_HALFWAY})(?:-| (?:of)(?: the)? )"
    r"|(?<=\bby )(?:the )?(?:end|close|middle) )"
    r"(?:(?:the )?(?:month|year)(?: of)? )?(?:in )?$"
)
# "Not before", "will not do so before" are bounds of another kind.
_BEFORE = re.compile(
    r"^(?!.*\b(?:not|never|unable|cannot)\b[^.;]*$).*"
    r"(?<!or )\b(?:before|prior to|ahead of|in advance of) (?:the )?(?:very )?$"
)
_RUNS = re.compile(
    r"(?<=within )(?P<count>\d{1,3}) (?:calendar )?(?P<unit>days?|weeks?|months?)"
    r" (?:of|from|after|following) (?:the |its |our )?(?:\w+ )?(?:report(?:'s)?"
    r"|issuance|publication|release|date)?(?: issuance| publication| release)?(?: dates?)?"
    r"(?: of the (?:final )?report)?(?: of| on| dated|,)? ?\(?$"
)
_YEAR_END = re.compile(
    r"(?:\bthe )?\b(?:(?:calendar )?year(?:'s)?[- ]end|end of(?: the)? year),? $"
)


@dataclass(frozen=True, slots=True)
class Period:
    """An interval named in a text, from ``starts`` to ``due`` inclusive.

    ``precision`` is day, month, quarter, season, fiscal_year or calendar_year; ``text[start:end]``
    names it; ``bare`` marks a lone number that is a year only if the words around it say so.
    ``refused`` says why the words give no date; its days are then a stand-in, never to be shown.
    """

    starts: date
    due: date
    precision: str
    start: int
    end: int
    bare: bool = False
    refused: str = ""


def find_periods(text: str, style: DateStyle = FEDERAL) -> tuple[Period, ...]:
    """Return the periods named in ``text``, in order; ``text`` has single spaces between words.

    A number that is no date (a report, a statute) is passed over, and so is a date refused.

    >>> [(p.due.isoformat(), p.precision) for p in find_periods("by 4Q FY2020 or mid-2021")]
    [('2020-09-30', 'quarter'), ('2021-06-30', 'calendar_year')]
    """
    return tuple(period for period in name_periods(text, style) if not period.refused)


def name_periods(text: str, style: DateStyle = FEDERAL) -> tuple[Period, ...]:
    """Return the periods of ``text`` as ``find_periods`` does, those refused among them.

    >>> [(p.start, p.refused) for p in name_periods("by February 30, 2024")]
    [(3, 'it is in no calendar')]
    """
    lower = text.lower() if len(text.lower()) == len(text) else text
    found = []
    for match in _ANY.finditer(lower):
        period = _read(lower, match.start(), match.end(), style)
        if period:
            found.append(period)
    return tuple(found)


def number_order(text: str) -> set[str]:
    """Return the orders of day and month that the numeric dates of ``text`` prove.

    >>> number_order("05/06/2024"), number_order("31/12/2024")
    (set(), {'day-first'})
    """
    proved = set()
    for match in _NUMERIC.finditer(text):
        first, second = int(match["monthno"]), int(match["day"])
        proved |= {DAY_FIRST} if first > 12 >= second else set()
        proved |= {MONTH_FIRST} if second > 12 >= first else set()
    return proved


def _read(text: str, start: int, end: int, style: DateStyle) -> Period | None:
    for number, reader in enumerate(_READERS):
        match = reader.fullmatch(text, start, end)
        if not match:
            continue
        try:
            read = _interval(match.groupdict(), text[start:end], style)
        except _NoDateError:
            return None
        except ValueError as error:
            return _with_part(text, _refused(match.groupdict(), start, end, error))
        starts, due, precision = read
        lone = number == _LONE_YEAR
        return _with_part(text, Period(starts, due, precision, start, end, lone))
    return None


class _NoDateError(ValueError):
    """A number that only looks like a date."""


class _UndecidedError(ValueError):
    """Words that name a date, and not which."""


def _refused(named: dict, start: int, end: int, error: ValueError) -> Period:
    why = str(error) if isinstance(error, _UndecidedError) else "it is in no calendar"
    year = _year(named)
    precision = "fiscal_year" if named.get("fiscal") or named.get("after") else "day"
    return Period(date(year, 1, 1), date(year, 12, 31), precision, start, end, refused=why)


def _year(named: dict) -> int:
    return int(named.get("year") or 0) or 2000 + int(named.get("year2") or 0)


def _interval(named: dict[str, str | None], words: str, style: DateStyle) -> tuple:
    year = _year(named)
    if named.get("noday"):
        raise ValueError("no such day")
    if named.get("day"):
        return _day(named, year, style)
    if named.get("month") or named.get("monthno"):
        return _month(named, year)
    if named.get("season"):
        return _season(named, year)
    fiscal = bool(named.get("fiscal") or named.get("after"))
    if named.get("last"):
        written = str(named["last"])
        last = int(written) + (100 * (year // 100) if len(written) == 2 else 0)
        if not _spans_one(named, words, year, last):
            return _several_years(year, last, style, fiscal=fiscal)
        year, fiscal = last, True
        if not style.fiscal_year_end:
            raise _UndecidedError("the day on which its fiscal year ends is not given")
    if named.get("quarter"):
        return _quarter(
            named, style.year_start(year, fiscal=fiscal or "fiscal" in str(named["quarter"]))
        )
    precision = "fiscal_year" if fiscal else "calendar_year"
    starts = style.year_start(year, fiscal=fiscal)
    if named.get("half"):
        second = not re.search("first|1", str(named["half"]))
        return *_months(add_months(starts, 6 * second), 6), precision
    return *_months(starts, 12), precision


def _spans_one(named: dict, words: str, year: int, last: int) -> bool:
    """Tell one fiscal year called by two calendar years (2024-25) from several years (2024-2027).

    "Fiscal years 2024-2025" are two; "fiscal year 2024-2025" is one.
    """
    ranged = bool(re.search(r"\d ?[-/] ?(?:fy ?)?'?\d", words))
    fiscal = named.get("fiscal")
    if "fiscal" in named and not fiscal and "quarter" not in named and "half" not in named:
        return False  # of calendar years
    if "fiscal" not in named and not named.get("after") and last != year + 1:
        raise _NoDateError(words)  # a number or the years of a plan: 2021-2025
    plural = "years" in words or "fys" in words
    if not ranged or (plural and (last != year + 1 or len(named["last"]) == 4)):
        return False
    if last != year + 1:
        raise _UndecidedError("its years do not follow each other")
    return True


def _several_years(year: int, last: int, style: DateStyle, *, fiscal: bool) -> tuple:
    if last < year:
        raise _UndecidedError("its years run backwards")
    starts = style.year_start(year, fiscal=fiscal)
    return *_months(starts, 12 * (last - year + 1)), "fiscal_year" if fiscal else "calendar_year"


def _day(named: dict, year: int, style: DateStyle) -> tuple[date, date, str]:
    day, month = int(re.sub(r"\D.*", "", str(named["day"]))), _month_number(named)
    if named.get("sep"):
        if day != month and max(day, month) <= 12 and not style.order:
            raise _UndecidedError("nothing proves whether its day or its month comes first")
        if month > 12 >= day or (max(day, month) <= 12 and style.order == DAY_FIRST):
            day, month = month, day
    read = date(year, month, day)
    return read, read, "day"


def _month_number(named: dict) -> int:
    return int(named["monthno"]) if named.get("monthno") else _MONTHS.index(named["month"][:3]) + 1


def _month(named: dict, year: int) -> tuple[date, date, str]:
    if named.get("dash") and _month_number(named) == (year + 1) % 100:
        raise _UndecidedError("it may be a month or a fiscal year")
    starts = date(year, _month_number(named), 1)
    due = month_end(starts.year, starts.month)
    if named.get("first"):
        first = _MONTHS.index(named["first"][:3]) + 1
        starts = date(year - (first > starts.month), first, 1)
    return starts, due, "month"


def _quarter(named: dict, year_starts: date) -> tuple[date, date, str]:
    last = _quarter_number(named["quarter"])
    first = _quarter_number(named["first"]) if named.get("first") else last
    starts = add_months(year_starts, 3 * (min(first, last) - 1))
    return *_months(starts, 3 * (last - min(first, last) + 1)), "quarter"


def _quarter_number(words: str) -> int:
    digit = re.search("[1-4]", words)
    if digit:
        return int(digit.group())
    counted = re.search("one|two|three|four$", words)
    if counted and words.startswith("quarter"):
        return ("one", "two", "three", "four").index(counted.group()) + 1
    return _ORDINALS[re.sub("[^a-z].*", "", words)]


def _season(named: dict, year: int) -> tuple[date, date, str]:
    # A winter begins in the December of its year and ends with the next February.
    starts, due = _months(date(year, _SEASONS[named["season"]], 1), 3)
    if named.get("first"):
        first = _SEASONS[named["first"]]
        starts = date(year - (first > starts.month), first, 1)
    return starts, due, "season"


def _months(starts: date, count: int) -> tuple[date, date]:
    return starts, add_months(starts, count) - timedelta(days=1)


def _with_part(text: str, period: Period) -> Period:
    """Narrow a period to the part named before it: late 2024, the middle of June 2024."""
    if period.precision == "day" and not period.refused and (ran := _ran_from(text, period)):
        return ran
    before = text[max(0, period.start - 60) : period.start]
    named = _YEAR_END.search(before) or _PART.search(before)
    if not named and period.precision.endswith("year") and _BEFORE.search(before):
        eve = period.starts - timedelta(days=1)
        return replace(period, starts=eve, due=eve, precision="day")
    if not named or (period.precision == "day" and not period.refused):
        return period
    start = period.start - len(named.group())
    if period.refused:
        return replace(period, start=start)
    part = named.groupdict().get("part") or "end"
    if _BEFORE.search(text[max(0, start - 60) : start]) and part.startswith(("begin", "start")):
        eve = period.starts - timedelta(days=1)
        return Period(eve, eve, "day", start, period.end)
    return Period(*_part(period, part), period.precision, start, period.end)


def _ran_from(text: str, period: Period) -> Period | None:
    """Return the time that runs from a day: 180 days of the report date of March 1, 2024."""
    ran = _RUNS.search(text[max(0, period.start - 90) : period.start])
    if ran is None:
        return None
    count, unit = int(ran["count"]), ran["unit"]
    due = period.due + timedelta(days=count * (7 if unit.startswith("week") else 1))
    if unit.startswith("month"):
        due = add_months(period.due, count)
    start = period.start - len(ran.group())
    return replace(period, due=due, start=start)


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
