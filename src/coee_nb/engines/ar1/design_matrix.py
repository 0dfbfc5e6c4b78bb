"""The design of an interrupted time series: what is checked, and one column a term."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from coee_nb.engines.ar1.periods import (
    PERIODS_A_YEAR,
    Date,
    as_period,
    checked,
    frequency,
    listed,
    refuse_not_finite,
    several,
)
from coee_nb.engines.ar1.process import gaps_of
from coee_nb.errors import EstimationError, InputError, ParameterError

MINIMUM_SIDE = 3  # EPOC's floor for an interrupted time series: points before and after
MINIMUM_FREEDOM = 3  # 3 + 3 annual points with level and slope leave 2: nothing worth an interval
ADEQUATE_SEGMENT = 8
RAMP, TO = "ramp ", " to "
ADEQUATE_SEASON = 24


@dataclass(frozen=True)
class Interruption:
    """A change at ``at`` (first period that counts as post): of level, of slope, or of both."""

    at: Date
    level: bool = True
    slope: bool = True


@dataclass(frozen=True)
class Spell:
    """An effect from ``first`` to ``last``, both inclusive: gone afterwards, or a ``ramp``.

    A ramp rises evenly, is whole at ``last`` and stays.
    """

    first: pd.Period
    last: pd.Period
    ramp: bool = False

    @classmethod
    def read(cls, text: object, index: pd.PeriodIndex) -> "Spell":
        """Return a period, or "2016-10 to 2016-12", or "ramp 2016-10 to 2016-12", as a spell."""
        ramp = isinstance(text, str) and text.startswith(RAMP)
        ends = text.removeprefix(RAMP).split(TO) if isinstance(text, str) else [text]
        placed = [as_period(one, index, what="pulse") for one in ends]
        if len(placed) > 2 or placed[0] > placed[-1]:
            raise ParameterError(f"pulse {text!r}", expected="a first and a last period in order")
        return cls(placed[0], placed[-1], ramp)

    @property
    def name(self) -> str:
        """The name of its term."""
        span = str(self.first) if self.first == self.last else f"{self.first}{TO}{self.last}"
        return f"{'ramp' if self.ramp else 'pulse'}[{span}]"

    def column(self, ordinal: np.ndarray) -> np.ndarray:
        """Return the share of the effect in each period."""
        since = ordinal - self.first.ordinal + 1
        if self.ramp:
            return np.clip(since / (self.last.ordinal - self.first.ordinal + 1), 0.0, 1.0)
        return ((since > 0) & (ordinal <= self.last.ordinal)).astype(float)


@dataclass(frozen=True)
class DesignMatrix:
    """A checked series and its terms.

    ``observed`` the series without its washed-out periods; ``names`` of the k terms and their
    ``matrix`` (n, k); ``time`` (n,) periods since the series began; ``interruptions`` in order of
    time; ``segments`` points in each segment between interruptions, pulses not counted;
    ``warnings`` what a reader should know; ``pulses`` the spells with an effect of their own.
    """

    observed: pd.Series
    names: tuple[str, ...]
    matrix: np.ndarray
    time: np.ndarray
    interruptions: tuple[Interruption, ...]
    segments: tuple[int, ...]
    warnings: tuple[str, ...]
    pulses: tuple[Spell, ...] = ()

    @cached_property
    def terms(self) -> pd.DataFrame:
        """One row a period, one column a term."""
        return pd.DataFrame(self.matrix, index=self.observed.index, columns=list(self.names))

    @property
    def gaps(self) -> np.ndarray:
        """Periods since the previous observation (n,), 0 for the first."""
        return gaps_of(self.time)


def build(
    series: pd.Series,
    interruptions: Sequence[Date | Interruption],
    *,
    season: str | int | None = None,
    pulses: Sequence[Date] = (),
    exog: pd.DataFrame | pd.Series | None = None,
    washout: Sequence[Date] = (),
) -> DesignMatrix:
    """Check ``series`` and return its design.

    Periods in ``washout`` are left out and may be absent; time runs on through them. Raises
    InputError for a series that is not regular, EstimationError for one too short for its terms.
    """
    observed = checked(series, washout)
    placed = as_interruptions(interruptions, observed.index)
    marks = as_pulses(pulses, observed.index)
    segments = _segments(observed.index, placed, marks)
    columns = terms(observed.index, placed, origin=series.index[0], season=season, pulses=marks)
    columns |= _extra(exog, observed.index, columns)
    _refuse_short(segments, placed, len(columns), len(observed))
    return DesignMatrix(
        observed=observed,
        names=tuple(columns),
        matrix=np.column_stack(list(columns.values())),
        time=observed.index.asi8 - series.index[0].ordinal,
        interruptions=placed,
        segments=segments,
        warnings=_cautions(segments, season, observed.index),
        pulses=tuple(marks),
    )


def terms(
    periods: pd.PeriodIndex,
    interruptions: Sequence[Interruption],
    *,
    origin: pd.Period,
    season: str | int | None = None,
    pulses: Sequence[Spell] = (),
) -> dict[str, np.ndarray]:
    """Return the terms of any periods, in order: intercept, trend, level, slope, pulse, season.

    Time is 0 at ``origin``. The boundary is inclusive: the interruption's own period is post, with
    slope 0. ``interruptions`` and ``pulses`` carry periods (see ``as_interruptions``).
    """
    ordinal = periods.asi8
    columns: dict[str, np.ndarray] = {
        "intercept": np.ones(len(periods)),
        "trend": (ordinal - origin.ordinal).astype(float),
    }
    for interruption in interruptions:
        since = ordinal - interruption.at.ordinal
        if interruption.level:
            columns[f"level[{interruption.at}]"] = (since >= 0).astype(float)
        if interruption.slope:
            columns[f"slope[{interruption.at}]"] = np.maximum(since, 0).astype(float)
    for pulse in pulses:
        columns[pulse.name] = pulse.column(ordinal)
    columns.update(_season(periods, season))
    return columns


def _season(periods: pd.PeriodIndex, season: str | int | None) -> Mapping[str, np.ndarray]:
    """Return indicator columns (first period of the year left out) or harmonics of the year."""
    if season is None:
        return {}
    length = PERIODS_A_YEAR[frequency(periods)]
    if length == 1:
        raise EstimationError("a yearly series has no season", do="use season=None")
    name, place = ("month", periods.month) if length == 12 else ("quarter", periods.quarter)
    place = place.to_numpy()
    if season == name:
        return {f"{name}[{k}]": (place == k).astype(float) for k in range(2, length + 1)}
    whole = isinstance(season, int | np.integer) and not isinstance(season, bool)
    if not whole or not 1 <= int(season) <= length // 2:
        raise ParameterError(
            f"season {season!r}",
            where="season",
            expected=f'None, "{name}" or a number of harmonics from 1 to {length // 2}',
        )
    columns = {}
    for k in range(1, int(season) + 1):
        angle = 2 * np.pi * k * place / length
        if 2 * k < length:  # the sine of the shortest cycle is zero in every period
            columns[f"sin[{k}]"] = np.sin(angle)
        columns[f"cos[{k}]"] = np.cos(angle)
    return columns


def as_interruptions(
    interruptions: Sequence[Date | Interruption], index: pd.PeriodIndex
) -> tuple[Interruption, ...]:
    """Return the interruptions in order of time, each with its date as a period of ``index``."""
    given = [i if isinstance(i, Interruption) else Interruption(i) for i in several(interruptions)]
    for interruption in given:
        if not (interruption.level or interruption.slope):
            raise ParameterError(f"interruption {interruption.at} changes neither level nor slope")
    placed = [
        Interruption(as_period(one.at, index, what="interruption"), one.level, one.slope)
        for one in given
    ]
    return tuple(sorted(placed, key=lambda one: one.at.ordinal))


def as_pulses(pulses: Sequence[Date], observed: pd.PeriodIndex) -> list[Spell]:
    """Return the pulses as spells, refusing one that is not among the periods used."""
    marks = [Spell.read(pulse, observed) for pulse in several(pulses)]
    for mark in marks:
        ends = {mark.first.ordinal, mark.last.ordinal}
        if not ends <= set(observed.asi8.tolist()):
            raise EstimationError(f"{mark.name} is not among the periods used", do="drop it")
    return marks


def _segments(
    observed: pd.PeriodIndex, interruptions: Sequence[Interruption], pulses: Sequence[Spell]
) -> tuple[int, ...]:
    """Count the points between interruptions; a pulse takes its own point away."""
    alone = [one.first.ordinal for one in pulses if one.first == one.last]
    usable = np.setdiff1d(observed.asi8, alone)
    edges = sorted({interruption.at.ordinal for interruption in interruptions})
    place = np.searchsorted(edges, usable, "right")
    return tuple(np.bincount(place, minlength=len(edges) + 1).tolist())


def _refuse_short(
    segments: Sequence[int], interruptions: Sequence[Interruption], size: int, observations: int
) -> None:
    for k, interruption in enumerate(
        dict.fromkeys(interruption.at for interruption in interruptions)
    ):
        before, after = segments[k], segments[k + 1]
        if min(before, after) < MINIMUM_SIDE:
            raise EstimationError(
                f"interruption {interruption} has {before} points before it and {after} from it on",
                expected=f"at least {MINIMUM_SIDE} on each side, up to the next interruption",
                do="use a longer or finer series, or say that the effect is not estimable",
            )
    if observations - size < MINIMUM_FREEDOM:
        raise EstimationError(
            f"{observations} points for {size} terms leave "
            f"{max(observations - size, 0)} residual degrees of freedom",
            expected=f"at least {MINIMUM_FREEDOM}",
            do="drop terms (season, slope), or use a longer or finer series",
        )


def _cautions(
    segments: Sequence[int], season: str | int | None, index: pd.PeriodIndex
) -> tuple[str, ...]:
    cautions = []
    if len(segments) > 1 and min(segments) < ADEQUATE_SEGMENT:
        cautions.append(
            f"a segment has {min(segments)} points: under {ADEQUATE_SEGMENT}, "
            "its level and slope are weakly determined"
        )
    needed = ADEQUATE_SEASON * PERIODS_A_YEAR[frequency(index)] // 12
    if season is not None and len(index) < needed:
        cautions.append(f"{len(index)} points: under {needed}, a season is weakly determined")
    return tuple(cautions)


def _extra(
    exog: pd.DataFrame | pd.Series | None, periods: pd.PeriodIndex, taken: Iterable[str]
) -> dict[str, np.ndarray]:
    """Return the exogenous series over ``periods``, checked like the series itself."""
    if exog is None:
        return {}
    if not isinstance(exog, pd.Series | pd.DataFrame):
        raise InputError(
            f"a {type(exog).__name__}", where="exog", expected="a Series or DataFrame by period"
        )
    extra = exog.to_frame(exog.name or "exog") if isinstance(exog, pd.Series) else exog
    names = [str(name) for name in extra.columns]
    clash = sorted({name for name in names if name in taken or names.count(name) > 1})
    if clash:
        raise InputError(f"columns {', '.join(clash)} are terms already", where="exog")
    extra = _rows_of(extra, periods)
    for name, column in zip(names, extra.T.to_numpy(), strict=True):
        refuse_not_finite(column, periods, f"exog {name}")
    return dict(zip(names, extra.T.to_numpy(), strict=True))


def _rows_of(extra: pd.DataFrame, periods: pd.PeriodIndex) -> pd.DataFrame:
    """Return the rows of ``periods``, as floats, refusing absent and repeated ones."""
    absent = periods.difference(extra.index)
    if len(absent):
        raise InputError(
            f"no row for {listed(absent)}",
            where="exog",
            expected=f"the series' own index, a PeriodIndex of {periods.freqstr}",
        )
    if extra.index.has_duplicates:
        repeated = listed(extra.index[extra.index.duplicated()].unique())
        raise InputError(f"repeated periods {repeated}", where="exog", expected="one row a period")
    try:
        return extra.loc[periods].astype(float)
    except (TypeError, ValueError) as error:
        raise InputError(f"values that are not numbers ({error})", where="exog") from error
