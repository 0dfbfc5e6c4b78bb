"""Transactions in pictures: a result goes in, a figure with its description comes out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb.drawing import PALETTE, canvas, first_days, name_rows, say, thousands
from coee_nb.entries.layout import UNKNOWN_YEAR
from coee_nb.entries.monthly import ALL, MonthlySeries
from coee_nb.entries.reliability import Counted
from coee_nb.entries.tables import by_year
from coee_nb.outputs import Chart, Table
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.entries")
COLUMNS = 10  # fiscal years that the picture has: those with most rows


def checks_by_year(counted: Counted) -> Chart:
    """Draw how many rows fail each check in each fiscal year: darker is a larger share."""
    table = by_year(counted)
    frame = table.frame
    counts = frame.pivot_table(index="id", columns="fiscal_year", values="failing", sort=False)
    most = counted.by_cell.groupby("fiscal_year")["of"].sum().nlargest(COLUMNS).index
    counts = counts[sorted(most, key=lambda year: (year == UNKNOWN_YEAR, year))]
    counts = counts.reindex(counted.by_check["id"])
    shares = frame.pivot_table(index="id", columns="fiscal_year", values="share", sort=False,
                               dropna=False)[counts.columns].reindex(counts.index)  # fmt: skip
    years, ids, problems = list(counts.columns), list(counts.index), counted.problems
    with canvas(9.5, 1.4 + 0.36 * len(ids)) as (figure, axes):
        depth = np.sqrt(shares[years].to_numpy(float))
        deepest = np.max(depth, initial=0.05, where=~np.isnan(depth))
        if years:
            axes.imshow(depth, aspect="auto", cmap="Oranges", vmin=0, vmax=deepest)
        for place, name in enumerate(ids):
            for at, year in enumerate(years):
                dark = depth[place, at] > 0.6 * deepest
                asked = not np.isnan(depth[place, at])
                say(axes, fmt.count(counts.at[name, year]) if asked else fmt.MISSING, (at, place),
                    colour="white" if dark else PALETTE["black"])  # fmt: skip
        name_rows(axes, [problems[name] for name in ids])
        labels = [f"FY{year}" if year else WORDS.sentence("unknown_year") for year in years]
        axes.set_xticks(range(len(years)), labels)
        axes.grid(visible=False)
        title = WORDS.sentence("checks_by_year_title")
        axes.set_title(title)
    told = "; ".join(
        f"{row.problem} {fmt.count(row.failing)}" for row in counted.by_check.itertuples()
    )
    description = WORDS.sentence("checks_by_year_description", told=told)
    return Chart(figure, "checks_by_year", title, description, table)


def monthly_series(series: MonthlySeries) -> Chart:
    """Draw the monthly amounts with every row, and with those set aside left out."""
    sums = series.table.groupby("month", as_index=False)[["collections", ALL]].sum()
    all_, kept = (sums[name].astype(float).to_numpy() for name in (ALL, "collections"))
    title = WORDS.sentence("monthly_title")
    with canvas(9.5, 4.2) as (figure, axes):
        if len(sums):
            days = first_days(pd.PeriodIndex(sums["month"], freq="M"))
            axes.plot(days, all_, color=PALETTE["orange"], label=WORDS.sentence("with_all"))
            axes.plot(days, kept, color=PALETTE["blue"], label=WORDS.sentence("set_aside_out"))
            axes.legend()
            axes.set_ylim(bottom=min(0.0, float(min(all_.min(), kept.min()))))
        thousands(axes)
        axes.set_title(title)
    description = WORDS.sentence(
        "monthly_description", months=fmt.count(len(sums)),
        all=f"{sum(sums[ALL]):,.2f}", kept=f"{sum(sums['collections']):,.2f}",
    )  # fmt: skip
    exact = dict.fromkeys(("collections", ALL), "{:,.2f}".format)
    table = Table(sums, **WORDS.table("monthly_sums"), formats=exact, rows=12)
    return Chart(figure, "monthly_series", title, description, table)
