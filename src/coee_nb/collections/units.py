"""The unit a series is counted in: any words, dollars or not, as sentences and pictures say it."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from coee_nb import formats as fmt
from coee_nb.errors import ParameterError

SCALES = {"": 1.0, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
FINEST = 8  # decimals of the smallest amounts
SMALL = 0.1  # of a thousand or million: less is told in the next finer one
LARGE = 1000  # an amount that needs no decimals
LONGEST = 60  # characters of a unit in words
AMOUNTS = frozenset({
    "amount", "total", "published", "rounding", "difference", "annual", "estimate", "se",
    "ci_low", "ci_high", "detectable", "base", "negligible", "even", "widest_low", "widest_high",
    "change", "cumulative", "size", "level", "level_se", "slope", "slope_se", "slope_ci_low",
    "slope_ci_high",
})  # fmt: skip


@dataclass(frozen=True)
class Scale:
    """How a picture shows amounts: divided by ``divisor``, in ``words``, to ``digits`` decimals."""

    divisor: float
    words: str
    digits: int

    def said(self, value: float) -> str:
        """Return an amount of the unit as the picture's numbers are."""
        return fmt.number(value / self.divisor, self.digits)

    def signed(self, value: float) -> str:
        """Return an amount of the unit with its sign."""
        said = self.said(value)
        return said if said.startswith("-") else f"+{said}"


@dataclass(frozen=True)
class Unit:
    """A unit in words, such as "million dollars", "deaths" or "filings"; blank: not said.

    Thousand, million and billion before the rest are understood, so that large amounts move on to
    the next; dollars are written with their sign.

    >>> Unit("million dollars").say(-3386.06), Unit("deaths").say(12), Unit().say(0.0213)
    ('-$3.4 billion', '12 deaths', '0.021')
    """

    name: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no short line of words."""
        if len(self.name) > LONGEST or not self.name.isprintable():
            raise ParameterError(
                f"unit {self.name!r}", where="unit", expected="a few words such as million dollars"
            )

    @cached_property
    def _parts(self) -> tuple[float, str]:
        """Return how many of the noun one unit is, and the noun."""
        first, _, rest = self.name.strip().partition(" ")
        scale = first.casefold().rstrip("s")
        if scale in SCALES and rest:
            return SCALES[scale], rest.removeprefix("of ").strip()
        return 1.0, self.name.strip()

    @property
    def factor(self) -> float:
        """How many of the noun one unit is: 1,000,000 for million dollars."""
        return self._parts[0]

    @property
    def noun(self) -> str:
        """What is counted, without thousand or million."""
        return self._parts[1]

    @property
    def is_money(self) -> bool:
        """Whether amounts are dollars."""
        return fmt.is_dollars(self.noun)

    def counts(self, values: pd.Series) -> bool:
        """Say whether ``values`` are counts: whole numbers of something named that is no money."""
        whole = bool((values >= 0).all() and (values % 1 == 0).all())
        return whole and bool(self.noun) and self.factor == 1 and not self.is_money

    @property
    def words(self) -> str:
        """The unit as a caption says it."""
        return self.name.strip() or "the unit of the file"

    def say(self, value: float, digits: int = 1) -> str:
        """Return an amount in words, small ones to two significant digits.

        >>> Unit("dollars").say(1234567), Unit("million dollars").say(42.26)
        ('$1.2 million', '$42.3 million')
        """
        if fmt.is_missing(float(value)):
            return fmt.MISSING
        shown, step = self._step(value)
        digits = max(digits, 1) if step != self.factor else digits
        digits = 0 if abs(shown) >= LARGE else digits
        whole = step == 1 and shown % 1 == 0
        number = fmt.number(shown, 0 if whole else _digits(shown, digits))
        if self.is_money:
            number = f"-${number[1:]}" if number.startswith("-") else f"${number}"
        scale = next(name for name, size in SCALES.items() if size == step)
        return " ".join(filter(None, [number, scale, "" if self.is_money else self.noun]))

    def _step(self, value: float) -> tuple[float, float]:
        """Return the amount at the scale a reader takes in, and that scale."""
        shown, step = float(value), self.factor
        while 0 < abs(shown) < SMALL and step >= SCALES["thousand"]:
            shown, step = shown * 1e3, step / 1e3
        least = 1e6 if step == 1 else 1e3
        while abs(shown) >= least and step < SCALES["trillion"]:
            shown, step, least = shown / least, step * least, 1e3
        return shown, step

    def scale(self, values: Iterable[float]) -> Scale:
        """Return how a picture of ``values`` shows them."""
        found = [abs(float(value)) for value in values]
        largest = max((value for value in found if math.isfinite(value)), default=0.0)
        shown, step = self._step(largest)
        name = next(name for name, size in SCALES.items() if size == step)
        words = " ".join(filter(None, [name, self.noun])) or self.words
        return Scale(step / self.factor, words, 0 if shown >= 1000 else _digits(shown, 1))

    def formats(self, frame: pd.DataFrame) -> dict[str, Callable[[float], str]]:
        """Return a format for every column of amounts in ``frame``, as fine as they are small."""
        columns = AMOUNTS & {
            str(name) for name in frame if pd.api.types.is_numeric_dtype(frame[name])
        }
        return {name: _to(_of_table(frame[name])) for name in sorted(columns)}


def _digits(shown: float, digits: int) -> int:
    """Return decimals that leave a small number two significant digits."""
    if shown == 0 or abs(shown) >= 10.0**-digits:
        return digits
    return min(FINEST, 1 - math.floor(math.log10(abs(shown))))


def _of_table(values: pd.Series) -> int:
    largest = values.abs().max()
    if not largest > 0:
        return 1
    return (
        1
        if largest >= 100
        else 2
        if largest >= 1
        else min(FINEST, 2 - math.floor(math.log10(largest)))
    )


def _to(digits: int) -> Callable[[float], str]:
    return lambda value: fmt.number(value, digits)
