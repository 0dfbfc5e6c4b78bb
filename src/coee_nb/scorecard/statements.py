"""The sentences on the scorecard that a report may print, each with its number."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from coee_nb import formats as fmt
from coee_nb.files import LINE
from coee_nb.findings import Finding, Findings, InputFile, rows_of
from coee_nb.scorecard.frame import KINDS
from coee_nb.scorecard.scoring import (
    CANNOT_TELL,
    MET,
    MISSING,
    NO_STANDARD,
    NOT_MET,
    UNMEASURED,
    WITHHELD,
    Scorecard,
)
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.scorecard")


VALUE_COUNTS = {"not_measured": UNMEASURED, "without_value": MISSING, "withheld": WITHHELD}
_BY_KIND = ("no_standard", "met", "not_met", "cannot_tell")  # columns of the table by kind
_ELSEWHERE = {"kinds": "score_kinds"}
_OF_THE_FRAME = ("no_standard", "not_measured", "kinds")  # told by the frame, whatever the values


def inputs(card: Scorecard) -> tuple[InputFile, ...]:
    """Return the files a scorecard rests on."""
    return (card.frame.source, *card.sources.files)


def counts(card: Scorecard) -> Findings:
    """Return ``scorecard.no_standard``, ``.met``, ``.not_met``, ``.cannot_tell`` and the rest."""
    total = len(card.table)
    standing = total - card.count(NO_STANDARD)
    status, states = card.table["status"], card.table["value_state"]
    bare = [kind for kind in KINDS if kind not in set(card.table["kind"])]
    names = f" ({', '.join(bare)})" if bare else ""
    found = [_measures(card, "no_standard", status == NO_STANDARD, total)]
    for name, one in (("met", MET), ("not_met", NOT_MET), ("cannot_tell", CANNOT_TELL)):
        found.append(_measures(card, name, status == one, standing))
    for name, one in VALUE_COUNTS.items():
        found.append(_measures(card, name, states == one, total))
    kinds = _counted(card, "kinds", len(bare), len(KINDS), unit="kinds", names=names)
    return Findings(
        replace(one, statement=f"{one.statement} [{card.stamp}]") for one in [*found, kinds]
    )


def _measures(card: Scorecard, name: str, which: pd.Series, of: int) -> Finding:
    rows = rows_of(card.frame.source, card.table.loc[which, LINE])
    return replace(_counted(card, name, int(which.sum()), of), source_rows=rows)


def _counted(
    card: Scorecard, name: str, count: int, of: int, *, unit: str = "measures", names: str = ""
) -> Finding:
    said = {"count": fmt.count(count), "total": fmt.count(of), "names": names}
    return Finding(
        id=f"scorecard.{name}",
        statement=WORDS.sentence(name, **said),
        value=count,
        unit=unit,
        numerator=count,
        denominator=of,
        inputs=(card.frame.source,) if name in _OF_THE_FRAME else inputs(card),
        evidence="score_kinds.all" if name in _BY_KIND else _ELSEWHERE.get(name, "scorecard"),
    )
