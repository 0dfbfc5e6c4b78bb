"""Dollars and p-values of the charts of collections, and of the tables behind them."""

import pandas as pd

from coee_nb import formats as fmt

MILLION_DOLLARS = "million dollars a month"
P_VALUES = {"level_p": fmt.p_value, "slope_p": fmt.p_value}


def whole_dollars(frame: pd.DataFrame, ending: str = "_musd") -> dict:
    """Return the format of every column of amounts: whole numbers with commas."""
    return {name: fmt.count for name in frame.columns if str(name).endswith(ending)}
