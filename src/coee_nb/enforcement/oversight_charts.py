"""Oversight in pictures: a result goes in, a figure with its description and table comes out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb.drawing import IN_TIME, LATE, PALETTE, canvas, heat_map, name_rows, say
from coee_nb.enforcement.inspections import Inspections
from coee_nb.enforcement.meetings import NO_MINUTES, NOTHING, ON_FILE, STATES, Meetings
from coee_nb.enforcement.oversight_activity import Oversight
from coee_nb.enforcement.oversight_statements import WORDS, year_word
from coee_nb.lazily import showing
from coee_nb.outputs import Chart, Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

UNITS, PERIODS, YEARS, ACTIVITIES = 25, 60, 4, 20  # at most drawn; the tables have all
_COLOURS = {ON_FILE: IN_TIME, NO_MINUTES: PALETTE["yellow"], NOTHING: LATE}
_SIGNS = {ON_FILE: "", NO_MINUTES: "–", NOTHING: "×"}


def meeting_grid(told: Oversight) -> Chart | None:
    """Draw a square a unit and period: minutes on file, held without, nothing."""
    part = told.meetings
    if part is None:
        return None
    worst = part.streaks.sort_values(["longest_gap", "unit"], ascending=[False, True])
    units = worst["unit"].tolist()[:UNITS]
    periods = part.periods.sort_values("last_day").drop_duplicates("last_day")["last_day"]
    shown = periods.tolist()[-PERIODS:]
    with canvas(9.5, 1.6 + 0.32 * len(units)) as (figure, axes):
        _squares(axes, part.periods, units, shown)
        name_rows(axes, [fmt.beginning(unit, 40) for unit in units], size=9)
        places = np.unique(np.linspace(0, len(shown) - 1, min(8, len(shown))).astype(int))
        axes.set_xticks(places, [f"{shown[place]:%Y-%m}" for place in places])
        axes.set_xlim(-0.6, len(shown) - 0.4)
        axes.grid(visible=False)
        _legend(axes)
    words = WORDS.table("meeting_periods", stamp=told.stamp)
    words.pop("fold")  # a picture folds its table itself
    table = Table(part.periods, **words, rows=200, origin=told.origin(*told.of_meetings))
    title = f"Minutes of required meetings, {told.stamp}"
    return Chart(figure, "meeting_grid", title, _grid_said(part, units, shown, told), table)


def _squares(axes: Axes, periods: pd.DataFrame, units: Sequence[str], shown: Sequence) -> None:
    row = {unit: place for place, unit in enumerate(units)}
    column = {day: place for place, day in enumerate(shown)}
    drawn = periods[periods["unit"].isin(row) & periods["last_day"].isin(column)]
    for state in STATES:
        some = drawn[drawn["state"] == state]
        across, down = some["last_day"].map(column), some["unit"].map(row)
        axes.scatter(across, down, s=130, marker="s", color=_COLOURS[state],
                     edgecolor=PALETTE["grey"], linewidth=0.8, label=state)  # fmt: skip
        for place in zip(across, down, strict=True):
            if _SIGNS[state]:
                say(axes, _SIGNS[state], place, size=10)


def _legend(axes: Axes) -> None:
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, fontsize=9)


def _grid_said(part: Meetings, units: Sequence[str], shown: Sequence, told: Oversight) -> str:
    counts = part.periods["state"].value_counts()
    numbers = ", ".join(f"{counts.get(state, 0)} {state}" for state in STATES)
    left = len(part.streaks) - len(units)
    more = f" Units in the table only: {left}." if left else ""
    cut = part.periods["last_day"].nunique() - len(shown)
    more += f" Earliest ends of periods in the table only: {cut}." if cut else ""
    return (
        "A square for each unit and required period, the longest gap at the top. Units: "
        f"{len(part.streaks)}; periods: {part.required}, of which {numbers}, {told.stamp}.{more}"
    )


def coverage(told: Oversight) -> Chart | None:
    """Draw how many worksheets each unit filed of each activity, a panel a year."""
    part = told.inspections
    if part is None:
        return None
    years, year = part.years[-YEARS:], year_word(told.fiscal_year_starts)
    units = part.units["unit"].tolist()[:UNITS]
    order = part.activities.sort_values("worksheets", ascending=False, kind="stable")
    activities = order["activity"].tolist()
    kept = activities[-ACTIVITIES:]  # what is not covered is drawn first of all
    width = min(12.0, 4.0 + 0.27 * len(kept) * len(years))
    size = (width, 2.9 + 0.3 * len(units))
    with canvas(*size, ncols=len(years), sharey=True, squeeze=False) as (figure, grid):
        most = max(1, int(part.coverage["worksheets"].max()))
        for axes, one in zip(grid[0], years, strict=True):
            _panel(axes, part, one, units, kept, most)
            axes.set_title(f"{year.capitalize()} {one}")
        grid[0][0].tick_params(axis="y", labelsize=9)
    words = WORDS.table("coverage", stamp=told.stamp, year=year)
    table = Table(_matrix(part, year), **words, origin=told.origin(*told.of_inspections))
    title = f"Worksheets by unit, activity and {year}, {told.stamp}"
    said = _coverage_said(part, year, len(units), len(kept), len(years), told)
    return Chart(figure, "coverage_matrix", title, said, table)


def _panel(
    axes: Axes, part: Inspections, year: int, units: Sequence[str], kept: Sequence[str], most: int
) -> None:
    """Draw one year: a square a unit and activity, the darker the more, blank for none."""
    rows = part.coverage[part.coverage["year"] == year]
    counts = rows.pivot_table("worksheets", "unit", "activity").reindex(units)[list(kept)]
    depth = counts.where(counts > 0).set_axis([fmt.beginning(name, 30) for name in kept], axis=1)
    depth.index = [fmt.beginning(unit, 40) for unit in units]
    words = depth.map(lambda count: "" if fmt.is_missing(count) else str(int(count)))
    heat_map(axes, depth, words, colours="Blues", ends=(-most / 3, most), size=8)
    axes.tick_params(axis="x", rotation=90, labelsize=8)
    bare = set(part.not_covered)
    for label, name in zip(axes.get_xticklabels(), kept, strict=True):
        if name in bare:
            label.set_color(PALETTE["orange"])
            label.set_fontweight("bold")


def _matrix(part: Inspections, year: str) -> pd.DataFrame:
    """Return a line a unit and activity, a column a year."""
    wide = part.coverage.pivot_table(
        "worksheets", ["unit", "activity"], "year", aggfunc="sum", sort=False
    ).astype(int)
    wide.columns = [f"{year} {one}" for one in wide.columns]
    return wide.reset_index()


def _coverage_said(
    part: Inspections, year: str, units: int, activities: int, years: int, told: Oversight
) -> str:
    covered = int((part.coverage["worksheets"] > 0).sum())
    missing = ", ".join(part.not_covered) or "none"
    left = [
        f"{what} {total - drawn}"
        for what, total, drawn in (
            ("units", len(part.units), units),
            ("activities with most worksheets", len(part.activities), activities),
            (f"earlier {year}s", len(part.years), years),
        )
        if total > drawn
    ]
    more = f" Not drawn, but in the table: {', '.join(left)}." if left else ""
    return (
        f"A square for each unit, activity and {year}, with the number of worksheets. With any: "
        f"{covered} of {len(part.coverage)}. Activities without a worksheet, set in orange: "
        f"{missing}, {told.stamp}.{more}"
    )


__dir__ = showing(globals())
