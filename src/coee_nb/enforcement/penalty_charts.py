"""Penalty cases in pictures: a result in, a figure with its description and table out."""

from __future__ import annotations

import pandas as pd

from coee_nb import formats as fmt
from coee_nb.drawing import LATE, PALETTE, UNKNOWN, bars, canvas, name_rows, without_scale
from coee_nb.enforcement import penalties, penalty_collection
from coee_nb.enforcement.penalties import HIGHEST, LOWEST, NOT_DERIVED, ON_FILE, SIMPLE, Penalties
from coee_nb.enforcement.penalty_tables import money_table
from coee_nb.errors import EstimationError
from coee_nb.lazily import showing
from coee_nb.outputs import Callout, Chart
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.enforcement")
_COLOURS = {
    SIMPLE: PALETTE["light"], ON_FILE: LATE, NOT_DERIVED: UNKNOWN, LOWEST: LATE, HIGHEST: LATE,
}  # fmt: skip


def readings(found: Penalties) -> Chart:
    """Draw the number of cases past their date by each way of counting."""
    rows = penalties.readings(found)
    words = [
        f"{fmt.count(n)} ({found.said(owed)})"
        for n, owed in zip(rows["cases"], rows["uncollected"], strict=True)
    ]
    with canvas(9, 0.8 + 0.5 * len(rows)) as (figure, axes):
        colours = [_COLOURS[name] for name in rows["reading"]]
        doubt = _of_unknown_date(rows)
        bars(axes, [(rows["cases"] - doubt, colours), (doubt, UNKNOWN)], words)
        name_rows(axes, list(rows["reading"]))
        axes.set_xlim(0, max(1, rows["cases"].max()) * 1.4)
        without_scale(axes)
    told = "; ".join(f"{name}: {word}" for name, word in zip(rows["reading"], words, strict=True))
    description = WORDS.sentence("readings_drawn", told=told, stamp=found.stamp)
    table = money_table(rows, "penalty_readings_drawn", found)
    return Chart(figure, "penalty_readings_bars", WORDS.sentence("readings_title"),
                 description, table)  # fmt: skip


def _of_unknown_date(rows: pd.DataFrame) -> pd.Series:
    """Return how many of the highest count have no date that can be derived; none of the others."""
    unknown = rows.loc[rows["reading"] == NOT_DERIVED, "cases"].sum()
    return pd.Series(float(unknown), rows.index).where(rows["reading"] == HIGHEST, 0.0)


def collection(found: Penalties) -> Chart | Callout:
    """Draw the share not yet collected by age since assessment, of cases and of money."""
    try:
        curves = penalty_collection.curves(found)
    except EstimationError as error:
        return Callout(WORDS.sentence("no_curves", why=str(error)))
    ends = {}
    with canvas(9, 4.2) as (figure, axes):
        for of, colour in (("cases", PALETTE["blue"]), ("money", PALETTE["orange"])):
            own = curves[curves["of"] == of]
            days, share = [0, *own["days"]], [1, *own["share"]]
            axes.step([one / 365.25 for one in days], share, where="post", color=colour, label=of)
            ends[of] = own
        axes.set_ylim(0, 1.02)
        axes.set_xlabel("years since assessment")
        axes.set_ylabel("share not collected")
        axes.legend()
    year = {of: own.loc[own["days"] <= 365, "share"].min() for of, own in ends.items()}
    description = WORDS.sentence(
        "curves_drawn", cases=fmt.percent(year["cases"], 1, 1),
        money=fmt.percent(year["money"], 1, 1), stamp=found.stamp,
    )  # fmt: skip
    table = money_table(
        curves,
        "penalty_curves",
        found,
        rows=20,
        formats={"at_risk": fmt.count, "events": fmt.count},
    )
    return Chart(figure, "penalty_collection", WORDS.sentence("curves_title"), description, table)


__dir__ = showing(globals())
