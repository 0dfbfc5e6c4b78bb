"""Pictures of what the answer hangs on: dates, choices, single months, and what could be seen."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from coee_nb import formats as fmt
from coee_nb.collections.drawing import P_VALUES
from coee_nb.collections.effects import Effect
from coee_nb.collections.events import CONCURRENT, Calendar
from coee_nb.collections.robustness.diagnostics import Influence, Residuals
from coee_nb.collections.robustness.power import Detectable
from coee_nb.collections.robustness.sensitivity import Scan
from coee_nb.collections.robustness.specifications import SpecificationCurve
from coee_nb.collections.units import Unit
from coee_nb.drawing import (
    PALETTE,
    canvas,
    first_days,
    forest,
    name_line,
    say,
    zero,
)
from coee_nb.engines.ar1.periods import as_period
from coee_nb.outputs import Callout, Chart, Table
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.collections")


def interruption_dates(table: pd.DataFrame | str, *, unit: Unit) -> Chart | Callout:
    """Draw the cumulative effect of each interruption date with its interval."""
    if isinstance(table, str):
        return Callout(table)
    amounts = table[["estimate", "ci_low", "ci_high"]].to_numpy()
    scale = unit.scale(amounts.ravel())
    with canvas(9.5, 1.2 + 0.5 * len(table)) as (figure, axes):
        words = ["{}  ({} to {})".format(*map(scale.signed, ends)) for ends in amounts]
        rows = [(*ends / scale.divisor, said) for ends, said in zip(amounts, words, strict=True)]
        forest(axes, rows, table["interruption_date"])
        axes.set_xlabel(f"cumulative effect, {scale.words}, with 95% interval")
        axes.set_title("The same question asked from each date")
    description = "Cumulative effect by interruption date: " + "; ".join(
        f"{row.interruption_date}, {unit.say(row.estimate)} (95% interval "
        f"{unit.say(row.ci_low)} to {unit.say(row.ci_high)})"
        for row in table.itertuples()
    )
    frame = table.assign(**{name: table[name].astype(str) for name in ("from", "through")})
    shown = Table(
        frame,
        **WORDS.table("interruption_dates_effects", unit=unit.words),
        formats=unit.formats(frame) | {"p": fmt.p_value},
    )
    return Chart(
        figure, "interruption_dates", "Interruption dates side by side", f"{description}.", shown
    )


_CHOICES = ("scale", "interruption", "washout", "concurrent", "pulses", "season")


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
        top.set_ylabel("average effect, percent of\nwhat was expected, 95% interval")
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
        curve.table,
        **WORDS.table("specification_curve_values"),
        formats=P_VALUES | {"p": fmt.p_value},
        show=(
            *_CHOICES,
            "rho",
            "effect_percent",
            "ci_low_percent",
            "ci_high_percent",
            "p",
            "answer",
        ),
        rows=16,
        digits=6,
    )
    return Chart(figure, "specification_curve", "Specification curve", curve.text, shown)


def _curve_colours(table: pd.DataFrame) -> np.ndarray:
    """Grey for the inadmissible; orange or blue for the others, by whether zero is excluded."""
    sure = np.where(table["p"] < 0.05, PALETTE["orange"], PALETTE["blue"])
    return np.where(table["admissible"], sure, PALETTE["grey"])


def _name_groups(axes: Axes, table: pd.DataFrame, name: str) -> None:
    admissible = int(table["admissible"].sum())
    axes.axvline(admissible - 0.5, color=PALETTE["grey"], linewidth=0.8)
    place: dict[str, Any] = {"xycoords": ("data", "axes fraction"), "fontsize": 9, "va": "top"}
    axes.annotate("interval holds zero", (0, 0.99), color=PALETTE["blue"], **place)
    axes.annotate("interval excludes zero", (0, 0.92), color=PALETTE["orange"], **place)
    if admissible < len(table):
        axes.annotate(f"{name} without a term:\nexcluded", (admissible + 1, 0.99),
                      color=PALETTE["grey"], **place)  # fmt: skip


def placebo(scan: Scan, real: str, calendar: Calendar | None = None) -> Chart:
    """Draw the test statistic of each interruption date, the real one named."""
    table = scan.table
    start = as_period(real, pd.PeriodIndex(table["interruption"]), what="the real date")
    days = first_days(table["interruption"])
    with canvas(9.5, 3.8) as (figure, axes):
        colours = np.where(table["interruption"] == start, PALETTE["orange"], PALETTE["grey"])
        axes.vlines(days, 0, table["statistic"], colors=colours, linewidth=2)
        axes.scatter(days, table["statistic"], c=colours, s=28, zorder=3)
        axes.axhline(1.96, color=PALETTE["blue"], linewidth=1, linestyle="--")
        say(axes, "about 5%", (days[0], 1.96), shift=(4, 8), colour=PALETTE["blue"])
        for row in table[(table["interruption"] == start) | (table["rank"] <= 2)].itertuples():
            real_one = row.interruption == start
            words = f"{row.interruption}, rank {row.rank}" + (" (real)" if real_one else "")
            say(axes, words, (row.interruption.to_timestamp(), row.statistic),
                shift=(-7 if real_one else 7, 6),
                colour=PALETTE["orange"] if real_one else PALETTE["black"])  # fmt: skip
        axes.set_ylim(0, table["statistic"].max() * 1.15)
        axes.set_ylabel("larger of |t| for level and slope")
        axes.set_xlabel("interruption placed at")
        axes.set_title("The same model with its interruption at earlier dates")
    frame = table.assign(interruption=table["interruption"].astype(str))
    shown = Table(
        frame,
        **WORDS.table("placebo_dates"),
        formats=P_VALUES | {"rank": fmt.count},
        anchor="interruption",
    )
    told = scan.text + _explained(scan, calendar)
    return Chart(figure, "placebo", "Placebo dates", told, shown)


def _explained(scan: Scan, calendar: Calendar | None, most: int = 3) -> str:
    """Say which of the largest statistics stand at the month of a listed event, or the next."""
    if calendar is None:
        return ""
    leading = scan.table[scan.table["interruption"] != scan.real].nlargest(most, "statistic")
    near = [
        f"{cut} ({events['event'].iloc[-1]})"
        for cut in leading["interruption"]
        if len(events := calendar.within(*_months(cut - 1, cut), CONCURRENT))
    ]
    return f" Near a listed event, and so no placebo: {'; '.join(near)}." if near else ""


def _months(first: pd.Period, last: pd.Period) -> tuple[pd.Period, pd.Period]:
    return first.asfreq("M", "start"), last.asfreq("M", "end")


def power_curve(found: Detectable, effect: Effect) -> Chart:
    """Draw how likely an effect of each size is to be found, the detectable one named."""
    curve, row, unit = found.curve, effect.row("cumulative"), effect.unit
    scale = unit.scale(curve["size"])
    smallest = float(found.table["detectable"].iloc[-1])
    with canvas(9.5, 3.8) as (figure, axes):
        axes.plot(curve["size"] / scale.divisor, 100 * curve["power"], color=PALETTE["blue"])
        axes.plot([smallest / scale.divisor], [80], "o", color=PALETTE["orange"])
        say(axes, f"found four times in five: {scale.said(smallest)} {scale.words}",
            (smallest / scale.divisor, 80), shift=(10, -8),
            colour=PALETTE["orange"], size=10)  # fmt: skip
        size = abs(row["estimate"])
        axes.axvline(size / scale.divisor, color=PALETTE["grey"], linewidth=1)
        name_line(axes, size / scale.divisor, f"size of the estimate: {scale.said(size)}",
                  PALETTE["grey"], left=False)  # fmt: skip
        axes.set_ylim(0, 102)
        axes.set_xlim(left=0)
        axes.set_ylabel("percent of simulated series")
        axes.set_xlabel(f"true cumulative effect, {scale.words}")
        axes.set_title("How often an effect of each size would be shown")
    shown = Table(
        curve,
        **WORDS.table("power_curve_values", unit=unit.words),
        formats=unit.formats(curve)
        | {
            "size_percent": lambda v: fmt.number(v, 1),
            "power": lambda v: fmt.percent(v, 1, 1),
        },
    )
    return Chart(figure, "power_curve", "What could have been seen", found.text, shown)


def diagnostics(left: Residuals, influence: Influence, named: int = 3) -> Chart:
    """Draw what autocorrelation is left, and how far each month alone moves the estimate."""
    lags, months = left.correlations, influence.table.sort_values("period")
    with canvas(9.5, 5.6, nrows=2) as (figure, (top, low)):
        limit = float(lags["limit"].iloc[0])
        top.axhspan(-limit, limit, color=PALETTE["sky"], alpha=0.25, linewidth=0)
        top.vlines(lags["lag"], 0, lags["autocorrelation"], colors=PALETTE["blue"], linewidth=3)
        zero(top)
        top.set_xticks(lags["lag"])
        top.set_xlabel("periods apart")
        top.set_ylabel("autocorrelation")
        top.set_title("Autocorrelation the model leaves (band: 95% limits if there is none)")
        days = first_days(months["period"])
        low.vlines(days, 0, months["change_in_se"], colors=PALETTE["grey"], linewidth=2)
        zero(low)
        for row in influence.table.head(named).itertuples():
            first = row.Index == 0
            say(low, f"{row.period}", (row.period.to_timestamp(), row.change_in_se),
                shift=(-5 if first else 5, 0), colour=PALETTE["orange"])  # fmt: skip
        low.margins(y=0.25)
        low.set_ylabel("change, in standard errors")
        low.set_title("How far the estimate moves when one period is left out")
    frame = influence.table.assign(period=influence.table["period"].astype(str))
    shown = Table(frame, **WORDS.table("influence"), rows=12)
    description = f"{left.text} {influence.text}"
    return Chart(figure, "diagnostics", "Residuals and influence", description, shown)
