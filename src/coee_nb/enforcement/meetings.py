"""Required meetings: which period had one, whether its minutes are on file, and the gaps."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import ClassVar

import pandas as pd

from coee_nb.arguments import known, near
from coee_nb.checks import Rule, refuse
from coee_nb.enforcement.oversight_records import (
    KEPT,
    SET_ASIDE,
    OversightRecords,
    days,
    divided,
    exceptions,
    filled,
    read_rows,
    unknown_units,
)
from coee_nb.engines.design.intervals import clopper_pearson
from coee_nb.errors import InputError
from coee_nb.files import LINE
from coee_nb.findings import InputFile, input_file
from coee_nb.fiscal import add_months, fiscal_year
from coee_nb.lazily import offered
from coee_nb.paths import shown
from coee_nb.results import Result

WEEK = "week"
MONTHS_OF = {"month": 1, "two months": 2, "quarter": 3, "half-year": 6, "year": 12}
OFTEN = (WEEK, *MONTHS_OF)
_ADVERBS = {
    "weekly": WEEK, "monthly": "month", "every two months": "two months", "quarterly": "quarter",
    "half-yearly": "half-year", "yearly": "year", "annually": "year", "annual": "year",
}  # fmt: skip
ON_FILE, NO_MINUTES, NOTHING = "minutes on file", "held, no minutes", "nothing on file"
STATES = (ON_FILE, NO_MINUTES, NOTHING)
ALL = "all"
_PERIOD_KEY = ["unit", "every", "number"]
_YES, _NO = ("yes", "y", "true", "1", "on file"), ("no", "n", "false", "0", "none", "")
RECORD, WHEN, RULE = ("unit", "minutes"), ("period", "held_on"), ("unit", "every", "first", "last")


@dataclass(frozen=True)
class MeetingPeriods:
    """Weeks from Monday to Sunday, or equal periods of whole months.

    The first of these of a fiscal year begins in month ``starts``.
    """

    every: str
    starts: int = 1

    def number(self, day: date) -> int:
        """Return the running number of the period that holds ``day``."""
        if self.every == WEEK:
            return (day.toordinal() - 1) // 7
        return (day.year * 12 + day.month - self.starts) // MONTHS_OF[self.every]

    def first_day(self, number: int) -> date:
        """Return the first day of a period."""
        if self.every == WEEK:
            return date.fromordinal(number * 7 + 1)
        year, month = divmod(number * MONTHS_OF[self.every] + self.starts - 1, 12)
        return date(year, month + 1, 1)

    def last_day(self, number: int) -> date:
        """Return the last day of a period.

        >>> MeetingPeriods("quarter").last_day(MeetingPeriods("quarter").number(date(2024, 2, 5)))
        datetime.date(2024, 3, 31)
        """
        return self.first_day(number + 1) - timedelta(days=1)

    def label(self, number: int) -> str:
        """Return a period's name: its week or month, or the first and the last month."""
        if self.every == WEEK:
            return f"{self.first_day(number):%G-W%V}"
        first, last = self.first_day(number), self.last_day(number)
        begins = f"{first:%Y-%m}"
        return begins if self.every == "month" else f"{begins} to {last:%Y-%m}"


@dataclass(frozen=True)
class MeetingRules:
    """Who must meet how often, from when to when.

    ``table``: unit, every (one of ``OFTEN``), first and last (datetime64: a day of the first
    and of the last period); ``text`` says the rule; ``source`` the file, if a file gives it.
    """

    table: pd.DataFrame
    text: str
    source: InputFile | None = None


def read_rules(
    path: str | Path,
    *,
    units: Sequence[str] | None = None,
    columns: Mapping[str, str] | None = None,
) -> MeetingRules:
    """Read who must meet how often: a file with columns unit, every, first and last.

    ``every`` is week (Monday to Sunday), month, two months, quarter, half-year or year, or weekly,
    monthly and so on; ``first`` and ``last`` name a week (2018-W40), a month (2018-10), a quarter
    (2018-Q4), a year or a day. A unit may have several rows that do not overlap. Raises InputError
    for anything else, all faults at once.
    """
    frame = read_rows(path, RULE, columns=columns)
    filled(frame, ("unit", "every", "first", "last"), path)
    told = shown(path)
    unknown = unknown_units(frame, units)
    frame = frame.assign(every=frame["every"].str.lower().replace(_ADVERBS), reason=unknown)
    frame = frame.assign(
        first_day=[period_day(text) for text in frame["first"]],
        last_day=[period_end(*one) for one in zip(frame["last"], frame["every"], strict=True)],
    )
    unread = frame["first_day"].isna() | frame["last_day"].isna()
    refuse(
        [
            *_UNIT.faults(frame, unknown != "", "{reason}", file=told),
            *_EVERY.faults(frame, ~frame["every"].isin(OFTEN), "every is {every!r}", file=told),
            *_PERIOD.faults(frame, unread, "from {first!r} to {last!r}", file=told),
        ]
    )
    backwards = frame["first_day"] > frame["last_day"]
    refuse([*_PERIOD.faults(frame, backwards, "from {first} to {last}", file=told)])
    table = pd.DataFrame(
        {"unit": frame["unit"], "every": frame["every"],
         "first": pd.to_datetime(frame["first_day"]), "last": pd.to_datetime(frame["last_day"])}
    )  # fmt: skip
    often = ", ".join(sorted(set(table["every"]), key=OFTEN.index))
    text = f"a meeting every {often}, as {told} has it"
    return MeetingRules(table, text, input_file(path, rows=len(frame)))


_UNIT = Rule("meetings.rules.unit", "Is every unit known?", "unknown unit", do="correct its name")
_EVERY = Rule(
    "meetings.rules.every", "Is it known how often?", "unknown", expected=", ".join(OFTEN)
)
_PERIOD = Rule(
    "meetings.rules.period",
    "Is every period readable, the first before the last?",
    "no period",
    expected="a week 2018-W40, a month 2018-10, a quarter 2018-Q4, a year or a day, the first "
    "before the last",
)


def period_day(text: str) -> date | None:
    """Return the first day of the week, month, quarter or year that a cell names, or the day.

    >>> period_day("2018-10"), period_day("2018-Q4"), period_day("2018"), period_day("10/2018")
    (datetime.date(2018, 10, 1), datetime.date(2018, 10, 1), datetime.date(2018, 1, 1), None)
    >>> period_day("2018-W40")
    datetime.date(2018, 10, 1)
    """
    quarter = re.fullmatch(r"(\d{4})-?Q([1-4])", text)
    if quarter:
        return date(int(quarter[1]), int(quarter[2]) * 3 - 2, 1)
    week = re.fullmatch(r"(\d{4})-?W(\d\d)", text)
    whole = {4: f"{text}-01-01", 7: f"{text}-01"}.get(len(text), text)
    try:
        if week:
            return date.fromisocalendar(int(week[1]), int(week[2]), 1)
        return date.fromisoformat(whole) if re.fullmatch(r"\d{4}-\d\d-\d\d", whole) else None
    except ValueError:
        return None


def period_end(text: str, every: str) -> date | None:
    """Return a day of the last period of a rule whose end a cell names.

    Of a name that holds several of its periods, such as a year of months, it is the last day.

    >>> period_end("2018", "month"), period_end("2018", "year"), period_end("2018-10", "week")
    (datetime.date(2018, 12, 31), datetime.date(2018, 1, 1), datetime.date(2018, 10, 31))
    """
    first = period_day(text)
    months = 3 if "Q" in text else {4: 12, 7: 1}.get(len(text), 0)
    if first is None or months <= MONTHS_OF.get(every, 0) or "W" in text:
        return first
    return add_months(first, months) - timedelta(days=1)


def often(word: str) -> str:
    """Return how often as one of ``OFTEN``. Raises ParameterError for an unknown word.

    >>> often("weekly"), often("Quarter")
    ('week', 'quarter')
    """
    plain = word.lower()
    known(_ADVERBS.get(plain, plain), OFTEN, "period")
    return _ADVERBS.get(plain, plain)


def rules_by_default(
    records: OversightRecords, every: str, as_of: date, units: Sequence[str] | None = None
) -> MeetingRules:
    """Return the rule that each unit meets ``every`` period, from its first record to ``as_of``.

    One that keeps no records any more has not stopped having to meet. One of ``units`` without any
    record must have met from the first record of all. Raises InputError where no record can be
    used.
    """
    every = often(every)
    rows = records.rows
    if rows.empty:
        raise InputError("no record of a meeting can be used", where=records.source.path)
    ends = rows.groupby("unit", sort=True)["day"].agg(first="min").reset_index()
    silent = sorted(set(units or ()) - set(ends["unit"]))
    added = pd.DataFrame({"unit": silent}).assign(first=rows["day"].min())
    table = pd.concat([ends, added], ignore_index=True) if silent else ends
    table = table.assign(every=every, last=pd.Timestamp(as_of).as_unit("s"))
    text = f"a meeting every {every}, from each unit's first record to {as_of}"
    return MeetingRules(table[["unit", "every", "first", "last"]], text)


def read_meetings(
    path: str | Path,
    *,
    as_of: date,
    units: Sequence[str] | None = None,
    columns: Mapping[str, str] | None = None,
    order: str | None = None,
) -> OversightRecords:
    """Read the records of meetings: a file with columns unit, minutes and period or held_on.

    ``period`` as in the rules (blank: that of the day it was held), ``held_on`` a day or blank,
    ``minutes`` yes, no, blank (no) or the day they were filed. Rows gain ``day`` (in the period),
    ``held`` and ``filed`` (datetime64) and ``has_minutes``. Set aside: unknown units, meetings
    after ``as_of``, minutes dated before the meeting, rows that repeat another in full. Raises
    InputError for what cannot be read.
    """
    frame = read_rows(path, RECORD, either=WHEN, columns=columns)
    filled(frame, ["unit"], path)
    frame = _read_cells(frame, path, order)
    told = frame["unit"] + ", " + frame["period"].where(frame["period"] != "", frame["held_on"])
    reasons = unknown_units(frame, units)
    same = frame.duplicated(["unit", "period", "held_on", "minutes"])
    for wrong, why in (
        (frame["held"] > pd.Timestamp(as_of), f"held after the as-of date {as_of}"),
        (frame["filed"] > pd.Timestamp(as_of), f"minutes filed after the as-of date {as_of}"),
        (frame["filed"] < frame["held"], "minutes dated before the meeting"),
        (same, "repeats an earlier row in full"),
    ):
        reasons = reasons.mask((reasons == "") & wrong, why)
    return divided(frame, reasons, path, told)


def _read_cells(frame: pd.DataFrame, path: str | Path, order: str | None) -> pd.DataFrame:
    """Return rows with day, held, filed and has_minutes, or refuse those that cannot be read."""
    held = days(frame, "held_on", path, order)
    words = frame["minutes"].str.lower()
    is_day = ~words.isin([*_YES, *_NO])
    filed = days(frame.assign(minutes=frame["minutes"].where(is_day, "")), "minutes", path, order)
    named = [period_day(text) for text in frame["period"]]
    day = pd.Series(pd.to_datetime(named), index=frame.index, dtype="datetime64[s]").fillna(held)
    unread = (frame["period"] != "") & pd.Series([one is None for one in named], dtype=bool)
    refuse([*_PERIOD.faults(frame, unread, "period is {period!r}", file=shown(path)),
            *_WHEN.faults(frame, day.isna() & ~unread, "neither period nor held_on",
                          file=shown(path))])  # fmt: skip
    has = words.isin(_YES) | filed.notna()
    return frame.assign(held=held, filed=filed, day=day, has_minutes=has)


_WHEN = Rule("meetings.when", "Is it known when?", "no date", do="fill in period or held_on")


@dataclass(frozen=True, repr=False)
class Meetings(Result):
    """Every required period with its state, and what follows.

    ``periods``: unit, every, number, period, last_day, year, meetings, held_on, state (one of
    ``STATES``), on_time, lines (of the file, of its records); ``by_year``: unit, year, required,
    with_minutes, held_without, missed, on_time, share, ci_low, ci_high, of a unit and year, a unit
    (year "all"; of several years) and all units (of several), the whole last; ``streaks``:
    a unit's gaps; ``exceptions``; ``not_due``: periods of the rules not over on the as-of date.
    """

    SHOWS: ClassVar[Mapping[str, Sequence[str]]] = {"by_year": (), "streaks": ()}

    periods: pd.DataFrame
    by_year: pd.DataFrame
    streaks: pd.DataFrame
    exceptions: pd.DataFrame
    rules: MeetingRules
    source: InputFile
    not_due: int
    minutes_within_days: int | None
    confidence: float

    @property
    def required(self) -> int:
        """Periods that were over on the as-of date and needed a meeting."""
        return len(self.periods)

    @property
    def missed(self) -> int:
        """Required periods without minutes on file."""
        return int((self.periods["state"] != ON_FILE).sum())

    @property
    def text(self) -> str:
        """The sentence a report may print."""
        return f"Required periods: {self.required}; without minutes on file: {self.missed}."


def meetings(
    records: OversightRecords,
    rules: MeetingRules,
    *,
    as_of: date,
    fiscal_year_starts: int = 1,
    minutes_within_days: int | None = None,
    confidence: float = 0.95,
) -> Meetings:
    """Hold the records of meetings against the rules on a date.

    A period counts once it is over. It is missed without minutes on file: nothing else shows that
    a meeting was held. It is on time with minutes of a meeting that was not held outside it, filed
    within ``minutes_within_days`` of the meeting where both days are known. Periods with two
    records are counted once and listed; records outside the rules are set aside and listed.
    Raises InputError where no period of the rules was over.
    """
    required, not_due = _required(rules, as_of, fiscal_year_starts)
    if required.empty:
        raise InputError(
            f"no period of the rules was over on {as_of}",
            expected="at least one",
            do="correct as_of, or the first and last periods of the rules",
        )
    told = _placed(records.rows, rules, fiscal_year_starts, minutes_within_days)
    known_periods = pd.MultiIndex.from_frame(required[_PERIOD_KEY])
    inside = pd.MultiIndex.from_frame(told[_PERIOD_KEY]).isin(known_periods)
    stray, used = told[~inside], told[inside]
    periods = required.merge(_states(used), on=_PERIOD_KEY, how="left")
    periods["state"] = periods["state"].fillna(NOTHING)
    periods["meetings"] = periods["meetings"].fillna(0).astype(int)
    periods["on_time"] = periods["on_time"].eq(True)
    periods["lines"] = periods["lines"].fillna("")
    source = records.source
    return Meetings(
        periods=periods,
        by_year=_by_year(periods, confidence),
        streaks=_streaks(periods, used),
        exceptions=pd.concat([records.exceptions, *_listed(used, stray, rules, source)]),
        rules=rules,
        source=_account(source, len(stray)),
        not_due=not_due,
        minutes_within_days=minutes_within_days,
        confidence=confidence,
    )


def _listed(
    used: pd.DataFrame, stray: pd.DataFrame, rules: MeetingRules, source: InputFile
) -> list[pd.DataFrame]:
    """Return the exceptions of records outside the rules, and of the second ones of a period."""
    twice = used[used.duplicated(_PERIOD_KEY, keep="first")]
    why, again = _outside(stray, rules), "a second record of its period"
    return [
        exceptions(stray, why, source.path, _named(stray), effect=SET_ASIDE),
        exceptions(twice, again, source.path, _named(twice), effect=KEPT),
    ]


def _account(source: InputFile, stray: int) -> InputFile:
    """Return a file's account once the records outside the rules are set aside too."""
    reasons = dict(source.excluded) | ({"outside the rules": stray} if stray else {})
    return replace(source, used=(source.used or 0) - stray, excluded=reasons)


def _required(rules: MeetingRules, as_of: date, starts: int) -> tuple[pd.DataFrame, int]:
    """Return one row a required period that was over by ``as_of``, and how many were not."""
    rows, not_due = [], 0
    ends: dict[str, date] = {}
    for rule in rules.table.sort_values(["unit", "first"]).itertuples():
        periods = MeetingPeriods(rule.every, starts)
        begins = periods.first_day(periods.number(rule.first))
        if begins <= ends.get(rule.unit, date.min):
            raise InputError(
                f"two rules ask {rule.unit!r} for a meeting on {begins}",
                where=rules.source.path if rules.source else rules.text,
                do="let the periods of a unit's rules follow each other",
            )
        ends[rule.unit] = periods.last_day(periods.number(rule.last))
        for number in range(periods.number(rule.first), periods.number(rule.last) + 1):
            last = periods.last_day(number)
            if last > as_of:
                not_due += 1
                continue
            rows.append(
                {"unit": rule.unit, "every": rule.every, "number": number,
                 "period": periods.label(number), "last_day": pd.Timestamp(last),
                 "year": fiscal_year(last, starts)}
            )  # fmt: skip
    return pd.DataFrame(rows), not_due


def _placed(
    rows: pd.DataFrame, rules: MeetingRules, starts: int, within: int | None
) -> pd.DataFrame:
    """Return records with the number of their period, and whether each shows it was on time."""
    asked = {unit: own.to_dict("records") for unit, own in rules.table.groupby("unit")}
    number, on_time, every = [], [], []
    for row in rows.to_dict("records"):
        periods = _in_force(asked.get(row["unit"], []), row["day"], starts)
        every.append(periods.every)
        place = periods.number(row["day"])
        number.append(place)
        inside = pd.isna(row["held"]) or periods.number(row["held"]) == place
        dated = within is not None and not (pd.isna(row["held"]) or pd.isna(row["filed"]))
        quick = not dated or (row["filed"] - row["held"]).days <= (within or 0)
        on_time.append(bool(row["has_minutes"] and inside and quick))
    placed = rows.assign(every=every, number=number, on_time=on_time)
    return placed.astype({"number": "int64"})


def _in_force(rules: Sequence[Mapping], day: date, starts: int) -> MeetingPeriods:
    """Return the periods that one of a unit's rules asks for on a day, else those of the first."""
    for rule in rules:
        periods = MeetingPeriods(rule["every"], starts)
        if periods.number(rule["first"]) <= periods.number(day) <= periods.number(rule["last"]):
            return periods
    return MeetingPeriods(rules[0]["every"] if rules else "month", starts)


def _states(used: pd.DataFrame) -> pd.DataFrame:
    """Return one row a unit and period with a record: meetings, first day held, state, on_time."""
    held = used["held"].notna() | used["has_minutes"]
    groups = used.assign(meetings=held).groupby(_PERIOD_KEY, as_index=False)
    found = groups.agg(
        meetings=("meetings", "sum"), held_on=("held", "min"), has=("has_minutes", "any"),
        on_time=("on_time", "any"), lines=(LINE, lambda lines: ", ".join(map(str, lines))),
    )  # fmt: skip
    found["state"] = [
        ON_FILE if has else NO_MINUTES if n else NOTHING
        for has, n in zip(found["has"], found["meetings"], strict=True)
    ]
    return found.drop(columns="has")


def _named(rows: pd.DataFrame) -> pd.Series:
    days_told = rows["day"].dt.strftime("%Y-%m-%d")
    return rows["unit"] + ", " + days_told.astype("str")


def _outside(stray: pd.DataFrame, rules: MeetingRules) -> pd.Series:
    """Say why a record lies outside the rules."""
    asked = set(rules.table["unit"])
    words = [
        "its period is not asked for, or not over"
        if unit in asked
        else f"no rule names the unit{near(unit, asked)}"
        for unit in stray["unit"]
    ]
    return pd.Series(words, index=stray.index, dtype="str")


def _by_year(periods: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Count periods by unit and year, by unit, and in all, with exact intervals."""
    counted = periods.assign(
        year=periods["year"].astype("str"),
        required=1,
        with_minutes=periods["state"] == ON_FILE,
        held_without=periods["state"] == NO_MINUTES,
        missed=periods["state"] != ON_FILE,
    )
    columns = ["required", "with_minutes", "held_without", "missed", "on_time"]
    wholes = [{}, *({name: ALL} for name in ("year", "unit") if counted[name].nunique() > 1)]
    parts = [counted.assign(**one) for one in wholes]
    if len(wholes) == 3:
        parts.append(counted.assign(unit=ALL, year=ALL))
    table = pd.concat(
        [part.groupby(["unit", "year"], as_index=False)[columns].sum() for part in parts],
        keys=range(len(parts)),
    )
    table = table.assign(whole=table["unit"] == ALL).sort_values(
        ["whole", "unit", "year"], kind="stable", ignore_index=True
    )
    table = table.drop(columns="whole").astype(dict.fromkeys(columns, "int64"))
    low, high = clopper_pearson(table["on_time"], table["required"], confidence=confidence)
    return table.assign(share=table["on_time"] / table["required"], ci_low=low, ci_high=high)


def runs(flags: Sequence[bool]) -> list[tuple[bool, int, int]]:
    """Return the runs of equal values: value, place of the first, length.

    >>> runs([True, True, False])
    [(True, 0, 2), (False, 2, 1)]
    """
    found, place = [], 0
    for value, group in groupby(flags):
        length = len(list(group))
        found.append((value, place, length))
        place += length
    return found


def _streaks(periods: pd.DataFrame, used: pd.DataFrame) -> pd.DataFrame:
    """Return a unit's longest gap and streak, how it ends, and its longest time between days."""
    return pd.DataFrame(
        [
            _streak(unit, rows.sort_values("last_day"), used.loc[used["unit"] == unit, "held"])
            for unit, rows in periods.groupby("unit")
        ]
    )


def _streak(unit: object, rows: pd.DataFrame, held: pd.Series) -> dict:
    found = runs([state == ON_FILE for state in rows["state"]])
    names = rows["period"].tolist()
    gaps = [(length, -first) for kept, first, length in found if not kept]
    length, first = max(gaps, default=(0, 0))
    kept, _, current = found[-1]
    between = held.dropna().sort_values().diff().dt.days.max()
    return {
        "unit": unit,
        "periods": len(rows),
        "longest_gap": length,
        "gap_from": names[-first] if length else "",
        "gap_to": names[-first + length - 1] if length else "",
        "longest_streak": max((n for kept, _, n in found if kept), default=0),
        "at_the_end": f"{current} {'with' if kept else 'without'} minutes",
        "longest_between_days": int(between) if pd.notna(between) else pd.NA,
    }


__all__ = [
    "MeetingRules",
    "Meetings",
    "meetings",
    "read_meetings",
    "read_rules",
    "rules_by_default",
]
__dir__ = offered(__all__)
