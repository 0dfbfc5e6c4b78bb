"""Collections in pictures: a result goes in, a figure with its description and table comes out."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from coee_nb import formats as fmt
from coee_nb.collections import events as calendar_room
from coee_nb.collections.diagnostics import Influence, Residuals
from coee_nb.collections.effects import Attribution, Effect
from coee_nb.collections.events import Calendar
from coee_nb.collections.power import Detectable
from coee_nb.collections.sensitivity import Scan, SpecificationCurve
from coee_nb.collections.tie_out import TieOut
from coee_nb.exhibits import PALETTE, Chart, Table, canvas

KIND_COLOURS = {
    calendar_room.PHASE_IN: PALETTE["grey"],
    calendar_room.INTERVENTION: PALETTE["blue"],
    calendar_room.TARIFF: PALETTE["orange"],
    calendar_room.REFUND: PALETTE["green"],
    calendar_room.OTHER: PALETTE["purple"],
}
MILLION_DOLLARS = "million dollars a month"
_PLATE = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}  # keeps lines off the letters
_P_VALUES = {"level_p": fmt.p_value, "slope_p": fmt.p_value}


def _days(periods: Sequence[pd.Period]) -> pd.DatetimeIndex:
    return pd.PeriodIndex(periods).to_timestamp()


def _thousands(axes: Axes, axis: str = "y") -> None:
    getattr(axes, f"{axis}axis").set_major_formatter(lambda value, _: f"{value:,.0f}")


def _whole_dollars(frame: pd.DataFrame, ending: str = "_musd") -> dict:
    return {name: fmt.count for name in frame.columns if str(name).endswith(ending)}


def monthly_series(series: pd.Series, calendar: Calendar) -> Chart:
    """Draw the monthly series over a strip that names every event of the same months."""
    events = calendar.within(series.index[0], series.index[-1])
    height = 3.6 + 0.27 * len(events)
    ratios = {"height_ratios": [3.2, 0.27 * max(len(events), 1)]}
    with canvas(9.5, height, nrows=2, sharex=True, gridspec_kw=ratios) as (figure, (top, strip)):
        days = _days(series.index)
        top.plot(days, series.to_numpy(), color=PALETTE["black"], linewidth=1.3)
        _thousands(top)
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
        top.set_title("Collections by month, and everything else that moved them")
    description = (
        f"Collections by month from {series.index[0]} through {series.index[-1]}, between "
        f"{fmt.millions(series.min(), 1)} and {fmt.millions(series.max(), 1)}, with "
        f"{len(events)} events named below by date: "
        + "; ".join(f"{row.date:%Y-%m-%d} {row.event}" for row in events.itertuples())
        + "."
    )
    frame = pd.DataFrame({"month": series.index.astype(str), "receipts_musd": series.to_numpy()})
    table = Table(frame, "monthly_series_values", "Collections by month, in millions of dollars",
                  formats=_whole_dollars(frame))  # fmt: skip
    return Chart(figure, "monthly_series", "Collections by month", description, table)


def _name_event(strip: Axes, row: object, place: int, colour: str, days: pd.DatetimeIndex) -> None:
    """Mark an event in its own line of the strip, its name on the side that has room."""
    strip.plot([row.date, row.date], [-0.6, place], color=colour, linewidth=0.8, alpha=0.7)
    strip.plot([row.date], [place], marker="o", markersize=4, color=colour)
    left = row.date > days[0] + (days[-1] - days[0]) / 2
    strip.annotate(
        f"{row.date:%Y-%m-%d}  {row.event}", (row.date, place),
        xytext=(-6 if left else 6, 0), textcoords="offset points",
        ha="right" if left else "left", va="center", fontsize=8, color=colour,
        bbox=_PLATE,
    )  # fmt: skip


def annual_bars(tied: TieOut, first_post_year: int) -> Chart:
    """Draw fiscal-year sums, before and after, with the other published figures beside them."""
    sums = tied.table.drop_duplicates("fiscal_year")
    others = tied.table[tied.table["result"] == "another definition"]
    marks = {
        "duties": ("s", "green"), "duties, taxes and fees": ("D", "orange"),
        "duties and taxes, entry data": ("^", "purple"),
    }  # fmt: skip
    with canvas(9.5, 4.8) as (figure, axes):
        post = sums["fiscal_year"] >= first_post_year
        colours = np.where(post, PALETTE["blue"], PALETTE["grey"])
        axes.bar(sums["fiscal_year"], sums["series_musd"] / 1000, color=colours, width=0.62)
        for row in sums.itertuples():
            axes.text(row.fiscal_year, 0.03, f"{row.series_musd / 1000:.1f}", ha="center",
                      va="bottom", color="white", fontweight="bold",
                      transform=axes.get_xaxis_transform())  # fmt: skip
        for definition, rows in others.groupby("definition", sort=False):
            marker, colour = marks.get(str(definition), ("o", "sky"))
            _mark_published(axes, str(definition), rows, marker, PALETTE[colour])
        axes.set_xlim(sums["fiscal_year"].min() - 0.6, sums["fiscal_year"].max() + 1.75)
        axes.set_xticks(sums["fiscal_year"], [f"FY{year}" for year in sums["fiscal_year"]])
        axes.set_ylabel("billion dollars a fiscal year")
        axes.set_title("Collections by fiscal year: before (grey) and after (blue)")
    description = (
        "Sums of the months by fiscal year, in billions of dollars: "
        + ", ".join(f"{r.fiscal_year} {r.series_musd / 1000:.1f}" for r in sums.itertuples())
        + f". The years from {first_post_year} on count as after."
        + (f" {_other_definitions(others)}" if len(others) else "")
    )
    table = Table(
        tied.table, "tie_out", "Sums of the months against published annual figures",
        formats=_whole_dollars(tied.table)
        | {"fiscal_year": str, "difference_percent": lambda v: fmt.number(v, 1)},
        show=("fiscal_year", "definition", "relation", "series_musd", "published_musd",
              "difference_musd", "difference_percent", "result", "source"),
    )  # fmt: skip
    return Chart(figure, "annual_bars", "Collections by fiscal year", description, table)


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
    axes.annotate(
        definition.replace(", entry data", ",\nentry data (Figure 6)"),
        (rows["fiscal_year"].iloc[-1] + 0.36, amounts.iloc[-1]),
        xytext=(0, {"s": -12, "^": 8}.get(marker, 0)), textcoords="offset points",
        va="center", fontsize=8.5, color=colour,
    )  # fmt: skip


def naive_by_end(table: pd.DataFrame, cut: str, competing: str, *, name: str) -> Chart:
    """Draw the naive slope after the cut as the series is allowed to run further."""
    days = _days(table["end"])
    with canvas(9.5, 4) as (figure, axes):
        axes.axhline(0, color=PALETTE["grey"], linewidth=0.8)
        axes.fill_between(days, table["slope_ci_low"], table["slope_ci_high"],
                          color=PALETTE["sky"], alpha=0.3, linewidth=0)  # fmt: skip
        axes.plot(days, table["slope"], color=PALETTE["blue"], linewidth=1.8)
        rival = pd.Period(competing, "M").to_timestamp()
        axes.axvline(rival, color=PALETTE["orange"], linewidth=1.2)
        _name_line(axes, rival, f"{name} from {competing} ", PALETTE["orange"])
        axes.annotate(f"{table['slope'].iloc[-1]:+.0f}", (days[-1], table["slope"].iloc[-1]),
                      xytext=(6, 0), textcoords="offset points", va="center",
                      color=PALETTE["blue"], fontweight="bold")  # fmt: skip
        axes.set_ylabel("change of slope, million\ndollars a month each month")
        axes.set_xlabel("last month of the series used")
        axes.set_title(f'The "effect" of {cut} grows with every month of {name} let in')
    before = table[table["end"] < pd.Period(competing, "M")].iloc[-1]
    last = table.iloc[-1]
    description = (
        f"Change of slope at {cut} in a model without {name}, by the last month used: "
        f"{before['slope']:+.1f} million dollars a month with months through {before['end']} "
        f"(p {fmt.p_value(before['slope_p'])}), {last['slope']:+.1f} with months through "
        f"{last['end']} (p {fmt.p_value(last['slope_p'])})."
    )
    frame = table.assign(end=table["end"].astype(str))
    shown = Table(frame, "naive_by_end_values", "One cut and no other term, by the last month used",
                  formats=_P_VALUES | {"points": fmt.count})  # fmt: skip
    return Chart(figure, "naive_by_end", "The naive effect by last month", description, shown)


def counterfactual(
    series: pd.Series, effect: Effect, path: pd.DataFrame, competing: str, *, name: str
) -> Chart:
    """Draw observed, fitted and expected collections, and below them the effect adding up."""
    lines = effect.counterfactual
    with canvas(9.5, 6.4, nrows=2, sharex=True, height_ratios=[3, 2]) as (figure, (top, low)):
        top.plot(_days(series.index), series.to_numpy(), ".", color=PALETTE["grey"], markersize=5)
        days = _days(lines["period"])
        top.plot(days, lines["fitted"], color=PALETTE["blue"], linewidth=1.6)
        top.plot(days, lines["counterfactual"], color=PALETTE["purple"], linewidth=1.6,
                 linestyle="--")  # fmt: skip
        _name_end(top, days, lines["fitted"], "model", PALETTE["blue"], 8)
        _name_end(top, days, lines["counterfactual"], "model without\nthe change",
                  PALETTE["purple"], -8)  # fmt: skip
        _thousands(top)
        top.set_ylabel(MILLION_DOLLARS)
        top.set_title("What the model expects with and without the change")
        _adding_up(low, path)
        rival = pd.Period(competing, "M").to_timestamp()
        for axes in (top, low):
            axes.axvline(pd.Period(effect.cut).to_timestamp(), color=PALETTE["blue"], linewidth=1)
            axes.axvline(rival, color=PALETTE["orange"], linewidth=1)
        _name_line(top, effect.cut.to_timestamp(), f"cut {effect.cut} ", PALETTE["blue"])
        _name_line(top, rival, f"{name} from {competing} ", PALETTE["orange"])
        top.set_xlim(right=days[-1] + pd.Timedelta(days=330))
    row = effect.row("cumulative")
    throughout = bool(((path["ci_low_musd"] < 0) & (path["ci_high_musd"] > 0)).all())
    description = (
        f"Observed collections with the model's line and its line without the terms of "
        f"{effect.cut}. Below, the difference adding up to {fmt.millions(row['estimate_musd'], 1)} "
        f"by {effect.through}, with a 95 % interval from {fmt.millions(row['ci_low_musd'], 1)} to "
        f"{fmt.millions(row['ci_high_musd'], 1)}"
        + (" that holds zero throughout." if throughout else ".")
    )
    frame = path.assign(period=path["period"].astype(str))
    table = Table(frame, "counterfactual_path", "The effect adding up, in millions of dollars",
                  formats=_whole_dollars(frame))  # fmt: skip
    return Chart(figure, "counterfactual", "The effect and its limits", description, table)


def _adding_up(axes: Axes, path: pd.DataFrame) -> None:
    """Draw the cumulative effect with its interval."""
    days = _days(path["period"])
    axes.axhline(0, color=PALETTE["grey"], linewidth=0.8)
    axes.fill_between(days, path["ci_low_musd"] / 1000, path["ci_high_musd"] / 1000,
                      color=PALETTE["sky"], alpha=0.35, linewidth=0)  # fmt: skip
    axes.plot(days, path["cumulative_musd"] / 1000, color=PALETTE["blue"], linewidth=1.6)
    last = path.iloc[-1]
    axes.annotate(
        f"{last['cumulative_musd'] / 1000:+.1f} billion dollars by {last['period']}\n95 % interval "
        f"{last['ci_low_musd'] / 1000:+.1f} to {last['ci_high_musd'] / 1000:+.1f}",
        (days[-1], last["cumulative_musd"] / 1000), xytext=(12, 0), textcoords="offset points",
        va="center", color=PALETTE["blue"], fontsize=9,
    )  # fmt: skip
    axes.set_ylabel("billion dollars, added up")


def _name_end(
    axes: Axes, days: pd.DatetimeIndex, values: pd.Series, name: str, colour: str, shift: int
) -> None:
    axes.annotate(name, (days[-1], values.iloc[-1]), xytext=(6, shift),
                  textcoords="offset points", va="center", color=colour, fontsize=9)  # fmt: skip


def _name_line(axes: Axes, day: pd.Timestamp, name: str, colour: str) -> None:
    axes.annotate(name, (day, 0.95), xycoords=("data", "axes fraction"), ha="right", va="center",
                  color=colour, fontsize=9)  # fmt: skip


def attribution(shared: Attribution) -> Chart:
    """Draw each part of the change with its interval, the observed change below."""
    table = shared.table
    with canvas(9.5, 0.6 + 0.52 * len(table)) as (figure, axes):
        for place, row in enumerate(table.itertuples()):
            colour = PALETTE["black"] if row.part == "Observed change" else PALETTE["blue"]
            if np.isfinite(row.ci_low_musd):
                axes.plot([row.ci_low_musd / 1000, row.ci_high_musd / 1000], [place, place],
                          color=colour, linewidth=2, alpha=0.5)  # fmt: skip
            axes.plot([row.change_musd / 1000], [place], "o", color=colour, markersize=7)
            axes.annotate(f"{row.change_musd / 1000:+.1f}", (row.change_musd / 1000, place),
                          xytext=(0, 9), textcoords="offset points", ha="center", fontsize=9,
                          va="center", color=colour, bbox=_PLATE)  # fmt: skip
        axes.axvline(0, color=PALETTE["grey"], linewidth=0.8)
        names = [f"{part}\n{_span(*months)}" for part, *months in table.iloc[:, :3].to_numpy()]
        axes.set_yticks(range(len(table)), names, fontsize=8.5)
        axes.set_ylim(len(table) - 0.5, -0.7)
        axes.grid(visible=False, axis="y")
        axes.set_xlabel("billion dollars, with 95 % interval")
        axes.set_title("What the change from before to after is made of")
    frame = table.assign(**{name: table[name].astype(str) for name in ("from", "through")})
    shown = Table(frame, "attribution_parts", "The change shared out, in millions of dollars",
                  formats=_whole_dollars(frame), anchor="part")  # fmt: skip
    return Chart(figure, "attribution", "What the change is made of", shared.text, shown)


def _span(first: pd.Period, last: pd.Period) -> str:
    return f"{first}" if first == last else f"{first} to {last}"


def cut_dates(table: pd.DataFrame) -> Chart:
    """Draw the cumulative effect of each cut date with its interval."""
    with canvas(9.5, 1.2 + 0.5 * len(table)) as (figure, axes):
        for place, row in enumerate(table.itertuples()):
            low, high = row.ci_low_musd / 1000, row.ci_high_musd / 1000
            axes.plot([low, high], [place, place], color=PALETTE["blue"], linewidth=2, alpha=0.5)
            axes.plot([row.estimate_musd / 1000], [place], "o", color=PALETTE["blue"])
            axes.annotate(
                f"{row.estimate_musd / 1000:+.1f}  ({low:+.1f} to {high:+.1f})",
                (row.estimate_musd / 1000, place), xytext=(0, 11), ha="center",
                textcoords="offset points", va="center", fontsize=9, color=PALETTE["blue"],
                bbox=_PLATE,
            )  # fmt: skip
        axes.axvline(0, color=PALETTE["grey"], linewidth=0.8)
        axes.set_yticks(range(len(table)), table["cut_date"], fontsize=9)
        axes.set_ylim(len(table) - 0.5, -0.7)
        axes.grid(visible=False, axis="y")
        axes.set_xlabel("cumulative effect, billion dollars, with 95 % interval")
        axes.set_title("The same question asked from each date")
    description = "Cumulative effect by cut date: " + "; ".join(
        f"{row.cut_date}, {fmt.millions(row.estimate_musd, 1)} (95 % interval "
        f"{fmt.millions(row.ci_low_musd, 1)} to {fmt.millions(row.ci_high_musd, 1)})"
        for row in table.itertuples()
    )
    frame = table.assign(**{name: table[name].astype(str) for name in ("from", "through")})
    shown = Table(
        frame, "cut_dates_effects", "The cumulative effect from each cut date",
        formats=_whole_dollars(frame) | {"p": fmt.p_value},
        show=("cut_date", "from", "through", "months", "estimate_musd", "se_musd", "ci_low_musd",
              "ci_high_musd", "p", "detectable_musd"),
    )  # fmt: skip
    return Chart(figure, "cut_dates", "Cut dates side by side", f"{description}.", shown)


_CHOICES = ("scale", "cut", "washout", "competing", "pulses", "season")


def specification_curve(curve: SpecificationCurve, *, name: str) -> Chart:
    """Draw the effect under every combination of choices, and below it what was chosen."""
    table = curve.table[curve.table["reason"] == ""].sort_values(
        ["admissible", "effect_percent"], ascending=[False, True], ignore_index=True
    )
    levels = [(choice, v) for choice in _CHOICES for v in table[choice].drop_duplicates()]
    with canvas(10, 7.6, nrows=2, sharex=True, height_ratios=[1, 1]) as (figure, (top, below)):
        colours = _curve_colours(table)
        top.vlines(table.index, table["ci_low_percent"], table["ci_high_percent"], colors=colours,
                   linewidth=1, alpha=0.45)  # fmt: skip
        top.scatter(table.index, table["effect_percent"], c=colours, s=9, zorder=3)
        top.axhline(0, color=PALETTE["black"], linewidth=0.8)
        _name_groups(top, table, name)
        top.set_ylabel("average effect, percent of\nwhat was expected, 95 % interval")
        top.set_title("The answer under every declared combination of choices")
        for place, (choice, value) in enumerate(levels):
            chosen = table.index[table[choice] == value]
            below.plot(chosen, np.full(len(chosen), place), "|", color=PALETTE["black"],
                       markersize=5, markeredgewidth=0.7)  # fmt: skip
        below.set_yticks(range(len(levels)), [f"{n}: {v}" for n, v in levels], fontsize=7.5)
        below.set_ylim(len(levels) - 0.5, -0.5)
        below.grid(visible=False)
        below.set_xlabel("specifications, in order of the effect within each group")
    shown = Table(
        curve.table, "specification_curve_values", "Every declared specification",
        formats=_P_VALUES | {"p": fmt.p_value},
        show=(*_CHOICES, "rho", "effect_percent", "ci_low_percent", "ci_high_percent", "p",
              "answer"),
        rows=24,
    )  # fmt: skip
    return Chart(figure, "specification_curve", "Specification curve", curve.text, shown)


def _curve_colours(table: pd.DataFrame) -> np.ndarray:
    """Grey for the inadmissible; orange or blue for the others, by whether zero is excluded."""
    sure = np.where(table["p"] < 0.05, PALETTE["orange"], PALETTE["blue"])
    return np.where(table["admissible"], sure, PALETTE["grey"])


def _name_groups(axes: Axes, table: pd.DataFrame, name: str) -> None:
    admissible = int(table["admissible"].sum())
    axes.axvline(admissible - 0.5, color=PALETTE["grey"], linewidth=0.8)
    place = {"xycoords": ("data", "axes fraction"), "fontsize": 9, "va": "top"}
    axes.annotate("interval holds zero", (0, 0.99), color=PALETTE["blue"], **place)
    axes.annotate("interval excludes zero", (0, 0.92), color=PALETTE["orange"], **place)
    axes.annotate(f"{name} without a term:\nset aside", (admissible + 1, 0.99),
                  color=PALETTE["grey"], **place)  # fmt: skip


def placebo(scan: Scan, real: str) -> Chart:
    """Draw the test statistic of each cut date, the real one named."""
    table = scan.table
    start = pd.Period(real, "M")
    days = _days(table["cut"])
    with canvas(9.5, 3.8) as (figure, axes):
        colours = np.where(table["cut"] == start, PALETTE["orange"], PALETTE["grey"])
        axes.vlines(days, 0, table["statistic"], colors=colours, linewidth=2)
        axes.scatter(days, table["statistic"], c=colours, s=28, zorder=3)
        axes.axhline(1.96, color=PALETTE["blue"], linewidth=1, linestyle="--")
        axes.annotate("about 5 %", (days[0], 1.96), xytext=(-4, 4), textcoords="offset points",
                      color=PALETTE["blue"], fontsize=9)  # fmt: skip
        for row in table[(table["cut"] == start) | (table["rank"] <= 2)].itertuples():
            real_one = row.cut == start
            axes.annotate(
                f"{row.cut}, rank {row.rank}" + (" (real)" if real_one else ""),
                (row.cut.to_timestamp(), row.statistic), xytext=(-7 if real_one else 7, 4),
                ha="right" if real_one else "left", textcoords="offset points", fontsize=9,
                color=PALETTE["orange"] if real_one else PALETTE["black"],
            )  # fmt: skip
        axes.set_ylim(0, table["statistic"].max() * 1.15)
        axes.set_ylabel("larger of |t| for level and slope")
        axes.set_xlabel("cut placed at")
        axes.set_title("The same model where nothing happened")
    frame = table.assign(cut=table["cut"].astype(str))
    shown = Table(frame, "placebo_dates", "The same model at every cut date",
                  formats=_P_VALUES | {"rank": fmt.count}, anchor="cut")  # fmt: skip
    return Chart(figure, "placebo", "Placebo dates", scan.text, shown)


def power_curve(found: Detectable, effect: Effect) -> Chart:
    """Draw how likely an effect of each size is to be found, the detectable one named."""
    curve, row = found.curve, effect.row("cumulative")
    smallest = float(found.table["detectable_musd"].iloc[-1])
    with canvas(9.5, 3.8) as (figure, axes):
        axes.plot(curve["size_musd"] / 1000, 100 * curve["power"], color=PALETTE["blue"])
        axes.plot([smallest / 1000], [80], "o", color=PALETTE["orange"])
        axes.annotate(f"found four times in five: {smallest / 1000:.1f} billion dollars",
                      (smallest / 1000, 80), xytext=(10, -4), textcoords="offset points",
                      va="top", color=PALETTE["orange"])  # fmt: skip
        size = abs(row["estimate_musd"]) / 1000
        axes.axvline(size, color=PALETTE["grey"], linewidth=1)
        axes.annotate(f"size of the estimate: {size:.1f}", (size, 0.95),
                      xycoords=("data", "axes fraction"), xytext=(6, 0), va="center",
                      textcoords="offset points", color=PALETTE["grey"])  # fmt: skip
        axes.set_ylim(0, 102)
        axes.set_xlim(left=0)
        axes.set_ylabel("percent of simulated series")
        axes.set_xlabel("true cumulative effect, billion dollars")
        axes.set_title("How often an effect of each size would be shown")
    shown = Table(curve, "power_curve_values", "Power by size of the cumulative effect",
                  formats={"size_musd": fmt.count, "size_percent": lambda v: fmt.number(v, 1),
                           "power": lambda v: fmt.percent(v, 1, 1)})  # fmt: skip
    return Chart(figure, "power_curve", "What could have been seen", found.text, shown)


def diagnostics(left: Residuals, influence: Influence, named: int = 3) -> Chart:
    """Draw what autocorrelation is left, and how far each month alone moves the estimate."""
    lags, months = left.correlations, influence.table.sort_values("period")
    with canvas(9.5, 5.6, nrows=2) as (figure, (top, low)):
        limit = float(lags["limit"].iloc[0])
        top.axhspan(-limit, limit, color=PALETTE["sky"], alpha=0.25, linewidth=0)
        top.vlines(lags["lag"], 0, lags["autocorrelation"], colors=PALETTE["blue"], linewidth=3)
        top.axhline(0, color=PALETTE["grey"], linewidth=0.8)
        top.set_xticks(lags["lag"])
        top.set_xlabel("months apart")
        top.set_ylabel("autocorrelation")
        top.set_title("Autocorrelation the model leaves (band: 95 % limits if there is none)")
        days = _days(months["period"])
        low.vlines(days, 0, months["change_in_se"], colors=PALETTE["grey"], linewidth=2)
        low.axhline(0, color=PALETTE["grey"], linewidth=0.8)
        for row in influence.table.head(named).itertuples():
            first = row.Index == 0
            low.annotate(f"{row.period}", (row.period.to_timestamp(), row.change_in_se),
                         xytext=(-5 if first else 5, 0), textcoords="offset points",
                         ha="right" if first else "left", va="center", fontsize=9,
                         color=PALETTE["orange"])  # fmt: skip
        low.margins(y=0.25)
        low.set_ylabel("change, in standard errors")
        low.set_title("How far the estimate moves when one month is left out")
    frame = influence.table.assign(period=influence.table["period"].astype(str))
    shown = Table(frame, "influence", "The estimate without each month, most influential first",
                  rows=12)  # fmt: skip
    description = f"{left.text} {influence.text}"
    return Chart(figure, "diagnostics", "Residuals and influence", description, shown)
