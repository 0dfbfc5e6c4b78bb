"""What else happened to a series, and what a window of months must face."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import ClassVar

import pandas as pd

from coee_nb.checks import Fault, Rule, refuse
from coee_nb.collections.checks import OUTSIDE
from coee_nb.files import LINE, read_file
from coee_nb.findings import InputFile, input_file
from coee_nb.lazily import offered
from coee_nb.paths import shown
from coee_nb.results import Result

PHASE_IN = "phase-in"
INTERVENTION = "intervention"
RATE = "rate change"
REFUND = "refund"
OTHER = "other"
KINDS = (PHASE_IN, INTERVENTION, RATE, REFUND, OTHER)
CONCURRENT = (RATE, REFUND, OTHER)


@dataclass(frozen=True, repr=False)
class Calendar(Result):
    """Events that move collections, in order of date.

    ``events``: date (datetime64), month (Period), event (text), kind (one of ``KINDS``);
    ``source``: the file with its account of rows.
    """

    SHOWS: ClassVar[Mapping[str, Sequence[str]]] = {"events": ()}

    events: pd.DataFrame
    source: InputFile

    def within(
        self, first: pd.Period, last: pd.Period, kinds: Iterable[str] = KINDS
    ) -> pd.DataFrame:
        """Return the events of ``kinds`` from month ``first`` to month ``last``, both inclusive."""
        months = self.events["month"]
        chosen = (months >= first) & (months <= last) & self.events["kind"].isin(list(kinds))
        return self.events[chosen].reset_index(drop=True)

    def over(self, index: pd.PeriodIndex) -> "Calendar":
        """Return the calendar with its account for a series: its events, and phase-ins before."""
        first, last = index[0].asfreq("M", "start"), index[-1].asfreq("M", "end")
        used = len(self.within(first, last)) + len(self.phase_in_before(first))
        return replace(self, source=self.source.used_of({OUTSIDE: len(self.events) - used}))

    def next_concurrent(
        self, after: pd.Period, kinds: Iterable[str] = CONCURRENT
    ) -> pd.Series | None:
        """Return the first concurrent event in or after month ``after``, or None."""
        later = self.events[self.events["kind"].isin(list(kinds)) & (self.events["month"] >= after)]
        return None if later.empty else later.iloc[0]

    def clear_through(self, first: pd.Period, last: pd.Period) -> pd.Period:
        """Return the last period from ``first`` to ``last`` before that of any concurrent event."""
        concurrent = self.next_concurrent(first.asfreq("M", "start"))
        if concurrent is None:
            return last
        return min(last, concurrent["month"].asfreq(first.freq) - 1)

    def without_a_term(
        self, first: pd.Period, last: pd.Period, terms: Iterable[pd.Period]
    ) -> pd.DataFrame:
        """Return concurrent events from ``first`` to ``last`` whose month has no term in the model.

        Months in which the model has an interruption or a pulse are ``terms``.
        """
        concurrent = self.within(first, last, CONCURRENT)
        return concurrent[~concurrent["month"].isin(list(terms))].reset_index(drop=True)

    def phase_in_before(self, interruption: pd.Period) -> pd.DataFrame:
        """Return the phase-in events before ``interruption``: "pre" is part-treated with any."""
        events = self.events
        early = events[(events["kind"] == PHASE_IN) & (events["month"] < interruption)]
        return early.reset_index(drop=True)


def read_calendar(path: str | Path) -> Calendar:
    """Read a calendar of events: a CSV file with columns date, event and kind.

    Raises InputError for a missing column, a date that is not a day such as 2018-03-23, an unknown
    kind or an event without a name: an event left out would make an effect look clean.
    """
    frame = read_file(path).table(("date", "event", "kind"))
    refuse([fault for row in frame.to_dict("records") for fault in _faults(row, shown(path))])
    days = [date.fromisoformat(text.strip()) for text in frame["date"]]
    events = pd.DataFrame(
        {
            "date": pd.to_datetime(days),
            "month": pd.PeriodIndex(days, freq="M") if days else pd.PeriodIndex([], freq="M"),
            "event": frame["event"].str.strip(),
            "kind": frame["kind"].str.strip(),
        }
    )
    events = events.sort_values("date", kind="stable", ignore_index=True)
    return Calendar(events, input_file(path, rows=len(events)))


_NAME = Rule("collections.events.name", "Has every event a name?", "an event without a name")
_KIND = Rule(
    "collections.events.kind", "Is every kind known?", "unknown kind", expected=", ".join(KINDS)
)
_DATE = Rule(
    "collections.events.date",
    "Is every date a day?",
    "no day",
    expected="a day such as 2018-03-23",
)


def _faults(row: dict, file: str) -> Iterator[Fault]:
    """Yield what is wrong with one line of the calendar."""
    where = f"{file}, line {row[LINE]}"
    if not row["event"].strip():
        yield _NAME.fault(where)
    if row["kind"].strip() not in KINDS:
        yield _KIND.fault(where, f"kind {row['kind']!r}")
    try:
        date.fromisoformat(row["date"].strip())
    except ValueError:
        yield _DATE.fault(where, f"date {row['date']!r}")


__all__ = ["Calendar", "read_calendar"]
__dir__ = offered(__all__)
