"""What the charts of collections share: days on the axis, dollars in labels, named lines."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from coee_nb import formats as fmt

MILLION_DOLLARS = "million dollars a month"
PLATE = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}  # keeps lines off the letters
P_VALUES = {"level_p": fmt.p_value, "slope_p": fmt.p_value}


def first_days(periods: Sequence[pd.Period]) -> pd.DatetimeIndex:
    """Return the first day of each period."""
    return pd.PeriodIndex(periods).to_timestamp()


def thousands(axes: Axes, axis: str = "y") -> None:
    """Write an axis in whole numbers with commas."""
    getattr(axes, f"{axis}axis").set_major_formatter(lambda value, _: f"{value:,.0f}")


def whole_dollars(frame: pd.DataFrame, ending: str = "_musd") -> dict:
    """Return the format of every column of amounts: whole numbers with commas."""
    return {name: fmt.count for name in frame.columns if str(name).endswith(ending)}


def name_line(axes: Axes, day: pd.Timestamp, name: str, colour: str) -> None:
    """Write a name to the left of a vertical line, near the top."""
    axes.annotate(name, (day, 0.95), xycoords=("data", "axes fraction"), ha="right", va="center",
                  color=colour, fontsize=9)  # fmt: skip
