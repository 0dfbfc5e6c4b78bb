"""The tables on oversight as a report shows them."""

from __future__ import annotations

import pandas as pd

from coee_nb import formats as fmt
from coee_nb.enforcement.meetings import ALL
from coee_nb.enforcement.oversight_activity import Oversight
from coee_nb.enforcement.oversight_disputes import DISPUTE_STATES
from coee_nb.enforcement.oversight_statements import WORDS, reached_line, year_word
from coee_nb.enforcement.responsibilities import JOINT
from coee_nb.lazily import showing
from coee_nb.outputs import Callout, Table

SHOWN = 50  # lines a page shows of a long table; its file has them all


def meeting_counts(told: Oversight) -> Table | Callout | None:
    """Return required, kept and missed periods by unit and year, with exact intervals."""
    part = told.meetings
    if part is None:
        return None
    within = part.minutes_within_days
    limit = "" if within is None else WORDS.sentence("within_days", days=within)
    words = WORDS.table(
        "meeting_counts", stamp=told.stamp, year=year_word(told.fiscal_year_starts),
        rule=part.rules.text, limit=limit, confidence=fmt.percent(part.confidence),
    )  # fmt: skip
    if part.not_due:
        words["note"] += " " + WORDS.sentence("not_due", count=fmt.count(part.not_due))
    line = part.by_year["unit"] + ", " + part.by_year["year"]
    shares = dict.fromkeys(("share", "ci_low", "ci_high"), fmt.percent)
    return Table(
        part.by_year.assign(line=line), **words, formats=shares, anchor="line", rows=None,
        show=tuple(part.by_year.columns), origin=told.origin(*told.of_meetings),
    )  # fmt: skip


def meeting_streaks(told: Oversight) -> Table | Callout | None:
    """Return each unit's longest gap and streak, and how it ends."""
    if told.meetings is None:
        return None
    words = WORDS.table("meeting_streaks", stamp=told.stamp)
    streaks = told.meetings.streaks.sort_values(
        ["longest_gap", "unit"], ascending=[False, True], ignore_index=True
    )
    return Table(
        streaks.astype({"longest_between_days": "Int64"}), **words, anchor="unit",
        origin=told.origin(*told.of_meetings),
    )  # fmt: skip


def dispute_states(told: Oversight) -> Table | Callout | None:
    """Return how many disputes stand how, and the longest delay of each."""
    part = told.disputes
    if part is None:
        return None
    rows = part.table.groupby("state")["days_late"].agg(["size", "max"]).reindex(DISPUTE_STATES)
    for line, own in ((reached_line(told), part.reached), (ALL, part.table)):
        rows.loc[line] = [len(own), own["days_late"].max()]
    frame = pd.DataFrame(
        {
            "state": rows.index,
            "disputes": rows["size"].fillna(0).astype(int).to_numpy(),
            "longest_late_days": rows["max"].astype("Int64").to_numpy(),
        }
    )
    words = WORDS.table("dispute_states", stamp=told.stamp, days=part.referral_days)
    return Table(frame, **words, anchor="state", origin=told.origin(part.records.source))


def dispute_list(told: Oversight) -> Table | Callout | None:
    """Return each dispute that has been open long enough to be referred, the worst first."""
    part = told.disputes
    if part is None:
        return None
    reached = part.reached.reset_index(drop=True)
    if reached.empty:
        said = WORDS.sentence("no_long_disputes", days=part.referral_days, stamp=told.stamp)
        return Callout(said)
    words = WORDS.table("dispute_list", stamp=told.stamp, days=part.referral_days)
    return Table(reached, **words, rows=SHOWN, origin=told.origin(part.records.source))


def inspection_activities(told: Oversight) -> Table | Callout | None:
    """Return each activity of the catalogue, what is not covered first."""
    part = told.inspections
    if part is None:
        return None
    frame = part.activities.sort_values("worksheets", kind="stable", ignore_index=True)
    if (frame["group"] == "").all():
        frame = frame.drop(columns="group")
    year = year_word(told.fiscal_year_starts)
    words = WORDS.table(
        "inspection_activities", stamp=told.stamp, year=year, missing=len(part.not_covered),
        total=len(frame),
    )  # fmt: skip
    return Table(frame, **words, anchor="activity", origin=told.origin(*told.of_inspections))


def inspection_units(told: Oversight) -> Table | Callout | None:
    """Return how many worksheets each unit filed, most first."""
    part = told.inspections
    if part is None:
        return None
    covered = len(part.activities) - len(part.not_covered)
    whole = {"unit": part.whole, "worksheets": part.count, "share": 1.0, "cumulative_share": 1.0,
             "activities": covered, "files_few": False}  # fmt: skip
    words = WORDS.table(
        "inspection_units", stamp=told.stamp, half=fmt.count(part.half),
        few=fmt.count(part.units["files_few"].sum()),
    )  # fmt: skip
    return Table(
        pd.concat([part.units, pd.DataFrame([whole])], ignore_index=True).drop_duplicates("unit"),
        **words,
        formats=dict.fromkeys(("share", "cumulative_share"), fmt.percent),
        anchor="unit",
        origin=told.origin(*told.of_inspections),
    )


def ownership(told: Oversight) -> Table | Callout | None:
    """Return each responsibility with its owners, what is unclear first."""
    part = told.responsibilities
    if part is None:
        return None
    clear = ~part.table["responsibility"].isin(part.unclear["responsibility"])
    frame = part.table.assign(clear=clear).sort_values("clear", kind="stable", ignore_index=True)
    said = WORDS.sentence("procedures_unknown")
    if part.procedures_known:
        said = WORDS.sentence(
            "procedures_known", count=int((part.table["procedure"] == "").sum()),
            total=len(part.table), uncovered=len(part.uncovered),
        )  # fmt: skip
    words = WORDS.table(
        "ownership", stamp=told.stamp, procedures=said, unclear=fmt.count(len(part.unclear)),
        joint=fmt.count((part.table["ownership"] == JOINT).sum()),
    )  # fmt: skip
    origin = told.origin(part.records.source, *told.of_inspections)
    return Table(frame.drop(columns="clear"), **words, rows=SHOWN, origin=origin)


def not_inspected(told: Oversight) -> Table | Callout | None:
    """Return the responsibilities that no worksheet covers, as far as that is known."""
    part = told.responsibilities
    if part is None:
        return None
    if not part.inspections_known:
        return None
    frame = part.not_inspected.sort_values("inspection", kind="stable", ignore_index=True)
    if frame.empty:
        return Callout(WORDS.sentence("all_inspected", stamp=told.stamp))
    origin = told.origin(part.records.source, *told.of_inspections)
    words = WORDS.table("not_inspected", stamp=told.stamp, count=fmt.count(len(frame)))
    return Table(frame, **words, rows=SHOWN, origin=origin)


def exceptions(told: Oversight) -> Table | Callout | None:
    """Return every row that was set aside or counted once, with its line and reason."""
    if told.exceptions.empty:
        return Callout(WORDS.sentence("no_oversight_exceptions", stamp=told.stamp))
    words = WORDS.table("oversight_exceptions", stamp=told.stamp)
    return Table(told.exceptions, **words, rows=SHOWN, origin=told.origin(*told.inputs))


__dir__ = showing(globals())
