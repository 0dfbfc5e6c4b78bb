"""How late each recommendation is: against its current date, its first date and its own age."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import ClassVar

import numpy as np
import pandas as pd

from coee_nb.fiscal import add_months, month_end
from coee_nb.lazily import offered
from coee_nb.recommendations.buckets import AGE_BUCKETS, DUE_BUCKETS, refuse_ends
from coee_nb.recommendations.register import (
    ASSERTED,
    CLOSED,
    GONE,
    OPEN,
    UNREAD,
    Register,
)
from coee_nb.results import Result

SEEN_WITHIN_DAYS = 365
NOT_DUE, LOWER_BOUND, MILESTONE = "not due", "lower bound only", "milestone only"
NO_ECD, WITHDRAWN = "no ECD given", "ECD withdrawn"
AGE_UNKNOWN = "issue date unknown"


@dataclass(frozen=True, repr=False)
class Aging(Result):
    """The register with its clocks run to ``as_of``.

    ``table`` has one row a recommendation, what needs attention first at the top. Beside the
    register's columns:

    - ``due_group``: not due, a bucket of days past due, or why there is no due date (lower bound
      only, milestone only, no ECD given, ECD withdrawn), or where it stands if not simply open
      (see `register.STANDINGS`); ``due_on``, the last day of the current ECD, and ``not_before``,
      where the agency gave a lower bound, both missing where the last source does not confirm
      them; ``last_read_due_on`` is the due date then;
    - ``days_past_due`` (negative: days left), ``days_past_first`` (against ``first_due_on``) and
      ``days_past_milestone``, only of what is simply open: what is closed, no longer listed, not
      confirmed by the last source or complete by the agency's word is not late by this log;
      ``past_due``: more than 0 days past;
    - ``revisions`` of the due date and ``slip_days``, the last due date less the first;
    - ``days_since_update`` since the last dated word; ``stale``: past due with no dated word in
      the log since the due date; ``unseen``: not closed, and no source of the last year speaks of
      it, so that a closure since would not be in the log;
    - ``age_group`` since issue, and ``age_days`` since issue (to closure, when closed; missing
      where either day is unknown); ``age_at_least_days``: since it was first known, a lower bound
      that needs no issue date.

    ``due`` counts all recommendations by due group, ``ages`` the open ones by age group: ``group``,
    ``recommendations``, ``past_due``, ``stale``. ``register`` is what it was made of.
    """

    SHOWS: ClassVar[Mapping[str, Sequence[str]]] = {
        "table": ("recommendation_id", "title", "agency", "due_group", "due_on", "days_past_due"),
        "due": (),
        "ages": (),
    }

    table: pd.DataFrame
    due: pd.DataFrame
    ages: pd.DataFrame
    register: Register

    @property
    def as_of(self) -> date:
        """The day the clocks are run to."""
        return self.register.as_of

    @property
    def opens(self) -> str:
        """What the not closed are called: open, or not confirmed where a last row was not read."""
        untold = (self.table["standing"] == UNREAD).any()
        return "recommendations open or not confirmed" if untold else "open recommendations"

    @property
    def not_closed(self) -> pd.DataFrame:
        """What is open or may be: all but what is closed or no longer listed."""
        return self.table[not_closed(self.table)].reset_index(drop=True)


def aging(
    current: Register,
    *,
    buckets: Sequence[int] = DUE_BUCKETS,
    age_buckets: Sequence[int] = AGE_BUCKETS,
) -> Aging:
    """Return how late and how old each recommendation of the register is.

    ``buckets`` are upper ends in days past due: the day itself counts in the first bucket, and a
    recommendation is past due from the day after. ``age_buckets`` are upper ends in months since
    issue, the upper end belonging to the older group. An ECD that is only a lower bound, or only
    of a milestone, is no due date. Raises ParameterError when the ends are not increasing from
    above 0.

    >>> from coee_nb.recommendations.register import register
    >>> from coee_nb.recommendations.log import Log, events_table, recommendations_table
    >>> on = {"recommendation_id": "22-1.1", "recorded_on": "2024-01-31"}
    >>> due = {"kind": "ecd", "ecd_to": "2024-03-31", "ecd_bound": "due", "ecd_kind": "action"}
    >>> said = on | due | {"event_id": "E000001", "effective_to": "2024-01-31"}
    >>> events = events_table(pd.DataFrame([said]))
    >>> log = Log(recommendations_table(pd.DataFrame([on])), events)
    >>> aged = aging(register(log, as_of="2024-04-30"), buckets=[30, 90])
    >>> aged.table[["recommendation_id", "days_past_due", "due_group"]].values.tolist()
    [['22-1.1', 30, '0-30 days']]
    """
    refuse_ends("buckets", buckets)
    refuse_ends("age_buckets", age_buckets)
    table = pd.concat([current.table, _due_columns(current), _history_columns(current)], axis=1)
    _run_clocks(table, current.as_of)
    due_groups, age_groups = due_labels(buckets), age_labels(age_buckets)
    table["due_group"] = _due_group(table, buckets, due_groups)
    table["age_group"] = _age_group(table, current.as_of, age_buckets, age_groups)
    table = table.take(_worklist_order(table)).reset_index(drop=True)
    return Aging(
        table,
        _counted(table, "due_group", due_groups),
        _counted(table[not_closed(table)], "age_group", age_groups),
        current,
    )


def not_closed(table: pd.DataFrame) -> pd.Series:
    """Tell for each row what is open or may be: neither closed nor no longer listed."""
    return ~table["standing"].isin((CLOSED, GONE))


# A group of its own each, whatever the date says.
_NOT_SIMPLY_OPEN = (ASSERTED, UNREAD, GONE, CLOSED)


def due_labels(buckets: Sequence[int] = DUE_BUCKETS) -> list[str]:
    """Return the due groups in the order of a report.

    >>> due_labels()[:5]
    ['not due', '0-30 days', '31-90 days', '91-180 days', '181-365 days']
    """
    starts = [0, *(end + 1 for end in buckets[:-1])]
    late = [f"{start}-{end} days" for start, end in zip(starts, buckets, strict=True)]
    over = f"over {buckets[-1]} days"
    return [NOT_DUE, *late, over, LOWER_BOUND, MILESTONE, NO_ECD, WITHDRAWN, *_NOT_SIMPLY_OPEN]


def age_labels(age_buckets: Sequence[int] = AGE_BUCKETS) -> list[str]:
    """Return the age groups in the order of a report.

    >>> age_labels()[:5]
    ['under 6 months', '6-12 months', '1-2 years', '2-4 years', 'over 4 years']
    """
    inner = [_span(a, b) for a, b in pairwise(age_buckets)]
    first, last = _months(age_buckets[0]), _months(age_buckets[-1])
    return [f"under {first}", *inner, f"over {last}", AGE_UNKNOWN]


def _span(start: int, end: int) -> str:
    if start % 12 == 0 and end % 12 == 0:
        return f"{start // 12}-{end // 12} years"
    return f"{start}-{end} months"


def _months(months: int) -> str:
    years, left = divmod(months, 12)
    if left or not years:
        return f"{months} month{'s' if months != 1 else ''}"
    return f"{years} year{'s' if years != 1 else ''}"


def _due_columns(current: Register) -> pd.DataFrame:
    """Return the current due date, or the lower bound that stands in its place."""
    table = current.table
    due, bound, confirmed = table["ecd_to"], table["ecd_bound"], table["ecd_confirmed"]
    no_sooner = (bound == "not_before") & confirmed
    return pd.DataFrame(
        {
            "due_on": due.where((bound == "due") & confirmed),
            "last_read_due_on": due.where((bound == "due") & ~confirmed),
            "not_before": table["ecd_from"].fillna(due).where(no_sooner),
        }
    )


def _history_columns(current: Register) -> pd.DataFrame:
    """Return first due date, number of revisions and cumulative slip of the action's due dates."""
    ecds = current.ecds
    is_due = (ecds["ecd_kind"] != "milestone") & (ecds["ecd_bound"] == "due")
    dates = ecds["ecd_to"].to_numpy()[is_due.to_numpy()]
    ids = pd.Index(current.table["recommendation_id"])
    owner = ids.get_indexer(ecds["recommendation_id"][is_due])
    size = len(ids)
    same = owner[1:] == owner[:-1]
    revised = same & (dates[1:] != dates[:-1])
    first = np.full(size, np.datetime64("NaT"), dtype=dates.dtype)
    last = first.copy()
    last[owner] = dates  # of repeated assignments the last stays; events come in order of effect
    first[owner[::-1]] = dates[::-1]
    return pd.DataFrame(
        {
            "first_due_on": first,
            "revisions": np.bincount(owner[1:][revised], minlength=size),
            "slip_days": whole_days(pd.Series(last) - pd.Series(first)),
        }
    )


def _run_clocks(table: pd.DataFrame, as_of: date) -> None:
    """Add the columns that count days to ``as_of``."""
    today = pd.Timestamp(as_of)
    is_open = table["standing"] == OPEN
    for column, since in (
        ("days_past_due", "due_on"),
        ("days_past_first", "first_due_on"),
        ("days_past_milestone", "milestone_to"),
    ):
        table[column] = whole_days((today - table[since]).where(is_open))
    table["past_due"] = (table["days_past_due"] > 0).fillna(False).astype(bool)
    table["days_since_update"] = whole_days(today - table["last_update_on"])
    silent = ~(table["last_update_on"] > table["due_on"])
    table["stale"] = table["past_due"] & silent
    seen = today - table["last_seen_on"] <= pd.Timedelta(days=SEEN_WITHIN_DAYS)
    table["unseen"] = ~seen & not_closed(table)
    # Closed on a day the sources do not tell: its age at closure is not known.
    ended = table["status_on"].where(table["status_from"].notna()).where(table["closed"], today)
    table["age_days"] = whole_days(ended - table["issued_on"])
    known_since = table["issued_on"].fillna(table["first_known_on"])
    table["age_at_least_days"] = whole_days((today - known_since).where(~table["closed"]))


def whole_days(spans: pd.Series) -> pd.Series:
    """Return time spans in whole days, missing where a span is."""
    return spans.dt.days.astype("Int64")


def _due_group(table: pd.DataFrame, buckets: Sequence[int], labels: list[str]) -> pd.Categorical:
    late = table["days_past_due"].to_numpy(dtype=float, na_value=np.nan)
    codes = np.searchsorted([-1, *buckets], late, side="left")
    # Later lines win: closed above all, then what stands in the place of a due date.
    codes[table["due_on"].isna().to_numpy()] = labels.index(NO_ECD)
    only_step = (table["ecd_statement"] != "ecd") & table["milestone_to"].notna()
    codes[only_step.to_numpy()] = labels.index(MILESTONE)
    codes[table["not_before"].notna().to_numpy()] = labels.index(LOWER_BOUND)
    codes[(table["ecd_statement"] == "withdrawn").to_numpy()] = labels.index(WITHDRAWN)
    for standing in _NOT_SIMPLY_OPEN:
        codes[(table["standing"] == standing).to_numpy()] = labels.index(standing)
    return pd.Categorical.from_codes(codes, categories=labels, ordered=True)


def _age_group(
    table: pd.DataFrame, as_of: date, ends: Sequence[int], labels: list[str]
) -> pd.Categorical:
    """Group by completed months since issue; a day the month lacks falls on its last day."""
    issued = table["issued_on"].to_numpy().astype("datetime64[D]")
    codes = np.zeros(len(table), dtype=int)
    for months in ends:
        codes += issued <= np.datetime64(_latest_issue(as_of, months))
    codes[np.isnat(issued)] = labels.index(AGE_UNKNOWN)
    return pd.Categorical.from_codes(codes, categories=labels, ordered=True)


def _latest_issue(as_of: date, months: int) -> date:
    """Return the last issue date that is ``months`` old on ``as_of``."""
    same_day = add_months(as_of, -months)
    last_day = month_end(same_day.year, same_day.month)
    return last_day if add_months(last_day, months) <= as_of else same_day


def _worklist_order(table: pd.DataFrame) -> np.ndarray:
    """Return the order of attention.

    Past due by days; then what the last source does not confirm; then milestones past; then no
    due date, oldest first; then what comes due soonest, what the agency calls complete, what is no
    longer listed and what is closed. Priority recommendations go before others that are as late.
    """
    late = table["days_past_due"].to_numpy(dtype=float, na_value=-np.inf)
    step = table["days_past_milestone"].to_numpy(dtype=float, na_value=-np.inf)
    age = table["age_days"].to_numpy(dtype=float, na_value=-np.inf)
    undated = table["due_on"].isna().to_numpy()
    standings = [table["standing"] == name for name in (CLOSED, GONE, ASSERTED, UNREAD)]
    rank = np.select(
        [*standings, late > 0, undated & (step > 0), undated], [7, 6, 5, 1, 0, 2, 3], default=4
    )
    urgency = np.select([rank == 2, rank == 3], [step, age], default=late)
    priority = (table["priority"] == "yes").to_numpy()
    return np.lexsort((~priority, -urgency, rank))


def _counted(table: pd.DataFrame, column: str, groups: list[str]) -> pd.DataFrame:
    """Return how many recommendations each group holds, groups without any included."""
    codes = table[column].cat.codes.to_numpy()
    late = {name: table[name].to_numpy(dtype=bool) for name in ("past_due", "stale")}
    rows = {"recommendations": np.ones(len(table), dtype=bool)} | late
    counts = {name: np.bincount(codes[held], minlength=len(groups)) for name, held in rows.items()}
    return pd.DataFrame({"group": pd.Series(groups, dtype="str"), **counts})


__all__ = ["Aging", "aging"]
__dir__ = offered(__all__)
