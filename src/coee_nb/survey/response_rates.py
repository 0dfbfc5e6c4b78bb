"""Participation: dispositions, the six response rates, the way from personnel to an item's answers.

Terms follow AAPOR, Standard Definitions (10th edition, 2023).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb.errors import EstimationError, InputError, ParameterError
from coee_nb.unseen import Unseen

COMPLETE = "complete"
PARTIAL = "partial"
BREAK_OFF = "break-off"
DISPOSITIONS = (COMPLETE, PARTIAL, BREAK_OFF)


@dataclass(frozen=True, repr=False)
class Dispositions(Unseen):
    """Final dispositions of every case of the frame, in counts.

    ``refusal`` includes break-offs; ``unknown`` is of unknown eligibility (AAPOR's UH and UO
    together). In a census of named staff every case is eligible and unknown is 0.
    """

    complete: int
    partial: int
    refusal: int = 0
    non_contact: int = 0
    other: int = 0
    unknown: int = 0

    def __post_init__(self) -> None:
        """Refuse negative counts and an empty frame."""
        counts = [self.complete, self.partial, self.refusal]
        counts += [self.non_contact, self.other, self.unknown]
        if min(counts) < 0:
            raise InputError("a negative disposition count", expected="counts of 0 or more")
        if sum(counts) == 0:
            raise EstimationError("no cases", do="check the frame and what was excluded")


def recorded_dispositions(finished: pd.Series) -> pd.Series:
    """Return "complete" for who finished and "partial" for all others: the lenient rule.

    It is how survey tools count; a partial may hold no answer at all.

    >>> list(recorded_dispositions(pd.Series([True, False])))
    ['complete', 'partial']
    """
    return pd.Series(np.where(finished.astype(bool), COMPLETE, PARTIAL), index=finished.index)


def answered_dispositions(finished: pd.Series, answered: pd.Series) -> pd.Series:
    """Return dispositions with everybody who answered nothing counted as a break-off.

    ``answered`` counts the substantive answers of each respondent; without one there is no
    interview, however far the respondent went.

    >>> list(answered_dispositions(pd.Series([True, False, False]), pd.Series([9, 4, 0])))
    ['complete', 'partial', 'break-off']
    """
    return recorded_dispositions(finished).mask(answered == 0, BREAK_OFF)


def share_dispositions(
    answered: pd.Series,
    applicable: pd.Series,
    *,
    partial_from: float = 0.5,
    complete_above: float = 0.8,
) -> pd.Series:
    """Return dispositions by the share of applicable items answered: the strict rule.

    Under ``partial_from`` a break-off, above ``complete_above`` complete, between them partial
    (shares that AAPOR names as usual; the choice is the survey's). Whoever no item applies to is a
    break-off.

    >>> list(share_dispositions(pd.Series([9, 6, 2]), pd.Series([10, 10, 10])))
    ['complete', 'partial', 'break-off']
    """
    if not 0 <= partial_from <= complete_above <= 1:
        raise ParameterError(
            f"partial from {partial_from} and complete above {complete_above}",
            expected="0 <= partial_from <= complete_above <= 1",
        )
    share = (answered / applicable.where(applicable > 0)).fillna(0.0)
    rules = [
        (applicable > 0) & (share > complete_above),
        (applicable > 0) & (share >= partial_from),
    ]
    found = np.select(rules, [COMPLETE, PARTIAL], default=BREAK_OFF)
    return pd.Series(found, index=answered.index)


def tally(dispositions: pd.Series, *, frame: int) -> Dispositions:
    """Count the dispositions of respondents; the rest of ``frame`` are non-contacts.

    Raises InputError when there are more respondents than people, or an unknown disposition.

    >>> found = tally(pd.Series(["complete", "complete", "partial"]), frame=10)
    >>> found.complete, found.partial, found.non_contact
    (2, 1, 7)
    """
    unknown = set(dispositions.unique()) - set(DISPOSITIONS)
    if unknown:
        raise InputError(
            f"disposition {min(map(str, unknown))!r}", expected=", ".join(DISPOSITIONS)
        )
    if len(dispositions) > frame:
        raise InputError(
            f"{len(dispositions)} respondents in a frame of {frame}",
            do="correct the frame or set duplicates aside",
        )
    return Dispositions(
        complete=int((dispositions == COMPLETE).sum()),
        partial=int((dispositions == PARTIAL).sum()),
        refusal=int((dispositions == BREAK_OFF).sum()),
        non_contact=frame - len(dispositions),
    )


def response_rates(
    rules: Mapping[str, Dispositions], *, eligible_share: float | None = None
) -> pd.DataFrame:
    """Return one row a rule (how partials were told) and rate (RR1 to RR6).

    Columns: rule, rate, numerator, denominator, value (share), definition. ``eligible_share`` is
    e, the share of unknown cases taken as eligible, for RR3 and RR4; without it they are given only
    where no case is of unknown eligibility.

    >>> rates = response_rates({"recorded": Dispositions(409, 135, non_contact=508)})
    >>> rates.loc[rates["rate"] == "RR2", ["numerator", "denominator", "value"]].round(4).values
    array([[5.440e+02, 1.052e+03, 5.171e-01]])
    """
    if eligible_share is not None and not 0 <= eligible_share <= 1:
        raise ParameterError(f"eligible share {eligible_share}", expected="between 0 and 1")
    columns = ["rule", "rate", "numerator", "denominator", "definition"]
    rows = [
        (rule, *rate) for rule, counts in rules.items() for rate in _rates(counts, eligible_share)
    ]
    table = pd.DataFrame(rows, columns=columns)
    value = table["numerator"] / table["denominator"].where(table["denominator"] > 0)
    table.insert(4, "value", value)
    return table


def _rates(counts: Dispositions, eligible_share: float | None) -> list[tuple[str, int, float, str]]:
    """Return rate, numerator, denominator and definition of one set of dispositions."""
    full, with_partial = counts.complete, counts.complete + counts.partial
    eligible = with_partial + counts.refusal + counts.non_contact + counts.other
    weight = 0.0 if counts.unknown == 0 else eligible_share
    likely = np.nan if weight is None else eligible + weight * counts.unknown
    everyone = eligible + counts.unknown
    return [
        ("RR1", full, everyone, "complete of all, unknown cases in"),
        ("RR2", with_partial, everyone, "complete and partial of all, unknown cases in"),
        ("RR3", full, likely, "complete, unknown cases by their likely eligibility"),
        ("RR4", with_partial, likely, "complete and partial, unknown by likely eligibility"),
        ("RR5", full, eligible, "complete of the eligible, unknown cases out"),
        ("RR6", with_partial, eligible, "complete and partial of the eligible, unknown out"),
    ]


def waterfall(
    *, personnel: int, distributed: int, responded: int, accounting: pd.DataFrame
) -> pd.DataFrame:
    """Return the steps from ``personnel`` over the frame and the respondents to every item.

    Columns: step, count, left_out, reason, share_of_previous, share_of_frame; the row of an item
    starts again from the respondents. ``accounting`` is that of ``items.item_tables`` for all
    groups together; its counts explain each item's loss. Raises InputError when a step holds more
    people than the one before.
    """
    if not personnel >= distributed >= responded >= 0:
        raise InputError(
            f"{personnel} personnel, {distributed} in the frame, {responded} respondents",
            expected="each at most the one before",
        )
    steps = [
        ("All personnel", personnel, personnel, ""),
        ("Survey distributed to", distributed, personnel, "not asked"),
        ("Responded", responded, distributed, "no response recorded"),
    ]
    steps += [
        (f"Answered {_part_name(row)}", row.answered, responded, _losses(row))
        for row in accounting.itertuples()
    ]
    table = pd.DataFrame(steps, columns=["step", "count", "previous", "reason"])
    table["left_out"] = table["previous"] - table["count"]
    table["share_of_previous"] = table["count"] / table["previous"].where(table["previous"] > 0)
    table["share_of_frame"] = table["count"] / distributed if distributed else np.nan
    table.loc[0, "share_of_frame"] = np.nan
    table.loc[table["left_out"] == 0, "reason"] = ""
    columns = ["step", "count", "left_out", "reason", "share_of_previous", "share_of_frame"]
    return table[columns]


def _part_name(row) -> str:
    return row.item if not row.part else f"{row.item}: {row.part}"


def _losses(row) -> str:
    """Return why respondents are not among an item's answers, e.g. "100 stopped before it"."""
    reasons = [
        (row.not_reached, "stopped before it"),
        (row.skipped_by_logic, "not asked"),
        (row.seen_blank, "left it blank"),
        (row.dont_know, "do not know"),
        (row.not_applicable, "not applicable"),
    ]
    return ", ".join(f"{fmt.count(n)} {why}" for n, why in reasons if n)


def break_off_curve(reach: pd.Series, finished: pd.Series, names: Sequence[str]) -> pd.DataFrame:
    """Return at which question those who did not finish left.

    ``reach`` is the position of each respondent's last answered question (0: none), as
    ``states.last_reached`` gives it; ``names`` are the questions in order. Columns: item, reached,
    left (those who did not finish and whose first unanswered question this is). Whoever did not
    finish after answering the last question left at the end.
    """
    places = [*names, "end of the survey"]
    open_ended = ~finished.astype(bool).to_numpy()
    at = np.minimum(reach.to_numpy(), len(names))[open_ended]
    left = np.bincount(at, minlength=len(places))
    reached = len(finished) - np.concatenate([[0], np.cumsum(left)[:-1]])
    return pd.DataFrame({"item": places, "reached": reached, "left": left})
