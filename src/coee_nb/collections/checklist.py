"""The items that reviews of interrupted time series ask for, filled in from a run."""

from typing import TYPE_CHECKING

import pandas as pd

from coee_nb import formats
from coee_nb.collections.declared import stamp
from coee_nb.collections.its import NAMES
from coee_nb.engines.ar1.periods import listed, period_name
from coee_nb.wording import read_wording

if TYPE_CHECKING:
    from coee_nb.collections.analysis import Analysis

WORDS = read_wording("coee_nb.collections")
EPOC, REVIEWS = "EPOC", "reporting reviews"
BY_RUN, BY_AUDIT = "this run", "the audit"
_ITEMS = (
    ("date", EPOC, BY_RUN), ("points", EPOC, BY_RUN), ("independent", EPOC, BY_AUDIT),
    ("shape", EPOC, BY_RUN), ("collection", EPOC, BY_AUDIT), ("blind", EPOC, BY_AUDIT),
    ("incomplete", EPOC, BY_RUN), ("selective", EPOC, BY_RUN), ("other", EPOC, BY_RUN),
    ("interval", REVIEWS, BY_RUN), ("model", REVIEWS, BY_RUN),
    ("autocorrelation", REVIEWS, BY_RUN), ("measures", REVIEWS, BY_RUN),
    ("size", REVIEWS, BY_RUN), ("transition", REVIEWS, BY_RUN), ("control", REVIEWS, BY_RUN),
)  # fmt: skip


def checklist(analysis: "Analysis") -> pd.DataFrame:
    """Return item, asked_by ("EPOC", "reporting reviews"), answered_by and answer.

    ``answered_by``: "this run" where the run says it all, "the audit" where only those who know
    what happened can. The Cochrane EPOC group's criteria for interrupted time series (two of
    inclusion, seven of bias), and what Hudson, Fielding and Ramsay (2019) and Turner et al. (2021)
    find missing in reports.
    """
    told = _told(analysis)
    rows = [
        (WORDS.sentence(f"asked_{name}"), source, by,
         WORDS.sentence(f"answered_{name}", **told))
        for name, source, by in _ITEMS
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["item", "asked_by", "answered_by", "answer"])


def _told(analysis: "Analysis") -> dict[str, str]:
    """Return what the answers are filled with."""
    timing, model, file = analysis.timing, analysis.model, analysis.amounts.source
    before = int((analysis.series.index < analysis.effect.interruption).sum())
    box = float(analysis.residuals().tests["p"].iloc[0])
    excluded = sum(file.excluded.values())
    events = "; ".join(f"{name} from {at}" for name, at in timing.concurrent.items())
    return {
        "cut": str(analysis.params.began),
        "before": str(before),
        "after": str(len(analysis.series) - before),
        "points": str(len(analysis.series)),
        "period": period_name(analysis.series.index),
        "events": events or "none",
        "listed": str(len(analysis.effect.passed_over)),
        "stamp": stamp(analysis.params),
        "rows": formats.count(file.rows or 0),
        "excluded": formats.count(excluded),
        "specifications": str(len(analysis.curve.table)),
        "season": str(analysis.season or "none"),
        "estimator": NAMES[model.estimator],
        "rho": formats.number(model.rho, 2),
        "box": formats.p_value(box),
        "detectable": analysis.unit.say(analysis.detectable.largest),
        "washout": listed(pd.PeriodIndex(timing.washout, freq=analysis.series.index.freq))
        or "none",
        "controls": ", ".join(analysis.params.control_columns) or "none",
    }
