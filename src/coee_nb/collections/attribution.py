"""A change shared out among trend, the change looked at, the concurrent event and single months."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coee_nb.collections.effects import own_terms
from coee_nb.collections.its import Fit
from coee_nb.collections.units import Unit
from coee_nb.engines.ar1.design_matrix import Spell
from coee_nb.engines.ar1.periods import Date, as_period, period_name


@dataclass(frozen=True)
class Attribution:
    """A change between two periods, shared out among what the model holds responsible.

    ``table``: part, from, through, change, ci_low, ci_high, note; the last line is
    the observed change, and the parts add up to it. ``concurrent``: the line of the concurrent
    event; ``text``: the sentence a report may print.
    """

    table: pd.DataFrame
    concurrent: pd.Series
    text: str


def attribute(
    fit: Fit,
    interruption: Date,
    concurrent: Date,
    *,
    names: Mapping[str, str] | None = None,
    unit: Unit | None = None,
) -> Attribution:
    """Share the change from before to after ``interruption`` among what the model names.

    The change is the sum over the months from the interruption on less that over the months before
    it, the latter scaled to as many months. The part of the interruption is split at
    ``concurrent``: afterwards it is an extrapolation that no month of the data can check. ``names``
    gives the words for "change" and "concurrent". Intervals are 95%, each for its part.
    """
    words = {
        "change": "The change",
        "concurrent": "The concurrent event",
    } | dict(names or {})
    index = fit.design.terms.index
    start = as_period(interruption, index, what="the interruption")
    event = as_period(concurrent, index, what="the concurrent event")
    own, other = own_terms(fit, start), own_terms(fit, event)
    shift = _shift(fit, start)
    until = fit.design.terms.loc[start : event - 1, own].sum()
    parts = [
        ("Trend before it, continued", start, index[-1], {"trend": shift["trend"]}, ""),
        (words["change"], start, event - 1, until.to_dict(), "what the data can speak to"),
        (f"{words['change']}, extrapolated", event, index[-1], (shift[own] - until).to_dict(),
         "assumes that its line goes on unchanged: cannot be checked"),
        (words["concurrent"], event, index[-1], shift[other].to_dict(), ""),
    ]  # fmt: skip
    parts += [
        (f"{words['concurrent']}, further, {at}", at, index[-1], shift[terms].to_dict(), "")
        for at, terms in _further(fit, [*own, *other])
    ]
    parts += [
        (f"{_called(spell)}, {_span(spell)}", spell.first,
         index[-1] if spell.ramp else spell.last, {spell.name: shift[spell.name]}, _kind(spell))
        for spell in fit.design.pulses
    ]  # fmt: skip
    rows = [_part(fit, *part) for part in parts]
    table = pd.DataFrame([*rows, *_remainder(fit, start, rows)], columns=_PART_COLUMNS)
    concurrent_line = table.set_index("part").loc[words["concurrent"]]
    return Attribution(table, concurrent_line, _attribution_sentence(table, unit or Unit()))


def _span(spell: Spell) -> str:
    return str(spell.first) if spell.first == spell.last else f"{spell.first} to {spell.last}"


def _called(spell: Spell) -> str:
    if spell.ramp:
        return "Ramp"
    if spell.first < spell.last:
        return "Temporary effect"
    return f"Single {period_name(pd.PeriodIndex([spell.first]))}"


def _kind(spell: Spell) -> str:
    if spell.ramp:
        return "rises evenly and stays"
    one = spell.first == spell.last
    return f"one {period_name(pd.PeriodIndex([spell.first]))}" if one else "gone afterwards"


def _further(fit: Fit, taken: Sequence[str]) -> list[tuple[pd.Period, list[str]]]:
    """Return every other interruption with its terms, in order of time."""
    frequency = fit.design.terms.index.freq
    found: dict[pd.Period, list[str]] = {}
    for name in fit.coefficients.index:
        if name.startswith(("level[", "slope[")) and name not in taken:
            at = pd.Period(name.partition("[")[2].rstrip("]"), frequency)
            found.setdefault(at, []).append(name)
    return sorted(found.items())


_PART_COLUMNS = ["part", "from", "through", "change", "ci_low", "ci_high", "note"]


def _remainder(fit: Fit, start: pd.Period, rows: Sequence[tuple]) -> list[tuple]:
    """Return what the parts leave over of the observed change, and that change."""
    observed, nothing = fit.design.observed, float("nan")
    before, after = observed.loc[: start - 1], observed.loc[start:]
    change = float(after.sum() - len(after) / len(before) * before.sum())
    rest = change - sum(row[3] for row in rows)
    last = observed.index[-1]
    return [
        ("Season and residual", start, last, rest, nothing, nothing, "what is left over"),
        ("Observed change", start, last, change, nothing, nothing, "sum of the lines above"),
    ]


def _shift(fit: Fit, start: pd.Period) -> pd.Series:
    """Return by how much the sum of each term moves from before the interruption to after it."""
    terms = fit.design.terms
    before, after = terms.loc[: start - 1], terms.loc[start:]
    return after.sum() - len(after) / len(before) * before.sum()


def _part(
    fit: Fit,
    part: str,
    first: pd.Period,
    last: pd.Period,
    weights: Mapping[str, float],
    note: str,
) -> tuple:
    c = fit.contrast(weights)
    return part, first, last, c.estimate, c.ci_low, c.ci_high, note


def _attribution_sentence(table: pd.DataFrame, unit: Unit) -> str:
    """Return every part with its own window; they add up to the observed change."""
    *parts, whole = table.itertuples()
    told = "; ".join(f"{row.part} {unit.say(row.change)} ({_months(row)})" for row in parts)
    period = period_name(pd.PeriodIndex([whole.through]))
    return (
        f"The {period}s from {whole._2} through {whole.through} differ by "
        f"{unit.say(whole.change)} in all from as many {period}s at the level before. "
        f"The model shares this out as: {told}. The parts add up to the whole."
    )


def _months(row: Any) -> str:
    first, last = row[2], row.through
    return f"{first}" if first == last else f"{first} through {last}"
