"""Where respondents left, and why others gave no answer, as far as it tells of no few people."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coee_nb.survey.data import Survey
from coee_nb.survey.one_answer import NOT_ASKED
from coee_nb.survey.questions.states import last_reached
from coee_nb.survey.response_rates import break_off_curve

NOT_REPORTABLE = "reasons put together"
STOPPED, BLANK = "stopped before it", "left it blank"
REASONS = {
    "not_reached": STOPPED,
    "skipped_by_logic": NOT_ASKED,
    "seen_blank": BLANK,
    "dont_know": "don't know",
    "not_applicable": "not applicable",
}


def break_off_segments(survey: Survey, floor: int) -> pd.DataFrame:
    """Return where people left, questions put together so that no segment tells of a few.

    Columns: ``first``, ``last`` (items), ``position`` (of the last), ``reached``, ``left``,
    ``stopped`` (all who left up to and with the last); nobody where the export does not tell who
    finished. A segment ends only at an item whose answers
    and left-out answers, set beside those who had stopped, single out nobody.
    """
    names = [item.name for item in survey.items]
    reach = last_reached(survey.rows, survey.items)
    # Where nobody is known to have stopped, nobody is told to have.
    finished = survey.rows["finished"] | (not survey.completion_known)
    curve = break_off_curve(reach, finished, names)
    stopped = curve["left"].cumsum().to_numpy()
    ends = _safe_ends(survey, stopped, floor)
    firsts = [0, *(end + 1 for end in ends[:-1])]
    before = np.array([0, *(stopped[end] for end in ends[:-1])], int)
    return pd.DataFrame(
        {
            "first": curve["item"].to_numpy()[firsts],
            "last": curve["item"].to_numpy()[ends],
            "position": [end + 1 for end in ends],
            "reached": survey.responded - before,
            "left": stopped[ends] - before,
            "stopped": stopped[ends],
        }
    )


def _safe_ends(survey: Survey, stopped: np.ndarray, floor: int) -> list[int]:
    """Return the places at which a segment may end; the end of the survey is the last."""
    rest = [_unexplained(survey, place, stopped) for place in range(len(survey.items))]
    few = [any(0 < left < floor for left in lefts) for lefts in rest]
    ends: list[int] = []
    for place, item in enumerate(survey.items):
        since = stopped[place] - (stopped[ends[-1]] if ends else 0)
        if since >= floor and not few[place] and item.asked_if is None:
            ends.append(place)
    while ends and 0 < stopped[-1] - stopped[ends[-1]] < floor:
        ends.pop()
    for place in np.flatnonzero(few).tolist():
        while (known := [end for end in ends if end < place]) and _most_stopped(
            survey, place, stopped
        ) - stopped[known[-1]] < floor:
            ends.remove(known[-1])
    return [*ends, len(survey.items)]


def _unexplained(survey: Survey, place: int, stopped: np.ndarray) -> list[int]:
    """Return, for each part of an item, the respondents who reached it and gave no answer."""
    accounts = survey.tables[""].accounting
    own = accounts[accounts["item"] == survey.items[place].name]
    return (own["responded"] - own["answered"] - stopped[place]).tolist()


def _most_stopped(survey: Survey, place: int, stopped: np.ndarray) -> int:
    """Return how many can have stopped before an item, from what later items tell."""
    later = [item.name for item in survey.items[place:]]
    accounts = survey.tables[""].accounting
    rows = accounts[accounts["item"].isin(later)]
    return int(min((rows["responded"] - rows["answered"]).min(), stopped[-1]))


def reportable_reasons(
    account: pd.Series, where_left: pd.DataFrame, *, floor: int, conditional: bool
) -> dict[str, int]:
    """Return how the respondents without an answer may be told apart: reason -> count.

    Reasons of fewer than ``floor`` people are put together, with further ones until they tell of
    nobody. That people had stopped is told only where a segment ends. Empty where even the number
    who answered tells of a few: an item asked of some, of whom a few gave no answer.
    """
    counts = {name: int(account[column]) for column, name in REASONS.items()}
    if conditional:
        silent = account["asked"] - account["answered"]
        outside = int(account["responded"] - account["answered"])
        return {} if 0 < silent < floor else {NOT_REPORTABLE: outside}
    pool = {name for name, n in counts.items() if 0 < n < floor}
    if counts[STOPPED] and counts[STOPPED] not in set(where_left["stopped"]):
        pool |= {STOPPED, BLANK}
    spare = sorted((n, name) for name, n in counts.items() if n and name not in pool)
    while pool and spare and (len(pool) == 1 or sum(counts[name] for name in pool) < floor):
        pool.add(spare.pop(0)[1])
    told = {name: n for name, n in counts.items() if name not in pool}
    together = sum(counts[name] for name in pool)
    return told | ({NOT_REPORTABLE: together} if pool else {})


def segment_labels(where_left: pd.DataFrame) -> list[str]:
    """Return each segment by its first and last item."""
    return [
        row.first if row.first == row.last else f"{row.first} to {row.last}"
        for row in where_left.itertuples()
    ]
