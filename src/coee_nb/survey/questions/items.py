"""Every item's answers, with each denominator traced from the frame to the answer.

A respondent is in exactly one state per item, and the states add up to the frame:

- in_frame = no_response + responded
- responded = not_reached + skipped_by_logic + asked
- asked = seen_blank + not_applicable + dont_know + answered
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from coee_nb import formats as fmt
from coee_nb.engines.design.estimation import proportion_errors
from coee_nb.engines.design.intervals import (
    clopper_pearson,
    effective_size,
    korn_graubard,
    no_assumption_bounds,
    precision,
    wilson,
)
from coee_nb.errors import InputError
from coee_nb.survey.questions.item import Item
from coee_nb.survey.questions.kind import STATES, Groups, Part, factorized
from coee_nb.survey.questions.kinds import kind_of
from coee_nb.survey.questions.states import read_parts
from coee_nb.unseen import Unseen

ALL = "(all)"


@dataclass(frozen=True, repr=False)
class ItemTables(Unseen):
    """The items of a survey, overall or by one breakdown.

    ``accounting``: one row an item (and part of a matrix) and group: item, part, group, in_frame,
    no_response, responded, not_reached, skipped_by_logic, asked, seen_blank, not_applicable,
    dont_know, answered.
    ``distribution``: one row a choice as well (multi: share of the respondents who chose any):
    item, part, choice, group, count, n, share, percent (whole, half up), wilson_low, wilson_high,
    exact_low, exact_high, design_se, design_low, design_high (logit, finite population
    correction, the group's answers as a domain of its respondents; NaN in a census), bound_low,
    bound_high (no assumption; NaN where nobody knows how many were asked), precision (show or
    suppress), precision_reason, footnote, review.
    """

    accounting: pd.DataFrame
    distribution: pd.DataFrame
    text: str


def item_tables(
    responses: pd.DataFrame,
    items: Sequence[Item],
    *,
    frame: float | Mapping[str, float],
    by: str | None = None,
    confidence: float = 0.95,
    parts: Iterable[list[Part]] | None = None,
) -> ItemTables:
    """Return accounting and answers of ``items`` in their order, for all or ``by`` a column.

    ``responses`` has one row a respondent with ``finished`` and the items' columns; a blank cell
    is NaN. ``items`` are the whole questionnaire in its order. ``frame`` is the number of people
    asked, or their number in each group of ``by``; infinite where it is not known.
    ``parts`` are those of the items, where they are read already.
    Raises InputError for a missing column, a label outside the choices, a respondent whose group
    is not in the frame, and more respondents than people.
    """
    groups = _placed(responses, frame, by)
    accounts, answers = [], []
    for own in read_parts(responses, items) if parts is None else parts:
        accounts += [_account(part, groups) for part in own]
        answers += kind_of(own[0].item).counts(responses, own, groups)
    accounting = _together(accounts, _ACCOUNT_COLUMNS)
    return ItemTables(
        accounting=accounting,
        distribution=with_intervals(_together(answers, _COUNT_COLUMNS), accounting, confidence),
        text=_sentence(accounting, groups),
    )


def whole_percent(count: NDArray[np.int64], n: NDArray[np.int64]) -> pd.array:
    """Return whole percentages, rounded half up on the exact ratio; missing where ``n`` is 0.

    >>> whole_percent(np.array([303, 1]), np.array([444, 200])).tolist()
    [68, 1]
    """
    count, n = np.asarray(count, np.int64), np.asarray(n, np.int64)
    safe = np.where(n > 0, n, 1)
    rounded = pd.array((200 * count + safe) // (2 * safe), dtype="Int64")
    rounded[n == 0] = pd.NA
    return rounded


def _placed(responses: pd.DataFrame, frame: float | Mapping[str, float], by: str | None) -> Groups:
    """Return every respondent's group; each must be in the frame, and fit in it."""
    if (by is None) == isinstance(frame, Mapping):
        raise InputError(
            "frame and breakdown do not agree", expected="one number, or one a group of `by`"
        )
    if not isinstance(frame, Mapping):
        codes, labels, people = np.zeros(len(responses), np.intp), [ALL], np.array([frame])
    else:
        if by not in responses:
            raise InputError(f"no column {by!r}", expected="a column of groups")
        labels, people = list(frame), np.array(list(frame.values()))
        found, names = factorized(responses[by])
        place = pd.Index(labels).get_indexer(pd.Index(names))
        codes = np.append(place, -1)[found]
    if (codes < 0).any():
        stray = responses[by][codes < 0].iloc[0]
        raise InputError(
            f"{int((codes < 0).sum())} respondents in {stray!r}, which is not in the frame",
            where=f"column {by}",
            expected=", ".join(map(str, labels)),
        )
    responded = np.bincount(codes, minlength=len(labels))
    if (responded > people).any():
        over = int(np.argmax(responded > people))
        raise InputError(
            f"{responded[over]} respondents but {people[over]} people in the frame",
            where=str(labels[over]),
            do="correct the frame or set duplicates aside",
        )
    return Groups(codes, labels, people, responded)


# Counting

_ACCOUNT_COLUMNS = [
    "item",
    "part",
    "group",
    "in_frame",
    "no_response",
    "responded",
    "not_reached",
    "skipped_by_logic",
    "asked",
    "seen_blank",
    "not_applicable",
    "dont_know",
    "answered",
]
_COUNT_COLUMNS = ["item", "part", "choice", "group", "count", "n"]


def _account(part: Part, groups: Groups) -> dict[str, Any]:
    """Return the states of one part by group, as columns."""
    size = len(groups.labels)
    table = np.bincount(groups.codes * len(STATES) + part.state, minlength=size * len(STATES))
    counts = dict(zip(STATES, table.reshape(size, -1).T, strict=True))
    asked = counts["seen_blank"] + counts["not_applicable"] + counts["dont_know"]
    return {
        "item": np.repeat(part.item.name, size),
        "part": np.repeat(part.label, size),
        "group": groups.labels,
        "in_frame": groups.frame,
        "no_response": groups.frame - groups.responded,
        "responded": groups.responded,
        "asked": asked + counts["answered"],
        **counts,
    }


# Shares and intervals


def with_intervals(
    table: pd.DataFrame, accounting: pd.DataFrame, confidence: float
) -> pd.DataFrame:
    """Return ``table`` (item, part, group, count, n) with its share and every interval.

    ``accounting`` is that of ``ItemTables``; the columns added are those of its distribution.
    """
    keys = ["item", "part", "group"]
    sizes = table[keys].merge(accounting, on=keys, how="left", validate="many_to_one")
    whole, of = table["count"].to_numpy(), table["n"].to_numpy()
    share = np.where(of > 0, whole / np.where(of > 0, of, 1), np.nan)
    table = table.assign(share=share, percent=whole_percent(whole, of))
    count, n = whole.astype(float), of.astype(float)
    responded = sizes["responded"].to_numpy(float)
    eligible = sizes["in_frame"] - sizes["skipped_by_logic"] - sizes["not_applicable"]
    error = proportion_errors(
        share, answered=n, responded=responded, frame=sizes["in_frame"].to_numpy(float)
    ).domain
    columns = {}
    columns["wilson_low"], columns["wilson_high"] = wilson(count, n, confidence=confidence)
    columns["exact_low"], columns["exact_high"] = clopper_pearson(count, n, confidence=confidence)
    sampled = np.where(responded < sizes["in_frame"], error, np.nan)  # of a census there is none
    columns["design_se"] = sampled
    ends = _logit_interval(share, sampled, responded - 1, confidence)
    columns["design_low"], columns["design_high"] = ends
    known = np.where(np.isfinite(eligible), eligible, np.nan)  # of whom nobody knows how many
    bounds = no_assumption_bounds(count, n, known)
    columns["bound_low"], columns["bound_high"] = bounds
    return table.assign(**columns, **_judged(share, error, n, responded, confidence))


def _logit_interval(
    share: NDArray, error: NDArray, freedom: NDArray, confidence: float
) -> tuple[NDArray, NDArray]:
    """Return R's svyciprop logit interval for whole columns; NaN at 0 and 1."""
    inside = (share > 0) & (share < 1) & (freedom >= 1)
    p = np.where(inside, share, 0.5)
    t = -special.stdtrit(np.maximum(freedom, 1), (1 - confidence) / 2)
    half, middle = t * error / (p * (1 - p)), special.logit(p)
    low, high = special.expit(middle - half), special.expit(middle + half)
    return np.where(inside, low, np.nan), np.where(inside, high, np.nan)


def _judged(
    share: NDArray, error: NDArray, n: NDArray, responded: NDArray, confidence: float
) -> dict[str, NDArray]:
    """Return the presentation standard's verdicts on Korn-Graubard intervals."""
    freedom = np.maximum(responded - 1, 1)
    size = {"rows": n, "degrees_of_freedom": freedom, "confidence": confidence}
    low, high = korn_graubard(share, error, **size)
    verdicts = precision(
        share,
        rows=n,
        effective_rows=effective_size(share, error, **size),
        degrees_of_freedom=responded - 1,
        low=low,
        high=high,
    )
    names = {"verdict": "precision", "reason": "precision_reason"}
    return {names.get(name, name): verdicts[name].to_numpy() for name in verdicts}


def _together(
    pieces: Sequence[Mapping[str, Any] | pd.DataFrame], columns: list[str]
) -> pd.DataFrame:
    """Stack pieces given as columns; an empty table keeps its columns."""
    if not pieces:
        return pd.DataFrame({name: [] for name in columns})
    stacked = {name: np.concatenate([piece[name] for piece in pieces]) for name in columns}
    return pd.DataFrame(stacked)


def _sentence(accounting: pd.DataFrame, groups: Groups) -> str:
    answered = accounting.groupby(["item", "part"], sort=False)["answered"].sum()
    people, responded = groups.frame.sum(), int(groups.responded.sum())
    of = f" of {fmt.count(int(people))}" if np.isfinite(people) else ""
    return (
        f"{fmt.count(responded)}{of} people responded; between "
        f"{fmt.count(answered.min())} and {fmt.count(answered.max())} answered an item, and each "
        "percentage is of those who answered it in substance."
    )
