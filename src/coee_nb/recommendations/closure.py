"""How long recommendations stay open: closure curves, competing closure and cohort rates.

Time runs in days from issue. What is not closed is censored on the register's date, on the day it
is missing from its list, or on the day its status was last read. What was closed on a day that no
source tells has no time and is excluded. Curves, tables and sentences go as far as `FEW` are
under observation, and no further. "Closed - not implemented" competes with "closed -
implemented": a recommendation closed without being implemented will not be implemented later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from coee_nb.arguments import known
from coee_nb.errors import EstimationError, InputError
from coee_nb.fiscal import fiscal_year, fiscal_year_end
from coee_nb.formats import count, day, percent
from coee_nb.lazily import offered
from coee_nb.recommendations.columns import CLOSED_STATUSES
from coee_nb.recommendations.register import UNREAD, Register
from coee_nb.results import Result
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.recommendations")

OPEN, IMPLEMENTED, NOT_IMPLEMENTED = 0, 1, 2
OUTCOMES = {"closed - implemented": IMPLEMENTED, "closed - not implemented": NOT_IMPLEMENTED}
YEARS = 4  # GAO measures implementation four years after the fiscal year of issue
HORIZON_DAYS = 1461  # four years with their leap day
LATE_ENTRY_DAYS = 31
FEW = 5  # nothing is drawn, tabled or said from where fewer are still under observation
ALL_AGENCIES = "all agencies"


@dataclass(frozen=True)
class Durations:
    """Validated times: ``table`` with recommendation_id, agency, issued_on, days, outcome (0 open,
    1 implemented, 2 not implemented); ``excluded`` counts those without a time, by reason.
    """

    table: pd.DataFrame
    excluded: dict[str, int]


@dataclass(frozen=True, repr=False)
class Closure(Result):
    """Closure as the register shows it.

    - ``survival``: Kaplan-Meier share not yet closed, whichever way: days, at_risk, closures,
      still_open, ci_low, ci_high;
    - ``incidence``: Aalen-Johansen share closed each way by a day: agency ("all agencies", then
      each one with a closure), days, outcome, share, se, at_risk;
    - ``agencies``: one row an agency: recommendations, implemented, not_implemented, open,
      observed_days (how long at least `FEW` were under observation), median_days (missing: fewer
      than half closed in that time), implemented_4y and not_implemented_4y (shares within four
      years; missing when they were not observed that long);
    - ``cohorts``: see `implementation_rates`.

    ``survival`` and ``incidence`` are the whole estimates; `observed` is the part that is shown.
    ``text`` says what was found, or why nothing can be estimated: the tables are then empty.
    ``stamp`` and ``origin`` are the register's.
    """

    SHOWS: ClassVar[Mapping[str, Sequence[str]]] = {"agencies": (), "incidence": ()}

    survival: pd.DataFrame
    incidence: pd.DataFrame
    agencies: pd.DataFrame
    cohorts: pd.DataFrame
    text: str
    stamp: str = ""
    origin: str = ""


def closure(current: Register) -> Closure:
    """Return the closure of a register, or in its ``text`` why there is none to estimate."""
    if current.table.empty:
        return _nothing(current, current.nothing)
    try:
        times = durations(current)
        if not (times.table["outcome"] > OPEN).any():
            raise EstimationError(_why_none(current))
    except EstimationError as error:
        return _nothing(current, f"Not estimable: {error} ({current.stamp})")
    table = times.table
    survival = kaplan_meier(table["days"], table["outcome"] > OPEN)
    groups = [(ALL_AGENCIES, table), *table.groupby("agency")]
    incidence = pd.concat([_incidence(*group) for group in groups], ignore_index=True)
    lines = pd.DataFrame([_agency(name, own, incidence) for name, own in groups])
    agencies = lines.iloc[1:].reset_index(drop=True)
    cohorts = implementation_rates(current)
    text = _sentence(current, times, lines.iloc[0]) + _caveats(current, times)
    return Closure(survival, incidence, agencies, cohorts, text, current.stamp, current.origin)


def _nothing(current: Register, text: str) -> Closure:
    empty = pd.DataFrame()
    return Closure(empty, empty, empty, empty, text, current.stamp, current.origin)


def observed(curve: pd.DataFrame) -> pd.DataFrame:
    """Return the part of a curve that is shown: as far as `FEW` are under observation."""
    return curve[curve["at_risk"] >= FEW].reset_index(drop=True)


def observed_days(days: pd.Series) -> float:
    """Return how long at least `FEW` were under observation; 0 where fewer ever were.

    >>> observed_days(pd.Series([10, 20, 30, 40, 50, 60]))
    20.0
    """
    longest = np.sort(np.asarray(days, dtype=float))[::-1]
    return float(longest[FEW - 1]) if len(longest) >= FEW else 0.0


def durations(current: Register) -> Durations:
    """Return the time from issue to closure or censoring of each recommendation.

    Excluded with their reason: issue date unknown, status unknown, closed on a day that no source
    tells, and last read as closed but not confirmed since. Raises InputError when a
    recommendation closes or vanishes before its issue, EstimationError when nothing is left.
    """
    table = current.table
    unknown = {
        "issue date unknown": table["issued_on"].isna(),
        "status unknown": table["status"] == "",
        "closed on an unknown day": table["closed"] & table["status_from"].isna(),
        f"closure {UNREAD}": ~table["closed"] & table["status"].isin(OUTCOMES),
    }
    # Each under its first reason.
    holds = [where.to_numpy(dtype=bool) for where in unknown.values()]
    reason = np.select(holds, list(unknown), default="")
    excluded = {why: int(n) for why in unknown if (n := (reason == why).sum())}
    used = table[reason == ""]
    unread = used["status_seen_on"].where(used["standing"] == UNREAD)
    ended = used["status_on"].where(used["closed"], used["vanished_on"].fillna(unread))
    days = (ended.fillna(pd.Timestamp(current.as_of)) - used["issued_on"]).dt.days
    negative = used["recommendation_id"][days < 0]
    if len(negative):
        raise InputError(
            "closed, or absent from its list, before it was issued",
            where=f"recommendation {negative.iloc[0]}",
            expected="an end on or after the issue date",
            do="append a correction to the event log",
        )
    if used.empty:
        reasons = "; ".join(f"{count(n)} {why}" for why, n in excluded.items())
        raise EstimationError(
            f"no recommendation has a known issue date, status and closing day (excluded: "
            f"{reasons})"
        )
    found = used[["recommendation_id", "agency", "issued_on"]].reset_index(drop=True)
    found["days"] = days.to_numpy()
    found["outcome"] = used["status"].map(OUTCOMES).fillna(OPEN).astype(int).to_numpy()
    return Durations(found, excluded)


def kaplan_meier(days: pd.Series, closed: pd.Series) -> pd.DataFrame:
    """Return the Kaplan-Meier estimate of the share still open.

    One row a day on which something closed: days, at_risk, closures, still_open, and ci_low and
    ci_high, 95%, pointwise on the log-log scale (Kalbfleisch and Prentice 1980; R's survfit with
    conf.type = "log-log"), missing where the estimate is 0. Kaplan and Meier 1958, by
    statsmodels' SurvfuncRight. Raises EstimationError for times it would accept in silence:
    missing, negative or infinite; and when nothing closed.
    """
    from scipy.stats import norm
    from statsmodels.duration.survfunc import SurvfuncRight

    times, events = _checked(days, closed)
    fit = SurvfuncRight(times, events.astype(int))
    share = np.asarray(fit.surv_prob)
    inner = share > 0
    half = np.full(len(share), np.nan)
    half[inner] = norm.ppf(0.975) * np.asarray(fit.surv_prob_se)[inner]
    half[inner] /= share[inner] * np.abs(np.log(share[inner]))
    curve = pd.DataFrame(
        {
            "days": np.asarray(fit.surv_times, dtype="int64"),
            "at_risk": np.asarray(fit.n_risk, dtype="int64"),
            "closures": np.asarray(fit.n_events, dtype="int64"),
            "still_open": share,
            "ci_low": share ** np.exp(half),
            "ci_high": share ** np.exp(-half),
        }
    )
    return curve[curve["closures"] > 0].reset_index(drop=True)


def aalen_johansen(days: pd.Series, outcome: pd.Series) -> pd.DataFrame:
    """Return the cumulative incidence of each way of closing in the presence of the other.

    ``outcome`` is 0 open, 1 implemented, 2 not implemented. One row a day and outcome: days,
    outcome (in words), share closed so by that day, se (Dinse and Larson 1986; missing where
    everything at risk closed), at_risk just before that day. Aalen and Johansen 1978, by
    statsmodels' CumIncidenceRight. Raises EstimationError as `kaplan_meier` does.
    """
    from statsmodels.duration.survfunc import CumIncidenceRight

    times, outcomes = _checked(days, outcome)
    with np.errstate(divide="ignore", invalid="ignore"):  # the last day may empty the risk set
        fit = CumIncidenceRight(times, outcomes.astype(int))
    at_risk = len(times) - np.searchsorted(np.sort(times), fit.times, side="left")
    parts = []
    for words, code in OUTCOMES.items():
        seen = code <= len(fit.cinc)
        none = np.zeros(len(fit.times))
        share, se = (fit.cinc[code - 1], fit.cinc_se[code - 1]) if seen else (none, none)
        columns = {"days": np.asarray(fit.times, dtype="int64"), "outcome": words, "share": share}
        columns |= {"se": np.where(np.isfinite(se), se, np.nan), "at_risk": at_risk}
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)


def implementation_rates(current: Register) -> pd.DataFrame:
    """Return the share of each fiscal year's recommendations implemented four years later.

    As GAO reports it: of those issued in a fiscal year, the share closed as implemented by the end
    of the fiscal year `YEARS` later. Columns: fiscal_year, measured_on, issued, implemented,
    cannot_tell (implemented, absent from the list or not read, on a day or in a way that does not
    tell it), rate (missing until the measuring day has come, and where some cannot be told), state
    (measured, not yet, or cannot tell). Recommendations without an issue date belong to no cohort.
    """
    dated = current.table[current.table["issued_on"].notna()]
    rows = []
    for year, cohort in dated.groupby(dated["issued_on"].dt.date.map(fiscal_year)):
        measured_on = fiscal_year_end(int(year) + YEARS)
        measured = measured_on <= current.as_of
        by = pd.Timestamp(measured_on)
        done = cohort["closed"] & (cohort["status"] == "closed - implemented")
        untold = done & (cohort["status_on"] > by) & ~(cohort["status_from"] > by)
        untold |= cohort["vanished_on"] <= by
        untold |= ~cohort["status_confirmed"] & (cohort["unread_on"] <= by)
        done &= cohort["status_on"] <= by
        missed = int((untold & ~done).sum()) if measured else 0
        rows.append(
            {
                "fiscal_year": int(year),
                "measured_on": pd.Timestamp(measured_on),
                "issued": len(cohort),
                "implemented": int(done.sum()),
                "cannot_tell": missed,
                "rate": float(done.mean()) if measured and not missed else np.nan,
                "state": ("cannot tell" if missed else "measured") if measured else "not yet",
            }
        )
    return pd.DataFrame(rows)


def share_by(incidence: pd.DataFrame, outcome: str, days: int) -> float:
    """Return the share closed one way by a day, from `aalen_johansen`'s table.

    Raises ParameterError for an outcome that is none of `OUTCOMES`.
    """
    known(outcome, OUTCOMES, "outcome")
    rows = incidence[(incidence["outcome"] == outcome) & (incidence["days"] <= days)]
    return float(rows["share"].iloc[-1]) if len(rows) else 0.0


def median_days(survival: pd.DataFrame) -> float:
    """Return the first day by which half has closed, or NaN when fewer than half closed."""
    # A share of exactly one half comes out of a product of factors a hair above it.
    reached = survival[survival["still_open"] <= 0.5 + 1e-9]
    return float(reached["days"].iloc[0]) if len(reached) else np.nan


def _checked(days: pd.Series, outcome: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    times = np.asarray(days, dtype=float)
    outcomes = np.asarray(outcome, dtype=float)
    if not len(times) or len(times) != len(outcomes):
        raise EstimationError(f"{len(times)} times and {len(outcomes)} outcomes")
    if not np.isfinite(times).all() or (times < 0).any():
        raise EstimationError("a time is missing, negative or infinite", do="exclude it first")
    if not np.isin(outcomes, (OPEN, IMPLEMENTED, NOT_IMPLEMENTED)).all():
        raise EstimationError("an outcome is not 0 (open), 1 or 2 (closed)")
    if not outcomes.any():
        raise EstimationError("nothing closed: no time to closure can be estimated")
    return times, outcomes


def _incidence(name: str, part: pd.DataFrame) -> pd.DataFrame:
    """Return a group's cumulative incidence under its name; nothing where nothing closed."""
    if not part["outcome"].any():
        return pd.DataFrame()
    found = aalen_johansen(part["days"], part["outcome"])
    found.insert(0, "agency", name)
    return found


def _agency(name: str, part: pd.DataFrame, incidence: pd.DataFrame) -> dict:
    """Return an agency's line: counts, median and four-year shares."""
    counts = part["outcome"].value_counts()
    line = {
        "agency": name,
        "recommendations": len(part),
        "implemented": int(counts.get(IMPLEMENTED, 0)),
        "not_implemented": int(counts.get(NOT_IMPLEMENTED, 0)),
        "open": int(counts.get(OPEN, 0)),
    }
    estimates = {"observed_days": observed_days(part["days"])}
    estimates |= dict.fromkeys(("median_days", "implemented_4y", "not_implemented_4y"), np.nan)
    if line["open"] == len(part):
        return line | estimates
    survival = kaplan_meier(part["days"], part["outcome"] > OPEN)
    estimates["median_days"] = median_days(observed(survival))
    if estimates["observed_days"] >= HORIZON_DAYS:
        own = incidence[incidence["agency"] == name]
        estimates["implemented_4y"] = share_by(own, "closed - implemented", HORIZON_DAYS)
        estimates["not_implemented_4y"] = share_by(own, "closed - not implemented", HORIZON_DAYS)
    return line | estimates


def _why_none(current: Register) -> str:
    unknown = int(current.table["issued_on"].isna().sum())
    dates = f" {WORDS.sentence('undated_too', n=count(unknown))}" if unknown else ""
    closed = int(current.table["status"].isin(CLOSED_STATUSES).sum())
    return WORDS.sentence(
        "closed_undated" if closed else "none_closed",
        n=count(len(current.table)),
        closed=count(closed),
        as_of=day(current.as_of),
        dates=dates,
    )


def _sentence(current: Register, times: Durations, line: pd.Series) -> str:
    table = times.table
    closed = int((table["outcome"] > OPEN).sum())
    half = line["median_days"]
    median = WORDS.sentence("half_closed", days=count(half))
    if np.isnan(half):
        median = WORDS.sentence("half_not_closed")
    implemented, dropped = line["implemented_4y"], line["not_implemented_4y"]
    within = WORDS.sentence("within_4y", implemented=percent(implemented), dropped=percent(dropped))
    if np.isnan(implemented):
        within = WORDS.sentence("no_share_4y", few=FEW)
    return WORDS.sentence(
        "closed",
        aside=current.aside,
        closed=count(closed),
        of=count(len(table)),
        median=median,
        within=within,
        few=FEW,
        years=f"{line['observed_days'] / 365.25:.1f}",
    )


def _caveats(current: Register, times: Durations) -> str:
    """Return what the curves cannot see, said only where it applies."""
    table = current.table
    late = table["recorded_on"] - table["issued_on"] > pd.Timedelta(days=LATE_ENTRY_DAYS)
    within = table["closed"] & (table["status_from"] < table["status_on"])
    told = "".join(f" Excluded: {count(n)}, {why}." for why, n in times.excluded.items())
    if late.any():
        entered = WORDS.sentence("entered_late", n=count(late.sum()), days=LATE_ENTRY_DAYS)
        told += f" {entered}"
    if within.any():
        told += f" {WORDS.sentence('closed_between', n=count(within.sum()))}"
    return told


__all__ = ["Closure", "aalen_johansen", "closure", "kaplan_meier"]
__dir__ = offered(__all__)
