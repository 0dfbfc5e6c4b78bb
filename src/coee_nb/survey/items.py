"""Every item's answers, with each denominator traced from the frame to the answer.

A respondent is in exactly one state per item, and the states add up to the frame:

- in_frame = no_response + responded
- responded = not_reached + skipped_by_logic + asked
- asked = seen_blank + not_applicable + dont_know + answered
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from coee_nb import formats as fmt
from coee_nb.errors import EstimationError, InputError
from coee_nb.survey.design import proportion_errors
from coee_nb.survey.intervals import (
    clopper_pearson,
    effective_size,
    korn_graubard,
    no_assumption_bounds,
    precision,
    wilson,
)

ALL = "(all)"
STATES = (
    "not_reached",
    "skipped_by_logic",
    "seen_blank",
    "not_applicable",
    "dont_know",
    "answered",
)
NOT_REACHED, SKIPPED, BLANK, NOT_APPLICABLE, DONT_KNOW, ANSWERED = range(len(STATES))


class Item(Protocol):
    """What this room asks of a codebook's item.

    ``columns`` are its columns in the response table, one a choice (multi) or a row (matrix), and
    ``labels`` what each stands for. ``choices`` are all labels in order; those in ``missing``
    (seen and left blank), ``not_applicable`` and ``dont_know`` are no answers in substance.
    ``asked_if`` names an earlier item and the labels that lead to this one.
    """

    name: str
    wording: str
    kind: Literal["single", "multi", "matrix", "likert", "numeric", "text"]
    columns: Sequence[str]
    labels: Sequence[str]
    choices: Sequence[str]
    missing: Iterable[str]
    not_applicable: Iterable[str]
    dont_know: Iterable[str]
    asked_if: tuple[str, Iterable[str]] | None


@dataclass(frozen=True)
class ItemTables:
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


@dataclass(frozen=True)
class LikertMean:
    """A mean of scores, asked for on purpose: equal steps between answers are an assumption.

    ``table`` has one row: n, mean, sd, low, high, scores (the score of each choice).
    """

    table: pd.DataFrame
    text: str


@dataclass(frozen=True)
class _Part:
    """One column of answers read: a state and a choice (-1: none) for each respondent."""

    item: Item
    label: str
    state: NDArray[np.int8]
    choice: NDArray[np.int16]
    despite_skip: NDArray[np.bool_]


@dataclass(frozen=True)
class _Groups:
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
    is NaN. ``frame`` is the number of people asked, or their number in each group of ``by``.
    Raises InputError for a missing column, a label outside the choices, a respondent whose group
    is not in the frame, and more respondents than people.
    """
    groups = _placed(responses, frame, by)
    accounts, answers, selections, numbers = [], [], [], []
    for parts in _read(responses, items):
        item = parts[0].item
        accounts += [_account(part, groups) for part in parts]
        if item.kind == "multi":
            chosen = _chosen(responses, item, parts[0])
            answers.append(_multi_counts(item, chosen, parts[0], groups))
            selections.append(_selection_counts(item, chosen, groups))
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


def last_reached(responses: pd.DataFrame, items: Sequence[Item]) -> pd.Series:
    """Return the position (from 1) of each respondent's last answered item, 0 for none.

    Whoever finished has reached the end: ``len(items) + 1``.
    """
    reach = np.zeros(len(responses), np.intp)
    for position, item in enumerate(items, start=1):
        for column in item.columns:
            reach[_column(responses, column, item).notna().to_numpy()] = position
    reach[responses["finished"].to_numpy(bool)] = len(items) + 1
    return pd.Series(reach, index=responses.index, name="reach")


def answer_counts(responses: pd.DataFrame, items: Sequence[Item]) -> pd.DataFrame:
    """Return ``answered`` and ``applicable`` items of each respondent (matrix: one a row).

    An answer is any choice, "don't know" included; an item is applicable unless skip logic left
    it out. What strict response-rate rules need.
    """
    answered = np.zeros(len(responses), np.intp)
    applicable = np.zeros(len(responses), np.intp)
    for parts in _read(responses, items):
        for part in parts:
            answered += part.state >= NOT_APPLICABLE
            applicable += part.state != SKIPPED
    return pd.DataFrame({"answered": answered, "applicable": applicable}, index=responses.index)


def indicator(responses: pd.DataFrame, item: Item, choices: Iterable[str]) -> pd.Series:
    """Return 1 where the answer to a single-choice item is among ``choices``, 0 for another.

    NaN where there is no answer in substance: the variable design-based estimates take.
    """
    choices = set(choices)
    if item.kind not in ("single", "likert"):
        raise InputError(f"an item of kind {item.kind}", where=item.name, expected="single, likert")
    substantive = _substantive(item)
    if not choices or choices - set(substantive):
        raise InputError(
            f"choices {sorted(choices)}", where=item.name, expected=", ".join(substantive)
        )
    values = _column(responses, item.columns[0], item)
    _, code = _classified(values, item)
    wanted = np.array([label in choices for label in substantive] + [False])
    return pd.Series(np.where(code >= 0, wanted[code], np.nan), index=responses.index)


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
    row = {"n": len(scores), **_mean_interval(scores, confidence)}
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


# Reading answers


def _read(responses: pd.DataFrame, items: Sequence[Item]) -> Iterable[list[_Part]]:
    """Yield the parts of each item: one, or one a row of a matrix."""
    _check(responses, items)
    by_name = {item.name: item for item in items}
    reach = last_reached(responses, items).to_numpy()
    for position, item in enumerate(items, start=1):
        open_to = _asked(responses, item, by_name)
        reached = reach >= position
        if item.kind == "multi":
            states = [("", *_multi_state(responses, item))]
        else:
            columns = [_column(responses, name, item) for name in item.columns]
            names = item.labels if item.kind == "matrix" else [""]
            states = [
                (name, *_classified(column, item))
                for name, column in zip(names, columns, strict=True)
            ]
        yield [_part(item, *read, open_to, reached) for read in states]


def _part(
    item: Item,
    label: str,
    state: NDArray[np.int8],
    choice: NDArray[np.int16],
    open_to: NDArray[np.bool_],
    reached: NDArray[np.bool_],
) -> _Part:
    """Tell blanks apart: left blank, skipped by logic, or never reached."""
    empty = state == NOT_REACHED
    state = np.where(empty & reached, np.where(open_to, BLANK, SKIPPED), state)
    return _Part(item, label, state.astype(np.int8), choice, ~open_to & (state >= NOT_APPLICABLE))


def _asked(responses: pd.DataFrame, item: Item, by_name: Mapping[str, Item]) -> NDArray[np.bool_]:
    """Return whom the skip logic leads to the item."""
    if item.asked_if is None:
        return np.ones(len(responses), bool)
    parent, labels = item.asked_if
    if parent not in by_name:
        raise InputError(
            f"asked if {parent!r} is answered, which is not among the items", where=item.name
        )
    columns = [responses[column].isin(list(labels)) for column in by_name[parent].columns]
    return np.logical_or.reduce([column.to_numpy() for column in columns])


def _classified(values: pd.Series, item: Item) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
    """Return each cell's state (NOT_REACHED for a blank) and choice, looking at each label once."""
    codes, labels = _factorized(values)
    substantive = {label: k for k, label in enumerate(_substantive(item))}
    special_states = _special_states(item)
    states = np.empty(len(labels) + 1, np.int8)
    choices = np.full(len(labels) + 1, -1, np.int16)
    states[-1] = NOT_REACHED
    for k, label in enumerate(labels):
        states[k] = special_states.get(label, ANSWERED)
        if states[k] == ANSWERED and item.kind not in ("numeric", "text"):
            if label not in substantive:
                raise InputError(
                    f"answer {label!r}",
                    where=f"column {values.name}",
                    expected=", ".join(map(str, item.choices)),
                    do="add the label to the codebook or correct the data",
                )
            choices[k] = substantive[label]
    return states[codes], choices[codes]


def _factorized(values: pd.Series) -> tuple[NDArray[np.intp], Sequence]:
    """Return codes (-1: blank) and labels, without hashing what is categorical already."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes = values.cat.codes.to_numpy()
        used = np.unique(codes[codes >= 0])
        if len(used) == len(values.cat.categories):
            return codes, list(values.cat.categories)
        place = np.full(len(values.cat.categories) + 1, -1)
        place[used] = np.arange(len(used))
        return place[codes], list(values.cat.categories[used])
    codes, labels = pd.factorize(values)
    return codes, list(labels)


def _multi_state(responses: pd.DataFrame, item: Item) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
    """Return a multi-select's state: answered if any choice in substance, else what was marked."""
    special_states = _special_states(item)
    state = np.full(len(responses), NOT_REACHED, np.int8)
    for column, label in zip(item.columns, item.labels, strict=True):
        codes, labels = _factorized(_column(responses, column, item))
        marked = special_states.get(label, ANSWERED)
        found = np.array([special_states.get(k, marked) for k in labels] + [NOT_REACHED], np.int8)
        state = np.maximum(state, found[codes])
    return state, np.full(len(responses), -1, np.int16)


def _chosen(responses: pd.DataFrame, item: Item, part: _Part) -> dict[str, NDArray[np.bool_]]:
    """Return who chose each choice in substance, among those who answered."""
    special_states = _special_states(item)
    aside = list(special_states)
    return {
        label: (responses[column].notna() & ~responses[column].isin(aside)).to_numpy()
        & (part.state == ANSWERED)
        for column, label in zip(item.columns, item.labels, strict=True)
        if label not in special_states
    }


def _special_states(item: Item) -> dict[str, int]:
    """Return the state that each label without substance stands for."""
    kinds = (
        (item.missing, BLANK),
        (item.not_applicable, NOT_APPLICABLE),
        (item.dont_know, DONT_KNOW),
    )
    return {label: state for labels, state in kinds for label in labels}


def _substantive(item: Item) -> list[str]:
    aside = {*item.missing, *item.not_applicable, *item.dont_know}
    return [label for label in item.choices if label not in aside]


def _column(responses: pd.DataFrame, column: str, item: Item) -> pd.Series:
    if column not in responses:
        raise InputError(
            f"no column {column!r}", where=item.name, do="correct the codebook or the export"
        )
    return responses[column]


def _check(responses: pd.DataFrame, items: Sequence[Item]) -> None:
    if "finished" not in responses:
        raise InputError("no column 'finished'", expected="who finished, one a respondent")
    if not len(responses):
        raise EstimationError("no respondents", do="check what was set aside")
    if not items:
        raise InputError("no items", expected="at least one item of the codebook")


def _placed(responses: pd.DataFrame, frame: int | Mapping[str, int], by: str | None) -> _Groups:
    """Return every respondent's group; each must be in the frame, and fit in it."""
    if (by is None) == isinstance(frame, Mapping):
        raise InputError(
            "frame and breakdown do not agree", expected="one number, or one a group of `by`"
        )
    if by is None:
        codes, labels, people = np.zeros(len(responses), np.intp), [ALL], np.array([frame])
    else:
        if by not in responses:
            raise InputError(f"no column {by!r}", expected="a column of groups")
        labels, people = list(frame), np.array(list(frame.values()), np.int64)
        found, names = _factorized(responses[by])
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


def _account(part: _Part, groups: _Groups) -> dict[str, object]:
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


def _choice_counts(part: _Part, groups: _Groups) -> dict[str, object]:
    """Return the answers of one part by choice and group, as columns."""
    choices, size = _substantive(part.item), len(groups.labels)
    width = len(choices) + 1
    cells = np.bincount(groups.codes * width + part.choice + 1, minlength=size * width)
    counts = cells.reshape(size, width)[:, 1:].T
    return _answer_rows(part.item.name, part.label, choices, groups, counts, counts.sum(axis=0))


def _multi_counts(
    item: Item, chosen: Mapping[str, NDArray[np.bool_]], part: _Part, groups: _Groups
) -> dict[str, object]:
    """Return who chose each choice, out of the respondents who chose any."""
    size = len(groups.labels)
    counts = [np.bincount(groups.codes[marks], minlength=size) for marks in chosen.values()]
    n = np.bincount(groups.codes[part.state == ANSWERED], minlength=size)
    return _answer_rows(item.name, "", list(chosen), groups, np.array(counts), n)


def _answer_rows(
    name: str,
    part: str,
    choices: list[str],
    groups: _Groups,
    counts: NDArray[np.int64],
    n: NDArray[np.int64],
) -> dict[str, object]:
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
    item: Item, chosen: Mapping[str, NDArray[np.bool_]], groups: _Groups
) -> dict[str, object]:
    """Return the choices made in a multi-select, out of all choices made."""
    size = len(groups.labels)
    counts = np.array([np.bincount(groups.codes[m], minlength=size) for m in chosen.values()])
    rows = _answer_rows(item.name, "", list(chosen), groups, counts, counts.sum(axis=0))
    return {**{k: rows[k] for k in ("item", "choice", "group", "count")}, "selections": rows["n"]}


def _numbers(
    responses: pd.DataFrame, part: _Part, groups: _Groups, confidence: float
) -> dict[str, object]:
    """Return summary statistics of a numeric item by group, as columns."""
    column = responses[part.item.columns[0]]
    answered = part.state == ANSWERED
    values = pd.to_numeric(column[answered].astype(object), errors="coerce").to_numpy(float)
    if np.isnan(values).any():
        stray = column[answered].to_numpy()[np.isnan(values)][0]
        raise InputError(
            f"{stray!r} is not a number",
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


def _together(pieces: list[dict[str, object]], columns: list[str]) -> pd.DataFrame:
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
