"""Transactions in pictures: a result goes in, a figure with its description comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb.drawing import PALETTE, canvas, first_days, heat_map, thousands
from coee_nb.entries.layout import UNKNOWN_YEAR
from coee_nb.entries.monthly import ALL
from coee_nb.entries.tables import by_year, monthly_sums
from coee_nb.outputs import Chart
from coee_nb.wording import read_wording

if TYPE_CHECKING:
    from coee_nb.entries.analysis import EntryAnalysis

WORDS = read_wording("coee_nb.entries")
COLUMNS = 10  # fiscal years that the picture has: those with most rows


def checks_by_year(analysis: EntryAnalysis) -> Chart:
    """Draw how many rows fail each check in each fiscal year: darker is a larger share."""
    counted, table = analysis.counted, by_year(analysis)
    frame = table.frame
    counts = frame.pivot_table(index="id", columns="fiscal_year", values="failing", sort=False)
    most = counted.by_cell.groupby("fiscal_year")["of"].sum().nlargest(COLUMNS).index
    counts = counts[sorted(most, key=lambda year: (year == UNKNOWN_YEAR, year))]
    counts = counts.reindex(counted.by_check["id"])
    shares = frame.pivot_table(index="id", columns="fiscal_year", values="share", sort=False,
                               dropna=False)[counts.columns].reindex(counts.index)  # fmt: skip
    labels = [f"FY{year}" if year else WORDS.sentence("unknown_year") for year in counts]
    with canvas(9.5, 1.4 + 0.36 * len(counts)) as (figure, axes):
        depth = np.sqrt(shares.astype(float)).set_axis(labels, axis=1)
        depth.index = [counted.problems[name] for name in depth.index]
        words = counts.where(shares.notna()).map(fmt.count)
        deepest = max(0.05, depth.max(axis=None)) if depth.notna().any(axis=None) else 0.05
        heat_map(axes, depth, words, colours="Oranges", ends=(0, deepest))
        title = WORDS.sentence("checks_by_year_title", **analysis.names)
        axes.set_title(title)
    told = "; ".join(
        f"{row.problem} {fmt.count(row.failing)}" for row in counted.by_check.itertuples()
    )
    description = WORDS.sentence("checks_by_year_description", told=told, **analysis.names)
    return Chart(figure, "checks_by_year", title, description, table)


def monthly_series(analysis: EntryAnalysis) -> Chart:
    """Draw the monthly amounts with every row, and with those set aside left out."""
    sums, names = analysis.series.by_month, analysis.names
    all_, kept = (sums[name].astype(float).to_numpy() for name in (ALL, "collections"))
    title = WORDS.sentence("monthly_title")
    with canvas(9.5, 4.2) as (figure, axes):
        if len(sums):
            days = first_days(pd.PeriodIndex(sums["month"], freq="M"))
            lines = ((all_, "orange", "with_all"), (kept, "blue", "set_aside_out"))
            for amounts, colour, called in lines:
                label = WORDS.sentence(called, **names)
                axes.plot(days, amounts, color=PALETTE[colour], label=label)
            axes.legend()
            axes.set_ylim(bottom=min(0.0, float(min(all_.min(), kept.min()))))
        thousands(axes)
        axes.set_title(title)
    description = WORDS.sentence(
        "monthly_description", months=fmt.count(len(sums)),
        all=f"{sum(sums[ALL]):,.2f}", kept=f"{sum(sums['collections']):,.2f}", **names,
    )  # fmt: skip
    return Chart(figure, "monthly_series", title, description, monthly_sums(analysis))
