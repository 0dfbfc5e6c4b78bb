"""Collections in pictures: a result goes in, a figure with its description and table comes out."""

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from coee_nb import formats as fmt
from coee_nb.collections import events as calendar_room
from coee_nb.collections.attribution import Attribution
from coee_nb.collections.drawing import MILLION_DOLLARS, P_VALUES, whole_dollars
from coee_nb.collections.effects import Effect
from coee_nb.collections.events import Calendar
from coee_nb.collections.tie_out import TieOut
from coee_nb.drawing import (
    PALETTE,
    PLATE,
    band,
    canvas,
    first_days,
    forest,
    name_line,
    say,
    thousands,
    zero,
)
from coee_nb.outputs import Callout, Chart, Table
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.collections")

KIND_COLOURS = {
    calendar_room.PHASE_IN: PALETTE["grey"],
    calendar_room.INTERVENTION: PALETTE["blue"],
    calendar_room.TARIFF: PALETTE["orange"],
    calendar_room.REFUND: PALETTE["green"],
    calendar_room.OTHER: PALETTE["purple"],
}


def monthly_series(series: pd.Series, calendar: Calendar | None) -> Chart:
    """Draw the monthly series over a strip that names every listed event of the same months."""
    events = _events(calendar, series)
    height = 3.6 + 0.27 * len(events)
    ratios = {"height_ratios": [3.2, 0.27 * max(len(events), 1)]}
    with canvas(9.5, height, nrows=2, sharex=True, gridspec_kw=ratios) as (figure, (top, strip)):
        days = first_days(series.index)
        top.plot(days, series.to_numpy(), color=PALETTE["black"], linewidth=1.3)
        thousands(top)
        top.set_ylabel(MILLION_DOLLARS)
        top.set_ylim(bottom=min(0.0, 1.05 * series.min()))
        for place, row in enumerate(events.itertuples()):
            colour = KIND_COLOURS[row.kind]
            top.axvline(row.date, color=colour, linewidth=0.8, alpha=0.7)
            _name_event(strip, row, place, colour, days)
        strip.set_ylim(len(events) - 0.4, -0.6)
        strip.set_yticks([])
        strip.grid(visible=False)
        strip.spines["left"].set_visible(False)
        strip.set_xlim(days[0] - pd.Timedelta(days=20), days[-1] + pd.Timedelta(days=40))
        top.set_title("By month, with the events listed" if len(events) else "By month")
    listed = "; ".join(f"{row.date:%Y-%m-%d} {row.event}" for row in events.itertuples())
    named = f"{len(events)} events named below by date: {listed}" if listed else "no event listed"
    description = (
        f"Amounts by month from {series.index[0]} through {series.index[-1]}, between "
        f"{fmt.millions(series.min(), 1)} and {fmt.millions(series.max(), 1)}, with "
        f"{named}."
    )
    frame = pd.DataFrame({"month": series.index.astype(str), "receipts_musd": series.to_numpy()})
    table = Table(frame, **WORDS.table("monthly_series_values"), formats=whole_dollars(frame))
    return Chart(figure, "monthly_series", "Amounts by month", description, table)


def _events(calendar: Calendar | None, series: pd.Series) -> pd.DataFrame:
    if calendar is None:
        return pd.DataFrame(columns=["date", "month", "event", "kind"])
    return calendar.within(series.index[0], series.index[-1])


def _name_event(strip: Axes, row: Any, place: int, colour: str, days: pd.DatetimeIndex) -> None:
    """Mark an event in its own line of the strip, its name on the side that has space."""
    strip.plot([row.date, row.date], [-0.6, place], color=colour, linewidth=0.8, alpha=0.7)
    strip.plot([row.date], [place], marker="o", markersize=4, color=colour)
    left = row.date > days[0] + (days[-1] - days[0]) / 2
    say(strip, f"{row.date:%Y-%m-%d}  {row.event}", (row.date, place),
        shift=(-6 if left else 6, 0), colour=colour, size=8, bbox=PLATE)  # fmt: skip


def annual_bars(tied: TieOut | None, first_post_year: int) -> Chart | Callout:
    """Draw fiscal-year sums, before and after, with the other published figures beside them."""
    if tied is None:
        return Callout(WORDS.sentence("no_annual_bars"))
    if tied.table.empty:
        return Callout(WORDS.sentence("no_year_in_range"))
    sums = tied.table.drop_duplicates("fiscal_year")
    others = tied.table[tied.table["result"] == "another definition"]
    looks = [("s", "green"), ("D", "orange"), ("^", "purple")]
    with canvas(9.5, 4.8) as (figure, axes):
        post = sums["fiscal_year"] >= first_post_year
        colours = np.where(post, PALETTE["blue"], PALETTE["grey"])
        axes.bar(sums["fiscal_year"], sums["series_musd"] / 1000, color=colours, width=0.62)
        for row in sums.itertuples():
            axes.text(row.fiscal_year, 0.03, f"{row.series_musd / 1000:.1f}", ha="center",
                      va="bottom", color="white", fontweight="bold",
                      transform=axes.get_xaxis_transform())  # fmt: skip
        for place, (definition, rows) in enumerate(others.groupby("definition", sort=False)):
            marker, colour = looks[place] if place < len(looks) else ("o", "sky")
            _mark_published(axes, str(definition), rows, marker, PALETTE[colour])
        axes.set_xlim(sums["fiscal_year"].min() - 0.6, sums["fiscal_year"].max() + 1.75)
        axes.set_xticks(sums["fiscal_year"], [f"FY{year}" for year in sums["fiscal_year"]])
        axes.set_ylabel("billion dollars a fiscal year")
        axes.set_title("By fiscal year: before (grey) and after (blue)")
    description = (
        "Sums of the months by fiscal year, in billions of dollars: "
        + ", ".join(f"{r.fiscal_year} {r.series_musd / 1000:.1f}" for r in sums.itertuples())
        + f". The years from {first_post_year} on count as after."
        + (f" {_other_definitions(others)}" if len(others) else "")
    )
    table = Table(
        tied.table,
        **WORDS.table("tie_out"),
        formats=whole_dollars(tied.table)
        | {"fiscal_year": str, "difference_percent": lambda v: fmt.number(v, 1)},
        anchor="line",
        note=tied.text,
    )
    return Chart(figure, "annual_bars", "Amounts by fiscal year", description, table)


def _other_definitions(others: pd.DataFrame) -> str:
    """Say where published figures of other definitions lie beside the sums."""
    above = int((others["difference_musd"] < 0).sum())
    return (
        f"Published figures of other definitions, {above} of {len(others)} of them above the bars, "
        "are marked and not comparable with them."
    )


def _mark_published(
    axes: Axes, definition: str, rows: pd.DataFrame, marker: str, colour: str
) -> None:
    """Mark one definition's published figures, named beside the last of them."""
    amounts = rows["published_musd"] / 1000
    axes.plot(rows["fiscal_year"], amounts, marker=marker, color=colour, markersize=6,
              linestyle=":", linewidth=0.8)  # fmt: skip
    at = (rows["fiscal_year"].iloc[-1] + 0.36, amounts.iloc[-1])
    shift = (0, {"s": -12, "^": 8}.get(marker, 0))
    say(axes, textwrap.fill(definition, 24), at, shift=shift, colour=colour, size=8.5, ha="left")


def naive_by_end(table: pd.DataFrame, cut: str, competing: str | None, *, name: str) -> Chart:
    """Draw the naive slope after the interruption as the series is allowed to run further."""
    days = first_days(table["end"])
    with canvas(9.5, 4) as (figure, axes):
        zero(axes)
        band(axes, days, table["slope_ci_low"], table["slope_ci_high"])
        axes.plot(days, table["slope"], color=PALETTE["blue"], linewidth=1.8)
        _mark_concurrent([axes], axes, competing, name)
        last = table["slope"].iloc[-1]
        say(axes, f"{last:+.0f}", (days[-1], last), shift=(6, 0), colour=PALETTE["blue"], size=10,
            fontweight="bold")  # fmt: skip
        axes.set_ylabel("change of slope, million\ndollars a month each month")
        axes.set_xlabel("last month of the series used")
        axes.set_title(_growth(table, cut, competing, name))
    before = table[table["end"] < pd.Period(competing, "M")] if competing else table.head(1)
    told = "; ".join(
        f"{row['slope']:+.1f} million dollars a month with months through {row['end']} "
        f"(p {fmt.p_value(row['slope_p'])})"
        for _, row in pd.concat([before.tail(1), table.tail(1)]).iterrows()
    )
    without = f"without {name}" if competing else "of one interruption"
    description = f"Change of slope at {cut} in a model {without}, by the last month used: {told}."
    frame = table.assign(end=table["end"].astype(str))
    shown = Table(
        frame, **WORDS.table("naive_by_end_values"), formats=P_VALUES | {"points": fmt.count}
    )
    return Chart(figure, "naive_by_end", "The naive effect by last month", description, shown)


def _mark_concurrent(lined: Sequence[Axes], named: Axes, competing: str | None, name: str) -> None:
    """Draw the month of the concurrent event, if there is one, and name it once."""
    if competing is None:
        return
    concurrent = pd.Period(competing, "M").to_timestamp()
    for axes in lined:
        axes.axvline(concurrent, color=PALETTE["orange"], linewidth=1)
    name_line(named, concurrent, f"{name} from {competing} ", PALETTE["orange"])


def _growth(table: pd.DataFrame, cut: str, competing: str | None, name: str) -> str:
    """Return the chart's title: that the effect grows with the other event, only where it does."""
    if competing is None:
        return f'The "effect" of {cut} by the last month let in'
    before = table.loc[table["end"] < pd.Period(competing, "M"), "slope"]
    if len(before) and abs(table["slope"].iloc[-1]) > abs(before.iloc[-1]):
        return f'The "effect" of {cut} grows as months of {name} are let in'
    return f'The "effect" of {cut} by the last month let in'


def counterfactual(
    series: pd.Series, effect: Effect, path: pd.DataFrame, competing: str | None, *, name: str
) -> Chart:
    """Draw observed, fitted and expected collections, and below them the effect adding up."""
    lines = effect.counterfactual
    with canvas(9.5, 6.4, nrows=2, sharex=True, height_ratios=[3, 2]) as (figure, (top, low)):
        observed = first_days(series.index)
        top.plot(observed, series.to_numpy(), ".", color=PALETTE["grey"], markersize=5)
        days = first_days(lines["period"])
        top.plot(days, lines["fitted"], color=PALETTE["blue"], linewidth=1.6)
        top.plot(days, lines["counterfactual"], color=PALETTE["purple"], linewidth=1.6,
                 linestyle="--")  # fmt: skip
        _name_end(top, days, lines["fitted"], "model", PALETTE["blue"], 8)
        _name_end(top, days, lines["counterfactual"], "model without\nthe change",
                  PALETTE["purple"], -8)  # fmt: skip
        thousands(top)
        top.set_ylabel(MILLION_DOLLARS)
        top.set_title("What the model expects with and without the change")
        _adding_up(low, path)
        for axes in (top, low):
            axes.axvline(
                pd.Period(effect.interruption).to_timestamp(), color=PALETTE["blue"], linewidth=1
            )
        name_line(
            top, effect.interruption.to_timestamp(), f"cut {effect.interruption} ", PALETTE["blue"]
        )
        _mark_concurrent([top, low], top, competing, name)
        top.set_xlim(right=days[-1] + pd.Timedelta(days=330))
    row = effect.row("cumulative")
    throughout = bool(((path["ci_low_musd"] < 0) & (path["ci_high_musd"] > 0)).all())
    description = (
        f"Observed amounts with the model's line and its line without the terms of "
        f"{effect.interruption}. Below, the difference adding up to "
        f"{fmt.millions(row['estimate_musd'], 1)} "
        f"by {effect.through}, with a 95 % interval from {fmt.millions(row['ci_low_musd'], 1)} to "
        f"{fmt.millions(row['ci_high_musd'], 1)}"
        + (" that holds zero throughout." if throughout else ".")
    )
    frame = path.assign(period=path["period"].astype(str))
    table = Table(frame, **WORDS.table("counterfactual_path"), formats=whole_dollars(frame))
    return Chart(figure, "counterfactual", "The effect and its limits", description, table)


def _adding_up(axes: Axes, path: pd.DataFrame) -> None:
    """Draw the cumulative effect with its interval."""
    days = first_days(path["period"])
    zero(axes)
    band(axes, days, path["ci_low_musd"] / 1000, path["ci_high_musd"] / 1000)
    axes.plot(days, path["cumulative_musd"] / 1000, color=PALETTE["blue"], linewidth=1.6)
    last = path.iloc[-1]
    words = (
        f"{last['cumulative_musd'] / 1000:+.1f} billion dollars by {last['period']}\n95 % interval "
        f"{last['ci_low_musd'] / 1000:+.1f} to {last['ci_high_musd'] / 1000:+.1f}"
    )
    end = (days[-1], last["cumulative_musd"] / 1000)
    say(axes, words, end, shift=(12, 0), colour=PALETTE["blue"])
    axes.set_ylabel("billion dollars, added up")


def _name_end(
    axes: Axes, days: pd.DatetimeIndex, values: pd.Series, name: str, colour: str, shift: int
) -> None:
    say(axes, name, (days[-1], values.iloc[-1]), shift=(6, shift), colour=colour)


def attribution(shared: Attribution | None) -> Chart | Callout:
    """Draw each part of the change with its interval, the observed change below."""
    if shared is None:
        return Callout(WORDS.sentence("no_attribution"))
    table = shared.table
    with canvas(9.5, 0.6 + 0.52 * len(table)) as (figure, axes):
        billions = table[["change_musd", "ci_low_musd", "ci_high_musd"]].to_numpy() / 1000
        names = [f"{part}\n{_span(*months)}" for part, *months in table.iloc[:, :3].to_numpy()]
        observed = table["part"] == "Observed change"
        colours = np.where(observed, PALETTE["black"], PALETTE["blue"]).tolist()
        forest(axes, [(*ends, f"{ends[0]:+.1f}") for ends in billions], names, colours)
        axes.set_xlabel("billion dollars, with 95 % interval")
        axes.set_title("What the change from before to after is made of")
    frame = table.assign(**{name: table[name].astype(str) for name in ("from", "through")})
    shown = Table(
        frame, **WORDS.table("attribution_parts"), formats=whole_dollars(frame), anchor="part"
    )
    return Chart(figure, "attribution", "What the change is made of", shared.text, shown)


def _span(first: pd.Period, last: pd.Period) -> str:
    return f"{first}" if first == last else f"{first} to {last}"
