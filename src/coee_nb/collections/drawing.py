"""The p-values and axes of the charts of collections, and of the tables behind them."""

from matplotlib.axes import Axes

from coee_nb import formats as fmt

P_VALUES = {"level_p": fmt.p_value, "slope_p": fmt.p_value}


def ticks(axes: Axes) -> None:
    """Write the axis of amounts with commas, and decimals where they are small."""
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.6g}")
