"""What every picture shares: one style, and its furniture by name.

Bars with words at their ends, estimates with their intervals, names at the ends of lines, lines
across that say what they are, rows named at the side. Words stand in points from what they name,
on a white plate where they may cross a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from cycler import cycler
from matplotlib.backends import backend_agg  # noqa: F401  (writes the file)
from matplotlib.figure import Figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

# Okabe & Ito (2008): told apart with any colour vision; darkened where text is set in them.
PALETTE = {
    "blue": "#0072B2",
    "orange": "#BF5100",
    "green": "#00795A",
    "purple": "#A0457A",
    "sky": "#56B4E9",
    "yellow": "#E69F00",
    "grey": "#5F6368",
    "light": "#D5D8DC",
    "black": "#1B1B1B",
}

# What pictures of every page mean alike: past its day or not as required, within it or as required,
# and what nobody can tell.
LATE, IN_TIME, UNKNOWN = PALETTE["orange"], PALETTE["blue"], PALETTE["grey"]

DEEPEST = 0.6  # of the shades of a heat map: on darker ones black letters are hard to read
PLATE = {"facecolor": "white", "edgecolor": "none", "pad": 1}  # keeps lines off the letters


@contextmanager
def canvas(width: float = 9.0, height: float = 4.5, **subplots: Any) -> Iterator[tuple]:
    """Give a figure of ``width`` x ``height`` inches and its axes, in one style.

    The figure belongs to no global state; ``subplots`` is passed on (``nrows=2, sharex=True``).

    >>> with canvas(4, 3) as (figure, axes):
    ...     line = axes.plot([0, 1], [0, 1], color=PALETTE["blue"])
    """
    colours = [PALETTE[name] for name in ("blue", "orange", "green", "purple", "grey")]
    with mpl.rc_context(_STYLE | {"axes.prop_cycle": cycler(color=colours)}):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure, figure.subplots(**subplots)


_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": PALETTE["grey"],
    "axes.labelcolor": PALETTE["black"],
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": PALETTE["light"],
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "text.parse_math": False,
}


def say(
    axes: Axes,
    words: str,
    at: tuple[Any, Any],
    *,
    shift: tuple[float, float] = (0, 0),
    colour: str = PALETTE["black"],
    size: float = 9,
    **how: Any,
) -> None:
    """Write words at a point, moved by ``shift`` points, centred on its height.

    They run to the right of it, or to its left where the shift is to the left, or on both sides.
    """
    side = "left" if shift[0] > 0 else "right" if shift[0] < 0 else "center"
    aligned: dict[str, Any] = {"ha": side, "va": "center", "fontsize": size, "color": colour}
    axes.annotate(words, at, xytext=shift, textcoords="offset points", **(aligned | how))


def name_rows(axes: Axes, names: Sequence[str], *, above: float = 0.5, size: float = 10) -> None:
    """Name one row a place, from the top down; ``above`` leaves so much of a row free on top."""
    axes.set_yticks(range(len(names)), list(names), fontsize=size)
    axes.set_ylim(len(names) - 0.5, -above)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")


def heat_map(
    axes: Axes,
    depth: pd.DataFrame,
    words: pd.DataFrame,
    *,
    colours: str,
    ends: tuple[float, float],
    size: float = 9,
) -> None:
    """Draw a square a row and column, darker from ``ends`` to ends, with its words on it.

    Where ``depth`` is missing, the square is blank and its words stand alone.
    """
    if depth.empty:
        return
    import seaborn  # longer to import than most pictures take to be drawn

    low, high = ends
    darkest = low + (high - low) / DEEPEST
    letters = {"fontsize": size, "color": PALETTE["black"]}
    said = {"annot": words, "fmt": "", "annot_kws": letters}
    seaborn.heatmap(depth, vmin=low, vmax=darkest, cmap=colours, cbar=False, ax=axes, **said)
    for down, across in zip(*depth.isna().to_numpy().nonzero(), strict=True):
        say(axes, words.iat[down, across], (across + 0.5, down + 0.5), size=size)
    axes.set(xlabel="", ylabel="")
    axes.tick_params(length=0)
    axes.grid(visible=False)


def without_scale(axes: Axes) -> None:
    """Take away the scale below: the numbers are written where they belong."""
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)


def bars(axes: Axes, parts: Sequence[tuple[pd.Series, Any]], words: Sequence[str]) -> None:
    """Draw one bar a row, its ``parts`` (lengths, colours) end to end, and words after each."""
    end = parts[0][0] * 0.0
    for lengths, colours in parts:
        axes.barh(range(len(lengths)), lengths, left=end, color=colours, height=0.7)
        end = end + lengths
    for place, (length, text) in enumerate(zip(end, words, strict=True)):
        say(axes, text, (length, place), shift=(6, 0))


def interval(axes: Axes, place: float, low: float, high: float, *, width: float = 2,
             colour: str = PALETTE["blue"]) -> None:  # fmt: skip
    """Draw an interval as a line in a row."""
    axes.plot([low, high], [place, place], color=colour, linewidth=width,
              alpha=0.5 if width < 5 else 1)  # fmt: skip


def forest(axes: Axes, estimates: Sequence[tuple[float, float, float, str]], names: Sequence[str],
           colours: Sequence[str] | None = None) -> None:  # fmt: skip
    """Draw estimates with their intervals, a row each: (estimate, low, high, words above it).

    An interval that is not finite is not drawn. Zero has a line.
    """
    for place, (value, low, high, words) in enumerate(estimates):
        colour = colours[place] if colours else PALETTE["blue"]
        if low == low and high == high:
            interval(axes, place, low, high, colour=colour)
        axes.plot([value], [place], "o", color=colour, markersize=7)
        say(axes, words, (value, place), shift=(0, 10), colour=colour, bbox=PLATE)
    axes.axvline(0, color=PALETTE["grey"], linewidth=0.8)
    name_rows(axes, names, above=0.7, size=8.5)


def band(axes: Axes, across: Any, low: Any, high: Any, **how: Any) -> None:
    """Shade an interval along a line."""
    look: dict[str, Any] = {"color": PALETTE["sky"], "alpha": 0.3, "linewidth": 0}
    axes.fill_between(across, low, high, **(look | how))


def zero(axes: Axes) -> None:
    """Draw the line of no change."""
    axes.axhline(0, color=PALETTE["grey"], linewidth=0.8)


def name_line(axes: Axes, at: Any, words: str, colour: str = PALETTE["black"], *,
              height: float = 0.95, left: bool = True) -> None:  # fmt: skip
    """Write what a vertical line is beside it, near the top."""
    say(axes, words, (at, height), shift=(-4 if left else 6, 0), colour=colour,
        xycoords=("data", "axes fraction"))  # fmt: skip


def thousands(axes: Axes, axis: str = "y") -> None:
    """Write an axis in whole numbers with commas."""
    getattr(axes, f"{axis}axis").set_major_formatter(lambda value, _: f"{value:,.0f}")


def first_days(periods: Any) -> pd.DatetimeIndex:
    """Return the first day of each period."""
    import pandas as pd

    return pd.PeriodIndex(periods).to_timestamp()
