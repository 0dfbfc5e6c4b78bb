"""The attribution's room: a change shared out among trend, Centers, competing event and refunds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from coee_nb import formats
from coee_nb.collections.effects import own_terms
from coee_nb.collections.its import Fit


@dataclass(frozen=True)
class Attribution:
    """A change between two periods, shared out among what the model holds responsible.

    ``table``: part, from, through, change_musd, ci_low_musd, ci_high_musd, note; the last line is
    the observed change, and the parts add up to it. ``rival``: the line of the competing event;
    ``text``: the sentence a report may print.
    """

    table: pd.DataFrame
    rival: pd.Series
    text: str


def attribute(
    fit: Fit, cut: str, competing: str, *, names: Mapping[str, str] | None = None
) -> Attribution:
    """Share the change of receipts from before to after ``cut`` among trend, Centers and rivals.

    The change is the sum over the months from the cut on less that over the months before it, the
    latter scaled to as many months. The part of the interruption at ``cut`` is split at
    ``competing``: afterwards it is an extrapolation that no month of the data can check. ``names``
    gives the words for "cut", "competing" and "pulses". Intervals are 95 %, each for its own part.
    """
    words = {"cut": "Centers", "competing": "Tariffs", "pulses": "Refunds"} | dict(names or {})
    index = fit.design.terms.index
    start, rival = (pd.Period(day, index.freq) for day in (cut, competing))
    own, other = own_terms(fit, start), own_terms(fit, rival)
    pulses = [name for name in fit.coefficients.index if name.startswith("pulse[")]
    shift = _shift(fit, start)
    until = fit.design.terms.loc[start : rival - 1, own].sum()
    parts = [
        ("Trend before the cut, continued", start, index[-1], {"trend": shift["trend"]}, ""),
        (words["cut"], start, rival - 1, until.to_dict(), "what the data can speak to"),
        (f"{words['cut']}, extrapolated", rival, index[-1], (shift[own] - until).to_dict(),
         f"assumes the line goes on beside {words['competing'].lower()}: cannot be checked"),
        (words["competing"], rival, index[-1], shift[other].to_dict(), ""),
    ]  # fmt: skip
    parts += [
        (f"{words['pulses']} of {name[6:-1]}", pd.Period(name[6:-1]), pd.Period(name[6:-1]),
         {name: shift[name]}, "one month")
        for name in pulses
    ]  # fmt: skip
    rows = [_part(fit, *part) for part in parts]
    table = pd.DataFrame([*rows, *_remainder(fit, start, rows)], columns=_PART_COLUMNS)
    rival_line = table.set_index("part").loc[words["competing"]]
    return Attribution(table, rival_line, _attribution_sentence(table, words))


_PART_COLUMNS = ["part", "from", "through", "change_musd", "ci_low_musd", "ci_high_musd", "note"]


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
    """Return by how much the sum of each term moves from before the cut to after it."""
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


def _attribution_sentence(table: pd.DataFrame, words: Mapping[str, str]) -> str:
    rows = table.set_index("part")
    change = formats.millions(rows.at["Observed change", "change_musd"], 1)
    rival, own = rows.loc[words["competing"]], rows.loc[words["cut"]]
    return (
        f"Of the observed change of {change}, the model lays "
        f"{formats.millions(rival['change_musd'], 1)} to {words['competing'].lower()} (95 % "
        f"interval {formats.millions(rival['ci_low_musd'], 1)} to "
        f"{formats.millions(rival['ci_high_musd'], 1)}) and "
        f"{formats.millions(own['change_musd'], 1)} to the {words['cut']} (interval "
        f"{formats.millions(own['ci_low_musd'], 1)} to {formats.millions(own['ci_high_musd'], 1)})."
    )
