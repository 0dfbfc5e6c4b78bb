"""The dates that a sheet of parameters names, as periods of the series it names."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from coee_nb.engines.ar1.design_matrix import RAMP, TO
from coee_nb.engines.ar1.periods import Date, as_period
from coee_nb.errors import ParameterError

if TYPE_CHECKING:
    from coee_nb.collections.params import CollectionsIts, Pulse

UNNAMED = "the concurrent event"


@dataclass(frozen=True)
class Timing:
    """Every date of the parameters as the period of the series that holds it, in words.

    ``cut``: the first period after; ``concurrent``: first periods of the concurrent events by what
    they are called, in order; ``through``: the last period the effect is stated for; ``cuts`` and
    ``events``: those tried in the specification curve; ``days``: every date shown beside the cut,
    by label; ``pulses`` and ``washout``.
    """

    index: pd.PeriodIndex
    cut: str
    concurrent: Mapping[str, str]
    days: Mapping[str, str]
    pulses: tuple[str, ...]
    washout: tuple[str, ...]
    cuts: tuple[str, ...]
    events: tuple[str, ...]

    @classmethod
    def of(cls, params: "CollectionsIts", index: pd.PeriodIndex) -> "Timing":
        """Place the dates of ``params`` in ``index``; ParameterError for one that lies outside."""

        def placed(name: str, dates: Iterable[Date]) -> tuple[str, ...]:
            periods = [as_period(one, index, what=name) for one in dates]
            for one, period in zip(dates, periods, strict=True):
                if not index[0] <= period <= index[-1]:
                    raise ParameterError(
                        f"{name} {one} lies outside the periods used, {index[0]} to {index[-1]}",
                        where=str(params.series.name),
                        do=f"correct {name}, or widen the periods used (start, end)",
                    )
            return tuple(map(str, periods))

        (cut,) = placed("cut", [params.began])
        together = params.began == params.cut  # what was declared around the cut is not of others
        events = sorted(params.competing, key=lambda one: as_period(one.at, index, what="from"))
        months = placed("competing", [one.at for one in events])
        names = [one.name or UNNAMED for one in events]
        _in_order(params, [cut, *months], index)
        if len(set(names)) < len(names):
            names = [f"{name}, {month}" for name, month in zip(names, months, strict=True)]
        others = params.other_cuts
        return cls(
            index, cut, dict(zip(names, months, strict=True)),
            dict(zip(others, placed("other_cuts", list(others.values())), strict=True)),
            tuple(_spell(one, placed) for one in params.pulses),
            placed("washout", params.washout if together else ()),
            placed("curve_cuts", params.curve_cuts if together else ()) or (cut,),
            placed("curve_competing", params.curve_competing) or months[:1],
        )  # fmt: skip

    @property
    def months(self) -> list[str]:
        """Return the first periods of the concurrent events."""
        return list(self.concurrent.values())

    @property
    def interruptions(self) -> list[str]:
        """Return the periods at which the primary model lets level and slope change."""
        return [self.cut, *self.months]

    @property
    def competing(self) -> str | None:
        """Return the first period of the first concurrent event, if there is one."""
        return next(iter(self.concurrent.values()), None)

    @property
    def competing_name(self) -> str:
        """Return what the first concurrent event is called."""
        return next(iter(self.concurrent), UNNAMED)

    @property
    def through(self) -> str:
        """Return the last period the effect is stated for: up to a concurrent event."""
        if self.competing is None:
            return str(self.index[-1])
        return str(as_period(self.competing, self.index, what="event") - 1)


def _spell(pulse: "str | Pulse", placed: Callable[..., tuple[str, ...]]) -> str:
    """Return a pulse as the model's words have it: a period, or "2016-10 to 2016-12"."""
    ends = placed("pulses", [pulse] if isinstance(pulse, str) else [pulse.at, pulse.to])
    return (RAMP if getattr(pulse, "shape", "") == "ramp" else "") + TO.join(ends)


def _in_order(params: "CollectionsIts", periods: list[str], index: pd.PeriodIndex) -> None:
    """Refuse a concurrent event before the change, or two in one period."""
    placed = [as_period(one, index, what="event") for one in periods]
    wrong = next(((a, b) for a, b in pairwise(placed) if not a < b), None)
    if wrong:
        raise ParameterError(
            f"the cut {placed[0]} and the concurrent events {', '.join(periods[1:])} must follow "
            f"each other, each in a period of its own",
            where=f"competing, {params.series.name}",
            do="leave out an event before the change: what was there before is no rival to it",
        )
