"""How much of the penalties assessed is collected, and how long it takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from coee_nb.enforcement.penalties import Penalties
from coee_nb.errors import EstimationError
from coee_nb.fiscal import fiscal_year
from coee_nb.lazily import offered

AGES = (1, 3)  # years after assessment at which cohorts are compared
DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class Ages:
    """The ages at collection: ``table`` with days, collected and rest (cents) of each case.

    ``days`` is from assessment (or initiation, where that is not known) to collection, ``observed``
    to the as-of date. Not ``dated`` is a case of which something was collected on a day that is
    not known or cannot be; ``undated`` counts these and those without a day to begin with, which
    the table does not have.
    """

    table: pd.DataFrame
    undated: int

    @property
    def dated(self) -> pd.DataFrame:
        """The rows whose age at collection is known, those not collected among them."""
        return self.table[self.table["dated"]].reset_index(drop=True)


def ages(found: Penalties) -> Ages:
    """Return how old each case was when something was collected, and how long it was observed."""
    cases, today = found.records.cases, pd.Timestamp(found.as_of)
    begun = cases["assessed_on"].fillna(cases["initiated_on"])
    paid = (cases["collected"] > 0).to_numpy(bool)
    on = cases["collected_on"].where(paid)
    dated = (~paid | on.notna()) & ~(on < begun) & ~(on > today)
    rows = cases[(begun.notna() & (begun <= today)).to_numpy(bool)]
    observed = (today - begun[rows.index]).dt.days
    rest = (rows["assessed"] - rows["collected"]).clip(lower=0)
    table = pd.DataFrame(
        {
            "case_id": rows["case_id"],
            "begun": begun[rows.index],
            "days": (on[rows.index] - begun[rows.index]).dt.days,
            "observed": observed,
            "assessed": rows["assessed"].astype("int64"),
            "collected": rows["collected"].astype("int64"),
            "rest": rest.astype("int64"),
            "dated": dated[rows.index].astype(bool),
        }
    )
    return Ages(table.reset_index(drop=True), len(cases) - int(table["dated"].sum()))


def kaplan_meier(
    days: np.ndarray, event: np.ndarray, weights: np.ndarray | None = None
) -> pd.DataFrame:
    """Return Kaplan and Meier's (1958) share not yet collected: days, at_risk, events, share.

    One row a day with an event, by statsmodels' SurvfuncRight; ``weights`` counts each row so many
    times (units of money). Raises EstimationError for times that are missing or below 0, and where
    there is no event.
    """
    from statsmodels.duration.survfunc import SurvfuncRight

    times = np.asarray(days, float)
    if not len(times) or not np.isfinite(times).all() or (times < 0).any():
        raise EstimationError("a time is missing or below 0", do="exclude it first")
    happened = np.asarray(event, int)
    if not happened.any():
        raise EstimationError("nothing was collected on a known day")
    fit = SurvfuncRight(times, happened, freq_weights=weights)
    curve = pd.DataFrame(
        {
            "days": np.asarray(fit.surv_times, "int64"),
            "at_risk": np.asarray(fit.n_risk, float).round(2),  # cents, however they were summed
            "events": np.asarray(fit.n_events, float).round(2),
            "share": np.asarray(fit.surv_prob),
        }
    )
    return curve[curve["events"] > 0].reset_index(drop=True)


def curves(found: Penalties) -> pd.DataFrame:
    """Return the share not yet collected by age: of (cases, money), days, at_risk, share.

    A case counts as collected with its first collection known, a unit of money with its own. A case
    closed without collection stays under observation to the as-of date, as nothing will come of it:
    taking it out would make the rest look better. Raises EstimationError as `kaplan_meier` does.
    """
    rows = ages(found).dated
    paid = rows["days"].notna().to_numpy()
    last = rows["days"].fillna(rows["observed"]).to_numpy(float)
    of_cases = kaplan_meier(last, paid)
    part = rows[paid]
    times = np.concatenate([part["days"], rows["observed"]]).astype(float)
    happened = np.concatenate([np.ones(len(part), int), np.zeros(len(rows), int)])
    weights = np.concatenate([part["collected"], rows["rest"]]).astype(float) / 100
    keep = weights > 0
    of_money = kaplan_meier(times[keep], happened[keep], weights[keep])
    parts = [of_cases.assign(of="cases"), of_money.assign(of="money")]
    return pd.concat(parts, ignore_index=True)[["of", "days", "at_risk", "events", "share"]]


def cohorts(found: Penalties, *, starts: int = 10, change_on: date | None = None) -> pd.DataFrame:
    """Return the collection rate of each fiscal year's assessments, with what makes it comparable.

    Columns: fiscal_year, period (before, after, or both, of the year of ``change_on``), cases,
    assessed, collected (cents), rate (so far), observed_years (of its youngest case), and rate_1y
    and rate_3y: the share collected within so many years of assessment, missing until the youngest
    case is that old and where something was collected on an unknown day. A young cohort has had
    less time: its rate so far is no falling rate.
    """
    rows = ages(found).table
    year = rows["begun"].dt.date.map(lambda day: fiscal_year(day, starts))
    lines = []
    for number, own in rows.groupby(year):
        assessed = int(own["assessed"].sum())
        youngest = own["observed"].min() / DAYS_A_YEAR
        line = {
            "fiscal_year": int(number),
            "period": _period(own["begun"], change_on),
            "cases": len(own),
            "assessed": assessed,
            "collected": int(own["collected"].sum()),
            "rate": float(own["collected"].sum() / assessed) if assessed else np.nan,
            "observed_years": float(youngest),
        }
        for age in AGES:
            early = own.loc[own["days"] <= age * DAYS_A_YEAR, "collected"].sum()
            known = youngest >= age and assessed and own["dated"].all()
            line[f"rate_{age}y"] = float(early / assessed) if known else np.nan
        lines.append(line)
    columns = ["fiscal_year", "period", "cases", "assessed", "collected", "rate"]
    columns += ["observed_years", *(f"rate_{age}y" for age in AGES)]
    return pd.DataFrame(lines, columns=columns)


def _period(begun: pd.Series, change_on: date | None) -> str:
    if change_on is None:
        return ""
    after = begun >= pd.Timestamp(change_on)
    return "after" if after.all() else "before" if not after.any() else "both"


__all__ = ["Ages", "ages", "cohorts", "curves", "kaplan_meier"]
__dir__ = offered(__all__)
