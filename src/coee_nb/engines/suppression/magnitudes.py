"""Moments and quantiles of amounts that people gave, only as far as they tell of nobody.

Rules, all of which hold before a moment is shown:

- **threshold**: at least ``floor`` people gave an amount;
- **no zero variance**: at least ``floor`` of them gave another amount than the most frequent one,
  else nearly everybody's answer is told;
- **dominance**, the p % rule: nobody who knows an own amount and the sum can place the largest
  within ``P_PERCENT`` % of it: the sum of the others is at least that share of the largest. The
  amounts are taken from the smallest up and from the largest down, since either end can stand out;
- **fineness**: the mean is rounded to a step of at least the range divided by the number of
  people. Who knows all amounts but one, or two publications that differ by one person, is then left
  with an interval for that one as wide as the range. The standard deviation is rounded until that
  person, who knows the mean as well, is left with values that make up a quarter of the range, for
  whichever amount is the unknown one; it is not shown where no rounding does.

A quartile is shown where each quarter holds ``floor`` people, as the middle of a step in which as
many lie.

Source: A. Hundepool and others, Statistical Disclosure Control, Wiley 2012, 4.2 (threshold, p %
rule) and 4.4 (rounding); Eurostat, Handbook on Statistical Disclosure Control, 2nd edition 2024.
The step from the range is this module's own choice, and stricter than the handbook's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coee_nb.errors import ParameterError
from coee_nb.unseen import Unseen

P_PERCENT = 10.0
SCALE_END = 10  # of a scale from 0 or 1 to 10
QUARTILES = (0.25, 0.5, 0.75)
FEW = "fewer people than the floor gave an amount"
ALIKE = "nearly all gave the same amount"
DOMINATED = "one amount stands out"


@dataclass(frozen=True, repr=False)
class Moments(Unseen):
    """What may be shown of amounts; missing (NaN) what may not, and ``why`` in words.

    ``step`` is what the mean is rounded to, ``sd_step`` what the standard deviation is;
    ``quartiles`` are the lower, middle and upper one.
    """

    mean: float
    sd: float
    quartiles: tuple[float, float, float]
    step: float
    sd_step: float
    why: str = ""


def moments(amounts: np.ndarray, *, floor: int) -> Moments:
    """Return mean, standard deviation (n - 1) and quartiles of ``amounts`` (n,), as may be shown.

    Missing amounts are left out; a floor of 0 is for amounts that are not confidential, which are
    rounded for reading only. Raises ParameterError for a floor of 1 or under 0.

    >>> moments(np.r_[np.zeros(39), 12], floor=10).why
    'nearly all gave the same amount'
    >>> moments(np.arange(100.0), floor=10).mean
    50.0
    """
    if floor < 2 and floor != 0:
        raise ParameterError(f"a floor of {floor}", expected="2 or more people")
    known = np.sort(np.asarray(amounts, float)[~np.isnan(np.asarray(amounts, float))])
    if not floor:
        return _open(known)
    why = _refused(known, floor)
    if why:
        nothing = float("nan")
        return Moments(nothing, nothing, (nothing, nothing, nothing), nothing, nothing, why)
    mean, sd, spread = float(known.mean()), float(known.std(ddof=1)), float(np.ptp(known))
    step = nice_step(spread / len(known))
    shown_mean = _to_step(mean, step)
    shown_sd, sd_step = _deviation(known, sd, mean=shown_mean, mean_step=step)
    low, middle, high = (_quantile(known, share, floor=floor, step=step) for share in QUARTILES)
    return Moments(
        mean=shown_mean,
        sd=shown_sd,
        quartiles=(low, middle, high),
        step=step,
        sd_step=sd_step,
    )


def _open(known: np.ndarray) -> Moments:
    """Return the moments of amounts that are not confidential, to three figures of their spread."""
    if len(known) == 0:
        return Moments(np.nan, np.nan, (np.nan,) * 3, np.nan, np.nan, "nobody gave an amount")
    step = nice_step(max(float(np.ptp(known)), 1e-9) / 1000)
    sd = float(known.std(ddof=1)) if len(known) > 1 else np.nan
    low, middle, high = (_to_step(float(np.quantile(known, q)), step) for q in QUARTILES)
    mean = _to_step(float(known.mean()), step)
    return Moments(mean, _to_step(sd, step), (low, middle, high), step, step)


def _deviation(
    known: np.ndarray, sd: float, *, mean: float, mean_step: float
) -> tuple[float, float]:
    """Return the standard deviation as finely as it may be shown, and its step; NaN for neither."""
    spread = float(np.ptp(known))
    farthest = float(np.abs(known - known.mean()).max())
    step = nice_step(spread * farthest / sd / (len(known) - 1))
    while step <= spread:
        shown = _to_step(sd, step)
        within = (shown - step / 2, shown + step / 2)
        if _left_open(known, (mean - mean_step / 2, mean + mean_step / 2), within) >= spread / 4:
            return shown, step
        step = nice_step(step * 1.5)
    return float("nan"), float("nan")


def _left_open(known: np.ndarray, mean: tuple[float, float], sd: tuple[float, float]) -> float:
    """Return how much of the line is open to the best placed amount, all others being known.

    With n amounts and the mean m of the others, an amount x makes the squares about the mean those
    of the others + (n - 1) / n (x - m)^2: bounds of the deviation keep x within a ring about m.
    """
    n, total = len(known), float(known.sum())
    others = (total - known) / (n - 1)
    squares = np.square(known).sum() - np.square(known) - (n - 1) * np.square(others)
    inner, outer = (
        np.sqrt(np.maximum(((n - 1) * max(end, 0.0) ** 2 - squares) * n / (n - 1), 0)) for end in sd
    )
    low, high = (n * end - (total - known) for end in mean)
    sides = ((others - outer, others - inner), (others + inner, others + outer))
    open_ = sum(np.maximum(np.minimum(high, b) - np.maximum(low, a), 0) for a, b in sides)
    return float(np.min(open_))


def class_edges(amounts: np.ndarray, *, floor: int, most: int = 8) -> np.ndarray:
    """Return edges of at most ``most`` classes that the amounts fall into, each with people enough.

    Edges are multiples of a step of 1, 2 or 5 tens; a class is from its lower edge up to, and
    without, the next; neighbours are joined until each holds ``floor`` people, or there is one.
    Classes of whole numbers hold whole numbers; those of a scale from 0 to 10 end with 10.

    >>> class_edges(np.repeat(np.arange(11), 10), floor=10).tolist()
    [0.0, 1.0, 3.0, 5.0, 7.0, 9.0, 11.0]
    """
    known = np.asarray(amounts, float)
    known = known[~np.isnan(known)]
    if len(known) == 0:
        return np.empty(0)
    if np.ptp(known) == 0:
        return np.array([known[0], known[0] + 1.0])
    whole = are_whole(known)
    finest = 1.0 if whole else np.finfo(float).tiny
    step = nice_step(max(float(np.ptp(known)) / most, finest))
    on_scale = whole and known.min() >= 0 and known.max() <= SCALE_END
    offset = (SCALE_END + 1) % step if on_scale else 0.0
    first = np.floor((known.min() - offset) / step)
    last = np.floor((known.max() - offset) / step) + 1
    edges = np.arange(first, last + 1) * step + offset
    return _joined(np.maximum(edges, 0) if on_scale else edges, known, floor)


def are_whole(amounts: np.ndarray) -> bool:
    """Tell whether all amounts, of which none is missing, are whole numbers."""
    return bool((amounts == np.round(amounts)).all())


def nice_step(at_least: float) -> float:
    """Return the smallest of 1, 2 or 5 tens that is at least a positive number.

    >>> nice_step(0.21), nice_step(0.5), nice_step(30)
    (0.5, 0.5, 50.0)
    """
    tens = 10.0 ** np.floor(np.log10(at_least))
    return float(
        next(tens * each for each in (1, 2, 5, 10) if tens * each >= at_least * (1 - 1e-12))
    )


def _refused(known: np.ndarray, floor: int) -> str:
    """Return why sorted amounts may not be summed up; nothing where they may."""
    if len(known) < floor:
        return FEW
    _, counts = np.unique(known, return_counts=True)
    if len(known) - counts.max() < floor:
        return ALIKE
    return DOMINATED if _dominated(known) or _dominated(-known[::-1]) else ""


def _dominated(ascending: np.ndarray) -> bool:
    """Tell whether the largest, above the smallest, can be placed by the second largest."""
    above = ascending - ascending[0]
    largest, others = above[-1], above[:-2].sum()
    return bool(others < P_PERCENT / 100 * largest)


def _quantile(known: np.ndarray, share: float, *, floor: int, step: float) -> float:
    """Return a quantile as the middle of a step that holds enough people; NaN where none does."""
    value, widest = float(np.quantile(known, share)), (known[-1] - known[0]) / 4
    if len(known) < 4 * floor:
        return float("nan")
    while step <= widest:
        middle = _to_step(value, step)
        if (np.abs(known - middle) <= step / 2).sum() >= floor:
            return middle
        step = nice_step(step * 1.5)
    return float("nan")


def _to_step(value: float, step: float) -> float:
    """Return the multiple of ``step`` nearest to a value, halves away from zero, without noise."""
    whole = np.sign(value) * np.floor(abs(value) / step + 0.5 + 1e-9)
    return float(f"{whole * step:.10g}")


def _joined(edges: np.ndarray, known: np.ndarray, floor: int) -> np.ndarray:
    """Join neighbouring classes until each holds ``floor`` people."""
    kept = list(edges)
    while len(kept) > 2:
        counts, _ = np.histogram(known, bins=[*kept[:-1], np.inf])
        few = np.flatnonzero(counts < floor)
        if len(few) == 0:
            break
        place = int(few[0])
        kept.pop(place + 1 if place + 2 < len(kept) else place)
    return np.array(kept)
