"""Collections in pictures: a result goes in, a figure with its description and table comes out."""

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator

from coee_nb import formats as fmt
from coee_nb.collections import events as calendar_room
from coee_nb.collections import tables
from coee_nb.collections.attribution import Attribution
from coee_nb.collections.drawing import P_VALUES, ticks
from coee_nb.collections.effects import Effect
from coee_nb.collections.events import Calendar
from coee_nb.collections.groups import TOGETHER
from coee_nb.collections.staggered import NEVER
from coee_nb.collections.tie_out import TieOut
from coee_nb.collections.units import Scale, Unit
from coee_nb.drawing import (
    PALETTE,
    PLATE,
    band,
    canvas,
    first_days,
    forest,
    name_line,
    say,
    zero,
)
from coee_nb.engines.ar1.periods import as_period, period_name
from coee_nb.lazily import showing
from coee_nb.outputs import Callout, Chart, Table
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.collections")

MOST_PANELS = 12  # of groups drawn; a page has no room for more

KIND_COLOURS = {
    calendar_room.PHASE_IN: PALETTE["grey"],
    calendar_room.INTERVENTION: PALETTE["blue"],
    calendar_room.RATE: PALETTE["orange"],
    calendar_room.REFUND: PALETTE["green"],
    calendar_room.OTHER: PALETTE["purple"],
}


def amounts(series: pd.Series, calendar: Calendar | None, *, measure: str, unit: Unit) -> Chart:
    """Draw the series over a strip that names every listed event of the same periods."""
    period, scale = period_name(series.index), unit.scale(series)
    events = _events(calendar, series)
    height = 3.6 + 0.27 * len(events)
    ratios = {"height_ratios": [3.2, 0.27 * max(len(events), 1)]}
    with canvas(9.5, height, nrows=2, sharex=True, gridspec_kw=ratios) as (figure, (top, strip)):
        days = first_days(series.index)
        top.plot(days, series.to_numpy() / scale.divisor, color=PALETTE["black"], linewidth=1.3)
        ticks(top)
        top.set_ylabel(f"{scale.words} a {period}")
        top.set_ylim(bottom=min(0.0, 1.05 * series.min() / scale.divisor))
        for place, row in enumerate(events.itertuples()):
            colour = KIND_COLOURS[row.kind]
            top.axvline(row.date, color=colour, linewidth=0.8, alpha=0.7)
            _name_event(strip, row, place, colour, days)
        strip.set_ylim(len(events) - 0.4, -0.6)
        strip.set_yticks([])
        strip.grid(visible=False)
        strip.spines["left"].set_visible(False)
        strip.set_xlim(days[0] - pd.Timedelta(days=20), days[-1] + pd.Timedelta(days=40))
        top.set_title(measure + (", with the events listed" if len(events) else ""))
    listed = "; ".join(f"{row.date:%Y-%m-%d} {row.event}" for row in events.itertuples())
    named = f"{len(events)} events named below by date: {listed}" if listed else "no event listed"
    description = (
        f"{measure} by {period} from {series.index[0]} through {series.index[-1]}, between "
        f"{unit.say(series.min())} and {unit.say(series.max())}, with "
        f"{named}."
    )
    frame = pd.DataFrame({"period": series.index.astype(str), "amount": series.to_numpy()})
    words = WORDS.table("series_values", measure=measure, period=period, unit=unit.words)
    table = Table(frame, **words, formats=unit.formats(frame), rows=24)
    return Chart(figure, "series", f"{measure} by {period}", description, table)


def _events(calendar: Calendar | None, series: pd.Series) -> pd.DataFrame:
    if calendar is None:
        return pd.DataFrame(columns=["date", "month", "event", "kind"])
    first, last = series.index[0].asfreq("M", "start"), series.index[-1].asfreq("M", "end")
    return calendar.within(first, last)


def _name_event(strip: Axes, row: Any, place: int, colour: str, days: pd.DatetimeIndex) -> None:
    """Mark an event in its own line of the strip, its name on the side that has space."""
    strip.plot([row.date, row.date], [-0.6, place], color=colour, linewidth=0.8, alpha=0.7)
    strip.plot([row.date], [place], marker="o", markersize=4, color=colour)
    left = row.date > days[0] + (days[-1] - days[0]) / 2
    say(strip, f"{row.date:%Y-%m-%d}  {row.event}", (row.date, place),
        shift=(-6 if left else 6, 0), colour=colour, size=8, bbox=PLATE)  # fmt: skip


def annual_bars(
    tied: TieOut | None, first_post_year: int, *, measure: str, unit: Unit
) -> Chart | Callout:
    """Draw fiscal-year sums, before and after, with the other published figures beside them."""
    if tied is None:
        return Callout(WORDS.sentence("no_annual_bars"))
    if tied.table.empty:
        return Callout(WORDS.sentence("no_year_in_range"))
    sums = tied.table.drop_duplicates("fiscal_year")
    others = tied.table[tied.table["result"] == "another definition"]
    scale = unit.scale([*sums["total"], *tied.table["published"]])
    looks = [("s", "green"), ("D", "orange"), ("^", "purple")]
    with canvas(9.5, 4.8) as (figure, axes):
        post = sums["fiscal_year"] >= first_post_year
        colours = np.where(post, PALETTE["blue"], PALETTE["grey"])
        axes.bar(sums["fiscal_year"], sums["total"] / scale.divisor, color=colours, width=0.62)
        for row in sums.itertuples():
            axes.text(row.fiscal_year, 0.03, scale.said(row.total), ha="center",
                      va="bottom", color="white", fontweight="bold",
                      transform=axes.get_xaxis_transform())  # fmt: skip
        for place, (definition, rows) in enumerate(others.groupby("definition", sort=False)):
            marker, colour = looks[place] if place < len(looks) else ("o", "sky")
            _mark_published(axes, str(definition), rows, scale, (marker, PALETTE[colour]))
        axes.set_xlim(sums["fiscal_year"].min() - 0.6, sums["fiscal_year"].max() + 1.75)
        axes.set_xticks(sums["fiscal_year"], [f"FY{year}" for year in sums["fiscal_year"]])
        axes.set_ylabel(f"{scale.words} a fiscal year")
        axes.set_title("By fiscal year: before (grey) and after (blue)")
    description = (
        f"{measure}, sums by fiscal year in {scale.words}: "
        + ", ".join(f"{r.fiscal_year} {scale.said(r.total)}" for r in sums.itertuples())
        + f". The years from {first_post_year} on count as after."
        + (f" {_other_definitions(others)}" if len(others) else "")
    )
    table = Table(
        tied.table,
        **WORDS.table("tie_out", unit=unit.words),
        formats=unit.formats(tied.table)
        | {"fiscal_year": str, "difference_percent": lambda v: fmt.number(v, 1)},
        anchor="line",
        note=tied.text,
    )
    return Chart(figure, "annual_bars", "Amounts by fiscal year", description, table)


def _other_definitions(others: pd.DataFrame) -> str:
    """Say where published figures of other definitions lie beside the sums."""
    above = int((others["difference"] < 0).sum())
    return (
        f"Published figures of other definitions, {above} of {len(others)} of them above the bars, "
        "are marked and not comparable with them."
    )


def _mark_published(
    axes: Axes, definition: str, rows: pd.DataFrame, scale: Scale, look: tuple[str, str]
) -> None:
    """Mark one definition's published figures, named beside the last of them."""
    marker, colour = look
    amounts = rows["published"] / scale.divisor
    axes.plot(rows["fiscal_year"], amounts, marker=marker, color=colour, markersize=6,
              linestyle=":", linewidth=0.8)  # fmt: skip
    at = (rows["fiscal_year"].iloc[-1] + 0.36, amounts.iloc[-1])
    shift = (0, {"s": -12, "^": 8}.get(marker, 0))
    say(axes, textwrap.fill(definition, 24), at, shift=shift, colour=colour, size=8.5, ha="left")


def naive_by_end(
    table: pd.DataFrame | str, cut: str, competing: str | None, *, name: str, unit: Unit
) -> Chart | Callout:
    """Draw the naive slope after the interruption as the series is allowed to run further."""
    if isinstance(table, str):
        return Callout(table)
    days = first_days(table["end"])
    scale, period = unit.scale(table["slope"]), period_name(pd.PeriodIndex(table["end"]))
    with canvas(9.5, 4) as (figure, axes):
        zero(axes)
        band(axes, days, *(table[f"slope_ci_{end}"] / scale.divisor for end in ("low", "high")))
        axes.plot(days, table["slope"] / scale.divisor, color=PALETTE["blue"], linewidth=1.8)
        _mark_concurrent([axes], axes, competing and _period(competing, table), name)
        last = table["slope"].iloc[-1]
        say(axes, scale.signed(last), (days[-1], last / scale.divisor), shift=(6, 0),
            colour=PALETTE["blue"], size=10, fontweight="bold")  # fmt: skip
        axes.set_ylabel(f"change of slope, {scale.words}\na {period} each {period}")
        axes.set_xlabel(f"last {period} of the series used")
        axes.set_title(_growth(table, cut, competing, name))
    before = table[table["end"] < _period(competing, table)] if competing else table.head(1)
    told = "; ".join(
        f"{unit.say(row['slope'])} a {period} with {period}s through {row['end']} "
        f"(p {fmt.p_value(row['slope_p'])})"
        for _, row in pd.concat([before.tail(1), table.tail(1)]).iterrows()
    )
    without = f"without {name}" if competing else "of one interruption"
    description = (
        f"Change of slope at {cut} in a model {without}, by the last {period} used: {told}."
    )
    frame = table.assign(end=table["end"].astype(str))
    shown = Table(
        frame,
        **WORDS.table("naive_by_end_values"),
        formats=unit.formats(frame) | P_VALUES | {"points": fmt.count},
    )
    return Chart(figure, "naive_by_end", f"The naive effect by last {period}", description, shown)


def _mark_concurrent(
    lined: Sequence[Axes], named: Axes, event: pd.Period | None, name: str
) -> None:
    """Draw the start of the concurrent event, if there is one, and name it once."""
    if event is None:
        return
    concurrent = event.to_timestamp()
    for axes in lined:
        axes.axvline(concurrent, color=PALETTE["orange"], linewidth=1)
    name_line(named, concurrent, f"{name} from {event} ", PALETTE["orange"])


def _period(competing: str, table: pd.DataFrame) -> pd.Period:
    return as_period(competing, pd.PeriodIndex(table["end"]), what="the concurrent event")


def _growth(table: pd.DataFrame, cut: str, competing: str | None, name: str) -> str:
    """Return the chart's title: that the effect grows with the other event, only where it does."""
    if competing is None:
        return f'The "effect" of {cut} by where the series ends'
    before = table.loc[table["end"] < _period(competing, table), "slope"]
    if len(before) and abs(table["slope"].iloc[-1]) > abs(before.iloc[-1]):
        return f'The "effect" of {cut} grows as periods of {name} are let in'
    return f'The "effect" of {cut} by where the series ends'


def counterfactual(
    series: pd.Series, effect: Effect, path: pd.DataFrame, competing: str | None, *, name: str
) -> Chart:
    """Draw observed, fitted and expected collections, and below them the effect adding up."""
    lines, unit = effect.counterfactual, effect.unit
    scale = unit.scale(series)
    with canvas(9.5, 6.4, nrows=2, sharex=True, height_ratios=[3, 2]) as (figure, (top, low)):
        observed = first_days(series.index)
        top.plot(
            observed, series.to_numpy() / scale.divisor, ".", color=PALETTE["grey"], markersize=5
        )
        days = first_days(lines["period"])
        with_it, without = (lines[name] / scale.divisor for name in ("fitted", "counterfactual"))
        top.plot(days, with_it, color=PALETTE["blue"], linewidth=1.6)
        top.plot(days, without, color=PALETTE["purple"], linewidth=1.6,
                 linestyle="--")  # fmt: skip
        _name_end(top, days, with_it, "model", PALETTE["blue"], 8)
        _name_end(top, days, without, "model without\nthe change",
                  PALETTE["purple"], -8)  # fmt: skip
        ticks(top)
        top.set_ylabel(f"{scale.words} a {effect.period}")
        top.set_title("What the model expects with and without the change")
        _adding_up(low, path, unit)
        for axes in (top, low):
            axes.axvline(
                pd.Period(effect.interruption).to_timestamp(), color=PALETTE["blue"], linewidth=1
            )
        name_line(
            top, effect.interruption.to_timestamp(), f"cut {effect.interruption} ", PALETTE["blue"]
        )
        event = competing and as_period(competing, series.index, what="the concurrent event")
        _mark_concurrent([top, low], top, event, name)
        top.set_xlim(right=days[-1] + pd.Timedelta(days=330))
    row = effect.row("cumulative")
    throughout = bool(((path["ci_low"] < 0) & (path["ci_high"] > 0)).all())
    description = (
        f"Observed amounts with the model's line and its line without the terms of "
        f"{effect.interruption}. Below, the difference adding up to "
        f"{unit.say(row['estimate'])} "
        f"by {effect.through}, with a 95% interval from {unit.say(row['ci_low'])} to "
        f"{unit.say(row['ci_high'])}" + (" that holds zero throughout." if throughout else ".")
    )
    frame = path.assign(period=path["period"].astype(str))
    table = Table(frame, **WORDS.table("counterfactual_path", unit=unit.words),
                  formats=unit.formats(frame))  # fmt: skip
    return Chart(figure, "counterfactual", "The effect and its limits", description, table)


def _adding_up(axes: Axes, path: pd.DataFrame, unit: Unit) -> None:
    """Draw the cumulative effect with its interval."""
    scale = unit.scale(path[["cumulative", "ci_low", "ci_high"]].to_numpy().ravel())
    days = first_days(path["period"])
    zero(axes)
    band(axes, days, path["ci_low"] / scale.divisor, path["ci_high"] / scale.divisor)
    axes.plot(days, path["cumulative"] / scale.divisor, color=PALETTE["blue"], linewidth=1.6)
    last = path.iloc[-1]
    words = (
        f"{scale.signed(last['cumulative'])} {scale.words} by {last['period']}\n95% interval "
        f"{scale.signed(last['ci_low'])} to {scale.signed(last['ci_high'])}"
    )
    end = (days[-1], last["cumulative"] / scale.divisor)
    say(axes, words, end, shift=(12, 0), colour=PALETTE["blue"])
    axes.set_ylabel(f"{scale.words}, added up")


def _name_end(
    axes: Axes, days: pd.DatetimeIndex, values: pd.Series, name: str, colour: str, shift: int
) -> None:
    say(axes, name, (days[-1], values.iloc[-1]), shift=(6, shift), colour=colour)


def groups(
    found: pd.DataFrame | None, values: pd.DataFrame, competing: Sequence[str], *, unit: Unit
) -> Chart | Callout:
    """Draw each group's amounts with its own start; the table behind is that of their answers."""
    if found is None:
        return Callout(WORDS.sentence("no_groups"))
    starts = found.set_index("group")["start"].drop(TOGETHER, errors="ignore")
    drawn = starts[:MOST_PANELS]
    rows = -(-len(drawn) // 3)
    scale, days = unit.scale(values.to_numpy().ravel()), first_days(values.index)
    with canvas(9.5, 0.5 + 1.9 * rows, nrows=rows, ncols=3, sharex=True, squeeze=False) as drawing:
        figure, panels = drawing
        for axes, (group, start) in zip(panels.flat, drawn.items(), strict=False):
            axes.plot(days, values[group] / scale.divisor, color=PALETTE["black"], linewidth=1)
            for event in competing:
                axes.axvline(pd.Period(event).to_timestamp(), color=PALETTE["orange"], linewidth=1)
            if start != NEVER:
                axes.axvline(pd.Period(start).to_timestamp(), color=PALETTE["blue"], linewidth=1.4)
            axes.set_title(textwrap.shorten(f"{group}: {start}", 34), fontsize=9)
            ticks(axes)
            axes.xaxis.set_major_locator(AutoDateLocator(minticks=2, maxticks=4))
            axes.xaxis.set_tick_params(labelbottom=True)
        for axes in panels.flat[len(drawn) :]:
            axes.set_visible(False)
        figure.supylabel(f"{scale.words} a {period_name(values.index)}", fontsize=9)
    told = ", ".join(f"{group} {start}" for group, start in drawn.items())
    more = WORDS.sentence("more_groups", more=len(starts) - len(drawn))
    events = WORDS.sentence("events_drawn") if competing else ""
    description = WORDS.sentence("groups_drawn", starts=told, events=events) + (
        f" {more}" if len(starts) > len(drawn) else ""
    )
    table = tables.groups(found, unit=unit)
    return Chart(figure, "by_group", "Each group from its own start", description, table)


def attribution(shared: Attribution | None, *, unit: Unit) -> Chart | Callout:
    """Draw each part of the change with its interval, the observed change below."""
    if shared is None:
        return Callout(WORDS.sentence("no_attribution"))
    table = shared.table
    amounts = table[["change", "ci_low", "ci_high"]].to_numpy()
    scale = unit.scale(amounts.ravel())
    with canvas(9.5, 0.6 + 0.52 * len(table)) as (figure, axes):
        names = [f"{part}\n{_span(*months)}" for part, *months in table.iloc[:, :3].to_numpy()]
        observed = table["part"] == "Observed change"
        colours = np.where(observed, PALETTE["black"], PALETTE["blue"]).tolist()
        lines = [(*ends / scale.divisor, scale.signed(ends[0])) for ends in amounts]
        forest(axes, lines, names, colours)
        axes.set_xlabel(f"{scale.words}, with 95% interval")
        axes.set_title("What the change from before to after is made of")
    frame = table.assign(**{name: table[name].astype(str) for name in ("from", "through")})
    shown = Table(
        frame,
        **WORDS.table("attribution_parts", unit=unit.words),
        formats=unit.formats(frame),
        anchor="part",
    )
    return Chart(figure, "attribution", "What the change is made of", shared.text, shown)


def _span(first: pd.Period, last: pd.Period) -> str:
    return f"{first}" if first == last else f"{first} to {last}"


__dir__ = showing(globals())
