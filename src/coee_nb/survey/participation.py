"""Who took part, under each rule on who counts as a partial, as far as it may be shown."""

from __future__ import annotations

import pandas as pd

from coee_nb import formats as fmt
from coee_nb.survey.data import Survey
from coee_nb.survey.params import SurveyResponses
from coee_nb.survey.release import Release
from coee_nb.survey.response_rates import (
    Dispositions,
    answered_dispositions,
    recorded_dispositions,
    response_rates,
    share_dispositions,
    tally,
)

PARTIAL_RULES = ("recorded", "answered", "share")


def with_an_answer(released: Release) -> int | None:
    """Return how many respondents answered a question in substance; None where suppressed."""
    survey = released.survey
    if released.took_part is None or survey.asked is None:
        return None
    number = int((survey.answer_counts["answered"] > 0).sum())
    others = shown_numerators(released, rates_by_rule(released, survey.asked))
    return None if _near(number, others, released.floor) else number


def rates_by_rule(released: Release, asked: int) -> pd.DataFrame:
    """Return RR1 to RR6 under every rule, as ``response_rates`` gives them; not yet released.

    Without a numerator where it counts who finished and the export does not tell.
    """
    found = response_rates(_dispositions_by_rule(released.survey, asked))
    found["numerator"] = found["numerator"].astype("Int64")
    if not released.survey.completion_known:
        complete = found["rate"].isin(["RR1", "RR3", "RR5"]) & (found["rule"] != "share")
        found.loc[complete, ["numerator", "value"]] = pd.NA
    return found[found["rate"].str.startswith("RR")].reset_index(drop=True)


def shown_numerators(released: Release, rates: pd.DataFrame) -> set[int]:
    """Return the numerators of ``rates`` that may be shown: no two of them differ by a few people.

    Those of the recorded rule, which other tables print too, go first.
    """
    if released.took_part is None:
        return set()
    survey = released.survey
    shown = {0, survey.responded, survey.asked or 0}
    for rule in PARTIAL_RULES:
        for rate in ("RR2", "RR1"):
            one = (rates["rate"] == rate) & (rates["rule"] == rule)
            number = rates.loc[one, "numerator"].iloc[0]
            if not pd.isna(number) and not _near(number, shown, released.floor):
                shown.add(number)
    return shown


def partial_levels(params: SurveyResponses) -> dict[str, str]:
    """Return the levels of the rule by the share answered, as printed."""
    return {
        "partial_from": fmt.percent(params.partial_from),
        "complete_above": fmt.percent(params.complete_above),
    }


def _near(number: int, others: set[int], floor: int) -> bool:
    """Whether a count differs from another by a few people."""
    return any(0 < abs(number - other) < floor for other in others)


def _dispositions_by_rule(survey: Survey, asked: int) -> dict[str, Dispositions]:
    counts = survey.answer_counts
    finished, params = survey.rows["finished"], survey.params
    found = {
        "recorded": recorded_dispositions(finished),
        "answered": answered_dispositions(finished, counts["answered"]),
        "share": share_dispositions(
            counts["answered"],
            counts["applicable"],
            partial_from=params.partial_from,
            complete_above=params.complete_above,
        ),
    }
    return {rule: tally(given, frame=asked) for rule, given in found.items()}
