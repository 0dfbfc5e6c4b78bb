"""The same question asked of every group, and of all together."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from coee_nb.collections.effects import LEVEL
from coee_nb.collections.staggered import NEVER
from coee_nb.collections.verdict import CANNOT_TELL, DECREASE, INCREASE, conclude
from coee_nb.engines.ar1.periods import Date, as_period
from coee_nb.engines.design.comparisons import adjust_p_values
from coee_nb.errors import CoeeError

TOGETHER = "all together"
NOT_REACHED = "not reached"
COLUMNS = ["group", "start", "answer", "estimate", "ci_low", "ci_high", "p", "failed"]


def by_group(
    values: pd.DataFrame,
    cut: Date,
    *,
    competing: Sequence[Date | Mapping[str, Any]] = (),
    season: str | int | None = None,
    negligible_percent: float = 5.0,
    starts: Mapping[str, Date | None] | None = None,
) -> pd.DataFrame:
    """Return one row a column of ``values`` (period by group), and first one for their sum.

    ``starts``: the start of each group that did not begin at ``cut``, None for one that was not
    reached; with them there is no line of the sum, in which no single period is the start (see
    ``staggered``). Columns: group, start, answer (as of ``verdict.conclude``, "not reached" or "no
    answer"), estimate, ci_low and ci_high of the sum over the window, p (of the groups adjusted for
    their number by Holm's method) and failed: the checks that failed, or why there is no answer. A
    change of one group counts as shown only where its adjusted p is under 5% as well.
    """
    options = {"competing": competing, "season": season, "negligible_percent": negligible_percent}
    own = {str(name): cut for name in values} | dict(starts or {})
    rows = [_row(str(name), series, own[str(name)], **options) for name, series in values.items()]
    if not starts:
        rows.insert(0, _row(TOGETHER, values.sum(axis=1), cut, **options))
    table = pd.DataFrame(rows, columns=COLUMNS)
    groups = table["group"] != TOGETHER
    table.loc[groups, "p"] = adjust_p_values(table.loc[groups, "p"].to_numpy(float))
    unsure = table["answer"].isin([INCREASE, DECREASE]) & (table["p"] >= LEVEL)
    table.loc[unsure, ["answer", "failed"]] = CANNOT_TELL, "p adjusted for the number of groups"
    return table


def _row(name: str, series: pd.Series, cut: Date | None, **options: Any) -> tuple:
    nothing = [float("nan")] * 4
    if cut is None:
        return name, NEVER, NOT_REACHED, *nothing, ""
    start = str(as_period(cut, pd.PeriodIndex(series.index), what="start"))
    try:
        found = conclude(series, cut, **options)
    except CoeeError as refusal:
        return name, start, "no answer", *nothing, str(refusal)
    total = found.measures.set_index("measure").loc["cumulative"]
    failed = found.checks.loc[~found.checks["passed"], "check"]
    numbers = total[["estimate", "ci_low", "ci_high", "p"]]
    return (name, start, found.answer, *numbers, "; ".join(failed))
