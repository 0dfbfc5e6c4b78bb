"""When the responses came in: by day, days of few put together."""

from __future__ import annotations

import pandas as pd

from coee_nb import formats as fmt

NO_DATE = "no date"


def fieldwork_periods(recorded_on: pd.Series, floor: int) -> pd.Series:
    """Return the day or days that each response was recorded in, each of ``floor`` or more.

    Days are put together with those after them until a period has the floor, the last ones with the
    period before; responses without a date are a period, or with the last where they are fewer. A
    categorical of the periods in order; all missing where there is no date at all.

    >>> days = pd.Series(pd.to_datetime(["2026-01-05", "2026-01-05", "2026-01-07"]))
    >>> fieldwork_periods(days, 2).tolist()
    ['2026-01-05 to 2026-01-07', '2026-01-05 to 2026-01-07', '2026-01-05 to 2026-01-07']
    """
    days = recorded_on.dt.normalize()
    counts = days.value_counts().sort_index()
    if counts.empty:
        return pd.Series(pd.Categorical([None] * len(days)), index=recorded_on.index)
    periods: list[list] = []
    for day, count in counts.items():
        if periods and periods[-1][2] < floor:
            periods[-1] = [periods[-1][0], day, periods[-1][2] + count]
        else:
            periods.append([day, day, count])
    if len(periods) > 1 and periods[-1][2] < floor:
        _, last, count = periods.pop()
        periods[-1] = [periods[-1][0], last, periods[-1][2] + count]
    labels = [
        fmt.day(first) if first == last else f"{fmt.day(first)} to {fmt.day(last)}"
        for first, last, _ in periods
    ]
    starts = pd.DatetimeIndex([first for first, _, _ in periods])
    place = starts.searchsorted(days.fillna(days.max()), side="right") - 1
    if undated := int(days.isna().sum()):
        if undated < floor:
            labels[-1] += f" or {NO_DATE}"
        else:
            labels.append(NO_DATE)
            place[days.isna()] = len(labels) - 1
    return pd.Series(pd.Categorical.from_codes(place, labels), index=recorded_on.index)
