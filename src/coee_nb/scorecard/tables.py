"""The scorecard's tables and its picture: no value stands without its definition."""

from __future__ import annotations

import pandas as pd

from coee_nb import formats as fmt
from coee_nb.arguments import near
from coee_nb.drawing import IN_TIME, LATE, PALETTE, UNKNOWN, bars, canvas, name_rows, without_scale
from coee_nb.lazily import showing
from coee_nb.outputs import Callout, Chart, Table
from coee_nb.scorecard.scoring import (
    CANNOT_TELL,
    MET,
    MISSING,
    NO_STANDARD,
    NOT_MET,
    STATUSES,
    Scorecard,
)
from coee_nb.scorecard.statements import VALUE_COUNTS, WORDS

_COLOURS = {
    MET: IN_TIME, NOT_MET: LATE, CANNOT_TELL: UNKNOWN, NO_STANDARD: PALETTE["light"],
}  # fmt: skip
_HELD = ["line", "aim"]  # columns that only the reading of the frame needs


def scorecard(card: Scorecard) -> Table:
    """Return every measure with its definition, value, standard and status."""
    states = card.table["value_state"].value_counts()
    told = {name: fmt.count(states.get(state, 0)) for name, state in VALUE_COUNTS.items()}
    return Table(
        card.table.drop(columns=_HELD), **WORDS.table("scorecard", stamp=card.stamp, **told),
        anchor="id", origin=card.origin,
    )  # fmt: skip


def kinds(card: Scorecard) -> Chart:
    """Draw how many measures of each kind have which status, over the table that counts them."""
    counts = card.by_kind
    with canvas(9, 2.9) as (figure, axes):
        parts = [(counts[status].astype(float), _COLOURS[status]) for status in STATUSES]
        words = [
            ", ".join(f"{row[status]} {status}" for status in STATUSES if row[status])
            or "no measure"
            for row in counts.to_dict("records")
        ]
        bars(axes, parts, words)
        axes.set_xlim(0, max(1, counts["measures"].max()) * 2.2)
        name_rows(axes, counts["kind"].tolist())
        without_scale(axes)
    whole = pd.DataFrame([{"kind": "all"} | counts.drop(columns="kind").sum().to_dict()])
    bare = fmt.count((counts["measures"] == 0).sum())
    said = "; ".join(f"{kind}: {text}" for kind, text in zip(counts["kind"], words, strict=True))
    return Chart(
        figure,
        "score_chart",
        WORDS.table("score_chart", stamp=card.stamp)["caption"],
        f"A bar for each kind of measure, by status. {said}. ({card.stamp}.)",
        Table(
            pd.concat([counts, whole], ignore_index=True),
            **WORDS.table("score_kinds", stamp=card.stamp, bare=bare),
            anchor="kind",
            origin=card.origin,
        ),
    )


def no_standard(card: Scorecard) -> Table | Callout:
    """Return the measures for which nobody set a standard, with who asks for them."""
    rows = card.table[card.table["status"] == NO_STANDARD].reset_index(drop=True)
    if rows.empty:
        return Callout(WORDS.sentence("all_have_standards", stamp=card.stamp))
    words = WORDS.table("no_standard", stamp=card.stamp)
    return Table(rows.drop(columns=_HELD), **words, origin=card.origin)


def definitions(card: Scorecard) -> Table:
    """Return what each measure is, who asks for it, and the finding that fills it in."""
    frame = card.table.drop(columns=_HELD)
    return Table(frame, **WORDS.table("score_definitions", stamp=card.stamp), origin=card.origin)


def missing(card: Scorecard) -> Callout | None:
    """Return which findings no run has made, and which nobody makes; None where all are there."""
    if card.sources.missing:
        return Callout(WORDS.sentence("missing_sources", names=", ".join(card.sources.missing)))
    gone = card.table[card.table["value_state"] == MISSING]
    if gone.empty:
        return None
    given = [name for _, name in card.sources.findings]
    told = [f"{name}{near(name, given)}" for name in gone["finding"]]
    return Callout(WORDS.sentence("unknown_findings", names=", ".join(told)))


def sources(card: Scorecard) -> Table:
    """Return each notebook named by a measure, how many it fills in, and of how many."""
    table = card.table[card.table["finding"] != ""]
    has = table["statement"] != ""
    frame = pd.DataFrame(
        [
            {"notebook": name or "any", "measures": int(has[rows.index].sum()), "of": len(rows)}
            for name, rows in table.groupby("notebook", sort=True)
        ],
        columns=["notebook", "measures", "of"],
    )
    return Table(frame, **WORDS.table("score_sources", stamp=card.stamp), origin=card.origin)


__dir__ = showing(globals())
