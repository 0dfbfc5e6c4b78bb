"""The limitation date of each penalty case, by the statute's rule or by a simplification.

The day of the event is not counted: a term of five years from March 1, 2016 ends with March 1,
2021, and a case is past it from March 2, 2021 on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from coee_nb.arguments import as_day, known
from coee_nb.enforcement.terms import (
    TERMS,
    WAIVER,
    Term,
    add_months,
    day_words,
    months_of,
    simplified,
)
from coee_nb.errors import InputError
from coee_nb.formats import count, day
from coee_nb.lazily import offered
from coee_nb.results import Result

STATUTE, INITIATION = "statute", "initiation"
RULES = (STATUTE, INITIATION)
WAIVER_YEARS = 2  # of a document that states no term: practice, not statute
OPEN, WAIVED, EXPIRED = "open", "waived", "expired"
NOT_LIMITED, CLOSED, UNKNOWN = "no longer limited", "closed", "not derivable"
STATES = (CLOSED, NOT_LIMITED, UNKNOWN, EXPIRED, WAIVED, OPEN)
SETTLED, LITIGATION, REFERRED = "settled", "in litigation", "referred"
CLOSED_EXPIRED = "closed as expired"
# What a status means for the term: it runs, it is over, or an action was begun within it.
STATUSES = {
    "open": OPEN,
    "pending": OPEN,
    "closed": CLOSED,
    SETTLED: CLOSED,
    "paid": CLOSED,
    "cancelled": CLOSED,
    CLOSED_EXPIRED: CLOSED,
    LITIGATION: NOT_LIMITED,
    "litigation": NOT_LIMITED,
    REFERRED: NOT_LIMITED,
}
EQUAL, DIFFERS, BLANK = "equal", "differs", "blank"
AGREEMENTS = (UNKNOWN, BLANK, EQUAL, DIFFERS)
SHOWN = 5  # faults of one kind that an error tells
_NEVER = np.datetime64("NaT", "D")


@dataclass(frozen=True, repr=False)
class LimitationDates(Result):
    """Where each case stands on a date.

    ``table``, one row a case in the order given: case_id, derived (the last day by the rule, days
    not counted included, waivers not), recorded (as the records have it), waived_to (the last day
    with the waivers that count; missing where none does), state (one of `STATES`), reason.
    ``details``, the same rows: case_id, started_on, limit (the last day, waivers included),
    waivers (counted), waivers_not_counted, days_not_counted, agreement (of the recorded date with
    the derived one: equal, differs, blank, not derivable). ``waivers`` and ``suspensions``: every
    document with case_id, counted (for a suspension, days) and reason. ``text`` says it in
    sentences.
    """

    SHOWS: ClassVar[Mapping[str, Sequence[str]]] = {"table": ()}

    table: pd.DataFrame
    details: pd.DataFrame
    waivers: pd.DataFrame
    suspensions: pd.DataFrame
    as_of: date
    rule: str
    text: str


def limitation_dates(
    cases: pd.DataFrame,
    waivers: pd.DataFrame | None = None,
    *,
    as_of: date | str,
    rule: str = STATUTE,
    suspensions: pd.DataFrame | None = None,
    terms: Sequence[Term] = TERMS,
    statuses: Mapping[str, str] = STATUSES,
    years: int = 5,
) -> LimitationDates:
    """Return the limitation date and the state of each case on a date.

    ``cases``: case_id, status (of ``statuses``), and for the rule "statute" violation (of
    ``terms``) with the dates that its term runs from: violated_on, discovered_on,
    involvement_on; for the rule "initiation" (``years`` from it whatever the violation and the
    documents, which are listed and not counted: an audit's simplification) initiated_on;
    recorded_on where there is one. ``waivers`` (``waivers=`` will do too): case_id, signed_on,
    years (blank: `WAIVER_YEARS`), or valid_until where the document names a day, and filed_on,
    before which it was not on file. Each adds its years to the date as it stands when signed, or
    moves it to a later day; one that is signed after the date, before the discovery or the term's
    first day, or not on file yet is listed and not counted. ``suspensions``: case_id, from, to
    (blank: not ended), kind, filed_on; their days up to ``as_of`` are not counted, each once.

    Dates are datetimes or ISO texts. Raises InputError for a case id that is missing or there
    twice, a status or violation that is unknown, a text that is no date, an amount below 0, and a
    column that the rule needs and the cases have not. 19 USC 1621 gives the rules of ``TERMS``.

    >>> cases = pd.DataFrame({"case_id": ["P1"], "violation": ["fraud"], "status": ["open"],
    ...                       "discovered_on": ["2016-02-29"]})
    >>> waivers = pd.DataFrame({"case_id": ["P1"], "signed_on": ["2020-12-01"], "years": [2]})
    >>> found = limitation_dates(cases, waivers=waivers, as_of="2021-03-09").table.iloc[0]
    >>> str(found["derived"].date()), str(found["waived_to"].date()), found["state"]
    ('2021-02-28', '2023-02-28', 'waived')
    """
    today = np.datetime64(as_day(as_of, "as_of"), "D")
    known(rule, RULES, "rule")
    chosen = tuple(terms) if rule == STATUTE else (simplified(years),)
    places = _places(cases, waivers, suspensions)
    kind = _codes(cases["status"], statuses, "status")
    violation = _violations(cases, chosen, rule)
    clock = _Clock(cases, chosen, violation, today)
    told = clock.extend(_waivers(waivers, places[0]), _suspensions(suspensions, places[1]))
    state = _states(np.array(list(statuses.values()), object)[kind], clock, today)
    recorded = _dates(cases, "recorded_on", needed=False)
    reasons = _reasons(clock, state, cases["status"], kind, statuses)
    table = _table(cases["case_id"], clock, recorded, state, reasons)
    details = clock.details(table["case_id"], recorded)
    text = _text(table, details, today, rule, chosen)
    return LimitationDates(table, details, *told, as_day(as_of), rule, text)


def _table(
    ids: pd.Series, clock: _Clock, recorded: np.ndarray, state: np.ndarray, reasons: Any
) -> pd.DataFrame:
    """Return one row a case: where it stands, and why."""
    return pd.DataFrame(
        {
            "case_id": ids.to_numpy(),
            "derived": clock.derived.astype("datetime64[s]"),
            "recorded": recorded.astype("datetime64[s]"),
            "waived_to": clock.waived_to.astype("datetime64[s]"),
            "state": _taken(STATES, state),
            "reason": reasons,
        }
    )


def plain_violations(values: pd.Series) -> pd.Series:
    """Return kinds of violations as the terms name them: lower case, underscores between words."""
    words = {one: plain_status(one).replace(" ", "_") for one in values.dropna().unique()}
    return values.map(words)


def _taken(words: Sequence[str], places: np.ndarray) -> Any:
    """Return a column of texts of which there are few."""
    return pd.array(list(words), dtype="str").take(places)


def plain_status(word: Any) -> str:
    """Return a status as it is looked up: lower case, words apart.

    >>> plain_status(" In_Litigation ")
    'in litigation'
    """
    return " ".join(str(word).replace("_", " ").lower().split())


def _places(cases: pd.DataFrame, *documents: pd.DataFrame | None) -> list[np.ndarray]:
    """Check the cases; return the place of each document's case, -1 where it has none."""
    for column in ("case_id", "status"):
        if column not in cases:
            raise _no_column(column)
    ids = cases["case_id"]
    given = [one for one in documents if one is not None]
    codes, _ = pd.factorize(pd.concat([ids, *(one["case_id"] for one in given)]) if given else ids)
    n = len(ids)
    blank = (codes[:n] < 0) | ids.isin(["", " "]).to_numpy()
    if blank.any():
        raise InputError("a case has no id", where=f"cases, row {int(np.argmax(blank)) + 1}")
    if codes[:n].max(initial=-1) < n - 1:
        twice = ids[ids.duplicated()]
        raise InputError(
            f"the case id {twice.iloc[0]!r} is there twice ({count(twice.nunique())} such ids)",
            where="cases",
            expected="one row a case",
            do="take out the copies, or tell the cases apart",
        )
    for column in ("assessed", "collected"):
        if column in cases:
            amounts = pd.to_numeric(cases[column], errors="coerce").to_numpy(float, na_value=np.nan)
            if (amounts < 0).any():
                row = int(np.argmax(amounts < 0))
                raise InputError(
                    f"{column} is {cases[column].iloc[row]}, below 0",
                    where=f"cases, case {ids.iloc[row]}",
                    expected="an amount of 0 or more",
                )
    rest = iter(np.split(np.where(codes < n, codes, -1)[n:], np.cumsum([len(o) for o in given])))
    return [np.zeros(0, int) if one is None else next(rest) for one in documents]


def _no_column(column: str) -> InputError:
    return InputError(f"no column {column!r}", where="cases", do="name the column of the records")


def _codes(values: pd.Series, names: Mapping[str, Any], what: str) -> np.ndarray:
    """Return the place of each value among ``names``. Raises InputError for one that is none."""
    codes, found = pd.factorize(values, use_na_sentinel=True)
    order = {name: place for place, name in enumerate(names)}
    places = [order.get(plain_status(one), order.get(str(one).strip(), -1)) for one in found]
    unknown = [str(one) for one, place in zip(found, places, strict=True) if place < 0]
    unknown += ["(blank)"] if (codes < 0).any() else []
    if unknown:
        told = ", ".join(map(repr, unknown[:SHOWN]))
        raise InputError(
            f"the {what} {told} is not known",
            where="cases",
            expected=f"one of {', '.join(filter(None, names))}",
            do=f"say what it means, or correct the {what}",
        )
    return np.array(places, int)[codes]


def _violations(cases: pd.DataFrame, terms: Sequence[Term], rule: str) -> np.ndarray:
    """Return the place of each case's term; -1 where its violation is not stated."""
    if rule == INITIATION:
        return np.zeros(len(cases), int)
    if "violation" not in cases:
        raise _no_column("violation")
    codes, found = pd.factorize(cases["violation"])
    keys = [plain_status(one).replace(" ", "_") for one in found]
    names = {term.violation: place for place, term in enumerate(terms)} | {"": -1}
    places = _codes(pd.Series(keys, dtype=object), names, "violation")
    named = np.append(np.array(list(names.values()), int)[places], -1)
    return named[codes]


def as_days(values: pd.Series, column: str, where: str) -> np.ndarray:
    """Return datetimes, dates or ISO texts as datetime64[D], NaT where blank.

    Raises InputError naming the first text that is no date in the form 2024-04-30.
    """
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        values = values.dt.tz_localize(None)  # the day on the spot
    if values.dtype.kind == "M":
        return values.to_numpy().astype("datetime64[D]")
    codes, found = pd.factorize(values)
    texts = pd.Series([str(one).strip() for one in found], dtype="str")
    texts = texts.str.replace(r"[T ]00:00:00(\.0+)?$", "", regex=True)
    read = pd.to_datetime(texts, format="%Y-%m-%d", errors="coerce")
    wrong = (read.isna() & (texts != "")) | ~texts.str.fullmatch(r"(\d{4}-\d{2}-\d{2})?")
    if wrong.any():
        text = texts[wrong].iloc[0]
        row = int(np.argmax(codes == int(np.argmax(wrong)))) + 1
        raise InputError(
            f"{column} is {text!r}",
            where=f"{where}, row {row}",
            expected="dates of one form, year first: 2024-04-30",
        )
    days = np.append(read.to_numpy().astype("datetime64[D]"), _NEVER)
    return days[codes]  # a missing value has the code -1: the last one


def _dates(frame: pd.DataFrame, column: str, where: str = "cases", *, needed: bool) -> np.ndarray:
    if column in frame:
        return as_days(frame[column], column, where)
    if needed:
        raise InputError(f"no column {column!r}", where=where, do="name the column of the records")
    return np.full(len(frame), _NEVER)


@dataclass(frozen=True)
class _Documents:
    """Waivers or suspensions: the place of each one's case (-1: none), its days, and its rows."""

    rows: pd.DataFrame
    case: np.ndarray
    on: np.ndarray
    until: np.ndarray
    filed: np.ndarray
    months: np.ndarray


def _waivers(given: pd.DataFrame | None, place: np.ndarray) -> _Documents:
    columns = ["case_id", "signed_on", "years"]
    rows = pd.DataFrame(columns=columns) if given is None else given.reset_index(drop=True)
    signed = _dates(rows, "signed_on", "waivers", needed=True)
    stated = rows["years"] if "years" in rows else pd.Series([None] * len(rows), dtype=object)
    codes, found = pd.factorize(stated.astype(object).where(stated.astype(str).str.strip() != ""))
    of = [months_of(one, "waivers") for one in found] + [12 * WAIVER_YEARS]
    months = np.array(of, int)[codes]
    until = _dates(rows, "valid_until", "waivers", needed=False)
    wrong = until < signed
    if wrong.any():
        raise InputError(
            "a waiver is valid until a day before it was signed",
            where=f"waivers, case {rows['case_id'].iloc[int(np.argmax(wrong))]}",
            expected="signed_on on or before valid_until",
        )
    return _documents(rows, place, "waivers", signed, until, months)


def _suspensions(given: pd.DataFrame | None, place: np.ndarray) -> _Documents:
    rows = pd.DataFrame(columns=["case_id", "from", "to"]) if given is None else given
    rows = rows.reset_index(drop=True)
    begun = _dates(rows, "from", "suspensions", needed=True)
    ended = _dates(rows, "to", "suspensions", needed=False)
    wrong = ended < begun
    if wrong.any() or np.isnat(begun).any():
        row = int(np.argmax(wrong | np.isnat(begun)))
        raise InputError(
            "a suspension has no first day" if np.isnat(begun[row]) else "it ends before it begins",
            where=f"suspensions, case {rows['case_id'].iloc[row]}",
            expected="from on or before to",
        )
    return _documents(rows, place, "suspensions", begun, ended, np.zeros(len(rows), int))


def _documents(
    rows: pd.DataFrame, place: np.ndarray, what: str, on: np.ndarray, until: np.ndarray,
    months: np.ndarray,
) -> _Documents:  # fmt: skip
    filed = _dates(rows, "filed_on", what, needed=False)
    return _Documents(rows, place, on, until, np.where(np.isnat(filed), on, filed), months)


_COUNTED, _NO_CASE, _NOT_FILED, _TOO_LATE, _TOO_EARLY, _UNDERIVED, _NOT_ADMITTED, _WITHIN = range(8)
_NO_LATER, _UNDATED, _NOT_BEGUN = 8, 9, 10
COUNTED = "counted"  # what a document that moves a date is called
_WHY = np.array(
    [
        COUNTED,
        "no such case",
        "not on file on this date",
        "signed or begun after the limitation date",
        "signed before the discovery",
        "no limitation date can be derived",
        "does not extend this term",
        "none of its days is left to count out",
        "valid until a day that is no later than the limitation date",
        "the day it was signed or begun is not stated",
        "signed before the term began to run",
    ],
    object,
)


class _Clock:
    """The term of each case: derived, then moved by what is on file."""

    def __init__(
        self, cases: pd.DataFrame, terms: Sequence[Term], violation: np.ndarray, today: Any
    ) -> None:
        self.terms, self.violation, self.today = terms, violation, today
        used = [term for place, term in enumerate(terms) if (violation == place).any()]
        days = {c: _dates(cases, c, needed=True) for c in {n for term in used for n in term.needs}}
        self.started = np.full(len(cases), _NEVER)
        self.derived = self.started.copy()
        self.lacks = np.where(violation < 0, 0, -1)  # which date is missing: 1 + its place
        for place, term in enumerate(terms):
            own = violation == place
            if not own.any():
                continue
            start = days[term.since][own]
            end = add_months(start, term.months)
            if term.later_since:
                other = days[term.later_since][own]
                end = np.maximum(end, add_months(other, term.later_months))
                self.lacks[own] = np.where(np.isnat(other), 2, -1)
            self.started[own], self.derived[own] = start, end
            self.lacks[own] = np.where(np.isnat(start), 1, self.lacks[own])
        self.discovered = _dates(cases, "discovered_on", needed=False)
        self.limit = self.derived.copy()
        self.waived_to = np.full(len(cases), _NEVER)
        self.counted, self.refused, self.stopped = np.zeros((3, len(cases)), int)

    def extend(self, waivers: _Documents, stays: _Documents) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Move the terms by documents in the order of their days; return what became of each."""
        n = len(waivers.rows)
        case = np.concatenate([waivers.case, stays.case])
        on = np.concatenate([waivers.on, stays.on])
        filed = np.concatenate([waivers.filed, stays.filed])
        why = np.full(len(case), _COUNTED)
        why[~self._admitted(waivers, stays)] = _NOT_ADMITTED
        why[~(filed <= self.today)] = _NOT_FILED
        why[np.isnat(on)] = _UNDATED
        why[case < 0] = _NO_CASE
        given = np.zeros(len(case), int)
        turns = pd.DataFrame({"case": case, "on": on, "at": np.arange(len(case))})
        turns = turns[why == _COUNTED].sort_values(["case", "on", "at"])
        turn = turns.groupby("case").cumcount().to_numpy()
        places = turns["at"].to_numpy()
        covered = np.full(len(self.limit), np.datetime64("0001-01-01", "D"))
        for k in range(turn.max() + 1 if len(turn) else 0):
            at = places[turn == k]
            first, rest = at[at < n], at[at >= n] - n
            why[first] = self._waive(waivers, first)
            why[rest + n], given[rest + n] = self._stop(stays, rest, covered)
        inside = waivers.case >= 0
        not_counted = inside & (why[:n] != _COUNTED) & (why[:n] != _NOT_FILED)
        np.add.at(self.refused, waivers.case[not_counted], 1)
        first_rows = waivers.rows.assign(counted=why[:n] == _COUNTED, reason=_WHY[why[:n]])
        return first_rows, stays.rows.assign(days=given[n:], reason=_WHY[why[n:]])

    def _admitted(self, waivers: _Documents, stays: _Documents) -> np.ndarray:
        """Tell which documents extend the term of their case, by the table of terms."""
        named = stays.rows.get("kind", pd.Series([""] * len(stays.rows), dtype=object))
        kinds = np.array([WAIVER] * len(waivers.rows) + [str(one).strip() for one in named], object)
        of = self.violation[np.concatenate([waivers.case, stays.case])] if len(kinds) else kinds
        admitted = np.ones(len(kinds), bool)
        for kind in set(kinds):
            allowed = np.array([term.is_extended_by(kind) for term in self.terms] + [True])
            own = kinds == kind
            admitted[own] = allowed[of[own].astype(int)]  # no term known: the last, let through
        return admitted

    def _waive(self, waivers: _Documents, at: np.ndarray) -> np.ndarray:
        case, signed = waivers.case[at], waivers.on[at]
        limit = self.limit[case]
        why = np.where(signed <= limit, _COUNTED, _TOO_LATE)
        why[signed < self.started[case]] = _NOT_BEGUN
        why[signed < self.discovered[case]] = _TOO_EARLY
        until = waivers.until[at]
        why[(why == _COUNTED) & (until <= limit)] = _NO_LATER
        why[np.isnat(limit)] = _UNDERIVED
        good = why == _COUNTED
        by_years = add_months(limit[good], waivers.months[at][good])
        moved = np.where(np.isnat(until[good]), by_years, until[good])
        self.limit[case[good]] = self.waived_to[case[good]] = moved
        self.counted[case[good]] += 1
        return why

    def _stop(
        self, stays: _Documents, at: np.ndarray, covered: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Leave out the days of a suspension within the term, up to today, each once."""
        case = stays.case[at]
        first = np.maximum(stays.on[at], np.maximum(self.started[case], covered[case]) + 1)
        end = np.where(np.isnat(stays.until[at]), self.today, stays.until[at])
        last = np.minimum(end, self.today)
        days = np.maximum((last - first).astype(int) + 1, 0)
        limit = self.limit[case]
        why = np.where(days > 0, _COUNTED, _WITHIN)
        why[stays.on[at] > limit] = _TOO_LATE
        why[np.isnat(limit)] = _UNDERIVED
        good = why == _COUNTED
        own, more = case[good], days[good]
        within = stays.on[at][good] <= self.derived[own]
        self.derived[own[within]] += more[within]
        waived = ~np.isnat(self.waived_to[own])
        self.limit[own] += more
        self.waived_to[own[waived]] += more[waived]
        covered[own] = last[good]
        self.stopped[own] += more
        return why, np.where(good, days, 0)

    def details(self, ids: pd.Series, recorded: np.ndarray) -> pd.DataFrame:
        """Return what the dates rest on, a row a case."""
        same = (recorded == self.derived) | (recorded == self.waived_to)
        agreement = np.select([np.isnat(self.derived), np.isnat(recorded), same], [0, 1, 2], 3)
        return pd.DataFrame(
            {
                "case_id": ids,
                "started_on": self.started.astype("datetime64[s]"),
                "limit": self.limit.astype("datetime64[s]"),
                "waivers": self.counted,
                "waivers_not_counted": self.refused,
                "days_not_counted": self.stopped,
                "agreement": _taken(AGREEMENTS, agreement),
            }
        )


def _states(kind: np.ndarray, clock: _Clock, today: Any) -> np.ndarray:
    """Return the place in `STATES` of each case: the first that holds."""
    holds = [
        kind == CLOSED,
        kind == NOT_LIMITED,
        np.isnat(clock.limit),
        clock.limit < today,
        clock.derived < today,
    ]
    return np.select(holds, list(range(len(holds))), len(holds))


def _reasons(
    clock: _Clock, state: np.ndarray, status: pd.Series, kind: np.ndarray,
    statuses: Mapping[str, str],
) -> Any:  # fmt: skip
    """Return why each case stands where it does; cases of one kind share one text."""
    words = list(statuses)
    parts = np.stack(
        [
            state, kind, clock.violation + 1, clock.lacks + 1,
            np.minimum(clock.counted, 1), np.minimum(clock.refused, 1),
            np.minimum(clock.stopped, 1),
        ]
    )  # fmt: skip
    key = np.zeros(len(status), int)
    for part in parts:
        key = key * (int(part.max(initial=0)) + 1) + part
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    told = [_reason(clock, row, STATES[state[row]], words[kind[row]]) for row in first]
    return _taken(told, place)


def _reason(clock: _Clock, row: int, state: str, status: str) -> str:
    if state in (CLOSED, NOT_LIMITED):
        return f"status: {status}"
    documents = [
        "a waiver counts" if clock.counted[row] else "",
        "a waiver on file does not count" if clock.refused[row] else "",
        "days are not counted" if clock.stopped[row] else "",
    ]
    if state == UNKNOWN:
        base = _lacking(clock, row)
    else:
        term = clock.terms[clock.violation[row]]
        past = {EXPIRED: "past", WAIVED: "past, but waived:", OPEN: "within"}[state]
        base = f"{past} {term.words}"
    return "; ".join(filter(None, (base, *documents)))


def _lacking(clock: _Clock, row: int) -> str:
    if clock.violation[row] < 0:
        return "the kind of violation is not stated"
    lacking = clock.terms[clock.violation[row]].needs[clock.lacks[row] - 1]
    return f"the day of {day_words(lacking)} is not stated"


def _text(
    table: pd.DataFrame, details: pd.DataFrame, today: Any, rule: str, terms: Sequence[Term]
) -> str:
    states = table["state"].value_counts()
    n = {state: int(states.get(state, 0)) for state in STATES}
    agreed = details["agreement"].value_counts()
    named = f"{terms[0].words}" if rule == INITIATION else "the term of each violation"
    return (
        f"On {day(today.item())}, by {named}, of {count(len(table))}: open past the limitation "
        f"date {count(n[EXPIRED])}; past it within a waiver {count(n[WAIVED])}; within it "
        f"{count(n[OPEN])}; without a date that can be derived {count(n[UNKNOWN])}; in litigation "
        f"or referred {count(n[NOT_LIMITED])}; closed {count(n[CLOSED])}. Recorded dates: "
        f"{count(agreed.get(EQUAL, 0))} equal to the derived one, {count(agreed.get(DIFFERS, 0))} "
        f"different, {count(agreed.get(BLANK, 0))} blank. What is not on file is not known: open "
        "past the date does not mean that nothing can be collected."
    )


__all__ = ["LimitationDates", "limitation_dates"]
__dir__ = offered(__all__)
