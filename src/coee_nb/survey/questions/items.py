"""Every item's answers, with each denominator traced from the frame to the answer.

A respondent is in exactly one state per item, and the states add up to the frame:

- in_frame = no_response + responded
- responded = not_reached + skipped_by_logic + asked
- asked = seen_blank + not_applicable + dont_know + answered
"""

from collections.abc import Mapping, Sequence
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
from coee_nb.errors import EstimationError, InputError
from coee_nb.survey.codebook import Item
from coee_nb.survey.questions.states import (
    ANSWERED,
    STATES,
    Part,
    chosen,
    factorized,
    read_parts,
    substantive,
)
from coee_nb.unseen import Unseen

ALL = "(all)"


@dataclass(frozen=True, repr=False)
class ItemTables(Unseen):
    """The items of a survey, overall or by one breakdown.

    ``accounting``: one row an item (and part of a matrix) and group: item, part, group, in_frame,
    no_response, responded, not_reached, skipped_by_logic, asked, seen_blank, not_applicable,
    dont_know, answered, and answered_despite_skip (answers where the skip logic expected none;
    they are among the answered).
    ``distribution``: one row a choice as well (multi: share of the respondents who chose any):
    item, part, choice, group, count, n, share, percent (whole, half up), wilson_low, wilson_high,
    exact_low, exact_high, design_se, design_low, design_high (logit, finite population
    correction, the group's answers as a domain of its respondents), bound_low, bound_high (no
    assumption), precision (show or suppress), precision_reason, footnote, review.
    ``selections``: of each multi-select, shares of all choices made: item, choice, group, count,
    selections, share, percent.
    ``numbers``: of each numeric item: item, group, n, mean, mean_low, mean_high, sd, minimum,
    lower_quartile, median, upper_quartile, maximum.
    """

    accounting: pd.DataFrame
    distribution: pd.DataFrame
    selections: pd.DataFrame
    numbers: pd.DataFrame
    text: str


@dataclass(frozen=True, repr=False)
class LikertMean(Unseen):
    """A mean of scores, asked for on purpose: equal steps between answers are an assumption.

    ``table`` has one row: n, mean, sd, low, high, scores (the score of each choice).
    """

    table: pd.DataFrame
    text: str


@dataclass(frozen=True, repr=False)
class _Groups(Unseen):
    """Where each respondent belongs, with the frame's and the respondents' counts."""

    codes: NDArray[np.intp]
    labels: list[str]
    frame: NDArray[np.int64]
    responded: NDArray[np.int64]


def item_tables(
    responses: pd.DataFrame,
    items: Sequence[Item],
    *,
    frame: int | Mapping[str, int],
    by: str | None = None,
    confidence: float = 0.95,
) -> ItemTables:
    """Return accounting and answers of ``items`` in their order, for all or ``by`` a column.

    ``responses`` has one row a respondent with ``finished`` and the items' columns; a blank cell
    is NaN. ``items`` are the whole questionnaire in its order. ``frame`` is the number of people
    asked, or their number in each group of ``by``.
    Raises InputError for a missing column, a label outside the choices, a respondent whose group
    is not in the frame, and more respondents than people.
    """
    groups = _placed(responses, frame, by)
    accounts, answers, selections, numbers = [], [], [], []
    for parts in read_parts(responses, items):
        item = parts[0].item
        accounts += [_account(part, groups) for part in parts]
        if item.kind == "multi":
            marks = chosen(responses, item, parts[0])
            answers.append(_multi_counts(item, marks, parts[0], groups))
            selections.append(_selection_counts(item, marks, groups))
        elif item.kind == "numeric":
            numbers.append(_numbers(responses, parts[0], groups, confidence))
        elif item.kind != "text":
            answers += [_choice_counts(part, groups) for part in parts]
    accounting = _together(accounts, _ACCOUNT_COLUMNS)
    distribution = _with_intervals(_together(answers, _COUNT_COLUMNS), accounting, confidence)
    return ItemTables(
        accounting=accounting,
        distribution=distribution,
        selections=_with_shares(_together(selections, _SELECTION_COLUMNS), "selections"),
        numbers=_together(numbers, _NUMBER_COLUMNS),
        text=_sentence(accounting, groups),
    )


def likert_mean(
    values: pd.Series, choices: Sequence[str], *, confidence: float = 0.95
) -> LikertMean:
    """Return the mean score of ``values``, the first of ``choices`` scoring 1, and so on.

    Labels outside ``choices`` are left out with the blanks. Raises EstimationError with fewer
    than two answers.

    >>> likert_mean(pd.Series(["No", "Yes", "Yes"]), ["No", "Yes"]).table["mean"].round(2).item()
    1.67
    """
    codes = pd.Index(list(choices)).get_indexer(pd.Index(values.astype(object)))
    scores = codes[codes >= 0] + 1.0
    row: dict[str, Any] = {"n": len(scores), **_mean_interval(scores, confidence)}
    row["scores"] = ", ".join(f"{label} = {k}" for k, label in enumerate(choices, start=1))
    text = (
        f"The mean score is {fmt.number(row['mean'])} of {len(choices)} (n = "
        f"{fmt.count(len(scores))}), if the steps between answers are taken as equal."
    )
    return LikertMean(pd.DataFrame([row]), text)


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


def _placed(responses: pd.DataFrame, frame: int | Mapping[str, int], by: str | None) -> _Groups:
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
        labels, people = list(frame), np.array(list(frame.values()), np.int64)
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
    return _Groups(codes, labels, people, responded)


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
    "answered_despite_skip",
]
_COUNT_COLUMNS = ["item", "part", "choice", "group", "count", "n"]
_SELECTION_COLUMNS = ["item", "choice", "group", "count", "selections"]
_NUMBER_COLUMNS = [
    "item",
    "group",
    "n",
    "mean",
    "mean_low",
    "mean_high",
    "sd",
    "minimum",
    "lower_quartile",
    "median",
    "upper_quartile",
    "maximum",
]


def _account(part: Part, groups: _Groups) -> dict[str, Any]:
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
        "answered_despite_skip": np.bincount(groups.codes[part.despite_skip], minlength=size),
        **counts,
    }


def _choice_counts(part: Part, groups: _Groups) -> dict[str, Any]:
    """Return the answers of one part by choice and group, as columns."""
    choices, size = substantive(part.item), len(groups.labels)
    width = len(choices) + 1
    cells = np.bincount(groups.codes * width + part.choice + 1, minlength=size * width)
    counts = cells.reshape(size, width)[:, 1:].T
    return _answer_rows(part.item.name, part.label, choices, groups, counts, counts.sum(axis=0))


def _multi_counts(
    item: Item, marks: Mapping[str, NDArray[np.bool_]], part: Part, groups: _Groups
) -> dict[str, Any]:
    """Return who chose each choice, out of the respondents who chose any."""
    size = len(groups.labels)
    counts = [np.bincount(groups.codes[m], minlength=size) for m in marks.values()]
    n = np.bincount(groups.codes[part.state == ANSWERED], minlength=size)
    return _answer_rows(item.name, "", list(marks), groups, np.array(counts), n)


def _answer_rows(
    name: str,
    part: str,
    choices: list[str],
    groups: _Groups,
    counts: NDArray[np.int64],
    n: NDArray[np.int64],
) -> dict[str, Any]:
    size = len(groups.labels)
    return {
        "item": np.repeat(name, size * len(choices)),
        "part": np.repeat(part, size * len(choices)),
        "choice": np.repeat(choices, size),
        "group": np.tile(groups.labels, len(choices)),
        "count": counts.ravel(),
        "n": np.tile(n, len(choices)),
    }


def _selection_counts(
    item: Item, marks: Mapping[str, NDArray[np.bool_]], groups: _Groups
) -> dict[str, Any]:
    """Return the choices made in a multi-select, out of all choices made."""
    size = len(groups.labels)
    counts = np.array([np.bincount(groups.codes[m], minlength=size) for m in marks.values()])
    rows = _answer_rows(item.name, "", list(marks), groups, counts, counts.sum(axis=0))
    return {**{k: rows[k] for k in ("item", "choice", "group", "count")}, "selections": rows["n"]}


def _numbers(
    responses: pd.DataFrame, part: Part, groups: _Groups, confidence: float
) -> dict[str, Any]:
    """Return summary statistics of a numeric item by group, as columns."""
    column = responses[part.item.columns[0]]
    answered = part.state == ANSWERED
    values = pd.to_numeric(column[answered].astype(object), errors="coerce").to_numpy(float)
    if np.isnan(values).any():
        raise InputError(
            f"{int(np.isnan(values).sum())} answers are no numbers",
            where=f"column {part.item.columns[0]}",
            do="name it in the codebook as missing, not applicable or don't know",
        )
    rows = []
    for code, label in enumerate(groups.labels):
        here = values[groups.codes[answered] == code]
        rows.append({"item": part.item.name, "group": label, **_summary(here, confidence)})
    return pd.DataFrame(rows, columns=_NUMBER_COLUMNS).to_dict("list")


def _summary(values: NDArray[np.float64], confidence: float) -> dict[str, float]:
    if not len(values):
        return {"n": 0}
    names = ("minimum", "lower_quartile", "median", "upper_quartile", "maximum")
    quartiles = dict(zip(names, np.quantile(values, [0, 0.25, 0.5, 0.75, 1]), strict=True))
    if len(values) < 2:
        return {"n": len(values), "mean": values[0], **quartiles}
    found = _mean_interval(values, confidence)
    ends = {"mean_low": found["low"], "mean_high": found["high"]}
    return {"n": len(values), "mean": found["mean"], "sd": found["sd"], **ends, **quartiles}


def mean_interval(values: NDArray[np.float64], confidence: float) -> tuple[float, float]:
    """Return the t interval of the mean of ``values`` (n,). Raises EstimationError under two."""
    found = _mean_interval(values, confidence)
    return found["low"], found["high"]


def _mean_interval(values: NDArray[np.float64], confidence: float) -> dict[str, float]:
    """Return mean, sd and the t interval of the mean."""
    if len(values) < 2:
        raise EstimationError("fewer than two answers", do="show the answers themselves")
    mean, sd = float(np.mean(values)), float(np.std(values, ddof=1))
    t = -special.stdtrit(len(values) - 1, (1 - confidence) / 2)
    half = t * sd / np.sqrt(len(values))
    return {"mean": mean, "sd": sd, "low": mean - half, "high": mean + half}


# Shares and intervals


def _with_shares(table: pd.DataFrame, denominator: str) -> pd.DataFrame:
    count, n = table["count"].to_numpy(), table[denominator].to_numpy()
    share = np.where(n > 0, count / np.where(n > 0, n, 1), np.nan)
    return table.assign(share=share, percent=whole_percent(count, n))


def _with_intervals(
    table: pd.DataFrame, accounting: pd.DataFrame, confidence: float
) -> pd.DataFrame:
    """Add every interval to the counts, all rows at once."""
    table = _with_shares(table, "n")
    keys = ["item", "part", "group"]
    sizes = table[keys].merge(accounting, on=keys, how="left", validate="many_to_one")
    count, n, share = (table[name].to_numpy(float) for name in ("count", "n", "share"))
    responded = sizes["responded"].to_numpy(float)
    eligible = sizes["in_frame"] - sizes["skipped_by_logic"] - sizes["not_applicable"]
    error = proportion_errors(
        share, answered=n, responded=responded, frame=sizes["in_frame"].to_numpy(float)
    ).domain
    columns = {}
    columns["wilson_low"], columns["wilson_high"] = wilson(count, n, confidence=confidence)
    columns["exact_low"], columns["exact_high"] = clopper_pearson(count, n, confidence=confidence)
    columns["design_se"] = error
    ends = _logit_interval(share, error, responded - 1, confidence)
    columns["design_low"], columns["design_high"] = ends
    bounds = no_assumption_bounds(count, n, eligible.to_numpy(float))
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


def _together(pieces: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    """Stack pieces given as columns; an empty table keeps its columns."""
    if not pieces:
        return pd.DataFrame({name: [] for name in columns})
    stacked = {name: np.concatenate([piece[name] for piece in pieces]) for name in columns}
    return pd.DataFrame(stacked)


def _sentence(accounting: pd.DataFrame, groups: _Groups) -> str:
    answered = accounting.groupby(["item", "part"], sort=False)["answered"].sum()
    people, responded = int(groups.frame.sum()), int(groups.responded.sum())
    return (
        f"{fmt.count(responded)} of {fmt.count(people)} people responded; between "
        f"{fmt.count(answered.min())} and {fmt.count(answered.max())} answered an item, and each "
        "percentage is of those who answered it in substance."
    )
